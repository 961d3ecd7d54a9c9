"""URLs given by hand: what ``collector ingest URL`` runs."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

from collector.config import Config
from collector.crawl import crawl_of
from corpus.ledger import Scope
from corpus.publishers import NO_SITE
from corpus.types import Discovery, Kind, Via
from spiders.base import NewsSpider


class UrlsSpider(NewsSpider):
    """Fetches the URLs given with ``-a urls=URL,URL…`` or ``-a file=FILE``, and only these."""

    name = "urls"
    kinds: ClassVar[tuple[Kind, ...]] = (Kind.ARTICLE, Kind.SECTION)
    robots_sitemaps: ClassVar[bool] = False

    def __init__(self, urls: str = "", file: str = "", **arguments: Any) -> None:
        super().__init__(**arguments)
        self._urls = [url for url in urls.split(",") if url]
        if file:
            lines = (line.strip() for line in Path(file).read_text("utf-8").splitlines())
            self._urls += [line for line in lines if line and not line.startswith("#")]

    def scope(self, config: Config) -> Scope:
        """Return which URLs the spider works on: those given, and where they lead."""
        return Scope(sites=(*config.sites, NO_SITE), kinds=self.kinds, only_wanted=True)

    async def start(self) -> AsyncIterator[Any]:
        """Enter the URLs into the ledger, due now (Scrapy's hook)."""
        crawl = crawl_of(self.crawler)
        with crawl.store.transaction():
            for url in self._urls:
                found = Discovery(url=url, kind=Kind.ARTICLE, via=Via.INGEST)
                try:
                    site = crawl.config.site_of(url) or NO_SITE
                    crawl.store.ledger.add(found, crawl.now(), run_started_at=crawl.run.started_at, site=site)
                    crawl.store.ledger.ask_again(url, crawl.now())
                except ValueError as error:
                    self.logger.error("%s is no URL to fetch: %s", url, error)
        nothing: tuple[Any, ...] = ()
        for item in nothing:  # what makes this an asynchronous iterator, and an empty one
            yield item
