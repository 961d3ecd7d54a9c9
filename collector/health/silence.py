"""Tells whether a site publishes nothing, or far less, for longer than its own rhythm explains."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import mean, median

from collector.health.chance import dispersion
from corpus.history import DAY_SECONDS, Stretch

_HOUR = 3600.0
#: The first days of a site bring what was published long before.
_BACKLOG_DAYS = 2
#: Days of history below which nothing is said …
_LEAST_DAYS = 5
#: … and a weekday that was not seen yet may have so small a share of the others' articles.
_UNSEEN_WEEKDAY = 0.1
#: A weekday's own share weighs like so many days of it against all days alike.
_WEEKDAY_PRIOR = 0.5
#: The prior of the dispersion: that of a site which publishes in batches, and as many days as it weighs.
_PRIOR_DISPERSION, _PRIOR_DAYS = 4.0, 14.0
#: Silence is shorter than this on no site that matters, and servers have bad hours.
_LEAST_SECONDS = 6 * _HOUR
#: Runs that found nothing, though the site answered.
_LEAST_RUNS = 3
#: Days that are over and are looked at together, and the share of what they led to expect below which they are scarce …
_SCARCE_DAYS, _SCARCE = 3, 1 / 3
#: … and as many, with as large a share, that are enough again.
_ENOUGH_DAYS, _ENOUGH = 2, 0.5
#: Expected articles are counted hour by hour so far back.
_MOST_HOURS = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A silence that the rhythm of a site does not explain."""

    #: Unix seconds.
    since: float
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What a site publishes, by day of the week and hour of the day."""

    #: Articles a day, from Monday on.
    weekdays: tuple[float, ...]
    #: Shares of the hours, UTC.
    hours: tuple[float, ...]
    #: Variance by mean of the days' numbers, at least 1.
    dispersion: float

    def expected(self, since: float, until: float) -> float:
        """Return how many articles a stretch of time leads to expect."""
        total, at = 0.0, since
        for _ in range(_MOST_HOURS):
            if at >= until:
                break
            end = min((at // _HOUR + 1) * _HOUR, until)
            moment = datetime.fromtimestamp(at, UTC)
            total += self.weekdays[moment.weekday()] * self.hours[moment.hour] * (end - at) / _HOUR
            at = end
        return total


def learn_rhythm(history: Sequence[Stretch]) -> Rhythm | None:
    """Return a site's rhythm, None where its history is too short."""
    if not history:
        return None
    found: Counter[int] = Counter()
    hours: Counter[int] = Counter()
    days = {one.day for one in history}
    first, last = min(days), max(days)
    for one in history:
        if first + _BACKLOG_DAYS <= one.day < last:  # the last day is not over
            found[one.day] += one.counts.get("article/kept", 0)
            hours.update({hour: one.counts.get(f"hour/{hour}", 0) for hour in range(24)})
    counted = {day: found[day] for day in days if first + _BACKLOG_DAYS <= day < last}
    if len(counted) < _LEAST_DAYS:
        return None
    # The median, which a day of thousands from a newly found sitemap does not move; of rare articles it is 0.
    usual = median(counted.values()) or mean(counted.values())
    if not usual:
        return None
    weekdays = tuple(usual * _weekday_share(counted, weekday, usual) for weekday in range(7))
    expected = [weekdays[_weekday(day)] for day in counted]
    total = hours.total()
    return Rhythm(
        weekdays=weekdays,
        hours=tuple((hours[hour] + 1 / 24) / (total + 1) for hour in range(24)),
        dispersion=(len(counted) * dispersion(list(counted.values()), expected) + _PRIOR_DAYS * _PRIOR_DISPERSION)
        / (len(counted) + _PRIOR_DAYS),
    )


def _weekday(day: int) -> int:
    return (day + 3) % 7  # 1970-01-01 was a Thursday


def _weekday_share(counted: dict[int, int], weekday: int, usual: float) -> float:
    own = [found for day, found in counted.items() if _weekday(day) == weekday]
    if not own:
        return _UNSEEN_WEEKDAY
    return (len(own) * median(own) / usual + _WEEKDAY_PRIOR) / (len(own) + _WEEKDAY_PRIOR)


def judge_silence(
    history: Sequence[Stretch], now: float, *, share_a_year: float, not_before: float = 0.0
) -> Silence | None:
    """Return the silence that a site has fallen into, None if its rhythm explains it.

    Args:
        history: Its stretches, without those in which something was broken.
        now: Unix seconds.
        share_a_year: False alarms that are allowed a year.
        not_before: Unix seconds at which something that kept us out was over: silence begins there at the earliest.
    """
    since, runs = _last_article(history)
    since = None if since is None else max(since, not_before)
    if since is None or now - since < _LEAST_SECONDS or runs < _LEAST_RUNS:
        return None
    rhythm = learn_rhythm(history)
    if rhythm is None:
        return None
    expected = rhythm.expected(since, now)
    # Each article begins a silence that might be called too long.
    bound = share_a_year / max(365.0, 365.0 * mean(rhythm.weekdays))
    if math.exp(-expected / rhythm.dispersion) >= bound:
        return None
    hours = (now - since) / _HOUR
    length = f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"
    return Silence(
        since=since, evidence=f"no new article for {length}, in which {expected:.0f} were to be expected; {runs} runs"
    )


def _last_article(history: Sequence[Stretch]) -> tuple[float | None, int]:
    """Return when the last run with a new article ended, and how many there were since."""
    runs = 0
    for one in reversed(history):
        if one.counts.get("article/kept", 0):
            end = one.ended_at if one.run_id else (one.day + 1) * DAY_SECONDS
            return end, runs
        runs += one.runs
    return None, runs


def judge_scarcity(
    history: Sequence[Stretch], now: float, *, share_a_year: float, not_before: float = 0.0
) -> Silence | None:
    """Return the scarcity of the last days that are over, None if the site's rhythm explains it.

    Args:
        history: Its stretches, without those in which something was broken.
        now: Unix seconds.
        share_a_year: False alarms that are allowed a year.
        not_before: Unix seconds at which something that kept us out was over.
    """
    today = int(now // DAY_SECONDS)
    first = today - _SCARCE_DAYS
    since = first * DAY_SECONDS
    if since < not_before or not set(range(first, today)) <= {one.day for one in history}:
        return None
    rhythm = learn_rhythm([one for one in history if one.day < first])
    if rhythm is None:
        return None
    found, expected = _kept(history, first, today), rhythm.expected(since, today * DAY_SECONDS)
    if found > _SCARCE * expected or _poisson(found, expected, rhythm.dispersion) >= share_a_year / 365:
        return None
    told = f"{found} new articles in the last {_SCARCE_DAYS} days, in which {expected:.0f} were to be expected"
    return Silence(since=since, evidence=told)


def is_enough(past: Sequence[Stretch], history: Sequence[Stretch], now: float, *, since: float) -> bool:
    """Tell whether a site that was scarce brings enough again.

    Args:
        past: Its stretches without those in which something was broken.
        history: All of them.
        now: Unix seconds.
        since: Unix seconds at which it was called scarce.
    """
    today = int(now // DAY_SECONDS)
    first = today - _ENOUGH_DAYS
    rhythm = learn_rhythm(past)
    if rhythm is None:
        return True
    expected = rhythm.expected(first * DAY_SECONDS, today * DAY_SECONDS)
    return first * DAY_SECONDS >= since - DAY_SECONDS and _kept(history, first, today) >= _ENOUGH * expected


def _kept(history: Sequence[Stretch], first: int, end: int) -> int:
    return sum(one.counts.get("article/kept", 0) for one in history if first <= one.day < end)


def _poisson(found: int, expected: float, dispersion: float) -> float:
    """Return the probability of so few, or fewer, where the variance is so many times the mean."""
    mean_of_batches, most = expected / dispersion, int(found / dispersion)
    return math.fsum(
        math.exp(-mean_of_batches + number * math.log(mean_of_batches) - math.lgamma(number + 1))
        for number in range(most + 1)
    )
