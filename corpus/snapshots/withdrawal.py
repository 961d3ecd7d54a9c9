"""A takedown takes records and texts out of all snapshots.

What a snapshot holds may no longer be in the corpus of today: the text of an earlier cleaner, an article that was
merged into another since. So it is looked for by what was fetched, by name, and, where a text is in snapshots only, by
the passages that are to be forgotten.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from corpus.articles import find_article
from corpus.dedup import text_key
from corpus.passages import Passages
from corpus.snapshots.description import unpack


def withdraw(
    db: sqlite3.Connection, takedown: int, uids: Iterable[str], passages: Passages, text_keys: AbstractSet[bytes]
) -> int:
    """Take records out of all snapshots, inside the transaction of a takedown; return how many.

    Called when the captures are deleted, and before unused texts are; ``temp.doomed_fetch`` holds the fetches.

    Args:
        db: The database.
        takedown: Its number.
        uids: Names of articles that are gone as a whole.
        passages: What nobody may find any more.
        text_keys: Keys (`corpus.dedup.text_key`) of whole texts that nobody may find any more, however short.
    """
    doomed = {row[0] for row in db.execute("SELECT digest FROM record JOIN temp.doomed_fetch ON fetch_id = id")}
    for uid in uids:
        doomed |= {row[0] for row in db.execute("SELECT digest FROM snapshot_article WHERE uid = ?", (uid,))}
    doomed |= set(_saying(db, passages, text_keys))
    return sum(
        db.execute(
            "UPDATE record SET body = NULL, text_hash = NULL, takedown = ? WHERE digest = ? AND takedown IS NULL",
            (takedown, digest),
        ).rowcount
        for digest in doomed
    )


def _saying(db: sqlite3.Connection, passages: Passages, text_keys: AbstractSet[bytes]) -> Iterator[bytes]:
    """Yield the records whose text is in snapshots only, and is one of the texts or says some of the passages."""
    if not len(passages) and not text_keys:
        return
    rows = db.execute(
        """SELECT digest, record.body, text.body AS text FROM record JOIN text ON text.hash = text_hash
           WHERE text_hash NOT IN (SELECT text_hash FROM capture WHERE text_hash IS NOT NULL)"""
    )
    for row in rows:
        says = text_key(row["text"]) in text_keys or any(
            passages.are_in(said) for said in (row["text"], *_strings(unpack(row["body"])))
        )
        if says and not _is_todays(db, row["digest"], row["text"]):
            yield row["digest"]


def _is_todays(db: sqlite3.Connection, digest: bytes, text: str) -> bool:
    """Tell whether the article still says just this: the text of one in several pages is no capture's."""
    names = db.execute("SELECT DISTINCT uid FROM snapshot_article WHERE digest = ?", (digest,)).fetchall()
    return any((article := find_article(db, row[0])) is not None and article.text == text for row in names)


def _strings(value: object) -> Iterator[str]:
    """Yield every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
