"""Makes and drops snapshots.

Records are stored bit by bit, in transactions of moderate size, while crawls go on: nobody sees them yet, and what an
interrupted snapshot leaves is used by the next one. Then one transaction, in which no article's change waits to be
looked at, says which articles belong to the snapshot; from there on they stand. What is told of them is counted last,
and with that the snapshot is there.
"""

import hashlib
import json
import re
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing

import zstandard

from corpus.articles import find_articles, utc
from corpus.captures import store_text
from corpus.changes import Identity, settle
from corpus.errors import ConfigError
from corpus.export.records import record_of
from corpus.folder import CorpusFolder
from corpus.holding import FORGET, hold, refuse_beside
from corpus.schema import connect
from corpus.snapshots.description import describe
from corpus.snapshots.listing import OPEN, Snapshot, find_snapshot
from corpus.transactions import reading, writing

#: The lock that keeps two processes from making or dropping snapshots at once.
LOCK = "snapshot"
#: Articles that are looked at, or stored, in one transaction.
_BATCH = 500
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_COMPRESS = zstandard.ZstdCompressor(level=6)

#: The articles as they are, with what decides which of a cluster an export takes.
_PRESENT = """
    SELECT change.uid, change.digest, coalesce(leader.uid, change.uid) AS cluster, document.id AS place,
           document.site AS publisher
    FROM change JOIN article ON article.uid = change.uid
    LEFT JOIN document ON document.article_id = article.id
    LEFT JOIN document AS canonical ON canonical.id = document.canonical
    LEFT JOIN article AS leader ON leader.id = canonical.article_id
    WHERE change.digest IS NOT NULL
"""
_CLOSE = f"""
    UPDATE snapshot_article AS own SET last = :snapshot - 1 WHERE last = {OPEN} AND NOT EXISTS (
        {_PRESENT} AND change.uid = own.uid AND change.digest = own.digest
        AND coalesce(leader.uid, change.uid) = own.cluster AND document.id IS own.place
        AND document.site IS own.publisher)
"""
_ENTER = f"""
    INSERT INTO snapshot_article
    SELECT uid, :snapshot, {OPEN}, digest, cluster, place, publisher FROM ({_PRESENT}) AS new
    WHERE NOT EXISTS (SELECT 1 FROM snapshot_article AS old WHERE old.uid = new.uid AND old.last = {OPEN})
"""
#: No number is given twice: an article's state may have ended with a snapshot that was dropped since, and would belong
#: to another one of the same number.
_NEXT_NUMBER = f"""
    SELECT 1 + max((SELECT coalesce(max(id), 0) FROM snapshot),
                   (SELECT coalesce(max(last), 0) FROM snapshot_article WHERE last != {OPEN}))
"""
_FORGET_MEMBERS = (
    "DELETE FROM snapshot_article WHERE NOT EXISTS (SELECT 1 FROM snapshot WHERE id BETWEEN first AND last)"
)
#: Of records that no snapshot has: their texts, as far as nothing else needs them.
_DROP_TEXTS = """
    DELETE FROM text WHERE hash IN (SELECT text_hash FROM temp.dropped_text)
    AND hash NOT IN (SELECT text_hash FROM capture WHERE text_hash IS NOT NULL)
    AND hash NOT IN (SELECT text_hash FROM record WHERE text_hash IS NOT NULL)
"""


def make_snapshot(
    folder: CorpusFolder,
    tag: str,
    *,
    configuration: Mapping[str, object],
    software: Mapping[str, str],
    clock: Callable[[], float] = time.time,
    shown: Callable[[int], object] = lambda _: None,
) -> Snapshot:
    """Keep the corpus as it is now under a name.

    Args:
        folder: The corpus folder.
        tag: The name: letters, digits, dots, hyphens and underscores.
        configuration: The corpus' configuration, for the manifest.
        software: Names and versions of what made the texts, likewise.
        clock: Returns Unix seconds.
        shown: Told of how many articles more the record is stored.

    Raises:
        ConfigError: The name is none, or taken.
        CorpusBusyError: Another process makes or drops a snapshot, or a takedown is at work.
        StoreError: The database cannot be written; there is no snapshot then.
    """
    if not _TAG.fullmatch(tag):
        raise ConfigError(f"a snapshot's name is made of letters, digits, '.', '-' and '_': {tag!r}")
    with hold(folder, LOCK, clock()), closing(connect(folder.database)) as db:
        refuse_beside(folder, FORGET)
        with writing(db, folder.database):
            if db.execute("SELECT 1 FROM snapshot WHERE tag = ? AND checksum IS NOT NULL", (tag,)).fetchone():
                raise ConfigError(f"there is a snapshot {tag!r} already; a name is given once, --drop takes it back")
            db.execute("DELETE FROM snapshot WHERE checksum IS NULL")
            db.execute(_FORGET_MEMBERS)
            number = int(db.execute(_NEXT_NUMBER).fetchone()[0])
        now = clock()
        _enter(db, folder, number, tag, now, shown)
        with reading(db, folder.database):
            manifest = describe(db, number, tag, utc(now), configuration, software)
        text = json.dumps(manifest, ensure_ascii=False, indent=2)
        checksum = hashlib.sha256(text.encode()).digest()
        with writing(db, folder.database):
            db.execute("UPDATE snapshot SET manifest = ?, checksum = ? WHERE id = ?", (text, checksum, number))
        with reading(db, folder.database):
            return find_snapshot(db, tag)


def drop_snapshot(folder: CorpusFolder, tag: str, *, clock: Callable[[], float] = time.time) -> None:
    """Drop a snapshot, and the records and texts that nothing else needs.

    Raises:
        ConfigError: There is none of this name.
        CorpusBusyError: Another process makes or drops a snapshot.
        StoreError: The database cannot be written; the snapshot is still there.
    """
    with hold(folder, LOCK, clock()), closing(connect(folder.database)) as db, writing(db, folder.database):
        db.execute("DELETE FROM snapshot WHERE id = ?", (find_snapshot(db, tag).number,))
        _forget_unused(db)


def _enter(
    db: sqlite3.Connection, folder: CorpusFolder, number: int, tag: str, now: float, shown: Callable[[int], object]
) -> None:
    """Store the records, then say which of them are the snapshot."""
    last = 0
    while True:
        with writing(db, folder.database):
            if settle(db, now, most=_BATCH):
                seen, stored = _store_records(db, last)
                if seen is None:
                    db.execute(
                        "INSERT INTO snapshot (id, tag, made_at, manifest) VALUES (?, ?, ?, '{}')", (number, tag, now)
                    )
                    for statement in (_CLOSE, _ENTER):
                        db.execute(statement, {"snapshot": number})
                    return
                last = seen
                shown(stored)


def _store_records(db: sqlite3.Connection, last: int) -> tuple[int | None, int]:
    """Store the records of some articles whose change has a number above ``last``.

    Returns:
        The number up to which all are stored, None where there is nothing left to do; and how many were stored.
    """
    rows = db.execute(
        """SELECT seq, uid, digest, article.id,
                  EXISTS (SELECT 1 FROM record WHERE record.digest = change.digest) AS known
           FROM change JOIN article USING (uid) WHERE seq > ? AND digest IS NOT NULL ORDER BY seq LIMIT ?""",
        (last, _BATCH),
    ).fetchall()
    if not rows:
        return None, 0
    new = {row["uid"]: row for row in rows if not row["known"]}
    for article in find_articles(db, [row["id"] for row in new.values()]):
        record = record_of(article)
        identity = Identity.of(record)
        if identity.digest != new[article.id]["digest"]:
            # The log is of a version that made records otherwise: it is looked at anew, and gets a new number.
            db.execute("INSERT INTO changed_article VALUES (?, 1) ON CONFLICT DO NOTHING", (new[article.id]["id"],))
            continue
        store_text(db, article.text)  # that of an article of several pages is no page's
        db.execute(
            "INSERT OR IGNORE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                identity.digest,
                _COMPRESS.compress(identity.body),
                identity.text_hash,
                article.fetch_id,
                article.site,
                article.language,
                record["published"],
            ),
        )
    return rows[-1]["seq"], len(new)


def _forget_unused(db: sqlite3.Connection) -> None:
    """Delete what belongs to no snapshot any more."""
    db.execute(_FORGET_MEMBERS)
    db.execute("CREATE TEMP TABLE IF NOT EXISTS dropped_text (text_hash BLOB)")
    db.execute("DELETE FROM temp.dropped_text")
    unused = "NOT EXISTS (SELECT 1 FROM snapshot_article WHERE snapshot_article.digest = record.digest)"
    db.execute(f"INSERT INTO temp.dropped_text SELECT text_hash FROM record WHERE {unused} AND text_hash IS NOT NULL")
    db.execute(f"DELETE FROM record WHERE {unused}")
    if db.execute("SELECT 1 FROM temp.dropped_text LIMIT 1").fetchone():
        db.execute(_DROP_TEXTS)
