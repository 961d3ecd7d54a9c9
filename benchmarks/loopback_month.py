"""A fortnight of real crawls of real servers on loopback, checked by what the servers saw.

    python -m benchmarks.loopback_month --days 14

Some sites, each a server of its own with a Crawl-delay, publish a few articles a day and name a page that robots.txt
forbids. Twice a day a process crawls them all (`collector crawl --due-within`), at a time that is shifted by the days
(`benchmarks.shifted`). One site stays sound; on the others something breaks six days before the end, for three days.
What the servers logged says whether robots.txt and Crawl-delay were kept. On a busy machine a server's thread may see a
request late and the next one in time; two in a row show whether it was that.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import contextlib
import json
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from benchmarks import options
from benchmarks.breakages import CAUSES, STATES, Break
from benchmarks.broken_pages import State, page
from collector.demo.server import LoopbackServer, QuietHandler
from corpus import open_corpus
from corpus.alarms import read_alarms
from corpus.schema import connect

DAY = 86_400.0
#: Seconds between two requests that robots.txt asks for, and what a server may see of it: threads and sockets jitter.
CRAWL_DELAY, _JITTER = 1.0, 0.2
BREAKS = (None, Break.DENIED, Break.ROBOTS, Break.SCRIPT, Break.CONSENT, Break.FEED)
SETTINGS = """
[fetch]
delay_seconds = 0
adaptive = false
backoff_seconds = 0.2
patience_seconds = 5
[robots]
max_age_hours = 6
[archive]
min_free_mb = 0
"""


@dataclass
class Asked:
    """A request, as the server saw it."""

    #: Seconds of a clock that only goes forward.
    at: float
    path: str
    #: Whether robots.txt, as it was last handed out, forbids it.
    forbidden: bool


@dataclass
class Site:
    """A server, what it has published, and what is broken."""

    number: int
    breaks: Break | None
    published: int = 0
    is_broken: bool = False
    log: list[Asked] = field(default_factory=list)
    #: What the last robots.txt that was handed out forbids.
    closed: bool = False
    server: LoopbackServer = field(init=False)

    def __post_init__(self) -> None:
        site = self

        class Handler(QuietHandler):
            def do_GET(self) -> None:  # noqa: N802 - the base class' name
                status, kind, body = site.answer(self.path, time.monotonic())
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = LoopbackServer((f"127.0.0.{self.number + 1}", 0), Handler)

    @property
    def name(self) -> str:
        return f"site-{self.number}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.{self.number + 1}:{self.server.server_port}"

    def broken(self, kind: Break) -> bool:
        return self.is_broken and self.breaks is kind

    def answer(self, path: str, at: float) -> tuple[int, str, bytes]:
        forbidden = path != "/robots.txt" and (self.closed or path.startswith("/private/"))
        self.log.append(Asked(at, path, forbidden))
        if path == "/robots.txt":
            self.closed = self.broken(Break.ROBOTS)
            rule = "/" if self.closed else "/private/"
            return 200, "text/plain", f"User-agent: *\nDisallow: {rule}\nCrawl-delay: {CRAWL_DELAY}\n".encode()
        if self.broken(Break.DENIED):
            return 403, "text/html", b"<h1>Forbidden</h1>"
        state = STATES.get(self.breaks, State.SOUND) if self.is_broken and self.breaks else State.SOUND
        named = range(max(0, self.published - 25), self.published)
        if path == "/rss":
            return self._feed(named)
        if path == "/" and state is State.CONSENT:
            body, kind = page(self.number, 0, state)
            return 200, kind, body
        if path == "/":
            links = "".join(f'<li><a href="/story-{one}">Story number {one} of the day</a></li>' for one in named)
            front = f'<html><body><a href="/private/letters">Letters</a><ul>{links}</ul></body></html>'
            return 200, "text/html", front.encode()
        number = path.removeprefix("/story-")
        if number.isdigit() and int(number) < self.published:
            body, kind = page(self.number, int(number), state)
            return 200, kind, body
        return 404, "text/html", b"<h1>Not found</h1>"

    def _feed(self, named: range) -> tuple[int, str, bytes]:
        if self.broken(Break.FEED):
            return 404, "text/html", b"<h1>Not found</h1>"
        items = "".join(f"<item><title>{one}</title><link>{self.url}/story-{one}</link></item>" for one in named)
        feed = f'<rss version="2.0"><channel><title>{self.name}</title>{items}</channel></rss>'
        return 200, "application/rss+xml", feed.encode()

    def least_gap(self) -> float:
        """Return the least time between two requests, in seconds."""
        times = [asked.at for asked in self.log]
        return min((later - earlier for earlier, later in pairwise(times)), default=0.0)


@contextlib.contextmanager
def serving(sites: int) -> Iterator[list[Site]]:
    """Serve so many sites."""
    with contextlib.ExitStack() as stack:
        served = [Site(number, BREAKS[number % len(BREAKS)]) for number in range(sites)]
        for one in served:
            stack.enter_context(one.server)
        yield served


def crawl(root: Path, seconds: float) -> None:
    """Crawl all sites at a time so many seconds from now."""
    command = [sys.executable, str(Path(__file__).with_name("shifted.py")), str(seconds), "crawl"]
    done = subprocess.run(
        [*command, "--corpus", str(root), "--due-within", "720", "--quiet", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 4}, done.stderr


def spend(root: Path, sites: list[Site], days: int) -> list[dict[str, object]]:
    """Spend some days; return the figures, by site."""
    entries = "".join(
        f'[sites.{one.name}]\nurl = "{one.url}/"\nfeeds = ["{one.url}/rss"]\nrobots_sitemaps = false\n' for one in sites
    )
    root.mkdir(exist_ok=True)
    (root / "collector.toml").write_text(SETTINGS + entries, "utf-8")
    rng = random.Random(1)
    behind = {one.name: set[int]() for one in sites}
    begins, ends = 2 * (days - 6), 2 * (days - 3)
    for turn in range(2 * days):
        for one in sites:
            one.is_broken = begins <= turn < ends
            before = one.published
            one.published += rng.randint(2, 4)
            if one.is_broken:
                behind[one.name] |= set(range(before, one.published))
        crawl(root, turn * DAY / 2)
        print(".", end="", flush=True)
    print()
    with open_corpus(root) as corpus:
        stored = {article.url for article in corpus.articles()}
    with contextlib.closing(connect(root / "corpus.db", read_only=True)) as db:
        alarms = list(reversed(read_alarms(db)))
    began = min((alarm.opened_at.timestamp() for alarm in alarms), default=0.0)
    rows = []
    for one in sites:
        wanted = [n for n in range(one.published) if one.breaks in {None, Break.FEED} or n not in behind[one.name]]
        own = [alarm for alarm in alarms if alarm.site == one.name]
        rows.append(
            {
                "site": one.name,
                "broken": one.breaks and str(one.breaks),
                "alarms": [alarm.cause for alarm in own],
                "right": [alarm.cause for alarm in own] == ([str(CAUSES[one.breaks])] if one.breaks else []),
                "turns until then": [round((alarm.opened_at.timestamp() - began) / DAY * 2) + 1 for alarm in own],
                "closed": [alarm.closed_at is not None for alarm in own],
                "articles": len(wanted),
                "collected": sum(f"{one.url}/story-{number}" in stored for number in wanted),
                "requests": len(one.log),
                "least gap, seconds": round(one.least_gap(), 3),
                "sooner than Crawl-delay": sum(
                    later.at - earlier.at < CRAWL_DELAY - _JITTER for earlier, later in pairwise(one.log)
                ),
                "two sooner than twice that": sum(
                    later.at - earlier.at < 2 * CRAWL_DELAY - _JITTER
                    for earlier, later in zip(one.log, one.log[2:], strict=False)
                ),
                "forbidden": sum(asked.forbidden for asked in one.log),
            }
        )
    return rows


def main() -> None:
    parser = options.make_plain_parser(__doc__)
    parser.add_argument("--sites", type=int, default=len(BREAKS), help="servers (default: %(default)s)")
    parser.add_argument("--days", type=int, default=14, help="days, at least 12 (default: %(default)s)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(arguments.sites) as sites:
        rows = spend(Path(folder) / "c", sites, arguments.days)
    for row in rows:
        print(json.dumps(row))
    options.save(rows, arguments.json)


if __name__ == "__main__":
    main()
