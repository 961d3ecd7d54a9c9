"""The read side of the corpus: articles, the story of one URL, and counts.

    from corpus import open_corpus

    with open_corpus("mycorpus") as corpus:
        for article in corpus.articles(language="en"):
            print(article.published, article.title)

A reader never blocks a crawl, and sees only what whole transactions have stored.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from corpus.captures import page_key, unpack_cuts
from corpus.errors import StoreError
from corpus.folder import CorpusFolder
from corpus.ledger import parse_time
from corpus.schema import connect, store_error
from corpus.types import Cut, WarcRecord
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchStory:
    """One fetch of a URL and what came of it."""

    fetched_at: datetime
    run: int
    status: int
    location: str | None
    wire_bytes: int
    warc_record: WarcRecord | None
    #: The record is a revisit: the payload stands in an earlier record.
    revisit: bool
    #: None where the body was not judged (a listing, a redirect, an unchanged page).
    verdict: str | None
    evidence: str | None
    cleaner: str | None
    words: int | None
    language: str | None
    title: str | None
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlStory:
    """The whole story of one URL."""

    url: str
    fetch_url: str
    site: str
    kind: str
    state: str
    outcome: str | None
    evidence: str | None
    #: When it may be fetched (again), for a URL that waits.
    due_at: datetime | None
    attempts: int
    #: (when, how, where, headline) of every place that named the URL, first first.
    found: tuple[tuple[datetime, str, str | None, str | None], ...]
    fetches: tuple[FetchStory, ...]
    #: The article it belongs to, None if it is in none.
    article: StoredArticle | None
    #: Why it belongs to that article: new, url, canonical, part, payload, text.
    joined_by: str | None


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


class Corpus:
    """A corpus folder, opened for reading."""

    def __init__(self, root: Path | str) -> None:
        """Open the corpus folder ``root``.

        Raises:
            ConfigError: It is no corpus folder.
            StoreError: Its database cannot be read.
        """
        self.folder = CorpusFolder(Path(root))
        self.folder.check()
        if not self.folder.database.exists():  # initialised, never crawled
            connect(self.folder.database).close()
        self._db = connect(self.folder.database, read_only=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    # -- articles -------------------------------------------------------------------------------------------------

    def articles(
        self,
        *,
        site: str | None = None,
        language: str | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> Iterator[StoredArticle]:
        """Yield articles in the order of their ids, one at a time.

        Args:
            site: Only of this site (name in the configuration).
            language: Only in this language (ISO 639-1, or ``und``).
            since: Only published on this day or later; articles without a date are left out.
            until: Only published before this day.

        Raises:
            StoreError: The database cannot be read.
        """
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
        query = f"{_ARTICLES} WHERE {' AND '.join(conditions)} ORDER BY article.uid"
        try:
            for row in self._db.execute(query, values):
                yield self._article(row)
        except sqlite3.Error as error:
            raise store_error(error, self.folder.database) from error

    def article(self, name: str) -> StoredArticle | None:
        """Return the article with this id or URL (any of its URLs), or None."""
        row = self._db.execute(f"{_ARTICLES} WHERE article.uid = ?", (name,)).fetchone()
        if row is None:
            row = self._db.execute(
                f"{_ARTICLES} WHERE article.id = (SELECT article_id FROM alias WHERE url = ?)", (page_key(name, name),)
            ).fetchone()
        return None if row is None else self._article(row)

    def _article(self, row: sqlite3.Row) -> StoredArticle:
        more = json.loads(row["metadata"])
        text = self._whole_text(row)
        published, modified = parse_time(row["published"]), parse_time(row["modified"])
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
            published=published,
            modified=modified,
            site_name=row["site_name"],
            description=more.get("description"),
            section=tuple(more.get("section", ())),
            tags=tuple(more.get("tags", ())),
            image=more.get("image"),
            licence=more.get("licence"),
            paywalled=more.get("paywalled"),
            page_type=more.get("page_type"),
            sources=more.get("sources", {}),
            words=count_words(text),
            fetched_at=_utc(row["fetched_at"]),
            appearances=self._appearances(row["article_id"]),
            versions=self._versions(row["article_id"], row["url_id"]),
            warc_record=_record(row),
            cleaner=row["cleaner"],
            fetch_id=row["fetch_id"],
        )

    def _whole_text(self, row: sqlite3.Row) -> str:
        """Join the parts of an article that is split over several pages."""
        parts = self._db.execute(
            """SELECT body FROM (SELECT text_hash, part_number, row_number() OVER (
                   PARTITION BY part_number ORDER BY fetched_at DESC, fetch_id DESC) AS age
                   FROM capture JOIN fetch ON fetch.id = fetch_id
                   WHERE article_id = ? AND part_number > 1 AND fetch_id != ?)
               JOIN text ON hash = text_hash WHERE age = 1 ORDER BY part_number""",
            (row["article_id"], row["fetch_id"]),
        )
        return "\n\n".join([row["body"], *(part["body"] for part in parts)])

    def _appearances(self, article_id: int) -> tuple[str, ...]:
        rows = self._db.execute(
            """SELECT DISTINCT url.url FROM capture JOIN url ON url.id = url_id WHERE article_id = ?
               AND coalesce(capture.part_number, 1) = 1 ORDER BY url.url""",
            (article_id,),
        )
        return tuple(row[0] for row in rows)

    def _versions(self, article_id: int, url_id: int) -> int:
        row = self._db.execute(
            "SELECT count(DISTINCT text_key) FROM capture WHERE article_id = ? AND url_id = ?", (article_id, url_id)
        ).fetchone()
        return int(row[0])

    def cuts(self, article: StoredArticle) -> tuple[Cut, ...]:
        """Return what was cut from the article's page, in page order."""
        row = self._db.execute("SELECT cuts FROM capture WHERE fetch_id = ?", (article.fetch_id,)).fetchone()
        return unpack_cuts(row["cuts"]) if row else ()

    # -- the story of a URL ---------------------------------------------------------------------------------------

    def why(self, url: str) -> UrlStory | None:
        """Return the whole story of one URL, None if it was never found."""
        row = self._db.execute("SELECT * FROM url WHERE url = ?", (page_key(url, url),)).fetchone()
        if row is None:
            return None
        alias = self._db.execute("SELECT article_id, joined_by FROM alias WHERE url = ?", (row["url"],)).fetchone()
        article = None
        if alias is not None:
            found = self._db.execute(f"{_ARTICLES} WHERE article.id = ?", (alias["article_id"],)).fetchone()
            article = None if found is None else self._article(found)
        return UrlStory(
            url=row["url"],
            fetch_url=row["fetch_url"],
            site=row["site"],
            kind=row["kind"],
            state=row["state"],
            outcome=row["outcome"],
            evidence=row["evidence"],
            due_at=_utc(row["due_at"]) if row["state"] == "due" else None,
            attempts=row["attempts"],
            found=self._found(row["id"]),
            fetches=self._fetches(row["id"]),
            article=article,
            joined_by=alias["joined_by"] if alias else None,
        )

    def _found(self, url_id: int) -> tuple[tuple[datetime, str, str | None, str | None], ...]:
        rows = self._db.execute(
            "SELECT found_at, via, found_on, title FROM discovery WHERE url_id = ? ORDER BY found_at, via", (url_id,)
        )
        return tuple((_utc(row["found_at"]), row["via"], row["found_on"] or None, row["title"]) for row in rows)

    def _fetches(self, url_id: int) -> tuple[FetchStory, ...]:
        rows = self._db.execute(
            """SELECT fetch.*, warc.file, capture.reason, capture.evidence, capture.cleaner, capture.words,
                      capture.language, capture.title, capture.cuts, capture.fetch_id
               FROM fetch LEFT JOIN warc ON warc.id = warc_id LEFT JOIN capture ON capture.fetch_id = fetch.id
               WHERE fetch.url_id = ? ORDER BY fetch.id""",
            (url_id,),
        )
        return tuple(
            FetchStory(
                fetched_at=_utc(row["fetched_at"]),
                run=row["run_id"],
                status=row["status"],
                location=row["location"],
                wire_bytes=row["bytes"],
                warc_record=_record(row),
                revisit=row["same_as"] is not None or row["status"] == 304,
                verdict=None if row["fetch_id"] is None else f"removed/{row['reason']}" if row["reason"] else "kept",
                evidence=row["evidence"],
                cleaner=row["cleaner"],
                words=row["words"],
                language=row["language"],
                title=row["title"],
                cuts=unpack_cuts(row["cuts"]),
            )
            for row in rows
        )

    # -- counts ---------------------------------------------------------------------------------------------------

    def query(self, sql: str, values: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        """Return the rows of a read-only query, for counts that the other methods do not give.

        Raises:
            StoreError: The query failed.
        """
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self.folder.database}: {error}") from error


def open_corpus(path: Path | str) -> Corpus:
    """Open a corpus folder for reading.

    Args:
        path: The folder, as made by ``collector init``.

    Raises:
        ConfigError: It is no corpus folder.
        StoreError: Its database cannot be read.
    """
    return Corpus(path)


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _record(row: sqlite3.Row) -> WarcRecord | None:
    if row["file"] is None:
        return None
    return WarcRecord(file=row["file"], offset=row["warc_offset"], length=row["warc_length"])
