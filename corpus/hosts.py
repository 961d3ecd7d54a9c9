"""Hosts of URLs: their one spelling, and the site they belong to.

Everything the collector keeps by site or by host (robots.txt, politeness, what a site repeats) is keyed with these
names, so that ``WWW.Example.com.`` and ``www.example.com`` share a clock and ``127.0.0.1:8000`` and ``127.0.0.2:8000``
do not.
"""

import functools
import ipaddress
import re
import socket
from urllib.parse import unquote_to_bytes, urlsplit

import idna
import tldextract

#: Ports that go without saying.
DEFAULT_PORTS = {"http": 80, "https": 443}

# Forbidden domain code points of the URL Standard (https://url.spec.whatwg.org/#forbidden-domain-code-point), beside
# everything outside ASCII, which has become punycode by the time this is asked.
_FORBIDDEN = re.compile(r"[^!$&'()*+,\-.0-9;=_a-z~]")
# The URL Standard's "ends in a number": such a host is an IPv4 address or nothing.
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")


def normalise_host(host: str) -> str:
    """Return the one spelling of a host: lower case, punycode, canonical IP address, no dot at its end.

    International names are encoded as browsers do it (UTS 46, non-transitional, IDNA 2008), so that ``ß`` and the
    joiners that Persian and Sinhala names need survive; names that IDNA 2008 refuses (emoji) fall back to IDNA 2003.

    Args:
        host: A host without port, as written in a URL; IPv6 addresses without brackets.

    Raises:
        ValueError: when it is no host.

    >>> normalise_host("WWW.Bücher.example.")
    'www.xn--bcher-kva.example'
    >>> normalise_host("0x7f.1")
    '127.0.0.1'
    """
    if ":" in host and "%" not in host:
        return f"[{ipaddress.IPv6Address(host).compressed}]"
    name = _to_ascii(unquote_to_bytes(host).decode()).removesuffix(".")
    labels = name.split(".")
    if _FORBIDDEN.search(name) or "" in labels or len(name) > 253 or max(map(len, labels)) > 63:
        raise ValueError(f"no host: {host!r}")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        return _read_ipv4(name)
    return name


def host_of(url: str) -> str:
    """Return the URL's host, with its port unless that is the scheme's default.

    Raises:
        ValueError: when ``url`` names no host.

    >>> host_of("https://WWW.Example.com:443/news")
    'www.example.com'
    >>> host_of("http://127.0.0.1:8000/")
    '127.0.0.1:8000'
    """
    name, port = _split_host(url)
    return name if port is None else f"{name}:{port}"


def registrable_domain(url: str) -> str:
    """Return what a site is called: the domain that its owner registered, with a port that is not the default.

    The suffixes are those of the public suffix list bundled with tldextract, private ones (``blogspot.com``) among
    them, because each blog there is a site of its own. Hosts without a suffix (IP addresses, ``localhost``, intranet
    names) are their own site, and so is a host that is itself a suffix.

    Raises:
        ValueError: when ``url`` names no host.

    >>> registrable_domain("https://news.bbc.co.uk/1/hi")
    'bbc.co.uk'
    >>> registrable_domain("http://127.0.0.1:8000/") == registrable_domain("http://127.0.0.2:8000/")
    False
    """
    name, port = _split_host(url)
    site = _registered_name(name)
    return site if port is None else f"{site}:{port}"


def same_site(a: str, b: str) -> bool:
    """Tell whether two URLs belong to one site: the same registrable domain and port, whatever the scheme.

    >>> same_site("http://example.com/", "https://news.example.com/a")
    True
    """
    return registrable_domain(a) == registrable_domain(b)


@functools.lru_cache(maxsize=4096)
def _registered_name(name: str) -> str:
    if name.startswith("[") or _NUMERIC_LABEL.fullmatch(name.rpartition(".")[2]):
        return name
    found = _extractor().extract_str(name)
    if not found.suffix:
        # A name under no known suffix (``.example``, ``.local``): the list's rule for those is one label.
        return ".".join(name.split(".")[-2:])
    return found.top_domain_under_public_suffix or name


@functools.cache
def _extractor() -> tldextract.TLDExtract:
    # No list is fetched and no cache is written: the same URL has the same site on every machine.
    return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


@functools.lru_cache(maxsize=16_384)
def _split_host(url: str) -> tuple[str, int | None]:
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError(f"no host in {url!r}")
    port = parts.port
    return normalise_host(parts.hostname), None if port == DEFAULT_PORTS.get(parts.scheme) else port


@functools.lru_cache(maxsize=4096)
def _to_ascii(name: str) -> str:
    if name.isascii() and "xn--" not in name.lower():
        return name.lower()
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return name.encode("idna").decode("ascii").lower()


def _read_ipv4(name: str) -> str:
    # inet_aton reads octal, hexadecimal and short forms exactly as browsers do; ipaddress refuses them.
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError as error:
        raise ValueError(f"no IPv4 address: {name!r}") from error
