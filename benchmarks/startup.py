"""Starting: what the small commands take, all their processes together.

    python -m benchmarks.startup [--runs N] [--json FILE]

A corpus of twenty made-up articles, ingested from a server on loopback; every command is run N times, and the median of
user and system time of all its processes told. ``ingest`` is given one URL that is new each time, on that corpus and on
a fresh one. The first run of all, which may unpack the language model, is not counted. Linux only.
"""

import random
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

from benchmarks import options
from benchmarks.throughput_run import measure
from corpus import open_corpus

_ARTICLES = 20
_WORDS = """
    council bridge river mayor winter vote budget school harbour train report police museum garden water street
    the a of and in to that was on for with after before said would had been near under over people year
""".split()  # noqa: SIM905  # a list is longer by half


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What a command took."""

    command: str
    #: User and system time of all its processes, and time by the clock: medians.
    processor_seconds: float
    seconds: float
    #: The most memory of any run.
    peak_mb: float


def main() -> None:
    parser = options.make_plain_parser(__doc__)
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="of each command (default: %(default)s)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, _serving() as port:
        folder = Path(temporary)
        urls = (f"http://127.0.0.1:{port}/2026/11/22/story-{number}.html" for number in count(1))
        corpus = _make_corpus(folder / "corpus", [next(urls) for _ in range(_ARTICLES)], folder)
        figures = [
            _started(name, command, folder / "log", arguments.runs)
            for name, command in _commands(folder, corpus, urls).items()
        ]
    print("| command | processor seconds | seconds | peak MB |")
    print("|---|---|---|---|")
    for one in figures:
        print(f"| {one.command} | {one.processor_seconds:.2f} | {one.seconds:.2f} | {one.peak_mb:.0f} |")
    options.save(map(asdict, figures), arguments.json)


def _make_corpus(root: Path, urls: list[str], folder: Path) -> Path:
    _fresh(root)
    measure([*_COLLECTOR, "ingest", *urls, "--corpus", str(root)], folder / "log")
    return root


def _fresh(root: Path) -> Path:
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    (root / "collector.toml").write_text("[fetch]\ndelay_seconds = 0\nadaptive = false\n")
    return root


_COLLECTOR = [sys.executable, "-m", "collector"]


def _commands(folder: Path, corpus: Path, urls: Iterator[str]) -> dict[str, Callable[[], list[str]]]:
    """Return each command, made anew for every run."""
    with open_corpus(corpus) as opened:
        article = next(iter(opened.articles()))
    at = ["--corpus", str(corpus)]
    export = str(folder / "export")

    def fixed(*arguments: str) -> Callable[[], list[str]]:
        return lambda: [*arguments, *at]

    return {
        "--help": lambda: ["--help"],
        "ingest URL (fresh corpus)": lambda: ["ingest", next(urls), "--corpus", str(_fresh(folder / "fresh"))],
        "ingest URL (corpus of twenty)": lambda: ["ingest", next(urls), *at],
        "list": fixed("list"),
        "show": fixed("show", article.id),
        "why URL": fixed("why", article.url),
        "stats": fixed("stats"),
        "health": fixed("health"),
        "search": fixed("search", "bridge"),
        "export": lambda: ["export", "--to", export, *at],
    }


def _started(name: str, command: Callable[[], list[str]], log: Path, runs: int) -> Started:
    usages = [measure([*_COLLECTOR, *command()], log) for _ in range(runs)]
    return Started(
        command=name,
        processor_seconds=median(usage.processor_seconds for usage in usages),
        seconds=median(usage.seconds for usage in usages),
        peak_mb=max(usage.peak_mb for usage in usages),
    )


@contextmanager
def _serving() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Articles)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()


class _Articles(BaseHTTPRequestHandler):
    """Answers with another article at each URL, and knows no robots.txt."""

    def do_GET(self) -> None:
        """Answer."""
        body = _article(self.path).encode() if "/story-" in self.path else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002  # the base class's name
        """Say nothing."""


def _article(path: str) -> str:
    chance = random.Random(path)

    def sentence() -> str:
        return " ".join(chance.choices(_WORDS, k=chance.randint(8, 20))).capitalize() + "."

    title = sentence()
    paragraphs = "".join(f"<p>{' '.join(sentence() for _ in range(4))}</p>" for _ in range(12))
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title></head><body><nav><a href="/">Home</a></nav>'
        f'<article><h1>{title}</h1><time datetime="2026-11-22">22 November 2026</time>{paragraphs}'
        "</article></body></html>"
    )


if __name__ == "__main__":
    main()
