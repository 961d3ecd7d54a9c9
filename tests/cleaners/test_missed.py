import pytest
from cleaning import PARAGRAPH, URL, draft_of, kept, numbered, p

from cleaners.cards import find_cards
from cleaners.config import AlikeConfig, CleanerConfig
from cleaners.missed import restore_missed
from corpus.errors import ConfigError

LEAD = f"Lead: {PARAGRAPH}"


def missed(html: str, *left_out: str, config: AlikeConfig | None = None) -> list[str]:
    settings = CleanerConfig(alike=config or AlikeConfig())
    draft = draft_of(html, *left_out)
    restore_missed(draft, find_cards(draft.blocks, URL, settings.body), URL, settings)
    return kept(draft)


def items(*texts: str, tag: str = "div", name: str = "item", above: str = "") -> str:
    return "".join(f'<{tag} class="{name}">{above}<div><p>{text}</p></div></{tag}>' for text in texts)


def page(part: str) -> str:
    return f"<main>{p(LEAD)}{part}</main>"


def test_a_body_of_items_below_the_paragraph_that_was_kept_comes_back() -> None:
    texts = numbered(1, 2, 3, 4)
    assert missed(page(items(*texts)), *texts) == [LEAD, *texts]


def test_each_item_may_be_an_article() -> None:
    texts = numbered(1, 2, 3, 4)
    assert missed(page(items(*texts, tag="article")), *texts) == [LEAD, *texts]


@pytest.mark.parametrize(
    "html",
    [
        f"{p(LEAD)}{items(*numbered(1, 2, 3, 4))}",
        f"<div id=page>{p(LEAD)}{items(*numbered(1, 2, 3, 4))}</div>",
        f"<div>{page('')}{items(*numbered(1, 2, 3, 4))}</div>",
        page(f"<article>{items(*numbered(1, 2, 3, 4))}</article>"),
        page(items(*numbered(1, 2, 3, 4), name="comment")),
        page(items(*numbered(1, 2, 3, 4), above="<h3><a href=/boats>The boats of the harbour</a></h3>")),
        page(f"<div hidden>{items(*numbered(1, 2, 3, 4))}</div>"),
        page(f"<footer>{items(*numbered(1, 2, 3, 4))}</footer>"),
        page(items(*[PARAGRAPH] * 4)),
    ],
    ids=[
        "beside everything",
        "beside everything, in a wrapper",
        "beside the main part",
        "another story",
        "named",
        "cards",
        "hidden",
        "footer",
        "said over and over",
    ],
)
def test_other_parts_of_the_page_do_not(html: str) -> None:
    assert missed(html, *numbered(1, 2, 3, 4), PARAGRAPH, "The boats of the harbour") == [LEAD]


@pytest.mark.parametrize(("share", "restored"), [(2.9, True), (3.0, False)])
def test_they_weigh_several_times_what_was_kept(share: float, restored: bool) -> None:
    texts = numbered(1, 2, 3)
    found = missed(page(items(*texts)), *texts, config=AlikeConfig(min_missed_share=share))
    assert (found == [LEAD, *texts]) is restored


@pytest.mark.parametrize(("weight", "restored"), [(621, True), (622, False)])
def test_they_weigh_as_much_as_a_text(weight: int, restored: bool) -> None:
    texts = numbered(1, 2, 3)
    assert (len(missed(page(items(*texts)), *texts, config=AlikeConfig(min_missed=weight))) == 4) is restored


@pytest.mark.parametrize(("least", "restored"), [(4, True), (5, False)])
def test_they_are_several(least: int, restored: bool) -> None:
    texts = numbered(1, 2, 3, 4)
    assert (len(missed(page(items(*texts)), *texts, config=AlikeConfig(min_items=least))) == 5) is restored


def test_where_nothing_was_kept_nobody_knows_where_the_text_is() -> None:
    texts = numbered(1, 2, 3, 4)
    assert missed(page(items(*texts)), LEAD, *texts) == []


def test_fewer_than_two_are_no_kind() -> None:
    with pytest.raises(ConfigError, match="min_items"):
        AlikeConfig(min_items=1)


@pytest.mark.parametrize(("address", "back"), [("/ferry", False), ("#ferry", True), ("https://ferry.example/", True)])
def test_items_below_headings_that_lead_to_other_pages_are_teasers(address: str, back: bool) -> None:
    texts = numbered(1, 2, 3, 4)
    linked = items(*texts[:2], above=f'<h4><a href="{address}">Ferry</a></h4>')
    assert missed(page(linked + items(*texts[2:])), *texts, "Ferry") == ([LEAD, *texts] if back else [LEAD])
    one = items(*texts[:1], above=f'<h4><a href="{address}">Ferry</a></h4>')
    assert missed(page(one + items(*texts[1:])), *texts, "Ferry") == [LEAD, *texts]
