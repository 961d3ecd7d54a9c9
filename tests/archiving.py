"""What the tests of the archive share: exchanges to write, and a small archive to break."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus.archive import ArchiveWriter
from corpus.types import WarcRecord

FETCHED_AT = datetime(2026, 11, 22, 6, 10, 5, 198402, tzinfo=UTC)


def make_exchange(**changes: Any) -> dict[str, Any]:
    """Return the arguments of `write_exchange` for a small page."""
    return {
        "url": "http://a.example/story",
        "fetched_at": FETCHED_AT,
        "request_line_and_headers": b"GET /story HTTP/1.1\r\nHost: a.example\r\nUser-Agent: test\r\n\r\n",
        "status": 200,
        "reason": "OK",
        "headers": [("Content-Type", "text/html; charset=utf-8"), ("Server", "test")],
        "wire_body": b"<html><title>A story</title><p>What happened.</p></html>",
        "protocol": "HTTP/1.1",
        "ip": "192.0.2.7",
    } | changes


def write_archive(folder: Path, bodies: Sequence[bytes] = (b"<p>0</p>", b"<p>1</p>", b"<p>2</p>")) -> list[WarcRecord]:
    """Write an archive of one file with an exchange for each body; return where their responses stand."""
    with ArchiveWriter(folder, prefix="run") as writer:
        return [
            writer.write_exchange(**make_exchange(url=f"http://a.example/{number}", wire_body=body))
            for number, body in enumerate(bodies)
        ]


def only_file(folder: Path) -> Path:
    """Return the one WARC file of an archive."""
    (path,) = folder.glob("*.warc.gz")
    return path


def put(path: Path, content: bytes) -> Path:
    """Write a file and return its path."""
    path.write_bytes(content)
    return path
