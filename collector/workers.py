"""Cleaning processes: many pages at once, each within a time and memory limit, never on the reactor."""

import asyncio
import ctypes
import gc
import logging
import multiprocessing
import os
import resource
import signal
import sys
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessPool

from collector.config import Config
from collector.tasks import Findings, Task

logger = logging.getLogger(__name__)

#: A cleaning process is replaced after so many pages, so that what its libraries leak stays bounded.
_PAGES_A_PROCESS = 1000
#: Pages after which a cleaning process looks for rings of objects. A page leaves few; looking for them all the while
#: took a twelfth of its time …
_PAGES_A_SEARCH = 50
#: … and bytes of pages, as rings hold whole trees: what large pages leave must not take the room of the next.
_BYTES_A_SEARCH = 5_000_000
_PR_SET_PDEATHSIG = 1

_config: Config | None = None
_pages = 0
_bytes = 0


def worker_count(config: Config) -> int:
    """Return how many cleaning processes a configuration asks for."""
    return config.clean.workers or os.cpu_count() or 1


class Workers:
    """A pool of cleaning processes."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.count = worker_count(config)
        context = multiprocessing.get_context("forkserver")
        # The server loads the cleaners once; each process is then a fork of it, ready in milliseconds.
        context.set_forkserver_preload(["collector.workers", "collector.warm_up"])
        # There is a process for each processor already, and what is forked must have one thread.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        self._pool = ProcessPool(
            max_workers=self.count,
            max_tasks=_PAGES_A_PROCESS,
            initializer=_start,
            initargs=(config,),
            context=context,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; what they were working on is dropped. Closing twice changes nothing."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    async def study(self, task: Task) -> Findings:
        """Study one response in a process of the pool; a limit that is broken is a finding."""
        future = self._pool.schedule(_study, args=(task,), timeout=self._config.clean.page_seconds)
        try:
            return await asyncio.wrap_future(future)
        except (FutureTimeoutError, TimeoutError):
            seconds = self._config.clean.page_seconds
            return Findings(error="cleaner-timeout", evidence=f"cleaning took more than {seconds:g} s")
        except MemoryError:
            return Findings(error="cleaner-memory", evidence=f"needs more than {self._config.clean.page_memory_mb} MB")
        except ProcessExpired as error:
            return Findings(error="cleaner-died", evidence=f"the cleaning process died with exit code {error.exitcode}")
        except Exception as error:  # a bug of ours costs one page, and is told
            logger.exception("cleaning %s failed", task.url)
            return Findings(error="cleaner-bug", evidence=f"{type(error).__name__}: {error}"[:500])


def _start(config: Config) -> None:
    """Prepare a cleaning process."""
    global _config
    _config = config
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the crawl, which ends its processes in good order
    if sys.platform == "linux":
        # When the crawl is killed, the fork server ends, and with it its children.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    gc.disable()  # what the fork server loaded is frozen already
    with suppress(ValueError):  # macOS knows the limit and does not take it
        limit = config.clean.page_memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _study(task: Task) -> Findings:
    from collector.study import study  # the fork server has loaded it; the process that fetches needs no cleaners

    global _pages, _bytes
    assert _config is not None, "the pool's initializer has run"
    if _pages >= _PAGES_A_SEARCH or _bytes >= _BYTES_A_SEARCH:
        gc.collect()
        _pages = _bytes = 0
    _pages += 1
    _bytes += len(task.wire_body)
    return study(task, _config)
