"""Makes large WARC and WET files of the evaluation data's pages: as many records as are asked for, no two texts alike.

Every record is a page of the evaluation data under a made-up host, URL and date; the words of each run of text are in
another order. So lengths, markup, vocabulary and languages are those of real pages, and texts resemble one another no
more than articles do. Laid out as Common Crawl's news files are: compressed record by record, bodies without the coding
that they had on the wire.
"""

import gzip
import json
import random
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from lxml import etree, html

from benchmarks.page_dumps import dump
from cleaners.decode import decode
from corpus.errors import PageError

#: Made-up hosts; a prime, so that each has pages of many kinds.
_HOSTS = 1009
_LEVEL = 6
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_SCRIPT = re.compile(rb"(<(script|style)\b.*?</\2\s*>)", re.IGNORECASE | re.DOTALL)
#: Text between tags that is long enough to be a sentence.
_RUN = re.compile(rb"(?<=>)[^<>]{40,}(?=<)")
_DAY = re.compile(rb"\b20[0-2]\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b")

#: A page of the evaluation data: its domain ("" where that is unknown) and its bytes.
Source = tuple[str, bytes]


def read_sources(data: Path) -> list[Source]:
    """Return the pages of the evaluation data, in a fixed order."""
    with gzip.open(data / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = sorted(map(json.loads, lines), key=lambda row: str(row["id"]))
    return [(row.get("domain") or "", gzip.decompress((data / row["html"]).read_bytes())) for row in rows]


def make_warc(file: Path, sources: Sequence[Source], records: int) -> list[int]:
    """Write a WARC of responses; return the offsets of these, in order."""

    def response(number: int) -> bytes:
        domain, body = sources[number % len(sources)]
        body = vary(body, domain, number)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Crawler-Content-Length: {len(body)}\r\n\r\n"
        return _record("response", number, "application/http; msgtype=response", head.encode() + body)

    return _write(file, records, response)


def make_wet(file: Path, sources: Sequence[Source], records: int) -> list[int]:
    """Write a WET file; return the offsets of its texts, in order."""
    dumps = [text for number, (_, body) in enumerate(sources) if (text := _dump(body, number)).strip()]

    def conversion(number: int) -> bytes:
        chance = random.Random(number)
        lines = dumps[number % len(dumps)].split("\n")
        text = "\n".join(_shuffled(line, chance) if len(line) >= 40 else line for line in lines)
        return _record("conversion", number, "text/plain", text.encode())

    return _write(file, records, conversion)


def vary(body: bytes, domain: str, number: int) -> bytes:
    """Return a page with its words in another order, and another host and other days in it.

    Args:
        body: The page.
        domain: Its domain, "" where that is unknown.
        number: Which of its variants.
    """
    chance = random.Random(number)
    if domain:
        body = body.replace(domain.encode(), _host(number).encode())
    body = _DAY.sub(f"{_time(number):%Y-%m-%d}".encode(), body)
    pieces = _SCRIPT.split(body)  # text, script, its name, text, …
    for place in range(0, len(pieces), 3):
        pieces[place] = _RUN.sub(lambda run: _shuffled_bytes(run[0], chance), pieces[place])
    del pieces[2::3]
    return b"".join(pieces)


def _write(file: Path, records: int, record: Callable[[int], bytes]) -> list[int]:
    offsets = []
    with file.with_suffix(".part").open("wb") as out:
        out.write(gzip.compress(_record("warcinfo", -1, "application/warc-fields", b"software: bulk\r\n"), mtime=0))
        for number in range(records):
            offsets.append(out.tell())
            out.write(gzip.compress(record(number), _LEVEL, mtime=0))
    file.with_suffix(".part").replace(file)
    return offsets


def _record(kind: str, number: int, content_type: str, block: bytes) -> bytes:
    fields = {
        "WARC-Type": kind,
        "WARC-Date": f"{_time(number):%Y-%m-%dT%H:%M:%SZ}",
        "WARC-Record-ID": f"<urn:uuid:{UUID(int=number + 2)}>",
        "Content-Type": content_type,
        "Content-Length": str(len(block)),
    }
    if number >= 0:
        fields["WARC-Target-URI"] = f"https://{_host(number)}/{_time(number):%Y/%m/%d}/story-{number}.html"
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def _host(number: int) -> str:
    return f"www.paper-{number % _HOSTS}.example"


def _time(number: int) -> datetime:
    return _FIRST_DAY + timedelta(minutes=11 * max(0, number))


def _shuffled_bytes(run: bytes, chance: random.Random) -> bytes:
    words = run.split(b" ")
    chance.shuffle(words)
    return b" ".join(words)


def _shuffled(line: str, chance: random.Random) -> str:
    words = line.split(" ")
    chance.shuffle(words)
    return " ".join(words)


def _dump(body: bytes, number: int) -> str:
    try:
        tree = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", decode(body).text))
    except (PageError, etree.LxmlError, ValueError):
        return ""
    return dump(tree, number)
