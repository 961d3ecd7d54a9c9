"""Which lines of a dump are the article's.

Two additive models and a path. The first model scores each line by its shape and surroundings (`line_shapes.shapes`);
the second sees the first one's scores of all lines and judges again (`line_context.context`). Both are logistic
regressions over binned figures, fitted by ``benchmarks/lines.py`` on pages whose text is known: a line's score is a
sum of weights that can be read off ``data/line_weights.json``, the natural logarithm of the odds that it is text.

An article is one stretch of a page with boxes in it. So the lines are taken that lie on the best path
*before - text - (box - text)* - after*, where each line on text earns its score and each box costs a fixed amount and
something for each of its lines (a maximum-sum run with gaps penalised, by dynamic programming in O(n)).
"""

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp

from cleaners.furniture import coverage
from cleaners.line_context import context
from cleaners.line_shapes import PROSE_MASS, Measured, Shape, is_age, shapes
from cleaners.ranges import check_range

#: Scores are clipped to this: beyond 400 to 1 the fitted figures are no longer to be believed.
HIGHEST = 6.0
#: Lines that a dump's best score is the mean of.
_BEST_LINES = 5
#: The worth of a line that no neighbour can save.
_CERTAIN_CUT = -20.0
_CERTAIN_SHARE = 0.95
_AGE_MASS = 25
#: Headlines that stand under the head of a box within an article, and the mass of the longest.
_BOX_HEADLINES = 3
_HEADLINE_MASS = 160
_LABEL_CHARS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeConfig:
    """How the path through the lines is chosen.

    Raises:
        ConfigError: when a value is out of its range.
    """

    #: Taken off every score, in [-3, 3]: above 0 doubtful lines are cut, below they are kept. Residue in the corpus
    #: is worse than a lost caption; from 0.3 to 0.7 the mean F1 is flat.
    doubt: float = 0.5
    #: Added for lines of prose, in log odds, in [0, 3]: a paragraph that is missing is worse than a heading. On 1,470
    #: pages 0.6 gains .002 of recall and loses .001 of precision.
    prose_bonus: float = 0.6
    #: What the five best lines of a dump score on average where an article is plain to see, in log odds, in [-6, 6].
    #: A dump holds one article: where its best lines score less, as short articles' do, all scores are lifted by the
    #: difference. Gains .005 of F1, all of it on hard pages.
    plain_score: float = 3.0
    #: The most that scores are lifted, in log odds, in [0, 6].
    max_lift: float = 2.0
    #: What a box within the article costs, in log odds, in [0, 20].
    box_cost: float = 1.0
    #: What each line of such a box costs, in log odds, in [0, 5].
    box_line_cost: float = 0.2
    #: Mass of a paragraph whose score counts double, in [1, 10 000]: a long line is worth more than a short one, up to
    #: four times this mass.
    paragraph_mass: float = 100.0

    def __post_init__(self) -> None:
        check_range(self, -3, 3, "doubt")
        check_range(self, 0, 3, "prose_bonus")
        check_range(self, -6, 6, "plain_score")
        check_range(self, 0, 6, "max_lift")
        check_range(self, 0, 20, "box_cost")
        check_range(self, 0, 5, "box_line_cost")
        check_range(self, 1, 10_000, "paragraph_mass")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found of one line."""

    #: Whether the line is the article's.
    kept: bool
    #: Probability that it is, in [0, 1], seen by itself.
    probability: float


def judge(measured: Measured, config: JudgeConfig) -> list[Judgement]:
    """Judge the lines of a dump. At least one is kept, unless there are none."""
    if not measured.lines:
        return []
    first, second = _models()
    seen = shapes(measured)
    scores = [first.score(shape) for shape in seen]
    around = context(measured, scores)
    scores = [second.score({**shape, **more}) for shape, more in zip(seen, around, strict=True)]
    bias = _lift(scores, config) - config.doubt
    certain = _certain_furniture(measured)
    worth = [
        _CERTAIN_CUT
        if certain[index]
        else (score + bias + config.prose_bonus * measured.prose[index])
        * (1 + min(measured.mass[index] / config.paragraph_mass, 4))
        for index, score in enumerate(scores)
    ]
    kept = best_path(worth, config.box_cost, config.box_line_cost)
    return [Judgement(on_path, 1 / (1 + exp(-score))) for on_path, score in zip(kept, scores, strict=True)]


def _lift(scores: Sequence[float], config: JudgeConfig) -> float:
    best = sorted(scores)[-_BEST_LINES:]
    return max(0.0, min(config.max_lift, config.plain_score - sum(best) / len(best)))


def _certain_furniture(measured: Measured) -> list[bool]:
    """Return which lines say what only furniture says, and which are headlines under the head of a box."""
    found: list[bool] = []
    under_head = 0
    for index in range(len(measured.lines)):
        is_head = _is_certain(measured, index)
        open_ended = not measured.sentence[index] and measured.mass[index] < _HEADLINE_MASS
        found.append(is_head or (under_head > 0 and open_ended))
        if is_head and measured.coverage[index].get("related", 0.0) >= _CERTAIN_SHARE:
            under_head = _BOX_HEADLINES
        else:
            under_head = under_head - 1 if open_ended else 0
    return found


def _is_certain(measured: Measured, index: int) -> bool:
    """Tell whether a line is an age, a button, a prompt, or announces a link: "Also read: …"."""
    text = measured.lines[index].text
    label, colon, rest = text.replace("：", ":").partition(":")
    if colon and rest and len(label) <= _LABEL_CHARS and coverage(label).get("related", 0.0) >= _CERTAIN_SHARE:
        return True
    if measured.sentence[index] or measured.mass[index] >= PROSE_MASS:
        return False
    old = is_age(measured, index) and measured.mass[index] < _AGE_MASS
    return old or measured.furniture[index] >= _CERTAIN_SHARE


_BEFORE, _TEXT, _BOX, _AFTER = range(4)


def best_path(worth: Sequence[float], box_cost: float, box_line_cost: float) -> list[bool]:
    """Return which lines lie on text along the best path; at least one does.

    >>> best_path([-2, 3, -1, 2, -9, -9, 1], box_cost=1, box_line_cost=0.2)
    [False, True, True, True, False, False, False]
    """
    best = [0.0, worth[0], float("-inf"), float("-inf")]
    steps: list[list[int]] = []
    for earned in worth[1:]:
        text = max((best[_BEFORE], _BEFORE), (best[_TEXT], _TEXT), (best[_BOX], _BOX))
        box = max((best[_TEXT] - box_cost, _TEXT), (best[_BOX], _BOX))
        after = max((best[_TEXT], _TEXT), (best[_AFTER], _AFTER))
        best = [best[_BEFORE], text[0] + earned, box[0] - box_line_cost, after[0]]
        steps.append([_BEFORE, text[1], box[1], after[1]])
    state = _TEXT if best[_TEXT] >= best[_AFTER] else _AFTER
    path = [state]
    for step in reversed(steps):
        state = step[state]
        path.append(state)
    return [state == _TEXT for state in reversed(path)]


@dataclass(frozen=True, slots=True)
class _Model:
    intercept: float
    #: Figure to the edges of its bins and the weight of each bin (one more than edges).
    weights: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]]

    def score(self, shape: Shape) -> float:
        total = self.intercept
        for name, (edges, weights) in self.weights.items():
            total += weights[bisect_right(edges, shape[name])]
        return max(-HIGHEST, min(HIGHEST, total))


@cache
def _models() -> tuple[_Model, _Model]:
    raw = json.loads(files("cleaners.data").joinpath("line_weights.json").read_text(encoding="utf-8"))
    first, second = (
        _Model(
            raw[stage]["intercept"],
            {
                name: (tuple(figure["edges"]), tuple(figure["weights"]))
                for name, figure in raw[stage]["features"].items()
            },
        )
        for stage in ("first", "second")
    )
    return first, second
