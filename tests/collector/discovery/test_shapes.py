"""A URL's shape tells stories from listings on sites that were never seen."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.discovery.pagination import MAX_BARE_NUMBER, MAX_PAGE_NUMBER, PageNumber, page_number, page_stem
from collector.discovery.shapes import Shape, shape_of
from corpus.urls import resolve

SITE = "https://valley.example"

STORIES = [
    "/2026/05/01/floods/",
    "/2026/05/floods.html",
    "/news/2026-05-01/floods",
    "/world/20260501/floods",
    "/dam-opens-in-valley/",
    "/news/dam-in-valley.html",
    "/news/12345",
    "/news/1234",
    "/content/view/2404/",
    "/article12345.ece",
    "/12345/",
    "/33685-2/",
    "/time/4688385/switch/",
    "/news/articles/c0w1x2y3z4o",
    "/articleshow/112898501.cms",
    "/?p=12",
    "/index.php?id=7",
    "/story.asp?S=7612239",
    "/news.php?article=dam-opens-today",
    "/%E0%AC%A8%E0%AC%A6%E0%AD%80-%E0%AC%AC%E0%AC%A8%E0%AD%8D%E0%AC%A7-%E0%AC%96%E0%AD%8B%E0%AC%B2%E0%AC%BF%E0%AC%B2%E0%AC%BE-%E0%AC%86%E0%AC%9C%E0%AC%BF",
    "/%E6%B2%B3%E5%B7%9D%E3%81%AE%E3%83%80%E3%83%A0%E3%81%8C%E4%BB%8A%E6%97%A5%E9%96%8B%E9%80%9A",
    "/topics/floods/what-we-know-so-far",
    "/archives/12345",
    "/opinion/columnists/why-the-dam-should-not-have-been-built",
    "/category/world/asia/why-the-dam-was-built",
    "/dam-opens-in-valley/2026/05/01",
    "/20260501.html",
]

LISTINGS = [
    "",
    "/",
    "/index.html",
    "/en/",
    "/tag/floods/",
    "/tag/floods-of-the-year-2026/",
    "/category/world/",
    "/category/health-care-special-reports/",
    "/author/jane-doe-12345/",
    "/authors/",
    "/topics/floods",
    "/2026/",
    "/2026/05/",
    "/2026/05/01/",
    "/2026-05",
    "/news/2026/05",
    "/news/",
    "/local/news",
    "/world/page/2/",
    "/world/?page=2",
    "/?category=News",
    "/?cat=5",
    "/world?start=20",
    "/search?updated-max=2026-05-01",
    "/kategorie/politik/",
    "/श्रेणी/खेल/",
]

SHORTS = [
    "/floods/",
    "/arts-and-culture/",
    "/moto-g34/",
    "/world/asia/",
    "/sport.html",
    "/news/12",
    "/themen/schutz/cop-26-glasgow",
]

NOTHINGS = [
    "/a.jpg",
    "/files/report-of-the-year-2026.pdf",
    "/wp-content/uploads/2026/05/a-long-file-name",
    "/wp-json/wp/v2/posts/12345",
    "/login",
    "/login/?next=/a",
    "/contact/",
    "/en/contact/",
    "/impressum.html",
    "/a-story-of-four-words/print",
    "/a-story-of-four-words/?share=twitter",
    "/a-story-of-four-words/?replytocom=1",
    "/?s=floods",
    "/search?q=floods",
    "/comments/feed/",
    "/sitemap.xml",
]

FEEDS = ["/feed/", "/rss", "/rss.xml", "/atom.xml", "/world/feed/", "/feed2", "/world.rss", "/index.xml", "/?feed=rss2",
         "/news-feed.xml", "/feed.json"]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        (path, shape)
        for paths, shape in [
            (STORIES, Shape.STORY),
            (LISTINGS, Shape.LISTING),
            (SHORTS, Shape.SHORT),
            (NOTHINGS, Shape.NOTHING),
            (FEEDS, Shape.FEED),
        ]
        for path in paths
    ],
)
def test_shapes_are_told_apart(path: str, shape: Shape) -> None:
    assert shape_of(resolve(SITE + path)) is shape


@pytest.mark.parametrize(
    ("below", "at"),
    [
        ("/one-two-three", "/one-two-three-four"),
        ("/one-two.html", "/one-two-three.html"),
        ("/tag/one-two-three-four-five-six", "/tag/one-two-three-four-five-six-seven"),
        ("/tag/a/one-two-three-four", "/tag/a/one-two-three-four-five"),
        ("/a-1234", "/a-12345"),
        ("/a/123", "/a/1234"),
        ("/a/ab12cde", "/a/ab12cdef"),
        ("/" + "河" * 7, "/" + "河" * 8),
        ("/" + "ก" * 19, "/" + "ก" * 20),
    ],
)
def test_both_sides_of_each_threshold(below: str, at: str) -> None:
    assert shape_of(resolve(SITE + below)) is not Shape.STORY
    assert shape_of(resolve(SITE + at)) is Shape.STORY


@pytest.mark.parametrize("path", ["/atomic-plants", "/feedback", "/rssfan/", "/feeding-time"])
def test_words_that_begin_like_feeds_are_none(path: str) -> None:
    assert shape_of(SITE + path) is not Shape.FEED


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="/-_.?=&%0129abcé河#page2", max_size=40))
def test_every_url_has_a_shape(tail: str) -> None:
    url = resolve(f"{SITE}/{tail}")
    assert shape_of(url) in Shape
    page_number(url)


@pytest.mark.parametrize(
    ("path", "stem", "number", "named"),
    [
        ("/world/page/2/", "/world", 2, True),
        ("/page/3", "", 3, True),
        ("/world/?page=2", "/world", 2, True),
        ("/world?a=1&page=2&b=3", "/world?a=1&b=3", 2, True),
        ("/world?p=2", "/world", 2, True),
        ("/world/seite-2", "/world", 2, True),
        ("/story-seite-2.html", "/story.html", 2, True),
        ("/story_p2.html", "/story.html", 2, True),
        ("/खेल/पृष्ठ/2", "/%E0%A4%96%E0%A5%87%E0%A4%B2", 2, True),
        ("/story/2/", "/story", 2, False),
        ("/story-2.html", "/story.html", 2, False),
        ("/story,2.html", "/story.html", 2, False),
        (f"/world/?page={MAX_PAGE_NUMBER}", "/world", MAX_PAGE_NUMBER, True),
        (f"/story/{MAX_BARE_NUMBER}", "/story", MAX_BARE_NUMBER, False),
    ],
)
def test_page_numbers_are_read(path: str, stem: str, number: int, *, named: bool) -> None:
    assert page_number(SITE + path) == PageNumber(stem=SITE + stem, number=number, named=named)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/world/",
        "/?p=12",
        "/story?page=two",
        f"/world/?page={MAX_PAGE_NUMBER + 1}",
        f"/story/{MAX_BARE_NUMBER + 1}",
        "/2026/05/story",
        "/page/",
        "/story12.html",
    ],
)
def test_other_numbers_are_no_pages(path: str) -> None:
    assert page_number(SITE + path) is None


@pytest.mark.parametrize("url", ["/world/", "/world", "/world/?utm_source=x", "/world#top"])
def test_the_first_page_has_the_stem_of_the_others(url: str) -> None:
    following = page_number(f"{SITE}/world/page/2/")
    assert following is not None
    assert page_stem(SITE + url) == following.stem


@pytest.mark.shared
def test_articles_of_a_thousand_sites_are_hardly_ever_called_anything_else(shared: Path) -> None:
    with gzip.open(shared / "data/truth.jsonl.gz") as lines:
        rows = [json.loads(line) for line in lines]
    urls = [row["url"] for row in rows if row["kind"] == "article" and str(row.get("url")).startswith("http")]
    shapes = [shape_of(resolve(url)) for url in urls]
    assert len(shapes) > 1300
    assert sum(shape in {Shape.NOTHING, Shape.FEED} for shape in shapes) == 0
    assert sum(shape is Shape.LISTING for shape in shapes) <= 0.005 * len(shapes)
    assert sum(shape is Shape.STORY for shape in shapes) >= 0.88 * len(shapes)
