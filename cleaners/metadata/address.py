"""The addresses a page gives: its canonical URL, its AMP twin, its image, its licence."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from cleaners.metadata.jsonld import LinkedData, texts
from cleaners.metadata.loose_json import Json
from cleaners.metadata.site import host_name
from cleaners.metadata.tables import places
from cleaners.metadata.tags import Tags
from cleaners.metadata.text import clean_line
from corpus.urls import resolve

#: Letters of the longest URL that is believed; beyond are images in the attribute (data:) and accidents.
_LONGEST_URL = 2000


def absolute(url: str, tags: Tags, page_url: str) -> str | None:
    """Return ``url`` resolved against the page's base, or None where that gives no http(s) URL."""
    if not url.strip() or len(url) > _LONGEST_URL:
        return None
    try:
        base = resolve(tags.base, page_url) if tags.base else page_url
    except ValueError:
        base = page_url
    try:
        return resolve(url, base)
    except ValueError:
        return None


def read_canonical(tags: Tags, page_url: str) -> tuple[str, str] | None:
    """Return the page's canonical URL (RFC 6596) and where it was read, or None.

    Templates that were never filled in point at the front page, of the site or of the software's maker: a root is
    only believed of a root.
    """
    at_root = _is_root(page_url)
    stated = [("link:canonical", href) for href in tags.links.get("canonical", ())]
    stated += [("meta:og:url", content) for content in tags.metas.get("og:url", ())]
    for source, href in stated:
        url = absolute(clean_line(href), tags, page_url)
        if url is not None and _is_public(url, page_url) and (at_root or not _is_root(url)):
            return url, source
    return None


def read_amp(tags: Tags, page_url: str) -> str | None:
    """Return the absolute URL of the page's AMP twin, or None."""
    return _first_absolute(tags.links.get("amphtml", ()), tags, page_url)


def read_image(tags: Tags, linked: LinkedData, page_url: str) -> tuple[str, str] | None:
    """Return the absolute URL of the lead image and where it was read, or None."""
    for name, content in tags.every(*places("meta")["image"]):
        url = absolute(clean_line(content), tags, page_url)
        if url is not None:
            return url, f"meta:{name}"
    for node in linked.articles:
        for key in ("image", "thumbnailUrl"):
            url = _first_absolute(_image_urls(linked.resolve(node.get(key))), tags, page_url)
            if url is not None:
                return url, "json-ld"
    return None


def read_licence(tags: Tags, linked: LinkedData, page_url: str) -> tuple[str, str] | None:
    """Return the licence's absolute URL, or its name where there is no URL, and where it was read."""
    stated = [
        ("json-ld", line) for node in (*linked.articles, *linked.pages) for line in _licences(node.get("license"))
    ]
    stated += [("link:license", href) for href in tags.links.get("license", ())]
    stated += [(f"meta:{name}", content) for name, content in tags.every(*places("meta")["licence"])]
    stated += [("a:license", href) for href in tags.licences]
    for source, licence in stated:
        line = clean_line(licence)
        if "/" in line and " " not in line:
            url = absolute(line, tags, page_url)
            if url is not None:
                return url, source
        elif line:
            return line[:200], source
    return None


def _licences(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        yield from texts(value.get("url") or value.get("@id") or value.get("name"))
    else:
        yield from texts(value)


def _image_urls(value: Json, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth < 3:
        for part in value:
            yield from _image_urls(part, depth + 1)
    elif isinstance(value, dict):
        for key in ("url", "contentUrl", "@id"):
            if isinstance(stated := value.get(key), str):
                yield stated


def _first_absolute(urls: Iterable[str], tags: Tags, page_url: str) -> str | None:
    return next((found for url in urls if (found := absolute(clean_line(url), tags, page_url))), None)


def _is_root(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path in ("", "/") and not parts.query


def _is_public(url: str, page_url: str) -> bool:
    """Tell whether ``url`` can be a public page's address: staging machines publish their own names."""
    host = host_name(url)
    return "." in host or host == host_name(page_url)
