"""Alarms as rows: opened once, open while it lasts, closed; and who was told of them.

Why one is opened or closed is decided in `collector.health`.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from corpus.articles import utc

#: How long a process that delivers a notice has it for itself, in seconds: longer than any hook may take.
_CLAIM_SECONDS = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that broke on a site."""

    id: int
    site: str
    #: What it probably is: a value of `collector.health.causes.Cause`.
    cause: str
    #: Which measure is out of its bounds, and what it was, in [0, 1].
    measure: str
    share: float
    #: When the first run that shows it began, when it was noticed, and after which run.
    since: datetime
    opened_at: datetime
    run_id: int
    #: What was seen, in numbers.
    evidence: str
    #: URLs.
    examples: tuple[str, ...]
    #: None while it is open.
    closed_at: datetime | None = None
    #: recovered; accepted: somebody said that this is how it is from now on.
    closing: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Somebody is to be told that an alarm was opened or closed."""

    alarm: Alarm
    #: opened, closed.
    event: str
    #: command, webhook, email.
    hook: str
    #: Attempts so far.
    attempts: int


def read_alarms(
    db: sqlite3.Connection, *, site: str | None = None, only_open: bool = False, most: int = -1
) -> list[Alarm]:
    """Return alarms, the last opened first."""
    rows = db.execute(
        """SELECT * FROM alarm WHERE (:site IS NULL OR site = :site) AND (closed_at IS NULL OR NOT :open)
           ORDER BY opened_at DESC, id DESC LIMIT :most""",
        {"site": site, "open": only_open, "most": most},
    )
    return [_alarm(row) for row in rows]


def open_alarm(
    db: sqlite3.Connection,
    *,
    site: str,
    cause: str,
    measure: str,
    share: float,
    since: float,
    now: float,
    run_id: int,
    evidence: str,
    examples: Sequence[str],
    hooks: Iterable[str] = (),
) -> Alarm | None:
    """Open an alarm and note whom to tell, inside the caller's transaction; None if this one is open already."""
    row = db.execute(
        """INSERT INTO alarm (site, cause, measure, share, since, opened_at, run_id, evidence, examples)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING *""",
        (site, cause, measure, share, since, now, run_id, evidence, json.dumps(list(examples))),
    ).fetchone()
    if row is None:
        return None
    _note(db, row["id"], "opened", hooks)
    return _alarm(row)


def close_alarm(
    db: sqlite3.Connection, alarm_id: int, now: float, *, closing: str = "recovered", hooks: Iterable[str] = ()
) -> Alarm | None:
    """Close an alarm and note whom to tell, inside the caller's transaction; None if it is not open."""
    row = db.execute(
        "UPDATE alarm SET closed_at = ?, closing = ? WHERE id = ? AND closed_at IS NULL RETURNING *",
        (now, closing, alarm_id),
    ).fetchone()
    if row is None:
        return None
    _note(db, alarm_id, "closed", hooks)
    return _alarm(row)


def _note(db: sqlite3.Connection, alarm_id: int, event: str, hooks: Iterable[str]) -> None:
    db.executemany(
        "INSERT OR IGNORE INTO notice (alarm_id, event, hook) VALUES (?, ?, ?)",
        [(alarm_id, event, hook) for hook in hooks],
    )


def claim_notices(db: sqlite3.Connection, hooks: Iterable[str], now: float) -> list[Notice]:
    """Return what is to be delivered by some hooks, in order; no other process gets the same until it is settled."""
    rows = db.execute(
        """UPDATE notice SET claimed_until = :until, attempts = attempts + 1
           WHERE delivered_at IS NULL AND (claimed_until <= :now OR claimed_until > :far)
               AND hook IN (SELECT value FROM json_each(:hooks)) RETURNING *""",
        {
            "until": now + _CLAIM_SECONDS,
            "now": now,
            "far": now + 2 * _CLAIM_SECONDS,  # claimed while the clock was wrong
            "hooks": json.dumps(list(hooks)),
        },
    ).fetchall()
    found = []
    for row in sorted(rows, key=lambda row: (row["alarm_id"], row["event"] == "closed", row["hook"])):
        alarm = db.execute("SELECT * FROM alarm WHERE id = ?", (row["alarm_id"],)).fetchone()
        found.append(Notice(alarm=_alarm(alarm), event=row["event"], hook=row["hook"], attempts=row["attempts"] - 1))
    return found


def settle_notice(db: sqlite3.Connection, notice: Notice, now: float, *, error: str | None = None) -> None:
    """Note that a notice was delivered, or why not."""
    db.execute(
        """UPDATE notice SET claimed_until = 0, error = :error,
               delivered_at = CASE WHEN :error IS NULL THEN :now END
           WHERE alarm_id = :alarm AND event = :event AND hook = :hook""",
        {"error": error, "now": now, "alarm": notice.alarm.id, "event": notice.event, "hook": notice.hook},
    )


def count_waiting(db: sqlite3.Connection) -> int:
    """Return how many notices were not delivered yet."""
    return int(db.execute("SELECT count(*) FROM notice WHERE delivered_at IS NULL").fetchone()[0])


def _alarm(row: sqlite3.Row) -> Alarm:
    return Alarm(
        id=row["id"],
        site=row["site"],
        cause=row["cause"],
        measure=row["measure"],
        share=row["share"],
        since=utc(row["since"]),
        opened_at=utc(row["opened_at"]),
        run_id=row["run_id"],
        evidence=row["evidence"],
        examples=tuple(json.loads(row["examples"])),
        closed_at=None if row["closed_at"] is None else utc(row["closed_at"]),
        closing=row["closing"],
    )
