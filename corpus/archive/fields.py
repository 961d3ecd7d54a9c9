"""Heads: the named fields of WARC records and HTTP messages, read leniently and written strictly.

Both formats write a first line, then ``Name: value`` lines, then an empty line. Crawlers of twenty years have written
them with bare line feeds (ClueWeb09), folded lines, no reason phrase, no colon and every character set, so reading
drops what cannot be a field and never fails. What we write is clean whatever a server or caller sent.
"""

import re
from collections.abc import Iterable

#: Named fields in order, names as received.
Fields = tuple[tuple[str, str], ...]

#: An HTTP head longer than this is none; servers stop at 8 to 64 KiB.
MAX_HTTP_HEAD_BYTES = 1 << 18

# Line ends pass through converters that double the carriage return; an open-ended \r* would search for hours.
_BLANK_LINE = re.compile(rb"\r{0,2}\n\r{0,2}\n")
_LINE_END = re.compile(rb"\r{0,2}\n")
_STATUS_LINE = re.compile(rb"(?:HTTP|http)/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)")
_REQUEST_LINE = re.compile(rb"[A-Z]{3,10} [^ \r\n]+ HTTP/\d")
_FOLD = re.compile(rb"[\r\n]+[ \t]*")


def parse_fields(lines: Iterable[bytes]) -> Fields:
    r"""Return the named fields on the lines of a head, without its first line.

    Values are UTF-8 where they can be and Latin-1 otherwise (RFC 9110 §5.5 calls the latter historical; servers send
    both). A line that begins with white space continues the one above it; a line without a colon is dropped.

    >>> parse_fields([b"Server: nginx", b"X-Place: K\xf6ln", b"X-Long: one", b"  two", b"nonsense"])
    (('Server', 'nginx'), ('X-Place', 'Köln'), ('X-Long', 'one two'))
    """
    fields: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if fields:
                name, value = fields[-1]
                fields[-1] = (name, f"{value} {to_text(line.strip())}".strip())
            continue
        raw_name, colon, raw_value = line.partition(b":")
        if colon and raw_name.strip():
            fields.append((to_text(raw_name.strip()), to_text(raw_value.strip())))
    return tuple(fields)


def to_text(raw: bytes) -> str:
    """Decode a line of a head: UTF-8, else Latin-1, which reads every byte."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def field_value(fields: Fields, name: str) -> str | None:
    """Return the first value of the field called ``name`` (lower case), or None."""
    return next((value for key, value in fields if key.lower() == name), None)


def split_http(block: bytes) -> tuple[int | None, Fields, bytes]:
    r"""Take an HTTP message apart.

    Returns:
        The status (None for a request or where no status line was found), the header fields, and the body. A block
        without an empty line is a head alone if it begins like one, and a body alone if not.

    >>> split_http(b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n<p>")
    (200, (('Server', 'nginx'),), b'<p>')
    """
    end = _BLANK_LINE.search(block, 0, MAX_HTTP_HEAD_BYTES)
    status_line = _STATUS_LINE.match(block)
    if end is None and not ((status_line or _REQUEST_LINE.match(block)) and len(block) <= MAX_HTTP_HEAD_BYTES):
        return None, (), block
    head, body = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    return int(status_line[1]) if status_line else None, parse_fields(_LINE_END.split(head)[1:]), body


def format_fields(fields: Iterable[tuple[str | bytes, str | bytes]]) -> bytes:
    r"""Write named fields, one to a line.

    A line break inside a name or value would end the field, or the head, and so becomes a space.

    >>> format_fields([("Name", "one\r\nInjected: two")])
    b'Name: one Injected: two\r\n'
    """
    return b"".join(b"%b: %b\r\n" % (_one_line(name), _one_line(value)) for name, value in fields)


def format_http_head(first_line: str | bytes, fields: Iterable[tuple[str | bytes, str | bytes]]) -> bytes:
    """Write a request or status line, the header fields and the empty line behind them."""
    return b"%b\r\n%b\r\n" % (_one_line(first_line), format_fields(fields))


def _one_line(text: str | bytes) -> bytes:
    raw = text.encode(errors="replace") if isinstance(text, str) else text
    return _FOLD.sub(b" ", raw).strip()
