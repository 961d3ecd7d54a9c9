"""What is measured of a site: shares of its pages, of its texts, and of its runs.

A measure reads the counts of a stretch (`corpus.history`) and returns how many pages are odd in its way, of how many.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from collector.health.causes import Cause
from corpus.history import BINS_A_DOUBLING, REFUSALS
from corpus.types import Reason


class Hits(NamedTuple):
    """Odd pages, of all pages."""

    odd: int
    pages: int

    @property
    def share(self) -> float:
        """The share of odd pages, 0 where there are none."""
        return self.odd / self.pages if self.pages else 0.0


Counts = Mapping[str, int]


class Group(StrEnum):
    """What odd pages are counted among."""

    #: Articles' pages, asked for the first time or again, and judged by what stands in them.
    PAGES = "articles' pages"
    #: The same, and those that the server refuses.
    ANSWERS = "articles asked for"
    #: Texts of articles, new or changed.
    TEXTS = "texts"
    FEEDS = "readings of feeds"
    SECTIONS = "readings of section pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure, and what its being out of bounds means."""

    name: str
    cause: Cause
    #: What an odd page is, in words that follow a number.
    odd: str
    among: Group
    #: Counts that begin so are of odd pages.
    prefixes: tuple[str, ...] = ()
    #: Counts the odd pages, and all, where prefixes do not tell.
    count: Callable[[Counts], Hits] | None = None
    #: Runs that it takes, and pages of history: more where the measure alone does not tell the cause.
    least_runs: int = 2
    least_pages: int = 0


# -- measures that mean the same on every site ------------------------------------------------------------------------

_DENIED = tuple(map(str, sorted(REFUSALS)))
#: What says nothing about the page: refused unfetched, sent elsewhere, or the network's trouble.
_CONTENT_REASONS = frozenset(Reason) - {
    Reason.ROBOTS,
    Reason.REDIRECTED,
    Reason.TRAP,
    Reason.LIMIT,
    Reason.TOO_LARGE,
    Reason.FORGOTTEN,
}
_CONTENT_ERRORS = ("extraction", "decode", "cleaner-")


def _page(name: str, cause: Cause, odd: str, *outcomes: str) -> Measure:
    prefixes = tuple(f"article/{outcome}" for outcome in outcomes)
    return Measure(name=name, cause=cause, odd=odd, among=Group.PAGES, prefixes=prefixes)


def _text(name: str, cause: Cause, odd: str, key: str, *, least_pages: int = 0) -> Measure:
    return Measure(name=name, cause=cause, odd=odd, among=Group.TEXTS, prefixes=(key,), least_pages=least_pages)


#: Many sites leave a field empty now and then: texts of history that it takes to say that one does not.
_WITHOUT_FIELDS = 30


#: Shares that mean the same on every site.
SHARES: tuple[Measure, ...] = (
    Measure(
        name="denied",
        cause=Cause.BLOCKED,
        odd="were refused by the server",
        among=Group.ANSWERS,
        prefixes=tuple(f"article/{kind}/http-{status}" for status in _DENIED for kind in ("removed", "failed")),
    ),
    _page("consent-wall", Cause.CONSENT_WALL, "are consent walls, bot checks or logins", "removed/consent-wall"),
    _page("stub", Cause.PAYWALL, "hold no more than a beginning", "removed/stub"),
    _text("paywalled", Cause.PAYWALL, "say that they are not for free", "paywalled"),
    _page("opt-out", Cause.OPT_OUT, "must not be kept", "removed/noindex", "removed/opt-out"),
    _page("gone", Cause.MOVED, "are not there", "removed/http-404", "removed/http-410", "removed/error-page"),
    _page("offsite", Cause.MOVED, "lead away from the site", "removed/offsite", "removed/redirect-loop"),
    _page("repeated", Cause.ONE_PAGE, "have the text of another URL", "duplicate/text", "duplicate/payload"),
    _text("garbled", Cause.CHARSET, "were read in a wrong encoding", "garbled"),
    _page(
        "no-text",
        Cause.REDESIGN,
        "hold no text of an article",
        *("removed/no-text", "removed/too-short", "removed/section-front", "removed/not-html"),
        *("failed/extraction", "failed/decode", "failed/cleaner-"),
    ),
    _text("no-origin", Cause.REDESIGN, "name neither author nor date", "lacks/origin", least_pages=_WITHOUT_FIELDS),
    _text("no-title", Cause.REDESIGN, "have no title", "lacks/title", least_pages=_WITHOUT_FIELDS),
    _text("no-author", Cause.REDESIGN, "name no author", "lacks/authors", least_pages=_WITHOUT_FIELDS),
    _text("no-date", Cause.REDESIGN, "have no date", "lacks/published", least_pages=_WITHOUT_FIELDS),
    _page("language-unwanted", Cause.LANGUAGE, "are in a language that is not asked for", "removed/language"),
    Measure(
        name="empty-feed",
        cause=Cause.FEED_DEAD,
        odd="named nothing",
        among=Group.FEEDS,
        prefixes=("empty/feed",),
        least_runs=4,
        least_pages=30,
    ),
    Measure(
        name="empty-section",
        cause=Cause.REDESIGN,
        odd="named nothing",
        among=Group.SECTIONS,
        prefixes=("empty/section",),
        least_runs=8,
        least_pages=30,
    ),
)


@cache
def _told_by(key: str) -> tuple[str, ...]:
    """Return the groups and measures that a count of this key belongs to."""
    groups = {"articles": Group.TEXTS, "feed/listed": Group.FEEDS, "section/listed": Group.SECTIONS}
    found = [str(groups[key])] if key in groups else []
    outcome = key.removeprefix("article/")
    if outcome != key and _is_content(outcome):
        found += [Group.PAGES, Group.ANSWERS]
    elif outcome != key and outcome.partition("/http-")[2] in _DENIED and not outcome.startswith("deferred"):
        found.append(Group.ANSWERS)
    return (*found, *(measure.name for measure in SHARES if key.startswith(measure.prefixes)))


def _is_content(outcome: str) -> bool:
    kind, _, what = outcome.partition("/")
    if kind == "removed":
        return what in _CONTENT_REASONS or (what.startswith("http-4") and what[5:] not in _DENIED)
    if kind == "failed":
        return what.startswith(_CONTENT_ERRORS)
    return kind in {"kept", "part", "duplicate", "updated"}  # what is unchanged is as it was, be that sound or broken


def digest(counts: Counts) -> Counter[str]:
    """Return odd pages by measure of `SHARES`, and all pages by group.

    >>> digest({"article/kept": 3, "article/removed/consent-wall": 1, "article/failed/dns": 2})
    Counter({<Group.PAGES: "articles' pages">: 4, <Group.ANSWERS: 'articles asked for'>: 4, 'consent-wall': 1})
    """
    found: Counter[str] = Counter()
    for key, number in counts.items():
        for name in _told_by(key):
            found[name] += number
    return found


# -- measures that a site's own history draws -------------------------------------------------------------------------

#: A value of a page (encoding, language) is the site's own if it has at least this share of the history.
_OWN_SHARE = 0.02
#: A text is very short if it has less than half of what all but a fiftieth have, and very long with more than twice as
#: much as all but a fiftieth; for bytes four times, as pages are compressed in varying ways.
_TAIL, _DOUBLINGS, _DOUBLINGS_OF_BYTES = 0.02, 1, 2
#: A text is short if it is among the shortest twentieth.
_SHORT = 0.05
#: A history of fewer texts draws nothing.
_LEAST_TEXTS = 20


def own_measures(history: Counts) -> list[Measure]:
    """Return the measures whose bounds are a site's own, by the sum of its history."""
    if history.get("articles", 0) < _LEAST_TEXTS:
        return []
    found = [
        _foreign("charset", Cause.CHARSET, "came in another encoding", history),
        _foreign("language", Cause.LANGUAGE, "are in another language", history),
        *_tails("words", Cause.REDESIGN, Group.TEXTS, _DOUBLINGS, history),
        *_tails("size", Cause.REDESIGN, Group.PAGES, _DOUBLINGS_OF_BYTES, history),
    ]
    return [measure for measure in found if measure is not None]


def _foreign(prefix: str, cause: Cause, odd: str, history: Counts) -> Measure | None:
    """Count texts with a value that the site has not had."""
    values = {key: number for key, number in history.items() if key.startswith(f"{prefix}/")}
    total = sum(values.values())
    own = frozenset(key for key, number in values.items() if number >= _OWN_SHARE * total)
    if not own:
        return None

    def count(counts: Counts) -> Hits:
        seen = {key: number for key, number in counts.items() if key.startswith(f"{prefix}/")}
        return Hits(sum(number for key, number in seen.items() if key not in own), sum(seen.values()))

    return Measure(name=prefix, cause=cause, odd=odd, among=Group.TEXTS, count=count)


def _tails(prefix: str, cause: Cause, among: Group, doublings: int, history: Counts) -> list[Measure]:
    """Count what is far shorter or far longer than the site's pages are, and what is among the shortest."""
    bins = _bins(prefix, history)
    if sum(bins.values()) < _LEAST_TEXTS:
        return []
    shortest = quantile(bins, _TAIL) - doublings * BINS_A_DOUBLING
    longest = quantile(bins, 1 - _TAIL) + doublings * BINS_A_DOUBLING
    short = quantile(bins, _SHORT)
    what = "short" if prefix == "words" else "small"
    great = "long" if prefix == "words" else "large"
    drawn = [
        (f"very-{what}", f"are far {what}er than before", lambda number: number < shortest),
        (f"very-{great}", f"are far {great}er than before", lambda number: number > longest),
    ]
    if prefix == "words":
        drawn.append((what, "are as short as a twentieth was before", lambda number: number < short))
    return [
        Measure(name=name, cause=cause, odd=odd, among=among, count=_in_bins(prefix, holds))
        for name, odd, holds in drawn
    ]


def _in_bins(prefix: str, holds: Callable[[int], bool]) -> Callable[[Counts], Hits]:
    def count(counts: Counts) -> Hits:
        bins = _bins(prefix, counts)
        return Hits(sum(number for place, number in bins.items() if holds(place)), sum(bins.values()))

    return count


def _bins(prefix: str, counts: Counts) -> dict[int, int]:
    start = len(prefix) + 1
    return {int(key[start:]): number for key, number in counts.items() if key.startswith(f"{prefix}/")}


def quantile(bins: Mapping[int, int], share: float) -> int:
    """Return the bin below which so large a share lies.

    >>> quantile({3: 1, 5: 8, 9: 1}, 0.5)
    5
    """
    left = share * sum(bins.values())
    for place in sorted(bins):
        left -= bins[place]
        if left <= 0:
            return place
    return max(bins)


# -- visits, whatever they were for -----------------------------------------------------------------------------------

#: The classes of visits that brought nothing, and what they mean.
KEPT_OUT: Mapping[str, tuple[Cause, str]] = {
    "dns": (Cause.DNS, "visits found no such host"),
    "tls": (Cause.CERTIFICATE, "visits failed at the certificate or the handshake"),
    "unreachable": (Cause.SERVER_GONE, "visits got no answer"),
    "server-error": (Cause.SERVER_GONE, "visits got an error of the server"),
    "robots": (Cause.ROBOTS, "visits were forbidden by robots.txt"),
    "denied": (Cause.BLOCKED, "visits were refused by the server"),
}
#: Those that concern the host, whichever URL was asked for.
OF_HOST = frozenset({"dns", "tls", "unreachable"})
_UNREACHABLE = frozenset({"refused", "timeout", "connection", "truncated", "download", "robots-unreachable"})
_KINDS = ("article/", "section/", "feed/", "sitemap/")
#: Neither an answer nor the lack of one.
_NO_VISIT = frozenset({"removed/trap", "removed/limit", "removed/forgotten", "failed/turn-too-far"})


def visits_by_class(counts: Counts) -> Counter[str]:
    """Return visits by what kept us out, ``answered`` where nothing did; what is tried again counts only alone.

    >>> visits_by_class({"feed/listed": 1, "article/failed/http-503": 2, "article/removed/http-403": 3})
    Counter({'denied': 3, 'server-error': 2, 'answered': 1})
    """
    found: Counter[str] = Counter()
    for (name, _), number in visits_by_outcome(counts).items():
        found[name] += number
    return found


def visits_by_outcome(counts: Counts) -> Counter[tuple[str, str]]:
    """Return visits by what kept us out, as `visits_by_class` does, and by how exactly.

    >>> visits_by_outcome({"feed/listed": 1, "article/failed/http-503": 2, "article/failed/timeout": 3})
    Counter({('unreachable', 'timeout'): 3, ('server-error', 'http-503'): 2, ('answered', ''): 1})
    """
    final = _outcomes(counts, "deferred/", wanted=False)
    return final or _outcomes(counts, "deferred/", wanted=True)


def _outcomes(counts: Counts, prefix: str, *, wanted: bool) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for key, number in counts.items():
        if not key.startswith(_KINDS):
            continue
        outcome = key.partition("/")[2]
        if outcome.startswith(prefix) is wanted and outcome not in _NO_VISIT:
            kind, _, what = outcome.partition("/")
            name = _class_of(kind, what)
            found[name, "" if name == "answered" else what] += number
    return found


def _class_of(kind: str, what: str) -> str:
    if kind not in {"failed", "deferred", "removed"}:
        return "answered"
    if what in {"dns", "tls", "robots"}:
        return what
    if what in _UNREACHABLE:
        return "unreachable"
    if what.startswith("http-5"):
        return "server-error"
    if what.removeprefix("http-") in _DENIED:
        return "denied"
    return "answered"


def add_up(stretches: Iterable[Counts]) -> Counter[str]:
    """Return the sum of counts."""
    total: Counter[str] = Counter()
    for counts in stretches:
        total.update(counts)
    return total
