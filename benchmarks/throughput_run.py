"""Runs a command and tells what it took, all its descendants included.

    python benchmarks/throughput_run.py FILE COMMAND...

writes an object to FILE: exit code, seconds, processor seconds (user and system time) and the peak of the resident
memory of the process tree, pages that processes share counted once. Processes that outlive their parents, as the
children of a fork server may, are waited for and counted: this process adopts them (``PR_SET_CHILD_SUBREAPER``,
prctl(2)). Linux only.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

_LOOK_SECONDS = 0.25
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a command took."""

    code: int
    #: Wall-clock seconds until the command ended.
    seconds: float
    #: User and system time of all its processes …
    processor_seconds: float
    #: … and of the first of them, without those that it started, as of the last look.
    first_process_seconds: float
    #: Share of their time in which the grandchildren (of a crawl: the cleaning processes) had nothing to do: they
    #: neither ran nor waited for a processor. It does not depend on who else uses the machine; 0 where there are none.
    idle_share: float
    #: Largest sum of proportional set sizes at any look, in MB (10^6 bytes).
    peak_mb: float


def measure(command: list[str], log: Path, *, folder: Path | None = None) -> Usage:
    """Run a command in a process tree of its own and return what it took.

    Args:
        command: The program and its arguments.
        log: Where its output goes.
        folder: Where it runs; here by default.

    Raises:
        RuntimeError: It could not be measured; the message holds the end of its output.
    """
    figures = log.with_suffix(".usage.json")
    with log.open("wb") as output:
        wrapped = [sys.executable, __file__, str(figures.absolute()), *command]
        subprocess.run(wrapped, stdout=output, stderr=subprocess.STDOUT, cwd=folder, check=False)
    if not figures.exists():
        raise RuntimeError(f"{command[0]} was not measured: {log.read_text(errors='replace')[-2000:]}")
    usage = Usage(**json.loads(figures.read_text()))
    if usage.code != 0:
        sys.stderr.write(f"exit code {usage.code}, see {log}: {' '.join(command)}\n")
    return usage


def _run(command: list[str]) -> Usage:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began, peak, first = time.monotonic(), 0.0, 0.0
    seen: dict[int, list[tuple[float, float]]] = {}
    child = subprocess.Popen(command)
    while True:
        with suppress(subprocess.TimeoutExpired):
            code = child.wait(_LOOK_SECONDS)
            break
        peak = max(peak, tree_megabytes(child.pid))
        first = max(first, _processor_seconds(child.pid))
        for pid in _grandchildren(child.pid):
            seen.setdefault(pid, []).append((time.monotonic(), _seconds_with_work(pid)))
    seconds = time.monotonic() - began
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(
        code=code,
        seconds=seconds,
        processor_seconds=used.ru_utime + used.ru_stime,
        first_process_seconds=first,
        idle_share=_idle_share(seen.values()),
        peak_mb=peak,
    )


def tree_megabytes(pid: int) -> float:
    """Return the resident memory of a process and its descendants, what they share counted once, in MB."""
    parents = _parents()
    tree = {pid}
    while more := {child for child, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return sum(map(_megabytes, tree))


def _parents() -> dict[int, int]:
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended while we looked
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    return parents


def _grandchildren(pid: int) -> list[int]:
    parents = _parents()
    return [child for child, parent in parents.items() if parents.get(parent) == pid]


def _seconds_with_work(pid: int) -> float:
    """Return how long a process has run and waited for a processor (proc(5), ``schedstat``)."""
    with suppress(OSError, ValueError):
        ran, waited, _ = Path(f"/proc/{pid}/schedstat").read_text().split()
        return (int(ran) + int(waited)) / 1e9
    return 0.0


def _idle_share(seen: Iterable[Sequence[tuple[float, float]]]) -> float:
    """Return the share of idle time of processes, each by looks at the clock and at its seconds with work."""
    there = busy = 0.0
    for looks in seen:
        known = [look for look in looks if look[1]]
        if known:
            there += known[-1][0] - known[0][0]
            busy += known[-1][1] - known[0][1]
    return max(0.0, 1 - busy / there) if there else 0.0


def _processor_seconds(pid: int) -> float:
    with suppress(OSError, ValueError, IndexError):
        user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _megabytes(pid: int) -> float:
    with suppress(OSError, ValueError, IndexError):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return int(text.split("\nPss:", 1)[1].split()[0]) * 1024 / 1e6
    return 0.0


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(asdict(_run(sys.argv[2:]))))
