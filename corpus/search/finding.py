"""Finds the articles that a query is about, the best first or the newest."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from corpus.articles import Selection, conditions_of, first_of_cluster, whole_text
from corpus.folder import CorpusFolder
from corpus.leases import parse_time
from corpus.likeness import Keep
from corpus.search.index import bring_up_to_date, index_error, index_file, open_index
from corpus.search.query import Phrase, Query
from corpus.search.tokens import Unit, units

#: How much more a word in the title says than one in the text.
_TITLE_WEIGHT = 5.0
#: Where more articles are found than this, those that were stored last are ranked: what so many say tells little, and
#: BM25 has to look at each (20 ms for 20,000).
_MOST_RANKED = 20_000
#: Where more than this share of all articles is found, it is quicker to go through all of them by date than to sort.
_MANY = 0.05
#: Words of an extract before the first hit, and behind it.
_BEFORE, _BEHIND = 8, 22


class Order(StrEnum):
    """Which articles come first."""

    #: Those that say it most, for their length (Okapi BM25); the title counts five times. Where more than 20,000 say
    #: it, the best of those that were stored last.
    RELEVANCE = "relevance"
    #: The newest; those without a date last.
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An article that a query finds."""

    id: str
    url: str
    site: str
    title: str | None
    language: str
    published: date | datetime | None
    #: Words of title and text, as the index counts them.
    words: int
    #: BM25: the higher, the better; of other queries it says nothing. 0 where articles come by date.
    score: float
    #: A part of the text around the first hit, or its beginning where only the title has one.
    extract: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a query finds."""

    #: Articles in all.
    articles: int
    #: The first of them.
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Searcher:
    """An index that is open, and up to date as of when it was opened."""

    db: sqlite3.Connection

    def count(self, query: Query, selection: Selection) -> int:
        """Return how many articles a query finds."""
        where, values = matching(query, selection)
        return int(self.db.execute(f"SELECT count(*) FROM {where}", values).fetchone()[0])

    def search(self, query: Query, selection: Selection, *, order: Order, most: int) -> Found:
        """Return the first articles that a query finds, and how many there are."""
        articles = self.count(query, selection)
        where, values = matching(query, selection)
        if order is Order.DATE:
            where, by = self._by_date(where, articles), _NEWEST_FIRST
        else:
            by = "score, doc.uid"
            if articles > _MOST_RANKED:
                values |= {"ranked": _MOST_RANKED}
                last = f"SELECT doc.id FROM {where} ORDER BY indexed.rowid DESC LIMIT :ranked"
                where = f"{where} AND indexed.rowid >= (SELECT min(id) FROM ({last}))"
        score = f"bm25(indexed, {_TITLE_WEIGHT}, 1.0)" if order is Order.RELEVANCE else "0.0"
        rows = self.db.execute(
            f"SELECT doc.article_id, doc.words, {score} AS score FROM {where} ORDER BY {by} LIMIT :most",
            values | {"most": most},
        ).fetchall()
        matches = [self._match(query, row) for row in rows]
        return Found(articles=articles, matches=tuple(one for one in matches if one is not None))

    def _match(self, query: Query, row: sqlite3.Row) -> Match | None:
        said = read_said(self.db, row["article_id"])
        if said is None:
            return None
        return Match(
            id=said.id,
            url=said.url,
            site=said.site,
            title=said.title,
            language=said.language,
            published=said.published,
            words=row["words"],
            score=round(-row["score"], 4),
            extract=_extract(said.text, query.phrases),
        )

    def articles(self, query: Query, selection: Selection) -> Iterator[int]:
        """Yield the numbers of all articles that a query finds, the newest first."""
        where, values = matching(query, selection)
        where = self._by_date(where, self.count(query, selection))
        for row in self.db.execute(f"SELECT doc.article_id FROM {where} ORDER BY {_NEWEST_FIRST}", values):
            yield row[0]

    def _by_date(self, where: str, articles: int) -> str:
        """Return what follows FROM so that the newest of so many articles are had soon."""
        total = self.db.execute("SELECT count(*) FROM doc").fetchone()[0]
        if articles <= _MANY * total:
            return where
        by_day = "doc INDEXED BY doc_by_day CROSS JOIN indexed ON indexed.rowid = doc.id"
        return where.replace(_JOIN, by_day, 1)


#: Without a date is last: nothing is less than anything for SQLite.
_NEWEST_FIRST = "doc.published DESC, doc.uid"


@contextmanager
def searching(
    folder: CorpusFolder,
    *,
    refresh: bool = True,
    found: Callable[[int], object] = lambda _: None,
    shown: Callable[[int], object] = lambda _: None,
) -> Iterator[Searcher]:
    """Open the index of a corpus, brought up to date first.

    Args:
        folder: The corpus folder.
        refresh: Bring the index up to date; otherwise it is taken as it is, or made where there is none.
        found: Told how many articles have to be indexed, if any.
        shown: Told after each batch how many were.

    Raises:
        CorpusBusyError: Another process writes the index for too long.
        StoreError: The index cannot be written or read.
    """
    if refresh or not index_file(folder).exists():
        bring_up_to_date(folder, found=found, shown=shown)
    with open_index(folder) as db:
        try:
            # Of one moment: an article that is counted is one that is shown.
            db.execute("BEGIN")
            yield Searcher(db)
        except sqlite3.Error as error:
            raise index_error(error, folder, db) from error


def matching(query: Query, selection: Selection) -> tuple[str, dict[str, object]]:
    """Return what follows FROM to name the documents that a query finds, and that meet a selection's conditions."""
    conditions, values = meeting(selection, among=f"article.id IN ({_ARTICLES})")
    where = f"{_JOIN} WHERE indexed MATCH :query AND {conditions}"
    return where, values | {"query": query.expression}


def meeting(selection: Selection, *, among: str = "1") -> tuple[str, dict[str, object]]:
    """Return a selection's conditions as SQL on ``doc``, and their values.

    Args:
        selection: The conditions; its query is not minded.
        among: What else, as SQL on ``article``, those of a cluster have to meet of which one is kept.
    """
    conditions, values = conditions_of(selection, site="doc.site", language="doc.language", published="doc.published")
    if selection.keep is not Keep.ALL:
        plain = f"{conditions_of(selection)[0]} AND {among}"
        conditions = f"{conditions} AND {_KEPT.format(first_of_cluster(plain, selection.keep))}"
    return conditions, values


_JOIN = "indexed JOIN doc ON doc.id = indexed.rowid"
_ARTICLES = f"SELECT doc.article_id FROM {_JOIN} WHERE indexed MATCH :query"
_KEPT = "NOT EXISTS (SELECT 1 FROM corpus.document WHERE document.article_id = doc.article_id AND NOT ({0}))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an article says, and when."""

    id: str
    url: str
    site: str
    title: str | None
    text: str
    language: str
    published: date | datetime | None


def read_said(db: sqlite3.Connection, article_id: int) -> Said | None:
    """Return an article by its number, None if it is gone since it was indexed."""
    row = db.execute(
        """SELECT article.id AS article_id, article.uid, capture.fetch_id, capture.part_number, capture.title,
                  capture.language, capture.published, url.url, url.site, text.body
           FROM corpus.article JOIN corpus.capture ON capture.fetch_id = article.capture_id
           JOIN corpus.url ON url.id = capture.url_id JOIN corpus.text ON text.hash = capture.text_hash
           WHERE article.id = ?""",
        (article_id,),
    ).fetchone()
    if row is None:
        return None
    return Said(
        id=row["uid"],
        url=row["url"],
        site=row["site"],
        title=row["title"],
        text=whole_text(db, row),
        language=row["language"],
        published=parse_time(row["published"]),
    )


def _extract(text: str, phrases: Sequence[Phrase]) -> str:
    said = units(text)
    first = min((place for phrase in phrases for place in phrase.places(said)), default=0)
    return _between(text, said, max(0, first - _BEFORE), min(len(said), first + _BEHIND))


def _between(text: str, said: Sequence[Unit], begin: int, end: int) -> str:
    if not said:
        return ""
    head = "…" if begin else ""
    tail = "…" if end < len(said) else ""
    return f"{head}{' '.join(text[said[begin].start : said[end - 1].end].split())}{tail}"
