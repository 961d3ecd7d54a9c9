"""What metadata calls a line of text: no entities, no markup, no surrogates, one line."""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape

from lxml.html import HtmlElement

from cleaners.blocks import BLOCK_TAGS
from cleaners.typography import fold, sameness

_TAG = re.compile(r"<(?:[a-zA-Z][^<>]{0,500}|/[a-zA-Z][^<>]{0,50}|!--[^<>]{0,500}--)>")
# Elements around which a reader sees a break.
_BREAKING = BLOCK_TAGS | {"br"}
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Return ``text`` without entities, markup and lone surrogates, its lines kept.

    Entities are resolved twice: content systems escape what is escaped already.

    >>> clean_text("Q&amp;amp;A: <em>what</em> now?")
    'Q&A: what now?'
    """
    if "&" in text:
        text = unescape(unescape(text))
    if "<" in text:
        text = _TAG.sub("", text)
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def clean_line(text: str) -> str:
    r"""Return ``text`` cleaned, as one line.

    >>> clean_line("  It&#039;s\n late ")
    "It's late"
    """
    return fold(clean_text(text))


def text_shown(element: HtmlElement) -> str:
    """Return an element's text, with a blank where a reader sees a break: at line breaks and between blocks.

    >>> from lxml.html import fragment_fromstring
    >>> text_shown(fragment_fromstring("<h1>The storm<br>hits the <i>coast</i></h1>"))
    'The storm hits the coast'
    """
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: HtmlElement) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        border = " " if child.tag in _BREAKING else ""
        yield border
        if isinstance(child.tag, str):
            yield from _pieces(child)
        yield border
        yield child.tail or ""


@lru_cache(maxsize=4096)
def headline_key(text: str) -> str:
    """Return what spellings of one headline or name share; one page asks for the same few over and over.

    >>> headline_key("“Storm” hits Coast…") == headline_key('"STORM" hits coast')
    True
    """
    return sameness(text)
