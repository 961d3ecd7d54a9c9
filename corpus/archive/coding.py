"""Undoes what HTTP did to a body on its way: content codings (RFC 9110 §8.4.1) and chunks (RFC 9112 §7.1).

The archive, the ingest of local files and foreign WARCs all meet the same lies: a ``Content-Encoding`` that names a
coding which somebody has already undone (ClueWeb09, CC-NEWS before May 2019), ``deflate`` without its zlib frame, a
gzip of 200 kB that inflates to 200 MB. They are answered here, once, and within a limit that the caller sets.
"""

import re
import zlib
from collections.abc import Callable, Iterable

from corpus.archive.inflate import DAMAGE, Decompressor, Inflater, Unbrotli, drain, zstd_decompressor
from corpus.errors import DecodeError, TooLargeError

#: More codings than this on one body are an attack, not a choice.
_MAX_CODINGS = 4
#: A gzip body may have several members (bgzip makes one for each 64 KiB); millions of empty ones are an attack.
_MAX_STREAMS = 1000
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
#: RFC 9659: no zstd body on the web needs a window above 8 MiB, so none gets the memory for one.
_ZSTD_WINDOW_LOG = 23
#: Control characters that no text has: none occurs in UTF-8, in the ISO, Windows and EUC families, in GBK, Shift JIS or
#: ISO-2022 (which needs ESC, shift-out and shift-in), while compressed data has one every ten bytes.
_BINARY = re.compile(rb"[\x00-\x08\x10-\x1a\x1c-\x1f]")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")


def decode_content(body: bytes, encodings: Iterable[str], limit: int, *, url: str) -> bytes:
    """Undo the content codings of a body.

    Tolerated, because servers and archives do it: a coding that was never applied or is already undone, where the body
    is plainly text; ``deflate`` with or without its zlib frame; several gzip members; padding behind the compressed
    stream; codings that nobody knows, which are ignored as browsers do.

    Args:
        body: The body as it came over the wire, without transfer coding.
        encodings: Values of the ``Content-Encoding`` fields, in order; each may list several codings.
        limit: The most bytes that the result, and each step towards it, may have.
        url: Names the page in errors.

    Raises:
        TooLargeError: as soon as more than ``limit`` bytes come out.
        DecodeError: when the compressed stream is damaged or breaks off.

    >>> decode_content(__import__("gzip").compress(b"<p>fine</p>"), ["gzip"], limit=1000, url="http://a.example/")
    b'<p>fine</p>'
    """
    codings = [coding.strip().lower() for value in encodings for coding in value.split(",")]
    known = [coding for coding in codings if coding in _DECODERS]
    if len(known) > _MAX_CODINGS:
        raise DecodeError(url, f"{len(known)} content codings on one body, more than {_MAX_CODINGS}")
    for coding in reversed(known):
        try:
            body = _DECODERS[coding](body, limit)
        except OverflowError as error:
            message = f"{coding} body of {len(body)} bytes inflates to more than {limit}"
            raise TooLargeError(url, message) from error
        except EOFError as error:
            raise DecodeError(url, f"{coding} body breaks off after {len(body)} bytes") from error
        except DAMAGE as error:
            raise DecodeError(url, f"damaged {coding} body: {error}") from error
    if len(body) > limit:
        raise TooLargeError(url, f"body of {len(body)} bytes, more than {limit}")
    return body


def dechunk(body: bytes, *, url: str) -> bytes:
    r"""Undo chunked transfer coding.

    A body that does not begin with a chunk size is returned as it is: some crawlers undid the coding and kept the
    header field. A last chunk that was never sent is forgiven where the body ends between two chunks.

    Raises:
        DecodeError: when the body breaks off inside a chunk, or something else stands where a chunk should begin.

    >>> dechunk(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", url="http://a.example/")
    b'abcde'
    """
    chunks: list[bytes] = []
    at = 0
    while at < len(body):
        size_line = _CHUNK_SIZE.match(body, at)
        if size_line is None:
            if not chunks:
                return body
            raise DecodeError(url, f"no chunk begins at byte {at} of a chunked body")
        size, start = int(size_line[1], 16), size_line.end()
        if size == 0:
            break
        if start + size > len(body):
            raise DecodeError(url, f"chunk of {size} bytes breaks off after {len(body) - start}")
        chunks.append(body[start : start + size])
        at = start + size
        at += 2 if body.startswith(b"\r\n", at) else 1 if body.startswith(b"\n", at) else 0
    return b"".join(chunks)


def looks_textual(body: bytes) -> bool:
    r"""Tell whether the first kilobyte has none of the control characters that compressed data is full of.

    >>> looks_textual("<html>日本".encode("euc-jp")), looks_textual(b"\x1f\x8b\x08\x00")
    (True, False)
    """
    return _BINARY.search(body, 0, 1024) is None


def _gunzip(body: bytes, limit: int) -> bytes:
    return _unframe(body, limit, _GZIP, Inflater)


def _unzstd(body: bytes, limit: int) -> bytes:
    return _unframe(body, limit, _ZSTD, lambda: zstd_decompressor(max_window_log=_ZSTD_WINDOW_LOG))


def _unframe(body: bytes, limit: int, magic: bytes, new: Callable[[], Decompressor]) -> bytes:
    if not body.startswith(magic) and looks_textual(body):
        return body
    streams: list[bytes] = []
    size = at = 0
    while not streams or body.startswith(magic, at):
        if len(streams) == _MAX_STREAMS:
            raise zlib.error(f"more than {_MAX_STREAMS} streams")
        stream, at = drain(new(), body, limit - size, at)
        streams.append(stream)
        size += len(stream)
    return b"".join(streams)


def _undeflate(body: bytes, limit: int) -> bytes:
    # RFC 9110 §8.4.1.2 notes that some servers send the stream without its zlib frame (RFC 1950 §2.2: CM 8, FCHECK).
    framed = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0
    if not framed and looks_textual(body):
        return body
    return drain(Inflater(15 if framed else -15), body, limit)[0]


def _unbrotli(body: bytes, limit: int) -> bytes:
    try:
        return drain(Unbrotli(), body, limit)[0]
    except (EOFError, *DAMAGE):
        # Brotli has no magic bytes: whether it was applied at all shows only here.
        if looks_textual(body):
            return body
        raise


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
