"""Times of day, as machines and people write them: ``07:30:00.25Z``, ``7.30 pm IST``, ``17h48``, ``午後3時20分``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache

from cleaners.dates.vocabulary import read_table
from cleaners.dates.zones import read_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time of day that stands in a text."""

    hour: int
    minute: int = 0
    second: int = 0
    microsecond: int = 0
    #: The zone as written (``IST``, ``+05:30``), or None.
    zone: str | None = None
    #: Offsets of the first character and of the first character behind.
    start: int = 0
    end: int = 0

    def on(self, day: date, *, language: str | None = None, country: str | None = None) -> date | datetime:
        """Return this time on ``day``, aware where the zone is known; ``day`` where there is no such time.

        >>> Clock(hour=7, minute=30, zone="IST").on(date(2021, 6, 22)).isoformat()
        '2021-06-22T07:30:00+05:30'
        >>> Clock(hour=25).on(date(2021, 6, 22))
        datetime.date(2021, 6, 22)
        """
        try:
            when = datetime.combine(day, time(self.hour, self.minute, self.second, self.microsecond))
        except ValueError:
            return day
        if self.zone is None:
            return when
        return when.replace(tzinfo=read_zone(self.zone, when, language=language, country=country))


def read_clock(match: re.Match[str]) -> Clock:
    """Return the time that stands in the groups hour, minute, second, fraction, half, early and zone."""
    groups = match.groupdict()
    hour = int(groups["hour"])
    half = groups.get("half") or groups.get("early")
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if _is_afternoon(half) else 0)
    zone = (groups.get("zone") or "").strip(" (),")
    return Clock(
        hour=hour,
        minute=int(groups.get("minute") or 0),
        second=int(groups.get("second") or 0),
        microsecond=int((groups.get("fraction") or "")[:6].ljust(6, "0")),
        zone=zone or None,
        start=match.start(),
        end=match.end(),
    )


def find_clocks(text: str, start: int, end: int) -> list[Clock]:
    """Return the times of day in ``text[start:end]``, in order, without overlaps."""
    found: list[Clock] = []
    for clock in sorted(_read_all(text, start, end), key=lambda clock: (clock.start, -clock.end)):
        if not found or clock.start >= found[-1].end:
            found.append(clock)
    return found


def _read_all(text: str, start: int, end: int) -> Iterator[Clock]:
    for pattern in _patterns():
        for match in pattern.finditer(text, start, end):
            yield read_clock(match)


@cache
def _halves() -> dict[str, bool]:
    """Return the words for the halves of the day, with whether they mean the afternoon."""
    words = read_table("words.toml")
    return {word: half == "pm" for half in ("am", "pm") for word in words[half]}


def _is_afternoon(half: str) -> bool:
    return _halves()[half.casefold()]


_ZONE = (
    r"(?P<zone>\s?\(?(?:UTC|GMT|Z)?\s?[+\-−]\s?\d{1,2}(?:[:.]?\d{2})?(?![\d.:])\)?"
    r"|(?-i:\s?\(?(?!AM\b|PM\b|UHR\b)[A-Z]{2,5}\b\)?|Z\b))?"
)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    halves = "|".join(re.escape(word) for word in sorted(_halves(), key=len, reverse=True))
    half = rf"\s?(?P<half>{halves})(?![^\W\d_])"
    hour = r"(?<![\d.:,/])(?P<hour>[01]?\d|2[0-3])"
    unit = r"(?:\s?(?:uhr|hours|hrs?|น\.|h)(?![^\W\d_]))?"
    announced = r"(?<![^\W\d_])(?:kl\.?|klo|um|at|às|ore|alle|pukul|jam|o)\s"
    forms = (
        # 07:30, 07:30:15.25 pm, 7h30, 午後3時20分15秒
        rf"(?:(?P<early>{halves})\s?)?{hour}\s?[:：h時时点點시]\s?(?P<minute>[0-5]\d)(?:\s?[分분])?"
        rf"(?:\s?:?(?P<second>[0-5]\d)(?:[.,](?P<fraction>\d{{1,9}})|\s?[秒초])?)?(?!\d)(?:{half})?{unit}{_ZONE}",
        # 7.30 pm
        rf"{hour}\.(?P<minute>[0-5]\d)(?:\.(?P<second>[0-5]\d))?{half}{_ZONE}",
        # 17.48 BST, 7.30 Uhr
        rf"{hour}\.(?P<minute>[0-5]\d)(?=\s?(?:uhr|hrs?|h|น\.|(?-i:[A-Z]{{3,4}})))(?![\d.]){unit}{_ZONE}",
        # kl. 17.48
        rf"{announced}(?P<hour>[01]?\d|2[0-3])\.(?P<minute>[0-5]\d)(?![\d.]){unit}{_ZONE}",
        # 7 pm, 7 Uhr
        rf"(?<![A-Za-z]){hour}{half}{_ZONE}",
        rf"{hour}\s?(?:uhr|h)(?![^\W_]){_ZONE}",
        # 0730 hrs
        rf"(?<![\d.:,/])(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?=\s?(?:hrs|hours|gmt|utc|ist)\b){unit}{_ZONE}",
    )
    return tuple(re.compile(form, re.IGNORECASE) for form in forms)
