"""The outlets' sitemaps (sitemaps.org protocol 0.9) and Google-style news sitemaps, and their robots.txt."""

from collections.abc import Iterable
from datetime import timedelta
from xml.sax.saxutils import escape

from collector.demo.articles import DemoArticle
from collector.demo.content import moment
from collector.demo.layout import Layout, iso

#: A news sitemap holds what was published at most this long before the newest story.
NEWS_WINDOW = timedelta(days=2)

_PROTOCOL = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def draw_urlset(layout: Layout, articles: Iterable[DemoArticle]) -> str:
    """Return a sitemap of ``articles``."""
    urls = "".join(
        f"<url><loc>{escape(layout.url(article.path))}</loc><lastmod>{iso(article.changed)}</lastmod></url>\n"
        for article in articles
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_PROTOCOL}">\n{urls}</urlset>\n'


def draw_fronts(layout: Layout, paths: Iterable[str]) -> str:
    """Return a sitemap of fronts, which tells no time."""
    urls = "".join(f"<url><loc>{escape(layout.url(path))}</loc></url>\n" for path in paths)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_PROTOCOL}">\n{urls}</urlset>\n'


def draw_index(layout: Layout, paths: Iterable[str]) -> str:
    """Return a sitemap index."""
    maps = "".join(f"<sitemap><loc>{layout.url(path)}</loc></sitemap>\n" for path in paths)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{_PROTOCOL}">\n{maps}</sitemapindex>\n'


def draw_news(layout: Layout, articles: tuple[DemoArticle, ...]) -> str:
    """Return a news sitemap of the newest ``articles``."""
    newest = max(moment(article.published) for article in articles)
    fresh = [article for article in articles if newest - moment(article.published) <= NEWS_WINDOW.total_seconds()]
    urls = "".join(
        f"""<url><loc>{escape(layout.url(article.path))}</loc>
<news:news><news:publication><news:name>{escape(layout.masthead.name)}</news:name>
<news:language>{article.language}</news:language></news:publication>
<news:publication_date>{iso(article.published)}</news:publication_date>
<news:title>{escape(article.title)}</news:title></news:news></url>
"""
        for article in fresh
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_PROTOCOL}" xmlns:news="{_NEWS}">\n{urls}</urlset>\n'
    )


def draw_robots(layout: Layout, crawl_delay_seconds: float) -> str:
    """Return robots.txt: one closed section, a delay unless it is 0, and the sitemaps."""
    lines = ["User-agent: GreedyBot", "Disallow: /", "", "User-agent: *"]
    if crawl_delay_seconds > 0:
        lines.append(f"Crawl-delay: {crawl_delay_seconds:g}")
    lines += ["Disallow: /private/", "Disallow: /search", ""]
    lines += [f"Sitemap: {layout.base}{path}" for path in layout.masthead.sitemaps]
    return "\n".join(lines) + "\n"
