"""WARC: the archived pages behind the articles, each with its request, in ``.warc.gz`` files that stand alone.

Records of our own archive, and of any other that is compressed record by record with gzip, are copied byte by byte. Of
other files (uncompressed, zstandard, ARC) a record is written anew with the same named fields and the same block. A
revisit record has no body: the record that it refers to stands before it. The ``warcinfo`` at the head has the time of
the first page, because no export says when it was made; those of the files that the records come from are not copied.
"""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from corpus.archive.compose import compose_record
from corpus.archive.fields import Fields, field_value, format_fields
from corpus.archive.framing import Frame, parse_date, read_frame
from corpus.archive.members import open_source
from corpus.archive.source import DamageError
from corpus.errors import ArchiveError
from corpus.export.records import Record
from corpus.export.shards import LeftOutError
from corpus.types import WarcRecord

#: The longest record that is copied, in bytes; what is read of a page elsewhere is less.
_MAX_RECORD_BYTES = 1 << 28
#: Time of the warcinfo record of a file without pages.
_NO_TIME = "1970-01-01T00:00:00+00:00"
_GZIP = b"\x1f\x8b"
#: Fields that `compose_record` writes itself.
_COMPOSED = frozenset({"warc-type", "warc-record-id", "warc-date", "warc-block-digest", "content-length"})


class WarcShard:
    """A ``.warc.gz`` file, being written."""

    def __init__(
        self,
        path: Path,
        archive: Path,
        original: Callable[[WarcRecord], WarcRecord | None],
        later_pages: Callable[[WarcRecord], tuple[WarcRecord, ...]],
    ) -> None:
        """Write to ``path`` with the ending ``.warc.gz``.

        Args:
            path: The file, without its ending.
            archive: The archive folder; places are relative to it, or absolute.
            original: Tells where the payload of a revisit stands, None where only the record itself says so.
            later_pages: Tells where the later pages of an article that is split over several stand.
        """
        self.path = path.with_name(f"{path.name}.warc.gz")
        self._archive = archive
        self._original = original
        self._later_pages = later_pages
        self._file = self.path.open("wb")
        self._written: set[tuple[str, int]] = set()

    def add(self, record: Record) -> None:
        """Copy the pages of an article, and what they need to be read.

        Raises:
            LeftOutError: There is no copy of its page in the archive, or one of them cannot be read.
        """
        place = record["warc"]
        if not isinstance(place, dict):
            raise LeftOutError("no copy of the page in the archive")
        length = place["length"]
        page = WarcRecord(
            file=str(place["file"]), offset=int(place["offset"] or 0), length=None if length is None else int(length)
        )
        try:
            copies = [copy for one in (page, *self._later_pages(page)) for copy in self._copies(one)]
        except ArchiveError as error:
            raise LeftOutError("the copy of the page cannot be read") from error
        if not self._file.tell():
            self._file.write(self._warcinfo(str(record["fetched_at"])))
        for place_of_copy, copy in copies:
            if place_of_copy not in self._written:
                self._written.add(place_of_copy)
                self._file.write(copy)

    def finish(self) -> None:
        """Bring the file to the disk."""
        if not self._file.tell():
            self._file.write(self._warcinfo(_NO_TIME))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _copies(self, page: WarcRecord) -> list[tuple[tuple[str, int], bytes]]:
        """Return the records of a page, each with its place: what it refers to, itself, and its request."""
        found = _read(self._archive, page.file, page.offset, most=2)
        head, copy = found[0]
        copies = [((page.file, page.offset), copy)]
        if field_value(head, "warc-type") == "revisit":
            where = self._original(page) or _named_original(page, head)
            if where is None:
                raise ArchiveError(self._archive / page.file, page.offset, "revisit without the place of its original")
            copies.insert(0, ((where.file, where.offset), _read(self._archive, where.file, where.offset, most=1)[0][1]))
        for other, request in found[1:]:
            concurrent = field_value(other, "warc-concurrent-to")
            if concurrent is not None and concurrent == field_value(head, "warc-record-id"):
                copies.append(((page.file, -page.offset - 1), request))
        return copies

    def _warcinfo(self, time: str) -> bytes:
        fields = (("WARC-Filename", self.path.name), ("Content-Type", "application/warc-fields"))
        block = format_fields(
            (
                ("software", "news-corpus-collector"),
                ("format", "WARC File Format 1.1"),
                ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
                ("description", "archived pages behind a selection of articles; records copied as they were archived"),
            )
        )
        record_id = f"<{uuid5(NAMESPACE_URL, f'{self.path.name} {time}').urn}>"
        return compose_record("warcinfo", datetime.fromisoformat(time), fields, block, record_id=record_id)


def _read(archive: Path, file: str, offset: int, *, most: int) -> list[tuple[Fields, bytes]]:
    """Return the named fields of a record and those behind it, and each record as a gzip member.

    Raises:
        ArchiveError: The first one cannot be read.
    """
    path = archive / file
    found: list[tuple[Fields, bytes]] = []
    try:
        with path.open("rb") as raw, path.open("rb") as copied:
            source = open_source(raw, offset)
            while len(found) < most:
                frame = read_frame(source, keep_bytes=_MAX_RECORD_BYTES)
                if frame is None:
                    break
                copied.seek(frame.offset or 0)
                alone = frame.offset is not None and frame.end is not None
                member = copied.read(frame.end - frame.offset) if alone else b""  # type: ignore[operator]
                found.append((frame.fields, member if member.startswith(_GZIP) else _composed(file, offset, frame)))
    except OSError as error:
        raise ArchiveError(path, offset, f"cannot be read: {error.strerror}") from error
    except DamageError as damage:
        if not found:
            raise ArchiveError(path, damage.offset, damage.message) from damage
    if not found:
        raise ArchiveError(path, offset, "the file ends before this record")
    return found


def _composed(file: str, offset: int, frame: Frame) -> bytes:
    """Return a record as a gzip member of its own, which it is not where it stands."""
    date = parse_date(field_value(frame.fields, "warc-date") or "") or datetime.fromisoformat(_NO_TIME)
    name = f"{Path(file).name} {frame.offset if frame.offset is not None else offset}"
    record_id = field_value(frame.fields, "warc-record-id") or f"<{uuid5(NAMESPACE_URL, name).urn}>"
    kind = (field_value(frame.fields, "warc-type") or "unknown").lower()
    rest = [(key, value) for key, value in frame.fields if key.lower() not in _COMPOSED]
    if field_value(frame.fields, "warc-record-id") is None and kind == "response":
        # An ARC's, which names the page's type.
        if frame.block.startswith(b"HTTP/"):
            rest = [(key, value) for key, value in rest if key.lower() != "content-type"]
            rest.append(("Content-Type", "application/http; msgtype=response"))
        else:
            kind = "resource"
    if len(frame.block) < frame.length:
        raise ArchiveError(file, offset, f"a record of {frame.length} bytes, more than {_MAX_RECORD_BYTES}")
    return compose_record(kind, date, rest, frame.block, record_id=record_id)


def _named_original(page: WarcRecord, head: Fields) -> WarcRecord | None:
    """Return what the two fields of a revisit record that Heritrix, and our writer, set say of its original's place."""
    name = field_value(head, "warc-refers-to-filename") or ""
    offset = field_value(head, "warc-refers-to-file-offset") or ""
    if not name or name != Path(name).name or not (offset.isascii() and offset.isdigit()):
        return None
    return WarcRecord(file=str(Path(page.file).with_name(name)), offset=int(offset))
