"""Whether this machine's clock can be believed, by what the corpus has seen: what goes by age must not go by mistake.

A clock that stands years ahead (a dead battery, a bad time server, a restored virtual machine) makes everything old at
once. The corpus' own runs are the witness: time that passed without one is doubted where it is longer than ever before.
"""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

_DAY_SECONDS = 86_400.0
#: A pause between two runs is doubted from so many days on, and where less is kept than that, from so many …
_DOUBTFUL_DAYS, _LEAST_DOUBTFUL_DAYS = 30.0, 2.0
#: … and where it is longer than any before it by this factor: some corpora are crawled once in a quarter.
_LONGER = 2.0
#: Runs that began later than this after now are from the future: clocks of two machines may differ by minutes.
_FUTURE_SECONDS = _DAY_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why the clock is doubted."""

    #: It may be ahead, and what is to be kept would go; else it is behind, or was ahead once, and too much is kept.
    ahead: bool
    message: str


def doubt_clock(db: sqlite3.Connection, now: float, kept_days: float) -> Doubt | None:
    """Return why the clock is doubted, None if it is not.

    Args:
        db: The database.
        now: Unix seconds, by the clock in question.
        kept_days: The shortest time after which something goes, in days.
    """
    return _ahead(db, now, kept_days) or _behind(db, now)


def _behind(db: sqlite3.Connection, now: float) -> Doubt | None:
    last = _one(db, "SELECT max(started_at) FROM run")
    if last is None or last <= now + _FUTURE_SECONDS:
        return None
    return Doubt(ahead=False, message=f"the clock says {_day(now)}, and a run began on {_day(last)}")


def _ahead(db: sqlite3.Connection, now: float, kept_days: float) -> Doubt | None:
    doubtful = min(_DOUBTFUL_DAYS, max(kept_days, _LEAST_DOUBTFUL_DAYS)) * _DAY_SECONDS
    before = _one(db, "SELECT max(started_at) FROM run WHERE started_at < ?", now - doubtful)
    if before is None:
        return None
    after = _one(db, "SELECT min(started_at) FROM run WHERE started_at BETWEEN ? AND ?", now - doubtful, now)
    after = now if after is None else after
    usual = _longest_pause(db, before)
    if after - before <= max(doubtful, _LONGER * usual):
        return None
    days, longest = (after - before) / _DAY_SECONDS, usual / _DAY_SECONDS
    return Doubt(
        ahead=True,
        message=f"the clock says {_day(now)}, and nothing was done here from {_day(before)} to {_day(after)}: "
        f"{days:,.0f} days, where {longest:,.0f} were the most between two runs before",
    )


def _longest_pause(db: sqlite3.Connection, until: float) -> float:
    """Return the longest time between two runs that began until then, in seconds."""
    return (
        _one(
            db,
            """SELECT max(pause) FROM (SELECT started_at - lag(started_at) OVER (ORDER BY started_at) AS pause
                                       FROM run WHERE started_at <= ?)""",
            until,
        )
        or 0.0
    )


def _one(db: sqlite3.Connection, query: str, *values: float) -> float | None:
    found: float | None = db.execute(query, values).fetchone()[0]
    return found


def _day(at: float) -> str:
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"
    except (OverflowError, ValueError, OSError):  # a clock may be that wrong
        return f"{at:.0f} s after 1970"
