import pytest
from cleaning import PARAGRAPH, blocks_of

from cleaners.cards import find_cards
from cleaners.config import BodyConfig

URL = "https://www.planet.example/a"


def cards(html: str, config: BodyConfig | None = None) -> list[str]:
    blocks = blocks_of(html)
    return [blocks[index].text for index in sorted(find_cards(blocks, URL, config or BodyConfig()))]


def card(number: int, *, href: str = "/story", summary: str = "A summary.", name: str = "teaser") -> str:
    link = f'<a href="{href}/{number}">A headline of some length {number}</a>'
    return f'<div class="{name}"><h3>{link}</h3><p>{summary}</p></div>'


def test_three_sisters_with_a_headline_and_a_summary_are_cards() -> None:
    found = cards(f"<p>{PARAGRAPH}</p><section>{card(1)}{card(2)}{card(3)}</section>")
    assert found == [text for n in (1, 2, 3) for text in (f"A headline of some length {n}", "A summary.")]


@pytest.mark.parametrize(("count", "found"), [(2, 0), (3, 6)])
def test_two_sisters_are_no_list(count: int, found: int) -> None:
    assert len(cards("<section>" + "".join(map(card, range(count))) + "</section>")) == found


def test_numbers_and_categories_in_the_classes_of_posts_do_not_matter() -> None:
    html = "".join(card(n, name=f"post-{n} teaser category-{n}") for n in range(3))
    assert len(cards(f"<section>{html}</section>")) == 6


def test_links_that_lead_away_are_no_cards() -> None:
    html = "".join(card(n, href="https://shop.example/book") for n in range(3))
    assert not cards(f"<section>{html}</section>")


def test_hosts_of_the_same_site_are_no_way_away() -> None:
    html = "".join(card(n, href="https://sport.planet.example/a") for n in range(3))
    assert len(cards(f"<section>{html}</section>")) == 6


def test_sections_of_an_article_are_no_cards() -> None:
    html = "".join(card(n, summary=PARAGRAPH * 4) for n in range(3))
    assert not cards(f"<section>{html}</section>")


def test_short_links_are_buttons() -> None:
    html = "".join(f'<div class="t"><a href="/{n}">Read more</a><p>A summary.</p></div>' for n in range(3))
    assert not cards(f"<section>{html}</section>")


@pytest.mark.parametrize(("others", "found"), [(1, 6), (2, 0)])
def test_most_of_the_sisters_must_be_cards(others: int, found: int) -> None:
    plain = f'<div class="teaser"><p>{PARAGRAPH}</p></div>' * others
    html = "".join(map(card, range(3))) + plain
    assert len(cards(f"<section>{html}</section>", BodyConfig(min_card_share=0.7))) == found


def test_an_address_that_is_none_is_no_trouble() -> None:
    html = "".join(card(n, href="http://[bad") for n in range(3))
    assert len(cards(f"<section>{html}</section>")) == 6
    assert find_cards(blocks_of(html), "http://[bad", BodyConfig()) is not None
