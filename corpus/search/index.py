"""The search index: a file of its own that can be thrown away, and follows the corpus when it is asked to.

It stands in ``search/`` of the corpus folder and holds words and their places, no texts; those are read from the
corpus. A crawl does not know of it: `bring_up_to_date` compares the articles with what was indexed, batch by batch,
each in a transaction, so that a process that is killed on the way loses one batch at the most, and two that work at
once do nothing twice. What an article said before stays in the index, unseen, until there is much of it, or something
is forgotten on request (`corpus.search.forgetting`).

SQLite's FTS5 is used without its own copy of the texts, and with words that `corpus.search.tokens` has made.
"""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from corpus.articles import PARTS, whole_text
from corpus.errors import CorpusBusyError, StoreError
from corpus.folder import CorpusFolder
from corpus.schema import store_error
from corpus.search import tokens
from corpus.search.beside import CHANGED, INDEXED

#: Articles of one transaction: under a second.
_BATCH = 1_000
#: How long another process may take for such a one, in seconds.
_BUSY_SECONDS = 60.0
#: The index is made anew when what is out of date is more than this share of it …
_MOST_OUTDATED = 0.3
#: … and more than so many articles.
_LEAST_OUTDATED = 1_000
#: Raised when tables change.
_LAYOUT = 1
#: The corpus' files are looked at again unless they have been at rest for this long before, in nanoseconds: the clock
#: of a file system may stand still for some milliseconds.
_REST_NS = 100_000_000

_SCHEMA = f"""
CREATE TABLE doc (
    id         INTEGER PRIMARY KEY,           -- that of its words; never used again
    article_id INTEGER NOT NULL UNIQUE,
    uid        TEXT NOT NULL,
    capture_id INTEGER NOT NULL,              -- with changed_at and parts: what it was made of
    changed_at REAL NOT NULL,
    parts      TEXT,                          -- texts of the later pages of a split article
    site       TEXT NOT NULL,
    language   TEXT NOT NULL,
    published  TEXT,                          -- ISO 8601
    words      INTEGER NOT NULL               -- of title and text
) STRICT;
CREATE INDEX doc_by_day ON doc (published, uid);
{INDEXED};
CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""
#: Numbers of indexed articles that are gone.
GONE = """SELECT doc.article_id FROM doc LEFT JOIN corpus.article ON article.id = doc.article_id
           WHERE article.id IS NULL OR article.uid != doc.uid"""
_PARTS_OF = PARTS.replace("WHERE", "WHERE capture.article_id IN ({0}) AND")
_READ = """
    SELECT article.id AS article_id, article.uid, article.capture_id, article.changed_at, capture.fetch_id,
           capture.part_number, capture.title, capture.language, capture.published, url.site, text.body
    FROM corpus.article JOIN corpus.capture ON capture.fetch_id = article.capture_id
    JOIN corpus.url ON url.id = capture.url_id JOIN corpus.text ON text.hash = capture.text_hash
    WHERE article.id IN ({0})
"""


def index_file(folder: CorpusFolder) -> Path:
    """Return where the index stands."""
    return folder.search / "index.db"


def forget_index(folder: CorpusFolder) -> None:
    """Delete the index; the next search makes it again.

    Raises:
        StoreError: It cannot be deleted.
    """
    try:
        if folder.search.exists():
            shutil.rmtree(folder.search)
    except OSError as error:
        raise StoreError(f"{folder.search}: {error.strerror}; delete it by hand, it can be made again") from error


def index_error(error: sqlite3.Error, folder: CorpusFolder, db: sqlite3.Connection, name: str = "main") -> StoreError:
    """Return ``error`` as one of ours; an index that is damaged is deleted, so that the next search makes it again.

    Args:
        error: What went wrong with the index or the corpus' database, whichever.
        folder: The corpus folder.
        db: The connection that both are open to.
        name: The index' name there.

    Raises:
        StoreError: It cannot be deleted.
    """
    file = index_file(folder)
    if not _damage(error):
        return store_error(error, file)
    if not _damage_is_in(error, db, name):
        return store_error(error, folder.database)
    forget_index(folder)
    return StoreError(f"{file}: was damaged and is deleted; run the command again, which makes it anew")


def _damage(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def _damage_is_in(error: sqlite3.Error, db: sqlite3.Connection, name: str) -> bool:
    if error.sqlite_errorname == "SQLITE_CORRUPT_VTAB":  # the corpus' database has no such tables
        return True
    try:
        for table in ("doc", "indexed_data", "indexed_idx", "indexed_docsize"):
            db.execute(f"SELECT count(*) FROM {name}.{table} NOT INDEXED").fetchone()
    except sqlite3.Error as found:
        return _damage(found)
    return False


@contextmanager
def open_index(folder: CorpusFolder) -> Iterator[sqlite3.Connection]:
    """Open the index for searches, with the corpus' database beside it as ``corpus``, both to be read only.

    Raises:
        StoreError: It cannot be read.
    """
    with connected(folder, read_only=True) as db:
        yield db


def attach_index(db: sqlite3.Connection, folder: CorpusFolder) -> None:
    """Lay the index open to a connection to the corpus' database, as ``found``, brought up to date.

    Within a transaction, and while a query of the connection goes on, it may stay as it was first laid open: what it
    does not speak for then, `corpus.search.beside` tells.

    Raises:
        CorpusBusyError: Another process writes the index for too long.
        StoreError: The index cannot be written or read.
    """
    bring_up_to_date(folder)
    attached = is_attached(db)
    if attached and db.in_transaction:
        return
    try:
        if attached:
            db.execute("DETACH found")  # it may be another file by now
        db.execute("ATTACH ? AS found", (f"{index_file(folder).absolute().as_uri()}?mode=ro",))
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise store_error(error, index_file(folder)) from error


def is_attached(db: sqlite3.Connection) -> bool:
    """Tell whether an index is laid open to a connection (`attach_index`)."""
    return any(row["name"] == "found" for row in db.execute("PRAGMA database_list"))


def bring_up_to_date(
    folder: CorpusFolder,
    *,
    found: Callable[[int], object] = lambda _: None,
    shown: Callable[[int], object] = lambda _: None,
) -> int:
    """Let the index know what the corpus knows; return how many articles were indexed.

    Args:
        folder: The corpus folder.
        found: Told how many articles are to be indexed, once, if there are any.
        shown: Told after each batch how many it was.

    Raises:
        CorpusBusyError: Another process writes the index for too long.
        StoreError: The index cannot be written, or the corpus not be read.
    """
    if index_file(folder).exists() and not is_ours(folder):
        forget_index(folder)
    with connected(folder, read_only=False) as db:
        moment = _moment(folder)
        if moment is not None and moment == _state(db, "moment"):
            return 0
        changed = [row[0] for row in db.execute(CHANGED.format(corpus="corpus", index="main"))]
        gone = [row[0] for row in db.execute(GONE)]
        for batch in _batches(gone):
            with transaction(db):
                _leave(db, batch)
        if changed:
            found(len(changed))
        for batch in _batches(changed):
            with transaction(db):
                _enter(db, batch)
            shown(len(batch))
        with transaction(db):
            db.execute("INSERT OR REPLACE INTO state VALUES ('moment', ?)", (moment or "",))
        outdated = _outdated(db)
    if outdated:
        forget_index(folder)
        return bring_up_to_date(folder, found=found, shown=shown)
    return len(changed)


# -- what is in it ----------------------------------------------------------------------------------------------------


def _leave(db: sqlite3.Connection, article_ids: Sequence[int]) -> None:
    db.executemany("DELETE FROM doc WHERE article_id = ?", [(one,) for one in article_ids])


def _enter(db: sqlite3.Connection, article_ids: Sequence[int]) -> None:
    """Index articles as they are now; another process may have done so meanwhile."""
    parts = {row["article_id"]: row["texts"] for row in _rows(db, _PARTS_OF, article_ids)}
    rows = {row["article_id"]: row for row in _rows(db, _READ, article_ids)}
    for doc in _rows(db, "SELECT * FROM doc WHERE article_id IN ({0})", article_ids):
        row = rows.get(doc["article_id"])
        if row is not None and _made_of(doc, doc["parts"]) == _made_of(row, parts.get(row["article_id"])):
            del rows[doc["article_id"]]
    _leave(db, list(rows))
    docs, words = [], []
    for number, row in enumerate(rows.values(), start=_last_number(db) + 1):
        split = parts.get(row["article_id"])
        title, title_words = tokens.spelled_out(row["title"] or "")
        text, text_words = tokens.spelled_out(row["body"] if split is None else whole_text(db, row))
        words.append((number, title, text))
        told = (row["site"], row["language"], row["published"], title_words + text_words)
        docs.append((number, row["article_id"], *_made_of(row, split), *told))
    db.executemany("INSERT INTO doc VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", docs)
    db.executemany("INSERT INTO indexed (rowid, title, text) VALUES (?, ?, ?)", words)


def _made_of(row: sqlite3.Row, parts: str | None) -> tuple[str, int, float, str | None]:
    return row["uid"], row["capture_id"], row["changed_at"], parts


def _last_number(db: sqlite3.Connection) -> int:
    """Return the highest number that was ever given, also to what is out of date by now."""
    rows = db.execute("SELECT max(id) FROM indexed_docsize UNION ALL SELECT max(id) FROM doc")
    return max(row[0] or 0 for row in rows)


def _rows(db: sqlite3.Connection, sql: str, ids: Sequence[int]) -> list[sqlite3.Row]:
    return db.execute(sql.format(", ".join(map(str, ids)))).fetchall()


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for begin in range(0, len(ids), _BATCH):
        yield ids[begin : begin + _BATCH]


def _outdated(db: sqlite3.Connection) -> bool:
    live, held = db.execute("SELECT (SELECT count(*) FROM doc), (SELECT count(*) FROM indexed_docsize)").fetchone()
    return bool(held - live > max(_LEAST_OUTDATED, _MOST_OUTDATED * held))


# -- the file ---------------------------------------------------------------------------------------------------------


def is_ours(folder: CorpusFolder) -> bool:
    """Tell whether the index can be read and has words as they are made now; one that has not is made anew."""
    try:
        with connected(folder, read_only=True) as db:
            return _state(db, "made as") == _made_as()
    except CorpusBusyError:
        raise
    except StoreError:
        return False


def _made_as() -> str:
    return f"layout {_LAYOUT}, {tokens.made_by()}"


def _state(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


@contextmanager
def connected(folder: CorpusFolder, *, read_only: bool) -> Iterator[sqlite3.Connection]:
    """Open the index, with the corpus' database beside it as ``corpus``; to write, it is made where there is none.

    Raises:
        StoreError: It cannot be opened, or what is done with it fails; one that is damaged is deleted then.
    """
    file = index_file(folder)
    db: sqlite3.Connection | None = None
    try:
        if not read_only:
            file.parent.mkdir(exist_ok=True)
        mode = "ro" if read_only else "rwc"
        db = sqlite3.connect(
            f"{file.absolute().as_uri()}?mode={mode}", uri=True, timeout=_BUSY_SECONDS, isolation_level=None
        )
        db.row_factory = sqlite3.Row
        # 64 MB: the index of a million articles is larger than memory may be.
        db.execute("PRAGMA cache_size = -65536")
        if not read_only:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            _make(db)
        db.execute("ATTACH ? AS corpus", (f"{folder.database.absolute().as_uri()}?mode=ro",))
        yield db
    except sqlite3.Error as error:
        raise store_error(error, file) if db is None else index_error(error, folder, db) from error
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}; check the folder's permissions and free space") from error
    finally:
        if db is not None:
            db.close()


def _make(db: sqlite3.Connection) -> None:
    with transaction(db):
        if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            for statement in _SCHEMA.split(";\n"):
                db.execute(statement)
            db.execute("INSERT INTO state VALUES ('made as', ?)", (_made_as(),))


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Run a block as one transaction that writes."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _moment(folder: CorpusFolder) -> str | None:
    """Return what tells whether the corpus was written to since: sizes and times of its files; None while it may be."""
    files = [folder.database, folder.database.with_name(f"{folder.database.name}-wal")]
    # An empty log is none: readers make one and leave it.
    stats = [stat for file in files if file.exists() and (stat := file.stat()).st_size]
    if time.time_ns() - max((stat.st_mtime_ns for stat in stats), default=0) < _REST_NS:
        return None
    return " ".join(f"{stat.st_ino}/{stat.st_size}/{stat.st_mtime_ns}" for stat in stats)
