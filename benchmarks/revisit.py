"""How often to ask a listing: requests, delay and losses over a simulated month, beside fixed and proportional rules.

    python -m benchmarks.revisit --sites 50 --days 35

Each made-up site publishes from 1 to 200 articles a day, by night less than by day, on some sites in batches and less
at the weekend. A feed names its last 10 to 50 articles, the home page the last 30, up to six sections their own last
20, a sitemap all of the month. What one listing named is nothing new on the others, as in the ledger. On a fifth of the
sites the feed dies after half the month. The first week is for learning and not counted.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import math
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from statistics import mean, median
from typing import Protocol

from benchmarks import options
from corpus.habits import Habit, RevisitRules

HOUR, DAY = 3600.0, 86_400.0
WARM_UP_DAYS = 7
#: Where the daemon's turns are: `[schedule] when = "every 15 minutes"`.
TURN_SECONDS = 900.0


@dataclass
class Listing:
    """A feed, a front or a sitemap: names the last ``size`` of the articles that pass through it."""

    size: int
    #: Which section it shows, None for all.
    section: int | None
    dies_at: float = math.inf
    named: deque[int] = field(default_factory=deque)


@dataclass
class MadeUpSite:
    """The month of one site."""

    #: Time and section of each article, in order.
    articles: list[tuple[float, int]]
    listings: list[Listing]


class Rule(Protocol):
    """Decides when a listing is asked again."""

    def visited(self, at: float, new: int, entries: int, *, answered: bool) -> float:
        """Note what a visit brought and return the seconds to the next."""


class Fixed:
    """Every so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def visited(self, at: float, new: int, entries: int, *, answered: bool) -> float:
        return self.seconds


class Proportional:
    """Cho and Garcia-Molina's maximum-likelihood rate for irregular visits (2003, section 5.1), asked once a change."""

    def __init__(self, visits_a_change: float) -> None:
        self.share = visits_a_change
        self.last: float | None = None
        self.changed: deque[float] = deque(maxlen=60)
        self.unchanged: deque[float] = deque(maxlen=60)

    def visited(self, at: float, new: int, entries: int, *, answered: bool) -> float:
        if self.last is not None:
            (self.changed if new else self.unchanged).append(at - self.last)
        self.last = at
        return min(max(1 / (self.share * self._rate()), 300.0), DAY)

    def _rate(self) -> float:
        silent = sum(self.unchanged)
        if not self.changed:
            return 0.5 / (silent + HOUR)
        if not silent:
            return math.log(2 * len(self.changed) + 2) / mean(self.changed)
        low, high = 1e-9, 1.0
        for _ in range(40):
            middle = math.sqrt(low * high)
            told = sum(gap / math.expm1(min(middle * gap, 700.0)) for gap in self.changed)
            low, high = (middle, high) if told > silent else (low, middle)
        return low


class ByEvidence:
    """Ours: `corpus.habits`."""

    def __init__(self, rules: RevisitRules) -> None:
        self.rules = rules
        self.habit: Habit | None = None

    def visited(self, at: float, new: int, entries: int, *, answered: bool) -> float:
        if self.habit is None:
            self.habit = Habit.begin(at, entries=entries)
        else:
            self.habit = self.habit.read(at, new=new, entries=entries) if answered else self.habit.failed(at)
        return self.habit.interval(self.rules)


def make_site(rng: random.Random, days: int, *, most_a_day: float = 200.0) -> MadeUpSite:
    a_day = math.exp(rng.uniform(0, math.log(most_a_day)))
    night, weekend = rng.choice([0.05, 0.2, 0.5, 1.0]), rng.choice([0.3, 0.6, 1.0])
    peak, batch, sections = rng.uniform(0, 24), rng.choice([1, 1, 3]), rng.randint(1, 6)
    articles = [
        (at, rng.randrange(sections)) for at in _times(rng, a_day / batch, days, peak, night, weekend)
        for _ in range(1 if batch == 1 else 1 + int(rng.expovariate(1 / batch)))
    ]  # fmt: skip
    dies_at = days / 2 * DAY if rng.random() < 0.2 else math.inf
    listings = [Listing(rng.choice([10, 15, 20, 30, 50]), None, dies_at), Listing(10**6, None), Listing(30, None)]
    return MadeUpSite(articles, listings + [Listing(20, section) for section in range(sections)])


def _times(rng: random.Random, a_day: float, days: int, peak: float, night: float, weekend: float) -> Iterator[float]:
    """Yield the times of a Poisson process whose rate follows the day and the week, by thinning."""
    at, top = 0.0, 2.4
    while (at := at + rng.expovariate(a_day * top / DAY)) < days * DAY:
        day = 0.5 + 0.5 * math.cos((at / HOUR % 24 - peak) / 24 * 2 * math.pi)
        rate = (night + (2 - 2 * night) * 1.1 * day**1.5) * (weekend if at // DAY % 7 >= 5 else 1.0)
        if rng.random() < rate / top:
            yield at


@dataclass
class Outcome:
    """What a rule cost and brought, after the first week."""

    requests: int = 0
    published: int = 0
    delays: list[float] = field(default_factory=list)


def crawl(site: MadeUpSite, rules: list[Rule], days: int) -> Outcome:
    """Visit a site's listings at the daemon's turns, each when its rule says so, rounded to the nearest turn."""
    outcome, found, published = Outcome(), set[int](), 0
    for listing in site.listings:
        listing.named = deque(maxlen=listing.size)
    due = [(0.0, number) for number in range(len(rules))]
    heapify(due)
    while due and due[0][0] < days * DAY:
        at, number = heappop(due)
        while published < len(site.articles) and site.articles[published][0] <= at:
            for listing in site.listings:
                if listing.section in (None, site.articles[published][1]):
                    listing.named.append(published)
            published += 1
        listing = site.listings[number]
        answered = at < listing.dies_at
        new = [article for article in listing.named if article not in found] if answered else []
        found.update(new)
        wait = rules[number].visited(at, len(new), len(listing.named), answered=answered)
        turn = max(at + TURN_SECONDS, round((at + wait) / TURN_SECONDS) * TURN_SECONDS)
        heappush(due, (turn, number))
        if at >= WARM_UP_DAYS * DAY:
            outcome.requests += 1
            outcome.delays += [at - site.articles[one][0] for one in new if site.articles[one][0] > WARM_UP_DAYS * DAY]
    # What was published in the last day may come later.
    outcome.published = sum(WARM_UP_DAYS * DAY < at < (days - 1) * DAY for at, _ in site.articles)
    late = sum((days - 1) * DAY <= site.articles[one][0] for one in found)
    outcome.published += late
    return outcome


def measure(make: type[Rule] | object, seed: int, sites: int, days: int) -> dict[str, float]:
    rng = random.Random(seed)
    outcomes = []
    for _ in range(sites):
        site = make_site(rng, days)
        outcomes.append(crawl(site, [make() for _ in site.listings], days))  # type: ignore[operator]
    delays = [delay for one in outcomes for delay in one.delays]
    return {
        "requests a day and site": sum(one.requests for one in outcomes) / sites / (days - WARM_UP_DAYS),
        "median delay, minutes": median(delays) / 60,
        "mean delay, minutes": mean(delays) / 60,
        "worst site's median, minutes": max(median(one.delays) for one in outcomes if one.delays) / 60,
        "found": len(delays) / sum(one.published for one in outcomes),
    }


def main() -> None:
    parser = options.make_plain_parser(__doc__)
    parser.add_argument("--sites", type=int, default=50, help="made-up sites (default: %(default)s)")
    parser.add_argument("--days", type=int, default=35, help="the first seven are not counted (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=20261122, help="of the sites (default: %(default)s)")
    arguments = parser.parse_args()
    rules = {
        **{f"every {minutes} minutes": (lambda minutes=minutes: Fixed(minutes * 60.0)) for minutes in (15, 30, 60)},
        **{f"{share:g} visits a change": (lambda share=share: Proportional(share)) for share in (1, 2, 4)},
        **{
            f"by evidence, {minutes} minutes a request": (
                lambda minutes=minutes: ByEvidence(RevisitRules(request_seconds=minutes * 60.0))
            )
            for minutes in (5, 15, 30, 60)
        },
    }
    results = {name: measure(make, arguments.seed, arguments.sites, arguments.days) for name, make in rules.items()}
    for name, result in results.items():
        print(f"{name:34}", "  ".join(f"{what} {value:8.4g}" for what, value in result.items()))
    options.save(({"rule": name, **result} for name, result in results.items()), arguments.json)


if __name__ == "__main__":
    main()
