"""Fit the trees of `cleaners.first_look` (``cleaners/data/first_look_trees.json``).

    python -m benchmarks.fit_first_look --folds DIR [--data DIR] [--cache FILE] [--out FILE] [--workers N]

``DIR`` is what ``benchmarks.fit_judge --folds`` wrote. The trees learn what the whole path decides on the blocks of a
page, each page by a judge that has not seen its site; of the truth they see nothing, so that pages without any teach as
well. Sites are split and the research-only sets left out as for the judge. The models of the folds are written to
``DIR/first-look``, where ``benchmarks.extraction --held-out DIR`` finds them. What is printed says how many blocks the
trees decide as the whole path does, on sites they have not seen, set by set, weighed by length.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import gzip
import pickle
from dataclasses import replace
from functools import partial
from multiprocessing import Pool

import numpy as np
from numpy.typing import NDArray

from benchmarks import options
from benchmarks.extraction import FETCHED_AT, read_truth, sample, without_site
from benchmarks.fit_judge import (
    Effort,
    MeasuredPage,
    Model,
    Row,
    Table,
    columns_without,
    export,
    fit,
    held_out,
    write,
)
from cleaners.clean import clean_and_outline
from cleaners.decode import decode
from cleaners.judge import measure_page
from cleaners.looks import draft_by_paragraphs, survey
from cleaners.metadata import read_metadata
from cleaners.parse import parse
from corpus.types import Page, Provenance

#: A first look must be cheap: one sum of few trees for each of the judge's three.
_EFFORT = Effort(rounds=120, rate=0.1, seeds=(1,))


def measure(row: Row, *, data: Path, folds: Path) -> MeasuredPage | None:
    """Measure a page as the first look sees it, and label its blocks as the whole path decides."""
    html = gzip.decompress((data / row["html"]).read_bytes())
    url = row.get("url") or ""
    provenance = Provenance(requested_url=url, fetched_at=FETCHED_AT)
    page = Page(url=url, status=200, headers=(("Content-Type", "text/html"),), body=html, provenance=provenance)
    config = without_site(row, folds)
    config = replace(config, look=replace(config.look, enabled=False))
    whole = clean_and_outline(page, config).draft
    if whole is None or not whole.blocks:
        return None
    tree = parse(decode(html, "text/html", config.decode).text, config.parse)
    metadata = read_metadata(tree, page, config.metadata)
    draft, evidence = draft_by_paragraphs(survey(tree, page, metadata, config), config)
    columns = measure_page(evidence)
    return MeasuredPage(
        identity=row["id"],
        collection=row["set"],
        site=row.get("domain") or row["id"],
        texts=tuple(block.text for block in draft.blocks),
        rules=tuple(evidence.rules),
        names=tuple(columns),
        figures=np.array(list(columns.values()), dtype=np.int32).T,
        shares=np.array([float(rule is None) for rule in whole.rules]),
        covered=1.0,
    )


def main() -> None:
    parser = options.make_parser(__doc__, sets="sets to fit on", limit="pages of a set to fit on")
    parser.add_argument("--seed", type=int, default=0, help="of the sample that --limit takes")
    parser.add_argument("--cache", type=Path, default=None, help="where the measured pages are kept between runs")
    parser.add_argument("--out", type=Path, default=Path("cleaners/data/first_look_trees.json"))
    parser.add_argument("--folds", type=Path, required=True, help="folder of `benchmarks.fit_judge --folds`")
    parser.add_argument("--workers", type=int, default=2, help="processes that measure pages")
    arguments = options.parse(parser, "truth.jsonl.gz")
    rows = sample(read_truth(arguments.data), arguments.sets, arguments.limit, arguments.seed)
    if arguments.cache and arguments.cache.exists():
        pages: list[MeasuredPage] = pickle.loads(arguments.cache.read_bytes())
    else:
        with Pool(arguments.workers) as pool:
            found = pool.map(partial(measure, data=arguments.data, folds=arguments.folds), rows, chunksize=8)
        pages = [page for page in found if page is not None]
        if arguments.cache:
            arguments.cache.write_bytes(pickle.dumps(pages))
    table = Table(pages)
    columns = columns_without(table, ())
    names = [table.names[column] for column in columns]

    def save(name: str, models: list[Model]) -> None:
        write(arguments.folds / "first-look" / f"{name}.json", export(models, names))

    options.save(show(table, held_out(table, columns, save, _EFFORT) > 0), arguments.json)
    write(arguments.out, export(fit(table, ~table.research, columns, _EFFORT), names))


def show(table: Table, kept: NDArray[np.bool_]) -> list[dict[str, object]]:
    """Print, set by set, the share of the blocks' weight that is decided as the whole path decides it."""
    weights = table.figures[:, table.names.index("weight")]
    agreed = kept == (table.shares > 0.5)
    results: list[dict[str, object]] = []
    for name in sorted({page.collection for page in table.pages}):
        rows = table.rows(np.array([page.collection == name for page in table.pages]))
        share = float(weights[rows & agreed].sum() / max(1, weights[rows].sum()))
        results.append({"set": name, "system": "first look", "agreed": round(share, 4)})
        print(f"{name}: {share:.4f}", flush=True)
    return results


if __name__ == "__main__":
    main()
