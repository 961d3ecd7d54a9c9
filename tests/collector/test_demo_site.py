"""The demo outlets hold what their truth says, and serve it as the outlets of the world do."""

import gzip
import http.client
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import feedparser
import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from protego import Protego

from collector.demo import DemoArticle, DemoNewsSites, Outlet, truth
from collector.demo.layout import encode_path
from collector.demo.oddities import CONSENT_WALL, DRAFT, EPAPER, EVENTS, GONE, LOOP, LOOP_BACK, PARTNER, SOFT_404
from corpus.errors import ConfigError
from corpus.types import Reason
from corpus.words import count_words

_NAMESPACES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}
_UTF_8 = lxml.html.HTMLParser(encoding="utf-8")
_KEYS = ("harbour-post", "valley-ledger", "dakshin-samachar")


@dataclass(frozen=True)
class Answer:
    url: str
    status: int
    headers: dict[str, str]
    body: bytes


def get(url: str, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
    parts = urlsplit(url)
    assert parts.hostname is not None
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, encode_path(unquote(target)), headers=headers or {})
        response = connection.getresponse()
        fields = {name.lower(): value for name, value in response.getheaders()}
        return Answer(url, response.status, fields, response.read())
    finally:
        connection.close()


def tree_of(html: bytes | str) -> Any:
    # Text by way of bytes: lxml refuses text that names an encoding, and the encoding named may be a lie.
    return lxml.html.fromstring(html.encode() if isinstance(html, str) else html, parser=_UTF_8)


def words_of(html: str) -> str:
    return " ".join(tree_of(html).text_content().split())


def sitemap_urls(url: str) -> list[str]:
    body = get(url).body
    tree: Any = etree.fromstring(gzip.decompress(body) if url.endswith(".gz") else body)
    maps = tree.xpath("//s:sitemap/s:loc/text()", namespaces=_NAMESPACES)
    return [found for map_url in maps for found in sitemap_urls(str(map_url))] + [
        str(loc) for loc in tree.xpath("//s:url/s:loc/text()", namespaces=_NAMESPACES)
    ]


@pytest.fixture(scope="module")
def sites() -> Iterator[DemoNewsSites]:
    with DemoNewsSites() as running:
        yield running


def articles() -> list[DemoArticle]:
    return list(truth())


def kept(key: str) -> list[DemoArticle]:
    return [article for article in truth() if article.outlet == key and article.removal is None]


def name_of(article: DemoArticle) -> str:
    return f"{article.outlet}-{article.number}"


# What the truth holds


def test_three_outlets_print_45_to_60_articles_in_three_languages() -> None:
    assert 45 <= len(truth()) <= 60
    assert {article.outlet for article in truth()} == set(_KEYS)
    assert {article.language for article in truth()} == {"en", "hi", "or"}


@pytest.mark.parametrize("article", [a for a in articles() if a.removal is None], ids=name_of)
def test_an_article_to_keep_has_the_length_of_one(article: DemoArticle) -> None:
    assert (120 if article.language == "or" else 150) <= count_words(article.text) <= 700


def test_no_two_articles_share_an_address() -> None:
    paths = [(article.outlet, path) for article in truth() for path in (article.path, *article.aliases)]
    assert len(paths) == len(set(paths))


def test_the_agency_story_is_printed_by_all_three_word_for_word_under_different_headlines() -> None:
    printed = [article for article in truth() if article.wire == "fishing-nets-accord"]
    assert {article.outlet for article in printed} == set(_KEYS)
    assert len({article.text for article in printed}) == 1
    assert len({article.title for article in printed}) == 3


def test_one_outlet_prints_the_second_agency_story_cut_short() -> None:
    whole, short = sorted((a for a in truth() if a.wire == "night-trains"), key=lambda a: -len(a.paragraphs))
    assert short.paragraphs == whole.paragraphs[: len(short.paragraphs)]
    assert len(short.paragraphs) == len(whole.paragraphs) - 2


def test_a_day_is_told_as_a_day_and_a_moment_with_its_zone() -> None:
    moments = [a.published for a in truth() if isinstance(a.published, datetime)]
    assert all(moment.utcoffset() is not None for moment in moments)
    assert 0 < len(moments) < len(truth())


# What is served


@pytest.mark.parametrize("article", articles(), ids=name_of)
def test_every_part_of_an_article_stands_on_its_page(sites: DemoNewsSites, article: DemoArticle) -> None:
    for number, part in enumerate(article.parts, start=1):
        url = sites.url_of(article) + (f"?page={number}" if number > 1 else "")
        answer = get(url)
        assert answer.status == 200
        text = words_of(answer.body.decode(article.charset))
        for wanted in (article.title, *article.authors, *(block.text for block in part)):
            assert " ".join(wanted.split()) in text


@pytest.mark.parametrize("article", articles(), ids=name_of)
def test_every_paragraph_is_a_block_of_its_own(sites: DemoNewsSites, article: DemoArticle) -> None:
    html = get(sites.url_of(article)).body.decode(article.charset)
    tree = tree_of(html)
    for line_break in tree.iter("br"):
        line_break.tail = "\n\n" + (line_break.tail or "")
    blocks = {
        " ".join(run.split())
        for element in tree.iter("p", "h2", "li", "font")
        for run in element.text_content().split("\n\n")
    }
    assert {block.text for block in article.parts[0]} <= blocks


@pytest.mark.parametrize("article", [a for a in articles() if a.outlet == "valley-ledger"], ids=name_of)
def test_the_ledger_tells_its_truth_in_json_ld(sites: DemoNewsSites, article: DemoArticle) -> None:
    tree = tree_of(get(sites.url_of(article)).body)
    graph = json.loads(tree.xpath("//script[@type='application/ld+json']/text()")[0])["@graph"]
    story = next(thing for thing in graph if thing["@type"] == article.page_type)
    assert story["headline"] == article.title
    assert tuple(author["name"] for author in story["author"]) == article.authors
    assert datetime.fromisoformat(story["datePublished"]) == article.published
    assert story["isAccessibleForFree"] is not article.paywalled


def test_only_the_paywalled_story_is_not_for_free() -> None:
    assert [a.slug for a in truth() if a.paywalled] == ["inside-the-valleys-quietest-fortune"]


def test_a_split_story_leads_from_page_to_page(sites: DemoNewsSites) -> None:
    article = next(a for a in truth() if len(a.parts) > 1)
    url, seen = sites.url_of(article), []
    while url:
        seen.append(url)
        tree = tree_of(get(url).body)
        assert f"Page {len(seen)} of 3" in tree.text_content()
        url = next(iter(tree.xpath("//link[@rel='next']/@href")), "")
    assert len(seen) == len(article.parts) == 3


@pytest.mark.parametrize("article", [a for a in articles() if a.removal is None], ids=name_of)
def test_every_alias_leads_to_the_article(sites: DemoNewsSites, article: DemoArticle) -> None:
    outlet = sites.outlet(article.outlet)
    for alias in article.aliases:
        answer = get(outlet.url_of(alias))
        if answer.status == 301:
            assert answer.headers["location"] == sites.url_of(article)
        else:
            assert answer.status == 200
            canonical = tree_of(answer.body).xpath("//link[@rel='canonical']/@href")
            assert canonical == [sites.url_of(article)]


def test_amp_and_print_twins_hold_every_paragraph(sites: DemoNewsSites) -> None:
    twins = [article for article in truth() if article.twins]
    assert {article.outlet for article in twins} == set(_KEYS)
    for article in twins:
        for alias in article.aliases[:2]:
            text = words_of(get(sites.outlet(article.outlet).url_of(alias)).body.decode())
            assert all(paragraph in text for paragraph in article.paragraphs)


def test_charsets_are_declared_truly_falsely_and_in_an_old_encoding(sites: DemoNewsSites) -> None:
    declared = set()
    for article in truth():
        answer = get(sites.url_of(article))
        named = re.search(r"charset=(\S+)", answer.headers["content-type"])
        in_meta = re.search(rb'charset="?([\w-]+)', answer.body)
        assert (named[1] if named else None) == article.header_charset
        assert in_meta is not None
        assert in_meta[1].decode().lower() == article.meta_charset
        declared.add((article.charset, article.header_charset, article.meta_charset))
    assert declared == {
        ("utf-8", "utf-8", "utf-8"),
        ("windows-1252", "windows-1252", "windows-1252"),
        ("utf-8", None, "iso-8859-1"),
        ("windows-1252", "utf-8", "utf-8"),
    }


def test_the_page_that_claims_utf_8_is_none(sites: DemoNewsSites) -> None:
    liar = next(a for a in truth() if (a.charset, a.header_charset) == ("windows-1252", "utf-8"))
    with pytest.raises(UnicodeDecodeError):
        get(sites.url_of(liar)).body.decode("utf-8")


def test_the_crowded_paper_prints_its_clutter(sites: DemoNewsSites) -> None:
    article = next(a for a in truth() if a.slug.startswith("seawall"))
    text = tree_of(get(sites.url_of(article)).body).text_content()
    for clutter in (
        "Share on FacebookShare on Twitter",
        "ShareTweetSendShare",
        "Updated: November 14th, 2026, 11:05 IST",
        "View All Result",
        "Also Read",
        "7 hours ago",
        "Representational image",
        "Suggest A Correction",
        "Read moreDetails",
        "Tags: Seawall RoadPublic WorksTarabandha",
    ):
        assert clutter in text
    assert text.count("#MyLagoonPledge") == 30
    assert text.count("© 2026") == 3


# Finding the articles


def test_every_link_and_asset_resolves_but_those_that_are_declared_broken(sites: DemoNewsSites) -> None:
    hosts = {outlet.host for outlet in sites.outlets}
    queue = [outlet.url for outlet in sites.outlets]
    queue += [url for outlet in sites.outlets for name in outlet.sitemap_urls for url in sitemap_urls(name)]
    seen, broken = set(queue), set()
    while queue:
        answer = get(queue.pop())
        if answer.status >= 400:
            broken.add(urlsplit(answer.url).path)
        for url in links_of(answer):
            parts = urlsplit(url)
            if parts.netloc in hosts and url not in seen and not parts.path.startswith("/events/"):
                seen.add(url)
                queue.append(url)
            assert parts.netloc in hosts or (parts.hostname or "").endswith(".example"), url
    assert broken == {GONE, "/archive/2017/withdrawn/"}
    reached = {urldefrag(url).url for url in seen}
    assert {sites.url_of(article) for article in truth()} <= reached
    endless = {outlet.url_of(EVENTS) for outlet in sites.outlets}
    assert {sites.url_of(page) for page in sites.odd_pages} <= reached | endless


def links_of(answer: Answer) -> Iterator[str]:
    if 300 <= answer.status < 400:
        yield answer.headers["location"]
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return
    for link in tree_of(answer.body).xpath("//a/@href | //link/@href | //img/@src | //script/@src"):
        yield urldefrag(urljoin(answer.url, str(link))).url


@pytest.mark.parametrize("key", ["harbour-post", "valley-ledger"])
def test_rss_and_atom_tell_the_newest_articles(sites: DemoNewsSites, key: str) -> None:
    answer = get(sites.outlet(key).feed_url)
    feed = feedparser.parse(answer.body)
    newest = kept(key)[:10]
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == [article.title for article in newest]
    for entry, article in zip(feed.entries, newest, strict=True):
        assert entry.link.partition("?")[0] == sites.url_of(article)
        assert entry.author == article.authors[-1] or entry.authors
        assert tuple(entry.published_parsed)[:5] == article.published.utctimetuple()[:5]  # type: ignore[union-attr]


def test_the_rss_links_are_tracked(sites: DemoNewsSites) -> None:
    feed = feedparser.parse(get(sites.outlet("harbour-post").feed_url).body)
    assert all("utm_source=rss" in entry.link for entry in feed.entries)


def test_json_feed_tells_the_newest_articles(sites: DemoNewsSites) -> None:
    answer = get(sites.outlet("dakshin-samachar").feed_url)
    feed = json.loads(answer.body)
    assert answer.headers["content-type"] == "application/feed+json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["url"] for item in feed["items"]] == [sites.url_of(a) for a in kept("dakshin-samachar")[:10]]
    assert {item["language"] for item in feed["items"]} == {"en", "hi", "or"}


@pytest.mark.parametrize("key", _KEYS)
def test_sitemaps_name_every_article_that_may_be_indexed(sites: DemoNewsSites, key: str) -> None:
    outlet = sites.outlet(key)
    named = {url for sitemap in outlet.sitemap_urls for url in sitemap_urls(sitemap)}
    closed = {Reason.ROBOTS, Reason.NOINDEX}
    for article in truth():
        if article.outlet == key:
            assert (sites.url_of(article) in named) is (article.removal not in closed)


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("harbour-post", "/news-sitemap.xml"),
        ("valley-ledger", "/sitemap-news.xml"),
        ("dakshin-samachar", "/news-sitemap.xml"),
    ],
)
def test_news_sitemaps_tell_title_language_and_time(sites: DemoNewsSites, key: str, path: str) -> None:
    outlet = sites.outlet(key)
    tree: Any = etree.fromstring(get(outlet.url_of(path)).body)
    by_url = {sites.url_of(article): article for article in truth() if article.outlet == key}
    entries = tree.findall("s:url", _NAMESPACES)
    assert entries
    for entry in entries:
        article = by_url[str(entry.findtext("s:loc", namespaces=_NAMESPACES))]
        assert entry.findtext(".//news:title", namespaces=_NAMESPACES) == article.title
        assert entry.findtext(".//news:language", namespaces=_NAMESPACES) == article.language
        time = entry.findtext(".//news:publication_date", namespaces=_NAMESPACES)
        assert time == article.published.isoformat()


def test_the_scripted_home_leads_nowhere_without_its_script(sites: DemoNewsSites) -> None:
    answer = get(sites.outlet("dakshin-samachar").url)
    assert not tree_of(answer.body).xpath("//a")


@pytest.mark.parametrize("key", ["harbour-post", "valley-ledger"])
def test_the_pages_of_the_latest_stories_lead_to_every_listed_article(sites: DemoNewsSites, key: str) -> None:
    url = sites.outlet(key).url_of("/latest/" if key == "harbour-post" else "/all-stories/")
    found: set[str] = set()
    pages = 0
    while url:
        tree = tree_of(get(url).body)
        tree.make_links_absolute(url)
        found |= {str(link) for link in tree.xpath("//article//a/@href")}
        url = next(iter(tree.xpath("//a[@rel='next']/@href")), "")
        pages += 1
    assert pages > 2
    assert {sites.url_of(a) for a in truth() if a.outlet == key and a.removal is not Reason.ROBOTS} <= found


# Manners


@pytest.mark.parametrize("key", _KEYS)
def test_robots_txt_closes_the_private_section_and_asks_for_a_delay(sites: DemoNewsSites, key: str) -> None:
    outlet = sites.outlet(key)
    rules = Protego.parse(get(outlet.url_of("/robots.txt")).body.decode())
    assert rules.crawl_delay("demo-bot") == 0.2
    assert tuple(rules.sitemaps) == outlet.sitemap_urls
    private = [a for a in truth() if a.outlet == key and a.removal is Reason.ROBOTS]
    assert private
    for article in truth():
        if article.outlet == key:
            assert rules.can_fetch(sites.url_of(article), "demo-bot") is (article not in private)


def test_no_delay_is_asked_for_when_it_is_zero() -> None:
    with DemoNewsSites(addresses=("127.0.0.1",), crawl_delay_seconds=0) as quick:
        assert b"Crawl-delay" not in get(quick.outlets[0].url + "robots.txt").body


def test_every_request_is_on_record_with_time_host_path_and_headers(sites: DemoNewsSites) -> None:
    sites.forget_requests()
    asked = [outlet.url_of("/robots.txt") for outlet in sites.outlets]
    for url in asked:
        get(url, {"User-Agent": "demo-bot"})
    requests = sites.requests
    assert [f"http://{request.host}{request.path}" for request in requests] == asked
    assert sorted(request.time for request in requests) == [request.time for request in requests]
    assert {request.headers["user-agent"] for request in requests} == {"demo-bot"}
    assert {request.status for request in requests} == {200}


# Validators and encodings


def page_of(sites: DemoNewsSites) -> str:
    return sites.url_of(kept("valley-ledger")[0])


def test_a_known_etag_is_answered_with_304_and_no_body(sites: DemoNewsSites) -> None:
    first = get(page_of(sites))
    again = get(page_of(sites), {"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_an_unknown_etag_is_answered_in_full_whatever_the_time(sites: DemoNewsSites) -> None:
    since = get(page_of(sites)).headers["last-modified"]
    assert get(page_of(sites), {"If-None-Match": '"other"', "If-Modified-Since": since}).status == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Thu, 12 Nov 2026 23:20:00 GMT", 304),
        ("Thu, 12 Nov 2026 23:19:59 GMT", 200),
        ("not a date", 200),
    ],
)
def test_an_article_is_sent_again_only_if_it_changed_since(sites: DemoNewsSites, since: str, status: int) -> None:
    # Published at 16:20 in Corrigan County, seven hours west of Greenwich.
    assert get(page_of(sites), {"If-Modified-Since": since}).status == status


def test_gzip_is_sent_when_it_is_accepted_and_holds_the_same_page(sites: DemoNewsSites) -> None:
    plain, packed = get(page_of(sites)), get(page_of(sites), {"Accept-Encoding": "gzip, deflate"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["etag"] != plain.headers["etag"]
    assert get(page_of(sites), {"If-None-Match": packed.headers["etag"]}).status == 304


def test_head_sends_the_header_alone(sites: DemoNewsSites) -> None:
    answer = get(page_of(sites), method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) == len(get(page_of(sites)).body)


# Odd pages


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/no/such/page/", 404),
        (GONE, 404),
        ("/archive/2017/withdrawn/", 410),
        (SOFT_404, 200),
        (CONSENT_WALL, 200),
        (LOOP, 302),
        (LOOP_BACK, 302),
        (PARTNER, 302),
        (DRAFT, 200),
        (EPAPER, 200),
        (EVENTS, 200),
        ("/search?q=ferry", 200),
    ],
)
@pytest.mark.parametrize("key", _KEYS)
def test_odd_pages_answer_as_declared(sites: DemoNewsSites, key: str, path: str, status: int) -> None:
    assert get(sites.outlet(key).url_of(path)).status == status


@pytest.mark.parametrize("key", _KEYS)
def test_the_soft_404_shows_the_error_page(sites: DemoNewsSites, key: str) -> None:
    outlet = sites.outlet(key)
    assert get(outlet.url_of(SOFT_404)).body == get(outlet.url_of(GONE)).body


def test_two_addresses_redirect_to_each_other_for_ever(sites: DemoNewsSites) -> None:
    outlet = sites.outlets[0]
    assert get(outlet.url_of(LOOP)).headers["location"] == outlet.url_of(LOOP_BACK)
    assert get(outlet.url_of(LOOP_BACK)).headers["location"] == outlet.url_of(LOOP)


def test_an_address_without_its_slash_is_redirected(sites: DemoNewsSites) -> None:
    url = sites.url_of(kept("harbour-post")[0])
    answer = get(url.rstrip("/"))
    assert (answer.status, answer.headers["location"]) == (301, url)


def test_the_partner_is_another_host(sites: DemoNewsSites) -> None:
    location = get(sites.outlets[0].url_of(PARTNER)).headers["location"]
    assert location == sites.outlets[1].url


def test_the_draft_forbids_indexing_in_its_header_and_the_advertorial_in_its_head(sites: DemoNewsSites) -> None:
    assert get(sites.outlets[0].url_of(DRAFT)).headers["x-robots-tag"] == "noindex, nofollow"
    advertorial = next(a for a in truth() if a.removal is Reason.NOINDEX)
    assert b'name="robots" content="noindex' in get(sites.url_of(advertorial)).body


def test_the_calendar_never_ends(sites: DemoNewsSites) -> None:
    url = sites.outlets[0].url_of(EVENTS)
    for _ in range(30):
        tree = tree_of(get(url).body)
        url = str(tree.xpath("//a[@rel='next']/@href")[0])
    assert urlsplit(url).path == "/events/2029/05/"


def test_pictures_style_and_script_have_their_types(sites: DemoNewsSites) -> None:
    outlet = sites.outlets[0]
    types = {name: get(outlet.url_of(f"/assets/{name}")).headers["content-type"] for name in ("icon.png", "site.css")}
    assert types == {"icon.png": "image/png", "site.css": "text/css"}


# Time, updates, life and death


def test_an_update_shows_the_second_version_everywhere() -> None:
    with DemoNewsSites() as sites:
        first = next(a for a in sites.truth if a.slug == "jail-bond-goes-to-recount")
        before = get(sites.url_of(first))
        sites.update()
        second = next(a for a in sites.truth if a.slug == "jail-bond-goes-to-recount")
        after = get(sites.url_of(second), {"If-None-Match": before.headers["etag"]})
        feed = feedparser.parse(get(sites.outlet("valley-ledger").feed_url).body)
    assert (first.version, second.version) == (1, 2)
    assert first.path == second.path
    assert second.modified is not None
    assert after.status == 200
    text = words_of(after.body.decode())
    assert all(paragraph in text for paragraph in second.paragraphs)
    assert second.correction is not None
    assert second.correction in text
    assert second.title in {entry.title for entry in feed.entries}


def test_an_update_changes_no_other_article() -> None:
    changed = [new.slug for old, new in zip(truth(), truth(updated=True), strict=True) if old != new]
    assert changed == ["jail-bond-goes-to-recount"]


def test_the_same_request_gets_the_same_bytes_in_another_run() -> None:
    def bodies(port: int) -> tuple[int, dict[str, tuple[dict[str, str], bytes]]]:
        with DemoNewsSites(addresses=("127.0.0.3",), port=port) as sites:
            outlet = sites.outlets[0]
            paths = ["/", outlet.feed_url[len(outlet.url) - 1 :], *(a.path for a in sites.truth), "/robots.txt"]
            answers = [get(outlet.url_of(path), {"Accept-Encoding": "gzip"}) for path in paths]
            number = urlsplit(outlet.url).port
            assert number is not None
            return number, {answer.url: (answer.headers, answer.body) for answer in answers}

    port, first = bodies(0)
    assert bodies(port)[1] == first


def test_closing_ends_every_thread_even_with_an_idle_connection() -> None:
    before = threading.active_count()
    with DemoNewsSites() as sites:
        outlet: Outlet = sites.outlets[0]
        idle = http.client.HTTPConnection(outlet.host)
        idle.request("GET", "/robots.txt")
        idle.getresponse().read()
    idle.close()
    assert threading.active_count() == before


def test_a_taken_port_is_named() -> None:
    with DemoNewsSites(addresses=("127.0.0.1",)) as sites:
        port = int(sites.outlets[0].host.rpartition(":")[2])
        second = DemoNewsSites(addresses=("127.0.0.1",), port=port)
        with pytest.raises(ConfigError, match=rf"127\.0\.0\.1:{port}"):
            second.start()


@pytest.mark.parametrize("addresses", [(), ("127.0.0.1",) * 4])
def test_one_to_three_addresses_are_wanted(addresses: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match="addresses"):
        DemoNewsSites(addresses=addresses)


def test_a_negative_delay_is_refused() -> None:
    with pytest.raises(ConfigError, match="crawl_delay_seconds"):
        DemoNewsSites(crawl_delay_seconds=-0.1)


@given(path=st.text(st.characters(codec="utf-8"), max_size=40), accept=st.text(max_size=20))
@settings(max_examples=60, deadline=None)
def test_any_target_is_answered(sites: DemoNewsSites, path: str, accept: str) -> None:
    found = sites._sites["harbour-post"].find("/" + path)
    assert found.negotiate({"accept-encoding": accept, "if-none-match": accept}).status in {
        200,
        301,
        302,
        304,
        404,
        410,
    }


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_module_serves_until_it_is_told_to_stop_even_in_the_background(number: signal.Signals) -> None:
    # A shell starts what runs in the background with SIGINT ignored.
    command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-m", "collector.demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(4)]
            urls = [line.split()[-1] for line in lines[:3]]
            statuses = [get(url).status for url in urls]
            process.send_signal(number)
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
    assert statuses == [200, 200, 200]
