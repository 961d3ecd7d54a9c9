"""Shingles: the overlapping runs of words that two texts are compared by.

A text's shingles are the set of its runs of `SHINGLE_WORDS` words (Broder, "On the resemblance and containment of
documents", 1997), or of `SHINGLE_CHARACTERS` characters where it is written without spaces. Words are compared after
NFKC and case folding, and without punctuation. A shingle is kept as 64 bits: each word's BLAKE2b digest times an odd
constant of its place, added up modulo 2**64. Two different shingles fall together with odds of about 2**-63, so that what
is said of these sets is, for all that matters, said of the texts.
"""

import hashlib
import re
import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

#: Raised when the same text gives other shingles than before.
SHINGLES_VERSION = 1
#: Words of a shingle. Two news texts about one event that were written apart share 0 to 2 % of their runs of five.
SHINGLE_WORDS = 5
#: Characters of a shingle of a text that is written without spaces: about four Chinese words, three Thai ones.
SHINGLE_CHARACTERS = 8
#: Share of unspaced characters among a text's words above which it is written without spaces, in [0, 1].
UNSPACED_SHARE = 0.5

#: A text's shingles: sorted, each once, dtype uint64.
Shingles = NDArray[np.uint64]

#: Kana, Han, Thai, Lao, Tibetan, Burmese, Khmer.
_UNSPACED_RANGES = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u0e00-\u0eff\u0f00-\u0fff"
    "\u1000-\u109f\u1780-\u17ff"
)
_UNSPACED = re.compile(f"[{_UNSPACED_RANGES}]")
#: Soft hyphens, joiners, marks of direction: they stand inside words and are not seen.
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_ASCII_WORDS = bytes(
    code if chr(code).isalnum() else ord(" ") for code in (ord(chr(byte).lower()) for byte in range(128))
) + bytes(128)
#: What alone keeps most English texts from being ASCII, which is five times as fast.
_COMMON_SIGNS = "“”‘’–—…•\u00a0"
#: Words whose digests are remembered, at most: about 15 MB.
_MOST_WORDS = 1 << 17


class _Digests(dict[str, int]):
    """Remembers the 64-bit digests of words."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _MOST_WORDS:
            self.clear()
        digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        self[word] = int.from_bytes(digest, "little")
        return self[word]


_digests = _Digests()
#: A place's factor: odd, so that no bit of a word's digest is lost.
_FACTORS = [_digests[f"place {place}"] | 1 for place in range(max(SHINGLE_WORDS, SHINGLE_CHARACTERS))]


@cache
def _letters() -> str:
    """Return the letters, marks (which ``\\w`` has not) and numbers as a class of characters.

    Beyond the Basic Multilingual Plane everything but the pictographs is taken for letters.
    """
    ranges: list[list[int]] = []
    for code in range(0x10000):
        if unicodedata.category(chr(code))[0] in "LMN":
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    letters = "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
    return f"{letters}\U00010000-\U0001efff\U0001fb00-\U0003ffff"


@cache
def _spaced_words() -> re.Pattern[str]:
    return re.compile(f"[{_letters()}]+")


@cache
def _words() -> re.Pattern[str]:
    """Return a pattern for words, unspaced characters one by one."""
    return re.compile(f"[{_UNSPACED_RANGES}]|(?:(?![{_UNSPACED_RANGES}])[{_letters()}])+")


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared, in order.

    >>> words_of("The “Ferry” sailed; 東京へ")
    ['the', 'ferry', 'sailed', '東', '京', 'へ']
    """
    for sign in _COMMON_SIGNS:
        text = text.replace(sign, " ")
    if text.isascii():
        return text.encode().translate(_ASCII_WORDS).decode().split()
    folded = _UNSEEN.sub("", unicodedata.normalize("NFKC", text).casefold())
    pattern = _words() if _UNSPACED.search(folded) else _spaced_words()
    return pattern.findall(folded)


def shingle(text: str) -> Shingles:
    """Return the shingles of a text; a text shorter than a shingle has one, a text without words none.

    >>> len(shingle("The ferry sailed at noon from the old pier"))
    5
    >>> shingle("The ferry sailed at noon").tolist() == shingle("the FERRY sailed, at noon!").tolist()
    True
    """
    words = words_of(text)
    if not words:
        return np.empty(0, np.uint64)
    length = min(len(words), _length(text, len(words)))
    values = np.fromiter(map(_digests.__getitem__, words), np.uint64, len(words))
    count = len(words) - length + 1
    total = np.zeros(count, np.uint64)
    for place in range(length):
        total += values[place : place + count] * np.uint64(_FACTORS[place])
    total.sort()
    return total[np.concatenate(([True], total[1:] != total[:-1]))]


def _length(text: str, words: int) -> int:
    unspaced = 0 if text.isascii() else len(_UNSPACED.findall(text))
    return SHINGLE_CHARACTERS if unspaced > UNSPACED_SHARE * words else SHINGLE_WORDS


def count_shared(one: Shingles, other: Shingles) -> int:
    """Return how many shingles two texts share."""
    return int(np.intersect1d(one, other, assume_unique=True).size)


def resemblance(shared: int, one: int, other: int) -> float:
    """Return the Jaccard coefficient of two sets from the sizes of their intersection and of themselves, in [0, 1].

    >>> resemblance(2, 4, 8)
    0.2
    """
    union = one + other - shared
    return shared / union if union else 0.0


def containment(shared: int, one: int, other: int) -> float:
    """Return the share of the smaller set that the larger one has too, in [0, 1].

    >>> containment(2, 4, 8)
    0.5
    """
    smaller = min(one, other)
    return shared / smaller if smaller else 0.0
