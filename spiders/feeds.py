"""Articles that a site's feeds name."""

from collections.abc import Iterator
from typing import ClassVar

from collector.config import Site
from corpus.types import Discovery, Kind
from spiders.base import NewsSpider, seed


class FeedsSpider(NewsSpider):
    """Reads RSS, Atom, JSON Feed and RDF feeds, and the articles in them."""

    name = "feeds"
    kinds: ClassVar[tuple[Kind, ...]] = (Kind.FEED, Kind.ARTICLE)

    def seeds(self, site: Site) -> Iterator[Discovery]:
        """Yield the site's feeds."""
        yield from (seed(url, Kind.FEED) for url in site.feeds)
