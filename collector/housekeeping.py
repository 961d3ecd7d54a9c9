"""Housekeeping: what `[retention]` lets go leaves the archive, the exports and the reports; the database is packed."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from collector.keeping import Retaining
from corpus.clock import Doubt, doubt_clock
from corpus.compaction import Compacted, Shrinking, compact, plan_compaction, settle_interrupted
from corpus.errors import StoreError
from corpus.export.manifest import MANIFEST_NAME
from corpus.folder import CorpusFolder, delete
from corpus.retention import Disposable, count_mentions, drop_mentions
from corpus.schema import store_error, write_anew
from corpus.store import Store
from corpus.tombstones import pending_takedowns

_DAY_SECONDS = 86_400
#: A file of which less goes is not worth writing anew.
LEAST_SHARE = 0.1
#: A database of which less is unused is not worth writing anew.
_LEAST_UNUSED = 0.1
#: What the pages that we write say near their begin.
_GENERATOR = b'<meta name="generator" content="news-corpus-collector">'


@dataclass(frozen=True, slots=True, kw_only=True)
class Chores:
    """What there is to do."""

    #: Archive files to write anew.
    files: tuple[Shrinking, ...]
    #: Records that go, by what they are.
    records: dict[Disposable, int]
    #: Old exports and reports.
    folders: tuple[Path, ...]
    #: Places that named a URL beyond those that are kept.
    mentions: int
    #: Bytes of the database file that nothing is in.
    unused_bytes: int
    #: Whether it is worth writing the database anew.
    pack: bool
    #: Whether an earlier compaction died on the way.
    unfinished: bool
    #: Why the clock, by which things are old, is doubted.
    doubt: Doubt | None

    def any(self) -> bool:
        """Tell whether there is anything to do."""
        return bool(self.files or self.folders or self.mentions or self.pack or self.unfinished)

    def check_clock(self, folder: CorpusFolder) -> None:
        """Make sure that nothing goes by a clock that is ahead.

        Raises:
            StoreError: Something would go, and the clock seems to be ahead.
        """
        if self.doubt is not None and self.doubt.ahead and (self.records or self.folders):
            raise StoreError(
                f"{folder.root}: {self.doubt.message}; by a clock that is ahead, what is to be kept would go. "
                f"Set the clock, or, if it is right, say so with --trust-clock"
            )


@dataclass(slots=True)
class Done:
    """What was done."""

    archive: Compacted
    deleted: list[Path] = field(default_factory=list)
    mentions: int = 0
    database_freed_bytes: int = 0
    #: Why the database was not packed although it was worth it.
    unpacked: str | None = None


def find_chores(
    db: sqlite3.Connection, folder: CorpusFolder, retaining: Retaining, now: float, *, least_share: float
) -> Chores:
    """Find out what there is to do; `do_chores` needs the same connection.

    Args:
        db: The database; may be read-only.
        folder: The corpus folder.
        retaining: What is kept for how long.
        now: Unix seconds.
        least_share: An archive file is written anew when at least this share of it goes, in [0, 1].

    Raises:
        StoreError: The database cannot be read, or a takedown is not finished.
    """
    try:
        if pending_takedowns(db):
            raise StoreError(f"{folder.root}: a takedown is not finished; first run `collector forget --finish`")
        files, records = plan_compaction(db, folder, retaining.archive(), now, least_share=least_share)
        size, unused = _measure(db)
        kept_days = retaining.shortest_days()
        doubt = None if kept_days is None else doubt_clock(db, now, kept_days)
        unfinished = db.execute("SELECT 1 FROM compaction LIMIT 1").fetchone() is not None
        mentions = count_mentions(db, retaining.mentions) if retaining.mentions else 0
    except sqlite3.Error as error:
        raise store_error(error, folder.database) from error
    return Chores(
        files=tuple(files),
        records=records,
        folders=(*_old_exports(folder, retaining, now), *_old_reports(folder, retaining, now)),
        mentions=mentions,
        unused_bytes=unused,
        pack=unused > _LEAST_UNUSED * size,
        unfinished=unfinished,
        doubt=doubt,
    )


def do_chores(
    store: Store,
    folder: CorpusFolder,
    retaining: Retaining,
    now: float,
    *,
    least_share: float,
    trust_clock: bool = False,
    shown: Callable[[str], None] = lambda _: None,
) -> Done:
    """Find out what there is to do, and do it.

    Killed at any moment it loses nothing, and the next call goes on.

    Args:
        store: The corpus, opened by `collector.alone.working_alone`.
        folder: Its folder.
        retaining: What is kept for how long.
        now: Unix seconds.
        least_share: As for `find_chores`.
        trust_clock: Somebody has said that the clock is right, however it seems.
        shown: Told each archive file when it is done.

    Raises:
        CollectorError: The corpus cannot be written, or the clock seems to be ahead.
    """
    try:
        settle_interrupted(store, folder)
        chores = find_chores(store.db, folder, retaining, now, least_share=least_share)
        if not trust_clock:
            chores.check_clock(folder)
        done = Done(archive=compact(store, folder, list(chores.files), now, shown=shown))
        for path in chores.folders:
            _delete(path)
            done.deleted.append(path)
        if chores.mentions:
            done.mentions = drop_mentions(store, retaining.mentions)
        size, unused = _measure(store.db)
        if unused > _LEAST_UNUSED * size:
            _pack(store, folder, done)
    except sqlite3.Error as error:
        raise store_error(error, store.file) from error
    return done


def _measure(db: sqlite3.Connection) -> tuple[int, int]:
    """Return the size of the database file and how much of it is unused, in bytes."""
    pages, free, page_bytes = (
        db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return pages * page_bytes, free * page_bytes


def _pack(store: Store, folder: CorpusFolder, done: Done) -> None:
    """Write the database anew without its unused pages, where the disk has room for a second one and its log."""
    before, _ = _measure(store.db)
    free = shutil.disk_usage(folder.root).free
    if free < 2 * before:
        done.unpacked = f"packing it takes {2 * before / 1e6:.0f} MB for a while, {free / 1e6:.0f} MB are free"
        return
    write_anew(store.db, folder.root)
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    done.database_freed_bytes = before - _measure(store.db)[0]


# -- exports and reports ----------------------------------------------------------------------------------------------


def _old_exports(folder: CorpusFolder, retaining: Retaining, now: float) -> Iterator[Path]:
    """Yield exports in exports/ that were finished, or begun and never finished, long ago."""
    if not retaining.exports_days or not folder.exports.is_dir():
        return
    for path in sorted(folder.exports.iterdir()):
        if path.is_symlink() or not path.is_dir():
            continue
        manifest = path / MANIFEST_NAME
        ours = manifest.is_file() or (path.name.startswith(".") and path.suffix in {".partial", ".previous"})
        made_at = (manifest if manifest.is_file() else path).stat().st_mtime
        if ours and made_at < now - retaining.exports_days * _DAY_SECONDS:
            yield path


def _old_reports(folder: CorpusFolder, retaining: Retaining, now: float) -> Iterator[Path]:
    if not retaining.reports_days or not folder.reports.is_dir():
        return
    for path in sorted(folder.reports.glob("*.html")):
        if path.is_file() and path.stat().st_mtime < now - retaining.reports_days * _DAY_SECONDS and _is_ours(path):
            yield path


def _is_ours(page: Path) -> bool:
    """Tell whether `collector report` or `collector review` wrote a page: a user's own stays."""
    with page.open("rb") as raw:
        return _GENERATOR in raw.read(1024)


def _delete(path: Path) -> None:
    try:
        delete(path)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
