"""Pages that send their reader elsewhere by themselves: ``<meta http-equiv="refresh" content="0; url=…">``."""

import re

from lxml.html import HtmlElement

from corpus.urls import canonicalise, resolve

#: Seconds up to which a refresh is a redirect; pages that say "you will be taken there" wait for five.
MAX_SECONDS = 10.0

# https://html.spec.whatwg.org/multipage/semantics.html#shared-declarative-refresh-steps
_REFRESH = re.compile(
    r"\s*(\d*\.?\d*)\s*(?:[;,]|\s)\s*(?:url\s*=)?\s*(?:([\"'])(.*?)\2|(\S.*?)\s*$)", re.IGNORECASE | re.DOTALL
)


def refresh_target(tree: HtmlElement, url: str) -> str | None:
    """Return where a page sends its reader at once, absolute; None where it does not, or only loads itself anew.

    Args:
        tree: The page.
        url: Its URL, after redirects.
    """
    for meta in tree.iter("meta"):
        if (meta.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        match = _REFRESH.match(meta.get("content") or "")
        if match is None or float(match[1].strip(".") or 0) > MAX_SECONDS:
            return None
        try:
            target = resolve((match[3] or match[4] or "").strip(), url)
            return None if canonicalise(target) == canonicalise(url) else target
        except ValueError:
            return None
    return None
