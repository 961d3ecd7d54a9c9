"""Judges sites at the end of their crawls, and writes down which alarms are opened and closed."""

import logging
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from collector.config import Config
from collector.health.case import HISTORY_DAYS, Case, Listing
from collector.health.examples import find_examples
from collector.health.judge import recovered, suspect
from corpus.alarms import Alarm, close_alarm, open_alarm, read_alarms
from corpus.history import DAY_SECONDS, fold_days, read_history
from corpus.store import Store

logger = logging.getLogger(__name__)

#: Closed alarms that a site's history is read without.
_MOST_ALARMS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a look at sites' health has changed."""

    opened: tuple[Alarm, ...] = ()
    closed: tuple[Alarm, ...] = ()


def watch_sites(store: Store, config: Config, sites: Iterable[str], *, run_id: int, now: float) -> Changes:
    """Judge sites after a run; open and close alarms.

    Args:
        store: The corpus.
        config: The configuration in force.
        sites: Sites that the run worked on.
        run_id: The run.
        now: Unix seconds.

    Raises:
        StoreError: The database is locked, full, read-only or damaged; nothing was changed.
    """
    opened: list[Alarm] = []
    closed: list[Alarm] = []
    hooks = config.alarms.hooks()
    for site in sites:
        with store.transaction() as db:
            fold_days(db, site, now)
            case = _case(db, config, site, now)
            lasting = [alarm for alarm in case.alarms if alarm.closed_at is None]
            over = [alarm for alarm in lasting if recovered(case, alarm)]
            closed += [change for alarm in over if (change := close_alarm(db, alarm.id, now, hooks=hooks))]
            if over:
                case = _case(db, config, site, now)
            suspicion = suspect(case)
            if suspicion is None:
                continue
            change = open_alarm(
                db,
                site=site,
                cause=suspicion.cause,
                measure=suspicion.measure,
                share=suspicion.share,
                since=suspicion.since,
                now=now,
                run_id=run_id,
                evidence=suspicion.evidence,
                examples=suspicion.examples or find_examples(db, site, suspicion.measure, suspicion.since),
                hooks=hooks,
            )
            if change is not None:
                opened.append(change)
    for alarm in opened:
        logger.warning("%s: %s: %s; %s", alarm.site, alarm.cause, alarm.evidence, ", ".join(alarm.examples[:1]))
    for alarm in closed:
        logger.info("%s: %s is over", alarm.site, alarm.cause)
    return Changes(opened=tuple(opened), closed=tuple(closed))


def accept(store: Store, config: Config, site: str, now: float) -> tuple[Alarm, ...]:
    """Close a site's open alarms because this is how it is from now on; its history begins anew."""
    with store.transaction() as db:
        return tuple(
            change
            for alarm in read_alarms(db, site=site, only_open=True)
            if (change := close_alarm(db, alarm.id, now, closing="accepted", hooks=config.alarms.hooks()))
        )


def _case(db: sqlite3.Connection, config: Config, site: str, now: float) -> Case:
    alarms = read_alarms(db, site=site, most=_MOST_ALARMS)
    lasting = [alarm.since.timestamp() for alarm in alarms if alarm.closed_at is None]
    # While an alarm is open, the history is that of the weeks before it.
    since = min([now, *lasting]) - HISTORY_DAYS * DAY_SECONDS
    return Case(
        # What lies ahead was counted while the clock was wrong.
        history=[one for one in read_history(db, site, since=since) if one.began_at <= now],
        alarms=alarms,
        listings=_listings(db, site),
        now=now,
        false_alarms=config.alarms.false_alarms_a_year,
    )


def _listings(db: sqlite3.Connection, site: str) -> list[Listing]:
    rows = db.execute(
        """SELECT url, kind, visits, failures, failing_since, visited_at, evidence
           FROM url JOIN listing ON url_id = url.id
           WHERE site = ? AND kind IN ('feed', 'sitemap', 'section') AND outcome != 'removed/redirected'
               AND EXISTS (SELECT 1 FROM discovery WHERE url_id = url.id AND via IN ('seed', 'robots'))""",
        (site,),
    )
    return [Listing(**{**{name: row[name] for name in row.keys()}, "evidence": row["evidence"] or ""}) for row in rows]  # noqa: SIM118
