"""Ending soon: what is under way is let go some seconds after a crawl was told to stop.

Scrapy waits for all that is under way, each download for as long as it may take. A server that accepts and never
answers would hold a crawl for minutes, through its files and its page one after the other, and service managers kill
what does not end in time. What is let go is no failure of the page's or the host's: nothing is stored of it, its lease
goes back when the run ends, and the next run asks again.
"""

import asyncio
from collections.abc import Awaitable
from typing import Self, TypeVar

from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from collector.crawl import Crawl, crawl_of

#: Seconds between two looks at whether the crawl was told to stop: Scrapy has no signal for it.
_LOOK_SECONDS = 0.2

T = TypeVar("T")


class LetGoError(IgnoreRequest):
    """The crawl was told to stop, and what was under way took too long."""


class Stopping:
    """Says when a crawl was told to stop so long ago that nothing under way is waited for any more."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension of a crawler."""
        extension = cls(crawler)
        crawler.signals.connect(extension.started, signals.engine_started)
        crawler.signals.connect(extension.closed, signals.spider_closed)
        return extension

    def started(self) -> None:
        """Begin to watch (Scrapy's signal)."""
        self._task = asyncio.get_running_loop().create_task(self._watch(crawl_of(self._crawler)))

    def closed(self) -> None:
        """End (Scrapy's signal)."""
        if self._task is not None:
            self._task.cancel()

    async def _watch(self, crawl: Crawl) -> None:
        engine = self._crawler.engine
        assert engine is not None
        await asyncio.sleep(_LOOK_SECONDS)  # the signal comes right before it runs
        while crawl.failure is None and engine.running:
            await asyncio.sleep(_LOOK_SECONDS)
        await asyncio.sleep(crawl.config.fetch.stop_seconds)
        crawl.letting_go.set()


async def unless_stopped(crawl: Crawl, awaited: Awaitable[T]) -> T:
    """Wait for something, but not beyond the time that a crawl may take to stop.

    Raises:
        LetGoError: The crawl lets go of what is under way; what was waited for is cancelled.
    """
    working = asyncio.ensure_future(awaited)
    stopped = asyncio.ensure_future(crawl.letting_go.wait())
    try:
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise LetGoError("let go, as the crawl was told to stop")
        return working.result()
    finally:
        working.cancel()
        stopped.cancel()


class LettingGoHandler(HTTP11DownloadHandler):
    """Scrapy's handler of downloads, which lets go when the crawl does."""

    async def download_request(self, request: Request) -> Response:
        """Download (Scrapy's hook).

        Raises:
            LetGoError: The crawl was told to stop.
        """
        return await unless_stopped(crawl_of(self._crawler), super().download_request(request))
