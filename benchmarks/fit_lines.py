"""Fit the two models of `cleaners.line_judge` and write ``cleaners/data/line_weights.json``.

    python -m benchmarks.fit_lines --data DIR [--limit N] [--out FILE]

Logistic regression over binned figures, with a ridge, by Newton's method (iteratively reweighted least squares; Hastie,
Tibshirani and Friedman, The Elements of Statistical Learning, section 4.4.1). Only the first half of the sites is
used. The first model's scores that the second model is fitted on come from models that have not seen the site.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import argparse
import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.options import DATA
from benchmarks.page_dumps import Labelled, labelled_pages, labelled_texts
from cleaners.line_context import context
from cleaners.line_judge import HIGHEST
from cleaners.line_shapes import measure, shapes

_BINS = 8
_RIDGE = 3.3
_FOLDS = 4
_STEPS = 8
_CHUNK = 20_000

Matrix = NDArray[np.float32]


class Model:
    """An additive model over bins."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self.edges: list[NDArray[np.float32]] = []
        self.weights = np.zeros(0)

    def fit(self, figures: Matrix, truth: Matrix, worth: Matrix) -> "Model":
        """Set edges and weights; ``worth`` is how much each line counts."""
        self.edges = [_edges(figures[:, column]) for column in range(figures.shape[1])]
        width = 1 + sum(len(edges) + 1 for edges in self.edges)
        self.weights = np.zeros(width)
        ridge = np.full(width, _RIDGE)
        ridge[0] = 1e-6
        for _ in range(_STEPS):
            gradient, curvature = -ridge * self.weights, np.diag(ridge)
            for start in range(0, len(figures), _CHUNK):
                part = slice(start, start + _CHUNK)
                design = self._design(figures[part])
                chance = 1 / (1 + np.exp(-(design @ self.weights)))
                gradient += design.T @ (worth[part] * (truth[part] - chance))
                curvature += design.T @ (design * (worth[part] * chance * (1 - chance))[:, None])
            step = np.linalg.solve(curvature, gradient)
            self.weights += step
            if np.abs(step).max() < 1e-3:
                break
        return self

    def score(self, figures: Matrix) -> NDArray[np.float64]:
        """Return the log odds of each line."""
        return np.clip(self._design(figures) @ self.weights, -HIGHEST, HIGHEST)

    def export(self) -> dict[str, object]:
        """Return the model as `cleaners.line_judge` reads it: each figure's weights with mean 0."""
        intercept, place, features = float(self.weights[0]), 1, {}
        for name, edges in zip(self.names, self.edges, strict=True):
            weights = self.weights[place : place + len(edges) + 1]
            place += len(edges) + 1
            intercept += float(weights.mean())
            features[name] = {
                "edges": [round(float(edge), 3) for edge in edges],
                "weights": [round(float(weight - weights.mean()), 3) for weight in weights],
            }
        return {"intercept": round(intercept, 3), "features": features}

    def _design(self, figures: Matrix) -> NDArray[np.float64]:
        design = np.zeros((len(figures), len(self.weights)))
        design[:, 0] = 1
        rows, place = np.arange(len(figures)), 1
        for column, edges in enumerate(self.edges):
            design[rows, place + np.searchsorted(edges, figures[:, column], side="right")] = 1
            place += len(edges) + 1
        return design


def _edges(values: Matrix) -> NDArray[np.float32]:
    """Return the edges of a figure's bins: between its values where they are few, else at quantiles."""
    distinct = np.unique(values)
    if len(distinct) <= _BINS:
        return np.round((distinct[1:] + distinct[:-1]) / 2, 3)
    zeros = float((values == 0).mean())
    spread = values[values != 0] if zeros > 0.4 else values
    edges = np.round(np.quantile(spread, np.linspace(0, 1, _BINS + 1)[1:-1]), 3)
    return np.unique(np.concatenate([[0.001], edges]) if zeros > 0.4 else edges).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--limit", type=int, default=None, help="pages")
    parser.add_argument("--out", type=Path, default=Path("cleaners/data/line_weights.json"))
    arguments = parser.parse_args()
    texts = (labelled for _, labelled in labelled_texts(arguments.data))
    documents = [doc for doc in chain(labelled_pages(arguments.data, arguments.limit), texts) if doc.half == 0]
    measured = [measure(doc.lines) for doc in documents]
    first = [shapes(each) for each in measured]
    names = list(first[0][0])
    figures = [_table(rows, names) for rows in first]
    model = _fit(names, figures, documents)
    scores = _held_out(names, figures, documents)
    around = [context(each, [float(score) for score in own]) for each, own in zip(measured, scores, strict=True)]
    more = list(around[0][0])
    tables = [np.hstack([own, _table(rows, more)]) for own, rows in zip(figures, around, strict=True)]
    second = _fit(names + more, tables, documents)
    arguments.out.write_text(json.dumps({"first": model.export(), "second": second.export()}, indent=0) + "\n")
    print(f"{len(documents)} documents, {sum(map(len, figures))} lines -> {arguments.out}")


def _table(rows: Sequence[object], names: Sequence[str]) -> Matrix:
    return np.array([[float(row[name]) for name in names] for row in rows], dtype=np.float32)  # type: ignore[index]


def _fit(names: Sequence[str], tables: Sequence[Matrix], documents: Sequence[Labelled]) -> Model:
    """Fit a model; a document counts the same however long it is, and a line by the root of its words."""
    truth, worth = [], []
    for document in documents:
        heavy = np.sqrt([len(line.text.split()) + 1.0 for line in document.lines])
        worth.append(30 * document.weight * heavy / heavy.sum())
        truth.append(np.array([-1 if label is None else label for label in document.truth]))
    labels, worths = np.concatenate(truth), np.concatenate(worth)
    known = labels >= 0
    return Model(names).fit(np.vstack(tables)[known], labels[known].astype(np.float32), worths[known])


def _held_out(names: Sequence[str], tables: Sequence[Matrix], documents: Sequence[Labelled]) -> list[Matrix]:
    """Return the first scores of each document by a model that was fitted without its site."""
    folds = [sum(map(ord, document.site)) % _FOLDS for document in documents]
    models = []
    for fold in range(_FOLDS):
        chosen = [index for index, own in enumerate(folds) if own != fold]
        models.append(_fit(names, [tables[i] for i in chosen], [documents[i] for i in chosen]))
    return [models[fold].score(table) for fold, table in zip(folds, tables, strict=True)]


if __name__ == "__main__":
    main()
