"""Measure the whole path of a page, beside the naive design and its peers: processor time, memory, pages a second.

    python -m benchmarks.throughput [--limit N] [--rounds N] [--peers DIR] [--systems a,b] [--plot FILE] [--json FILE]

A server on loopback hands out real pages, compressed, on 16 addresses and without delay. Every system reads the same
pages: ``naive`` (Scrapy, trafilatura with metadata and langdetect in one pipeline, JSON lines), ours with one and two
cleaning processes (`collector crawl`, with robots.txt, sitemaps, links, archive, duplicates, store), and, with
``--peers DIR``, news-please, newspaper4k and Fundus, each in an environment of its own that is made in DIR. From a WARC
of the same responses: `collector ingest`, and datatrove's reader with its trafilatura step; from files: trafilatura's
own command line with metadata.

Processor time is user and system time of all processes of a system, from its start to its end, without the server's.
Each round has its own pages, and every second one the systems in reverse order, so that a machine which others use
favours none; ``start`` is what a system takes for a single page (ours has asked robots.txt and sitemap of all hosts by
then), ``ms a further page`` what is left for each of the others. Wall-clock time means something only on a machine
that nobody else uses. Fundus parses the pages of its own publishers alone, and does not fetch them: it would from
their domains.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence

from benchmarks import options
from benchmarks.throughput_pages import Served, lay_out, part_of, read_pages, serving, write_warc
from benchmarks.throughput_run import Usage, measure
from benchmarks.throughput_systems import Job, System, crawl_arguments, make_environments, systems, versions
from benchmarks.throughput_tables import Line, Stages, plot, show, show_stages

#: What a system took and of how many pages it has a text, round by round; the first is the one for a single page.
Rounds = list[tuple[Usage, int]]


def main() -> None:
    arguments = parse_arguments()
    chosen = [one for one in systems() if arguments.peers or one.environment is None]
    if arguments.systems:
        chosen = [one for one in chosen if any(part in one.name for part in arguments.systems.split(","))]
    if arguments.peers:
        make_environments(arguments.peers)
    found: defaultdict[str, Rounds] = defaultdict(list)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        served = lay_out(folder / "all", arguments.data, arguments.limit, seed=arguments.seed)
        parts = deal_out(folder, served, arguments.rounds)
        with serving(folder) as port:
            for number, part in enumerate(parts):
                write_warc(part, port)
                for system in chosen if number < 2 or number % 2 else reversed(chosen):
                    out = folder / f"{number}-{label(system)}"
                    found[system.name].append(run(system, Job(pages=part, out=out, port=port, peers=arguments.peers)))
            stages = Stages() if arguments.no_stages else profile(parts[-1], folder, port)
    lines = [summarise(system, found[system.name], len(served), arguments.peers) for system in chosen]
    show(lines)
    show_stages(stages)
    if arguments.plot:
        arguments.plot.write_text(plot(lines), "utf-8")
    options.save([*map(Line.as_object, lines), stages.as_object()], arguments.json)


def parse_arguments() -> argparse.Namespace:
    parser = options.make_parser(__doc__, sets="(not used: pages of all sets)", limit="pages in all (800)")
    parser.set_defaults(limit=800)
    parser.add_argument("--rounds", type=int, default=2, help="parts that the pages are dealt out to (default: 2)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample of pages")
    parser.add_argument("--peers", type=Path, default=None, metavar="DIR", help="measure peers; environments go here")
    parser.add_argument("--systems", default="", metavar="A,B", help="only systems whose names contain one of these")
    parser.add_argument("--no-stages", action="store_true", help="leave out the profile by stage")
    parser.add_argument("--plot", type=Path, default=None, metavar="FILE", help="write a chart (SVG)")
    return options.parse(parser, "truth.jsonl.gz")


def deal_out(folder: Path, served: Sequence[Served], rounds: int) -> list[Path]:
    """Return a folder with a single page, which tells what starting takes, and one with the pages of each round."""
    parts = [served[:1], *(served[number::rounds] for number in range(rounds))]
    return [part_of(folder, part, f"part-{number}") for number, part in enumerate(parts)]


def label(system: System) -> str:
    """Return a system's name as a file may have it."""
    return "".join(one if one.isalnum() else "-" for one in system.name)


def run(system: System, job: Job) -> tuple[Usage, int]:
    """Let a system read the pages of a job."""
    job.out.mkdir()
    usage = measure(system.command(job), job.out.with_suffix(".log"))
    sys.stderr.write(f"{job.out.name}: {usage.processor_seconds:.1f} s of processor time, {usage.seconds:.1f} s\n")
    return usage, system.count(job.out)


def summarise(system: System, rounds: Rounds, pages: int, peers: Path | None) -> Line:
    """Return a system's figures, all rounds together."""
    (start, _), *others = rounds
    texts = sum(count for _, count in others)
    return Line(
        system=system.name,
        path=system.path,
        versions=versions(system, peers),
        pages=pages if system.reads_all else texts,
        texts=texts,
        processor_seconds=sum(usage.processor_seconds for usage, _ in others),
        seconds=sum(usage.seconds for usage, _ in others),
        peak_mb=max(usage.peak_mb for usage, _ in others),
        start_seconds=start.processor_seconds,
        rounds=len(others),
    )


def profile(part: Path, folder: Path, port: int) -> Stages:
    """Return where ours spends its time: the crawling process in a crawl, and cleaning alone."""
    out = folder / "profile"
    out.mkdir()
    arguments = crawl_arguments(Job(pages=part, out=out, port=port, peers=None), workers=2)
    pages = len(read_pages(part))
    crawling = _stages(folder / "crawling.json", arguments, pages)
    return Stages(crawling=crawling, cleaning=_stages(folder / "cleaning.json", ["study", str(part)], pages))


def _stages(file: Path, arguments: Sequence[str], pages: int) -> dict[str, float]:
    script = str(Path(__file__).with_name("throughput_stages.py"))
    measure([sys.executable, script, str(file), *arguments], file.with_suffix(".log"))
    seconds = json.loads(file.read_text())["stages"]
    return {stage: 1000 * taken / pages for stage, taken in seconds.items()}


if __name__ == "__main__":
    main()
