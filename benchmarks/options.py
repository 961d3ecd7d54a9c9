"""What all benchmarks share: their options, and how their figures are saved."""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

#: The evaluation data: beside the checkout, unless ``--data`` says otherwise.
DATA = Path(__file__).parents[2] / "shared" / "data"


def make_plain_parser(description: str | None) -> argparse.ArgumentParser:
    """Return the parser of a benchmark that needs no evaluation data: with ``--json`` alone.

    Args:
        description: The benchmark's docstring.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="write an object a set and system")
    return parser


def make_parser(description: str | None, *, sets: str, limit: str) -> argparse.ArgumentParser:
    """Return a parser with ``--data``, ``--sets``, ``--limit`` and ``--json``.

    Args:
        description: The benchmark's docstring.
        sets: What a set is here.
        limit: What ``--limit`` bounds.
    """
    parser = make_plain_parser(description)
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help="evaluation data (default: %(default)s)")
    parser.add_argument("--sets", default="", metavar="A,B", help=f"{sets}, with commas between; all where empty")
    parser.add_argument("--limit", type=int, default=None, metavar="N", help=limit)
    return parser


def parse(parser: argparse.ArgumentParser, *needed: str) -> argparse.Namespace:
    """Parse the command line; end with exit code 2 where ``--data`` lacks a file or folder that is needed."""
    options = parser.parse_args()
    missing = [name for name in needed if not (options.data / name).exists()]
    if missing:
        parser.error(f"no {', '.join(missing)} in {options.data}: give the folder of the evaluation data with --data")
    return options


def wanted(name: str, sets: str) -> bool:
    """Whether a set is among those that are asked for.

    >>> wanted("fundus", ""), wanted("fundus", "big9,fundus"), wanted("fund", "fundus")
    (True, True, False)
    """
    return not sets or name in sets.split(",")


def save(objects: Iterable[Mapping[str, object]], file: Path | None) -> None:
    """Write an object a line, where a file is given."""
    if file is not None:
        file.write_text("".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in objects), "utf-8")
        sys.stderr.write(f"figures: {file}\n")
