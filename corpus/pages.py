"""Archived pages by the fetch that brought them: what cleaning makes an article of, a second time or to explain it."""

import hashlib
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from corpus.archive.reader import read_page
from corpus.articles import record_of, utc
from corpus.errors import ArchiveError
from corpus.ledger import parse_time
from corpus.types import Page, Part, Provenance, Via, WarcRecord

#: Columns of `FETCHES` that `page_of` needs; a query may add others.
COLUMNS = """
    fetch.id AS fetch_id, fetch.fetched_at, url.url, url.fetch_url, url.site, url.part_of, url.part_number AS part,
    url.published_hint, fetch.body_digest, warc.file, fetch.warc_offset, fetch.warc_length,
    original.file AS original_file, twin.warc_offset AS original_offset, twin.warc_length AS original_length,
    (SELECT via FROM discovery WHERE url_id = url.id ORDER BY found_at, via LIMIT 1) AS via,
    (SELECT found_on FROM discovery WHERE url_id = url.id ORDER BY found_at, via LIMIT 1) AS found_on
"""
#: Fetches, with their URLs and their places in the archive.
FETCHES = """
    fetch JOIN url ON url.id = fetch.url_id
    LEFT JOIN warc ON warc.id = fetch.warc_id
    LEFT JOIN fetch AS twin ON twin.id = fetch.same_as
    LEFT JOIN warc AS original ON original.id = twin.warc_id
"""


def find_pages(db: sqlite3.Connection, fetch_ids: Sequence[int]) -> list[sqlite3.Row]:
    """Return rows of `COLUMNS` for fetches, in their order."""
    marks = ", ".join("?" * len(fetch_ids))
    rows = db.execute(f"SELECT {COLUMNS} FROM {FETCHES} WHERE fetch.id IN ({marks})", tuple(fetch_ids)).fetchall()
    by_id = {row["fetch_id"]: row for row in rows}
    return [by_id[fetch_id] for fetch_id in fetch_ids if fetch_id in by_id]


def page_of(row: sqlite3.Row, archive: Path) -> Page:
    """Read the page that a row with `COLUMNS` names, its provenance that of the ledger.

    Raises:
        ArchiveError: It is not archived, cannot be read, or another page stands in its place: a WARC that was ingested
            by reference may have been replaced.
        PageError: Its content coding is broken, or it is too large.
    """
    record = record_of(row)
    if record is None:
        why = "its owner forbade it, it was removed on request, or retention released it"
        raise ArchiveError(archive, None, f"not archived ({why})")
    page = read_page(archive, record, _provenance(row, record), refers_to=_original(row))
    if row["body_digest"] not in (None, hashlib.sha256(page.body).digest()):
        raise ArchiveError(archive / record.file, record.offset, "holds another page than the one that was fetched")
    return page


def _original(row: sqlite3.Row) -> WarcRecord | None:
    """Return where the payload stands, for a revisit."""
    if row["original_file"] is None:
        return None
    return WarcRecord(file=row["original_file"], offset=row["original_offset"], length=row["original_length"])


def _provenance(row: sqlite3.Row, record: WarcRecord) -> Provenance:
    return Provenance(
        requested_url=row["fetch_url"],
        fetched_at=fetched_at(row),
        via=Via(row["via"] or Via.SEED),
        found_on=row["found_on"] or None,
        warc_record=record,
        published_hint=parse_time(row["published_hint"]),
        part=Part(first_url=row["part_of"], number=row["part"] or 2) if row["part_of"] else None,
    )


def fetched_at(row: sqlite3.Row) -> datetime:
    """Return when the page of a row came, in UTC."""
    return utc(row["fetched_at"])
