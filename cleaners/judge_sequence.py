"""What the first scores of all blocks of a page say of each of them: the second look of the judge.

A line is text where its neighbours are, and where its sisters are. The first model sees each block with its
surroundings but not what becomes of them; here its scores are summed up along the page, over parts and over sisters.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from cleaners.blocks import Block
from cleaners.judge_context import shift
from cleaners.judge_places import Structure
from cleaners.judge_texts import WHOLE, Column, Columns

#: Scores are log odds in thousandths; a belief is a share that rises with them between these two.
_HIGHEST = 3000
_PARAGRAPH = 80
_FAR = 99
_FAR_WEIGHT = 5000
_NOTHING = -9999


def beliefs(scores: Sequence[int]) -> Column:
    """Return for each score a share in thousandths: 0 for certainly cut, 1000 for certainly kept.

    >>> beliefs([-9000, 0, 1500])
    [0, 500, 750]
    """
    return [(max(-_HIGHEST, min(_HIGHEST, score)) + _HIGHEST) * WHOLE // (2 * _HIGHEST) for score in scores]


def measure_sequence(blocks: Sequence[Block], structure: Structure, scores: Sequence[int]) -> Columns:
    """Return what the scores of the others say of each block.

    Args:
        blocks: The page's blocks.
        structure: Their parts.
        scores: Log odds in thousandths, by the first model.
    """
    own = list(scores)
    shares = beliefs(scores)
    columns: Columns = {"score": own}
    for step in (-4, -3, -2, -1, 1, 2, 3, 4):
        columns[f"score{step:+}"] = [value if value != -1 else _NOTHING for value in shift(own, step)]
    columns.update(_paragraphs(blocks, own, shares))
    columns.update(_windows(blocks, shares))
    columns.update(_parts(blocks, structure, shares))
    columns.update(_sisters(structure, shares))
    columns.update(_stretch(blocks, own))
    return columns


def _paragraphs(blocks: Sequence[Block], scores: Column, shares: Column) -> Columns:
    """The scores of the paragraphs before and behind, and the way to the nearest that is believed."""
    heavy = [block.index for block in blocks if block.weight >= _PARAGRAPH and 10 * block.link_density <= 3]
    trusted = [index for index in heavy if shares[index] >= 500]
    sums = [0, *accumulate(block.weight for block in blocks)]
    columns: Columns = {name: [] for name in ("para-1", "para-2", "para+1", "para+2")}
    columns |= {name: [] for name in ("trust-before", "trust-behind", "trust-gap-before", "trust-gap-behind")}
    columns |= {"trusted-before": [], "trusted-behind": []}
    for index in range(len(blocks)):
        at = bisect_left(heavy, index)
        behind = at + (at < len(heavy) and heavy[at] == index)
        for name, place in (("para-1", at - 1), ("para-2", at - 2), ("para+1", behind), ("para+2", behind + 1)):
            columns[name].append(scores[heavy[place]] if 0 <= place < len(heavy) else _NOTHING)
        at = bisect_left(trusted, index)
        behind = at + (at < len(trusted) and trusted[at] == index)
        before = trusted[at - 1] if at else None
        after = trusted[behind] if behind < len(trusted) else None
        columns["trust-before"].append(_FAR if before is None else min(_FAR, index - before))
        columns["trust-behind"].append(_FAR if after is None else min(_FAR, after - index))
        columns["trust-gap-before"].append(_FAR_WEIGHT if before is None else min(_FAR_WEIGHT, sums[index] - sums[before + 1]))
        columns["trust-gap-behind"].append(_FAR_WEIGHT if after is None else min(_FAR_WEIGHT, sums[after] - sums[index + 1]))
        columns["trusted-before"].append(min(at, _FAR))
        columns["trusted-behind"].append(min(len(trusted) - behind, _FAR))
    return columns


def _windows(blocks: Sequence[Block], shares: Column) -> Columns:
    """The mean belief around each block, and the share of the believed weight before it."""
    count = len(blocks)
    columns: Columns = {}
    sums = [0, *accumulate(shares)]
    for width in (2, 5, 15):
        means = []
        for index in range(count):
            low, high = max(0, index - width), min(count, index + width + 1)
            others = high - low - 1
            means.append((sums[high] - sums[low] - shares[index]) // others if others else -1)
        columns[f"belief~{width}"] = means
    weights = [0, *accumulate(block.weight * share // WHOLE for block, share in zip(blocks, shares, strict=True))]
    total = weights[-1] or 1
    columns["believed-before"] = [weights[index] * WHOLE // total for index in range(count)]
    columns["believed-share"] = [(weights[index + 1] - weights[index]) * WHOLE // total for index in range(count)]
    columns["page-believed"] = [min(weights[-1], 20_000)] * count
    return columns


def _parts(blocks: Sequence[Block], structure: Structure, shares: Column) -> Columns:
    """The share of each part around the block that is believed, the block itself left out."""
    parts = structure.parts
    believed = [0] * len(parts)
    for block, place in zip(blocks, structure.part_of, strict=True):
        believed[place] += block.weight * shares[block.index]
    for place in range(len(parts) - 1, -1, -1):
        if parts[place].parent >= 0:
            believed[parts[place].parent] += believed[place]
    whole = believed[0] if parts else 0
    holders = [(part.depth, -place) for place, part in enumerate(parts) if 10 * believed[place] >= 7 * whole]
    container = -max(holders)[1] if holders else -1
    levels: dict[int, int] = {}
    while container >= 0:
        levels[container] = len(levels)
        container = parts[container].parent
    columns: Columns = {f"believed^{level}": [] for level in (0, 1, 2, 4)}
    columns |= {"climb-believed": [], "down-believed": []}
    for block, chain in zip(blocks, structure.chains, strict=True):
        own = block.weight * shares[block.index]
        for level in (0, 1, 2, 4):
            place = chain[min(level, len(chain) - 1)]
            others = parts[place].weight - block.weight
            columns[f"believed^{level}"].append((believed[place] - own) // others if others else -1)
        columns["climb-believed"].append(next((levels[place] for place in chain if place in levels), _FAR))
        columns["down-believed"].append(next((step for step, place in enumerate(chain) if place in levels), _FAR))
    return columns


def _sisters(structure: Structure, shares: Column) -> Columns:
    """The mean belief in blocks with the same place by tag and class, the block itself left out."""
    parts = structure.parts
    columns: Columns = {"sisters-belief": [], "alike-belief": []}
    keys: list[tuple[object, object]] = []
    for place in structure.part_of:
        parent = parts[place].parent
        above = structure.signatures[parent] if parent >= 0 else None
        keys.append(((parent, structure.signatures[place]), (above, structure.signatures[place])))
    for which, name in enumerate(columns):
        count: Counter[object] = Counter()
        total: Counter[object] = Counter()
        for key, share in zip(keys, shares, strict=True):
            count[key[which]] += 1
            total[key[which]] += share
        for key, share in zip(keys, shares, strict=True):
            others = count[key[which]] - 1
            columns[name].append((total[key[which]] - share) // others if others else -1)
    return columns


def _stretch(blocks: Sequence[Block], scores: Column) -> Columns:
    """How each block lies to the stretch of the page whose scores add up to most (Bentley, Programming Pearls, 8)."""
    best = total = 0
    start = first = 0
    last = -1
    for block, score in zip(blocks, scores, strict=True):
        worth = max(-_HIGHEST, min(_HIGHEST, score)) * min(block.weight, 400)
        if total <= 0:
            total, start = 0, block.index
        total += worth
        if total > best:
            best, first, last = total, start, block.index
    return {
        "from-stretch-start": [max(-_FAR, min(_FAR, index - first)) for index in range(len(blocks))],
        "from-stretch-end": [max(-_FAR, min(_FAR, index - last)) for index in range(len(blocks))],
    }
