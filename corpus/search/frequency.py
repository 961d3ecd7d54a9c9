"""How often something is said over time: hits of queries by day, month or year, beside all words of the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from corpus.articles import Selection
from corpus.search.finding import Searcher, matching, meeting
from corpus.search.query import Phrase, Query

#: A place in the index as a number: document, column, word.
_COLUMN, _DOCUMENT = 1 << 32, 1 << 33
#: An article that a query finds, and the number of its period.
_FOUND = np.dtype([("document", np.int64), ("period", np.int32)])
#: Places of a word that are read at once.
_ROWS = 1 << 20


class Span(StrEnum):
    """What is counted together."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"

    @property
    def characters(self) -> int:
        """Characters of an ISO date that name it."""
        return {Span.DAY: 10, Span.MONTH: 7, Span.YEAR: 4}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What a query finds in a span of time."""

    hits: int
    #: Articles that have any.
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A span of time."""

    #: ``2026-11-22``, ``2026-11`` or ``2026``.
    name: str
    #: Words of all articles of it that meet the conditions, titles included.
    words: int
    #: How many articles that is.
    articles: int
    #: What each query finds, in their order.
    counts: tuple[Count, ...]

    def per_million(self, number: int) -> float | None:
        """Return the hits of a query in a million words, None where there are no words.

        Args:
            number: The query's number, from 0.
        """
        return round(1e6 * self.counts[number].hits / self.words, 2) if self.words else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequencies:
    """Frequencies of queries over time."""

    span: Span
    #: As they were asked.
    queries: tuple[str, ...]
    #: From the first one with an article to the last, none left out.
    periods: tuple[Period, ...]
    #: The articles without a date, which stand in no period.
    undated: Period


def count_over_time(searcher: Searcher, queries: Sequence[Query], selection: Selection, span: Span) -> Frequencies:
    """Count hits over time; see `corpus.reader.Corpus.frequency`."""
    period = f"coalesce(substr(doc.published, 1, {span.characters}), '')"
    conditions, values = meeting(selection)
    rows = searcher.db.execute(
        f"SELECT {period}, sum(words), count(*) FROM doc WHERE {conditions} GROUP BY 1", values
    ).fetchall()
    totals = {row[0]: (row[1], row[2]) for row in rows}
    counts = [_counts(searcher, query, selection, period) for query in queries]

    def told(name: str) -> Period:
        words, articles = totals.get(name, (0, 0))
        return Period(
            name=name,
            words=words,
            articles=articles,
            counts=tuple(found.get(name, Count(hits=0, articles=0)) for found in counts),
        )

    dated = sorted(name for name in totals if name)
    periods = tuple(told(name) for name in _all_between(dated[0], dated[-1], span)) if dated else ()
    return Frequencies(span=span, queries=tuple(query.text for query in queries), periods=periods, undated=told(""))


def _counts(searcher: Searcher, query: Query, selection: Selection, period: str) -> dict[str, Count]:
    where, values = matching(query, selection)
    rows = searcher.db.execute(f"SELECT doc.id, {period} FROM {where} ORDER BY doc.id", values)
    numbers: dict[str, int] = {}
    found = np.fromiter(((row[0], numbers.setdefault(row[1], len(numbers))) for row in rows), _FOUND)
    hits = np.bincount(found["period"], weights=_hits(searcher, query, found["document"]), minlength=len(numbers))
    articles = np.bincount(found["period"], minlength=len(numbers))
    return {name: Count(hits=int(hits[at]), articles=int(articles[at])) for name, at in numbers.items()}


def _hits(searcher: Searcher, query: Query, documents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many hits each of some documents has; a word that two phrases begin with counts once."""
    if not len(documents):
        return np.zeros(0, np.int64)
    searcher.db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.instance USING fts5vocab (main, indexed, instance)")
    if len(query.phrases) == 1 and len(query.phrases[0].tokens) == 1:
        return _hits_of_word(searcher, query.phrases[0], documents)
    places = [_places(searcher, phrase) for phrase in query.phrases]
    all_places = places[0] if len(places) == 1 else np.unique(np.concatenate(places))
    of = all_places // _DOCUMENT
    return np.asarray(np.searchsorted(of, documents, "right") - np.searchsorted(of, documents, "left"), np.int64)


def _hits_of_word(searcher: Searcher, word: Phrase, documents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many hits each document has, in memory that grows with the documents and not with the hits."""
    condition, values = _terms(word.tokens[0], open_ended=word.open_ended)
    rows = searcher.db.execute(f"SELECT doc FROM temp.instance WHERE {condition}", values)
    hits = np.zeros(len(documents), np.int64)
    while len(of := np.fromiter((row[0] for row in islice(rows, _ROWS)), np.int64)):
        places = np.minimum(np.searchsorted(documents, of), len(documents) - 1)
        hits += np.bincount(places[documents[places] == of], minlength=len(documents))
    return hits


def _places(searcher: Searcher, phrase: Phrase) -> NDArray[np.int64]:
    """Return every place where a phrase begins, in order."""
    found: NDArray[np.int64] | None = None
    last = len(phrase.tokens) - 1
    for number, token in enumerate(phrase.tokens):
        places = _places_of(searcher, token, open_ended=phrase.open_ended and number == last) - number
        found = places if found is None else np.intersect1d(found, places, assume_unique=True)
    assert found is not None
    return found


def _places_of(searcher: Searcher, token: str, *, open_ended: bool) -> NDArray[np.int64]:
    key = f"doc * {_DOCUMENT} + (col = 'text') * {_COLUMN} + offset"
    condition, values = _terms(token, open_ended=open_ended)
    rows = searcher.db.execute(f"SELECT {key} FROM temp.instance WHERE {condition}", values)
    places = np.fromiter((row[0] for row in rows), np.int64)
    # Those of one word come in order; of several words, each by itself.
    return np.unique(places) if open_ended else places


def _terms(token: str, *, open_ended: bool) -> tuple[str, tuple[str, ...]]:
    """Return the condition that a word is a token, or begins with it, and its values."""
    return ("term >= ? AND term < ?", (token, f"{token}\U0010ffff")) if open_ended else ("term = ?", (token,))


def _all_between(first: str, last: str, span: Span) -> list[str]:
    """Return the names of all periods between two, both included.

    >>> _all_between("2025-11", "2026-02", Span.MONTH)
    ['2025-11', '2025-12', '2026-01', '2026-02']
    """
    day = date.fromisoformat(f"{first}-01-01"[:10])
    end = date.fromisoformat(f"{last}-12-31"[:10] if span is Span.YEAR else f"{last}-28"[:10])
    names = dict.fromkeys([first])
    while day <= end:
        names[day.isoformat()[: span.characters]] = None
        day += timedelta(days=1)
    return list(names)
