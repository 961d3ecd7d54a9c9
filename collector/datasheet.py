"""The datasheet of a snapshot: what is in it, how it came about, what is missing, and how to cite it.

Made of the snapshot's manifest alone, and of what was taken down since, so that it can be made again at any time. Its
questions are those of Gebru et al., "Datasheets for Datasets" (2021), as far as a machine can answer them; what only
people know (why, who paid, who agreed) is left to them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from collector.plots import Row, Stacked, rows, stack
from collector.report import page_environment
from corpus.history import words_of
from corpus.snapshots import Snapshot, Withdrawn

#: Rows of a list of bars.
_MOST_ROWS = 15
#: Months of the plot; what was published before is counted beside it.
_MOST_MONTHS = 120
#: Upper ends of classes of length, in words.
_LENGTHS = (50, 100, 200, 400, 800, 1600, 3200)
_UNDATED = "undated"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    """What a datasheet says of a site."""

    bar: Row
    words: int
    first: str | None
    last: str | None
    #: Share of its articles that are copies or versions, and share of its pages that were removed; None for unknown.
    copied: float | None
    removed: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A spell of days on which nothing of a site was stored."""

    site: str
    first: str
    last: str
    days: int
    visited: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Datasheet:
    """What a datasheet shows."""

    name: str
    snapshot: Snapshot
    manifest: Mapping[str, Any]
    withdrawn: tuple[Withdrawn, ...]
    totals: tuple[tuple[str, str], ...]
    months: Stacked | None
    undated: int
    #: Articles from before the first month of the plot.
    earlier: int
    sites: tuple[SiteLine, ...]
    languages: list[Row]
    lengths: list[Row]
    removals: list[Row]
    licences: list[Row]
    statements: list[Row]
    gaps: tuple[Gap, ...]
    #: Settings of [rights], one a line.
    policy: tuple[tuple[str, str], ...]
    citation: str


def datasheet(
    name: str, snapshot: Snapshot, manifest: Mapping[str, Any], withdrawn: Sequence[Withdrawn] = ()
) -> Datasheet:
    """Return the datasheet of a snapshot.

    Args:
        name: What the corpus is called.
        snapshot: The snapshot.
        manifest: What it says of itself.
        withdrawn: What was taken down since.
    """
    months, undated, earlier = _months(manifest["months"])
    return Datasheet(
        name=name,
        snapshot=snapshot,
        manifest=manifest,
        withdrawn=tuple(withdrawn),
        totals=_totals(manifest, withdrawn),
        months=months,
        undated=undated,
        earlier=earlier,
        sites=_sites(manifest),
        languages=rows(_ranked(manifest["languages"]), most_rows=_MOST_ROWS),
        lengths=_lengths(manifest["word_bins"]),
        removals=rows(_ranked(_removals(manifest)), most_rows=_MOST_ROWS),
        licences=rows(_ranked(manifest["licences"]), most_rows=_MOST_ROWS),
        statements=rows(_ranked(manifest["statements"]), most_rows=_MOST_ROWS),
        gaps=tuple(
            Gap(site=site, first=gap["from"], last=gap["to"], days=gap["days"], visited=gap["visited"])
            for site, gaps in manifest["gaps"].items()
            for gap in gaps
        ),
        policy=tuple((key, str(value)) for key, value in _flat("", manifest["rights"] or {})),
        citation=citation(name, snapshot, manifest),
    )


def as_html(sheet: Datasheet) -> str:
    """Return a datasheet as one HTML file without scripts or anything from elsewhere."""
    return page_environment().get_template("datasheet.html.j2").render(sheet=sheet, manifest=sheet.manifest)


def as_markdown(sheet: Datasheet) -> str:
    """Return a datasheet as Markdown."""
    environment = page_environment()
    environment.autoescape = False
    environment.filters["cell"] = lambda text: str(text).replace("|", "\\|").replace("\n", " ")
    return environment.get_template("datasheet.md.j2").render(sheet=sheet, manifest=sheet.manifest)


def citation(name: str, snapshot: Snapshot, manifest: Mapping[str, Any]) -> str:
    """Return a BibTeX entry of a snapshot; who made the corpus has to be filled in."""
    key = "".join(character for character in f"{name}{snapshot.tag}" if character.isascii() and character.isalnum())
    return (
        f"@misc{{{key},\n"
        "  author       = {…},\n"
        f"  title        = {{{_tex(name)}: a corpus of news articles}},\n"
        f"  year         = {{{snapshot.made_at.year}}},\n"
        f"  version      = {{{_tex(snapshot.tag)}}},\n"
        f"  note         = {{{snapshot.articles:,} articles, {manifest['words']:,} words; made on "
        f"{snapshot.made_at.date().isoformat()} with news-corpus-collector "
        f"{manifest['software'].get('news-corpus-collector', '')}; SHA-256 {snapshot.checksum}}},\n"
        "}"
    )


def _tex(text: str) -> str:
    r"""Return text as TeX shows it.

    >>> print(_tex("news_2026 & more"))
    news\_2026 \& more
    """
    return "".join(f"\\{character}" if character in "&%$#_{}" else character for character in text)


# -- what is shown ----------------------------------------------------------------------------------------------------


def _totals(manifest: Mapping[str, Any], withdrawn: Sequence[Withdrawn]) -> tuple[tuple[str, str], ...]:
    articles = manifest["articles"]
    removed, pages = sum(_removals(manifest).values()), _pages(manifest)
    return (
        ("articles", f"{articles:,}"),
        ("words", f"{manifest['words']:,}"),
        ("stories", f"{manifest['stories']:,}"),
        ("copies and versions", f"{1 - manifest['stories'] / articles:.1%}" if articles else "none"),
        ("sites", f"{len(manifest['sites']):,}"),
        ("languages", f"{len(manifest['languages']):,}"),
        ("pages removed", f"{removed / pages:.1%}" if pages else "none"),
        ("withdrawn since", f"{len(withdrawn):,}"),
    )


def _months(months: Mapping[str, Mapping[str, int]]) -> tuple[Stacked | None, int, int]:
    """Return the plot, and how many articles have no date, or one before its first month."""
    dated = {date.fromisoformat(f"{month}-01"): sites for month, sites in months.items() if month != _UNDATED}
    undated = sum(months.get(_UNDATED, {}).values())
    if not dated:
        return None, undated, 0
    last = max(dated)
    begin = last.year * 12 + last.month - _MOST_MONTHS  # of the months since the year 0, the first one counted as 0
    first = max(min(dated), date(max(begin // 12, 1), begin % 12 + 1, 1))
    earlier = sum(sum(sites.values()) for month, sites in dated.items() if month < first)
    shown = {month: sites for month, sites in dated.items() if month >= first}
    return stack(shown, first, last, months=True), undated, earlier


def _sites(manifest: Mapping[str, Any]) -> tuple[SiteLine, ...]:
    sites = manifest["sites"]
    ranked = sorted(sites, key=lambda site: (-sites[site]["articles"], site))
    bars = rows({site: sites[site]["articles"] for site in ranked}, most_rows=len(ranked) or 1)
    return tuple(
        SiteLine(
            bar=bar,
            words=sites[bar.name]["words"],
            first=sites[bar.name]["first"],
            last=sites[bar.name]["last"],
            copied=_copied(manifest["duplication"].get(bar.name)),
            removed=_removed(manifest["removals"].get(bar.name)),
        )
        for bar in bars
    )


def _copied(counts: Mapping[str, int] | None) -> float | None:
    return (counts["copies"] + counts["versions"]) / counts["articles"] if counts and counts["articles"] else None


def _removed(outcomes: Mapping[str, int] | None) -> float | None:
    pages = sum(outcomes.values()) if outcomes else 0
    return 1 - (outcomes or {}).get("kept", 0) / pages if pages else None


def _removals(manifest: Mapping[str, Any]) -> Counter[str]:
    """Return for each reason how many pages it removed."""
    reasons: Counter[str] = Counter()
    for outcomes in manifest["removals"].values():
        reasons.update({outcome.partition("/")[2]: pages for outcome, pages in outcomes.items() if outcome != "kept"})
    return reasons


def _pages(manifest: Mapping[str, Any]) -> int:
    return sum(sum(outcomes.values()) for outcomes in manifest["removals"].values())


def _lengths(bins: Mapping[str, int]) -> list[Row]:
    """Return the articles by length in words; bins straddle the ends of classes by a tenth at most."""
    classes = [0] * (len(_LENGTHS) + 1)
    for number, articles in bins.items():
        length = words_of(int(number))
        classes[next((place for place, end in enumerate(_LENGTHS) if length < end), len(_LENGTHS))] += articles
    begins = (0, *_LENGTHS)
    names = [f"{low:,} to {high:,}" for low, high in zip(begins, _LENGTHS, strict=False)] + [f"over {_LENGTHS[-1]:,}"]
    total = sum(classes) or 1
    shown = rows(dict(zip(names, classes, strict=True)), most_rows=len(names))
    return [
        Row(name=row.name, number=row.number, told=row.told, length=row.length, note=f"{row.number / total:.0%}")
        for row in shown
    ]


def _ranked(numbers: Mapping[str, int]) -> dict[str, float]:
    return dict(sorted(numbers.items(), key=lambda item: (-item[1], item[0])))


def _flat(prefix: str, settings: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Return nested settings by dotted names; those that are not set are left out."""
    found: list[tuple[str, object]] = []
    for key, value in settings.items():
        if isinstance(value, Mapping):
            found += _flat(f"{prefix}{key}.", value)
        elif value is not None:
            found.append((f"{prefix}{key}", value))
    return found
