"""A month of `collector run` in minutes: the daemon, the schedule and the ledger as they are, on made-up sites.

    python -m benchmarks.month --sites 50 --days 30

Nothing stands in for ours but the clock and the crawler's network: a crawl leases from the ledger and commits visits
as the real one does, in no time. The sites are those of `benchmarks.revisit`; besides, some servers are gone for two
days, and a fifth of the articles changes once within some hours or days. The daemon is killed every five days and
begins again from the corpus.

Beside it stands a crawl that asks every listing every 30 minutes, and every article of the last three days every six
hours. What is published in the last day is not counted, as nobody could be expected to have it.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import hashlib
import json
import random
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks import options
from benchmarks.revisit import DAY, HOUR, MadeUpSite, make_site
from collector.config import Config, read_config
from collector.schedule.crawls import Ended, Order
from collector.schedule.daemon import Daemon
from corpus.folder import CorpusFolder
from corpus.leases import Lease, Pace, Scope
from corpus.store import Store
from corpus.types import Article, Discovery, Kind, Provenance, Via
from corpus.visits import Fetch, Visit

#: A Monday.
BEGAN = datetime(2026, 11, 2, tzinfo=UTC).timestamp()
SETTINGS = """
[schedule]
when = "every 15 minutes"
jitter_minutes = 0
max_crawls = 64
[archive]
min_free_mb = 0
"""
FIXED_SECONDS = 1800.0
_PACE = Pace(delay_seconds=0, concurrency=64, adaptive=False)
_WORDS = [f"{first}{second}" for first in "bdfgklmnprst" for second in ("ala", "emi", "oru", "ine", "aster", "ovan")]


@dataclass
class Served:
    """A made-up site as its server: what stands at which URL at a time."""

    name: str
    site: MadeUpSite
    changes: dict[int, float]
    gone: tuple[float, float]
    published: int = 0

    def at(self, seconds: float) -> None:
        """Publish what is published by then."""
        articles = self.site.articles
        while self.published < len(articles) and articles[self.published][0] <= seconds:
            for listing in self.site.listings:
                if listing.section in (None, articles[self.published][1]):
                    listing.named.append(self.published)
            self.published += 1

    def url(self, path: str) -> str:
        return f"https://{self.name}.example/{path}"

    def entry(self) -> str:
        """Return the site's entry in the configuration."""
        sections = [self.url(f"section-{number}") for number in range(3, len(self.site.listings))]
        return (
            f'\n[sites.{self.name}]\nurl = "{self.url("")}"\nfeeds = ["{self.url("feed-0")}"]\n'
            f'sitemaps = ["{self.url("sitemap-1")}"]\nsections = {json.dumps(sections)}\n'
        )

    def listing(self, lease: Lease) -> int:
        """Return the number of the listing at a URL."""
        number = lease.fetch_url.rpartition("-")[2]
        return int(number) if number.isdigit() else 2

    def version(self, article: int, seconds: float) -> int:
        return 1 + (self.changes.get(article, float("inf")) <= seconds)


@dataclass
class Month:
    """What a month brought and cost."""

    requests: Counter[str] = field(default_factory=Counter)
    found_at: dict[tuple[str, int], float] = field(default_factory=dict)
    versions: dict[tuple[str, int], int] = field(default_factory=dict)
    crawls: int = 0
    #: Most crawls of one site that were begun at one turn: more than one would be a turn that came twice.
    most_at_once: int = 0

    def report(self, sites: list[Served], days: int) -> dict[str, float]:
        """Return the figures."""
        wanted = {
            (one.name, number): at
            for one in sites
            for number, (at, _) in enumerate(one.site.articles)
            if at < (days - 1) * DAY
        }
        delays = [self.found_at[key] - at for key, at in wanted.items() if key in self.found_at]
        changed = [(one.name, number) for one in sites for number, at in one.changes.items() if at < (days - 2) * DAY]
        return {
            "articles": len(wanted),
            "found": len(delays) / len(wanted),
            "median delay, minutes": median(delays) / 60,
            "changes seen": sum(self.versions.get(key, 0) > 1 for key in changed) / max(len(changed), 1),
            "crawls": self.crawls,
            **{f"requests, {kind}": count for kind, count in sorted(self.requests.items())},
            "requests": self.requests.total(),
        }


class Simulation:
    """A corpus, its sites, and a clock."""

    def __init__(self, root: Path, *, sites: int, days: int, seed: int = 20261122) -> None:
        rng = random.Random(seed)
        self.days = days
        self.sites: dict[str, Served] = {}
        for number in range(sites):
            made = make_site(rng, days)
            for listing in made.listings:
                listing.named = deque(maxlen=listing.size)
            changes = {
                index: at + rng.expovariate(1 / (12 * HOUR))
                for index, (at, _) in enumerate(made.articles)
                if rng.random() < 0.2
            }
            begins = rng.uniform(0, days) * DAY if rng.random() < 0.2 else days * DAY
            name = f"site-{number}"
            self.sites[name] = Served(name, made, changes, (begins, begins + 2 * DAY))
        root.mkdir(parents=True, exist_ok=True)
        (root / "collector.toml").write_text(SETTINGS + "".join(one.entry() for one in self.sites.values()), "utf-8")
        self.folder = CorpusFolder(root)
        self.folder.locks.mkdir(exist_ok=True)
        self.config: Config = read_config(self.folder.config)
        self.store = Store(self.folder.database, self.config.site_of)
        self.now = BEGAN
        self.month = Month()
        self._began: Counter[str] = Counter()

    def close(self) -> None:
        """Close the corpus."""
        self.store.close()

    # -- the crawler's part ---------------------------------------------------------------------------------------

    def crawl(self, name: str, *, ahead_seconds: float | None) -> int:
        """Crawl a site in no time; ``ahead_seconds`` None asks all listings, as a crawl by hand does."""
        served, entry, store = self.sites[name], self.config.sites[name], self.store
        served.at(self.now - BEGAN)
        scope, rules = Scope(sites=(name,)), self.config.revisit.rules()
        store.ledger.by_evidence = ahead_seconds is not None
        run = store.begin_run("crawl", [name], self.now, config={}, versions={})
        seeds = [(Kind.FEED, entry.feeds), (Kind.SITEMAP, entry.sitemaps), (Kind.SECTION, (entry.url, *entry.sections))]
        with store.transaction():
            for kind, urls in seeds:
                for url in urls:
                    found = Discovery(url=url, kind=kind, via=Via.SEED)
                    store.ledger.add(found, self.now, run_started_at=run.started_at, site=name)
            store.revisits.make_due(
                scope, self.now, rules, by_evidence=ahead_seconds is not None, ahead_seconds=ahead_seconds or 0.0
            )
        while True:
            with store.transaction():
                leases = store.ledger.lease(64, self.now, run_id=run.run_id, paces=lambda _: _PACE, scope=scope)
            if not leases:
                break
            store.commit([self._visit(served, lease) for lease in leases], run, self.now)
            for lease in leases:
                store.ledger.arrived(lease.host)
        store.end_run(run, self.now)
        self.month.crawls += 1
        return run.run_id

    def _visit(self, served: Served, lease: Lease) -> Visit:
        seconds = self.now - BEGAN
        self.month.requests["listings" if lease.kind is not Kind.ARTICLE else "articles"] += 1
        if served.gone[0] <= seconds < served.gone[1]:
            return Visit(lease=lease, error="refused", evidence="connection refused")
        if lease.kind is Kind.ARTICLE:
            return self._article(served, lease, int(lease.fetch_url.rpartition("-")[2]), seconds)
        number = served.listing(lease)
        listing = served.site.listings[number]
        if seconds >= listing.dies_at:
            return Visit(lease=lease, error="http-500", evidence="HTTP 500", fetch=self._fetch(b"", 500))
        named = tuple(
            Discovery(url=served.url(f"article-{one}"), kind=Kind.ARTICLE, via=Via.FEED, found_on=lease.url)
            for one in listing.named
            if number != 1 or one > served.published - 400  # a news sitemap: the last days
        )
        return Visit(lease=lease, fetch=self._fetch(repr(named).encode()), listing=True, discoveries=named)

    def _article(self, served: Served, lease: Lease, number: int, seconds: float) -> Visit:
        version = served.version(number, seconds)
        key = (served.name, number)
        known = self.month.versions.get(key)
        if known == version:
            return Visit(lease=lease, fetch=self._fetch(b"", 304), unchanged=True)
        self.month.versions[key] = version if known is None else 2
        self.month.found_at.setdefault(key, seconds)
        words = random.Random(f"{served.name} {number}").choices(_WORDS, k=60 * version)
        article = Article(
            url=lease.url,
            canonical_url=lease.url,
            title=f"{served.name} {number}",
            text=" ".join(words),
            language="en",
            language_confidence=1.0,
            provenance=Provenance(requested_url=lease.fetch_url, fetched_at=datetime.fromtimestamp(self.now, UTC)),
        )
        return Visit(lease=lease, fetch=self._fetch(article.text.encode()), verdict=article, cleaner="1")

    def _fetch(self, payload: bytes, status: int = 200) -> Fetch:
        return Fetch(
            fetched_at=datetime.fromtimestamp(self.now, UTC),
            status=status,
            wire_bytes=len(payload),
            wire_digest=hashlib.sha1(payload, usedforsecurity=False).digest() if payload else None,
        )

    # -- two ways to spend a month --------------------------------------------------------------------------------

    def unattended(self) -> Month:
        """Let the daemon spend the month, killed every five days."""
        for begin in range(0, self.days, 5):
            with Daemon(self.folder, clock=lambda: self.now, start=self._start) as daemon:
                for at in _every(900.0, begin, min(begin + 5, self.days)):
                    self.now = BEGAN + at
                    self._began.clear()
                    for _ in range(3):  # start, note the end, see that nothing is left
                        daemon.look()
                    self.month.most_at_once = max(self.month.most_at_once, max(self._began.values(), default=0))
        return self.month

    def fixed(self) -> Month:
        """Ask every listing at even distances."""
        again = self.config.revisit.model_copy(update={"article_spacing": 0.0})
        self.config = self.config.model_copy(update={"revisit": again})
        for at in _every(FIXED_SECONDS, 0, self.days):
            self.now = BEGAN + at
            for name in self.sites:
                self.crawl(name, ahead_seconds=None)
        return self.month

    def _start(self, order: Order) -> "_Done":
        self._began[order.site] += 1
        return _Done(self.crawl(order.site, ahead_seconds=order.ahead_seconds))


@dataclass
class _Done:
    """A crawl that has ended already."""

    run_id: int

    def poll(self) -> Ended:
        return Ended(state="finished", run_id=self.run_id)

    def stop(self, *, force: bool) -> None:
        """It has ended."""


def _every(seconds: float, first_day: int, last_day: int) -> Iterator[float]:
    at = first_day * DAY
    while at < last_day * DAY:
        yield at
        at += seconds


def spend(root: Path, how: Callable[[Simulation], Month], *, sites: int, days: int) -> tuple[Month, dict[str, float]]:
    """Spend a month on a fresh corpus; return it and its figures."""
    simulation = Simulation(root, sites=sites, days=days)
    try:
        month = how(simulation)
        return month, month.report(list(simulation.sites.values()), days)
    finally:
        simulation.close()


def main() -> None:
    parser = options.make_plain_parser(__doc__)
    parser.add_argument("--sites", type=int, default=50, help="made-up sites (default: %(default)s)")
    parser.add_argument("--days", type=int, default=30, help="days that are counted (default: %(default)s)")
    arguments = parser.parse_args()
    figures = {}
    for name, how in (("unattended", Simulation.unattended), ("fixed", Simulation.fixed)):
        with tempfile.TemporaryDirectory() as folder:
            _, figures[name] = spend(Path(folder), how, sites=arguments.sites, days=arguments.days)
        print(name, json.dumps(figures[name], indent=2), flush=True)
    saved = 1 - figures["unattended"]["requests"] / figures["fixed"]["requests"]
    print(f"requests saved: {saved:.1%}")
    options.save(({"system": name, **figures[name]} for name in figures), arguments.json)


if __name__ == "__main__":
    main()
