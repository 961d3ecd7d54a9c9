"""Downloader middleware: robots.txt after RFC 9309.

Scrapy's own lets pages through when robots.txt answers 503, and knows no Crawl-delay; this one keeps each origin's
file in the corpus, so that every decision can be explained later.
"""

import asyncio
import logging
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from collector.asking import ask_file, await_turn
from collector.crawl import crawl_of
from collector.robots import RobotsRules
from corpus.types import Discovery, Kind, Via
from corpus.urls import host_of

logger = logging.getLogger(__name__)

#: A robots.txt that did not answer is asked for again after this long, in seconds.
_RETRY_SECONDS = 600.0


class ForbiddenByRobots(IgnoreRequest):
    """robots.txt forbids the URL."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt does not answer, so nothing may be fetched for now."""


class RobotsMiddleware:
    """Asks each origin's robots.txt before anything else of it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._rules: dict[str, tuple[float, RobotsRules]] = {}
        self._asking: dict[str, asyncio.Task[RobotsRules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware of a crawler."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Hold a request back until robots.txt allows it.

        Raises:
            ForbiddenByRobots: robots.txt forbids the URL; the message names the line.
            RobotsUnreachable: robots.txt answered 5xx or not at all.
        """
        lease = request.meta.get("lease")
        if lease is None or not crawl_of(self._crawler).config.robots.obey:
            return
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(request.url))
        rules = self._remembered(origin)
        if rules is None:
            rules = await self._ask_once(origin)
            if rules.blanket is None or rules.blanket.allowed:
                await await_turn(self._crawler, lease.host, lease.site)
        decision = rules.decide(request.url)
        if decision.allowed:
            return
        if rules.blanket is not None:
            raise RobotsUnreachable(decision.evidence)
        raise ForbiddenByRobots(decision.evidence)

    def _remembered(self, origin: str) -> RobotsRules | None:
        crawl = crawl_of(self._crawler)
        if origin not in self._rules:
            row = crawl.store.db.execute("SELECT * FROM robots WHERE origin = ?", (origin,)).fetchone()
            if row is None:
                return None
            self._rules[origin] = (row["fetched_at"], self._parse(origin, row["status"], row["body"]))
        fetched_at, rules = self._rules[origin]
        blocked = rules.blanket is not None and not rules.blanket.allowed
        age = _RETRY_SECONDS if blocked else crawl.config.robots.max_age_hours * 3600
        # A file from the future was fetched while the clock was wrong.
        return rules if 0 <= crawl.now() - fetched_at < age else None

    async def _ask_once(self, origin: str) -> RobotsRules:
        """Ask for robots.txt, once for all the requests that wait for it."""
        if origin not in self._asking:
            self._asking[origin] = asyncio.ensure_future(self._ask(origin))
            self._asking[origin].add_done_callback(lambda _: self._asking.pop(origin, None))
        return await asyncio.shield(self._asking[origin])

    async def _ask(self, origin: str) -> RobotsRules:
        crawl = crawl_of(self._crawler)
        answer = await ask_file(self._crawler, f"{origin}/robots.txt")
        rules = self._parse(origin, answer.status, answer.body)
        now = crawl.now()
        self._rules[origin] = (now, rules)
        with crawl.store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO robots (origin, fetched_at, status, body, evidence) VALUES (?, ?, ?, ?, ?)",
                (origin, now, answer.status, answer.body, answer.evidence),
            )
            self._note_delay(origin, rules)
            self._add_sitemaps(origin, rules, now)
        crawl.declared.forget(origin)
        return rules

    def _parse(self, origin: str, status: int | None, body: bytes) -> RobotsRules:
        token = crawl_of(self._crawler).config.collector.robots_token
        return RobotsRules.parse(status, body, token, url=f"{origin}/robots.txt")

    def _note_delay(self, origin: str, rules: RobotsRules) -> None:
        crawl = crawl_of(self._crawler)
        asked, most = rules.crawl_delay_seconds, crawl.config.fetch.max_crawl_delay_seconds
        if asked is not None and asked > most:
            logger.warning("%s asks for %g s between requests; %g s are kept", origin, asked, most)
            asked = most
        host = host_of(f"{origin}/")
        crawl.store.ledger.set_crawl_delay(host, asked)
        site = crawl.config.site_of(f"{origin}/")
        crawl.store.ledger.reserve(host, crawl.now(), crawl.pace(site or ""))  # the request for robots.txt itself

    def _add_sitemaps(self, origin: str, rules: RobotsRules, now: float) -> None:
        crawl = crawl_of(self._crawler)
        name = crawl.config.site_of(f"{origin}/")
        site = crawl.site(name) if name else None
        wanted = getattr(self._crawler.spider, "robots_sitemaps", False)
        if site is None or not site.robots_sitemaps or not wanted or Kind.SITEMAP not in crawl.scope.kinds:
            return
        for url in rules.sitemaps:
            found = Discovery(url=url, kind=Kind.SITEMAP, via=Via.ROBOTS, found_on=f"{origin}/robots.txt")
            try:
                crawl.store.ledger.add(found, now, run_started_at=crawl.run.started_at)
            except ValueError:
                logger.info("%s/robots.txt names a sitemap that is no URL: %r", origin, url)
