"""Mends what can be mended without losing anything; each repair says what it did."""

import sqlite3
from collections.abc import Callable

from collector.doctor.archive import torn_tails
from collector.doctor.database import (
    TEXTLESS,
    astray_captures,
    dead_runs,
    misled_articles,
    mute_articles,
    stray_aliases,
)
from collector.doctor.duplicates import compare_anew
from collector.doctor.findings import OpenPatient, several
from corpus.archive import repair as cut_tail
from corpus.captures import UNREFERENCED
from corpus.errors import StoreError
from corpus.grouping import Grouping
from corpus.store import Store


def _bury_runs(patient: OpenPatient, store: Store) -> str:
    dead = dead_runs(patient)
    gone = [row["id"] for row in store.db.execute("SELECT id FROM run WHERE state != 'running'")]
    released = store.bury_runs([*dead, *gone], patient.now)
    return f"marked {several(len(dead), 'run')} as interrupted, took {several(released, 'URL')} back"


def _regroup(patient: OpenPatient, store: Store) -> str:
    """Group the pages concerned anew; drop articles without a page, and URLs that stand for nothing."""
    with store.transaction() as db:
        if db.execute(f"SELECT 1 FROM capture WHERE {TEXTLESS} LIMIT 1").fetchone():
            raise StoreError("texts are missing, which grouping needs: first run `collector reclean --all`")
        concerned = {*astray_captures(db)}
        for url in stray_aliases(db):
            concerned |= _pages_of(db, url)
            db.execute("DELETE FROM alias WHERE url = ?", (url,))
        for article_id in (*mute_articles(db), *misled_articles(db)):
            concerned |= _members(db, article_id)
        _make_groupable(db)
        grouping = Grouping(db)
        for url_id in sorted(concerned):
            grouping.place(url_id, patient.now)
    return f"grouped {several(len(concerned), 'page')} anew"


def _make_groupable(db: sqlite3.Connection) -> None:
    """Let articles name captures of their own, and captures articles that are there, as grouping expects."""
    db.execute("UPDATE capture SET article_id = NULL WHERE article_id NOT IN (SELECT id FROM article)")
    for article_id in mute_articles(db):
        row = db.execute(
            "SELECT max(fetch_id) AS capture_id FROM capture WHERE article_id = ? AND reason IS NULL", (article_id,)
        ).fetchone()
        if row["capture_id"] is not None:
            db.execute("UPDATE article SET capture_id = ? WHERE id = ?", (row["capture_id"], article_id))
            continue
        db.execute("UPDATE capture SET article_id = NULL WHERE article_id = ?", (article_id,))
        db.execute("DELETE FROM alias WHERE article_id = ?", (article_id,))
        db.execute("DELETE FROM article WHERE id = ?", (article_id,))


def _members(db: sqlite3.Connection, article_id: int) -> set[int]:
    rows = db.execute("SELECT DISTINCT url_id FROM capture WHERE article_id = ? AND reason IS NULL", (article_id,))
    return {row["url_id"] for row in rows}


def _pages_of(db: sqlite3.Connection, url: str) -> set[int]:
    """Return the kept pages that have this URL, or name it as canonical or as their first page."""
    rows = db.execute(
        """SELECT DISTINCT url_id FROM capture JOIN url ON url.id = url_id
           WHERE reason IS NULL AND (url.url = :url OR canonical_url = :url OR part_of = :url)""",
        {"url": url},
    )
    return {row["url_id"] for row in rows}


def _drop_texts(_: OpenPatient, store: Store) -> str:
    with store.transaction() as db:
        dropped = db.execute(f"DELETE FROM text WHERE {UNREFERENCED}").rowcount
    return f"dropped {several(dropped, 'text')}"


def _cut_tails(patient: OpenPatient, _: Store) -> str:
    tails = torn_tails(patient)
    for tail in tails:
        cut_tail(patient.folder.archive, tail)
    return f"cut {sum(tail.bytes for tail in tails)} bytes off {several(len(tails), 'file')}"


#: The repair of each check's findings.
REPAIRS: dict[str, Callable[[OpenPatient, Store], str]] = {
    "runs": _bury_runs,
    "grouping": _regroup,
    "texts": _drop_texts,
    "near-duplicates": compare_anew,
    "torn-tails": _cut_tails,
}
