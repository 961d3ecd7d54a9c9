"""Measure what knowing a site is worth: the text's F1 by the number of its pages that are known, and what is lost.

    python -m benchmarks.site_curve [--data DIR] [--sets a,b] [--limit N] [--known 1,5,20] [--workers N] [--json FILE]

``DIR`` is laid out as for ``benchmarks.extraction``; beside its sets, ``--sets`` takes ``mirrors`` (the articles of
``sites/*.tar.xz``) and ``wire`` (``dedup/wire-reprints.docs.jsonl.gz``). Pages of a set are grouped by domain, those of
a mirror are one site; sites of fewer than ``--least`` pages are left out, and a site's pages beyond ``--limit`` too. A
site's pages are dealt, in an order drawn by ``--seed``, into hands of so many pages as are known; each page is cleaned
with what its own hand teaches, and with what all the site's pages do.

F1 is over word 4-grams, and the mean over pages. *Lost* is the share of the truth's sentences, of those that the text
has while nothing is known, that the text lacks with the knowledge. The wire texts, the hardest case, are made one site:
336 stories of many outlets on a few events, each in one page layout with five boxes around it, of which two say the
same on every page; there the five boxes are what should be cut, and everything else is the story.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import argparse
import gzip
import html as markup
import json
import logging
import random
import re
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from statistics import fmean
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import options
from benchmarks.extraction import CONFIG, FETCHED_AT, HEADED_SETS, read_truth
from benchmarks.scores import headed, overlap, plain, shingles, words
from cleaners.clean import Cleaned, clean_and_outline
from cleaners.config import SiteKnowledge
from cleaners.outline import Outline
from cleaners.template import SiteTemplate, learn
from corpus.types import Article, Page, Provenance

MIRRORS, WIRE = "mirrors", "wire"
_SENTENCE = re.compile(r"(?<=[.!?。！？।])\s+|\n+")
#: Words of a sentence that counts as one.
_MIN_WORDS = 5


@dataclass(frozen=True, slots=True)
class Truth:
    """A page whose text is known."""

    site: str
    set: str
    url: str
    html: bytes = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a page."""

    f1: float
    sentences: frozenset[str] = field(repr=False)
    cuts: tuple[str, ...] = ()
    outline: Outline | None = field(default=None, repr=False)


def main() -> None:
    arguments = parse_arguments()
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    sites = sites_of(arguments)
    known = [int(number) for number in arguments.known.split(",")]
    results, cut_lines = [], {}
    with Pool(arguments.workers) as pool:
        for site, pages in sites.items():
            measure = partial(measure_site, pool, pages, arguments.seed)
            blind = pool.map(clean_page, ((page, None) for page in pages), chunksize=4)
            rows = {number: measure(blind, number) for number in known}
            rows[len(pages)] = measure(blind, len(pages))
            cut_lines[site] = Counter(text for answer in rows[len(pages)] for text in answer.cuts)
            results += [
                summarise(" ".join(sorted({page.set for page in pages})), site, number, blind, answers)
                for number, answers in rows.items()
            ]
    show(results, known)
    if arguments.lines:
        show_lines(cut_lines, arguments.lines)
    options.save(results, arguments.json)


def parse_arguments() -> argparse.Namespace:
    parser = options.make_parser(__doc__, sets="names of sets, mirrors, wire", limit="pages of each site (400)")
    parser.set_defaults(limit=400)
    parser.add_argument("--least", type=int, default=5, help="pages that a site must have")
    parser.add_argument("--known", default="1,5,20,100", help="numbers of pages that are known")
    parser.add_argument("--lines", type=int, default=0, help="show so many of the lines cut most often at each site")
    parser.add_argument("--seed", type=int, default=0, help="of the order in which pages are dealt")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    return options.parse(parser, "truth.jsonl.gz", "sites", "dedup")


def sites_of(arguments: argparse.Namespace) -> dict[str, list[Truth]]:
    """Return the pages of each site, at most ``limit``, drawn by the seed."""
    wanted = set(arguments.sets.split(",")) - {""}
    grouped: dict[str, list[Truth]] = defaultdict(list)
    for page in read_pages(arguments.data, wanted):
        grouped[page.site].append(page)
    chosen = {}
    for site, pages in grouped.items():
        pages.sort(key=lambda page: page.url)
        few = random.Random(arguments.seed).sample(pages, min(arguments.limit, len(pages)))
        if len(few) >= arguments.least:
            chosen[site] = few
    return chosen


def read_pages(data: Path, wanted: set[str]) -> Iterator[Truth]:
    if not wanted or wanted - {MIRRORS, WIRE}:
        for row in read_truth(data):
            named = row.get("text") and row.get("domain") and (not wanted or row["set"] in wanted)
            if named and not row["set"].endswith(":other"):
                html = gzip.decompress((data / row["html"]).read_bytes())
                yield Truth(row["domain"], row["set"], row.get("url") or "", html, row["text"])
    if not wanted or MIRRORS in wanted:
        for archive in sorted((data / "sites").glob("*.tar.xz")):
            yield from read_mirror(archive)
    if not wanted or WIRE in wanted:
        yield from read_wire(data / "dedup" / "wire-reprints.docs.jsonl.gz")


def read_mirror(archive: Path) -> Iterator[Truth]:
    name = archive.name.removesuffix(".tar.xz")
    with gzip.open(archive.with_name(f"{name}.truth.jsonl.gz"), "rt", encoding="utf-8") as lines:
        rows = {row["path"]: row for row in map(json.loads, lines) if row["kind"] == "article" and row.get("text")}
    with tarfile.open(archive) as files:
        for file in files:
            path = next((p for p in (file.name, file.name.partition("/")[2]) if p in rows), None)
            content = files.extractfile(file) if path and file.isfile() else None
            if path and content is not None:
                row = rows.pop(path)
                yield Truth(name, MIRRORS, row["url"], content.read(), row["text"])


def read_wire(file: Path) -> Iterator[Truth]:
    """Yield made-up pages of one site around texts that many outlets share."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for number, row in enumerate(rows):
        title, *paragraphs = [line.strip() for line in row["text"].splitlines() if line.strip()]
        teaser = rows[(number * 7 + 3) % len(rows)]["text"].splitlines()[0]
        body = [f"<p>{markup.escape(text)}</p>" for text in paragraphs]
        body[len(body) // 2 : len(body) // 2] = [
            f'<div class="also"><p>Also read: <a href="/{number + 1}">{markup.escape(teaser)}</a></p></div>',
            '<div class="letter"><p>Get the morning letter: every day at six, what matters, in five minutes.</p></div>',
        ]
        page = (
            f"<html><head><title>{markup.escape(title)}</title></head><body><header><p>The Wire Post</p></header>"
            f"<article><h1>{markup.escape(title)}</h1><p class='stamp'>Published on day {number} of the year</p>"
            f"{''.join(body)}<div class='about'><p>The Wire Post is an independent paper that its readers own and "
            f"that prints what others report, with their leave.</p></div></article>"
            f"<footer><p>All rights reserved</p></footer></body></html>"
        )
        url = f"https://wire-post.example/{number}"
        yield Truth("wire-post.example", WIRE, url, page.encode(), "\n".join(paragraphs))


def clean_page(task: tuple[Truth, SiteTemplate | None]) -> Answer:
    """Clean a page, with what is known of its site."""
    truth, template = task
    provenance = Provenance(requested_url=truth.url, fetched_at=FETCHED_AT)
    headers = (("Content-Type", "text/html"),)
    page = Page(url=truth.url, status=200, headers=headers, body=truth.html, provenance=provenance)
    cleaned = clean_and_outline(page, CONFIG, SiteKnowledge(template=template))
    return score(truth, cleaned)


def score(truth: Truth, cleaned: Cleaned) -> Answer:
    verdict = cleaned.verdict
    text = verdict.text if isinstance(verdict, Article) else ""
    scored = headed(text, truth.text.splitlines()[0]) if truth.set in HEADED_SETS else text
    f1 = overlap(shingles(words(truth.text), 4), shingles(words(scored), 4)).f1
    held = plain(text)
    told = {plain(sentence) for sentence in _SENTENCE.split(truth.text) if len(words(sentence)) >= _MIN_WORDS}
    cuts = tuple(line for cut in verdict.cuts if cut.rule == "repeated" for line in cut.text.split("\n\n"))
    return Answer(f1, frozenset(sentence for sentence in told if sentence in held), cuts, cleaned.outline)


def measure_site(pool: Any, pages: list[Truth], seed: int, blind: list[Answer], known: int) -> list[Answer]:
    """Return the answers for a site's pages, each known with ``known - 1`` others."""
    order = list(range(len(pages)))
    random.Random(seed + 1).shuffle(order)
    answers = list(blind)
    tasks: dict[int, tuple[Truth, SiteTemplate]] = {}
    for start in range(0, len(order), known):
        own = order[start : start + known]
        hand = own + [number for number in order if number not in own][: known - len(own)]
        outlines = {pages[n].url or str(n): outline for n in hand if (outline := blind[n].outline) is not None}
        template = learn(outlines, CONFIG.repeats)
        for number in own:
            outline = blind[number].outline
            if template is not None and outline is not None and template.judge(outline):
                tasks[number] = (pages[number], template)
    for number, answer in zip(tasks, pool.imap(clean_page, tasks.values(), chunksize=2), strict=True):
        answers[number] = answer
    return answers


def summarise(set_name: str, site: str, known: int, blind: list[Answer], answers: list[Answer]) -> dict[str, Any]:
    sentences = sum(len(answer.sentences) for answer in blind)
    lost = sum(len(before.sentences - after.sentences) for before, after in zip(blind, answers, strict=True))
    return {
        "set": set_name,
        "site": site,
        "pages": len(answers),
        "known": known,
        "f1": round(fmean(answer.f1 for answer in answers), 5),
        "f1_alone": round(fmean(answer.f1 for answer in blind), 5),
        "changed": sum(bool(answer.cuts) for answer in answers),
        "better": sum(after.f1 > before.f1 for before, after in zip(blind, answers, strict=True)),
        "worse": sum(after.f1 < before.f1 for before, after in zip(blind, answers, strict=True)),
        "sentences": sentences,
        "lost": lost,
    }


def show(results: list[dict[str, Any]], known: list[int]) -> None:
    """Print F1 by site and number of known pages, and what was lost where all are known."""
    by_site: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for result in results:
        by_site[result["set"], result["site"]].append(result)
    table = Table(title="F1 by known pages")
    for column in ("set", "site", "pages", "alone", *map(str, known), "all", "better", "worse", "sentences", "lost"):
        table.add_column(column, justify="left" if column in {"set", "site"} else "right")
    for (set_name, site), rows in sorted(by_site.items(), key=lambda item: (item[0][0], -item[1][0]["pages"])):
        figures = [f"{row['f1']:.4f}" for row in rows]
        last = rows[-1]
        table.add_row(
            set_name,
            site,
            str(last["pages"]),
            f"{last['f1_alone']:.4f}",
            *figures[: len(known)],
            figures[-1],
            *(str(last[name]) for name in ("better", "worse", "sentences", "lost")),
        )
    Console(width=160).print(table)
    for number in [*known, None]:
        rows = [
            row for row in results if (row["known"] == number if number else row in (r[-1] for r in by_site.values()))
        ]
        print_means(rows, "all" if number is None else str(number))


def print_means(rows: Iterable[dict[str, Any]], known: str) -> None:
    rows = list(rows)
    sentences, lost = (sum(row[name] for row in rows) for name in ("sentences", "lost"))
    before, after = (fmean(row[name] for row in rows) for name in ("f1_alone", "f1"))
    share = 100 * lost / sentences if sentences else 0.0
    print(f"known {known:>4}: mean of sites {before:.5f} -> {after:.5f}; lost {lost} of {sentences} ({share:.3f} %)")


def show_lines(cut_lines: dict[str, Counter[str]], most: int) -> None:
    for site, lines in cut_lines.items():
        print(f"\n{site}")
        for text, times in lines.most_common(most):
            print(f"  {times:4} {text[:120]}")


if __name__ == "__main__":
    main()
