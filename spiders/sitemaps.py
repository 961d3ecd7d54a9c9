"""Articles that a site's sitemaps name."""

from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import urljoin

from collector.config import Site
from corpus.types import Discovery, Kind
from spiders.base import NewsSpider, seed


class SitemapsSpider(NewsSpider):
    """Reads sitemaps, sitemap indexes and news sitemaps, and the articles in them; follows no links."""

    name = "sitemaps"
    kinds: ClassVar[tuple[Kind, ...]] = (Kind.SITEMAP, Kind.ARTICLE)

    def seeds(self, site: Site) -> Iterator[Discovery]:
        """Yield the site's sitemaps; where its entry names none, the conventional place.

        Those that robots.txt names are added when it is read.
        """
        yield from (seed(url, Kind.SITEMAP) for url in site.sitemaps or (urljoin(site.url, "/sitemap.xml"),))
