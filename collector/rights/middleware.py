"""Downloader middleware: what a host's files say of the use of its pages, asked for before its pages are.

The TDM Reservation Protocol wants its file read before a server is scraped, and kept. Each file is asked for once a day
(``robots.max_age_hours``) at its host's pace, where robots.txt allows it, and kept in the ledger.
"""

import asyncio
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from cleaners.rights import decide, judge_rights
from collector.asking import ask_file, await_turn
from collector.crawl import Crawl, crawl_of
from collector.rights.declared import origin_of, wanted_files
from collector.robots import RobotsRules
from corpus.host_files import HostFile
from corpus.ledger import Lease
from corpus.rights import Policies


class ForbiddenByRights(IgnoreRequest):
    """The use of the URL is reserved, which the configuration obeys."""


class RightsMiddleware:
    """Asks for each origin's files and refuses what they reserve, as far as the configuration obeys them."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        #: When each file was last asked for, by origin and path.
        self._asked: dict[tuple[str, str], float] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware of a crawler."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Hold a request back until it is known what its host's files say of it.

        Raises:
            ForbiddenByRights: A file reserves it, which is obeyed; the message names file and line.
            TurnTooFarError: Its turn was spent on a file, and the next one is far away.
        """
        lease = request.meta.get("lease")
        if lease is None:
            return
        crawl = crawl_of(self._crawler)
        policies = crawl.config.policies(lease.site)
        await self._ask(crawl, lease, origin_of(request.url), policies)
        removal = judge_rights(request.url, decide(crawl.declared.of(request.url), policies))
        if removal is not None:
            raise ForbiddenByRights(removal.evidence)

    async def _ask(self, crawl: Crawl, lease: Lease, origin: str, policies: Policies) -> None:
        """Ask for the files that are out of date, one after the other, each in a turn of its own."""
        paths = wanted_files(policies)
        if all(self._is_fresh(crawl, origin, path) for path in paths):
            return
        lock = self._locks.setdefault(origin, asyncio.Lock())
        waited = lock.locked()
        async with lock:
            if waited:  # its turn went by while another request asked
                await await_turn(self._crawler, lease.host, lease.site)
            for path in paths:
                if not self._is_fresh(crawl, origin, path) and self._may_ask(crawl, origin, path):
                    await self._ask_for(crawl, origin, path)
                    await await_turn(self._crawler, lease.host, lease.site)

    async def _ask_for(self, crawl: Crawl, origin: str, path: str) -> None:
        answer = await ask_file(self._crawler, origin + path)
        now = crawl.now()
        file = HostFile(
            origin=origin,
            path=path,
            fetched_at=now,
            status=answer.status,
            body=answer.body,
            evidence=answer.evidence,
        )
        with crawl.store.transaction():
            crawl.host_files.store(file)
        self._asked[origin, path] = now
        crawl.declared.forget(origin)

    def _is_fresh(self, crawl: Crawl, origin: str, path: str) -> bool:
        key = origin, path
        if key not in self._asked:
            stored = crawl.host_files.find(origin, path)
            if stored is None:
                return False
            self._asked[key] = stored.fetched_at
        return 0 <= crawl.now() - self._asked[key] < crawl.config.robots.max_age_hours * 3600

    def _may_ask(self, crawl: Crawl, origin: str, path: str) -> bool:
        """Tell whether robots.txt allows to fetch a file; what it does not is as good as asked for."""
        if not crawl.config.robots.obey:
            return True
        robots = crawl.host_files.find_robots(origin)
        token = crawl.config.collector.robots_token
        allowed = robots is None or RobotsRules.parse(200, robots, token).decide(origin + path).allowed
        if not allowed:
            self._asked[origin, path] = crawl.now()
        return allowed
