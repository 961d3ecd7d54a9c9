"""Judges a site's latest runs by its own history: which alarm is to be opened, which are to be closed.

Pure: everything it needs comes in. Of all that is out of bounds the cause that accounts for the others is named, and
only that.
"""

from collections.abc import Iterator

from collector.health.case import Case, Suspicion
from collector.health.causes import Cause, rank
from collector.health.dead_listings import are_alive, dead_listings
from collector.health.kept_out import is_let_in, kept_out
from collector.health.shares import odd_shares, share_is_back
from collector.health.silence import is_enough, judge_scarcity, judge_silence
from corpus.alarms import Alarm


def suspect(case: Case) -> Suspicion | None:
    """Return the alarm that ought to be opened, None if there is none, or an open one accounts for it."""
    lasting = [Cause(alarm.cause) for alarm in case.alarms if alarm.closed_at is None]
    found = [
        one
        for one in (*kept_out(case), *odd_shares(case), *dead_listings(case), *_silence(case), *_scarcity(case))
        if not any(cause.accounts_for(one.cause) for cause in lasting)
    ]
    return min(found, key=lambda one: (rank(one.cause), -one.share), default=None)


def recovered(case: Case, alarm: Alarm) -> bool:
    """Tell whether what an open alarm is about has gone by."""
    kind = alarm.measure.partition("/")[0]
    if kind == "listings":
        return are_alive(case, alarm)
    if kind == "silence":
        return any(
            one.began_at > alarm.opened_at.timestamp() and one.counts.get("article/kept") for one in case.history
        )
    if kind == "scarcity":
        past = case.past(Cause.FEWER_ARTICLES, "scarcity")
        return is_enough(past, case.history, case.now, since=alarm.opened_at.timestamp())
    return is_let_in(case, alarm) if kind == "kept-out" else share_is_back(case, alarm)


def _silence(case: Case) -> Iterator[Suspicion]:
    found = judge_silence(
        case.past(Cause.NOTHING_PUBLISHED, "silence"),
        case.now,
        share_a_year=case.allowed(),
        not_before=_last_end(case),
    )
    if found is not None:
        yield Suspicion(
            cause=Cause.NOTHING_PUBLISHED, measure="silence", share=1.0, since=found.since, evidence=found.evidence
        )


def _scarcity(case: Case) -> Iterator[Suspicion]:
    """Yield that the last days brought little, once a day: at its first run."""
    if len(case.history) < 2 or case.history[-2].day == case.history[-1].day:
        return
    found = judge_scarcity(
        case.past(Cause.FEWER_ARTICLES, "scarcity"),
        case.now,
        share_a_year=case.allowed(),
        not_before=_last_end(case),
    )
    if found is not None:
        yield Suspicion(
            cause=Cause.FEWER_ARTICLES, measure="scarcity", share=1.0, since=found.since, evidence=found.evidence
        )


def _last_end(case: Case) -> float:
    """Return when the last alarm was closed, in Unix seconds; 0 if none was."""
    return max((alarm.closed_at.timestamp() for alarm in case.alarms if alarm.closed_at), default=0.0)
