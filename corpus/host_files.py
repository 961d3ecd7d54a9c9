"""Files by which hosts speak of the use of their pages, as they were last fetched."""

import sqlite3
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFile:
    """A file of a host, as it was last fetched."""

    #: ``scheme://host:port``.
    origin: str
    path: str
    #: When it was last asked for, in Unix seconds.
    fetched_at: float
    #: Status of the answer that the body is from; None where none ever came.
    status: int | None
    body: bytes = field(repr=False)
    #: What was wrong with the last answer.
    evidence: str | None = None

    @property
    def there(self) -> bool:
        """Whether there is such a file."""
        return self.status is not None and 200 <= self.status < 300


class HostFiles:
    """The files of all hosts, in the ledger."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def find(self, origin: str, path: str) -> HostFile | None:
        """Return a file of a host, None if it was never asked for."""
        row = self._db.execute("SELECT * FROM host_file WHERE origin = ? AND path = ?", (origin, path)).fetchone()
        return None if row is None else HostFile(**dict(row))

    def find_robots(self, origin: str) -> bytes | None:
        """Return the robots.txt of an origin, None where there is none."""
        row = self._db.execute(
            "SELECT body FROM robots WHERE origin = ? AND status BETWEEN 200 AND 299", (origin,)
        ).fetchone()
        return None if row is None else bytes(row[0])

    def store(self, file: HostFile) -> None:
        """Store an answer; one that says nothing of the file (5xx, 429, no answer) leaves what is known of it.

        Called inside the caller's transaction.
        """
        silent = file.status is None or file.status >= 500 or file.status == 429
        self._db.execute(
            """INSERT INTO host_file (origin, path, fetched_at, status, body, evidence) VALUES (?, ?, ?, ?, ?, ?)
               ON CONFLICT (origin, path) DO UPDATE SET fetched_at = excluded.fetched_at, evidence = excluded.evidence,
                   status = CASE WHEN ? THEN status ELSE excluded.status END,
                   body = CASE WHEN ? THEN body ELSE excluded.body END""",
            (file.origin, file.path, file.fetched_at, file.status, file.body, file.evidence, silent, silent),
        )
