"""Shingles: the overlapping runs of words that two texts are compared by.

A text's shingles are the set of its runs of `SHINGLE_WORDS` words (Broder, "On the resemblance and containment of
documents", 1997), or of `SHINGLE_CHARACTERS` characters where it is written without spaces. Words are compared after
NFKC and case folding, and without punctuation.

A shingle is kept as 64 bits: the sum of T[byte] · p^place over the bytes of its words, modulo 2^64, with random T and
odd p (polynomial hashing over a random table). Two different shingles fall together with odds of about 2^-60, so that
what is said of these sets is, for all that matters, said of the texts. Powers of an odd p have inverses modulo 2^64, so
all runs of a text come from one running sum.
"""

import hashlib
import re
import unicodedata
from functools import cache
from itertools import chain, zip_longest

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
_SPACE = ord(" ")
_WHITE = re.compile(r"\s")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
#: Where one character in so many is not ASCII, the whole text is read as if none were.
_RARE = 40
#: Stands for a word that is not ASCII while the others are read.
_HOLE = "\x01"
_ASCII_WORDS = bytes(
    code if chr(code).isalnum() or chr(code) == _HOLE else ord(" ")
    for code in (ord(chr(byte).lower()) for byte in range(128))
) + bytes(128)
#: What alone keeps most English texts from being ASCII, which is five times as fast.
_COMMON_SIGNS = "“”‘’–—…•\u00a0"
_MODULUS = 1 << 64


def _random(what: str, count: int) -> NDArray[np.uint64]:
    """Return numbers that are the same on every machine."""
    digests = [hashlib.blake2b(f"{what} {place}".encode(), digest_size=8).digest() for place in range(count)]
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)


_TABLE = _random("byte", 256)
_BASE = int(_random("base", 1)[0]) | 1


class _Powers:
    """The powers of the base and of its inverse, as many as the longest text so far has needed."""

    def __init__(self) -> None:
        self._up = self._down = np.ones(1, np.uint64)

    def first(self, count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Return the first ``count`` powers of the base, and of its inverse."""
        while len(self._up) < count:
            size = len(self._up)
            self._up = np.concatenate([self._up, self._up * np.uint64(pow(_BASE, size, _MODULUS))])
            self._down = np.concatenate([self._down, self._down * np.uint64(pow(_BASE, -size, _MODULUS))])
        return self._up[:count], self._down[:count]


_powers = _Powers()


@cache
def _letters() -> str:
    r"""Return the letters, marks (which ``\w`` has not) and numbers as a class of characters.

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
    return _joined_words(text).decode("utf-8", "surrogatepass").split()


def _joined_words(text: str) -> bytes:
    """Return the words of a text with a space between them, in UTF-8."""
    for sign in _COMMON_SIGNS:
        text = text.replace(sign, " ")
    text = text.replace(_HOLE, " ")
    if text.isascii():
        return _ascii_words(text)
    if _excess(text) > len(text) // _RARE:
        return _other_words(text)
    pieces: list[str] = []
    found: list[bytes] = []
    end = 0
    for match in _BEYOND_ASCII.finditer(text):
        if match.start() < end:
            continue
        start = match.start()
        while start > end and not text[start - 1].isspace():
            start -= 1
        pieces.append(text[end:start])
        after = _WHITE.search(text, match.end())
        end = after.start() if after else len(text)
        found.append(_other_words(text[start:end]))
    pieces.append(text[end:])
    rest = _ascii_words(_HOLE.join(pieces)).split(_HOLE.encode())
    return _single_spaced(b"".join(chain.from_iterable(zip_longest(rest, found, fillvalue=b""))))


def _ascii_words(text: str) -> bytes:
    return _single_spaced(text.encode().translate(_ASCII_WORDS))


def _single_spaced(words: bytes) -> bytes:
    # A third of the time of b" ".join(words.split()).
    codes = np.frombuffer(words, np.uint8)
    kept = codes != _SPACE
    kept[1:] |= kept[:-1].copy()
    single: bytes = codes[kept].tobytes()
    return single.rstrip()


def _excess(text: str) -> int:
    """Return how many bytes more than characters a text has: at least one for each that is not ASCII."""
    return len(text.encode("utf-8", "surrogatepass")) - len(text)


def _other_words(text: str) -> bytes:
    folded = _UNSEEN.sub("", unicodedata.normalize("NFKC", text).casefold())
    pattern = _words() if _UNSPACED.search(folded) else _spaced_words()
    return " ".join(pattern.findall(folded)).encode("utf-8", "surrogatepass")


def shingle(text: str) -> Shingles:
    """Return the shingles of a text; a text shorter than a shingle has one, a text without words none.

    >>> len(shingle("The ferry sailed at noon from the old pier"))
    5
    >>> shingle("The ferry sailed at noon").tolist() == shingle("the FERRY sailed, at noon!").tolist()
    True
    """
    joined = _joined_words(text)
    if not joined:
        return np.empty(0, np.uint64)
    codes = np.frombuffer(joined, np.uint8)
    ends = np.append(np.flatnonzero(codes == _SPACE), len(codes))
    hashes = _hash_runs(codes, ends, min(len(ends), _length(text, len(ends))))
    hashes.sort()
    return hashes[np.concatenate(([True], hashes[1:] != hashes[:-1]))]


def _hash_runs(codes: NDArray[np.uint8], ends: NDArray[np.intp], length: int) -> Shingles:
    """Return a number for each run of so many words, of which it is given the bytes and where each ends."""
    up, down = _powers.first(len(codes))
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(_TABLE[codes] * up, out=sums[1:])
    starts = np.concatenate(([0], ends[:-1] + 1))[: len(ends) - length + 1]
    hashes: Shingles = (sums[ends[length - 1 :]] - sums[starts]) * down[starts]
    return hashes


def _length(text: str, words: int) -> int:
    few = text.isascii() or _excess(text) <= UNSPACED_SHARE * words
    unspaced = 0 if few else len(_UNSPACED.findall(text))
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
