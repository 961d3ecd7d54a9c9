"""The next page of a split article is found, and nothing else is taken for it."""

import lxml.html
import pytest

from collector.discovery.parts import MAX_PARTS, next_part, page_parts
from corpus.types import Kind, Part, Via

SITE = "https://valley.example"
STORY = f"{SITE}/2026/05/dam-opens-in-valley/"


def following(body: str, url: str = STORY, part: Part | None = None, head: str = "") -> str | None:
    tree = lxml.html.document_fromstring(f"<html><head>{head}</head><body>{body}</body></html>")
    found = page_parts(tree, url, part)
    return found.removeprefix(SITE) if found else None


@pytest.mark.parametrize(
    ("url", "body", "path"),
    [
        (STORY, "<a href='2/'>2</a><a href='3/'>3</a>", "/2026/05/dam-opens-in-valley/2/"),
        (STORY, "<a href='?page=2'>Next page</a>", "/2026/05/dam-opens-in-valley/?page=2"),
        (STORY, "<a href='page/2/'>→</a>", "/2026/05/dam-opens-in-valley/page/2/"),
        (STORY, "<a href='2/' rel='next'>weiter</a>", "/2026/05/dam-opens-in-valley/2/"),
        (f"{SITE}/dam-12345.html", "<a href='/dam-12345-2.html'> 2 </a>", "/dam-12345-2.html"),
        (f"{SITE}/dam-12345.html", "<a href='/dam-12345-seite-2.html'>Weiter</a>", "/dam-12345-seite-2.html"),
        (f"{SITE}/dam-12345.html?a=1", "<a href='/dam-12345.html?a=1&amp;page=2'>2</a>", "/dam-12345.html?a=1&page=2"),
        (f"{SITE}/dam/", "<a href='?page=2'>2</a>", "/dam/?page=2"),
        (f"{STORY}?page=2", "<a href='?page=1'>1</a><a href='?page=3'>3</a>", "/2026/05/dam-opens-in-valley/?page=3"),
        (f"{STORY}?utm_source=rss", "<a href='?page=2'>2</a>", "/2026/05/dam-opens-in-valley/?page=2"),
    ],
)
def test_the_next_page_has_the_story_s_url_and_the_next_number(url: str, body: str, path: str) -> None:
    assert following(body, url) == path


def test_the_head_may_name_the_next_page() -> None:
    head = "<link rel='next' href='/2026/05/dam-opens-in-valley/2/'>"
    assert following("", head=head) == "/2026/05/dam-opens-in-valley/2/"


@pytest.mark.parametrize(
    "body",
    [
        "<a href='/2026/05/another-dam-opens-today/' rel='next'>Next story</a>",
        "<a href='/2026/05/another-dam-opens-today/2/' rel='next'>2</a>",
        "<a href='3/'>3</a>",
        "<a href='?page=1'>2</a>",
        "<a href='2/'>All of it on one page</a>",
        "<a href='/page/2/'>2</a>",
        "<a href='/2026/05/page/2/'>2</a>",
        "<div class='comments-nav'><a href='?page=2'>2</a></div>",
        "<ol id='disqus'><li><a href='2/'>2</a></li></ol>",
        "<a href='comment-page-2/#comments'>2</a>",
        "<a href='?cpage=2'>2</a>",
        "<a>2</a>",
        "",
    ],
)
def test_other_links_are_no_next_page(body: str) -> None:
    assert following(body) is None


@pytest.mark.parametrize("url", [SITE + "/", f"{SITE}/tag/floods/", f"{SITE}/2026/05/", f"{SITE}/tag/floods/page/2/"])
def test_the_pages_of_a_listing_are_no_parts(url: str) -> None:
    assert following("<a href='page/2/'>2</a><a href='?page=2'>2</a><a href='../3/'>3</a>", url) is None


def test_a_number_in_the_story_s_own_name_is_no_page_number() -> None:
    assert following("<a href='/top-11/'>11</a>", f"{SITE}/top-10/") is None
    assert following("<a href='/top-10/2/'>2</a>", f"{SITE}/top-10/") == "/top-10/2/"


def test_a_known_part_goes_on_where_its_url_alone_does_not_say() -> None:
    second = Part(first_url=STORY, number=2)
    body = "<a href='../'>1</a><a href='../3/'>3</a>"
    assert following(body, f"{STORY}2/") is None
    assert following(body, f"{STORY}2/", second) == "/2026/05/dam-opens-in-valley/3/"


def test_a_part_is_never_followed_to_another_story() -> None:
    second = Part(first_url=STORY, number=2)
    assert following("<a href='/other/3/' rel='next'>3</a>", f"{STORY}2/", second) is None


def test_the_last_page_has_no_next() -> None:
    third = Part(first_url=STORY, number=3)
    assert following("<a href='../'>1</a><a href='../2/'>2</a>", f"{STORY}3/", third) is None


def test_an_endless_story_ends() -> None:
    def after(number: int) -> str | None:
        return following(f"<a href='?page={number + 1}'>{number + 1}</a>", STORY, Part(first_url=STORY, number=number))

    assert after(MAX_PARTS - 1) is not None
    assert after(MAX_PARTS) is None


def test_the_next_part_is_a_discovery_with_its_place() -> None:
    tree = lxml.html.document_fromstring("<a href='2/'>2</a>")
    found = next_part(tree, f"{STORY}?utm_source=rss")
    assert found is not None
    assert (found.url, found.kind, found.via) == (f"{STORY}2/", Kind.ARTICLE, Via.PAGINATION)
    assert found.part == Part(first_url=STORY, number=2)
    tree = lxml.html.document_fromstring("<a href='../3/'>3</a>")
    again = next_part(tree, found.url, found.part)
    assert again is not None
    assert again.part == Part(first_url=STORY, number=3)
    assert next_part(lxml.html.document_fromstring("<p>x</p>"), again.url, again.part) is None
