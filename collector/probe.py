"""A few polite requests outside a crawl: robots.txt obeyed, one at a time, with the delay that the host asks for.

For looking at a site before it is crawled (`collector.survey`). Bodies and times are bounded, certificates are
verified, and robots.txt is asked about every hop of a redirect.
"""

import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from collector.config import Config
from collector.robots import MAX_ROBOTS_BYTES, RobotsRules
from corpus.archive.coding import decode_content
from corpus.errors import DecodeError, PageError
from corpus.hosts import host_of
from corpus.urls import resolve

#: RFC 9309, section 2.3.1.2: crawlers should follow at least five redirects of robots.txt.
_ROBOTS_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK_BYTES = 65_536


class ProbeError(PageError):
    """A request brought no usable response."""


class ForbiddenError(ProbeError):
    """robots.txt forbids the URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response."""

    #: Its URL, the last one of a chain of redirects.
    url: str
    status: int
    content_type: str | None
    #: Content-decoded.
    body: bytes = field(repr=False)


class Prober:
    """Asks for one URL after the other.

    Args:
        config: Who we are, how fast we may ask, and whether robots.txt is obeyed.
        sleep: Waits so many seconds.
        clock: Tells seconds that only ever grow.
    """

    def __init__(
        self,
        config: Config,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._sleep = sleep
        self._clock = clock
        self._pools: dict[str | None, urllib3.PoolManager] = {}
        self._robots: dict[str, RobotsRules] = {}
        self._last_request: dict[str, float] = {}
        #: Requests made so far.
        self.requests = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in self._pools.values():
            pool.clear()

    def get(self, url: str) -> Answer:
        """Return the response to a GET request, whatever its status; redirects are followed.

        Raises:
            ForbiddenError: robots.txt forbids the URL, or a URL that it redirects to.
            ProbeError: There was no response, or its body is too large or damaged.
        """
        for _ in range(self._config.fetch.max_redirects + 1):
            self._ask_robots(url)
            answer, location = self._request(url, int(self._config.fetch.max_body_mb * 1e6))
            if location is None:
                return answer
            url = _follow(url, location)
        raise ProbeError(url, f"more than {self._config.fetch.max_redirects} redirects")

    def robots(self, url: str) -> RobotsRules:
        """Return the rules of a URL's host; its robots.txt is fetched once.

        Raises:
            ProbeError: There was no response.
        """
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        if origin not in self._robots:
            file = f"{origin}/robots.txt"
            status, body = self._fetch_robots(file)
            self._robots[origin] = RobotsRules.parse(status, body, self._config.collector.robots_token, url=file)
        return self._robots[origin]

    def _ask_robots(self, url: str) -> None:
        if not self._config.robots.obey:
            return
        decision = self.robots(url).decide(url)
        if not decision.allowed:
            raise ForbiddenError(url, f"robots.txt forbids it: {decision.evidence}")

    def _fetch_robots(self, url: str) -> tuple[int, bytes]:
        for _ in range(_ROBOTS_REDIRECTS + 1):
            answer, location = self._request(url, 20 * MAX_ROBOTS_BYTES)
            if location is None:
                return answer.status, answer.body
            url = _follow(url, location)
        return 404, b""  # RFC 9309, section 2.3.1.2: may be taken as not available

    # -- one request ----------------------------------------------------------------------------------------------

    def _request(self, url: str, limit_bytes: int) -> tuple[Answer, str | None]:
        """Return a response and, where it redirects, the location."""
        self._await_turn(url)
        deadline = self._clock() + self._config.fetch.timeout_seconds
        self.requests += 1
        try:
            response = self._pool(url).request(
                "GET",
                url,
                headers={
                    "User-Agent": self._config.collector.user_agent,
                    "Accept": "*/*",
                    "Accept-Encoding": "gzip, deflate, br",
                },
                timeout=urllib3.Timeout(total=self._config.fetch.timeout_seconds),
                redirect=False,
                retries=False,
                preload_content=False,
            )
            try:
                body = self._read(response, url, deadline, limit_bytes)
            finally:
                response.close()
        except HTTPError as error:
            raise ProbeError(url, _explain(error, self._config.fetch.timeout_seconds)) from error
        finally:
            self._last_request[host_of(url)] = self._clock()
        location = response.headers.get("Location") if response.status in _REDIRECTS else None
        try:
            decoded = decode_content(body, response.headers.getlist("Content-Encoding"), limit_bytes, url=url)
        except DecodeError as error:
            raise ProbeError(url, error.message) from error
        content_type = response.headers.get("Content-Type")
        return Answer(url=url, status=response.status, content_type=content_type, body=decoded), location

    def _await_turn(self, url: str) -> None:
        host = host_of(url)
        if host not in self._last_request:
            return
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        asked = self._robots[origin].crawl_delay_seconds if origin in self._robots else None
        fetch = self._config.fetch
        delay = max(fetch.delay_seconds, min(asked or 0.0, fetch.max_crawl_delay_seconds))
        wait = self._last_request[host] + delay - self._clock()
        if wait > 0:
            self._sleep(wait)

    def _read(self, response: urllib3.BaseHTTPResponse, url: str, deadline: float, limit_bytes: int) -> bytes:
        pieces: list[bytes] = []
        room = limit_bytes
        # One receive at a time: reading more at once would wait as long as a server keeps dripping.
        while piece := response.read1(_CHUNK_BYTES, decode_content=False):
            room -= len(piece)
            if room < 0:
                raise ProbeError(url, f"larger than {limit_bytes / 1e6:g} MB")
            if self._clock() > deadline:
                raise ProbeError(url, f"no whole response in {self._config.fetch.timeout_seconds:g} s")
            pieces.append(piece)
        return b"".join(pieces)

    def _pool(self, url: str) -> urllib3.PoolManager:
        """Return the pool for a URL: through the environment's proxy, as Scrapy does, or straight."""
        parts = urlsplit(url)
        proxy = urllib.request.getproxies().get(parts.scheme)
        if proxy is not None and urllib.request.proxy_bypass(parts.hostname or ""):
            proxy = None
        if proxy not in self._pools:
            self._pools[proxy] = urllib3.PoolManager() if proxy is None else urllib3.ProxyManager(proxy)
        return self._pools[proxy]


def _follow(url: str, location: str) -> str:
    try:
        return resolve(urljoin(url, location))
    except ValueError as error:
        raise ProbeError(url, f"redirects to what is no web page: {location[:200]}") from error


def _explain(error: HTTPError, timeout_seconds: float) -> str:
    match error:
        case NameResolutionError():
            return "there is no such host"
        case NewConnectionError():  # a kind of ConnectTimeoutError, though nothing timed out
            return f"no connection: {str(error).rpartition(': ')[2]}"
        case ConnectTimeoutError() | ReadTimeoutError():
            return f"no answer in {timeout_seconds:g} s"
        case SSLError():
            return f"no trustworthy connection (TLS): {error}"
    return f"no whole response: {error}"
