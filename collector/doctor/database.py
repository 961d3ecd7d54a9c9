"""Checks the database: whether it is sound, and whether what it says of itself agrees."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from collector.doctor.findings import MAX_EXAMPLES, Finding, OpenPatient, Severity, several, some
from corpus.captures import UNREFERENCED
from corpus.dedup import rank
from corpus.schema import store_error

#: A run is entered a moment before its lock is; younger ones are not judged.
_YOUNG_SECONDS = 10.0
#: (table, parent) of references that checks of their own look after.
_EXPLAINED_ELSEWHERE = {("alias", "article"), ("capture", "article"), ("capture", "text")}


def check_integrity(patient: OpenPatient, *, quick: bool = False) -> Iterator[Finding]:
    """Have SQLite check its file: pages, indices and, unless ``quick``, that the two agree."""
    try:
        rows = patient.db.execute(f"PRAGMA {'quick_check' if quick else 'integrity_check'}({MAX_EXAMPLES})").fetchall()
        faults = [str(row[0]) for row in rows if row[0] != "ok"]
    except sqlite3.DatabaseError as error:
        faults = [str(error)]
    if faults:
        yield damaged(patient.folder.database, faults)


def damaged(database: Path, faults: list[str]) -> Finding:
    """Return the finding of a database that SQLite cannot read in full."""
    return Finding(
        check="integrity",
        severity=Severity.PROBLEM,
        message=f"{database.name} is damaged",
        meaning="Articles or the history of URLs may be lost. SQLite survives crashes and power cuts; a disk that "
        "fails, or a copy made by other software while a crawl ran, damages it.",
        remedy="Keep a copy of the file, check the disk, then restore corpus.db from a backup. Without one, make a new "
        "corpus and ingest the archive: collector ingest archive/*.warc.gz",
        examples=some(faults),
    )


def check_references(patient: OpenPatient) -> Iterator[Finding]:
    """Look for rows that refer to rows that are not there."""
    missing: Counter[tuple[str, str]] = Counter()
    for table, _, parent, _ in patient.db.execute("PRAGMA foreign_key_check"):
        missing[table, parent] += 1
    faults = [
        f"{count} of {table} to {parent}"
        for (table, parent), count in sorted(missing.items())
        if (table, parent) not in _EXPLAINED_ELSEWHERE
    ]
    if faults:
        yield Finding(
            check="references",
            severity=Severity.PROBLEM,
            message="rows refer to rows that are not there",
            meaning="The collector never writes such rows; other software has changed the database.",
            remedy="Restore corpus.db from a backup. What is not concerned goes on working.",
            examples=some(faults),
        )


def check_runs(patient: OpenPatient) -> Iterator[Finding]:
    """Look for runs that died, and URLs that they still hold."""
    dead = dead_runs(patient)
    held = patient.db.execute(
        """SELECT url FROM url WHERE state = 'leased' AND (
               lease_until < :now OR lease_run IS NULL
               OR lease_run IN (SELECT id FROM run WHERE state != 'running')
               OR lease_run IN (SELECT value FROM json_each(:dead))) ORDER BY id""",
        {"now": patient.now, "dead": json.dumps(dead)},
    ).fetchall()
    if dead or held:
        yield Finding(
            check="runs",
            severity=Severity.NOTE,
            message=f"{several(len(dead), 'run')} died, {several(len(held), 'URL')} held by runs that are gone",
            meaning="A process was killed. Nothing is lost: these URLs are fetched again.",
            remedy="The next crawl takes them back by itself; so does --repair.",
            examples=some([row["url"] for row in held]),
            repairable=True,
        )


def dead_runs(patient: OpenPatient) -> list[int]:
    """Return runs that count as running and whose process is gone."""
    rows = patient.db.execute(
        "SELECT id FROM run WHERE state = 'running' AND started_at < ?", (patient.now - _YOUNG_SECONDS,)
    ).fetchall()
    return patient.folder.dead([row["id"] for row in rows])


def check_texts_of_captures(patient: OpenPatient) -> Iterator[Finding]:
    """Look for kept captures whose text is not there."""
    rows = patient.db.execute(
        f"SELECT url FROM capture JOIN url ON url.id = url_id WHERE {TEXTLESS} ORDER BY fetch_id"
    ).fetchall()
    if rows:
        yield Finding(
            check="captures",
            severity=Severity.PROBLEM,
            message=f"{several(len(rows), 'kept capture')} without text",
            meaning="They are missing from lists and exports.",
            remedy="Make them again from the archive: collector reclean --all",
            examples=some([row["url"] for row in rows]),
        )


def check_grouping(patient: OpenPatient, *, quick: bool = False) -> Iterator[Finding]:
    """Look for captures without an article, articles without a capture, and URLs that stand for neither."""
    astray = astray_captures(patient.db)
    if astray:
        yield _grouping(
            f"{several(len(astray), 'kept page')} in no article",
            "They are missing from lists and exports.",
            _names(patient.db, "url", "id", astray),
        )
    mute = mute_articles(patient.db)
    if mute:
        yield _grouping(
            f"{several(len(mute), 'article')} with a capture that is missing or another article's",
            "They are missing from lists and exports, or show another article's page.",
            _names(patient.db, "article", "id", mute),
        )
    wrong = [] if quick else misled_articles(patient.db)
    if wrong:
        yield _grouping(
            f"{several(len(wrong), 'article')} showing the wrong one of their captures",
            "They show an outdated or secondary page.",
            _names(patient.db, "article", "id", wrong),
        )
    stray = stray_aliases(patient.db)
    if stray:
        yield _grouping(
            f"{several(len(stray), 'URL')} standing for an article that is not there",
            "Looking one of them up finds nothing.",
            some(stray),
        )


def _grouping(message: str, meaning: str, examples: tuple[str, ...]) -> Finding:
    return Finding(
        check="grouping",
        severity=Severity.PROBLEM,
        message=message,
        meaning=meaning,
        remedy="--repair groups these pages anew, as storing them did; what refers to nothing at all is dropped.",
        examples=examples,
        repairable=True,
    )


def _names(db: sqlite3.Connection, table: str, key: str, ids: list[int]) -> tuple[str, ...]:
    column = "url" if table == "url" else "uid"
    rows = (
        db.execute(f"SELECT {column} FROM {table} WHERE {key} = ?", (one,)).fetchone() for one in ids[:MAX_EXAMPLES]
    )
    return tuple(str(row[0]) for row in rows if row is not None)


def astray_captures(db: sqlite3.Connection) -> list[int]:
    """Return URLs with a kept capture that belongs to no article."""
    rows = db.execute(
        """SELECT DISTINCT url_id FROM capture WHERE reason IS NULL
           AND (article_id IS NULL OR article_id NOT IN (SELECT id FROM article)) ORDER BY url_id"""
    )
    return [row["url_id"] for row in rows]


def mute_articles(db: sqlite3.Connection) -> list[int]:
    """Return articles whose capture is missing, removed or another article's."""
    rows = db.execute(
        """SELECT article.id FROM article LEFT JOIN capture ON fetch_id = capture_id
           WHERE fetch_id IS NULL OR article_id IS NOT article.id OR reason IS NOT NULL ORDER BY article.id"""
    )
    return [row["id"] for row in rows]


def misled_articles(db: sqlite3.Connection) -> list[int]:
    """Return articles that name a capture of theirs, but not the one that ought to speak."""
    mute = set(mute_articles(db))
    rows = db.execute("SELECT id, capture_id FROM article ORDER BY id")
    return [row["id"] for row in rows if row["id"] not in mute and _speaker(db, row["id"]) != row["capture_id"]]


def _speaker(db: sqlite3.Connection, article_id: int) -> int:
    """Return the capture that ought to speak: of each URL's newest kept one, the one of the least rank."""
    rows = db.execute(
        """SELECT fetch_id, url.url, canonical_url, published, newest.part_number FROM (
               SELECT capture.*, row_number() OVER (
                   PARTITION BY capture.url_id ORDER BY fetch.fetched_at DESC, fetch_id DESC) AS age
               FROM capture JOIN fetch ON fetch.id = fetch_id WHERE article_id = ? AND reason IS NULL) AS newest
           JOIN url ON url.id = newest.url_id WHERE age = 1""",
        (article_id,),
    ).fetchall()
    first = min(
        rows,
        key=lambda row: rank(
            url=row["url"],
            canonical_url=row["canonical_url"],
            published=row["published"],
            part_number=row["part_number"] or 1,
        ),
    )
    return int(first["fetch_id"])


def stray_aliases(db: sqlite3.Connection) -> list[str]:
    """Return URLs that stand for an article that is not there."""
    rows = db.execute("SELECT url FROM alias WHERE article_id NOT IN (SELECT id FROM article) ORDER BY url")
    return [row["url"] for row in rows]


def check_texts(patient: OpenPatient) -> Iterator[Finding]:
    """Look for texts that no capture refers to, and no snapshot."""
    row = patient.db.execute(
        f"SELECT count(*) AS texts, total(length(body)) AS size FROM text WHERE {UNREFERENCED}"
    ).fetchone()
    if row["texts"]:
        yield Finding(
            check="texts",
            severity=Severity.NOTE,
            message=f"{several(row['texts'], 'text')} of {row['size'] / 1e6:.1f} million characters nowhere in use",
            meaning="They take up space, and are in no list and no export.",
            remedy="--repair drops them.",
            repairable=True,
        )


#: Condition on table ``capture``.
TEXTLESS = "reason IS NULL AND (text_hash IS NULL OR text_hash NOT IN (SELECT hash FROM text))"


def unreadable(error: sqlite3.Error, database: Path) -> Finding:
    """Return the finding of a database that could not be read to the end of a check."""
    return damaged(database, [str(store_error(error, database))])
