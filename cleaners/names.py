"""What the names of a page's parts say: their classes and ids, read with ``data/names.toml``."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from lxml.html import HtmlElement

from cleaners.data import read_table

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def rule_of_names(element: HtmlElement) -> str | None:
    """Return the rule that an element's class and id call for, or None.

    >>> from lxml.html import fragment_fromstring
    >>> rule_of_names(fragment_fromstring('<div class="story-relatedLinks">'))
    'related'
    >>> rule_of_names(fragment_fromstring('<div class="sidebar-grid__content">')) is None
    True
    """
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return _rule_of(names) if len(names) > 1 else None


def is_called_standfirst(element: HtmlElement) -> bool:
    """Whether an element's class or itemprop says that it is a standfirst."""
    names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
    return not _names("standfirst").isdisjoint(word.lower() for word in _WORD.findall(names))


@lru_cache(maxsize=4096)
def _rule_of(names: str) -> str | None:
    tokens = names.split()
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
