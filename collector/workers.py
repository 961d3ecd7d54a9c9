"""Cleaning processes: many pages at once, each within a time and memory limit, never on the reactor.

The first pages go to a fork of this process (`collector.first_process`). Only when more pages wait than that one can
clean does a pool start, whose processes are forked from a server that has loaded the cleaners.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import resource_tracker
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessPool

from collector.cleaning import died, failed, prepare, study_one, too_large, too_slow
from collector.config import Config
from collector.first_process import CleanerGoneError, FirstProcess
from collector.tasks import Findings, Task

logger = logging.getLogger(__name__)

#: A cleaning process is replaced after so many pages, so that what its libraries leak stays bounded.
_PAGES_A_PROCESS = 1000
#: Pools that take the place of one that broke, in one run: above that something is wrong that a new one does not mend.
_MOST_REPLACED = 10
# Pools that a page is given to, one after the other.
_TRIES = 2


def worker_count(config: Config) -> int:
    """Return how many cleaning processes a configuration asks for."""
    return config.clean.workers or os.cpu_count() or 1


class Workers:
    """Cleaning processes. Made before there are threads, locks or an open database, they are ready the soonest."""

    def __init__(self, config: Config, *, may_fork: bool = True) -> None:
        """Prepare the processes.

        Args:
            config: The configuration.
            may_fork: False inside of an event loop, which a fork of this process would share.
        """
        self._first = FirstProcess.fork(config) if may_fork else None
        self._config = config
        self.count = worker_count(config)
        # The server loads the cleaners once; each process is then a fork of it, ready in milliseconds.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["collector.cleaning", "collector.warm_up"])
        # There is a process for each processor already, and what is forked must have one thread.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        self._pool = self._new_pool()
        # Starting the pool takes until the server has loaded the cleaners: a second in which the crawl must not wait.
        self._starter = ThreadPoolExecutor(max_workers=1)
        self._started: Future[bool] | None = None
        self._replaced, self._closed = 0, False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; what they were working on is dropped. Closing twice changes nothing."""
        self._closed = True
        if self._first is not None:
            self._first.close()
        self._starter.shutdown()
        _end(self._pool)

    async def study(self, task: Task) -> Findings:
        """Study one response in a cleaning process; a limit that is broken is a finding."""
        if self._started is None and self._first is not None and self._first.has_room:
            try:
                return await asyncio.wrap_future(self._first.submit(task))
            except CleanerGoneError:
                logger.info("the first cleaning process is gone; others take its place")
        trouble = ""
        for _ in range(_TRIES):
            pool = self._pool
            try:
                return await self._study_in_pool(task)
            except (OSError, EOFError, RuntimeError) as error:
                trouble = f"the cleaning processes cannot be reached: {error}"[:500]
            if not self._replace(pool, trouble):
                break
        logger.warning("%s", trouble)
        return Findings(error="cleaner-died", evidence=trouble)

    async def _study_in_pool(self, task: Task) -> Findings:
        await self._pool_started()
        future = self._pool.schedule(study_one, args=(task,), timeout=self._config.clean.page_seconds)
        return await self._found(future, task)

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.count,
            max_tasks=_PAGES_A_PROCESS,
            initializer=prepare,
            initargs=(self._config,),
            context=self._context,
        )

    def _replace(self, broken: ProcessPool, trouble: str) -> bool:
        """Let a new pool take the place of one that broke; False where there is none to go on with.

        A process that dies while no page is being cleaned, because somebody kills it or memory is short, breaks the
        pool for good.
        """
        if self._pool is broken:
            if self._closed or self._replaced >= _MOST_REPLACED:
                return False
            logger.warning("%s; others take their place", trouble)
            self._replaced += 1
            self._pool, self._started = self._new_pool(), None
            self._starter.submit(_end, broken)
        return True

    async def _pool_started(self) -> None:
        if self._started is None:
            if self._first is not None:
                self._first.retire()
            self._started = self._starter.submit(self._start_pool)
        await asyncio.wrap_future(self._started)

    def _start_pool(self) -> bool:
        """Start the pool; False where that failed (in a thread of its own)."""
        # Inherited by the fork server, which Ctrl-C would end while it loads the cleaners: it is for the crawl alone.
        resource_tracker.ensure_running()  # the server starts it otherwise, and that ends by letting Ctrl-C in again
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        return self._pool.active

    async def _found(self, future: "Future[Findings]", task: Task) -> Findings:
        try:
            return await asyncio.wrap_future(future)
        except (FutureTimeoutError, TimeoutError):
            return too_slow(self._config)
        except MemoryError:
            return too_large(self._config)
        except BrokenProcessPool:
            raise
        except ProcessExpired as error:
            return died(error.exitcode)
        except Exception as error:  # a bug of ours costs one page, and is told
            logger.exception("cleaning %s failed", task.url)
            return failed(error)


def _end(pool: ProcessPool) -> None:
    """End a pool with all its processes."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
