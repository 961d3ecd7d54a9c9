"""Measures a text: pure, the same text gives the same signals everywhere."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import regex

from corpus.signals.repetition import measure_repetition
from corpus.types import Cut

#: Signals by their names; None is unknown.
Signals = dict[str, int | float | None]

#: Han and kana, of which each character is a word, as in `corpus.words`.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
#: What stands around a word: neither letter, mark nor digit.
_AROUND = regex.compile(r"^[^\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+$")
_LETTERS_AND_DIGITS = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_LETTER = regex.compile(r"\p{L}")
_DIGIT = regex.compile(r"\p{Nd}")
#: Unicode's own list of what ends a sentence, in any script (UAX 44, Sentence_Terminal).
_ENDS_SENTENCE = regex.compile(r"\p{Sentence_Terminal}+[\p{Pf}\p{Pi}\p{Pe}\"']*(?=\s|$)|[。！？｡]+")
_ENDED_LINE = regex.compile(r"[\p{Sentence_Terminal}]$")

#: Rae et al. 2021, appendix A.1.1.
_GOPHER_STOP_WORDS = frozenset(("the", "be", "to", "of", "and", "that", "have", "with"))
_BULLETS = ("•", "-")
_ELLIPSES = ("...", "…")

#: C4 as it was made (https://github.com/tensorflow/datasets, c4_utils.py), which says more than the paper.
_C4_ENDS = (".", "?", "!", '"', "'")
_C4_POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
_C4_CITATION = re.compile(r"\[\d*]|\[edit]|\[citation needed]")
_C4_LEAST_WORDS = 3
_C4_LONGEST_WORD = 1000

#: Penedo et al. 2024, section 3.6: a line of so many characters is short.
_SHORT_LINE = 30


def measure(text: str, language: str, *, language_confidence: float, cuts: Iterable[Cut] = ()) -> Signals:
    """Return the signals of a text, by the names of `corpus.signals.definitions.SIGNALS`, in their order.

    Args:
        text: Paragraphs with one blank line between them.
        language: ISO 639-1 code, or ``und``.
        language_confidence: Confidence in it, in [0, 1].
        cuts: What was cut from the page.

    >>> signals = measure("The ferry sails to the island. It is late!", "en", language_confidence=0.9)
    >>> signals["words"], signals["sentences"], signals["english_stop_words"], signals["mean_word_length"]
    (9, 2, 2, 3.5556)
    """
    pieces = split_words(text)
    lines = [line for line in text.splitlines() if line.strip()]
    words = [_word(piece) for piece in pieces]
    bare = [word.bare for word in words if word.bare]
    plain = len("".join(text.split()))
    symbols = plain - sum(map(len, _LETTERS_AND_DIGITS.findall(text)))
    kept = [line for line in map(str.strip, lines) if _c4_keeps(line)]
    low = [line.lower() for line in lines]
    repetition = measure_repetition(text, pieces)
    return {
        "characters": len(text),
        "words": len(pieces),
        "paragraphs": len(lines),
        "sentences": _sentences(text),
        "mean_word_length": _share(sum(map(len, bare)), len(bare)),
        "hashes": _share(text.count("#"), len(pieces)),
        "ellipses": _share(sum(map(text.count, _ELLIPSES)), len(pieces)),
        "bullet_lines": _share(sum(line.lstrip().startswith(_BULLETS) for line in lines), len(lines)),
        "ellipsis_lines": _share(sum(line.rstrip().endswith(_ELLIPSES) for line in lines), len(lines)),
        "alphabetic_words": _share(sum(word.alphabetic for word in words), len(pieces)),
        "english_stop_words": len(_GOPHER_STOP_WORDS.intersection(bare)),
        **{name: repetition[name] for name in repetition if name != "repeated_characters"},
        "c4_lines": _share(len(kept), len(lines)),
        "c4_sentences": sum(map(_sentences, kept)),
        "javascript_lines": _share(sum("javascript" in line for line in low), len(lines)),
        "policy_lines": _share(sum(any(one in line for one in _C4_POLICY) for line in low), len(lines)),
        "lorem_ipsum": text.lower().count("lorem ipsum"),
        "curly_brackets": text.count("{"),
        "punctuated_lines": _share(sum(_ENDED_LINE.search(line) is not None for line in lines), len(lines)),
        "short_lines": _share(sum(len(line) <= _SHORT_LINE for line in lines), len(lines)),
        "repeated_characters": repetition["repeated_characters"],
        "line_ends": _share(text.count("\n"), len(pieces)),
        "symbols": _share(symbols, plain),
        "digits": _share(len(_DIGIT.findall(text)), plain),
        "stop_words": _stop_word_share(words, language),
        "language_confidence": language_confidence,
        "cut_confidence": _cut_confidence(cuts),
    }


def split_words(text: str) -> list[str]:
    """Return the words that `corpus.words.count_words` counts: between white space, Han and kana one by one.

    >>> split_words("東京で 2 meetings, today")
    ['東', '京', 'で', '2', 'meetings,', 'today']
    """
    return _UNSPACED.sub(lambda match: f" {match[0]} ", text).split()


class _Word(NamedTuple):
    #: Without what stands around it that is neither letter nor digit.
    bare: str
    folded: str
    alphabetic: bool


@lru_cache(maxsize=1 << 17)
def _word(piece: str) -> _Word:
    bare = _AROUND.sub("", piece)
    return _Word(bare, bare.casefold(), _LETTER.search(bare) is not None)


def _share(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _sentences(text: str) -> int:
    return max(1, len(_ENDS_SENTENCE.findall(text)))


def _c4_keeps(line: str) -> bool:
    words = line.split()
    if any(len(word) > _C4_LONGEST_WORD for word in words):
        return False
    line = _C4_CITATION.sub("", line)
    if not line.endswith(_C4_ENDS) or line.endswith("...") or len(words) < _C4_LEAST_WORDS:
        return False
    low = line.lower()
    return "javascript" not in low and not any(one in low for one in _C4_POLICY)


def _stop_word_share(words: Sequence[_Word], language: str) -> float | None:
    listed = stop_words(language)
    plain = [word.folded for word in words if word.bare]
    if not listed or not plain:
        return None
    return _share(sum(word in listed for word in plain), len(plain))


@lru_cache
def stop_words(language: str) -> frozenset[str]:
    """Return the stop words of a language, case-folded; none where there is no list, or it is not of single words.

    In Chinese, Japanese and Thai the listed words are not what `split_words` makes, so that no share can be told.
    """
    import stopwordsiso  # reads all its lists

    if language in ("zh", "ja", "th") or language not in stopwordsiso.langs():
        return frozenset()
    return frozenset(word.casefold() for word in stopwordsiso.stopwords(language))


def _cut_confidence(cuts: Iterable[Cut]) -> float | None:
    """Return how sure of itself what weighed the cut blocks was, by their length: 1 is sure, 0 might be either."""
    weighed = [(len(cut.text), abs(2 * cut.score - 1)) for cut in cuts if cut.score is not None and cut.text]
    if not weighed:
        return None
    return round(sum(length * sure for length, sure in weighed) / sum(length for length, _ in weighed), 4)
