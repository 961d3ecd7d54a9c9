"""Boosted regression trees over whole numbers, evaluated for all blocks of a page at once.

A tree of at most sixteen leaves is a mask of sixteen bits: each test that a block fails takes the leaves to its left
out, and the lowest leaf that is left is the block's (QuickScorer: Lucchese et al., SIGIR 2015). Figures, thresholds and
leaves are whole numbers, so that a score is the same on every machine.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ConfigError

#: Leaves of the largest tree.
MAX_LEAVES = 16
_ALL = 0xFFFF


@dataclass(frozen=True, slots=True)
class Trees:
    """A sum of trees: figures in, log odds in thousandths out."""

    #: Names of the figures that are asked for.
    names: tuple[str, ...]
    #: What is added to every score, in millionths.
    bias: int
    #: The distinct tests, ``figure <= threshold``: place in ``names``, and threshold.
    figure: NDArray[np.intp]
    threshold: NDArray[np.int32]
    #: For each node and tree the number of the test, and the leaves that stay when a block fails it.
    test: NDArray[np.intp]
    mask: NDArray[np.uint16]
    #: The worth of each tree's leaves, in millionths.
    leaf: NDArray[np.int32]

    def score(
        self, columns: Mapping[str, Sequence[int] | NDArray[np.int64]], blocks: Sequence[int] | None = None
    ) -> list[int]:
        """Return the log odds of each block, in thousandths.

        Args:
            columns: Figures by name, each with one number for each block.
            blocks: Indices of the blocks that are asked about; all of them where None.

        Raises:
            KeyError: A figure is missing.
        """
        # `take` is twice as fast as an index of numbers.
        table = np.array([columns[name] for name in self.names], dtype=np.int32)
        if blocks is not None:
            table = table.take(blocks, axis=1)
        # Blocks that pass a test have all bits set, the others none: -1 is 0xFFFF in sixteen bits.
        passed = table.take(self.figure, axis=0) <= self.threshold[:, None]
        held = np.negative(passed.view(np.int8), dtype=np.int16).view(np.uint16)
        left = np.full((len(self.leaf), table.shape[1]), _ALL, dtype=np.uint16)
        stays = np.empty_like(left)
        for test, mask in zip(self.test, self.mask, strict=True):
            np.take(held, test, axis=0, out=stays, mode="clip")
            stays |= mask[:, None]
            left &= stays
        exits = np.add(_lowest().take(left), MAX_LEAVES * np.arange(len(self.leaf))[:, None], dtype=np.intp)
        total = self.leaf.take(exits).sum(axis=0, dtype=np.int64) + self.bias
        return [int(score) for score in np.floor_divide(total, 1000)]


@cache
def _lowest() -> NDArray[np.uint8]:
    """Return the number of the lowest bit that is set, for each mask; small enough for a processor's nearest memory."""
    masks = np.arange(_ALL + 1)
    lowest = np.zeros(_ALL + 1, dtype=np.uint8)
    for bit in range(MAX_LEAVES - 1, -1, -1):
        lowest[masks & (1 << bit) > 0] = bit
    return lowest


def build(raw: Mapping[str, object]) -> Trees:
    """Build trees from their written form.

    Args:
        raw: ``names``, ``bias``, ``tests`` (pairs), and ``trees``: for each tree its nodes (pairs of test and mask) and
            its leaves.
    """
    names, bias, tests, trees = raw["names"], raw["bias"], raw["tests"], raw["trees"]
    assert isinstance(names, list)
    assert isinstance(bias, int)
    assert isinstance(tests, list)
    assert isinstance(trees, list)
    nodes = max((len(own) for own, _ in trees), default=0)
    test = np.zeros((nodes, len(trees)), dtype=np.intp)
    mask = np.full((nodes, len(trees)), _ALL, dtype=np.uint16)
    leaf = np.zeros((len(trees), MAX_LEAVES), dtype=np.int32)
    for number, (own, leaves) in enumerate(trees):
        for place, (which, stays) in enumerate(own):
            test[place, number], mask[place, number] = which, stays
        leaf[number, : len(leaves)] = leaves
    figure, threshold = np.array(tests, dtype=np.int32).reshape(-1, 2).T
    return Trees(tuple(names), bias, figure.astype(np.intp), threshold.copy(), test, mask, leaf)


@cache
def read_trees(name: str) -> tuple[Trees, ...]:
    """Read the trees of a file: a name in ``cleaners.data``, or a path.

    Raises:
        ConfigError: The file cannot be read.
    """
    source = Path(name) if Path(name).name != name else files("cleaners.data").joinpath(name)
    try:
        raw = json.loads(source.read_text(encoding="utf-8"))
        return tuple(build(model) for model in raw["models"])
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"no model of the judge in {name}") from error
