"""Documents: articles as they are compared with all others, kept in step with the articles themselves.

Triggers of the database note every article that a transaction changes (table ``stale``); `Documents.settle`, called
before that transaction is committed, makes the documents, pairs and clusters of those articles anew. So they cannot
be behind, whoever writes, and a process that is killed leaves neither half of an article nor half of its place in a
cluster.
"""

import hashlib
import json
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.articles import whole_text
from corpus.clusters import Clusters
from corpus.credits import credited_agency, is_origin
from corpus.likeness import Rules
from corpus.postings import Document
from corpus.prepared import Prepared
from corpus.publishers import publisher_of
from corpus.ranks import MOST_COLLISIONS, rank_of
from corpus.shingles import Shingles, shingle
from corpus.signatures import scheme, sign
from corpus.twins import TwinIndex

logger = logging.getLogger(__name__)

_DIGEST_BYTES = 8
#: Shingles and signatures of texts that are about to be stored, by the beginning of the texts' hashes.
_Expected = dict[bytes, tuple[Shingles, bytes]]

_ARTICLE = """
    SELECT article.id AS article_id, capture.fetch_id, capture.part_number, capture.title, capture.published,
           capture.site_name, capture.metadata, url.url, url.site, text.body
    FROM article
    JOIN capture ON capture.fetch_id = article.capture_id
    JOIN url ON url.id = capture.url_id
    JOIN text ON text.hash = capture.text_hash
    WHERE article.id = ? AND capture.reason IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """The document that an article ought to have."""

    rank: int
    site: str
    agency: str | None
    #: Of the text, and behind it of what else has a say in verdicts.
    digest: bytes
    text: str

    def is_text_of(self, stored: sqlite3.Row) -> bool:
        """Tell whether a stored document has the rank and the text that it ought to have."""
        near = 0 <= int(stored["id"]) - self.rank <= MOST_COLLISIONS
        return near and _is_of_text(stored["digest"], self.text)


class Documents:
    """The documents of a corpus; its methods are called inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, rules: Rules | None = None) -> None:
        """Keep the documents of ``db``; without rules, by those that they were last kept by."""
        self._db = db
        self._given_rules = rules
        self._index = TwinIndex(db, self._shingles_of)
        self._scheme: str | None = None
        self._warned = False
        self._expected: _Expected = {}

    def expect(self, prepared: Prepared) -> None:
        """Take over what was made of a text before it is stored, until the next `settle`."""
        text_hash = prepared.columns.get("text_hash")
        if isinstance(text_hash, bytes) and prepared.shingles is not None and prepared.signature is not None:
            self._expected[text_hash[:_DIGEST_BYTES]] = prepared.shingles, prepared.signature

    def settle(self, *, most: int | None = None) -> int:
        """Make the documents of stale articles anew; return how many articles that were.

        Args:
            most: At most so many, the newest; None for all.
        """
        expected, self._expected = self._expected, {}
        stale = self._db.execute(
            "SELECT article_id FROM stale ORDER BY article_id DESC LIMIT ?", (-1 if most is None else most,)
        ).fetchall()
        if not stale:
            return 0
        if not self.in_step():
            return self._drop_gone()
        rules = self._rules_in_force()
        changed: set[int] = set()
        # All that is out of date leaves before anything enters: what enters is compared with what is there.
        entering = {row[0]: wanted for row in stale if (wanted := self._leave(row[0], changed)) is not None}
        made = [
            document for article_id, wanted in entering.items() for document in self._make(article_id, wanted, expected)
        ]
        changed |= self._index.add(made)
        Clusters(self._db, rules).update(changed)
        self._db.executemany("DELETE FROM stale WHERE article_id = ?", stale)
        return len(stale)

    def _drop_gone(self) -> int:
        """Take out what is derived of articles that are gone, even of a scheme that nothing can be compared by."""
        gone = self._db.execute(
            """SELECT document.id FROM document JOIN stale USING (article_id)
               WHERE article_id NOT IN (SELECT id FROM article)"""
        ).fetchall()
        settled = self._db.execute("DELETE FROM stale WHERE article_id NOT IN (SELECT id FROM article)").rowcount
        if gone:
            # Keys of another scheme may not be found: all volumes go, and come again with the rebuild that is due.
            for table in ("volume", "volume_row"):
                self._db.execute(f"DELETE FROM {table}")
            changed = set().union(*(self._index.after(row[0]) for row in gone))
            for condition in ("twin WHERE low = ?", "twin WHERE high = ?", "document WHERE id = ?"):
                self._db.executemany(f"DELETE FROM {condition}", [(row[0],) for row in gone])
            Clusters(self._db, self._rules_in_force()).update(changed)
        return settled

    def count_waiting(self) -> int:
        """Return how many articles changed since their documents were made."""
        return int(self._db.execute("SELECT count(*) FROM stale").fetchone()[0])

    def in_step(self) -> bool:
        """Tell whether the signatures in the database are those that this software makes.

        If they are not, new ones could not be compared with them; articles wait until the index is rebuilt.
        """
        if self._scheme is None:
            self._scheme = scheme()
        known = self._state("scheme")
        if known is None:
            self._remember("scheme", self._scheme)
        elif known != self._scheme:
            log = logger.debug if self._warned else logger.warning
            self._warned = True
            log("near-duplicates wait: signatures were made otherwise; run `collector dedup --rebuild`")
            return False
        return True

    def follow_rules(self) -> int:
        """Make the clusters anew if they were made by other rules; return how many documents moved."""
        rules = self._given_rules
        if rules is None or self._state("rules") == rules.to_text():
            return 0
        self._remember("rules", rules.to_text())
        return Clusters(self._db, rules).update_all()

    def forget(self) -> None:
        """Drop all documents, pairs and clusters; every article is stale then."""
        for table in ("document", "volume", "volume_row", "twin", "dedup_state", "stale"):
            self._db.execute(f"DELETE FROM {table}")
        self._db.execute("INSERT INTO stale SELECT id FROM article")

    # -- one document ---------------------------------------------------------------------------------------------

    def _leave(self, article_id: int, changed: set[int]) -> _Wanted | None:
        """Take the document of an article out if it is out of date; return which one is to enter, None for none.

        Args:
            article_id: The article.
            changed: Gets the documents to be put in clusters again.
        """
        stored = self._db.execute("SELECT * FROM document WHERE article_id = ?", (article_id,)).fetchone()
        wanted = self._wanted(article_id)
        if stored is None:
            return wanted
        if wanted is not None and wanted.is_text_of(stored):
            if stored["digest"] != wanted.digest:
                self._db.execute(
                    "UPDATE document SET digest = ?, site = ?, agency = ? WHERE id = ?",
                    (wanted.digest, wanted.site, wanted.agency, stored["id"]),
                )
                changed.update({stored["id"]}, self._index.after(stored["id"]))
            return None
        changed |= self._index.remove(Document(stored["id"], stored["shingles"], stored["signature"], stored["digest"]))
        self._db.execute("DELETE FROM document WHERE id = ?", (stored["id"],))
        return wanted

    def _wanted(self, article_id: int) -> _Wanted | None:
        row = self._db.execute(_ARTICLE, (article_id,)).fetchone()
        if row is None:
            return None
        text = whole_text(self._db, row)
        more = json.loads(row["metadata"])
        agency = credited_agency((more.get("agency") or "", *more.get("authors", ())), text)
        publisher = publisher_of(row["site"], row["url"])
        reprint = agency is not None and not is_origin(agency, site_name=row["site_name"], url=row["url"])
        return _Wanted(
            rank=rank_of(url=row["url"], published=row["published"], reprint=reprint),
            site=publisher,
            agency=agency,
            digest=_digest(text) + _digest(json.dumps([publisher, row["title"], agency])),
            text=text,
        )

    def _make(self, article_id: int, wanted: _Wanted, expected: _Expected) -> Iterator[tuple[Document, Shingles]]:
        """Store the document of an article that has none; yield it with its shingles, if the article has any words."""
        known = expected.get(wanted.digest[:_DIGEST_BYTES])
        shingles = shingle(wanted.text) if known is None else known[0]
        if not len(shingles):
            return
        signature = sign(shingles) if known is None else known[1]
        document = Document(self._free_number(wanted.rank), len(shingles), signature, wanted.digest)
        self._db.execute(
            "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                document.id,
                article_id,
                wanted.digest,
                wanted.site,
                wanted.agency,
                document.size,
                document.signature,
            ),
        )
        yield document, shingles

    def _free_number(self, rank: int) -> int:
        rows = self._db.execute("SELECT id FROM document WHERE id >= ? ORDER BY id LIMIT ?", (rank, MOST_COLLISIONS))
        taken = {row[0] for row in rows}
        return next(number for number in range(rank, rank + MOST_COLLISIONS + 1) if number not in taken)

    def _shingles_of(self, document: int) -> Shingles | None:
        """Return the shingles of a document, None where its article has changed since and waits to be made anew."""
        stored = self._db.execute("SELECT article_id, digest FROM document WHERE id = ?", (document,)).fetchone()
        row = self._db.execute(_ARTICLE, (stored["article_id"],)).fetchone()
        text = None if row is None else whole_text(self._db, row)
        return shingle(text) if text is not None and _is_of_text(stored["digest"], text) else None

    # -- state ----------------------------------------------------------------------------------------------------

    def _rules_in_force(self) -> Rules:
        self.follow_rules()
        known = self._state("rules")
        return Rules() if known is None else Rules.from_text(known)

    def _state(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM dedup_state WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def _remember(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO dedup_state VALUES (?, ?)", (name, value))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_DIGEST_BYTES]


def _is_of_text(digest: bytes, text: str) -> bool:
    return digest[:_DIGEST_BYTES] == _digest(text)
