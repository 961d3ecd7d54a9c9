"""Checks what is known of near-duplicates: whether it is that of the stored articles."""

import sqlite3
from collections.abc import Iterator

from collector.doctor.findings import Finding, OpenPatient, Severity, several
from corpus.errors import StoreError
from corpus.postings import Postings
from corpus.store import Store
from corpus.upkeep import catch_up, rebuild

#: What cannot be, unless other software wrote: what it is called, and how many there are of it.
_FAULTS = {
    "document without an article": """
        SELECT count(*) FROM document WHERE article_id NOT IN (SELECT id FROM article)
        AND article_id NOT IN (SELECT article_id FROM stale)""",
    "document without a cluster": """
        SELECT count(*) FROM document WHERE canonical IS NULL
        OR canonical NOT IN (SELECT id FROM document AS leader WHERE leader.canonical = leader.id)""",
    "pair without its documents": """
        SELECT count(*) FROM twin WHERE low NOT IN (SELECT id FROM document)
        OR high NOT IN (SELECT id FROM document)""",
}


def check_duplicates(patient: OpenPatient, *, quick: bool) -> Iterator[Finding]:
    """Look for articles that were not compared with the others, and (unless ``quick``) for a broken index."""
    faults = [] if quick else [several(count, name) for name, count in _count_faults(patient.db) if count]
    if faults:
        yield Finding(
            check="near-duplicates",
            severity=Severity.PROBLEM,
            message="what is known of near-duplicates does not agree with the articles",
            meaning="Exports may keep a copy, or leave out an article. The articles themselves are not concerned. The "
            "collector never leaves that behind; other software has changed the database.",
            remedy="collector dedup --rebuild",
            examples=tuple(faults),
            repairable=True,
        )
        return
    waiting = patient.db.execute("SELECT count(*) FROM stale").fetchone()[0]
    if waiting:
        yield Finding(
            check="near-duplicates",
            severity=Severity.NOTE,
            message=f"{several(waiting, 'article')} not compared with the others yet",
            meaning="They were stored by an older version, or an upgrade changed how articles are compared.",
            remedy="collector dedup, or collector dedup --rebuild if that says so; a crawl does the former by itself",
            repairable=True,
        )


def _count_faults(db: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    for name, query in _FAULTS.items():
        yield name, db.execute(query).fetchone()[0]
    try:
        yield "document that stands under no key", len(Postings(db).missing())
    except StoreError:
        yield "damaged volume of the index", 1


def compare_anew(patient: OpenPatient, store: Store) -> str:
    """Compare what waits; make the index anew where it is broken, or was made otherwise."""
    broken = any(finding.severity is Severity.PROBLEM for finding in check_duplicates(patient, quick=False))
    if broken or (catch_up(store) == 0 and store.documents.count_waiting()):
        return f"compared {several(rebuild(store), 'article')} anew"
    return "compared them"
