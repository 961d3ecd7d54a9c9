"""The corpus folder: where things lie in it, and which processes are at work on it.

mycorpus/
  collector.toml   the configuration
  corpus.db        the ledger and the articles
  archive/         WARC files
  exports/         what was exported, with manifests
  reports/         what `collector report` wrote
  search/          the search index; it can be deleted and is made again
  logs/            what happened: a line a run, and warnings
  locks/           one file a running process, locked while it lives
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ConfigError, StoreError


@dataclass(frozen=True, slots=True)
class CorpusFolder:
    """The places of a corpus folder."""

    root: Path

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.root / "collector.toml"

    @property
    def database(self) -> Path:
        """The database."""
        return self.root / "corpus.db"

    @property
    def archive(self) -> Path:
        """The folder of WARC files."""
        return self.root / "archive"

    @property
    def exports(self) -> Path:
        """The folder of exports."""
        return self.root / "exports"

    @property
    def search(self) -> Path:
        """The folder of the search index, which can be made again."""
        return self.root / "search"

    @property
    def reports(self) -> Path:
        """The folder of reports."""
        return self.root / "reports"

    @property
    def log(self) -> Path:
        """The log."""
        return self.root / "logs" / "collector.jsonl"

    @property
    def locks(self) -> Path:
        """The folder of lock files."""
        return self.root / "locks"

    def check(self) -> None:
        """Make sure that this is a corpus folder.

        Raises:
            ConfigError: There is no ``collector.toml`` in it.
        """
        if not self.config.is_file():
            raise ConfigError(
                f"{self.root} is no corpus folder (no collector.toml); make one with `collector init DIR`"
            )

    def open_lock(self, name: str) -> int:
        """Return a descriptor of a file in the folder of locks, made if need be; it is not locked yet.

        Raises:
            StoreError: It cannot be written.
        """
        file = self.locks / name
        try:
            self.locks.mkdir(parents=True, exist_ok=True)
            return os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"{file}: {error.strerror}; check the folder's permissions and free space") from error

    @contextmanager
    def alive(self, run_id: int) -> Iterator[int]:
        """Show to other processes that a run is alive, until the block ends or the process dies.

        Yields:
            The descriptor of the lock file, to be signed (`corpus.holding.alive`).

        Raises:
            StoreError: The lock file cannot be written.
        """
        file = self.locks / f"run-{run_id}.lock"
        descriptor = self._lock_anew(file)
        try:
            yield descriptor
        finally:
            file.unlink(missing_ok=True)
            os.close(descriptor)

    def _lock_anew(self, file: Path) -> int:
        """Lock a file in the folder of locks, and make sure that it can be found there.

        A run that could not be entered gives its number back, and its file goes while the next run waits for it.
        """
        while True:
            descriptor = self.open_lock(file.name)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except BaseException:
                os.close(descriptor)
                raise
            with suppress(FileNotFoundError):
                if os.path.samestat(file.stat(), os.fstat(descriptor)):
                    return descriptor
            os.close(descriptor)

    def dead(self, run_ids: Iterable[int]) -> list[int]:
        """Return those of the given runs whose process is gone."""
        return [run_id for run_id in run_ids if not self._is_alive(run_id)]

    def _is_alive(self, run_id: int) -> bool:
        file = self.locks / f"run-{run_id}.lock"
        try:
            descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            # Shared: who looks at the same moment must not take this look for the run.
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            file.unlink(missing_ok=True)
            return False
        finally:
            os.close(descriptor)


def delete(path: Path) -> None:
    """Delete a file, or a folder with all that is in it.

    Raises:
        OSError: It cannot be deleted.
    """
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
