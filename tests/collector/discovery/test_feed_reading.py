"""Every sort of feed gives its articles, and no feed brings us down."""

import json
import tarfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.discovery import feeds
from collector.discovery.feeds import read_feed
from corpus.errors import DiscoveryError
from corpus.types import Discovery, Kind, Via

URL = "https://valley.example/news/feed/"


def rss(items: str, channel: str = "") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{channel}{items}</channel></rss>'.encode()


def atom(entries: str, feed: str = "", root: str = "") -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {root}>{feed}{entries}</feed>'.encode()


def only(body: bytes) -> Discovery:
    (found,) = read_feed(body, URL)
    return found


def test_an_rss_item_is_an_article_with_its_claims() -> None:
    item = "<item><title>Dam &amp;amp; &lt;b&gt;river&lt;/b&gt;</title><link>https://valley.example/dam</link>"
    item += "<pubDate>Fri, 01 May 2026 10:00:00 +0530</pubDate></item>"
    assert only(rss(item, "<language>hi-IN</language>")) == Discovery(
        url="https://valley.example/dam",
        kind=Kind.ARTICLE,
        via=Via.FEED,
        found_on=URL,
        title="Dam & river",
        language="hi-IN",
        published=datetime(2026, 5, 1, 10, 0, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    )


def test_an_atom_entry_is_an_article_with_its_claims() -> None:
    entry = """<entry xml:lang="or"><title>ନଦୀ</title>
    <link href="/river" rel="alternate"/><link href="/a.mp3" rel="enclosure"/>
    <published>2026-05-01</published><updated>2026-05-02T08:00:00Z</updated></entry>"""
    found = only(atom(entry))
    assert (found.url, found.title, found.language) == ("https://valley.example/river", "ନଦୀ", "or")
    assert (found.published, found.modified) == (date(2026, 5, 1), datetime(2026, 5, 2, 8, tzinfo=UTC))


def test_an_atom_update_is_no_publication() -> None:
    found = only(atom('<entry><link href="/a"/><updated>2026-05-02T08:00:00Z</updated></entry>'))
    assert (found.published, found.modified) == (None, datetime(2026, 5, 2, 8, tzinfo=UTC))


def test_an_rdf_date_is_a_publication() -> None:
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><item><title>A</title><link>https://valley.example/a</link>
    <dc:date>2026-05-01T10:00:00+09:00</dc:date></item></rdf:RDF>"""
    assert only(body).published == datetime(2026, 5, 1, 10, tzinfo=timezone(timedelta(hours=9)))


def test_a_json_feed_gives_articles_and_its_next_page() -> None:
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "de",
        "next_url": "/feed.json?page=2",
        "items": [
            {"id": "1", "url": "/eins", "title": "Eins & zwei", "date_published": "2026-05-01T10:00:00Z"},
            {"id": "https://valley.example/zwei", "language": "en", "date_modified": "2026-05-01"},
            {"id": "3", "external_url": "https://other.example/drei", "title": ["odd"]},
            {"id": 4},
            "odd",
        ],
    }
    found = read_feed(json.dumps(body).encode(), URL, "application/feed+json")
    assert [(one.url, one.kind, one.language) for one in found] == [
        ("https://valley.example/eins", Kind.ARTICLE, "de"),
        ("https://valley.example/zwei", Kind.ARTICLE, "en"),
        ("https://other.example/drei", Kind.ARTICLE, "de"),
        ("https://valley.example/feed.json?page=2", Kind.FEED, None),
    ]
    assert (found[0].title, found[0].published) == ("Eins & zwei", datetime(2026, 5, 1, 10, tzinfo=UTC))
    assert found[1].modified == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>../a</link>", "https://valley.example/news/a"),
        ("<link>/a?b=1&amp;c=2</link>", "https://valley.example/a?b=1&c=2"),
        ("<link>/a?b=1&c=2</link>", "https://valley.example/a?b=1&c=2"),
        ("<link>\n https://valley.example/a \n</link>", "https://valley.example/a"),
        ("<link><![CDATA[https://valley.example/a]]></link>", "https://valley.example/a"),
        ("<link>https://valley.example/a#comments</link>", "https://valley.example/a"),
        ("<link>https://valley.example/a?utm_source=rss</link>", "https://valley.example/a?utm_source=rss"),
        ("<guid>https://valley.example/a</guid>", "https://valley.example/a"),
        ('<guid isPermaLink="true">https://valley.example/a</guid>', "https://valley.example/a"),
        ('<link>/a</link><guid isPermaLink="false">https://valley.example/b</guid>', "https://valley.example/a"),
        ("<link>/ନଦୀ</link>", "https://valley.example/%E0%AC%A8%E0%AC%A6%E0%AD%80"),
        ('<link xml:base="https://base.example/x/">a</link>', "https://base.example/x/a"),
    ],
)
def test_an_item_s_url_is_found_and_resolved(item: str, url: str) -> None:
    assert only(rss(f"<item><title>A</title>{item}</item>")).url == url


@pytest.mark.parametrize(
    "item",
    [
        "<title>A</title>",
        '<guid isPermaLink="false">https://valley.example/b</guid>',
        "<link>mailto:a@valley.example</link>",
        '<enclosure url="https://valley.example/a.mp3" type="audio/mpeg" length="1"/>',
    ],
)
def test_an_item_without_a_page_is_left_out(item: str) -> None:
    assert read_feed(rss(f"<item>{item}</item>"), URL) == ()


def test_the_original_link_is_preferred_to_a_proxy_s() -> None:
    body = b"""<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><item>
    <link>https://proxy.example/~r/1</link><feedburner:origLink>https://valley.example/a</feedburner:origLink>
    </item></channel></rss>"""
    assert only(body).url == "https://valley.example/a"


def test_xml_base_is_honoured() -> None:
    entry = '<entry xml:base="b/"><link href="c"/></entry>'
    assert only(atom(entry, root='xml:base="https://base.example/a/"')).url == "https://base.example/a/b/c"


def test_the_html_alternate_is_preferred() -> None:
    links = (
        '<link rel="alternate" type="application/pdf" href="/a.pdf"/><link rel="alternate" type="text/html" href="/a"/>'
    )
    assert only(atom(f"<entry>{links}</entry>")).url == "https://valley.example/a"


@pytest.mark.parametrize("rel", ["next", "prev-archive"])
def test_older_pages_of_the_feed_are_feeds(rel: str) -> None:
    found = read_feed(atom('<entry><link href="/a"/></entry>', f'<link rel="{rel}" href="?page=2"/>'), URL)
    assert found[1] == Discovery(url=f"{URL}?page=2", kind=Kind.FEED, via=Via.FEED, found_on=URL)


@pytest.mark.parametrize("rel", ["self", "prev", "first", "hub"])
def test_other_links_of_the_feed_are_not_followed(rel: str) -> None:
    assert read_feed(atom("", f'<link rel="{rel}" href="?page=2"/>'), URL) == ()


def test_a_url_is_reported_once_in_the_feed_s_order() -> None:
    items = "".join(f"<item><link>/{name}</link></item>" for name in "abac")
    assert [one.url[-1] for one in read_feed(rss(items), URL)] == ["a", "b", "c"]


@pytest.mark.parametrize("written", ["Sun Jan  4 16:29:06 2004", "Sun Jan  4 16:29:06 GMT 2004"])
def test_rarer_times_are_read_by_feedparser(written: str) -> None:
    found = only(rss(f"<item><link>/a</link><pubDate>{written}</pubDate></item>"))
    assert found.published == datetime(2004, 1, 4, 16, 29, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        b"\n\n" + rss("<item><link>/a</link></item>"),
        b"\xef\xbb\xbf" + rss("<item><link>/a</link></item>"),
        rss("<item><link>/a</link></item>").decode().encode("utf-16"),
        rss("<item><link>/a</link></item>")[:-12],
        rss("<item><link>/a</link><title>A & B &nbsp; </title><b></item>"),
        rss("<item><link>/a</link><description>\x00\x0b</description></item>"),
        b"<rss><channel><item><link>/a</link>",
    ],
)
def test_malformed_feeds_are_read_as_far_as_they_go(body: bytes) -> None:
    assert [one.url for one in read_feed(body, URL)] == ["https://valley.example/a"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "no element"),
        (b"hello", "no element"),
        (b"<!DOCTYPE html><html><body><p>404</p></body></html>", "a page"),
        (b"<urlset></urlset>", "<urlset>"),
        (b"{", "broken JSON"),
        (b'{"items": 1}', "without items"),
        (b"[" * 10, "no element"),
        (b'{"a":' * 100_000, "broken JSON"),
    ],
)
def test_what_is_no_feed_is_an_error_with_its_url(body: bytes, message: str) -> None:
    with pytest.raises(DiscoveryError, match=message) as caught:
        read_feed(body, URL)
    assert caught.value.url == URL


BOMB = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss><channel><item><link>/a</link><title>&c;&x;</title></item></channel></rss>"""


@pytest.mark.parametrize("encoding", ["ascii", "utf-16", "utf-8-sig"])
def test_entities_are_not_expanded(encoding: str) -> None:
    found = only(BOMB.decode().encode(encoding))
    assert "lol" not in (found.title or "")
    assert "root:" not in (found.title or "")


@pytest.mark.shared
def test_the_billion_laughs_stay_unlaughed(shared: Path) -> None:
    began = time.process_time()
    assert read_feed((shared / "data/badinput/synthetic/billion-laughs-feed.xml").read_bytes(), URL) == ()
    assert time.process_time() - began < 1


def test_a_feed_is_never_taken_for_a_file_s_name(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes(rss("<item><link>/secret</link></item>"))
    with pytest.raises(DiscoveryError, match="no element"):
        read_feed(str(secret).encode(), URL)


def test_a_feed_of_too_many_tags_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    body = rss("<item><link>/a</link></item>")
    monkeypatch.setattr(feeds, "MAX_FEED_TAGS", body.count(b"<") - 1)
    assert only(body)
    monkeypatch.setattr(feeds, "MAX_FEED_TAGS", body.count(b"<") - 2)
    with pytest.raises(DiscoveryError, match="tags"):
        read_feed(body, URL)


PIECES = ["<rss>", "<channel>", "<item>", "<link>", "/a", "</link>", "</item>", "<![CDATA[", "]]>", "&x;", "&#0;",
          "&#xffffff;", "<", ">", "<title>", "<!--", "<?", "é", "\x00"]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20))
def test_any_bytes_are_read_or_refused(pieces: list[str]) -> None:
    with suppress(DiscoveryError):
        read_feed("".join(pieces).encode(), URL)


def members(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as tar:
        for member in tar:
            if (body := tar.extractfile(member)) is not None:
                yield member.name, body.read()


@pytest.mark.shared
@pytest.mark.parametrize("suite", ["feedparser-tests", "gofeed-testdata"])
def test_other_readers_feeds_are_read_or_refused(shared: Path, suite: str) -> None:
    read = refused = 0
    for name, body in members(shared / f"data/feeds/{suite}.tar.xz"):
        if name.endswith(".xml"):
            try:
                read_feed(body, URL)
                read += 1
            except DiscoveryError:
                refused += 1
    assert read > 40 * refused


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "articles"),
    [
        ("encoding_ISO-8859-1.xml", 30),
        ("encoding_WINDOWS-1251.xml", 25),
        ("no_encoding_ISO-8859-1.xml", 2),
        ("rdf_UTF8.xml", 16),
        ("urdu_UTF8.xml", 10),
        ("small_atom.xml", 1),
    ],
)
def test_real_feeds_in_odd_encodings_are_read(shared: Path, name: str, articles: int) -> None:
    found = read_feed((shared / "data/feeds/miniflux" / name).read_bytes(), URL)
    assert sum(one.kind is Kind.ARTICLE for one in found) >= articles
    assert all(one.title and "\ufffd" not in one.title for one in found if one.kind is Kind.ARTICLE)


@pytest.mark.parametrize(
    "body",
    [
        rb'{"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "/a", "title": "half \ud83d a pair"}]}',
        rss("<item><link>/a</link><title>half &#xD83D; a pair</title></item>"),
    ],
)
def test_half_a_surrogate_pair_is_replaced_and_can_be_stored(body: bytes) -> None:
    title = only(body).title
    assert title is not None
    assert title.encode().startswith(b"half ")
