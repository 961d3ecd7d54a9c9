"""Whose turn it is: decided from timetable, history, budget and what is due, for one site at a time; pure.

A site's turn comes by its timetable. If nothing is likely to be new by then, it passes. Out of turn a site is crawled
when its last crawl was killed, stopped or ran out of time, and after a pause when it failed. Turns that nobody could
serve, because the daemon was down, the hours quiet or all places taken, are made up for by one crawl.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise

from collector.schedule.times import Timetable, midnight_after
from corpus.revisits import NextVisit
from corpus.schedules import SiteHistory

#: Pause after a failed crawl, in seconds, doubled with each further one, up to the second.
_FAILURE_SECONDS, _MOST_FAILURE_SECONDS = 300.0, 6 * 3600.0
#: Turns that are looked ahead for one in which something is due: two months of hourly ones.
_MOST_TURNS = 1500
#: What lies ahead by more than this was written while the clock was wrong.
_CLOCK_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What there is to know of a site besides its timetable."""

    #: None: it never had a turn.
    history: SiteHistory | None
    #: Says which crawl of it is alive, whoever started it; None if none is.
    running: str | None = None
    #: Tells what is asked again first, or waits already; None if nothing is known that could be asked. It is asked only
    #: where that matters, as it may take milliseconds.
    work: Callable[[], NextVisit | None] = field(default=lambda: None)
    #: Its budget for today is used up.
    spent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """When a site is crawled next, and why then."""

    site: str
    #: Unix seconds; ``now`` if at once; None if no crawl is foreseen.
    at: float | None
    reason: str
    #: Its turn has come, and there is nothing to do.
    passes: bool = False
    #: What comes due within so many seconds after the begin is nearer to this turn than to the next.
    ahead_seconds: float = 0.0
    #: When the site's last crawl began: who waits longest comes first.
    last_at: float = float("-inf")

    def is_ready(self, now: float) -> bool:
        """Tell whether a crawl may start."""
        return self.at is not None and self.at <= now and not self.passes


def next_turn(site: str, timetable: Timetable, known: Situation, now: float, *, foresee: bool = True) -> Turn:
    """Return a site's next turn.

    Args:
        site: Its name.
        timetable: When its turns come.
        known: What else there is to know.
        now: Unix seconds.
        foresee: Look ahead for the turn in which something will be due; else the next one is returned.
    """
    if known.running is not None:
        return Turn(site=site, at=None, reason=known.running)
    if timetable.when is None:
        return Turn(site=site, at=None, reason="never by itself")
    turn = _unfinished(site, timetable, known, now) or _regular(site, timetable, known, now, foresee=foresee)
    began = known.history.started_at if known.history else None
    if began is not None:
        turn = replace(turn, last_at=min(began, now))
    return _postponed(turn, timetable, known, now)


def _unfinished(site: str, timetable: Timetable, known: Situation, now: float) -> Turn | None:
    """Return the turn of a site whose last crawl did not end as it should."""
    history = known.history
    if history is None:
        return None
    ended_at = min(history.ended_at or now, now)
    ahead = _ahead(timetable, now)
    match history.state:
        case "running":  # by the table only: nobody works on it
            return Turn(site=site, at=now, reason="its last crawl was killed", ahead_seconds=ahead)
        case "interrupted":
            return Turn(site=site, at=now, reason="its last crawl was stopped", ahead_seconds=ahead)
        case "time-up" if (work := known.work()) is not None and work.at <= now:
            return Turn(site=site, at=now, reason="its last crawl ran out of time", ahead_seconds=ahead)
        case "failed":
            pause = min(_FAILURE_SECONDS * 2.0 ** (max(history.failures, 1) - 1), _MOST_FAILURE_SECONDS)
            reason = f"its last crawl failed: {history.note or 'no reason given'}"
            return Turn(site=site, at=max(now, ended_at + pause), reason=reason, ahead_seconds=ahead)
    return None


def _regular(site: str, timetable: Timetable, known: Situation, now: float, *, foresee: bool) -> Turn:
    served_at = known.history.served_at if known.history else None
    latest = timetable.latest(now)
    wrong_clock = served_at is not None and served_at > now + _CLOCK_SECONDS
    if served_at is None or wrong_clock or (latest is not None and latest > served_at):
        ahead, work = _ahead(timetable, now), known.work()
        if work is not None and work.at <= now + ahead:
            return Turn(site=site, at=now, reason=work.reason, ahead_seconds=ahead)
        return replace(_foreseen(site, timetable, work, now), passes=True)
    if foresee:
        return _foreseen(site, timetable, known.work(), now)
    return Turn(site=site, at=next(timetable.following(now), None), reason="its turn")


def _foreseen(site: str, timetable: Timetable, work: NextVisit | None, now: float) -> Turn:
    """Return the first turn after ``now`` that is nearer to what is due than the one after it."""
    if work is None:
        return Turn(site=site, at=None, reason="nothing is known that could be asked again")
    turn: float | None = None
    for turn, following in pairwise(islice(timetable.following(now), _MOST_TURNS)):
        ahead = (following - turn) / 2
        if work.at <= turn + ahead:
            return Turn(site=site, at=turn, reason=work.reason, ahead_seconds=ahead)
    return Turn(site=site, at=turn, reason="looked ahead no further")


def _ahead(timetable: Timetable, now: float) -> float:
    following = next(timetable.following(now), None)
    return 0.0 if following is None else (following - now) / 2


def _postponed(turn: Turn, timetable: Timetable, known: Situation, now: float) -> Turn:
    """Put a turn off until the budget and the quiet hours allow it."""
    at, reason = turn.at, turn.reason
    if at is None:
        return turn
    if known.spent and at < midnight_after(now):
        at, reason = midnight_after(now), f"today's requests are used up; {turn.reason}"
    if timetable.is_quiet(at):
        at, reason = timetable.quiet_ends(at), f"after quiet hours; {reason}"
    return replace(turn, at=at, reason=reason)


def in_order(turns: list[Turn], now: float) -> list[Turn]:
    """Return the turns that are ready, those first whose site has waited longest since its last crawl began.

    Whoever had a turn goes to the end, however much is left to do; so a site waits for no more than one crawl of each
    other one.
    """
    ready = [turn for turn in turns if turn.is_ready(now)]
    return sorted(ready, key=lambda turn: (turn.last_at, turn.at, turn.site))
