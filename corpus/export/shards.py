"""Splits an export into files of a fixed number of articles, so that readers can work on them one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from corpus.export.journal import Journal
from corpus.export.manifest import ARTICLES_NAME, ExportedFile
from corpus.export.records import Record


class Writer(Protocol):
    """Writes the records of one export."""

    def add(self, record: Record) -> None:
        """Write a record."""

    def finish(self) -> tuple[tuple[ExportedFile, ...], int]:
        """Write what is still held back; return the files to name in the manifest, and the size of all files."""

    def close(self) -> None:
        """Close every file, after `finish` or in the middle of the work."""


class Shard(Protocol):
    """One file of an export, being written."""

    #: The file.
    path: Path

    def add(self, record: Record) -> None:
        """Write a record."""

    def finish(self) -> None:
        """Write what is still held back, bring it to the disk and close the file."""

    def close(self) -> None:
        """Close the file, after `finish` or in the middle of the work."""


class Shards:
    """Writes records to one shard after the other: ``articles/articles-00000``, ``articles/articles-00001`` …

    Where an export is split, each split is such a series: ``articles/train-00000``, ``articles/test-00000`` …
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
            folder: The export's folder.
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
        self._series = series
        self._series_of = series_of
        self._open: dict[str, _OpenShard] = {}
        (folder / ARTICLES_NAME).mkdir(exist_ok=True)

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

    def finish(self) -> tuple[tuple[ExportedFile, ...], int]:
        """Finish the last shards; return all of them, and their size."""
        for series in self._series:
            # A series without articles has a shard all the same: who looks for files then finds a schema, not nothing.
            if series not in self._open and not self._journal.files(series):
                self._begin_shard(series)
            if series in self._open:
                self._finish_shard(series)
        files = tuple(file for series in self._series for file in self._journal.files(series))
        return files, sum(file.bytes for file in files)

    def close(self) -> None:
        """Close the current shards."""
        for current in self._open.values():
            current.shard.close()

    def _begin_shard(self, series: str) -> "_OpenShard":
        name = f"{series}-{len(self._journal.files(series)):05d}"
        self._open[series] = _OpenShard(self._open_shard(self._folder / ARTICLES_NAME / name))
        return self._open[series]

    def _finish_shard(self, series: str) -> None:
        current = self._open[series]
        current.shard.finish()
        del self._open[series]
        self._journal.finish_shard(series, ExportedFile.measure(self._folder, current.shard.path, current.articles))


@dataclass(slots=True)
class _OpenShard:
    shard: Shard
    articles: int = 0
