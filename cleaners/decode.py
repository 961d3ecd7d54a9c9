"""Bytes to text: the one place where a page's character encoding is decided.

The order is the HTML Standard's (https://html.spec.whatwg.org/#determining-the-character-encoding): byte order mark,
declaration of the header, declaration of the page, detection. It differs in one point: a declaration is believed only
as far as the bytes agree with it, because sites change their encoding and forget their templates.
"""

import re
from codecs import getincrementaldecoder
from dataclasses import dataclass

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

from cleaners.config import DecodeConfig
from cleaners.misread import may_be_misread, mend

#: The legacy encodings of the Encoding Standard (https://encoding.spec.whatwg.org/#names-and-labels) by their Python
#: names, without five Latin ones that no site uses and a detector likes: it need not look further.
_WEB_NAMES = (
    "utf_8 gb18030 big5hkscs euc_jp iso2022_jp cp932 cp949 cp866 cp874 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 "
    "cp1256 cp1257 cp1258 iso8859_2 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_15 koi8_r koi8_u mac_cyrillic"
)
_WEB_ENCODINGS = list(_WEB_NAMES.split())
#: The HTML Standard's default encoding by language (the table at the end of its "encoding sniffing algorithm").
_LANGUAGE_ENCODINGS = {
    language: encoding
    for encoding, languages in {
        "cp1256": "ar fa ur",
        "cp1251": "ba be bg kk ky mk ru sah sr tg tt uk",
        "cp1250": "cs hr hu pl ro sk sl",
        "cp1253": "el",
        "cp1257": "et lt lv",
        "cp1255": "he",
        "cp932": "ja",
        "cp949": "ko",
        "cp1254": "az ku tr",
        "cp874": "th",
        "cp1258": "vi",
        "gb18030": "zh zh-cn zh-sg zh-hans",
        "big5hkscs": "zh-tw zh-hk zh-mo zh-hant",
        "cp1252": "da de en es fi fr id is it ms nl no nb pt sv sw",
    }.items()
    for language in languages.split()
}
#: Single-byte Latin code pages, which differ in a few letters: a detector guesses among them, a language knows.
_LATIN = {"cp1250", "cp1252", "cp1254", "cp1257", "cp1258", "iso8859-2", "iso8859-15"}

_MULTIBYTE = {"gb18030", "big5hkscs", "cp932", "cp949", "euc_jp"}

_LAST_RESORTS = ("cp1252", "cp932", "gb18030", "cp949", "euc_jp", "big5hkscs")

_LANG_ATTRIBUTE = re.compile(
    rb"<html[^>]{0,500}?\slang\s*=\s*[\"']?([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)", re.IGNORECASE
)
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# NUL and the C0 controls that no text holds; form feed and escape (ISO-2022) may stand in text.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_CONTROL_BYTES = bytes(code for code in range(128) if _CONTROLS.match(chr(code)))
_ASCII = bytes(range(128))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A page's text and how it was read."""

    text: str
    #: Python's name of the encoding.
    charset: str


def decode(body: bytes, content_type: str | None = None, config: DecodeConfig | None = None) -> Decoded:
    r"""Decode a page.

    Never fails: what cannot be decoded becomes U+FFFD. Control characters (NUL above all) are dropped.

    Args:
        body: the bytes as they came, content encoding (gzip, …) already taken off.
        content_type: value of the ``Content-Type`` header.
        config: thresholds; the defaults where None.

    >>> decode("Straße".encode("latin-1"), "text/html; charset=utf-8")
    Decoded(text='Straße', charset='cp1252')
    >>> decode("Straße nach Gießen".encode(), "text/html; charset=iso-8859-1")
    Decoded(text='Straße nach Gießen', charset='utf-8')
    >>> decode("StraÃ\x9fe nach GieÃ\x9fen".encode())  # misread once, and saved as UTF-8
    Decoded(text='Straße nach Gießen', charset='utf-8')
    """
    config = config or DecodeConfig()
    encoding, mark = read_bom(body)
    if encoding and mark is not None:
        text = _clean(body[len(mark) :].decode(encoding, "replace"))
        return Decoded(text=_sound(text, body, encoding), charset=encoding)
    if encoding := _wide(body, config):
        return Decoded(text=_clean(_read(body, encoding)), charset=encoding)
    encoding = _choose(body, _declared(body, content_type), config)
    text = _read(body, encoding)
    # In these encodings controls are the bytes that they are in ASCII; bytes are looked through many times as fast.
    controlled = len(body.translate(None, _CONTROL_BYTES)) < len(body) or "\ufffe" in text or "\uffff" in text
    text = _clean(text) if controlled else text.rstrip("\ufffd")
    return Decoded(text=_sound(text, body, encoding), charset=encoding)


def _sound(text: str, body: bytes, encoding: str) -> str:
    """Mend what was misread before it came into a page of UTF-8."""
    return mend(text) if encoding == "utf-8" and may_be_misread(body) else text


def _clean(text: str) -> str:
    """Drop control characters, and what a cut in the middle of a character leaves at the end."""
    return _CONTROLS.sub("", text).rstrip("\ufffd")


def _declared(body: bytes, content_type: str | None) -> tuple[str, ...]:
    """Return the encodings that header and page declare, the stronger first."""
    labels = (http_content_type_encoding(content_type), html_body_declared_encoding(body))
    # A declaration that can be read as ASCII cannot be UTF-16 or UTF-32: the standard reads UTF-8 instead.
    narrow = ("utf-8" if label.startswith(("utf-16", "utf-32")) else label for label in labels if label)
    return tuple(dict.fromkeys(narrow))


def _wide(body: bytes, config: DecodeConfig) -> str | None:
    """Recognise UTF-16 without a mark by its NUL bytes: markup is ASCII, so every other byte is one."""
    sample = body[: config.sample_bytes]
    pairs = len(sample) // 2
    if not pairs:
        return None
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if sample[start::2].count(0) > config.min_wide_share * pairs and not sample[1 - start :: 2].count(0):
            return encoding
    return None


def _choose(body: bytes, declared: tuple[str, ...], config: DecodeConfig) -> str:
    if body.isascii():
        # ISO-2022-JP is the one encoding of the web that is written in ASCII bytes.
        return next(
            (label for label in declared if label.startswith("iso2022")), "iso2022_jp" if b"\x1b$B" in body else "utf-8"
        )
    if _is_utf8(body, declared, config):
        return "utf-8"
    for label in declared:
        if label != "utf-8" and bad_share(body, label) <= config.max_bad_share:
            return label
    return _detect(body, config)


def _is_utf8(body: bytes, declared: tuple[str, ...], config: DecodeConfig) -> bool:
    """Whether the bytes are UTF-8, whatever the page says.

    Text in another encoding is all but never valid UTF-8, except for a few letters of a multi-byte one by chance; so
    the declaration of such an encoding yields only to several sequences.
    """
    try:
        # Not final: a cut in the middle of the last character is no error.
        getincrementaldecoder("utf-8")().decode(body, final=False)
    except UnicodeDecodeError:
        sequences = len(_UTF8_SEQUENCE.findall(body))
        strays = len(_UTF8_SEQUENCE.sub(b"", body).translate(None, _ASCII))
        return strays <= sequences * (config.max_stray_share if "utf-8" in declared else config.max_bad_share)
    if not _MULTIBYTE.isdisjoint(declared):
        return len(_UTF8_SEQUENCE.findall(body)) >= config.min_utf8_sequences
    return True


def bad_share(body: bytes, encoding: str) -> float:
    """Return the share of the non-ASCII characters that cannot be decoded, in [0, 1]."""
    text = _read(body, encoding).rstrip("\ufffd")
    foreign = len(text) - sum(map(str.isascii, text)) if not text.isascii() else 0
    return text.count("\ufffd") / foreign if foreign else 0.0


def _read(body: bytes, encoding: str) -> str:
    """Decode with strays replaced: in UTF-8 and windows-1252 by what a browser of their time showed."""
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-8":
            return _mixed(body)
        if encoding == "cp1252":
            # The Encoding Standard maps the five holes of the code page to C1 controls.
            return body.decode("cp1252", "replace")
        return body.decode(encoding, "replace")


def _mixed(body: bytes) -> str:
    """Decode UTF-8 that holds scraps of windows-1252, as pasted text and old widgets leave them."""
    pieces, end = [], 0
    for match in _UTF8_SEQUENCE.finditer(body):
        pieces += [body[end : match.start()].decode("cp1252", "replace"), match.group().decode("utf-8", "replace")]
        end = match.end()
    tail = body[end:]
    return "".join(pieces) + tail.rstrip(bytes(range(0xC2, 0xF5)) + bytes(range(0x80, 0xC0))).decode(
        "cp1252", "replace"
    )


def _detect(body: bytes, config: DecodeConfig) -> str:
    sample = body if len(body) <= config.max_detect_bytes else _dense(body, config)
    guess = from_bytes(sample, cp_isolation=_WEB_ENCODINGS).best()
    encoding = resolve_encoding(guess.encoding) if guess else None
    if (hint := _hint(body, config)) and (encoding is None or (encoding in _LATIN and hint in _LATIN)):
        return hint
    if encoding in _LATIN and len(sample.translate(None, _ASCII)) < config.min_latin_bytes:
        return "cp1252"
    return encoding or min(_LAST_RESORTS, key=lambda name: bad_share(body, name))


def _hint(body: bytes, config: DecodeConfig) -> str | None:
    """Return the usual encoding of the language that the page declares, where the bytes agree with it."""
    match = _LANG_ATTRIBUTE.search(body[: config.sample_bytes])
    encoding = _of_language(match.group(1).decode("ascii")) if match else None
    return encoding if encoding and bad_share(body, encoding) <= config.max_bad_share else None


def _dense(body: bytes, config: DecodeConfig) -> bytes:
    """Return the stretch of the body that begins at the first foreign byte of its densest part."""
    size = config.max_detect_bytes
    starts = range(0, len(body), size)
    return max(
        (body[start : start + size] for start in starts), key=lambda piece: len(piece[::7].translate(None, _ASCII))
    )


def _of_language(tag: str) -> str | None:
    tag = tag.lower()
    return _LANGUAGE_ENCODINGS.get(tag) or _LANGUAGE_ENCODINGS.get(tag.split("-")[0])
