"""Everything that a site's entry names: feeds, sitemaps, home page and sections. What ``collector crawl`` runs."""

from collections.abc import Iterator

from collector.config import Site
from corpus.types import Discovery, Kind
from spiders.base import NewsSpider, seed


class SiteSpider(NewsSpider):
    """Reads feeds, sitemaps, home page and sections together."""

    name = "site"

    def seeds(self, site: Site) -> Iterator[Discovery]:
        """Yield all that the entry names."""
        yield from (seed(url, Kind.FEED) for url in site.feeds)
        yield from (seed(url, Kind.SITEMAP) for url in site.sitemaps)
        if site.follow_links or not (site.feeds or site.sitemaps):
            yield from (seed(url, Kind.SECTION) for url in (site.url, *site.sections))
