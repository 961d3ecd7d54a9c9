"""Judges whether anything can be fetched at all: names, certificates, servers, walls, robots.txt.

Pages that are asked for within minutes share their fate, so that a run counts as one, and what counts is how often the
site failed in just this way: a server that sometimes answers too late has not refused a connection before. The
exception is robots.txt: it is a statement, and each page that it forbids is one more.
"""

from collections.abc import Collection, Iterator, Sequence

from collector.health.case import Case, Suspicion, runs_a_year
from collector.health.causes import Cause
from collector.health.chance import know_share, level
from collector.health.measures import KEPT_OUT, OF_HOST, Hits, visits_by_class, visits_by_outcome
from corpus.alarms import Alarm
from corpus.history import Stretch

#: A run in which so large a share of the visits was kept out brought nothing …
_KEPT_OUT = 0.8
#: … and is back to normal below this.
_LET_IN = 0.5


def kept_out(case: Case) -> Iterator[Suspicion]:
    """Yield what the latest runs were kept out by."""
    for name, (cause, words) in KEPT_OUT.items():
        measure = f"kept-out/{name}"
        spell: list[tuple[Stretch, Hits]] = []
        for run in case.news(cause, measure):
            classes = visits_by_class(run.counts)
            if not classes:
                continue
            hits = Hits(classes[name], classes.total())
            if hits.share < _KEPT_OUT:
                break
            spell.append((run, hits))
        if spell and _is_proved(case, name, cause, spell):
            hits = Hits(sum(one.odd for _, one in spell), sum(one.pages for _, one in spell))
            runs = "run" if len(spell) == 1 else f"{len(spell)} runs"
            yield Suspicion(
                cause=cause,
                measure=measure,
                share=hits.share,
                since=spell[-1][0].began_at,
                evidence=f"{hits.odd} of {hits.pages} {words}, in the last {runs}",
            )


def _is_proved(case: Case, name: str, cause: Cause, spell: Sequence[tuple[Stretch, Hits]]) -> bool:
    since = spell[-1][0].began_at
    past = case.past(cause, f"kept-out/{name}", before=since)
    of_all = case.allowed()
    if name == "robots":  # a statement: each page that it forbids counts, and one run is enough
        pages = sum(hits.pages for _, hits in spell)
        known = know_share([_visits(one, name) for one in past])
        return _forbids_listings(spell) and known.tail(pages, pages) < level(
            of_all, pages=known.pages, looks_a_year=1.0
        )
    if len(spell) < 2 or (name not in OF_HOST and not _several_urls(case, spell, since)):
        return False
    told = {what for run, _ in spell for kind, what in visits_by_outcome(run.counts) if kind == name}
    known = know_share([_runs(one, name, told) for one in past])
    bound = level(of_all, pages=known.pages, looks_a_year=runs_a_year(past))
    return known.tail(len(spell), len(spell)) < bound


def _forbids_listings(spell: Sequence[tuple[Stretch, Hits]]) -> bool:
    return any(f"{kind}/removed/robots" in run.counts for run, _ in spell for kind in ("feed", "section", "sitemap"))


def _visits(stretch: Stretch, name: str) -> tuple[int, int]:
    classes = visits_by_class(stretch.counts)
    return classes[name], classes.total()


def _runs(stretch: Stretch, name: str, told: Collection[str]) -> tuple[int, int]:
    """Return how many runs of a stretch were kept out in one of some ways, of how many; of a day the visits tell."""
    found = visits_by_outcome(stretch.counts)
    odd, visits = sum(found[name, what] for what in told), found.total()
    return (round(stretch.runs * odd / visits), stretch.runs) if visits else (0, 0)


def _several_urls(case: Case, spell: Sequence[tuple[Stretch, Hits]], since: float) -> bool:
    """Tell whether it concerns more than one listing, which may be dead by itself."""
    articles = sum(
        number for run, _ in spell for key, number in run.counts.items() if key.startswith("article/") and number
    )
    failing = sum(one.failing_since is not None and one.failing_since >= since for one in case.listings)
    return bool(articles) or failing >= 2


def is_let_in(case: Case, alarm: Alarm) -> bool:
    """Tell whether the last two runs since an alarm was opened were let in."""
    name, began = alarm.measure.partition("/")[2], alarm.opened_at.timestamp()
    runs = [found for one in case.history if one.began_at > began and (found := visits_by_class(one.counts))]
    return len(runs) >= 2 and all(found[name] < _LET_IN * found.total() for found in runs[-2:])
