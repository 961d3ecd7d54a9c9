"""Clusters: which articles are one story, and which of them is canonical.

Documents are gone through by rank (`corpus.ranks`). One that is a copy or version of no canonical document before it
is canonical itself; any other belongs to the canonical document before it that it resembles most. So every member
resembles its canonical one, as verified on their shingles, and no chain of small changes can draw two stories together.

That is a function of ranks, sites, headlines and pairs alone. When some of them change, only what depends on them is
gone through again, from the lowest rank up, with the same outcome as going through all (the greedy independent set of
a graph, in a given order, kept up to date).

Excerpts join no cluster: a page that holds five stories would draw the five together.
"""

import heapq
import sqlite3
from collections.abc import Iterable, Iterator

from corpus.likeness import Likeness, Rules, Scores, headlines_agree, judge

_CANONICAL_BEFORE = """
    SELECT other.id, other.site, other.shingles, other.article_id, shared
    FROM twin JOIN document AS other ON other.id = low
    WHERE high = ? AND other.canonical = other.id ORDER BY other.id
"""


class Clusters:
    """The clusters of a corpus; its methods are called inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, rules: Rules) -> None:
        self._db = db
        self._rules = rules

    def update(self, changed: Iterable[int]) -> int:
        """Bring the clusters up to date.

        Args:
            changed: Documents that are new, or whose site, headline or pairs with documents before them changed.

        Returns:
            How many documents are now in another cluster than before, new ones included.
        """
        queue = sorted(set(changed))
        waiting = set(queue)
        moved = 0
        while queue:
            number = heapq.heappop(queue)
            waiting.discard(number)
            row = self._db.execute("SELECT * FROM document WHERE id = ?", (number,)).fetchone()
            if row is None:
                continue
            before, after = row["canonical"], self._canonical_of(row)
            if before == after:
                continue
            moved += 1
            self._db.execute("UPDATE document SET canonical = ? WHERE id = ?", (after, number))
            if (before == number) != (after == number):
                for later in self._later(number):
                    if later not in waiting:
                        waiting.add(later)
                        heapq.heappush(queue, later)
        return moved

    def update_all(self) -> int:
        """Go through all documents that are in any pair, after the rules changed; return how many moved."""
        rows = self._db.execute("SELECT low FROM twin UNION SELECT high FROM twin").fetchall()
        return self.update(row[0] for row in rows)

    def _canonical_of(self, own: sqlite3.Row) -> int:
        """Return the canonical document that a document belongs to."""
        best, most = int(own["id"]), -1.0
        for row in self._db.execute(_CANONICAL_BEFORE, (own["id"],)).fetchall():
            scores = Scores(shared=row["shared"], one=own["shingles"], other=row["shingles"])
            if scores.resemblance > most and self._are_alike(scores, own, row):
                best, most = row["id"], scores.resemblance
        return best

    def _are_alike(self, scores: Scores, one: sqlite3.Row, other: sqlite3.Row) -> bool:
        return judge(
            scores,
            self._rules,
            same_site=one["site"] == other["site"],
            agree=lambda: headlines_agree(
                self._headline(one["article_id"]),
                self._headline(other["article_id"]),
                self._rules.headline_resemblance,
            ),
        ) in (Likeness.COPY, Likeness.VERSION)

    def _headline(self, article_id: int) -> str | None:
        row = self._db.execute(
            "SELECT title FROM article JOIN capture ON fetch_id = capture_id WHERE article.id = ?", (article_id,)
        ).fetchone()
        return None if row is None else row[0]

    def _later(self, number: int) -> Iterator[int]:
        return (row[0] for row in self._db.execute("SELECT high FROM twin WHERE low = ?", (number,)).fetchall())
