"""Measure text and metadata of pages against the truth, beside trafilatura in four settings.

    python -m benchmarks.extraction [--data DIR] [--sets a,b] [--limit N] [--systems ours] [--workers N] [--json FILE]
                                 [--held-out DIR]

``DIR`` holds ``truth.jsonl.gz`` (a row for each page: id, set, url, kind, text, title, author, date, language,
required_snippets, absent_snippets, html) and the pages that its rows name.

Every figure is the mean over the pages of a set. Texts are scored as shingles of four words and as bags of words; where
a set counts the headline as text, every system is given it. A page that ours removes scores as an empty text and is
counted under ``removed``: robots directives, the minimum of words and the removal of listings are policies, and
switched off here. Pages of other kinds than articles (listings, shops, forums) are a set of their own, ``<set>:other``.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import argparse
import gzip
import json
import logging
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, partial
from multiprocessing import Pool
from pathlib import Path
from statistics import fmean
from typing import Any

import trafilatura
from rich.console import Console
from rich.table import Table

from benchmarks import options
from benchmarks.scores import headed, moment, names, overlap, plain, same_day, same_minute, shingles, words
from cleaners.clean import clean
from cleaners.config import CleanerConfig
from corpus.types import Article, Page, Provenance

DATA = options.DATA
#: Sets whose texts begin with the headline.
HEADED_SETS = frozenset({"big9", "chaos360", "l3s-gn1"})
#: The model that has seen none of the sites of these sets.
RESEARCH_FOLD = "research"
#: Kinds that are articles, or may be.
ARTICLE_KINDS = frozenset({"article", "mixed"})
CONFIG = CleanerConfig(
    min_words=1, min_paywalled_words=0, obey_noindex=False, obey_nosnippet=False, remove_fronts=False
)
#: After every page of the sets.
FETCHED_AT = datetime(2026, 11, 1, tzinfo=UTC)

Row = dict[str, Any]
Figures = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system says of a page."""

    text: str = ""
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: date | datetime | None = None
    language: str | None = None
    removed: bool = False


def ours(html: bytes, url: str, config: CleanerConfig = CONFIG) -> Answer:
    """Clean a page."""
    provenance = Provenance(requested_url=url, fetched_at=FETCHED_AT)
    page = Page(url=url, status=200, headers=(("Content-Type", "text/html"),), body=html, provenance=provenance)
    verdict = clean(page, config)
    if not isinstance(verdict, Article):
        return Answer(title=verdict.title, removed=True)
    published = verdict.published.on if verdict.published else None
    return Answer(verdict.text, verdict.title, verdict.authors, published, verdict.language)


def theirs(html: bytes, url: str, **settings: bool) -> Answer:
    """Ask trafilatura for text and metadata."""
    document = trafilatura.bare_extraction(
        html, url=url or None, include_comments=False, with_metadata=True, **settings
    )
    if document is None:
        return Answer()
    authors = tuple((document.author or "").split("; "))
    return Answer(document.text or "", document.title, authors, moment(document.date))


SYSTEMS: dict[str, Callable[[bytes, str], Answer]] = {
    "ours": ours,
    "trafilatura": theirs,
    "trafilatura precision": partial(theirs, favor_precision=True),
    "trafilatura recall": partial(theirs, favor_recall=True),
    "trafilatura fast": partial(theirs, fast=True),
}


def main() -> None:
    arguments = parse_arguments()
    # Trafilatura warns of each page it finds no text in.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    rows = sample(read_truth(arguments.data), arguments.sets, arguments.limit, arguments.seed)
    systems = [name for name in SYSTEMS if not arguments.systems or name in arguments.systems.split(",")]
    measure_page = partial(measure, data=arguments.data, systems=systems, folds=arguments.held_out)
    if arguments.workers > 1:
        with Pool(arguments.workers) as pool:
            measured = pool.map(measure_page, rows, chunksize=8)
    else:
        measured = [measure_page(row) for row in rows]
    results = summarise(zip(rows, measured, strict=True), systems)
    show(results)
    options.save(results, arguments.json)


def parse_arguments() -> argparse.Namespace:
    parser = options.make_parser(__doc__, sets="names of sets", limit="pages of each set")
    parser.add_argument("--systems", default="", help=f"some of: {', '.join(SYSTEMS)}")
    parser.add_argument("--held-out", type=Path, default=None, help="folder of `benchmarks.fit_judge --folds`")
    parser.add_argument("--seed", type=int, default=0, help="of the sample that --limit takes")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    return options.parse(parser, "truth.jsonl.gz")


def read_truth(data: Path) -> list[Row]:
    with gzip.open(data / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        if row["kind"] not in ARTICLE_KINDS:
            row["set"] += ":other"
    return rows


def sample(rows: Iterable[Row], sets: str, limit: int | None, seed: int) -> list[Row]:
    """Return the rows of the sets that are asked for, at most ``limit`` of each, in the order of their ids."""
    by_set: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["id"]):
        if options.wanted(row["set"], sets):
            by_set[row["set"]].append(row)
    chosen: list[Row] = []
    for name in sorted(by_set):
        family = by_set[name]
        few = limit is not None and limit < len(family)
        chosen += sorted(random.Random(seed).sample(family, limit), key=lambda row: row["id"]) if few else family
    return chosen


def without_site(row: Row, folds: Path) -> CleanerConfig:
    """Return a configuration whose judge has not seen the row's site."""
    known = {} if row["set"] in HEADED_SETS else _folds(folds)
    fold = known.get(row.get("domain") or row["id"], RESEARCH_FOLD)
    config = replace(CONFIG, judge=replace(CONFIG.judge, model=str(folds / f"{fold}.json")))
    first = folds / "first-look" / f"{fold}.json"
    look = replace(config.look, model=str(first)) if first.exists() else replace(config.look, enabled=False)
    return replace(config, look=look)


@cache
def _folds(folder: Path) -> Mapping[str, str]:
    return dict(json.loads((folder / "sites.json").read_text()))


def measure(row: Row, *, data: Path, systems: list[str], folds: Path | None = None) -> dict[str, Figures]:
    """Return each system's figures for one page; None where the truth says nothing."""
    known = {**SYSTEMS, "ours": partial(ours, config=without_site(row, folds))} if folds else SYSTEMS
    html = gzip.decompress((data / row["html"]).read_bytes())
    found: dict[str, Figures] = {}
    for system in systems:
        started = time.process_time()
        answer = known[system](html, row.get("url") or "")
        seconds = time.process_time() - started
        found[system] = {**score_text(row, answer), **score_fields(row, answer), "seconds": seconds}
    return found


def score_text(row: Row, answer: Answer) -> Figures:
    text, figures = answer.text, dict[str, float | None](removed=float(answer.removed))
    if truth := row.get("text"):
        if row["set"] in HEADED_SETS:
            text = headed(text, truth.splitlines()[0])
        known, given = words(truth), words(text)
        for name, size in (("shingles", 4), ("bag", 1)):
            agreement = overlap(shingles(known, size), shingles(given, size))
            figures |= {
                name: agreement.f1,
                f"{name}_precision": agreement.precision,
                f"{name}_recall": agreement.recall,
            }
        figures["exact"] = float(plain(truth) == plain(text))
    held = plain(answer.text)
    if required := row.get("required_snippets"):
        figures["required"] = fmean(plain(snippet) in held for snippet in required)
    if absent := row.get("absent_snippets"):
        figures["absent"] = fmean(plain(snippet) not in held for snippet in absent)
    return figures


def score_fields(row: Row, answer: Answer) -> Figures:
    figures: Figures = {}
    if row.get("title"):
        figures["title"] = float(plain(row["title"]) == plain(answer.title or ""))
    if row.get("author"):
        figures["authors"] = float(names(row["author"]) == names(answer.authors))
    if (published := moment(row.get("date"))) is not None:
        figures["day"] = float(same_day(published, answer.published))
        if isinstance(published, datetime):
            figures["minute"] = float(same_minute(published, answer.published))
    if row.get("language") and answer.language:
        figures["language"] = float(primary(row["language"]) == primary(answer.language))
    return figures


def primary(language: str) -> str:
    """Return a language's primary subtag; the written norms of Norwegian are one language here."""
    tag = language.lower().split("-")[0]
    return "no" if tag in {"nb", "nn"} else tag


def summarise(measured: Iterable[tuple[Row, dict[str, Figures]]], systems: list[str]) -> list[dict[str, Any]]:
    """Return an object for each set and system: means over pages, and pages a second of processor time."""
    by_set: dict[str, list[dict[str, Figures]]] = defaultdict(list)
    for row, figures in measured:
        by_set[row["set"]].append(figures)
    results = []
    for name, pages in by_set.items():
        for system in systems:
            values: dict[str, list[float]] = defaultdict(list)
            for page in pages:
                for key, value in page[system].items():
                    if value is not None:
                        values[key].append(value)
            seconds = sum(values.pop("seconds"))
            means = {key: round(fmean(given), 4) for key, given in values.items()}
            removed = round(sum(values["removed"]))
            results.append(
                {"set": name, "system": system, "pages": len(pages)}
                | means
                | {"removed": removed, "pages_per_second": round(len(pages) / seconds, 1) if seconds else None}
            )
    return results


def show(results: list[dict[str, Any]]) -> None:
    text = ("shingles", "bag", "shingles_precision", "shingles_recall", "exact", "required", "absent", "removed")
    fields = ("title", "authors", "day", "minute", "language", "pages_per_second")
    for title, columns in (("Text", text), ("Metadata and speed", fields)):
        table = Table(title=title)
        for column in ("set", "pages", "system"):
            table.add_column(column)
        for column in columns:
            table.add_column(column.replace("_", " "), justify="right")
        for result in results:
            cells = [result.get(column) for column in columns]
            shown = [
                "" if cell is None else f"{cell:.3f}" if isinstance(cell, float) and cell <= 1 else f"{cell:g}"
                for cell in cells
            ]
            table.add_row(
                result["set"],
                str(result["pages"]),
                result["system"],
                *shown,
                end_section=result["system"] == results[-1]["system"],
            )
        Console(width=180).print(table)


if __name__ == "__main__":
    main()
