"""The last word on a host's pace: two requests never follow each other faster than its delay.

The ledger deals out turns, and its clock is the one that all processes share. But between a turn and the moment when
its request is sent lies an event loop, which a busy machine may hold up for longer than the delay; the next turn is
then sent right behind. So requests are spaced once more where they leave.
"""

import asyncio
import time
from collections import defaultdict
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from collector.crawl import crawl_of
from corpus.urls import host_of


class Spacing:
    """Keeps what is sent to each host apart."""

    def __init__(self) -> None:
        self._sent: dict[str, float] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def keep(self, host: str, seconds: float) -> None:
        """Wait until so many seconds have passed since the last call for ``host`` came back."""
        if seconds <= 0:
            self._sent[host] = time.monotonic()
            return
        async with self._locks[host]:
            while (left := self._sent.get(host, -seconds) + seconds - time.monotonic()) > 0:
                await asyncio.sleep(left)
            self._sent[host] = time.monotonic()


class PacingMiddleware:
    """Spaces the requests to each host, those for robots.txt included."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._spacing = Spacing()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware of a crawler."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Hold a request back until its host's delay has passed since the one before."""
        crawl = crawl_of(self._crawler)
        lease = request.meta.get("lease")
        site = lease.site if lease is not None else crawl.config.site_of(request.url) or ""
        host = host_of(request.url)
        await self._spacing.keep(host, crawl.store.ledger.delay_of(host, crawl.pace(site)))
