"""How `throughput` shows its figures: tables in Markdown, and a chart as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape

_TITLES = {"live": "From a server", "files": "From a WARC, or from files"}
_COLUMNS = (
    "system",
    "pages",
    "texts",
    "processor ms a page",
    "ratio",
    "start s",
    "ms a further page",
    "ratio",
    "wall ms a page",
    "pages/s",
    "peak MB",
)
_ROW, _LABEL, _BAR, _MARGIN = 26, 190, 420, 90
_OURS, _THEIRS = "#2a6fb0", "#9aa5b1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A system's figures, all rounds together."""

    system: str
    path: str
    versions: str
    pages: int
    #: Pages that it has a text of.
    texts: int
    processor_seconds: float
    seconds: float
    #: The most memory of any round.
    peak_mb: float
    #: Processor seconds for a single page.
    start_seconds: float
    #: How often it was started.
    rounds: int

    @property
    def milliseconds(self) -> float:
        """Processor time a page."""
        return 1000 * self.processor_seconds / self.pages if self.pages else 0.0

    @property
    def milliseconds_beyond_start(self) -> float:
        """Processor time of each further page."""
        further = self.pages - self.rounds
        return 1000 * (self.processor_seconds - self.rounds * self.start_seconds) / further if further > 0 else 0.0

    @property
    def pages_a_second(self) -> float:
        """By the clock on the wall."""
        return self.pages / self.seconds if self.seconds else 0.0

    def as_object(self) -> dict[str, object]:
        """Return it as a JSON object."""
        further = ("milliseconds", "milliseconds_beyond_start", "pages_a_second")
        return asdict(self) | {name: getattr(self, name) for name in further}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """Processor milliseconds a page of ours, by stage."""

    #: Of the crawling process.
    crawling: Mapping[str, float] = field(default_factory=dict)
    #: Of a cleaning process.
    cleaning: Mapping[str, float] = field(default_factory=dict)

    def as_object(self) -> dict[str, object]:
        """Return it as a JSON object."""
        return {"system": "ours, by stage", **asdict(self)}


def show(lines: Sequence[Line]) -> None:
    """Print a table for each path; ratios are to its first system."""
    for path, title in _TITLES.items():
        found = [line for line in lines if line.path == path]
        if not found:
            continue
        print(f"\n{title}:\n")
        print(f"| {' | '.join(_COLUMNS)} |")
        print(f"|{'---|' * len(_COLUMNS)}")
        for line in found:
            print(f"| {' | '.join(_cells(line, found[0]))} |")
        print("\n" + "; ".join(f"{line.system}: {line.versions}" for line in found))


def _cells(line: Line, first: Line) -> list[str]:
    further, others = line.milliseconds_beyond_start, first.milliseconds_beyond_start
    return [
        line.system,
        f"{line.pages:,}",
        f"{line.texts:,}",
        f"{line.milliseconds:.1f}",
        _ratio(line.milliseconds, first.milliseconds),
        f"{line.start_seconds:.1f}",
        f"{further:.1f}",
        _ratio(further, others),
        f"{1000 * line.seconds / line.pages:.1f}" if line.pages else "",
        f"{line.pages_a_second:.1f}",
        f"{line.peak_mb:.0f}",
    ]


def _ratio(one: float, other: float) -> str:
    return f"{one / other:.2f}" if other > 0 else ""


def show_stages(stages: Stages) -> None:
    """Print where ours spends its time."""
    if not stages.crawling:
        return
    print("\nOurs by stage, processor ms a page:\n")
    print("| crawling process | | cleaning process | |")
    print("|---|---|---|---|")
    left = sorted(stages.crawling.items(), key=lambda item: -item[1])
    right = sorted(stages.cleaning.items(), key=lambda item: -item[1])
    left.append(("together", sum(stages.crawling.values())))
    right.append(("together", sum(stages.cleaning.values())))
    for number in range(max(len(left), len(right))):
        cells = [cell for side in (left, right) for cell in (side[number] if number < len(side) else ("", ""))]
        print("| " + " | ".join(f"{cell:.2f}" if isinstance(cell, float) else cell for cell in cells) + " |")


def plot(lines: Sequence[Line]) -> str:
    """Return a chart of the processor time a page, as SVG."""
    parts: list[str] = []
    top = 0
    for path, title in _TITLES.items():
        found = [line for line in lines if line.path == path and line.pages]
        if not found:
            continue
        longest = max(line.milliseconds for line in found)
        top += _ROW
        parts.append(_text(0, top, f"{title}: processor ms a page", weight="bold"))
        for line in found:
            top += _ROW
            length = _BAR * line.milliseconds / longest
            colour = _OURS if line.system.startswith("ours") else _THEIRS
            parts.append(_text(0, top, line.system))
            parts.append(f'<rect x="{_LABEL}" y="{top - 14}" width="{length:.1f}" height="18" fill="{colour}"/>')
            parts.append(_text(_LABEL + length + 6, top, f"{line.milliseconds:.0f}"))
        top += _ROW // 2
    width = _LABEL + _BAR + _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 {width} {top + 10}" font-family="sans-serif"'
        f' font-size="13">{"".join(parts)}</svg>\n'
    )


def _text(left: float, base: float, text: str, *, weight: str = "normal") -> str:
    return f'<text x="{left:.1f}" y="{base}" font-weight="{weight}">{escape(text)}</text>'
