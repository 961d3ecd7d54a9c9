"""Whole archives: how `collector ingest` takes in a WARC and a WET file of any size, killed amid it and started again.

    python -m benchmarks.bulk --folder DIR [--records N] [--wet-records N] [--kill-at SHARE] [--workers N] [--json FILE]

makes a WARC (`benchmarks.bulk_files`; 25,000 records are 1 GB) and a WET file in DIR, where they stay for the next run.
Each is ingested until so much of it is stored, when the process is killed (SIGKILL), and then again to the end. Memory
is the proportional set size of all processes together, looked at twice a second; processor time is that of all of them.
In the end the database must know every record of the file, and none twice. Linux only.
"""

import argparse
import ctypes
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

from benchmarks import options
from benchmarks.bulk_files import make_warc, make_wet, read_sources
from benchmarks.throughput_run import tree_megabytes

_LOOK_SECONDS = 0.5
_PARTS = 5
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at one look."""

    #: Since the process was started.
    seconds: float
    #: Records that are stored.
    records: int
    megabytes: float


@dataclass(slots=True, kw_only=True)
class Spell:
    """One process, from its start to its end."""

    looks: list[Look] = field(default_factory=list)
    seconds: float = 0.0
    #: User and system time of all its processes.
    processor_seconds: float = 0.0
    code: int = 0


def main() -> None:
    arguments = _arguments()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # so that what a killed process leaves is waited for
    figures = []
    for name, records in (("warc", arguments.records), ("wet", arguments.wet_records)):
        if records:
            file, offsets = _file(arguments.folder, arguments.data, name, records)
            figures.append(_measure(arguments, file, offsets))
            print(json.dumps(figures[-1]), flush=True)
    print()
    _show(figures)
    options.save(figures, arguments.json)


def _arguments() -> argparse.Namespace:
    parser = options.make_plain_parser(__doc__)
    parser.add_argument("--data", type=Path, default=options.DATA, metavar="DIR", help="evaluation data")
    parser.add_argument("--folder", type=Path, required=True, metavar="DIR", help="where files and corpora are made")
    parser.add_argument("--records", type=int, default=25_000, metavar="N", help="of the WARC (default: %(default)s)")
    parser.add_argument(
        "--wet-records", type=int, default=60_000, metavar="N", help="of the WET (default: %(default)s)"
    )
    parser.add_argument("--kill-at", type=float, default=0.5, metavar="SHARE", help="0 never kills")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="cleaning processes; 0: one a processor")
    return options.parse(parser, "truth.jsonl.gz")


def _file(folder: Path, data: Path, name: str, records: int) -> tuple[Path, list[int]]:
    file = folder / f"{name}-{records}.{name}.gz"
    index = file.with_suffix(".offsets.json")
    if not (file.exists() and index.exists()):
        sys.stderr.write(f"making {file} …\n")
        make = make_warc if name == "warc" else make_wet
        index.write_text(json.dumps(make(file, read_sources(data), records)))
    return file, json.loads(index.read_text())


def _measure(arguments: argparse.Namespace, file: Path, offsets: Sequence[int]) -> dict[str, object]:
    corpus = arguments.folder / f"corpus-{file.name}-{int(time.time())}"
    corpus.mkdir()
    (corpus / "collector.toml").write_text(f"[clean]\nworkers = {arguments.workers}\n")
    spells = []
    if arguments.kill_at:
        spells.append(_ingest(file, corpus, kill_at=int(arguments.kill_at * len(offsets))))
    stored = _stored(corpus)
    spells.append(_ingest(file, corpus, kill_at=None))
    looks = list(_joined(spells))
    found = _offsets(corpus, file)
    return {
        "file": file.name,
        "megabytes": round(file.stat().st_size / 1e6),
        "records": len(offsets),
        "articles": _count(corpus, "SELECT count(*) FROM article"),
        "missing": len(set(offsets) - set(found)),
        "twice": len(found) - len(set(found)),
        "seconds": round(sum(spell.seconds for spell in spells), 1),
        "processor_seconds": round(sum(spell.processor_seconds for spell in spells), 1),
        "records_a_second": round(len(offsets) / sum(spell.seconds for spell in spells), 1),
        "peak_mb": round(max(look.megabytes for look in looks)),
        "rate_by_part": [round(_rate(part), 1) for part in _parts(looks)],
        "mb_by_part": [round(mean(look.megabytes for look in part)) for part in _parts(looks)],
        "killed_after": stored,
        "resume_seconds": _until_new(spells[-1], stored) if len(spells) > 1 else None,
        "codes": [spell.code for spell in spells],
        "database_mb": round((corpus / "corpus.db").stat().st_size / 1e6),
    }


def _ingest(file: Path, corpus: Path, *, kill_at: int | None) -> Spell:
    """Ingest a file until so many records are stored, or to its end."""
    spell = Spell()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "collector", "ingest", str(file), "--corpus", str(corpus)]
    with (corpus / "output.log").open("ab") as log:
        began = time.monotonic()
        child = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        while True:
            with suppress(subprocess.TimeoutExpired):
                spell.code = child.wait(_LOOK_SECONDS)
                break
            look = Look(time.monotonic() - began, _stored(corpus), tree_megabytes(child.pid))
            spell.looks.append(look)
            if kill_at is not None and look.records >= kill_at:
                child.send_signal(signal.SIGKILL)
        spell.seconds = time.monotonic() - began
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    spell.processor_seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return spell


def _joined(spells: Sequence[Spell]) -> Iterator[Look]:
    """Yield all looks, as if one process had been at work."""
    passed = 0.0
    for spell in spells:
        yield from (Look(passed + look.seconds, look.records, look.megabytes) for look in spell.looks)
        passed += spell.seconds


def _parts(looks: Sequence[Look]) -> list[list[Look]]:
    """Return the looks of each fifth of the records."""
    most = looks[-1].records + 1
    return [[one for one in looks if one.records * _PARTS // most == part] or [looks[-1]] for part in range(_PARTS)]


def _rate(part: Sequence[Look]) -> float:
    """Return records a second of processes at work: the time of starting again is left out."""
    steps = [(two.seconds - one.seconds, two.records - one.records) for one, two in pairwise(part)]
    return sum(new for _, new in steps) / (sum(seconds for seconds, _ in steps) or 1.0)


def _until_new(spell: Spell, stored: int) -> float:
    """Return after how many seconds the first record was stored that was not before."""
    return round(next((look.seconds for look in spell.looks if look.records > stored), spell.seconds), 1)


def _stored(corpus: Path) -> int:
    return _count(corpus, "SELECT coalesce(max(id), 0) FROM fetch")


def _count(corpus: Path, query: str) -> int:
    with suppress(sqlite3.OperationalError), closing(_database(corpus)) as database:
        return int(database.execute(query).fetchone()[0])
    return 0


def _offsets(corpus: Path, file: Path) -> list[int]:
    with closing(_database(corpus)) as database:
        query = "SELECT warc_offset FROM fetch JOIN warc ON warc.id = warc_id WHERE file = ?"
        return [row[0] for row in database.execute(query, (str(file.absolute()),))]


def _database(corpus: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{corpus / 'corpus.db'}?mode=ro", uri=True, timeout=30)


def _show(figures: Sequence[dict[str, object]]) -> None:
    columns = [name for name in figures[0] if name != "file"]
    print(f"| | {' | '.join(str(one['file']) for one in figures)} |")
    print(f"|---|{'---|' * len(figures)}")
    for name in columns:
        print(f"| {name.replace('_', ' ')} | {' | '.join(_cell(one[name]) for one in figures)} |")


def _cell(value: object) -> str:
    return (
        ", ".join(map(str, value))
        if isinstance(value, list)
        else f"{value:,}"
        if isinstance(value, int)
        else str(value)
    )


if __name__ == "__main__":
    main()
