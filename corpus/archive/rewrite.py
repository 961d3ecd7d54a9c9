"""Writes a WARC file anew without some of its records; what stays is copied byte by byte.

The ``warcinfo`` record stays as it is, since others refer to it by its id; its ``WARC-Filename`` then names the file
that it was first written to. Revisit records of other files go on naming the old place of their original
(``WARC-Refers-To-Filename``, a hint that readers check against the digest); the database follows it.
"""

import mmap
import zlib
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from corpus.archive.blank import MARKER_HEAD, is_marker
from corpus.archive.records import BrokenRecord, iter_records
from corpus.archive.segment import Segment, is_held
from corpus.errors import ArchiveError

_COPY_BYTES = 1 << 20


def rewrite(old: Path, new: Path, dropped: Collection[int]) -> dict[int, int]:
    """Write a file anew without some records, the requests that belong to them, and markers of what was blanked.

    Args:
        old: The file; no writer may hold it.
        new: Where to write; it is on the disk when this returns, and not there if nothing is left but ``warcinfo``.
        dropped: Offsets of records that go.

    Returns:
        The new offset of each record that stayed, by its old one.

    Raises:
        ArchiveError: A writer holds the file, a place in it cannot be read, or the disk refuses; ``new`` is not there.
    """
    if is_held(old):
        raise ArchiveError(old, None, "a writer holds this file: stop the crawl first")
    kept = _kept(old, dropped)
    if not any(kind != "warcinfo" for _, _, kind in kept):
        return {}
    segment = Segment(new)
    try:
        with old.open("rb") as raw:
            moved = {}
            for offset, length, _ in kept:
                raw.seek(offset)
                moved[offset] = segment.append(raw.read(length))
        segment.sync()
    except BaseException as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise ArchiveError(old, None, f"cannot be read: {error.strerror}") from error
        raise
    finally:
        with suppress(ArchiveError):
            segment.close()
    return moved


def _kept(old: Path, dropped: Collection[int]) -> list[tuple[int, int, str]]:
    """Return offset, length and type of the records that stay; every record is read, and so its checksum proven."""
    gone: set[str] = set()
    kept = []
    after_marker = False
    for record in iter_records(old, file=old.name, max_body_bytes=0):
        if isinstance(record, BrokenRecord):
            raise ArchiveError(old, record.offset, record.message)
        place = record.location
        if place is None or place.length is None:
            raise ArchiveError(old, None, "holds records that cannot be copied one by one")
        marker = is_marker(record)
        if place.offset in dropped or marker:
            gone.add(record.field("warc-record-id") or "")
        elif not (record.type == "request" and (after_marker or record.field("warc-concurrent-to") in gone)):
            kept.append((place.offset, place.length, record.type))
        after_marker = marker
    return kept


def count_blanked_bytes(path: Path) -> int:
    """Return how many bytes of a file are markers of what was blanked; reads it once, without decompressing it."""
    total = 0
    with path.open("rb") as raw:
        if not path.stat().st_size:
            return 0
        with mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ) as content:
            at = content.find(MARKER_HEAD)
            while at >= 0:
                length = _member_length(content, at)
                total += length
                at = content.find(MARKER_HEAD, at + max(length, 1))
    return total


def _member_length(content: mmap.mmap, offset: int) -> int:
    """Return the length of the gzip member at an offset, 0 where none is."""
    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
    at = offset
    try:
        while not decompressor.eof and at < len(content):
            decompressor.decompress(content[at : at + _COPY_BYTES])
            at += _COPY_BYTES
    except zlib.error:
        return 0
    return min(at, len(content)) - len(decompressor.unused_data) - offset if decompressor.eof else 0
