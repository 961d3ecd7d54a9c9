"""Draws frequencies over time: a line a query, as SVG, alone or in a page with the numbers."""

from html import escape
from math import ceil
from pathlib import Path

from collector.plots import nice_top
from corpus.errors import ExportError
from corpus.search.frequency import Frequencies, Period

_WIDTH, _HEIGHT = 860, 380
#: Margins of the drawing: left, right, top, bottom.
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 20, 60
#: Okabe and Ito's colours, which people who are colour-blind tell apart (https://jfly.uni-koeln.de/color/).
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
_MOST_LABELS = 10
_LINES = 4


def write_plot(found: Frequencies, file: Path, *, per_million: bool) -> None:
    """Draw frequencies to a file.

    Args:
        found: What to draw.
        file: ``.svg``, or ``.html`` for a page with the drawing and a table of the numbers.
        per_million: Draw hits in a million words, not hits.

    Raises:
        ExportError: The disk does not take it.
    """
    drawn = draw(found, per_million=per_million)
    try:
        file.write_text(drawn if file.suffix == ".svg" else _page(found, drawn), "utf-8")
    except OSError as error:
        raise ExportError(file, f"cannot be written: {error.strerror}") from error


def draw(found: Frequencies, *, per_million: bool) -> str:
    """Return frequencies as SVG."""
    numbers = [
        [_number(period, place, per_million=per_million) for period in found.periods] for place in _places(found)
    ]
    top = nice_top(ceil(max((number for line in numbers for number in line), default=0))) or 1
    what = "hits in a million words" if per_million else "hits"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="12" role="img"><title>{escape(", ".join(found.queries))}: {what} by {found.span}</title>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
    ]
    for line in range(_LINES + 1):
        height, number = _y(top * line / _LINES, top), top * line / _LINES
        parts.append(f'<path d="M{_LEFT} {height}H{_WIDTH - _RIGHT}" stroke="#dddddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{height + 4}" text-anchor="end">{number:,.10g}</text>')
    step = max(1, ceil(len(found.periods) / _MOST_LABELS))
    for place in range(0, len(found.periods), step):
        x, name = _x(place, len(found.periods)), found.periods[place].name
        parts.append(f'<text x="{x}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{name}</text>')
    for place, line_numbers in enumerate(numbers):
        parts += _line(line_numbers, found, place, top)
    parts.append(f'<text x="{_LEFT}" y="{_TOP - 6}" fill="#555555">{what}</text></svg>\n')
    return "\n".join(parts)


def _line(numbers: list[float], found: Frequencies, place: int, top: int) -> list[str]:
    colour = _COLOURS[place % len(_COLOURS)]
    points = [(_x(number, len(numbers)), _y(value, top)) for number, value in enumerate(numbers)]
    path = " ".join(f"{x},{y}" for x, y in points)
    drawn = [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
    drawn += [
        f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"><title>{period.name}: {value:,.10g}</title></circle>'
        for (x, y), period, value in zip(points, found.periods, numbers, strict=True)
    ]
    x, y = _LEFT + 190 * (place % 4), _HEIGHT - 26 + 16 * (place // 4)
    drawn.append(f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{colour}"/>')
    drawn.append(f'<text x="{x + 15}" y="{y}">{escape(_short(found.queries[place]))}</text>')
    return drawn


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"


def _places(found: Frequencies) -> range:
    return range(len(found.queries))


def _number(period: Period, place: int, *, per_million: bool) -> float:
    return (period.per_million(place) or 0.0) if per_million else period.counts[place].hits


def _x(place: int, count: int) -> float:
    inner = _WIDTH - _LEFT - _RIGHT
    return round(_LEFT + inner * (place / (count - 1) if count > 1 else 0.5), 1)


def _y(number: float, top: int) -> float:
    return round(_HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * number / top, 1)


def _page(found: Frequencies, drawn: str) -> str:
    heads = "".join(f"<th>{escape(query)}</th><th>per million</th>" for query in found.queries)
    rows = "".join(
        f"<tr><td>{period.name}</td><td>{period.words:,}</td>"
        + "".join(
            f"<td>{period.counts[place].hits:,}</td><td>{period.per_million(place) or 0:,.2f}</td>"
            for place in _places(found)
        )
        + "</tr>\n"
        for period in found.periods
    )
    name = escape(", ".join(found.queries))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>\n'
        "<style>body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "td,th{text-align:right;padding:.1rem .8rem}</style></head>\n"
        f"<body><h1>{name}</h1>\n{drawn}<table><tr><th>{found.span}</th><th>words</th>{heads}</tr>\n{rows}</table>"
        "</body></html>\n"
    )
