"""Postings: which documents are compared, by the rule as it is written down."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import postings as module
from corpus.postings import Document, Postings, least_agreement
from corpus.schema import connect
from corpus.signatures import BANDS, PERMUTATIONS, SIGNATURE_BYTES, band_keys

SETTINGS = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path / "corpus.db")
    yield connection
    connection.close()


def document(number: int, keys: Sequence[int], tail: int = 0) -> Document:
    """Return a document with some keys; those of one ``tail`` agree in all other places."""
    head = np.resize(np.array([*keys], "<u4") + 100, BANDS) + np.arange(BANDS, dtype="<u4") // len(keys) * 1000
    rest = np.random.default_rng(tail).integers(0, 256, PERMUTATIONS - BANDS, dtype=np.uint8)
    signature = head.astype("<u4").tobytes() + rest.tobytes()
    assert len(signature) == SIGNATURE_BYTES
    return Document(number, 300, signature)


def store(db: sqlite3.Connection, documents: Sequence[Document]) -> None:
    rows = [(one.id, one.id, one.size, one.signature) for one in documents]
    db.executemany("INSERT INTO document VALUES (?, ?, x'', '', NULL, ?, ?, NULL)", rows)


def firsts(documents: Sequence[Document], first: int) -> dict[int, list[int]]:
    """Return the first documents under each key."""
    under: dict[int, list[int]] = {}
    for one in sorted(documents, key=lambda one: one.id):
        for key in set(band_keys([one.signature])[0].tolist()):
            under.setdefault(key, []).append(one.id)
    return {key: numbers[:first] for key, numbers in under.items()}


def compared(documents: Sequence[Document], first: int) -> set[tuple[int, int]]:
    """Return the pairs x < y that stand under a key of which x is one of the first."""
    leads = firsts(documents, first)
    return {
        (low, one.id)
        for one in documents
        for key in set(band_keys([one.signature])[0].tolist())
        for low in leads[key]
        if low < one.id
    }


DOCUMENTS = st.lists(
    st.builds(document, st.integers(0, 2**40), st.lists(st.integers(0, 6), min_size=1, max_size=4)),
    min_size=1,
    max_size=14,
    unique_by=lambda one: one.id,
)


@pytest.mark.parametrize(
    ("counts", "parts"),
    [
        ([], []),
        ([9], [(0, 1)]),
        ([2, 2], [(0, 2)]),
        ([2, 3], [(0, 1), (1, 2)]),
        ([9, 0, 4, 1, 1], [(0, 1), (1, 3), (3, 5)]),
    ],
)
def test_pairs_are_listed_in_parts(
    monkeypatch: pytest.MonkeyPatch, counts: list[int], parts: list[tuple[int, int]]
) -> None:
    monkeypatch.setattr(module, "_MOST_LISTED", 4)
    assert [(part.start, part.stop) for part in module._parts_of(np.array(counts, np.int64))] == parts


@given(documents=DOCUMENTS, batch=st.integers(1, 6), first=st.sampled_from([1, 2, 3, 64]))
@SETTINGS
def test_what_meets_and_what_is_displaced_is_what_the_rule_names_part_by_part(
    db: sqlite3.Connection, documents: list[Document], batch: int, first: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_MOST_LISTED", 3)
        check_meetings(db, documents, batch, first)


@given(documents=DOCUMENTS, batch=st.integers(1, 6), first=st.sampled_from([1, 2, 3, 64]))
@SETTINGS
def test_what_meets_and_what_is_displaced_is_what_the_rule_names(
    db: sqlite3.Connection, documents: list[Document], batch: int, first: int
) -> None:
    check_meetings(db, documents, batch, first)


def check_meetings(db: sqlite3.Connection, documents: list[Document], batch: int, first: int) -> None:
    for table in ("document", "volume", "volume_row"):
        db.execute(f"DELETE FROM {table}")
    index = Postings(db)
    for start in range(0, len(documents), batch):
        came, before = documents[start : start + batch], documents[:start]
        store(db, came)
        meetings = index.add(came, first)
        met = [
            (min(one.id, other), max(one.id, other))
            for one, others in zip(came, meetings.candidates, strict=True)
            for other in others
        ]
        numbers = {one.id for one in came}
        wanted = {pair for pair in compared([*before, *came], first) if numbers & set(pair)}
        assert set(met) == wanted
        assert len(met) == len(wanted)  # of two that came together, one has the other
        now = firsts([*before, *came], first)
        gone = {one for key, numbers in firsts(before, first).items() for one in numbers if one not in now[key]}
        assert meetings.displaced == gone


def test_strangers_under_one_key_are_no_candidates(db: sqlite3.Connection) -> None:
    documents = [document(number, [5], tail=number) for number in range(1, 40)]
    other_places = [document(one.id, [5, *range(7 * one.id, 7 * one.id + 9)], tail=one.id) for one in documents]
    store(db, other_places)
    meetings = Postings(db).add(other_places, 64)
    assert not any(meetings.candidates)


def test_a_removed_document_meets_nobody(db: sqlite3.Connection) -> None:
    documents = [document(number, [1, 2]) for number in range(1, 6)]
    postings = Postings(db)
    store(db, documents)
    postings.add(documents[:4], 64)
    postings.remove(documents[1])
    assert postings.add(documents[4:], 64).candidates == [{1, 3, 4}]
    assert all(numbers == [1, 3, 4, 5] for numbers in postings.under_keys_of(documents[1]))


def test_documents_of_a_corpus_without_volumes_are_entered_when_first_needed(db: sqlite3.Connection) -> None:
    documents = [document(number, [1, 2]) for number in range(1, 6)]
    store(db, documents)  # as an older version left them
    assert Postings(db).missing() == set()
    postings = Postings(db)
    assert postings.add(documents[2:3], 64).candidates == [{1, 2, 4, 5}]
    assert all(numbers == [1, 2, 3, 4, 5] for numbers in postings.under_keys_of(documents[0]))


def test_documents_that_stand_under_no_key_are_missing(db: sqlite3.Connection) -> None:
    documents = [document(number, [1, 2]) for number in range(1, 6)]
    store(db, documents[:4])
    postings = Postings(db)
    postings.add(documents[:4], 64)
    assert postings.missing() == set()
    store(db, documents[4:])
    assert postings.missing() == {5}


@pytest.mark.parametrize(("one", "other"), [(300, 300), (40, 300), (1, 5000)])
def test_sizes_decide_how_far_signatures_must_agree_whatever_their_order(one: int, other: int) -> None:
    both = least_agreement(np.array([one, other], np.uint32), np.array([other, one], np.uint32)).tolist()
    assert both == [least_agreement(one, other)] * 2
    assert both[0] < PERMUTATIONS * 0.3
