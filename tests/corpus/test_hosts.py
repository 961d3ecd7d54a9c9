"""A site is what one owner registered; a port that is not the default makes another."""

import pytest

from corpus.urls import host_of, registrable_domain, same_site


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.Example.com/a", "www.example.com"),
        ("https://example.com:443/", "example.com"),
        ("http://example.com:443/", "example.com:443"),
        ("http://127.0.0.1:8000/", "127.0.0.1:8000"),
        ("http://[::1]:8000/", "[::1]:8000"),
        ("http://user@localhost/", "localhost"),
    ],
)
def test_a_host_has_its_port_unless_it_is_the_default(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://news.bbc.co.uk/1", "bbc.co.uk"),
        ("https://www.gov.uk/", "www.gov.uk"),
        ("https://one.blogspot.com/", "one.blogspot.com"),
        ("https://blogspot.com/", "blogspot.com"),
        ("https://www.example.com:8443/", "example.com:8443"),
        ("http://127.0.0.1:8000/", "127.0.0.1:8000"),
        ("http://[::1]/", "[::1]"),
        ("http://localhost:8000/", "localhost:8000"),
        ("http://intranet/", "intranet"),
        ("http://news.valley.example/", "valley.example"),
        ("https://www.ଓଡ଼ିଶା.ଭାରତ/", "xn--mhc2a1dxale.xn--3hcrj9c"),
    ],
)
def test_a_site_is_what_was_registered(url: str, site: str) -> None:
    assert registrable_domain(url) == site


def test_subdomains_and_schemes_are_one_site() -> None:
    assert same_site("http://example.com/", "https://sport.example.com/a")


@pytest.mark.parametrize(
    "other",
    ["http://127.0.0.2:8000/", "http://127.0.0.1:8001/", "http://localhost:8000/"],
)
def test_loopback_addresses_and_ports_are_different_sites(other: str) -> None:
    assert not same_site("http://127.0.0.1:8000/", other)


def test_the_default_port_is_the_scheme_s_own() -> None:
    assert same_site("http://example.com:80/", "https://example.com:443/")


@pytest.mark.parametrize("url", ["/a", "mailto:a@example.com", "http://"])
def test_a_url_without_a_host_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no host"):
        host_of(url)
