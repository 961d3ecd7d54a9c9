"""The write side of the corpus: one transaction says what came of a batch of leases.

Nothing else writes articles. A lease is closed by the same transaction that stores what the page became, and that
transaction runs only after the archive was flushed to disk; so whatever moment the process dies, the database never
speaks of a record that is not there, and no URL is forgotten.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from corpus.captures import UNREFERENCED, capture_columns, store_text
from corpus.closing import close_lease
from corpus.dedup import JoinedBy
from corpus.documents import Documents
from corpus.grouping import Grouping, Placement
from corpus.history import enter_visits
from corpus.ledger import Ledger, ledger_key
from corpus.likeness import Rules
from corpus.outlines import enter_outline
from corpus.revisits import Revisits
from corpus.runs import kept_config
from corpus.schema import connect, store_error
from corpus.tombstones import Tombstones
from corpus.types import Article, Kind, Part, Removal, Via
from corpus.visits import Fetch, Visit

#: Columns of table ``capture`` that a verdict decides.
_JUDGED_COLUMNS = (
    "reason",
    "evidence",
    "canonical_url",
    "title",
    "language",
    "confidence",
    "published",
    "modified",
    "site_name",
    "words",
    "text_hash",
    "text_key",
    "metadata",
    "cuts",
)


#: Articles whose near-duplicates one transaction looks for at most: about a second. `corpus.upkeep` does the rest.
_MOST_SETTLED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of a command, as the ledger knows it."""

    run_id: int
    started_at: float
    #: crawl, ingest, reclean: the history of sites is that of their crawls.
    command: str = "crawl"
    #: The sites that it works on.
    sites: tuple[str, ...] = ()


class Store:
    """The corpus database, opened for writing."""

    def __init__(
        self,
        file: Path,
        site_of: Callable[[str], str | None],
        *,
        busy_seconds: float = 30.0,
        rules: Rules | None = None,
    ) -> None:
        """Open ``file``; ``site_of`` names the site that a URL belongs to, or None.

        Near-duplicates are judged by ``rules``; without them, by those that they were judged by before.

        Raises:
            StoreError: see `corpus.schema.connect`.
        """
        self.file = file
        self.db = connect(file, busy_seconds=busy_seconds)
        self.ledger = Ledger(self.db, site_of)
        self.revisits = Revisits(self.db)
        #: What was forgotten on request.
        self.tombstones = Tombstones(self.db)
        self._grouping = Grouping(self.db)
        #: What is known of near-duplicates; every transaction ends by bringing it up to date.
        self.documents = Documents(self.db, rules)

    def close(self) -> None:
        """Close the database."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run a block as one write transaction.

        Raises:
            StoreError: The database is locked, full, read-only or damaged; nothing of the block was written.
        """
        try:
            self.db.execute("BEGIN IMMEDIATE")
            yield self.db
            self.documents.settle(most=_MOST_SETTLED)
            self.db.execute("COMMIT")
        except sqlite3.Error as error:
            self._rollback()
            raise store_error(error, self.file) from error
        except BaseException:
            self._rollback()
            raise

    def _rollback(self) -> None:
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")

    # -- runs -----------------------------------------------------------------------------------------------------

    def begin_run(
        self,
        command: str,
        sites: Sequence[str],
        now: float,
        *,
        config: Mapping[str, object],
        versions: Mapping[str, str],
        choose: Callable[[Sequence[str]], Sequence[str]] = lambda sites: sites,
        show_alive: Callable[[int], object] = lambda _: None,
    ) -> Run:
        """Enter a run and return it, in one transaction.

        ``choose`` says which of the sites it may work on, while no other run can begin; ``show_alive`` is called with
        its number before other processes can see it.
        """
        with self.transaction() as db:
            sites = choose(sites)
            cursor = db.execute(
                """INSERT INTO run (command, sites, started_at, state, config, versions)
                   VALUES (?, ?, ?, 'running', ?, ?)""",
                (command, json.dumps(list(sites)), now, kept_config(db, config), json.dumps(versions)),
            )
            assert cursor.lastrowid is not None
            show_alive(cursor.lastrowid)
        return Run(run_id=cursor.lastrowid, started_at=now, command=command, sites=tuple(sites))

    def end_run(self, run: Run, now: float, *, state: str = "finished", note: str | None = None) -> None:
        """Close a run and give back any lease that it still holds."""
        with self.transaction() as db:
            self.ledger.release(dead_runs=[run.run_id], now=now)
            db.execute("UPDATE run SET ended_at = ?, state = ?, note = ? WHERE id = ?", (now, state, note, run.run_id))

    def bury_runs(self, dead: Sequence[int], now: float) -> int:
        """Mark runs whose process is gone as interrupted; return how many leases were taken back."""
        with self.transaction() as db:
            released = self.ledger.release(dead_runs=dead, now=now)
            db.executemany(
                "UPDATE run SET state = 'interrupted', ended_at = ? WHERE id = ? AND state = 'running'",
                [(now, run_id) for run_id in dead],
            )
        return released

    # -- what came of leases --------------------------------------------------------------------------------------

    def commit(self, visits: Sequence[Visit], run: Run, now: float) -> Counter[str]:
        """Store what came of a batch of leases in one transaction; return the outcomes, counted.

        Raises:
            StoreError: Nothing of the batch was stored; its leases are still open.
        """
        closed: list[tuple[Visit, str]] = []
        with self.transaction() as db:
            for visit in visits:
                outcome, evidence = self._store(visit, run, now)
                self.revisits.discount(visit, outcome)
                self._close_lease(visit, outcome, evidence, now)
                closed.append((visit, outcome))
            outcomes = Counter(outcome for _, outcome in closed)
            self._count(db, run, outcomes)
            if run.command == "crawl":
                enter_visits(db, run.run_id, run.started_at, closed, now)
        return outcomes

    def _store(self, visit: Visit, run: Run, now: float) -> tuple[str, str]:
        fetch_id = self._enter_fetch(visit.lease.url_id, visit.fetch, run) if visit.fetch else None
        new = self._enter_discoveries(visit, run, now)
        self.revisits.note(visit, now, new=new[Kind.ARTICLE] + new[Kind.SITEMAP])
        if visit.error is not None:
            return f"{'deferred' if visit.retry_at else 'failed'}/{visit.error}", visit.evidence
        if visit.unchanged:
            return "unchanged", visit.evidence
        if visit.listing:
            return "listed", f"{len(visit.discoveries)} links, {new.total()} new"
        if fetch_id is None:  # refused before it was fetched: robots.txt, a trap, a limit
            removal = visit.removal
            assert removal is not None, f"a visit without a fetch needs a removal: {visit.lease.url}"
            return f"removed/{removal.reason}", removal.evidence
        if visit.copy_of is not None:
            return self._enter_copy(visit, fetch_id, now)
        assert visit.verdict is not None, f"a visit needs a verdict: {visit.lease.url}"
        return self._enter_capture(visit, visit.verdict, fetch_id, now)

    def _enter_fetch(self, url_id: int, fetch: Fetch, run: Run) -> int:
        record = fetch.warc_record
        cursor = self.db.execute(
            """INSERT INTO fetch (url_id, run_id, fetched_at, status, location, bytes, wire_digest, body_digest,
                   warc_id, warc_offset, warc_length, same_as) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                url_id,
                run.run_id,
                fetch.fetched_at.timestamp(),
                fetch.status,
                fetch.location,
                fetch.wire_bytes,
                fetch.wire_digest,
                fetch.body_digest,
                None if record is None else self._warc_id(record.file),
                None if record is None else record.offset,
                None if record is None else record.length,
                fetch.same_as,
            ),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _warc_id(self, file: str) -> int:
        self.db.execute("INSERT OR IGNORE INTO warc (file) VALUES (?)", (file,))
        return int(self.db.execute("SELECT id FROM warc WHERE file = ?", (file,)).fetchone()[0])

    def _enter_discoveries(self, visit: Visit, run: Run, now: float) -> Counter[Kind]:
        hops = visit.lease.hops + 1 if visit.fetch is not None and visit.fetch.location is not None else 0
        new: Counter[Kind] = Counter()
        # A listing's further pages come last: they are read again only when this one had something new.
        for found in sorted(visit.discoveries, key=lambda one: one.via is Via.PAGINATION):
            site = visit.lease.site if found.via is Via.REDIRECT else None
            again = new.total() > 0
            new[found.kind] += self.ledger.add(
                found, now, run_started_at=run.started_at, site=site, hops=hops, again=again
            )
            if found.part is not None:
                self._make_part(found.url, found.part, now)
        return new

    def _make_part(self, url: str, part: Part, now: float) -> None:
        """Let a page that was stored before it was known to be a part join its article."""
        row = self.db.execute(
            """UPDATE capture SET part_number = ? WHERE part_number IS NULL
               AND url_id = (SELECT id FROM url WHERE url = ? AND part_of = ?) RETURNING url_id""",
            (part.number, ledger_key(url), part.first_url),
        ).fetchall()
        if row:
            self._grouping.place(row[0]["url_id"], now)

    # -- captures and articles ------------------------------------------------------------------------------------

    def _enter_capture(self, visit: Visit, verdict: Article | Removal, fetch_id: int, now: float) -> tuple[str, str]:
        forgotten = self.tombstones.judge(visit.lease.url, verdict)
        verdict = forgotten or verdict
        if visit.prepared is None or forgotten is not None:
            columns = capture_columns(verdict, url_key=visit.lease.url)
        else:
            columns = dict(visit.prepared.columns)
            self.documents.expect(visit.prepared)
        if isinstance(verdict, Article):
            store_text(self.db, verdict.text)
        part = visit.lease.part.number if visit.lease.part else None
        columns |= {"fetch_id": fetch_id, "url_id": visit.lease.url_id, "part_number": part, "cleaner": visit.cleaner}
        if self._says_nothing_new(columns):
            return "unchanged", "the page changed, what it says did not"
        return self._join(visit, columns, now)

    def _says_nothing_new(self, columns: Mapping[str, str | int | float | bytes | None]) -> bool:
        """Tell whether the URL's last capture says the same: a page with a clock on it is new bytes at every visit."""
        last = self.db.execute(
            "SELECT * FROM capture WHERE url_id = ? ORDER BY fetch_id DESC LIMIT 1", (columns["url_id"],)
        ).fetchone()
        same = ("reason", "text_hash", "title", "published", "modified", "canonical_url", "metadata", "cleaner")
        return last is not None and all(last[name] == columns.get(name) for name in same)

    def _enter_copy(self, visit: Visit, fetch_id: int, now: float) -> tuple[str, str]:
        twin = self.db.execute("SELECT * FROM capture WHERE fetch_id = ?", (visit.copy_of,)).fetchone()
        columns = dict(zip(twin.keys(), tuple(twin), strict=True))
        columns |= {"fetch_id": fetch_id, "url_id": visit.lease.url_id, "article_id": None, "joined_by": None}
        if "canonical_url" not in json.loads(twin["metadata"])["sources"]:
            columns["canonical_url"] = visit.lease.url  # the page names none, so here as there it is its own
        if self._says_nothing_new(columns):
            return "unchanged", "the page changed, what it says did not"
        return self._join(visit, columns, now)

    def _join(self, visit: Visit, columns: dict[str, str | int | float | bytes | None], now: float) -> tuple[str, str]:
        before = self._newest_text(visit.lease.url_id)
        self._insert_capture(columns)
        enter_outline(self.db, int(str(columns["fetch_id"])), visit.outlined, twin_id=visit.copy_of)
        if columns["reason"] is not None:
            return f"removed/{columns['reason']!s}", str(columns["evidence"])
        placed = self._grouping.place(visit.lease.url_id, now, fetch_id=int(str(columns["fetch_id"])))
        assert placed is not None, f"a kept capture has a place: {visit.lease.url}"
        self.db.execute("UPDATE capture SET joined_by = ? WHERE fetch_id = ?", (placed.joined_by, columns["fetch_id"]))
        return self._outcome(placed, updated=before != columns["text_key"])

    def _newest_text(self, url_id: int) -> bytes | None:
        row = self.db.execute(
            """SELECT text_key FROM capture JOIN fetch ON fetch.id = fetch_id
               WHERE capture.url_id = ? AND reason IS NULL ORDER BY fetched_at DESC, fetch_id DESC LIMIT 1""",
            (url_id,),
        ).fetchone()
        return None if row is None else bytes(row[0])

    @staticmethod
    def _outcome(placed: Placement, *, updated: bool) -> tuple[str, str]:
        if placed.joined_by is JoinedBy.NEW:
            return "kept", f"article {placed.article}"
        if placed.joined_by is JoinedBy.URL:
            return ("updated" if updated else "unchanged"), f"article {placed.article}, {placed.beside}"
        if placed.joined_by is JoinedBy.PART:
            return "part", f"of {placed.beside}"
        return f"duplicate/{placed.joined_by}", f"of {placed.beside}"

    def _insert_capture(self, columns: Mapping[str, str | int | float | bytes | None]) -> None:
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        self.db.execute(f"INSERT INTO capture ({names}) VALUES ({marks})", tuple(columns.values()))

    # -- cleaning again -------------------------------------------------------------------------------------------

    def replace_capture(self, fetch_id: int, verdict: Article | Removal, cleaner: str, now: float) -> None:
        """Let a new verdict on an archived page take the place of the old one, and bring the articles up to date."""
        row = self.db.execute(
            "SELECT url.id, url.url FROM capture JOIN url ON url.id = url_id WHERE fetch_id = ?", (fetch_id,)
        ).fetchone()
        if isinstance(verdict, Article):
            store_text(self.db, verdict.text)
        blank = dict.fromkeys(_JUDGED_COLUMNS)
        columns = {**blank, **capture_columns(verdict, url_key=row["url"]), "cleaner": cleaner}
        names = ", ".join(f"{name} = ?" for name in columns)
        self.db.execute(f"UPDATE capture SET {names} WHERE fetch_id = ?", (*columns.values(), fetch_id))
        # The capture that speaks may be the same and say something else: the grouping writes the time of the change.
        self.db.execute("UPDATE article SET changed_at = 0 WHERE capture_id = ?", (fetch_id,))
        self._grouping.place(row["id"], now)

    def drop_unused_texts(self) -> None:
        """Delete texts that no capture has any more, and no snapshot."""
        self.db.execute(f"DELETE FROM text WHERE {UNREFERENCED}")

    # -- closing --------------------------------------------------------------------------------------------------

    def _close_lease(self, visit: Visit, outcome: str, evidence: str, now: float) -> None:
        close_lease(self.db, visit, outcome, evidence, now)

    def _count(self, db: sqlite3.Connection, run: Run, outcomes: Counter[str]) -> None:
        row = db.execute("SELECT counters FROM run WHERE id = ?", (run.run_id,)).fetchone()
        counters = Counter(json.loads(row[0]))
        counters.update(outcomes)
        db.execute("UPDATE run SET counters = ? WHERE id = ?", (json.dumps(counters, sort_keys=True), run.run_id))

    # -- look-ups on the way --------------------------------------------------------------------------------------

    def fetch_of_payload(self, wire_digest: bytes) -> sqlite3.Row | None:
        """Return the first archived fetch with this payload (id, time, URL and place), or None."""
        row: sqlite3.Row | None = self.db.execute(
            """SELECT fetch.id, fetch.fetched_at, fetch_url, file, warc_offset, warc_length FROM fetch
               JOIN warc ON warc.id = warc_id JOIN url ON url.id = url_id
               WHERE fetch.wire_digest = ? AND same_as IS NULL ORDER BY fetch.id LIMIT 1""",
            (wire_digest,),
        ).fetchone()
        return row

    def judged_payload(self, wire_digest: bytes, cleaner: str, site: str) -> int | None:
        """Return the archived fetch of the site whose capture judged this very payload and kept it, or None.

        One whose header or host said something of its use is left out: at another URL that may not hold.
        """
        row = self.db.execute(
            """SELECT fetch_id FROM fetch JOIN capture ON fetch_id = fetch.id JOIN url ON url.id = fetch.url_id
               WHERE fetch.wire_digest = ? AND cleaner = ? AND site = ? AND warc_id IS NOT NULL
                   AND capture.part_number IS NULL AND reason IS NULL
                   AND NOT EXISTS (SELECT 1 FROM json_each(capture.metadata, '$.rights') AS said
                                   WHERE json_extract(said.value, '$.place') != 'page')
               ORDER BY fetch_id LIMIT 1""",
            (wire_digest, cleaner, site),
        ).fetchone()
        return None if row is None else int(row[0])

    def has_record(self, file: str, offset: int, fetched_at: datetime | None = None) -> bool:
        """Tell whether the record of this place, and this time (another file may have the name now), was ingested."""
        query = "SELECT fetched_at FROM fetch JOIN warc ON warc.id = warc_id WHERE file = ? AND warc_offset = ?"
        rows = self.db.execute(query, (file, offset)).fetchall()
        return any(fetched_at is None or row[0] == fetched_at.timestamp() for row in rows)

    def has_body(self, url_id: int, body_digest: bytes) -> bool:
        """Tell whether a URL has had this very body before."""
        row = self.db.execute(
            "SELECT 1 FROM fetch WHERE url_id = ? AND body_digest = ?", (url_id, body_digest)
        ).fetchone()
        return row is not None
