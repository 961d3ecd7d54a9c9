"""What the doctor works on, and what it finds."""

import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from collector.config import Config
from corpus.folder import CorpusFolder

#: Examples shown with a finding.
MAX_EXAMPLES = 5


class Severity(StrEnum):
    """How much a finding matters."""

    #: As it should be.
    OK = "ok"
    #: Worth knowing; nothing is lost and nothing stops working.
    NOTE = "note"
    #: Something is lost, or will go wrong.
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was found."""

    #: The check that found it; a stable name for scripts.
    check: str
    severity: Severity
    #: What was found.
    message: str
    #: What it means.
    meaning: str = ""
    #: What to do.
    remedy: str = ""
    #: A few of the things concerned.
    examples: tuple[str, ...] = ()
    #: Whether ``--repair`` can mend it.
    repairable: bool = False
    #: What a repair did; empty where there was none.
    done: str = ""
    #: Whether the repair mended it.
    repaired: bool = False

    @property
    def remains(self) -> bool:
        """Whether this is a problem that is still there."""
        return self.severity is Severity.PROBLEM and not self.repaired


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A corpus under examination."""

    folder: CorpusFolder
    #: None where it cannot be read.
    config: Config | None
    #: Unix seconds.
    now: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPatient(Patient):
    """A corpus under examination whose database can be read."""

    db: sqlite3.Connection

    def changes(self) -> int:
        """Return a number that changes whenever another process has changed the database."""
        return int(self.db.execute("PRAGMA data_version").fetchone()[0])


def several(count: int, thing: str) -> str:
    """Return a count and what is counted.

    >>> several(1, "file"), several(2, "file")
    ('1 file', '2 files')
    """
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def some(names: list[str]) -> tuple[str, ...]:
    """Return the first few of many names."""
    return tuple(names[:MAX_EXAMPLES])
