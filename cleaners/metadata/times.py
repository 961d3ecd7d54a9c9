"""When the article was published and when it was changed, as precisely as the page says in any one place.

The places are asked in the order of their trustworthiness. The first that gives a plausible day decides the day; a
later one that names the same day may sharpen it: a time where the first had none, a zone where the first had none.

A time of exactly midnight is read as a date without a time: of 776 machine-readable publication times on pages of
all kinds 18 were midnight sharp, where every other full hour had two on average. Content systems fill the clock with
zeros, publishers rarely press the button at 00:00:00.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache

from cleaners.dates import Role, day_of, find_dates, is_plausible, parse_date
from cleaners.metadata.config import MetadataConfig
from cleaners.metadata.jsonld import LinkedData, texts
from cleaners.metadata.model import PageTime
from cleaners.metadata.nearby import Surroundings
from cleaners.metadata.tables import places
from cleaners.metadata.tags import Tags
from cleaners.metadata.text import clean_line
from cleaners.metadata.visible import VisibleDate, find_visible_dates
from corpus.types import Published

#: The number of places that are read from the head of the page; the others cost more and only add to a day.
_MACHINE_READABLE = 3

#: Characters at the end of a title in which its date stands.
_LONGEST_TITLE_END = 40

_IN_URL = re.compile(
    r"(?<!\d)(?P<year>19[89]\d|20\d\d)(?P<mark>[/_.\-]?)(?P<month>0?[1-9]|1[0-2])(?P=mark)"
    r"(?P<day>0[1-9]|[12]\d|3[01]|[1-9](?=\D|$))(?!\d)"
)


@dataclass(frozen=True, slots=True)
class _Claim:
    value: date | datetime
    source: str


def read_times(
    tags: Tags, linked: LinkedData, around: Callable[[], Surroundings], page: PageTime, config: MetadataConfig
) -> tuple[Published | None, Published | None]:
    """Return the times of publication and of the last change, each None where nothing plausible is stated."""
    visible = cache(lambda: find_visible_dates(around(), language=page.language, country=page.country))
    published = _settle(
        (
            lambda: _linked(linked, ("datePublished",), page),
            lambda: _metas(tags, places("meta")["published"], page),
            lambda: _items(tags, "datepublished", page),
            lambda: _visible(visible(), Role.PUBLISHED),
            lambda: _only_updated(visible()),
            lambda: _titles(tags, page),
            lambda: _linked(linked, ("uploadDate", "dateCreated"), page),
            lambda: _url(page.url),
            lambda: _hint(page),
            lambda: _visible(visible(), Role.UNKNOWN),
        ),
        page,
        config,
    )
    modified = _settle(
        (
            lambda: _linked(linked, ("dateModified",), page),
            lambda: _metas(tags, places("meta")["modified"], page),
            lambda: _items(tags, "datemodified", page),
            lambda: _visible(visible(), Role.MODIFIED),
        ),
        page,
        config,
    )
    if modified and published and modified.on == published.on and modified.source == published.source:
        modified = None  # one element, read as both
    return published, modified


def _settle(
    places: tuple[Callable[[], Iterator[_Claim]], ...], page: PageTime, config: MetadataConfig
) -> Published | None:
    """Return the first plausible claim, sharpened by the others of its day; stop where nothing is left to sharpen."""
    best: _Claim | None = None
    for number, place in enumerate(places):
        if best is not None and isinstance(best.value, datetime) and (best.value.tzinfo or number >= _MACHINE_READABLE):
            break
        for claim in place():
            bare = _Claim(without_empty_clock(claim.value), claim.source)
            if is_plausible(bare.value, fetched_at=page.fetched_at, earliest=config.earliest):
                best = bare if best is None else _sharper(best, bare)
    return None if best is None else Published(on=best.value, source=best.source)


def without_empty_clock(value: date | datetime) -> date | datetime:
    """Return the day alone where the time is midnight sharp.

    >>> without_empty_clock(datetime(2024, 5, 3)), without_empty_clock(datetime(2024, 5, 3, 0, 1))
    (datetime.date(2024, 5, 3), datetime.datetime(2024, 5, 3, 0, 1))
    """
    return value.date() if isinstance(value, datetime) and value.time() == time(0) else value


def _sharper(best: _Claim, other: _Claim) -> _Claim:
    """Return the claim that says more of the same moment; the first where they differ."""
    if not isinstance(other.value, datetime) or day_of(best.value) != day_of(other.value):
        return best
    if not isinstance(best.value, datetime):
        return other
    same_clock = best.value.replace(tzinfo=None, second=0, microsecond=0) == other.value.replace(
        tzinfo=None, second=0, microsecond=0
    )
    if best.value.tzinfo is None and other.value.tzinfo is not None and same_clock:
        return _Claim(best.value.replace(tzinfo=other.value.tzinfo), best.source)
    return best


def _read(text: str, page: PageTime) -> date | datetime | None:
    return parse_date(text, language=page.language, country=page.country)


def _linked(linked: LinkedData, keys: tuple[str, ...], page: PageTime) -> Iterator[_Claim]:
    for node in (*linked.articles, *linked.pages):
        for key in keys:
            for line in texts(node.get(key)):
                value = _read(line, page)
                if value is not None:
                    yield _Claim(value, "json-ld")


def _metas(tags: Tags, names: tuple[str, ...], page: PageTime) -> Iterator[_Claim]:
    for name, content in tags.every(*names):
        value = _read(content, page)
        if value is not None:
            yield _Claim(value, f"meta:{name}")


def _items(tags: Tags, name: str, page: PageTime) -> Iterator[_Claim]:
    for content in tags.item_metas.get(name, ())[:1]:
        value = _read(content, page)
        if value is not None:
            yield _Claim(value, "microdata")


def _visible(found: tuple[VisibleDate, ...], role: Role) -> Iterator[_Claim]:
    return (_Claim(date_.value, date_.source) for date_ in found if date_.role is role)


def _only_updated(found: tuple[VisibleDate, ...]) -> Iterator[_Claim]:
    """Yield the first date that is called updated by its class alone: on many weblogs the only one there is."""
    return (_Claim(date_.value, date_.source) for date_ in found[:1] if date_.only_by_class)


def _titles(tags: Tags, page: PageTime) -> Iterator[_Claim]:
    """Yield the dates that end a title: ``Headline | The Planet | 28.04.2023``."""
    for title in (*tags.metas.get("og:title", ()), tags.title or ""):
        line = clean_line(title)
        for mention in find_dates(line[-_LONGEST_TITLE_END:], language=page.language, country=page.country):
            if mention.end == min(len(line), _LONGEST_TITLE_END):
                yield _Claim(mention.value, "title")


def _url(url: str) -> Iterator[_Claim]:
    match = _IN_URL.search(url)
    if match is not None:
        try:
            yield _Claim(date(int(match["year"]), int(match["month"]), int(match["day"])), "url")
        except ValueError:
            return


def _hint(page: PageTime) -> Iterator[_Claim]:
    if page.hint is not None:
        yield _Claim(page.hint, "feed")
