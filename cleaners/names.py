"""What the names of a page's parts say: their classes and ids, read with ``data/names.toml``."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from lxml.html import HtmlElement

from cleaners.blocks import HEADING_TAGS
from cleaners.data import read_table
from cleaners.typography import sameness

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# Hyphens of the shortest id that may be made of a heading.
_LEAST_HYPHENS = 2
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

    The id of a section that is made of its heading's words is one as well.

    >>> from lxml.html import fragment_fromstring
    >>> identity_of(fragment_fromstring('<h2 id="what-share-of-adults-smoke">'))
    ''
    """
    identity = element.get("id") or ""
    return "" if identity and (element.tag in HEADING_TAGS or _is_anchor(element, identity)) else identity


def _is_anchor(element: HtmlElement, identity: str) -> bool:
    """Whether an id is made of the words of the first heading in its element."""
    if identity.count("-") < _LEAST_HYPHENS or _rule_of("", identity) is None:
        return False
    heading = next(element.iter(*HEADING_TAGS), None)
    return heading is not None and sameness(heading.text_content()) == sameness(identity)


def is_called_picture(element: HtmlElement) -> bool:
    """Whether an element's class or id ends in a name of pictures, words for content left out.

    >>> from lxml.html import fragment_fromstring
    >>> is_called_picture(fragment_fromstring('<div class="topPhoto">'))
    True
    >>> is_called_picture(fragment_fromstring('<div class="image-text">'))
    False
    """
    classes, identity = element.get("class") or "", identity_of(element)
    return bool(classes or identity) and _is_picture(classes, identity)


@lru_cache(maxsize=_REMEMBERED)
def _is_picture(classes: str, identity: str) -> bool:
    return any(not _names("picture").isdisjoint(words) for words in _telling_words(classes, identity))


def is_unseen(element: HtmlElement) -> bool:
    """Whether an element has a class by which style sheets hide what is for screen readers only.

    >>> from lxml.html import fragment_fromstring
    >>> is_unseen(fragment_fromstring('<h2 class="title sr-only">'))
    True
    """
    classes = element.get("class")
    return bool(classes) and _hides(classes)


@lru_cache(maxsize=_REMEMBERED)
def _hides(classes: str) -> bool:
    return not _names("unseen").isdisjoint(classes.split())


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
    for words in _telling_words(classes, identity):
        if rule := next((_rules()[word] for word in words if word in _rules()), None):
            return rule
    return None


def _telling_words(classes: str, identity: str) -> Iterator[list[str]]:
    """Yield for each name the words behind those for content; nothing for elements that are a whole article."""
    tokens = f"{classes} {identity}".split()
    if not _names("whole").isdisjoint(tokens):
        return
    for token in tokens:
        words = [word.lower() for word in _WORD.findall(token)]
        if _names("state").isdisjoint(words):
            ends = max((at for at, word in enumerate(words) if word in _names("content")), default=-1)
            yield words[ends + 1 :]


@cache
def _names(kind: str) -> frozenset[str]:
    return frozenset(read_table("names.toml")[kind])


@cache
def _rules() -> Mapping[str, str]:
    table = read_table("names.toml")
    kinds = table.keys() - {"content", "state", "whole", "standfirst", "picture", "unseen"}
    return {word: kind for kind in sorted(kinds) for word in table[kind]}
