"""Requests for the files that a host speaks to crawlers by, beside those that the ledger hands out."""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from collector.crawl import crawl_of
from collector.response import fetched_headers
from collector.stopping import LetGoError, unless_stopped
from corpus.archive.coding import decode_content
from corpus.errors import CollectorError

#: RFC 9309, section 2.3.1.2: crawlers should follow at least five redirects.
_MAX_REDIRECTS = 5
#: Longest that a request waits for its host's turn with the downloader's place taken.
_LONGEST_SLEEP_SECONDS = 30.0
#: RFC 9309, section 2.5: at least 500 KiB must be read.
_MAX_BYTES = 512_000


class TurnTooFarError(IgnoreRequest):
    """The host's next turn is too far away to wait for it with a request in hand; the ledger hands it out again."""


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What came of asking for a host's file."""

    #: None where there was no answer.
    status: int | None
    #: Decompressed, and cut at 512 kB.
    body: bytes = field(repr=False)
    #: The error, where there was one.
    evidence: str | None


async def ask_file(crawler: Crawler, url: str) -> FileAnswer:
    """Ask for a file and follow its redirects.

    Raises:
        LetGoError: The crawl was told to stop before there was an answer.
    """
    engine = crawler.engine
    assert engine is not None
    for _ in range(_MAX_REDIRECTS + 1):
        request = Request(url, callback=NO_CALLBACK, meta={"download_maxsize": 20 * _MAX_BYTES}, dont_filter=True)
        try:
            response = await engine.download_async(request)
        except LetGoError:  # which says nothing of the host
            raise
        except Exception as error:  # noqa: BLE001  # whatever a download can raise: no answer
            return FileAnswer(None, b"", f"{type(error).__name__}: {error}"[:500])
        location = response.headers.get("Location")
        if not (300 <= response.status < 400 and location):
            return FileAnswer(response.status, *_body(response))
        url = urljoin(url, location.decode("latin-1"))
        if urlsplit(url).scheme not in {"http", "https"}:
            break
    return FileAnswer(404, b"", "too many redirects")  # RFC 9309, section 2.3.1.2: may be taken as not available


async def await_turn(crawler: Crawler, host: str, site: str) -> None:
    """Wait for the next turn of a host, where the one that a request was leased with was spent on a file.

    Raises:
        TurnTooFarError: It is too far away.
        LetGoError: The crawl was told to stop.
    """
    crawl = crawl_of(crawler)
    with crawl.store.transaction():
        seconds = crawl.store.ledger.reserve(host, crawl.now(), crawl.pace(site))
    if seconds > _LONGEST_SLEEP_SECONDS:
        raise TurnTooFarError(f"the host's next turn is {seconds:.0f} s away")
    if seconds > 0:
        await unless_stopped(crawl, asyncio.sleep(seconds))


def _body(response: Response) -> tuple[bytes, str | None]:
    encodings = [value for name, value in fetched_headers(response.headers) if name.lower() == "content-encoding"]
    try:
        return decode_content(response.body, encodings, _MAX_BYTES, url=response.url)[:_MAX_BYTES], None
    except CollectorError as error:
        return response.body[:_MAX_BYTES], str(error)
