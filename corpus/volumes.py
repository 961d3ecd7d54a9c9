"""Volumes: documents and their entries in the index of near-duplicates, as sorted arrays.

A document has an entry under each of its keys, and keys are spread evenly. In a table ordered by key, the 16 entries of
one article stand on 16 pages, which have to be read, changed and written; the more articles there are, the fewer of
them are in any cache. So entries are kept in volumes instead: each is written at once, sorted, by the transaction that
brought its documents, and several small ones are bound into a larger one (`corpus.shelf`). A key is looked up in every
volume, in memory: some 0.27 kB a document, of which 128 bytes are the sketch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from corpus.signatures import BANDS, PERMUTATIONS

#: Documents of a volume at most: their places are numbers of 16 bits, of which the last is no document's.
MOST_DOCUMENTS: Final = (1 << 16) - 1
#: Rows of a volume for its documents, and as many for its entries.
MOST_ROWS: Final = 1 << 15
#: Bytes of a row: one page of the database (4,096 bytes) holds one.
_ROW_BYTES: Final = 4000
#: The place of no document, and the number of none (others are not negative): what was erased.
_NOBODY: Final = MOST_DOCUMENTS
_GONE: Final = -1
#: The filter of a volume has 8 to 16 bits for each key, so that one key in so many passes that is none of the volume's.
_FILTER_BITS: Final = 3
_EIGHT, _SEVEN = np.uint32(3), np.uint32(7)

#: A document as volumes know it.
RECORD: Final = np.dtype([("document", "<i8"), ("size", "<u4"), ("sketch", "u1", (PERMUTATIONS,))])
_ENTRY: Final = np.dtype([("key", "<u4"), ("owner", "<u2")])
_RECORDS_A_ROW: Final = _ROW_BYTES // RECORD.itemsize
_ENTRIES_A_ROW: Final = _ROW_BYTES // _ENTRY.itemsize

Keys = NDArray[np.uint32]
Numbers = NDArray[np.int64]
Records = NDArray[np.void]


@dataclass(slots=True)
class Volume:
    """Some documents, by rank, and their entries, by key and then by rank."""

    records: Records
    keys: Keys
    #: For each key, the place of its document among the records.
    owners: NDArray[np.uint16]
    #: A bit for each value that the keys' first bits may have: set where there is such a key.
    _filter: NDArray[np.uint8] = field(init=False, repr=False)
    #: How many of a key's last bits the filter does not know.
    _unseen: np.uint32 = field(init=False, repr=False)

    def __post_init__(self) -> None:
        bits = min(len(self.keys).bit_length() + _FILTER_BITS, 32)
        self._unseen = np.uint32(32 - bits)
        marked = np.zeros(1 << bits, np.bool)
        marked[self.keys >> self._unseen] = True
        self._filter = np.packbits(marked, bitorder="little")

    def __len__(self) -> int:
        return len(self.records)

    # -- making ---------------------------------------------------------------------------------------------------

    @classmethod
    def of(cls, records: Records, keys: Keys) -> Self:
        """Return a volume of documents.

        Args:
            records: 1 to `MOST_DOCUMENTS` documents, in any order.
            keys: Their keys, shape (documents, BANDS).
        """
        order = records["document"].argsort()
        places = np.empty(len(order), np.uint64)
        places[order] = np.arange(len(order), dtype=np.uint64)
        return cls._sorted(records[order], _packed(keys, places[:, None]).ravel())

    @classmethod
    def bound(cls, volumes: Sequence["Volume"]) -> Self:
        """Return a volume of what is left of several, of which at least one document is."""
        records = np.concatenate([volume.records for volume in volumes])
        left = (records["document"] != _GONE).nonzero()[0]
        order = left[records["document"][left].argsort()]
        places = np.zeros(len(records), np.uint64)
        places[order] = np.arange(len(order), dtype=np.uint64)
        packed = []
        start = 0
        for volume in volumes:
            entries = (volume.owners != _NOBODY).nonzero()[0]
            packed.append(_packed(volume.keys[entries], places[start + volume.owners[entries].astype(np.int64)]))
            start += len(volume)
        return cls._sorted(records[order], np.concatenate(packed))

    @classmethod
    def _sorted(cls, records: Records, packed: NDArray[np.uint64]) -> Self:
        packed.sort()
        return cls(records, (packed >> np.uint64(16)).astype(np.uint32), (packed & np.uint64(0xFFFF)).astype(np.uint16))

    # -- reading --------------------------------------------------------------------------------------------------

    def left(self) -> int:
        """Return how many documents are not erased."""
        return int(np.count_nonzero(self.records["document"] != _GONE))

    def find(self, keys: Keys) -> tuple[Numbers, Numbers]:
        """Return what stands under some keys.

        Args:
            keys: Sorted.

        Returns:
            For each entry, which of the keys it is under, and the place of its document among the records.
        """
        bits = keys >> self._unseen
        met = (self._filter[bits >> _EIGHT] >> (bits & _SEVEN).astype(np.uint8) & 1).nonzero()[0]
        first = self.keys.searchsorted(keys[met])
        equal = self.keys.take(first, mode="clip") == keys[met]
        met, first = met[equal], first[equal]
        if not met.size:
            return met, met
        counts = self.keys.searchsorted(keys[met], "right") - first
        owners = self.owners[runs(first, counts)]
        there = owners != _NOBODY
        return met.repeat(counts)[there], owners[there].astype(np.int64)

    # -- rows -----------------------------------------------------------------------------------------------------

    @classmethod
    def read(cls, rows: Sequence[tuple[int, bytes]], documents: int) -> Self | None:
        """Return a volume from its rows, in order; None where they are not those of so many documents."""
        records, entries = (
            bytearray().join(body for number, body in rows if (number >= MOST_ROWS) is later) for later in (False, True)
        )
        if [len(records), len(entries)] != [documents * RECORD.itemsize, documents * BANDS * _ENTRY.itemsize]:
            return None
        both = np.frombuffer(entries, _ENTRY)
        return cls(np.frombuffer(records, RECORD), both["key"].copy(), both["owner"].copy())

    def rows(self) -> Iterator[tuple[int, bytes]]:
        """Yield the rows that it is kept in, by their numbers."""
        for number in range(-(-len(self.records) // _RECORDS_A_ROW)):
            yield number, self._record_row(number)
        for number in range(-(-len(self.keys) // _ENTRIES_A_ROW)):
            yield MOST_ROWS + number, self._entry_row(number)

    def erase(self, place: int, keys: Keys) -> Iterator[tuple[int, bytes]]:
        """Blank a document and its entries; yield the rows that change.

        An entry stays where it is, but under the key of the entry before it, and of no document.

        Args:
            place: The document's, among the records.
            keys: Its keys, each once.
        """
        self.records[place] = (_GONE, 0, 0)
        yield place // _RECORDS_A_ROW, self._record_row(place // _RECORDS_A_ROW)
        first, last = self.keys.searchsorted(keys), self.keys.searchsorted(keys, "right")
        entries = runs(first, last - first)
        entries = entries[self.owners[entries] == place]
        for entry in entries.tolist():
            self.keys[entry] = self.keys[entry - 1] if entry else 0
            self.owners[entry] = _NOBODY
        for number in np.unique(entries // _ENTRIES_A_ROW).tolist():
            yield MOST_ROWS + number, self._entry_row(number)

    def _record_row(self, number: int) -> bytes:
        return self.records[number * _RECORDS_A_ROW : (number + 1) * _RECORDS_A_ROW].tobytes()

    def _entry_row(self, number: int) -> bytes:
        part = slice(number * _ENTRIES_A_ROW, (number + 1) * _ENTRIES_A_ROW)
        entries = np.empty(len(self.keys[part]), _ENTRY)
        entries["key"], entries["owner"] = self.keys[part], self.owners[part]
        return entries.tobytes()


def runs(starts: Numbers, counts: Numbers) -> Numbers:
    """Return runs of numbers, one behind the other.

    >>> runs(np.array([7, 20]), np.array([3, 2])).tolist()
    [7, 8, 9, 20, 21]
    """
    ends = counts.cumsum()
    shifts: Numbers = starts - ends + counts
    return shifts.repeat(counts) + np.arange(ends[-1] if ends.size else 0)


def _packed(keys: Keys, places: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return entries as numbers whose order is that of keys and, under one key, of places."""
    return keys.astype(np.uint64) << np.uint64(16) | places
