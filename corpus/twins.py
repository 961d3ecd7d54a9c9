"""The index of near-duplicates: which documents share bands, and which of those really resemble each other.

Two documents x < y (by rank, `corpus.ranks`) are compared if there is a key under which both stand and x is one of the
`FIRST` of it. So what is compared depends on the documents alone, not on the order in which they came, and a key under
which a site's footer puts every article of the site costs `FIRST` comparisons for each, not as many as there are
articles. Of a story that is printed more often than that, each reprint is compared with the first ones, of which the
cluster's canonical member is one.

When a document comes or goes, another one may cease to be, or become, one of the first under a key; its pairs are then
looked at again. So the pairs in the database are always those that the rule above names.
"""

import math
import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from corpus.likeness import LEAST_CONTAINMENT, LEAST_RESEMBLANCE, Scores
from corpus.shingles import Shingles, count_shared
from corpus.signatures import PERMUTATIONS, agreement, band_keys

#: Documents of a key with which all others of it are compared.
FIRST = 64
#: Rows of one look-up; where there are more, keys are looked up one by one.
_MOST_ROWS = 2048
#: Variables of one statement.
_MOST_VARIABLES = 500
#: Documents whose shingles are remembered: some 5 kB each.
_MOST_REMEMBERED = 512
#: Standard deviations by which an estimate may fall short of what a noteworthy pair has at least. At 3, one of 700
#: pairs that are only just noteworthy is missed, and none that is well above.
_SLACK = 3.0


@dataclass(frozen=True, slots=True)
class Document:
    """An article as the index knows it."""

    #: Its rank.
    id: int
    #: Number of its shingles.
    size: int
    signature: bytes


class TwinIndex:
    """The documents of a corpus and their pairs; its methods are called inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, shingles_of: Callable[[int], Shingles | None]) -> None:
        """Keep the pairs of ``db``.

        Args:
            db: The database.
            shingles_of: Returns the shingles of a document, None if it cannot be compared.
        """
        self._db = db
        self._shingles_of = shingles_of
        # By signature: what another process, or a transaction that failed, made of a document is not remembered.
        self._remembered: dict[bytes, Shingles] = {}

    def add(self, document: Document, shingles: Shingles) -> set[int]:
        """Enter a document that stands in table ``document``.

        Returns:
            The document, and those that lost a pair with one before them.
        """
        self._remember(document.signature, shingles)
        keys = band_keys(document.signature)
        candidates: set[int] = set()
        displaced: set[int] = set()
        for others in self._others(keys, document.id):
            if bisect_left(others, document.id) < FIRST:
                candidates.update(others)
                displaced.update(others[FIRST - 1 : FIRST])
            else:
                candidates.update(others[:FIRST])
        self._db.executemany("INSERT OR IGNORE INTO posting VALUES (?, ?)", [(key, document.id) for key in keys])
        self._enter(document, candidates)
        return {document.id}.union(*(self._loosen(other) for other in sorted(displaced)))

    def remove(self, document: Document) -> set[int]:
        """Take a document out; return those that lost or won a pair with one before them."""
        keys = band_keys(document.signature)
        self._db.executemany("DELETE FROM posting WHERE key = ? AND document = ?", [(key, document.id) for key in keys])
        changed = self.after(document.id)
        self._db.execute("DELETE FROM twin WHERE low = ?", (document.id,))
        self._db.execute("DELETE FROM twin WHERE high = ?", (document.id,))
        for others in self._others(keys, document.id):
            if bisect_left(others, document.id) < FIRST <= len(others):
                changed |= self._enter(self._document(others[FIRST - 1]), others[FIRST:])
        return changed

    def after(self, document: int) -> set[int]:
        """Return the documents that a document is paired with and comes before."""
        return {row[0] for row in self._db.execute("SELECT high FROM twin WHERE low = ?", (document,))}

    # -- keys -----------------------------------------------------------------------------------------------------

    def _others(self, keys: Sequence[int], own: int) -> Iterable[list[int]]:
        """Return for each key the other documents under it, in order; only the first ones where that is enough."""
        marks = ", ".join("?" * len(keys))
        rows = self._db.execute(f"SELECT key, document FROM posting WHERE key IN ({marks})", keys).fetchmany(_MOST_ROWS)
        if len(rows) == _MOST_ROWS:
            return [self._others_of_one(key, own) for key in keys]
        found: dict[int, list[int]] = {}
        for key, document in rows:
            if document != own:
                found.setdefault(key, []).append(document)
        for others in found.values():
            others.sort()
        return found.values()

    def _others_of_one(self, key: int, own: int) -> list[int]:
        select = "SELECT document FROM posting WHERE key = ? AND document != ? ORDER BY document"
        first = [row[0] for row in self._db.execute(f"{select} LIMIT ?", (key, own, FIRST))]
        if len(first) < FIRST or own > first[-1]:
            return first
        return [row[0] for row in self._db.execute(select, (key, own))]

    # -- pairs ----------------------------------------------------------------------------------------------------

    def _enter(self, document: Document, candidates: Iterable[int]) -> set[int]:
        """Compare a document with others and keep the noteworthy pairs; return the later one of each."""
        found = []
        own: Shingles | None = None
        for other in self._promising(document, candidates):
            own = self._shingles(document) if own is None else own
            others = self._shingles(other)
            if own is None or others is None:
                continue
            shared = count_shared(own, others)
            if Scores(shared=shared, one=document.size, other=other.size).noteworthy:
                found.append((min(document.id, other.id), max(document.id, other.id), shared))
        self._db.executemany("INSERT OR REPLACE INTO twin VALUES (?, ?, ?)", found)
        return {high for _, high, _ in found}

    def _promising(self, document: Document, candidates: Iterable[int]) -> Iterable[Document]:
        """Yield the candidates whose signature does not rule a noteworthy pair out."""
        wanted = sorted(set(candidates) - {document.id})
        for start in range(0, len(wanted), _MOST_VARIABLES):
            some = wanted[start : start + _MOST_VARIABLES]
            marks = ", ".join("?" * len(some))
            rows = self._db.execute(
                f"SELECT id, shingles, signature FROM document WHERE id IN ({marks})", some
            ).fetchall()
            if not rows:
                continue
            agreed = agreement(document.signature, [row[2] for row in rows]).tolist()
            for (number, size, signature), places in zip(rows, agreed, strict=True):
                if places >= least_agreement(document.size, size):
                    yield Document(number, size, signature)

    def _loosen(self, low: int) -> set[int]:
        """Drop the pairs of a document that it has only because it was one of the first under some key."""
        keys = band_keys(self._document(low).signature)
        before = "SELECT count(*) FROM (SELECT 1 FROM posting WHERE key = ? AND document < ? LIMIT ?)"
        leads = [key for key in keys if self._db.execute(before, (key, low, FIRST)).fetchone()[0] < FIRST]
        marks = ", ".join("?" * len(leads))
        gone = self._db.execute(
            f"""DELETE FROM twin WHERE low = ? AND NOT EXISTS (
                    SELECT 1 FROM posting WHERE key IN ({marks}) AND document = high) RETURNING high""",
            (low, *leads),
        ).fetchall()
        return {row[0] for row in gone}

    def _document(self, number: int) -> Document:
        row = self._db.execute("SELECT id, shingles, signature FROM document WHERE id = ?", (number,)).fetchone()
        return Document(*row)

    # -- shingles -------------------------------------------------------------------------------------------------

    def _shingles(self, document: Document) -> Shingles | None:
        known = self._remembered.get(document.signature)
        if known is None:
            known = self._shingles_of(document.id)
            if known is not None:
                self._remember(document.signature, known)
        return known

    def _remember(self, signature: bytes, shingles: Shingles) -> None:
        if len(self._remembered) >= _MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[signature] = shingles


def least_agreement(one: int, other: int) -> float:
    """Return in how many places the signatures of a noteworthy pair agree at least, but for bad luck.

    Args:
        one: Number of shingles of one text.
        other: Of the other.

    >>> least_agreement(500, 500) > least_agreement(100, 500) > 0
    True
    """
    smaller = min(one, other)
    shared = LEAST_CONTAINMENT * smaller
    least = min(LEAST_RESEMBLANCE, shared / (one + other - shared))
    return PERMUTATIONS * least - _SLACK * math.sqrt(PERMUTATIONS * least * (1 - least))
