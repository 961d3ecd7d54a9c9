"""Blanks records of the archive in place: each becomes a marker of the same compressed length.

To write the file anew without them would move every record behind, which the database, revisit records and other
people's indices name by its offset; it would take the room of another copy, and leave the old bytes on the disk until
something else is written there. A marker leaves all other bytes as they are and overwrites those that must go. It can
be of any length because the head of a gzip member may hold a comment (RFC 1952, section 2.3.1), which readers skip.

A kill while a marker is written leaves a broken record there. The list of what is to be blanked is in the database, and
the same marker written again mends it.
"""

import os
import struct
import zlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from corpus.archive.compose import format_date
from corpus.archive.fields import format_http_head
from corpus.archive.records import Record
from corpus.archive.segment import try_hold, write_error
from corpus.errors import ArchiveError
from corpus.types import WarcRecord

_GZIP_HEAD = b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff"  # deflate, a comment follows, no time, unknown system
_PADDING = b" "
#: How the marker of a record of any size begins.
MARKER_HEAD = _GZIP_HEAD + 16 * _PADDING
_BLOCK = b"note: removed on request\r\n"


def compose_marker(record: WarcRecord, date: datetime) -> bytes:
    """Return the marker that takes a record's place: a metadata record, the same whenever it is made.

    Args:
        record: The record, its length known.
        date: When it was asked for; aware.

    Raises:
        ArchiveError: The place is too small to have held a record of ours.
    """
    length = record.length or 0
    for block in (_BLOCK, b""):
        member = _compress(_compose(record, date, block))
        padding = length - len(_GZIP_HEAD) - 1 - len(member)
        if padding >= 0:
            return _GZIP_HEAD + _PADDING * padding + b"\0" + member
    raise ArchiveError(record.file, record.offset, f"{length} bytes are too few for a record")


def is_marker(record: Record) -> bool:
    """Tell whether a record that was read is such a marker."""
    place = record.location
    return place is not None and record.type == "metadata" and record.field("warc-record-id") == _name(place)


def _name(record: WarcRecord) -> str:
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, f'removed:{record.file}:{record.offset}')}>"


def _compose(record: WarcRecord, date: datetime, block: bytes) -> bytes:
    fields = [("WARC-Type", "metadata"), ("WARC-Record-ID", _name(record)), ("WARC-Date", format_date(date))]
    if block:
        fields.append(("Content-Type", "application/warc-fields"))
    head = format_http_head("WARC/1.1", [*fields, ("Content-Length", str(len(block)))])
    return b"%b%b\r\n\r\n" % (head, block)


def _compress(content: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    compressed = deflate.compress(content) + deflate.flush()
    return compressed + struct.pack("<II", zlib.crc32(content), len(content))


def blank_records(folder: Path, file: str, records: Iterable[WarcRecord], date: datetime) -> None:
    """Let markers take the place of records of one file, and wait until they are on the disk.

    A file that is not there holds nothing that would have to go.

    Args:
        folder: The archive.
        file: The file, relative to it.
        records: Its records.
        date: When that was asked for; aware.

    Raises:
        ArchiveError: A writer holds the file, a record lies behind its end, or the disk refuses.
    """
    path = folder / file
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return
    except OSError as error:
        raise write_error(path, None, error) from error
    try:
        if not try_hold(descriptor):
            raise ArchiveError(path, None, "a writer holds this file: stop the crawl first")
        size = os.fstat(descriptor).st_size
        for record in records:
            if record.offset + (record.length or 0) > size:
                raise ArchiveError(path, record.offset, "the file ends before this record does")
            os.pwrite(descriptor, compose_marker(record, date), record.offset)
        os.fsync(descriptor)
    except OSError as error:
        raise write_error(path, None, error) from error
    finally:
        os.close(descriptor)
