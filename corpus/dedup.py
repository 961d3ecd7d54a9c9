"""Exact deduplication: when two texts are the same, when they resemble each other, and which URL speaks for both.

How URLs become articles from these answers stands in `corpus.grouping`. Near-duplicates are not decided here.
"""

import hashlib
import re
import unicodedata
from enum import StrEnum

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")

#: Least `resemblance` to believe a page's canonical URL, in [0, 1]. AMP and print twins have nearly 1; two different
#: stories of one outlet share function words only, about 0.2 to 0.4.
MIN_CANONICAL_RESEMBLANCE = 0.6


class _WordCharacters(dict[int, int | None]):
    """Leaves letters, marks and numbers, makes a space of everything else and nothing of joiners.

    The regular expressions' class of word characters would not do: it has no marks, so that words of Indian scripts
    would fall into single consonants, which all texts share.
    """

    def __missing__(self, code: int) -> int | None:
        category = unicodedata.category(chr(code))
        self[code] = code if category[0] in "LMN" else None if category == "Cf" else ord(" ")
        return self[code]


_WORD_CHARACTERS = _WordCharacters()


class JoinedBy(StrEnum):
    """Why a capture belongs to its article."""

    NEW = "new"
    URL = "url"
    CANONICAL = "canonical"
    PART = "part"
    PAYLOAD = "payload"
    TEXT = "text"


def text_key(text: str) -> bytes:
    """Return a digest that two texts share when only case, spacing, punctuation or typography tell them apart.

    >>> text_key("“Hello”,  World") == text_key('"hello" world')
    True
    """
    return hashlib.sha256(" ".join(_fold(text).split()).encode("utf-8", "surrogatepass")).digest()


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().translate(_WORD_CHARACTERS)


def resemblance(one: str, other: str) -> float:
    """Return the share of the smaller text's distinct words that the other has too, in [0, 1].

    >>> resemblance("the ferry sailed", "The ferry sailed at noon.")
    1.0
    """
    words, others = _words(one), _words(other)
    smaller = min(len(words), len(others))
    return len(words & others) / smaller if smaller else 0.0


def _words(text: str) -> set[str]:
    return set(_UNSPACED.sub(r" \g<0> ", _fold(text)).split())


def rank(*, url: str, canonical_url: str, published: str | None, part_number: int) -> tuple[object, ...]:
    """Order the URLs of an article; the least speaks for it.

    First page, named canonical by itself, earliest published, shortest URL, alphabet: nothing that depends on the
    order in which they came.
    """
    return (part_number, url != canonical_url, published is None, published or "", len(url), url)
