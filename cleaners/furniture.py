"""How much of a line is page furniture: the words of buttons, boxes, prompts and footers, from ``data/furniture.toml``.

What is measured is coverage, the share of a line's letters that belong to such phrases. "Share" alone is all furniture,
"They share a border" is a sixth of it.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from cleaners.data import read_table
from cleaners.typography import count_signs

#: Words of the longest phrase that is looked for.
_LONGEST = 6
#: Lines that are remembered: rules and judge ask for the same ones.
_REMEMBERED = 1024

# Buttons that stand side by side in the page stand glued in the text: "Share on FacebookShare on Twitter".
_GLUED = re.compile(r"(?<=[^\W\d_A-ZÀ-Þ])(?=[A-ZÀ-Þ])")
_WORD = re.compile(r"[^\W_]+(?:[’'.&/+\-][^\W_]+)*[.+]?|[©®]", re.UNICODE)
# Scripts whose words are not set apart: phrases are looked for anywhere.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Scripts whose vowel signs are no word characters to the pattern above.
_INDIC = re.compile("[\u0900-\u0dff]")


@lru_cache(maxsize=_REMEMBERED)
def coverage(line: str) -> Mapping[str, float]:
    """Return for each kind of furniture in the line the share of the line's letters and digits that it covers.

    >>> coverage("Share on FacebookShare on Twitter")
    {'share': 1.0}
    >>> coverage("They share a border with Chad.")["share"] < 0.3
    True
    >>> coverage("相关阅读：")
    {'related': 1.0}
    """
    letters = _count(line)
    if not letters:
        return {}
    found: dict[str, float] = {}
    for kind, length in _find(line):
        found[kind] = min(1.0, found.get(kind, 0.0) + length / letters)
    return found


def _find(line: str) -> Iterator[tuple[str, int]]:
    """Yield the kind of each phrase in the line and the number of its letters and digits."""
    phrases, longest = _phrases(), _longest()
    folded = line.casefold()
    if folded[1:] != line[1:]:  # capitals behind the first letter
        folded = _GLUED.sub(" ", line).casefold()
    words = _split(folded)
    at = len(words) if longest.keys().isdisjoint(words) and "." not in folded else 0
    while at < len(words):
        first = words[at]
        most = longest.get(first) or (1 if first.endswith(".") else 0)
        for count in range(min(most, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + count])
            kind = phrases.get(phrase) or phrases.get(phrase.rstrip("."))
            if kind is not None:
                yield kind, _count(phrase)
                at += count
                break
        else:
            at += 1
    if not folded.isascii() and _UNSPACED.search(folded):
        for match in _unspaced_phrases().finditer(folded):
            yield phrases[match.group()], count_signs(match.group(), str.isalnum)


def _count(text: str) -> int:
    return count_signs(text, str.isalnum) + text.count("©")


def _split(folded: str) -> list[str]:
    if not folded.isascii() and _INDIC.search(folded):
        return [word.strip("।॥.,:;!?|()[]\"'“”‘’-–—") for word in folded.split()]
    return _WORD.findall(folded)


@cache
def _phrases() -> dict[str, str]:
    """Return each phrase with its kind; a phrase of several kinds belongs to the first that names it."""
    phrases: dict[str, str] = {}
    for kind, entries in read_table("furniture.toml").items():
        for entry in map(str.casefold, entries):  # as lines are: a Greek word's last sigma is one like the others
            phrases.setdefault(" ".join(_split(entry)) or entry, kind)
            phrases.setdefault(entry, kind)
    return phrases


@cache
def _longest() -> dict[str, int]:
    """Return the first word of each phrase with the words of the longest phrase that is looked for and begins so."""
    longest: dict[str, int] = {}
    for phrase in _phrases():
        first, count = phrase.partition(" ")[0], phrase.count(" ") + 1
        longest[first] = max(longest.get(first, 1), count if count <= _LONGEST else 1)
    return longest


@cache
def _unspaced_phrases() -> re.Pattern[str]:
    """Return a pattern for the phrases of scripts without spaces; Hangul words have spaces, their particles not."""
    entries = sorted((p for p in _phrases() if len(p) > 1 and _UNSPACED.match(p)), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, entries)))
