"""Passages of texts, as hashes of their runs of words: to find a text elsewhere without keeping it."""

from collections.abc import Iterable
from typing import Self

import numpy as np

from corpus.shingles import Shingles, count_shared, shingle

#: Runs of words that two texts have in common where one holds a passage of the other: five overlapping runs of five
#: are nine words in a row.
LEAST_SHARED = 5
#: Runs that are kept of very many texts, by the least hashes; 16 MB.
_MOST_RUNS = 2_000_000


class Passages:
    """Runs of words of some texts."""

    def __init__(self, runs: Shingles, *, sampled: bool = False) -> None:
        self._runs = runs
        self._sampled = sampled

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """Take the passages of texts."""
        found = [shingle(text) for text in texts]
        runs = np.unique(np.concatenate(found)) if found else np.empty(0, np.uint64)
        return cls(runs[:_MOST_RUNS], sampled=len(runs) > _MOST_RUNS)

    def without(self, text: str) -> Self:
        """Return these passages but for the runs that another text has, too."""
        return type(self)(np.setdiff1d(self._runs, shingle(text), assume_unique=True), sampled=self._sampled)

    def are_in(self, text: str) -> bool:
        """Tell whether a text holds a passage.

        >>> passages = Passages.of(["The ferry to the island left the harbour at noon with nine passengers."])
        >>> passages.are_in("It said: the ferry to the island left the harbour at noon."), passages.are_in("At noon.")
        (True, False)
        """
        least = 2 if self._sampled else LEAST_SHARED  # of a sample, what is found stands for more
        return len(self._runs) >= least and count_shared(self._runs, shingle(text)) >= least

    def __len__(self) -> int:
        return len(self._runs)

    def pack(self) -> bytes:
        """Return the passages as bytes."""
        return bytes([self._sampled]) + self._runs.astype("<u8").tobytes()

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Return the passages that `pack` wrote."""
        return cls(np.frombuffer(packed[1:], "<u8").astype(np.uint64), sampled=bool(packed[0]))
