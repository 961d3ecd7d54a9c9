"""Two statistical witnesses of a text's language: langdetect and py3langid.

langdetect is right on 98 % of the sentences in languages it has a profile for, and calls everything else by the name
of a neighbour. py3langid knows 139 languages and gives calibrated probabilities. Where both know a language they
rarely err together.

Neither is used through its module-level functions: these share one global object and langdetect's global seed with
everyone else in the process. Our instances are our own, built once, and never changed.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from langdetect import detector_factory
from langdetect.detector import Detector
from langdetect.lang_detect_exception import ErrorCode, LangDetectException
from langdetect.utils.ngram import NGram
from numpy.typing import NDArray
from py3langid.langid import LanguageIdentifier

from cleaners.langid_model import load_identifier

#: Any fixed number will do; langdetect draws n-grams at random, with this seed for every text anew.
_SEED = 0
#: N-grams that langdetect draws before it looks whether they suffice.
_DRAWN = 5


class _Detector(Detector):  # type: ignore[misc]  # langdetect is untyped
    """langdetect's detector over a table of probabilities; the sums and products are its own, in its own order."""

    def __init__(self, profiles: "_Profiles") -> None:
        super().__init__(profiles)
        self._table = profiles.table

    def _extract_ngrams(self) -> list[int]:
        """Return the rows of the n-grams in the text, as `Detector._extract_ngrams` and `NGram.add_char` find them.

        A gram ends at each character, none in words of capitals; what is no letter stands for a space.
        """
        row_of = self.word_lang_prob_map.get
        found: list[int | None] = []
        grams, capitals = " ", False
        for char in map(_normalise, self.text):
            last = grams[-1]
            if last == " ":
                if char == " ":
                    continue
                grams, capitals = " ", False
            grams = grams[1 - NGram.N_GRAM :] + char
            capitals = char.isupper() and (capitals or last.isupper())
            if not capitals:
                found.append(row_of(char) if char != " " else None)
                found.append(row_of(grams[-2:]))
                if len(grams) == NGram.N_GRAM:
                    found.append(row_of(grams))
        return [row for row in found if row is not None]

    def _detect_block(self) -> None:
        """Ask n-grams drawn at random, in several trials, as `Detector._detect_block` does."""
        self.cleaning_text()
        grams = self._extract_ngrams()
        if not grams:
            raise LangDetectException(ErrorCode.CantDetectError, "No features in text.")
        self.random.seed(self.seed)
        shares = np.zeros(len(self.langlist))
        for _ in range(self.n_trial):
            shares += self._try(grams) / self.n_trial
        self.langprob = shares.tolist()

    def _try(self, grams: Sequence[int]) -> NDArray[np.float64]:
        """Multiply up the shares of n-grams until one language is all but certain; that is looked at every few."""
        chances = np.array(self._init_probability())
        floor = (self.alpha + self.random.gauss(0.0, 1.0) * self.ALPHA_WIDTH) / self.BASE_FREQ
        drawn = 1
        for _ in range(0, self.ITERATION_LIMIT + 1, _DRAWN):
            rows = [self.random.choice(grams) for _ in range(drawn)]
            for factors in self._table.take(rows, axis=0) + floor:
                chances *= factors
            chances /= sum(chances.tolist())
            if chances.max() > self.CONV_THRESHOLD:
                break
            drawn = _DRAWN
        return chances


@lru_cache(maxsize=4096)
def _normalise(char: str) -> str:
    normal: str = NGram.normalize(char)
    return normal


class _Profiles:
    """What a detector is made from, in one table: a hundred thousand lists less for garbage collection to look at."""

    seed = _SEED

    def __init__(self) -> None:
        # Sorted: the order of profiles decides the order of floating-point sums, and directories list in any order.
        paths = sorted(Path(detector_factory.PROFILES_DIRECTORY).iterdir())
        profiles = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
        self.langlist: list[str] = [profile["name"] for profile in profiles]
        #: The row of each n-gram.
        self.word_lang_prob_map: dict[str, int] = {}
        for profile in profiles:
            for word in profile["freq"]:
                self.word_lang_prob_map.setdefault(word, len(self.word_lang_prob_map))
        #: For each n-gram and language its share of the n-grams of its length.
        self.table = np.zeros((len(self.word_lang_prob_map), len(profiles)))
        for column, profile in enumerate(profiles):
            known = {word: count for word, count in profile["freq"].items() if 1 <= len(word) <= NGram.N_GRAM}
            rows = [self.word_lang_prob_map[word] for word in known]
            self.table[rows, column] = [count / profile["n_words"][len(word) - 1] for word, count in known.items()]


@cache
def _langdetect() -> _Profiles:
    return _Profiles()


@cache
def _langid() -> LanguageIdentifier:
    return load_identifier()


@cache
def langdetect_languages() -> frozenset[str]:
    """Return the codes that langdetect has a profile for, as langdetect writes them."""
    return frozenset(_langdetect().langlist)


def ask_langdetect(text: str, same: Mapping[str, str]) -> dict[str, float]:
    """Return langdetect's probabilities above 0.1, with codes renamed and merged by ``same``."""
    detector = _Detector(_langdetect())
    detector.append(text)
    try:
        ranked = detector.get_probabilities()
    except LangDetectException:  # no n-gram of any profile in the text
        return {}
    return _merge(((guess.lang, float(guess.prob)) for guess in ranked), same)


def ask_langid(text: str, same: Mapping[str, str]) -> dict[str, float]:
    """Return py3langid's probabilities of all its languages, with codes renamed and merged by ``same``."""
    ranked = _langid().rank(text)
    return _merge(((str(language), float(probability)) for language, probability in ranked), same)


def _merge(ranked: Iterable[tuple[str, float]], same: Mapping[str, str]) -> dict[str, float]:
    merged: defaultdict[str, float] = defaultdict(float)
    for language, probability in ranked:
        merged[same.get(language, language)] += probability
    return dict(merged)
