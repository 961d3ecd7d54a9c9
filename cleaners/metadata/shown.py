"""What a page shows of the headline that it states: which part of a title stands on it, and in which spelling."""

import re
from collections.abc import Collection, Sequence

from lxml.html import HtmlElement

from cleaners.metadata.text import headline_key

#: Characters of the shortest and longest text that may be a headline.
_SHORTEST, _LONGEST = 8, 400

#: Words of the shortest part of a title that is its headline; letters of one in a script without spaces, and of any.
_FEWEST_WORDS = 3
_FEWEST_UNSPACED = 8
_FEWEST_LETTERS = 12

#: Letters of the shortest word that two statements of one headline may share.
_SHORTEST_WORD = 4

_HOLDERS = ("h1", "h2", "h3", "h4", "h5", "td", "th", "font", "b", "strong", "big", "p", "div", "span", "legend")
_BORDER = re.compile(r"\s*(?:[|｜│»›_]|--)+\s*|\s+[–—\-·•«:‹/~⁄*<>←→⋆]+\s*|[–—\-·•«:：‹/~⁄*<>…]+\s+|\.{3}\s*")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(r"\w+")
# Signs that a keyboard lacks, and what content systems write for them.
_TYPEWRITTEN = str.maketrans({"–": "-", "—": "-", "…": "..."})


def texts_shown(tree: HtmlElement) -> frozenset[str]:
    """Return the texts, as `headline_key` spells them, that begin an element and are no link."""
    found: set[str] = set()
    for element in tree.iter(*_HOLDERS):
        text = (element.text or "").strip()
        if _SHORTEST <= len(text) <= _LONGEST and next(element.iterancestors("a"), None) is None:
            found.add(headline_key(text))
    return frozenset(found)


def part_shown(title: str, shown: Collection[str]) -> str:
    """Return the longest part of a title, between separators of any kind, that the page shows; else all of it.

    >>> part_shown("Storm hits the coast - World - News - The Planet", {"stormhitsthecoast"})
    'Storm hits the coast'
    """
    if headline_key(title) in shown:
        return title
    ends = [(0, 0), *((border.start(), border.end()) for border in _BORDER.finditer(title)), (len(title), len(title))]
    best = ""
    for number, (_, start) in enumerate(ends):
        for end, _ in ends[number + 1 :]:
            part = title[start:end].strip()
            if len(part) > len(best) and _may_be_headline(part) and headline_key(part) in shown:
                best = part
    return best or title


def _may_be_headline(part: str) -> bool:
    letters = len(headline_key(part))
    if _UNSPACED.search(part):
        return letters >= _FEWEST_UNSPACED
    return letters >= _FEWEST_LETTERS and len(part.split()) >= _FEWEST_WORDS


def differ_wholly(one: str, other: str) -> bool:
    """Tell whether two statements share no word of some length, nor a sign of a script without spaces.

    >>> differ_wholly("Other News in Science", "Probe prepares for its flyby"), differ_wholly("Storms", "Storms abate")
    (True, False)
    """
    return _words(one).isdisjoint(_words(other))


def _words(text: str) -> set[str]:
    if _UNSPACED.search(text):
        return set(headline_key(text))
    return {word for word in _WORD.findall(text.casefold()) if len(word) >= _SHORTEST_WORD or not word.isascii()}


def richest(spellings: Sequence[str]) -> str:
    """Return the first of several spellings of a headline, or the one that differs by signs no keyboard has.

    >>> richest(["Storm - what now...", "Storm – what now…"]), richest(["Storm: now what", "Storm – now what"])
    ('Storm – what now…', 'Storm: now what')
    """
    first = spellings[0]
    plain = first.translate(_TYPEWRITTEN)
    alike = [spelling for spelling in spellings if spelling.translate(_TYPEWRITTEN) == plain]
    return max(alike, key=lambda spelling: sum(ord(sign) in _TYPEWRITTEN for sign in spelling))
