"""The text of feeds and sitemaps, before any parser sees it: decoded, and without its prolog.

A DTD is nothing that a feed or sitemap needs, and all that an entity bomb or an external entity has: it is left out
with everything else before the root element, so no parser can expand what it never learns of.
"""

import codecs
import re
import zlib

from corpus.errors import DiscoveryError

#: Decompressed bytes of a feed or sitemap that are read; the sitemap protocol's own limit (sitemaps.org, "FAQ").
MAX_DOCUMENT_BYTES = 50 * 1024 * 1024

_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK_BYTES = 1 << 20
# UTF-32 before UTF-16: the little-endian mark of the former begins with that of the latter.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
# Not allowed in XML 1.0 (section 2.2), and enough to stop a strict parser.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_INTERNAL_SUBSET_END = re.compile(r"\]\s*>")


def decompress(body: bytes, url: str, *, limit_bytes: int = MAX_DOCUMENT_BYTES) -> bytes:
    """Return ``body`` gunzipped as often as it was gzipped (twice happens), or as it is.

    Raises:
        DiscoveryError: when the result is longer than ``limit_bytes``, or the stream is broken or cut short: gzip
            knows its own end, so a cut is a broken download, worth another request.
    """
    for _ in range(3):
        if not body.startswith(_GZIP_MAGIC):
            break
        body = _gunzip(body, url, limit_bytes)
    if len(body) > limit_bytes:
        raise DiscoveryError(url, f"longer than {limit_bytes} bytes")
    return body


def decode(body: bytes, content_type: str | None = None) -> str:
    """Return the text of an XML, JSON or plain document, without characters that XML forbids.

    A byte order mark decides; else bytes beyond ASCII that are valid UTF-8 are UTF-8, whatever is declared, because
    by chance they hardly ever are; else the XML declaration, then the Content-Type, then windows-1252 are tried.

    >>> decode("<a>é</a>".encode("latin-1"), "application/xml; charset=iso-8859-1")
    '<a>é</a>'
    """
    return _NOT_XML.sub("", _decode(body, content_type))


def skip_prolog(text: str) -> str:
    """Return ``text`` from its root element on; empty where there is none.

    >>> skip_prolog('<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e "<x>">]> <!-- c --> <r>&e;</r>')
    '<r>&e;</r>'
    """
    place = 0
    while (place := text.find("<", place)) >= 0:
        if text.startswith("<?", place):
            place = _after(text, "?>", place)
        elif text.startswith("<!--", place):
            place = _after(text, "-->", place)
        elif text.startswith("<!", place):
            place = _after_declaration(text, place)
        elif _ROOT.match(text, place):
            return text[place:]
        else:
            place += 1
    return ""


def root_name(text: str) -> str:
    """Return the local name, in lower case, of the element that ``text`` begins with; empty where it begins otherwise.

    >>> root_name("<rdf:RDF xmlns:rdf='…'>")
    'rdf'
    """
    root = _ROOT.match(text)
    return root[1].lower() if root else ""


def _gunzip(body: bytes, url: str, limit_bytes: int) -> bytes:
    pieces: list[bytes] = []
    room = limit_bytes + 1
    while body.startswith(_GZIP_MAGIC) and room > 0:
        member = zlib.decompressobj(wbits=31)
        try:
            while room > 0 and not member.eof:
                piece = member.decompress(body, min(room, _CHUNK_BYTES))
                body = member.unconsumed_tail
                if not piece and not body and not member.eof:
                    raise DiscoveryError(url, "gzip stream is cut short")
                pieces.append(piece)
                room -= len(piece)
        except zlib.error as error:
            raise DiscoveryError(url, "gzip stream is broken") from error
        body = member.unused_data
    if room <= 0:
        raise DiscoveryError(url, f"longer than {limit_bytes} bytes when decompressed")
    return b"".join(pieces)


def _decode(body: bytes, content_type: str | None) -> str:
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body.removeprefix(bom).decode(encoding, errors="replace")
    if b"\0" in body[:2] and b"<" in body[:2]:
        return body.decode("utf-16-be" if body.startswith(b"\0") else "utf-16-le", errors="replace")
    declared = [] if body.isascii() else ["utf-8"]
    if in_declaration := _DECLARED.match(body):
        declared.append(in_declaration[1].decode("ascii"))
    if in_header := _CHARSET.search(content_type or ""):
        declared.append(in_header[1])
    for encoding in declared:
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("windows-1252", errors="replace")


def _after(text: str, end: str, start: int) -> int:
    place = text.find(end, start)
    return len(text) if place < 0 else place + len(end)


def _after_declaration(text: str, start: int) -> int:
    close = _after(text, ">", start)
    subset = text.find("[", start, close)
    if subset < 0:
        return close
    end = _INTERNAL_SUBSET_END.search(text, subset)
    return end.end() if end else len(text)
