"""A home page describes its site."""

import tarfile
from pathlib import Path

import pytest

from collector.discovery.site import FEED_PATHS, SITEMAP_PATHS, describe_site
from collector.robots import RobotsRules
from corpus.errors import DiscoveryError
from corpus.types import Kind, Via

URL = "https://www.valley.example/"
STORIES = "".join(f"<a href='/2026/05/story-{number}/'>x</a>" for number in range(3))


def page(head: str = "", body: str = STORIES, attributes: str = "") -> bytes:
    return f"<!DOCTYPE html><html {attributes}><head>{head}</head><body>{body}</body></html>".encode()


def test_announced_feeds_and_sitemaps_come_before_guesses() -> None:
    head = "<link rel='alternate' type='application/rss+xml' href='/rss-feed'>"
    robots = RobotsRules.parse(200, b"Sitemap: https://www.valley.example/news.xml", "newsbot")
    found = describe_site(page(head), URL, robots=robots)
    assert [(one.url, one.kind) for one in found.announced] == [
        ("https://www.valley.example/rss-feed", Kind.FEED),
        ("https://www.valley.example/news.xml", Kind.SITEMAP),
    ]
    assert found.announced[1].via is Via.ROBOTS
    assert found.candidates == ()


def test_without_announcements_the_usual_places_are_candidates() -> None:
    found = describe_site(page(), URL)
    assert [one.url.removeprefix(URL.rstrip("/")) for one in found.candidates] == [*SITEMAP_PATHS, *FEED_PATHS]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("<meta property='og:site_name' content=' The Valley Ledger '><title>Home</title>", "The Valley Ledger"),
        ("<meta name='application-name' content='Ledger'>", "Ledger"),
        ("<title>Ledger - News from the valley</title>", "Ledger"),
        ("<title>News from the valley | ଉପତ୍ୟକା</title>", "ଉପତ୍ୟକା"),
        ("<title>  </title>", "www.valley.example"),
        ("", "www.valley.example"),
    ],
)
def test_a_site_is_called_what_it_calls_itself(head: str, name: str) -> None:
    assert describe_site(page(head), URL).name == name


@pytest.mark.parametrize(
    ("attributes", "head", "language"),
    [
        ("lang='or'", "", "or"),
        ("lang='en_US'", "", "en-US"),
        ("", "<meta http-equiv='Content-Language' content='de'>", "de"),
        ("", "<meta property='og:locale' content='fr_CA'>", "fr-CA"),
        ("", "", None),
    ],
)
def test_the_declared_language_is_reported(attributes: str, head: str, language: str | None) -> None:
    assert describe_site(page(head, attributes=attributes), URL).language == language


def test_the_encoding_is_seen_through() -> None:
    body = "<title>Täler</title>".encode("latin-1")
    assert describe_site(body, URL, content_type="text/html; charset=iso-8859-1").name == "Täler"


def test_sections_are_reported() -> None:
    found = describe_site(page(body="<nav><a href='/world/'>World</a></nav>" + STORIES), URL)
    assert [one.url for one in found.sections] == ["https://www.valley.example/world/"]


def test_a_front_of_enough_stories_is_drawn_by_its_server() -> None:
    found = describe_site(page(), URL)
    assert (found.drawn_by_script, found.evidence) == (False, "3 links to stories >= 3")
    found = describe_site(page(body=STORIES.replace("<a", "<b", 1)), URL)
    assert (found.drawn_by_script, found.evidence) == (True, "2 links to stories < 3")


def test_a_front_of_many_short_names_is_drawn_by_its_server() -> None:
    cards = [
        "".join(f"<a href='/card-{chr(97 + n)}/'><img src='a.jpg'></a>" for n in range(count)) for count in (19, 20)
    ]
    assert [describe_site(page(body=body), URL).drawn_by_script for body in cards] == [True, False]


def test_a_front_that_asks_not_to_be_followed_is_described_all_the_same() -> None:
    assert not describe_site(page("<meta name='robots' content='nofollow'>"), URL).drawn_by_script


@pytest.mark.parametrize("body", [b"", b"   "])
def test_no_page_is_an_error_with_its_url(body: bytes) -> None:
    with pytest.raises(DiscoveryError, match="home page") as caught:
        describe_site(body, URL)
    assert caught.value.url == URL


@pytest.mark.shared
@pytest.mark.parametrize(
    ("mirror", "name", "drawn_by_script"),
    [
        ("wyofile", "WyoFile", False),
        ("minikhabar", "Mini Khabar", False),
        ("wombatpost", "The Wombat Post", True),
        ("ozarkgazette", "The Ozark Gazette", True),
    ],
)
def test_real_fronts_are_described(shared: Path, mirror: str, name: str, *, drawn_by_script: bool) -> None:
    with tarfile.open(shared / f"data/sites/{mirror}.tar.xz") as archive:
        member = next(
            member for member in archive if member.name.count("/") == 1 and member.name.endswith("/index.html")
        )
        home = archive.extractfile(member)
        assert home is not None
        found = describe_site(home.read(), URL)
    assert (found.name, found.drawn_by_script) == (name, drawn_by_script)
