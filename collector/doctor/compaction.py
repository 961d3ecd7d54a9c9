"""Checks that no compaction was left half-way."""

from collections.abc import Iterator

from collector.doctor.findings import Finding, OpenPatient, Severity, several, some
from corpus.holding import COMPACT, holder_of


def check_compaction(patient: OpenPatient) -> Iterator[Finding]:
    """Look for archive files that were being written anew when the process died."""
    files = unfinished_files(patient)
    if files and holder_of(patient.folder, COMPACT) is None:
        yield Finding(
            check="compaction",
            severity=Severity.NOTE,
            message=f"{several(len(files) // 2, 'archive file')} left half-way by a compaction",
            meaning="A process was killed while it freed space. Nothing is lost; a copy takes room that nobody needs.",
            remedy="The next `collector compact` removes it and goes on.",
            examples=some(files),
        )


def unfinished_files(patient: OpenPatient) -> list[str]:
    """Return the files that are being written anew, old and new."""
    return [name for row in patient.db.execute("SELECT old, new FROM compaction ORDER BY old") for name in row]
