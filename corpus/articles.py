"""Articles as readers and exports see them: each with its whole text and all that is known of it."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from corpus.captures import page_key
from corpus.ledger import parse_time
from corpus.types import Post, WarcRecord
from corpus.words import count_words


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article of the corpus, as readers and exports see it."""

    #: Stable name: the same in every export of this corpus.
    id: str
    url: str
    canonical_url: str
    #: Name of the site's entry in the configuration.
    site: str
    title: str | None
    #: Paragraphs with one blank line between them.
    text: str = field(repr=False)
    #: ISO 639-1 code (639-3 where there is none), or ``und``.
    language: str
    language_confidence: float
    declared_language: str | None
    authors: tuple[str, ...]
    #: The agency that is credited, beside persons or alone.
    agency: str | None
    published: date | datetime | None
    modified: date | datetime | None
    site_name: str | None
    description: str | None
    section: tuple[str, ...]
    tags: tuple[str, ...]
    image: str | None
    licence: str | None
    paywalled: bool | None
    page_type: str | None
    #: Posts of a live blog, in the order in which the page states them.
    posts: tuple[Post, ...] = field(repr=False)
    #: For each field, where it was read.
    sources: dict[str, str]
    #: Number of words of the text.
    words: int
    #: When this version of it was fetched, in UTC.
    fetched_at: datetime
    #: Every URL that stands for it, its own included, in alphabetical order.
    appearances: tuple[str, ...]
    #: Number of different texts that its URL has had.
    versions: int
    #: Where the page is archived; None where the page forbade it.
    warc_record: WarcRecord | None
    #: Version and settings of the cleaner.
    cleaner: str
    #: The capture's number in the database.
    fetch_id: int

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text's paragraphs."""
        return tuple(self.text.split("\n\n"))


_ARTICLES = """
    SELECT article.uid, article.id AS article_id, capture.*, url.url AS page_url, url.site, fetch.fetched_at, warc.file,
           fetch.warc_offset, fetch.warc_length, text.body
    FROM article
    JOIN capture ON capture.fetch_id = article.capture_id
    JOIN url ON url.id = capture.url_id
    JOIN fetch ON fetch.id = capture.fetch_id
    LEFT JOIN warc ON warc.id = fetch.warc_id
    JOIN text ON text.hash = capture.text_hash
"""


def select_articles(
    db: sqlite3.Connection,
    *,
    site: str | None = None,
    language: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Iterator[StoredArticle]:
    """Yield articles in the order of their ids, one at a time; see `corpus.reader.Corpus.articles`."""
    conditions, values = ["1"], []
    for column, comparison, value in (
        ("url.site", "=", site),
        ("capture.language", "=", language),
        ("capture.published", ">=", since.isoformat() if since else None),
        ("capture.published", "<", until.isoformat() if until else None),
    ):
        if value is not None:
            conditions.append(f"{column} {comparison} ?")
            values.append(value)
    for row in db.execute(f"{_ARTICLES} WHERE {' AND '.join(conditions)} ORDER BY article.uid", values):
        yield _article(db, row)


def find_article(db: sqlite3.Connection, name: str) -> StoredArticle | None:
    """Return the article with this id or URL (any of its URLs), or None."""
    by_name = db.execute(f"{_ARTICLES} WHERE article.uid = ?", (name,)).fetchone()
    row = (
        by_name
        or db.execute(
            f"{_ARTICLES} WHERE article.id = (SELECT article_id FROM alias WHERE url = ?)", (page_key(name, name),)
        ).fetchone()
    )
    return None if row is None else _article(db, row)


def names_beginning(db: sqlite3.Connection, beginning: str, *, most: int) -> tuple[str, ...]:
    """Return the first ids that begin so, in alphabetical order."""
    rows = db.execute(
        "SELECT uid FROM article WHERE uid >= ? AND uid < ? ORDER BY uid LIMIT ?",
        (beginning, f"{beginning}\uffff", most),
    )
    return tuple(row[0] for row in rows)


def _article(db: sqlite3.Connection, row: sqlite3.Row) -> StoredArticle:
    more = json.loads(row["metadata"])
    text = whole_text(db, row)
    return StoredArticle(
        id=row["uid"],
        url=row["page_url"],
        canonical_url=row["canonical_url"],
        site=row["site"],
        title=row["title"],
        text=text,
        language=row["language"],
        language_confidence=row["confidence"],
        declared_language=more.get("declared_language"),
        authors=tuple(more.get("authors", ())),
        agency=more.get("agency"),
        published=parse_time(row["published"]),
        modified=parse_time(row["modified"]),
        site_name=row["site_name"],
        description=more.get("description"),
        section=tuple(more.get("section", ())),
        tags=tuple(more.get("tags", ())),
        image=more.get("image"),
        licence=more.get("licence"),
        paywalled=more.get("paywalled"),
        page_type=more.get("page_type"),
        posts=tuple(
            Post(headline=headline, published=parse_time(published), text=text)
            for headline, published, text in more.get("posts", ())
        ),
        sources=more.get("sources", {}),
        words=count_words(text),
        fetched_at=utc(row["fetched_at"]),
        appearances=_appearances(db, row["article_id"]),
        versions=_versions(db, row["article_id"], row["url_id"]),
        warc_record=record_of(row),
        cleaner=row["cleaner"],
        fetch_id=row["fetch_id"],
    )


def whole_text(db: sqlite3.Connection, row: sqlite3.Row) -> str:
    """Return an article's text, the parts of one that is split over several pages joined.

    ``row`` has its ``article_id`` and, of the capture that speaks for it, ``fetch_id``, ``part_number`` and ``body``.
    """
    parts = db.execute(
        """SELECT body FROM (SELECT text_hash, capture.part_number, row_number() OVER (
               PARTITION BY capture.part_number ORDER BY fetched_at DESC, fetch_id DESC) AS age
               FROM capture JOIN fetch ON fetch.id = fetch_id
               WHERE article_id = ? AND capture.part_number > 1 AND fetch_id != ?)
           JOIN text ON hash = text_hash WHERE age = 1 AND part_number != ? ORDER BY part_number""",
        (row["article_id"], row["fetch_id"], row["part_number"] or 1),
    )
    return "\n\n".join([row["body"], *(part["body"] for part in parts)])


def _appearances(db: sqlite3.Connection, article_id: int) -> tuple[str, ...]:
    rows = db.execute(
        """SELECT DISTINCT url.url FROM capture JOIN url ON url.id = url_id WHERE article_id = ?
           AND coalesce(capture.part_number, 1) = 1 ORDER BY url.url""",
        (article_id,),
    )
    return tuple(row[0] for row in rows)


def _versions(db: sqlite3.Connection, article_id: int, url_id: int) -> int:
    row = db.execute(
        "SELECT count(DISTINCT text_key) FROM capture WHERE article_id = ? AND url_id = ?", (article_id, url_id)
    ).fetchone()
    return int(row[0])


def utc(seconds: float) -> datetime:
    """Return Unix seconds as a datetime."""
    return datetime.fromtimestamp(seconds, UTC)


def record_of(row: sqlite3.Row) -> WarcRecord | None:
    """Return the place in the archive that a row with ``file``, ``warc_offset`` and ``warc_length`` names."""
    if row["file"] is None:
        return None
    return WarcRecord(file=row["file"], offset=row["warc_offset"], length=row["warc_length"])
