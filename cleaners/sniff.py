"""What a body is when it is no page: servers call PDFs, pictures and archives ``text/html`` too.

Signatures are those of the MIME Sniffing Standard (https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern)
and of a few formats that newspapers serve.
"""

import re

_SIGNATURES = (
    (b"%PDF-", "PDF"),
    (b"%!PS", "PostScript"),
    (b"\x89PNG\r\n\x1a\n", "PNG picture"),
    (b"\xff\xd8\xff", "JPEG picture"),
    (b"GIF87a", "GIF picture"),
    (b"GIF89a", "GIF picture"),
    (b"BM", "BMP picture"),
    (b"II*\x00", "TIFF picture"),
    (b"MM\x00*", "TIFF picture"),
    (b"\x00\x00\x01\x00", "icon"),
    (b"RIFF", "RIFF media"),
    (b"OggS", "Ogg media"),
    (b"ID3", "MP3 audio"),
    (b"fLaC", "FLAC audio"),
    (b"\x1aE\xdf\xa3", "Matroska video"),
    (b"FLV\x01", "Flash video"),
    (b"FWS", "Flash"),
    (b"CWS", "Flash"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
    (b"PK\x03\x04", "ZIP archive or office document"),
    (b"\x1f\x8b\x08", "gzip archive"),
    (b"BZh", "bzip2 archive"),
    (b"\xfd7zXZ\x00", "xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"\x28\xb5\x2f\xfd", "Zstandard archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office document"),
    (b"{\\rtf", "RTF document"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3\x00", "database"),
)
# Signatures of two or three letters open texts as well; they count only where binary bytes follow.
_SHORT = 3
_SAMPLE = 2048
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
#: Share of control characters above which a sample is binary, where it is no UTF-16; pages with NUL bytes have a few.
_MAX_CONTROL_SHARE = 0.1
_MARKUP = re.compile(
    rb"<(?:!doctype|html|head|body|title|meta|div|p|table|a|h1|span|script|br|font|center|b)\b", re.IGNORECASE
)
_DOCUMENT = re.compile(rb"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_XML_ROOT = re.compile(rb"<(rss|feed|rdf:RDF|urlset|sitemapindex|opml|svg|OpenSearchDescription)\b", re.IGNORECASE)
_PROLOGUE = re.compile(
    rb"(?:\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>))*\s*", re.DOTALL | re.IGNORECASE
)
_JSON = re.compile(rb"[\[{]\s*[\"\[{\]}\d]")


def sniff(body: bytes) -> str | None:
    """Name what the body is, or return None where it may be a page.

    >>> sniff(b"%PDF-1.7 ...")
    'PDF'
    >>> sniff(b"<!doctype html><p>Text") is None
    True
    """
    head = body[:_SAMPLE].lstrip(b"\xef\xbb\xbf \t\r\n\x0c")
    for signature, name in _SIGNATURES:
        if head.startswith(signature) and (len(signature) > _SHORT or _is_binary(head)):
            return name
    if head[4:8] == b"ftyp":
        return "MP4 video"
    if root := _XML_ROOT.match(head, _end_of_prologue(head)):
        return f"XML ({root[1].decode('ascii')})"
    if _JSON.match(head) and not _DOCUMENT.search(head):
        return "JSON"
    return (
        "binary data" if _is_binary(head) and not _MARKUP.search(body[: 16 * _SAMPLE]) and not _is_wide(head) else None
    )


def _end_of_prologue(head: bytes) -> int:
    match = _PROLOGUE.match(head)
    return match.end() if match else 0


def _is_binary(head: bytes) -> bool:
    return len(_CONTROL.findall(head)) > _MAX_CONTROL_SHARE * len(head)


def _is_wide(head: bytes) -> bool:
    """Whether every other byte is NUL, as in UTF-16 and UTF-32, or a mark says so."""
    return (
        head.startswith((b"\xff\xfe", b"\xfe\xff"))
        or max(head[0::2].count(0), head[1::2].count(0)) > 0.3 * len(head) / 2
    )
