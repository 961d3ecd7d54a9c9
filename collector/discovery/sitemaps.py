"""Sitemaps: urlset, index, news and text sitemaps, plain or gzipped, as the protocol (sitemaps.org) or less.

The protocol allows 50,000 URLs and 50 MB; more URLs are read all the same, more bytes are not.
"""

import re
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from collector.discovery.documents import MAX_DOCUMENT_BYTES, decode, decompress, root_name, skip_prolog
from collector.discovery.feeds import read_feed
from collector.discovery.found import each_once, first_url
from collector.discovery.shapes import Shape, shape_of
from collector.discovery.times import read_time
from corpus.errors import DiscoveryError
from corpus.types import Discovery, Kind, Via

_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
# Ampersands that begin no reference, the commonest fault of sitemaps: a tolerant parser would drop the parameter's
# name with them. Inside CDATA they are right.
_BARE_AMPERSAND = re.compile(r"(<!\[CDATA\[.*?\]\]>)|&(?!#?\w{1,31};)", re.DOTALL)


def read_sitemap(
    body: bytes, url: str, content_type: str | None = None, *, limit_bytes: int = MAX_DOCUMENT_BYTES
) -> tuple[Discovery, ...]:
    """Read the URLs of a sitemap, in its order, each once.

    Namespaces may be wrong or missing, XML may be broken: what can be read is. RSS and Atom, which the protocol allows,
    are read as feeds. URLs off the site are not left out here: a sitemap may speak for other hosts, if their
    robots.txt names it, which only the caller can know.

    Args:
        body: The response's body; gzip is undone, whatever the URL says.
        url: Where the sitemap was found (after redirects).
        content_type: Its Content-Type header.
        limit_bytes: Decompressed bytes that are read, more than 0.

    Returns:
        Sitemaps for the entries of an index. For other entries what the URL looks like: sections and feeds where that
        is clear, else articles; nothing for files and standing pages. Entries with ``news:news`` are articles.

    Raises:
        DiscoveryError: when it is no sitemap, or longer than ``limit_bytes``.

    >>> read_sitemap(b"https://example.com/2026/05/01/floods/", "https://example.com/sitemap.txt")[0].kind.value
    'article'
    """
    text = decode(decompress(body, url, limit_bytes=limit_bytes), content_type)
    if "<" not in text:
        return each_once(_read_lines(text, url))
    text = skip_prolog(text)
    root = root_name(text)
    if root in _FEED_ROOTS:
        return read_feed(body, url, content_type)
    if root in {"", "html"}:
        raise DiscoveryError(url, "no sitemap but a page" if root else "no sitemap: no element")
    found = each_once(_read_xml(text, url))
    if not found and root not in {"urlset", "sitemapindex"}:
        raise DiscoveryError(url, f"no sitemap but <{root}>")
    return found


def _read_lines(text: str, url: str) -> Iterator[Discovery]:
    lines = [line.strip() for line in text.splitlines()]
    if text.strip() and not any(line.lower().startswith("http") for line in lines):
        raise DiscoveryError(url, "no sitemap: no URL in it")
    for line in lines:
        found = first_url([line], url) if line.lower().startswith("http") else None
        if found is not None and (kind := _kind_of(found, in_news=False)) is not None:
            yield Discovery(url=found, kind=kind, via=Via.SITEMAP, found_on=url)


def _read_xml(text: str, url: str) -> Iterator[Discovery]:
    document = BytesIO(_BARE_AMPERSAND.sub(_escape, text).encode("utf-8", errors="replace"))
    # Tolerant, and shut to everything outside the document; the prolog with its entities is already gone.
    elements = etree.iterparse(
        document,
        events=("end",),
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in elements:
            name = _name(element)
            if name in {"url", "sitemap"}:
                yield from _read_entry(element, url, is_sitemap=name == "sitemap")
                _forget(element)
    except etree.XMLSyntaxError as error:
        raise DiscoveryError(url, "sitemap is no XML") from error


def _read_entry(entry: etree._Element, url: str, *, is_sitemap: bool) -> Iterator[Discovery]:
    fields = {_name(child): child for child in reversed(entry)}
    # Some write the URL of an index' entry without its <loc>.
    location = _text(fields["loc"]) if "loc" in fields else _text(entry) if is_sitemap else ""
    in_news = fields["news"].iter(etree.Element) if "news" in fields else ()
    news = {_name(element): _text(element) for element in in_news}
    found = first_url([location], url)
    if found is None or (kind := Kind.SITEMAP if is_sitemap else _kind_of(found, in_news=bool(news))) is None:
        return
    yield Discovery(
        url=found,
        kind=kind,
        via=Via.NEWS_SITEMAP if news else Via.SITEMAP,
        found_on=url,
        modified=read_time(_text(fields["lastmod"])) if "lastmod" in fields else None,
        published=read_time(news.get("publication_date", "")),
        title=news.get("title") or None,
        language=news.get("language") or None,
    )


def _kind_of(url: str, *, in_news: bool) -> Kind | None:
    if in_news:
        return Kind.ARTICLE
    match shape_of(url):
        case Shape.NOTHING:
            return None
        case Shape.FEED:
            return Kind.FEED
        case Shape.LISTING:
            return Kind.SECTION
    return Kind.ARTICLE


def _escape(found: re.Match[str]) -> str:
    return found[1] or "&amp;"


def _name(element: etree._Element) -> str:
    # A prefix that is declared nowhere stays in the name; what has no name is an entity reference.
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(element.tag, str) else ""


def _text(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _forget(element: etree._Element) -> None:
    """Free the entry and those before it: 50,000 URLs are 36 MB as a tree, with their pictures far more."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
