"""Fit the trees of `cleaners.judge` (``cleaners/data/judge_trees.json``) and show what they are worth on other sites.

    python -m benchmarks.fit_judge [--data DIR] [--cache FILE] [--out FILE] [--folds DIR] [--ablate] [--workers N]

Gradient boosting (LightGBM, needed for fitting only: ``pip install lightgbm``) over the figures of every block of the
training sets; research-only sets (big9, chaos360, l3s-gn1) are never trained on. Sites are split into five folds by a
hash of their registered domain. The table that is printed judges each page by a model that has not seen its site, and
the research-only sets by one that has seen none of their sites. ``--folds`` writes these models for
``benchmarks.extraction --held-out``. ``--ablate`` fits again without each group of figures.

A page counts the same however long it is, a block by the root of its words over those of the truth.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import gzip
import hashlib
import json
import pickle
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from statistics import fmean
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from benchmarks import options
from benchmarks.block_labels import align
from benchmarks.extraction import CONFIG, FETCHED_AT, HEADED_SETS, read_truth, sample
from benchmarks.scores import headed, overlap, plain, shingles, words
from cleaners.decode import decode
from cleaners.judge import may_restore, measure_page
from cleaners.judge_trees import MAX_LEAVES
from cleaners.looks import draft_by_rules
from cleaners.metadata import read_metadata
from cleaners.parse import parse
from corpus.types import Page, Provenance

#: Sets that are licensed for research only: they validate.
RESEARCH_SETS = frozenset({"big9", "chaos360", "l3s-gn1"})
#: How much a page of a set counts. News counts most; listings and shops are here to be told apart, snippets say little.
SET_WEIGHTS = {
    "fundus": 2.5,
    "wcxb-dev": 1.0,
    "magic-html": 1.0,
    "readability": 1.0,
    "chinese-wced": 1.0,
    "newspaper4k": 1.0,
    "cleaneval-dev": 0.5,
    "wcxb-dev:other": 0.1,
    "trafilatura-eval": 0.2,
    "goose3": 0.2,
}
FOLDS = 5
#: Groups of figures that are left out one by one.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "rules": ("kept*", "rule=*", "*-kept", "kept^*", "share^*", "to-first", "to-last", "weight-to-first",
              "weight-to-last", "gap-*", "to-running-*"),
    "signs of the text": ("sentence*", "commas", "digits", "upper", "capitals", "*-start", "quoted", "enclosed",
                          "separator", "address", "*-sign", "colon", "question", "broken-off", "clock", "day", "age"),
    "furniture": ("furniture*", "says-*", "below-box"),
    "links": ("links*", "*-links"),
    "tags and ancestors": ("in-*", "is-*", "depth", "heading*", "strong"),
    "names": ("in=*", "named-*", "called-standfirst"),
    "containers": ("climb-*", "down-*", "points", "blocks^*", "running^*", "kept^*", "links^*", "share^*", "*-around"),
    "sisters": ("sisters-*", "alike-*", "cousins-*", "card"),
    "statements": ("witness*", "summary", "title*", "names", "label"),
    "position": ("to-*", "weight-to-*", "place", "kept-before", "gap-*", "para-*", "headings-since", "other-article"),
    "neighbours": ("*-1", "*-2", "*-3", "*-4", "*+1", "*+2", "*+3", "*+4", "*~*", "same-element"),
    "page": ("page-*",),
}  # fmt: skip

_SNIPPET_WEIGHT = 0.03
_MOST_WORDS = 80
_LEAST_TRUTH = 20.0
#: Weight of all that is no text on a page, over that of its text: pages with endless lists count no more than this.
_MOST_NEGATIVE = 99.0
#: Share of the truth that must stand on the page; of what is no text little can be learned where it does not.
_MIN_COVERED = 0.75
#: One of so many blocks far from anything is taken, and counts as many.
_THINNING = 10
_PARAMETERS: dict[str, object] = {
    "objective": "binary",
    "num_leaves": MAX_LEAVES - 1,
    "min_data_in_leaf": 50,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "path_smooth": 5.0,
    "max_bin": 63,
    "seed": 1,
    "num_threads": 1,
    "deterministic": True,
    "verbose": -1,
}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How many trees a model has, and how much each of them moves the sum."""

    rounds: int = 200
    rate: float = 0.06
    #: Seeds of the sums of trees whose mean is the model, each fitted on other samples of blocks and figures.
    seeds: tuple[int, ...] = (1, 2, 3)


#: The effort that the judge is worth.
JUDGE = Effort()


@dataclass(frozen=True, slots=True)
class MeasuredPage:
    """A page with its figures and what each block is."""

    identity: str
    collection: str
    site: str
    texts: tuple[str, ...]
    #: What the rules decided.
    rules: tuple[str | None, ...]
    names: tuple[str, ...]
    figures: NDArray[np.int32]
    #: Share of each block that is text, in [0, 1]; -1 where nothing is known.
    shares: NDArray[np.float64]
    #: Share of the truth that stands on the page; None where only snippets are known.
    covered: float | None


def measure(row: Row, *, data: Path) -> MeasuredPage | None:
    """Measure and label a page."""
    html = gzip.decompress((data / row["html"]).read_bytes())
    url = row.get("url") or ""
    provenance = Provenance(requested_url=url, fetched_at=FETCHED_AT)
    page = Page(url=url, status=200, headers=(), body=html, provenance=provenance)
    tree = parse(decode(html, "text/html", CONFIG.decode).text, CONFIG.parse)
    draft, evidence = draft_by_rules(tree, page, read_metadata(tree, page, CONFIG.metadata), CONFIG)
    if not draft.blocks:
        return None
    texts = tuple(block.text for block in draft.blocks)
    columns = measure_page(evidence)
    shares, covered = label(row, texts)
    # What the rules call the title is cut whatever the judge says.
    shares[[rule == "title-repeated" for rule in evidence.rules]] = -1
    shares[np.array(columns["title"]) >= 900] = -1
    return MeasuredPage(
        identity=row["id"],
        collection=row["set"],
        site=row.get("domain") or row["id"],
        texts=texts,
        rules=tuple(evidence.rules),
        names=tuple(columns),
        figures=np.array(list(columns.values()), dtype=np.int32).T,
        shares=shares,
        covered=covered,
    )


def label(row: Row, texts: Sequence[str]) -> tuple[NDArray[np.float64], float | None]:
    """Return the share of each block that is text, -1 where it is unknown, and how much of the truth is on the page."""
    if truth := row.get("text"):
        folded = [[word.casefold() for word in words(text)] for text in texts]
        alignment = align(folded, [word.casefold() for word in words(truth)])
        return np.array([-1.0 if share is None else share for share in alignment.shares]), alignment.covered
    held = [plain(text) for text in texts]
    required = [plain(snippet) for snippet in row.get("required_snippets") or ()]
    absent = [plain(snippet) for snippet in row.get("absent_snippets") or ()]
    shares = np.full(len(texts), -1.0)
    for index, text in enumerate(held):
        if any(snippet in text or (len(text) > 25 and text in snippet) for snippet in required):
            shares[index] = 1
        elif any(snippet in text and 2 * len(snippet) > len(text) for snippet in absent):
            shares[index] = 0
    return shares, None


class Table:
    """The blocks of all pages, one below the other."""

    def __init__(self, pages: Sequence[MeasuredPage]) -> None:
        self.pages = list(pages)
        self.names = pages[0].names
        counts = [len(page.texts) for page in pages]
        self.starts = np.concatenate([[0], np.cumsum(counts)])
        self.page_of = np.repeat(np.arange(len(pages)), counts)
        self.figures = np.vstack([page.figures for page in pages])
        self.shares = np.concatenate([page.shares for page in pages])
        self.kept = np.array([rule is None for page in pages for rule in page.rules])
        self.weights = np.concatenate([_weights(page) for page in pages])
        self.fold = np.array([fold_of(page.site) for page in pages])
        self.research = np.array([page.collection in RESEARCH_SETS for page in pages])
        sites = {page.site for page in pages if page.collection in RESEARCH_SETS}
        self.known_site = np.array([page.site in sites for page in pages])
        self._thin()

    def _thin(self) -> None:
        """Take one in ten of the blocks that are far from all text, and let it count for ten."""
        column = dict(zip(self.names, self.figures.T, strict=True))
        near = self.kept | (self.shares > 0.3)
        near |= (column["to-running-before"] < 12) & (column["links"] < 700)
        taken = near | (np.random.default_rng(0).random(len(near)) < 1 / _THINNING)
        self.weights = self.weights * np.where(near, 1, _THINNING) * taken

    def rows(self, pages: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which blocks are on the pages."""
        return pages[self.page_of]

    def blocks_of(self, number: int) -> slice:
        """Return the place of a page's blocks."""
        return slice(self.starts[number], self.starts[number + 1])


def _weights(page: MeasuredPage) -> NDArray[np.float64]:
    known = page.shares >= 0
    worth = SET_WEIGHTS.get(page.collection, 0.0)
    if page.covered is None:
        return known * _SNIPPET_WEIGHT * worth
    if page.covered < _MIN_COVERED:
        return known * 0.0
    lengths = np.array([min(_MOST_WORDS, max(1, len(words(text)))) for text in page.texts])
    weights = np.sqrt(lengths) * np.abs(2 * np.clip(page.shares, 0, 1) - 1) * known
    text = page.shares > 0.5
    weights /= max(weights[text].sum(), _LEAST_TRUTH)
    rest = weights[~text].sum()
    if rest > _MOST_NEGATIVE:
        weights[~text] *= _MOST_NEGATIVE / rest
    return weights * worth


def fold_of(site: str) -> int:
    """Return the fold of a site."""
    return int(hashlib.md5(site.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


#: Boosters whose mean is a model.
Model = list[lightgbm.Booster]


def fit(table: Table, pages: NDArray[np.bool_], columns: Sequence[int], effort: Effort = JUDGE) -> list[Model]:
    """Fit trees on the blocks of some pages: for those that the rules keep, and for those that they cut."""
    models = []
    for kept in (True, False):
        rows = table.rows(pages) & (table.weights > 0) & (table.kept == kept)
        weights = table.weights[rows]
        blocks = lightgbm.Dataset(
            table.figures[rows][:, columns].astype(np.float32),
            (table.shares[rows] > 0.5).astype(int),
            weight=weights / weights.mean(),
        )
        parameters = {**_PARAMETERS, "learning_rate": effort.rate}
        models.append([lightgbm.train({**parameters, "seed": seed}, blocks, effort.rounds) for seed in effort.seeds])
    return models


def export(models: Sequence[Model], names: Sequence[str]) -> dict[str, object]:
    """Return models as `cleaners.judge_trees.read_trees` reads them: every number whole."""
    return {"models": [_export(model, names) for model in models]}


def _export(model: Model, names: Sequence[str]) -> dict[str, object]:
    tests: dict[tuple[int, int], int] = {}
    trees: list[tuple[list[tuple[int, int]], list[int]]] = []
    used: dict[int, int] = {}
    for booster in model:
        for tree in booster.dump_model()["tree_info"]:
            nodes: list[tuple[int, int]] = []
            leaves: list[float] = []
            _walk(tree["tree_structure"], used, tests, nodes, leaves)
            trees.append((nodes, [round(1e6 * leaf / len(model)) for leaf in leaves]))
    return {
        "names": [names[column] for column in used],
        "bias": 0,
        "tests": [list(test) for test in tests],
        "trees": trees,
    }


def _walk(
    node: Mapping[str, Any],
    used: dict[int, int],
    tests: dict[tuple[int, int], int],
    nodes: list[tuple[int, int]],
    leaves: list[float],
) -> None:
    if "leaf_value" in node:
        leaves.append(node["leaf_value"])
        return
    figure = used.setdefault(node["split_feature"], len(used))
    test = tests.setdefault((figure, int(np.floor(node["threshold"]))), len(tests))
    place = len(nodes)
    nodes.append((test, 0))
    first = len(leaves)
    _walk(node["left_child"], used, tests, nodes, leaves)
    gone = sum(1 << leaf for leaf in range(first, len(leaves)))
    nodes[place] = (test, 0xFFFF & ~gone)
    _walk(node["right_child"], used, tests, nodes, leaves)


def held_out(
    table: Table,
    columns: Sequence[int],
    save: Callable[[str, list[Model]], None] | None = None,
    effort: Effort = JUDGE,
) -> NDArray[np.float64]:
    """Return the score of every block by a model that has not seen its site, in thousandths."""
    scores = np.zeros(len(table.shares))
    splits = [(f"fold-{fold}", ~table.research & (table.fold != fold), ~table.research & (table.fold == fold))
              for fold in range(FOLDS)]  # fmt: skip
    splits.append(("research", ~table.research & ~table.known_site, table.research))
    for name, seen, unseen in splits:
        models = fit(table, seen, columns, effort)
        for model, kept in zip(models, (True, False), strict=True):
            rows = table.rows(unseen) & (table.kept == kept)
            figures = table.figures[rows][:, columns].astype(np.float32)
            scores[rows] = np.mean([booster.predict(figures, raw_score=True) for booster in model], axis=0)
        if save:
            save(name, models)
    return np.floor(1000 * scores)


def evaluate(table: Table, kept: NDArray[np.bool_], truth: Mapping[str, Row]) -> dict[str, dict[str, float]]:
    """Return for each set the means of F1, precision and recall of shingles, and the share of exact texts."""
    by_set: defaultdict[str, list[dict[str, float]]] = defaultdict(list)
    for number, page in enumerate(table.pages):
        row = truth[page.identity]
        if not row.get("text"):
            continue
        chosen = kept[table.blocks_of(number)]
        text = "\n\n".join(text for text, is_kept in zip(page.texts, chosen, strict=True) if is_kept)
        if page.collection in HEADED_SETS:
            text = headed(text, row["text"].splitlines()[0])
        agreement = overlap(shingles(words(row["text"]), 4), shingles(words(text), 4))
        by_set[page.collection].append(
            {
                "f1": agreement.f1,
                "precision": agreement.precision,
                "recall": agreement.recall,
                "exact": float(plain(row["text"]) == plain(text)),
            }
        )
    return {name: {key: fmean(page[key] for page in pages) for key in pages[0]} for name, pages in by_set.items()}


def decide(table: Table, scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which blocks are kept."""
    rules = [rule for page in table.pages for rule in page.rules]
    columns = {
        name: table.figures[:, table.names.index(name)].tolist() for name in ("in=named", "other-article", "card")
    }
    restorable = np.array(may_restore(rules, columns))
    kept = np.where(table.kept, scores > CONFIG.judge.keep_score, restorable & (scores > CONFIG.judge.restore_score))
    weights = table.figures[:, table.names.index("weight")]
    for number in range(len(table.pages)):
        page = table.blocks_of(number)
        before, after = weights[page][table.kept[page]].sum(), weights[page][kept[page]].sum()
        if after < CONFIG.judge.min_left_share * before:
            kept[page] = table.kept[page]
    return kept


def show(name: str, results: Mapping[str, Mapping[str, float]]) -> None:
    cells = [f"{key} {value['f1']:.4f}/{value['precision']:.3f}/{value['recall']:.3f} exact {value['exact']:.3f}"
             for key, value in sorted(results.items())]  # fmt: skip
    news = [value["f1"] for key, value in results.items() if not key.endswith(":other")]
    print(f"{name}: mean {fmean(news):.4f}", *cells, sep="\n    ", flush=True)


def columns_without(table: Table, patterns: Iterable[str]) -> list[int]:
    """Return the columns whose names no pattern matches."""
    left_out = tuple(patterns)
    return [place for place, name in enumerate(table.names) if not any(fnmatch(name, out) for out in left_out)]


def main() -> None:
    parser = options.make_parser(__doc__, sets="sets to fit on", limit="pages of a set to fit on")
    parser.add_argument("--seed", type=int, default=0, help="of the sample that --limit takes")
    parser.add_argument("--cache", type=Path, default=None, help="where the measured pages are kept between runs")
    parser.add_argument("--out", type=Path, default=Path("cleaners/data/judge_trees.json"))
    parser.add_argument("--folds", type=Path, default=None, help="folder for the models of the folds")
    parser.add_argument("--ablate", action="store_true", help="fit again without each group of figures")
    parser.add_argument("--workers", type=int, default=2, help="processes that measure pages")
    arguments = options.parse(parser, "truth.jsonl.gz")
    rows = sample(read_truth(arguments.data), arguments.sets, arguments.limit, arguments.seed)
    rows = [row for row in rows if {"text", "required_snippets", "absent_snippets"} & row.keys()]
    truth = {row["id"]: row for row in rows}
    table = Table(measured_pages(rows, arguments.data, arguments.cache, arguments.workers))
    columns = columns_without(table, ())
    names = [table.names[column] for column in columns]

    def save(name: str, models: list[Model]) -> None:
        if arguments.folds:
            write(arguments.folds / f"{name}.json", export(models, names))

    results = {"rules alone": evaluate(table, table.kept, truth)}
    show("rules alone", results["rules alone"])
    results["held out"] = evaluate(table, decide(table, held_out(table, columns, save)), truth)
    show("held out", results["held out"])
    if arguments.folds:
        known = {page.site: f"fold-{fold_of(page.site)}" for page in table.pages}
        write(arguments.folds / "sites.json", known)
    if arguments.ablate:
        for name, patterns in GROUPS.items():
            scores = held_out(table, columns_without(table, patterns))
            results[f"without {name}"] = evaluate(table, decide(table, scores), truth)
            show(f"without {name}", results[f"without {name}"])
    options.save(
        (
            {"set": part, "system": name, **figures}
            for name, parts in results.items()
            for part, figures in parts.items()
        ),
        arguments.json,
    )
    write(arguments.out, export(fit(table, ~table.research, columns), names))


def measured_pages(rows: Sequence[Row], data: Path, cache: Path | None, workers: int) -> list[MeasuredPage]:
    if cache and cache.exists():
        pages: list[MeasuredPage] = pickle.loads(cache.read_bytes())
        return pages
    with Pool(workers) as pool:
        found = pool.map(partial(measure, data=data), rows, chunksize=8)
    pages = [page for page in found if page is not None]
    if cache:
        cache.write_bytes(pickle.dumps(pages))
    return pages


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
