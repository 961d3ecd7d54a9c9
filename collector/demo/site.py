"""All that one outlet serves, drawn once: articles with their twins, fronts, feed, sitemaps, assets, odd pages."""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl, unquote, urlsplit

from collector.demo.articles import DemoArticle, OddPage
from collector.demo.assets import draw_png
from collector.demo.content import OLD_PATH, moment, read_note
from collector.demo.feeds import draw_feed
from collector.demo.layout import Layout, Listing, draw_blocks, encode_path, escape, fill, listing_path, month_day_year
from collector.demo.masthead import CONTENT, TEMPLATES
from collector.demo.oddities import draw_calendar, draw_oddities, missing, odd_pages
from collector.demo.resource import Resource, redirect
from collector.demo.sitemaps import draw_fronts, draw_index, draw_news, draw_robots, draw_urlset
from corpus.types import Reason

#: Stories on one page of a listing.
LISTING_LENGTH = 6

_XML = "application/xml; charset=utf-8"


class Site:
    """One outlet's resources by path."""

    def __init__(self, layout: Layout, *, crawl_delay_seconds: float) -> None:
        self.layout = layout
        self._listings = tuple(_listings(layout))
        self._resources = dict(self._draw(crawl_delay_seconds))
        self._missing = missing(layout)

    @property
    def odd_pages(self) -> tuple[OddPage, ...]:
        """Every page that is no article: the odd ones, home, fronts and standing pages."""
        key = self.layout.masthead.key
        fronts = ["/", *(self._path(listing) for listing in self._listings)]
        return (
            *odd_pages(key),
            *(OddPage(outlet=key, path=path, removal=Reason.SECTION_FRONT) for path in fronts),
            *(OddPage(outlet=key, path=path, removal=Reason.TOO_SHORT) for path, _, _ in self._notes()),
        )

    def find(self, target: str) -> Resource:
        """Return what a request target (path with query) answers with; the error page where there is nothing."""
        key = resource_key(target)
        found = self._resources.get(key) or draw_calendar(self.layout, key)
        if found is None and key + "/" in self._resources:
            return redirect(self.layout.url(key + "/"))
        return found or self._missing

    def _draw(self, crawl_delay_seconds: float) -> Iterator[tuple[str, Resource]]:
        layout, masthead = self.layout, self.layout.masthead
        newest = max(_utc(article) for article in layout.articles)
        yield "/", _html(layout.home(), newest)
        for article in layout.articles:
            yield from _draw_article(layout, article)
        for listing in self._listings:
            yield self._path(listing), _html(layout.listing(listing), max(map(_utc, listing.articles)))
        for path, title, words in self._notes():
            yield path, _html(layout.note(title, words))
        yield from draw_oddities(layout)
        feed, content_type = draw_feed(layout)
        yield masthead.feed_path, Resource(body=feed.encode(), content_type=content_type, changed=newest)
        for path, drawn in _DRAW_SITEMAPS[masthead.key](layout, self._front_paths()):
            packed = path.endswith(".gz")
            body = gzip.compress(drawn.encode(), mtime=0) if packed else drawn.encode()
            yield path, Resource(body=body, content_type="application/gzip" if packed else _XML, changed=newest)
        robots = draw_robots(layout, crawl_delay_seconds)
        yield "/robots.txt", Resource(body=robots.encode(), content_type="text/plain; charset=utf-8")
        yield from _draw_assets(layout)

    def _path(self, listing: Listing) -> str:
        return listing_path(self.layout.masthead, listing.path, listing.number)

    def _front_paths(self) -> list[str]:
        return [listing.path for listing in self._listings if listing.number == 1]

    def _notes(self) -> Iterator[tuple[str, str, str]]:
        masthead = self.layout.masthead
        for file in sorted((CONTENT / masthead.key / "notes").glob("*.md")):
            title, blocks = read_note(file)
            yield masthead.note_path.format(slug=file.stem), title, draw_blocks(blocks)


def resource_key(target: str) -> str:
    """Return the form of a request target that resources are kept under: unquoted, in order, untracked.

    >>> resource_key("/%E0%A4%AE/?utm_source=rss&page=2")
    '/म/?page=2'
    """
    parts = urlsplit(target)
    query = sorted(
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not name.startswith("utm_")
    )
    if parts.path == "/search":
        query = []
    return unquote(parts.path) + ("?" + "&".join(f"{name}={value}" for name, value in query) if query else "")


def _html(page: str, changed: datetime | None = None) -> Resource:
    return Resource(body=page.encode(), changed=changed)


def _utc(article: DemoArticle) -> datetime:
    return datetime.fromtimestamp(moment(article.changed), UTC)


def _draw_article(layout: Layout, article: DemoArticle) -> Iterator[tuple[str, Resource]]:
    changed = _utc(article)
    charset = f"; charset={article.header_charset}" if article.header_charset else ""
    for number in range(1, len(article.parts) + 1):
        # What the page's encoding lacks stands as a character reference, as old content systems write it.
        body = layout.article(article, number).encode(article.charset, "xmlcharrefreplace")
        path = article.path if number == 1 else f"{article.path}?page={number}"
        yield path, Resource(body=body, content_type=f"text/html{charset}", changed=changed)
    masthead = layout.masthead
    for pattern in (masthead.short_path, OLD_PATH):
        yield pattern.format(path=article.path, number=article.number), redirect(layout.url(article.path))
    if article.twins:
        for template, pattern in (("amp", masthead.amp_path), ("print", masthead.print_path)):
            yield pattern.format(path=article.path), _html(_draw_twin(layout, article, template), changed)


def _draw_twin(layout: Layout, article: DemoArticle, template: str) -> str:
    return fill(
        f"shared/{template}",
        lang=article.declared_language,
        title=escape(article.title),
        canonical=layout.base + encode_path(article.path),
        home=f"{layout.base}/",
        name=escape(layout.masthead.name),
        byline=escape(", ".join(article.authors)),
        stamp=month_day_year(article.published),
        body=draw_blocks(article.blocks),
    )


def _listings(layout: Layout) -> Iterator[Listing]:
    masthead, listed = layout.masthead, layout.listed
    yield from _paginate("Latest stories", masthead.latest_path, listed)
    for slug, label in masthead.sections.items():
        yield from _paginate(label, masthead.section(slug), tuple(a for a in listed if a.section_slug == slug))
    # Tags and authors tell of the private section too: a crawler meets its links where it may not follow them.
    for tag in sorted({tag for article in layout.articles for tag in article.tags}):
        yield from _paginate(tag, masthead.tag(tag), tuple(a for a in layout.articles if tag in a.tags))
    for name in sorted({name for article in layout.articles for name in article.authors}):
        yield from _paginate(name, masthead.author(name), tuple(a for a in layout.articles if name in a.authors))


def _paginate(title: str, path: str, articles: tuple[DemoArticle, ...]) -> Iterator[Listing]:
    last = -(-len(articles) // LISTING_LENGTH)
    for number in range(1, last + 1):
        shown = articles[(number - 1) * LISTING_LENGTH : number * LISTING_LENGTH]
        yield Listing(title=title, path=path, articles=shown, number=number, last=last)


def _draw_assets(layout: Layout) -> Iterator[tuple[str, Resource]]:
    sizes = {"icon": (32, 32), "logo": (240, 60), "epaper": (120, 160)}
    for name, (width, height) in sizes.items():
        picture = draw_png(f"{layout.masthead.key} {name}", width, height)
        yield f"/assets/{name}.png", Resource(body=picture, content_type="image/png")
    for article in layout.articles:
        if article.picture:
            picture = draw_png(article.slug, 640, 360)
            yield article.picture.path, Resource(body=picture, content_type="image/png", changed=_utc(article))
    css = b"h1,h2,h3{font-weight:700}\nimg{display:block}\nbutton{cursor:pointer}\n"
    yield "/assets/site.css", Resource(body=css, content_type="text/css")
    script = (TEMPLATES / "shared" / "app.js").read_bytes()
    yield "/assets/app.js", Resource(body=script, content_type="text/javascript; charset=utf-8")


def _indexable(layout: Layout) -> tuple[DemoArticle, ...]:
    return tuple(article for article in layout.listed if article.removal is not Reason.NOINDEX)


def _harbour_sitemaps(layout: Layout, fronts: list[str]) -> Iterator[tuple[str, str]]:
    stories = _indexable(layout)
    half = len(stories) // 2
    yield "/post-sitemap.xml", draw_urlset(layout, stories[half:])
    yield "/post-sitemap2.xml", draw_urlset(layout, stories[:half])
    yield "/category-sitemap.xml", draw_fronts(layout, fronts)
    yield "/news-sitemap.xml", draw_news(layout, stories)
    paths = ("/post-sitemap.xml", "/post-sitemap2.xml", "/category-sitemap.xml", "/news-sitemap.xml")
    yield "/sitemap_index.xml", draw_index(layout, paths)


def _ledger_sitemaps(layout: Layout, fronts: list[str]) -> Iterator[tuple[str, str]]:
    yield "/sitemap-stories.xml.gz", draw_urlset(layout, _indexable(layout))
    yield "/sitemap-fronts.xml", draw_fronts(layout, fronts)
    yield "/sitemap-news.xml", draw_news(layout, _indexable(layout))
    yield "/sitemap.xml", draw_index(layout, ("/sitemap-stories.xml.gz", "/sitemap-fronts.xml"))


def _dakshin_sitemaps(layout: Layout, fronts: list[str]) -> Iterator[tuple[str, str]]:  # noqa: ARG001 - none listed
    yield "/sitemap.xml", draw_urlset(layout, _indexable(layout))
    yield "/news-sitemap.xml", draw_news(layout, _indexable(layout))


_DRAW_SITEMAPS: dict[str, Callable[[Layout, list[str]], Iterator[tuple[str, str]]]] = {
    "harbour-post": _harbour_sitemaps,
    "valley-ledger": _ledger_sitemaps,
    "dakshin-samachar": _dakshin_sitemaps,
}
