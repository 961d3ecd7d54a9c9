"""Dates as people write them, in any language of the month table: ``Monday, June 17, 2024, 07:30 IST``.

A date needs its day, month and year, all three written out; nothing is guessed from the day of the crawl.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from cleaners.dates.clock import find_clocks
from cleaners.dates.vocabulary import Role, join_phrases, month_number, role_of

#: Countries (ISO 3166) that write the month before the day in figures.
_MONTH_FIRST = frozenset({"US", "PH", "FM", "GU", "PR", "MH", "PW", "AS", "VI"})

#: Characters between a date and its time: ", at ", " | ", " um ", " a las ", " — Tuesday, ".
_LONGEST_GAP = 20

#: Characters around a date in which its time is looked for.
_WINDOW = 60

#: Years of the Buddhist calendar run ahead of the Gregorian ones by this.
_BUDDHIST = 543

#: First years (minus one) of the eras that Japanese and Taiwanese papers count from.
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}

_MONTH = r"(?P<name>[^\W\d_][^\s\d,.:;|/()\[\]<>\"“”–—\-]*)"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_SHORT_YEAR = r"(?P<year>\d{4}|(?<=['’\-])\d{2})(?![\d:])"
_OF = r"(?:(?:del?|of|ng|den|the)\s+|(?:d|ta)['’]\s*)?"

_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 2024-05-21, 2024/5/21, 2024. 5. 21.
        r"(?<![\d.])(?P<year>\d{4})\s?(?P<mark>[-./])\s?(?P<month>\d{1,2})\s?(?P=mark)\s?(?P<day>\d{1,2})(?!\d)",
        # 2024年5月21日, 2024년 5월 21일, 令和6年5月21日
        r"(?P<era>令和|平成|昭和|民國|民国)?\s?(?P<year>\d{1,4}|元)\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})",
        # 21.05.2024, 21/5/24, 5/21/2024
        r"(?<![\d.,/])(?P<first>\d{1,2})\s?(?P<mark>[-./])\s?(?P<second_figure>\d{1,2})\s?(?P=mark)\s?"
        r"(?P<year>\d{4}|\d{2})(?![\d/:])(?!\.\d)",
        # 21 May 2024, 21st of May, 2024, 21. Mai 2024, 21 de mayo de 2024, 21-May-24
        rf"(?<![\d.,:/])(?P<day>\d{{1,2}})[^\W\d_]{{0,3}}?[.ºª°]?[\s,.\-–/]*{_OF}{_MONTH}"
        rf"\.?[\s,./\-–]*(?:(?:del?|of|พ\.?ศ\.?)\s*)?['’]?{_SHORT_YEAR}",
        # May 21st, 2024
        rf"{_MONTH}\.?\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*[,.]?\s*(?:de\s+)?{_YEAR}",
        # 2024. május 21., 2024 m. gegužės 21 d., 2024ko maiatzaren 21a
        rf"(?<!\d){_YEAR}[^\W\d_]{{0,2}}\.?\s*(?:m\.\s*)?{_MONTH}\s*(?P<day>\d{{1,2}})(?!\d)",
        # 2024. gada 21. maijā
        rf"(?<!\d){_YEAR}\.?\s*gada\s*(?P<day>\d{{1,2}})\.?\s*{_MONTH}",
        # 21 tháng 5, 2024
        r"(?<!\d)(?P<day>\d{1,2})\s*(?:tháng|thg)\s*(?P<month>\d{1,2})\s*(?:,|năm)?\s*(?P<year>\d{4})(?!\d)",
    )
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date that stands in a text."""

    #: The date, as precise as it is written.
    value: date | datetime
    #: Offsets of the date's first character and of the first character behind it and its time.
    start: int
    end: int
    #: What it is the date of, as the words before it say.
    role: Role


def find_dates(text: str, *, language: str | None = None, country: str | None = None) -> tuple[DateMention, ...]:
    """Return the complete dates that stand in ``text``, in order, each with the time beside it.

    Args:
        text: A short piece: a byline, a dateline. Long texts cost time and have dates that are not theirs.
        language: ISO 639 code of the text, for what only it decides: figures such as 4/5/2024, months such as
            ``listopad``, zones such as IST.
        country: ISO 3166 code of the publisher's country, for the same.

    >>> [(str(found.value), found.role.value) for found in
    ...  find_dates("First Published: Jul 21, 2019 01:25 IST | Updated: June 22nd, 2021, 07:30 IST")]
    [('2019-07-21 01:25:00+05:30', 'published'), ('2021-06-22 07:30:00+05:30', 'modified')]
    """
    if not any(map(str.isdecimal, text)):
        return ()
    plain = join_phrases(_with_ascii_digits(text))
    found: list[DateMention] = []
    days = _first_of_overlapping(_find_days(plain, language, country))
    for index, (day, start, end) in enumerate(days):
        behind = days[index + 1][1] if index + 1 < len(days) else len(plain)
        ahead = found[-1].end if found else 0
        value, start, end = _with_clock(plain, day, (ahead, start, end, behind), language, country)
        found.append(DateMention(value, start, end, role_of(plain[ahead:start])))
    return tuple(found)


def _with_ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(int(sign)) if sign.isdecimal() else " " if sign in "\xa0\u202f\u2009" else sign for sign in text)


def _find_days(text: str, language: str | None, country: str | None) -> Iterator[tuple[date, int, int]]:
    for form in _FORMS:
        position = 0
        while (match := form.search(text, position)) is not None:
            day = _read_day(match, language, country)
            if day is None:
                position = match.start() + 1
                continue
            yield day, match.start(), match.end()
            position = match.end()


def _first_of_overlapping(days: Iterator[tuple[date, int, int]]) -> list[tuple[date, int, int]]:
    kept: list[tuple[date, int, int]] = []
    for day in sorted(days, key=lambda found: (found[1], -found[2])):
        if not kept or day[1] >= kept[-1][2]:
            kept.append(day)
    return kept


def _read_day(match: re.Match[str], language: str | None, country: str | None) -> date | None:
    groups = match.groupdict()
    month = _read_month(groups, language)
    day = groups.get("day")
    if "first" in groups:
        ordered = _order(int(groups["first"]), int(groups["second_figure"]), groups["mark"], language, country)
        if ordered is None:
            return None
        day, month = str(ordered[0]), ordered[1]
    if month is None or day is None:
        return None
    try:
        return date(_read_year(groups, language), month, int(day))
    except ValueError:
        return None


def _read_month(groups: dict[str, str | None], language: str | None) -> int | None:
    name = groups.get("name")
    if name is not None:
        return month_number(name, language)
    figures = groups.get("month")
    return int(figures) if figures else None


def _read_year(groups: dict[str, str | None], language: str | None) -> int:
    figures = groups["year"] or ""
    year = 1 if figures == "元" else int(figures)
    era = groups.get("era")
    if era:
        return _ERAS[era] + year
    if len(figures) == 2:
        return year + (2000 if year < 70 else 1900)
    thai = language == "th" or any("\u0e00" <= sign <= "\u0e7f" for sign in groups.get("name") or "")
    return year - _BUDDHIST if thai and year > 2400 else year


def _order(first: int, second: int, mark: str, language: str | None, country: str | None) -> tuple[int, int] | None:
    """Return day and month of two figures, or None where nothing says which is which."""
    if first > 12 or first == second:
        return first, second
    if second > 12:
        return second, first
    if mark == ".":
        return first, second
    if country is not None:
        return (second, first) if country.upper() in _MONTH_FIRST else (first, second)
    return None if language in (None, "en") else (first, second)


def _with_clock(
    text: str, day: date, place: tuple[int, int, int, int], language: str | None, country: str | None
) -> tuple[date | datetime, int, int]:
    """Return the day with the time that stands right behind or before it, and the place of both."""
    ahead, start, end, behind = place
    after = next(iter(find_clocks(text, end, min(behind, end + _WINDOW))), None)
    if after is not None and _is_gap(text[end : after.start]):
        value = after.on(day, language=language, country=country)
        if isinstance(value, datetime):
            return value, start, after.end
    before = next(reversed(find_clocks(text, max(ahead, start - _WINDOW), start)), None)
    if before is not None and _is_gap(text[before.end : start]):
        value = before.on(day, language=language, country=country)
        if isinstance(value, datetime):
            return value, before.start, end
    return day, start, end


def _is_gap(between: str) -> bool:
    """Tell whether what stands between a date and a time still lets them belong together."""
    return len(between) <= _LONGEST_GAP and not re.search(r"[\d\n]", between)
