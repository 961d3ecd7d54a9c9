"""Frames: one record of a WARC (ISO 28500) or ARC file, its named fields and the bytes they announce.

Where a record ends is told twice: by its ``Content-Length`` and by what stands behind it. Where the two disagree the
record is broken, and this module finds out which bytes may still be believed.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from corpus.archive.fields import Fields, field_value, parse_fields, to_text
from corpus.archive.source import DamageError, PlainSource, Source
from corpus.types import WarcRecord

#: WARC heads hold URLs, and browsers archive ``data:`` URLs.
_MAX_HEAD_BYTES = 1 << 20
_PIECE_BYTES = 1 << 16
_RECORD_INSIDE = re.compile(rb"\n(?=WARC/[01]\.\d+\r{0,2}\n(?:WARC-|Content-))")
_ARC_DATE = re.compile(r"[0-9A-Fa-f.:]+ [0-9]{8,18}")
_DATE_DIGITS = re.compile(r"(\d{4})-?(\d\d)?-?(\d\d)?(\d\d)?(\d\d)?(\d\d)?\d*")


@dataclass(frozen=True, slots=True)
class Frame:
    """A record before anything is made of its block."""

    #: Named fields; an ARC line's in WARC's terms.
    fields: Fields
    #: The block, cut at the caller's limit.
    block: bytes
    #: Size of the whole block.
    length: int
    #: File offset of the record's first byte; None inside a member that began with another record.
    offset: int | None
    #: File offset behind the record; None where its member goes on with another record.
    end: int | None

    def location(self, file: str) -> WarcRecord | None:
        """Return where the record stands in ``file``, or None where it cannot be read alone."""
        if self.offset is None:
            return None
        return WarcRecord(file=file, offset=self.offset, length=None if self.end is None else self.end - self.offset)


def read_frame(source: Source, *, keep_bytes: int) -> Frame | None:
    """Read the next record, and of its block at most ``keep_bytes``; None at the end of the file.

    Raises:
        DamageError: when no whole record stands here.
    """
    while not source.skip_blank():
        if not source.next_member():
            return None
    offset = source.offset
    if not source.at_record_start():
        raise DamageError(offset, "no WARC or ARC record begins here")
    addressable = source.begin()
    fields = _read_fields(source, offset)
    length = _content_length(fields, offset)
    block_offset = source.offset
    block, missing = _read_block(source, length, keep_bytes)
    if missing or (source.skip_blank() and not source.at_record_start()):
        source.check()
        _go_back_to_swallowed_record(source, offset, block_offset, block)
    if missing:
        message = f"record ends {missing} bytes before its Content-Length of {length}"
        raise DamageError(offset, message, torn=isinstance(source, PlainSource))
    return Frame(fields, block, length, offset if addressable else None, source.end())


def parse_date(text: str) -> datetime | None:
    """Read the date of a WARC record (W3C profile of ISO 8601, any precision) or an ARC record (14 digits), in UTC.

    >>> parse_date("2026-11-22T06:10:05.198402Z")
    datetime.datetime(2026, 11, 22, 6, 10, 5, 198402, tzinfo=datetime.timezone.utc)
    >>> parse_date("20140216050221").isoformat(), parse_date("2016-11").isoformat(), parse_date("2008-10-294T05:21:46")
    ('2014-02-16T05:02:21+00:00', '2016-11-01T00:00:00+00:00', None)
    """
    try:
        if digits := _DATE_DIGITS.fullmatch(text.strip()):
            year, month, day, hour, minute, second = (int(part or 0) for part in digits.groups())
            return datetime(year, month or 1, day or 1, hour, minute, second, tzinfo=UTC)
        date = datetime.fromisoformat(text.strip())
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _read_fields(source: Source, offset: int) -> Fields:
    first = source.readline(_MAX_HEAD_BYTES)
    if not first.startswith(b"WARC/"):
        return _arc_fields(first, offset)
    lines: list[bytes] = []
    size = 0
    while (line := source.readline(_MAX_HEAD_BYTES)).strip(b"\r\n"):
        lines.append(line)
        size += len(line)
        if size > _MAX_HEAD_BYTES:
            raise DamageError(offset, f"record head of more than {_MAX_HEAD_BYTES} bytes")
    if not line:
        raise DamageError(offset, "record head breaks off", torn=isinstance(source, PlainSource))
    return parse_fields(lines)


def _arc_fields(line: bytes, offset: int) -> Fields:
    """Translate an ARC line: URL, IP address, date, type, (ARC 2: result, checksum, location, offset, file,) length."""
    parts = to_text(line.strip()).split(" ")
    place = next((place for place in (-9, -4) if _ARC_DATE.fullmatch(" ".join(parts[place : place + 2]))), None)
    if place is None:
        raise DamageError(offset, "ARC line without a date")
    # URLs were written with their spaces in them, so the fields count from the end.
    url = " ".join(parts[:place])
    ip, date, content_type = parts[place : place + 3]
    return (
        ("WARC-Type", "warcinfo" if url.startswith("filedesc:") else "response"),
        ("WARC-Target-URI", url),
        ("WARC-Date", date),
        ("WARC-IP-Address", ip),
        ("Content-Type", content_type),
        ("Content-Length", parts[-1]),
    )


def _content_length(fields: Fields, offset: int) -> int:
    value = field_value(fields, "content-length")
    if value is None or not (value.isascii() and value.isdigit()):
        raise DamageError(offset, "record without Content-Length" if value is None else f"Content-Length: {value}")
    return int(value)


def _read_block(source: Source, length: int, keep_bytes: int) -> tuple[bytes, int]:
    """Return the block's beginning, and how many of its bytes are missing."""
    kept: list[bytes] = []
    kept_bytes, missing = 0, length
    while missing:
        piece = source.read(min(missing, _PIECE_BYTES))
        if not piece:
            # Block compressors cut anywhere: the record goes on in the next member, unless another one begins there.
            if not source.next_member() or source.at_record_start():
                break
            continue
        missing -= len(piece)
        if kept_bytes < keep_bytes:
            kept.append(piece[: keep_bytes - kept_bytes])
            kept_bytes += len(kept[-1])
    return b"".join(kept), missing


def _go_back_to_swallowed_record(source: Source, offset: int, block_offset: int, block: bytes) -> None:
    """Raise where a record's ``Content-Length`` reaches over the next record: a torn file that was appended to."""
    swallowed = _RECORD_INSIDE.search(block)
    if swallowed and isinstance(source, PlainSource):
        source.seek(block_offset + swallowed.end())
        raise DamageError(offset, "another record begins inside this one")
