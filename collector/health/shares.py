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
from corpus.history import DAY_SECONDS, Stretch

#: Numbers of runs that are looked at together: the shorter notice a change at once, the longer a small one. Half of the
#: false alarms that are allowed belong to the shortest.
_WINDOWS = (2, 4, 8, 16, 32)
#: The encodings, languages and lengths that are a site's own are those of its history before its last runs.
_UNSETTLED_RUNS = 4
#: What fronts were like is asked of so many days: the sections of a young site are empty, and fill up.
_DAYS_OF_FRONTS = 14
#: Empty fronts are a sign where they are less probable than this by themselves …
_RARE = 0.02
#: … for an odd page that comes within so long a time.
_SIGN_SECONDS = 86_400.0

_Unit = tuple[Stretch, Hits]


def odd_shares(case: Case) -> Iterator[Suspicion]:
    """Yield what is out of bounds among the measures of which the latest run tells anything."""
    if not case.history:
        return
    latest = case.history[-1]
    own = own_measures(add_up(one.counts for one in _settled(case))) if latest.counts.get("articles") else []
    for measure in (*SHARES, *own):
        # Where fronts alone were read, they may confirm what the pages before them were like.
        if case.hits(measure, latest).pages or (measure.among is Group.PAGES and _is_empty(latest)):
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
        front = _empty_front(case, measure, units[0][0])
        suspicion = None if front is None else _out_of_bounds(case, measure, units[:1], front=front)
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


def _empty_front(case: Case, measure: Measure, page: Stretch) -> Stretch | None:
    """Return a run beside the last one that tells of pages, if all fronts that it read named nothing.

    Walls, error pages and redesigns strike fronts like articles: so this is as good as an odd article in that run, and
    as good as fronts of this site hardly ever are empty.

    Args:
        case: The site.
        measure: What is odd of the pages.
        page: The last run that tells of pages: the latest of all, or fronts alone were read since.
    """
    if measure.among is not Group.PAGES:
        return None
    news = case.news(measure.cause, measure.name)
    place = news.index(page)
    if place:
        fronts = [run for run in news[:place] if _fronts(run)]
        is_near = news[0].began_at - page.began_at <= _SIGN_SECONDS
        return news[0] if is_near and news[0] in fronts and all(map(_is_empty, fronts)) else None
    for run in news[1:]:
        if page.began_at - run.began_at > _SIGN_SECONDS or case.hits(measure, run).pages:
            return None
        if _fronts(run):
            return run if _is_empty(run) else None
    return None


def _is_empty(run: Stretch) -> bool:
    fronts = _fronts(run)
    return fronts is not None and fronts.odd == fronts.pages


def _fronts(stretch: Stretch) -> Hits | None:
    """Return how many fronts named nothing, of those that were read; None where none was."""
    read = stretch.counts.get("section/listed", 0)
    return Hits(stretch.counts.get("empty/section", 0), read) if read else None


def _chance_of(front: Stretch, past: Sequence[Stretch]) -> float:
    """Return how probable it is that so many fronts are empty, by those of the last weeks."""
    recent = [one for one in past if front.began_at - one.began_at < _DAYS_OF_FRONTS * DAY_SECONDS]
    seen = _fronts(front)
    assert seen is not None, "a run without fronts is no sign"
    return know_share([hits for one in recent if (hits := _fronts(one))]).tail(seen.odd, seen.pages)


def _out_of_bounds(
    case: Case, measure: Measure, window: Sequence[_Unit], *, front: Stretch | None = None
) -> Suspicion | None:
    """Return what is out of bounds in the latest runs; ``front``: an earlier one, whose fronts were all empty."""
    hits = Hits(sum(one.odd for _, one in window), sum(one.pages for _, one in window))
    odd_runs = [run for run, one in window if one.odd] + ([front] if front else [])
    begin = min(run.began_at for run in (window[-1][0], *odd_runs))
    past = case.past(measure.cause, measure.name, before=begin)
    known, before = _know(case, past, measure), [case.hits(measure, one) for one in past]
    if len(odd_runs) < 2 or hits.share <= known.mean or sum(one.pages for one in before) < measure.least_pages:
        return None
    part = 0.5 if len(window) <= _WINDOWS[0] else 0.5 / (len(_WINDOWS) - 1)
    bound = level(case.allowed(part), pages=known.pages, looks_a_year=runs_a_year(past))
    of_front = _chance_of(front, past) if front else 1.0
    if (front and of_front > _RARE) or of_front * known.tail(hits.odd, hits.pages) >= bound:
        return None
    told = (
        f"{hits.odd} of {hits.pages} {measure.among} {measure.odd}, in the last {max(len(window), len(odd_runs))} runs"
    )
    return Suspicion(
        cause=measure.cause,
        measure=measure.name,
        share=hits.share,
        since=min(run.began_at for run in odd_runs),
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
