"""Exact deduplication: which captures are one article, and which of them speaks for it.

Two captures are one article when they have the same URL, name the same canonical URL, are parts of the same split
article, or have the same payload or the same normalised text. The URL counts before the text: a page that joined an
article only because their texts were equal leaves it again when its text changes, so that a "site under maintenance"
page, once stored, cannot glue a site's articles together for good.

Which capture speaks does not depend on the order of arrival: the newest capture of each URL stands for that URL, and
the URL with the least `_rank` stands for the article. Near-duplicates are not decided here.
"""

import hashlib
import re
import sqlite3
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_NOT_WORD = re.compile(r"[\W_]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")

#: Least `resemblance` to believe a page's canonical URL, in [0, 1]. AMP and print twins have nearly 1; two different
#: stories of one outlet share function words only, about 0.2 to 0.4.
MIN_CANONICAL_RESEMBLANCE = 0.6


class JoinedBy(StrEnum):
    """Why a capture belongs to its article."""

    NEW = "new"
    URL = "url"
    CANONICAL = "canonical"
    PART = "part"
    PAYLOAD = "payload"
    TEXT = "text"


#: Memberships that end when the page's text changes.
_LOOSE = (JoinedBy.PAYLOAD, JoinedBy.TEXT)


def text_key(text: str) -> bytes:
    """Return a digest that two texts share when only case, spacing, punctuation or typography tell them apart.

    >>> text_key("“Hello”,  World") == text_key('"hello" world')
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return hashlib.sha256(_NOT_WORD.sub(" ", folded).strip().encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The article that a capture belongs to; ``article_id`` is None when it is the first of a new one."""

    article_id: int | None
    joined_by: JoinedBy


def find_article(
    db: sqlite3.Connection,
    *,
    url: str,
    canonical: str,
    part_of: str | None,
    text: str,
    body_digest: bytes | None,
) -> Membership:
    """Return the article that a kept capture belongs to.

    Args:
        db: The corpus database.
        url: Canonical form of the page's URL.
        canonical: Canonical form of what the page names as its canonical URL.
        part_of: Canonical URL of the first page, for a later page of a split article.
        text: Its text.
        body_digest: Digest of its content-decoded body.
    """
    key = text_key(text)
    known = _alias(db, url)
    if known is not None and (JoinedBy(known["joined_by"]) not in _LOOSE or _has_text(db, known["article_id"], key)):
        return Membership(article_id=known["article_id"], joined_by=JoinedBy.URL)
    named = _alias(db, part_of or canonical) if (part_of or canonical) != url else None
    if named is not None and part_of:
        return Membership(article_id=named["article_id"], joined_by=JoinedBy.PART)
    if named is not None and _resembles(db, named["article_id"], text):
        return Membership(article_id=named["article_id"], joined_by=JoinedBy.CANONICAL)
    if part_of is None:
        twin = _twin(db, key, body_digest)
        if twin is not None:
            return twin
    return Membership(article_id=None, joined_by=JoinedBy.NEW)


def _alias(db: sqlite3.Connection, url: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("SELECT article_id, joined_by FROM alias WHERE url = ?", (url,)).fetchone()
    return row


def resemblance(one: str, other: str) -> float:
    """Return the share of the smaller text's distinct words that the other has too, in [0, 1].

    >>> resemblance("the ferry sailed", "The ferry sailed at noon.")
    1.0
    """
    words, others = _words(one), _words(other)
    smaller = min(len(words), len(others))
    return len(words & others) / smaller if smaller else 0.0


def _words(text: str) -> set[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return set(_NOT_WORD.sub(" ", _UNSPACED.sub(r" \g<0> ", folded)).split())


def _resembles(db: sqlite3.Connection, article_id: int, text: str) -> bool:
    """Tell whether a page that names an article's URL as canonical really is that article.

    Some templates name one and the same canonical URL on every page; believing them would lose all but one article.
    """
    row = db.execute(
        "SELECT body FROM article JOIN capture ON fetch_id = capture_id JOIN text ON hash = text_hash WHERE article.id = ?",
        (article_id,),
    ).fetchone()
    return row is not None and resemblance(text, row["body"]) >= MIN_CANONICAL_RESEMBLANCE


def _has_text(db: sqlite3.Connection, article_id: int, key: bytes) -> bool:
    row = db.execute(
        "SELECT 1 FROM capture WHERE text_key = ? AND article_id = ? LIMIT 1", (key, article_id)
    ).fetchone()
    return row is not None


def _twin(db: sqlite3.Connection, key: bytes, body_digest: bytes | None) -> Membership | None:
    if body_digest is not None:
        row = db.execute(
            """SELECT article_id FROM fetch JOIN capture ON fetch_id = fetch.id
               WHERE fetch.body_digest = ? AND article_id IS NOT NULL ORDER BY fetch.id LIMIT 1""",
            (body_digest,),
        ).fetchone()
        if row is not None:
            return Membership(article_id=row[0], joined_by=JoinedBy.PAYLOAD)
    row = db.execute(
        """SELECT article_id FROM capture WHERE text_key = ? AND article_id IS NOT NULL AND coalesce(part_number, 1) = 1
           ORDER BY fetch_id LIMIT 1""",
        (key,),
    ).fetchone()
    return None if row is None else Membership(article_id=row[0], joined_by=JoinedBy.TEXT)


def speaker(db: sqlite3.Connection, article_id: int) -> int | None:
    """Return the fetch_id of the capture that speaks for an article, None when it has no capture left."""
    rows = db.execute(
        """SELECT fetch_id, url.url, canonical_url, published, part_number FROM (
               SELECT capture.*, row_number() OVER (
                   PARTITION BY capture.url_id ORDER BY fetch.fetched_at DESC, fetch_id DESC) AS age
               FROM capture JOIN fetch ON fetch.id = fetch_id WHERE article_id = ? AND reason IS NULL) AS newest
           JOIN url ON url.id = newest.url_id WHERE age = 1""",
        (article_id,),
    ).fetchall()
    return min(rows, key=_rank)["fetch_id"] if rows else None


def _rank(row: sqlite3.Row) -> tuple[object, ...]:
    """Order captures: first page, named canonical by itself, earliest published, shortest URL, alphabet."""
    return (
        row["part_number"] or 1,
        row["url"] != row["canonical_url"],
        row["published"] is None,
        row["published"] or "",
        len(row["url"]),
        row["url"],
    )
