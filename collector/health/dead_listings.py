"""Judges whether a feed, sitemap or front is dead while its site is alive."""

import re
from collections.abc import Iterable, Iterator

from collector.health.case import Case, Listing, Suspicion, runs_a_year
from collector.health.causes import Cause
from collector.health.chance import Share, know_share, level
from corpus.alarms import Alarm
from corpus.history import Stretch

#: Visits in a row without an answer, of a listing that had been read before.
_DEAD_VISITS, _READ_BEFORE = 2, 3
#: As many where nothing else on the site was asked meanwhile.
_DEAD_ALONE = 4
#: Answers that concern one URL and no other.
_OF_URL = ("HTTP 404", "HTTP 410")
#: What such an answer, and what any failure, has in common with those of the past.
_OUTCOMES = {True: re.compile("/removed/"), False: re.compile("/(?:removed|failed)/")}
#: A listing that failed with its whole site is asked again by and by, in seconds.
_GRACE_SECONDS = 86_400.0


def dead_listings(case: Case) -> Iterator[Suspicion]:
    """Yield that listings are dead, all in one."""
    past = [one for one in case.history if one.began_at >= case.accepted_at]
    looks = runs_a_year(past)
    dead = []
    for one in case.listings:
        if one.failures < _DEAD_VISITS or one.visits < _READ_BEFORE or one.failing_since is None:
            continue
        if _is_excused(case, one, one.failing_since):
            continue
        known = _failing_share(past, one)
        bound = level(case.allowed(), pages=known.pages, looks_a_year=looks)
        if known.tail(one.failures, one.failures) < bound and (
            one.failures >= _DEAD_ALONE or _is_told_of(one) or _answers_otherwise(past, one.failing_since)
        ):
            dead.append((one.failing_since, one))
    if dead:
        told = "; ".join(f"{one.url}: {one.evidence}, {one.failures} visits in a row" for _, one in dead)
        yield Suspicion(
            cause=Cause.FEED_DEAD,
            measure="listings",
            share=1.0,
            since=min(since for since, _ in dead),
            evidence=told,
            examples=tuple(one.url for _, one in dead),
        )


def _is_excused(case: Case, listing: Listing, since: float) -> bool:
    """Tell whether a listing failed with its whole site, and was not given the time to come back since."""
    return any(
        alarm.closed_at is not None
        and since <= alarm.closed_at.timestamp()
        and listing.visited_at <= alarm.closed_at.timestamp() + _GRACE_SECONDS
        for alarm in case.alarms
        if alarm.cause != Cause.FEED_DEAD and Cause(alarm.cause).accounts_for(Cause.FEED_DEAD)
    )


def _is_told_of(listing: Listing) -> bool:
    """Tell whether what was seen concerns this URL, whatever the rest of the site does."""
    return listing.evidence.startswith(_OF_URL)


def _failing_share(past: Iterable[Stretch], listing: Listing) -> Share:
    """Return how often listings of a kind have failed before this one did."""
    days = []
    since = listing.failing_since or 0.0
    for one in past:
        if one.ended_at < since:
            visits = {key: number for key, number in one.counts.items() if key.startswith(f"{listing.kind}/")}
            final = {key: number for key, number in visits.items() if "/deferred/" not in key}
            failed = sum(number for key, number in final.items() if _OUTCOMES[_is_told_of(listing)].search(key))
            days.append((failed, sum(final.values())))
    return know_share(days)


def _answers_otherwise(past: Iterable[Stretch], since: float) -> bool:
    """Tell whether the site answered, and as a site does, since a listing failed."""
    return any(
        number and (key.endswith(("/listed", "/unchanged")) or key.startswith("article/kept"))
        for one in past
        if one.ended_at >= since
        for key, number in one.counts.items()
    )


def are_alive(case: Case, alarm: Alarm) -> bool:
    """Tell whether none of the listings that an alarm is about fails any longer."""
    return not {one.url for one in case.listings if one.failures} & set(alarm.examples)
