"""The outlets' feeds: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, newest stories first."""

import json
from collections.abc import Callable
from datetime import date, datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from collector.demo.articles import DemoArticle
from collector.demo.content import TRACKING
from collector.demo.layout import Layout
from collector.demo.masthead import FeedFormat, Masthead

#: Stories in a feed: fewer than the outlet has, as everywhere.
FEED_LENGTH = 10


def draw_feed(layout: Layout) -> tuple[str, str]:
    """Return an outlet's feed and its media type."""
    articles = tuple(article for article in layout.listed if article.removal is None)[:FEED_LENGTH]
    return _DRAW[layout.masthead.feed_format](layout, articles)


def feed_time(masthead: Masthead, time: date | datetime) -> datetime:
    """Return ``time`` for a feed, which knows no mere days: a day becomes its first moment at the outlet."""
    if isinstance(time, datetime):
        return time
    return datetime.fromisoformat(f"{time}T00:00:00{masthead.utc_offset}")


def _rss(layout: Layout, articles: tuple[DemoArticle, ...]) -> tuple[str, str]:
    masthead = layout.masthead
    items = "".join(
        f"""<item>
<title>{escape(article.title)}</title>
<link>{escape(layout.url(article.path + TRACKING))}</link>
{"".join(f"<dc:creator>{escape(name)}</dc:creator>" for name in article.authors)}
<pubDate>{format_datetime(feed_time(masthead, article.published))}</pubDate>
{"".join(f"<category>{escape(label)}</category>" for label in (article.section, *article.tags))}
<guid isPermaLink="false">{layout.base}/?p={article.number}</guid>
<description>{escape(f"<p>{_opening(article)} [&hellip;]</p>")}</description>
</item>
"""
        for article in articles
    )
    feed = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>{escape(masthead.name)}</title>
<atom:link href="{layout.base}{masthead.feed_path}" rel="self" type="application/rss+xml"/>
<link>{layout.base}/</link>
<description>{escape(masthead.tagline)}</description>
<language>{masthead.html_lang}</language>
{items}</channel>
</rss>
"""
    return feed, "application/rss+xml"


def _atom(layout: Layout, articles: tuple[DemoArticle, ...]) -> tuple[str, str]:
    masthead = layout.masthead
    entries = "".join(
        f"""<entry>
<title>{escape(article.title)}</title>
<link rel="alternate" type="text/html" href={quoteattr(layout.url(article.path))}/>
<id>{escape(layout.url(article.path))}</id>
{"".join(f"<author><name>{escape(name)}</name></author>" for name in article.authors)}
<published>{feed_time(masthead, article.published).isoformat()}</published>
<updated>{feed_time(masthead, article.changed).isoformat()}</updated>
{"".join(f"<category term={quoteattr(label)}/>" for label in (article.section, *article.tags))}
<summary>{escape(article.standfirst or _opening(article))}</summary>
</entry>
"""
        for article in articles
    )
    newest = max(feed_time(masthead, article.changed) for article in articles)
    feed = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{masthead.html_lang}">
<title>{escape(masthead.name)}</title>
<subtitle>{escape(masthead.tagline)}</subtitle>
<link rel="self" href="{layout.base}{masthead.feed_path}"/>
<link rel="alternate" type="text/html" href="{layout.base}/"/>
<id>{layout.base}/</id>
<updated>{newest.isoformat()}</updated>
{entries}</feed>
"""
    return feed, "application/atom+xml"


def _json(layout: Layout, articles: tuple[DemoArticle, ...]) -> tuple[str, str]:
    masthead = layout.masthead
    items = [_json_item(layout, article) for article in articles]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": masthead.name,
        "home_page_url": f"{layout.base}/",
        "feed_url": layout.base + masthead.feed_path,
        "language": masthead.html_lang,
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1), "application/feed+json"


def _json_item(layout: Layout, article: DemoArticle) -> dict[str, Any]:
    item = {
        "id": str(article.number),
        "url": layout.url(article.path),
        "title": article.title,
        "summary": _opening(article),
        "content_text": _opening(article),
        "date_published": feed_time(layout.masthead, article.published).isoformat(),
        "authors": [{"name": name} for name in article.authors],
        "tags": list(article.tags),
        "language": article.language,
    }
    if article.modified:
        item["date_modified"] = article.modified.isoformat()
    return item


def _opening(article: DemoArticle) -> str:
    return " ".join(article.text.split()[:30])


_DRAW: dict[FeedFormat, Callable[[Layout, tuple[DemoArticle, ...]], tuple[str, str]]] = {
    FeedFormat.RSS: _rss,
    FeedFormat.ATOM: _atom,
    FeedFormat.JSON: _json,
}
