"""Lines in context: each hit of a query with what stands before and behind it, as a concordance shows it."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from corpus.articles import Selection
from corpus.search.finding import Said, Searcher, read_said
from corpus.search.query import Phrase, Query
from corpus.search.tokens import Unit, units

#: Words on either side that lines are sorted by; those that agree in so many are of one kind.
_SORTED_BY = 8


class Sort(StrEnum):
    """The order of lines."""

    #: The newest article first, those without a date last; in an article as they stand.
    DATE = "date"
    #: By the words before the hit, the nearest first.
    LEFT = "left"
    #: By the hit and the words behind it.
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """How much of a text stands on either side of a hit.

    Raises:
        ValueError: when ``size`` is negative.
    """

    #: Words or characters, at least 0.
    size: int = 10
    #: Count characters, not words.
    characters: bool = False

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ValueError(f"size must not be negative: {self.size}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A hit and what stands around it, white space drawn together."""

    #: The article's stable name.
    id: str
    site: str
    language: str
    published: date | datetime | None
    #: ``title`` or ``text``.
    place: str
    #: Number of the hit's first character in the title or text, from 0.
    offset: int
    left: str
    keyword: str
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Concordance:
    """The lines of a query."""

    #: Articles that the query finds.
    articles: int
    #: Hits in all; None where not all articles were read, because the lines that were asked for came first.
    hits: int | None
    lines: tuple[Line, ...]


def concordance(
    searcher: Searcher, query: Query, selection: Selection, *, context: Context, sort: Sort, most: int | None
) -> Concordance:
    """Return the lines of a query; see `corpus.reader.Corpus.kwic`."""
    articles = searcher.count(query, selection)
    found = _lines(searcher, query, selection, context, with_keys=sort is not Sort.DATE)
    hits: int | None = 0
    lines: list[Line] = []
    if sort is Sort.DATE:
        for _, line in found:
            if most is not None and len(lines) == most:
                hits = None  # there are more
                break
            lines.append(line)
        hits = None if hits is None else len(lines)
    else:
        counted = _Counted()
        side = 0 if sort is Sort.LEFT else 1
        keyed = counted.passing((keys[side], number, line) for number, (keys, line) in enumerate(found))
        best = sorted(keyed) if most is None else heapq.nsmallest(most, keyed)
        lines = [line for _, _, line in best]
        hits = counted.number
    return Concordance(articles=articles, hits=hits, lines=tuple(lines))


_Key = tuple[str, ...]
_Keyed = tuple[_Key, int, Line]


class _Counted:
    """Counts what passes."""

    number = 0

    def passing(self, lines: Iterator[_Keyed]) -> Iterator[_Keyed]:
        for line in lines:
            self.number += 1
            yield line


def _lines(
    searcher: Searcher, query: Query, selection: Selection, context: Context, *, with_keys: bool
) -> Iterator[tuple[tuple[_Key, _Key], Line]]:
    """Yield every line, the newest article first, with what it is sorted by on the left and on the right."""
    for article_id in searcher.articles(query, selection):
        said = read_said(searcher.db, article_id)
        if said is None:
            continue
        for place, text in (("title", said.title or ""), ("text", said.text)):
            words = units(text)
            for begin, width in hits_in(words, query.phrases):
                line = _line(said, place, text, words, begin, width, context)
                yield (_keys(words, begin, width) if with_keys else ((), ())), line


def hits_in(words: list[Unit], phrases: tuple[Phrase, ...]) -> list[tuple[int, int]]:
    """Return where any of some phrases begins in the words of a text, and how many it covers: the longest."""
    found: dict[int, int] = {}
    for phrase in phrases:
        for place in phrase.places(words):
            found[place] = max(found.get(place, 0), phrase.width)
    return sorted(found.items())


def _line(said: Said, place: str, text: str, words: list[Unit], begin: int, width: int, context: Context) -> Line:
    start, end = words[begin].start, words[begin + width - 1].end
    if context.characters:
        first, last = max(0, start - context.size), end + context.size
    else:
        first = words[max(0, begin - context.size)].start
        last = words[min(len(words), begin + width + context.size) - 1].end
    return Line(
        id=said.id,
        site=said.site,
        language=said.language,
        published=said.published,
        place=place,
        offset=start,
        left=" ".join(text[first:start].split()),
        keyword=" ".join(text[start:end].split()),
        right=" ".join(text[end:last].split()),
    )


def _keys(words: list[Unit], begin: int, width: int) -> tuple[_Key, _Key]:
    hit = tuple(unit.own for unit in words[begin : begin + width])
    before = tuple(unit.own for unit in reversed(words[max(0, begin - _SORTED_BY) : begin]))
    behind = tuple(unit.own for unit in words[begin + width : begin + width + _SORTED_BY])
    return (*before, "", *hit, *behind), (*hit, *behind)
