"""What a home page tells of its site: enough to propose an entry for the configuration."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.html
from lxml.html import HtmlElement
from w3lib.encoding import html_to_unicode

from collector.discovery.found import each_once
from collector.discovery.links import read_feed_links, read_links
from collector.discovery.rules import LinkRules
from collector.discovery.shapes import Shape, shape_of
from collector.robots import RobotsRules
from corpus.errors import DiscoveryError
from corpus.hosts import host_of
from corpus.types import Discovery, Kind, Via
from corpus.urls import resolve

#: Links to stories that a news site's front has at least, where its server draws it: of the fronts we have, those
#: have 9 and more, the others none.
MIN_STORY_LINKS = 3
#: Links that may be stories, of which so many are taken for a front of stories with short names.
MIN_POSSIBLE_STORY_LINKS = 20

#: Where sites keep their sitemaps and feeds when they name none, by how often that was met.
SITEMAP_PATHS = (
    "/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml",
    "/wp-sitemap.xml", "/sitemap-index.xml", "/sitemap/sitemap.xml", "/sitemaps/sitemap.xml", "/sitemap.xml.gz",
    "/googlenews.xml", "/sitemap.txt",
)  # fmt: skip
FEED_PATHS = (
    "/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json", "/feeds/posts/default",
    "/rss/index.xml", "/?feed=rss2",
)  # fmt: skip

_TITLE_SEPARATOR = re.compile(r"\s+[-–—|·•:»]\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDescription:
    """A site, as its home page and robots.txt describe it."""

    url: str
    #: What it calls itself; its host where it does not say.
    name: str
    #: Language that it declares (BCP 47), None where it does not.
    language: str | None
    #: Feeds that the page announces, and sitemaps that robots.txt names.
    announced: tuple[Discovery, ...]
    #: Feeds and sitemaps that many sites have: to be tried, best first, where none is announced.
    candidates: tuple[Discovery, ...]
    #: Listings that the page links to.
    sections: tuple[Discovery, ...]
    #: True where the page that the server sends holds nearly no stories, so that only feeds and sitemaps lead to any.
    drawn_by_script: bool
    #: What that is concluded from: ``1 link to a story < 3``.
    evidence: str


def describe_site(
    home: bytes, url: str, *, content_type: str | None = None, robots: RobotsRules | None = None
) -> SiteDescription:
    """Describe the site whose home page is given.

    Args:
        home: The home page's body.
        url: Its URL (after redirects).
        content_type: Its Content-Type header.
        robots: The site's robots.txt, for the sitemaps it names.

    Raises:
        DiscoveryError: when the body is no page.
    """
    tree = _parse(home, url, content_type)
    sitemaps = robots.sitemaps if robots else ()
    links = read_links(tree, url, LinkRules(obey_nofollow=False))
    announced = each_once(
        [
            *read_feed_links(tree, url),
            *(Discovery(url=sitemap, kind=Kind.SITEMAP, via=Via.ROBOTS) for sitemap in sitemaps),
        ]
    )
    drawn_by_script, evidence = _look_for_stories(links)
    return SiteDescription(
        url=url,
        name=_site_name(tree) or host_of(url),
        language=_language(tree),
        announced=announced,
        candidates=tuple(_candidates(url, announced)),
        sections=tuple(link for link in links if link.kind is Kind.SECTION and link.via is not Via.PAGINATION),
        drawn_by_script=drawn_by_script,
        evidence=evidence,
    )


def _parse(home: bytes, url: str, content_type: str | None) -> HtmlElement:
    _, text = html_to_unicode(content_type, home)
    try:
        # As bytes, because lxml refuses text that declares an encoding.
        return lxml.html.document_fromstring(
            text.encode("utf-8", errors="replace"), parser=lxml.html.HTMLParser(encoding="utf-8")
        )
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError) as error:
        raise DiscoveryError(url, "home page is empty or no HTML") from error


def _look_for_stories(links: tuple[Discovery, ...]) -> tuple[bool, str]:
    possible = [link for link in links if link.kind is Kind.ARTICLE]
    stories = sum(shape_of(link.url) is Shape.STORY for link in possible)
    if stories >= MIN_STORY_LINKS:
        return False, f"{stories} links to stories >= {MIN_STORY_LINKS}"
    if len(possible) >= MIN_POSSIBLE_STORY_LINKS:
        return False, f"{len(possible)} links to possible stories >= {MIN_POSSIBLE_STORY_LINKS}"
    return True, f"{stories} links to stories < {MIN_STORY_LINKS}"


def _site_name(tree: HtmlElement) -> str | None:
    for name in ("og:site_name", "application-name", "apple-mobile-web-app-title"):
        if value := _meta(tree, name):
            return value
    title = " ".join((tree.findtext(".//title") or "").split())
    # "The Valley Ledger - News from the valley", less often the other way round.
    return min(_TITLE_SEPARATOR.split(title), key=len) or None


def _language(tree: HtmlElement) -> str | None:
    declared = tree.get("lang") or tree.get("xml:lang") or _meta(tree, "content-language") or _meta(tree, "og:locale")
    return declared.replace("_", "-").strip() or None if declared else None


def _meta(tree: HtmlElement, name: str) -> str | None:
    for meta in tree.iter("meta"):
        names = {(meta.get(attribute) or "").lower() for attribute in ("property", "name", "http-equiv")}
        if name in names and (content := " ".join((meta.get("content") or "").split())):
            return content
    return None


def _candidates(url: str, announced: tuple[Discovery, ...]) -> Iterator[Discovery]:
    known = {discovery.url for discovery in announced}
    for kind, paths in ((Kind.SITEMAP, SITEMAP_PATHS), (Kind.FEED, FEED_PATHS)):
        if any(discovery.kind is kind for discovery in announced):
            continue
        for path in paths:
            if (candidate := resolve(path, url)) not in known:
                yield Discovery(url=candidate, kind=kind, via=Via.SEED)
