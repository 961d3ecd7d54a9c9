"""One WARC file while it is being written: only ever longer by whole records, and held by a lock.

A writer may be killed, and a disk may fill, in the middle of a record. What the first leaves behind is found by
`corpus.archive.integrity`; the second is undone here, so that the file ends with a whole record again.
"""

import contextlib
import errno
import fcntl
import logging
import os
from pathlib import Path
from threading import Lock

from corpus.errors import ArchiveError

_logger = logging.getLogger(__name__)

#: What to do about errors that have nothing to do with us.
_ADVICE = {
    errno.ENOSPC: "the disk is full: free some space on it, or move the corpus to a larger one, and run again",
    errno.EDQUOT: "the disk quota is used up: free some space, or have it raised, and run again",
    errno.EFBIG: "the file may not grow: lower the archive's rotation size below the file size limit (ulimit -f)",
    errno.EACCES: "no permission to write: check who owns the archive folder",
    errno.EROFS: "the file system is mounted read-only",
    errno.EIO: "the disk reports an error: check it before crawling on",
}


class Segment:
    """A WARC file that this writer alone appends to.

    The lock (``flock``) tells a living writer from a dead one: the kernel drops it with the process, however it ends.
    A child that was forked shares it, so processes that clean pages keep the file held until they end too.

    One thread may append while another waits in `sync`.
    """

    def __init__(self, path: Path) -> None:
        """Create the file.

        Raises:
            ArchiveError: when it cannot be created, or exists.
        """
        self.path = path
        #: Size of the whole records in the file.
        self.size = 0
        #: Why nothing more may be appended: the file could not be brought back to its last whole record, or the disk
        #: did not take what it had been given. (After a failed fsync the kernel forgets what is missing, so that a
        #: second one would succeed without it: https://lwn.net/Articles/752063/.)
        self.failure: ArchiveError | None = None
        self._closed = False
        self._syncing = Lock()
        try:
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        except OSError as error:
            raise write_error(path, None, error) from error
        try:
            _hold(self._fd)
            sync_folder(path.parent)
        except OSError as error:
            os.close(self._fd)
            path.unlink(missing_ok=True)
            raise write_error(path, None, error) from error

    def append(self, records: bytes) -> int:
        """Append whole records; return the offset of their first byte.

        Raises:
            ArchiveError: when they cannot be written; the file then ends where it did before.
        """
        offset = self.size
        written = 0
        try:
            with memoryview(records) as rest:
                while written < len(records):
                    written += os.write(self._fd, rest[written:])
        except OSError as error:
            failure = write_error(self.path, offset, error)
            self._cut_back(failure)
            raise failure from error
        except BaseException as interruption:
            self._cut_back(ArchiveError(self.path, offset, f"interrupted: {interruption!r}"))
            raise
        self.size = offset + len(records)
        return offset

    def sync(self) -> None:
        """Wait until everything that was appended is on the disk.

        Raises:
            ArchiveError: when the disk refuses; nothing that was appended since the last call may be relied on.
        """
        with self._syncing:
            if self.failure is not None:
                raise self.failure
            if self._closed:
                return
            try:
                os.fsync(self._fd)
            except OSError as error:
                self.failure = write_error(self.path, None, error)
                raise self.failure from error

    def close(self) -> None:
        """Sync, close the file and give up its lock.

        Raises:
            ArchiveError: as `sync` does; the file is closed all the same.
        """
        try:
            self.sync()
        finally:
            with self._syncing:
                if not self._closed:
                    self._closed = True
                    os.close(self._fd)

    def _cut_back(self, failure: ArchiveError) -> None:
        try:
            os.ftruncate(self._fd, self.size)
        except OSError:
            self.failure = failure


def write_error(path: Path, offset: int | None, error: OSError) -> ArchiveError:
    """Return what a user needs to know of a failed write."""
    advice = _ADVICE.get(error.errno or 0, f"cannot be written: {error.strerror}")
    return ArchiveError(path, offset, advice)


def try_hold(fd: int) -> bool:
    """Lock a file against writers, unless one holds it; on a file system without locks somebody always may."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_held(path: Path) -> bool:
    """Tell whether a living writer holds a WARC file."""
    with contextlib.suppress(OSError):
        fd = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(fd)
    return False


def _hold(fd: int) -> None:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise
        _logger.warning("the file system has no locks (%s): the archive cannot be repaired there", error)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    except OSError as error:
        # Some network file systems keep folders safe themselves and know no fsync for them.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(fd)
