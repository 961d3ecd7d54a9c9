"""What the short lines around an article say of it: when, by whom, for whom, in which section, under which keywords.

Markup would name these things; in a dump only their wording and their place do. So they are looked for near the
article alone, in lines too short to be its text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache

from cleaners.data import read_table
from cleaners.dates import DateMention, Role, day_of, find_dates
from cleaners.furniture import coverage
from cleaners.line_bylines import Stamps, is_beside, read_byline, read_far_byline
from cleaners.line_shapes import mass
from cleaners.metadata.name_kinds import is_agency
from cleaners.metadata.times import without_empty_clock

#: Mass of the longest line that states a fact; longer ones are text.
_LONGEST = 160
_LONGEST_LABEL = 60
#: Characters of the longest label before a date that is glued to a paragraph.
_LONGEST_STAMP = 40
#: Share of such a label that must name a fact ("Published on", "Zuletzt aktualisiert am").
_STAMP_SHARE = 0.7
#: Lines above the article's first paragraph in which facts are looked for: headlines stand up to 40 lines above it.
_MOST_ABOVE = 40
#: Lines above the headline, or above the article where there is none; what is further up is a masthead's or a menu's.
_MOST_ABOVE_TITLE = 12
#: Lines behind the article that may speak of it; further ones speak of others.
_MOST_BELOW = 8
#: Tags of an article; a longer list is the site's.
_MOST_TAGS = 40

_LIST = re.compile(r"\s*[,;|،、，；#•·/]+\s*")
_CRUMBS = re.compile(r"\s+[>»›→/]\s+|\s*[>»›→]\s*")
# Buttons without anything between them: "ISIIslamic state".
_GLUED = re.compile(r"[^\W\d_][A-ZÀ-Þ][a-zà-ÿ]")
# Facts side by side on one line: "2024-04-24 | 来源：新华网 作者：…".
_SIDE_BY_SIDE = re.compile(r"\s*[|｜]\s*|\s+(?=[\u4e00-\u9fff]{2,4}[:：])")
_FIGURES = re.compile(r"[^\w]*\d{0,6}[^\w]*")


@dataclass(slots=True)
class Facts:
    """What was found, and which lines said it: index to the rule that cuts the line."""

    published: date | datetime | None = None
    modified: date | datetime | None = None
    authors: tuple[str, ...] = ()
    #: The agency that is credited, beside persons or alone.
    agency: str | None = None
    source: str | None = None
    section: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lines: dict[int, str] = field(default_factory=dict)


def find_stamps(texts: Sequence[str], start: int, end: int, *, language: str | None, country: str | None) -> Stamps:
    """Return the lines around an article that hold a date and little else.

    Args:
        texts: The lines of the dump.
        start: Index of the article's first line.
        end: Index of its last line.
        language: ISO 639 code of the article, for dates that only it decides.
        country: ISO 3166 code of the publisher's country, for the same.
    """
    found: dict[int, Sequence[DateMention]] = {}
    for index in _around(texts, start, end):
        mentions = find_dates(texts[index], language=language, country=country)
        if mentions and _is_stamp(texts[index], mentions):
            found[index] = mentions
    return found


def read_facts(texts: Sequence[str], start: int, end: int, *, title: int | None, stamps: Stamps) -> Facts:
    """Read what the lines around an article say of it.

    Args:
        texts: The lines of the dump.
        start: Index of the article's first line.
        end: Index of its last line.
        title: Index of its headline, or None.
        stamps: What `find_stamps` found.
    """
    top = (start if title is None else title) - _MOST_ABOVE_TITLE
    dated = frozenset(stamps)
    stamps = {index: mentions for index, mentions in stamps.items() if index >= top}
    facts = Facts(lines=dict.fromkeys(stamps, "date"))
    _read_dates(facts, stamps, start, title)
    around = [index for index in _around(texts, start, end) if index >= top]
    above = [index for index in around if index < start]
    byline = read_byline(texts, above, [index for index in around if index > end], title=title, stamps=stamps)
    if not byline.credited:
        byline = read_far_byline(texts, [index for index in _around(texts, start, end) if index < start], dated)
    facts.authors, facts.agency = byline.authors, byline.agency
    facts.lines = {**dict.fromkeys(byline.lines, "byline"), **facts.lines}
    for index in around:
        for piece in _SIDE_BY_SIDE.split(texts[index]):
            _read_label(facts, piece, index, beside_date=is_beside(stamps, index))
    return facts


def _around(texts: Sequence[str], start: int, end: int) -> list[int]:
    """Return the short lines near an article."""
    above = range(max(0, start - _MOST_ABOVE), start)
    below = range(end + 1, min(len(texts), end + 1 + _MOST_BELOW))
    return [index for index in (*above, *below) if mass(texts[index]) <= _LONGEST]


def split_stamp(text: str, *, language: str | None, country: str | None) -> tuple[date | datetime, Role, str] | None:
    """Return the labelled date that a paragraph begins with, what it is the date of, and the rest; or None.

    >>> split_stamp("date 2019-07-21 A man was hurt.", language="en", country=None)
    (datetime.date(2019, 7, 21), <Role.UNKNOWN: 'unknown'>, 'A man was hurt.')
    >>> split_stamp("The report published on 3 May 2024 names him.", language="en", country=None) is None
    True
    """
    mention = next(iter(find_dates(text[:100], language=language, country=country)), None)
    if mention is None or mention.end >= len(text):
        return None
    label = text[: mention.start].strip(" :：-–|[(")
    rest = text[mention.end :].lstrip(" :：-–|])")
    named = label.casefold() in _labels()["stamp"] or coverage(label).get("facts", 0.0) >= _STAMP_SHARE
    if not label or not named or len(label) > _LONGEST_STAMP:
        return None
    if not rest or rest[0].islower() or not (rest[0].isalnum() or rest[0] in "“\"'«„"):
        return None
    return mention.value, mention.role, rest


def _read_dates(facts: Facts, stamps: Stamps, start: int, title: int | None) -> None:
    plain: list[tuple[int, date | datetime]] = []
    changed: set[int] = set()
    for index, mentions in stamps.items():
        for mention in mentions:
            value = without_empty_clock(mention.value)
            if mention.role is Role.MODIFIED:
                facts.modified = sharper(facts.modified, value)
                changed.add(index)
            elif mention.role is Role.PUBLISHED:
                facts.published = sharper(facts.published, value)
            elif index < start:
                plain.append((index, value))
    if facts.modified is not None:  # "3 May 2024, 06:00 Updated 4 May 2024, 14:08": the first is no other's
        plain = [
            (index, value) for index, value in plain if index in changed and day_of(value) <= day_of(facts.modified)
        ]
    if facts.published is None and plain:
        # A date under the headline is the article's, one above it perhaps the day's.
        behind = [value for index, value in plain if title is None or index > title]
        facts.published = behind[0] if behind else plain[-1][1]


def _is_stamp(text: str, mentions: Sequence[DateMention]) -> bool:
    """Tell whether a line holds its dates, names of facts and not much else."""
    rest = text
    for mention in reversed(mentions):
        rest = rest[: mention.start] + " " + rest[mention.end :]
    return mass(rest) <= _LONGEST_LABEL or coverage(text).get("facts", 0.0) >= 0.4


def sharper(known: date | datetime | None, found: date | datetime) -> date | datetime:
    """Return the first of two dates, or the second where it adds the time of the same day.

    >>> sharper(date(2024, 5, 3), datetime(2024, 5, 3, 10, 30))
    datetime.datetime(2024, 5, 3, 10, 30)
    """
    if known is None:
        return found
    if isinstance(found, datetime) and not isinstance(known, datetime) and found.date() == known:
        return found
    return known


def _read_label(facts: Facts, text: str, index: int, *, beside_date: bool) -> None:
    """Read source, section and keywords off a line, or a part of one, that begins with their label, or breadcrumbs."""
    label, colon, rest = _split_label(text)
    if label in _labels()["source"] and colon and rest and mass(rest) <= _LONGEST_LABEL:
        facts.lines.setdefault(index, "source")
        if is_agency(rest):
            facts.agency = facts.agency or rest
            facts.authors = facts.authors or (rest,)
        else:
            facts.source = facts.source or rest
    elif label in _labels()["tags"] and colon:
        facts.lines[index] = "tags"
        facts.tags = facts.tags or _tags(rest)
    elif label in _labels()["section"] and rest and (colon or beside_date) and not any(map(str.isdigit, rest)):
        facts.lines.setdefault(index, "section")
        facts.section = facts.section or tuple(_pieces(rest))
    elif crumbs := _crumbs(text):
        facts.lines.setdefault(index, "navigation")
        facts.section = facts.section or crumbs


def _split_label(text: str) -> tuple[str, str, str]:
    """Return the label that a line begins with (case-folded), its colon, and the rest.

    >>> _split_label("Source : The Daily"), _split_label("in Home News, National")
    (('source', ':', 'The Daily'), ('in', '', 'Home News, National'))
    """
    match = re.match(r"\s*([^:：]{1,40}?)\s*([:：])\s*(.*)$", text)
    if match:
        return match[1].casefold(), match[2], match[3].strip()
    first, _, rest = text.partition(" ")
    return first.casefold(), "", rest.strip()


def _tags(rest: str) -> tuple[str, ...]:
    """Return the keywords of a list; none where they stand glued together and cannot be told apart."""
    pieces = list(_pieces(rest))
    if len(pieces) > _MOST_TAGS or (len(pieces) == 1 and _GLUED.search(rest)):
        return ()
    return tuple(dict.fromkeys(pieces))


def _crumbs(text: str) -> tuple[str, ...]:
    pieces = [piece.strip() for piece in _CRUMBS.split(text)]
    if len(pieces) < 2 or pieces[0].casefold() not in _labels()["home"]:
        return ()
    return tuple(piece for piece in pieces[1:4] if piece and mass(piece) <= 30)


def _pieces(rest: str) -> Iterator[str]:
    for piece in _LIST.split(rest):
        bare = piece.strip(" .#\"'“”")
        if bare and not _FIGURES.fullmatch(bare) and mass(bare) <= _LONGEST_LABEL:
            yield bare


@cache
def _labels() -> Mapping[str, frozenset[str]]:
    table = {name: frozenset(entries) for name, entries in read_table("labels.toml").items()}
    return {**table, "stamp": table["date"] - {"on"}}
