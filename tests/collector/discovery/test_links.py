"""A front's articles are found on sites that were never seen, its sections and pages are told apart from them."""

from collections import Counter

import lxml.html
import pytest

from collector.discovery.links import read_links
from collector.discovery.pagination import MAX_PAGE_NUMBER
from collector.discovery.rules import LinkRules
from corpus.types import Kind, Via

SITE = "https://valley.example"
FRONT = f"{SITE}/"


def links(body: str, url: str = FRONT, rules: LinkRules | None = None, head: str = "") -> dict[str, str]:
    """Return path and kind of each link; pages of listings are called ``page``."""
    tree = lxml.html.document_fromstring(f"<html><head>{head}</head><body>{body}</body></html>")
    return {
        found.url.removeprefix(SITE): "page" if found.via is Via.PAGINATION else found.kind.value
        for found in read_links(tree, url, rules)
    }


def test_stories_are_articles_wherever_their_links_stand() -> None:
    path = "/2026/05/01/dam-opens/"
    for body in ("<a href='{}'>x</a>", "<nav><a href='{}'>Dam</a></nav>", "<footer><a href='{}'></a></footer>"):
        assert links(body.format(path)) == {path: "article"}


@pytest.mark.parametrize(
    "body",
    [
        "<a href='/dam/'>The dam opens in the valley</a>",
        "<h2><a href='/dam/'>Valley rejoices</a></h2>",
        "<a href='/dam/'><h3>Valley rejoices</h3></a>",
        "<article><header><h2><a href='/new-dam/'>New dam</a></h2></header></article>",
        "<a href='/dam/'><img src='a.jpg' alt=''></a>",
        "<a href='/dam/' rel='bookmark'>Dam</a>",
        "<a href='/dam/' title='The dam opens in the valley'>more</a>",
        "<nav><a href='/dam/'>Dam</a></nav><h2><a href='/dam/'>Valley rejoices</a></h2>",
        "<a href='/dam/'>Read more …</a>",
        "<a href='/guguan/'>河川のダムが開通</a>",
    ],
)
def test_a_short_name_is_an_article_where_a_headline_or_picture_leads_to_it(body: str) -> None:
    assert list(links(body).values()) == ["article"]


@pytest.mark.parametrize(
    "body",
    [
        "<nav><a href='/arts-and-culture/'>Arts &amp; Culture</a></nav>",
        "<div class='main-menu'><a href='/opinion/'>Views</a></div>",
        "<div role='navigation'><a href='/opinion/'>Views</a></div>",
        "<header><a href='/opinion/'>Opinion</a></header>",
        "<p><a href='/arts-and-culture/'>Arts and culture</a></p>",
        "<h2><a href='/sport/'>Sport</a></h2>",
        "<div><a href='/caijing/index.htm'>财经</a></div>",
        "<article><footer><a href='/sport/'>Sport</a></footer></article>",
        "<a href='/jane-doe/' rel='author'>By our correspondent in the valley</a>",
        "<a href='/the-dam-of-the-valley/' rel='category tag'>The dam of the valley</a>",
        "<a href='/tag/floods/'><h2>All that we wrote on floods</h2></a>",
    ],
)
def test_menus_labels_and_relations_make_sections(body: str) -> None:
    assert list(links(body).values()) == ["section"]


def test_a_body_that_speaks_of_menus_is_none() -> None:
    tree = lxml.html.document_fromstring("<body class='menu'><p><a href='/dam/'>about this</a></p></body>")
    assert [found.kind for found in read_links(tree, FRONT)] == [Kind.ARTICLE]


@pytest.mark.parametrize(
    "href",
    [
        "#top", "", "/", "javascript:void(0)", "mailto:a@valley.example", "tel:+1", "https://other.example/a-story-of-four",
        "/a.jpg", "/login/", "/contact/", "/a-story-of-four/?share=x", "http://[oops/", "/wp-admin/", "data:,a",
        "/comments/feed/",
    ],
)  # fmt: skip
def test_what_is_no_page_of_the_site_is_left_out(href: str) -> None:
    assert links(f"<a href='{href}'>The dam opens in the valley</a><a>no href</a>") == {}


def test_other_sites_are_followed_where_the_rules_say_so() -> None:
    body = "<a href='https://www.other.example/a-story-of-four/'>x</a>"
    assert links(body, rules=LinkRules(also_sites=frozenset({"other.example"}))) == {
        "https://www.other.example/a-story-of-four/": "article"
    }


def test_subdomains_are_the_site_and_other_ports_are_not() -> None:
    assert len(links("<a href='https://sport.valley.example/a-story-of-four/'>x</a>")) == 1
    assert links("<a href='http://127.0.0.2:8000/a-story-of-four/'>x</a>", "http://127.0.0.1:8000/") == {}


def test_base_href_is_honoured() -> None:
    head = "<base href='/deep/folder/'>"
    assert links("<a href='a-story-of-four'>x</a>", head=head) == {"/deep/folder/a-story-of-four": "article"}


def test_a_url_is_reported_once_as_first_written() -> None:
    body = "<a href='/a-story-of-four/?utm_source=front'>x</a><a href='/a-story-of-four/#comments'>y</a>"
    assert links(body) == {"/a-story-of-four/?utm_source=front": "article"}


def test_links_with_nofollow_are_left_out_unless_the_rules_say_otherwise() -> None:
    body = "<a href='/a-story-of-four/' rel='nofollow'>x</a>"
    assert links(body) == {}
    assert links(body, rules=LinkRules(obey_nofollow=False)) == {"/a-story-of-four/": "article"}
    assert links(body + "<a href='/a-story-of-four/'>x</a>") == {"/a-story-of-four/": "article"}


@pytest.mark.parametrize("content", ["nofollow", "noindex, NOFOLLOW", "none"])
def test_a_page_may_ask_that_its_links_be_left_alone(content: str) -> None:
    head = f"<meta name='Robots' content='{content}'>"
    body = "<a href='/a-story-of-four/'>x</a>"
    assert links(body, head=head) == {}
    assert links(body, head=head, rules=LinkRules(obey_nofollow=False)) == {"/a-story-of-four/": "article"}


@pytest.mark.parametrize("content", ["noindex", "index, follow", "max-image-preview:large"])
def test_other_robots_directives_do_not_stop_us(content: str) -> None:
    assert len(links("<a href='/a-story-of-four/'>x</a>", head=f"<meta name='robots' content='{content}'>")) == 1


def test_announced_feeds_are_found_and_those_of_comments_are_not() -> None:
    head = """<link rel="alternate" type="application/rss+xml" href="/feed/">
    <link rel="alternate" type="application/atom+xml; charset=utf-8" href="/world/atom.xml">
    <link rel="alternate" type="application/rss+xml" href="/comments/feed/">
    <link rel="alternate" type="application/rss+xml" href="/a-story-of-four/feed/">
    <link rel="alternate" type="application/rss+xml" href="https://feeds.example/valley">
    <link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" href="/a.css">"""
    assert links("", f"{SITE}/a-story-of-four/", head=head) == {
        "/feed/": "feed",
        "/world/atom.xml": "feed",
        "https://feeds.example/valley": "feed",
    }


def test_linked_feeds_are_found() -> None:
    assert links("<a href='/world.rss'>RSS</a><a href='/a-story-of-four/feed/'>x</a>", f"{SITE}/a-story-of-four/") == {
        "/world.rss": "feed"
    }


SECTION = f"{SITE}/world/"


@pytest.mark.parametrize(
    "body",
    [
        "<a href='/world/page/2/'>Next</a>",
        "<a href='?page=2'>2</a>",
        "<a href='/world/2'>2</a>",
        "<a href='/world-2.html'>2</a>",
        "<a href='?after=abc' rel='next'>Older</a>",
        "<a href='/tag/floods/page/2/'>2</a>",
    ],
)
def test_pages_of_listings_are_found(body: str) -> None:
    assert list(links(body, SECTION).values()) == ["page"]


def test_pages_of_listings_are_found_in_the_head() -> None:
    head = "<link rel='prev' href='/world/'><link rel='next' href='/world/page/3/'>"
    assert links("", f"{SITE}/world/page/2/", head=head) == {"/world/page/3/": "page"}


def test_the_next_story_is_no_page_of_this_one() -> None:
    head = "<link rel='next' href='/the-next-story-of-all/'>"
    body = "<a rel='next' href='/the-next-story-of-all/'>Next</a>"
    assert links(body, f"{SITE}/a-story-of-four/", head=head) == {"/the-next-story-of-all/": "article"}


@pytest.mark.parametrize(
    "href",
    ["/a-story-of-four/2/", "/a-story-of-four-2.html", "/a-story-of-four/?page=2", "/another-story-of-four/?page=2"],
)
def test_pages_of_stories_are_left_to_their_reader(href: str) -> None:
    assert links(f"<a href='{href}'>2</a>", f"{SITE}/a-story-of-four/") == {}


def test_a_listing_may_be_named_as_a_story_is() -> None:
    tree = lxml.html.document_fromstring("<a href='?page=2'>2</a>")
    (found,) = read_links(tree, f"{SITE}/a-section-of-four/", via=Via.SECTION)
    assert (found.kind, found.via) == (Kind.SECTION, Via.PAGINATION)


@pytest.mark.parametrize(("body", "kind"), [("<a href='/covid-19'>The virus in the valley</a>", "article"),
                                            ("<a href='/top-10/'>Ten of the best dams</a>", "article"),
                                            ("<a href='/2026/'>2026</a>", "section")])  # fmt: skip
def test_other_numbers_are_no_pages(body: str, kind: str) -> None:
    assert list(links(body, SECTION).values()) == [kind]


def test_pages_beyond_the_limit_are_left_out() -> None:
    body = "<a href='?page=7'>7</a><a href='?page=8'>8</a>"
    assert links(body, SECTION, LinkRules(max_page_number=7)) == {"/world/?page=7": "page"}


def test_rules_come_before_shapes() -> None:
    rules = LinkRules(ignore=(r"/sponsored/",), article=(r"/tag/dam$",), section=(r"/a-story-of-four/$",))
    body = "".join(
        f"<a href='{href}'>x</a>" for href in ("/sponsored/a-story-of-four/", "/tag/dam", "/a-story-of-four/")
    )
    assert links(body, rules=rules) == {"/tag/dam": "article", "/a-story-of-four/": "section"}


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"article": ("(",)}, "article: '\\('"),
        ({"ignore": ("*",)}, "ignore"),
        ({"max_depth": -1}, "max_depth"),
        ({"max_page_number": 0}, "max_page_number"),
        ({"max_page_number": MAX_PAGE_NUMBER + 1}, "max_page_number"),
    ],
)
def test_wrong_rules_are_refused_by_name(rules: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LinkRules(**rules)


def test_links_are_one_deeper_than_their_page_and_pages_as_deep() -> None:
    tree = lxml.html.document_fromstring("<a href='/a-story-of-four/'>x</a><a href='?page=2'>2</a>")
    found = {one.url: one for one in read_links(tree, SECTION, LinkRules(max_depth=3), via=Via.SECTION, depth=2)}
    assert {url.removeprefix(SITE): (one.depth, one.via) for url, one in found.items()} == {
        "/a-story-of-four/": (3, Via.SECTION),
        "/world/?page=2": (2, Via.PAGINATION),
    }
    assert {one.found_on for one in found.values()} == {SECTION}


def test_links_deeper_than_the_limit_are_left_out() -> None:
    tree = lxml.html.document_fromstring(
        "<a href='/a-story-of-four/'>x</a><a href='?page=2'>2</a><a href='/feed/'>RSS</a>"
    )
    kinds = Counter(one.kind for one in read_links(tree, SECTION, LinkRules(max_depth=3), depth=3))
    assert kinds == {Kind.SECTION: 1, Kind.FEED: 1}


def test_an_empty_page_has_no_links() -> None:
    assert links("") == {}


def test_deep_nesting_is_read() -> None:
    body = "<div>" * 3000 + "<a href='/a-story-of-four/'>x</a>" * 50 + "</div>" * 3000
    tree = lxml.html.document_fromstring(body, parser=lxml.html.HTMLParser(huge_tree=True))
    assert len(read_links(tree, FRONT)) <= 1
