"""Scrapy's scheduler, on the ledger: it hands out leases and keeps no queue of its own."""

import asyncio
import logging
import sqlite3
from collections import Counter, deque
from dataclasses import replace
from typing import Self

from scrapy import Request, Spider, signals
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from collector.budgets import Budgets
from collector.crawl import Crawl, crawl_of, forget_crawl
from collector.workers import worker_count
from corpus.errors import CollectorError, ConfigError
from corpus.ledger import Lease, Scope
from corpus.schema import store_error
from corpus.types import Kind
from corpus.urls import host_of

logger = logging.getLogger(__name__)

#: Leases taken from the ledger at once. Small, since a lease that waits in memory holds its host's turn.
_BATCH = 16
#: Pages that may stand between download and database: so many for each cleaning process, and a batch to be stored. More
#: would only make the process larger, be fetched again after a kill, and keep Ctrl-C waiting.
_OPEN_A_WORKER, _OPEN = 8, 64
#: Longest nap between two looks at the ledger, in seconds: another process may have added work.
_NAP_SECONDS = 5.0

_ACCEPT = {
    Kind.FEED: "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    Kind.SITEMAP: "application/xml, text/xml, text/plain;q=0.8, */*;q=0.5",
    Kind.SECTION: "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5",
    Kind.ARTICLE: "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5",
}


class LedgerScheduler(BaseScheduler):
    """Leases from the ledger, as Scrapy requests."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._leased: deque[Lease] = deque()
        self._alarm: asyncio.TimerHandle | None = None
        self._idle_until = 0.0
        self._handed_out: Counter[str] = Counter()
        self._spending: Budgets | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the scheduler of a crawler."""
        scheduler = cls(crawler)
        crawler.signals.connect(scheduler.begin_turn, signals.request_reached_downloader)
        crawler.signals.connect(scheduler.end_turn, signals.request_left_downloader)
        crawler.signals.connect(scheduler._wake, signals.item_scraped)
        return scheduler

    def begin_turn(self, request: Request) -> None:
        """Count the host's delay from when a request is sent, which on a busy machine is later than its lease."""
        lease = request.meta.get("lease")
        crawl = crawl_of(self._crawler)
        if crawl.failure is not None:
            return
        try:
            with crawl.store.transaction():
                if lease is None:  # for robots.txt and the like
                    site = crawl.config.site_of(request.url) or ""
                    crawl.store.ledger.sent(host_of(request.url), crawl.now(), crawl.pace(site))
                    self._budgets(crawl).sent(site, leased=False)
                    return
                crawl.store.ledger.sent(lease.host, crawl.now(), crawl.pace(lease.site))
                self._budgets(crawl).sent(lease.site, leased=True)
        except CollectorError as error:
            self._give_up(error)

    def end_turn(self, request: Request) -> None:
        """Note that a leased request is no longer under way at its host, and look for more work."""
        lease = request.meta.get("lease")
        if lease is not None and request.meta.pop("under_way", False):
            crawl_of(self._crawler).store.ledger.arrived(lease.host)
            self._wake()

    def open(self, spider: Spider) -> None:
        """Open the crawl (Scrapy's hook); a process in which that fails has nothing else to do, and ends.

        `collector` has opened its crawls by now; this is for ``scrapy crawl``, which would print the same traceback
        three times.
        """
        try:
            crawl_of(self._crawler)
        except CollectorError as error:
            logger.error("%s", error)
            raise SystemExit(2 if isinstance(error, ConfigError) else 3) from None  # as `collector.cli.exits` says

    def close(self, reason: str) -> None:
        """End the run (Scrapy's hook)."""
        if self._alarm is not None:
            self._alarm.cancel()
        crawl = crawl_of(self._crawler)
        crawl.reason = reason
        stopped = crawl.failure is not None
        state = "failed" if stopped else "finished" if reason == "finished" else "interrupted"
        crawl.close(state=state, note=str(crawl.failure) if stopped else reason)
        forget_crawl(self._crawler)

    def enqueue_request(self, request: Request) -> bool:
        """Refuse: URLs come from the ledger alone (Scrapy's hook)."""
        raise RuntimeError(f"requests are leased, not enqueued: {request.url}")

    def has_pending_requests(self) -> bool:
        """Tell whether there is anything to fetch within the run's patience (Scrapy's hook)."""
        crawl = crawl_of(self._crawler)
        if self._leased:
            return True
        now = crawl.now()
        if crawl.failure is not None or _is_over(crawl, now):
            return False
        at = crawl.store.ledger.next_at(now, self._scope(crawl))
        # A regular delay, however long, is no reason to end; Retry-After and retries are, beyond the patience.
        patience = max(crawl.config.fetch.patience_seconds, 1.1 * self._longest_delay(crawl))
        return at is not None and at <= now + patience

    def _longest_delay(self, crawl: Crawl) -> float:
        paces = (crawl.pace(name).delay_seconds for name in crawl.scope.sites)
        return max(crawl.store.ledger.longest_delay(), *paces, 0.0)

    def next_request(self) -> Request | None:
        """Return the next request that its host's clock allows, or None (Scrapy's hook)."""
        if not self._leased and not self._is_full():
            self._lease()
        return self._request(self._leased.popleft()) if self._leased else None

    def _is_full(self) -> bool:
        """Tell whether the cleaning processes have to catch up first; the end of each page wakes the engine."""
        config, engine = crawl_of(self._crawler).config, self._crawler.engine
        most = config.fetch.total_concurrency + _OPEN_A_WORKER * worker_count(config) + _OPEN
        return engine is not None and engine._slot is not None and len(engine._slot.inprogress) >= most

    def _lease(self) -> None:
        crawl = crawl_of(self._crawler)
        now = crawl.now()
        if crawl.failure is not None or now < self._idle_until or _is_over(crawl, now):
            return
        ledger, scope = crawl.store.ledger, self._scope(crawl)
        try:
            at = ledger.next_at(now, scope, paces=crawl.pace)
            if at is None or at > now:  # found without the lock that a lease takes
                self._nap(now, at)
                return
            most = min([_BATCH, *(left for left in self._budgets(crawl).left(now).values() if left)])
            with crawl.store.transaction():
                leases = ledger.lease(most, now, run_id=crawl.run.run_id, paces=crawl.pace, scope=scope)
            for lease in leases:
                self._budgets(crawl).leased(lease.site)
            self._leased += leases
        except sqlite3.Error as error:
            self._give_up(store_error(error, crawl.folder.database))
        except CollectorError as error:
            self._give_up(error)

    def _scope(self, crawl: Crawl) -> Scope:
        """Return what is worked on, without the sites that had all the pages they may have in a run or on a day."""
        full = {name for name, pages in self._handed_out.items() if 0 < _most_pages(crawl, name) <= pages}
        full |= {name for name, left in self._budgets(crawl).left(crawl.now()).items() if left == 0}
        if not full or crawl.scope.only_wanted:
            return crawl.scope
        return replace(crawl.scope, sites=tuple(name for name in crawl.scope.sites if name not in full))

    def _budgets(self, crawl: Crawl) -> Budgets:
        if self._spending is None:
            self._spending = Budgets(crawl)
        return self._spending

    def _nap(self, now: float, at: float | None) -> None:
        """Wake the engine when the next host is ready; by itself it looks only every five seconds."""
        if at is None:
            return  # nothing to do, or all that is due waits for a request under way, whose end wakes the engine
        seconds = min(at - now, _NAP_SECONDS)
        self._idle_until = now + seconds
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(seconds, self._wake)

    def _wake(self) -> None:
        """Look for work now: a host is ready, a request has ended, or an outcome was stored, with URLs it may name."""
        self._idle_until = 0.0
        engine = self._crawler.engine
        if engine is not None and engine._slot is not None:  # the engine's only way to be woken (Scrapy 2.19)
            engine._slot.nextcall.schedule()

    def _give_up(self, error: CollectorError) -> None:
        crawl = crawl_of(self._crawler)
        if crawl.failure is None:
            crawl.failure = error
            logger.error("the crawl stops: %s", error)

    def _request(self, lease: Lease) -> Request:
        spider = self._crawler.spider
        assert spider is not None
        self._handed_out[lease.site] += 1
        headers = {"Accept": _ACCEPT[lease.kind]}
        if lease.etag:
            headers["If-None-Match"] = lease.etag
        if lease.last_modified:
            headers["If-Modified-Since"] = lease.last_modified
        return Request(
            lease.fetch_url,
            callback=spider.parse,
            errback=spider.failed,  # type: ignore[attr-defined]
            headers=headers,
            meta={"lease": lease, "under_way": True},
            dont_filter=True,
        )


def _is_over(crawl: Crawl, now: float) -> bool:
    return crawl.deadline is not None and now >= crawl.deadline


def _most_pages(crawl: Crawl, name: str) -> int:
    site = crawl.site(name)
    return site.max_pages if site is not None else 0
