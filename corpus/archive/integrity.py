"""Finds what is wrong with an archive, and mends the one thing that can be mended: a tail that its writer never ended.

A writer that was killed, or lost its disk, may leave a file that breaks off in its last record. Everything before is
whole, and no other writer appends to the file, so the tail is harmless until somebody else's tool reads the file;
cutting it off loses nothing, because a record that was never finished was never acknowledged.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import Path, PurePath

from corpus.archive.digests import has_digest, parse_digest
from corpus.archive.reader import PAGE_TYPES
from corpus.archive.records import BrokenRecord, Record, iter_records, read_record
from corpus.archive.segment import is_held, try_hold, write_error
from corpus.errors import ArchiveError
from corpus.types import WarcRecord

#: A record of ours is rarely larger: a file whose last bytes are whole records up to its end is not torn.
_TAIL_BYTES = 1 << 22
#: What was archived was in memory once, and is again while its digest is computed.
_MAX_VERIFIED_BYTES = 1 << 30
_GZIP_MEMBER = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True, kw_only=True)
class TornTail:
    """The end of a WARC file that breaks off in a record."""

    #: Name of the file in the archive folder.
    file: str
    #: Where the last whole record ends.
    offset: int
    #: Bytes behind it.
    bytes: int
    #: Whether a living writer holds the file, so that the rest of the record may be on its way.
    held: bool


class ProblemKind(StrEnum):
    """What is wrong with an archive."""

    #: A file that the database names is not there, or cannot be opened.
    NO_FILE = "no-file"
    #: No record begins where the database says.
    NO_RECORD = "no-record"
    #: The record has another length, or is of a type that holds no page.
    OTHER_RECORD = "other-record"
    #: The payload is not the one that was archived.
    DIGEST = "digest"
    #: A place in a file cannot be read.
    DAMAGED = "damaged"
    #: A file breaks off in its last record; `repair` mends it.
    TORN_TAIL = "torn-tail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong."""

    kind: ProblemKind
    #: As in `WarcRecord.file`.
    file: str
    offset: int | None
    message: str


def find_torn_tails(folder: Path) -> Iterator[TornTail]:
    """Yield the files of an archive that break off in a record.

    Reads the last 4 MiB of a whole file, and all of a torn one.

    Raises:
        ArchiveError: when a file cannot be opened or read at all.
    """
    for path in sorted(folder.glob("*.warc.gz")):
        held = is_held(path)
        try:
            offset = None if _ends_whole(path) else _torn_at(path)
            size = path.stat().st_size
        except (ArchiveError, FileNotFoundError):
            if path.exists():
                raise
            continue  # a compaction has just replaced it
        except OSError as error:
            raise ArchiveError(path, None, f"cannot be read: {error.strerror}") from error
        if offset is not None:
            yield TornTail(file=path.name, offset=offset, bytes=size - offset, held=held)


def repair(folder: Path, tail: TornTail) -> None:
    """Cut a torn tail off, back to the last whole record; a file without one is removed.

    Raises:
        ArchiveError: when a living writer holds the file, it has changed since the tail was found, or the disk refuses.
    """
    path = folder / tail.file
    try:
        fd = os.open(path, os.O_RDWR)
        try:
            if not try_hold(fd):
                raise ArchiveError(path, tail.offset, "a writer still holds this file: stop the crawl, then repair")
            if os.fstat(fd).st_size != tail.offset + tail.bytes or _torn_at(path) != tail.offset:
                raise ArchiveError(path, tail.offset, "the file has changed since its torn tail was found")
            os.ftruncate(fd, tail.offset)
            os.fsync(fd)
            if tail.offset == 0:
                path.unlink()
        finally:
            os.close(fd)
    except OSError as error:
        raise write_error(path, tail.offset, error) from error


def verify(
    folder: Path,
    records: Iterable[tuple[WarcRecord, str | None]],
    *,
    on_orphan: Callable[[WarcRecord, str | None], None] | None = None,
    among: Callable[[str], bool] = lambda _: True,
) -> Iterator[Problem]:
    """Read the whole archive once, or some of its files, and compare it with what the database knows.

    Args:
        folder: The archive.
        records: Every record that the database knows, with the digest of its payload as ``sha1:`` and base32 or hex
            (None: only readable), all records of one file in a row (``ORDER BY file``).
        on_orphan: Called with place and URL of each page in the archive that ``records`` lacks. Some are normal: a
            crawl that was killed had archived them, and not yet acknowledged.
        among: Tells of a file's name whether to read it.

    Yields:
        Every problem, in no particular order.

    Raises:
        ValueError: when the records of one file do not stand in a row.
    """
    seen: set[str] = set()
    for file, group in groupby(records, key=lambda known: known[0].file):
        if file in seen:
            raise ValueError(f"records must be ordered by file: {file} comes twice")
        seen.add(file)
        if not among(file):
            continue
        if PurePath(file).is_absolute():
            yield from _verify_foreign(folder, group)
        else:
            known = {record.offset: (record, digest) for record, digest in group}
            yield from _verify_file(folder, file, known, on_orphan)
    for path in sorted(folder.glob("*.warc.gz")):
        if path.name not in seen and among(path.name):
            yield from _verify_file(folder, path.name, {}, on_orphan)


def _verify_file(
    folder: Path,
    file: str,
    known: dict[int, tuple[WarcRecord, str | None]],
    on_orphan: Callable[[WarcRecord, str | None], None] | None,
) -> Iterator[Problem]:
    held = is_held(folder / file)
    try:
        for found in iter_records(folder / file, file=file, max_body_bytes=_MAX_VERIFIED_BYTES):
            if isinstance(found, BrokenRecord):
                known.pop(found.offset, None)
                if not (found.torn and held):
                    kind = ProblemKind.TORN_TAIL if found.torn else ProblemKind.DAMAGED
                    yield Problem(kind=kind, file=file, offset=found.offset, message=found.message)
            elif found.location and found.location.offset in known:
                yield from _compare(found, *known.pop(found.location.offset))
            elif found.location and found.type in PAGE_TYPES and on_orphan:
                on_orphan(found.location, found.url)
    except ArchiveError as error:
        yield Problem(kind=ProblemKind.NO_FILE, file=file, offset=None, message=error.message)
        return
    for record, _ in known.values():
        message = "no record begins where the database says"
        yield Problem(kind=ProblemKind.NO_RECORD, file=file, offset=record.offset, message=message)


def _verify_foreign(folder: Path, known: Iterable[tuple[WarcRecord, str | None]]) -> Iterator[Problem]:
    # An ingested file may hold a thousand records for each that the corpus knows.
    for record, digest in known:
        try:
            found = read_record(folder, record, max_body_bytes=_MAX_VERIFIED_BYTES)
        except ArchiveError as error:
            kind = ProblemKind.DAMAGED if Path(record.file).is_file() else ProblemKind.NO_FILE
            yield Problem(kind=kind, file=record.file, offset=record.offset, message=error.message)
        else:
            yield from _compare(found, record, digest)


def _compare(found: Record, known: WarcRecord, digest: str | None) -> Iterator[Problem]:
    def problem(kind: ProblemKind, message: str) -> Problem:
        return Problem(kind=kind, file=known.file, offset=known.offset, message=message)

    if found.type not in PAGE_TYPES:
        yield problem(ProblemKind.OTHER_RECORD, f"a {found.type} record of {found.url or 'no URL'}")
        return
    length = found.location.length if found.location else None
    if known.length is not None and length is not None and length != known.length:
        yield problem(ProblemKind.OTHER_RECORD, f"record of {length} bytes, not {known.length}")
    archived = found.field("warc-payload-digest")
    # What other crawlers call the payload differs: ClueWeb09's digests are those of the block.
    labels = (digest,) if PurePath(known.file).is_absolute() else (digest, archived)
    try:
        if found.type == "revisit":
            # Its payload stands in another record, which is compared itself.
            if digest and archived and parse_digest(digest) != parse_digest(archived):
                yield problem(ProblemKind.DIGEST, f"revisit of a payload {archived}, not {digest}")
        elif wrong := [label for label in labels if label and not has_digest(found.body, label)]:
            yield problem(ProblemKind.DIGEST, f"payload of {found.body_bytes} bytes has not the digest {wrong[0]}")
    except ValueError as error:
        yield problem(ProblemKind.DIGEST, str(error))


def _ends_whole(path: Path) -> bool:
    """Tell whether the last bytes of a file are whole records; False where that would take reading the whole file."""
    size = path.stat().st_size
    start = max(0, size - _TAIL_BYTES)
    with path.open("rb") as raw:
        raw.seek(start)
        tail = raw.read()
    at = tail.find(_GZIP_MEMBER)
    while at >= 0:
        with closing(iter_records(path, offset=start + at, max_body_bytes=0)) as records:
            # Pages that the server compressed begin members too, but hold no record.
            if isinstance(next(records, None), Record):
                return all(isinstance(record, Record) for record in records)
        at = tail.find(_GZIP_MEMBER, at + 1)
    return not size


def _torn_at(path: Path) -> int | None:
    for record in iter_records(path, max_body_bytes=0):
        if isinstance(record, BrokenRecord) and record.torn:
            return record.offset
    return None
