"""Small charts out of block characters."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = "▁▂▃▄▅▆▇█"

#: Columns of the longest bar …
BAR_WIDTH = 30
#: … and of the longest sparkline: with two of indentation it fits into 80, and holds two months of days.
SPARK_WIDTH = 62


def bar(number: int, most: int, width: int = BAR_WIDTH) -> str:
    """Return a bar whose length is to ``width`` as ``number`` is to ``most``; anything above nothing is visible.

    >>> bar(4, 8, width=4), bar(1, 1000, width=4), bar(0, 8)
    ('██', '▏', '')
    """
    eighths = max(round(8 * width * number / most), 1) if number and most else 0
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def spark(numbers: Sequence[int]) -> str:
    """Return a character for each number, as high as it is large; a dot for nothing.

    >>> spark([0, 1, 4, 8])
    '·▁▄█'
    """
    most = max(numbers, default=0)
    return "".join(_LEVELS[max(round(8 * number / most), 1) - 1] if number else "·" for number in numbers)


def spread(days: Mapping[date, int], width: int = SPARK_WIDTH) -> tuple[str, list[int]]:
    """Sum days up to the shortest spans of which at most ``width`` cover them all, and return its name and the sums.

    Args:
        days: Day -> number; not empty.
        width: Most spans, at least 1; where years are too many, the last ones count.

    >>> spread({date(2026, 1, 1): 2, date(2026, 1, 3): 1})
    ('day', [2, 0, 1])
    >>> spread({date(2026, 1, 1): 2, date(2026, 3, 3): 1}, width=4)
    ('month', [2, 0, 1])
    """
    first, last = min(days), max(days)
    places: dict[str, Callable[[date], int]] = {
        "day": lambda day: (day - first).days,
        "week": lambda day: (day - (first - timedelta(days=first.weekday()))).days // 7,
        "month": lambda day: (day.year - first.year) * 12 + day.month - first.month,
        "year": lambda day: day.year - first.year,
    }
    span = next((name for name, place in places.items() if place(last) < width), "year")
    sums = [0] * (places[span](last) + 1)
    for day, number in days.items():
        sums[places[span](day)] += number
    return span, sums[-width:]
