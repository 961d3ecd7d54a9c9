"""Measure what cleaning a page costs, beside trafilatura's default and fast settings, both with metadata.

    python -m benchmarks.cost [--data DIR] [--sets a,b] [--limit N] [--rounds N] [--json FILE]

Processor time in one process. Every page is given to all systems before the next one, so that a busy machine slows all
of them alike; a first round over all pages warms models and caches and is not counted, and of the others the fastest
counts, for noise only adds. ``ratio`` is the total of ours over that of trafilatura's default, ``median`` the median of
the pages' ratios.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import argparse
import gzip
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import fmean, median

from rich.console import Console
from rich.table import Table

from benchmarks import options
from benchmarks.extraction import Answer, Row, ours, read_truth, sample, theirs

OURS, DEFAULT, FAST = "ours", "trafilatura", "trafilatura fast"
SYSTEMS: Mapping[str, Callable[[bytes, str], Answer]] = {
    OURS: ours,
    DEFAULT: theirs,
    FAST: partial(theirs, fast=True),
}
#: Seconds of processor time by system.
Seconds = dict[str, float]


def main() -> None:
    arguments = parse_arguments()
    # Trafilatura warns of each page it finds no text in.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    rows = sample(read_truth(arguments.data), arguments.sets, arguments.limit, arguments.seed)
    results = summarise(rows, measure(rows, arguments.data, arguments.rounds))
    show(results)
    options.save(results, arguments.json)


def parse_arguments() -> argparse.Namespace:
    parser = options.make_parser(__doc__, sets="names of sets", limit="pages of each set")
    parser.add_argument("--seed", type=int, default=0, help="of the sample that --limit takes")
    parser.add_argument("--rounds", type=int, default=2, help="rounds that count (default: %(default)s)")
    return options.parse(parser, "truth.jsonl.gz")


def measure(rows: Sequence[Row], data: Path, rounds: int) -> list[Seconds]:
    """Return for each page the least processor time that each system took."""
    least = [dict.fromkeys(SYSTEMS, float("inf")) for _ in rows]
    for number in range(rounds + 1):
        for row, seconds in zip(rows, least, strict=True):
            html = gzip.decompress((data / row["html"]).read_bytes())
            for name, system in SYSTEMS.items():
                started = time.process_time()
                system(html, row.get("url") or "")
                taken = time.process_time() - started
                seconds[name] = min(seconds[name], taken) if number else float("inf")
    return least


def summarise(rows: Sequence[Row], measured: Sequence[Seconds]) -> list[dict[str, object]]:
    """Return an object for each set, and one for all pages."""
    by_set: defaultdict[str, list[Seconds]] = defaultdict(list)
    for row, seconds in zip(rows, measured, strict=True):
        by_set[row["set"]].append(seconds)
    return [_summary(name, pages) for name, pages in [*sorted(by_set.items()), ("all", list(measured))]]


def _summary(name: str, pages: Sequence[Seconds]) -> dict[str, object]:
    means = {f"{system} ms": 1000 * fmean(page[system] for page in pages) for system in SYSTEMS}
    ratio = sum(page[OURS] for page in pages) / sum(page[DEFAULT] for page in pages)
    middle = median(page[OURS] / page[DEFAULT] for page in pages)
    return {"set": name, "pages": len(pages), **means, "ratio": ratio, "median": middle}


def show(results: Sequence[Mapping[str, object]]) -> None:
    table = Table(*results[0], title="Processor time a page")
    for result in results:
        table.add_row(*(f"{value:.2f}" if isinstance(value, float) else str(value) for value in result.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
