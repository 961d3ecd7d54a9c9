"""Judges shares of pages and texts: is what the latest runs brought as it was before?

A run alone proves nothing: what is out of bounds must be so in two runs.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from collector.health.case import Case, Suspicion, runs_a_year
from collector.health.causes import Cause
from collector.health.chance import Share, know_share, level
from collector.health.measures import SHARES, Group, Hits, Measure, add_up, own_measures
from corpus.alarms import Alarm
from corpus.history import Stretch

#: Numbers of runs that are looked at together: the shorter notice a change at once, the longer a small one. Half of the
#: false alarms that are allowed belong to the shortest.
_WINDOWS = (2, 4, 8, 16, 32)
#: The encodings, languages and lengths that are a site's own are those of its history before its last runs.
_UNSETTLED_RUNS = 4
#: Share of a site's readings of fronts that may have named nothing where that is to be a sign.
_EMPTY = 0.02

_Unit = tuple[Stretch, Hits]


def odd_shares(case: Case) -> Iterator[Suspicion]:
    """Yield what is out of bounds among the measures of which the latest run tells anything."""
    if not case.history:
        return
    latest = case.history[-1]
    own = own_measures(add_up(one.counts for one in _settled(case))) if latest.counts.get("articles") else []
    for measure in (*SHARES, *own):
        if case.hits(measure, latest).pages:
            yield from _judge(case, measure)


def share_is_back(case: Case, alarm: Alarm) -> bool:
    """Tell whether the last two runs since an alarm was opened are nearer to the history than to the trouble."""
    past = case.past(Cause(alarm.cause), alarm.measure)
    measures = [*SHARES, *own_measures(add_up(one.counts for one in past))]
    measure = next((one for one in measures if one.name == alarm.measure), None)
    if measure is None:  # a history too short to draw it: there is nothing to go by
        return True
    began = alarm.opened_at.timestamp()
    units = [hits for one in case.history if one.began_at > began and (hits := case.hits(measure, one)).pages]
    middle = (_know(case, past, measure).mean + alarm.share) / 2
    return len(units) >= 2 and all(hits.share < middle for hits in units[-2:])


def _settled(case: Case) -> list[Stretch]:
    """Return the history without the last runs that brought texts: what they may have changed is not the site's own."""
    past = case.past(Cause.REDESIGN, "")
    latest = [one.began_at for one in past if one.counts.get("articles")][-_UNSETTLED_RUNS:]
    return [one for one in past if not latest or one.began_at < latest[0]]


def _judge(case: Case, measure: Measure) -> Iterator[Suspicion]:
    found = _units(case, measure)
    units = list(islice(found, 2))
    if not any(hits.odd for _, hits in units):
        return
    units += islice(found, _WINDOWS[-1] - 2)
    if sum(hits.odd > 0 for _, hits in units) < 2:
        front = _empty_front(case, measure)
        suspicion = None if front is None else _out_of_bounds(case, measure, units[:1], confirmed_by=front)
        if suspicion is not None:
            yield suspicion
        return
    for runs in _WINDOWS:
        if measure.least_runs <= runs <= len(units):
            suspicion = _out_of_bounds(case, measure, units[:runs])
            if suspicion is not None:
                yield suspicion
                return


def _units(case: Case, measure: Measure) -> Iterator[_Unit]:
    """Yield the runs that had any page to measure, the latest first, with what was counted."""
    for run in case.news(measure.cause, measure.name):
        hits = case.hits(measure, run)
        if hits.pages:
            yield run, hits


def _empty_front(case: Case, measure: Measure) -> Stretch | None:
    """Return the last run but one if it read fronts that all named nothing, as hardly any did before.

    Walls, error pages and redesigns strike fronts like articles: so this is as good as an odd article in that run.
    """
    runs = case.news(measure.cause, measure.name)[:2]
    if measure.among is not Group.PAGES or len(runs) < 2 or not _is_empty(runs[1]):
        return None
    past = [one for one in case.past(measure.cause, measure.name) if one.began_at < runs[1].began_at]
    empty = sum(one.counts.get("empty/section", 0) for one in past)
    return runs[1] if empty <= _EMPTY * sum(one.counts.get("section/listed", 0) for one in past) else None


def _is_empty(run: Stretch) -> bool:
    read = run.counts.get("section/listed", 0)
    return 0 < read == run.counts.get("empty/section", 0)


def _out_of_bounds(
    case: Case, measure: Measure, window: Sequence[_Unit], *, confirmed_by: Stretch | None = None
) -> Suspicion | None:
    hits = Hits(sum(one.odd for _, one in window), sum(one.pages for _, one in window))
    odd_runs = [run for run, one in window if one.odd] + ([confirmed_by] if confirmed_by else [])
    past = case.past(measure.cause, measure.name, before=window[-1][0].began_at)
    known, before = _know(case, past, measure), [case.hits(measure, one) for one in past]
    if len(odd_runs) < 2 or hits.share <= known.mean or sum(one.pages for one in before) < measure.least_pages:
        return None
    part = 0.5 if len(window) <= _WINDOWS[0] else 0.5 / (len(_WINDOWS) - 1)
    bound = level(case.allowed(part), pages=known.pages, looks_a_year=runs_a_year(past))
    if known.tail(hits.odd, hits.pages) >= bound:
        return None
    told = (
        f"{hits.odd} of {hits.pages} {measure.among} {measure.odd}, in the last {max(len(window), len(odd_runs))} runs"
    )
    return Suspicion(
        cause=measure.cause,
        measure=measure.name,
        share=hits.share,
        since=odd_runs[-1].began_at,
        evidence=f"{told}; {_before(before)}",
    )


def _know(case: Case, history: Sequence[Stretch], measure: Measure) -> Share:
    """Return what a history tells of a measure, day by day."""
    days: dict[int, Hits] = {}
    for one in history:
        hits, before = case.hits(measure, one), days.get(one.day, Hits(0, 0))
        days[one.day] = Hits(before.odd + hits.odd, before.pages + hits.pages)
    return know_share(list(days.values()))


def _before(past: Sequence[Hits]) -> str:
    odd, pages = sum(hits.odd for hits in past), sum(hits.pages for hits in past)
    return f"before, {odd:,} of {pages:,}" if pages else "before, nothing is known"
