"""Checks that what was to be forgotten is forgotten."""

from collections.abc import Iterator

from collector.doctor.findings import Finding, OpenPatient, Severity, several, some
from corpus.holding import FORGET, holder_of
from corpus.tombstones import pending_takedowns


def check_takedowns(patient: OpenPatient) -> Iterator[Finding]:
    """Look for takedowns that were begun and not finished."""
    pending = pending_takedowns(patient.db)
    if pending and holder_of(patient.folder, FORGET) is None:
        yield Finding(
            check="takedowns",
            severity=Severity.PROBLEM,
            message=f"{several(len(pending), 'takedown')} not finished",
            meaning="No reader finds these articles any more, but traces of them are left in the archive, in exports, "
            "or in unused pages of the database: the process was killed, or exports were not to be deleted.",
            remedy="collector forget --finish (--delete-exports)",
            examples=some([f"{one.target}, asked for on {one.asked_at:%Y-%m-%d}" for one in pending]),
        )
