"""Traces of articles in what was made of a corpus: exports, reports, and whatever else lies in its folder."""

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import zstandard

from corpus.errors import ConfigError
from corpus.export.manifest import MANIFEST_NAME
from corpus.export.parquet import import_pyarrow
from corpus.folder import CorpusFolder

_PIECE_BYTES = 1 << 20
#: Longest name that is found across the border of two pieces.
_OVERLAP_BYTES = 4096
_GZIP, _ZSTD, _PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1"
#: Ids of articles, and URLs.
_NAMES = re.compile(rb"\b[0-9a-f]{16}\b|(?:https?|file)://[^\s\"'<>\\]+")


def find_traces(folder: CorpusFolder, names: frozenset[str]) -> list[Path]:
    """Return the exports, and other files beside database and archive, that name one of some articles or URLs.

    An export is returned as a whole: with one article taken out it would not be what its manifest says.

    Args:
        folder: The corpus folder.
        names: Ids of articles and URLs in canonical form.
    """
    wanted = frozenset(name.encode() for name in names)
    found: set[Path] = set()
    for file in sorted(folder.root.rglob("*")):
        if not file.is_file() or file.is_symlink() or _is_ours(folder, file):
            continue
        whole = _whole(folder, file)
        if whole not in found and _holds(file, wanted):
            found.add(whole)
    return sorted(found)


def _is_ours(folder: CorpusFolder, file: Path) -> bool:
    if file.parent == folder.root and (file == folder.config or file.name.startswith(folder.database.name)):
        return True
    return folder.archive in file.parents or folder.locks in file.parents


def _whole(folder: CorpusFolder, file: Path) -> Path:
    """Return the export that a file belongs to, also one that was never finished; else the file."""
    for parent in file.parents:
        if parent == folder.root:
            break
        if (parent / MANIFEST_NAME).is_file() or parent.parent == folder.exports:
            return parent
    return file


def _holds(file: Path, wanted: frozenset[bytes]) -> bool:
    with file.open("rb") as raw:
        head = raw.read(4)
        raw.seek(0)
        if head == _PARQUET:
            return _parquet_holds(file, wanted)
        try:
            return any(not wanted.isdisjoint(_NAMES.findall(piece)) for piece in _pieces(_opened(raw, head)))
        except (EOFError, zlib.error, zstandard.ZstdError, gzip.BadGzipFile):
            return True  # nobody can tell what a broken file holds


def _opened(raw: BinaryIO, head: bytes) -> BinaryIO:
    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=raw)  # type: ignore[return-value]
    if head == _ZSTD:
        return zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
    return raw


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    """Yield a stream in pieces that overlap, so that no name falls between two of them."""
    kept = b""
    while piece := stream.read(_PIECE_BYTES):
        yield kept + piece
        kept = piece[-_OVERLAP_BYTES:]


def _parquet_holds(file: Path, wanted: frozenset[bytes]) -> bool:
    try:
        arrow = import_pyarrow()
        table = arrow.parquet.read_table(file, columns=["id", "url", "cluster"])
    except (ConfigError, OSError, ValueError):
        return True
    return any(not wanted.isdisjoint(str(name).encode() for name in column.to_pylist()) for column in table.columns)
