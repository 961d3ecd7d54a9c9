"""URLs: the one spelling that identifies a page, and the spelling that fetches it.

A page is *fetched* under the URL that was found (`resolve`), because servers may insist on a parameter we would drop;
it is *known* under its canonical URL (`canonicalise`), so that a story that was shared in ten ways is one story.
AMP and mobile twins are not guessed here: they are joined through the page's own rel=canonical.
"""

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Self
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from corpus.hosts import DEFAULT_PORTS, host_of, normalise_host, registrable_domain, same_site

__all__ = ["canonicalise", "host_of", "registrable_domain", "resolve", "same_site"]

#: Characters of the longest URL that is read. No server takes more, and pages carry megabytes in an attribute.
MAX_URL_CHARACTERS = 16_384

_C0_AND_SPACE = "".join(map(chr, range(0x21)))
_TAB_AND_NEWLINE = str.maketrans("", "", "\t\n\r")
_HAS_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})?")
_ESCAPED_AMPERSAND = re.compile(r"\A(?:amp;)+")
# Servlet, PHP and ASP.NET sessions that stand in the path: /story;jsessionid=1A2B, /(S(lit3py55t21z5v55vlm25s55))/story
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^;/]*|(?<=/)\((?:[A-Z]\([^()/]*\))+\)/", re.IGNORECASE)
_RANDOM = re.compile(r"[0-9a-f-]{16,}", re.IGNORECASE)


def resolve(url: str, base: str | None = None) -> str:
    """Return the absolute URL to fetch: valid ASCII, without fragment and userinfo, otherwise as written.

    Args:
        url: A URL or reference, as found.
        base: Absolute URL that a relative ``url`` is resolved against.

    Raises:
        ValueError: when the result is no http(s) URL, or longer than `MAX_URL_CHARACTERS`.

    >>> resolve("../नमस्ते?utm_source=rss#top", "https://example.com/a/b/c")
    'https://example.com/a/%E0%A4%A8%E0%A4%AE%E0%A4%B8%E0%A5%8D%E0%A4%A4%E0%A5%87?utm_source=rss'
    """
    return _make_valid(_join(_clean(_bounded(url)), base))


def canonicalise(url: str, base: str | None = None) -> str:
    """Return the URL that identifies the page.

    Scheme and host in lower case, host in punycode, default port, userinfo and fragment off; dot segments resolved;
    percent-encoding as in RFC 3986, section 6.2.2 (upper-case digits, unreserved characters decoded, everything else
    that may not stand in a URL encoded as UTF-8); tracking parameters, sessions, empty parameters and an empty query
    off (``url_parameters.toml``). Scheme, ``www.``, trailing and double slashes stay: servers tell them apart.

    Parameters are sorted by name, those of one name keep their order. No server that we know of tells ``?a=1&b=2``
    from ``?b=2&a=1``, while content systems write both and faceted menus write every permutation; and as pages are
    fetched under the URL that was found, sorting can never break a request. A query with a part that is no
    ``name=value`` (``?news,12&print``) is an address of another kind and keeps its order.

    Args:
        url: A URL or reference.
        base: Absolute URL that a relative ``url`` is resolved against.

    Raises:
        ValueError: when the result is no http(s) URL, or longer than `MAX_URL_CHARACTERS`.

    >>> canonicalise("HTTP://user:pw@Example.COM:80/a/../%7Ebob/?utm_source=x&b=2&a=%2f#!top")
    'http://example.com/~bob/?a=%2F&b=2'
    """
    return _normalise(resolve(url, base))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parameters:
    """What ``url_parameters.toml`` says, ready to be asked."""

    names: frozenset[str]
    prefixes: tuple[str, ...]
    names_by_value: frozenset[str]
    values: frozenset[str]
    names_if_random: frozenset[str]

    @classmethod
    def read(cls) -> Self:
        table = tomllib.loads(files("corpus").joinpath("url_parameters.toml").read_text(encoding="utf-8"))
        tracking, session = table["tracking"], table["session"]
        return cls(
            names=frozenset(tracking["names"] + session["names"]),
            prefixes=tuple(tracking["prefixes"] + session["prefixes"]),
            names_by_value=frozenset(tracking["by_value"]["names"]),
            values=frozenset(tracking["by_value"]["values"]),
            names_if_random=frozenset(session["if_random"]),
        )

    def chooses_page(self, parameter: str) -> bool:
        """Tell whether a ``name=value`` pair may have a say in which page is served."""
        name, _, value = unquote(parameter).lower().partition("=")
        if name in self.names or name.startswith(self.prefixes):
            return False
        if name in self.names_by_value:
            return value not in self.values
        return not (name in self.names_if_random and _RANDOM.fullmatch(value))


_PARAMETERS = _Parameters.read()


def _bounded(url: str) -> str:
    if len(url) > MAX_URL_CHARACTERS:
        raise ValueError(f"URL of {len(url)} characters: {url[:200]!r}…")
    return url


def _clean(url: str) -> str:
    # Of the URL Standard's preparations: no controls or spaces around, no tabs or line ends within. Other white space
    # around an address (no-break spaces out of an editor) was never meant either.
    return url.strip(_C0_AND_SPACE).strip().translate(_TAB_AND_NEWLINE)


def _join(url: str, base: str | None) -> str:
    scheme = _HAS_SCHEME.match(url)
    if scheme is None and base is None:
        raise ValueError(f"relative URL without a base: {url[:200]!r}")
    if scheme is not None and scheme[1].lower() not in DEFAULT_PORTS:
        raise ValueError(f"no http(s) URL: {url[:200]!r}")
    end = min((place for place in (url.find("?"), url.find("#")) if place >= 0), default=len(url))
    # To browsers a backslash is a slash, and any number of slashes begins an authority.
    url = url[:end].replace("\\", "/") + url[end:]
    if scheme is not None and (base is None or not _is_relative_to(url, scheme[1], base)):
        return f"{scheme[1]}://{url[scheme.end() :].lstrip('/')}"
    if url.startswith("///"):
        url = "//" + url.lstrip("/")
    return urljoin(_resolved_base(base or ""), url)


def _is_relative_to(url: str, scheme: str, base: str) -> bool:
    # "http:story.html" on an http page is a reference, on an https page an absolute URL without its slashes.
    return not url[len(scheme) + 1 :].startswith("//") and urlsplit(base).scheme == scheme.lower()


@functools.lru_cache(maxsize=256)
def _resolved_base(base: str) -> str:
    return resolve(base)


# The pages of a site share most of their links: the menu is resolved once.
@functools.lru_cache(maxsize=16_384)
def _make_valid(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"no http(s) URL: {url[:200]!r}")
    host = normalise_host(parts.hostname)
    port = parts.port
    if port is not None and port != DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    return _bounded(safe_url_string(urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))))


@functools.lru_cache(maxsize=16_384)
def _normalise(url: str) -> str:
    parts = urlsplit(url)
    path = _normalise_percent(parts.path)
    while (shorter := _remove_dot_segments(_SESSION_IN_PATH.sub("", path))) != path:  # one may hide another
        path = shorter
    return _bounded(urlunsplit((parts.scheme, parts.netloc, path, _normalise_query(parts.query), "")))


def _normalise_percent(text: str) -> str:
    return _PERCENT.sub(_normalise_escape, text)


def _normalise_escape(found: re.Match[str]) -> str:
    if found[1] is None:
        return "%25"
    code = int(found[1], 16)
    return chr(code) if code in _UNRESERVED else found[0].upper()


def _normalise_query(query: str) -> str:
    parameters = [_ESCAPED_AMPERSAND.sub("", part) for part in _normalise_percent(query).split("&")]
    kept = [part for part in parameters if part and _PARAMETERS.chooses_page(part)]
    if all("=" in part for part in kept):
        kept.sort(key=lambda part: part.partition("=")[0])
    return "&".join(kept)


def _remove_dot_segments(path: str) -> str:
    """Resolve ``.`` and ``..`` (RFC 3986, section 5.2.4); empty segments are segments."""
    if "/." not in path:
        return path
    *folders, last = path.split("/")[1:]
    kept: list[str] = []
    for segment in [*folders, "" if last in {".", ".."} else last]:
        if segment == ".." and kept:
            kept.pop()
        elif segment not in {".", ".."}:
            kept.append(segment)
    if last == ".." and len(kept) > 1:
        del kept[-2]
    return "/" + "/".join(kept)
