"""How often something is said over time: hits of queries by day, month or year, beside all words of the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from corpus.articles import Selection
from corpus.search.finding import Searcher, matching, meeting
from corpus.search.hits import count_hits
from corpus.search.query import Query

#: An article that a query finds, its words, and the number of its period.
_FOUND = np.dtype([("document", np.int64), ("words", np.int64), ("period", np.int32)])


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
    cursor = searcher.db.cursor()
    cursor.row_factory = None
    rows = cursor.execute(f"SELECT doc.id, doc.words, {period} FROM {where} ORDER BY indexed.rowid", values)
    numbers: dict[str, int] = {}
    found = np.fromiter(((one, words, numbers.setdefault(name, len(numbers))) for one, words, name in rows), _FOUND)
    weights = count_hits(searcher.db, query.phrases, found["document"], found["words"])
    hits = np.bincount(found["period"], weights=weights, minlength=len(numbers))
    articles = np.bincount(found["period"], minlength=len(numbers))
    return {name: Count(hits=int(hits[at]), articles=int(articles[at])) for name, at in numbers.items()}


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
