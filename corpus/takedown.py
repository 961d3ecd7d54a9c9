"""Takedown: what has to go when something is to be forgotten, and how the database forgets it.

First one transaction takes the rows away, sets tombstones, and notes which archive records are doomed; from then on no
reader finds anything and nothing can come back. Then the archive is blanked, and what the database file still holds in
its unused pages is wiped. Only after that is the takedown finished: whatever moment the process dies, a tombstone says
that it is not, and `collector.forget` goes on where it was, since the list of what is to be blanked is in the database.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from corpus.captures import pack_cuts, unpack_cuts
from corpus.grouping import Grouping
from corpus.passages import Passages
from corpus.snapshots.withdrawal import withdraw
from corpus.store import Store
from corpus.types import Reason, WarcRecord

#: Captures whose cuts are looked at in one transaction.
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is to be forgotten."""

    #: What was asked for, in words.
    name: str
    #: URLs, by their numbers in the ledger.
    url_ids: frozenset[int]
    #: The site, where all of one is to be forgotten: its hosts are blocked, and its texts stay where others print them.
    site: str | None = None
    #: Texts (`corpus.dedup.text_key`) that go, whatever URL they stand under; the URLs stay, and what else they showed.
    text_keys: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doomed:
    """An article that has to go."""

    id: str
    url: str
    title: str | None
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that has to go."""

    target: Target
    articles: tuple[Doomed, ...]
    #: URLs that will be blocked, in alphabetical order.
    urls: tuple[str, ...]
    #: Hosts that will be blocked.
    hosts: tuple[str, ...]
    #: Fetches whose captures and records go.
    fetch_ids: frozenset[int] = field(repr=False)
    #: Archive records that will be blanked.
    records: tuple[WarcRecord, ...] = field(repr=False)
    #: WARC files outside of the corpus folder that hold some of it; they are not touched.
    foreign_files: tuple[str, ...]
    #: Names of other articles that say some of it.
    also_said_by: tuple[str, ...]
    passages: Passages = field(repr=False)
    text_keys: tuple[bytes, ...] = field(repr=False)


def plan_takedown(db: sqlite3.Connection, target: Target) -> Plan:
    """Find all that has to go; nothing is changed.

    Raises:
        sqlite3.Error: The database cannot be read.
    """
    _choose(db, "doomed_url", target.url_ids)
    keys = set() if target.site else {row[0] for row in db.execute(_TEXT_KEYS)} | target.text_keys
    fetch_ids = frozenset(row[0] for row in db.execute(_FETCHES))
    if not target.site:
        fetch_ids |= {row[0] for row in db.execute(_SAME_CONTENT)}
        for key in target.text_keys:
            fetch_ids |= {row[0] for row in db.execute("SELECT fetch_id FROM capture WHERE text_key = ?", (key,))}
    _choose(db, "doomed_fetch", fetch_ids)
    passages, also_said_by = _passages(db)
    rows = db.execute("SELECT url, host FROM url JOIN temp.doomed_url USING (id) ORDER BY url").fetchall()
    places = db.execute(_PLACES).fetchall()
    return Plan(
        target=target,
        articles=_articles(db),
        urls=tuple(row["url"] for row in rows),
        hosts=tuple(sorted({row["host"] for row in rows} - {""})) if target.site else (),
        fetch_ids=fetch_ids,
        records=tuple(
            WarcRecord(file=row["file"], offset=row["warc_offset"], length=row["warc_length"])
            for row in places
            if not PurePath(row["file"]).is_absolute()
        ),
        foreign_files=tuple(sorted({row["file"] for row in places if PurePath(row["file"]).is_absolute()})),
        also_said_by=also_said_by,
        passages=passages,
        text_keys=tuple(sorted(keys)),
    )


_TEXT_KEYS = """SELECT DISTINCT text_key FROM capture JOIN temp.doomed_url ON doomed_url.id = url_id
                WHERE text_key NOT NULL"""
_FETCHES = "SELECT fetch.id FROM fetch JOIN temp.doomed_url ON doomed_url.id = url_id"
#: Fetches at other URLs that once showed the same text or the same bytes.
_SAME_CONTENT = """
    SELECT fetch_id FROM capture WHERE text_key IN (
        SELECT text_key FROM capture JOIN temp.doomed_url ON doomed_url.id = url_id WHERE text_key NOT NULL)
    UNION SELECT other.id FROM capture JOIN temp.doomed_url ON doomed_url.id = capture.url_id
        JOIN fetch ON fetch.id = capture.fetch_id JOIN fetch AS other ON other.wire_digest = fetch.wire_digest
        WHERE capture.reason IS NULL
    UNION SELECT other.id FROM capture JOIN temp.doomed_url ON doomed_url.id = capture.url_id
        JOIN fetch ON fetch.id = capture.fetch_id JOIN fetch AS other ON other.body_digest = fetch.body_digest
        WHERE capture.reason IS NULL
"""
#: A record that others only refer to stays: what they share is no text that has to go (a wall, an error page), or
#: another site prints it, too.
_NEEDED = """EXISTS (SELECT 1 FROM fetch AS later WHERE later.same_as = fetch.id
                     AND later.id NOT IN (SELECT id FROM temp.doomed_fetch))"""
_PLACES = f"""SELECT fetch.id, file, warc_offset, warc_length FROM fetch JOIN temp.doomed_fetch USING (id)
              JOIN warc ON warc.id = warc_id WHERE NOT {_NEEDED} ORDER BY file, warc_offset"""


def _choose(db: sqlite3.Connection, table: str, ids: Iterable[int]) -> None:
    """Fill a temporary table with the numbers of rows."""
    db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table} (id INTEGER PRIMARY KEY)")
    db.execute(f"DELETE FROM temp.{table}")
    db.executemany(f"INSERT OR IGNORE INTO temp.{table} VALUES (?)", [(one,) for one in ids])


def _articles(db: sqlite3.Connection) -> tuple[Doomed, ...]:
    """Return the articles of which nothing is left."""
    rows = db.execute(
        """SELECT uid, url.url, title, words FROM article JOIN capture ON capture.fetch_id = capture_id
           JOIN url ON url.id = capture.url_id
           WHERE article.id IN (SELECT article_id FROM capture JOIN temp.doomed_fetch ON doomed_fetch.id = fetch_id)
             AND NOT EXISTS (SELECT 1 FROM capture AS other WHERE other.article_id = article.id
                             AND other.fetch_id NOT IN (SELECT id FROM temp.doomed_fetch))
           ORDER BY url.url"""
    )
    return tuple(Doomed(id=row["uid"], url=row["url"], title=row["title"], words=row["words"]) for row in rows)


def _passages(db: sqlite3.Connection) -> tuple[Passages, tuple[str, ...]]:
    """Return the passages that nobody else says, and the names of the articles that say others."""
    doomed = """SELECT text_hash FROM capture JOIN temp.doomed_fetch ON doomed_fetch.id = fetch_id
                WHERE text_hash NOT NULL"""
    texts = db.execute(f"SELECT body FROM text WHERE hash IN ({doomed})").fetchall()
    every = left = Passages.of(row["body"] for row in texts)
    names: set[str] = set()
    if len(every):
        for row in db.execute(
            """SELECT text.body, article.uid FROM text JOIN capture ON text_hash = hash
               JOIN article ON article.id = article_id WHERE fetch_id NOT IN (SELECT id FROM temp.doomed_fetch)"""
        ):
            if every.are_in(row["body"]):
                names.add(row["uid"])
                left = left.without(row["body"])
    return left, tuple(sorted(names))


# -- the database forgets ---------------------------------------------------------------------------------------------


def begin_takedown(store: Store, plan: Plan, reason: str | None, now: float) -> int:
    """Take what a plan names out of the database, block it, and note what is to be blanked; return the takedown.

    Raises:
        StoreError: The database cannot be written; nothing has changed.
    """
    store.db.execute("PRAGMA secure_delete = ON")
    with store.transaction() as db:
        _choose(db, "doomed_url", plan.target.url_ids)
        _choose(db, "doomed_fetch", plan.fetch_ids)
        takedown = _enter(db, plan, reason, now)
        needed = f"SELECT id FROM fetch WHERE id IN (SELECT id FROM temp.doomed_fetch) AND {_NEEDED}"
        keeps = [row[0] for row in db.execute(needed)]
        _drop_captures(db, now)
        _choose(db, "kept_record", keeps)
        db.execute(
            """UPDATE fetch SET warc_id = NULL, warc_offset = NULL, warc_length = NULL, same_as = NULL,
                   wire_digest = NULL, body_digest = NULL
               WHERE id IN (SELECT id FROM temp.doomed_fetch) AND id NOT IN (SELECT id FROM temp.kept_record)"""
        )
        db.execute(
            """UPDATE url SET state = 'done', lease_until = NULL, lease_run = NULL, etag = NULL, last_modified = NULL,
                   wire_digest = NULL, published_hint = NULL, modified_hint = NULL, outcome = ?, evidence = ?
               WHERE id IN (SELECT id FROM temp.doomed_url)""",
            (f"removed/{Reason.FORGOTTEN}", "forgotten on request"),
        )
        db.execute("UPDATE discovery SET title = NULL WHERE url_id IN (SELECT id FROM temp.doomed_url)")
        withdraw(db, takedown, [article.id for article in plan.articles], plan.passages, frozenset(plan.text_keys))
        store.drop_unused_texts()
    return takedown


def _enter(db: sqlite3.Connection, plan: Plan, reason: str | None, now: float) -> int:
    cursor = db.execute(
        "INSERT INTO takedown (target, reason, asked_at, articles, urls, passages) VALUES (?, ?, ?, ?, ?, ?)",
        (
            plan.target.name,
            reason,
            now,
            json.dumps([article.id for article in plan.articles]),
            len(plan.urls),
            plan.passages.pack(),
        ),
    )
    takedown = cursor.lastrowid
    assert takedown is not None
    keys = [("host", host) for host in plan.hosts] + [("text", key.hex()) for key in plan.text_keys]
    keys += [("url", url) for url in plan.urls]
    db.executemany(
        "INSERT OR IGNORE INTO tombstone (kind, key, takedown) VALUES (?, ?, ?)",
        [(kind, key, takedown) for kind, key in keys],
    )
    doom_records(db, takedown, plan.records)
    return takedown


def doom_records(db: sqlite3.Connection, takedown: int, records: Iterable[WarcRecord]) -> None:
    """Note records that are to be blanked, and take their places out of the database."""
    db.executemany(
        "INSERT OR IGNORE INTO doomed_record (file, offset, length, takedown) VALUES (?, ?, ?, ?)",
        [(record.file, record.offset, record.length, takedown) for record in records if record.length is not None],
    )


def _drop_captures(db: sqlite3.Connection, now: float) -> None:
    """Delete the captures, and bring the articles that they were in up to date."""
    touched = [
        row[0]
        for row in db.execute(
            """SELECT DISTINCT article_id FROM capture JOIN temp.doomed_fetch ON doomed_fetch.id = fetch_id
               WHERE article_id NOT NULL"""
        )
    ]
    db.execute("DELETE FROM capture WHERE fetch_id IN (SELECT id FROM temp.doomed_fetch)")
    grouping = Grouping(db)
    for article_id in touched:
        left = db.execute(
            "SELECT fetch_id, url_id FROM capture WHERE article_id = ? AND reason IS NULL LIMIT 1", (article_id,)
        ).fetchone()
        if left is not None:
            # Whoever spoke for it may be gone; the grouping finds out who speaks now.
            db.execute("UPDATE article SET capture_id = ? WHERE id = ?", (left["fetch_id"], article_id))
            grouping.place(left["url_id"], now)
        else:
            db.execute("DELETE FROM alias WHERE article_id = ?", (article_id,))
            db.execute("DELETE FROM article WHERE id = ?", (article_id,))


# -- what is left behind ----------------------------------------------------------------------------------------------


def doomed_records(db: sqlite3.Connection, takedown: int) -> dict[str, list[WarcRecord]]:
    """Return the records that are still to be blanked, by file."""
    found: dict[str, list[WarcRecord]] = {}
    for row in db.execute("SELECT * FROM doomed_record WHERE takedown = ? ORDER BY file, offset", (takedown,)):
        record = WarcRecord(file=row["file"], offset=row["offset"], length=row["length"])
        found.setdefault(record.file, []).append(record)
    return found


def note_blanked(db: sqlite3.Connection, takedown: int, records: Sequence[WarcRecord]) -> None:
    """Note that records were blanked: no fetch is there any more, nor refers to what was."""
    for record in records:
        row = db.execute(
            """SELECT fetch.id FROM fetch JOIN warc ON warc.id = warc_id WHERE file = ? AND warc_offset = ?""",
            (record.file, record.offset),
        ).fetchone()
        if row is not None:
            db.execute(
                """UPDATE fetch SET warc_id = NULL, warc_offset = NULL, warc_length = NULL, same_as = NULL
                   WHERE id = :id OR same_as = :id""",
                {"id": row["id"]},
            )
    db.executemany(
        "DELETE FROM doomed_record WHERE file = ? AND offset = ?", [(record.file, record.offset) for record in records]
    )
    db.execute("UPDATE takedown SET records = records + ? WHERE id = ?", (len(records), takedown))


def passages_of(db: sqlite3.Connection, takedown: int) -> Passages:
    """Return the passages of an unfinished takedown."""
    row = db.execute("SELECT passages FROM takedown WHERE id = ?", (takedown,)).fetchone()
    return Passages.unpack(row["passages"])


def drop_cuts(store: Store, passages: Passages) -> int:
    """Drop what was cut from other pages and holds a passage; return from how many.

    Raises:
        StoreError: The database cannot be written; what is dropped so far stays dropped.
    """
    changed, last = 0, -1
    while rows := store.db.execute(
        "SELECT fetch_id, cuts FROM capture WHERE fetch_id > ? AND cuts NOT NULL ORDER BY fetch_id LIMIT ?",
        (last, _BATCH),
    ).fetchall():
        kept = {row["fetch_id"]: _without(row["cuts"], passages) for row in rows}
        less = [(cuts, fetch_id) for fetch_id, (cuts, fewer) in kept.items() if fewer]
        if less:
            with store.transaction() as db:
                db.executemany("UPDATE capture SET cuts = ? WHERE fetch_id = ?", less)
        changed += len(less)
        last = rows[-1]["fetch_id"]
    return changed


def _without(packed: bytes, passages: Passages) -> tuple[bytes | None, bool]:
    cuts = unpack_cuts(packed)
    left = [cut for cut in cuts if not passages.are_in(cut.text)]
    return (pack_cuts(left), True) if len(left) < len(cuts) else (packed, False)


def finish_takedown(store: Store, takedown: int, now: float) -> None:
    """Note that no trace is left.

    Raises:
        StoreError: The database cannot be written.
    """
    with store.transaction() as db:
        db.execute("UPDATE takedown SET finished_at = ?, passages = NULL WHERE id = ?", (now, takedown))
