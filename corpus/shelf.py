"""The shelf: the volumes of the index of near-duplicates, in the database and in memory.

Every transaction that brings documents writes one volume. Where there are `MOST_ALIKE` volumes of one order of size,
they are bound into one (a log-structured merge: O'Neil et al., "The log-structured merge-tree", Acta Informatica 33,
1996), up to the size at which a volume is full. So an entry is written some three times, always beside its neighbours,
and a million documents that come by the hundred stand in some 25 volumes.

All volumes are held in memory, too, read when the first transaction needs them. A volume has a random version, which
changes whenever it does: so a process sees what another one has changed, and forgets what a transaction of its own did
that failed.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from corpus.errors import StoreError
from corpus.volumes import MOST_DOCUMENTS, MOST_ROWS, Keys, Records, Volume

#: Volumes of one order of size, and how many times the smallest of an order its largest may be.
MOST_ALIKE: Final = 8


class Shelf:
    """The volumes of a database; its methods are called inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        #: By their number in the database: the version that each is of, and the volume.
        self._volumes: dict[int, tuple[bytes, Volume]] = {}

    def __iter__(self) -> Iterator[Volume]:
        return (volume for _, volume in self._volumes.values())

    def __len__(self) -> int:
        return len(self._volumes)

    def refresh(self) -> None:
        """See the volumes as they are in the database.

        Raises:
            StoreError: One is damaged.
        """
        known, self._volumes = self._volumes, {}
        for number, version, documents in self._db.execute("SELECT id, version, documents FROM volume").fetchall():
            if number in known and known[number][0] == version:
                self._volumes[number] = known[number]
            else:
                self._volumes[number] = version, self._read(number, documents)

    def add(self, records: Records, keys: Keys) -> None:
        """Put a volume of documents on the shelf; see `Volume.of`."""
        self._write(Volume.of(records, keys))

    def erase(self, document: int, keys: Keys) -> None:
        """Take a document out, and with it all that is derived of its text.

        Args:
            document: Its number.
            keys: Its keys, sorted and each once.
        """
        for number, (_, volume) in self._volumes.items():
            places = volume.find(keys)[1]
            own = places[volume.records["document"][places] == document]
            if not own.size:
                continue
            # Of no version that the database could know, until its rows are there as they are here.
            self._volumes[number] = b"", volume
            rows = [(body, _row(number, place)) for place, body in volume.erase(int(own[0]), keys)]
            self._db.executemany("UPDATE volume_row SET body = ? WHERE id = ?", rows)
            if 2 * volume.left() > len(volume):
                self._stamp(number)
            else:
                self._bind([number])
            return

    def bind(self) -> None:
        """Bind volumes into larger ones where there are many of one order of size."""
        while several := self._alike():
            self._bind(several)

    def _alike(self) -> Sequence[int]:
        """Return the numbers of volumes to be bound: the smallest of an order of which there are many."""
        orders: dict[int, list[tuple[int, int]]] = {}
        for size, number in sorted((len(volume), number) for number, (_, volume) in self._volumes.items()):
            if 2 * size <= MOST_DOCUMENTS:
                orders.setdefault((size.bit_length() - 1) // (MOST_ALIKE.bit_length() - 1), []).append((size, number))
        for order in orders.values():
            if len(order) >= MOST_ALIKE:
                fitting = np.cumsum([size for size, _ in order[:MOST_ALIKE]]) <= MOST_DOCUMENTS
                return [number for _, number in order[: int(fitting.sum())]]
        return []

    def _bind(self, numbers: Sequence[int]) -> None:
        volumes = [self._volumes.pop(number)[1] for number in numbers]
        for number in numbers:
            self._db.execute("DELETE FROM volume WHERE id = ?", (number,))
            self._db.execute("DELETE FROM volume_row WHERE id BETWEEN ? AND ?", (_row(number, 0), _last_row(number)))
        if any(volume.left() for volume in volumes):
            self._write(Volume.bound(volumes))

    # -- the database ---------------------------------------------------------------------------------------------

    def _write(self, volume: Volume) -> None:
        number, version = self._db.execute(
            "INSERT INTO volume (version, documents) VALUES (randomblob(8), ?) RETURNING id, version", (len(volume),)
        ).fetchone()
        self._volumes[number] = version, volume
        rows = ((_row(number, place), body) for place, body in volume.rows())
        self._db.executemany("INSERT INTO volume_row VALUES (?, ?)", rows)

    def _stamp(self, number: int) -> None:
        update = "UPDATE volume SET version = randomblob(8) WHERE id = ? RETURNING version"
        self._volumes[number] = self._db.execute(update, (number,)).fetchone()[0], self._volumes[number][1]

    def _read(self, number: int, documents: int) -> Volume:
        rows = self._db.execute(
            "SELECT id - ?, body FROM volume_row WHERE id BETWEEN ? AND ? ORDER BY id",
            (_row(number, 0), _row(number, 0), _last_row(number)),
        ).fetchall()
        volume = Volume.read(rows, documents)
        if volume is None:
            raise StoreError(f"volume {number} of the index of near-duplicates is damaged: `collector dedup --rebuild`")
        return volume


def _row(volume: int, number: int) -> int:
    return volume * 2 * MOST_ROWS + number


def _last_row(volume: int) -> int:
    return _row(volume + 1, 0) - 1
