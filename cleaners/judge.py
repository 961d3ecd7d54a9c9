"""Which blocks are the article's: the judge that has the last word, over the extractor and over the rules.

Two sums of trees (`judge_trees`), fitted by ``benchmarks/fit_judge.py`` on pages of many sites whose text is known.
They see what a block looks like (`judge_texts`), where it stands (`judge_places`) and what is known around it
(`judge_context`), the verdicts of extractor and rules among the rest; of words, no more than the table of page
furniture holds.

It cuts whatever it takes for no text, and restores what the extractor left out; what a rule cut for a reason that has a
name stays cut. The model decides, the rule explains: a cut is named by where the block stands, if that tells.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp

import numpy as np

from cleaners.blocks import Block, stand
from cleaners.config import BlockConfig
from cleaners.draft import BOILERPLATE, Draft
from cleaners.judge_context import Evidence, measure_context, measure_statements
from cleaners.judge_figures import PARAGRAPH, Column, Columns, Facts, mark_indices, read_facts
from cleaners.judge_places import measure_company, measure_places
from cleaners.judge_structure import Structure, read_structure, with_facts
from cleaners.judge_texts import measure_texts
from cleaners.judge_trees import read_trees

#: The rule of a block that the judge cut, where no rule names a reason.
JUDGED = "judged"
# Levels around a block within which a part with a telling name says what it is.
_NEAR = 5
# Levels up to which sisters stand alike.
_SISTER_LEVELS = 4
# Share of the description and a standfirst, in thousandths, that they begin with.
_LEAST_LIKENESS = 300
# Weight of a standfirst that is told by its name alone: shorter ones are dates and places.
_LEAST_CALLED = PARAGRAPH // 2


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge thinks of a page's blocks."""

    #: For each block the probability that it is the article's, in [0, 1].
    probabilities: tuple[float, ...]
    #: How doubtful the page is, in [0, 1]: 0 where every block is plainly in or out, 1 where each may be either.
    doubt: float


def judge_blocks(draft: Draft, evidence: Evidence, config: BlockConfig, gauge: "Gauge | None" = None) -> Judgement:
    """Decide for each block of a page whether it is the article's.

    Args:
        draft: The page as extractor and rules left it; it is changed.
        evidence: What is known of it.
        config: Thresholds.
        gauge: Measures the page's blocks; made here where None.

    Raises:
        ConfigError: The configured model cannot be read.
    """
    if not draft.blocks:
        return Judgement((), 0.0)
    columns = (gauge or Gauge(evidence.blocks)).measure(evidence)
    scores = score_blocks(evidence.rules, columns, config.model)
    probabilities = tuple(probability(score) for score in scores)
    judgement = Judgement(probabilities, measure_doubt(draft.blocks, probabilities))
    draft.doubt = judgement.doubt
    leads = find_leads(draft, columns)
    cut = [
        block
        for block in draft.kept
        if scores[block.index] <= (config.lead_score if block.index in leads else config.keep_score)
    ]
    text = frozenset(block.index for block in draft.kept).difference(block.index for block in cut)
    sisters = _find_sisters(draft.blocks, text, columns)
    restored = [
        block
        for block, allowed in zip(draft.blocks, may_restore(evidence.rules, columns), strict=True)
        if allowed and scores[block.index] > (config.sister_score if block.index in sisters else config.restore_score)
    ]
    left = draft.weight - sum(block.weight for block in cut) + sum(block.weight for block in restored)
    if left < config.min_left_share * draft.weight:
        return judgement
    for block in cut:
        draft.cut(block, draft.plain_rule(block, JUDGED), round(1 - probabilities[block.index], 4))
    for block in restored:
        draft.restore(block)
    return judgement


def score_blocks(rules: Sequence[str | None], columns: Columns, model: str) -> list[int]:
    """Return the log odds that each block is the article's, in thousandths.

    One sum of trees is asked about the blocks that the rules keep, and another about those that they cut: what speaks
    against a paragraph in the middle of a text says little of a line in a menu.

    Args:
        rules: For each block the rule that cut it; None where the rules keep it.
        columns: The figures of the blocks.
        model: File of the trees: a name in ``cleaners.data``, or a path.

    Raises:
        ConfigError: The model cannot be read.
    """
    scores = [0] * len(rules)
    kept = [rule is None for rule in rules]
    for trees, of_kept in zip(read_trees(model), (True, False), strict=True):
        own = [index for index, is_kept in enumerate(kept) if is_kept == of_kept]
        for index, score in zip(own, trees.score(columns, own), strict=True):
            scores[index] = score
    return scores


def may_restore(rules: Sequence[str | None], columns: Mapping[str, Sequence[int] | Column]) -> list[bool]:
    """Return which blocks the judge may restore: what the extractor left out, and neither rule nor name explains.

    Of what rules with a name cut, less than half by weight is text where the judge would have it; cards lead elsewhere,
    and another article of the page reads as well as its own.
    """
    named, other, card = (np.asarray(columns[name]) for name in ("in=named", "other-article", "card"))
    free = (named >= _NEAR) & (other != 1) & (card == 0)
    return [rule == BOILERPLATE and is_free for rule, is_free in zip(rules, free.tolist(), strict=True)]


def find_leads(draft: Draft, columns: Columns) -> frozenset[int]:
    """Return the kept standfirsts: what begins as the page's description of itself, or is called so, above the text.

    By its name alone no caption is one, and nothing that is as short as a line of facts.
    """
    first = next((block.index for block in draft.kept if _is_paragraph(block)), 0)
    called = (columns["called-standfirst"] == 1) & (columns["in=caption"] >= _NEAR)
    return frozenset(
        block.index
        for block in draft.kept
        if block.index <= first
        and (
            columns["summary"][block.index] >= _LEAST_LIKENESS
            or (called[block.index] and block.weight >= _LEAST_CALLED)
        )
    )


def _find_sisters(blocks: Sequence[Block], text: Collection[int], columns: Columns) -> frozenset[int]:
    """Return the paragraphs behind the text's first one that stand as others of the text do, in whatever container.

    That is, in elements of the same tags and classes, some levels up: a text that is dealt out to several containers.
    Paragraphs with a sign of copyright are none.
    """
    paragraphs = [block for block in blocks if _is_paragraph(block) and not columns["legal-sign"][block.index]]
    known = Counter(stand(block, _SISTER_LEVELS) for block in paragraphs if block.index in text)
    first = next((block.index for block in paragraphs if block.index in text), len(blocks))
    return frozenset(
        block.index for block in paragraphs if block.index > first and known[stand(block, _SISTER_LEVELS)] > 1
    )


def _is_paragraph(block: Block) -> bool:
    return block.weight >= PARAGRAPH and 10 * block.link_density <= 3 and not block.hidden


def measure_page(evidence: Evidence) -> Columns:
    """Return the figures of a page's blocks, a column of whole numbers for each."""
    return Gauge(evidence.blocks).measure(evidence)


class Gauge:
    """Measures a page's blocks, more than once where need be: what the rules have no part in is measured once.

    Args:
        blocks: The page's blocks.
    """

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._texts: Columns = {}
        self._fixed: Columns = {}
        self._known: tuple[Facts, Structure] | None = None

    def measure(self, evidence: Evidence) -> Columns:
        """Return the figures of the blocks, a column of whole numbers for each.

        Args:
            evidence: What is known of them; another time nothing but the rules may differ.
        """
        facts, structure = self._facts(evidence)
        company, context = measure_company(facts, structure), measure_context(evidence, facts, self._texts)
        return {**self._texts, **self._fixed, **company, **context}

    def _facts(self, evidence: Evidence) -> tuple[Facts, Structure]:
        if self._known is not None:
            facts, structure = self._known
            facts = replace(facts, kept=mark_indices(evidence.kept, facts.count))
            return facts, with_facts(structure, facts)
        facts = read_facts(self._blocks, evidence.kept)
        self._texts = measure_texts(self._blocks, facts)
        structure = read_structure(self._blocks, facts)
        places = measure_places(facts, structure, evidence.cards, evidence.headline)
        self._fixed = {**places, **measure_statements(evidence)}
        self._known = (facts, structure)
        return self._known


def measure_doubt(blocks: Sequence[Block], probabilities: Sequence[float]) -> float:
    """Return how near the judgements of a page lie to even odds, in [0, 1].

    A block counts by its weight, and as far as it may be text: a menu that is plainly none says nothing of the page.

    >>> from cleaners.blocks import read_blocks
    >>> from cleaners.parse import parse
    >>> blocks = read_blocks(parse("<p>one two three<p>four five six"))
    >>> measure_doubt(blocks, [1.0, 0.0]), measure_doubt(blocks, [0.5, 0.5])
    (0.0, 1.0)
    """
    even = [2 * min(chance, 1 - chance) for chance in probabilities]
    doubt = sum(block.weight * share for block, share in zip(blocks, even, strict=True))
    text = sum(block.weight * max(pair) for block, *pair in zip(blocks, even, probabilities, strict=True))
    return round(doubt / text, 4) if text else 0.0


def probability(score: int) -> float:
    """Return the probability that a score stands for, in [0, 1]."""
    return round(1 / (1 + exp(-score / 1000)), 4)
