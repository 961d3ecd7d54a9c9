"""Which blocks are the article's: the judge that has the last word, over the extractor and over the rules.

Two sums of trees (`judge_trees`), fitted by ``benchmarks/fit_judge.py`` on pages of many sites whose text is known. The
first looks at the page alone, as if nobody had extracted anything: so it is a second opinion where the extractor took
the wrong part of the page. The second sees what extractor and rules decided, what the page states of itself, and the
first one's scores of all blocks around (`judge_sequence`): no block is judged by itself.

The model decides, the rule explains: a block that a rule had cut and that stays cut keeps the rule's name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from cleaners.blocks import Block
from cleaners.config import BlockConfig
from cleaners.draft import Draft
from cleaners.judge_context import Evidence, measure_context
from cleaners.judge_places import measure_places, read_structure
from cleaners.judge_sequence import measure_sequence
from cleaners.judge_texts import Columns, measure_texts
from cleaners.judge_trees import Trees, read_trees

#: The rule of a block that the judge cut, where no rule names a reason.
JUDGED = "judged"
_MODELS = "judge_trees.json"
# What is text of the page and never of the article, whatever its surroundings: the title stands in its own field.
_FINAL = frozenset({"title-repeated", "bullet"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge thinks of a page's blocks."""

    #: For each block the probability that it is the article's, in [0, 1].
    probabilities: tuple[float, ...]
    #: How doubtful the page is, in [0, 1]: 0 where every block is plainly in or out, 1 where every one might be either.
    doubt: float


def judge_blocks(draft: Draft, evidence: Evidence, config: BlockConfig) -> Judgement:
    """Decide for each block whether it is the article's.

    Args:
        draft: The page as extractor and rules left it; it is changed.
        evidence: What is known of it.
        config: Thresholds.
    """
    if not draft.blocks:
        return Judgement((), 0.0)
    first, second = read_trees(_MODELS)
    scores = score_blocks(evidence, first, second)
    probabilities = tuple(_probability(score) for score in scores)
    for block, score, chance in zip(draft.blocks, scores, probabilities, strict=True):
        if block in draft:
            if score <= config.keep_score:
                draft.cut(block, JUDGED, 1 - chance)
        elif score > config.restore_score and draft.rule_of(block) not in _FINAL:
            draft.restore(block)
    return Judgement(probabilities, measure_doubt(draft.blocks, probabilities))


def score_blocks(evidence: Evidence, first: Trees, second: Trees) -> list[int]:
    """Return the log odds that each block is the article's, in thousandths.

    Args:
        evidence: The page.
        first: The model that sees the page alone.
        second: The model that sees what the first one thinks, too.
    """
    kept = evidence.kept
    structure = read_structure(evidence.blocks, evidence.quick, kept)
    columns = measure_page(evidence)
    columns.update(measure_sequence(evidence.blocks, structure, first.score(columns)))
    return second.score(columns)


def measure_page(evidence: Evidence) -> Columns:
    """Return every figure of a page's blocks but those that need the first scores."""
    kept = evidence.kept
    blocks = evidence.blocks
    structure = read_structure(blocks, evidence.quick, kept)
    columns = measure_texts(blocks)
    columns.update(measure_places(blocks, structure, kept, evidence.cards, evidence.headline))
    columns.update(measure_context(evidence, columns, kept))
    return columns


def measure_doubt(blocks: Sequence[Block], probabilities: Sequence[float]) -> float:
    """Return how near the judgements of a page lie to even odds, in [0, 1].

    Each block counts by its weight, and by how likely it is text: a menu that is plainly none tells nothing.

    >>> from cleaners.blocks import read_blocks
    >>> from cleaners.parse import parse
    >>> blocks = read_blocks(parse("<p>one two three<p>four five six"))
    >>> measure_doubt(blocks, [1.0, 0.0]), measure_doubt(blocks, [0.5, 0.5])
    (0.0, 1.0)
    """
    doubt = sum(block.weight * 2 * min(chance, 1 - chance) for block, chance in zip(blocks, probabilities, strict=True))
    text = sum(block.weight * max(chance, 2 * min(chance, 1 - chance)) for block, chance in zip(blocks, probabilities, strict=True))
    return round(doubt / text, 4) if text else 0.0


def _probability(score: int) -> float:
    return round(1 / (1 + exp(-score / 1000)), 4)
