"""How a response becomes an archive record, a row of the ledger and a task for a cleaning process."""

from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from collector.response import Fetched
from collector.tasks import Task
from corpus.archive.digests import payload_digest
from corpus.archive.writer import ArchiveWriter, Original
from corpus.store import Store
from corpus.types import Provenance, WarcRecord
from corpus.visits import Fetch


def task_of(fetched: Fetched) -> Task:
    """Return what a cleaning process needs of a response."""
    lease = fetched.lease
    return Task(
        url=lease.fetch_url,
        status=fetched.status,
        headers=fetched.headers,
        wire_body=fetched.wire_body,
        provenance=provenance_of(fetched),
        kind=lease.kind,
        site=lease.site,
        depth=lease.depth,
        key=lease.url,
    )


def provenance_of(fetched: Fetched) -> Provenance:
    """Return where a response came from."""
    lease = fetched.lease
    return Provenance(
        requested_url=lease.fetch_url,
        fetched_at=fetched.fetched_at,
        via=lease.via,
        found_on=lease.found_on,
        published_hint=lease.published_hint,
        part=lease.part,
    )


def fetch_of(
    fetched: Fetched,
    *,
    wire_digest: bytes | None = None,
    body_digest: bytes | None = None,
    location: str | None = None,
    record: WarcRecord | None = None,
    same_as: int | None = None,
) -> Fetch:
    """Return a response as the ledger remembers it."""
    return Fetch(
        fetched_at=fetched.fetched_at,
        status=fetched.status,
        wire_bytes=len(fetched.wire_body),
        wire_digest=wire_digest,
        body_digest=body_digest,
        location=location,
        warc_record=record,
        same_as=same_as,
        etag=fetched.header("ETag"),
        last_modified=fetched.header("Last-Modified"),
    )


def archive_exchange(
    archive: ArchiveWriter, store: Store, fetched: Fetched, wire_digest: bytes | None
) -> tuple[WarcRecord, int | None]:
    """Write request and response to the archive; a payload that is there already becomes a revisit record.

    Returns:
        The record, and the fetch whose record holds the payload where ours is a revisit.

    Raises:
        ArchiveError: It could not be written.
    """
    twin = store.fetch_of_payload(wire_digest) if wire_digest is not None else None
    request, status = _request(fetched), fetched.status
    if twin is None:
        record = archive.write_exchange(
            url=fetched.lease.fetch_url,
            fetched_at=fetched.fetched_at,
            request_line_and_headers=request,
            status=status,
            reason=_phrase(status),
            headers=fetched.headers,
            wire_body=fetched.wire_body,
            protocol=fetched.protocol,
            ip=fetched.ip,
        )
        return record, None
    record = archive.write_revisit(
        url=fetched.lease.fetch_url,
        fetched_at=fetched.fetched_at,
        request_line_and_headers=request,
        status=status,
        reason=_phrase(status),
        headers=fetched.headers,
        profile="server-not-modified" if status == 304 else "identical-payload-digest",
        refers_to=Original(
            url=twin["fetch_url"],
            fetched_at=datetime.fromtimestamp(twin["fetched_at"], UTC),
            record=WarcRecord(file=twin["file"], offset=twin["warc_offset"], length=twin["warc_length"]),
        ),
        protocol=fetched.protocol,
        digest=None if status == 304 else payload_digest(fetched.wire_body),
        ip=fetched.ip,
    )
    return record, int(twin["id"])


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _request(fetched: Fetched) -> bytes:
    """Return the request's head as it was sent, as far as Scrapy shows it."""
    parts = urlsplit(fetched.lease.fetch_url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {target} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in fetched.request_headers if name.lower() != "host"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")
