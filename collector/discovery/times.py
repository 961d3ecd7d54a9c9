"""Times that feeds and sitemaps claim, never more precise than written: a day stays a day, no zone stays no zone."""

import re
from datetime import date, datetime, timedelta, timezone

# W3C date-time (https://www.w3.org/TR/NOTE-datetime) and the ISO 8601 forms that are met instead of it.
_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ]\s*(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*([A-Za-z]+|[+-]\d\d(?::?\d\d)?)?)?",
)
# RFC 822, section 5.1, as RFC 2822 widened it, and with the looseness of the wild: names of any length.
_RFC822 = re.compile(
    r"(?:[A-Za-z]+\.?,?\s+)?(\d{1,2})[\s-]+([A-Za-z]{3})[a-z]*\.?[\s,-]+(\d{4}|\d\d)"
    r"(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*([A-Za-z]+|[+-]\d\d:?\d\d)?(?:\s*\(.*\))?)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Offsets in hours of the zone names that mean one offset wherever they are used, and of RFC 822's own, which mean
# North America. IST, BST, AST and their like mean several: a time in such a zone stays naive.
_ZONES = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8,
    "PDT": -7, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "SAST": 2, "PKT": 5,
    "NPT": 5.75, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip


def read_time(text: str) -> date | datetime | None:
    """Read a W3C, ISO 8601 or RFC 822 date-time.

    Returns:
        A date where only the day is given, a datetime otherwise, aware where the zone is given and unambiguous; None
        for a month or year alone, and for anything else.

    >>> read_time("2026-05-01T10:00+05:30")
    datetime.datetime(2026, 5, 1, 10, 0, tzinfo=datetime.timezone(datetime.timedelta(seconds=19800)))
    >>> read_time("Fri, 1 May 2026 10:00:00")
    datetime.datetime(2026, 5, 1, 10, 0)
    >>> read_time("2026-05-01")
    datetime.date(2026, 5, 1)
    """
    text = text.strip()
    try:
        if found := _ISO.fullmatch(text):
            return _build(found, month=int(found[2]), year=int(found[1]), day=int(found[3]))
        if found := _RFC822.fullmatch(text):
            month = _MONTHS.index(found[2].lower()) + 1
            return _build(found, month=month, year=_full_year(found[3]), day=int(found[1]))
    except ValueError:
        return None
    return None


def _build(found: re.Match[str], *, year: int, month: int, day: int) -> date | datetime:
    hour, minute, second, zone = found.group(4, 5, 6, 7)
    if hour is None:
        return date(year, month, day)
    # To Python a leap second is the last second of its minute.
    return datetime(year, month, day, int(hour), int(minute), min(int(second or 0), 59), tzinfo=_offset(zone))


def _full_year(text: str) -> int:
    # RFC 2822, section 4.3: 00 to 49 are of this century.
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 50 else 1900)


def _offset(zone: str | None) -> timezone | None:
    # "-0000" says that the zone is not known (RFC 2822, section 3.3).
    if zone is None or zone == "-0000":
        return None
    if zone[0] not in "+-":
        hours = _ZONES.get(zone.upper())
        return None if hours is None else timezone(timedelta(hours=hours))
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if zone[0] == "-" else offset)
