"""Articles that a site's home and section pages link to."""

from collections.abc import Iterator
from typing import ClassVar

from collector.config import Site
from corpus.types import Discovery, Kind
from spiders.base import NewsSpider, seed


class SectionsSpider(NewsSpider):
    """Starts from the home page and section pages; a home page drawn by script falls back to sitemaps."""

    name = "sections"
    kinds: ClassVar[tuple[Kind, ...]] = (Kind.SECTION, Kind.FEED, Kind.SITEMAP, Kind.ARTICLE)
    robots_sitemaps: ClassVar[bool] = False

    def seeds(self, site: Site) -> Iterator[Discovery]:
        """Yield the home page and the configured sections."""
        yield from (seed(url, Kind.SECTION) for url in (site.url, *site.sections))
