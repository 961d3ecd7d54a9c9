"""The database's schema and its numbered migrations.

``PRAGMA user_version`` is the number of the last migration that ran; each runs in a transaction of its own.
"""

import re
import sqlite3
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from corpus.errors import CorpusBusyError, SchemaError, StoreError

#: How long a writer waits for another process' transaction, in seconds. Ours take milliseconds; a backup or a
#: user's own transaction may take longer, and beyond this somebody should know.
BUSY_SECONDS = 30.0


def _migrations() -> list[tuple[int, str]]:
    folder = resources.files("corpus") / "migrations"
    scripts = ((file.name, file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".sql"))
    return sorted((int(name.split("_", 1)[0]), script) for name, script in scripts)


#: The schema version that this software writes.
SCHEMA_VERSION = max(number for number, _ in _migrations())


def connect_reader(file: Path) -> sqlite3.Connection:
    """Open the database of a corpus for reading; that of one which nothing was stored in yet is made first.

    Raises:
        StoreError: As `connect` does.
    """
    if not file.exists():
        connect(file).close()
    return connect(file, read_only=True)


def connect(
    file: Path, *, read_only: bool = False, as_it_is: bool = False, busy_seconds: float = BUSY_SECONDS
) -> sqlite3.Connection:
    """Open the database and bring its schema up to date.

    Args:
        file: The database; it is made where it is missing, unless ``read_only``.
        read_only: Open without the right to write (a reader never blocks a crawl).
        as_it_is: Where ``read_only``: take an older schema, too; for who copies it whole.
        busy_seconds: How long to wait for another process' transaction.

    Raises:
        SchemaError: The database was written by a newer version; or by an older one, where ``read_only``.
        StoreError: It cannot be opened (folder missing, no permission, not a database).
        CorpusBusyError: Another process kept it locked for ``busy_seconds``.
    """
    mode = "ro" if read_only else "rwc"
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(
            f"{file.absolute().as_uri()}?mode={mode}", uri=True, timeout=busy_seconds, isolation_level=None
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        if not read_only:
            # WAL with NORMAL survives kill -9 whole; a power cut may undo the last transactions, whose archive
            # records are then found again as orphans, but never half of one (https://sqlite.org/wal.html).
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            # 32 MB: URLs and documents are read and written all over. The index of near-duplicates needs none of it:
            # it is held in memory besides (corpus.shelf).
            connection.execute("PRAGMA cache_size = -32768")
            # 16 MB between checkpoints, not 4: of the pages that a batch changed, the next one changes many again.
            connection.execute("PRAGMA wal_autocheckpoint = 4000")
            _migrate(connection)
        _check(connection, file, older=as_it_is)
    except BaseException as error:  # Ctrl-C, too: what is left open would be closed at some time, with a warning
        if connection is not None:
            connection.close()
        if isinstance(error, sqlite3.Error):
            raise _explained(error, file) from error
        raise
    return connection


def write_anew(connection: sqlite3.Connection, folder: Path) -> None:
    """Write the database anew, without pages that nothing is in; it takes the room of a second one and its log.

    Args:
        connection: The database, outside of a transaction.
        folder: Where the copy is made meanwhile: on the disk of the database, as SQLite's own choice, ``/var/tmp``,
            often has less room, and in a container or a service is another one than was looked at.

    Raises:
        sqlite3.Error: There is too little room, or another process writes.
    """
    quoted = str(folder.absolute()).replace("'", "''")
    connection.execute(f"PRAGMA temp_store_directory = '{quoted}'")
    try:
        connection.execute("VACUUM")
    finally:
        connection.execute("PRAGMA temp_store_directory = ''")


def store_error(error: sqlite3.Error, file: Path | str) -> StoreError:
    """Return ``error`` as one of ours, saying what to do next."""
    return _explained(error, file)


def _explained(error: sqlite3.Error, file: Path | str) -> StoreError:
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return CorpusBusyError(f"{file}: another process holds the database; try again when it has ended")
    if code.startswith("SQLITE_FULL"):
        return StoreError(f"{file}: the disk is full; free some space and run the command again, nothing is lost")
    if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StoreError(f"{file}: cannot be opened for writing; check that the folder exists and its permissions")
    if code.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return StoreError(
            f"{file}: is damaged or not a database; restore it from a backup, or rebuild it from archive/"
        )
    return StoreError(f"{file}: {error}")


def _migrate(connection: sqlite3.Connection) -> None:
    for number, script in _migrations():
        if number <= _version(connection):
            continue
        connection.execute("BEGIN IMMEDIATE")
        try:
            if number > _version(connection):  # another process may have been faster
                for statement in _statements(script):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number:d}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script; those inside a trigger belong to it."""
    statement = ""
    for piece in re.sub(r"--[^\n]*", "", script).split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            if statement.strip() != ";":
                yield statement
            statement = ""


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _check(connection: sqlite3.Connection, file: Path, *, older: bool) -> None:
    found = _version(connection)
    if found > SCHEMA_VERSION:
        raise SchemaError(
            f"{file} has schema {found}, this software knows {SCHEMA_VERSION}; install a newer version of it"
        )
    if found < SCHEMA_VERSION and not older:
        raise SchemaError(f"{file} has schema {found}; run `collector doctor --repair` to bring it to {SCHEMA_VERSION}")
