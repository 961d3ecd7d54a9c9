"""A month of `collector run` in minutes: daemon, schedule, ledger and alarms as they are, on made-up sites.

    python -m benchmarks.month --sites 50 --days 30

Nothing stands in for ours but the clock and the crawler's network: a crawl leases from the ledger, commits visits and
is judged as the real one, in no time. The sites are those of `benchmarks.revisit`, with quirks, and every second one
breaks (`benchmarks.breakages`); what becomes of sound and broken pages is for the real cleaners to say
(`benchmarks.broken_pages`). A fifth of the articles changes once within some hours or days. The daemon is killed every
five days and begins again from the corpus.

Beside it stands a crawl that asks every listing every 30 minutes, and every article of the last three days every six
hours; its requests are counted, or made with ``--simulate-fixed``, which takes longer than all the rest. What is
published in the last day is not counted, as nobody could be expected to have it, nor what is published behind a
breakage.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import hashlib
import json
import logging
import math
import random
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from statistics import median

from benchmarks import options
from benchmarks.breakages import (
    ERRORS,
    KEEP_OUT,
    STATES,
    Break,
    Breakage,
    Quirks,
    false_alarms,
    make_plan,
    make_quirks,
    notice,
)
from benchmarks.broken_pages import State, verdict
from benchmarks.revisit import DAY, HOUR, MadeUpSite, make_site
from collector.config import Config, read_config
from collector.health.watch import watch_sites
from collector.schedule.crawls import Ended, Order
from collector.schedule.daemon import Daemon
from corpus.alarms import Alarm, read_alarms
from corpus.folder import CorpusFolder
from corpus.leases import Lease, Pace, Scope
from corpus.store import Store
from corpus.types import Discovery, Kind, Reason, Removal, Via
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
#: Of the sites and what breaks.
SEED = 20261122
#: Articles a day of the busiest site.
MOST_A_DAY = 60.0
#: How long a robots.txt is believed.
_ROBOTS_SECONDS = DAY


@dataclass
class Served:
    """A made-up site as its server: what stands at which URL at a time."""

    number: int
    site: MadeUpSite
    changes: dict[int, float]
    quirks: Quirks
    breakage: Breakage | None
    published: int = 0
    #: When robots.txt was last asked for.
    robots_at: float = -math.inf

    @property
    def name(self) -> str:
        return f"site-{self.number}"

    def broken(self, seconds: float, *kinds: Break) -> bool:
        """Tell whether it is broken, in one of some ways."""
        return self.breakage is not None and self.breakage.kind in kinds and self.breakage.at(seconds)

    def state(self, article: int, seconds: float) -> State:
        """Return what an article's page is like."""
        if self.is_scrap(article):
            return State.SCRAP
        broken = self.breakage is not None and self.breakage.at(seconds)
        return STATES.get(self.breakage.kind, State.SOUND) if broken and self.breakage else State.SOUND

    def is_scrap(self, article: int) -> bool:
        weekend = self.site.articles[article][0] // DAY % 7 >= 5
        share = self.quirks.weekend_scraps if weekend else self.quirks.scraps
        return self.chance(article, "scrap") < share

    def is_missing(self, article: int) -> bool:
        return self.chance(article, "missing") < self.quirks.missing

    def chance(self, article: int, what: str) -> float:
        return random.Random(f"{self.number} {article} {what}").random()

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


def behind(served: Served, at: float) -> bool:
    """Tell whether an article is published while its site keeps it from everybody."""
    return served.breakage is not None and served.breakage.kind in KEEP_OUT and served.breakage.at(at)


@dataclass
class Month:
    """What a month brought and cost."""

    requests: Counter[str] = field(default_factory=Counter)
    found_at: dict[tuple[str, int], float] = field(default_factory=dict)
    versions: dict[tuple[str, int], int] = field(default_factory=dict)
    crawls: int = 0
    #: Most crawls of one site that were begun at one turn: more than one would be a turn that came twice.
    most_at_once: int = 0
    #: For each site that breaks, the runs since it did: time, and whether the run met with the breakage.
    met: dict[str, list[tuple[float, bool]]] = field(default_factory=dict)
    #: Alarms, in the order in which they were opened, and what broke.
    alarms: list[Alarm] = field(default_factory=list)
    plan: dict[str, Breakage | None] = field(default_factory=dict)
    #: What a crawl at fixed distances would have asked for.
    fixed_requests: int = 0

    def report(self, sites: list[Served], days: int) -> dict[str, float]:
        """Return the figures."""
        wanted = {
            (one.name, number): at
            for one in sites
            for number, (at, _) in enumerate(one.site.articles)
            if at < (days - 1) * DAY and not (one.is_scrap(number) or one.is_missing(number) or behind(one, at))
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

    def __init__(self, root: Path, *, sites: int, days: int, seed: int = SEED, watched: bool = False) -> None:
        rng = random.Random(seed)
        self.days = days
        self.watched = watched
        self.sites: dict[str, Served] = {}
        for number in range(sites):
            made = make_site(rng, days, most_a_day=MOST_A_DAY)
            for listing in made.listings:
                listing.named, listing.dies_at = deque(maxlen=listing.size), math.inf
            changes = {
                index: at + rng.expovariate(1 / (12 * HOUR))
                for index, (at, _) in enumerate(made.articles)
                if rng.random() < 0.2
            }
            served = Served(number, made, changes, make_quirks(rng, days), None)
            self.sites[served.name] = served
        rates = [len(one.site.articles) / days for one in self.sites.values()]
        plan = make_plan(random.Random(seed + 1), rates, days)
        for one, breakage in zip(self.sites.values(), plan, strict=True):
            one.breakage = breakage
        root.mkdir(parents=True, exist_ok=True)
        (root / "collector.toml").write_text(SETTINGS + "".join(one.entry() for one in self.sites.values()), "utf-8")
        self.folder = CorpusFolder(root)
        self.folder.locks.mkdir(exist_ok=True)
        self.config: Config = read_config(self.folder.config)
        self.store = Store(self.folder.database, self.config.site_of)
        self.now = BEGAN
        self.month = Month()
        self._began: Counter[str] = Counter()
        self._met = False
        #: What the last visit to an article was shown: a version, -1 for a broken page.
        self._shown: dict[tuple[str, int], int] = {}

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
        self._met = False
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
        if served.breakage is not None and served.breakage.begins <= self.now - BEGAN:
            self.month.met.setdefault(name, []).append((self.now - BEGAN, self._met))
        if self.watched:
            watch_sites(store, self.config, (name,), run_id=run.run_id, now=self.now)
        return run.run_id

    def _visit(self, served: Served, lease: Lease) -> Visit:
        seconds = self.now - BEGAN
        if seconds - served.robots_at >= _ROBOTS_SECONDS:
            served.robots_at = seconds
            self.month.requests["robots.txt"] += 1
        breakage = served.breakage
        if breakage is not None and breakage.kind is Break.ROBOTS and breakage.at(served.robots_at):
            self._met = True
            evidence = "line 2: Disallow: /"
            return Visit(lease=lease, verdict=Removal(url=lease.url, reason=Reason.ROBOTS, evidence=evidence))
        self.month.requests["listings" if lease.kind is not Kind.ARTICLE else "articles"] += 1
        if served.quirks.in_hiccup(seconds) or random.Random(f"{lease.url} {seconds}").random() < served.quirks.lost:
            return Visit(lease=lease, error="timeout", evidence="no answer within 60 s")
        if breakage is not None and served.broken(seconds, *ERRORS):
            self._met = True
            error, evidence = ERRORS[breakage.kind]
            return Visit(lease=lease, error=error, evidence=evidence)
        if served.broken(seconds, Break.DENIED):
            self._met = True
            return self._refusal(lease, 403)
        if lease.kind is Kind.ARTICLE:
            return self._article(served, lease, int(lease.fetch_url.rpartition("-")[2]), seconds)
        return self._listing(served, lease, seconds)

    def _refusal(self, lease: Lease, status: int) -> Visit:
        removal = Removal(url=lease.url, reason=Reason.HTTP_ERROR, evidence=f"HTTP {status}")
        return Visit(lease=lease, fetch=self._fetch(b"no", status), verdict=removal, cleaner="1")

    def _listing(self, served: Served, lease: Lease, seconds: float) -> Visit:
        number = served.listing(lease)
        if number == 0 and served.broken(seconds, Break.FEED):
            self._met = True
            return self._refusal(lease, 404)
        listing = served.site.listings[number]
        walled = lease.kind is Kind.SECTION and served.broken(seconds, Break.CONSENT)
        self._met |= walled
        named = tuple(
            Discovery(url=served.url(f"article-{one}"), kind=Kind.ARTICLE, via=Via.FEED, found_on=lease.url)
            for one in ([] if walled else listing.named)
            if number != 1 or one > served.published - 400  # a news sitemap: the last days
        )
        return Visit(lease=lease, fetch=self._fetch(repr(named).encode()), listing=True, discoveries=named)

    def _article(self, served: Served, lease: Lease, number: int, seconds: float) -> Visit:
        if served.is_missing(number):
            return self._refusal(lease, 404)
        state, version = served.state(number, seconds), served.version(number, seconds)
        # A page that is broken is another page than the sound one, and comes as such.
        shown = version if state in {State.SOUND, State.SCRAP} else -1
        key = (served.name, number)
        if self._shown.get(key) == shown:
            return Visit(lease=lease, fetch=self._fetch(b"", 304), unchanged=True)
        self._shown[key] = shown
        self._met |= shown == -1
        judged, size = verdict(
            served.number,
            number,
            state,
            url=lease.url,
            at=datetime.fromtimestamp(self.now, UTC),
            version=version,
            byline=served.chance(number, "anonymous") >= served.quirks.anonymous,
        )
        if not isinstance(judged, Removal):
            known = self.month.versions.get(key)
            self.month.versions[key] = version if known is None else max(known, version)
            self.month.found_at.setdefault(key, seconds)
        payload = f"{key} {shown}".encode().ljust(size)
        return Visit(lease=lease, fetch=self._fetch(payload), verdict=judged, cleaner="1")

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

    def count_fixed(self) -> int:
        """Return how many requests `fixed` makes, robots.txt aside."""
        end, pause, young = self.days * DAY, 6 * HOUR, 3 * DAY
        listings = sum(len(one.site.listings) for one in self.sites.values()) * int(end / FIXED_SECONDS)
        found = [
            (at // FIXED_SECONDS + 1) * FIXED_SECONDS for one in self.sites.values() for at, _ in one.site.articles
        ]
        return listings + sum(1 + int(min(young, end - 1 - at) // pause) for at in found if at < end)

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


def spend(
    root: Path,
    how: Callable[[Simulation], Month],
    *,
    sites: int,
    days: int,
    seed: int = SEED,
    watched: bool = False,
) -> tuple[Month, dict[str, float]]:
    """Spend a month on a fresh corpus; return it and its figures."""
    simulation = Simulation(root, sites=sites, days=days, seed=seed, watched=watched)
    try:
        month = how(simulation)
        month.alarms = list(reversed(read_alarms(simulation.store.db)))
        month.fixed_requests = simulation.count_fixed()
        month.plan = {name: served.breakage for name, served in simulation.sites.items()}
        return month, month.report(list(simulation.sites.values()), days)
    finally:
        simulation.close()


def tell_alarms(month: Month) -> list[dict[str, object]]:
    """Print how each breakage was noticed, and what was called broken and was not; return the first."""
    noticed = [
        notice(name, one, [alarm for alarm in month.alarms if alarm.site == name], month.met.get(name, []), BEGAN)
        for name, one in month.plan.items()
        if one is not None
    ]
    print("| what broke | sites | right cause | runs that met it until the alarm | hours | over after, hours |")
    print("|---|---|---|---|---|---|")
    for kind in Break:
        of_kind = [one for one in noticed if one.kind is kind]
        columns = (
            [one.runs_met for one in of_kind],
            [one.hours for one in of_kind],
            [one.closed_after for one in of_kind],
        )
        told = (", ".join("–" if value is None else f"{value:.4g}" for value in column) for column in columns)
        print(f"| {kind} | {len(of_kind)} | {sum(one.right for one in of_kind)} | {' | '.join(told)} |")
    soon = sum(one.right and one.runs_met is not None and one.runs_met <= 2 for one in noticed)
    print(f"right cause: {sum(one.right for one in noticed)} of {len(noticed)}; within two runs that met it: {soon}")
    wrong = false_alarms(month.plan, month.alarms, BEGAN)
    print(f"false alarms: {len(wrong)}")
    for alarm in wrong:
        print(f"  {alarm.site} {alarm.cause} {alarm.opened_at:%Y-%m-%d %H:%M} {alarm.evidence}")
    return [{**asdict(one), "right": one.right} for one in noticed]


def main() -> None:
    parser = options.make_plain_parser(__doc__)
    parser.add_argument("--sites", type=int, default=50, help="made-up sites (default: %(default)s)")
    parser.add_argument("--days", type=int, default=30, help="days that are counted (default: %(default)s)")
    parser.add_argument(
        "--simulate-fixed", action="store_true", help="crawl at fixed distances, too, and not only count"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="of sites and breakages (default: %(default)s)")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)  # the alarms are told below
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        month, figures["unattended"] = spend(
            Path(folder),
            Simulation.unattended,
            sites=arguments.sites,
            days=arguments.days,
            seed=arguments.seed,
            watched=True,
        )
    print("unattended", json.dumps(figures["unattended"], indent=2), flush=True)
    told = tell_alarms(month)
    with tempfile.TemporaryDirectory() as folder:
        if arguments.simulate_fixed:
            _, figures["fixed"] = spend(
                Path(folder), Simulation.fixed, sites=arguments.sites, days=arguments.days, seed=arguments.seed
            )
        else:
            figures["fixed"] = {"requests": month.fixed_requests}
    print("fixed", json.dumps(figures["fixed"], indent=2))
    saved = 1 - figures["unattended"]["requests"] / figures["fixed"]["requests"]
    print(f"requests saved: {saved:.1%}")
    options.save([*({"system": name, **figures[name]} for name in figures), *told], arguments.json)


if __name__ == "__main__":
    main()
