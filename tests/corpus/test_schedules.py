"""What the schedule remembers, and what it repairs."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus_builder import Builder, at

from corpus.errors import CorpusBusyError
from corpus.schedules import Schedules
from corpus.schema import SCHEMA_VERSION, _migrations, connect

DAY = 86_400.0


@pytest.fixture
def schedules(tmp_path: Path) -> Iterator[Schedules]:
    made = Schedules(tmp_path / "corpus.db", busy_seconds=0.1)
    yield made
    made.close()


def test_a_crawl_is_remembered_from_its_begin_to_its_end(schedules: Schedules) -> None:
    schedules.pass_turn("post", 10)
    assert schedules.histories()["post"].state == "idle"
    schedules.begin("post", 20)
    began = schedules.histories()["post"]
    assert (began.state, began.served_at, began.started_at, began.ended_at) == ("running", 20, 20, None)
    schedules.end("post", 30, state="finished", run_id=None, note=None)
    ended = schedules.histories()["post"]
    assert (ended.state, ended.started_at, ended.ended_at) == ("finished", 20, 30)
    schedules.pass_turn("post", 40)
    passed = schedules.histories()["post"]
    assert (passed.state, passed.served_at, passed.started_at) == ("finished", 40, 20)


def test_failures_in_a_row_are_counted_and_forgiven(schedules: Schedules) -> None:
    schedules.begin("post", 0)
    for state, failures in (("failed", 1), ("failed", 2), ("interrupted", 2), ("failed", 3), ("finished", 0)):
        schedules.end("post", 1, state=state, run_id=None, note=None)
        assert schedules.histories()["post"].failures == failures
    schedules.end("post", 1, state="failed", run_id=None, note="full")
    schedules.try_failed_again()
    assert (schedules.histories()["post"].state, schedules.histories()["post"].failures) == ("interrupted", 0)


def test_a_run_that_is_not_in_the_ledger_is_not_named(schedules: Schedules) -> None:
    schedules.begin("post", 0)
    schedules.end("post", 1, state="finished", run_id=77, note=None)
    assert schedules.histories()["post"].run_id is None


def test_the_runs_of_a_site_are_found_by_their_begin(tmp_path: Path) -> None:
    with Builder.begin(tmp_path) as builder:
        run = builder.store.begin_run("crawl", ["post"], at(1).timestamp(), config={}, versions={})
        schedules = Schedules(tmp_path / "corpus.db", busy_seconds=1)
        assert schedules.last_run("post", at(1).timestamp()) == (run.run_id, "running")
        assert schedules.last_run("post", at(1.1).timestamp()) is None
        assert schedules.last_run("ledger", 0) is None
        assert {one.run_id: one.sites for one in schedules.running()} == {1: ("post", "ledger"), run.run_id: ("post",)}
        schedules.close()


@pytest.mark.parametrize(("days", "mended"), [(2.9, 0), (3.1, 1)])
def test_what_lies_further_ahead_than_anything_is_put_off_is_brought_back(
    schedules: Schedules, days: float, mended: int
) -> None:
    now = 100 * DAY
    schedules.db.execute("INSERT INTO host (host, next_at) VALUES ('post.example', ?)", (now + days * DAY,))
    assert schedules.mend_clocks(now) == mended
    (at_last,) = schedules.db.execute("SELECT next_at FROM host").fetchone()
    assert at_last == (now if mended else now + days * DAY)


def test_a_database_that_is_held_is_an_error_of_ours(schedules: Schedules, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "corpus.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CorpusBusyError):
        schedules.begin("post", 0)
    other.close()
    assert schedules.histories() == {}


@pytest.mark.parametrize("version", range(1, 4))
def test_a_corpus_of_an_older_version_gets_its_schedule_and_keeps_its_urls(tmp_path: Path, version: int) -> None:
    file = tmp_path / "corpus.db"
    old = sqlite3.connect(file, isolation_level=None)
    for number, script in _migrations():
        if number <= version:
            old.executescript(script)
    old.execute(f"PRAGMA user_version = {version}")
    old.execute(
        "INSERT INTO url (url, fetch_url, site, host, kind, state, due_at, found_at, outcome, fetched_at)"
        " VALUES ('https://post.example/rss', '', 'post', 'post.example', 'feed', 'done', 0, 0, 'listed', 5)"
    )
    old.close()
    now = connect(file)
    assert now.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    assert now.execute("SELECT count(*) FROM url").fetchone()[0] == 1
    assert now.execute("SELECT count(*) FROM listing").fetchone()[0] == 0
    now.close()
