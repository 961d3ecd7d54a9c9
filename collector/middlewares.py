"""Downloader middleware: robots.txt after RFC 9309.

Scrapy's own lets pages through when robots.txt answers 503, and knows no Crawl-delay; this one keeps each origin's
file in the corpus, so that every decision can be explained later.
"""

import asyncio
import logging
from typing import Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from collector.crawl import crawl_of
from collector.response import fetched_headers
from collector.robots import RobotsRules
from corpus.archive.coding import decode_content
from corpus.errors import CollectorError
from corpus.types import Discovery, Kind, Via
from corpus.urls import host_of

logger = logging.getLogger(__name__)

#: RFC 9309, section 2.3.1.2: crawlers should follow at least five redirects.
_MAX_REDIRECTS = 5
#: A robots.txt that did not answer is asked for again after this long, in seconds.
_RETRY_SECONDS = 600.0
#: Longest that a request waits for its host's turn with the downloader's place taken.
_LONGEST_SLEEP_SECONDS = 30.0
#: RFC 9309, section 2.5: at least 500 KiB must be read.
_MAX_BYTES = 512_000


class ForbiddenByRobots(IgnoreRequest):
    """robots.txt forbids the URL."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt does not answer, so nothing may be fetched for now."""


class TurnTooFarError(IgnoreRequest):
    """The host's next turn is too far away to wait for it with a request in hand; the ledger hands it out again."""


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
                await self._await_turn(lease.host, lease.site)
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
        status, body, evidence = await self._download(f"{origin}/robots.txt")
        rules = self._parse(origin, status, body)
        now = crawl.now()
        self._rules[origin] = (now, rules)
        with crawl.store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO robots (origin, fetched_at, status, body, evidence) VALUES (?, ?, ?, ?, ?)",
                (origin, now, status, body, evidence),
            )
            self._note_delay(origin, rules)
            self._add_sitemaps(origin, rules, now)
        return rules

    async def _download(self, url: str) -> tuple[int | None, bytes, str | None]:
        """Return status, body and, where there was no answer, the error."""
        engine = self._crawler.engine
        assert engine is not None
        for _ in range(_MAX_REDIRECTS + 1):
            request = Request(url, callback=NO_CALLBACK, meta={"download_maxsize": 20 * _MAX_BYTES}, dont_filter=True)
            try:
                response = await engine.download_async(request)
            except Exception as error:  # noqa: BLE001  # whatever a download can raise: no answer
                return None, b"", f"{type(error).__name__}: {error}"[:500]
            location = response.headers.get("Location")
            if not (300 <= response.status < 400 and location):
                return response.status, *_body(response)
            url = urljoin(url, location.decode("latin-1"))
            if urlsplit(url).scheme not in {"http", "https"}:
                break
        return 404, b"", "too many redirects"  # RFC 9309, section 2.3.1.2: may be taken as not available

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

    async def _await_turn(self, host: str, site: str) -> None:
        """Wait for the next turn of a host whose Crawl-delay was not known when the request was leased."""
        crawl = crawl_of(self._crawler)
        with crawl.store.transaction():
            seconds = crawl.store.ledger.reserve(host, crawl.now(), crawl.pace(site))
        if seconds > _LONGEST_SLEEP_SECONDS:
            raise TurnTooFarError(f"the host's next turn is {seconds:.0f} s away")
        if seconds > 0:
            await asyncio.sleep(seconds)


def _body(response: Response) -> tuple[bytes, str | None]:
    encodings = [value for name, value in fetched_headers(response.headers) if name.lower() == "content-encoding"]
    try:
        return decode_content(response.body, encodings, _MAX_BYTES, url=response.url)[:_MAX_BYTES], None
    except CollectorError as error:
        return response.body[:_MAX_BYTES], str(error)
