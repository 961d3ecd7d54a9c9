"""What all spiders share: they seed the ledger, and hand every response over as it came."""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, ClassVar

from scrapy import Spider
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from collector.asking import TurnTooFarError
from collector.config import Config, Site, read_config
from collector.crawl import Crawl, config_file, corpus_root, crawl_of
from collector.middlewares import ForbiddenByRobots, RobotsUnreachable
from collector.response import Failed, Fetched, fetched
from collector.rights.middleware import ForbiddenByRights
from collector.settings import from_config
from collector.stopping import LetGoError
from corpus.folder import CorpusFolder
from corpus.ledger import Lease, Scope
from corpus.types import Discovery, Kind, Via


class NewsSpider(Spider):
    """A spider over the sites that ``-a site=NAME[,NAME…]`` names, or all enabled ones."""

    #: The kinds of page that the spider fetches.
    kinds: ClassVar[tuple[Kind, ...]] = tuple(Kind)
    #: Read the sitemaps that robots.txt names.
    robots_sitemaps: ClassVar[bool] = True

    def __init__(self, site: str = "", **arguments: Any) -> None:
        super().__init__(**arguments)
        self._names = tuple(name for name in site.split(",") if name)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Take over what ``collector.toml`` decides (Scrapy's hook)."""
        super().update_settings(settings)
        file = config_file(settings) or CorpusFolder(corpus_root(settings)).config
        if file.is_file():  # a missing one is reported when the crawl opens; `scrapy list` needs none
            for name, value in from_config(read_config(file)).items():
                settings.set(name, value, priority="spider")

    def scope(self, config: Config) -> Scope:
        """Return which URLs the spider works on.

        Raises:
            ConfigError: A site is unknown, or there is none.
        """
        return Scope(sites=config.chosen(self._names), kinds=self.kinds, named=bool(self._names))

    def seeds(self, site: Site) -> Iterable[Discovery]:
        """Yield the URLs to start from on one site."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[Any]:
        """Enter the seeds into the ledger; every request comes from there (Scrapy's hook)."""
        crawl = crawl_of(self.crawler)
        with crawl.store.transaction():
            for found, name in self._all_seeds(crawl):
                crawl.store.ledger.add(found, crawl.now(), run_started_at=crawl.run.started_at, site=name)
            self._revisit(crawl)
        nothing: tuple[Any, ...] = ()
        for item in nothing:  # what makes this an asynchronous iterator, and an empty one
            yield item

    def _all_seeds(self, crawl: Crawl) -> Iterator[tuple[Discovery, str]]:
        for name in crawl.scope.sites:
            site = crawl.site(name)
            if site is not None:
                yield from ((found, name) for found in self.seeds(site))

    def _revisit(self, crawl: Crawl) -> None:
        crawl.store.revisits.make_due(
            crawl.scope,
            crawl.now(),
            crawl.config.revisit.rules(),
            by_evidence=crawl.store.ledger.by_evidence,
            ahead_seconds=crawl.ahead_seconds,
        )

    def parse(self, response: Response, **_: Any) -> Iterator[Fetched]:
        """Hand a response over (Scrapy's hook)."""
        yield fetched(response)

    def failed(self, failure: Failure) -> Iterator[Failed]:
        """Hand over a request that brought no response (Scrapy's hook)."""
        request = failure.request  # type: ignore[attr-defined]
        crawl = crawl_of(self.crawler)
        if request.meta.pop("under_way", False):  # refused before it was sent
            crawl.store.ledger.arrived(request.meta["lease"].host)
        if not isinstance(failure.value, LetGoError):  # nothing is known of that; its lease goes back at the run's end
            yield explain(failure.value, request.meta["lease"])


#: Words by which OpenSSL's and Twisted's messages show that it was the certificate or the handshake.
_TLS_WORDS = ("certificate", "ssl", "tls", "handshake")

_KINDS: tuple[tuple[type[BaseException], str, bool, bool], ...] = (
    # exception, kind, trouble of the host, trying again may help
    (CannotResolveHostError, "dns", True, True),
    (DownloadConnectionRefusedError, "refused", True, True),
    (DownloadTimeoutError, "timeout", True, True),
    (ResponseDataLossError, "truncated", False, True),
    (UnsupportedURLSchemeError, "scheme", False, False),
    (TurnTooFarError, "turn-too-far", False, True),
    (RobotsUnreachable, "robots-unreachable", True, True),
    (DownloadFailedError, "connection", True, True),
)


def explain(error: BaseException | None, lease: Lease) -> Failed:
    """Return a download's exception as a counted, explained failure."""
    message = " ".join(str(error).split())[:500] or type(error).__name__
    if isinstance(error, ForbiddenByRobots):
        return Failed(lease=lease, error="robots", evidence=message, passing=False)
    if isinstance(error, ForbiddenByRights):
        return Failed(lease=lease, error="opt-out", evidence=message, passing=False)
    if isinstance(error, DownloadCancelledError):  # raised for bodies above DOWNLOAD_MAXSIZE only, at times wordless
        said = message if message != type(error).__name__ else "the body is larger than fetch.max_body_mb"
        return Failed(lease=lease, error="too-large", evidence=said, passing=False)
    if any(word in message.replace(lease.fetch_url, "").lower() for word in _TLS_WORDS):
        return Failed(lease=lease, error="tls", evidence=message, of_host=True)
    for kind, name, of_host, passing in _KINDS:
        if isinstance(error, kind):
            return Failed(lease=lease, error=name, evidence=message, of_host=of_host, passing=passing)
    return Failed(lease=lease, error="download", evidence=f"{type(error).__name__}: {message}")


def seed(url: str, kind: Kind) -> Discovery:
    """Return the discovery of a URL that the configuration names."""
    return Discovery(url=url, kind=kind, via=Via.SEED)
