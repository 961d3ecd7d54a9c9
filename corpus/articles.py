"""Articles as readers and exports see them: each with its whole text and all that is known of it."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from corpus.captures import page_key
from corpus.leases import parse_time
from corpus.likeness import Keep
from corpus.publishers import publisher_of
from corpus.rights import Statement
from corpus.search.query import parse_query
from corpus.signals.conditions import conditions_as_sql
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
    #: What is said of the page's use, and what was done about it.
    rights: tuple[Statement, ...]
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
    #: Number of its text among those that the story has had on its site, from 1.
    version: int
    #: Id of the canonical article among its copies and versions; its own where it is that, or has none.
    cluster: str
    #: Every URL of every article of its cluster, in alphabetical order.
    cluster_appearances: tuple[str, ...]
    #: Where the page is archived; None where the page forbade it.
    warc_record: WarcRecord | None
    #: Version and settings of the cleaner.
    cleaner: str
    #: The capture's number in the database.
    fetch_id: int

    @property
    def canonical(self) -> bool:
        """Whether it speaks for its cluster."""
        return self.cluster == self.id

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text's paragraphs."""
        return tuple(self.text.split("\n\n"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Conditions that an article must meet; an empty one is met by all."""

    #: Only of these sites (names in the configuration).
    sites: tuple[str, ...] = ()
    #: Only in these languages (ISO 639-1, or ``und``).
    languages: tuple[str, ...] = ()
    #: Only published on this day or later; articles without a date are left out.
    since: date | None = None
    #: Only published before this day.
    until: date | None = None
    #: Which of the articles of a cluster that meet the other conditions.
    keep: Keep = Keep.ALL
    #: Only those that this query finds (`corpus.search.query`); the search index has to be attached as ``found``.
    query: str | None = None
    #: Only those whose signals of quality meet all of these (`corpus.signals.conditions`).
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Articles for which the search index does not speak, by their numbers: it knows them as they were or will be."""

    #: All of them.
    articles: tuple[int, ...] = ()
    #: Those that the query finds (`corpus.search.beside`).
    found: tuple[int, ...] = ()


_ARTICLES = """
    SELECT article.uid, article.id AS article_id, capture.*, url.url AS page_url, url.site, fetch.fetched_at, warc.file,
           fetch.warc_offset, fetch.warc_length, text.body, document.id AS document, document.canonical
    FROM article
    JOIN capture ON capture.fetch_id = article.capture_id
    JOIN url ON url.id = capture.url_id
    JOIN fetch ON fetch.id = capture.fetch_id
    LEFT JOIN warc ON warc.id = fetch.warc_id
    JOIN text ON text.hash = capture.text_hash
    LEFT JOIN document ON document.article_id = article.id
"""
#: That an article is the first of its cluster among those that meet the conditions, which stand for {0}. Canonical
#: members come first because their documents have the least numbers.
_FIRST_OF_CLUSTER = """
    NOT EXISTS (
        SELECT 1 FROM document AS first JOIN article ON article.id = first.article_id
        JOIN capture ON capture.fetch_id = article.capture_id JOIN url ON url.id = capture.url_id
        WHERE first.id IN (
            SELECT document.canonical
            UNION ALL SELECT id FROM document AS member WHERE member.canonical = document.canonical AND canonical != id)
          AND first.id < document.id AND {0})
"""


#: The articles that are split over pages, and what tells whether the text of a later page has changed.
PARTS = """
    SELECT article_id, group_concat(hex(text_hash)) AS texts FROM (
        SELECT capture.article_id, capture.fetch_id, capture.text_hash FROM url JOIN capture ON capture.url_id = url.id
        WHERE url.part_of IS NOT NULL AND capture.article_id IS NOT NULL ORDER BY 1, 2)
    GROUP BY article_id
"""


def select_articles(
    db: sqlite3.Connection, selection: Selection, *, beside: Beside | None = None, after: str | None = None
) -> Iterator[StoredArticle]:
    """Yield articles in the order of their ids, one at a time; see `corpus.reader.Corpus.select`."""
    conditions, values = _conditions(selection, beside)
    if after is not None:
        conditions, values = f"{conditions} AND article.uid > :after", values | {"after": after}
    for row in db.execute(f"{_ARTICLES} WHERE {conditions} ORDER BY article.uid", values):
        yield _article(db, row)


def count_selected(db: sqlite3.Connection, selection: Selection, *, beside: Beside | None = None) -> int:
    """Return how many articles are selected."""
    conditions, values = _conditions(selection, beside)
    return int(db.execute(f"SELECT count(*) FROM ({_ARTICLES} WHERE {conditions})", values).fetchone()[0])


def _conditions(selection: Selection, beside: Beside | None) -> tuple[str, dict[str, object]]:
    """Return a selection as SQL and its values."""
    plain, values = conditions_of(selection)
    if selection.query is not None:
        values["query"] = parse_query(selection.query).expression
        if beside is None or not beside.articles:
            plain = f"{plain} AND article.id IN ({_FOUND})"
        else:
            values |= {"beside": json.dumps(beside.articles), "said_beside": json.dumps(beside.found)}
            plain = f"{plain} AND article.id IN ({_FOUND_BESIDE})"
    if selection.conditions:
        plain = f"{plain} AND {conditions_as_sql(selection.conditions)}"
    return (plain if selection.keep is Keep.ALL else f"{plain} AND {first_of_cluster(plain, selection.keep)}"), values


#: Numbers of the articles that a query finds.
_FOUND = "SELECT article_id FROM found.doc WHERE id IN (SELECT rowid FROM found.indexed WHERE indexed MATCH :query)"
#: The same where the index does not speak for all.
_FOUND_BESIDE = f"""{_FOUND} AND article_id NOT IN (SELECT value FROM json_each(:beside))
                    UNION ALL SELECT value FROM json_each(:said_beside)"""


def conditions_of(
    selection: Selection,
    *,
    site: str = "url.site",
    language: str = "capture.language",
    published: str = "capture.published",
) -> tuple[str, dict[str, object]]:
    """Return what a selection asks of an article by itself, as SQL on some columns, and the values."""
    conditions, values = ["1"], dict[str, object]()
    for column, chosen in ((site, selection.sites), (language, selection.languages)):
        if chosen:
            names = {f"v{len(values) + number}": one for number, one in enumerate(chosen)}
            values |= names
            conditions.append(f"{column} IN ({', '.join(f':{name}' for name in names)})")
    for name, comparison, day in (("since", ">=", selection.since), ("until", "<", selection.until)):
        if day is not None:
            values[name] = day.isoformat()
            conditions.append(f"{published} {comparison} :{name}")
    return " AND ".join(conditions), values


def first_of_cluster(conditions: str, keep: Keep) -> str:
    """Return, as SQL on ``document``, that an article is the one to keep among those that meet some conditions."""
    among = conditions if keep is Keep.CANONICAL else f"{conditions} AND first.site = document.site"
    return _FIRST_OF_CLUSTER.format(among)


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


def find_articles(db: sqlite3.Connection, article_ids: Iterable[int]) -> Iterator[StoredArticle]:
    """Yield the articles with these numbers in the database, as far as there are any."""
    for article_id in article_ids:
        for row in db.execute(f"{_ARTICLES} WHERE article.id = ?", (article_id,)).fetchall():
            yield _article(db, row)


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
    members = cluster_of(db, row["document"], row["canonical"])
    numbers = version_numbers(db, row["article_id"], row["url_id"])
    appearances = _appearances(db, row["article_id"])
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
        rights=tuple(Statement.from_fields(one) for one in more.get("rights", ())),
        posts=tuple(
            Post(headline=headline, published=parse_time(published), text=text)
            for headline, published, text in more.get("posts", ())
        ),
        sources=more.get("sources", {}),
        words=count_words(text),
        fetched_at=utc(row["fetched_at"]),
        appearances=appearances,
        versions=len(numbers),
        version=numbers[row["text_key"]] + _earlier_versions(db, members, row),
        cluster=members[0]["uid"] if members else row["uid"],
        cluster_appearances=_cluster_appearances(db, members) if len(members) > 1 else appearances,
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


def cluster_of(db: sqlite3.Connection, document: int | None, canonical: int | None) -> list[sqlite3.Row]:
    """Return the documents of a cluster and the uids of their articles, the canonical one first.

    An article that has no document yet, or no place in a cluster, has none.
    """
    if document is None or canonical is None:
        return []
    return db.execute(
        """SELECT document.*, uid FROM document JOIN article ON article.id = article_id WHERE document.id = :id
           UNION ALL
           SELECT document.*, uid FROM document JOIN article ON article.id = article_id
           WHERE canonical = :id AND canonical != document.id ORDER BY 1""",
        {"id": canonical},
    ).fetchall()


def _cluster_appearances(db: sqlite3.Connection, members: list[sqlite3.Row]) -> tuple[str, ...]:
    return tuple(sorted({url for member in members for url in _appearances(db, member["article_id"])}))


def _earlier_versions(db: sqlite3.Connection, members: list[sqlite3.Row], row: sqlite3.Row) -> int:
    """Count the texts of the articles of a cluster that come before one of them on its site."""
    publisher = publisher_of(row["site"], row["page_url"])
    return sum(
        len(version_numbers(db, member["article_id"], _speaking_url(db, member["article_id"])))
        for member in members
        if member["site"] == publisher and member["id"] < row["document"]
    )


def _speaking_url(db: sqlite3.Connection, article_id: int) -> int:
    row = db.execute(
        "SELECT url_id FROM article JOIN capture ON fetch_id = capture_id WHERE article.id = ?", (article_id,)
    ).fetchone()
    return int(row[0])


def version_numbers(db: sqlite3.Connection, article_id: int, url_id: int) -> dict[bytes, int]:
    """Return the different texts that a URL has had in an article, by their keys, numbered from 1 as they came."""
    rows = db.execute(
        """SELECT text_key FROM capture JOIN fetch ON fetch.id = fetch_id
           WHERE article_id = ? AND capture.url_id = ? AND text_key NOT NULL ORDER BY fetched_at, fetch_id""",
        (article_id, url_id),
    )
    numbers: dict[bytes, int] = {}
    for row in rows:
        numbers.setdefault(row[0], len(numbers) + 1)
    return numbers


def utc(seconds: float) -> datetime:
    """Return Unix seconds as a datetime."""
    return datetime.fromtimestamp(seconds, UTC)


def record_of(row: sqlite3.Row) -> WarcRecord | None:
    """Return the place in the archive that a row with ``file``, ``warc_offset`` and ``warc_length`` names."""
    if row["file"] is None:
        return None
    return WarcRecord(file=row["file"], offset=row["warc_offset"], length=row["warc_length"])
