"""The doctor: finds what is wrong with a corpus, says what it means, and mends what can be mended.

Without ``repair`` nothing is written but the removal of lock files of dead processes, which every command does.
Checks only look; what they find is mended by `collector.doctor.repairs` and looked at again.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from collector.config import Config
from collector.doctor.archive import Watch, check_files, check_records, check_tails, unwatched
from collector.doctor.compaction import check_compaction
from collector.doctor.database import (
    check_grouping,
    check_integrity,
    check_references,
    check_runs,
    check_texts,
    check_texts_of_captures,
    damaged,
    unreadable,
)
from collector.doctor.duplicates import check_duplicates
from collector.doctor.findings import Finding, OpenPatient, Patient, Severity, several
from collector.doctor.repairs import REPAIRS
from collector.doctor.surroundings import (
    check_configuration,
    check_disk,
    check_exports,
    check_software,
    read_configuration,
    software_line,
)
from collector.doctor.takedowns import check_takedowns
from corpus.errors import CollectorError, SchemaError, StoreError
from corpus.folder import CorpusFolder
from corpus.schema import SCHEMA_VERSION, connect
from corpus.store import Store

__all__ = ["Finding", "Severity", "examine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """A check of the database or the archive, and what to say when it finds nothing."""

    name: str
    fine: str
    look: Callable[[OpenPatient], Iterator[Finding]]


def examine(
    root: Path,
    *,
    quick: bool = False,
    repair: bool = False,
    days: int = 1,
    now: float | None = None,
    watch: Watch = unwatched,
) -> Iterator[Finding]:
    """Examine a corpus folder; yield each finding when it is made.

    Args:
        root: The corpus folder.
        quick: Leave out what reads the whole archive or weighs every article.
        repair: Mend what can be mended without losing anything.
        days: Read as much of the archive as has all of it read in so many days, another part each day.
        now: Unix seconds; the clock's by default.
        watch: Shows the progress of long checks.

    Raises:
        ConfigError: It is no corpus folder.
    """
    folder = CorpusFolder(root)
    if not (folder.database.exists() or folder.archive.exists()):
        folder.check()
    config, faults = read_configuration(folder.config)
    patient = Patient(folder=folder, config=config, now=time.time() if now is None else now)
    sites = "no site" if config is None else several(len(config.sites), "site")
    yield from faults or _or_fine(check_configuration(patient), "configuration", f"configuration is valid: {sites}")
    yield from _or_fine(check_software(patient), "software", software_line())
    yield from _or_fine(check_disk(patient), "disk", "the disk has room and can be written")
    yield from check_exports(patient)
    if not folder.database.exists():
        yield Finding(
            check="database",
            severity=Severity.NOTE,
            message="there is no database",
            meaning="Nothing has been crawled or ingested yet.",
            remedy="collector crawl",
        )
        return
    yield from _examine_database(patient, checks=_checks(quick=quick, days=days, watch=watch), repair=repair)


def _or_fine(findings: Iterator[Finding], check: str, fine: str) -> Iterator[Finding]:
    found = False
    for finding in findings:
        found = True
        yield finding
    if not found:
        yield Finding(check=check, severity=Severity.OK, message=fine)


# -- the database -----------------------------------------------------------------------------------------------------


def _examine_database(patient: Patient, *, checks: list[_Check], repair: bool) -> Iterator[Finding]:
    database = patient.folder.database
    opening = _open(patient, repair=repair)
    if isinstance(opening, Finding):
        yield opening
        if not opening.repaired:
            return
    with closing(connect(database, read_only=True)) as db:
        open_patient = OpenPatient(folder=patient.folder, config=patient.config, now=patient.now, db=db)
        for check in checks:
            try:
                yield from _run(check, open_patient, repair=repair)
            except sqlite3.Error as error:
                yield unreadable(error, database)
                return


def _open(patient: Patient, *, repair: bool) -> Finding | None:
    """Try to open the database; return what is wrong with it, None if nothing is."""
    database = patient.folder.database
    try:
        connect(database, read_only=True).close()
    except SchemaError as error:
        older = _version(database) < SCHEMA_VERSION
        remedy = "--repair brings it up to date" if older else "pip install --upgrade news-corpus-collector"
        finding = Finding(
            check="schema",
            severity=Severity.PROBLEM,
            message=str(error),
            meaning="The database was written by another version of the collector; nothing is lost.",
            remedy=remedy,
            repairable=older,
        )
        return _migrated(finding, database) if repair and older else finding
    except StoreError as error:
        return damaged(database, [str(error)])
    return None


def _version(database: Path) -> int:
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def _migrated(finding: Finding, database: Path) -> Finding:
    try:
        connect(database).close()
    except StoreError as error:
        return replace(finding, done=f"failed: {error}")
    return replace(finding, done="brought the schema up to date", repaired=True)


def _checks(*, quick: bool, days: int, watch: Watch) -> list[_Check]:
    """Return the checks in their order: what others build on first."""
    checks = [
        _Check(name="integrity", fine="the database is sound", look=partial(check_integrity, quick=quick)),
        _Check(name="references", fine="every row refers to rows that are there", look=check_references),
        _Check(name="runs", fine="no URL is held by a run that is gone", look=check_runs),
        _Check(name="captures", fine="every kept capture has its text", look=check_texts_of_captures),
        _Check(
            name="grouping",
            fine="every kept page is in its article, and every article has its page",
            look=partial(check_grouping, quick=quick),
        ),
        _Check(name="texts", fine="every text belongs to a capture", look=check_texts),
        _Check(
            name="near-duplicates",
            fine="every article was compared with all others",
            look=partial(check_duplicates, quick=quick),
        ),
        _Check(name="takedowns", fine="nothing that was to be forgotten is left", look=check_takedowns),
        _Check(name="compaction", fine="no compaction was left half-way", look=check_compaction),
        _Check(name="archive-files", fine="every archive file is there", look=check_files),
        _Check(name="torn-tails", fine="no archive file breaks off", look=check_tails),
    ]
    if quick:
        return [check for check in checks if check.name != "references"]
    fine = "every page of the database is in the archive, unchanged, and every page of the archive in the database"
    if days > 1:
        fine += f" (files whose turn it is today, of all in {days} days)"
    return [*checks, _Check(name="archive", fine=fine, look=partial(check_records, watch=watch, days=days))]


def _run(check: _Check, patient: OpenPatient, *, repair: bool) -> Iterator[Finding]:
    if not repair:
        yield from _or_fine(check.look(patient), check.name, check.fine)
        return
    findings = list(check.look(patient))
    if any(finding.repairable for finding in findings):
        findings = _repaired(findings, check, patient)
    yield from _or_fine(iter(findings), check.name, check.fine)


def _repaired(findings: list[Finding], check: _Check, patient: OpenPatient) -> list[Finding]:
    """Mend what a check found, and look again."""
    config = patient.config or Config()
    try:
        with closing(Store(patient.folder.database, config.site_of)) as store:
            done = REPAIRS[check.name](patient, store)
        mended = not any(finding.repairable for finding in check.look(patient))
    except CollectorError as error:
        done, mended = f"failed: {error}", False
    return [replace(finding, done=done, repaired=mended) if finding.repairable else finding for finding in findings]
