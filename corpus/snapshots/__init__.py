"""Snapshots: named states of the corpus that do not change, so that they can be cited, compared and exported again.

A snapshot costs what has changed since the last one: a row for each article that is another one now, and its record
without the text, which is in the corpus already. A takedown takes records and texts out of all snapshots; everything
else about them stays, and they say themselves what is no longer in them.
"""

from corpus.snapshots.checking import (
    Difference,
    SnapshotFault,
    SnapshotVerification,
    diff_snapshots,
    verify_snapshot,
)
from corpus.snapshots.listing import (
    Snapshot,
    Withdrawn,
    configuration_of,
    find_snapshot,
    list_snapshots,
    read_manifest,
    withdrawn_of,
)
from corpus.snapshots.making import drop_snapshot, make_snapshot
from corpus.snapshots.source import SnapshotSource

__all__ = [
    "Difference",
    "Snapshot",
    "SnapshotFault",
    "SnapshotSource",
    "SnapshotVerification",
    "Withdrawn",
    "configuration_of",
    "diff_snapshots",
    "drop_snapshot",
    "find_snapshot",
    "list_snapshots",
    "make_snapshot",
    "read_manifest",
    "verify_snapshot",
    "withdrawn_of",
]
