"""How much faster two cleaning processes are than one: a crawl, and the ingest of a WARC.

    python -m benchmarks.throughput_scaling [--limit N] [--pages N] [--rounds N] [--paths a,b] [--json FILE]

1,500 pages or more, so that starting does not count: variants of N pages of the evaluation data under other URLs, with
their words in another order (`benchmarks.bulk_files.vary`). Three settings take turns on the same pages:

* one cleaning process on two processors: the crawling process has the other one for itself;
* two cleaning processes on two processors: it shares them;
* one cleaning process and the crawling process on one processor (``taskset``).

So there are two answers. Where cleaning a page takes W and the crawling process M of processor time, two cleaning
processes can be at most 2W/(M+W) times as fast as one (the crawling process was on the other processor before), and two
processors at most twice as fast as one. What the server takes is in neither, and so both are missed by a little. Rates
tell something only on a machine that nobody else uses; the bound does, and the share of time in which cleaning
processes had nothing to do, on any.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import argparse
import hashlib
import os
import random
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benchmarks import options
from benchmarks.bulk_files import read_sources, vary
from benchmarks.throughput_pages import HOSTS, Served, part_of, serving, write_warc
from benchmarks.throughput_run import Usage, measure
from benchmarks.throughput_systems import Job, System, systems

#: Name of a setting, cleaning processes, and whether all is held to one processor.
SETTINGS = (
    ("one worker, two processors", 1, False),
    ("two workers, two processors", 2, False),
    ("one worker, one processor", 1, True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """What a path took in a setting, all rounds together."""

    path: str
    setting: str
    pages: int
    seconds: float
    processor_seconds: float
    #: Of these, the crawling (or ingesting) process' own.
    crawling_seconds: float
    #: Share of their time in which the cleaning processes had nothing to do.
    idle_share: float
    #: Mean load of the machine in the minute before each run ended, ours included.
    load: float


def main() -> None:
    arguments = _arguments()
    figures: list[Scaled] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        part = part_of(folder, _lay_out(folder / "all", arguments), "part-0")
        with serving(folder) as port:
            write_warc(part, port)
            for path in arguments.paths.split(","):
                figures += _scale(path, Job(pages=part, out=folder, port=port, peers=None), arguments)
    _show(figures)
    options.save(map(asdict, figures), arguments.json)


def _arguments() -> argparse.Namespace:
    parser = options.make_parser(__doc__, sets="(not used: pages of all sets)", limit="pages to make variants of (500)")
    parser.set_defaults(limit=500)
    parser.add_argument("--pages", type=int, default=1500, metavar="N", help="variants in all (default: %(default)s)")
    parser.add_argument(
        "--rounds", type=int, default=1, help="how often all settings take turns (default: %(default)s)"
    )
    parser.add_argument("--paths", default="live,files", metavar="A,B", help="live, files (default: %(default)s)")
    return options.parse(parser, "truth.jsonl.gz")


def _lay_out(folder: Path, arguments: argparse.Namespace) -> list[Served]:
    """Write the variants, each page's on as many hosts."""
    sources = read_sources(arguments.data)
    chosen = random.Random(0).sample(sources, min(arguments.limit, len(sources)))
    (folder / "pages").mkdir(parents=True)
    served = []
    for number in range(arguments.pages):
        domain, body = chosen[number % len(chosen)]
        first = hashlib.sha256(domain.encode()).digest()[0]
        file = folder / "pages" / f"{number:05d}.html"
        file.write_bytes(vary(body, domain, number))
        host = HOSTS[(first + number // len(chosen)) % len(HOSTS)]
        served.append(Served(host=host, path=f"/news/story-{number:05d}.html", file=str(file), url=""))
    return served


def _scale(path: str, job: Job, arguments: argparse.Namespace) -> list[Scaled]:
    found: defaultdict[str, list[tuple[Usage, float]]] = defaultdict(list)
    for number in range(arguments.rounds):
        for setting, workers, alone in SETTINGS if number % 2 == 0 else reversed(SETTINGS):
            out = job.out / f"{path}-{workers}-{alone}-{number}"
            out.mkdir()
            command = _ours(path, workers).command(Job(pages=job.pages, out=out, port=job.port, peers=None))
            usage = measure([*(["taskset", "-c", "0"] if alone else []), *command], out.with_suffix(".log"))
            found[setting].append((usage, os.getloadavg()[0]))
            sys.stderr.write(f"{path}, {setting}: {usage.seconds:.1f} s, load {os.getloadavg()[0]:.1f}\n")
            shutil.rmtree(out)
    return [
        Scaled(
            path=path,
            setting=setting,
            pages=arguments.pages * arguments.rounds,
            seconds=sum(usage.seconds for usage, _ in runs),
            processor_seconds=sum(usage.processor_seconds for usage, _ in runs),
            crawling_seconds=sum(usage.first_process_seconds for usage, _ in runs),
            idle_share=sum(usage.idle_share for usage, _ in runs) / len(runs),
            load=sum(load for _, load in runs) / len(runs),
        )
        for setting, runs in found.items()
    ]


def _ours(path: str, workers: int) -> System:
    return next(one for one in systems() if one.path == path and f"{workers} worker" in one.name)


def _show(figures: Sequence[Scaled]) -> None:
    print("| path | setting | pages | seconds | pages/s | processor ms a page | crawling process | idle | load |")
    print("|---|---|---|---|---|---|---|---|---|")
    for one in figures:
        whole, own = 1000 * one.processor_seconds / one.pages, 1000 * one.crawling_seconds / one.pages
        rate = one.pages / one.seconds
        print(
            f"| {one.path} | {one.setting} | {one.pages:,} | {one.seconds:.0f} | {rate:.1f} | {whole:.1f} | {own:.1f}"
            f" | {one.idle_share:.0%} | {one.load:.1f} |"
        )
    for path in dict.fromkeys(one.path for one in figures):
        both, two, single = (one for one in figures if one.path == path)
        bound = bound_of_workers(two)
        print(
            f"\n{path}: two workers {both.seconds / two.seconds:.2f} × one on two processors (at most {bound:.2f});",
            end="",
        )
        print(f" two processors {single.seconds / two.seconds:.2f} × one (at most 2).")


def bound_of_workers(one: Scaled) -> float:
    """Return how many times as fast as one cleaning process two can be on two processors, 2W/(M+W) but at most 2."""
    return 2 * (one.processor_seconds - one.crawling_seconds) / one.processor_seconds


if __name__ == "__main__":
    main()
