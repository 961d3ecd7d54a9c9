"""Splits an export into files of a fixed number of articles, so that readers can work on them one by one."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from corpus.export.journal import Journal
from corpus.export.manifest import ExportedFile
from corpus.export.records import Record


class LeftOutError(Exception):
    """A format has no place for a record, which says why; nothing of it was written."""


class Writer(Protocol):
    """Writes the records of one export."""

    def add(self, record: Record) -> None:
        """Write a record.

        Raises:
            LeftOutError: The format has no place for it.
        """

    def finish(self) -> tuple[tuple[ExportedFile, ...], int]:
        """Write what is still held back; return the files to name in the manifest, and the size of all files."""

    def close(self) -> None:
        """Close every file, after `finish` or in the middle of the work."""


class Shard(Protocol):
    """One file of an export, being written."""

    #: The file.
    path: Path

    def add(self, record: Record) -> None:
        """Write a record.

        Raises:
            LeftOutError: The format has no place for it.
        """

    def finish(self) -> None:
        """Write what is still held back, bring it to the disk and close the file."""

    def close(self) -> None:
        """Close the file, after `finish` or in the middle of the work."""


class Shards:
    """Writes records to one shard after the other: ``articles/articles-00000``, ``articles/articles-00001`` …

    Where an export is split, each split is such a series: ``articles/train-00000``, ``articles/test-00000`` …

    A full shard is finished by a thread of its own, which compresses it while records go on coming: on two cores that
    takes a third off the time of an export.
    """

    def __init__(
        self,
        folder: Path,
        open_shard: Callable[[Path], Shard],
        articles_each: int,
        *,
        journal: Journal,
        series: tuple[str, ...],
        series_of: Callable[[Record], str],
    ) -> None:
        """Go on writing to ``folder``.

        Args:
            folder: The folder of the shards, in the export's folder.
            open_shard: Begins a shard, given its path without an ending.
            articles_each: Articles a shard.
            journal: Told of every finished shard; those that it knows already are not written again.
            series: Names of the series.
            series_of: Tells the series of a record.
        """
        self._folder = folder
        self._open_shard = open_shard
        self._articles_each = articles_each
        self._journal = journal
        self._series_of = series_of
        self._begun = {name: len(journal.files(name)) for name in series}
        self._open: dict[str, _OpenShard] = {}
        self._finisher = ThreadPoolExecutor(max_workers=1, thread_name_prefix="shard")
        #: The shard that is being finished, and its series.
        self._finishing: tuple[str, Future[ExportedFile]] | None = None
        folder.mkdir(exist_ok=True)

    def add(self, record: Record) -> None:
        """Write a record to the current shard of its series, or to a new one where that is full."""
        series = self._series_of(record)
        current = self._open.get(series)
        if current is not None and current.articles == self._articles_each:
            self._finish_shard(series)
            current = None
        current = current or self._begin_shard(series)
        current.shard.add(record)
        current.articles += 1
        if self._finishing is not None and self._finishing[1].done():
            self._settle()

    def finish(self) -> tuple[tuple[ExportedFile, ...], int]:
        """Finish the last shards; return all of them, and their size."""
        for series, begun in self._begun.items():
            # A series without articles has a shard all the same: who looks for files then finds a schema, not nothing.
            current = self._open.get(series) if begun else self._begin_shard(series)
            if current is not None and not current.articles and begun > 1:
                self._drop_shard(series)  # what it was begun for was left out
            elif current is not None:
                self._finish_shard(series)
        self._settle()
        files = tuple(file for series in self._begun for file in self._journal.files(series))
        return files, sum(file.bytes for file in files)

    def close(self) -> None:
        """Close the current shards, when the one that is being finished is on the disk."""
        with suppress(Exception):  # after `finish` there is none, and before it the export has failed already
            self._settle()
        self._finisher.shutdown()
        for current in self._open.values():
            current.shard.close()

    def _begin_shard(self, series: str) -> "_OpenShard":
        current = _OpenShard(self._open_shard(self._folder / f"{series}-{self._begun[series]:05d}"))
        self._begun[series] += 1
        self._open[series] = current
        return current

    def _drop_shard(self, series: str) -> None:
        current = self._open.pop(series)
        current.shard.close()
        current.shard.path.unlink()

    def _finish_shard(self, series: str) -> None:
        self._settle()
        self._journal.end_shard(series)
        self._finishing = series, self._finisher.submit(self._finished, self._open.pop(series))

    def _finished(self, current: "_OpenShard") -> ExportedFile:
        current.shard.finish()
        return ExportedFile.measure(self._folder.parent, current.shard.path, current.articles)

    def _settle(self) -> None:
        """Wait for the shard that is being finished, and note it in the journal."""
        if self._finishing is not None:
            series, future = self._finishing
            self._finishing = None
            self._journal.finish_shard(series, future.result())


@dataclass(slots=True)
class _OpenShard:
    shard: Shard
    articles: int = 0
