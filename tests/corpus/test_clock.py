"""A clock is doubted by what the corpus has seen."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from corpus.clock import doubt_clock

DAY = 86_400.0
NOW = 1_800_000_000.0


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as made:
        made.execute("CREATE TABLE run (id INTEGER PRIMARY KEY, started_at REAL)")
        yield made


def ran(db: sqlite3.Connection, *days_ago: float) -> None:
    db.executemany("INSERT INTO run (started_at) VALUES (?)", [(NOW - days * DAY,) for days in days_ago])


@pytest.mark.parametrize(
    ("kept_days", "pause", "doubted"),
    [(365, 30, False), (365, 30.1, True), (7, 7, False), (7, 7.1, True), (0.5, 2, False), (0.5, 2.1, True)],
)
def test_a_pause_is_doubted_from_thirty_days_on_or_from_what_is_kept(
    db: sqlite3.Connection, kept_days: float, pause: float, doubted: bool
) -> None:
    ran(db, pause, pause + 1, pause + 2)
    doubt = doubt_clock(db, NOW, kept_days)
    assert (doubt is not None and doubt.ahead) == doubted


def test_a_clock_that_has_crawled_since_it_jumped_is_doubted_all_the_same(db: sqlite3.Connection) -> None:
    ran(db, 2001, 2000, 29, 28, 1)
    doubt = doubt_clock(db, NOW, 365)
    assert doubt is not None
    assert "1,971 days, where 1 were the most" in doubt.message


def test_what_was_seen_for_as_long_as_a_pause_is_doubted_is_believed(db: sqlite3.Connection) -> None:
    ran(db, 2001, 2000, 31, 20, 10)
    assert doubt_clock(db, NOW, 365) is None


@pytest.mark.parametrize(("pause", "doubted"), [(180, False), (182, True)])
def test_a_corpus_that_is_crawled_once_in_a_quarter_is_doubted_after_twice_that(
    db: sqlite3.Connection, pause: float, doubted: bool
) -> None:
    ran(db, pause, pause + 90.5, pause + 180)
    assert (doubt_clock(db, NOW, 365) is not None) == doubted


@pytest.mark.parametrize(("ahead", "doubted"), [(1, False), (1.1, True)])
def test_a_run_of_tomorrow_tells_that_the_clock_is_behind(db: sqlite3.Connection, ahead: float, doubted: bool) -> None:
    ran(db, 3, 2, 1, -ahead)
    doubt = doubt_clock(db, NOW, 30)
    assert (doubt is not None and not doubt.ahead) == doubted


@pytest.mark.parametrize("now", [NOW, 0.0, 1e18, -1e18])
def test_a_corpus_without_runs_doubts_no_clock(db: sqlite3.Connection, now: float) -> None:
    assert doubt_clock(db, now, 30) is None


def test_the_most_absurd_clock_is_named(db: sqlite3.Connection) -> None:
    ran(db, 1)
    doubt = doubt_clock(db, 1e18, 30)
    assert doubt is not None
    assert "s after 1970" in doubt.message
