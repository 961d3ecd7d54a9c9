"""Dates a reader sees near the headline: time elements, microdata, hAtom classes, datelines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from lxml.html import HtmlElement

from cleaners.dates import Role, day_of, find_dates, parse_date, role_of
from cleaners.metadata.nearby import Line, Surroundings
from cleaners.metadata.text import clean_line

#: Characters of the longest dateline; longer elements hold more than that.
_LONGEST = 200

#: Characters of the longest line without marks that is taken for a dateline, and of the label before it.
_LONGEST_LINE = 90
_LONGEST_LABEL = 30

#: Letters of prose behind the headline within which an unmarked date is the article's.
_NEAR = 600

#: Dates that are kept; more stand in lists of teasers.
_MOST = 20

_FIGURE = re.compile(r"\d")
_PUBLISHED_CLASS = re.compile(r"publi[sc]|datepub|entry-date|post-?date|posted|created|pubdate|original", re.IGNORECASE)
_MODIFIED_CLASS = re.compile(r"updated|modified|lastmod|aktualisier|actualiza", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VisibleDate:
    """A date that stands near the headline."""

    value: date | datetime
    source: str
    role: Role
    #: Whether nothing but the class ``updated`` says that it is the time of a change.
    only_by_class: bool = False


def find_visible_dates(
    around: Surroundings, *, language: str | None = None, country: str | None = None
) -> tuple[VisibleDate, ...]:
    """Return the dates around the headline: those of marked elements, then those of short lines, the nearest first."""
    found: list[VisibleDate] = []
    for marked in around.marked:
        if marked.dated and len(found) < _MOST:
            found += _dates_of(marked.element, language, country)
    for lines in (around.behind, around.ahead[::-1]):
        for index, line in enumerate(lines):
            if len(found) < 2 * _MOST and _may_be_dateline(line) and not around.is_foreign(line.holder):
                label = lines[index - 1].text if index and lines is around.behind else ""
                found += _dates_of_line(line.text, label, language, country)
    return tuple(found)


def _may_be_dateline(line: Line) -> bool:
    return line.prose <= _NEAR and bool(_FIGURE.search(line.text)) and len(line.text.strip()) <= _LONGEST_LINE


def _dates_of_line(text: str, label: str, language: str | None, country: str | None) -> Iterator[VisibleDate]:
    announced = role_of(label) if len(label) <= _LONGEST_LABEL else Role.UNKNOWN
    for mention in find_dates(clean_line(text), language=language, country=country):
        yield VisibleDate(mention.value, "text", announced if mention.role is Role.UNKNOWN else mention.role)


def _dates_of(element: HtmlElement, language: str | None, country: str | None) -> Iterator[VisibleDate]:
    if next(element.iter("h1", "h2"), None) is not None:
        return  # the headline's own figures would run into the date
    source = "time" if element.tag == "time" else "text"
    text = clean_line(element.text_content()[: 2 * _LONGEST])
    mentions = find_dates(text, language=language, country=country) if len(text) <= _LONGEST else ()
    # The title of an abbr is hAtom's way to state a date (http://microformats.org/wiki/abbr-design-pattern).
    stated = element.get("datetime") or element.get("content") or (element.tag == "abbr" and element.get("title")) or ""
    stamp = parse_date(stated, language=language, country=country) if stated else None
    marked = _marked_role(element)
    if stamp is not None:
        # <time datetime="2024-05-01">1 May 2024, 10:30</time>
        sharper = next((mention.value for mention in mentions if _sharpens(mention.value, stamp)), stamp)
        said = mentions[0].role if mentions else Role.UNKNOWN
        by_class = said is Role.UNKNOWN and _is_updated(element)
        yield VisibleDate(sharper, source, marked if said is Role.UNKNOWN else said, only_by_class=by_class)
        return
    for mention in mentions:
        role = mention.role if mention.role is not Role.UNKNOWN else marked
        by_class = mention.role is Role.UNKNOWN and _is_updated(element)
        yield VisibleDate(mention.value, source, role, only_by_class=by_class)


def _is_updated(element: HtmlElement) -> bool:
    """Whether an element is hAtom's ``updated``, which stands for the time of publication where no other is stated.

    http://microformats.org/wiki/hatom: "if there is no Published element present, transformation to Atom should use
    the value of updated".
    """
    return "updated" in (element.get("class") or "").lower().split()


def _sharpens(value: date | datetime, stamp: date | datetime) -> bool:
    return isinstance(value, datetime) and not isinstance(stamp, datetime) and day_of(value) == stamp


def _marked_role(element: HtmlElement) -> Role:
    marks = " ".join(element.get(name) or "" for name in ("itemprop", "class", "id", "title", "pubdate"))
    if _MODIFIED_CLASS.search(marks) and not _PUBLISHED_CLASS.search(marks):
        return Role.MODIFIED
    if _PUBLISHED_CLASS.search(marks) or element.get("pubdate") is not None:
        return Role.PUBLISHED
    return Role.UNKNOWN
