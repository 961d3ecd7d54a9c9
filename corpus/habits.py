"""How often a listing (feed, sitemap, home or section page) has something new, and when to ask it again.

What a listing brings is taken for a Poisson process of unknown rate, watched at irregular times. Cho and Garcia-Molina
("Estimating Frequency of Change", ACM TOIT 3(3), 2003, section 5) estimate such a rate where a visit only tells whether
anything changed; ours also tell how many new URLs there were, so that the likelihood has its maximum at the plain
quotient of new URLs and time watched. As they advise for short histories, it is shrunk towards a prior; and since sites
change their habits, what is long ago weighs less.

The interval minimises what delay and requests cost together. A listing of rate ``r`` that is asked every ``i``
seconds costs ``1/i`` requests a second, and its URLs come ``i/2`` late on average, so ``r i/2`` seconds of delay in a
second. If a request is worth ``p`` seconds of delay, ``p/i + r i/2`` is least at ``i = sqrt(2 p / r)``. Asking in
proportion to the rate instead leaves small sites waiting for hours and spends the requests on large ones, which have
something new at any time (benchmarks/revisit.py).
"""

import math
from dataclasses import dataclass, replace
from typing import Self

#: After so many seconds a visit weighs a third (1/e): a week, so that all days of the week have their say.
MEMORY_SECONDS = 7 * 86_400.0
#: The prior: as if this many URLs had come in this many seconds. A listing of which nothing is known is asked again
#: after about an hour, and two visits tell more than this does.
_PRIOR_FOUND, _PRIOR_SECONDS = 0.5, 3600.0
#: Share of its entries that may be replaced before a feed is asked again: what rolls out of it unseen is lost.
_TURNOVER = 0.5
#: A listing that has long had nothing new, or nothing to read, is asked after this share of that time again: one that
#: comes back is noticed after so much of its absence, and a month of absence costs some 60 visits.
_ABSENCE_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisitRules:
    """What a request is worth, and the bounds."""

    #: How many seconds one article may come later for one request less.
    request_seconds: float = 900.0
    #: Least and most seconds between two visits to a listing that is alive.
    least_seconds: float = 300.0
    most_seconds: float = 86_400.0
    #: Most seconds between two visits to one that is dead, or has had nothing new for long.
    dead_seconds: float = 30 * 86_400.0
    #: Articles found longer ago are not asked for again.
    young_seconds: float = 3 * 86_400.0
    #: Least seconds between two visits to an article …
    pause_seconds: float = 6 * 3600.0
    #: … and the pause as a share of its age at the last visit; 1 doubles its age from visit to visit.
    spacing: float = 1.0

    def article_due(self, found_at: float, fetched_at: float) -> float | None:
        """Return when an article is asked for again, None if it will be too old then."""
        at = fetched_at + max(self.pause_seconds, self.spacing * (fetched_at - found_at))
        return at if at <= found_at + self.young_seconds else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What the visits to one listing have brought; columns of table ``listing``."""

    visited_at: float
    #: The first visit.
    begun_at: float = 0.0
    visits: int = 0
    fruitful: int = 0
    fruitful_at: float = 0.0
    found: float = 0.0
    watched: float = 0.0
    entries: int = 0
    failures: int = 0
    failing_since: float | None = None

    @classmethod
    def begin(cls, at: float, *, entries: int) -> Self:
        """Return the habit after the first reading, which says nothing yet of what comes in which time."""
        return cls(visited_at=at, begun_at=at, visits=1, fruitful_at=at, entries=entries)

    def read(self, at: float, *, new: int, entries: int | None = None) -> Self:
        """Return the habit after a visit that was answered.

        Args:
            at: Unix seconds.
            new: URLs that nothing had named before.
            entries: Articles that it names; None leaves it as it was (304).
        """
        gap = max(0.0, at - self.visited_at) if self.visits else 0.0
        fading = math.exp(-gap / MEMORY_SECONDS)
        counted = new if self.visits else 0
        return replace(
            self,
            visited_at=at,
            visits=self.visits + 1,
            fruitful=self.fruitful + (counted > 0),
            fruitful_at=at if new or not self.visits else self.fruitful_at,
            found=self.found * fading + counted,
            watched=self.watched * fading + gap,
            entries=self.entries if entries is None else entries,
            failures=0,
            failing_since=None,
        )

    def failed(self, at: float) -> Self:
        """Return the habit after a visit that gave nothing to read."""
        since = at if self.failing_since is None else self.failing_since
        return replace(self, visited_at=at, failures=self.failures + 1, failing_since=since)

    @property
    def rate(self) -> float:
        """New URLs a second, estimated; above 0.

        >>> round(Habit(visited_at=0, found=48, watched=86_400).rate * 3600, 2)
        1.94
        """
        return (self.found + _PRIOR_FOUND) / (self.watched + _PRIOR_SECONDS)

    def interval(self, rules: RevisitRules) -> float:
        """Return the seconds from the last visit to the next.

        >>> Habit(visited_at=0, found=48, watched=86_400).interval(RevisitRules()) / 60
        30.4...
        """
        absent = self._absent_seconds * _ABSENCE_SHARE
        if absent > rules.most_seconds:
            return min(absent, max(rules.dead_seconds, rules.most_seconds))
        alive = self._interval_alive(rules)
        return max(alive, absent) if self.failures else alive

    @property
    def _absent_seconds(self) -> float:
        """Seconds up to the last visit in which there was nothing to read, or nothing new."""
        since = self.fruitful_at if self.failing_since is None else self.failing_since
        return self.visited_at - since

    def _interval_alive(self, rules: RevisitRules) -> float:
        best = math.sqrt(2 * rules.request_seconds / self.rate)
        if self.entries:
            best = min(best, _TURNOVER * self.entries / self.rate)
        return min(max(best, rules.least_seconds), rules.most_seconds)

    def due_at(self, rules: RevisitRules) -> float:
        """Return when to ask again, in Unix seconds."""
        return self.visited_at + self.interval(rules)

    def reason(self, rules: RevisitRules) -> str:
        """Say in words why then."""
        retired = self._absent_seconds * _ABSENCE_SHARE > rules.most_seconds
        if self.failures:
            times = "visit" if self.failures == 1 else f"{self.failures} visits in a row"
            return f"nothing to read at the last {times}{', retired' if retired else ''}"
        if retired:
            return f"nothing new for {self._absent_seconds / 86_400:.0f} days, retired"
        if self.visits < 2:
            return "read once so far"
        return f"new at {self.fruitful} of {self.visits - 1} visits, lately {self.rate * 86_400:.3g} new URLs a day"
