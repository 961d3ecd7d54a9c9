"""Retention: which raw copies of responses may leave the archive, because nothing that is kept is made of them.

Texts, metadata, verdicts and the history of URLs stay in the database for ever; what goes is the evidence of a verdict
and the means to clean that page again. The page that speaks for an article never goes, nor does a record that a later
one refers to.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from corpus.store import Store

_DAY_SECONDS = 86_400
#: URLs whose mentions one transaction forgets: some tenths of a second.
_URLS_AT_ONCE = 20_000


class Disposable(StrEnum):
    """What a raw copy may be that no article is made of."""

    #: A feed, sitemap, front or section page.
    LISTING = "listing"
    #: A page that became no article: removed, redirected, or impossible to make sense of.
    REMOVED = "removed"
    #: An article's page that a later visit replaced (its text stays as a version), or that said nothing new.
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """For how many days after it came a raw copy is kept at least; 0 keeps it for ever."""

    listings_days: float = 0.0
    removed_days: float = 0.0
    superseded_days: float = 0.0

    def days(self) -> dict[Disposable, float]:
        """Return the days of each kind that is not kept for ever."""
        every = {
            Disposable.LISTING: self.listings_days,
            Disposable.REMOVED: self.removed_days,
            Disposable.SUPERSEDED: self.superseded_days,
        }
        return {kind: days for kind, days in every.items() if days > 0}


#: What a fetch is, as `Disposable`; NULL for what an article is made of.
_KIND = f"""CASE
    WHEN capture.fetch_id IS NULL AND url.kind != 'article' THEN '{Disposable.LISTING}'
    WHEN capture.fetch_id IS NULL AND EXISTS (SELECT 1 FROM capture AS other WHERE other.url_id = url.id)
        THEN '{Disposable.SUPERSEDED}'
    WHEN capture.fetch_id IS NULL OR capture.reason IS NOT NULL THEN '{Disposable.REMOVED}'
    WHEN EXISTS (SELECT 1 FROM article WHERE article.id = article_id AND article.capture_id = fetch.id) THEN NULL
    WHEN EXISTS (SELECT 1 FROM capture AS later WHERE later.url_id = url.id AND later.reason IS NULL
                 AND later.fetch_id > fetch.id) THEN '{Disposable.SUPERSEDED}'
END"""
#: A revisit that stays needs the record that it refers to.
_NEEDED = """SELECT same_as FROM fetch WHERE same_as IS NOT NULL AND warc_id IS NOT NULL
             AND id NOT IN (SELECT id FROM temp.released)"""


def choose_released(db: sqlite3.Connection, retention: Retention, now: float) -> None:
    """Fill the temporary table ``released`` with the fetches whose records may go now: ``id``, ``kind``, ``warc_id``.

    Files that were ingested by reference are not ours and are left out.

    Args:
        db: The database.
        retention: What is kept for how long.
        now: Unix seconds.
    """
    db.execute("DROP TABLE IF EXISTS temp.released")
    db.execute("CREATE TEMP TABLE released (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, warc_id INTEGER NOT NULL)")
    for kind, days in retention.days().items():
        db.execute(
            f"""INSERT INTO temp.released SELECT fetch.id, :kind, warc_id FROM fetch JOIN url ON url.id = fetch.url_id
                JOIN warc ON warc.id = warc_id LEFT JOIN capture ON capture.fetch_id = fetch.id
                WHERE fetch.fetched_at < :before AND substr(file, 1, 1) != '/' AND {_KIND} = :kind""",
            {"kind": kind, "before": now - days * _DAY_SECONDS},
        )
    keep_needed(db)


def keep_needed(db: sqlite3.Connection) -> None:
    """Take out of ``released`` what a record that stays refers to."""
    db.execute(f"DELETE FROM temp.released WHERE id IN ({_NEEDED})")


def keep_files(db: sqlite3.Connection, warc_ids: set[int]) -> None:
    """Take out of ``released`` what stands in some files, and then what is needed because of that."""
    db.executemany("DELETE FROM temp.released WHERE warc_id = ?", [(warc_id,) for warc_id in warc_ids])
    keep_needed(db)


def count_released(db: sqlite3.Connection) -> Mapping[Disposable, int]:
    """Return how many records of each kind stand in ``released``."""
    rows = db.execute("SELECT kind, count(*) FROM temp.released GROUP BY kind ORDER BY kind")
    return {Disposable(kind): number for kind, number in rows.fetchall()}


def count_mentions(db: sqlite3.Connection, most: int) -> int:
    """Return how many places named a URL beyond the first ``most`` that did."""
    row = db.execute(
        "SELECT coalesce(sum(number - :most), 0) FROM (SELECT count(*) AS number FROM discovery GROUP BY url_id) "
        "WHERE number > :most",
        {"most": most},
    ).fetchone()
    return int(row[0])


def drop_mentions(store: Store, most: int) -> int:
    """Forget of each URL all places that named it but the first ``most``; return how many were forgotten.

    Raises:
        StoreError: The database cannot be written; what is forgotten so far stays so.
    """
    last = int(store.db.execute("SELECT coalesce(max(url_id), 0) FROM discovery").fetchone()[0])
    dropped = 0
    for begin in range(0, last + 1, _URLS_AT_ONCE):
        with store.transaction() as db:
            dropped += db.execute(
                """DELETE FROM discovery WHERE url_id > :begin AND url_id <= :end AND (url_id, via, found_on) IN (
                       SELECT url_id, via, found_on FROM (
                           SELECT url_id, via, found_on, row_number() OVER (
                               PARTITION BY url_id ORDER BY found_at, via, found_on) AS place
                           FROM discovery WHERE url_id > :begin AND url_id <= :end)
                       WHERE place > :most)""",
                {"begin": begin, "end": begin + _URLS_AT_ONCE, "most": most},
            ).rowcount
    return dropped
