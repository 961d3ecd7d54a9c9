import pytest
from cleaning import PARAGRAPH, draft_of, kept, metadata, numbered, p
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.cards import find_cards
from cleaners.config import CleanerConfig, LeadConfig
from cleaners.draft import Draft
from cleaners.headline import find_headline
from cleaners.lead import restore_lead
from corpus.errors import ConfigError

TITLE = "A boat in winter"
LEAD = "Nobody had expected that the ferry would be back before the post office opened"
OTHER = "Our readers decide about colours, offers, prizes and everything beyond them each Monday"
BODY = f"<div class=body>{p(PARAGRAPH, *numbered(2))}</div>"


def lead_of(*above: str, body: str = BODY, left_out: tuple[str, ...] = (LEAD,), **lead: float) -> Draft:
    config = CleanerConfig(lead=LeadConfig(**lead))  # type: ignore[arg-type]
    html = f"<main><header><h1>{TITLE}</h1>{''.join(above)}</header>{body}</main>"
    draft = draft_of(html, TITLE, OTHER, *left_out)
    headline = find_headline(draft.blocks, TITLE)
    restore_lead(draft, headline, find_cards(draft.blocks, "", config.body), metadata(title=TITLE), config)
    return draft


@pytest.mark.parametrize("tag", ["p", "div", "h2"])
def test_the_line_beside_the_headline_that_the_text_bears_out_is_its_standfirst(tag: str) -> None:
    assert kept(lead_of(f"<{tag}>{LEAD}</{tag}>")) == [LEAD, PARAGRAPH, *numbered(2)]


def test_a_line_of_other_words_is_not() -> None:
    assert kept(lead_of(f"<p>{OTHER}</p>")) == [PARAGRAPH, *numbered(2)]


@pytest.mark.parametrize(("share", "restored"), [(8 / 10, True), (0.81, False)])
def test_half_of_its_words_must_stand_in_the_text(share: float, restored: bool) -> None:
    # Ten words of four letters and more, of which "that" and "would" are not in the text.
    assert (LEAD in kept(lead_of(p(LEAD), min_word_share=share))) is restored


@pytest.mark.parametrize(("words", "restored"), [(10, True), (11, False)])
def test_of_few_words_some_stand_in_any_text(words: int, restored: bool) -> None:
    assert (LEAD in kept(lead_of(p(LEAD), min_words=words))) is restored


@pytest.mark.parametrize(("weight", "restored"), [(len(LEAD), True), (len(LEAD) + 1, False)])
def test_a_short_line_is_a_label(weight: int, restored: bool) -> None:
    assert (LEAD in kept(lead_of(p(LEAD), min_weight=weight))) is restored


def test_of_two_such_lines_neither_is_told() -> None:
    again = f"So {LEAD}"
    assert kept(lead_of(p(LEAD, again), left_out=(LEAD, again))) == [PARAGRAPH, *numbered(2)]


def test_where_a_standfirst_is_kept_no_other_line_is_one() -> None:
    kept_lead = f"So {LEAD}"
    draft = draft_of(f"<main><header><h1>{TITLE}</h1>{p(kept_lead, LEAD)}</header>{BODY}</main>", TITLE, LEAD)
    restore_lead(draft, draft.blocks[0], (), metadata(title=TITLE), CleanerConfig())
    assert LEAD not in kept(draft)


@pytest.mark.parametrize(
    "line",
    [
        f"<figure><figcaption>{LEAD}</figcaption></figure>",
        f"<div><img src=a.jpg><p>{LEAD}</p></div>",
        f"<p class=caption>{LEAD}</p>",
        f"<p class=promo>{LEAD}</p>",
        f"<p class=sr-only>{LEAD}</p>",
        f"<p><a href=/a>{LEAD}</a></p>",
        f"<ul><li>{LEAD}</li></ul>",
        f"<p hidden>{LEAD}</p>",
        f"<div><div><div><div><p>{LEAD}</p></div></div></div></div>",
    ],
)
def test_what_stands_as_something_else_is_none(line: str) -> None:
    assert LEAD not in kept(lead_of(line))


def test_nor_is_a_line_with_a_date_or_another_headline() -> None:
    dated = f"{LEAD}, 3 May 2024"
    assert dated not in kept(lead_of(p(dated), left_out=(dated,)))
    draft = draft_of(f"<main><h1>{TITLE}</h1><h2>{LEAD}</h2>{BODY}</main>", TITLE, LEAD)
    restore_lead(draft, draft.blocks[0], (), metadata(title=TITLE, headlines=(LEAD,)), CleanerConfig())
    assert LEAD not in kept(draft)


def test_the_headline_is_the_last_one_that_repeats_the_title() -> None:
    shown = f"<nav><h1>{TITLE}</h1></nav><main><header><h2>{TITLE}</h2>{p(LEAD)}</header>{BODY}</main>"
    draft = draft_of(shown, LEAD)
    for block in draft.blocks[:2]:
        draft.cut(block, "title-repeated")
    restore_lead(draft, draft.blocks[0], (), metadata(title=TITLE), CleanerConfig())
    assert kept(draft) == [LEAD, PARAGRAPH, *numbered(2)]


@pytest.mark.parametrize(("name", "restored"), [("promo", True), ("share", False)])
def test_a_part_that_the_headline_stands_in_is_not_beside_the_article(name: str, restored: bool) -> None:
    html = f"<main><div class={name}><h1>{TITLE}</h1>{p(LEAD)}</div>{BODY}</main>"
    draft = draft_of(html, TITLE)
    draft.cut(draft.blocks[1], "related")
    restore_lead(draft, draft.blocks[0], (), metadata(title=TITLE), CleanerConfig())
    assert (LEAD in kept(draft)) is restored


def test_nothing_happens_without_a_headline_or_without_a_text() -> None:
    draft = draft_of(f"<main>{p(LEAD)}{BODY}</main>", LEAD)
    restore_lead(draft, None, (), metadata(), CleanerConfig())
    assert kept(draft) == [PARAGRAPH, *numbered(2)]
    empty = draft_of(f"<main><h1>{TITLE}</h1>{p(LEAD)}</main>", TITLE, LEAD)
    restore_lead(empty, empty.blocks[0], (), metadata(title=TITLE), CleanerConfig())
    assert kept(empty) == []


@given(st.lists(st.sampled_from([LEAD, OTHER, "A note", PARAGRAPH]), max_size=4))
@settings(max_examples=30, deadline=None)
def test_it_never_cuts_and_a_second_time_changes_nothing(above: list[str]) -> None:
    draft = lead_of(p(*above))
    first = kept(draft)
    restore_lead(draft, find_headline(draft.blocks, TITLE), (), metadata(title=TITLE), CleanerConfig())
    assert kept(draft) == first
    assert set(first) >= {PARAGRAPH, *numbered(2)}


@pytest.mark.parametrize("field", ["min_word_share", "min_words", "min_weight"])
def test_thresholds_have_their_range(field: str) -> None:
    with pytest.raises(ConfigError, match=field):
        LeadConfig(**{field: -1})
