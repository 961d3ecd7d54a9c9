"""The consumers of the feed: who keeps a copy of the corpus, and how far each of them is."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from corpus.articles import utc
from corpus.changes import log_name, nothing_noted
from corpus.errors import ConfigError
from corpus.folder import CorpusFolder
from corpus.schema import connect, store_error
from corpus.transactions import reading, writing

#: What a consumer has confirmed whose copy may be newer than the corpus, which was restored from a backup.
ASTRAY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """What keeps a copy of the corpus."""

    name: str
    sites: tuple[str, ...]
    languages: tuple[str, ...]
    #: What it has confirmed.
    cursor: str
    #: None where it never confirmed anything.
    confirmed_at: datetime | None
    #: Changes that it has not confirmed; those that nobody asked for yet are not counted (`all_counted`).
    waiting: int


def list_consumers(folder: CorpusFolder) -> tuple[Consumer, ...]:
    """Return all consumers, in alphabetical order.

    Raises:
        StoreError: The database cannot be read.
    """
    db = connect(folder.database)
    try:
        with reading(db, folder.database):
            log = log_name(db)
            rows = db.execute(
                """SELECT *, (SELECT count(*) FROM change WHERE seq > confirmed) AS waiting FROM consumer
                   ORDER BY name"""
            ).fetchall()
    finally:
        db.close()
    return tuple(
        Consumer(
            name=row["name"],
            sites=tuple(json.loads(row["filters"])["sites"]),
            languages=tuple(json.loads(row["filters"])["languages"]),
            cursor=f"{log}-{max(row['confirmed'], 0)}",
            confirmed_at=None if row["confirmed_at"] is None else utc(row["confirmed_at"]),
            waiting=row["waiting"],
        )
        for row in rows
    )


def all_counted(folder: CorpusFolder) -> bool:
    """Tell whether nothing has changed since any consumer last asked.

    Raises:
        StoreError: The database cannot be read.
    """
    with closing(connect(folder.database)) as db, reading(db, folder.database):
        return nothing_noted(db)


def forget_consumer(folder: CorpusFolder, name: str) -> None:
    """Forget how far a consumer is.

    Raises:
        ConfigError: There is none of this name.
        StoreError: The database cannot be written.
    """
    db = connect(folder.database)
    try:
        with writing(db, folder.database):
            if not db.execute("DELETE FROM consumer WHERE name = ?", (name,)).rowcount:
                raise no_consumer(name)
    finally:
        db.close()


def tell_consumers(database: Path) -> None:
    """Let consumers begin anew after a restore: they may have been told what this older corpus knows nothing of.

    Also those that had confirmed nothing by then: nobody knows what they have confirmed since.

    Args:
        database: The restored database, of any schema; nobody has it open.

    Raises:
        StoreError: It cannot be written.
    """
    try:
        with closing(sqlite3.connect(database, isolation_level=None)) as db:
            if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'consumer'").fetchone():
                return
            db.execute("UPDATE consumer SET confirmed = ?", (ASTRAY,))
            db.execute("UPDATE change_state SET value = lower(hex(randomblob(4))) WHERE name = 'name'")
    except sqlite3.Error as error:
        raise store_error(error, database) from error


def no_consumer(name: str) -> ConfigError:
    """Return the error of a name that is no consumer's."""
    return ConfigError(f"there is no consumer {name!r}; `collector feed --list` names them")
