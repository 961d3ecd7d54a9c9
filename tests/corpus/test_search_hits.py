"""Hits that are found by weight are those that stand in the texts, and those that are counted place by place."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus.search import hits
from corpus.search.hits import INSTANCES, count_hits, placed_hits, weighed_hits
from corpus.search.query import Phrase, Query, parse_query
from corpus.search.tokens import spelled_out, units

WORDS = ["a", "ab", "abc", "b", "bc", "é", "東京", "京都東", "東", "กข", "a-b", "iPhone", "٣"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
ARTICLES = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=12)
PIECES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
PHRASES = st.builds(lambda piece, star: f'"{piece}"{star}', PIECES, st.sampled_from(["", "*"]))
QUERIES = st.lists(PHRASES, min_size=1, max_size=4).map(" OR ".join)


def index_of(articles: Sequence[tuple[str, str]], gone: Sequence[int] = ()) -> sqlite3.Connection:
    """Return an index of titles and texts, in which some are out of date."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE indexed USING fts5 (title, text, content = '', tokenize = 'ascii')")
    db.execute("CREATE TABLE doc (id INTEGER PRIMARY KEY, words INTEGER NOT NULL)")
    for number, (title, text) in enumerate(articles):
        (title, title_words), (text, text_words) = spelled_out(title), spelled_out(text)
        db.execute("INSERT INTO indexed (rowid, title, text) VALUES (?, ?, ?)", (number, title, text))
        if number not in gone:
            db.execute("INSERT INTO doc VALUES (?, ?)", (number, title_words + text_words))
    db.execute(INSTANCES)
    return db


def documents_of(db: sqlite3.Connection) -> tuple[NDArray[np.int64], ...]:
    rows = db.execute("SELECT id, words FROM doc ORDER BY id").fetchall()
    return tuple(np.array(column, np.int64) for column in zip(*rows, strict=True)) if rows else (np.zeros(0, int),) * 2


def hits_in(articles: Sequence[tuple[str, str]], query: Query, number: int) -> int:
    """Return in how many places of an article any phrase begins, by what lines in context are made of."""
    return sum(
        len({place for phrase in query.phrases for place in phrase.places(units(said))}) for said in articles[number]
    )


@settings(max_examples=150, deadline=None)
@given(ARTICLES, QUERIES, st.sets(st.integers(0, 11), max_size=4), st.sampled_from([0, 1, 3]))
def test_hits_by_weight_are_those_of_the_texts_and_of_the_places(
    articles: list[tuple[str, str]], asked: str, gone: set[int], few: int
) -> None:
    query = parse_query(asked)
    with closing(index_of(articles, sorted(gone))) as db, pytest.MonkeyPatch.context() as patch:
        patch.setattr(hits, "_FEW", few)
        documents, words = documents_of(db)
        counted = count_hits(db, query.phrases, documents, words)
        assert counted.tolist() == [hits_in(articles, query, int(number)) for number in documents]
        if len(documents):
            assert counted.tolist() == placed_hits(db, query.phrases, documents).tolist()


@pytest.mark.parametrize(("times", "by_place"), [(5, True), (6, False)])
def test_a_word_is_counted_by_its_places_where_it_has_few(
    monkeypatch: pytest.MonkeyPatch, times: int, by_place: bool
) -> None:
    asked: list[Phrase] = []
    real = hits._hits_of_word

    def watched(db: sqlite3.Connection, word: Phrase, documents: NDArray[np.int64]) -> NDArray[np.int64]:
        asked.append(word)
        return real(db, word, documents)

    monkeypatch.setattr(hits, "_hits_of_word", watched)
    with closing(index_of([("", "ferry " * times + "boat " * number) for number in range(9)])) as db:
        documents, words = documents_of(db)
        assert count_hits(db, parse_query("ferry").phrases, documents, words).tolist() == [times] * 9
    assert bool(asked) == by_place


@settings(max_examples=60, deadline=None)
@given(ARTICLES, PHRASES)
def test_weighing_never_gives_up(articles: list[tuple[str, str]], asked: str) -> None:
    with closing(index_of(articles)) as db:
        documents, words = documents_of(db)
        mean = hits._mean_words(db)
        assume(mean is not None)
        assert mean == pytest.approx(words.mean())
        assert weighed_hits(db, parse_query(asked).phrases[0], documents, words, mean or 0) is not None


@pytest.mark.parametrize("times", [1, 2, 1000, 60_000])
def test_however_often_it_is_said(times: int) -> None:
    articles = [("", "boat " * 7), ("ferry", "ferry " * times + "boat " * (70_000 - times)), ("", "ferry")]
    with closing(index_of(articles)) as db:
        documents, words = documents_of(db)
        mean = hits._mean_words(db)
        assert mean is not None
        told = weighed_hits(db, parse_query("ferry").phrases[0], documents, words, mean)
        assert told is not None
        assert told.tolist() == [0, times + 1, 1]


@pytest.mark.parametrize("constant", ["_K1", "_B"])
def test_where_sqlite_weighs_otherwise_places_are_counted(monkeypatch: pytest.MonkeyPatch, constant: str) -> None:
    articles = [("ferry", "boat " * number + "ferry " * (number % 3 + 1)) for number in range(20)]
    with closing(index_of(articles)) as db:
        documents, words = documents_of(db)
        monkeypatch.setattr(hits, constant, getattr(hits, constant) * 1.05)
        mean = hits._mean_words(db)
        query = parse_query("ferry")
        assert mean is None or weighed_hits(db, query.phrases[0], documents, words, mean) is None
        assert count_hits(db, query.phrases, documents, words).tolist() == [number % 3 + 2 for number in range(20)]


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ('ferry OR "ferry harbour"', ["ferry"]),
        ('"ferry harbour" OR ferry', ["ferry"]),
        ('ferr* OR ferry OR "ferries sail" OR ferri*', ["ferr*"]),
        ("ferry OR ferr OR ferr*", ["ferr*"]),
        ("ferry OR ferry*", ["ferry*"]),
        ('"slow ferry" OR "slow boat" OR ferry', ['"slow ferry"', '"slow boat"', "ferry"]),
        ('"slow ferr*" OR slow', ["slow"]),
    ],
)
def test_what_a_word_covers_is_left_out(asked: str, left: list[str]) -> None:
    assert hits._uncovered(parse_query(asked).phrases) == [parse_query(one).phrases[0] for one in left]


def test_an_index_without_articles_has_no_hits() -> None:
    with closing(index_of([])) as db:
        assert count_hits(db, parse_query("ferry").phrases, np.zeros(0, np.int64), np.zeros(0, np.int64)).tolist() == []
