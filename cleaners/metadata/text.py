"""What metadata calls a line of text: no entities, no markup, no surrogates, one line."""

import re
from functools import lru_cache
from html import unescape

from cleaners.typography import fold, sameness

_TAG = re.compile(r"<(?:[a-zA-Z][^<>]{0,500}|/[a-zA-Z][^<>]{0,50}|!--[^<>]{0,500}--)>")
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


@lru_cache(maxsize=4096)
def headline_key(text: str) -> str:
    """Return what spellings of one headline or name share; one page asks for the same few over and over.

    >>> headline_key("“Storm” hits Coast…") == headline_key('"STORM" hits coast')
    True
    """
    return sameness(text)
