"""The shapes of charts, computed: what a page has to draw, in numbers from 0 to 100 and texts.

Bars over time are drawn by the page as SVG whose box is stretched to whatever width there is, with all text outside of
it, so that it stays legible on a telephone; lists of bars are tables. Both take their colours from the page's style
sheet, and so follow light and dark. (pygal, the library that is looked after, scales its text with the picture, makes
names by chance, and brings three packages along.)
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

#: More bars than this are too thin to be told apart on a telephone; then weeks are drawn, or months.
_MOST_BARS = 92
#: Series that have a colour of their own; the smaller ones are drawn together.
MOST_SERIES = 7
OTHERS = "others"
_GREY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One series' part of a bar."""

    #: Number of the series, which is that of its colour.
    series: int
    #: From the top, and height, in hundredths of the chart.
    top: float
    height: float
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar: a day, a week or a month."""

    #: What it stands for: ``2026-11-22``, ``week of 2026-11-16``, ``2026-11``.
    label: str
    #: From the left, and width, in hundredths of the chart.
    left: float
    width: float
    total: int
    parts: tuple[Part, ...]
    #: The number of each series, in their order.
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacked:
    """Bars over time, made of series."""

    #: day, week, month.
    span: str
    #: Names of the series, the largest first, `OTHERS` last.
    series: tuple[str, ...]
    #: The number of each one's colour, from 0 to 6; 6 is grey.
    colours: tuple[int, ...]
    bars: tuple[Bar, ...]
    #: The number at the top of the chart; 0 where there is nothing to draw.
    top: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a list of bars."""

    name: str
    number: float
    #: What stands for the number, as a text.
    told: str
    #: Length of the bar, from 0 to 100.
    length: float
    #: What else is said of it.
    note: str = ""


def stack(
    days: Mapping[date, Mapping[str, int]],
    since: date,
    until: date,
    *,
    colours: Mapping[str, int] | None = None,
    months: bool = False,
) -> Stacked:
    """Return the bars of a span of time.

    Args:
        days: Day -> series -> number.
        since: First day.
        until: Last day, included.
        colours: The series in their order, from the bottom up, with the numbers of their colours; by default the
            largest come first, and the smallest are drawn together.
        months: Draw months, however short the span is.
    """
    span, begin_of = ("month", _month) if months else _span(since, until)
    totals: Counter[str] = Counter()
    sums: dict[date, Counter[str]] = {}
    for day, numbers in days.items():
        totals.update(numbers)
        sums.setdefault(begin_of(day), Counter()).update(numbers)
    series = _series(totals, colours)
    begins = list(dict.fromkeys(begin_of(since + timedelta(days=n)) for n in range((until - since).days + 1)))
    top = nice_top(max((sums[begin].total() for begin in begins if begin in sums), default=0))
    width = 100 / len(begins)
    bars = tuple(
        _bar(_label(begin, span), place * width, width, _grouped(sums.get(begin, Counter()), series), top)
        for place, begin in enumerate(begins)
    )
    own = colours or {name: number for number, name in enumerate(series) if name != OTHERS}
    return Stacked(span=span, series=series, colours=tuple(own.get(name, _GREY) for name in series), bars=bars, top=top)


def _span(since: date, until: date) -> tuple[str, Callable[[date], date]]:
    days = (until - since).days + 1
    if days <= _MOST_BARS:
        return "day", lambda day: day
    if days <= 7 * _MOST_BARS:
        return "week", lambda day: day - timedelta(days=day.weekday())
    return "month", _month


def _month(day: date) -> date:
    return day.replace(day=1)


def _label(begin: date, span: str) -> str:
    return {"day": begin.isoformat(), "week": f"week of {begin.isoformat()}", "month": f"{begin:%Y-%m}"}[span]


def _series(totals: Counter[str], colours: Mapping[str, int] | None) -> tuple[str, ...]:
    if colours is not None:
        return tuple(name for name in colours if totals[name])
    names = [name for name, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0]))]
    return tuple(names) if len(names) <= MOST_SERIES else (*names[: MOST_SERIES - 1], OTHERS)


def _grouped(numbers: Counter[str], series: tuple[str, ...]) -> tuple[int, ...]:
    named = [numbers[name] for name in series]
    if series and series[-1] == OTHERS:
        named[-1] = numbers.total() - sum(named[:-1])
    return tuple(named)


def _bar(label: str, left: float, width: float, numbers: tuple[int, ...], top: int) -> Bar:
    parts = []
    reached = 0
    for series, number in enumerate(numbers):
        if number:
            reached += number
            parts.append(
                Part(
                    series=series,
                    top=round(100 - 100 * reached / top, 3),
                    height=round(100 * number / top, 3),
                    number=number,
                )
            )
    return Bar(
        label=label,
        left=round(left, 3),
        width=round(width, 3),
        total=reached,
        parts=tuple(parts),
        numbers=numbers,
    )


def nice_top(most: int) -> int:
    """Return the least even number of one digit and noughts that is not below ``most``, or with 15, 30, 50 for such.

    >>> [nice_top(most) for most in (0, 1, 3, 7, 41, 97, 1234, 2701)]
    [0, 2, 4, 8, 50, 100, 1500, 3000]
    """
    if most <= 0:
        return 0
    for small in (2, 4, 6, 8):
        if small >= most:
            return small
    power = 1
    while True:
        for digits in (10, 15, 20, 30, 40, 50, 60, 80):
            if digits * power >= most and digits * power % 2 == 0:
                return digits * power
        power *= 10


def rows(
    numbers: Mapping[str, float],
    *,
    most_rows: int,
    tell: Callable[[float], str] = lambda number: f"{number:,.0f}",
    whole: float | None = None,
) -> list[Row]:
    """Return a list of bars, in the order given; what is too much for it is summed up in a last row.

    Args:
        numbers: Name -> number.
        most_rows: Rows at the most.
        tell: Writes a number.
        whole: The number of a full bar; by default the largest.
    """
    listed = list(numbers.items())
    if len(listed) > most_rows:
        rest = listed[most_rows - 1 :]
        listed = [*listed[: most_rows - 1], (f"{len(rest)} more", sum(number for _, number in rest))]
    full = whole if whole is not None else max((number for _, number in listed), default=0)
    return [
        Row(name=name, number=number, told=tell(number), length=round(100 * number / full, 2) if full else 0.0)
        for name, number in listed
    ]
