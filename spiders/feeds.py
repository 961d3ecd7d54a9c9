"""Articles that a site's feeds name."""

from collections.abc import Iterator
from typing import ClassVar

from collector.config import Site
from corpus.types import Discovery, Kind
from spiders.base import NewsSpider, seed


class FeedsSpider(NewsSpider):
    """Starts from RSS, Atom, JSON Feed and RDF feeds; follows links from there where the site's entry allows it."""

    name = "feeds"
    kinds: ClassVar[tuple[Kind, ...]] = (Kind.FEED, Kind.SECTION, Kind.ARTICLE)
    robots_sitemaps: ClassVar[bool] = False

    def seeds(self, site: Site) -> Iterator[Discovery]:
        """Yield the site's feeds."""
        yield from (seed(url, Kind.FEED) for url in site.feeds)
