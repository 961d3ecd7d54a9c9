"""A first look at a page: most are so plain that no extractor need be asked which blocks are the article.

All paragraphs stand for the extractor's answer, the rules cut and restore as ever, and trees of their own say how
likely each block is text. They are fitted to what the whole path decides (``benchmarks/fit_first_look.py``). Where they
are sure of every block that weighs anything, that is the answer; else nothing has happened, and the page goes the whole
way. What a block is depends on its page alone, so it does not matter which pages were seen before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cleaners.blocks import Block
from cleaners.config import CleanerConfig, ExtractConfig
from cleaners.draft import BOILERPLATE, Draft
from cleaners.extract import is_paragraph
from cleaners.judge import JUDGED, Gauge, find_leads, measure_doubt, probability, score_blocks
from cleaners.judge_context import Evidence

#: Weight that a lighter block counts with: headings and items of lists are short, and no less part of a text.
_LEAST_WEIGHT = 20
#: Weight that a heavier block counts with where the single block is looked at.
_MOST_WEIGHT = 200


@dataclass(frozen=True, slots=True)
class Doubts:
    """How sure a first look is."""

    #: Doubt of the blocks, each by its weight, as a share of the weight that is kept.
    page: float
    #: The greatest doubt of a block times its weight.
    block: float


def choose_paragraphs(blocks: Sequence[Block], config: ExtractConfig) -> frozenset[int]:
    """Return the indices of all paragraphs: what the extractor would choose among."""
    return frozenset(block.index for block in blocks if is_paragraph(block, config))


def is_decided(draft: Draft, evidence: Evidence, gauge: Gauge, config: CleanerConfig) -> bool:
    """Decide the blocks of a page, if that can be done without doubt; else leave the draft as it is.

    Args:
        draft: The page as the rules left it, all paragraphs taken for the extractor's answer.
        evidence: What is known of it.
        gauge: Measures the page's blocks.
        config: Thresholds.

    Returns:
        Whether the draft holds the decision.

    Raises:
        ConfigError: The configured model cannot be read.
    """
    look, judge = config.look, config.judge
    if _running(draft.kept, config.extract) < look.min_running or count_scraps(draft) > look.max_scraps:
        return False
    columns = gauge.measure(evidence)
    scores = score_blocks(evidence.rules, columns, look.model)
    leads = find_leads(draft, columns)
    kept = [
        score > (judge.lead_score if index in leads else 0)
        if rule is None
        else rule == BOILERPLATE and score > judge.restore_score
        for index, (rule, score) in enumerate(zip(evidence.rules, scores, strict=True))
    ]
    chosen = [block for block, is_kept in zip(draft.blocks, kept, strict=True) if is_kept]
    if _running(chosen, config.extract) < look.min_running:
        return False
    chances = [probability(score) for score in scores]
    doubts = measure_doubts(draft.blocks, evidence.rules, chances)
    if doubts.page > look.max_doubt or doubts.block > look.max_block_doubt:
        return False
    for block, is_kept, chance in zip(draft.blocks, kept, chances, strict=True):
        if is_kept:
            draft.restore(block)
        elif block in draft:
            draft.cut(block, draft.plain_rule(block, JUDGED), round(1 - chance, 4))
    draft.doubt = measure_doubt(draft.blocks, chances)
    draft.first_look = True
    return True


def count_scraps(draft: Draft) -> float:
    """Return how many blocks stand amid the kept ones that neither are kept nor have a rule with a name, for each kept.

    >>> from cleaners.blocks import read_blocks
    >>> from cleaners.parse import parse
    >>> count_scraps(Draft(read_blocks(parse("<p>a<p>b<p>c<p>d")), {0, 2}))
    0.5
    """
    kept = draft.kept
    return draft.rules[kept[0].index : kept[-1].index].count(BOILERPLATE) / len(kept) if kept else 0.0


def measure_doubts(blocks: Sequence[Block], rules: Sequence[str | None], chances: Sequence[float]) -> Doubts:
    """Return how sure a first look is of a page's blocks.

    A block's doubt is the chance that the decision is wrong: that it is text where it is cut, or none where it is kept.
    What a rule with a name cut stays cut, so that its doubt is the chance that it is text, however great.

    Args:
        blocks: The page's blocks.
        rules: For each block the rule that cut it; None where the rules keep it.
        chances: For each block the probability that it is the article's, in [0, 1].

    >>> from cleaners.blocks import read_blocks
    >>> from cleaners.parse import parse
    >>> blocks = read_blocks(parse(f"<p>{'x' * 100}<p>{'y' * 300}"))
    >>> measure_doubts(blocks, [None, None], [1.0, 0.9])
    Doubts(page=0.075, block=20.0)
    """
    total = kept = worst = 0
    for block, rule, chance in zip(blocks, rules, chances, strict=True):
        # Whole numbers, so that the order of the sum does not matter.
        likely = round(10_000 * chance)
        free = rule in (None, BOILERPLATE)
        doubt = min(likely, 10_000 - likely) if free else likely
        total += doubt * max(_LEAST_WEIGHT, block.weight)
        worst = max(worst, doubt * min(_MOST_WEIGHT, block.weight))
        kept += block.weight if free and 2 * likely > 10_000 else 0
    return Doubts(total / (10_000 * max(1, kept)), worst / 10_000)


def _running(blocks: Sequence[Block], config: ExtractConfig) -> int:
    return sum(block.weight for block in blocks if is_paragraph(block, config))
