"""``collector schedule``."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from collector.cli.app import CorpusOption, JsonOption, app, print_json
from collector.cli.exits import Exit
from collector.cli.output import columns, moment, plain, show, when
from collector.cli.run import LOCK
from collector.config import Config, read_config
from collector.schedule.crawls import in_words
from collector.schedule.outlook import Outlook, Prospect
from corpus.folder import CorpusFolder
from corpus.holding import Holder, holder_of
from corpus.revisits import requests_today
from corpus.schedules import Schedules


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A site's place in the schedule; times in UTC."""

    site: str
    #: As the configuration writes it.
    schedule: str
    time_zone: str
    #: When it is crawled next, None if that is not foreseen.
    next_at: datetime | None
    #: Why then, or why not.
    reason: str
    #: running, finished, time-up, interrupted, failed; idle: it had turns without anything to do; None: no turn yet.
    state: str | None
    last_at: datetime | None
    ended_at: datetime | None
    run: int | None
    outcomes: Mapping[str, int]
    #: Crawls in a row that failed, and why the last did.
    failures: int
    note: str | None
    #: Requests that were sent today (UTC), and that may be sent on a day; 0: no limit.
    requests_today: int
    requests_per_day: int


@app.command(
    epilog="Examples:\n\n  collector schedule\n\n  collector schedule harbour-post --json | jq '.sites[].next_at'"
)
def schedule(
    sites: Annotated[list[str] | None, typer.Argument(metavar="[SITE]...", help="Sites; all by default.")] = None,
    corpus: CorpusOption = Path(),
    as_json: JsonOption = False,
) -> int:
    """Show when `collector run` crawls which site next and why, and what came of the last crawl."""
    folder = CorpusFolder(corpus)
    folder.check()
    config = read_config(folder.config)
    config.chosen(tuple(sites or ()))
    if not folder.database.is_file():  # initialised, never crawled
        Schedules(folder.database, busy_seconds=config.archive.busy_seconds).close()
    now = time.time()
    schedules = Schedules(folder.database, busy_seconds=config.archive.busy_seconds, read_only=True)
    try:
        prospects = Outlook(folder, schedules).sites(config, now)
        runs = [one.history.run_id for one in prospects.values() if one.history and one.history.run_id]
        counters = schedules.counters(runs)
        spent = requests_today(schedules.db, tuple(prospects), now)
    finally:
        schedules.close()
    wanted = {name: one for name, one in prospects.items() if not sites or name in sites}
    rows = sorted(_rows(wanted, config, counters, spent), key=lambda row: (row.next_at is None, row.next_at, row.site))
    holder = holder_of(folder, LOCK)
    if as_json:
        print_json({"daemon": holder, "sites": rows})
    else:
        _tell(rows, holder, datetime.fromtimestamp(now, UTC))
    return Exit.OK


def _rows(
    prospects: Mapping[str, Prospect],
    config: Config,
    counters: Mapping[int, Mapping[str, int]],
    spent: Mapping[str, int],
) -> Iterator[Row]:
    for name, one in prospects.items():
        site, history = config.sites[name], one.history
        yield Row(
            site=name,
            schedule=site.schedule or config.schedule.when,
            time_zone=site.time_zone or config.schedule.time_zone,
            next_at=_utc(one.turn.at),
            reason=one.turn.reason,
            state=history.state if history else None,
            last_at=_utc(history.started_at) if history else None,
            ended_at=_utc(history.ended_at) if history else None,
            run=history.run_id if history else None,
            outcomes=counters.get(history.run_id or 0, {}) if history else {},
            failures=history.failures if history else 0,
            note=history.note if history else None,
            requests_today=spent.get(name, 0),
            requests_per_day=site.requests_per_day,
        )


def _tell(rows: list[Row], holder: Holder | None, now: datetime) -> None:
    table = columns("site", "schedule", "next", "because", "last crawl", "result")
    for row in rows:
        next_at = "–" if row.next_at is None else "now" if row.next_at <= now else when(row.next_at, now)
        table.add_row(
            Text(row.site),
            Text(row.schedule),
            Text(next_at),
            Text(plain(row.reason)),
            Text("never" if row.last_at is None else moment(row.last_at)),
            Text(_result(row)),
        )
    show(table, "")
    if holder is None:
        show(Text("no daemon is running on this corpus; start it with `collector run`", style="yellow"))
    else:
        show(Text(f"served by {holder}"))


def _result(row: Row) -> str:
    if row.last_at is None:
        return ""
    if row.state == "failed":
        return f"failed {row.failures} in a row: {plain(row.note)}"
    told = in_words(row.outcomes) if row.outcomes else ""
    return f"{row.state}, {told}" if told else row.state or ""


def _utc(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
