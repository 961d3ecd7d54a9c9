"""Transactions on a connection that is no `corpus.store.Store`."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.schema import store_error


@contextmanager
def writing(db: sqlite3.Connection, file: Path) -> Iterator[None]:
    """Run a block as one write transaction.

    Raises:
        StoreError: ``file`` is locked, full, read-only or damaged; nothing of the block was written.
    """
    with _transaction(db, file, "BEGIN IMMEDIATE"):
        yield


@contextmanager
def reading(db: sqlite3.Connection, file: Path) -> Iterator[None]:
    """Let everything that a block reads be of one moment.

    Raises:
        StoreError: ``file`` cannot be read.
    """
    with _transaction(db, file, "BEGIN"):
        yield


@contextmanager
def _transaction(db: sqlite3.Connection, file: Path, begin: str) -> Iterator[None]:
    try:
        db.execute(begin)
        try:
            yield
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")
    except sqlite3.Error as error:
        raise store_error(error, file) from error
