"""Instructions a page, stage by stage: a count that no other process on the machine can disturb.

    python -m benchmarks.throughput_instructions [--data DIR] [--limit N] [--json FILE]

runs the stages that are functions of a page alone under valgrind's callgrind, which counts every instruction of the
process: ours, and beside them what the naive design does with a page. Each stage has seen the pages once before it is
counted. Under callgrind a program takes some fifty times as long: a few pages are enough, for two runs differ by less
than one in a hundred. Needs valgrind.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import os
import re
import subprocess
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import langdetect
import trafilatura

from benchmarks import options
from benchmarks.throughput_pages import lay_out, read_pages
from cleaners.decode import decode
from cleaners.language import identify
from cleaners.metadata import read_metadata
from cleaners.parse import parse
from collector.config import Config
from collector.study import study
from collector.tasks import Task
from corpus.archive.compose import compose_record
from corpus.prepared import prepare
from corpus.types import Article, Kind, Page, Provenance

_TYPE = "text/html"
_AT = datetime(2026, 11, 22, tzinfo=UTC)


def main() -> None:
    parser = options.make_parser(__doc__, sets="(not used: pages of all sets)", limit="pages in all (8)")
    parser.set_defaults(limit=8)
    arguments = options.parse(parser, "truth.jsonl.gz")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        lay_out(folder / "pages", arguments.data, arguments.limit)
        counted = count(folder)
    print("| stage | million instructions a page |\n|---|---|")
    for name, instructions in counted.items():
        print(f"| {name} | {instructions / arguments.limit / 1e6:.1f} |")
    options.save([{"set": "all", "pages": arguments.limit, "instructions": counted}], arguments.json)


def count(folder: Path) -> dict[str, int]:
    """Return how many instructions each stage takes for the pages of a folder.

    Raises:
        subprocess.CalledProcessError: valgrind or a stage failed.
    """
    out = folder / "counts"
    valgrind = ["valgrind", "-q", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}"]
    command = [*valgrind, sys.executable, "-W", "ignore", __file__, "--inside", str(folder / "pages")]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "0"}, stdout=subprocess.DEVNULL)
    found = {}
    for file in sorted(folder.glob("counts.*")):
        text = file.read_text(errors="replace")
        name, total = re.search(r"Trigger: dump (.+)", text), re.search(r"^totals: (\d+)", text, re.MULTILINE)
        if name and total:
            found[name[1]] = int(total[1])
    return {name: found[name] for name in STAGES if name in found}


# -- inside valgrind --------------------------------------------------------------------------------------------------


def _text_of(page: Page) -> str:
    verdict = study(_task(page), Config()).verdict
    return verdict.text if isinstance(verdict, Article) else ""


def _task(page: Page) -> Task:
    return Task(
        url=page.url,
        status=200,
        headers=page.headers,
        wire_body=page.body,
        provenance=page.provenance,
        kind=Kind.ARTICLE,
        site="",
        decoded=True,
    )


def _prepare(page: Page) -> Callable[[], object]:
    verdict = study(_task(page), Config()).verdict
    return lambda: None if verdict is None else prepare(verdict, url_key=page.url)


def _detect(text: str) -> object:
    return langdetect.detect(text) if text.strip() else None


#: Name -> what is done beforehand, and returns what is counted.
STAGES: dict[str, Callable[[Page], Callable[[], object]]] = {
    "archive": lambda page: lambda: compose_record("response", _AT, (), page.body, level=5),
    "decode": lambda page: lambda: decode(page.body, _TYPE),
    "parse": lambda page: _with(decode(page.body, _TYPE).text, parse),
    "metadata": lambda page: _with(parse(decode(page.body, _TYPE).text), lambda tree: read_metadata(tree, page)),
    "language": lambda page: _with(_text_of(page), lambda text: identify(text) if text else None),
    "rows and shingles": _prepare,
    "all of cleaning": lambda page: lambda: study(_task(page), Config()),
    "trafilatura with metadata": lambda page: lambda: trafilatura.bare_extraction(page.body, with_metadata=True),
    "langdetect": lambda page: _with(_text_of(page), _detect),
}


def _with(given: Any, do: Callable[[Any], object]) -> Callable[[], object]:
    return lambda: do(given)


def run_stages(folder: Path) -> None:
    """Run every stage on the pages of a folder, counting each by itself."""
    pages = [_read(page.address(80), Path(page.file)) for page in read_pages(folder)]
    for name, make in STAGES.items():
        for once in [make(page) for page in pages]:
            once()
        ready = [make(page) for page in pages]
        _control("--instr=on")
        for once in ready:
            once()
        _control(f"--dump={name}")
        _control("--instr=off")


def _read(url: str, file: Path) -> Page:
    provenance = Provenance(requested_url=url, fetched_at=_AT)
    return Page(url=url, status=200, headers=(("Content-Type", _TYPE),), body=file.read_bytes(), provenance=provenance)


def _control(argument: str) -> None:
    subprocess.run(["callgrind_control", argument, str(os.getpid())], check=True, capture_output=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        run_stages(Path(sys.argv[2]))
    else:
        main()
