"""What a cleaning process does: it prepares itself once, and studies one response after the other."""

import ctypes
import gc
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

from collector.config import Config
from collector.tasks import Findings, Task

#: Pages after which a cleaning process looks for rings of objects. A page leaves few; looking for them all the while
#: took a twelfth of its time …
_PAGES_A_SEARCH = 50
#: … and bytes of pages, as rings hold whole trees: what large pages leave must not take the room of the next.
_BYTES_A_SEARCH = 5_000_000
_PR_SET_PDEATHSIG = 1

_config: Config | None = None
_pages = 0
_bytes = 0


def prepare(config: Config) -> None:
    """Let this process end with its parent, leave Ctrl-C to the crawl and take no more memory than it may."""
    global _config
    _config = config
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the crawl, which ends its processes in good order
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        # When the crawl is killed, the fork server ends, and with it its children; and so does the crawl's own child.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    gc.disable()
    gc.freeze()  # what was loaded before the fork is shared; a search that visits it would copy it
    with suppress(ValueError):  # macOS knows the limit and does not take it
        limit = config.clean.page_memory_mb * 2**20 + _present_bytes()
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _present_bytes() -> int:
    """Return how much address space this process has before its first page.

    Little of it is memory of its own: rensa's allocator reserves a gigabyte of addresses and uses next to none, and a
    fork has all that its parent had.
    """
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    except OSError:  # macOS
        return 0


def too_slow(config: Config) -> Findings:
    """Return what is found of a page that took longer than it may."""
    return Findings(error="cleaner-timeout", evidence=f"cleaning took more than {config.clean.page_seconds:g} s")


def too_large(config: Config) -> Findings:
    """Return what is found of a page that wanted more memory than it may have."""
    return Findings(error="cleaner-memory", evidence=f"needs more than {config.clean.page_memory_mb} MB")


def died(code: int | None) -> Findings:
    """Return what is found of a page whose process ended with an exit code."""
    return Findings(error="cleaner-died", evidence=f"the cleaning process died with exit code {code}")


def failed(error: Exception) -> Findings:
    """Return what is found of a page that met a bug of ours."""
    return Findings(error="cleaner-bug", evidence=f"{type(error).__name__}: {error}"[:500])


def study_one(task: Task) -> Findings:
    """Study a response, in a process that is prepared."""
    from collector.study import study  # the fork server has loaded it; the process that fetches needs no cleaners

    global _pages, _bytes
    assert _config is not None, "the process is prepared before its first page"
    if _pages >= _PAGES_A_SEARCH or _bytes >= _BYTES_A_SEARCH:
        gc.collect()
        _give_back()
        _pages = _bytes = 0
    _pages += 1
    _bytes += len(task.wire_body)
    return study(task, _config)


def _give_back() -> None:
    """Give memory that nothing uses back to the system, which glibc does by itself only at the end of its heap.

    After 300 pages a process has 304 MB with it and 372 without; it takes 0.14 ms a page.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # musl has no such function
            ctypes.CDLL(None).malloc_trim(0)
