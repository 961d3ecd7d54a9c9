"""Shows how a crawl goes: a live line on a terminal, a plain line now and then elsewhere, a summary at its end."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from scrapy import signals
from scrapy.crawler import Crawler

from collector.crawl import crawl_of

#: Seconds between two looks on a terminal, and between two plain lines elsewhere.
_LIVE_SECONDS, _PLAIN_SECONDS = 0.5, 15.0
#: The URLs that wait are counted again after so many times the time that counting takes: 0.1 s for a million.
_COUNTING_PAUSE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Outcomes in the few groups that a reader wants."""

    pages: int
    kept: int
    updated: int
    unchanged: int
    duplicates: int
    removed: int
    failed: int
    listed: int
    deferred: int

    @classmethod
    def of(cls, outcomes: Mapping[str, int]) -> Self:
        """Group counted outcomes."""
        groups: Counter[str] = Counter()
        for outcome, count in outcomes.items():
            groups[outcome.partition("/")[0]] += count
        return cls(
            pages=sum(outcomes.values()),
            kept=groups["kept"],
            updated=groups["updated"],
            unchanged=groups["unchanged"],
            duplicates=groups["duplicate"] + groups["part"],
            removed=groups["removed"],
            failed=groups["failed"],
            listed=groups["listed"],
            deferred=groups["deferred"],
        )


class Progress:
    """A Scrapy extension that reports on the crawl it belongs to, to the console that `show_on` was given."""

    _console: Console | None = None

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._live: Live | None = None
        self._task: asyncio.Task[None] | None = None
        self._began = time.monotonic()
        self._waiting, self._count_at = 0, self._began

    @classmethod
    def show_on(cls, console: Console | None) -> None:
        """Choose where crawls of this process report; None for nowhere."""
        cls._console = console

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension of a crawler."""
        extension = cls(crawler)
        crawler.signals.connect(extension.opened, signals.spider_opened)
        crawler.signals.connect(extension.closed, signals.spider_closed)
        return extension

    def opened(self) -> None:
        """Begin to report (Scrapy's signal)."""
        if self._console is None:
            return
        if self._console.is_terminal:
            self._live = Live(console=self._console, transient=True, auto_refresh=False)
            self._live.start()
        self._task = asyncio.get_running_loop().create_task(self._report())

    def closed(self) -> None:
        """End the report (Scrapy's signal)."""
        if self._task is not None:
            self._task.cancel()
        if self._live is not None:
            self._live.stop()

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(_LIVE_SECONDS if self._live else _PLAIN_SECONDS)
            self._show()

    def _show(self) -> None:
        crawl = crawl_of(self._crawler)
        tally = Tally.of(crawl.outcomes)
        now = time.monotonic()
        if now >= self._count_at:
            self._waiting = crawl.store.ledger.waiting(crawl.scope)
            self._count_at = now + _COUNTING_PAUSE * (time.monotonic() - now)
        seconds = now - self._began
        line = (
            f"{tally.pages} pages ({tally.pages / seconds:.1f}/s): {tally.kept} kept, {tally.updated} updated, "
            f"{tally.unchanged} unchanged, {tally.duplicates} duplicate, {tally.removed} removed, "
            f"{tally.failed} failed; {self._waiting} waiting"
        )
        if self._live is not None:
            self._live.update(line, refresh=True)
        elif self._console is not None:
            self._console.print(line, soft_wrap=True)


def summary(outcomes: Mapping[str, int]) -> Table:
    """Return the outcomes of a run as a table, most frequent first within each group."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column("count", justify="right")
    table.add_column("outcome")
    table.add_column("meaning", style="dim")
    for outcome, count in sorted(outcomes.items(), key=lambda item: (_group(item[0]), -item[1], item[0])):
        table.add_row(str(count), outcome, _meaning(outcome))
    return table


#: The groups of outcomes, in the order in which they are told.
GROUPS = ("kept", "updated", "part", "duplicate", "unchanged", "listed", "removed", "deferred", "failed")
_MEANINGS = {
    "kept": "new articles",
    "updated": "articles whose text changed; the earlier text is kept as a version",
    "part": "further pages of split articles",
    "duplicate": "further appearances of articles that are kept",
    "unchanged": "nothing new since the last visit",
    "listed": "feeds, sitemaps and section pages read",
    "removed": "no articles",
    "deferred": "will be tried again",
    "failed": "given up for this run",
}


def _group(outcome: str) -> int:
    return GROUPS.index(outcome.partition("/")[0])


def _meaning(outcome: str) -> str:
    return _MEANINGS[outcome.partition("/")[0]]
