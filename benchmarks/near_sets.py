"""The evaluation sets of near-duplicates, and what our index makes of them."""

import gzip
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from corpus.likeness import Likeness, Rules, Scores, judge
from corpus.postings import Document
from corpus.schema import connect
from corpus.shingles import Shingles, count_shared, shingle
from corpus.signatures import sign
from corpus.twins import TwinIndex

Pair = tuple[str, str]
#: The thresholds at which the sets are measured are those of the defaults.
RULES = Rules()


class Bench:
    """Our index beside nothing else: documents by number, in a database of its own."""

    def __init__(self, file: Path | str) -> None:
        self.db = connect(Path(file))
        self.shingles: dict[int, Shingles] = {}
        self.index = TwinIndex(self.db, self.shingles_of)

    def shingles_of(self, number: int) -> Shingles:
        return self.shingles[number]

    def add(self, several: Iterable[tuple[int, Shingles]]) -> None:
        """Enter documents, given as number and shingles, in one transaction."""
        made = [(Document(number, len(shingles), sign(shingles)), shingles) for number, shingles in several]
        self.db.execute("BEGIN")
        self.db.executemany(
            "INSERT INTO document VALUES (?, ?, x'', '', NULL, ?, ?, NULL)",
            [(document.id, document.id, document.size, document.signature) for document, _ in made],
        )
        self.index.add(made)
        self.db.execute("COMMIT")

    def pairs(self) -> dict[tuple[int, int], Scores]:
        sizes = dict(self.db.execute("SELECT id, shingles FROM document").fetchall())
        rows: Iterable[sqlite3.Row] = self.db.execute("SELECT * FROM twin").fetchall()
        return {(low, high): Scores(shared=shared, one=sizes[low], other=sizes[high]) for low, high, shared in rows}


def found_in(texts: Mapping[str, str], file: Path | str) -> dict[Pair, Scores]:
    """Enter texts in an index; return the pairs that it keeps."""
    bench = Bench(file)
    names = sorted(texts)
    bench.shingles = {number: shingles for number, name in enumerate(names) if len(shingles := shingle(texts[name]))}
    bench.add(bench.shingles.items())
    found = {(names[low], names[high]): scores for (low, high), scores in bench.pairs().items()}
    bench.db.close()
    return found


def verdict(scores: Scores, *, same_site: bool = False) -> Likeness | None:
    return judge(scores, RULES, same_site=same_site, agree=lambda: False)


@dataclass(frozen=True)
class Truth:
    """What our index found, beside what there is."""

    name: str
    documents: int
    true: set[Pair]
    found: set[Pair]

    def figures(self) -> dict[str, Any]:
        right = len(self.true & self.found)
        return {
            "set": self.name,
            "documents": self.documents,
            "pairs": len(self.true),
            "found": len(self.found),
            "recall": round(right / len(self.true), 4) if self.true else None,
            "precision": round(right / len(self.found), 4) if self.found else None,
            "missed": sorted(self.true - self.found),
            "beyond": sorted(self.found - self.true),
        }


def lines(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        for line in opened:
            yield json.loads(line)


def pair(row: Mapping[str, Any]) -> Pair:
    first, second = sorted((row["a"], row["b"]))
    return first, second


def tutorial(data: Path, scratch: Path, limit: int | None) -> Iterator[dict[str, Any]]:
    """Every planted pair of the minhash tutorial's sets, and no other."""
    for size in (100, 1000, 2500):
        texts = {row["id"]: row["text"] for row in _some(data / f"minhash-tutorial-{size}.docs.jsonl.gz", limit)}
        true = {pair(row) for row in lines(data / f"minhash-tutorial-{size}.pairs.jsonl.gz")}
        found = {one for one, scores in found_in(texts, scratch / f"tutorial-{size}.db").items() if verdict(scores)}
        yield Truth(f"minhash-tutorial-{size}", len(texts), _among(true, texts), found).figures()


def wire(data: Path, scratch: Path, limit: int | None) -> Iterator[dict[str, Any]]:
    """Wire reprints: pairs that the exact scores of the set's own put above our thresholds."""
    texts = {row["id"]: row["text"] for row in _some(data / "wire-reprints.docs.jsonl.gz", limit)}
    kept = found_in(texts, scratch / "wire.db")
    sizes = {name: len(_plain_shingles(text)) for name, text in texts.items()}
    truth = {pair(row): row for row in lines(data / "wire-reprints.pairs.jsonl.gz")}
    truth = {one: row for one, row in truth.items() if set(one) <= set(texts)}
    cases = {
        f"copies (J >= {RULES.copy_resemblance:g})": (
            lambda row: row["jaccard_5gram"] >= RULES.copy_resemblance,
            lambda scores: scores.resemblance >= RULES.copy_resemblance,
        ),
        f"copies and excerpts (J >= {RULES.copy_resemblance:g} or C >= {RULES.containment:g})": (
            lambda row: row["jaccard_5gram"] >= RULES.copy_resemblance or row["containment"] >= RULES.containment,
            lambda scores: scores.resemblance >= RULES.copy_resemblance or scores.containment >= RULES.containment,
        ),
    }
    for name, (is_true, is_found) in cases.items():
        true = {one for one, row in truth.items() if is_true(row)}
        found = {one for one, scores in kept.items() if is_found(scores)}
        yield Truth(f"wire-reprints: {name}", len(texts), true, found).figures()
    name, (is_true, is_found) = list(cases.items())[1]
    quarter = {one for one in truth if 4 * min(map(sizes.__getitem__, one)) >= max(map(sizes.__getitem__, one))}
    true = {one for one, row in truth.items() if is_true(row) and one in quarter}
    found = {
        one
        for one, scores in kept.items()
        if is_found(scores) and 4 * min(scores.one, scores.other) >= max(scores.one, scores.other)
    }
    yield Truth(f"wire-reprints: {name}, a quarter or more of the other", len(texts), true, found).figures()


def reuse(data: Path, scratch: Path, limit: int | None) -> Iterator[dict[str, Any]]:
    """Clough and Stevenson's answers: how far copied ones stand from independent ones."""
    containments: dict[str, list[float]] = {}
    for row in _some(data / "clough-stevenson.pairs.jsonl.gz", limit):
        one, other = shingle(row["a_text"]), shingle(row["b_text"])
        shared = count_shared(one, other)
        scores = Scores(shared=shared, one=len(one), other=len(other))
        containments.setdefault(row["reuse"], []).append(scores.containment)
    independent = containments.get("non", [])
    for label, values in containments.items():
        above = [value > other for value in values for other in independent]
        yield {
            "set": f"clough-stevenson: {label}",
            "documents": len(values),
            "least": round(min(values), 3),
            "median": round(median(values), 3),
            "most": round(max(values), 3),
            "above_independent": None if label == "non" else round(sum(above) / len(above), 4),
        }


def natural(data: Path, scratch: Path, limit: int | None) -> Iterator[dict[str, Any]]:
    """Pages that were fetched twice, or printed twice, among the pages with known texts."""
    # Readability's test pages were made of each other; the list of pairs leaves them out.
    rows = [row for row in _some(data.parent / "truth.jsonl.gz", limit) if row.get("text")]
    rows = [row for row in rows if row["set"] != "readability"]
    texts = {row["id"]: row["text"] for row in rows}
    kept = found_in(texts, scratch / "natural.db")
    truth = {pair(row): row for row in lines(data / "natural-page-pairs.jsonl.gz")}
    truth = {one: row for one, row in truth.items() if set(one) <= set(texts)}
    true = {
        one
        for one, row in truth.items()
        if row["jaccard_5gram"] >= RULES.copy_resemblance or row["containment"] >= RULES.containment
    }
    found = {one for one, scores in kept.items() if verdict(scores)}
    yield Truth("natural-page-pairs", len(texts), true, found).figures()


SETS = {"tutorial": tutorial, "wire": wire, "reuse": reuse, "natural": natural}


def _some(file: Path, limit: int | None) -> list[dict[str, Any]]:
    return [row for number, row in enumerate(lines(file)) if limit is None or number < limit]


def _among(pairs: set[Pair], texts: Mapping[str, str]) -> set[Pair]:
    return {one for one in pairs if set(one) <= set(texts)}


def _plain_shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return set(zip(*(words[start:] for start in range(5)), strict=False))
