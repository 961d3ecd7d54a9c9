"""Whether a snapshot is what it was, and how two of them differ."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

from corpus.changes import Identity
from corpus.folder import CorpusFolder
from corpus.schema import connect_reader
from corpus.snapshots.description import ArticlesChecksum, members, unpack
from corpus.snapshots.listing import Snapshot, Withdrawn, find_snapshot, withdrawn_of
from corpus.transactions import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFault:
    """Something that is not as it was."""

    #: Id of an article; empty for the snapshot as a whole.
    id: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotVerification:
    """What became of checking a snapshot."""

    snapshot: Snapshot
    #: Articles whose record and text are as they were.
    articles: int
    #: Articles that were taken down since, which is no fault.
    withdrawn: tuple[Withdrawn, ...]
    faults: tuple[SnapshotFault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How the second of two snapshots differs from the first; ids in alphabetical order."""

    first: Snapshot
    second: Snapshot
    #: Only in the second.
    added: tuple[str, ...]
    #: Only in the first: merged into others, no longer kept by the cleaner, or taken down.
    removed: tuple[str, ...]
    #: In both with another text …
    rewritten: tuple[str, ...]
    #: … or the same text, and another title, cluster, place in the archive or the like.
    changed: tuple[str, ...]
    #: Taken down since, from either, so that it is not known whether they changed; those of unfinished takedowns are
    #: not named.
    withdrawn: tuple[str, ...]


def verify_snapshot(folder: CorpusFolder, tag: str, *, shown: Callable[[str], object] = str) -> SnapshotVerification:
    """Compare every record and text of a snapshot, and its manifest, with their checksums.

    Args:
        folder: The corpus folder.
        tag: The snapshot's name.
        shown: Told the id of each article when it is compared.

    Raises:
        ConfigError: There is none of this name.
        StoreError: The database cannot be read.
    """
    with closing(connect_reader(folder.database)) as db, reading(db, folder.database):
        snapshot = find_snapshot(db, tag)
        checksum, whole, faults = ArticlesChecksum(), 0, list[SnapshotFault]()
        for row in members(db, snapshot.number):
            checksum.add(row)
            fault = _fault(db, row)
            if fault is not None:
                faults.append(SnapshotFault(id=row["uid"], message=fault))
            whole += fault is None and row["takedown"] is None
            shown(row["uid"])
        faults += _faults_of_the_whole(db, snapshot, checksum)
        withdrawn = withdrawn_of(db, snapshot)
    return SnapshotVerification(snapshot=snapshot, articles=whole, withdrawn=withdrawn, faults=tuple(faults))


def _fault(db: sqlite3.Connection, row: sqlite3.Row) -> str | None:
    if row["takedown"] is not None:
        return None if row["body"] is None else "was taken down, and its record is still there"
    if row["body"] is None:
        return "its record is gone, and no takedown took it away"
    text = db.execute("SELECT body FROM text WHERE hash = ?", (row["text_hash"],)).fetchone()
    if text is None:
        return "its text is gone, and no takedown took it away"
    fields = unpack(row["body"])
    del fields["text_sha256"]
    record = {**fields, "text": text["body"]}
    return None if Identity.of(record).digest == row["digest"] else "is not what it was"


def _faults_of_the_whole(
    db: sqlite3.Connection, snapshot: Snapshot, checksum: ArticlesChecksum
) -> Iterator[SnapshotFault]:
    manifest = str(db.execute("SELECT manifest FROM snapshot WHERE id = ?", (snapshot.number,)).fetchone()[0])
    if hashlib.sha256(manifest.encode()).hexdigest() != snapshot.checksum:
        yield SnapshotFault(id="", message="the manifest is not what it was")
    elif json.loads(manifest)["articles_sha256"] != checksum.hexdigest():
        yield SnapshotFault(id="", message="articles are missing, or do not belong to it")


def diff_snapshots(folder: CorpusFolder, first: str, second: str) -> Difference:
    """Compare two snapshots.

    Raises:
        ConfigError: There is none of one of the names.
        StoreError: The database cannot be read.
    """
    with closing(connect_reader(folder.database)) as db, reading(db, folder.database):
        one, other = find_snapshot(db, first), find_snapshot(db, second)
        before, after = (_texts(db, this, that) for this, that in ((one, other), (other, one)))
        withdrawn = {each.id: each.finished for this in (one, other) for each in withdrawn_of(db, this)}
    both = before.keys() & after.keys() - withdrawn.keys()
    rewritten = {uid for uid in both if before[uid][1] != after[uid][1]}
    return Difference(
        first=one,
        second=other,
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        rewritten=tuple(sorted(rewritten)),
        changed=tuple(sorted(uid for uid in both - rewritten if before[uid][0] != after[uid][0])),
        withdrawn=tuple(sorted(uid for uid, finished in withdrawn.items() if finished)),
    )


def _texts(db: sqlite3.Connection, this: Snapshot, that: Snapshot) -> dict[str, tuple[bytes, bytes | None]]:
    """Return what one snapshot has and another has not, or otherwise: id -> digests of record and text."""
    rows = db.execute(
        """SELECT uid, own.digest, text_hash FROM snapshot_article AS own LEFT JOIN record USING (digest)
           WHERE first <= :this AND last >= :this AND NOT (first <= :that AND last >= :that)""",
        {"this": this.number, "that": that.number},
    )
    return {row[0]: (row[1], row[2]) for row in rows}
