"""The write side of the corpus: one transaction says what came of a batch of leases.

Nothing else writes articles. A lease is closed by the same transaction that stores what the page became, and that
transaction runs only after the archive was flushed to disk; so whatever moment the process dies, the database never
speaks of a record that is not there, and no URL is forgotten.
"""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus.captures import capture_columns, store_text
from corpus.dedup import JoinedBy, Membership, find_article, speaker, text_key
from corpus.ledger import Ledger
from corpus.schema import connect, store_error
from corpus.types import Article, Removal, Via
from corpus.visits import Fetch, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of a command, as the ledger knows it."""

    run_id: int
    started_at: float


class Store:
    """The corpus database, opened for writing."""

    def __init__(self, file: Path, site_of: Callable[[str], str | None], *, busy_seconds: float = 30.0) -> None:
        """Open ``file``; ``site_of`` names the site that a URL belongs to, or None.

        Raises:
            StoreError: see `corpus.schema.connect`.
        """
        self.file = file
        self.db = connect(file, busy_seconds=busy_seconds)
        self.ledger = Ledger(self.db, site_of)

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
        self, command: str, sites: Sequence[str], now: float, *, config: Mapping[str, object], versions: Mapping[str, str]
    ) -> Run:
        """Enter a run and return it."""
        with self.transaction() as db:
            cursor = db.execute(
                "INSERT INTO run (command, sites, started_at, state, config, versions) VALUES (?, ?, ?, 'running', ?, ?)",
                (command, json.dumps(list(sites)), now, json.dumps(config, default=str), json.dumps(versions)),
            )
        assert cursor.lastrowid is not None
        return Run(run_id=cursor.lastrowid, started_at=now)

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
        outcomes: Counter[str] = Counter()
        with self.transaction() as db:
            for visit in visits:
                outcome, evidence = self._store(visit, run, now)
                self._close_lease(visit, outcome, evidence, now)
                outcomes[outcome] += 1
            self._count(db, run, outcomes)
        return outcomes

    def _store(self, visit: Visit, run: Run, now: float) -> tuple[str, str]:
        fetch_id = self._enter_fetch(visit.lease.url_id, visit.fetch, run) if visit.fetch else None
        new = self._enter_discoveries(visit, run, now)
        if visit.error is not None:
            return f"{'deferred' if visit.retry_at else 'failed'}/{visit.error}", visit.evidence
        if visit.unchanged:
            return "unchanged", visit.evidence
        if visit.listing:
            return "listed", f"{len(visit.discoveries)} links, {new} new"
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
            """INSERT INTO fetch (url_id, run_id, fetched_at, status, location, bytes, wire_digest, body_digest, warc_id,
                                  warc_offset, warc_length, same_as) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
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

    def _enter_discoveries(self, visit: Visit, run: Run, now: float) -> int:
        hops = visit.lease.hops + 1 if visit.fetch is not None and visit.fetch.location is not None else 0
        new = 0
        for found in visit.discoveries:
            site = visit.lease.site if found.via is Via.REDIRECT else None
            new += self.ledger.add(found, now, run_started_at=run.started_at, site=site, hops=hops)
        return new

    # -- captures and articles ------------------------------------------------------------------------------------

    def _enter_capture(self, visit: Visit, verdict: Article | Removal, fetch_id: int, now: float) -> tuple[str, str]:
        columns = capture_columns(verdict, url_key=visit.lease.url)
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
        return self._join(visit, columns, now)

    def _join(self, visit: Visit, columns: dict[str, str | int | float | bytes | None], now: float) -> tuple[str, str]:
        if columns["reason"] is not None:
            self._insert_capture(columns)
            return f"removed/{columns['reason']!s}", str(columns["evidence"])
        key, canonical = visit.lease.url, str(columns["canonical_url"])
        text = self.db.execute("SELECT body FROM text WHERE hash = ?", (columns["text_hash"],)).fetchone()[0]
        found = find_article(
            self.db,
            url=key,
            canonical=canonical,
            part_of=visit.lease.part.first_url if visit.lease.part else None,
            text=text,
            body_digest=visit.fetch.body_digest if visit.fetch else None,
        )
        before = None if found.article_id is None else self._spoken(found.article_id)
        article_id = found.article_id or self._new_article(key, int(str(columns["fetch_id"])), now)
        columns |= {"article_id": article_id, "joined_by": found.joined_by}
        self._insert_capture(columns)
        self._name(visit, canonical, article_id, found)
        self.refresh_article(article_id, now)
        return self._outcome(found, article_id, before, text_key(text))

    def _spoken(self, article_id: int) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.db.execute(
            """SELECT text_key, url.url FROM article JOIN capture ON fetch_id = capture_id JOIN url ON url.id = url_id
               WHERE article.id = ?""",
            (article_id,),
        ).fetchone()
        return row

    @staticmethod
    def _outcome(found: Membership, article_id: int, before: sqlite3.Row | None, key: bytes) -> tuple[str, str]:
        if before is None:
            return "kept", f"article {article_id}"
        if found.joined_by is JoinedBy.PART:
            return "part", f"of {before['url']}"
        if found.joined_by is JoinedBy.URL:
            changed = before["text_key"] != key
            return ("updated" if changed else "unchanged"), f"article {article_id}, {before['url']}"
        return f"duplicate/{found.joined_by}", f"of {before['url']}"

    def _insert_capture(self, columns: Mapping[str, str | int | float | bytes | None]) -> None:
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        self.db.execute(f"INSERT INTO capture ({names}) VALUES ({marks})", tuple(columns.values()))  # noqa: S608

    def _new_article(self, key: str, fetch_id: int, now: float) -> int:
        """Enter an article named after its first URL, with a number behind it where that name is taken."""
        base = hashlib.sha256(key.encode()).hexdigest()[:16]
        taken = self.db.execute("SELECT count(*) FROM article WHERE uid = ? OR uid LIKE ?", (base, f"{base}-%"))
        serial = taken.fetchone()[0]
        cursor = self.db.execute(
            "INSERT INTO article (uid, capture_id, stored_at, changed_at) VALUES (?, ?, ?, ?)",
            (f"{base}-{serial + 1}" if serial else base, fetch_id, now, now),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _name(self, visit: Visit, canonical: str, article_id: int, found: Membership) -> None:
        """Let the page's URL, and the canonical URL it names, stand for the article."""
        if found.joined_by is not JoinedBy.URL:
            self.db.execute(
                "INSERT OR REPLACE INTO alias (url, article_id, joined_by) VALUES (?, ?, ?)",
                (visit.lease.url, article_id, found.joined_by),
            )
        named = visit.lease.part.first_url if visit.lease.part else canonical
        self.db.execute(
            "INSERT OR IGNORE INTO alias (url, article_id, joined_by) VALUES (?, ?, ?)",
            (named, article_id, JoinedBy.CANONICAL),
        )

    def refresh_article(self, article_id: int, now: float) -> None:
        """Let the right capture speak for the article; drop an article that has no capture left."""
        capture_id = speaker(self.db, article_id)
        if capture_id is None:
            self.db.execute("DELETE FROM alias WHERE article_id = ?", (article_id,))
            self.db.execute("DELETE FROM article WHERE id = ?", (article_id,))
            return
        self.db.execute(
            "UPDATE article SET capture_id = ?, changed_at = ? WHERE id = ?", (capture_id, now, article_id)
        )

    # -- closing --------------------------------------------------------------------------------------------------

    def _close_lease(self, visit: Visit, outcome: str, evidence: str, now: float) -> None:
        fetch = visit.fetch
        failed = visit.error is not None
        newest = fetch is not None and not failed and self._is_newest(visit)
        self.db.execute(
            """UPDATE url SET state = :state, due_at = :due_at, lease_until = NULL, lease_run = NULL,
                   attempts = :attempts, outcome = :outcome, evidence = :evidence,
                   status = coalesce(:status, status), fetched_at = coalesce(:fetched_at, fetched_at),
                   etag = CASE WHEN :fresh THEN :etag ELSE etag END,
                   last_modified = CASE WHEN :fresh THEN :last_modified ELSE last_modified END,
                   wire_digest = CASE WHEN :fresh THEN :wire_digest ELSE wire_digest END
               WHERE id = :id""",
            {
                "id": visit.lease.url_id,
                "state": "done" if visit.retry_at is None else "due",
                "due_at": now if visit.retry_at is None else visit.retry_at,
                "attempts": visit.lease.attempts + 1 if failed else 0,
                "outcome": outcome,
                "evidence": evidence,
                "status": fetch.status if fetch else None,
                "fetched_at": fetch.fetched_at.timestamp() if fetch and (newest or failed) else None,
                # A 304 brings no body and often no validators; what is known stays.
                "fresh": newest and fetch is not None and fetch.status != 304,
                "etag": fetch.etag if fetch else None,
                "last_modified": fetch.last_modified if fetch else None,
                "wire_digest": fetch.wire_digest if fetch else None,
            },
        )

    @staticmethod
    def _is_newest(visit: Visit) -> bool:
        """Tell whether the response is newer than the last one; an ingested WARC may hold an older one."""
        last = visit.lease.fetched_at
        return visit.fetch is not None and (last is None or visit.fetch.fetched_at.timestamp() >= last)

    def _count(self, db: sqlite3.Connection, run: Run, outcomes: Counter[str]) -> None:
        row = db.execute("SELECT counters FROM run WHERE id = ?", (run.run_id,)).fetchone()
        counters = Counter(json.loads(row[0]))
        counters.update(outcomes)
        db.execute("UPDATE run SET counters = ? WHERE id = ?", (json.dumps(counters, sort_keys=True), run.run_id))

    # -- look-ups on the way --------------------------------------------------------------------------------------

    def fetch_of_payload(self, wire_digest: bytes) -> sqlite3.Row | None:
        """Return the first archived fetch with this payload (id, time, URL and place), or None."""
        row: sqlite3.Row | None = self.db.execute(
            """SELECT fetch.id, fetched_at, fetch_url, file, warc_offset, warc_length FROM fetch
               JOIN warc ON warc.id = warc_id JOIN url ON url.id = url_id
               WHERE wire_digest = ? AND same_as IS NULL ORDER BY fetch.id LIMIT 1""",
            (wire_digest,),
        ).fetchone()
        return row

    def judged_payload(self, wire_digest: bytes, cleaner: str) -> int | None:
        """Return the fetch whose capture judged this very payload with this cleaner and kept it, or None."""
        row = self.db.execute(
            """SELECT fetch_id FROM fetch JOIN capture ON fetch_id = fetch.id
               WHERE wire_digest = ? AND cleaner = ? AND part_number IS NULL AND reason IS NULL
               ORDER BY fetch_id LIMIT 1""",
            (wire_digest, cleaner),
        ).fetchone()
        return None if row is None else int(row[0])
