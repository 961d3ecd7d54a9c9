"""Numbers in URLs: which page of a listing, or of an article, a URL names."""

import functools
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from collector.discovery.words import WORDS
from corpus.urls import canonicalise

#: Largest number that is still taken for a page's; four digits, because archives run that deep and stories' own
#: numbers hardly ever are as short.
MAX_PAGE_NUMBER = 9999
#: Largest number of a page that the URL does not call one (``/story/2/``, ``story-2.html``): years begin above it.
MAX_BARE_NUMBER = 999

_HAS_DIGIT = re.compile(r"\d")
_PAGE_WORD = "|".join(re.escape(quote(word)) for word in sorted(WORDS.page_words, key=len, reverse=True))
_NAMED = re.compile(rf"/(?:{_PAGE_WORD})[/_=-]?(\d{{1,4}})(\.\w{{2,5}})?$", re.IGNORECASE)
_NAMED_SUFFIX = re.compile(rf"[,_-](?:{_PAGE_WORD}|p)[,_-]?(\d{{1,4}})((?:\.\w{{2,5}})?)$", re.IGNORECASE)
_SEGMENT = re.compile(r"/(\d{1,3})()$")
_SUFFIX = re.compile(r"[,_-](\d{1,3})((?:\.\w{2,5})?)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageNumber:
    """The number that a URL ends in, and the URL without it."""

    #: Canonical URL of what is paged, without a slash at its end: the same for all its pages.
    stem: str
    number: int
    #: True where the URL calls it a page (``?page=2``, ``/page/2/``), False for a bare number (``/story/2/``).
    named: bool


def page_stem(url: str) -> str:
    """Return what `PageNumber.stem` is for the pages of ``url``, when ``url`` is the first of them.

    >>> page_stem("https://example.com/a/?b=1")
    'https://example.com/a?b=1'
    """
    return _stem(urlsplit(canonicalise(url)))


@functools.lru_cache(maxsize=16_384)
def page_number(url: str) -> PageNumber | None:
    """Read the page number of an absolute URL; None where it has none.

    >>> page_number("https://example.com/news/page/2/")
    PageNumber(stem='https://example.com/news', number=2, named=True)
    >>> page_number("https://example.com/a-story-3.html?x=1")
    PageNumber(stem='https://example.com/a-story.html?x=1', number=3, named=False)
    """
    if not _HAS_DIGIT.search(url):
        return None
    parts = urlsplit(canonicalise(url))
    parameters = parts.query.split("&")
    for index, parameter in enumerate(parameters):
        name, _, value = parameter.partition("=")
        if _is_page_parameter(name.lower(), value, parts.path):
            rest = "&".join(parameters[:index] + parameters[index + 1 :])
            return PageNumber(stem=_stem(parts._replace(query=rest)), number=int(value), named=True)
    path = parts.path.rstrip("/")
    for pattern in (_NAMED, _NAMED_SUFFIX, _SEGMENT, _SUFFIX):
        if found := pattern.search(path):
            stem = _stem(parts._replace(path=path[: found.start()] + (found[2] or "")))
            return PageNumber(stem=stem, number=int(found[1]), named=pattern in {_NAMED, _NAMED_SUFFIX})
    return None


def _stem(parts: SplitResult) -> str:
    return urlunsplit(parts._replace(path=parts.path.rstrip("/")))


def _is_page_parameter(name: str, value: str, path: str) -> bool:
    if not (value.isascii() and value.isdigit()) or int(value) > MAX_PAGE_NUMBER:
        return False
    # ?p=2 is WordPress' story number 2 on the root, and many other systems' second page below it.
    return name in WORDS.page_parameters or (name == "p" and path != "/" and int(value) <= MAX_BARE_NUMBER)
