"""Timetables: when a site's turn comes, by interval or cron expression, and when nothing may start.

All times are Unix seconds, so that intervals are not stretched by daylight-saving changes; wall-clock time enters only
where a cron expression or a quiet hour names it. Everything is a function of the time that is passed in.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import dropwhile, pairwise, takewhile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

_UNITS = {"minute": 60.0, "hour": 3600.0, "day": 86_400.0, "week": 7 * 86_400.0}
_EVERY = re.compile(r"every (?:(\d+(?:\.\d+)?) )?(minute|hour|day|week)s?")
_NAMED = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *"}
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_MINUTE = 60.0
#: How far back the last turn is looked for at first, and at the most: 29 February comes every eight years at times.
_FIRST_SPAN_SECONDS, _LONGEST_WAIT_SECONDS = 900.0, 9 * 366 * 86_400.0
#: Quiet hours that never end would be a site that is switched off: no day is quiet as a whole.
_LONGEST_QUIET_MINUTES = 2 * 24 * 60


@dataclass(frozen=True, slots=True)
class Every:
    """At even distances."""

    seconds: float

    def up_to(self, now: float, offset: float) -> Iterator[float]:
        """Yield times from ``now`` backwards; ``offset`` in [0, 1) keeps sites with one interval apart."""
        at = ((now / self.seconds - offset) // 1 + offset) * self.seconds
        while True:
            yield at
            at -= self.seconds

    def after(self, now: float, offset: float) -> Iterator[float]:
        """Yield times after ``now``."""
        at = next(self.up_to(now, offset))
        while True:
            at += self.seconds
            yield at


@dataclass(frozen=True, slots=True)
class Cron:
    """By a cron expression of five fields, as Debian's cron reads it.

    Where clocks are set forward, what falls into the hour that is left out comes right after it; where they are set
    back, what names an hour comes once, and ``*`` comes in both.
    """

    expression: str
    zone: ZoneInfo

    def up_to(self, now: float, offset: float) -> Iterator[float]:
        """Yield times from ``now`` backwards."""
        # Forwards through ever longer spans: going backwards, cronsim (2.8) leaves out the first pass of an hour that
        # comes twice when it starts in the second.
        end, span = now, _FIRST_SPAN_SECONDS
        while now - end < _LONGEST_WAIT_SECONDS:
            times = takewhile(lambda at, last=end: at <= last, self.after(end - span, offset))  # type: ignore[misc]
            yield from reversed(list(times))
            end, span = end - span, span * 8

    def after(self, now: float, offset: float) -> Iterator[float]:  # noqa: ARG002  # wall-clock times are kept
        """Yield times after ``now``."""
        times = (at.timestamp() for at in CronSim(self.expression, datetime.fromtimestamp(now // 1, self.zone)))
        # In the second pass of an hour that comes twice, what named it has come already.
        yield from dropwhile(lambda at: at <= now, times)


def parse_when(text: str, zone: ZoneInfo) -> Every | Cron | None:
    """Return when turns come; None for ``never``.

    Raises:
        ValueError: It is neither an interval nor a cron expression.

    >>> parse_when("every 15 minutes", ZoneInfo("UTC"))
    Every(seconds=900.0)
    """
    words = " ".join(text.lower().split())
    if words == "never":
        return None
    if match := _EVERY.fullmatch(words):
        seconds = float(match[1] or 1) * _UNITS[match[2]]
        if not _MINUTE <= seconds <= 366 * 86_400:
            raise ValueError(f"{text!r}: an interval lies between a minute and a year")
        return Every(seconds)
    expression = _NAMED.get(words, text)
    if len(expression.split()) == 5:
        try:
            next(CronSim(expression, datetime(2024, 1, 1, tzinfo=UTC)))
        except (CronSimError, StopIteration) as error:
            raise ValueError(f"{text!r} is no cron expression: {error or 'it never comes'}") from error
        return Cron(expression, zone)
    raise ValueError(
        f"{text!r} is no schedule; write 'every 15 minutes', a cron expression like '*/20 6-22 * * *', or 'never'"
    )


def parse_zone(name: str) -> ZoneInfo:
    """Return a time zone.

    Raises:
        ValueError: There is none of this name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write 'UTC' or one like 'Asia/Kolkata'") from error


def parse_hours(text: str) -> tuple[time, time]:
    """Return the ends of quiet hours; the first belongs to them, the last does not.

    Raises:
        ValueError: They are not written as ``22:00-06:00``, or are empty.
    """
    match = _HOURS.fullmatch(text.replace(" ", ""))
    if match is None:
        raise ValueError(f"{text!r} are no hours; write '22:00-06:00'")
    begin, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    if begin == end:
        raise ValueError(f"{text!r} begins when it ends; to switch a site off, set enabled = false")
    return begin, end


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When one site's turn comes."""

    #: None: never by itself.
    when: Every | Cron | None
    zone: ZoneInfo
    #: Turns come up to so many seconds late, but never later than half-way to the next.
    jitter_seconds: float = 0.0
    #: Wall-clock hours in which no crawl runs.
    quiet: tuple[tuple[time, time], ...] = ()
    #: What jitter and offset are drawn from: the site's name. The same turns after each restart, others for each site.
    seed: str = ""

    def latest(self, now: float) -> float | None:
        """Return the last turn that came by ``now``; None where none ever does."""
        if self.when is None:
            return None
        # The turn itself may lie ahead of its jitter, so that the one before it is the last.
        following = next(self.when.after(now, self._share("offset")))
        nominal = [following]
        for at in self.when.up_to(now, self._share("offset")):
            nominal.append(at)
            turn = self._late(at, nominal[-2])
            if turn <= now:
                return turn
            if len(nominal) > 3:
                break
        return None

    def following(self, now: float) -> Iterator[float]:
        """Yield the turns after ``now``."""
        if self.when is None:
            return
        before = next(self.when.up_to(now, self._share("offset")), None)
        if before is not None:
            turn = self._late(before, next(self.when.after(before, self._share("offset"))))
            if turn > now:
                yield turn
        for at, nxt in pairwise(self.when.after(now, self._share("offset"))):
            yield self._late(at, nxt)

    def _late(self, at: float, following: float) -> float:
        most = min(self.jitter_seconds, (following - at) / 2)
        return at + most * self._share(f"{at:.0f}")

    def _share(self, what: str) -> float:
        """Return a number in [0, 1) that is always the same for the same site and turn."""
        digest = hashlib.blake2b(f"{self.seed}\n{what}".encode(), digest_size=6).digest()
        return int.from_bytes(digest) / 2**48

    # -- quiet hours ----------------------------------------------------------------------------------------------

    def is_quiet(self, at: float) -> bool:
        """Tell whether no crawl may run at a time."""
        clock = datetime.fromtimestamp(at, self.zone).time()
        return any(begin <= clock < end if begin < end else clock >= begin or clock < end for begin, end in self.quiet)

    def quiet_ends(self, at: float) -> float:
        """Return the first time from ``at`` on at which a crawl may run."""
        return self._first(at, quiet=False) or at

    def quiet_begins(self, at: float) -> float | None:
        """Return the first time from ``at`` on at which no crawl may run; None if there is none."""
        return self._first(at, quiet=True) if self.quiet else None

    def _first(self, at: float, *, quiet: bool) -> float | None:
        # Minute by minute, since the hour that is left out or comes twice need not be reasoned about then: the clock
        # on the wall is asked. Two days are a few milliseconds.
        if self.is_quiet(at) == quiet:
            return at
        minute = at - at % _MINUTE
        for step in range(1, _LONGEST_QUIET_MINUTES):
            if self.is_quiet(minute + step * _MINUTE) == quiet:
                return minute + step * _MINUTE
        return None


def midnight_after(at: float) -> float:
    """Return the next midnight, UTC: when a new day's budget begins."""
    day = datetime.fromtimestamp(at, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (day + timedelta(days=1)).timestamp()
