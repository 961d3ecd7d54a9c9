"""Words as the search index knows them: what counts as one word of a text, in any script, and in which form it is kept.

SQLite's own tokenisers know Unicode as of 2012, drop the vowel signs of Devanagari, and take a Chinese sentence for one
word. So words are made here, and the index is given a text in which nothing is left to decide: a word of it is what
stands between two spaces.

Letters, digits and the marks on them make up a word (Unicode categories L, N and M). Scripts that are written without
spaces (Han, kana, Thai, Lao, Khmer, Burmese …) have no words that could be told without a dictionary: there every
character with its marks is a unit, and is kept together with the one behind it, so that a sequence of characters is
found wherever it stands, by pairs, which are rarer than characters and so quick to look up.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex

#: Changes whenever another text would come out, which makes every index out of date.
VERSION = 2

#: Scripts written without spaces between words.
_UNSPACED = (
    r"[[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Thai}"
    r"\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tai_Tham}\p{Script=Javanese}\p{Script=Balinese}"
    r"ー\uff70]&&[\p{L}\p{Nl}]]"
)
#: The blocks that they stand in, and more: a text without any of these is read four times as fast.
_MAYBE_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1a20-\u1aaf\u1b00-\u1b7f\u2e80-\ua4cf\ua980-\ua9ff\uaa60-\uaa7f"
    "\uf900-\ufaff\uff66-\uff9f\U00016fe0-\U0001b16f\U00020000-\U0003ffff]"
)
#: The joiners stand inside of words of Persian and of Indian languages and are not seen.
#: A word does not begin with them, nor with a mark: those behind an emoji are none.
_WORD = regex.compile(
    rf"(?V1)(?P<unspaced>{_UNSPACED}[\p{{M}}\uff9e\uff9f]*)"
    rf"|[[\p{{L}}\p{{N}}]--{_UNSPACED}][[\p{{L}}\p{{N}}\p{{M}}\u200c\u200d]--{_UNSPACED}]*"
)
_SPACED_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}\u200c\u200d]*")
#: What is not seen in a search: accents of Latin, Greek and Cyrillic letters, vowel points of Arabic and Hebrew, the
#: Arabic stroke that only lengthens a word, joiners, what only chooses the look of a character (葛󠄀, 1️⃣); and what
#: compatibility forms such as ⒈ bring in.
_UNSEEN = regex.compile(
    r"[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640\u200c\u200d\u20e3\ufe00-\ufe0f\U000e0100-\U000e01ef]|[\x00-/:-@\[-`{-\x7f]"
)
#: In place of a word of which nothing would be left, so that the words behind it keep their numbers.
_NOTHING = "·"


def made_by() -> str:
    """Return what decides the words that a text is made into."""
    return f"words {VERSION}, Unicode {unicodedata.unidata_version}"


class Unit(NamedTuple):
    """A word of a text, or a character of a script without spaces."""

    #: The word as the index knows it; of a character, the pair that it makes with the next one.
    token: str
    #: Where it stands in the text.
    start: int
    end: int
    #: Its own form: other than the token where that is a pair.
    own: str
    #: Whether it is of a script without spaces.
    unspaced: bool


@lru_cache(maxsize=1 << 18)
def fold(word: str) -> str:
    """Return the form of a word in which case, accents and compatibility forms are not told apart.

    й is a letter of its own, and stays one; ё is written as е as often as not. Turkish ı and i are both I and İ in
    capitals here: of what language a word is, nobody says.

    >>> fold("Économie"), fold("STRASSE") == fold("Straße"), fold("ﬁn"), fold("ёлкой"), fold("किताब") == "किताब"
    ('economie', True, 'fin', 'елкой', True)
    """
    if word.isascii():
        return word.lower()
    spread = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", word).casefold())
    seen = _UNSEEN.sub("", spread.replace("и\u0306", "й").replace("ı", "i"))
    return unicodedata.normalize("NFC", seen).replace(" ", "") or _NOTHING


def units(text: str) -> list[Unit]:
    """Return the words of a text in order.

    >>> [unit.token for unit in units("Don't say: 東京で!")]
    ['don', 't', 'say', '東京', '京で', 'で']
    """
    found = [
        (fold(match[0]), match.start(), match.end(), match["unspaced"] is not None) for match in _WORD.finditer(text)
    ]
    last = len(found) - 1
    return [
        Unit(own + found[place + 1][0], start, end, own, True)
        if unspaced and place < last and found[place + 1][3] and found[place + 1][1] == end
        else Unit(own, start, end, own, unspaced)
        for place, (own, start, end, unspaced) in enumerate(found)
    ]


def spelled_out(text: str) -> tuple[str, int]:
    """Return a text as the index is given it, and how many words it has."""
    if _MAYBE_UNSPACED.search(text) is None:
        tokens = [fold(word) for word in _SPACED_WORD.findall(text)]
    else:
        tokens = list(_tokens(text))
    return " ".join(tokens), len(tokens)


def _tokens(text: str) -> Iterator[str]:
    """Yield the tokens of `units`, at half the cost."""
    before, reached = "", -1
    for match in _WORD.finditer(text):
        own = fold(match[0])
        if before:
            adjoins = match["unspaced"] is not None and match.start() == reached
            yield before + own if adjoins else before
            before = ""
        if match["unspaced"] is None:
            yield own
        else:
            before, reached = own, match.end()
    if before:
        yield before
