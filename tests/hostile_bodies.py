"""Routes whose body is not what its header says, or is nothing to give to a parser."""

import gzip
import zlib
from typing import TYPE_CHECKING

from hostile_routes import HEAD, PAGE, chunk, route

if TYPE_CHECKING:
    from hostile import Wire

DEEP_LEVELS = 100_000
LONG_LINE_BYTES = 5_000_000

_XML = [("Content-Type", "application/xml")]


@route("/gzip-lie")
def gzip_lie(wire: "Wire") -> None:
    """Claim gzip for a page that is not packed."""
    wire.respond(PAGE, headers=[("Content-Encoding", "gzip")])


@route("/gzip-truncated")
def gzip_truncated(wire: "Wire") -> None:
    """Half of a gzip stream, its length honest."""
    packed = gzip.compress(PAGE, mtime=0)
    wire.respond(packed[: len(packed) // 2], headers=[("Content-Encoding", "gzip")])


@route("/gzip-checksum")
def gzip_checksum(wire: "Wire") -> None:
    """A gzip stream with a wrong checksum."""
    wire.respond(gzip.compress(PAGE, mtime=0)[:-8] + b"\0" * 8, headers=[("Content-Encoding", "gzip")])


@route("/gzip-trailing")
def gzip_trailing(wire: "Wire") -> None:
    """A gzip stream with garbage behind it."""
    wire.respond(gzip.compress(PAGE, mtime=0) + b"garbage", headers=[("Content-Encoding", "gzip")])


@route("/deflate-raw")
def deflate_raw(wire: "Wire") -> None:
    """A deflate stream without zlib's header, as some servers send it."""
    wire.respond(zlib.compress(PAGE)[2:-4], headers=[("Content-Encoding", "deflate")])


@route("/encoding-unknown")
def encoding_unknown(wire: "Wire") -> None:
    """A content coding that no registry knows."""
    wire.respond(PAGE, headers=[("Content-Encoding", "zorn")])


@route("/chunked-garbage")
def chunked_garbage(wire: "Wire") -> None:
    """Chunked, but the chunks' sizes are no numbers."""
    wire.send(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", b"many\r\n", PAGE, b"\r\nmore\r\n")


@route("/chunked-truncated")
def chunked_truncated(wire: "Wire") -> None:
    """Chunked, and closed within a chunk."""
    wire.send(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", chunk(PAGE)[: len(PAGE) // 2])


@route("/chunked-oversized")
def chunked_oversized(wire: "Wire") -> None:
    """Chunked, with a first chunk that claims four exabytes."""
    wire.send(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", b"3fffffffffffffff\r\n", PAGE)


@route("/empty")
def empty(wire: "Wire") -> None:
    """200 with no body."""
    wire.respond()


@route("/binary-as-html")
def binary_as_html(wire: "Wire") -> None:
    """A picture's bytes as text/html."""
    wire.respond(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 64)


@route("/nul-bytes")
def nul_bytes(wire: "Wire") -> None:
    """A page with NUL bytes in its text."""
    wire.respond(PAGE.replace(b"harm", b"ha\0rm"))


@route("/invalid-utf-8")
def invalid_utf_8(wire: "Wire") -> None:
    """A page that says UTF-8 and is not."""
    wire.respond(PAGE.replace(b"harm", b"ha\xff\xfe\xc3rm"))


@route("/deep-html")
def deep_html(wire: "Wire") -> None:
    """A hundred thousand elements, each within the other."""
    wire.respond(b"<html><body>" + b"<div>" * DEEP_LEVELS + b"<p>Deep down.</p>")


@route("/long-line")
def long_line(wire: "Wire") -> None:
    """A paragraph of five megabytes without a space."""
    wire.respond(b"<html><body><p>" + b"x" * LONG_LINE_BYTES + b"</p></body></html>")


@route("/entities.xml")
def entities(wire: "Wire") -> None:
    """A feed whose title expands to three gigabytes of laughter."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    wire.respond(
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{levels}]>'
        "<rss version='2.0'><channel><title>&l9;</title></channel></rss>".encode(),
        headers=_XML,
    )


@route("/external-entity.xml")
def external_entity(wire: "Wire") -> None:
    """A feed whose title is a file of the client's machine."""
    wire.respond(
        b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
        b"<rss version='2.0'><channel><title>&f;</title></channel></rss>",
        headers=_XML,
    )


@route("/sitemap-self.xml")
def sitemap_self(wire: "Wire") -> None:
    """A sitemap index that names itself."""
    wire.respond(_index(wire.server.url("/sitemap-self.xml")), headers=_XML)


@route("/sitemaps/")
def sitemaps(wire: "Wire") -> None:
    """A sitemap index, ``/sitemaps/1.xml``, that names the next one, and so on without end."""
    number = int(wire.path.rpartition("/")[2].removesuffix(".xml"))
    wire.respond(_index(wire.server.url(f"/sitemaps/{number + 1}.xml")), headers=_XML)


def _index(url: str) -> bytes:
    return (
        '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{url}</loc></sitemap></sitemapindex>"
    ).encode()
