"""Measure the memory of a crawl: it must not grow with the pages that are done.

    python -m benchmarks.memory [--pages N] [--corpus DIR] [--json FILE]

Crawls a made-up site of N stories (`made_up_site`) that a process of its own serves on loopback, with the command that
users run and without delay, and looks into ``/proc`` twice a second: at the crawling process, at the cleaning processes
and at the fork server they are forked from. Pages done are read from the run's counters in the database.

The table has a row for each eighth of the pages; its figures are medians of the looks in the last fifth of that eighth
(with 20,000 pages: of the 500 pages before the mark). ``together`` counts what the processes share once; ``ms/page`` is
the crawling process' processor time. Below it stands by how much memory grows with each 1,000 pages (least squares over
all looks behind the first quarter, and behind 2,500 pages, until which caches fill), and what that would come to at
100,000. Ends with exit code 1 when the crawling process at the last mark is more than a tenth larger than at a quarter
of the pages; with 2 when the crawl did not keep the stories.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.options import make_parser, parse, save

#: The crawling process may be so much larger at the last mark than at a quarter of the pages.
MOST_GROWTH = 1.10
#: Share of the stories that must be kept, or else something else was measured.
LEAST_KEPT = 0.99
_LOOK_SECONDS = 0.5
_MARKS, _QUARTER = 8, 2
_WINDOW = 0.2
_BAR = 12
#: Pages until which caches fill: the database's has 32 MB.
_WARM = 2500
#: Pages that the growth is continued to.
_MANY = 100_000
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")

_SETTINGS = """
[fetch]
delay_seconds = 0
adaptive = false
concurrency = 8

[sites.mercury]
url = "{address}/"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at the crawl; memory in MB (10^6 bytes) of resident set."""

    pages: int
    seconds: float
    #: The crawling process.
    crawl: float
    #: The largest it ever was.
    crawl_peak: float
    #: Processor seconds that it has used.
    crawl_processor: float
    fork_server: float
    #: All cleaning processes together: pages that they share with the fork server count for each of them.
    cleaning: float
    cleaning_processes: int
    #: Every process of the crawl, what they share counted once (the sum of their proportional set sizes).
    together: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An eighth of the pages is done: medians of the looks before it, rates since the mark before it."""

    pages: int
    crawl: float
    crawl_peak: float
    fork_server: float
    cleaning: float
    together: float
    pages_a_second: float
    #: Processor time of the crawling process, in milliseconds a page.
    crawl_milliseconds: float


def main() -> int:
    parser = make_parser(__doc__, sets="(not used: the site is made up)", limit="stories of the site (20,000)")
    parser.add_argument("--pages", dest="limit", type=int, help="the same as --limit")
    parser.add_argument("--corpus", type=Path, default=None, metavar="DIR", help="keep the corpus here")
    options = parse(parser)
    options.pages = options.limit or 20_000
    with tempfile.TemporaryDirectory() as folder, serving(options.pages) as address:
        corpus = options.corpus or Path(folder) / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        (corpus / "collector.toml").write_text(_SETTINGS.format(address=address), "utf-8")
        looks, outcomes = crawl(corpus)
    if not looks:
        Console(stderr=True).print("the crawl ended before a page was done")
        return 2
    marks = marks_of(looks, options.pages)
    ratio = marks[-1].crawl / marks[_QUARTER - 1].crawl
    growth = {
        name: slope(looks, name, max(_WARM, marks[_QUARTER - 1].pages)) for name in ("crawl", "cleaning", "together")
    }
    show(marks, ratio, outcomes)
    tell_growth(growth, marks)
    figures = {"pages": options.pages, "ratio": ratio, "outcomes": outcomes, "growth": growth}
    figures["marks"] = [asdict(mark) for mark in marks]
    save([{"set": "made-up", "system": "ours", **figures, "looks": [asdict(look) for look in looks]}], options.json)
    if outcomes.get("kept", 0) < LEAST_KEPT * options.pages:
        Console(stderr=True).print(f"only {outcomes.get('kept', 0)} of {options.pages} stories were kept")
        return 2
    return 0 if ratio <= MOST_GROWTH else 1


@contextmanager
def serving(pages: int) -> Iterator[str]:
    """Serve a made-up site in a process of its own; yield its address."""
    command = [sys.executable, str(Path(__file__).with_name("made_up_site.py")), str(pages)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def crawl(corpus: Path) -> tuple[list[Look], dict[str, int]]:
    """Crawl with the command line; return the looks at it and what came of the pages."""
    looks: list[Look] = []
    command = [sys.executable, "-m", "collector", "crawl", "--corpus", str(corpus), "--json"]
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as crawling:
        while crawling.poll() is None:
            time.sleep(_LOOK_SECONDS)
            pages = pages_done(corpus / "corpus.db")
            if pages and (look := look_at(crawling.pid, pages, time.monotonic() - began)):
                looks.append(look)
        assert crawling.stdout is not None
        report = json.loads(crawling.stdout.read() or "{}")
    return looks, report.get("outcomes", {})


def pages_done(database: Path) -> int:
    """Return how many pages the newest run has dealt with."""
    if not database.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT counters FROM run ORDER BY id DESC LIMIT 1").fetchone()
    except sqlite3.OperationalError:  # it is being made
        return 0
    return sum(json.loads(row[0]).values()) if row else 0


# -- processes --------------------------------------------------------------------------------------------------------


def look_at(pid: int, pages: int, seconds: float) -> Look | None:
    """Look at a crawl's processes; None where it has just ended."""
    fork_servers = [child for child in children_of(pid) if "forkserver" in command_of(child)]
    cleaners = [child for fork_server in fork_servers for child in children_of(fork_server)]
    try:
        return Look(
            pages=pages,
            seconds=seconds,
            crawl=megabytes(pid, "VmRSS"),
            crawl_peak=megabytes(pid, "VmHWM"),
            crawl_processor=processor_seconds(pid),
            fork_server=sum(megabytes(fork_server, "VmRSS") for fork_server in fork_servers),
            cleaning=sum(megabytes(cleaner, "VmRSS") for cleaner in cleaners),
            cleaning_processes=len(cleaners),
            together=sum(megabytes(one, "Pss", file="smaps_rollup") for one in (pid, *fork_servers, *cleaners)),
        )
    except (OSError, KeyError):  # a process ended meanwhile, or is a zombie, which has no memory
        return None


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    running = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [one for one in running if stat_of(one)[1:2] == [str(pid)]]


def stat_of(pid: int) -> list[str]:
    """Return the fields of ``/proc/PID/stat`` that follow the command's name; none where the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def megabytes(pid: int, field: str, file: str = "status") -> float:
    """Return a field of a file in ``/proc/PID`` that is given in KiB."""
    lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    return int(dict(line.split(":", 1) for line in lines if ":" in line)[field].split()[0]) * 1024 / 1e6


def processor_seconds(pid: int) -> float:
    """Return user and system time of a process: fields 14 and 15 of ``/proc/PID/stat`` (proc(5))."""
    fields = stat_of(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND if fields else 0.0


# -- figures ----------------------------------------------------------------------------------------------------------


def marks_of(looks: list[Look], pages: int) -> list[Mark]:
    """Return the crawl at each eighth of its pages."""
    marks: list[Mark] = []
    step = pages / _MARKS
    last = looks[0]
    for number in range(1, _MARKS + 1):
        at = number * step
        before = [look for look in looks if at - _WINDOW * step < look.pages <= at]
        near = before or [min(looks, key=lambda look: abs(look.pages - at))]
        done, seconds = near[-1].pages - last.pages, near[-1].seconds - last.seconds
        marks.append(
            Mark(
                pages=near[-1].pages,
                crawl=statistics.median(look.crawl for look in near),
                crawl_peak=near[-1].crawl_peak,
                fork_server=statistics.median(look.fork_server for look in near),
                cleaning=statistics.median(look.cleaning for look in near),
                together=statistics.median(look.together for look in near),
                pages_a_second=done / seconds if seconds else 0.0,
                crawl_milliseconds=(near[-1].crawl_processor - last.crawl_processor) / done * 1e3 if done else 0.0,
            )
        )
        last = near[-1]
    return marks


def slope(looks: list[Look], name: str, behind: int) -> float:
    """Return by how many MB a figure grows with 1,000 pages, from so many pages on."""
    later = [look for look in looks if look.pages >= behind]
    if len({look.pages for look in later}) < 2:
        return 0.0
    fit = statistics.linear_regression([look.pages for look in later], [getattr(look, name) for look in later])
    return 1000 * fit.slope


def tell_growth(growth: dict[str, float], marks: list[Mark]) -> None:
    """Say by how much memory grows, and what it would be after many more pages."""
    told = ", ".join(f"{name} {megabytes:+.2f}" for name, megabytes in growth.items())
    then = marks[-1].together + growth["together"] * (_MANY - marks[-1].pages) / 1000
    console = Console()
    console.print(f"MB for each 1,000 pages: {told}; together at {_MANY:,} pages, if that went on: {then:.0f} MB")


def show(marks: list[Mark], ratio: float, outcomes: dict[str, int]) -> None:
    """Print the marks as a table."""
    table = Table(title="resident memory of a crawl, MB", box=None, pad_edge=False)
    for column in ("pages", "crawl", "peak", "server", "cleaning", "together", "pages/s", "ms/page"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("", min_width=_BAR, no_wrap=True)
    largest = max(mark.crawl for mark in marks)
    for mark in marks:
        table.add_row(
            f"{mark.pages:,}",
            f"{mark.crawl:.1f}",
            f"{mark.crawl_peak:.1f}",
            f"{mark.fork_server:.1f}",
            f"{mark.cleaning:.1f}",
            f"{mark.together:.1f}",
            f"{mark.pages_a_second:.1f}",
            f"{mark.crawl_milliseconds:.1f}",
            "█" * round(_BAR * mark.crawl / largest),
        )
    console = Console()
    console.print(table)
    first = marks[_QUARTER - 1].pages
    console.print(f"crawl at {marks[-1].pages:,} pages / at {first:,}: {ratio:.3f} (at most {MOST_GROWTH:.2f})")
    console.print(", ".join(f"{outcome} {count}" for outcome, count in sorted(outcomes.items())))


if __name__ == "__main__":
    sys.exit(main())
