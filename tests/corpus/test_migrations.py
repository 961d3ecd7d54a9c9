"""A database of every schema that was ever released opens today with all its rows; one from tomorrow is refused.

Nothing here names a version, or a table that is still there: the rows are made from the schema as each migration leaves
it, so that a new migration is covered by being there.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from corpus import schema
from corpus.backup import back_up
from corpus.backup_manifest import verify_backup
from corpus.errors import SchemaError, StoreError
from corpus.folder import CorpusFolder
from corpus.restore import restore
from corpus.schema import SCHEMA_VERSION, connect

NUMBERS = [number for number, _ in schema._migrations()]
#: Tables that a later schema has in another form, made again from others (corpus.postings).
_MADE_AGAIN = {"posting"}
#: Values that a CHECK allows: CHECK (state IN ('due', 'leased', 'done')).
_ALLOWED = re.compile(r"CHECK\s*\(\s*(\w+)\s+IN\s*\(\s*'([^']*)'")

Row = dict[str, object]


def build(file: Path, number: int) -> sqlite3.Connection:
    """Make a database of a version by its own migrations, with rows in every table."""
    db = sqlite3.connect(file, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    for one, script in schema._migrations():
        for statement in schema._statements(script) if one <= number else ():
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {number}")
    for table in in_order(db):
        for nth in (1, 2):
            insert(db, table, nth)
    db.execute("COMMIT")
    return db


def tables_of(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")]


def in_order(db: sqlite3.Connection) -> list[str]:
    """Return the tables, each after those that it refers to."""
    left = {table: parents(db, table) - {table} for table in tables_of(db)}
    ordered: list[str] = []
    while left:
        ready = [table for table, needs in left.items() if needs <= set(ordered)]
        assert ready, f"tables refer to each other: {left}"
        ordered += ready
        left = {table: needs for table, needs in left.items() if table not in ready}
    return ordered


def parents(db: sqlite3.Connection, table: str) -> set[str]:
    return {row["table"] for row in db.execute(f"PRAGMA foreign_key_list({table})")}


def insert(db: sqlite3.Connection, table: str, nth: int) -> None:
    """Insert the nth row of a table, every column filled; references lead to the nth row of the other table."""
    allowed = dict(_ALLOWED.findall(db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]))
    refers = {row["from"]: row["table"] for row in db.execute(f"PRAGMA foreign_key_list({table})")}
    row: Row = {}
    for column in db.execute(f"PRAGMA table_info({table})").fetchall():
        name = column["name"]
        if name in refers:
            row[name] = key_of(db, refers[name], nth) if refers[name] != table else None
        elif name in allowed:
            row[name] = allowed[name]
        else:
            row[name] = value_of(column["type"], table, name, nth)
    marks = ", ".join("?" * len(row))
    # Triggers may have been there first.
    db.execute(f"INSERT OR IGNORE INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


def key_of(db: sqlite3.Connection, table: str, nth: int) -> object:
    key = next(row["name"] for row in db.execute(f"PRAGMA table_info({table})") if row["pk"])
    return db.execute(f"SELECT {key} FROM {table} ORDER BY rowid LIMIT 1 OFFSET ?", (nth - 1,)).fetchone()[0]


def value_of(kind: str, table: str, name: str, nth: int) -> object:
    if kind == "TEXT":
        return f"{table}.{name} {nth}: ଓଡ଼ିଆ"
    return {"INTEGER": nth, "REAL": nth + 0.25, "BLOB": f"{table}.{name}\0{nth}".encode()}[kind]


def rows_of(db: sqlite3.Connection, columns: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: sorted((tuple(row) for row in db.execute(f"SELECT {', '.join(names)} FROM {table}")), key=repr)
        for table, names in columns.items()
    }


def columns_of(db: sqlite3.Connection) -> dict[str, list[str]]:
    return {table: [row["name"] for row in db.execute(f"PRAGMA table_info({table})")] for table in tables_of(db)}


def schema_of(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Return what there is, independent of how it came to be: columns, indices, triggers."""
    return {
        name: [tuple(row)[1:] for row in db.execute(f"PRAGMA table_xinfo({name})")]
        for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
    }


def test_the_numbers_of_migrations_are_in_a_row_from_one() -> None:
    assert list(range(1, SCHEMA_VERSION + 1)) == NUMBERS


@pytest.mark.parametrize("number", NUMBERS)
def test_an_older_database_opens_with_all_its_rows_and_the_schema_of_a_new_one(tmp_path: Path, number: int) -> None:
    file = tmp_path / "corpus.db"
    with closing(build(file, number)) as db:
        columns = {table: names for table, names in columns_of(db).items() if table not in _MADE_AGAIN}
        before = rows_of(db, columns)
        assert all(len(rows) >= 2 for rows in before.values()), "every table has rows"
        assert not db.execute("PRAGMA foreign_key_check").fetchall()
    if number < SCHEMA_VERSION:
        with pytest.raises(SchemaError, match=f"has schema {number}; run `collector doctor --repair`"):
            connect(file, read_only=True)
    with closing(connect(file)) as db, closing(connect(tmp_path / "new.db")) as new:
        after = rows_of(db, columns)
        for table, rows in before.items():
            assert set(rows) <= set(after[table]), table
        assert not db.execute("PRAGMA foreign_key_check").fetchall()
        assert [tuple(row) for row in db.execute("PRAGMA integrity_check")] == [("ok",)]
        assert db.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
        assert schema_of(db) == schema_of(new)
        first = rows_of(db, columns_of(db))
    with closing(connect(file)) as db:
        assert rows_of(db, columns_of(db)) == first


def old_corpus(root: Path, number: int) -> CorpusFolder:
    """Make a corpus folder whose database is of a version, and whose archive is empty."""
    folder = CorpusFolder(root)
    folder.archive.mkdir(parents=True)
    folder.config.write_text("", "utf-8")
    with closing(build(folder.database, number)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("DELETE FROM fetch")
    return folder


@pytest.mark.parametrize("number", NUMBERS)
def test_an_older_database_is_backed_up_as_it_is_and_brought_up_to_date_when_it_is_restored(
    tmp_path: Path, number: int
) -> None:
    folder = old_corpus(tmp_path / "c", number)
    manifest = back_up(folder, tmp_path / "backup", 0.0)
    assert (manifest.schema, manifest.articles) == (number, 2)
    assert list(verify_backup(tmp_path / "backup")) == []
    with closing(sqlite3.connect(folder.database)) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == number
        assert manifest.takedowns == (2 if "takedown" in tables_of(db) else 0)
    restore(tmp_path / "backup", tmp_path / "again")
    with closing(connect(tmp_path / "again" / "corpus.db", read_only=True)) as db:
        assert db.execute("SELECT count(*) FROM article").fetchone()[0] == 2


def test_a_restored_backup_that_cannot_be_brought_up_to_date_is_there_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(old_corpus(tmp_path / "c", 1), tmp_path / "backup", 0.0)
    monkeypatch.setattr(schema, "_statements", lambda _: ["SELECT * FROM nowhere"])
    with pytest.raises(
        StoreError, match=rf"again: is restored, with schema 1, and cannot be brought to {SCHEMA_VERSION}"
    ):
        restore(tmp_path / "backup", tmp_path / "again")
    with closing(sqlite3.connect(tmp_path / "again" / "corpus.db")) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == 1


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_database_is_refused_and_left_as_it_is(tmp_path: Path, read_only: bool) -> None:
    file = tmp_path / "corpus.db"
    with closing(build(file, SCHEMA_VERSION)) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        before = rows_of(db, columns_of(db))
    with pytest.raises(SchemaError, match=f"has schema {SCHEMA_VERSION + 1}.*install a newer version"):
        connect(file, read_only=read_only)
    with closing(sqlite3.connect(file)) as db:
        db.row_factory = sqlite3.Row
        assert rows_of(db, columns_of(db)) == before


@pytest.mark.parametrize("number", NUMBERS)
def test_a_migration_that_dies_half_way_leaves_the_version_before(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "corpus.db"
    if number > 1:
        build(file, number - 1).close()
    whole = schema._statements

    def broken(script: str) -> Iterator[str]:
        yield from whole(script)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(schema, "_statements", broken)
        with pytest.raises(KeyboardInterrupt):
            connect(file)
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == number - 1
    connect(file).close()
