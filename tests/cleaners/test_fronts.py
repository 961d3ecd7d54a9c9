import pytest
from cleaning import PARAGRAPH, draft_of, numbered, p

from cleaners.cards import find_cards
from cleaners.config import DEFAULT
from cleaners.fronts import front_signs, is_article_type
from cleaners.parse import parse

STORY = "https://planet.example/2024/storm"
SECTION = "https://planet.example/section/sport"
ROOT = "https://planet.example/"


def headlines(count: int, summary: str = "") -> str:
    return "".join(
        f'<div class="t"><h2><a href="/{n}">A headline of some length</a></h2>{summary}</div>' for n in range(count)
    )


def signs(html: str, url: str = STORY, page_type: str | None = None, *left_out: str) -> list[str]:
    draft = draft_of(html, *left_out)
    cards = find_cards(draft.blocks, url, DEFAULT.body)
    return list(front_signs(url, parse(html), page_type, draft, cards, DEFAULT))


@pytest.mark.parametrize("page_type", ["CollectionPage", "SearchResultsPage", "ProfilePage", "profile"])
def test_a_page_that_says_it_is_a_collection_is_one(page_type: str) -> None:
    assert signs(p(*numbered(1, 2)), page_type=page_type) == [f"the page says it is a {page_type}"]


@pytest.mark.parametrize("names", ["archive category", "search-results", "blog paged", "home blog"])
def test_a_weblog_says_in_its_body_that_it_lists_posts(names: str) -> None:
    assert signs(f'<body class="{names}">{p(*numbered(1, 2))}</body>')


@pytest.mark.parametrize("names", ["blog", "single single-post", "home", "post-template-default"])
def test_other_classes_say_nothing(names: str) -> None:
    assert not signs(f'<body class="{names}">{p(*numbered(1, 2))}</body>')


def test_a_text_of_cards_is_a_front() -> None:
    assert signs(headlines(3, "<p>A summary of it.</p>"))[0].endswith("characters in cards")


def test_a_text_with_cards_behind_it_is_none() -> None:
    assert not signs(p(*numbered(1, 2, 3, 4)) + headlines(3))


def test_headlines_at_a_fronts_address_are_a_front() -> None:
    html = f"<p>{PARAGRAPH}</p>" + headlines(5)
    left_out = "A headline of some length"
    assert signs(html, SECTION, None, left_out) == ["5 linked headlines at /section/sport"]
    assert signs(html, ROOT, None, left_out) == ["5 linked headlines at the site's root"]
    assert not signs(html, STORY, None, left_out)


@pytest.mark.parametrize(("count", "front"), [(4, False), (5, True)])
def test_a_few_headlines_are_no_front(count: int, front: bool) -> None:
    html = f"<p>{PARAGRAPH}</p>" + headlines(count)
    assert bool(signs(html, SECTION, None, "A headline of some length")) is front


@pytest.mark.parametrize(
    ("url", "front"),
    [
        ("https://planet.example/category/world/", True),
        ("https://planet.example/tag/rain", True),
        ("https://planet.example/author/jane-doe", True),
        ("https://planet.example/page/7/", True),
        ("https://planet.example/index.html", True),
        ("https://planet.example/?p=123", False),
        ("https://planet.example/world/storm-hits-coast", False),
        ("https://planet.example/archives/2008/01/storm.php", False),
        ("", False),
        ("http://[bad", False),
    ],
)
def test_fronts_have_their_addresses(url: str, front: bool) -> None:
    html = f"<p>{PARAGRAPH}</p>" + headlines(6)
    assert bool(signs(html, url, None, "A headline of some length")) is front


def test_an_article_at_a_fronts_address_is_an_article() -> None:
    html = p(*numbered(1, 2)) + headlines(6)
    assert not signs(html, SECTION, None, "A headline of some length")


@pytest.mark.parametrize(("excerpts", "front"), [(2, False), (3, True)])
def test_a_text_of_excerpts_is_a_front(excerpts: int, front: bool) -> None:
    html = f"<p>{PARAGRAPH[:-1]} …</p>" * excerpts
    assert bool(signs(html)) is front


@pytest.mark.parametrize("mark", ["...", "…", "[…]", "… Read more", "(...)"])
def test_excerpts_are_known_by_their_end(mark: str) -> None:
    assert signs(f"<p>{PARAGRAPH[:-1]} {mark}</p>" * 3)


def test_a_story_with_unfinished_sentences_is_none() -> None:
    assert not signs(f"<p>{PARAGRAPH} …</p>" * 3 + p(*numbered(1, 2)))


def test_a_page_that_says_it_is_one_article_is_never_a_front() -> None:
    assert not signs(f'<body class="archive">{headlines(9)}</body>', ROOT, "NewsArticle")
    assert not signs(f'<body class="single single-post">{headlines(9)}</body>', ROOT)


@pytest.mark.parametrize(
    ("page_type", "article"),
    [
        ("NewsArticle", True),
        ("BlogPosting", True),
        ("LiveBlogPosting", True),
        ("Report", True),
        ("article", False),
        (None, False),
    ],
)
def test_only_linked_data_says_that_a_page_is_one_article(page_type: str | None, article: bool) -> None:
    assert is_article_type(page_type) is article


def test_a_frameset_has_no_body_and_is_no_trouble() -> None:
    assert not signs("<frameset><frame src=a></frameset>")
