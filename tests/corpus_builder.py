"""Builds small corpora without a crawl: what tests of the store and of the command line read.

Every visit goes through the store just as the pipeline's do: claimed, judged, committed. Times are hours after
`BEGAN`, which is long past; nothing here reads a clock.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import numpy as np

from corpus.ledger import Lease
from corpus.shelf import Shelf
from corpus.store import Run, Store
from corpus.types import (
    Article,
    Cut,
    Discovery,
    Kind,
    Part,
    Provenance,
    Published,
    Reason,
    Removal,
    Via,
    WarcRecord,
)
from corpus.urls import canonicalise
from corpus.visits import Fetch, Visit

BEGAN = datetime(2024, 11, 14, 6, tzinfo=UTC)
CLEANER = "1+test"

CONFIG = """
[collector]
contact = "corpus@example.org"

[sites.post]
url = "https://post.example/"
ignore = ["/shop/"]

[sites.ledger]
url = "https://ledger.example/"
languages = ["en"]
"""


def site_of(url: str) -> str | None:
    """Return the site of a URL: the first label of a host under .example."""
    host = url.split("/")[2]
    return host.removesuffix(".example").rpartition(".")[2] if host.endswith(".example") else None


def story(subject: str, sentences: int = 6) -> str:
    """Return a text of so many sentences in two paragraphs; texts of two subjects share function words only."""
    told = [
        f"The {subject}{number} was seen by {subject}folk near {subject}town and {subject}shire at {number}."
        for number in range(sentences)
    ]
    half = max(1, sentences // 2)
    return "\n\n".join(" ".join(part) for part in (told[:half], told[half:]) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A page at a URL at a time, and what cleaning makes of it."""

    url: str
    text: str
    #: What the page names as its canonical URL; its own where it names none.
    canonical: str | None = None
    #: Hours after `BEGAN`.
    hour: float = 0.0
    #: Its bytes; two shots with one payload are one file. By default no other page has them.
    payload: str | None = None
    title: str | None = None
    published: str | None = None
    language: str = "en"
    cuts: tuple[Cut, ...] = ()
    #: URL of the first page and number, for a later page of a split article.
    part: tuple[str, int] | None = None
    found_on: str | None = "https://post.example/"
    via: Via = Via.LINK


@dataclass(slots=True)
class Builder:
    """A store and the run that works on it."""

    root: Path
    store: Store
    run: Run
    records: int = field(default=0)

    @classmethod
    def begin(cls, root: Path, *, config: str = CONFIG) -> Self:
        """Make a corpus folder and begin a run on it."""
        root.mkdir(parents=True, exist_ok=True)
        (root / "collector.toml").write_text(config, "utf-8")
        store = Store(root / "corpus.db", site_of)
        run = store.begin_run(
            "crawl", ["post", "ledger"], BEGAN.timestamp(), config={}, versions={"news-corpus-collector": "0.1.0"}
        )
        return cls(root, store, run)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def end(self, hour: float, state: str = "finished") -> None:
        """End the run."""
        self.store.end_run(self.run, at(hour).timestamp(), state=state)

    def wipe(self) -> None:
        """Forget everything but the run."""
        with self.store.transaction() as db:
            for table in ("alias", "capture", "article", "text", "fetch", "warc", "discovery", "url", "host", "robots"):
                db.execute(f"DELETE FROM {table}")

    def find(self, url: str, hour: float = 0.0, **claims: object) -> bool:
        """Enter a discovery."""
        found = Discovery(**{"url": url, "kind": Kind.ARTICLE, "via": Via.LINK, **claims})  # type: ignore[arg-type]
        with self.store.transaction():
            return self.store.ledger.add(found, at(hour).timestamp(), run_started_at=self.run.started_at)

    def claim(
        self,
        url: str,
        hour: float = 0.0,
        *,
        kind: Kind = Kind.ARTICLE,
        via: Via = Via.LINK,
        found_on: str | None = None,
        part: Part | None = None,
        title: str | None = None,
    ) -> Lease:
        """Enter a URL and lease it at once."""
        found = Discovery(url=url, kind=kind, via=via, found_on=found_on, part=part, title=title)
        with self.store.transaction():
            return self.store.ledger.claim(
                found, at(hour).timestamp(), run_id=self.run.run_id, site=site_of(url) or "ingest"
            )

    def take(self, shot: Shot) -> str:
        """Store a shot; return the outcome."""
        part = Part(first_url=canonicalise(shot.part[0]), number=shot.part[1]) if shot.part else None
        lease = self.claim(shot.url, shot.hour, via=shot.via, found_on=shot.found_on, part=part)
        payload = (shot.payload or repr((shot.url, shot.text, shot.canonical, shot.hour))).encode()
        fetch = self.fetch(shot.hour, payload=payload)
        copy_of = None
        if part is None and fetch.wire_digest is not None:
            copy_of = self.store.judged_payload(fetch.wire_digest, CLEANER, lease.site)
        verdict = None if copy_of else article(shot)
        return self.commit(Visit(lease=lease, fetch=fetch, verdict=verdict, copy_of=copy_of, cleaner=CLEANER))

    def remove(self, url: str, reason: Reason, evidence: str, *, hour: float = 0.0, **claims: object) -> str:
        """Store a page that was fetched and is no article."""
        lease = self.claim(url, hour, **claims)  # type: ignore[arg-type]
        status = int(evidence.removeprefix("HTTP ")) if reason is Reason.HTTP_ERROR else 200
        cuts = (Cut(text="Subscribe to our newsletter", rule="boilerplate", score=0.97),)
        verdict = Removal(url=url, reason=reason, evidence=evidence, title="A page", cuts=cuts)
        fetch = self.fetch(hour, payload=url.encode(), status=status)
        return self.commit(Visit(lease=lease, fetch=fetch, verdict=verdict, cleaner=CLEANER))

    def refuse(self, url: str, reason: Reason, evidence: str, *, hour: float = 0.0) -> str:
        """Store a URL that was refused before it was fetched."""
        return self.commit(
            Visit(lease=self.claim(url, hour), verdict=Removal(url=url, reason=reason, evidence=evidence))
        )

    def redirect(self, url: str, target: str, *, hour: float = 0.0) -> str:
        """Store a redirect and the discovery of its target."""
        lease = self.claim(url, hour)
        removal = Removal(url=url, reason=Reason.REDIRECTED, evidence=f"301 to {target}")
        found = Discovery(url=target, kind=Kind.ARTICLE, via=Via.REDIRECT, found_on=lease.url)
        fetch = self.fetch(hour, payload=b"", status=301, location=target)
        return self.commit(Visit(lease=lease, fetch=fetch, verdict=removal, discoveries=(found,), cleaner=CLEANER))

    def list(self, url: str, *found: Discovery, kind: Kind = Kind.FEED, hour: float = 0.0) -> str:
        """Store a feed, sitemap or front and what it names."""
        lease = self.claim(url, hour, kind=kind, via=Via.SEED)
        fetch = self.fetch(hour, payload=f"{url} {hour}".encode())
        return self.commit(Visit(lease=lease, fetch=fetch, listing=True, discoveries=found))

    def fail(
        self, url: str, error: str, evidence: str, *, hour: float = 0.0, again: float | None = None, status: int = 0
    ) -> str:
        """Store a failure; ``again`` is the hour of the next attempt."""
        lease = self.claim(url, hour)
        retry_at = None if again is None else at(again).timestamp()
        fetch = self.fetch(hour, payload=b"", status=status, archived=False) if status else None
        return self.commit(Visit(lease=lease, fetch=fetch, error=error, evidence=evidence, retry_at=retry_at))

    def fetch(
        self,
        hour: float,
        *,
        payload: bytes,
        status: int = 200,
        location: str | None = None,
        archived: bool = True,
    ) -> Fetch:
        """Return a response as the ledger remembers it, archived at the next place of the run's WARC file."""
        record = None
        if archived:
            record = WarcRecord(file="run000001-00000.warc.gz", offset=1000 * self.records, length=900)
            self.records += 1
        return Fetch(
            fetched_at=at(hour),
            status=status,
            wire_bytes=len(payload),
            wire_digest=hashlib.sha1(payload, usedforsecurity=False).digest() if payload else None,
            body_digest=hashlib.sha256(payload).digest() if payload else None,
            location=location,
            warc_record=record,
        )

    def commit(self, visit: Visit, *, hour: float | None = None) -> str:
        """Commit one visit; return its outcome."""
        now = visit.fetch.fetched_at if visit.fetch and hour is None else at(hour or 0.0)
        (outcome,) = self.store.commit([visit], self.run, now.timestamp())
        return outcome


def at(hour: float) -> datetime:
    """Return the time so many hours after `BEGAN`."""
    return BEGAN + timedelta(hours=hour)


def article(shot: Shot) -> Article:
    """Return what cleaning makes of a shot."""
    url = canonicalise(shot.url)
    return Article(
        url=url,
        canonical_url=shot.canonical or url,
        title=shot.title or shot.text.split(" was ")[0],
        text=shot.text,
        language=shot.language,
        language_confidence=0.99,
        provenance=Provenance(requested_url=shot.url, fetched_at=at(shot.hour)),
        authors=("Asha Rao",),
        published=Published(on=datetime.fromisoformat(shot.published), source="json-ld") if shot.published else None,
        site_name="The Post",
        section=("City",),
        cuts=shot.cuts,
        sources={"title": "json-ld"} | ({"canonical_url": "link"} if shot.canonical else {}),
    )


def entries_of(db: sqlite3.Connection) -> Iterator[tuple[int, int]]:
    """Yield what stands in the index of near-duplicates, as (key, document), whatever volumes it is in."""
    shelf = Shelf(db)
    shelf.refresh()
    for volume in shelf:
        keys = np.unique(volume.keys)
        which, places = volume.find(keys)
        yield from zip(keys[which].tolist(), volume.records["document"][places].tolist(), strict=True)
