"""Routes that break or hold the connection, lie about the length, or send more than anybody wants."""

import gzip
import itertools
import zlib
from functools import cache
from typing import TYPE_CHECKING

from hostile_routes import HEAD, PAGE, chunk, route

if TYPE_CHECKING:
    from hostile import Wire

HUGE_BYTES = 300_000_000
BOMB_BYTES = 200 << 20


@route("/close")
def close(wire: "Wire") -> None:
    """Close in good order without a byte."""


@route("/reset")
def reset(wire: "Wire") -> None:
    """Reset before a byte is sent."""
    wire.reset()


@route("/reset-mid-header")
def reset_mid_header(wire: "Wire") -> None:
    """Reset within the header."""
    wire.send(HEAD)
    wire.wait(0.05)
    wire.reset()


@route("/reset-mid-body")
def reset_mid_body(wire: "Wire") -> None:
    """Reset after half of the body."""
    wire.send(HEAD, b"Content-Length: %d\r\n\r\n" % len(PAGE), PAGE[: len(PAGE) // 2])
    wire.wait(0.05)
    wire.reset()


@route("/stall")
def stall(wire: "Wire") -> None:
    """Take the request and never answer."""
    wire.stall()


@route("/stall-mid-header")
def stall_mid_header(wire: "Wire") -> None:
    """Stop within the header."""
    wire.send(HEAD)
    wire.stall()


@route("/stall-mid-body")
def stall_mid_body(wire: "Wire") -> None:
    """Stop after half of the body."""
    wire.send(HEAD, b"Content-Length: %d\r\n\r\n" % len(PAGE), PAGE[: len(PAGE) // 2])
    wire.stall()


@route("/drip")
def drip(wire: "Wire") -> None:
    """Send an honest page a byte every ``?every=`` seconds (1)."""
    wire.send(HEAD, b"Content-Length: %d\r\n\r\n" % len(PAGE))
    for byte in PAGE:
        wire.send(bytes([byte]))
        wire.wait(wire.argument("every", 1))


@route("/drip-header")
def drip_header(wire: "Wire") -> None:
    """Send header fields without end, one every ``?every=`` seconds (1)."""
    wire.send(HEAD)
    for number in itertools.count():
        wire.send(b"X-Patience: %d\r\n" % number)
        wire.wait(wire.argument("every", 1))


@route("/length-too-long")
def length_too_long(wire: "Wire") -> None:
    """Promise a thousand bytes more than are sent."""
    wire.respond(PAGE, headers=[("Content-Length", str(len(PAGE) + 1000))])


@route("/length-too-short")
def length_too_short(wire: "Wire") -> None:
    """Promise a hundred bytes and send the whole page."""
    wire.respond(PAGE, headers=[("Content-Length", "100")])


@route("/length-garbage")
def length_garbage(wire: "Wire") -> None:
    """Promise ``about a page``."""
    wire.respond(PAGE, headers=[("Content-Length", "about a page")])


@route("/length-negative")
def length_negative(wire: "Wire") -> None:
    """Promise -1 bytes."""
    wire.respond(PAGE, headers=[("Content-Length", "-1")])


@route("/length-twice")
def length_twice(wire: "Wire") -> None:
    """Promise two different lengths."""
    wire.send(HEAD, b"Content-Length: 100\r\nContent-Length: %d\r\n\r\n" % len(PAGE), PAGE)


@route("/huge")
def huge(wire: "Wire") -> None:
    """Announce 300 MB and send them."""
    wire.send(HEAD, b"Content-Length: %d\r\n\r\n" % HUGE_BYTES)
    wire.stream(itertools.repeat(_megabyte(), HUGE_BYTES // len(_megabyte())))


@route("/huge-unannounced")
def huge_unannounced(wire: "Wire") -> None:
    """Send 300 MB without a length, to the connection's end."""
    wire.send(HEAD, b"\r\n")
    wire.stream(itertools.repeat(_megabyte(), HUGE_BYTES // len(_megabyte())))


@route("/huge-chunked")
def huge_chunked(wire: "Wire") -> None:
    """Send 300 MB in chunks."""
    wire.send(HEAD, b"Transfer-Encoding: chunked\r\n\r\n")
    wire.stream(itertools.repeat(chunk(_megabyte()), HUGE_BYTES // len(_megabyte())))
    wire.send(b"0\r\n\r\n")


@route("/gzip-bomb")
def gzip_bomb(wire: "Wire") -> None:
    """Send 0.2 MB that unpack to 200 MiB."""
    wire.respond(bomb(), headers=[("Content-Encoding", "gzip")])


@route("/gzip-bomb-twice")
def gzip_bomb_twice(wire: "Wire") -> None:
    """Send some kilobytes that unpack, by ``gzip, gzip``, to the same 200 MiB."""
    wire.respond(gzip.compress(bomb(), mtime=0), headers=[("Content-Encoding", "gzip, gzip")])


@route("/bomb.xml.gz")
def bomb_file(wire: "Wire") -> None:
    """Send the bomb as a file, as packed sitemaps come."""
    wire.respond(bomb(), headers=[("Content-Type", "application/gzip")])


@cache
def bomb() -> bytes:
    """Return gzip bytes of `BOMB_BYTES` of spaces.

    A block that ends with a full flush refers to nothing before it, so one packed mebibyte can be repeated.
    """
    block = b" " * (1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(BOMB_BYTES // len(block)):
        checksum = zlib.crc32(block, checksum)
    trailer = checksum.to_bytes(4, "little") + BOMB_BYTES.to_bytes(4, "little")
    header = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    return header + packed * (BOMB_BYTES // len(block)) + packer.flush(zlib.Z_FINISH) + trailer


@cache
def _megabyte() -> bytes:
    return b"<p>" + b"News without end. " * 55_555 + b"</p>\n" + b" " * 2
