"""What is known of a site when it is judged, and which of it is sound.

What was odd while an alarm was open is no part of the history that comes after, for that measure and for all that the
alarm accounts for; nor is the time before somebody said that a change is here to stay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from collector.health.causes import Cause
from collector.health.measures import Hits, Measure, digest
from corpus.alarms import Alarm
from corpus.history import Stretch

#: How far back a site's history is looked at: eight weeks, so that each day of the week was seen eight times.
HISTORY_DAYS = 56
#: Measures among which a site's false alarms are shared out: those of `collector.health.measures`, kept out, silence.
_MEASURES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A feed, sitemap or front that the configuration or robots.txt names, as its last visits left it."""

    url: str
    #: feed, sitemap, section.
    kind: str
    #: Visits in its life that were answered.
    visits: int
    #: Visits in a row without anything to read, and since when (Unix seconds).
    failures: int
    failing_since: float | None
    #: The last visit (Unix seconds), and what was seen then.
    visited_at: float
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """An alarm that ought to be opened."""

    cause: Cause
    measure: str
    #: In [0, 1].
    share: float
    #: Unix seconds.
    since: float
    evidence: str
    #: URLs, where the suspicion is of certain ones.
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is known of a site."""

    #: In order of time, the latest last.
    history: Sequence[Stretch]
    #: All of the site, open and closed, that reach into the history.
    alarms: Sequence[Alarm]
    listings: Sequence[Listing]
    #: Unix seconds.
    now: float
    #: False alarms of the site that are allowed in a year.
    false_alarms: float

    @cached_property
    def _digests(self) -> dict[tuple[int, int], Mapping[str, int]]:
        return {(one.day, one.run_id): digest(one.counts) for one in self.history}

    def hits(self, measure: Measure, stretch: Stretch) -> Hits:
        """Return what a measure counts in a stretch of the history."""
        if measure.count is not None:
            return measure.count(stretch.counts)
        told = self._digests[stretch.day, stretch.run_id]
        return Hits(told.get(measure.name, 0), told.get(measure.among, 0))

    def past(self, cause: Cause, measure: str, *, before: float | None = None) -> list[Stretch]:
        """Return the stretches that show a measure as it is where nothing is wrong.

        Args:
            cause: What the measure is a sign of.
            measure: Its name.
            before: Unix seconds at which they end.
        """
        spells = [
            (alarm.since.timestamp(), alarm.closed_at.timestamp() if alarm.closed_at else self.now)
            for alarm in self._speaking_of(cause, measure)
        ]
        return [
            one
            for one in self.history
            if one.began_at >= self.accepted_at
            and (before is None or one.began_at < before)
            and not any(one.ended_at >= begin and one.began_at <= end for begin, end in spells)
        ]

    def news(self, cause: Cause, measure: str) -> list[Stretch]:
        """Return the runs, and days of runs, since an alarm last spoke of a measure, the latest first."""
        ends = [alarm.closed_at.timestamp() for alarm in self._speaking_of(cause, measure) if alarm.closed_at]
        start = max([*ends, self.accepted_at])
        return [one for one in reversed(self.history) if one.began_at > start]

    def _speaking_of(self, cause: Cause, measure: str) -> list[Alarm]:
        return [one for one in self.alarms if one.measure == measure or Cause(one.cause).accounts_for(cause)]

    @cached_property
    def accepted_at(self) -> float:
        """Since when the site is as it is, in Unix seconds: when somebody last said so."""
        return max(
            (alarm.closed_at.timestamp() for alarm in self.alarms if alarm.closed_at and alarm.closing == "accepted"),
            default=0.0,
        )

    def allowed(self, part: float = 1.0) -> float:
        """Return how many false alarms of one measure are allowed in a year."""
        return part * self.false_alarms / _MEASURES


def runs_a_year(history: Sequence[Stretch]) -> float:
    """Return how many runs a year a history amounts to."""
    if not history:
        return 365.0
    days = max(history[-1].day - history[0].day + 1, 1)
    return 365.0 * sum(one.runs for one in history) / days
