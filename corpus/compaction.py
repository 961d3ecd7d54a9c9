"""Compaction: archive files are written anew without what retention releases, and the database follows.

For each file: its new name is entered in table ``compaction``; the new file is written and synced; one transaction
moves every pointer; the old file is removed; the entry goes. Whatever moment the process dies, `settle_interrupted`
knows from the entry, which that transaction marks, which of the two files is the one, and removes the other. No crawl
runs meanwhile (the caller sees to that), so nobody holds an old place in his hands.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus.archive.rewrite import count_blanked_bytes, rewrite
from corpus.archive.segment import sync_folder, write_error
from corpus.errors import ArchiveError, StoreError
from corpus.folder import CorpusFolder
from corpus.retention import Disposable, Retention, choose_released, count_released, keep_files
from corpus.store import Store

_SUFFIX = ".warc.gz"
_GENERATION = re.compile(r"(?P<stem>.+?)(?:\.c(?P<number>\d+))?\.warc\.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrinking:
    """A file of the archive that would be written anew."""

    file: str
    bytes: int
    #: Records that go, and what they take; the requests that go with them come on top.
    records: int
    released_bytes: int
    #: What the markers of takedowns take.
    blanked_bytes: int

    @property
    def share(self) -> float:
        """The share of the file that goes at least."""
        return (self.released_bytes + self.blanked_bytes) / self.bytes if self.bytes else 0.0


@dataclass(slots=True)
class Compacted:
    """What a compaction did."""

    files: int = 0
    freed_bytes: int = 0
    records: int = 0
    #: Why files could not be written anew; they are as they were.
    failures: list[str] = field(default_factory=list)


def plan_compaction(
    db: sqlite3.Connection, folder: CorpusFolder, retention: Retention, now: float, *, least_share: float
) -> tuple[list[Shrinking], dict[Disposable, int]]:
    """Find the files that are worth writing anew; fills the temporary table ``released`` accordingly.

    Args:
        db: The database; may be read-only.
        folder: The corpus folder.
        retention: What is kept for how long.
        now: Unix seconds.
        least_share: A file is worth it when at least this share of it goes, in [0, 1].

    Returns:
        The files, and how many records of each kind go.
    """
    choose_released(db, retention, now)
    every = list(_shrinkings(db, folder))
    worth = {one.file for one in every if one.share >= least_share and one.share > 0}
    rows = db.execute("SELECT DISTINCT warc.id, file FROM temp.released JOIN warc ON warc.id = warc_id").fetchall()
    keep_files(db, {row["id"] for row in rows if row["file"] not in worth})
    chosen = [one for one in _shrinkings(db, folder) if one.file in worth and one.share > 0]
    return chosen, dict(count_released(db))


def _shrinkings(db: sqlite3.Connection, folder: CorpusFolder) -> Iterator[Shrinking]:
    rows = db.execute(
        """SELECT file, count(*) AS records, sum(warc_length) AS bytes FROM temp.released
           JOIN fetch USING (id) JOIN warc ON warc.id = fetch.warc_id GROUP BY file"""
    )
    released = {row["file"]: (row["records"], row["bytes"] or 0) for row in rows}
    may_be_blanked = db.execute("SELECT 1 FROM takedown WHERE records > 0 LIMIT 1").fetchone() is not None
    for path in sorted(folder.archive.glob(f"*{_SUFFIX}")):
        records, size = released.get(path.name, (0, 0))
        blanked = count_blanked_bytes(path) if may_be_blanked else 0
        if records or blanked:
            yield Shrinking(
                file=path.name,
                bytes=path.stat().st_size,
                records=records,
                released_bytes=size,
                blanked_bytes=blanked,
            )


def compact(
    store: Store,
    folder: CorpusFolder,
    files: list[Shrinking],
    now: float,
    *,
    shown: Callable[[str], None] = lambda _: None,
) -> Compacted:
    """Write files anew without what stands in the temporary table ``released``.

    Args:
        store: The corpus; no run is under way.
        folder: Its folder.
        files: As `plan_compaction` found them.
        now: Unix seconds.
        shown: Told each file when it is done.

    Raises:
        StoreError: The database cannot be written. `settle_interrupted` cleans up.
        ArchiveError: The disk refuses.
    """
    done = Compacted()
    # The old file goes right after the transaction: a power cut must not undo it.
    store.db.execute("PRAGMA synchronous = FULL")
    for one in files:
        try:
            _compact_file(store, folder, one.file, now, done)
        except ArchiveError as error:
            settle_interrupted(store, folder)
            done.failures.append(str(error))
        shown(one.file)
    return done


def _compact_file(store: Store, folder: CorpusFolder, old: str, now: float, done: Compacted) -> None:
    path = folder.archive / old
    new = _next_name(old)
    known = {row[0] for row in store.db.execute("SELECT file FROM warc")}
    while new in known or (folder.archive / new).exists():  # not ours to write, nor to clean up after a kill
        new = _next_name(new)
    with store.transaction() as db:
        db.execute("INSERT INTO compaction (old, new) VALUES (?, ?)", (old, new))
    before = path.stat().st_size
    dropped = frozenset(
        row[0]
        for row in store.db.execute(
            """SELECT warc_offset FROM temp.released JOIN fetch USING (id) JOIN warc ON warc.id = fetch.warc_id
               WHERE file = ?""",
            (old,),
        )
    )
    moved = rewrite(path, folder.archive / new, dropped)
    with store.transaction() as db:
        _switch(db, old, new, moved, now)
    _remove(store, folder, old, old=old)
    done.files += 1
    done.records += len(dropped)
    done.freed_bytes += before - ((folder.archive / new).stat().st_size if moved else 0)


def _switch(db: sqlite3.Connection, old: str, new: str, moved: dict[int, int], now: float) -> None:
    """Let every fetch of the old file point into the new one, or nowhere where it was released."""
    db.execute("UPDATE compaction SET switched = 1 WHERE old = ?", (old,))
    row = db.execute("SELECT id FROM warc WHERE file = ?", (old,)).fetchone()
    if row is None:
        return  # nothing in it was ever acknowledged
    db.execute("CREATE TEMP TABLE IF NOT EXISTS moved (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)")
    db.execute("DELETE FROM temp.moved")
    db.executemany("INSERT INTO temp.moved VALUES (?, ?)", moved.items())
    db.execute(
        """UPDATE fetch SET warc_id = NULL, warc_offset = NULL, warc_length = NULL, same_as = NULL, released_at = ?
           WHERE warc_id = ? AND id IN (SELECT id FROM temp.released)""",
        (now, row["id"]),
    )
    lost = db.execute(
        "SELECT count(*) FROM fetch WHERE warc_id = ? AND warc_offset NOT IN (SELECT old FROM temp.moved)", (row["id"],)
    ).fetchone()[0]
    if lost:
        raise ArchiveError(Path(old), None, f"{lost} records are not where the database says: run `collector doctor`")
    db.execute("UPDATE warc SET file = ? WHERE id = ?", (new, row["id"]))
    db.execute(
        """UPDATE fetch SET warc_offset = (SELECT new FROM temp.moved WHERE old = warc_offset) WHERE warc_id = ?""",
        (row["id"],),
    )
    if not moved:
        db.execute("DELETE FROM warc WHERE id = ?", (row["id"],))


def settle_interrupted(store: Store, folder: CorpusFolder) -> int:
    """Clean up what a compaction that died, or failed, left behind; return how many files that were.

    Raises:
        StoreError: The database cannot be written.
        ArchiveError: The disk refuses.
    """
    rows = store.db.execute("SELECT * FROM compaction").fetchall()
    for row in rows:
        _remove(store, folder, row["old"] if row["switched"] else row["new"], old=row["old"])
    return len(rows)


def _remove(store: Store, folder: CorpusFolder, file: str, *, old: str) -> None:
    path = folder.archive / file
    try:
        path.unlink(missing_ok=True)
        sync_folder(folder.archive)
    except OSError as error:
        raise write_error(path, None, error) from error
    with store.transaction() as db:
        db.execute("DELETE FROM compaction WHERE old = ?", (old,))


def _next_name(file: str) -> str:
    """Return the name of the file that takes another's place.

    >>> _next_name("run000001-20261122.warc.gz"), _next_name("run000001-20261122.c1.warc.gz")
    ('run000001-20261122.c1.warc.gz', 'run000001-20261122.c2.warc.gz')
    """
    found = _GENERATION.fullmatch(file)
    if found is None:
        raise StoreError(f"{file}: is no name of an archive file")
    return f"{found['stem']}.c{int(found['number'] or 0) + 1}{_SUFFIX}"
