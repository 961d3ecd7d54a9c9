"""Dates as machines write them: ISO 8601, the plain digits of a clock or a database, seconds since 1970."""

import re
from datetime import UTC, date, datetime, timedelta

from cleaners.dates.clock import read_clock

_ISO = re.compile(
    r"""(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})
        (?:(?:\s*[T_,]\s*|\s+)(?P<hour>\d{1,2})[:h](?P<minute>\d{2})
           (?::(?P<second>\d{2})(?:[.,:](?P<fraction>\d{1,12}))?)?
           \s*(?P<zone>Z|(?:UTC|GMT)?\s?[+\-−]\s?\d{1,2}(?::?\d{2})?|(?!AM|PM)[A-Z]{2,5})?)?
        (?:Z|\[[\w/]+\])?""",
    re.VERBOSE | re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)"
    r"(?:[T ]?(?P<hour>[0-2]\d):?(?P<minute>[0-5]\d)(?::?(?P<second>[0-5]\d))?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13}|\d{16})(?:\.\d+)?")

#: Units of a second for each number of digits that a time since 1970 is written with.
_EPOCH_UNITS = {9: 1, 10: 1, 12: 1_000, 13: 1_000, 16: 1_000_000}


def read_stamp(text: str, *, language: str | None = None, country: str | None = None) -> date | datetime | None:
    """Return the date that the whole of ``text`` is, in a format made by machines, or None.

    The result is as precise as the text: a date without a time stays a date, a time without a zone stays
    naive. Seconds since 1970 are in UTC by definition.

    >>> read_stamp("2024-05-01"), read_stamp("2024-05-01T10:15")
    (datetime.date(2024, 5, 1), datetime.datetime(2024, 5, 1, 10, 15))
    >>> read_stamp("1714558500000")
    datetime.datetime(2024, 5, 1, 10, 15, tzinfo=datetime.timezone.utc)
    """
    match = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        return _read_epoch(text)
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return _read_epoch(text)
    if match["hour"] is None:
        return day
    return read_clock(match).on(day, language=language, country=country)


def _read_epoch(text: str) -> datetime | None:
    match = _EPOCH.fullmatch(text)
    if match is None:
        return None
    count, unit = int(match[1]), _EPOCH_UNITS[len(match[1])]
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=count * (1_000_000 // unit))
