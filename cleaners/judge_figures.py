"""What the judge's figures are made of: a column of whole numbers for each figure, one number for each block of a page.

Shares are in thousandths and every figure is a whole number, so that a judgement is the same on every machine. Columns
are arrays: a page has some two hundred of them, and a loop over its blocks for each would cost more than all else.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaners.blocks import Block

#: A column: a figure for each block of a page, in page order.
Column = NDArray[np.int64]
#: The columns by name.
Columns = dict[str, Column]
Flags = NDArray[np.bool_]

#: Thousandths: the scale of shares.
WHOLE = 1000
#: Weight of a paragraph.
PARAGRAPH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What many figures are made of, an array each."""

    weight: Column
    #: Share of the characters that stand inside links, in [0, 1].
    link_density: NDArray[np.float64]
    #: Weight of what stands inside links.
    linked: Column
    #: Level of the heading that the block is, 0 where it is none.
    heading: Column
    hidden: Flags
    #: Whether the rules keep the block.
    kept: Flags
    #: Whether it is as long as a paragraph, and no list of links.
    running: Flags

    @property
    def count(self) -> int:
        """Number of blocks."""
        return len(self.weight)

    @property
    def kept_weight(self) -> Column:
        """Weight of the blocks that the rules keep, 0 for the others."""
        return self.weight * self.kept


def read_facts(blocks: Sequence[Block], kept: Collection[int]) -> Facts:
    """Collect what many figures are made of.

    Args:
        blocks: The page's blocks.
        kept: Indices of the blocks that the rules keep.
    """
    weight = np.array([block.weight for block in blocks], dtype=np.int64)
    density = np.array([block.link_density for block in blocks], dtype=np.float64)
    return Facts(
        weight=weight,
        link_density=density,
        linked=np.rint(weight * density).astype(np.int64),
        heading=np.array([block.heading_level for block in blocks], dtype=np.int64),
        hidden=np.array([block.hidden for block in blocks], dtype=np.bool_),
        kept=mark_indices(kept, len(blocks)),
        running=(weight >= PARAGRAPH) & (10 * density <= 3),
    )


def mark_indices(indices: Collection[int], count: int) -> Flags:
    """Return for each of so many blocks whether its index is among those given.

    >>> mark_indices({0, 2}, 3).tolist()
    [True, False, True]
    """
    flags = np.zeros(count, dtype=np.bool_)
    flags[list(indices)] = True
    return flags


def thousandths(part: Column, whole: Column, otherwise: int = -1) -> Column:
    """Return the share of each part in its whole, in thousandths, rounded down.

    Args:
        part: Numbers.
        whole: Numbers from 0.
        otherwise: What stands where the whole is 0.

    >>> thousandths(np.array([1, 5]), np.array([3, 0])).tolist()
    [333, -1]
    """
    return np.where(whole > 0, part * WHOLE // np.maximum(whole, 1), otherwise)
