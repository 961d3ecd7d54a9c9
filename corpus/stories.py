"""The story of one URL: where it was found, what came of each fetch, where it belongs, what it waits for."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from corpus.articles import StoredArticle, find_article, record_of, utc
from corpus.captures import page_key, unpack_cuts
from corpus.outlines import find_template
from corpus.tombstones import takedown_of
from corpus.types import Cut, Part, WarcRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A place that named a URL."""

    at: datetime
    #: A `corpus.types.Via`.
    via: str
    #: The page, feed or sitemap; None for a seed.
    on: str | None
    #: Headline that it claimed.
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchStory:
    """One fetch of a URL and what came of it."""

    fetched_at: datetime
    #: Number of the fetch, for `corpus.reader.Corpus.pages`; None where its body was not judged.
    judged_as: int | None
    run: int
    status: int
    location: str | None
    wire_bytes: int
    #: Where the response is archived; None where it is not.
    warc_record: WarcRecord | None
    #: When retention let its record go; None where it did not.
    released_at: datetime | None
    #: The record is a revisit: the payload stands in an earlier record.
    revisit: bool
    #: Where that earlier record stands.
    payload_record: WarcRecord | None
    #: ``kept`` or ``removed/REASON``; None where the body was not judged (a listing, a redirect, an unchanged page).
    verdict: str | None
    evidence: str | None
    cleaner: str | None
    words: int | None
    language: str | None
    title: str | None
    #: Number of this text among the different texts that the URL has had, from 1; None unless kept.
    version: int | None
    #: Why the capture belonged to its article when it came: new, url, canonical, part, payload, text.
    joined_by: str | None
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostClock:
    """What a host's clock says."""

    host: str
    #: No request before this.
    next_at: datetime
    #: Seconds between two requests, as adapted to the host's latency.
    delay_seconds: float | None
    #: Seconds between two requests, as robots.txt asks.
    crawl_delay_seconds: float | None
    #: Connection failures in a row.
    failures: int
    #: Why the host is left alone.
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRobots:
    """The robots.txt of an origin, as it was last fetched."""

    #: ``scheme://host:port``.
    origin: str
    fetched_at: datetime
    #: None where there was no answer.
    status: int | None
    body: bytes
    #: The error, where there was no file.
    evidence: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlStory:
    """The whole story of one URL."""

    url: str
    fetch_url: str
    site: str
    kind: str
    #: due, leased, done.
    state: str
    outcome: str | None
    evidence: str | None
    #: When it may be fetched (again), for a URL that waits.
    due_at: datetime | None
    #: Until when it is leased, and to which run, for a URL that is being fetched.
    leased_until: datetime | None
    leased_by: int | None
    attempts: int
    #: Its place in an article of several pages.
    part: Part | None
    #: Every place that named the URL, first first.
    found: tuple[Found, ...]
    fetches: tuple[FetchStory, ...]
    #: The article it belongs to, None if it is in none.
    article: StoredArticle | None
    #: Why it belongs to that article: ``new`` for the URL that speaks for it, else canonical, part, payload, text.
    joined_by: str | None
    host: HostClock | None
    #: Different articles from which it is known what the URL's site repeats; 0 where that is not known.
    learned_from: int


def find_story(db: sqlite3.Connection, url: str) -> UrlStory | None:
    """Return the whole story of one URL, None if it was never found."""
    row = db.execute("SELECT * FROM url WHERE url = ?", (page_key(url, url),)).fetchone()
    if row is None:
        return None
    alias = db.execute("SELECT joined_by FROM alias WHERE url = ?", (row["url"],)).fetchone()
    waits, leased = row["state"] == "due", row["state"] == "leased"
    return UrlStory(
        url=row["url"],
        fetch_url=row["fetch_url"],
        site=row["site"],
        kind=row["kind"],
        state=row["state"],
        outcome=row["outcome"],
        evidence=_evidence(db, row),
        due_at=utc(row["due_at"]) if waits else None,
        leased_until=utc(row["lease_until"]) if leased else None,
        leased_by=row["lease_run"] if leased else None,
        attempts=row["attempts"],
        part=Part(first_url=row["part_of"], number=row["part_number"]) if row["part_of"] else None,
        found=_found(db, row["id"]),
        fetches=_fetches(db, row["id"]),
        article=None if alias is None else find_article(db, row["url"]),
        joined_by=None if alias is None else alias["joined_by"],
        host=_clock(db, row["host"]),
        learned_from=_learned_from(db, row["site"], row["host"]),
    )


def _evidence(db: sqlite3.Connection, row: sqlite3.Row) -> str | None:
    """Return what was seen at the last visit, or what forbids a further one."""
    takedown = takedown_of(db, row["url"], row["host"])
    return row["evidence"] if takedown is None else takedown.evidence


def _learned_from(db: sqlite3.Connection, site: str, host: str) -> int:
    """Return from how many articles it is known what a site repeats; pages without an entry are known by host."""
    template = find_template(db, site) or find_template(db, host)
    return 0 if template is None else template.articles


def _found(db: sqlite3.Connection, url_id: int) -> tuple[Found, ...]:
    rows = db.execute(
        "SELECT found_at, via, found_on, title FROM discovery WHERE url_id = ? ORDER BY found_at, via, found_on",
        (url_id,),
    )
    return tuple(
        Found(at=utc(row["found_at"]), via=row["via"], on=row["found_on"] or None, title=row["title"]) for row in rows
    )


def _fetches(db: sqlite3.Connection, url_id: int) -> tuple[FetchStory, ...]:
    rows = db.execute(
        """SELECT fetch.*, warc.file, capture.reason, capture.evidence, capture.cleaner, capture.words,
                  capture.language, capture.title, capture.cuts, capture.fetch_id, capture.text_key, capture.joined_by,
                  original.file AS original_file, twin.warc_offset AS original_offset,
                  twin.warc_length AS original_length
           FROM fetch LEFT JOIN warc ON warc.id = fetch.warc_id LEFT JOIN capture ON capture.fetch_id = fetch.id
           LEFT JOIN fetch AS twin ON twin.id = fetch.same_as LEFT JOIN warc AS original ON original.id = twin.warc_id
           WHERE fetch.url_id = ? ORDER BY fetch.fetched_at, fetch.id""",
        (url_id,),
    )
    versions: dict[bytes, int] = {}
    return tuple(_fetch(row, versions) for row in rows)


def _fetch(row: sqlite3.Row, versions: dict[bytes, int]) -> FetchStory:
    original = None
    if row["original_file"] is not None:
        original = WarcRecord(file=row["original_file"], offset=row["original_offset"], length=row["original_length"])
    judged, kept = row["fetch_id"] is not None, row["text_key"] is not None
    return FetchStory(
        fetched_at=utc(row["fetched_at"]),
        judged_as=row["fetch_id"],
        run=row["run_id"],
        status=row["status"],
        location=row["location"],
        wire_bytes=row["bytes"],
        warc_record=record_of(row),
        released_at=None if row["released_at"] is None else utc(row["released_at"]),
        revisit=row["same_as"] is not None or row["status"] == 304,
        payload_record=original,
        verdict=f"removed/{row['reason']}" if row["reason"] else "kept" if judged else None,
        evidence=row["evidence"],
        cleaner=row["cleaner"],
        words=row["words"],
        language=row["language"],
        title=row["title"],
        version=versions.setdefault(row["text_key"], len(versions) + 1) if kept else None,
        joined_by=row["joined_by"],
        cuts=unpack_cuts(row["cuts"]),
    )


def _clock(db: sqlite3.Connection, host: str) -> HostClock | None:
    row = db.execute("SELECT * FROM host WHERE host = ?", (host,)).fetchone()
    if row is None:
        return None
    return HostClock(
        host=host,
        next_at=utc(row["next_at"]),
        delay_seconds=row["delay"],
        crawl_delay_seconds=row["crawl_delay"],
        failures=row["failures"],
        note=row["note"],
    )


def find_robots(db: sqlite3.Connection, origin: str) -> StoredRobots | None:
    """Return the robots.txt of an origin as it was last fetched, None if it never was."""
    row = db.execute("SELECT * FROM robots WHERE origin = ?", (origin,)).fetchone()
    if row is None:
        return None
    return StoredRobots(
        origin=row["origin"],
        fetched_at=utc(row["fetched_at"]),
        status=row["status"],
        body=row["body"],
        evidence=row["evidence"],
    )
