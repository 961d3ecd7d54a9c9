"""What lines say that are no part of a text: the phrases of ``data/remarks.toml``.

Phrases of credits, appeals and notices are longer than the words of the page's furniture (`cleaners.furniture`), and a
line is told by one of them, not by how much of it they cover.
"""

import re
from functools import cache

from cleaners.data import read_table
from cleaners.typography import sameness

# Scripts whose words are not set apart: phrases are looked for anywhere.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# What is left of a capital I with a dot, in small letters.
_DOT = "\u0307"


def says(line: str, kind: str) -> bool:
    """Whether a line holds a phrase of a kind, between other words.

    >>> says("A writer in Rome contributed to this report.", "contributed")
    True
    """
    folded = _fold(line)
    return any(phrase in folded and _stands(phrase, folded) for phrase in _phrases(kind))


def holds(text: str, kind: str) -> bool:
    """Whether a text holds a phrase of a kind, at whatever place in its words.

    >>> holds("Ihre Zustimmung fehlt", "consent")
    True
    """
    folded = _fold(text)
    return any(phrase in folded for phrase in _phrases(kind))


def is_all(key: str, kind: str) -> bool:
    """Whether a line's letters and digits are those of a phrase of a kind and nothing else.

    >>> is_all("printerfriendlypage", "tools")
    True
    """
    return key.replace(_DOT, "") in _keys(kind)


def opens(line: str, kind: str) -> str | None:
    """Return what follows the longest phrase of a kind with which a line begins, its signs left out; or None.

    >>> opens("(Reporting by Jane Doe; editing by John Roe)", "credited")
    'Jane Doe; editing by John Roe)'
    >>> opens("The reporting by Jane Doe won a prize.", "credited") is None
    True
    """
    start = next((at for at, sign in enumerate(line) if sign.isalnum()), len(line))
    bare = line[start:]
    folded = _fold(bare)
    if len(folded) != len(bare) or not folded.startswith(_phrases(kind)):
        return None
    lengths = (len(phrase) for phrase in _phrases(kind) if folded.startswith(phrase) and _ends(phrase, folded))
    length = max(lengths, default=0)
    return bare[length:].strip() if length else None


def _fold(text: str) -> str:
    """Return a text in small letters, each in its place: an ß stays one."""
    return text.lower().replace(_DOT, "")


def _stands(phrase: str, folded: str) -> bool:
    at = folded.find(phrase)
    while at >= 0:
        if _UNSPACED.match(phrase) or ((not at or not folded[at - 1].isalnum()) and _ends(phrase, folded[at:])):
            return True
        at = folded.find(phrase, at + 1)
    return False


def _ends(phrase: str, folded: str) -> bool:
    """Whether a phrase at the beginning of a line ends with a word."""
    behind = folded[len(phrase) : len(phrase) + 1]
    return not behind.isalnum() or not phrase[-1].isalnum() or _UNSPACED.match(phrase) is not None


@cache
def _phrases(kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_fold, read_table("remarks.toml")[kind])))


@cache
def _keys(kind: str) -> frozenset[str]:
    return frozenset(map(sameness, _phrases(kind)))
