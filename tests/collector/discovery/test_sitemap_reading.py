"""Sitemaps of every sort and fault give their URLs."""

import gzip
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.discovery.sitemaps import read_sitemap
from corpus.errors import DiscoveryError
from corpus.types import Discovery, Kind, Via

URL = "https://valley.example/sitemap.xml"
XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS_XMLNS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def urlset(entries: str, root: str = XMLNS) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {root}>{entries}</urlset>'.encode()


def entry(path: str, more: str = "") -> str:
    return f"<url><loc>https://valley.example{path}</loc>{more}</url>"


def found_in(body: bytes) -> list[str]:
    return [one.url.removeprefix("https://valley.example") for one in read_sitemap(body, URL)]


def test_an_entry_is_an_article_with_its_modification() -> None:
    body = urlset(entry("/2026/05/floods/", "<lastmod>2026-05-01T10:00:00+05:30</lastmod>"))
    assert read_sitemap(body, URL) == (
        Discovery(
            url="https://valley.example/2026/05/floods/",
            kind=Kind.ARTICLE,
            via=Via.SITEMAP,
            found_on=URL,
            modified=datetime(2026, 5, 1, 10, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        ),
    )


def test_a_news_entry_has_its_claims() -> None:
    news = """<news:news><news:publication><news:name>The Valley Ledger</news:name><news:language>or</news:language>
    </news:publication><news:publication_date>2026-05-01</news:publication_date><news:title>ନଦୀ &amp; dam</news:title>
    </news:news>"""
    (found,) = read_sitemap(urlset(entry("/tag/river", news), f"{XMLNS} {NEWS_XMLNS}"), URL)
    assert (found.kind, found.via) == (Kind.ARTICLE, Via.NEWS_SITEMAP)
    assert (found.published, found.title, found.language) == (date(2026, 5, 1), "ନଦୀ & dam", "or")


def test_an_index_gives_sitemaps() -> None:
    body = f"<sitemapindex {XMLNS}><sitemap><loc>/news.xml</loc><lastmod>2026-05-01</lastmod></sitemap></sitemapindex>"
    (found,) = read_sitemap(body.encode(), URL)
    assert (found.url, found.kind, found.via) == ("https://valley.example/news.xml", Kind.SITEMAP, Via.SITEMAP)
    assert found.modified == date(2026, 5, 1)


def test_an_index_may_forget_its_loc_elements() -> None:
    body = b"<sitemapindex><sitemap>\nhttps://valley.example/a.xml?b=1&amp;c=2\n</sitemap></sitemapindex>"
    assert found_in(body) == ["/a.xml?b=1&c=2"]


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_a_text_sitemap_gives_its_lines(bom: bytes) -> None:
    body = (
        bom
        + b"https://valley.example/a-b-c-d\r\n\n # no URL\nhttps://valley.example/tag/e\nhttps://valley.example/f.pdf"
    )
    found = read_sitemap(body, URL, "text/plain")
    assert [(one.url[-3:], one.kind) for one in found] == [("c-d", Kind.ARTICLE), ("g/e", Kind.SECTION)]


def test_gzip_is_undone_whatever_the_url_says() -> None:
    assert found_in(gzip.compress(urlset(entry("/a")))) == ["/a"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/a-story-of-four/", Kind.ARTICLE),
        ("/short/", Kind.ARTICLE),
        ("/tag/floods/", Kind.SECTION),
        ("/", Kind.SECTION),
        ("/feed/", Kind.FEED),
    ],
)
def test_an_entry_is_what_its_url_looks_like(path: str, kind: Kind) -> None:
    assert [one.kind for one in read_sitemap(urlset(entry(path)), URL)] == [kind]


@pytest.mark.parametrize("path", ["/a.jpg", "/a.pdf", "/wp-content/a", "/contact/", "/wp-login.php"])
def test_files_and_standing_pages_are_left_out(path: str) -> None:
    assert found_in(urlset(entry(path))) == []


def test_pictures_and_videos_are_no_entries() -> None:
    root = f'{XMLNS} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
    picture = "<image:image><image:loc>https://valley.example/a-b-c-d-e</image:loc></image:image>"
    assert found_in(urlset(entry("/a", picture), root)) == ["/a"]
    assert found_in(urlset(f"<url>{picture}<loc>/b</loc></url>", root)) == ["/b"]
    assert found_in(urlset(f"<url>{picture}</url>", root)) == []


@pytest.mark.parametrize(
    "root",
    ["", XMLNS, 'xmlns="http://www.google.com/schemas/sitemap/0.84"', 'xmlns="oops"', "xmlns:x='y'"],
)
def test_namespaces_may_be_wrong_or_missing(root: str) -> None:
    assert found_in(urlset(entry("/a"), root)) == ["/a"]


def test_prefixes_may_be_undeclared() -> None:
    news = "<news:news><news:title>Dam</news:title></news:news>"
    (found,) = read_sitemap(urlset(entry("/a", news), ""), URL)
    assert (found.via, found.title) == (Via.NEWS_SITEMAP, "Dam")


def test_prefixed_roots_are_read() -> None:
    body = (
        b'<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"><s:url><s:loc>/a</s:loc></s:url></s:urlset>'
    )
    assert found_in(body) == ["/a"]


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/a?b=1&c=2", "/a?b=1&c=2"),
        ("/a?b=1&amp;c=2", "/a?b=1&c=2"),
        ("<![CDATA[/a?b=1&c=2]]>", "/a?b=1&c=2"),
        ("<![CDATA[/a?b=1&amp;c=2]]>", "/a?b=1&amp;c=2"),
        ("\n  /a\n  ", "/a"),
        ("/a&#47;b", "/a/b"),
        ("/a b", "/a%20b"),
        ("/ନଦୀ", "/%E0%AC%A8%E0%AC%A6%E0%AD%80"),
    ],
)
def test_ampersands_and_spaces_are_read_as_meant(location: str, path: str) -> None:
    assert found_in(urlset(f"<url><loc>{location}</loc></url>")) == [path]


@pytest.mark.parametrize(
    "body",
    [
        urlset(entry("/a") + "<url><loc>/b"),
        urlset(entry("/a"))[:-9],
        urlset(entry("/a") + "</oops>"),
        urlset(entry("/a", "<x>&nbsp;&oops;</x>")),
        b"\n\n <!-- made by hand -->\n" + urlset(entry("/a")),
        urlset(entry("/a")).decode().encode("utf-16"),
        urlset(entry("/a", "<x>\x01</x>")),
    ],
)
def test_broken_xml_is_read_as_far_as_it_goes(body: bytes) -> None:
    assert found_in(body)[0] == "/a"


def test_a_feed_may_stand_for_a_sitemap() -> None:
    body = b"<rss><channel><item><link>https://valley.example/a</link><title>A</title></item></channel></rss>"
    (found,) = read_sitemap(body, URL)
    assert (found.url, found.kind, found.title) == ("https://valley.example/a", Kind.ARTICLE, "A")


def test_urls_off_the_site_are_reported() -> None:
    assert found_in(urlset("<url><loc>https://other.example/a</loc></url>")) == ["https://other.example/a"]


def test_no_urls_are_no_fault() -> None:
    assert found_in(urlset("")) == []
    assert found_in(b"") == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<!DOCTYPE html><html><body>404</body></html>", "a page"),
        (b"Not found", "no URL"),
        (b"<note>hello</note>", "<note>"),
        (b"<!-- nothing", "no element"),
        (gzip.compress(urlset(entry("/a")))[:-4], "cut short"),
    ],
)
def test_what_is_no_sitemap_is_an_error_with_its_url(body: bytes, message: str) -> None:
    with pytest.raises(DiscoveryError, match=message) as caught:
        read_sitemap(body, URL)
    assert caught.value.url == URL


def test_entities_are_not_expanded() -> None:
    doctype = '<!DOCTYPE urlset [<!ENTITY a "/secret"><!ENTITY x SYSTEM "file:///etc/hostname">]>'
    found = found_in(f"{doctype}<urlset><url><loc>/1&a;</loc></url><url><loc>/2&x;</loc></url></urlset>".encode())
    assert found == ["/1&a", "/2&x"]


def test_more_than_the_protocol_s_50_000_urls_are_read_in_bounded_time() -> None:
    body = urlset("".join(entry(f"/story-{number}") for number in range(50_001)))
    began = time.process_time()
    assert len(read_sitemap(body, URL)) == 50_001
    assert time.process_time() - began < 20


PIECES = ["<urlset>", "<url>", "<loc>", "https://a.example/b", "</loc>", "</url>", "</urlset>", "&", "<![CDATA[", "]]>",
          "<sitemap>", "\x00", "é", "<", "news:news>"]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20))
def test_any_bytes_are_read_or_refused(pieces: list[str]) -> None:
    with suppress(DiscoveryError):
        read_sitemap("".join(pieces).encode(), URL)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("atom.xml", {"article": 1}),
        ("feed.rss", {"article": 3}),
        ("hebdenbridgetimes-articles-sitemap.xml", {"article": 74}),
        ("pagemaps-sitemap.xml", {"article": 2}),
        ("shinpaideshou-news-sitemap.xml", {"article": 3}),
        ("sitemap-images.xml", {"article": 1}),
        ("sitemap-links.xml", {"article": 3}),
        ("sitemap-mobile.xml", {"article": 3}),
        ("sitemap-news.xml", {"article": 2}),
        ("sitemap-videos-tvshow.xml", {"article": 1}),
        ("sitemap-with-bom.txt", {"section": 2}),
        ("sitemap.badns.xml", {"article": 2}),
        ("sitemap.index.xml", {"sitemap": 15}),
        ("sitemap.ns.xml", {"article": 2}),
        ("sitemap.txt", {"section": 2}),
        ("sitemap.txt.gz", {"article": 4, "section": 1}),
        ("xmlRss_pubDate.xml", {"article": 7}),
        ("xmlSitemap.gz", {"article": 4, "section": 1}),
    ],
)
def test_other_readers_sitemaps_are_read(shared: Path, name: str, kinds: dict[str, int]) -> None:
    found = read_sitemap((shared / "data/sitemaps/crawler-commons" / name).read_bytes(), URL)
    assert Counter(one.kind.value for one in found) == kinds


@pytest.mark.shared
def test_a_real_news_sitemap_claims_times_with_their_zone(shared: Path) -> None:
    found = read_sitemap((shared / "data/sitemaps/crawler-commons/shinpaideshou-news-sitemap.xml").read_bytes(), URL)
    assert {one.via for one in found} == {Via.NEWS_SITEMAP}
    assert found[0].published == datetime(2017, 4, 25, 10, 0, 36, tzinfo=UTC)
