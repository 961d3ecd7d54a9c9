"""Articles that are split over several pages: which page follows.

The next page is another page of the *same* story: it has the story's URL with the next number in it. What
``rel=next`` points to is often the next story instead, and what a section numbers are its lists, so neither is
believed without that number.
"""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from collector.discovery.found import first_url
from collector.discovery.pagination import page_number, page_stem
from collector.discovery.shapes import Shape, shape_of
from collector.discovery.targets import base_of
from corpus.types import Discovery, Kind, Part, Via
from corpus.urls import canonicalise

#: Pages that one article may have, 2 or more. Longer chains are galleries, or a server that answers any number.
MAX_PARTS = 50

# Comments have pages, too.
_COMMENTS = re.compile(r"comment|disqus|discussion", re.IGNORECASE)


def next_part(tree: HtmlElement, url: str, part: Part | None = None) -> Discovery | None:
    """Return the next page of an article as what is to be fetched next; None where there is none.

    Args:
        tree: The page.
        url: Its URL (after redirects); a file has no next page.
        part: Its place in the article, as it was discovered; None for an article's first page.
    """
    if url.startswith("file:"):
        return None
    here = part or Part(first_url=canonicalise(url), number=1)
    following = page_parts(tree, url, here)
    if following is None:
        return None
    return Discovery(
        url=following,
        kind=Kind.ARTICLE,
        via=Via.PAGINATION,
        found_on=url,
        part=Part(first_url=here.first_url, number=here.number + 1),
    )


def page_parts(tree: HtmlElement, url: str, part: Part | None = None) -> str | None:
    """Return the URL of an article's next page; None where there is none.

    Believed are ``link rel=next`` and ``a rel=next`` to the story's own URL with the next number in it, and links that
    call this number (``?page=2``, ``/page/2/``) or are called by it (the text "2" on ``/story/2/`` or
    ``/story-2.html``). Links among the comments are not.

    Args:
        tree: The page, which is taken to be an article's.
        url: Its URL (after redirects).
        part: Its place in the article; None for an article's first page, or one whose URL calls its number.
    """
    stems, wanted = _expected(url, part)
    if wanted > MAX_PARTS or any(shape_of(stem) is Shape.LISTING for stem in stems):
        return None
    base = base_of(tree, url)
    for link, announced in _candidates(tree):
        href = link.get("href") or ""
        if str(wanted) not in href or (target := first_url([href], base)) is None:
            continue
        number = page_number(target)
        if number is None or number.number != wanted or number.stem not in stems or _is_among_comments(link):
            continue
        if number.named or announced or "".join(link.itertext()).strip() == str(wanted):
            return target
    return None


def _expected(url: str, part: Part | None) -> tuple[frozenset[str], int]:
    """Return the stems that the next page may have, and its number."""
    number = page_number(url)
    if part is not None:
        stems = {page_stem(part.first_url)}
        if number is not None and number.number == part.number:
            stems.add(number.stem)
        return frozenset(stems), part.number + 1
    if number is not None and number.named:
        return frozenset({number.stem}), number.number + 1
    # A bare number at the end of the first page's URL is the story's own ("top-10").
    return frozenset({page_stem(url)}), 2


def _candidates(tree: HtmlElement) -> Iterator[tuple[HtmlElement, bool]]:
    """Yield each link, and whether it is announced as the next; announced ones first."""
    anchors = list(tree.iter("a"))
    for link in (*tree.iter("link"), *anchors):
        if "next" in (link.get("rel") or "").lower().split():
            yield link, True
    for anchor in anchors:
        yield anchor, False


def _is_among_comments(link: HtmlElement) -> bool:
    return any(
        _COMMENTS.search(f"{element.get('class') or ''} {element.get('id') or ''}")
        for element in link.iterancestors("div", "section", "ol", "ul", "aside", "nav")
    )
