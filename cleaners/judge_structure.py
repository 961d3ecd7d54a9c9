"""The parts of a page: the elements around its blocks, as arrays that the figures of `judge_places` are read from."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from cleaners.blocks import Block
from cleaners.judge_figures import PARAGRAPH, Column, Facts, Flags
from cleaners.names import calls_standfirst, identity_of, rule_of

#: Places of parts, or of what else is numbered.
Places = NDArray[np.int64]

_RULE_OF_TAG = {"nav": "navigation", "menu": "navigation", "footer": "legal", "figcaption": "caption", "form": "prompt"}
_BODY_NAMES = (
    "articlebody",
    "article-body",
    "article_body",
    "article-content",
    "entry-content",
    "post-content",
    "story-body",
    "articletext",
    "article-text",
    "content-body",
    "post-body",
    "article__body",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Sums over the blocks in each part."""

    blocks: Column
    weight: Column
    linked: Column
    kept: Column
    running: Column
    headings: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """The parts of a page, outer ones before those in them, and the part of each block."""

    #: Tag of each part.
    tags: Sequence[str]
    #: What its own names and tag say of it.
    rules: Sequence[str | None]
    is_named: Flags
    is_body: Flags
    is_standfirst: Flags
    #: Place of the part around it, -1 for the outermost.
    parent: Places
    depth: Column
    #: The same number for parts of the same tag and classes.
    signatures: Places
    #: Place of the innermost part around each block.
    part_of: Places
    #: For each level and block the place of the part so many levels above the innermost; the number of parts where
    #: there is none.
    chain: Places
    sums: Sums = field(repr=False)

    def up(self, level: int) -> Places:
        """Return the part so many levels above each block's own, the outermost where there is none."""
        places = self.chain[min(level, len(self.chain) - 1)]
        return np.where(places < len(self.parent), places, 0)

    def nearest(self, wanted: Flags, levels: int | None = None) -> tuple[Places, Flags]:
        """Return the innermost wanted part around each block, and whether there is one.

        Args:
            wanted: For each part whether it is wanted.
            levels: How many levels are looked at; all where None.
        """
        held = np.append(wanted, False)[self.chain[:levels]]
        level = held.argmax(axis=0)
        blocks = np.arange(held.shape[1])
        found = held[level, blocks]
        return np.where(found, self.chain[level, blocks], 0), found

    def any_up(self, wanted: Flags, levels: int) -> Flags:
        """Return whether any of the innermost parts around each block, so many of them, is wanted."""
        return np.asarray(np.append(wanted, False)[self.chain[:levels]].any(axis=0), dtype=np.bool_)

    def levels_up(self, members: NDArray[np.bool_], far: int) -> NDArray[np.int64]:
        """Return how far above each part the nearest member of each class is, itself included.

        Args:
            members: For each part and class whether it is a member.
            far: What stands for more levels, and where there is none.
        """
        levels = np.where(members, 0, far)
        order = np.argsort(self.depth, kind="stable")
        for places in np.split(order, np.cumsum(np.bincount(self.depth))[:-1])[1:]:
            levels[places] = np.minimum(levels[places], levels[self.parent[places]] + 1)
        return np.minimum(levels, far)


def read_structure(blocks: Sequence[Block], facts: Facts) -> Structure:
    """Collect the parts of a page and sum up what stands in them.

    Args:
        blocks: The page's blocks, in document order.
        facts: What is known of them.
    """
    reader = _Reader()
    for block in blocks:
        reader.enter(block)
    parent = np.array(reader.parent, dtype=np.int64)
    part_of = np.array(reader.part_of, dtype=np.int64)
    tags = [str(element.tag) for element in reader.elements]
    names = [
        (element.get("class") or "", identity_of(element), element.get("itemprop") or "") for element in reader.elements
    ]
    said = [_read_names(*own) for own in names]
    rules = [rule or _RULE_OF_TAG.get(tag) for (rule, _, _), tag in zip(said, tags, strict=True)]
    signatures: dict[tuple[str, str], int] = {}
    return Structure(
        tags=tags,
        rules=rules,
        is_named=np.array([rule is not None for rule in rules], dtype=np.bool_),
        is_body=np.array([is_body for _, is_body, _ in said], dtype=np.bool_),
        is_standfirst=np.array([is_standfirst for _, _, is_standfirst in said], dtype=np.bool_),
        parent=parent,
        depth=np.array(reader.depth, dtype=np.int64),
        signatures=np.array(
            [
                signatures.setdefault((tag, classes), len(signatures))
                for (classes, _, _), tag in zip(names, tags, strict=True)
            ],
            dtype=np.int64,
        ),
        part_of=part_of,
        chain=_chain(part_of, parent),
        sums=_sum_up(facts, part_of, reader.parent),
    )


def with_facts(structure: Structure, facts: Facts) -> Structure:
    """Return the same parts, summed up again: what the rules keep has changed."""
    return replace(structure, sums=_sum_up(facts, structure.part_of, structure.parent.tolist()))


class _Reader:
    """Numbers the elements around blocks."""

    def __init__(self) -> None:
        self.elements: list[HtmlElement] = []
        self.parent: list[int] = []
        self.depth: list[int] = []
        self.part_of: list[int] = []
        self._places: dict[HtmlElement, int] = {}

    def enter(self, block: Block) -> None:
        place = self._places.get(block.element)
        if place is None:
            place = self._add(block)
        self.part_of.append(place)

    def _add(self, block: Block) -> int:
        """Enter the parts around a block that are new, the outermost first, and return the place of the innermost."""
        around = block.ancestors
        known = next((level for level, element in enumerate(around) if element in self._places), len(around))
        fresh = around[:known][::-1]
        above = self._places[around[known]] if known < len(around) else -1
        start = len(self.elements)
        depth = self.depth[above] + 1 if above >= 0 else 0
        self.elements += fresh
        self.parent.append(above)
        self.parent += range(start, start + len(fresh) - 1)
        self.depth += range(depth, depth + len(fresh))
        self._places.update(zip(fresh, range(start, start + len(fresh)), strict=True))
        return len(self.elements) - 1


@lru_cache(maxsize=4096)
def _read_names(classes: str, identity: str, itemprop: str) -> tuple[str | None, bool, bool]:
    """Return the rule that names call for, whether they are those of a body, and whether of a standfirst."""
    lower = f"{classes} {identity} {itemprop}".lower()
    is_body = any(name in lower for name in _BODY_NAMES)
    return rule_of(classes, identity), is_body, calls_standfirst(classes, itemprop)


def _chain(part_of: Places, parent: Places) -> Places:
    outside = len(parent)
    above = np.append(np.where(parent < 0, outside, parent), outside)
    levels = [part_of]
    while len(part_of) and (levels[-1] != outside).any():
        levels.append(above[levels[-1]])
    return np.array(levels[:-1] if len(levels) > 1 else levels)


def _sum_up(facts: Facts, part_of: Places, above: Sequence[int]) -> Sums:
    def total(column: NDArray[np.int64] | Flags) -> Column:
        # Sums of whole numbers below 2 ** 53 are exact as floats.
        sums = np.bincount(part_of, weights=column, minlength=len(above)).astype(np.int64).tolist()
        for place in range(len(above) - 1, 0, -1):
            sums[above[place]] += sums[place]
        return np.array(sums, dtype=np.int64)

    # Not the running text of `Facts`: here links are counted as they weigh, in whole numbers.
    running = (facts.weight >= PARAGRAPH) & (10 * facts.linked <= 3 * facts.weight)
    return Sums(
        blocks=total(np.ones(facts.count, dtype=np.int64)),
        weight=total(facts.weight),
        linked=total(facts.linked),
        kept=total(facts.kept_weight),
        running=total(facts.weight * running),
        headings=total(facts.heading > 0),
    )
