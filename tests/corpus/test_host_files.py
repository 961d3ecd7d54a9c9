"""What is known of a host's file outlives answers that say nothing of it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from corpus.host_files import HostFile, HostFiles
from corpus.schema import connect

ORIGIN, PATH = "https://post.example", "/ai.txt"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / "corpus.db")) as connection:
        yield connection


def answer(at: float, status: int | None, body: bytes) -> HostFile:
    return HostFile(origin=ORIGIN, path=PATH, fetched_at=at, status=status, body=body)


def test_a_file_that_was_never_asked_for_is_not_known(db: sqlite3.Connection) -> None:
    assert HostFiles(db).find(ORIGIN, PATH) is None


@pytest.mark.parametrize("status", [None, 429, 500, 503])
def test_an_answer_that_says_nothing_of_the_file_leaves_it(db: sqlite3.Connection, status: int | None) -> None:
    files = HostFiles(db)
    files.store(answer(1, 200, b"rules"))
    files.store(answer(2, status, b"later"))
    assert files.find(ORIGIN, PATH) == answer(2, 200, b"rules")


@pytest.mark.parametrize("status", [200, 204, 301, 404, 410, 499])
def test_any_other_answer_replaces_it(db: sqlite3.Connection, status: int) -> None:
    files = HostFiles(db)
    files.store(answer(1, 200, b"rules"))
    files.store(answer(2, status, b"new"))
    assert files.find(ORIGIN, PATH) == answer(2, status, b"new")


@pytest.mark.parametrize(("status", "there"), [(None, False), (199, False), (200, True), (299, True), (300, False)])
def test_a_file_is_there_if_the_answer_says_so(status: int | None, there: bool) -> None:
    assert answer(1, status, b"").there is there
