"""What an input is shows in what it holds, whatever it is called."""

import gzip
from pathlib import Path

import pytest

from collector.ingest import Form, _holds_texts, sort_inputs


def record(kind: str, body: bytes, content_type: str) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://post.example/1\r\n"
        "WARC-Date: 2026-01-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-00000000000{len(kind) % 10}>\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


INFO = record("warcinfo", b"software: a\r\n", "application/warc-fields")
TEXT = record("conversion", b"The ferry was late again.\n", "text/plain")
PAGE = record("response", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Late</p>", "application/http")


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("name", ["crawl.wet", "crawl.warc", "2026-01", "crawl.gz", "crawl.wet.bak"])
@pytest.mark.parametrize(
    ("records", "texts"), [((INFO, TEXT, PAGE), True), ((INFO, PAGE, TEXT), False), ((INFO,), False)]
)
def test_a_file_of_texts_is_known_by_its_records(
    tmp_path: Path, records: tuple[bytes, ...], texts: bool, name: str, compressed: bool
) -> None:
    path = tmp_path / name
    path.write_bytes(b"".join(map(gzip.compress, records)) if compressed else b"".join(records))
    (found,) = sort_inputs([str(path)], None, lambda: "")
    assert found.form is Form.WARC
    assert _holds_texts(path) == texts


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.html.gz", gzip.compress(b"<html><p>Late</p></html>"), Form.HTML),
        ("a.gz", gzip.compress(b"WARCraft is no archive"), Form.TEXT),
        ("a.gz", b"\x1f\x8bbroken", Form.TEXT),
        ("a", b"https://post.example/1\n", Form.URLS),
    ],
)
def test_what_is_no_archive_is_what_it_was(tmp_path: Path, name: str, content: bytes, form: Form) -> None:
    (tmp_path / name).write_bytes(content)
    (found,) = sort_inputs([str(tmp_path / name)], None, lambda: "")
    assert found.form is form
