"""Forgets articles on request: out of the database, out of the archive, and out of what was made of them.

The order of it, and why a process that dies on the way promises nothing that is not true, stands in `corpus.takedown`.
"""

import html
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cleaners.decode import decode
from collector.alone import working_alone
from collector.config import Config
from collector.logbook import forget_lines
from collector.traces import find_traces
from corpus.archive.blank import blank_records
from corpus.archive.integrity import find_torn_tails, repair
from corpus.archive.reader import PAGE_TYPES, read_body
from corpus.archive.records import BrokenRecord, Record, iter_records
from corpus.compaction import settle_interrupted
from corpus.errors import ArchiveError, CorpusBusyError, PageError, StoreError
from corpus.folder import CorpusFolder
from corpus.folder import delete as delete_path
from corpus.holding import FORGET
from corpus.passages import Passages
from corpus.schema import store_error, write_anew
from corpus.search.forgetting import forget_gone
from corpus.store import Store
from corpus.takedown import (
    Plan,
    begin_takedown,
    doom_records,
    doomed_records,
    drop_cuts,
    finish_takedown,
    note_blanked,
    passages_of,
)
from corpus.tombstones import Takedown, find_takedown, pending_takedowns
from corpus.types import WarcRecord
from corpus.upkeep import catch_up

#: Types whose bodies hold no text.
_NO_TEXT = ("image/", "video/", "audio/", "font/")
_TAG = re.compile(r"<[^>]*>")
#: Letters of JSON strings.
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_LINE_END = re.compile(r"\\[nrt]")


@dataclass(slots=True)
class Forgotten:
    """What came of a takedown."""

    takedown: Takedown
    #: Pages of others that lost blocks which held a passage.
    cuts: int = 0
    #: Exports and other files in the folder that still hold some of it.
    traces: list[Path] = field(default_factory=list)
    #: Of those, what was deleted.
    deleted: list[Path] = field(default_factory=list)
    #: Places of the archive that cannot be read: nobody can tell what they hold.
    unreadable: list[str] = field(default_factory=list)


@contextmanager
def forgetting(root: Path, config: Config) -> Iterator[Store]:
    """Open a corpus that nobody else works on, to forget something.

    Raises:
        CorpusBusyError: A run is under way, or another process forgets.
        StoreError: The database cannot be opened.
    """
    with working_alone(root, config, FORGET) as store:
        # What a compaction that died has left behind may hold some of it, too.
        settle_interrupted(store, CorpusFolder(root))
        yield store


def forget(
    store: Store,
    folder: CorpusFolder,
    plan: Plan,
    *,
    reason: str | None,
    delete_traces: bool,
    shown: Callable[[str], None] = lambda _: None,
) -> Forgotten:
    """Do what a plan says.

    Args:
        store: The corpus, opened by `forgetting`.
        folder: Its folder.
        plan: What has to go.
        reason: Why, for those who ask what became of it.
        delete_traces: Delete exports and other files that hold some of it.
        shown: Told each archive file when it is done.

    Raises:
        CollectorError: The corpus cannot be written. What was begun is finished by `finish`.
    """
    try:
        takedown = begin_takedown(store, plan, reason, time.time())
    except sqlite3.Error as error:
        raise store_error(error, store.file) from error
    return finish(store, folder, takedown, delete_traces=delete_traces, shown=shown)


def finish_all(
    store: Store, folder: CorpusFolder, *, delete_traces: bool, shown: Callable[[str], None] = lambda _: None
) -> list[Forgotten]:
    """Go on with every takedown that was begun and not finished; see `forget`."""
    return [
        finish(store, folder, one.id, delete_traces=delete_traces, shown=shown) for one in pending_takedowns(store.db)
    ]


def finish(
    store: Store, folder: CorpusFolder, takedown: int, *, delete_traces: bool, shown: Callable[[str], None]
) -> Forgotten:
    """Remove all that is left of what the database has forgotten; see `forget`."""
    done = Forgotten(takedown=find_takedown(store.db, takedown))
    try:
        _blank_known(store, folder, done.takedown)
        passages = passages_of(store.db, takedown)
        for path in sorted(folder.archive.glob("*.warc.gz")):
            _blank_found(store, folder, done, path, passages)
            shown(path.name)
        done.cuts = drop_cuts(store, passages)
        catch_up(store)
        _wipe(store)
        forget_gone(folder)  # the words of the search index are those of the texts
        # Now no reader is left that sees what was, and so nobody who could still export it.
        _remove_traces(store, folder, done, delete=delete_traces)
        if not done.traces:
            finish_takedown(store, takedown, time.time())
    except sqlite3.Error as error:
        raise store_error(error, store.file) from error
    done.takedown = find_takedown(store.db, takedown)
    return done


# -- the archive ------------------------------------------------------------------------------------------------------


def _blank_known(store: Store, folder: CorpusFolder, takedown: Takedown) -> None:
    """Blank what the database named, and cut off what a writer never finished: it may hold some of it, too."""
    for tail in find_torn_tails(folder.archive):
        repair(folder.archive, tail)
    for file, records in doomed_records(store.db, takedown.id).items():
        _blank(store, folder, takedown.id, file, records, takedown.asked_at)


def _blank(
    store: Store, folder: CorpusFolder, takedown: int, file: str, records: Sequence[WarcRecord], asked_at: datetime
) -> None:
    blank_records(folder.archive, file, records, asked_at)
    with store.transaction() as db:
        note_blanked(db, takedown, records)


def _blank_found(store: Store, folder: CorpusFolder, done: Forgotten, path: Path, passages: Passages) -> None:
    """Blank the records of a file that hold a passage, or a forgotten page that the database does not know."""
    found: list[WarcRecord] = []
    try:
        for record in iter_records(path, file=path.name):
            if isinstance(record, BrokenRecord):
                done.unreadable.append(f"{record.file} at byte {record.offset}: {record.message}")
            elif record.location is not None and record.type in PAGE_TYPES and _has_to_go(store, record, passages):
                found.append(record.location)
    except ArchiveError as error:
        done.unreadable.append(str(error))
    if found:
        # First the list, then the deed: a kill in between is made good by the next `finish`.
        with store.transaction() as db:
            doom_records(db, done.takedown.id, found)
        _blank(store, folder, done.takedown.id, path.name, found, done.takedown.asked_at)


def _has_to_go(store: Store, record: Record, passages: Passages) -> bool:
    place = record.location
    blocked = place is not None and record.url is not None and store.tombstones.block(record.url)
    if blocked and place is not None and not store.has_record(place.file, place.offset):
        return True  # a run was killed between archive and database
    return record.type != "revisit" and passages.are_in(_visible(record))


def _visible(record: Record) -> str:
    """Return the text of a record in any markup: HTML, feeds, JSON in scripts."""
    try:
        if (record.content_type or "").lower().startswith(_NO_TEXT):
            return ""
        text = decode(read_body(record), record.content_type).text
    except PageError:
        return ""
    if "\\u" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    # Feeds hold markup that is escaped once more.
    text = html.unescape(_TAG.sub(" ", html.unescape(_TAG.sub(" ", _LINE_END.sub(" ", text)))))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# -- what is left in the folder ---------------------------------------------------------------------------------------


def _remove_traces(store: Store, folder: CorpusFolder, done: Forgotten, *, delete: bool) -> None:
    urls = store.db.execute("SELECT key FROM tombstone WHERE kind = 'url' AND takedown = ?", (done.takedown.id,))
    names = {row["key"] for row in urls} | set(done.takedown.articles)
    for path in find_traces(folder, frozenset(names)):
        if path.parent == folder.log.parent and _drop_lines(path, names):
            continue
        if not delete:
            done.traces.append(path)
            continue
        try:
            delete_path(path)
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror}; delete it, then run `collector forget --finish`") from error
        done.deleted.append(path)


def _drop_lines(path: Path, names: Iterable[str]) -> bool:
    """Take what names a forgotten article out of a log; tell whether that could be done."""
    try:
        forget_lines(path, names)
    except (OSError, UnicodeDecodeError):
        return False
    return True


def _wipe(store: Store) -> None:
    """Write the database file anew, without the pages that are no longer used, and empty its log."""
    store.db.execute("PRAGMA secure_delete = ON")
    _checkpoint(store)
    write_anew(store.db, Path(store.file).parent)
    _checkpoint(store)


def _checkpoint(store: Store) -> None:
    busy = store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise CorpusBusyError(
            f"{store.file}: another process reads the database; end it, then run `collector forget --finish`"
        )
