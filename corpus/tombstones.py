"""Tombstones: what was forgotten on request and must not come back. They hold no word of it."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from corpus.articles import utc
from corpus.dedup import text_key
from corpus.types import Article, Reason, Removal, Verdict
from corpus.urls import canonicalise, host_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """A request to forget."""

    id: int
    #: What was asked for: URLs, or a site; no words of a query.
    target: str
    reason: str | None
    asked_at: datetime
    #: None while traces are left.
    finished_at: datetime | None
    #: Names of the articles.
    articles: tuple[str, ...]
    #: URLs that were blocked.
    urls: int
    #: Archive records that were blanked.
    records: int

    @property
    def evidence(self) -> str:
        """What `collector why` says of a URL that it concerns."""
        why = f": {self.reason}" if self.reason else ""
        day = f"{self.asked_at:%Y-%m-%d}"
        if self.finished_at is None:
            return f"asked to be forgotten on {day}{why}; not all traces are removed yet (collector forget --finish)"
        return f"forgotten on {day}{why}"


class Tombstones:
    """The tombstones of a corpus."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def empty(self) -> bool:
        """Tell whether nothing was ever forgotten."""
        return self._db.execute("SELECT 1 FROM tombstone LIMIT 1").fetchone() is None

    def block(self, url: str) -> bool:
        """Tell whether a URL was forgotten, or its host."""
        try:
            key = url if url.startswith("file:") else canonicalise(url)
            host = "" if url.startswith("file:") else host_of(url)
        except ValueError:
            return False
        return self._has("url", key) or (bool(host) and self._has("host", host))

    def block_text(self, text: str) -> bool:
        """Tell whether a text was forgotten, under whatever URL."""
        return self._any("text") and self._has("text", text_key(text).hex())

    def judge(self, url: str, verdict: Verdict | None) -> Removal | None:
        """Remove what was forgotten, by its URL, the URL that it names as its own, or its text.

        Args:
            url: The URL that was asked for.
            verdict: What cleaning made of it; None for a listing.
        """
        if self.empty():
            return None
        urls = (url, verdict.canonical_url) if isinstance(verdict, Article) else (url,)
        blocked = any(self.block(one) for one in urls)
        if not blocked and not (isinstance(verdict, Article) and self.block_text(verdict.text)):
            return None
        evidence = "its URL was forgotten on request" if blocked else "its text was forgotten on request"
        return Removal(url=url, reason=Reason.FORGOTTEN, evidence=evidence)

    def _any(self, kind: str) -> bool:
        return self._db.execute("SELECT 1 FROM tombstone WHERE kind = ? LIMIT 1", (kind,)).fetchone() is not None

    def _has(self, kind: str, key: str) -> bool:
        row = self._db.execute("SELECT 1 FROM tombstone WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return row is not None


def find_takedown(db: sqlite3.Connection, takedown_id: int) -> Takedown:
    """Return a takedown by its number."""
    return _takedown(db.execute("SELECT * FROM takedown WHERE id = ?", (takedown_id,)).fetchone())


def pending_takedowns(db: sqlite3.Connection) -> list[Takedown]:
    """Return the takedowns of which traces are left."""
    return [_takedown(row) for row in db.execute("SELECT * FROM takedown WHERE finished_at IS NULL ORDER BY id")]


def takedown_of(db: sqlite3.Connection, url: str, host: str) -> Takedown | None:
    """Return the takedown that blocks a URL (canonical form), None where none does."""
    row = db.execute(
        """SELECT takedown.* FROM tombstone JOIN takedown ON takedown.id = takedown
           WHERE (kind = 'url' AND key = ?) OR (kind = 'host' AND key = ?) ORDER BY takedown.id LIMIT 1""",
        (url, host),
    ).fetchone()
    return None if row is None else _takedown(row)


def _takedown(row: sqlite3.Row) -> Takedown:

    return Takedown(
        id=row["id"],
        target=row["target"],
        reason=row["reason"],
        asked_at=utc(row["asked_at"]),
        finished_at=None if row["finished_at"] is None else utc(row["finished_at"]),
        articles=tuple(json.loads(row["articles"])),
        urls=row["urls"],
        records=row["records"],
    )
