"""Traces of articles in what was made of a corpus: exports, reports, and whatever else lies in its folder."""

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import zstandard

from corpus.errors import ConfigError
from corpus.export.manifest import MANIFEST_NAME
from corpus.export.parquet import import_pyarrow
from corpus.export.target import is_abandoned
from corpus.folder import CorpusFolder
from corpus.urls import canonicalise

_PIECE_BYTES = 1 << 20
#: Longest name that is found across the border of two pieces.
_OVERLAP_BYTES = 4096
_GZIP, _ZSTD, _PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1"
#: What spaCy's DocBin files begin with: zlib at the default level.
_ZLIB = b"x\x9c"
#: Ids of articles, and URLs.
_NAMES = re.compile(rb"\b[0-9a-f]{16}\b|(?:https?|file)://[^\s\"'<>\\]+")
#: Pages of a WARC file, named by the URL that was asked for, which is not always in canonical form.
_PAGES = re.compile(rb"^WARC-Target-URI: *<?([^\s<>]+)", re.MULTILINE | re.IGNORECASE)


def find_traces(folder: CorpusFolder, names: frozenset[str]) -> list[Path]:
    """Return the exports, and other files beside database and archive, that name one of some articles or URLs.

    An export is returned as a whole: with one article taken out it would not be what its manifest says. What a killed
    export left is returned whatever it names: it may hold the text of an article and not its id yet, and after a
    takedown no export goes on from it.

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
        if whole not in found and (is_abandoned(whole) or _holds(file, wanted)):
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
        if is_abandoned(parent) or (parent / MANIFEST_NAME).is_file() or parent.parent == folder.exports:
            return parent
    return file


def _holds(file: Path, wanted: frozenset[bytes]) -> bool:
    with file.open("rb") as raw:
        head = raw.read(4)
        raw.seek(0)
        if head == _PARQUET:
            return _parquet_holds(file, wanted)
        try:
            return any(not wanted.isdisjoint(_names(piece)) for piece in _pieces(_opened(raw, head)))
        except (EOFError, zlib.error, zstandard.ZstdError, gzip.BadGzipFile):
            return True  # nobody can tell what a broken file holds


def _names(piece: bytes) -> Iterator[bytes]:
    yield from _NAMES.findall(piece)
    for url in _PAGES.findall(piece):
        with suppress(ValueError):
            yield canonicalise(url.decode("utf-8", "replace")).encode()


def _opened(raw: BinaryIO, head: bytes) -> "BinaryIO | _Inflated":
    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=raw)  # type: ignore[return-value]
    if head == _ZSTD:
        return zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
    return _Inflated(raw) if head.startswith(_ZLIB) else raw


class _Inflated:
    """Reads a zlib stream."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._inflate = zlib.decompressobj()

    def read(self, size: int) -> bytes:
        """Return at most ``size`` bytes, none at the end.

        Raises:
            EOFError: The stream is cut off.
            zlib.error: It is damaged.
        """
        while not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._raw.read(size)
            if not packed:
                raise EOFError
            if plain := self._inflate.decompress(packed, size):
                return plain
        return b""


def _pieces(stream: "BinaryIO | _Inflated") -> Iterator[bytes]:
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
