"""Splits an export into files of a fixed number of articles, so that readers can work on them one by one."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

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
    """Writes records to one shard after the other: ``articles/articles-00000``, ``articles/articles-00001`` …"""

    def __init__(self, folder: Path, open_shard: Callable[[Path], Shard], articles_each: int) -> None:
        """Write to ``folder``; ``open_shard`` makes a shard from its path without an ending."""
        self._folder = folder
        self._open_shard = open_shard
        self._articles_each = articles_each
        self._files: list[ExportedFile] = []
        self._count = 0
        (folder / ARTICLES_NAME).mkdir()
        # The first shard is there even when it stays empty: who looks for files then finds a schema, not nothing.
        self._shard = self._next_shard()

    def add(self, record: Record) -> None:
        """Write a record to the current shard, or to a new one where that is full."""
        if self._count == self._articles_each:
            self._finish_shard()
            self._shard = self._next_shard()
        self._shard.add(record)
        self._count += 1

    def finish(self) -> tuple[tuple[ExportedFile, ...], int]:
        """Finish the last shard; return all of them, and their size."""
        self._finish_shard()
        return tuple(self._files), sum(file.bytes for file in self._files)

    def close(self) -> None:
        """Close the current shard."""
        self._shard.close()

    def _next_shard(self) -> Shard:
        return self._open_shard(self._folder / ARTICLES_NAME / f"articles-{len(self._files):05d}")

    def _finish_shard(self) -> None:
        self._shard.finish()
        self._files.append(ExportedFile.measure(self._folder, self._shard.path, self._count))
        self._count = 0
