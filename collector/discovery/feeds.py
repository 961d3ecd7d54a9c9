"""Feeds: RSS, Atom, RDF and CDF through feedparser, JSON Feed read here; malformed ones as far as they go."""

import html
import json
import re
from calendar import timegm
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO

import feedparser

from collector.discovery.documents import decode, decompress, root_name, skip_prolog
from collector.discovery.found import each_once, first_url
from collector.discovery.times import read_time
from corpus.errors import DiscoveryError
from corpus.types import Discovery, Kind, Via

#: Decompressed bytes of a feed that are read. The largest met in the wild, full texts of a whole archive, have a few.
MAX_FEED_BYTES = 10 * 1024 * 1024
#: Tags of a feed that are read: feedparser needs 25 microseconds for each, and a hostile feed is all tags.
MAX_FEED_TAGS = 300_000

# Pages of a feed that lead to older entries: RFC 5005, sections 3 (paged) and 4 (archived).
_OLDER = frozenset({"next", "prev-archive"})
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_REFERENCE = re.compile(r"&#(x[0-9a-f]{1,8}|[0-9]{1,9});", re.IGNORECASE)
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")


def read_feed(body: bytes, url: str, content_type: str | None = None) -> tuple[Discovery, ...]:
    """Read the entries of a feed, in its order, each URL once; then the pages of the feed that hold older ones.

    An entry's URL is its original link where a proxy counts clicks (``feedburner:origLink``), else its link, else a
    guid that is a permalink, resolved against ``xml:base`` and the feed's URL. Entries without any, podcasts'
    enclosures for instance, are left out.

    Args:
        body: The response's body; gzip is undone.
        url: Where the feed was found (after redirects).
        content_type: Its Content-Type header.

    Returns:
        Articles (``via=FEED``) with the title, language and times that the feed claims; feeds for RFC 5005 pages.

    Raises:
        DiscoveryError: when it is no feed, longer than `MAX_FEED_BYTES`, or of more than `MAX_FEED_TAGS`.

    >>> body = b"<rss><channel><item><link>/a</link><title>A&amp;B</title></item></channel></rss>"
    >>> [(entry.url, entry.title) for entry in read_feed(body, "https://example.com/feed")]
    [('https://example.com/a', 'A&B')]
    """
    text = decode(decompress(body, url, limit_bytes=MAX_FEED_BYTES), content_type)
    read = _read_json(text, url) if text.lstrip().startswith("{") else _read_xml(skip_prolog(text), url)
    return each_once(read)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What an entry says of its article, as written."""

    #: URLs by preference; the first that can be fetched counts.
    links: tuple[str, ...]
    title: str | None
    language: str | None
    published: date | datetime | None
    modified: date | datetime | None

    def discover(self, feed_url: str) -> Iterator[Discovery]:
        if (url := first_url(self.links, feed_url)) is not None:
            yield Discovery(
                url=url,
                kind=Kind.ARTICLE,
                via=Via.FEED,
                found_on=feed_url,
                title=_storable(self.title),
                language=_storable(self.language),
                published=self.published,
                modified=self.modified,
            )


def _read_xml(text: str, url: str) -> Iterator[Discovery]:
    if root_name(text) in {"", "html"}:
        raise DiscoveryError(url, "no feed but a page" if text else "no feed: no element")
    if text.count("<") > MAX_FEED_TAGS:
        raise DiscoveryError(url, f"more than {MAX_FEED_TAGS} tags")
    # Given as a stream, because feedparser would open a string that is a URL or a file's name. Sanitising and
    # resolving the summaries that nobody reads here is two thirds of its time.
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        feed = feedparser.parse(
            BytesIO(_REFERENCE.sub(_whole, text).encode("utf-8", errors="replace")),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        raise DiscoveryError(url, "feedparser failed") from error
    if not feed.version and not feed.entries:
        raise DiscoveryError(url, f"no feed but <{root_name(text)}>")
    for entry in feed.entries:
        yield from _read_entry(entry, feed).discover(url)
    yield from _older_pages((link.get("href") for link in feed.feed.get("links", ()) if link.get("rel") in _OLDER), url)


def _read_entry(entry: feedparser.FeedParserDict, feed: feedparser.FeedParserDict) -> _Entry:
    title = entry.get("title_detail", {})
    published, modified = _time(entry, "published"), _time(entry, "updated")
    if published is None and not feed.version.startswith("atom"):
        # RSS knows no updates: dc:date, which feedparser files there, is the day of publication.
        published, modified = modified or _time(entry, "created"), None
    return _Entry(
        links=tuple(_links(entry)),
        title=_plain(title.get("value"), title.get("type")),
        language=title.get("language") or feed.feed.get("language") or None,
        published=published,
        modified=modified,
    )


def _links(entry: feedparser.FeedParserDict) -> Iterator[str]:
    yield entry.get("feedburner_origlink", "")
    yield entry.get("link", "")
    alternates = [link for link in entry.get("links", ()) if link.get("rel", "alternate") == "alternate"]
    for link in sorted(alternates, key=lambda link: link.get("type") not in _HTML_TYPES):
        yield link.get("href", "")
    # feedparser knows whether an RSS guid is a permalink; Atom's id is one at best by custom.
    if entry.get("guidislink", True) and str(entry.get("id", "")).lower().startswith("http"):
        yield entry["id"]


def _time(entry: feedparser.FeedParserDict, name: str) -> date | datetime | None:
    written = dict.get(entry, name)
    if not written:
        return None
    if (time := read_time(written)) is not None:
        return time
    # The rarer forms that feedparser knows (asctime, Greek, Hungarian, Korean) name or imply their zone.
    parsed = dict.get(entry, f"{name}_parsed")
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None


def _read_json(text: str, url: str) -> Iterator[Discovery]:
    """Read a JSON Feed (https://www.jsonfeed.org/version/1.1/)."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DiscoveryError(url, "no feed: broken JSON") from error
    items = feed.get("items")
    if not isinstance(items, list):
        raise DiscoveryError(url, "no feed: JSON without items")
    for item in items:
        if isinstance(item, dict):
            yield from _read_item(item, _text(feed, "language")).discover(url)
    yield from _older_pages((_text(feed, "next_url"),), url)


def _read_item(item: dict[str, object], language: str | None) -> _Entry:
    return _Entry(
        links=tuple(_text(item, name) or "" for name in ("url", "external_url", "id")),
        title=_plain(_text(item, "title"), "text/plain"),
        language=_text(item, "language") or language,
        published=read_time(_text(item, "date_published") or ""),
        modified=read_time(_text(item, "date_modified") or ""),
    )


def _text(fields: dict[str, object], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) and value else None


def _older_pages(references: Iterable[str | None], url: str) -> Iterator[Discovery]:
    for reference in references:
        if reference and (page := first_url([reference], url)) and page != url:
            yield Discovery(url=page, kind=Kind.FEED, via=Via.FEED, found_on=url)


def _storable(text: str | None) -> str | None:
    """Replace halves of surrogate pairs, which JSON escapes and character references smuggle in."""
    return text and _SURROGATE.sub("\ufffd", text)


def _whole(reference: re.Match[str]) -> str:
    """Replace a reference to half a surrogate pair, at which feedparser fails; leave others as they are."""
    number = reference[1]
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else reference[0]


def _plain(title: str | None, content_type: str | None) -> str | None:
    without_markup = _MARKUP.sub("", title or "") if content_type in _HTML_TYPES else title or ""
    return " ".join(html.unescape(without_markup).split()) or None
