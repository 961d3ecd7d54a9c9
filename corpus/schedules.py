"""What the schedule has to remember of each site, so that a restart goes on where it was."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus.schema import connect, store_error


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHistory:
    """A site's last turn and its last crawl; times in Unix seconds."""

    site: str
    #: When its turn last came, whether or not there was anything to do.
    served_at: float
    started_at: float | None
    ended_at: float | None
    #: The run in the ledger, where one was begun.
    run_id: int | None
    #: idle, running, finished, time-up, interrupted, failed.
    state: str
    #: Crawls in a row that failed.
    failures: int
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningCrawl:
    """A run that the ledger takes for alive; its process may be dead."""

    run_id: int
    sites: tuple[str, ...]
    started_at: float


class Schedules:
    """The schedule table; every method is a transaction of its own.

    All of them raise `corpus.errors.StoreError` when the database is locked, full, read-only or damaged.
    """

    def __init__(self, file: Path, *, busy_seconds: float, read_only: bool = False) -> None:
        self._file = file
        #: The connection.
        self.db = connect(file, busy_seconds=busy_seconds, read_only=read_only)

    def close(self) -> None:
        """Close the database."""
        self.db.close()

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Raise errors of SQLite as our own."""
        try:
            yield
        except sqlite3.Error as error:
            raise store_error(error, self._file) from error

    def histories(self) -> dict[str, SiteHistory]:
        """Return what is known of each site that had a turn."""
        with self.explaining():
            rows = self.db.execute("SELECT * FROM schedule").fetchall()
        return {row["site"]: SiteHistory(**{name: row[name] for name in row.keys()}) for row in rows}  # noqa: SIM118

    def pass_turn(self, site: str, now: float) -> None:
        """Note that a site's turn came and there was nothing to do."""
        self._write(
            """INSERT INTO schedule (site, served_at, state) VALUES (:site, :now, 'idle')
               ON CONFLICT (site) DO UPDATE SET served_at = :now""",
            {"site": site, "now": now},
        )

    def begin(self, site: str, now: float) -> None:
        """Note that a site's crawl starts."""
        self._write(
            """INSERT INTO schedule (site, served_at, started_at, state) VALUES (:site, :now, :now, 'running')
               ON CONFLICT (site) DO UPDATE SET served_at = :now, started_at = :now, ended_at = NULL, run_id = NULL,
                   state = 'running', note = NULL""",
            {"site": site, "now": now},
        )

    def end(self, site: str, now: float, *, state: str, run_id: int | None, note: str | None) -> None:
        """Note how a site's crawl ended."""
        self._write(
            """UPDATE schedule SET ended_at = :now, state = :state, note = :note,
                   run_id = (SELECT id FROM run WHERE id = :run_id),
                   failures = CASE :state WHEN 'failed' THEN failures + 1 WHEN 'interrupted' THEN failures ELSE 0 END
               WHERE site = :site""",
            {"site": site, "now": now, "state": state, "run_id": run_id, "note": note},
        )

    def try_failed_again(self) -> None:
        """Let sites whose last crawl failed have their turn at once: what stood in their way is gone."""
        self._write("UPDATE schedule SET state = 'interrupted', failures = 0 WHERE state = 'failed'", {})

    def running(self) -> list[RunningCrawl]:
        """Return the crawls that the ledger takes for alive."""
        with self.explaining():
            rows = self.db.execute(
                "SELECT id, sites, started_at FROM run WHERE state = 'running' AND command = 'crawl'"
            ).fetchall()
        return [
            RunningCrawl(run_id=row["id"], sites=tuple(json.loads(row["sites"])), started_at=row["started_at"])
            for row in rows
        ]

    def last_run(self, site: str, since: float) -> tuple[int, str] | None:
        """Return number and state of the newest crawl of a site alone that began at ``since`` or later."""
        with self.explaining():
            row = self.db.execute(
                "SELECT id, state FROM run WHERE sites = ? AND started_at >= ? AND command = 'crawl'"
                " ORDER BY id DESC LIMIT 1",
                (json.dumps([site]), since),
            ).fetchone()
        return None if row is None else (row["id"], row["state"])

    def counters(self, run_ids: list[int]) -> dict[int, Mapping[str, int]]:
        """Return the counted outcomes of runs."""
        with self.explaining():
            rows = self.db.execute(
                "SELECT id, counters FROM run WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(run_ids),)
            ).fetchall()
        return {row["id"]: json.loads(row["counters"]) for row in rows}

    def mend_clocks(self, now: float) -> int:
        """Bring back what was put off to a time that no setting of ours reaches: the clock was wrong then.

        Returns:
            How many hosts and URLs that were.
        """
        count = 0
        for statement in (
            "UPDATE host SET next_at = :now WHERE next_at > :far",
            "UPDATE url SET due_at = :now WHERE state = 'due' AND due_at > :far",
            "DELETE FROM spending WHERE day > :now / 86400 + 1",
        ):
            count += self._write(statement, {"now": now, "far": now + _FARTHEST_SECONDS})
        return count

    def _write(self, statement: str, values: Mapping[str, object]) -> int:
        with self.explaining():
            return self.db.execute(statement, values).rowcount


#: Nothing is put off for longer than this: Retry-After and Crawl-delay are believed for a day, and a failing URL's last
#: pause is doubled from seconds a few times.
_FARTHEST_SECONDS = 3 * 86_400.0
