"""What the lines around a text tell of it: who wrote it, when, and for which agency.

Extraction cuts bylines, datelines and credits from the text. A line tells a fact only in words that announce it, or,
for a date, by standing right above the text: what could be of a picture, a reader's comment or another article tells
nothing.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from cleaners.data import read_table
from cleaners.dates import DateMention, Role, find_dates, find_label, is_plausible
from cleaners.metadata.byline import is_furniture
from cleaners.metadata.config import MetadataConfig
from cleaners.metadata.model import PageTime
from cleaners.metadata.name_kinds import (
    has_name_shape,
    is_agency,
    is_called_agency,
    is_group,
    is_unspaced,
)
from cleaners.metadata.names import announced, before_label, distinct, split_names
from cleaners.metadata.tables import words
from cleaners.metadata.times import without_empty_clock
from cleaners.remarks import opens

#: Characters of the longest line that tells a fact, and of what it may say beside its dates.
_LONGEST = 160
_MOST_BESIDE = 90
#: Letters beside an unlabelled date: more are a story's own words, or a weather box.
_MOST_BESIDE_BARE = 30
#: Letters from the word that labels a date to the date ("Last updated on Wednesday,").
_LONGEST_LABEL = 30
#: Letters before that word.
_MOST_BEFORE_LABEL = 25
#: Characters of the longest name of an agency.
_LONGEST_AGENCY = 60
#: Blocks behind the text within which an agency alone on a line is its credit.
_NEAR = 2

_PIECES = re.compile(r"\s*[|•·⋅–—―/»]\s*|\s{2,}")
_LABELLED = re.compile(r"\W*([^:：]{1,30}?)\s*[:：]\s*(.+)$")
_AGENCIES = re.compile(r"\s*[/,;&|、，+]\s*|\s(?:and|und|et|y|e|dan|ve|и|و)\s")
_SIGNATURES = re.compile(_AGENCIES.pattern + r"|\s*[()（）]\s*")
_AROUND = " .,|-–—()[]（）【】〔〕"
_RIGHTS = re.compile(r"©|copyright|all rights reserved", re.IGNORECASE)
_INITIALS = re.compile(r"[^\W\d_A-Z]{2,4}")
_BRACKETED = re.compile(r"[(（\[【].{2,60}[)）\]】]\.?")


class Place(StrEnum):
    """Where a line stands to the text."""

    ABOVE = "above"
    #: Among its first paragraphs.
    WITHIN = "within"
    BELOW = "below"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """A line that stands around a text."""

    text: str
    place: Place
    #: Blocks from the text's first, or last, to the line.
    distance: int = 1


@dataclass(slots=True)
class Told:
    """What the lines around a text tell."""

    published: date | datetime | None = None
    modified: date | datetime | None = None
    #: A date above the text that no word labels.
    unlabelled: date | datetime | None = None
    names: tuple[str, ...] = ()
    agency: str | None = None


def read_told(lines: Sequence[CreditLine], page: PageTime, config: MetadataConfig) -> Told:
    """Read the lines around a text.

    Args:
        lines: The lines, in page order.
        page: Place and time that their dates were written in.
        config: Thresholds.
    """
    told = Told()
    names: dict[Place, list[tuple[str, ...]]] = {}
    for line in lines:
        if len(line.text) > _LONGEST or _RIGHTS.search(line.text):
            continue
        mentions = [
            mention
            for mention in find_dates(line.text, language=page.language, country=page.country)
            if is_plausible(mention.value, fetched_at=page.fetched_at, earliest=config.earliest)
        ]
        _read_dates(told, line, mentions)
        if found := _names(line.text, mentions):
            names.setdefault(line.place, []).append(found)
        told.agency = told.agency or _agency(line, dated=bool(mentions))
    told.names = _byline(names)
    return told


def _byline(names: dict[Place, list[tuple[str, ...]]]) -> tuple[str, ...]:
    """Return the names of the first byline above the text, else of the only one behind it: more are those of posts."""
    for place in (Place.ABOVE, Place.WITHIN):
        if place in names:
            return names[place][0]
    below = list(dict.fromkeys(names.get(Place.BELOW, ())))
    return below[0] if len(below) == 1 else ()


def _read_dates(told: Told, line: CreditLine, mentions: Sequence[DateMention]) -> None:
    beside = _beside(line.text, mentions)
    if not mentions or beside > _MOST_BESIDE:
        return
    end = 0
    for mention in mentions:
        lead, end = line.text[end : mention.start], mention.end
        value = without_empty_clock(mention.value)
        if mention.role is Role.UNKNOWN:
            if line.place is Place.ABOVE and beside <= _MOST_BESIDE_BARE and len(mentions) == 1:
                told.unlabelled = value
        elif _is_label(lead):
            if mention.role is Role.MODIFIED:
                told.modified = told.modified or value
            else:
                told.published = told.published or value


def _is_label(lead: str) -> bool:
    """Tell whether what stands before a date labels it, and is no sentence with a labelling word in it."""
    start, _ = find_label(lead)
    return _letters(lead[start:]) <= _LONGEST_LABEL and _letters(lead[:start]) <= _MOST_BEFORE_LABEL


def _beside(text: str, mentions: Sequence[DateMention]) -> int:
    return _letters(text) - sum(_letters(text[mention.start : mention.end]) for mention in mentions)


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _names(text: str, mentions: Sequence[DateMention]) -> tuple[str, ...]:
    """Return the names that a word for "by" announces in a line, or in a part of it between dates and separators."""
    for piece in _pieces(text, mentions):
        piece = ";".join(part for part in piece.split(";") if not _is_edited(part.strip()))
        if not (rest := announced(piece)):
            continue
        names = [name for name in split_names(rest) if _is_named(name, single=bool(mentions))]
        if names:
            return tuple(distinct(names))
    return ()


def _pieces(text: str, mentions: Sequence[DateMention]) -> Iterator[str]:
    end = 0
    for mention in mentions:
        lead = text[end : mention.start]
        yield from _split(before_label(lead, mention.role))
        end = mention.end
    yield from _split(text[end:])


def _split(text: str) -> list[str]:
    return [piece.strip(_AROUND) for piece in _PIECES.split(text)]


def _is_named(name: str, *, single: bool) -> bool:
    if is_furniture(name) or ":" in name or "：" in name:
        return False
    if is_group(name):
        return not name[0].islower() or is_agency(name)
    return has_name_shape(name, single=single and not is_unspaced(name))


def _is_edited(piece: str) -> bool:
    """Tell whether a line credits who edited or checked the article, and not who wrote it."""
    folded = piece.casefold()
    return any(folded.startswith(label) for label in words()["edited"])


def _agency(line: CreditLine, *, dated: bool) -> str | None:
    """Return the agency that a line credits: behind a label, in brackets, or alone right behind the text.

    Above the text stands its first picture, whose credit looks the same; but not one with a date, nor a Chinese one.
    """
    match = _LABELLED.match(line.text)
    if match is not None and match[1].strip().casefold() in _source_labels():
        texts = line.place is Place.BELOW or dated or is_unspaced(match[1])
        return _first_agency(match[2], is_called_agency) if texts else None
    bare = line.text.strip(_AROUND)
    if line.place is not Place.BELOW or line.distance > _NEAR:
        return None
    if _BRACKETED.fullmatch(line.text.strip()):
        return _first_agency(bare, is_agency)
    return next(filter(is_agency, _signed(line.text)), None) if line.distance <= 1 else None


def is_signed(line: str) -> bool:
    """Tell whether a line is nothing but the agencies that an article is from, and the initials of who put it together.

    >>> is_signed("jdo/sms (AFP, dpa)"), is_signed("- The Associated Press"), is_signed("mit dpa"), is_signed("AP News")
    (True, True, True, False)
    """
    return bool(_signed(line)) or line.strip(_AROUND).casefold() in words()["agency"]


def _signed(line: str) -> tuple[str, ...]:
    """Return the agencies and initials that a line consists of, none where it says more or names no agency."""
    bare = opens(line, "beside") or line
    pieces = [piece.strip(_AROUND) for piece in _SIGNATURES.split(bare)]
    pieces = [piece for piece in pieces if piece]
    signed = all(is_agency(piece) or _INITIALS.fullmatch(piece) for piece in pieces)
    return tuple(pieces) if signed and any(map(is_agency, pieces)) else ()


def _first_agency(credit: str, is_one: Callable[[str], bool]) -> str | None:
    pieces = (piece.strip(_AROUND) for piece in _AGENCIES.split(credit))
    return next((piece for piece in pieces if len(piece) <= _LONGEST_AGENCY and is_one(piece)), None)


@cache
def _source_labels() -> frozenset[str]:
    """Return the labels of a text's source, without those that credit pictures as well."""
    table = read_table("labels.toml")
    return frozenset(table["source"]) - frozenset(table["picture"])
