"""Articles made of resampled sentences, some of them near-duplicates of earlier ones: as many as are wanted.

An article is a function of its number and a seed, so that a million need no room. Its sentences are drawn from texts
of the evaluation data, and a third of their words is drawn again from the same texts: resampled as they are, every
sentence would stand in hundreds of articles of a million, which is not what news is like.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

#: Share of the words of a sentence that are drawn again.
REDRAWN = 1 / 3
#: Sentences of an article, on average, with a standard deviation of a third of it.
SENTENCES = 30
#: One in so many articles is made of an earlier one …
EVERY = 10
#: … of which it keeps such a share of the sentences, one kind after the other.
KEPT = (1.0, 0.97, 0.9, 0.8, 0.7, 0.6, 0.5)
#: Articles between a near-duplicate and what it is made of, at most.
REACH = 50_000

_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True)
class Pool:
    """Sentences as numbers of words."""

    words: list[str]
    #: All sentences, one behind the other, and where each begins.
    flat: NDArray[np.int32]
    starts: NDArray[np.int64] = field(repr=False)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Pool":
        """Return the sentences of 8 to 40 words of some texts."""
        numbers: dict[str, int] = {}
        flat: list[int] = []
        starts = [0]
        for text in texts:
            for sentence in _SENTENCE.split(text):
                words = sentence.split()
                if 8 <= len(words) <= 40:
                    flat += [numbers.setdefault(word, len(numbers)) for word in words]
                    starts.append(len(flat))
        return cls(list(numbers), np.array(flat, np.int32), np.array(starts, np.int64))

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True)
class MadeUp:
    """A corpus of made-up articles."""

    pool: Pool
    seed: int = 20_261_122

    def text(self, number: int) -> str:
        """Return the text of an article."""
        return "\n\n".join(
            " ".join(self.pool.words[word] for word in sentence.tolist()) for sentence in self._sentences(number)
        )

    def source(self, number: int) -> int | None:
        """Return the article that an article is a near-duplicate of, None for one of its own."""
        if number < EVERY or number % EVERY:
            return None
        dice = np.random.default_rng((self.seed, number, 1))
        source = number - int(dice.integers(1, min(number, REACH)))
        return source - 1 if source % EVERY == 0 else source

    def pairs(self, count: int) -> Iterator[tuple[int, int]]:
        """Yield (source, near-duplicate) among the first so many articles."""
        for number in range(0, count, EVERY):
            source = self.source(number)
            if source is not None:
                yield source, number

    def _sentences(self, number: int) -> list[NDArray[np.int32]]:
        source = self.source(number)
        own = self._fresh(number)
        if source is None:
            return own
        dice = np.random.default_rng((self.seed, number, 2))
        kept = KEPT[number // EVERY % len(KEPT)]
        given = self._fresh(source)
        stays = dice.random(len(given)) < kept
        return [
            sentence if stay else own[place % len(own)]
            for place, (sentence, stay) in enumerate(zip(given, stays, strict=True))
        ]

    def _fresh(self, number: int) -> list[NDArray[np.int32]]:
        dice = np.random.default_rng((self.seed, number, 0))
        count = max(6, round(dice.normal(SENTENCES, SENTENCES / 3)))
        chosen = dice.integers(0, len(self.pool), count)
        starts, ends = self.pool.starts[chosen], self.pool.starts[chosen + 1]
        words = np.concatenate([self.pool.flat[start:end] for start, end in zip(starts, ends, strict=True)])
        redrawn = dice.random(len(words)) < REDRAWN
        words[redrawn] = self.pool.flat[dice.integers(0, len(self.pool.flat), int(redrawn.sum()))]
        return np.split(words, np.cumsum(ends - starts)[:-1])
