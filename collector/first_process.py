"""The first cleaning process: a fork of the process that crawls, made before that holds anything.

A fork server loads Python and the cleaners anew, some 1.2 s of processor time before the first page. Most runs clean
few pages: one URL, a feed with three new stories. A fork of the crawl has half of that in its memory already, and
loads the rest while the first page is on its way. It is one process and cannot be forked again once the crawl has
threads, locks and an open database; `collector.workers` has a pool for whatever is too much for it.
"""

import logging
import multiprocessing
import os
import signal
import sys
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from collector.cleaning import died, failed, prepare, study_one, too_large, too_slow
from collector.config import Config
from collector.tasks import Findings, Task

logger = logging.getLogger(__name__)

#: Pages that may wait for the process, half a second's work: above that others are needed.
_MOST_WAITING = 8
#: Pages after which it is done, so that what its libraries leak stays bounded.
_MOST_PAGES = 1000


class CleanerGoneError(Exception):
    """The process was gone before it had the page; another one may study it."""


class FirstProcess:
    """A process that studies one response after the other."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._waiting = self._pages = 0
        self._gone = self._retired = False
        context = multiprocessing.get_context("fork")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(config, theirs, self._connection, os.getpid()), daemon=True
        )
        # Ctrl-C is for the crawl, from the process' first moment on.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        theirs.close()
        # One thread: pages are handed over in their order, and the crawl does not wait while one is cleaned.
        self._thread = ThreadPoolExecutor(max_workers=1)

    @classmethod
    def fork(cls, config: Config) -> Self | None:
        """Fork this process; None where it has other threads, numpy's among them, and on systems whose libraries mind.

        A process that sums with several threads does so in another order than one that has a single one: the last
        digits of probabilities would depend on which process a page came to. None, too, where the system has no room
        for another process now, or no /proc.
        """
        if sys.platform != "linux":
            return None
        try:
            return None if len(list(Path("/proc/self/task").iterdir())) > 1 else cls(config)
        except OSError as error:
            logger.info("no first cleaning process is forked: %s", error)
            return None

    @property
    def pid(self) -> int | None:
        """Number of the process."""
        return self._process.pid

    @property
    def has_room(self) -> bool:
        """Whether one more page would be studied soon."""
        ended = self._gone or self._retired
        return not ended and self._waiting < _MOST_WAITING and self._pages < _MOST_PAGES

    def submit(self, task: Task) -> Future[Findings]:
        """Have a response studied; the future may raise `CleanerGoneError`."""
        self._waiting += 1
        self._pages += 1
        future = self._thread.submit(self._exchange, task)
        future.add_done_callback(self._count_down)
        return future

    def _count_down(self, _: Future[Findings]) -> None:
        self._waiting -= 1

    def retire(self) -> None:
        """End the process when what it was given is done. Retiring twice changes nothing."""
        if not self._retired:
            self._retired = True
            self._thread.submit(self._end)
            self._thread.shutdown(wait=False)

    def close(self) -> None:
        """End the process; what it was working on is dropped. Closing twice changes nothing."""
        self._end()
        self._thread.shutdown(cancel_futures=True)
        self._connection.close()

    def _end(self) -> None:
        self._gone = True
        self._process.kill()
        self._process.join()

    def _exchange(self, task: Task) -> Findings:
        """Hand a response over and wait for what it turned out to be (in the thread)."""
        try:
            if self._gone:
                raise CleanerGoneError
            if not self._connection.poll(self._config.clean.page_seconds):  # stopped, or the machine is out of breath
                self._end()
                raise CleanerGoneError
            self._connection.recv()  # it is ready
            self._connection.send(task)
        except (OSError, EOFError) as error:
            self._gone = True
            raise CleanerGoneError from error
        try:
            if not self._connection.poll(self._config.clean.page_seconds):
                self._end()
                return too_slow(self._config)
            findings, failure = self._connection.recv()
        except (OSError, EOFError):
            self._end()
            return died(self._process.exitcode)
        if failure:
            logger.error("cleaning %s failed\n%s", task.url, failure)
        assert isinstance(findings, Findings)
        return findings


def _serve(config: Config, connection: Connection, parents: Connection, parent: int) -> None:
    """Study what comes, in the process that was forked, until nobody is left to answer."""
    parents.close()
    prepare(config)
    if os.getppid() != parent:  # it ended before we could ask to be told
        return
    import collector.study  # noqa: F401  # while the first page is on its way

    with suppress(EOFError, OSError):  # the crawl ends; killed with an answer unread, it resets the connection
        while True:
            connection.send(None)
            connection.send(_studied(connection.recv(), config))


def _studied(task: Task, config: Config) -> tuple[Findings, str]:
    """Return what a response turned out to be, and the traceback of a bug of ours, else nothing."""
    try:
        return study_one(task), ""
    except MemoryError:
        return too_large(config), ""
    except Exception as error:  # noqa: BLE001  # it costs one page, and is told
        return failed(error), traceback.format_exc()
