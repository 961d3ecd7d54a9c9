"""What the names of a page's parts say: their classes and ids, read with ``data/names.toml``."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from lxml.html import HtmlElement

from cleaners.blocks import HEADING_TAGS
from cleaners.data import read_table

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
#: Names that are remembered: a site has some hundreds.
_REMEMBERED = 4096


def rule_of_names(element: HtmlElement) -> str | None:
    """Return the rule that an element's class and id call for, or None.

    >>> from lxml.html import fragment_fromstring
    >>> rule_of_names(fragment_fromstring('<div class="story-relatedLinks">'))
    'related'
    >>> rule_of_names(fragment_fromstring('<div class="sidebar-grid__content">')) is None
    True
    """
    return rule_of(element.get("class") or "", identity_of(element))


def identity_of(element: HtmlElement) -> str:
    """Return an element's id, "" for a heading's: that is an anchor made of its words, and no name.

    >>> from lxml.html import fragment_fromstring
    >>> identity_of(fragment_fromstring('<h2 id="what-share-of-adults-smoke">'))
    ''
    """
    return "" if element.tag in HEADING_TAGS else element.get("id") or ""


def rule_of(classes: str, identity: str) -> str | None:
    """Return the rule that a class and an id call for, or None."""
    return _rule_of(classes, identity) if classes or identity else None


def is_called_standfirst(element: HtmlElement) -> bool:
    """Whether an element's class or itemprop says that it is a standfirst."""
    return calls_standfirst(element.get("class") or "", element.get("itemprop") or "")


def calls_standfirst(classes: str, itemprop: str) -> bool:
    """Whether a class or an itemprop says that an element is a standfirst."""
    return bool(classes or itemprop) and _is_standfirst(classes, itemprop)


@lru_cache(maxsize=_REMEMBERED)
def _is_standfirst(classes: str, itemprop: str) -> bool:
    words = _WORD.findall(f"{classes} {itemprop}")
    return not _names("standfirst").isdisjoint(word.lower() for word in words)


@lru_cache(maxsize=_REMEMBERED)
def _rule_of(classes: str, identity: str) -> str | None:
    tokens = f"{classes} {identity}".split()
    if not _names("whole").isdisjoint(tokens):
        return None
    for token in tokens:
        words = [word.lower() for word in _WORD.findall(token)]
        if not _names("state").isdisjoint(words):
            continue
        ends = max((at for at, word in enumerate(words) if word in _names("content")), default=-1)
        if rule := next((_rules()[word] for word in words[ends + 1 :] if word in _rules()), None):
            return rule
    return None


@cache
def _names(kind: str) -> frozenset[str]:
    return frozenset(read_table("names.toml")[kind])


@cache
def _rules() -> Mapping[str, str]:
    table = read_table("names.toml")
    kinds = table.keys() - {"content", "state", "whole", "standfirst"}
    return {word: kind for kind in sorted(kinds) for word in table[kind]}
