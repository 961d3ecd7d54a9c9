"""Versions: the texts that a story has had on its site, and what changed from one to the next.

A site changes a story under its URL, or prints it again under another. Both make one chain: first come the texts of
the article that ranks first (`corpus.ranks`) among those of the site in the cluster, as they were fetched, then those
of the next one.
"""

import difflib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from corpus.articles import cluster_of, utc
from corpus.leases import parse_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Paragraphs that gave way to others; one side may be empty."""

    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A text that a story has had."""

    #: From 1.
    number: int
    url: str
    #: Id of the article.
    article: str
    #: When it was fetched first, in UTC.
    fetched_at: datetime
    #: What the page said of itself then.
    published: date | datetime | None
    modified: date | datetime | None
    title: str | None
    words: int
    text: str = field(repr=False)
    #: What changed since the version before; nothing for the first.
    changes: tuple[Change, ...] = field(default=(), repr=False)


def diff_paragraphs(before: Sequence[str], after: Sequence[str]) -> tuple[Change, ...]:
    """Return what changed from one text's paragraphs to another's, in order.

    >>> diff_paragraphs(["Ferry sinks.", "Ten missing."], ["Ferry sinks.", "Twelve missing.", "Search goes on."])
    (Change(before=('Ten missing.',), after=('Twelve missing.', 'Search goes on.')),)
    """
    steps = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return tuple(
        Change(before=tuple(before[low:high]), after=tuple(after[start:end]))
        for tag, low, high, start, end in steps
        if tag != "equal"
    )


def find_versions(db: sqlite3.Connection, name: str) -> tuple[Version, ...]:
    """Return the versions of the story that the article with this id, or at this URL, belongs to; none for no article.

    Args:
        db: The database.
        name: An article's id.
    """
    own = db.execute(
        """SELECT document.id, document.canonical, article.id AS article_id, site
           FROM article LEFT JOIN document ON article_id = article.id WHERE uid = ?""",
        (name,),
    ).fetchone()
    if own is None:
        return ()
    members = [member for member in cluster_of(db, own["id"], own["canonical"]) if member["site"] == own["site"]]
    chain: list[Version] = []
    for article_id in [member["article_id"] for member in members] or [own["article_id"]]:
        _extend(chain, db, article_id)
    return tuple(chain)


def _extend(chain: list[Version], db: sqlite3.Connection, article_id: int) -> None:
    """Append the texts of an article, each once."""
    known: set[bytes] = set()
    rows = db.execute(
        """SELECT capture.*, fetch.fetched_at, url.url, uid, body FROM article
           JOIN capture AS speaking ON speaking.fetch_id = article.capture_id
           JOIN capture ON capture.article_id = article.id AND capture.url_id = speaking.url_id
           JOIN fetch ON fetch.id = capture.fetch_id JOIN url ON url.id = capture.url_id
           JOIN text ON hash = capture.text_hash
           WHERE article.id = ? ORDER BY fetch.fetched_at, capture.fetch_id""",
        (article_id,),
    )
    for row in rows.fetchall():
        if row["text_key"] in known:
            continue
        known.add(row["text_key"])
        before = chain[-1].text.split("\n\n") if chain else None
        chain.append(
            Version(
                number=len(chain) + 1,
                url=row["url"],
                article=row["uid"],
                fetched_at=utc(row["fetched_at"]),
                published=parse_time(row["published"]),
                modified=parse_time(row["modified"]),
                title=row["title"],
                words=row["words"],
                text=row["body"],
                changes=() if before is None else diff_paragraphs(before, row["body"].split("\n\n")),
            )
        )
