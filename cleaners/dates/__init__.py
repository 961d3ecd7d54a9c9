"""Dates and times as news sites state them, read as precisely as they are stated and no further.

A date without a time stays a `date`, a time without a zone stays naive, and what is not a whole date (no year,
"two hours ago") is None: an invented midnight cannot be told from a real one afterwards.

>>> parse_date("Monday, June 17, 2024")
datetime.date(2024, 6, 17)
>>> parse_date("Updated: June 22nd, 2021, 07:30 IST").isoformat()
'2021-06-22T07:30:00+05:30'
"""

from datetime import UTC, date, datetime, timedelta

from cleaners.dates.prose import DateMention, find_dates
from cleaners.dates.stamps import read_stamp
from cleaners.dates.vocabulary import Role, find_label, month_number, role_of

__all__ = [
    "DateMention",
    "Role",
    "day_of",
    "find_dates",
    "find_label",
    "is_plausible",
    "month_number",
    "parse_date",
    "role_of",
    "split_language",
]

#: Characters of a text that are looked at: a date is written in fewer, and patterns cost by length.
_LONGEST = 200

#: How far a date may lie ahead of the crawl: UTC+14 is a day ahead, and clocks are wrong.
_AHEAD = timedelta(days=1)


def parse_date(text: str, *, language: str | None = None, country: str | None = None) -> date | datetime | None:
    """Return the first complete date in ``text``, with its time and zone where they are written, or None.

    Args:
        text: A stamp (ISO 8601, RFC 2822, digits of a database, seconds or milliseconds since 1970) or a
            dateline in any language of the month table.
        language: Language of the text (BCP 47), for what only it decides; its region serves as the country
            where none is given.
        country: ISO 3166 code of the publisher's country: it decides what IST and 4/5/2024 mean.

    >>> parse_date("21 de mayo de 2024 a las 10:30"), parse_date("令和6年5月21日"), parse_date("May 2024")
    (datetime.datetime(2024, 5, 21, 10, 30), datetime.date(2024, 5, 21), None)
    >>> parse_date("4/5/2024", language="en-GB"), parse_date("4/5/2024", language="en-US"), parse_date("4/5/2024")
    (datetime.date(2024, 5, 4), datetime.date(2024, 4, 5), None)
    """
    piece = " ".join(text[: 4 * _LONGEST].split())[:_LONGEST]
    spoken, region = split_language(language)
    stamp = read_stamp(piece, language=spoken, country=country or region)
    if stamp is not None:
        return stamp
    found = find_dates(piece, language=spoken, country=country or region)
    return found[0].value if found else None


def split_language(tag: str | None) -> tuple[str | None, str | None]:
    """Return the language and the region of a BCP 47 tag, each None where it is not stated.

    >>> split_language("en_IN"), split_language("zh-Hant-TW"), split_language(None)
    (('en', 'IN'), ('zh', 'TW'), (None, None))
    """
    if not tag:
        return None, None
    language, *rest = tag.replace("_", "-").split("-")
    region = next((part.upper() for part in rest if len(part) == 2 and part.isalpha()), None)
    return language.lower() or None, region


def day_of(when: date | datetime) -> date:
    """Return the day that a date or a time falls on where it was written."""
    return when.date() if isinstance(when, datetime) else when


def is_plausible(when: date | datetime, *, fetched_at: datetime, earliest: date) -> bool:
    """Tell whether an article that was fetched at ``fetched_at`` (UTC) can have been published or changed ``when``.

    >>> fetched = datetime(2024, 5, 1, 12, tzinfo=UTC)
    >>> is_plausible(date(2024, 5, 2), fetched_at=fetched, earliest=date(1990, 1, 1))
    True
    >>> is_plausible(date(2024, 5, 3), fetched_at=fetched, earliest=date(1990, 1, 1))
    False
    """
    if day_of(when) < earliest:
        return False
    fetched = fetched_at if fetched_at.tzinfo else fetched_at.replace(tzinfo=UTC)
    if isinstance(when, datetime) and when.tzinfo is not None:
        return when - _AHEAD <= fetched
    return day_of(when) - _AHEAD <= day_of(fetched.astimezone(UTC))
