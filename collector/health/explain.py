"""Says why a crawl of a site stored no new article."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from collector.health.measures import KEPT_OUT, visits_by_class
from corpus.alarms import Alarm
from corpus.history import Stretch

_LISTINGS = ("feed", "sitemap", "section")


def explain(stretches: Mapping[str, Stretch | None], alarms: Iterable[Alarm]) -> list[str]:
    """Return a line for each site of a crawl without a new article, nothing for those that have one.

    Args:
        stretches: What came of the crawl's visits to each of its sites; None where it made none.
        alarms: Open alarms of these sites.
    """
    lasting = list(alarms)
    return [
        f"{site}: {_why(stretch, [alarm for alarm in lasting if alarm.site == site])}"
        for site, stretch in stretches.items()
        if stretch is None or not stretch.counts.get("article/kept")
    ]


def _why(stretch: Stretch | None, alarms: Sequence[Alarm]) -> str:
    known = "".join(f" (alarm: {alarm.cause}, since {alarm.since:%Y-%m-%d %H:%M} UTC)" for alarm in alarms)
    if stretch is None or not stretch.counts:
        return f"nothing was due: all that is known was fetched, or waits for its time{known}"
    reasons = [*_kept_out(stretch.counts), *_not_kept(stretch.counts), *_nothing_named(stretch.counts)]
    return "; ".join(reasons) + known


def _kept_out(counts: Mapping[str, int]) -> list[str]:
    classes = visits_by_class(counts)
    return [f"{classes[name]} of {classes.total()} {words}" for name, (_, words) in KEPT_OUT.items() if classes[name]]


def _not_kept(counts: Mapping[str, int]) -> list[str]:
    """Say what became of the pages that came and are no new articles."""
    found: Counter[str] = Counter()
    for key, number in counts.items():
        outcome = key.removeprefix("article/")
        if (
            outcome != key
            and visits_by_class({key: 1})["answered"]
            and not outcome.startswith(("unchanged", "deferred"))
        ):
            found[outcome] += number
    if not found:
        return []
    told = ", ".join(f"{number} {outcome}" for outcome, number in found.most_common())
    return [f"{found.total()} pages are no new articles: {told}"]


def _nothing_named(counts: Mapping[str, int]) -> list[str]:
    """Say what feeds, sitemaps and fronts brought."""
    readings = {kind: counts.get(f"{kind}/listed", 0) + counts.get(f"{kind}/unchanged", 0) for kind in _LISTINGS}
    read = [f"{number} {kind}{'s' if number > 1 else ''}" for kind, number in readings.items() if number]
    if not read:
        return [] if any(key.startswith("article/") for key in counts) else ["no feed, sitemap or front could be read"]
    new = sum(number for key, number in counts.items() if key.startswith("new/"))
    if new:
        return []
    return [f"{', '.join(read)} read, which named nothing new"]
