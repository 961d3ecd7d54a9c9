"""Checks the archive, and that it and the database speak of the same records."""

import base64
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import PurePath

from collector.doctor.compaction import unfinished_files
from collector.doctor.findings import MAX_EXAMPLES, Finding, OpenPatient, Severity, several, some
from corpus.archive import ProblemKind, TornTail, find_torn_tails, verify
from corpus.archive.segment import is_held
from corpus.types import WarcRecord

#: Shows progress: told what is done and of how many, gives what to call for each.
Watch = Callable[[str, int | None], AbstractContextManager[Callable[[str], None]]]

_DAY_SECONDS = 86_400
#: How often files are looked at again while others move them.
_MOST_LOOKS = 5
_THINGS = {
    ProblemKind.NO_FILE: ("file", "that cannot be read"),
    ProblemKind.NO_RECORD: ("record", "not where the database says"),
    ProblemKind.OTHER_RECORD: ("record", "other than the database knows"),
    ProblemKind.DIGEST: ("record", "with another payload than was archived"),
    ProblemKind.DAMAGED: ("place", "damaged in an archive file"),
    ProblemKind.TORN_TAIL: ("file", "breaking off in a record that the database knows"),
}


def unwatched(_: str, __: int | None) -> AbstractContextManager[Callable[[str], None]]:
    """Show no progress."""
    return nullcontext(lambda _: None)


def check_files(patient: OpenPatient) -> Iterator[Finding]:
    """Look for files that the database names and that are missing or too short."""
    for _ in range(_MOST_LOOKS):
        seen = patient.changes()
        missing, short = _look_at_files(patient)
        if not (missing or short) or patient.changes() == seen:  # else a compaction may have moved them meanwhile
            break
    if missing:
        foreign = any(PurePath(name).is_absolute() for name in missing)
        yield Finding(
            check="archive-files",
            severity=Severity.PROBLEM,
            message=f"{several(len(missing), 'file')} missing that the database names",
            meaning="Their articles are whole, but cannot be cleaned again, and their evidence is gone.",
            remedy="Bring the files back into archive/."
            + (
                " Those with a whole path were ingested by reference: bring them back to where they were."
                if foreign
                else ""
            ),
            examples=some(missing),
        )
    if short:
        yield Finding(
            check="archive-files",
            severity=Severity.PROBLEM,
            message=f"{several(len(short), 'file')} shorter than the database expects",
            meaning="They were cut after they were written: copied in part, or damaged.",
            remedy="Restore them from a backup.",
            examples=some(short),
        )


def _look_at_files(patient: OpenPatient) -> tuple[list[str], list[str]]:
    missing, short = [], []
    rows = patient.db.execute(
        """SELECT file, count(*) AS fetches, max(warc_offset + coalesce(warc_length, 1)) AS least
           FROM fetch JOIN warc ON warc.id = warc_id GROUP BY warc.id ORDER BY file"""
    ).fetchall()
    for row in rows:
        try:
            size = (patient.folder.archive / row["file"]).stat().st_size
        except OSError:
            missing.append(f"{row['file']} ({row['fetches']} pages)")
        else:
            if size < row["least"]:
                short.append(f"{row['file']}: {size} bytes, at least {row['least']} expected")
    return missing, short


def check_tails(patient: OpenPatient) -> Iterator[Finding]:
    """Look for files that break off in a record which was never acknowledged."""
    tails = torn_tails(patient)
    if tails:
        yield Finding(
            check="torn-tails",
            severity=Severity.NOTE,
            message=f"{several(len(tails), 'file')} breaking off in the last record",
            meaning="A process was killed, or the disk was full, while it wrote. Nothing is lost: the page was not "
            "acknowledged and is fetched again. Other software may stumble over such a file.",
            remedy="--repair cuts the incomplete record off.",
            examples=some([f"{tail.file}: {tail.bytes} bytes behind byte {tail.offset}" for tail in tails]),
            repairable=True,
        )


def torn_tails(patient: OpenPatient) -> list[TornTail]:
    """Return torn tails that no living run is writing and no row of the database speaks of."""
    return [
        tail
        for tail in find_torn_tails(patient.folder.archive)
        if not tail.held and not _is_known(patient, tail.file, tail.offset)
    ]


def _is_known(patient: OpenPatient, file: str, offset: int) -> bool:
    row = patient.db.execute(
        "SELECT 1 FROM fetch JOIN warc ON warc.id = warc_id WHERE file = ? AND warc_offset >= ? LIMIT 1", (file, offset)
    ).fetchone()
    return row is not None


def check_records(patient: OpenPatient, watch: Watch = unwatched, *, days: int = 1) -> Iterator[Finding]:
    """Read the archive, and compare its pages with those of the database, both ways.

    Args:
        patient: The corpus.
        watch: Shows progress.
        days: In how many days all files have their turn; those of today are read.
    """
    seen, known = patient.changes(), _names(patient)
    look = _read(patient, watch, among=lambda file: _has_its_turn(file, days, patient.now))
    if look.files and patient.changes() != seen:  # what was stored, moved or blanked meanwhile is no trouble
        later = {name for name in _names(patient) - known if _has_its_turn(name, days, patient.now)}
        look = _read(patient, watch, among=(look.files | later).__contains__)
    for kind, count in sorted(look.counts.items()):
        yield Finding(
            check="archive",
            severity=Severity.PROBLEM,
            message=f"{several(count, _THINGS[kind][0])} {_THINGS[kind][1]}",
            meaning="The articles are whole, but their evidence is not, and they cannot be cleaned again.",
            remedy="Restore the files from a backup; check the disk. What cannot be restored is archived anew when the "
            "page is fetched again: collector ingest URL",
            examples=tuple(look.examples[kind]),
        )
    yield from _orphan_findings(patient, look.orphans)


@dataclass(slots=True)
class _Look:
    """What reading the archive brought."""

    counts: Counter[ProblemKind] = field(default_factory=Counter)
    examples: defaultdict[ProblemKind, list[str]] = field(default_factory=lambda: defaultdict(list))
    orphans: list[tuple[WarcRecord, str | None]] = field(default_factory=list)
    #: The files that any of it is about.
    files: set[str] = field(default_factory=set)


def _read(patient: OpenPatient, watch: Watch, *, among: Callable[[str], bool]) -> _Look:
    look = _Look()

    def orphan(record: WarcRecord, url: str | None) -> None:
        look.orphans.append((record, url))
        look.files.add(record.file)

    total = patient.db.execute("SELECT count(*) FROM fetch WHERE warc_id IS NOT NULL").fetchone()[0]
    with watch("reading the archive", total) as advance:
        for problem in verify(patient.folder.archive, _known_records(patient, advance), on_orphan=orphan, among=among):
            look.files.add(problem.file)
            if problem.kind is ProblemKind.NO_FILE or (
                # A torn tail that nobody knows is the affair of `check_tails`.
                problem.kind is ProblemKind.TORN_TAIL and not _is_known(patient, problem.file, problem.offset or 0)
            ):
                continue
            look.counts[problem.kind] += 1
            examples = look.examples[problem.kind]
            if len(examples) < MAX_EXAMPLES:
                place = f"{problem.file} at byte {problem.offset}"
                examples.append(f"{place}: {problem.message}{_page_at(patient, problem.file, problem.offset)}")
    return look


def _names(patient: OpenPatient) -> set[str]:
    return {row[0] for row in patient.db.execute("SELECT file FROM warc")}


def _has_its_turn(file: str, days: int, now: float) -> bool:
    """Tell whether a file is read today, by its name alone: each in its turn, without anything to remember."""
    return (zlib.crc32(file.encode()) + int(now // _DAY_SECONDS)) % days == 0


def _known_records(patient: OpenPatient, advance: Callable[[str], None]) -> Iterator[tuple[WarcRecord, str | None]]:
    rows = patient.db.execute(
        """SELECT file, warc_offset, warc_length, wire_digest, status FROM fetch JOIN warc ON warc.id = warc_id
           ORDER BY file"""
    )
    for row in rows:
        # A 304 has no payload: its digest in the database is that of the page it stands for.
        digest = None if row["wire_digest"] is None or row["status"] == 304 else _label(row["wire_digest"])
        yield WarcRecord(file=row["file"], offset=row["warc_offset"], length=row["warc_length"]), digest
        advance(row["file"])


def _label(sha1: bytes) -> str:
    return f"sha1:{base64.b32encode(sha1).decode()}"


def _page_at(patient: OpenPatient, file: str, offset: int | None) -> str:
    row = patient.db.execute(
        """SELECT url FROM fetch JOIN warc ON warc.id = warc_id JOIN url ON url.id = url_id
           WHERE file = ? AND warc_offset = ?""",
        (file, offset),
    ).fetchone()
    return "" if row is None else f" ({row['url']})"


def _orphan_findings(patient: OpenPatient, orphans: list[tuple[WarcRecord, str | None]]) -> Iterator[Finding]:
    held = {file for file in {record.file for record, _ in orphans} if is_held(patient.folder.archive / file)}
    held |= set(unfinished_files(patient))
    left = [(record, url) for record, url in orphans if record.file not in held]
    if left:
        yield Finding(
            check="orphans",
            severity=Severity.NOTE,
            message=f"{several(len(left), 'archived page')} not in the database",
            meaning="A process was killed between archive and database. Nothing is lost: the pages were fetched again, "
            "or will be.",
            remedy="Nothing needs to be done. They stay in the archive, and do no harm.",
            examples=some([f"{record.file} at byte {record.offset}: {url or 'no URL'}" for record, url in left]),
        )
