"""Makes pages of archived records: our own by their place in the archive, foreign ones file by file."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePath

from corpus.archive.coding import dechunk, decode_content
from corpus.archive.digests import has_digest
from corpus.archive.fields import field_value
from corpus.archive.records import MAX_BODY_BYTES, BrokenRecord, Record, iter_records, read_record
from corpus.errors import ArchiveError, DecodeError, TooLargeError
from corpus.types import Page, Provenance, Via, WarcRecord

#: Record types that hold a page or, a revisit, say where it is held.
PAGE_TYPES = frozenset({"response", "resource", "conversion", "revisit"})
_HTML_TYPES = ("text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml")
_HTML_BEGINNINGS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<!--", b"<?xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedText:
    """The plain text of a page, as a WET file's conversion record holds it."""

    url: str
    #: When the page was captured, in UTC; None where the record does not say.
    fetched_at: datetime | None
    text: str = field(repr=False)
    #: Languages that the file's maker found (ISO 639-3), the main one first.
    languages: tuple[str, ...] = ()
    record: WarcRecord | None = None


def read_page(
    folder: Path,
    record: WarcRecord,
    provenance: Provenance | None = None,
    *,
    refers_to: WarcRecord | None = None,
    max_body_bytes: int = MAX_BODY_BYTES,
) -> Page:
    """Read a page from the archive.

    A revisit record holds no body: it is read from the record that the revisit refers to, and its digest compared.

    Args:
        folder: The archive; `WarcRecord.file` is relative to it, or absolute.
        record: Where the page stands.
        provenance: Where the page came from; made from the record if not given. Its ``warc_record`` is set.
        refers_to: Where the original of a revisit stands; by default where the revisit record says.
        max_body_bytes: The most bytes of the body, as stored and decoded.

    Raises:
        ArchiveError: when the record cannot be read, holds no page, or its original is another one.
        DecodeError: when the body's coding is damaged, or the response has no status.
        TooLargeError: when the body is larger than ``max_body_bytes``.
    """
    found = read_record(folder, record, max_body_bytes=max_body_bytes)
    path = folder / record.file
    if found.type not in PAGE_TYPES or not found.url:
        raise ArchiveError(path, record.offset, f"a {found.type} record of {found.url or 'no URL'} is no page")
    if found.type != "revisit":
        return _page(found, found, path, record, provenance, max_body_bytes)
    original = _read_original(folder, record, found, refers_to, max_body_bytes)
    # RFC 9110 §15.4.5: a 304 stands for the response that the client already has.
    not_modified = "not-modified" in (found.field("warc-profile") or "") or found.status is None
    head = replace(original, url=found.url, date=found.date) if not_modified else found
    return _page(head, original, path, record, provenance, max_body_bytes)


def pages(
    path: Path,
    *,
    max_body_bytes: int = MAX_BODY_BYTES,
    known: Callable[[WarcRecord, datetime | None], bool] = lambda *_: False,
) -> Iterator[Page | BrokenRecord]:
    """Yield the HTML pages of a WARC or ARC file, whatever their status, and a report for each that cannot be read.

    Revisits are left out: they repeat a page that was archived before.

    Args:
        path: The file.
        max_body_bytes: The most bytes of a body, as stored and decoded.
        known: Tells by their place and time of capture which records are passed over, before their bodies are decoded.

    Raises:
        ArchiveError: when the file cannot be opened or read at all.
    """
    for record in iter_records(path, max_body_bytes=max_body_bytes):
        if isinstance(record, BrokenRecord):
            yield record
        elif record.type in ("response", "resource") and record.url and _may_be_html(record):
            if record.location is not None and known(record.location, record.date):
                continue
            try:
                if record.field("warc-segment-number"):
                    raise DecodeError(record.url, "the page is split over several records")
                page = _page(record, record, path, record.location, None, max_body_bytes)
            except DecodeError as error:
                yield _broken(path, record, error.message)
                continue
            if record.content_type or _begins_like_html(page.body):
                yield page


def read_body(record: Record, *, max_body_bytes: int = MAX_BODY_BYTES) -> bytes:
    """Return the body of a record without its codings.

    Raises:
        DecodeError: when its coding is damaged.
        TooLargeError: when it is larger than ``max_body_bytes``.
    """
    return _decoded_body(record, max_body_bytes)


def read_member(record: WarcRecord) -> bytes | None:
    """Return a WARC record of a foreign file as a gzip member of its own, bit by bit as it stands where it is one.

    Args:
        record: Its place; the file's path absolute.

    Returns:
        The member; None for a record of another format (ARC, zstandard), or one that shares its member with others.

    Raises:
        ArchiveError: when the file cannot be read.
    """
    if record.length is None:
        return None
    try:
        with Path(record.file).open("rb") as file:
            file.seek(record.offset)
            found = file.read(record.length)
    except OSError as error:
        raise ArchiveError(Path(record.file), record.offset, f"cannot be read: {error.strerror}") from error
    if found.startswith(b"WARC/"):
        return gzip.compress(found, mtime=0)
    return found if found.startswith(b"\x1f\x8b") and _begins_like_warc(found) else None


def _begins_like_warc(member: bytes) -> bool:
    return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(member[:256], 5) == b"WARC/"


def texts(path: Path, *, max_body_bytes: int = MAX_BODY_BYTES) -> Iterator[ConvertedText | BrokenRecord]:
    """Yield the texts of a WET file, and a report for each record that cannot be read.

    Raises:
        ArchiveError: when the file cannot be opened or read at all.
    """
    for record in iter_records(path, max_body_bytes=max_body_bytes):
        if isinstance(record, BrokenRecord):
            yield record
        elif record.type == "conversion" and record.url and (record.content_type or "").startswith("text/plain"):
            if record.cut:
                yield _broken(path, record, f"text of {record.body_bytes} bytes, more than {max_body_bytes}")
                continue
            languages = record.field("warc-identified-content-language") or ""
            yield ConvertedText(
                url=record.url,
                fetched_at=record.date,
                text=record.body.decode(errors="replace"),
                languages=tuple(language.strip() for language in languages.split(",") if language.strip()),
                record=record.location,
            )


def _page(
    head: Record,
    holder: Record,
    path: Path,
    location: WarcRecord | None,
    provenance: Provenance | None,
    max_body_bytes: int,
) -> Page:
    """Make a page of one record's head and the body that it, or the original it revisits, holds."""
    url = head.url or ""
    if head.status is None and head.headers:
        raise DecodeError(url, "the response has no HTTP status")
    if provenance is None:
        provenance = Provenance(requested_url=url, fetched_at=_captured(head, path), via=Via.INGEST)
    headers = head.headers
    if head.status is None and head.content_type:
        headers = (("Content-Type", head.content_type),)
    return Page(
        url=url,
        status=200 if head.status is None else head.status,
        headers=headers,
        body=_decoded_body(holder, max_body_bytes),
        provenance=replace(provenance, warc_record=location),
    )


def _decoded_body(record: Record, max_body_bytes: int) -> bytes:
    url = record.url or ""
    if record.cut:
        raise TooLargeError(url, f"archived body of {record.body_bytes} bytes, more than {max_body_bytes}")
    encodings = [value for name, value in record.headers if name.lower() == "content-encoding"]
    return decode_content(_payload(record), encodings, max_body_bytes, url=url)


def _payload(record: Record) -> bytes:
    """Return the body without transfer coding, which foreign archives keep as it came."""
    if "chunked" not in (field_value(record.headers, "transfer-encoding") or "").lower():
        return record.body
    return dechunk(record.body, url=record.url or "")


def _read_original(
    folder: Path, location: WarcRecord, revisit: Record, refers_to: WarcRecord | None, max_body_bytes: int
) -> Record:
    """Read the record that a revisit refers to, and make sure that it is the one."""
    path = folder / location.file
    refers_to = refers_to or _named_original(path, location, revisit)
    original = read_record(folder, refers_to, max_body_bytes=max_body_bytes)
    if original.type not in ("response", "resource"):
        raise ArchiveError(path, location.offset, f"revisit refers to a {original.type} record")
    digest = revisit.field("warc-payload-digest")
    target = revisit.field("warc-refers-to-target-uri") or revisit.url
    # Crawlers disagree whether chunks belong to a payload.
    same = target == original.url if digest is None else _has_payload(original, digest)
    if not same and not original.cut:
        place = f"{refers_to.file} at byte {refers_to.offset}"
        raise ArchiveError(path, location.offset, f"revisit refers to {place}, which is another page")
    return original


def _has_payload(record: Record, digest: str) -> bool:
    try:
        return has_digest(record.body, digest) or has_digest(_payload(record), digest)
    except ValueError:
        return True


def _named_original(path: Path, location: WarcRecord, revisit: Record) -> WarcRecord:
    """Return what Heritrix's two fields, which our writer sets too, say of the original's place."""
    name = revisit.field("warc-refers-to-filename") or ""
    offset = revisit.field("warc-refers-to-file-offset") or ""
    # A file name alone: a field of a foreign archive must not lead out of its folder.
    if not name or name != PurePath(name).name or not (offset.isascii() and offset.isdigit()):
        raise ArchiveError(path, location.offset, f"revisit of {revisit.url} does not say where its original stands")
    return WarcRecord(file=str(PurePath(location.file).with_name(name)), offset=int(offset))


def _captured(record: Record, path: Path) -> datetime:
    """Return when a record was captured; failing that, when the server sent it or the file was written."""
    if record.date:
        return record.date
    try:
        sent = parsedate_to_datetime(field_value(record.headers, "date") or "")
    except ValueError:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return (sent if sent.tzinfo else sent.replace(tzinfo=UTC)).astimezone(UTC)


def _may_be_html(record: Record) -> bool:
    media_type = (record.content_type or "").partition(";")[0].strip().lower()
    return media_type in _HTML_TYPES or not media_type


def _begins_like_html(body: bytes) -> bool:
    return body[:256].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_HTML_BEGINNINGS)


def _broken(path: Path, record: Record, message: str) -> BrokenRecord:
    place = record.location or WarcRecord(file=str(path.resolve()), offset=0)
    return BrokenRecord(file=place.file, offset=place.offset, message=message, url=record.url)
