"""The demo outlets on loopback: started and stopped as one, with every request on record."""

import threading
import time
from dataclasses import dataclass
from types import TracebackType

from collector.demo.articles import DemoArticle, OddPage
from collector.demo.content import OUTLETS, read_articles
from collector.demo.dakshin_samachar import DakshinSamachar
from collector.demo.harbour_post import HarbourPost
from collector.demo.layout import Layout, encode_path
from collector.demo.masthead import Masthead, read_masthead
from collector.demo.server import LoopbackServer, QuietHandler
from collector.demo.site import Site
from collector.demo.valley_ledger import ValleyLedger
from corpus.errors import ConfigError

_LAYOUTS: dict[str, type[Layout]] = {
    "harbour-post": HarbourPost,
    "valley-ledger": ValleyLedger,
    "dakshin-samachar": DakshinSamachar,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that an outlet got."""

    #: Seconds on the monotonic clock when its header had been read.
    time: float
    #: Address and port that were asked: ``127.0.0.1:8800``.
    host: str
    #: Request target as received.
    path: str
    #: Header fields, names in lower case.
    headers: dict[str, str]
    method: str
    #: Status that it was answered with.
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """An outlet while it is served."""

    key: str
    name: str
    #: Language of most of its articles, BCP 47.
    language: str
    #: Home, with a slash at its end.
    url: str
    #: Host and port, as in `Request.host`.
    host: str
    feed_url: str
    #: The sitemaps that its robots.txt names.
    sitemap_urls: tuple[str, ...]
    #: First page of every section's front.
    section_urls: tuple[str, ...]

    def url_of(self, path: str) -> str:
        """Return the absolute, percent-encoded address of a path of this outlet."""
        return self.url[:-1] + encode_path(path)


class DemoNewsSites:
    """Serve the demo outlets within a ``with`` block.

    Args:
        addresses: one for each outlet to serve, at most three: The Harbour Post, Valley Ledger, Dakshin Samachar.
        port: the port on every address; 0 for any free one, another for each outlet.
        crawl_delay_seconds: Crawl-delay in robots.txt; 0 for none.

    >>> with DemoNewsSites(addresses=("127.0.0.1",)) as sites:
    ...     sites.outlets[0].name
    'The Harbour Post'
    """

    def __init__(
        self,
        *,
        addresses: tuple[str, ...] = ("127.0.0.1", "127.0.0.2", "127.0.0.3"),
        port: int = 0,
        crawl_delay_seconds: float = 0.2,
    ) -> None:
        if not 1 <= len(addresses) <= len(OUTLETS):
            raise ConfigError(f"addresses: {len(addresses)} given, 1 to {len(OUTLETS)} wanted")
        if crawl_delay_seconds < 0:
            raise ConfigError(f"crawl_delay_seconds: {crawl_delay_seconds} < 0")
        self.addresses = addresses
        self.port = port
        self.crawl_delay_seconds = crawl_delay_seconds
        self.outlets: tuple[Outlet, ...] = ()
        self._lock = threading.Lock()
        self._requests: list[Request] = []
        self._servers: list[LoopbackServer] = []
        self._mastheads = tuple(read_masthead(key) for key in OUTLETS[: len(addresses)])
        self._sites: dict[str, Site] = {}
        self._updated = False

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every request so far, in order of arrival."""
        with self._lock:
            return tuple(self._requests)

    @property
    def truth(self) -> tuple[DemoArticle, ...]:
        """Every article of the outlets served, as they stand now."""
        return tuple(
            article for masthead in self._mastheads for article in read_articles(masthead, updated=self._updated)
        )

    @property
    def odd_pages(self) -> tuple[OddPage, ...]:
        """Every page of the outlets served that is no article."""
        return tuple(page for site in self._sites.values() for page in site.odd_pages)

    def outlet(self, key: str) -> Outlet:
        """Return the outlet called ``key``."""
        return next(outlet for outlet in self.outlets if outlet.key == key)

    def url_of(self, page: DemoArticle | OddPage) -> str:
        """Return the absolute, percent-encoded address of a page, an article's canonical one."""
        return self.outlet(page.outlet).url_of(page.path)

    def forget_requests(self) -> None:
        """Begin the record of requests anew."""
        with self._lock:
            self._requests.clear()

    def update(self) -> None:
        """Let the newsrooms work on: articles that have a second version show it from now on."""
        self._updated = True
        self._draw()

    def start(self) -> None:
        """Bind the addresses and serve.

        Raises:
            ConfigError: when an address can't be bound.
        """
        try:
            for masthead, address in zip(self._mastheads, self.addresses, strict=True):
                self._servers.append(self._bind(masthead, address))
        except ConfigError:
            self.close()
            raise
        pairs = zip(self._mastheads, self._servers, strict=True)
        self.outlets = tuple(_outlet(masthead, server) for masthead, server in pairs)
        self._draw()
        for server in self._servers:
            server.start()

    def close(self) -> None:
        """Stop serving; the record of requests stays."""
        for server in self._servers:
            server.close()
        self._servers.clear()

    def __enter__(self) -> "DemoNewsSites":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _bind(self, masthead: Masthead, address: str) -> LoopbackServer:
        demo = self

        class Handler(QuietHandler):
            def do_GET(self) -> None:  # noqa: N802 - http.server's name
                demo._answer(masthead.key, self)

            do_HEAD = do_GET  # noqa: N815 - http.server's name

        try:
            return LoopbackServer((address, self.port), Handler)
        except OSError as error:
            raise ConfigError(f"{masthead.name} can't be served on {address}:{self.port}: {error.strerror}") from error

    def _draw(self) -> None:
        self._sites = {masthead.key: self._site(masthead) for masthead in self._mastheads}

    def _site(self, masthead: Masthead) -> Site:
        articles = read_articles(masthead, updated=self._updated)
        partners = tuple((outlet.name, outlet.url) for outlet in self.outlets if outlet.key != masthead.key)
        base = self.outlet(masthead.key).url[:-1]
        layout = _LAYOUTS[masthead.key](masthead, base, articles, partners)
        return Site(layout, crawl_delay_seconds=self.crawl_delay_seconds)

    def _answer(self, key: str, handler: QuietHandler) -> None:
        asked_at = time.monotonic()
        headers = {name.lower(): value for name, value in handler.headers.items()}
        answer = self._sites[key].find(handler.path).negotiate(headers)
        request = Request(
            time=asked_at,
            host=self.outlet(key).host,
            path=handler.path,
            headers=headers,
            method=handler.command,
            status=answer.status,
        )
        with self._lock:
            self._requests.append(request)
        # No Date: the same request is answered with the same bytes on every day.
        handler.send_response_only(answer.status)
        for name, value in answer.headers:
            handler.send_header(name, value)
        if answer.status != 304:
            handler.send_header("Content-Type", answer.content_type)
            handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(answer.body)


def _outlet(masthead: Masthead, server: LoopbackServer) -> Outlet:
    host = f"{server.server_name}:{server.server_port}"
    base = f"http://{host}"
    return Outlet(
        key=masthead.key,
        name=masthead.name,
        language=masthead.language,
        url=f"{base}/",
        host=host,
        feed_url=base + masthead.feed_path,
        sitemap_urls=tuple(base + path for path in masthead.sitemaps),
        section_urls=tuple(base + encode_path(masthead.section(slug)) for slug in masthead.sections),
    )
