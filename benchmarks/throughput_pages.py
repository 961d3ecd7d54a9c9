"""The pages that `throughput` lets every system read: served on loopback, as files, and as a WARC.

    python -m benchmarks.throughput_pages FOLDER

serves the folders that `part_of` made in FOLDER: each host has a sitemap ``/NAME.xml`` for every one. It prints its
port and answers on 16 addresses of the loopback network until it is killed. All answers are made beforehand, compressed
as servers do, and sent without delay.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import asyncio
import gzip
import hashlib
import json
import random
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial

from benchmarks.extraction import read_truth
from corpus.archive.writer import ArchiveWriter

#: Sites share them by the registered domain of their pages, so that each host has pages of one kind, as a site has.
HOSTS = tuple(f"127.0.0.{number}" for number in range(2, 18))
_PAGES = "pages.jsonl"
#: What a server compresses with by default (nginx: 1, Apache: 6).
_LEVEL = 6
_BACKLOG = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A page as it is served."""

    host: str
    path: str
    #: Where its bytes stand, uncompressed.
    file: str
    #: The URL it once had, "" where that is unknown.
    url: str

    def address(self, port: int) -> str:
        """Return its URL on loopback."""
        return f"http://{self.host}:{port}{self.path}"


def lay_out(folder: Path, data: Path, number: int, *, seed: int = 0) -> list[Served]:
    """Write a random sample of the evaluation data's pages to a folder, in random order.

    Args:
        folder: Where to; ``pages/*.html`` and a list of them.
        data: The evaluation data.
        number: How many pages; fewer where there are not as many.
        seed: Of the sample.
    """
    rows = sorted(read_truth(data), key=lambda row: str(row["id"]))
    chosen = random.Random(seed).sample(rows, min(number, len(rows)))
    (folder / "pages").mkdir(parents=True)
    served = []
    for place, row in enumerate(chosen):
        domain = hashlib.sha256((row.get("domain") or row["id"]).encode()).digest()
        file = folder / "pages" / f"{place:05d}.html"
        file.write_bytes(gzip.decompress((data / row["html"]).read_bytes()))
        host = HOSTS[domain[0] % len(HOSTS)]
        served.append(Served(host=host, path=f"/news/story-{place:05d}.html", file=str(file), url=row.get("url") or ""))
    _list_pages(folder, served)
    return served


def part_of(folder: Path, served: Sequence[Served], name: str) -> Path:
    """Return a folder with some of the pages, as links to their files."""
    part = folder / name
    (part / "pages").mkdir(parents=True)
    for page in served:
        (part / "pages" / Path(page.file).name).hardlink_to(page.file)
    _list_pages(part, served)
    return part


def _list_pages(folder: Path, served: Sequence[Served]) -> None:
    (folder / _PAGES).write_text("".join(f"{json.dumps(asdict(page))}\n" for page in served), "utf-8")


def read_pages(folder: Path) -> list[Served]:
    """Return the pages of a folder that `lay_out` or `part_of` made."""
    return [Served(**json.loads(line)) for line in (folder / _PAGES).read_text("utf-8").splitlines()]


def write_warc(folder: Path, port: int) -> Path:
    """Write a folder's pages as a WARC of the responses that the server gives; return the file."""
    with ArchiveWriter(folder / "warc", prefix="pages") as writer:
        for page in read_pages(folder):
            writer.write_exchange(
                url=page.address(port),
                fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
                request_line_and_headers=f"GET {page.path} HTTP/1.1\r\nHost: {page.host}:{port}\r\n\r\n".encode(),
                status=200,
                reason="OK",
                headers=((b"Content-Type", b"text/html"), (b"Content-Encoding", b"gzip")),
                wire_body=gzip.compress(Path(page.file).read_bytes(), _LEVEL, mtime=0),
                protocol="HTTP/1.1",
            )
    (file,) = (folder / "warc").iterdir()
    return file


# -- serving ----------------------------------------------------------------------------------------------------------


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Serve the parts that stand in a folder, in a process of its own; yield the port."""
    command = [sys.executable, __file__, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield int(server.stdout.readline())
        finally:
            server.kill()


class Answering(asyncio.Protocol):
    """One connection: answers GET after GET from a table of whole responses."""

    def __init__(self, answers: dict[tuple[str, str], bytes], host: str) -> None:
        self._answers = answers
        self._host = host
        self._asked = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        *requests, self._asked = (self._asked + data).split(b"\r\n\r\n")
        for request in requests:
            path = request.split(b" ", 2)[1].decode("latin-1")
            self._transport.write(self._answers.get((self._host, path), _NOTHING))


_NOTHING = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"


def _response(body: bytes, media_type: str) -> bytes:
    packed = gzip.compress(body, _LEVEL, mtime=0)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}"
    return f"{head}\r\n\r\n".encode() + packed


def _sitemap(pages: Sequence[Served], port: int) -> bytes:
    urls = "".join(f"<url><loc>{page.address(port)}</loc></url>" for page in pages)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


async def serve(folder: Path) -> None:
    """Serve the pages of all parts, and a sitemap for each host and part, until the process is killed."""
    parts = {file.parent.name: read_pages(file.parent) for file in folder.glob(f"part-*/{_PAGES}")}
    loop = asyncio.get_running_loop()
    answers: dict[tuple[str, str], bytes] = {}
    port = 0
    for host in HOSTS:
        making = partial(Answering, answers, host)
        server = await loop.create_server(making, host, port, backlog=_BACKLOG)
        port = server.sockets[0].getsockname()[1]
        for name, pages in parts.items():
            own = [page for page in pages if page.host == host]
            answers |= {(host, page.path): _response(Path(page.file).read_bytes(), "text/html") for page in own}
            answers[host, f"/{name}.xml"] = _response(_sitemap(own, port), "application/xml")
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
