"""Postings: which documents stand under which key, and which of those are worth a look.

Under most keys there are few documents, all to be compared with each other; under a crowded one, all with the first
ones (`corpus.twins`). What stands under the keys of a whole transaction is looked up at once in the volumes
(`corpus.volumes`), which have a sketch of every document: 8 bits of each place of its signature. Where sketches agree
in fewer places than signatures must, no row of the database need be read. Sketches of equal places are equal, so no
candidate is lost by that.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.likeness import LEAST_CONTAINMENT, LEAST_RESEMBLANCE
from corpus.shelf import Shelf
from corpus.signatures import BANDS, PERMUTATIONS, band_keys, sketches
from corpus.volumes import MOST_DOCUMENTS, RECORD, Keys, Numbers, Records, Volume, runs

#: Standard deviations by which an estimate may fall short of what a noteworthy pair has at least. At 3, one of 700
#: pairs that are only just noteworthy is missed, and none that is well above.
_SLACK = 3.0
#: Documents that are read at once when the volumes are made anew.
_MOST_READ = MOST_DOCUMENTS
#: Pairs whose sketches are compared at once.
_PIECE = 1 << 14
#: Pairs that are listed at once: 40 bytes each. Those of one document under one key are more where a key has more.
_MOST_LISTED = 1 << 20
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Document:
    """An article as the index knows it."""

    #: Its rank.
    id: int
    #: Number of its shingles.
    size: int
    signature: bytes
    #: Of what the signature was made of: long texts that differ in a word often have one signature.
    digest: bytes = b""


@dataclass(frozen=True, slots=True)
class Meetings:
    """What is to be looked at when documents have come."""

    #: For each of them, the documents that it may resemble; of two that came together, one has the other.
    candidates: Sequence[set[int]]
    #: Documents that were among the first under some key, and are not any more.
    displaced: set[int]


@dataclass(frozen=True, slots=True)
class _Entries:
    """What stands under some keys: by key, then by rank."""

    #: Where the entries of each key begin; behind the last, their number.
    starts: Numbers
    documents: Numbers
    #: In which volume (of those that were looked into), and which of its records.
    volumes: NDArray[np.uint16]
    owners: Numbers

    def under(self, key: int) -> Numbers:
        """Return the documents under a key, which is named by its place."""
        return self.documents[self.starts[key] : self.starts[key + 1]]


class Postings:
    """The keys of all documents of a corpus; its methods are called inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._shelf = Shelf(db)

    def add(self, documents: Sequence[Document], first: int) -> Meetings:
        """Enter documents that stand in table ``document``.

        Args:
            documents: At least one, at most `corpus.volumes.MOST_DOCUMENTS`.
            first: Documents of a key with which all others of it are compared.
        """
        self._refresh({document.id for document in documents})
        signatures = [document.signature for document in documents]
        self._shelf.add(_records([(one.id, one.size) for one in documents], signatures), band_keys(signatures))
        meetings = self._meet(documents, first)
        self._shelf.bind()
        return meetings

    def remove(self, document: Document) -> None:
        """Take a document out."""
        self._refresh(set())
        self._shelf.erase(document.id, np.unique(band_keys([document.signature])))

    def under_keys_of(self, document: Document) -> list[list[int]]:
        """Return the documents under each key of a document, by rank."""
        entries = self._find(np.unique(band_keys([document.signature])))
        return [entries.under(key).tolist() for key in range(len(entries.starts) - 1)]

    def missing(self) -> set[int]:
        """Return the documents of table ``document`` that stand under no key.

        Where there are no volumes at all, none is missing: they are made when they are first needed.

        Raises:
            StoreError: A volume is damaged.
        """
        self._shelf.refresh()
        if not len(self._shelf):
            return set()
        listed = np.concatenate([one.records["document"] for one in self._shelf])
        known = np.array([row[0] for row in self._db.execute("SELECT id FROM document")], np.int64)
        return set(np.setdiff1d(known, listed).tolist())

    # -- volumes --------------------------------------------------------------------------------------------------

    def _refresh(self, coming: set[int]) -> None:
        """See what other processes have changed; make the volumes of all documents where there is none.

        Args:
            coming: Documents that are about to be entered.
        """
        self._shelf.refresh()
        if len(self._shelf):
            return
        rows = self._db.execute("SELECT id, shingles, signature FROM document ORDER BY id")
        while some := rows.fetchmany(_MOST_READ):
            entering = [row for row in some if row[0] not in coming]
            if entering:
                signatures = [row[2] for row in entering]
                records = _records([(row[0], row[1]) for row in entering], signatures)
                self._shelf.add(records, band_keys(signatures))

    def _find(self, keys: Keys) -> _Entries:
        """Return what stands under some keys, which are sorted."""
        found = [(number, volume, *volume.find(keys)) for number, volume in enumerate(self._shelf)]
        which = np.concatenate([_NONE, *(which for _, _, which, _ in found)])
        owners = np.concatenate([_NONE, *(owners for _, _, _, owners in found)])
        documents = np.concatenate([_NONE, *(one.records["document"][owners] for _, one, _, owners in found)])
        counts = [len(which) for _, _, which, _ in found]
        volumes = np.arange(len(found), dtype=np.uint16).repeat(counts)
        order = np.lexsort((documents, which))
        # A document may have one key twice.
        twice = (np.diff(which[order]) == 0) & (np.diff(documents[order]) == 0)
        order = np.delete(order, twice.nonzero()[0])
        starts = which[order].searchsorted(np.arange(len(keys) + 1))
        return _Entries(starts, documents[order], volumes[order], owners[order])

    # -- meetings -------------------------------------------------------------------------------------------------

    def _meet(self, documents: Sequence[Document], first: int) -> Meetings:
        numbers = np.array([document.id for document in documents], np.int64)
        keys, key_of = np.unique(band_keys([document.signature for document in documents]), return_inverse=True)
        key_of = key_of.ravel()
        entries = self._find(keys)
        counts = np.diff(entries.starts)
        crowded = (counts > first).nonzero()[0]
        # Of those with which all others under a key are compared, the last one.
        last = np.full(len(keys), np.iinfo(np.int64).max)
        last[crowded] = entries.documents[entries.starts[crowded] + first - 1]
        came = np.isin(entries.documents, numbers)
        # One of the first is compared with all others under the key, any other one with the first.
        compared = np.where(numbers.repeat(BANDS) <= last[key_of], counts[key_of], first)
        promising: list[set[int]] = [set() for _ in documents]
        mine, starts = np.arange(len(documents)).repeat(BANDS), entries.starts[key_of]
        # Where those that came are the first ones under crowded keys, there are too many pairs to list at once.
        for part in _parts_of(compared):
            one, others = mine[part].repeat(compared[part]), runs(starts[part], compared[part])
            wanted = ~came[others] | (entries.documents[others] < numbers[one])
            self._promise(promising, documents, one[wanted], others[wanted], entries)
        return Meetings(
            promising,
            {one for key in crowded.tolist() for one in _displaced(entries, came, key, first, int(last[key]))},
        )

    def _promise(
        self,
        promising: Sequence[set[int]],
        documents: Sequence[Document],
        mine: Numbers,
        others: Numbers,
        entries: _Entries,
    ) -> None:
        """Add to each document's candidates which it may resemble, of those that it is to be compared with."""
        own = _records([(one.id, one.size) for one in documents], [one.signature for one in documents])
        order = entries.volumes[others].argsort(kind="stable")
        mine, others = mine[order], others[order]
        for volume, part in self._parts(entries.volumes[others]):
            records = volume.records[entries.owners[others[part]]]
            likely = _likely(own[mine[part]], records)
            for one, other in zip(mine[part][likely].tolist(), records["document"][likely].tolist(), strict=True):
                promising[one].add(other)

    def _parts(self, volumes: NDArray[np.uint16]) -> Iterable[tuple[Volume, slice]]:
        """Yield each volume with its part of an array that is sorted by volume, piece by piece."""
        for number, volume in enumerate(self._shelf):
            start, end = volumes.searchsorted([number, number + 1]).tolist()
            for piece in range(start, end, _PIECE):
                yield volume, slice(piece, min(piece + _PIECE, end))


def _parts_of(counts: Numbers) -> Iterable[slice]:
    """Yield the parts of an array of counts, each of `_MOST_LISTED` in all, or of one count."""
    ends = counts.cumsum()
    start = 0
    while start < len(counts):
        before = ends[start - 1] if start else 0
        end = max(start + 1, int(ends.searchsorted(before + _MOST_LISTED, "right")))
        yield slice(start, end)
        start = end


def _records(documents: Sequence[tuple[int, int]], signatures: Sequence[bytes]) -> Records:
    """Return documents, given as number and size, as volumes have them."""
    records = np.empty(len(documents), RECORD)
    records["document"] = [number for number, _ in documents]
    records["size"] = [size for _, size in documents]
    records["sketch"] = sketches(signatures)
    return records


def _likely(some: Records, others: Records) -> NDArray[np.bool]:
    """Tell for each two documents whether their sketches let them be a noteworthy pair."""
    agree = (some["sketch"] == others["sketch"]).view(np.uint64)
    places = np.bitwise_count(agree).sum(axis=1)
    likely: NDArray[np.bool] = places >= least_agreement(some["size"], others["size"])
    return likely


def _displaced(entries: _Entries, came: NDArray[np.bool], key: int, first: int, last: int) -> list[int]:
    """Return the documents that were among the first under a crowded key before others came."""
    part = slice(entries.starts[key], entries.starts[key + 1])
    if not came[part][:first].any():
        return []
    before = entries.documents[part][~came[part]][:first]
    displaced: list[int] = before[before > last].tolist()
    return displaced


def least_agreement(one: NDArray[np.uint32] | int, other: NDArray[np.uint32] | int) -> NDArray[np.float64]:
    """Return in how many places the signatures of a noteworthy pair agree at least, but for bad luck.

    Args:
        one: Number of shingles of one text.
        other: Of the other.

    >>> bool(least_agreement(500, 500) > least_agreement(100, 500) > 0)
    True
    """
    shared = LEAST_CONTAINMENT * np.minimum(one, other)
    least = np.minimum(LEAST_RESEMBLANCE, shared / (np.add(one, other, dtype=np.float64) - shared))
    needed: NDArray[np.float64] = PERMUTATIONS * least - _SLACK * np.sqrt(PERMUTATIONS * least * (1 - least))
    return needed
