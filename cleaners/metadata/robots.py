"""What the page asks of robots, in meta elements and in the X-Robots-Tag header.

The rules are those of https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag: a directive is for
everybody or for the crawler it names, and all that concern us hold together.
"""

import re
from collections.abc import Iterable, Iterator

from cleaners.metadata.tags import Tags

#: Directives that carry a value behind a colon, and so are no crawler's name.
_VALUED = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})

_NAMED = re.compile(r"\s*([a-z0-9_*.\-]+)\s*:\s*(.*)", re.DOTALL)


def read_robots(tags: Tags, headers: Iterable[str], agent: str) -> frozenset[str]:
    """Return the directives for everybody and for ``agent``, in lower case.

    Args:
        tags: The page's meta elements.
        headers: Values of the X-Robots-Tag header fields.
        agent: Our product token; any case.
    """
    ours = agent.lower()
    found: set[str] = set()
    for name in dict.fromkeys(("robots", ours)):
        for content in tags.metas.get(name, ()):
            found.update(_directives(content))
    for value in headers:
        found.update(_for_us(value, ours))
    return frozenset(found)


def _for_us(value: str, ours: str) -> Iterator[str]:
    """Yield the directives of one header field that concern us: a crawler's name holds for all that follow it."""
    addressee = "*"
    for piece in value.lower().split(","):
        match = _NAMED.match(piece)
        if match is not None and match[1] not in _VALUED:
            addressee, piece = match[1], match[2]
        if addressee in ("*", ours):
            yield from _directives(piece)


def _directives(content: str) -> Iterator[str]:
    for piece in re.split(r"[,;]", content.lower()):
        directive = " ".join(piece.split())
        if any(map(str.isalnum, directive)):
            yield re.sub(r"\s*:\s*", ":", directive, count=1)
