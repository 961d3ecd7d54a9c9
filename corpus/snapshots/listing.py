"""The snapshots that there are, and what of them was taken down."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from corpus.articles import utc
from corpus.errors import ConfigError
from corpus.folder import CorpusFolder
from corpus.schema import connect_reader

#: Value of ``snapshot_article.last`` of what is so to this day: the largest number that SQLite knows.
OPEN = 2**63 - 1
#: Articles of snapshots and their records …
ARTICLES = "snapshot_article AS own JOIN record ON record.digest = own.digest"
#: … and which of them are those of the one whose number stands for ``:snapshot``.
OF_SNAPSHOT = "own.first <= :snapshot AND own.last >= :snapshot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A named state of the corpus."""

    #: Its number in the database.
    number: int
    tag: str
    made_at: datetime
    #: Articles when it was made.
    articles: int
    #: Articles that were taken down since.
    withdrawn: int
    #: SHA-256 of the manifest, which holds that of the articles; in hexadecimal.
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """An article of a snapshot that was forgotten on request."""

    id: str
    #: When that was asked for.
    at: datetime
    #: Whether no trace is left, so that the name may be told.
    finished: bool


def list_snapshots(db: sqlite3.Connection) -> tuple[Snapshot, ...]:
    """Return all snapshots, the first one first."""
    rows = db.execute("SELECT * FROM snapshot WHERE checksum IS NOT NULL ORDER BY id").fetchall()
    return tuple(_snapshot(db, row) for row in rows)


def find_snapshot(db: sqlite3.Connection, tag: str) -> Snapshot:
    """Return the snapshot of this name.

    Raises:
        ConfigError: There is none.
    """
    row = db.execute("SELECT * FROM snapshot WHERE tag = ? AND checksum IS NOT NULL", (tag,)).fetchone()
    if row is None:
        names = [row[0] for row in db.execute("SELECT tag FROM snapshot WHERE checksum IS NOT NULL ORDER BY id")]
        raise ConfigError(f"there is no snapshot {tag!r}; there are: {', '.join(names) or 'none yet'}")
    return _snapshot(db, row)


def read_manifest(db: sqlite3.Connection, snapshot: Snapshot) -> Mapping[str, object]:
    """Return what a snapshot says of itself (`corpus.snapshots.description`)."""
    row = db.execute("SELECT manifest FROM snapshot WHERE id = ?", (snapshot.number,)).fetchone()
    manifest: Mapping[str, object] = json.loads(row[0])
    return manifest


def configuration_of(folder: CorpusFolder, tag: str) -> dict[str, Any]:
    """Return the configuration of the corpus when a snapshot was made.

    Raises:
        ConfigError: There is none of this name.
        StoreError: The database cannot be read.
    """
    with closing(connect_reader(folder.database)) as db:
        configuration = read_manifest(db, find_snapshot(db, tag))["configuration"]
    assert isinstance(configuration, dict)
    return configuration


def withdrawn_of(db: sqlite3.Connection, snapshot: Snapshot) -> tuple[Withdrawn, ...]:
    """Return the articles of a snapshot that were taken down since, in the order of their ids."""
    rows = db.execute(
        f"""SELECT uid, asked_at, finished_at FROM takedown
            JOIN (SELECT own.uid, record.takedown AS number FROM {ARTICLES}
                  WHERE {OF_SNAPSHOT} AND record.takedown IS NOT NULL) ON number = takedown.id ORDER BY uid""",
        {"snapshot": snapshot.number},
    )
    return tuple(Withdrawn(id=row[0], at=utc(row[1]), finished=row[2] is not None) for row in rows.fetchall())


def _snapshot(db: sqlite3.Connection, row: sqlite3.Row) -> Snapshot:
    withdrawn = db.execute(
        f"SELECT count(*) FROM {ARTICLES} WHERE {OF_SNAPSHOT} AND record.takedown IS NOT NULL", {"snapshot": row["id"]}
    ).fetchone()[0]
    return Snapshot(
        number=row["id"],
        tag=row["tag"],
        made_at=utc(row["made_at"]),
        articles=int(json.loads(row["manifest"])["articles"]),
        withdrawn=withdrawn,
        checksum=row["checksum"].hex(),
    )
