"""What every reader of feeds, sitemaps and pages does with the URLs it finds."""

from collections.abc import Iterable

from corpus.types import Discovery
from corpus.urls import resolve


def each_once(discoveries: Iterable[Discovery]) -> tuple[Discovery, ...]:
    """Return the discoveries in order, only the first of each URL."""
    first: dict[str, Discovery] = {}
    for discovery in discoveries:
        first.setdefault(discovery.url, discovery)
    return tuple(first.values())


def first_url(references: Iterable[str], base: str) -> str | None:
    """Return the first reference that is an http(s) URL when resolved against ``base``, so resolved.

    >>> first_url(["", "tag:example.com,2026:1", "/story"], "https://example.com/feed")
    'https://example.com/story'
    """
    for reference in references:
        if not reference.strip():
            continue
        try:
            return resolve(reference, base)
        except ValueError:
            continue
    return None
