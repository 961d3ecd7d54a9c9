"""Volumes: what stands under a key, whatever was bound together and erased before."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.signatures import BANDS, PERMUTATIONS
from corpus.volumes import RECORD, Keys, Records, Volume

#: Few different keys, the least and the greatest among them, so that many documents meet.
KEYS = [0, 1, 2, 77, 2**16, 2**31, 2**32 - 2, 2**32 - 1]
DOCUMENTS = st.lists(
    st.tuples(st.integers(0, 2**63 - 1), st.lists(st.sampled_from(KEYS), min_size=BANDS, max_size=BANDS)),
    min_size=1,
    max_size=12,
    unique_by=lambda one: one[0],
)
Made = Sequence[tuple[int, Sequence[int]]]


def arrays(documents: Made) -> tuple[Records, Keys]:
    records = np.zeros(len(documents), RECORD)
    records["document"] = [number for number, _ in documents]
    records["sketch"] = 7
    return records, np.array([keys for _, keys in documents], np.uint32)


def entries_of(volume: Volume, keys: Sequence[int] = KEYS) -> list[tuple[int, int]]:
    which, places = volume.find(np.array(keys, np.uint32))
    return [(keys[key], volume.records["document"][place]) for key, place in zip(which, places, strict=True)]


def erase(volume: Volume, number: int, keys: Sequence[int]) -> dict[int, bytes]:
    place = int((volume.records["document"] == number).nonzero()[0][0])
    return dict(volume.erase(place, np.unique(np.array(keys, np.uint32))))


def rows_after(volume: Volume) -> list[tuple[int, bytes]]:
    return list(volume.rows())


@given(documents=DOCUMENTS, data=st.data())
@settings(deadline=None, max_examples=60)
def test_what_stands_under_a_key_is_what_was_entered_and_not_erased(documents: Made, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(documents)), max_size=3)) | {len(documents)})
    parts = [documents[start:end] for start, end in zip([0, *cuts], cuts, strict=False)]
    volumes = [Volume.of(*arrays(part)) for part in parts]
    gone = data.draw(st.sets(st.sampled_from([number for number, _ in documents]), max_size=len(documents) - 1))
    for part, volume in zip(parts, volumes, strict=True):
        for number, keys in part:
            if number in gone:
                erase(volume, number, keys)
    left = sorted((key, number) for number, keys in documents if number not in gone for key in keys)
    assert sorted(entry for volume in volumes for entry in entries_of(volume)) == left
    # A bound volume has them by key, and under one key by rank.
    bound = Volume.bound(volumes)
    assert entries_of(bound) == left
    assert bound.left() == len(bound) == len(documents) - len(gone)


@given(documents=DOCUMENTS, data=st.data())
@settings(deadline=None, max_examples=60)
def test_a_volume_is_what_its_rows_say_and_erasing_changes_the_rows_that_it_names(
    documents: Made, data: st.DataObject
) -> None:
    volume = Volume.of(*arrays(documents))
    rows = dict(volume.rows())
    number, keys = data.draw(st.sampled_from(documents))
    rows |= erase(volume, number, keys)
    assert rows == dict(volume.rows())
    again = Volume.read(sorted(rows.items()), len(documents))
    assert again is not None
    assert entries_of(again) == entries_of(volume)
    assert again.left() == len(documents) - 1


def test_a_volume_of_many_rows_is_read_as_it_was_written() -> None:
    dice = np.random.default_rng(5)
    records = np.zeros(3000, RECORD)
    records["document"] = dice.permutation(3000)
    records["sketch"] = dice.integers(0, 256, (3000, PERMUTATIONS))
    keys = dice.integers(0, 2**32, (3000, BANDS), dtype=np.uint32)
    volume = Volume.of(records, keys)
    rows = rows_after(volume)
    assert max(len(body) for _, body in rows) <= 4000
    again = Volume.read(rows, 3000)
    assert again is not None
    assert (again.records == volume.records).all()
    which, places = again.find(np.sort(keys[42]))
    assert set(again.records["document"][places]) == {records["document"][42]}
    assert which.tolist() == list(range(BANDS))
    assert again.find(np.sort(dice.integers(0, 2**32, 500, dtype=np.uint32)))[0].size <= 1


def test_nothing_of_an_erased_document_is_left() -> None:
    number, keys = 0x0102030405060708, [0xA1B2C3D4 + step for step in range(BANDS)]
    volume = Volume.of(*arrays([(number, keys), (5, range(BANDS))]))
    erase(volume, number, keys)
    left = b"".join(body for _, body in volume.rows())
    assert number.to_bytes(8, "little") not in left
    assert not any(key.to_bytes(4, "little") in left for key in keys)
    assert left.count(bytes([7])) == PERMUTATIONS + 1  # the other one's sketch, and its key 7


@pytest.mark.parametrize("change", ["none", "cut", "lost", "more"])
def test_rows_that_are_not_those_of_so_many_documents_are_no_volume(change: str) -> None:
    rows = rows_after(Volume.of(*arrays([(number, KEYS * 2) for number in range(40)])))
    if change == "cut":
        rows[1] = (rows[1][0], rows[1][1][:-1])
    elif change == "lost":
        del rows[0]
    documents = 41 if change == "more" else 40
    assert (Volume.read(rows, documents) is None) is (change != "none")
