"""Whatever a feed or sitemap is wrapped in, its text comes out, and nothing that expands."""

import gzip
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.discovery.documents import decode, decompress, root_name, skip_prolog
from corpus.errors import DiscoveryError

URL = "https://example.com/sitemap.xml.gz"


@pytest.mark.parametrize("times", [0, 1, 2])
def test_gzip_is_undone_as_often_as_it_was_done(times: int) -> None:
    body = b"<urlset/>"
    for _ in range(times):
        body = gzip.compress(body)
    assert decompress(body, URL) == b"<urlset/>"


def test_gzip_of_several_members_is_one_stream() -> None:
    assert decompress(gzip.compress(b"<urlset>") + gzip.compress(b"</urlset>"), URL) == b"<urlset></urlset>"


@pytest.mark.parametrize("wrap", [bytes, gzip.compress])
def test_the_limit_is_the_last_length_that_is_read(wrap: type[bytes]) -> None:
    assert len(decompress(wrap(b"x" * 1000), URL, limit_bytes=1000)) == 1000
    with pytest.raises(DiscoveryError, match="longer than 1000 bytes"):
        decompress(wrap(b"x" * 1001), URL, limit_bytes=1000)


def test_a_bomb_is_left_undecompressed() -> None:
    with pytest.raises(DiscoveryError, match="longer than"):
        decompress(gzip.compress(b"\0" * 5_000_000), URL, limit_bytes=100_000)


@pytest.mark.parametrize("cut", [5, 12, -9, -1])
def test_a_stream_cut_short_is_an_error(cut: int) -> None:
    with pytest.raises(DiscoveryError, match="cut short"):
        decompress(gzip.compress(b"<urlset>" * 100)[:cut], URL)


def test_a_broken_stream_is_an_error() -> None:
    with pytest.raises(DiscoveryError, match="broken"):
        decompress(b"\x1f\x8b" + b"x" * 100, URL)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_decompressed_or_refused(body: bytes) -> None:
    for candidate in (body, b"\x1f\x8b\x08" + body):
        with suppress(DiscoveryError):
            decompress(candidate, URL, limit_bytes=1000)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<a>é</a>".encode(), None),
        ("<a>é</a>".encode(), "text/xml; charset=iso-8859-1"),
        ("<a>é</a>".encode("utf-8-sig"), None),
        ("<a>é</a>".encode("utf-16"), None),
        ("<a>é</a>".encode("utf-16-le"), None),
        ("<a>é</a>".encode("utf-16-be"), None),
        ("<a>é</a>".encode("utf-32"), None),
        ("<a>é</a>".encode("latin-1"), None),
        ("<a>é</a>".encode("latin-1"), "application/xml; charset=ISO-8859-1"),
        ("<a>é</a>".encode("latin-1"), "application/xml; charset=no-such-charset"),
        (b"<a>\x01\xc3\xa9\x0b</a>", None),
    ],
)
def test_the_encoding_is_found(body: bytes, content_type: str | None) -> None:
    assert decode(body, content_type).replace("\ufffd", "") == "<a>é</a>"


def test_the_declaration_is_believed_before_the_header() -> None:
    body = '<?xml version="1.0" encoding="windows-1251"?><a>Привет</a>'.encode("windows-1251")
    assert "Привет" in decode(body, "text/xml; charset=iso-8859-1")


def test_a_declaration_that_cannot_be_is_passed_over() -> None:
    body = b'<?xml version="1.0" encoding="utf-8"?><a>\xe9</a>'
    assert "<a>é</a>" in decode(body)


@pytest.mark.parametrize(
    "prolog",
    [
        "",
        "\ufeff \n",
        '<?xml version="1.0"?>',
        "<!-- <b> -->",
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a [<!ENTITY e "<b>"><!ENTITY f SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY e "]>">]>',
        "<?php echo '<' ?>",
        "garbage < here > ",
    ],
)
def test_nothing_before_the_root_is_left(prolog: str) -> None:
    assert skip_prolog(prolog + "<a>&e;</a>").startswith("<a>")


@pytest.mark.parametrize("text", ["", "text", "<", "<!-- never closed <a>", "<!DOCTYPE a [<!ENTITY", "<?xml <a>"])
def test_what_has_no_root_is_empty(text: str) -> None:
    assert skip_prolog(text) == ""


@pytest.mark.parametrize(("text", "name"), [("<RSS>", "rss"), ("<x:urlset a='b'>", "urlset"), ("{", ""), ("", "")])
def test_the_root_is_called_by_its_local_name(text: str, name: str) -> None:
    assert root_name(text) == name
