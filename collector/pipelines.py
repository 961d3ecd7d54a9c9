"""From a response to a stored outcome: archive, study in a worker, store; the Scrapy side of it."""

import asyncio
import hashlib
import logging
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urljoin

from scrapy.crawler import Crawler

from cleaners.metadata.rights import speaks_of_rights
from collector import outcomes
from collector.committer import Committer
from collector.crawl import Crawl, crawl_of
from collector.discovery.traps import TrapLimits, combination_key, trap
from collector.recording import archive_exchange, fetch_of, provenance_of, task_of
from collector.response import Failed, Fetched
from collector.robots import RobotsRules
from collector.tasks import Findings, cleaner_name
from collector.workers import Workers
from corpus.errors import CollectorError
from corpus.ledger import Lease
from corpus.schema import store_error
from corpus.types import Discovery, Kind, Reason, Removal, Via
from corpus.visits import Fetch, Visit

logger = logging.getLogger(__name__)

#: Errors of studying a page after which another try may help: bytes that were damaged on the way, a cleaning process
#: that somebody else killed.
_PASSING_ERRORS = ("decode", "cleaner-died")
#: Connection failures in a row after which a host is left alone for a while.
_HOST_FAILURES = 10
#: The first such while, in seconds; doubled with each further failure up to an hour.
_HOST_PAUSE_SECONDS = 60.0


class CollectorPipeline:
    """Turns what spiders hand over into visits, and has them stored."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._workers: Workers | None = None
        self._committer: Committer | None = None
        self._cleaner = ""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the pipeline of a crawler."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Start the cleaning processes (Scrapy's hook)."""
        crawl = crawl_of(self._crawler)
        self._workers = crawl.workers or Workers(crawl.config, may_fork=False)
        crawl.on_close(self._workers.close)  # also where Scrapy is stopped by force and closes nothing
        self._cleaner = cleaner_name(crawl.cleaner)
        self._committer = Committer(crawl, self._stop)

    async def close_spider(self) -> None:
        """Store what is left and end the cleaning processes (Scrapy's hook)."""
        if self._committer is not None:
            await self._committer.close()
        if self._workers is not None:
            # Joining takes up to a second, in which the reactor has other things to close.
            await asyncio.get_running_loop().run_in_executor(None, self._workers.close)

    async def process_item(self, item: Fetched | Failed) -> Fetched | Failed:
        """Turn one response into an outcome and wait until it is stored (Scrapy's hook)."""
        crawl = crawl_of(self._crawler)
        assert self._committer is not None
        if crawl.failure is not None:
            return item  # the lease stays open, and the next run takes it back
        try:
            await self._committer.add(await self._outcome(crawl, item))
        except CollectorError as error:
            self._stop(error)
        return item

    async def _outcome(self, crawl: Crawl, item: Fetched | Failed) -> Visit:
        try:
            return self._failure(crawl, item) if isinstance(item, Failed) else await self._visit(crawl, item)
        except CollectorError:
            raise
        except sqlite3.Error as error:
            raise store_error(error, crawl.folder.database) from error
        except Exception as error:
            # A bug of ours must neither stop a crawl nor lose a page in silence.
            logger.exception("cannot make sense of %s", item.lease.url)
            return Visit(lease=item.lease, error="bug", evidence=f"{type(error).__name__}: {error}"[:500])

    def _stop(self, error: CollectorError) -> None:
        """Stop the crawl in good order because of trouble that every further page would meet."""
        crawl = crawl_of(self._crawler)
        if crawl.failure is None:
            crawl.failure = error
            logger.error("the crawl stops: %s", error)
            engine = self._crawler.engine
            if engine is not None and engine.running:
                asyncio.get_running_loop().create_task(engine.close_spider_async(reason="trouble"))

    # -- responses ------------------------------------------------------------------------------------------------

    async def _visit(self, crawl: Crawl, fetched: Fetched) -> Visit:
        lease = fetched.lease
        self._adapt(crawl, fetched)
        if fetched.status == 304:
            return self._unchanged(crawl, fetched, "304 Not Modified")
        if outcomes.is_passing(fetched.status):
            return self._not_now(crawl, fetched)
        if outcomes.is_redirect(fetched):
            return self._redirected(crawl, fetched)
        wire_digest = hashlib.sha1(fetched.wire_body, usedforsecurity=False).digest()
        if fetched.status >= 400 or not fetched.wire_body:
            return self._without_content(crawl, fetched, wire_digest)
        if wire_digest == lease.wire_digest:
            return self._unchanged(crawl, fetched, "the same bytes as last time")
        return await self._studied(crawl, fetched, wire_digest)

    async def _studied(self, crawl: Crawl, fetched: Fetched, wire_digest: bytes) -> Visit:
        lease = fetched.lease
        copy_of = None
        # A header or a file may forbid for this URL what it allows for its twin.
        task = crawl.knowing(task_of(fetched))
        told_apart = task.declared or speaks_of_rights(fetched.headers)
        if lease.kind is Kind.ARTICLE and lease.part is None and not told_apart:
            copy_of = crawl.store.judged_payload(wire_digest, self._cleaner, lease.site)
        if copy_of is not None:
            fetch = self._archived(crawl, fetched, wire_digest)
            return Visit(lease=lease, fetch=fetch, copy_of=copy_of, cleaner=self._cleaner)
        assert self._workers is not None
        findings = await self._workers.study(task)
        forgotten = crawl.store.tombstones.judge(lease.url, findings.verdict)
        if forgotten is not None:
            return Visit(lease=lease, fetch=fetch_of(fetched), verdict=forgotten, cleaner=self._cleaner)
        if findings.noarchive or _names_forgotten(crawl, lease, findings):
            fetch = fetch_of(fetched, wire_digest=wire_digest, body_digest=findings.body_digest)
        else:
            fetch = self._archived(crawl, fetched, wire_digest, body_digest=findings.body_digest)
        if findings.error is not None:
            passing = findings.error in _PASSING_ERRORS
            retry = outcomes.retry_at(lease, crawl.now(), crawl.config.fetch) if passing else None
            return Visit(lease=lease, fetch=fetch, error=findings.error, evidence=findings.evidence, retry_at=retry)
        return Visit(
            lease=lease,
            fetch=fetch,
            verdict=findings.verdict,
            listing=findings.verdict is None,
            discoveries=(*_bounded(crawl, findings.discoveries), *self._instead_of_home(crawl, lease, findings)),
            cleaner=self._cleaner,
            outlined=findings.outlined,
            prepared=findings.prepared,
        )

    def _instead_of_home(self, crawl: Crawl, lease: Lease, findings: Findings) -> list[Discovery]:
        """Return sitemaps to read where the home page is drawn by script and names no articles."""
        site = crawl.site(lease.site)
        if site is None or not findings.drawn_by_script:
            return []
        rows = crawl.store.db.execute("SELECT origin, body FROM robots WHERE status BETWEEN 200 AND 299").fetchall()
        token = crawl.config.collector.robots_token
        named = [
            url
            for row in rows
            if site.owns(f"{row['origin']}/")
            for url in RobotsRules.parse(200, row["body"], token, url=f"{row['origin']}/robots.txt").sitemaps
        ]
        urls = [*site.sitemaps, *named] or [urljoin(site.url, "/sitemap.xml")]
        return [Discovery(url=url, kind=Kind.SITEMAP, via=Via.SECTION, found_on=lease.url) for url in urls]

    def _unchanged(self, crawl: Crawl, fetched: Fetched, evidence: str) -> Visit:
        digest = fetched.lease.wire_digest
        if digest is not None and crawl.store.fetch_of_payload(digest) is None:
            fetch = fetch_of(fetched, wire_digest=digest)  # its owner forbade to keep a copy
        else:
            fetch = self._archived(crawl, fetched, digest)
        return Visit(lease=fetched.lease, fetch=fetch, unchanged=True, evidence=evidence)

    def _without_content(self, crawl: Crawl, fetched: Fetched, wire_digest: bytes) -> Visit:
        if fetched.status >= 400:
            reason, evidence = Reason.HTTP_ERROR, f"HTTP {fetched.status}"
        else:
            reason, evidence = Reason.NO_TEXT, f"HTTP {fetched.status} with an empty body"
        fetch = self._archived(crawl, fetched, wire_digest if fetched.wire_body else None)
        removal = Removal(url=fetched.lease.url, reason=reason, evidence=evidence, provenance=provenance_of(fetched))
        return Visit(lease=fetched.lease, fetch=fetch, verdict=removal, cleaner=self._cleaner)

    def _redirected(self, crawl: Crawl, fetched: Fetched) -> Visit:
        lease = fetched.lease
        owned = None if crawl.scope.only_wanted else _owned(crawl, outcomes.location_of(fetched))
        redirect = outcomes.follow(fetched, owned=owned, max_redirects=crawl.config.fetch.max_redirects)
        if outcomes.wants_cookie(fetched, redirect):
            evidence = f"{redirect.removal.evidence}, setting a cookie"
            return Visit(
                lease=lease, fetch=fetch_of(fetched), error="cookie-first", evidence=evidence, retry_at=crawl.now()
            )
        fetch = self._archived(crawl, fetched, None, location=redirect.location)
        if redirect.same_as_asked:
            evidence = f"{redirect.removal.evidence}, the same page in another spelling"
            return Visit(
                lease=lease,
                fetch=fetch,
                error="respelled",
                evidence=evidence,
                retry_at=crawl.now(),
                ask_for=redirect.location,
            )
        return Visit(
            lease=lease,
            fetch=fetch,
            verdict=redirect.removal,
            discoveries=(redirect.found,) if redirect.found else (),
            cleaner=self._cleaner,
        )

    def _not_now(self, crawl: Crawl, fetched: Fetched) -> Visit:
        now, lease = crawl.now(), fetched.lease
        asked = outcomes.retry_after_seconds(fetched)
        if outcomes.concerns_host(fetched.status):
            pause = asked if asked is not None else crawl.config.fetch.backoff_seconds
            with crawl.store.transaction():
                crawl.store.ledger.hold(lease.host, now + pause, f"HTTP {fetched.status}")
        retry = outcomes.retry_at(lease, now, crawl.config.fetch, retry_after=asked)
        waits = "" if asked is None else f", Retry-After {asked:g} s"
        return Visit(
            lease=lease,
            fetch=fetch_of(fetched),
            error=f"http-{fetched.status}",
            evidence=f"HTTP {fetched.status}{waits}",
            retry_at=retry,
        )

    # -- failures -------------------------------------------------------------------------------------------------

    def _failure(self, crawl: Crawl, failed: Failed) -> Visit:
        lease, now = failed.lease, crawl.now()
        removal = outcomes.refused(failed)
        if removal is not None:
            return Visit(lease=lease, verdict=removal)
        if failed.of_host:
            with crawl.store.transaction():
                failures = crawl.store.ledger.failed(lease.host)
                if failures >= _HOST_FAILURES:
                    pause = min(_HOST_PAUSE_SECONDS * 2 ** min(failures - _HOST_FAILURES, 10), 3600.0)
                    crawl.store.ledger.hold(lease.host, now + pause, f"{failures} failures in a row: {failed.evidence}")
        if failed.error == "turn-too-far":  # its turn was spent on robots.txt or the like: no attempt at the page
            lease = replace(lease, attempts=lease.attempts - 1)
        retry = outcomes.retry_at(lease, now, crawl.config.fetch) if failed.passing else None
        return Visit(lease=lease, error=failed.error, evidence=failed.evidence, retry_at=retry)

    # -- on the way -----------------------------------------------------------------------------------------------

    def _adapt(self, crawl: Crawl, fetched: Fetched) -> None:
        pace, host = crawl.pace(fetched.lease.site), fetched.lease.host
        with crawl.store.transaction():
            crawl.store.ledger.answered(host)
            if pace.adaptive:
                well = fetched.status in {200, 304}
                crawl.store.ledger.adapt(host, fetched.latency_seconds, well=well, pace=pace)

    def _archived(
        self,
        crawl: Crawl,
        fetched: Fetched,
        wire_digest: bytes | None,
        *,
        body_digest: bytes | None = None,
        location: str | None = None,
    ) -> Fetch:
        """Write the exchange to the archive and return it as the ledger remembers it."""
        record, same_as = archive_exchange(crawl.archive, crawl.store, fetched, wire_digest)
        return fetch_of(
            fetched,
            wire_digest=wire_digest,
            body_digest=body_digest,
            location=location,
            record=record,
            same_as=same_as,
        )


def _bounded(crawl: Crawl, discoveries: tuple[Discovery, ...]) -> list[Discovery]:
    """Leave out URLs of which a site has made up too many already, with the same path and other parameters."""
    most, today = TrapLimits().max_combinations, datetime.fromtimestamp(crawl.now(), UTC).date()
    kept = []
    for found in discoveries:
        key = combination_key(found.url) if "?" in found.url else None
        if key is not None:
            forms = crawl.store.ledger.forms(key.partition("?")[0], 5 * most)
            known = sum(combination_key(url) == key for url in forms)
            if trap(found.url, today=today, combinations=known) is not None:
                continue
        kept.append(found)
    return kept


def _names_forgotten(crawl: Crawl, lease: Lease, findings: Findings) -> bool:
    """Tell whether a listing may still hold the text of what was forgotten: its record would bring that back."""
    tombstones = crawl.store.tombstones
    if findings.verdict is not None or lease.kind is Kind.SITEMAP or tombstones.empty():
        return False
    return any(tombstones.block(found.url) for found in findings.discoveries)


def _owned(crawl: Crawl, url: str) -> bool:
    try:
        return crawl.config.site_of(url) is not None
    except ValueError:
        return True  # what is no URL is judged as such, not as another site's
