"""The index of near-duplicates: which documents share bands, and which of those really resemble each other.

Two documents x < y (by rank, `corpus.ranks`) are compared if there is a key under which both stand and x is one of the
`FIRST` of it. So what is compared depends on the documents alone, not on the order in which they came, and a key under
which a site's footer puts every article of the site costs `FIRST` comparisons for each, not as many as there are
articles. Of a story that is printed more often than that, each reprint is compared with the first ones, of which the
cluster's canonical member is one.

When a document comes or goes, another one may cease to be, or become, one of the first under a key; its pairs are then
looked at again. So the pairs in the database are always those that the rule above names.
"""

import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

from corpus.likeness import Scores
from corpus.postings import Document, Postings, least_agreement
from corpus.shingles import Shingles, count_shared
from corpus.signatures import agreement

#: Documents of a key with which all others of it are compared.
FIRST = 64
#: Variables of one statement.
_MOST_VARIABLES = 500
#: Documents whose shingles are remembered: some 5 kB each.
_MOST_REMEMBERED = 1024


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
        self._postings = Postings(db)
        # By all that is known of a document: texts that differ in a word may have one signature, and what another
        # process, or a transaction that failed, made of a document is not remembered.
        self._remembered: dict[Document, Shingles] = {}

    def add(self, documents: Sequence[tuple[Document, Shingles]]) -> set[int]:
        """Enter documents that stand in table ``document``, with their shingles.

        Returns:
            The documents, and those that lost a pair with one before them.
        """
        if not documents:
            return set()
        for document, shingles in documents:
            self._remember(document, shingles)
        meetings = self._postings.add([document for document, _ in documents], FIRST)
        for (document, _), candidates in zip(documents, meetings.candidates, strict=True):
            self._enter(document, candidates)
        changed = {document.id for document, _ in documents}
        return changed.union(*(self._loosen(other) for other in sorted(meetings.displaced)))

    def remove(self, document: Document) -> set[int]:
        """Take a document out; return those that lost or won a pair with one before them."""
        self._postings.remove(document)
        changed = self.after(document.id)
        self._db.execute("DELETE FROM twin WHERE low = ?", (document.id,))
        self._db.execute("DELETE FROM twin WHERE high = ?", (document.id,))
        for others in self._postings.under_keys_of(document):
            if bisect_left(others, document.id) < FIRST <= len(others):
                changed |= self._enter(self._document(others[FIRST - 1]), others[FIRST:])
        return changed

    def after(self, document: int) -> set[int]:
        """Return the documents that a document is paired with and comes before."""
        return {row[0] for row in self._db.execute("SELECT high FROM twin WHERE low = ?", (document,))}

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
                f"SELECT id, shingles, signature, digest FROM document WHERE id IN ({marks})", some
            ).fetchall()
            if not rows:
                continue
            agreed = agreement(document.signature, [row[2] for row in rows]).tolist()
            for row, places in zip(rows, agreed, strict=True):
                other = Document(*row)
                if places >= least_agreement(document.size, other.size):
                    yield other

    def _loosen(self, low: int) -> set[int]:
        """Drop the pairs of a document that it has only because it was one of the first under some key."""
        kept: set[int] = set()
        for others in self._postings.under_keys_of(self._document(low)):
            if bisect_left(others, low) < FIRST:
                kept.update(others)
        gone = self.after(low) - kept
        self._db.executemany("DELETE FROM twin WHERE low = ? AND high = ?", [(low, high) for high in gone])
        return gone

    def _document(self, number: int) -> Document:
        row = self._db.execute(
            "SELECT id, shingles, signature, digest FROM document WHERE id = ?", (number,)
        ).fetchone()
        return Document(*row)

    # -- shingles -------------------------------------------------------------------------------------------------

    def _shingles(self, document: Document) -> Shingles | None:
        known = self._remembered.get(document)
        if known is None:
            known = self._shingles_of(document.id)
            if known is not None:
                self._remember(document, known)
        return known

    def _remember(self, document: Document, shingles: Shingles) -> None:
        if len(self._remembered) >= _MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[document] = shingles
