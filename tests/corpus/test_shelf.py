"""The shelf: volumes in the database, for every process the same, and few of them."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus import shelf as shelves
from corpus.errors import StoreError
from corpus.schema import connect
from corpus.shelf import MOST_ALIKE, Shelf
from corpus.signatures import BANDS
from corpus.volumes import RECORD, Keys

Entries = list[tuple[int, int]]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path / "corpus.db")
    yield connection
    connection.close()


def keys_of(number: int) -> Keys:
    """Return a document's keys: one that all have, and some of its own."""
    return np.array([9, *range(1000 * number + 10, 1000 * number + 9 + BANDS)], np.uint32)


def put(shelf: Shelf, *numbers: int) -> None:
    records = np.zeros(len(numbers), RECORD)
    records["document"] = numbers
    shelf.refresh()
    shelf.add(records, np.array([keys_of(number) for number in numbers]))
    shelf.bind()


def documents(shelf: Shelf) -> list[int]:
    """Return the documents on the shelf, having looked each up under all of its keys."""
    shelf.refresh()
    common = [volume.records["document"][volume.find(keys_of(0)[:1])[1]].tolist() for volume in shelf]
    found = sorted(number for numbers in common for number in numbers)
    for number in found:
        entries = [volume.records["document"][volume.find(keys_of(number)[1:])[1]] for volume in shelf]
        assert np.concatenate(entries).tolist() == [number] * (BANDS - 1)
    return found


def test_documents_that_come_one_by_one_stand_in_few_volumes(db: sqlite3.Connection) -> None:
    shelf = Shelf(db)
    for number in range(150):
        put(shelf, number)
    assert documents(shelf) == list(range(150))
    assert len(shelf) < 3 * MOST_ALIKE
    assert db.execute("SELECT count(*) FROM volume").fetchone()[0] == len(shelf)
    held = "SELECT count(*) FROM volume_row WHERE id / 65536 NOT IN (SELECT id FROM volume)"
    assert db.execute(held).fetchone()[0] == 0


@pytest.mark.parametrize(("each", "volumes"), [(10, 8), (11, 16)])
def test_volumes_of_more_than_half_of_what_fits_are_full(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, each: int, volumes: int
) -> None:
    monkeypatch.setattr(shelves, "MOST_DOCUMENTS", 21)
    shelf = Shelf(db)
    for number in range(16):
        put(shelf, *range(each * number, each * (number + 1)))
    assert documents(shelf) == list(range(16 * each))
    assert (len(shelf) < 16) is (each == 10)
    assert max(map(len, shelf)) <= 21


def test_another_process_sees_what_was_entered_and_erased(db: sqlite3.Connection, tmp_path: Path) -> None:
    one, other = Shelf(db), Shelf(connect(tmp_path / "corpus.db"))
    for number in range(1, 20):
        put(one if number % 2 else other, number)
        assert documents(one) == documents(other) == list(range(1, number + 1))
    one.erase(4, np.unique(keys_of(4)))
    other.refresh()
    other.erase(19, np.unique(keys_of(19)))
    assert documents(one) == documents(other) == [number for number in range(1, 19) if number != 4]
    other._db.close()


def test_what_a_transaction_did_that_failed_is_forgotten(db: sqlite3.Connection) -> None:
    shelf = Shelf(db)
    put(shelf, *range(10))
    for number in range(10, 10 + MOST_ALIKE):
        db.execute("BEGIN")
        put(shelf, number)
        shelf.erase(3, np.unique(keys_of(3)))
        db.execute("ROLLBACK")
        assert documents(shelf) == list(range(10))
    # A volume of the same number as one that was rolled back, but with another document.
    put(shelf, 99)
    assert documents(shelf) == [*range(10), 99]


def test_a_document_whose_rows_could_not_be_blanked_is_still_there(db: sqlite3.Connection) -> None:
    shelf = Shelf(db)
    put(shelf, *range(10))
    db.execute("CREATE TRIGGER full BEFORE UPDATE ON volume_row BEGIN SELECT raise(FAIL, 'the disk is full'); END")
    db.execute("BEGIN")
    with pytest.raises(sqlite3.Error, match="full"):
        shelf.erase(3, np.unique(keys_of(3)))
    db.execute("ROLLBACK")
    assert documents(shelf) == list(range(10))


@pytest.mark.parametrize(("erased", "left"), [(4, 10), (5, 5)])
def test_a_volume_of_which_half_is_erased_is_written_anew(db: sqlite3.Connection, erased: int, left: int) -> None:
    shelf = Shelf(db)
    put(shelf, *range(10))
    for number in range(erased):
        shelf.erase(number, np.unique(keys_of(number)))
    assert documents(shelf) == list(range(erased, 10))
    assert [len(volume) for volume in shelf] == [left]


def test_nothing_is_left_of_the_last_document(db: sqlite3.Connection) -> None:
    shelf = Shelf(db)
    put(shelf, 7)
    shelf.erase(7, np.unique(keys_of(7)))
    assert len(shelf) == 0
    assert db.execute("SELECT (SELECT count(*) FROM volume), (SELECT count(*) FROM volume_row)").fetchone()[:] == (0, 0)


def test_erasing_what_is_not_there_changes_nothing(db: sqlite3.Connection) -> None:
    shelf = Shelf(db)
    put(shelf, 1, 2)
    before = db.total_changes
    shelf.erase(3, np.unique(keys_of(3)))
    assert db.total_changes == before


def test_a_damaged_volume_says_what_to_do(db: sqlite3.Connection) -> None:
    put(Shelf(db), 1, 2)
    db.execute("DELETE FROM volume_row WHERE id % 65536 = 0")
    with pytest.raises(StoreError, match="dedup --rebuild"):
        Shelf(db).refresh()
