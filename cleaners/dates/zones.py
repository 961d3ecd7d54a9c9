"""What the abbreviation of a time zone means, given when and where it was written.

Abbreviations are no identifiers (IST is India, Israel or Ireland): the country of the publisher decides, and
an abbreviation that is not in the table leaves the time without a zone.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from importlib.resources import files

#: The largest offset in use is UTC+14 (Line Islands); anything beyond is a misprint.
_LARGEST_OFFSET = timedelta(hours=14)

_OFFSET = re.compile(r"(?P<sign>[+\-−–])\s?(?P<hours>\d{1,2})(?:[:.]?(?P<minutes>[0-5]\d))?$")


@dataclass(frozen=True, slots=True)
class _Table:
    offsets: Mapping[str, timedelta]
    american: Mapping[str, timedelta]
    elsewhere: Mapping[str, Mapping[str, timedelta]]
    country_of_language: Mapping[str, str]


def _delta(offset: str) -> timedelta:
    match = _OFFSET.match(offset)
    if match is None:
        raise ValueError(f"no offset: {offset!r}")
    size = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    return size if match["sign"] == "+" else -size


@cache
def _table() -> _Table:
    content = tomllib.loads(files(__package__).joinpath("zones.toml").read_text(encoding="utf-8"))
    return _Table(
        offsets={name: _delta(offset) for name, offset in content["offsets"].items()},
        american={name: _delta(offset) for name, offset in content["american"].items()},
        elsewhere={
            name: {country: _delta(offset) for country, offset in meanings.items()}
            for name, meanings in content["elsewhere"].items()
        },
        country_of_language=content["country_of_language"],
    )


def read_offset(text: str) -> tzinfo | None:
    """Return the zone that a numeric offset states, or None where it is none.

    >>> str(read_offset("+0530")), str(read_offset("-3")), read_offset("+99:00")
    ('UTC+05:30', 'UTC-03:00', None)
    """
    match = _OFFSET.match(text)
    if match is None:
        return None
    delta = _delta(text)
    return timezone(delta) if abs(delta) <= _LARGEST_OFFSET else None


def read_zone(name: str, on: datetime, *, language: str | None = None, country: str | None = None) -> tzinfo | None:
    """Return the zone that an abbreviation or offset stands for, or None where it is not known.

    Args:
        name: ``IST``, ``GMT+2``, ``+05:30``, ``ET`` …
        on: The (naive) local time, for names that mean standard or daylight time.
        language: ISO 639 code of the text, used where no country is known.
        country: ISO 3166 code of the publisher's country.

    >>> str(read_zone("IST", datetime(2021, 6, 22))), str(read_zone("IST", datetime(2021, 6, 22), country="IL"))
    ('UTC+05:30', 'UTC+02:00')
    """
    table = _table()
    wanted = re.sub(r"\s+", "", name.upper())
    numeric = re.sub(r"^(?:UTC|GMT|Z)(?=[+\-−–])", "", wanted)
    if numeric[:1] in "+-−–":
        return read_offset(numeric)
    place = country.upper() if country else table.country_of_language.get(language or "")
    if place and place in table.elsewhere.get(wanted, {}):
        return timezone(table.elsewhere[wanted][place])
    if wanted in table.american:
        daylight = timedelta(hours=1) if _is_american_summer(on) else timedelta(0)
        return timezone(table.american[wanted] + daylight)
    offset = table.offsets.get(wanted)
    return None if offset is None else timezone(offset)


def _is_american_summer(on: datetime) -> bool:
    """Tell whether daylight time holds: the Energy Policy Act's rule since 2007, that of 1987 before.

    >>> _is_american_summer(datetime(2024, 3, 10, 3)), _is_american_summer(datetime(2024, 11, 3, 3))
    (True, False)
    """
    if on.year >= 2007:
        start, end = _sunday(on.year, 3, 8), _sunday(on.year, 11, 1)
    else:
        start, end = _sunday(on.year, 4, 1), _sunday(on.year, 10, 25)
    return datetime.combine(start, time(2)) <= on < datetime.combine(end, time(2))


def _sunday(year: int, month: int, earliest: int) -> date:
    """Return the first Sunday of the month that is not before the day ``earliest``."""
    first = date(year, month, earliest)
    return first + timedelta(days=(6 - first.weekday()) % 7)
