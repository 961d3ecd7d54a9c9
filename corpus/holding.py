"""Locks that one process holds on a corpus folder, with a word on who it is."""

import fcntl
import json
import os
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from corpus.errors import CorpusBusyError, StoreError
from corpus.folder import CorpusFolder

#: Locks of work that moves and overwrites archive records, and so bears no other beside it …
FORGET, COMPACT = "forget", "compact"
#: … and of what only crawls may go on beside.
BACKUP = "backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The process that holds a lock."""

    pid: int
    host: str
    #: ISO 8601, UTC.
    since: str
    #: Its command line; empty where nobody asks for it.
    command: str = ""

    def __str__(self) -> str:
        told = f"process {self.pid} on {self.host}, since {self.since}"
        return f"{told}: `{self.command}`" if self.command else told


#: What others are told of a process that has locked a file and not signed it yet.
_UNKNOWN = Holder(pid=0, host="an unknown host", since="a moment ago")
#: Most characters of a command line that others are told.
_MOST_COMMAND = 300


@contextmanager
def alive(folder: CorpusFolder, run_id: int, now: float) -> Iterator[None]:
    """Show to other processes that a run is alive, and whose it is, until the block ends or the process dies.

    Raises:
        StoreError: The lock file cannot be written.
    """
    with folder.alive(run_id) as descriptor:
        _write(descriptor, folder.locks / f"run-{run_id}.lock", _signature(now, _command_line()))
        yield


def runner_of(folder: CorpusFolder, run_id: int) -> Holder:
    """Return the process of a run that is alive, as far as it has signed its lock."""
    return _read(folder.locks / f"run-{run_id}.lock")


@contextmanager
def hold(folder: CorpusFolder, name: str, now: float) -> Iterator[None]:
    """Hold a lock until the block ends or the process dies.

    Args:
        folder: The corpus folder.
        name: What is held; also the name of the lock file.
        now: Unix seconds, told to others as the begin.

    Raises:
        CorpusBusyError: Another process holds it; the message says which, where and since when.
        StoreError: The lock file cannot be written, or the file system knows no locks.
    """
    file = folder.locks / f"{name}.lock"
    descriptor = folder.open_lock(file.name)
    try:
        _lock(descriptor, file, name)
        _write(descriptor, file, _signature(now))
        yield
    finally:
        os.close(descriptor)  # which lets go of it; the file stays, as removing it would race with the next holder


def holder_of(folder: CorpusFolder, name: str) -> Holder | None:
    """Return the process that holds a lock, None if none does.

    Raises:
        StoreError: The lock file cannot be read.
    """
    file = folder.locks / f"{name}.lock"
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}; check the folder's permissions") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(file)
    except OSError as error:
        raise StoreError(f"{file}: cannot be locked: {error.strerror}") from error
    else:
        return None
    finally:
        os.close(descriptor)


def refuse_beside(folder: CorpusFolder, *names: str) -> None:
    """Make sure that nobody holds any of some locks.

    Raises:
        CorpusBusyError: A process does; the message says which.
    """
    for name in sorted(names):
        holder = holder_of(folder, name)
        if holder is not None:
            raise CorpusBusyError(f"{folder.root}: `collector {name}` is at work on this corpus: {holder}")


def _signature(now: float, command: str = "") -> Holder:
    since = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    return Holder(pid=os.getpid(), host=socket.gethostname(), since=since, command=command)


def _command_line() -> str:
    """Return this process' command line as its user would write it: without the interpreter, or folders before it."""
    program = Path(sys.argv[0])
    name = program.parent.name if program.name == "__main__.py" else program.name
    line = shlex.join([name, *sys.argv[1:]])
    return line if len(line) <= _MOST_COMMAND else f"{line[: _MOST_COMMAND - 1]}…"


def _lock(descriptor: int, file: Path, name: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CorpusBusyError(f"{file}: `collector {name}` is at work on this corpus already: {_read(file)}") from error
    except OSError as error:
        raise StoreError(f"{file}: cannot be locked: {error.strerror}") from error


def _write(descriptor: int, file: Path, holder: Holder) -> None:
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(holder)).encode(), 0)
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}; check the folder's permissions and free space") from error


def _read(file: Path) -> Holder:
    try:
        return Holder(**json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, TypeError):  # it was locked a moment ago and is not written yet
        return _UNKNOWN
