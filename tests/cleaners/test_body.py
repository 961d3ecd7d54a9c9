import pytest
from cleaning import PARAGRAPH, draft_of, kept, numbered, p, rules

from cleaners.body import (
    cut_cards,
    cut_named,
    cut_other_articles,
    cut_outside,
    fill_gaps,
    read_witness,
    settle_body,
    trust_witness,
)
from cleaners.cards import find_cards
from cleaners.config import DEFAULT, BodyConfig, CleanerConfig
from cleaners.draft import Draft
from cleaners.headline import find_headline

CARDS = "".join(
    f'<div class="t"><h3><a href="/{n}">A headline of some length</a></h3><p>{n}</p></div>' for n in range(3)
)


def cards_of(draft: Draft) -> frozenset[int]:
    return find_cards(draft.blocks, "https://planet.example/a", DEFAULT.body)


def named(html: str, config: CleanerConfig = DEFAULT) -> Draft:
    draft = draft_of(html)
    cut_named(draft, find_headline(draft.blocks, "Title"), config)
    return draft


def outside(html: str, *left_out: str) -> Draft:
    draft = draft_of(html, *left_out)
    cut_outside(draft, find_headline(draft.blocks, "Title"), DEFAULT)
    return draft


def test_cards_behind_the_text_are_cut() -> None:
    draft = draft_of(f"<main>{p(*numbered(1, 2, 3))}<section>{CARDS}</section></main>")
    cut_cards(draft, cards_of(draft), DEFAULT)
    assert kept(draft) == numbered(1, 2, 3)
    assert set(rules(draft).values()) == {"related"}


def test_cards_between_paragraphs_stay() -> None:
    draft = draft_of(f"<main>{p(*numbered(1))}<section>{CARDS}</section>{p(*numbered(2))}</main>")
    before = kept(draft)
    cut_cards(draft, cards_of(draft), DEFAULT)
    assert kept(draft) == before


def test_cards_that_are_most_of_the_page_stay() -> None:
    draft = draft_of(
        f"<main><p>{PARAGRAPH[:90]}</p><section>{CARDS.replace('<p>', '<p>' + PARAGRAPH[:100])}</section></main>"
    )
    before = kept(draft)
    cut_cards(draft, cards_of(draft), DEFAULT)
    assert kept(draft) == before
    cut_cards(draft, cards_of(draft), DEFAULT, certain=True)
    assert kept(draft) == before[:1]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("related-links", "related"),
        ("newsletter-box", "prompt"),
        ("share", "share"),
        ("article-comments", "comments"),
        ("copyright", "legal"),
        ("photo-caption", "caption"),
    ],
)
def test_parts_are_cut_by_their_names(name: str, rule: str) -> None:
    draft = named(f'<h1>Title</h1>{p(*numbered(1, 2, 3))}<div class="{name}"><p>part</p></div>')
    assert rules(draft) == {"part": rule}


def test_a_part_that_holds_much_of_the_text_is_no_such_part() -> None:
    html = f'<h1>Title</h1>{p(*numbered(1))}<div class="newsletter-issue">{p(*numbered(2, 3))}</div>'
    assert not rules(named(html))


def test_parts_of_one_name_are_weighed_together() -> None:
    html = "<h1>Title</h1>" + "".join(f'<div class="sidebar">{p(text)}</div>' for text in numbered(*range(8)))
    assert not rules(named(html))


def test_comments_may_be_longer_than_the_story_they_follow() -> None:
    story, comments = p(*numbered(1, 2, 3, 4, 5)), p(*numbered(*range(6, 16)))
    draft = named(f'<h1>Title</h1>{story}<div id="comments">{comments}</div>')
    assert kept(draft)[1:] == numbered(1, 2, 3, 4, 5)


def test_comments_without_a_story_stay() -> None:
    draft = named(f'<h1>Title</h1><p>{PARAGRAPH}</p><div id="comments">{p(*numbered(1, 2, 3))}</div>')
    assert not rules(draft)


def test_a_consent_banner_is_cut_even_where_nothing_else_is_left() -> None:
    draft = named(f'<h1>Title</h1><div class="cookie-banner">{p(*numbered(1, 2))}</div>')
    assert kept(draft) == ["Title"]


def test_a_consent_class_around_the_headline_says_nothing() -> None:
    assert not rules(named(f'<div class="cookie-shown"><h1>Title</h1>{p(*numbered(1, 2))}</div>'))


def test_what_follows_the_container_of_the_text_is_cut() -> None:
    draft = outside(
        f"<main><h1>Title</h1><div>{p(*numbered(1, 2, 3))}</div><p>after</p><div><p>{PARAGRAPH}</p></div></main>"
    )
    assert kept(draft) == numbered(1, 2, 3)


def test_paragraphs_shortly_before_the_container_stay() -> None:
    draft = outside(f"<main><p>{PARAGRAPH}</p><p>scrap</p><div>{p(*numbered(1, 2, 3))}</div></main>")
    assert kept(draft) == [PARAGRAPH, *numbered(1, 2, 3)]


def test_paragraphs_far_before_the_container_go_unless_the_headline_leads_them() -> None:
    deep = f"<div><div><div><div>{p(*numbered(1, 2, 3))}</div></div></div></div>"
    assert kept(outside(f"<p>{PARAGRAPH}</p>{deep}")) == numbered(1, 2, 3)
    assert kept(outside(f"<h1>Title</h1><p>{PARAGRAPH}</p>{deep}")) == [PARAGRAPH, *numbered(1, 2, 3)]


def test_a_container_is_no_part_of_running_text() -> None:
    longest = PARAGRAPH * 5
    assert kept(outside(f"<div><p>{longest}</p><ul><li>point</ul></div><p>after</p>")) == [longest, "point"]


def test_a_text_without_paragraphs_has_no_container() -> None:
    assert kept(outside("<div><p>one</p></div><p>two</p>")) == ["one", "two"]


@pytest.mark.parametrize(("share", "found"), [(0.7, 5), (0.9, 6)])
def test_the_share_of_a_container_is_a_threshold(share: float, found: int) -> None:
    draft = draft_of(f"<main><div>{p(*numbered(1, 2, 3, 4, 5))}</div><div>{p(*numbered(6))}</div></main>")
    cut_outside(draft, None, CleanerConfig(body=BodyConfig(min_body_share=share)))
    assert len(draft.kept) == found


def test_articles_beside_the_one_with_the_headline_are_cut() -> None:
    html = "".join(f"<article><h2>{title}</h2><p>{PARAGRAPH}</p></article>" for title in ("Other", "Title", "Third"))
    draft = draft_of(html)
    cut_other_articles(draft, find_headline(draft.blocks, "Title"), DEFAULT)
    assert kept(draft) == ["Title", PARAGRAPH]


def test_articles_inside_the_article_stay() -> None:
    draft = draft_of(f"<article><h1>Title</h1><p>{PARAGRAPH}</p><article><p>inner</p></article></article>")
    cut_other_articles(draft, find_headline(draft.blocks, "Title"), DEFAULT)
    assert "inner" in kept(draft)


def test_without_a_headline_the_article_with_most_of_the_text_counts_or_none() -> None:
    most = draft_of(f"<article>{p(*numbered(1, 2))}</article><article><p>{PARAGRAPH}</p></article>")
    cut_other_articles(most, None, DEFAULT)
    assert kept(most) == numbered(1, 2)
    alike = draft_of("".join(f"<article><p>{text}</p></article>" for text in numbered(1, 2, 3)))
    cut_other_articles(alike, None, DEFAULT)
    assert kept(alike) == numbered(1, 2, 3)


def test_a_witness_restores_what_the_extractor_left_out() -> None:
    draft = draft_of(p(*numbered(1, 2, 3)), numbered(2)[0])
    trust_witness(draft, " ".join(numbered(1, 2, 3)), DEFAULT)
    assert kept(draft) == numbered(1, 2, 3)


def test_a_witness_that_speaks_of_something_else_is_not_heard() -> None:
    draft = draft_of(p(*numbered(1, 2)), numbered(2)[0])
    trust_witness(draft, numbered(2)[0] + "Another story altogether. " * 30, DEFAULT)
    assert kept(draft) == numbered(1)


def test_a_short_witness_is_a_teaser() -> None:
    draft = draft_of(p(*numbered(1, 2)), numbered(2)[0])
    trust_witness(draft, numbered(2)[0][:150], DEFAULT)
    assert kept(draft) == numbered(1)


def test_a_witness_is_the_text_where_the_page_does_not_show_it() -> None:
    draft = draft_of("<p>Loading</p>")
    assert read_witness(draft, "\n".join(numbered(1, 2)), DEFAULT.body) == "\n\n".join(numbered(1, 2))


@pytest.mark.parametrize("witness", [None, "", "A short teaser."])
def test_a_page_without_a_witness_speaks_for_itself(witness: str | None) -> None:
    assert read_witness(draft_of("<p>Loading</p>"), witness, DEFAULT.body) is None


def test_a_witness_is_not_the_text_where_the_page_shows_it() -> None:
    assert read_witness(draft_of(p(*numbered(1, 2)), *numbered(1, 2)), "\n".join(numbered(1, 2)), DEFAULT.body) is None


def test_gaps_between_sister_paragraphs_are_filled() -> None:
    draft = draft_of(
        p("Before.", *numbered(1), "“Short,” she said.", *numbered(2), "After."),
        "Before.",
        "“Short,” she said.",
        "After.",
    )
    fill_gaps(draft, DEFAULT)
    assert kept(draft) == [*numbered(1), "“Short,” she said.", *numbered(2)]


@pytest.mark.parametrize(
    "stranger",
    ['<p class="ad">x</p>', "<div>x</div>", "<p hidden>x</p>", "<p><a href=/>x</a></p>", "<section><p>x</p></section>"],
)
def test_what_is_no_sister_stays_out(stranger: str) -> None:
    draft = draft_of(f"<div>{p(*numbered(1, 2))}{stranger}{p(*numbered(3))}</div>", "x")
    fill_gaps(draft, DEFAULT)
    assert kept(draft) == numbered(1, 2, 3)


@pytest.mark.parametrize(("bare", "back"), [("x" * 80, True), ("x" * 79, False)])
def test_what_falls_out_of_a_paragraph_behind_a_box_is_a_paragraph(bare: str, back: bool) -> None:
    box = "<article class=related><p>A box</p></article>"
    draft = draft_of(f"<div><p>{numbered(1)[0]}{box}{bare}</p>{p(*numbered(2))}</div>", "A box", bare)
    fill_gaps(draft, DEFAULT)
    assert kept(draft) == [*numbered(1), *([bare] if back else []), *numbered(2)]


def test_a_line_in_an_element_around_one_paragraph_is_none_of_it() -> None:
    draft = draft_of(f"{p(*numbered(1))}<div>{'x' * 80}{p(*numbered(2))}</div>", "x" * 80)
    fill_gaps(draft, DEFAULT)
    assert kept(draft) == numbered(1, 2)


def test_an_empty_draft_stays_empty() -> None:
    draft = draft_of("<p>x</p>", "x")
    settle_body(draft, headline=None, cards=(), witness=None, config=DEFAULT)
    assert kept(draft) == []
