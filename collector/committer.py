"""Stores visits in batches: the archive is flushed to disk first, then one transaction takes the batch."""

import asyncio
import logging
from collections.abc import Callable

from collector.crawl import Crawl
from corpus.errors import ArchiveError, CollectorError
from corpus.visits import Visit

logger = logging.getLogger(__name__)

#: Most visits in a batch. An fsync and a transaction together cost some 10 ms; over 64 pages that is nothing.
_BATCH = 64
#: Longest that a visit waits for company, in seconds: what a kill costs at most is fetched again.
_WAIT_SECONDS = 0.25


class Committer:
    """Collects visits and stores them batch by batch."""

    def __init__(self, crawl: Crawl, stop: Callable[[CollectorError], None]) -> None:
        """Store into ``crawl``'s corpus; call ``stop`` with an error after which no further batch can succeed."""
        self._crawl = crawl
        self._stop = stop
        self._waiting: list[tuple[Visit, asyncio.Future[None]]] = []
        self._alarm: asyncio.TimerHandle | None = None

    async def add(self, visit: Visit) -> None:
        """Have a visit stored and wait until it is.

        Raises:
            CollectorError: It could not be stored; its lease stays open.
        """
        loop = asyncio.get_running_loop()
        stored: asyncio.Future[None] = loop.create_future()
        self._waiting.append((visit, stored))
        if len(self._waiting) >= _BATCH:
            self.commit()
        elif self._alarm is None:
            self._alarm = loop.call_later(_WAIT_SECONDS, self.commit)
        await stored

    def commit(self) -> None:
        """Store what waits, now."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        batch, self._waiting = self._waiting, []
        if not batch:
            return
        failure: CollectorError | None = None
        try:
            self._store([visit for visit, _ in batch])
        except CollectorError as error:
            failure = error
        for _, stored in batch:
            if stored.done():
                continue
            if failure is None:
                stored.set_result(None)
            else:
                stored.set_exception(failure)

    def _store(self, visits: list[Visit]) -> None:
        crawl = self._crawl
        crawl.archive.flush()
        try:
            crawl.outcomes.update(crawl.store.commit(visits, crawl.run, crawl.now()))
        except CollectorError:
            raise
        except Exception:
            # One page that cannot be stored must neither keep the others from it nor the run from its end.
            logger.exception("a batch of %d pages cannot be stored; storing them one by one", len(visits))
            for visit in visits:
                self._store_alone(visit)
        low = crawl.disk_is_low()
        if low is not None:
            self._stop(ArchiveError(crawl.folder.archive, None, f"{low}; free some space and run the command again"))

    def _store_alone(self, visit: Visit) -> None:
        crawl = self._crawl
        try:
            stored = crawl.store.commit([visit], crawl.run, crawl.now())
        except CollectorError:
            raise
        except Exception as error:  # noqa: BLE001  # counted as a bug, with its words
            evidence = f"cannot be stored: {type(error).__name__}: {error}"[:500].encode("ascii", "replace").decode()
            failed = Visit(lease=visit.lease, error="bug", evidence=evidence)
            stored = crawl.store.commit([failed], crawl.run, crawl.now())
        crawl.outcomes.update(stored)

    async def close(self) -> None:
        """Store what waits."""
        self.commit()
