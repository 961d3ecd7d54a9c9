"""What breaks on which made-up site, when, and which alarm names it: the plan of `benchmarks.month`."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from benchmarks.broken_pages import State
from benchmarks.revisit import DAY, HOUR
from collector.health.causes import Cause
from corpus.alarms import Alarm


class Break(StrEnum):
    """What breaks."""

    SCRIPT = "redesign, drawn by script"
    BARE = "redesign, author and date gone"
    DENIED = "403 wall"
    CONSENT = "consent page"
    PAYWALL = "paywall"
    GARBLED = "texts garbled"
    LEGACY = "changed charset"
    FEED = "dead feed"
    ROBOTS = "robots.txt turned to disallow"
    CERTIFICATE = "certificate expired"
    GONE = "server gone"
    DNS = "name gone"


#: The alarms that name it.
CAUSES = {
    Break.SCRIPT: Cause.REDESIGN,
    Break.BARE: Cause.REDESIGN,
    Break.DENIED: Cause.BLOCKED,
    Break.CONSENT: Cause.CONSENT_WALL,
    Break.PAYWALL: Cause.PAYWALL,
    Break.GARBLED: Cause.CHARSET,
    Break.LEGACY: Cause.CHARSET,
    Break.FEED: Cause.FEED_DEAD,
    Break.ROBOTS: Cause.ROBOTS,
    Break.CERTIFICATE: Cause.CERTIFICATE,
    Break.GONE: Cause.SERVER_GONE,
    Break.DNS: Cause.DNS,
}
#: What pages are like meanwhile, where it is the pages that break …
STATES = {
    Break.SCRIPT: State.SCRIPT,
    Break.BARE: State.BARE,
    Break.CONSENT: State.CONSENT,
    Break.PAYWALL: State.PAYWALL,
    Break.GARBLED: State.GARBLED,
    Break.LEGACY: State.LEGACY,
}
#: … and the error of a request, where the network does.
ERRORS = {
    Break.CERTIFICATE: ("tls", "certificate has expired"),
    Break.GONE: ("refused", "connection refused"),
    Break.DNS: ("dns", "no such host"),
}
#: Breakages that keep articles from everybody: what is published meanwhile is not counted as missed.
KEEP_OUT = frozenset(Break) - {Break.BARE, Break.GARBLED, Break.LEGACY, Break.FEED}

#: Articles a day of the smallest site that breaks.
LEAST_A_DAY = 5.0
#: A breakage lasts two days; a dead feed stays dead.
_LASTS = 2 * DAY


@dataclass(frozen=True, kw_only=True)
class Breakage:
    """What breaks on a site; seconds since the month began."""

    kind: Break
    begins: float
    ends: float

    def at(self, seconds: float) -> bool:
        """Tell whether it is broken at a time."""
        return self.begins <= seconds < self.ends


@dataclass(kw_only=True)
class Quirks:
    """What is odd about a sound site, and not to be called broken."""

    #: Shares of pages that are no articles, that name no author, that are not there.
    scraps: float = 0.0
    weekend_scraps: float = 0.0
    anonymous: float = 0.0
    missing: float = 0.0
    #: Share of requests that time out.
    lost: float = 0.0
    #: Begin and end of hiccups, in which nothing answers.
    hiccups: list[tuple[float, float]] = field(default_factory=list)

    def in_hiccup(self, seconds: float) -> bool:
        """Tell whether the server has one."""
        return any(begin <= seconds < end for begin, end in self.hiccups)


def make_quirks(rng: random.Random, days: int) -> Quirks:
    """Return a site's quirks: most have few, some many."""
    scraps = rng.choice([0.0, 0.0, 0.01, 0.04])
    return Quirks(
        scraps=scraps,
        weekend_scraps=scraps * rng.choice([1, 1, 4]),
        anonymous=rng.choice([0.0, 0.02, 0.3]),
        missing=rng.choice([0.0, 0.0, 0.005]),
        lost=rng.choice([0.0, 0.0, 0.003]),
        hiccups=[
            (at, at + rng.uniform(180, 840)) for at in (rng.uniform(0, days * DAY) for _ in range(rng.randint(0, 6)))
        ],
    )


def make_plan(rng: random.Random, articles_a_day: Sequence[float], days: int) -> list[Breakage | None]:
    """Return for each site what breaks: on half of them something, each kind as often, from the tenth day on.

    What breaks are sites of some articles a day: of one that publishes once in a while nothing can be said in two runs.
    """
    sites = len(articles_a_day)
    busy = [number for number, rate in enumerate(articles_a_day) if rate >= LEAST_A_DAY]
    broken = rng.sample(busy, min(sites // 2, len(busy)))
    first, last = min(10, days / 3) * DAY, (days - 4) * DAY
    found: list[Breakage | None] = [None] * sites
    for number, kind in zip(broken, list(Break) * sites, strict=False):
        found[number] = _breakage(kind, rng.uniform(first, max(first, last)), days)
    return found


def _breakage(kind: Break, begins: float, days: int) -> Breakage:
    begins -= begins % HOUR
    return Breakage(kind=kind, begins=begins, ends=days * DAY if kind is Break.FEED else begins + _LASTS)


@dataclass(frozen=True, kw_only=True)
class Noticed:
    """How a breakage was noticed."""

    site: str
    kind: Break
    #: The causes of the alarms that were opened while it lasted, in order.
    causes: tuple[str, ...]
    #: Of the site's runs, those that met with it until the first alarm, all until then, and the hours; None: no alarm.
    runs_met: int | None
    runs: int | None
    hours: float | None
    #: Whether the alarm was closed, and how many hours after the end; None where it has not ended.
    closed_after: float | None

    @property
    def right(self) -> bool:
        """Whether the first alarm names the cause."""
        return self.causes[:1] == (str(CAUSES[self.kind]),)


def notice(
    site: str, breakage: Breakage, alarms: Sequence[Alarm], met: Sequence[tuple[float, bool]], began: float
) -> Noticed:
    """Return how a breakage was noticed.

    Args:
        site: The site.
        breakage: What broke.
        alarms: The site's, in the order in which they were opened.
        met: Its runs since it broke: seconds since the month began, and whether the run met with it.
        began: When the month began, in Unix seconds.
    """
    during = [one for one in alarms if breakage.begins <= one.opened_at.timestamp() - began <= breakage.ends]
    first = during[0].opened_at.timestamp() - began if during else None
    closed = [one.closed_at.timestamp() - began - breakage.ends for one in during[:1] if one.closed_at]
    return Noticed(
        site=site,
        kind=breakage.kind,
        causes=tuple(one.cause for one in during),
        runs_met=None if first is None else sum(odd for at, odd in met if at <= first),
        runs=None if first is None else sum(at <= first for at, _ in met),
        hours=None if first is None else (first - breakage.begins) / HOUR,
        closed_after=closed[0] / HOUR if closed else None,
    )


def false_alarms(plan: Mapping[str, Breakage | None], alarms: Sequence[Alarm], began: float) -> list[Alarm]:
    """Return the alarms that were opened where nothing was broken."""

    def is_false(alarm: Alarm) -> bool:
        breakage = plan[alarm.site]
        at = alarm.opened_at.timestamp() - began
        return breakage is None or not breakage.begins <= at <= breakage.ends

    return [alarm for alarm in alarms if is_false(alarm)]
