"""The report of a corpus: one HTML file without scripts or anything from elsewhere."""

import json
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from collector.plots import Row, Stacked, rows, stack
from corpus.errors import StoreError
from corpus.figures import LATENCY_MINUTES, STATUS_CLASSES, Figures, Latency

#: Rows of a list of bars.
_MOST_ROWS = 15


def write_report(figures: Figures, file: Path, *, name: str, now: datetime) -> None:
    """Write the report of some figures; a file that is there is replaced.

    Args:
        figures: What to show.
        file: Where to write.
        name: What the corpus is called.
        now: When that is; aware.

    Raises:
        StoreError: The disk does not take it.
    """
    write_page(file, render(figures, name=name, now=now))


def write_page(file: Path, text: str) -> None:
    """Write a page; a file that is there is replaced.

    Raises:
        StoreError: The disk does not take it.
    """
    new = file.with_name(f".{file.name}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with new.open("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        new.replace(file)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise StoreError(f"{file}: {error.strerror}") from error


def render(figures: Figures, *, name: str, now: datetime) -> str:
    """Return the report as HTML; see `write_report`."""
    environment = page_environment()
    environment.filters["span"] = in_words
    return environment.get_template("report.html.j2").render(
        name=name,
        figures=figures,
        made_at=_moment(now),
        totals=_totals(figures),
        stored=stack(figures.days, figures.since, figures.until),
        responses=_responses(figures),
        sites=_sites(figures),
        languages=rows(_by_language(figures), most_rows=_MOST_ROWS),
        removals=rows(figures.removals, most_rows=_MOST_ROWS),
        failures=rows(figures.failures, most_rows=_MOST_ROWS),
        duplication=_duplication(figures),
        duplicates=_duplicates(figures),
        latency=_latency(figures.latency),
        latencies=sorted(figures.latencies, key=lambda one: (-(one.median_minutes or 0), one.site))[:_MOST_ROWS],
        statuses=rows({str(status): number for status, number in figures.statuses.items()}, most_rows=_MOST_ROWS),
        runs=[(run, _outcomes(run.counters)) for run in figures.runs],
    )


def page_environment() -> Environment:
    """Return what pages are made with: the templates, and how numbers and times are shown."""
    environment = Environment(
        loader=PackageLoader("collector"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = lambda number: f"{number:,}"
    environment.filters["moment"] = _moment
    return environment


def as_json(figures: Figures) -> dict[str, Any]:
    """Return the figures as JSON can hold them, with the rates that the page shows."""
    fields = asdict(figures)
    for field in ("days", "duplicates", "responses"):
        fields[field] = {day.isoformat(): value for day, value in fields[field].items()}
    fields["duplication"] = [asdict(one) | {"rate": one.rate} for one in figures.duplication]
    fields["latency_classes_minutes"] = list(LATENCY_MINUTES)
    plain: dict[str, Any] = json.loads(json.dumps(fields, default=lambda value: value.isoformat()))
    return plain


# -- what the page shows ----------------------------------------------------------------------------------------------


def _totals(figures: Figures) -> list[tuple[str, str]]:
    """Return the figures at the head of the page."""
    judged = sum(figures.statuses.values())
    failed = sum(number for status, number in figures.statuses.items() if status >= 400)
    copied = sum(one.copies + one.versions for one in figures.duplication)
    compared = sum(one.articles for one in figures.duplication)
    return [
        ("new articles", f"{figures.new_articles:,}"),
        ("articles in all", f"{figures.articles:,}"),
        ("copies and versions", f"{copied / compared:.1%}" if compared else "none yet"),
        ("median delay", in_words(figures.latency.median_minutes)),
        ("responses", f"{judged:,}"),
        ("of them 4xx or 5xx", f"{failed / judged:.1%}" if judged else "none"),
        ("received", _size(figures.wire_bytes)),
        ("open alarms", f"{len(figures.alarms):,}"),
    ]


def _by_language(figures: Figures) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for languages in figures.languages.values():
        totals.update(languages)
    return dict(totals.most_common())


def _sites(figures: Figures) -> list[tuple[Row, int, Mapping[str, int], int]]:
    """Return for each site: its new articles as a bar, all its articles, its languages, its requests."""
    new: Counter[str] = Counter()
    for numbers in figures.days.values():
        new.update(numbers)
    names = sorted({*figures.languages, *new, *figures.requests}, key=lambda name: (-new[name], name))
    bars = rows({name: new[name] for name in names}, most_rows=len(names) or 1)
    languages = [figures.languages.get(name, {}) for name in names]
    return [
        (bar, sum(spoken.values()), spoken, figures.requests.get(bar.name, 0))
        for bar, spoken in zip(bars, languages, strict=True)
    ]


def _responses(figures: Figures) -> Stacked:
    colours = dict(zip(STATUS_CLASSES, (0, 4, 6, 1, 5), strict=True))
    return stack(figures.responses, figures.since, figures.until, colours=colours)


def _duplication(figures: Figures) -> list[Row]:
    rates = {
        one.name: one.rate for one in sorted(figures.duplication, key=lambda one: (-one.rate, one.name)) if one.rate
    }
    return [
        Row(name=name, number=rate, told=f"{rate:.1%}", length=round(100 * rate, 2))
        for name, rate in list(rates.items())[: _MOST_ROWS // 2]
    ]


def _duplicates(figures: Figures) -> Stacked:
    days = {
        day: {"stories": number - copies, "copies and versions": copies}
        for day, (number, copies) in figures.duplicates.items()
    }
    return stack(days, figures.since, figures.until, colours={"stories": 0, "copies and versions": 1})


def _latency(latency: Latency) -> list[Row]:
    ends = [in_words(end) for end in LATENCY_MINUTES]
    names = [f"below {ends[0]}", *(_between(low, high) for low, high in pairwise(ends)), f"over {ends[-1]}"]
    if not latency.articles:
        return []
    numbers = dict(zip(names, latency.classes, strict=True))
    return [
        Row(
            name=name,
            number=number,
            told=f"{number:,}",
            length=round(100 * number / max(numbers.values()), 2),
            note=f"{number / latency.articles:.0%}",
        )
        for name, number in numbers.items()
    ]


def _between(low: str, high: str) -> str:
    """Return two spans of time as one, their unit named once where it is the same."""
    number, _, unit = low.partition(" ")
    return f"{number if high.endswith(f' {unit}') else low} to {high}"


def _outcomes(counters: Mapping[str, int]) -> str:
    groups: Counter[str] = Counter()
    for outcome, number in counters.items():
        groups[outcome.partition("/")[0]] += number
    return ", ".join(f"{number:,} {group}" for group, number in groups.most_common())


def in_words(minutes: int | None) -> str:
    """Return minutes in the unit that a reader wants.

    >>> in_words(None), in_words(0), in_words(59), in_words(90), in_words(4320)
    ('unknown', 'below 1 min', '59 min', '1.5 h', '3 d')
    """
    if minutes is None:
        return "unknown"
    if minutes < 1:
        return "below 1 min"
    if minutes < 60:
        return f"{minutes} min"
    amount, unit = (minutes / 60, "h") if minutes < 1440 else (minutes / 1440, "d")
    return f"{amount:.1f}".removesuffix(".0") + f" {unit}"


def _size(number_bytes: int) -> str:
    amount, units = float(number_bytes), iter(("kB", "MB", "GB", "TB", "PB"))
    unit = "bytes"
    while amount >= 1000 and (following := next(units, None)):
        amount, unit = amount / 1000, following
    return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def first_day(since: date | None, until: date, *, days: int) -> date:
    """Return the first day of a report: the one that was asked for, or else so many days up to the last one.

    >>> first_day(None, date(2026, 11, 30), days=30)
    datetime.date(2026, 11, 1)
    """
    return since or date.fromordinal(until.toordinal() - days + 1)
