"""Crawler traps: URLs that a site makes up without end.

Every test answers with its evidence, and the evidence is counted; nothing is forgotten in silence.
"""

import re
from collections import Counter
from dataclasses import dataclass, fields
from datetime import date
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from collector.discovery.words import WORDS
from corpus.urls import canonicalise

_CALENDAR = re.compile(r"calend|event|agenda|kalender|termin|takvim|календар", re.IGNORECASE)
# A path that ends in a year and month, or a day, and names no story. Other numbers of four digits are the stories'.
_DATE_AT_END = re.compile(r"/((?:1[5-9]|2[01])\d\d)[-/](0?[1-9]|1[0-2])(?:[-/](0?[1-9]|[12]\d|3[01]))?/?\Z")
_DATE_IN_VALUE = re.compile(r"(\d{4})(?:-\d\d){0,2}")
_DATE_PARAMETERS = frozenset({"year", "yr", "jahr", "month", "day", "date", "eventdate", "tribe-bar-date"})
# A percent sign that was encoded three times, as a redirect that carries itself does.
_NESTED_ENCODING = re.compile(r"%25(?:25)+", re.IGNORECASE)
_NUMBER = re.compile(r"\d{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrapLimits:
    """From where on a URL is a trap.

    Raises:
        ValueError: when a limit is out of its range.
    """

    #: Characters of a URL, 100 or more. Of 6,839 pages' URLs that we measured the longest has 444.
    max_characters: int = 2000
    #: Segments of a path, 3 or more; the deepest of those URLs has 11.
    max_depth: int = 16
    #: Times that one segment may stand in a path, 1 or more; numbers are not counted (days and months recur). Twice is
    #: common (/news/news/), thrice was not met.
    max_repeats: int = 2
    #: Parameters of a query, 1 or more; the longest of those URLs has 13.
    max_parameters: int = 20
    #: Years after today that a list of days or months may lie, 0 or more: events are announced for one or two.
    max_years_ahead: int = 2
    #: First year of which a list by date, asked for in the query, is believed, in [1, 9999].
    first_listed_year: int = 1990
    #: Months before or after today that a calendar of events is read for, 0 or more: each month names its neighbours
    #: without end, and none names a story that nothing else does. Lists of stories may be as old as the paper.
    max_calendar_months: int = 2
    #: URLs with the same path and story number and other parameters, 1 or more: facets, sessions, print and sort
    #: options multiply without end, while a story or listing has few forms.
    max_combinations: int = 200

    def __post_init__(self) -> None:
        least = {"max_characters": 100, "max_depth": 3, "max_years_ahead": 0, "max_calendar_months": 0}
        for limit in fields(self):
            value = getattr(self, limit.name)
            if value < least.get(limit.name, 1):
                raise ValueError(f"{limit.name} must be {least.get(limit.name, 1)} or more: {value}")


def trap(url: str, *, today: date, combinations: int = 0, limits: TrapLimits | None = None) -> str | None:
    """Return why an absolute URL is a trap; None where nothing speaks for it.

    Args:
        url: The URL, as it would be fetched.
        today: The day of the crawl; years are far off only from there.
        combinations: How many URLs with the same `combination_key` are already known.
        limits: The thresholds.

    >>> trap("https://example.com/a/b/a/b/a/b/", today=date(2026, 11, 22))
    "'a' stands 3 times in the path > 2"
    >>> trap("https://example.com/2026/11/22/floods/", today=date(2026, 11, 22))
    """
    limits = limits or TrapLimits()
    if len(url) > limits.max_characters:
        return f"{len(url)} characters > {limits.max_characters}"
    parts = urlsplit(url)
    parameters = parse_qsl(parts.query, keep_blank_values=True)
    if evidence := (
        _in_path(unquote(parts.path), limits)
        or _in_query(parts.query, parameters, limits)
        or _in_calendar(parts.path, parameters, today, limits)
    ):
        return evidence
    if combinations > limits.max_combinations:
        return f"{combinations} forms of one page > {limits.max_combinations}"
    return None


def combination_key(url: str) -> str | None:
    """Return what the URL is a form of, so that the ledger can count the forms; None where it has no forms.

    That is the canonical URL with those parameters only that choose a story (identifiers, numbers of three digits and
    more); page numbers do not count as forms. Days of a calendar are forms of the calendar.

    >>> combination_key("https://example.com/shop?sort=price&colour=red&page=3")
    'https://example.com/shop'
    >>> combination_key("https://example.com/story.php?id=12345")
    >>> combination_key("https://example.com/story.php?id=12345&font=large")
    'https://example.com/story.php?id=12345'
    """
    parts = urlsplit(canonicalise(url))
    kept, varying = [], False
    for parameter in filter(None, parts.query.split("&")):
        name, _, value = parameter.partition("=")
        if _chooses_story(name.lower(), value):
            kept.append(parameter)
        elif name.lower() not in WORDS.page_parameters | WORDS.offset_parameters:
            varying = True
    path = parts.path
    if _CALENDAR.search(path) and (date_at_end := _DATE_AT_END.search(path)):
        path, varying = path[: date_at_end.start() + 1], True
    return urlunsplit(parts._replace(path=path, query="&".join(kept))) if varying else None


def _chooses_story(name: str, value: str) -> bool:
    if name in _DATE_PARAMETERS:
        return False
    return name in WORDS.story_parameters or name.endswith("id") or bool(_NUMBER.fullmatch(value))


def _in_path(path: str, limits: TrapLimits) -> str | None:
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > limits.max_depth:
        return f"path is {len(segments)} deep > {limits.max_depth}"
    names = Counter(segment.lower() for segment in segments if not segment.isdigit())
    segment, times = names.most_common(1)[0] if names else ("", 0)
    if times > limits.max_repeats:
        return f"{segment[:40]!r} stands {times} times in the path > {limits.max_repeats}"
    return None


def _in_query(query: str, parameters: list[tuple[str, str]], limits: TrapLimits) -> str | None:
    if len(parameters) > limits.max_parameters:
        return f"{len(parameters)} parameters > {limits.max_parameters}"
    if nested := _NESTED_ENCODING.search(query):
        return f"parameter within parameter within parameter: {nested[0]}"
    return None


def _in_calendar(path: str, parameters: list[tuple[str, str]], today: date, limits: TrapLimits) -> str | None:
    at_end = _DATE_AT_END.search(path)
    if at_end and _CALENDAR.search(path):
        return _in_event_calendar(at_end, today, limits)
    dates = [at_end[1]] if at_end else []
    in_list = False
    for name, value in parameters:
        if name.lower() in _DATE_PARAMETERS and (found := _DATE_IN_VALUE.fullmatch(value)):
            dates.append(found[1])
            in_list = True
    for year in map(int, dates):
        if year > today.year + limits.max_years_ahead:
            return f"list of {year}, {year - today.year} years ahead > {limits.max_years_ahead}"
        if in_list and year < limits.first_listed_year:
            return f"list of {year} < {limits.first_listed_year}"
    return None


def _in_event_calendar(at_end: re.Match[str], today: date, limits: TrapLimits) -> str | None:
    """Judge a page of a calendar of events: a few months of it are read for stories, its days repeat them."""
    if at_end[3]:
        return "a day of a calendar of events"
    months = 12 * (int(at_end[1]) - today.year) + int(at_end[2]) - today.month
    if abs(months) > limits.max_calendar_months:
        return f"calendar of events, {abs(months)} months off > {limits.max_calendar_months}"
    return None
