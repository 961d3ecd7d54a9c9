"""Links of a page: which lead to stories, which to listings, to feeds and to further pages of a listing.

A URL's shape decides where it can (`collector.discovery.shapes`). For short names it is asked how the page links there
(`collector.discovery.targets`): a headline has several words or stands in a heading, a section is named in a menu, or
by a label that repeats its URL. What is still in doubt is called an article, because a listing that is fetched as an
article is removed with evidence, and read for links all the same, while an article that is not fetched is lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from collector.discovery.found import each_once, first_url
from collector.discovery.pagination import page_number, page_stem
from collector.discovery.rules import LinkRules
from collector.discovery.shapes import Shape, shape_of
from collector.discovery.targets import Target, base_of, read_targets
from corpus.types import Discovery, Kind, Via
from corpus.urls import registrable_domain, same_site

_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
_LISTING_RELS = frozenset({"author", "tag", "category", "home"})
_TURNING_RELS = frozenset({"next", "prev", "previous"})


def read_links(
    tree: HtmlElement, url: str, rules: LinkRules | None = None, *, via: Via = Via.LINK, depth: int = 0
) -> tuple[Discovery, ...]:
    """Read the links of a page, each URL once, in the order of their first links.

    Left out are links to the page itself, off the site, to files, logins, prints and standing pages, and to the pages
    that a story is split into, which `collector.discovery.parts` knows.

    Args:
        tree: The page.
        url: Its URL (after redirects); ``<base href>`` is honoured.
        rules: The site's rules.
        via: How articles and sections found here are said to be found: `Via.SECTION` where the page is a listing.
        depth: Links followed in a row from a seed to this page.

    Returns:
        Articles and sections, one deeper than the page; feeds; further pages of listings (``via=PAGINATION``).
    """
    rules = rules or LinkRules()
    if rules.obey_nofollow and forbids_following(tree):
        return ()
    page = _Page(url=url, stem=_own_stem(url), rules=rules, via=via, depth=depth)
    found = [*read_feed_links(tree, url), *page.turn(tree), *page.follow(tree)]
    return each_once(discovery for discovery in found if discovery.depth <= rules.max_depth)


def read_feed_links(tree: HtmlElement, url: str) -> Iterator[Discovery]:
    """Yield the feeds that a page announces (``link rel=alternate``), without those of comments.

    Feeds off the site are among them: many sites leave theirs to a service that counts readers.
    """
    base = base_of(tree, url)
    for link in tree.iter("link"):
        rels = (link.get("rel") or "").lower().split()
        if "alternate" not in rels and "feed" not in rels:
            continue
        if (link.get("type") or "").partition(";")[0].strip().lower() not in _FEED_TYPES:
            continue
        feed = first_url([link.get("href") or ""], base)
        if feed and not _is_comment_feed(feed, url):
            yield Discovery(url=feed, kind=Kind.FEED, via=Via.LINK, found_on=url)


def forbids_following(tree: HtmlElement) -> bool:
    """Tell whether the page asks, in a robots meta tag, that its links be not followed."""
    for meta in tree.iter("meta"):
        if (meta.get("name") or "").lower() == "robots":
            directives = {part.strip() for part in (meta.get("content") or "").lower().split(",")}
            if not directives.isdisjoint({"nofollow", "none"}):
                return True
    return False


class _Turn(Enum):
    """Whether a link turns a page."""

    #: To a page of a listing.
    TO_PAGE = auto()
    #: To a page of a story, or beyond the last page that is wanted.
    AWAY = auto()
    NOT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The page whose links are read."""

    url: str
    stem: str
    rules: LinkRules
    via: Via
    depth: int

    def turn(self, tree: HtmlElement) -> Iterator[Discovery]:
        """Yield the neighbours that the head of a listing's page names (``link rel=next``)."""
        base = base_of(tree, self.url)
        for link in tree.iter("link"):
            rels = set((link.get("rel") or "").lower().split())
            if rels.isdisjoint(_TURNING_RELS):
                continue
            target = first_url([link.get("href") or ""], base)
            if target and same_site(target, self.url) and self._turns(Target(url=target, rels=rels)) is _Turn.TO_PAGE:
                yield self._turned(target)

    def follow(self, tree: HtmlElement) -> Iterator[Discovery]:
        """Yield what the page's links lead to."""
        sites = {registrable_domain(self.url), *self.rules.also_sites}
        for target in read_targets(tree, self.url):
            if registrable_domain(target.url) not in sites or self.rules.is_ignored(target.url):
                continue
            if target.followed or not self.rules.obey_nofollow:
                yield from self._classify(target)

    def _classify(self, target: Target) -> Iterator[Discovery]:
        found = Discovery(url=target.url, kind=Kind.ARTICLE, via=self.via, found_on=self.url, depth=self.depth + 1)
        shape, turn = shape_of(target.url), self._turns(target)
        if self.rules.is_article(target.url):
            yield found
        elif self.rules.is_section(target.url):
            yield replace(found, kind=Kind.SECTION)
        elif turn is _Turn.TO_PAGE:
            yield self._turned(target.url)
        elif shape is Shape.NOTHING or turn is _Turn.AWAY:
            return
        elif shape is not Shape.FEED:
            yield replace(found, kind=_kind_of(target, shape))
        elif not _is_comment_feed(target.url, self.url):
            yield replace(found, kind=Kind.FEED, depth=0)

    def _turned(self, url: str) -> Discovery:
        return Discovery(url=url, kind=Kind.SECTION, via=Via.PAGINATION, found_on=self.url, depth=self.depth)

    def _turns(self, target: Target) -> _Turn:
        """Tell whether the target is a further page of a listing, or of a story."""
        number = page_number(target.url)
        if number is None:
            # Cursors: the same path, another query, said to be the next.
            here, there = urlsplit(self.url), urlsplit(target.url)
            same_path = here.path == there.path and bool(there.query)
            return _Turn.TO_PAGE if same_path and not _TURNING_RELS.isdisjoint(target.rels) else _Turn.NOT
        own, of_story = number.stem == self.stem, shape_of(number.stem) is Shape.STORY
        if not number.named and str(number.number) not in target.texts:
            return _Turn.NOT
        if number.number > self.rules.max_page_number:
            return _Turn.AWAY
        # A listing may be named as a story is: what is read as a listing is believed to call its own pages so.
        believed = own and number.named and self.via is Via.SECTION
        return _Turn.AWAY if of_story and not believed else _Turn.TO_PAGE


def _own_stem(url: str) -> str:
    number = page_number(url)
    return number.stem if number is not None and number.named else page_stem(url)


def _kind_of(target: Target, shape: Shape) -> Kind:
    if not _LISTING_RELS.isdisjoint(target.rels):
        return Kind.SECTION
    if shape is not Shape.SHORT:
        return Kind.SECTION if shape is Shape.LISTING else Kind.ARTICLE
    if target.headlined or "bookmark" in target.rels:
        return Kind.ARTICLE
    return Kind.SECTION if target.labelled or target.in_menus else Kind.ARTICLE


def _is_comment_feed(feed: str, page: str) -> bool:
    path = urlsplit(feed).path
    own_path = urlsplit(page).path.rstrip("/")
    return "/comments/" in path or (shape_of(page) is Shape.STORY and path.startswith(f"{own_path}/"))
