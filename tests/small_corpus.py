"""Builds small corpora for tests: real WARC records, real commits, no crawl."""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from corpus.archive import ArchiveWriter
from corpus.folder import CorpusFolder
from corpus.store import Run, Store
from corpus.types import (
    Article,
    Cut,
    Discovery,
    Kind,
    Post,
    Provenance,
    Published,
    Reason,
    Removal,
    Verdict,
    Via,
    WarcRecord,
)
from corpus.visits import Fetch, Visit

BEGAN = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
CONFIG = """
[collector]
contact = "https://example.org/our-crawler"

[sites.harbour-post]
url = "https://harbour-post.example/"
feeds = ["https://harbour-post.example/feed.xml"]

[sites.valley-ledger]
url = "https://valley-ledger.example/"
sitemaps = ["https://valley-ledger.example/sitemap.xml"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A page and what the cleaner made of it."""

    site: str
    url: str
    verdict: Verdict
    fetched_at: datetime
    body: bytes


def site_of(url: str) -> str | None:
    host = url.split("/")[2]
    return host.removesuffix(".example") if host.endswith(".example") else None


def printed(url: str, text: str | None, *, after_minutes: int = 0, **more: object) -> Printed:
    """Return a page with an article, or with a removal where there is no text."""
    fetched_at = BEGAN + timedelta(minutes=after_minutes)
    provenance = Provenance(requested_url=url, fetched_at=fetched_at, via=Via.INGEST)
    if text is None:
        verdict: Verdict = Removal(url=url, reason=Reason.TOO_SHORT, evidence="3 words < 50", provenance=provenance)
    else:
        fields = {"canonical_url": url, "title": None, "language": "en", "language_confidence": 0.99} | more
        verdict = Article(url=url, text=text, provenance=provenance, **fields)
    body = f"<html><p>{text or 'nothing'}</p><!-- {url} {after_minutes} --></html>".encode()
    return Printed(site=site_of(url) or "", url=url, verdict=verdict, fetched_at=fetched_at, body=body)


def stories() -> list[list[Printed]]:
    """Return pages that belong together, group by group; groups may be stored in any order."""
    harbour, valley = "https://harbour-post.example", "https://valley-ledger.example"
    east = timezone(timedelta(hours=5, minutes=30))
    odd = 'Tab\there, "quotes", a backslash \\ and a line\u2028separator.\n\nଓଡ଼ିଆ, 東京, 🚢.'
    rich = {
        "declared_language": "en-IN",
        "title": "Ferry\tsails “again”",
        "authors": ("A. Das", "B. Sahu"),
        "published": Published(on=datetime(2026, 11, 19, 8, 30, tzinfo=east), source="json-ld"),
        "modified": Published(on=datetime(2026, 11, 19, 9, 0), source="meta:article:modified_time"),  # noqa: DTZ001
        "site_name": "Harbour Post",
        "description": "After eleven weeks.",
        "section": ("News", "Harbour"),
        "tags": ("ferry", "lagoon, south"),
        "image": f"{harbour}/ferry.jpg",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "paywalled": False,
        "page_type": "LiveBlogPosting",
        "agency": "PTI",
        "posts": (
            Post(headline="It sails", published=datetime(2026, 11, 19, 8, 30, tzinfo=east), text="One.\n\nTwo."),
            Post(published=date(2026, 11, 19), text="It was made fast."),
        ),
        "sources": {"title": "json-ld", "authors": "meta:author"},
        "cuts": (Cut(text="Read more", rule="related", score=0.9),),
        "charset": "utf-8",
    }
    groups = [
        [printed(f"{harbour}/ferry", odd, **rich)],
        [
            printed(f"{harbour}/bridge", "Cracks were found in the bridge today.", title="Bridge"),
            printed(f"{harbour}/bridge", "More cracks were found; it is closed.", title="Bridge", after_minutes=90),
        ],
        [
            printed(f"{valley}/wire/1", "The accord on nets was signed by eleven nations.", paywalled=True),
            printed(f"{harbour}/wire/1", "The accord on nets was signed by eleven nations.", after_minutes=5),
        ],
        [printed(f"{harbour}/short", None)],
    ]
    for number in range(36):
        language = ("en", "or", "hi")[number % 3]
        on = date(2026, 10, 1) + timedelta(days=number)
        groups.append(
            [
                printed(
                    f"{(harbour, valley)[number % 2]}/story/{number}",
                    f"Story number {number}.\n\n" + f"Paragraph of story {number}, " * (number + 1),
                    title=f"Story {number}",
                    language=language,
                    published=Published(on=on, source="time") if number % 4 else None,
                    after_minutes=number,
                )
            ]
        )
    return groups


def make_folder(root: Path) -> CorpusFolder:
    """Make an empty corpus folder."""
    folder = CorpusFolder(root)
    folder.archive.mkdir(parents=True)
    folder.config.write_text(CONFIG, "utf-8")
    return folder


def archive(folder: CorpusFolder, pages: Sequence[Printed]) -> dict[bytes, WarcRecord]:
    """Write pages to one WARC file of the archive; return their places, by body."""
    with ArchiveWriter(folder.archive, prefix="run000001") as writer:
        return {page.body: write(writer, page) for page in pages}


def write(writer: ArchiveWriter, page: Printed) -> WarcRecord:
    """Write one page to the archive."""
    return writer.write_exchange(
        url=page.url,
        fetched_at=page.fetched_at,
        request_line_and_headers=b"GET / HTTP/1.1\r\n\r\n",
        status=200,
        reason="OK",
        headers=[("Content-Type", "text/html")],
        wire_body=page.body,
        protocol="HTTP/1.1",
    )


def commit(store: Store, run: Run, page: Printed, record: WarcRecord | None, *, found: Discovery | None = None) -> None:
    """Store what came of one page."""
    now = page.fetched_at.timestamp()
    with store.transaction():
        found = found or Discovery(url=page.url, kind=Kind.ARTICLE, via=Via.INGEST)
        lease = store.ledger.claim(found, now, run_id=run.run_id, site=page.site)
    fetch = Fetch(
        fetched_at=page.fetched_at,
        status=200,
        wire_bytes=len(page.body),
        wire_digest=hashlib.sha1(page.body).digest(),
        body_digest=hashlib.sha256(page.body).digest(),
        warc_record=record,
    )
    provenance = replace(page.verdict.provenance, warc_record=record, part=found.part)
    verdict = replace(page.verdict, provenance=provenance)
    store.commit([Visit(lease=lease, fetch=fetch, verdict=verdict, cleaner="cleaner 1")], run, now)


def open_store(folder: CorpusFolder) -> Store:
    """Open the corpus' database for writing."""
    return Store(folder.database, site_of)


def begin_run(store: Store) -> Run:
    """Begin a run."""
    return store.begin_run("ingest", ["harbour-post", "valley-ledger"], BEGAN.timestamp(), config={}, versions={})


def build(root: Path, groups: Sequence[Sequence[Printed]] | None = None) -> CorpusFolder:
    """Build a corpus of the given pages (by default all of `stories`), archived and stored in their order."""
    folder = make_folder(root)
    pages = [page for group in (stories() if groups is None else groups) for page in group]
    store_all(folder, pages, archive(folder, pages))
    return folder


def build_twin(
    root: Path, of: CorpusFolder, pages: Sequence[Printed], records: dict[bytes, WarcRecord]
) -> CorpusFolder:
    """Build a corpus from another one's archive, stored in another order."""
    folder = make_folder(root)
    shutil.copytree(of.archive, folder.archive, dirs_exist_ok=True)
    store_all(folder, pages, records)
    return folder


def store_all(folder: CorpusFolder, pages: Sequence[Printed], records: dict[bytes, WarcRecord]) -> None:
    """Store pages in their order, as one finished run."""
    store = open_store(folder)
    run = begin_run(store)
    for page in pages:
        commit(store, run, page, records[page.body])
    store.end_run(run, BEGAN.timestamp() + 7200)
    store.close()
