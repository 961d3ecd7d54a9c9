"""Measure the cleaning of text dumps: dumps made from pages whose text is known, and lines labelled by hand.

    python -m benchmarks.lines --data DIR [--limit N] [--json FILE]

``DIR`` holds ``truth.jsonl.gz`` with its pages and ``lines/turku-quality.jsonl.gz``. Half 0 of the sites is what the
weights were fitted on; half 1 served to compare settings, never to fit.
``dump`` is the F1 of the dump itself, ``words`` that of the cleaned
text over bags of words, ``4-grams`` over runs of four words; a removal counts as an empty text. ``removed`` is the
share of these articles that came out as removals. The second table has the F1 of lines kept, beside keeping all.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import options
from benchmarks.page_dumps import Labelled, PageDump, agreement, grams, labelled_texts, page_dumps
from cleaners.line_judge import JudgeConfig, judge
from cleaners.line_shapes import measure, words_of
from cleaners.lines import clean_text
from cleaners.typography import sameness
from corpus.types import Article, Provenance

_FETCHED = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Scores:
    """What was measured of one set and half."""

    dump: list[float] = field(default_factory=list)
    words: list[float] = field(default_factory=list)
    runs: list[float] = field(default_factory=list)
    removed: list[bool] = field(default_factory=list)
    title: list[bool] = field(default_factory=list)
    authors: list[bool] = field(default_factory=list)
    day: list[bool] = field(default_factory=list)


def main() -> None:
    parser = options.make_parser(__doc__, sets="names of sets, turku-quality for the labelled lines", limit="pages")
    arguments = options.parse(parser, "truth.jsonl.gz", "lines")
    scores: dict[tuple[int, str], Scores] = defaultdict(Scores)
    seconds: list[float] = []
    for page in page_dumps(arguments.data, arguments.limit, arguments.sets):
        add(page, (scores[page.half, page.collection], scores[page.half, "all"]), seconds)
    lines: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    labelled = labelled_texts(arguments.data) if options.wanted("turku-quality", arguments.sets) else ()
    for language, document in labelled:
        add_lines(document, lines[document.half, language])
    figures = summary(scores, lines, seconds)
    show(figures)
    options.save(
        [
            {"set": row.partition(" ")[2], "system": "ours", "half": row.partition(" ")[0], "table": table, **cells}
            for table, rows in figures.items()
            for row, cells in rows.items()
        ],
        arguments.json,
    )


def add(page: PageDump, groups: Sequence[Scores], seconds: list[float]) -> None:
    """Clean a page's dump and add what came of it."""
    start = time.perf_counter()
    verdict = clean_text(page.text, Provenance(requested_url=page.url, fetched_at=_FETCHED))
    seconds.append(time.perf_counter() - start)
    truth = words_of(page.truth)
    found = words_of(verdict.text) if isinstance(verdict, Article) else []
    for group in groups:
        group.dump.append(agreement(words_of(page.text), truth)[2])
        group.words.append(agreement(found, truth)[2])
        group.runs.append(agreement(grams(found), grams(truth))[2])
        group.removed.append(not isinstance(verdict, Article))
        if isinstance(verdict, Article):
            add_facts(page, verdict, group)


def add_facts(page: PageDump, article: Article, group: Scores) -> None:
    """Add whether headline, authors and day are the page's."""
    if page.title:
        group.title.append(sameness(article.title or "") == sameness(page.title))
    if page.authors:
        group.authors.append({sameness(name) for name in article.authors} == {sameness(name) for name in page.authors})
    if page.day:
        stated = article.published or article.modified
        group.day.append(stated is not None and str(stated.on)[:10] == page.day)


def add_lines(document: Labelled, counts: list[int]) -> None:
    """Add kept lines of text, kept lines of furniture, lost lines of text, lines in all."""
    judged = judge(measure(document.lines), JudgeConfig())
    for judgement, truth in zip(judged, document.truth, strict=True):
        counts[0] += bool(judgement.kept and truth)
        counts[1] += bool(judgement.kept and not truth)
        counts[2] += bool(truth and not judgement.kept)
        counts[3] += 1


def summary(
    scores: dict[tuple[int, str], Scores], lines: dict[tuple[int, str], list[int]], seconds: list[float]
) -> dict[str, dict[str, dict[str, float]]]:
    """Return all means by table, row and column."""
    pages = {
        f"{half} {name}": {"pages": float(len(group.words))}
        | {column: statistics.fmean(values) for column, values in vars(group).items() if values}
        for (half, name), group in sorted(scores.items())
    }
    labelled = {
        f"{half} {language}": {
            "lines": float(total),
            "f1": 2 * kept / max(1, 2 * kept + residue + lost),
            "keep all": 2 * (kept + lost) / max(1, kept + lost + total),
        }
        for (half, language), (kept, residue, lost, total) in sorted(lines.items())
    }
    seconds = seconds or [0.0]
    times = {"median": 1000 * statistics.median(seconds), "mean": 1000 * statistics.fmean(seconds)}
    return {"pages": pages, "lines": labelled, "milliseconds": {"clean_text": times}}


def show(figures: dict[str, dict[str, dict[str, float]]]) -> None:
    """Print one table for each kind of figure."""
    for title, rows in figures.items():
        columns = list(dict.fromkeys(column for row in rows.values() for column in row))
        table = Table("", *columns, title=title)
        for name, row in rows.items():
            cells = (row.get(column) for column in columns)
            table.add_row(
                name, *("" if cell is None else f"{cell:.0f}" if cell >= 2 else f"{cell:.3f}" for cell in cells)
            )
        Console().print(table)


if __name__ == "__main__":
    main()
