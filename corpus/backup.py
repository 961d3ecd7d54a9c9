"""Backup: a copy of one moment of a corpus, made while crawls go on, and completed from time to time.

First the database is copied, by SQLite's backup interface within one read transaction, so that it is the database of
one moment however long that takes. It names the archive records that were on the disk by then; files only ever grow, so
that copying each as far as the copy of the database knows it gives the archive of the same moment. Takedown and
compaction, which overwrite and remove, are locked out meanwhile.

What is copied goes to new files, or behind the end of what the manifest speaks of; the manifest is replaced last, by a
rename. Killed before that, the backup is the last one; the next begins where it can.
"""

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePath
from stat import S_IMODE, S_IWUSR

from corpus.archive.segment import is_held, sync_folder
from corpus.backup_manifest import (
    FILES_NAME,
    MANIFEST_NAME,
    BackedUp,
    BackupManifest,
    find_unsound,
    read_backup,
    sha256_of,
)
from corpus.errors import ConfigError, CorpusBusyError, StoreError
from corpus.folder import CorpusFolder
from corpus.schema import connect, store_error

_PIECE_BYTES = 1 << 20
#: Pages of the database between two reports: some 16 MB.
_PAGES = 4096


def back_up(
    folder: CorpusFolder, target: Path, now: float, *, shown: Callable[[str], object] = lambda _: None
) -> BackupManifest:
    """Make a backup, or bring one up to date; return its manifest.

    Args:
        folder: The corpus folder; the caller keeps takedown and compaction out.
        target: The folder of the backup: empty, missing, or one of this corpus.
        now: Unix seconds.
        shown: Told each file when it is done.

    Raises:
        ConfigError: ``target`` holds something else, or lies inside the corpus folder.
        CorpusBusyError: Another process writes this backup.
        StoreError: The corpus cannot be read, or the disk does not take the copy; an earlier backup is as it was.
    """
    target = target.absolute()
    if target.resolve().is_relative_to(folder.root.resolve()):
        raise ConfigError(f"{target} lies inside the corpus folder; a backup belongs on another disk")
    try:
        with _holding(target):
            return _Backup(folder, target, now).make(shown)
    except OSError as error:
        raise StoreError(f"{error.filename or target}: {error.strerror}; an earlier backup is as it was") from error
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_FULL", "SQLITE_IOERR")):  # of the copy, mostly
            raise StoreError(
                f"{target}: the database cannot be copied: {error}; check the disk, an earlier backup is as it was"
            ) from error
        raise store_error(error, folder.database) from error


@contextmanager
def _holding(target: Path) -> Iterator[None]:
    target.mkdir(parents=True, exist_ok=True)
    ours = {MANIFEST_NAME, f"{MANIFEST_NAME}.new", FILES_NAME, ".lock"}
    strange = [one.name for one in target.iterdir() if one.name not in ours]
    if strange and not (target / MANIFEST_NAME).exists():
        raise ConfigError(f"{target} holds other things ({strange[0]}); a backup needs a folder of its own")
    descriptor = os.open(target / ".lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CorpusBusyError(f"{target}: another process writes this backup") from error
        yield
    finally:
        os.close(descriptor)


class _Backup:
    """One backup under way."""

    def __init__(self, folder: CorpusFolder, target: Path, now: float) -> None:
        self._folder = folder
        self._target = target
        self._now = now
        self._last = read_backup(target) if (target / MANIFEST_NAME).exists() else None
        self._before = {file.name: file for file in self._last.files} if self._last else {}
        self._taken = {file.stored for file in self._before.values()}

    def make(self, shown: Callable[[str], object]) -> BackupManifest:
        stored = self._new_name(self._folder.database.name)
        copy = self._target / stored
        self._copy_database(copy)
        with closing(sqlite3.connect(copy)) as db:
            self._check_identity(db)
            ends, outside = _positions(db)
            began, articles, schema = db.execute(
                """SELECT (SELECT min(started_at) FROM run), (SELECT count(*) FROM article),
                       (SELECT user_version FROM pragma_user_version)"""
            ).fetchone()
            takedowns = _count_takedowns(db)
        size = copy.stat().st_size
        files = [
            BackedUp(
                name=self._folder.database.name,
                stored=stored,
                bytes=size,
                sha256=sha256_of(copy, size),
                source_bytes=size,
                source_mtime_ns=0,
            )
        ]
        shown(files[0].name)
        for path in (self._folder.config, *self._archive_files(ends)):
            held_end = ends.get(path.name) if path != self._folder.config and is_held(path) else None
            files.append(self._copy(path, held_end))
            shown(files[-1].name)
        manifest = BackupManifest(
            made_at=datetime.fromtimestamp(self._now, UTC).isoformat(timespec="seconds"),
            corpus_began=began,
            schema=schema,
            articles=articles,
            takedowns=takedowns,
            outside=tuple(outside),
            files=tuple(files),
        )
        self._publish(manifest)
        return manifest

    # -- the database ---------------------------------------------------------------------------------------------

    def _copy_database(self, copy: Path) -> None:
        copy.parent.mkdir(parents=True, exist_ok=True)
        for leftover in ("", "-journal", "-wal", "-shm"):
            copy.with_name(copy.name + leftover).unlink(missing_ok=True)
        with _source(self._folder) as source, closing(sqlite3.connect(copy)) as into:
            # Within a transaction of ours no writer can make SQLite begin anew, however long it takes.
            source.execute("BEGIN")
            source.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
            source.backup(into, pages=_PAGES)
            source.execute("ROLLBACK")
            into.execute("PRAGMA journal_mode = DELETE")  # one file, whole by itself
        copy.chmod(S_IMODE(self._folder.database.stat().st_mode))
        fault = find_unsound(copy)
        if fault is not None:  # and must not take the place of a copy from before it was
            copy.unlink()
            raise StoreError(
                f"{self._folder.database}: is damaged ({fault}); an earlier backup is as it was, restore it"
            )
        _sync(copy)

    def _check_identity(self, db: sqlite3.Connection) -> None:
        began = db.execute("SELECT min(started_at) FROM run").fetchone()[0]
        if self._last is not None and self._last.corpus_began not in (None, began):
            raise ConfigError(f"{self._target} holds the backup of another corpus; choose another folder")

    # -- files ----------------------------------------------------------------------------------------------------

    def _archive_files(self, ends: dict[str, int]) -> list[Path]:
        """Return the archive's files; one that is being written and that the database does not know yet is left out."""
        for name, end in ends.items():
            path = self._folder.archive / name
            # What is lost here may be whole in the last backup, and must not be replaced there.
            if not path.is_file() or path.stat().st_size < end:
                what = "is shorter than the database expects" if path.is_file() else "is missing"
                raise StoreError(
                    f"{path}: {what}; bring it back first (an earlier backup has it in {FILES_NAME}/archive)"
                )
        every = sorted(self._folder.archive.glob("*.warc.gz")) if self._folder.archive.is_dir() else []
        return [path for path in every if path.name in ends or not is_held(path)]

    def _copy(self, path: Path, held_end: int | None) -> BackedUp:
        """Copy a file, or what is new of it; ``held_end``: only so many bytes, as a writer goes on."""
        name = path.relative_to(self._folder.root).as_posix()
        state = path.stat()
        size = state.st_size if held_end is None else held_end
        last = self._before.get(name)
        if last is not None and self._is_there(last):
            same = (last.source_bytes, last.source_mtime_ns) == (state.st_size, state.st_mtime_ns)
            if same and last.bytes == size:
                return last
            if last.bytes <= size and sha256_of(path, last.bytes) == last.sha256:
                return self._write(path, name, last.stored, state, size, start=last.bytes)
        return self._write(path, name, self._new_name(name), state, size, start=0)

    def _is_there(self, file: BackedUp) -> bool:
        stored = self._target / file.stored
        return stored.is_file() and stored.stat().st_size >= file.bytes

    def _write(self, path: Path, name: str, stored: str, state: os.stat_result, size: int, *, start: int) -> BackedUp:
        into = self._target / stored
        into.parent.mkdir(parents=True, exist_ok=True)
        digest, at = hashlib.sha256(), 0
        with path.open("rb") as raw, into.open("r+b" if start else "wb") as out:
            os.fchmod(
                out.fileno(), S_IMODE(state.st_mode) | S_IWUSR
            )  # collector.toml may hold what not all are to read
            out.truncate(start)
            out.seek(start)
            while at < size and (piece := raw.read(min(size - at, _PIECE_BYTES))):
                digest.update(piece)
                if at + len(piece) > start:
                    out.write(piece[max(0, start - at) :])
                at += len(piece)
            out.flush()
            os.fsync(out.fileno())
        if at < size:
            raise StoreError(f"{path}: became shorter while it was copied; run `collector doctor`")
        return BackedUp(
            name=name,
            stored=stored,
            bytes=size,
            sha256=digest.hexdigest(),
            source_bytes=state.st_size,
            source_mtime_ns=state.st_mtime_ns,
        )

    def _new_name(self, name: str) -> str:
        """Return a place below the target that the last backup does not need."""
        stored, number = f"{FILES_NAME}/{name}", 0
        while stored in self._taken:
            number += 1
            stored = f"{FILES_NAME}/{name}~{number}"
        self._taken.add(stored)
        return stored

    # -- the end --------------------------------------------------------------------------------------------------

    def _publish(self, manifest: BackupManifest) -> None:
        """Replace the manifest, then remove what only the last backup needed."""
        for folder in {(self._target / file.stored).parent for file in manifest.files}:
            sync_folder(folder)
        new = self._target / f"{MANIFEST_NAME}.new"
        new.write_text(manifest.to_json(), "utf-8")
        _sync(new)
        new.replace(self._target / MANIFEST_NAME)
        sync_folder(self._target)
        needed = {self._target / file.stored for file in manifest.files}
        for path in sorted((self._target / FILES_NAME).rglob("*")):
            if path.is_file() and path not in needed:
                path.unlink()


def _source(folder: CorpusFolder) -> closing[sqlite3.Connection]:
    """Open the database as it is: before the software is replaced, and after, is when a backup is wanted most."""
    return closing(connect(folder.database, read_only=True, as_it_is=True))


def _count_takedowns(db: sqlite3.Connection) -> int:
    """Return how many takedowns a copy knows; early schemas knew none."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'takedown'").fetchone() is None:
        return 0
    return int(db.execute("SELECT count(*) FROM takedown").fetchone()[0])


def _positions(db: sqlite3.Connection) -> tuple[dict[str, int], list[str]]:
    """Return where the last record of each archive file ends, and the files outside of the archive."""
    rows = db.execute(
        """SELECT file, max(warc_offset + coalesce(warc_length, 0)) FROM fetch JOIN warc ON warc.id = warc_id
           GROUP BY warc_id ORDER BY file"""
    ).fetchall()
    outside = [row[0] for row in rows if PurePath(row[0]).is_absolute()]
    return {row[0]: row[1] for row in rows if not PurePath(row[0]).is_absolute()}, outside


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
