"""The log of changes: for each article that was ever told of, the number of its last change.

Triggers of the database note which articles, and which clusters, may have changed, whoever writes. `settle` looks at
them before anybody is told anything: it makes each article's record, compares its digest with the last one, and gives
a number to what really changed. Numbers are given, and committed, inside of a write transaction, of which SQLite
allows one at a time; so whoever sees a number sees all below it, and none comes in below it later.

A number is given only when somebody asks, so that a crawl pays for a note of eight bytes an article and no more.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.articles import find_articles
from corpus.export.records import FIELDS, Record, record_of

#: Why an article is gone that was forgotten on request, and one that left for no known reason (a repair).
FORGOTTEN, GONE = "forgotten", "gone"
#: Articles that went into another which went into another … are followed so far: more are a loop.
_MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one state of an article's record from another: its digest, and that of its text."""

    #: SHA-256 of the record with ``text_sha256`` in place of ``text``.
    digest: bytes
    #: SHA-256 of the text.
    text_hash: bytes
    #: What ``digest`` was made of: JSON, the fields in alphabetical order.
    body: bytes

    @classmethod
    def of(cls, record: Record) -> "Identity":
        """Return what identifies a record.

        >>> one, other = (Identity.of({"id": "a", "text": text}) for text in ("rain", "sun"))
        >>> one.digest == other.digest, one.body[:25]
        (False, b'{"id":"a","text_sha256":"')
        """
        text_hash = hashlib.sha256(str(record["text"]).encode("utf-8", "surrogatepass")).digest()
        fields = {**record, "text_sha256": text_hash.hex()}
        del fields["text"]
        body = _canonical_json(fields)
        return cls(hashlib.sha256(body).digest(), text_hash, body)


def _canonical_json(fields: Mapping[str, object]) -> bytes:
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def nothing_noted(db: sqlite3.Connection) -> bool:
    """Tell whether the log is up to date with the articles."""
    row = db.execute(
        """SELECT EXISTS (SELECT 1 FROM changed_article) OR EXISTS (SELECT 1 FROM changed_cluster)
                  OR EXISTS (SELECT 1 FROM gone_article)"""
    ).fetchone()
    return not row[0] and _fields_are_those_of_the_log(db)


def settle(db: sqlite3.Connection, now: float, *, most: int) -> bool:
    """Bring the log up to date; called inside of a write transaction.

    Args:
        db: The database.
        now: Unix seconds.
        most: How many articles to look at, at most.

    Returns:
        Whether all is done.
    """
    if not _fields_are_those_of_the_log(db):
        db.execute("INSERT INTO changed_article SELECT id, 1 FROM article WHERE 1 ON CONFLICT DO NOTHING")
        db.execute("INSERT OR REPLACE INTO change_state VALUES ('fields', ?)", (_fields(),))
    _spread(db, most)
    chosen = db.execute("SELECT article_id FROM changed_article WHERE spread = 1 LIMIT ?", (most,)).fetchall()
    _enter_changed(db, [row[0] for row in chosen], now)
    db.executemany("DELETE FROM changed_article WHERE article_id = ?", chosen)
    _enter_gone(db, most)
    return nothing_noted(db)


def note_unreadable(db: sqlite3.Connection, uids: Iterable[str]) -> None:
    """Note, inside of a write transaction, that articles cannot be read: it is a change when they can be again."""
    db.executemany("UPDATE change SET digest = x'' WHERE uid = ? AND digest NOT NULL", [(uid,) for uid in uids])


def last_number(db: sqlite3.Connection) -> int:
    """Return the number of the last change, 0 for an empty log."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM change").fetchone()[0])


def log_name(db: sqlite3.Connection) -> str:
    """Return the name of the log: eight hexadecimal digits, others in every corpus."""
    return str(db.execute("SELECT value FROM change_state WHERE name = 'name'").fetchone()[0])


def _fields() -> str:
    """Return what a record looks like: the fields that this software gives it."""
    return hashlib.sha256(" ".join(field.name for field in FIELDS).encode()).hexdigest()[:16]


def _fields_are_those_of_the_log(db: sqlite3.Connection) -> bool:
    row = db.execute("SELECT value FROM change_state WHERE name = 'fields'").fetchone()
    return row is not None and row[0] == _fields()


def _spread(db: sqlite3.Connection, most: int) -> None:
    """Note the others of the clusters in which something changed: their records name the URLs of all."""
    clusters = db.execute("SELECT canonical FROM changed_cluster LIMIT ?", (most,)).fetchall()
    articles = db.execute("SELECT article_id FROM changed_article WHERE spread = 0 LIMIT ?", (most,)).fetchall()
    mates = "INSERT INTO changed_article SELECT article_id, 1 FROM document WHERE {} ON CONFLICT DO NOTHING"
    for (canonical,) in clusters:
        db.execute(mates.format("id = ? OR (canonical = ? AND canonical != id)"), (canonical, canonical))
    for (article_id,) in articles:
        own = db.execute("SELECT canonical FROM document WHERE article_id = ?", (article_id,)).fetchone()
        if own is not None and own[0] is not None:
            db.execute(mates.format("id = ? OR (canonical = ? AND canonical != id)"), (own[0], own[0]))
    db.executemany("DELETE FROM changed_cluster WHERE canonical = ?", clusters)
    db.executemany("UPDATE changed_article SET spread = 1 WHERE article_id = ?", articles)


def _enter_changed(db: sqlite3.Connection, article_ids: list[int], now: float) -> None:
    seq = last_number(db)
    for article in find_articles(db, article_ids):
        digest = Identity.of(record_of(article)).digest
        known = db.execute("SELECT * FROM change WHERE uid = ?", (article.id,)).fetchone()
        if known is not None and known["digest"] == digest:
            continue
        seq += 1
        first = seq if known is None else known["first"]
        born = seq if known is None or known["digest"] is None else known["born"]
        db.execute(
            "INSERT OR REPLACE INTO change VALUES (?, ?, ?, ?, ?, NULL, NULL, ?)",
            (seq, article.id, first, born, digest, now),
        )


def _enter_gone(db: sqlite3.Connection, most: int) -> None:
    """Enter the articles that are gone, as far as anybody can have been told of them."""
    rows = db.execute("SELECT * FROM gone_article LIMIT ?", (most,)).fetchall()
    forgotten = {row[0] for row in db.execute(_FORGOTTEN)} if rows else set()
    seq = last_number(db)
    for row in rows:
        known = db.execute("SELECT * FROM change WHERE uid = ? AND digest NOT NULL", (row["uid"],)).fetchone()
        if known is None or _is_there(db, row["uid"]):
            continue
        seq += 1
        into = _where_it_went(db, row["into_uid"])
        db.execute(
            "INSERT OR REPLACE INTO change VALUES (?, ?, ?, ?, NULL, ?, ?, ?)",
            (
                seq,
                row["uid"],
                known["first"],
                known["born"],
                into,
                None if into else FORGOTTEN if row["uid"] in forgotten else row["reason"] or GONE,
                row["at"],
            ),
        )
    # Not one by one: where one went is asked of the others.
    db.executemany("DELETE FROM gone_article WHERE uid = ?", [(row["uid"],) for row in rows])


#: Of the articles that are gone, those that were forgotten on request.
_FORGOTTEN = """SELECT value FROM takedown, json_each(takedown.articles)
                WHERE value IN (SELECT uid FROM gone_article)"""


def _is_there(db: sqlite3.Connection, uid: str) -> bool:
    return db.execute("SELECT 1 FROM article WHERE uid = ?", (uid,)).fetchone() is not None


def _where_it_went(db: sqlite3.Connection, into: str | None) -> str | None:
    """Return the article that has the pages now which one took over that may be gone itself, None if none has."""
    for _ in range(_MOST_STEPS):
        if into is None or _is_there(db, into):
            return into
        row = db.execute(
            "SELECT into_uid FROM gone_article WHERE uid = ? UNION ALL SELECT into_uid FROM change WHERE uid = ?",
            (into, into),
        ).fetchone()
        into = None if row is None else row[0]
    return None
