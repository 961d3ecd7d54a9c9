"""Front and listing pages: many headlines, little running text of their own."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from cleaners.blocks import Block
from cleaners.config import BodyConfig, CleanerConfig
from cleaners.draft import Draft
from cleaners.extract import is_paragraph

# Types of schema.org and Open Graph for pages that list or present others.
_TYPES = frozenset({"CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage", "profile"})
# WordPress names a page's kind in the classes of its body element
# (https://developer.wordpress.org/reference/functions/body_class/).
_CLASSES = frozenset({"archive", "search-results", "search-no-results"})
_POST_CLASSES = frozenset({"single", "single-post"})
# Beside "blog", which alone is also a name for posts.
_BLOG_CLASSES = frozenset({"home", "paged"})
_PATH = re.compile(
    r"/(?:categor(?:y|ies|ia|ias|ie)|kategorien?|rubri(?:k|que)s?|sections?|tags?|authors?|autor(?:es)?|auteurs?|search|"
    r"topics?)(?:/[^/]+){0,2}/?$|/page/\d+/?$",
    re.IGNORECASE,
)
_ROOT = re.compile(r"/?(?:(?:index|default|home)\.\w+)?", re.IGNORECASE)
_CUT_OFF = re.compile(r"(?:\.\.\.|…)[\s\])]*(?:\S+\s*){0,3}$")
_AT_ROOT = "the site's root"
_LINKED = 0.8


def front_signs(
    url: str, tree: HtmlElement, page_type: str | None, draft: Draft, cards: Collection[int], config: CleanerConfig
) -> Iterator[str]:
    """Yield what speaks for a front or listing page.

    Args:
        url: The page's URL.
        tree: The page.
        page_type: What it says it is.
        draft: Its blocks.
        cards: Indices of the blocks that stand in lists of cards.
        config: Thresholds.
    """
    if says_article(tree, page_type):
        return
    if page_type in _TYPES:
        yield f"the page says it is a {page_type}"
    names = body_classes(tree)
    if said := (names & _CLASSES or ("blog" in names and names & _BLOG_CLASSES)):
        yield f"the body's class says {min(said)}"
    limits = config.quality
    carded = sum(block.weight for block in draft.kept if block.index in cards)
    if carded > limits.max_card_text * draft.weight:
        yield f"{carded} of {draft.weight} characters in cards"
    paragraphs = [block for block in draft.kept if is_paragraph(block, config.extract)]
    excerpts = {block.index for block in paragraphs if _CUT_OFF.search(block.text[-80:])}
    own = sum(block.weight for block in paragraphs if block.index not in cards and block.index not in excerpts)
    where = _address(url)
    if own > (limits.max_root_weight if where == _AT_ROOT else limits.max_own_weight):
        return
    if len(excerpts) >= max(limits.min_excerpts, limits.min_excerpt_share * len(paragraphs)):
        yield f"{len(excerpts)} of {len(paragraphs)} paragraphs are excerpts"
    headlines = sum(_is_headline(block, block.index in cards, config.body) for block in draft.blocks)
    if headlines >= limits.min_headlines and where:
        yield f"{headlines} linked headlines at {where}"


def _is_headline(block: Block, carded: bool, config: BodyConfig) -> bool:
    linked = block.link_density >= _LINKED and block.weight >= config.min_card_link
    return linked and (block.heading or carded)


def is_article_type(page_type: str | None) -> bool:
    """Whether a page says in schema.org's words that it is one article; Open Graph's ``article`` is on everything.

    >>> is_article_type("NewsArticle"), is_article_type("article")
    (True, False)
    """
    return bool(page_type) and str(page_type).endswith(("Article", "Posting", "Report"))


def says_article(tree: HtmlElement, page_type: str | None) -> bool:
    """Whether a page says that it is one article, in linked data or as weblogs do in their body's class."""
    return is_article_type(page_type) or not _POST_CLASSES.isdisjoint(body_classes(tree))


def body_classes(tree: HtmlElement) -> frozenset[str]:
    """Return the classes of the page's body element; a frameset has none."""
    body = next(tree.iter("body"), None)
    return frozenset() if body is None else frozenset((body.get("class") or "").split())


def _address(url: str) -> str | None:
    """Name the address if it is that of a front, or return None."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.hostname and not parts.query and _ROOT.fullmatch(parts.path):
        return _AT_ROOT
    match = _PATH.search(parts.path)
    return match.group() if match else None
