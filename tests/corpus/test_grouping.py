"""Which captures are one article, and which of them speaks: whatever the order in which they came."""

from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path

import pytest
from corpus_builder import Builder, Shot, article, at, story
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.dedup import resemblance, text_key
from corpus.grouping import Grouping
from corpus.reader import open_corpus
from corpus.ties import MAX_NAMESAKES
from corpus.types import Discovery, Kind, Part, Reason, Removal, Via
from corpus.urls import canonicalise

A, B, C, D = (f"https://post.example/{name}" for name in ("ferry", "ferry?view=amp", "ferry/print", "dolphins"))
FERRY, DOLPHINS, CASHEWS = story("ferry"), story("dolphin"), story("cashew")
#: The ferry's story with a paragraph more.
FERRY_LATER = f"{FERRY}\n\nThe ferry was late again on Tuesday, its owner said."
#: The same words as the ferry's story in other typography.
FERRY_RETYPED = FERRY.replace("The ferry0", "“The Ferry0”")
#: What stands at many URLs while a site is repaired.
REPAIRS = story("repair")

Articles = frozenset[tuple[frozenset[str], str, str]]


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    with Builder.begin(tmp_path / "corpus") as builder:
        yield builder


def articles(builder: Builder) -> Articles:
    """Return every article: its URLs, the one that speaks, its text."""
    with open_corpus(builder.root) as corpus:
        return frozenset((frozenset(one.appearances), one.url, one.text) for one in corpus.articles())


def names(builder: Builder) -> dict[str, str]:
    """Return the name of each URL's article."""
    with open_corpus(builder.root) as corpus:
        return {url: one.id for one in corpus.articles() for url in one.appearances}


def after(builder: Builder, shots: Sequence[Shot]) -> Articles:
    """Return the articles that shots make, in this order, in an empty corpus."""
    builder.wipe()
    for shot in shots:
        builder.take(shot)
    return articles(builder)


def in_every_order(builder: Builder, *shots: Shot) -> set[Articles]:
    return {after(builder, order) for order in permutations(shots)}


# -- ties -------------------------------------------------------------------------------------------------------------


def test_a_page_that_names_another_as_canonical_joins_it(builder: Builder) -> None:
    shots = (Shot(url=A, text=FERRY), Shot(url=B, text=FERRY_LATER, canonical=A))
    assert in_every_order(builder, *shots) == {frozenset({(frozenset({A, B}), A, FERRY)})}


def test_pages_that_name_the_same_page_join_even_where_that_was_never_fetched(builder: Builder) -> None:
    shots = (Shot(url=B, text=FERRY, canonical=A), Shot(url=C, text=FERRY_LATER, canonical=A))
    assert in_every_order(builder, *shots) == {frozenset({(frozenset({B, C}), C, FERRY_LATER)})}


def test_a_canonical_url_is_distrusted_when_the_text_is_another(builder: Builder) -> None:
    shots = (Shot(url=A, text=FERRY), Shot(url=D, text=DOLPHINS, canonical=A))
    apart = frozenset({(frozenset({A}), A, FERRY), (frozenset({D}), D, DOLPHINS)})
    assert in_every_order(builder, *shots) == {apart}


@pytest.mark.parametrize(("shared", "joined"), [(6, True), (5, False)])
def test_a_canonical_url_is_believed_from_a_resemblance_of_three_fifths(
    builder: Builder, shared: int, *, joined: bool
) -> None:
    words = [f"word{number}" for number in range(10)]
    others = [word if number < shared else f"other{number}" for number, word in enumerate(words)]
    shots = (Shot(url=A, text=" ".join(words)), Shot(url=B, text=" ".join(others), canonical=A))
    assert {len(found) for found in in_every_order(builder, *shots)} == {1 if joined else 2}


def test_a_template_that_names_one_canonical_url_everywhere_loses_no_story(builder: Builder) -> None:
    pages = MAX_NAMESAKES + 10
    for number in range(pages):
        builder.take(Shot(url=f"{D}/{number}", text=story(f"subject{number}x"), canonical=A))
    assert len(articles(builder)) == pages


def test_pages_with_the_same_words_are_one_article(builder: Builder) -> None:
    shots = (Shot(url=A, text=FERRY), Shot(url=D, text=FERRY_RETYPED))
    assert in_every_order(builder, *shots) == {frozenset({(frozenset({A, D}), A, FERRY)})}


def test_pages_tied_in_a_chain_are_one_article_whichever_link_comes_last(builder: Builder) -> None:
    shots = (Shot(url=A, text=FERRY), Shot(url=B, text=FERRY_LATER, canonical=A), Shot(url=C, text=FERRY_LATER))
    assert in_every_order(builder, *shots) == {frozenset({(frozenset({A, B, C}), A, FERRY)})}


def test_the_earliest_published_of_two_equal_texts_speaks(builder: Builder) -> None:
    shots = (
        Shot(url=A, text=FERRY, published="2026-11-14T09:00"),
        Shot(url=D, text=FERRY, published="2026-11-14T08:00"),
    )
    assert in_every_order(builder, *shots) == {frozenset({(frozenset({A, D}), D, FERRY)})}


# -- time -------------------------------------------------------------------------------------------------------------


def test_a_page_that_shared_a_text_leaves_when_it_shows_another(builder: Builder) -> None:
    shots = (
        Shot(url=A, text=REPAIRS, hour=0, payload="repairs"),
        Shot(url=D, text=REPAIRS, hour=1, payload="repairs"),
        Shot(url=D, text=DOLPHINS, hour=2),
    )
    apart = frozenset({(frozenset({A}), A, REPAIRS), (frozenset({D}), D, DOLPHINS)})
    assert in_every_order(builder, *shots) == {apart}


def test_a_twin_that_was_not_fetched_since_the_story_was_updated_stays_with_it(builder: Builder) -> None:
    shots = (
        Shot(url=A, text=FERRY, hour=0),
        Shot(url=C, text=FERRY, hour=1),
        Shot(url=B, text=FERRY, canonical=A, hour=1.5),
        Shot(url=A, text=story("rewritten"), hour=2),
    )
    assert in_every_order(builder, *shots) == {frozenset({(frozenset({A, B, C}), A, story("rewritten"))})}


def test_a_page_that_still_shows_what_stood_everywhere_glues_nothing_together(builder: Builder) -> None:
    shots = [Shot(url=url, text=REPAIRS, hour=1, payload="repairs") for url in (A, C, D)]
    shots += [Shot(url=A, text=FERRY, hour=2), Shot(url=D, text=DOLPHINS, hour=2)]
    for found in in_every_order(builder, *shots):
        assert {url for _, url, _ in found} == {A, D}


def test_a_page_that_stood_everywhere_for_a_while_leaves_no_trace_in_the_names(builder: Builder) -> None:
    before = after(builder, [Shot(url=A, text=FERRY), Shot(url=D, text=DOLPHINS), Shot(url=C, text=CASHEWS)])
    named = names(builder)
    for url in (A, D, C):
        builder.take(Shot(url=url, text=REPAIRS, hour=1, payload="repairs"))
    assert len(articles(builder)) == 1
    for url, text in ((C, CASHEWS), (D, DOLPHINS), (A, FERRY)):
        builder.take(Shot(url=url, text=text, hour=2))
    assert (articles(builder), names(builder)) == (before, named)


def test_the_newest_capture_speaks_for_its_url_whenever_it_arrives(builder: Builder) -> None:
    shots = (Shot(url=A, text=FERRY, hour=1), Shot(url=A, text=FERRY_LATER, hour=2), Shot(url=A, text=CASHEWS, hour=0))
    assert in_every_order(builder, *shots) == {frozenset({(frozenset({A}), A, FERRY_LATER)})}


def test_an_article_keeps_its_name_and_time_of_entry_when_a_better_url_joins(builder: Builder) -> None:
    builder.take(Shot(url=B, text=FERRY, canonical=A))
    name = names(builder)[B]
    builder.take(Shot(url=A, text=FERRY, hour=5))
    rows = builder.store.db.execute("SELECT uid, stored_at, changed_at FROM article").fetchall()
    assert [tuple(row) for row in rows] == [(name, at(0).timestamp(), at(5).timestamp())]


def test_a_twin_that_says_nothing_new_of_the_article_does_not_change_it(builder: Builder) -> None:
    builder.take(Shot(url=A, text=FERRY))
    builder.take(Shot(url=B, text=FERRY, canonical=A, hour=1))
    builder.take(Shot(url=B, text=FERRY, canonical=A, hour=2, title="Another title"))
    assert builder.store.db.execute("SELECT changed_at FROM article").fetchone()[0] == at(1).timestamp()


# -- parts ------------------------------------------------------------------------------------------------------------


def test_the_parts_of_a_split_article_are_joined_in_order_whatever_the_order_of_arrival(builder: Builder) -> None:
    shots = [Shot(url=A, text="Page one of it.")]
    shots += [Shot(url=f"{A}?page={n}", text=f"Page {n} of it.", part=(A, n)) for n in (2, 3, 4)]
    whole = "Page one of it.\n\nPage 2 of it.\n\nPage 3 of it.\n\nPage 4 of it."
    assert in_every_order(builder, *shots) == {frozenset({(frozenset({A}), A, whole)})}


def test_parts_wait_together_for_a_first_page_that_did_not_come_yet(builder: Builder) -> None:
    shots = [Shot(url=f"{A}?page={n}", text=f"Page {n} of it.", part=(A, n)) for n in (2, 3)]
    assert {text for found in in_every_order(builder, *shots) for _, _, text in found} == {
        "Page 2 of it.\n\nPage 3 of it."
    }


def test_parts_with_one_text_in_two_stories_do_not_join_them(builder: Builder) -> None:
    shots = [
        Shot(url=A, text=FERRY),
        Shot(url=f"{A}?page=2", text=REPAIRS, part=(A, 2)),
        Shot(url=D, text=DOLPHINS),
        Shot(url=f"{D}?page=2", text=REPAIRS, part=(D, 2)),
    ]
    assert {len(found) for found in in_every_order(builder, *shots)} == {2}


def test_a_page_that_was_stored_before_it_was_known_to_be_a_part_joins_its_article(builder: Builder) -> None:
    second = f"{A}?page=2"
    builder.take(Shot(url=second, text="Page 2 of it."))
    builder.take(Shot(url=A, text="Page one of it."))
    assert len(articles(builder)) == 2
    found = Discovery(url=second, kind=Kind.ARTICLE, via=Via.PAGINATION, found_on=A, part=Part(first_url=A, number=2))
    builder.list("https://post.example/rss", found)
    assert articles(builder) == {(frozenset({A}), A, "Page one of it.\n\nPage 2 of it.")}


# -- every order ------------------------------------------------------------------------------------------------------

PAGES = (
    ("ferry", FERRY, None),
    ("ferry later", FERRY_LATER, None),
    ("ferry of A", FERRY, A),
    ("ferry later of A", FERRY_LATER, A),
    ("ferry retyped", FERRY_RETYPED, None),
    ("ferry of D", FERRY, D),
    ("dolphins", DOLPHINS, None),
    ("dolphins of A", DOLPHINS, A),
    ("cashews", CASHEWS, None),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Shot]:
    """Draw up to six shots of four URLs; no URL shows one text twice, no two shots are of one time."""
    taken = draw(
        st.lists(
            st.tuples(st.sampled_from((A, B, C, D)), st.sampled_from(PAGES)),
            min_size=2,
            max_size=6,
            unique_by=lambda pair: (pair[0], pair[1][1]),
        )
    )
    return [
        Shot(url=url, text=text, canonical=canonical, payload=name, hour=hour)
        for hour, (url, (name, text, canonical)) in enumerate(taken)
    ]


@given(data=st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_arrival_changes_no_article(builder: Builder, data: st.DataObject) -> None:
    history = data.draw(histories())
    reordered = data.draw(st.permutations(history))
    assert after(builder, history) == after(builder, reordered)


@given(history=histories())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_grouping_anew_changes_nothing(builder: Builder, history: list[Shot]) -> None:
    before = after(builder, history)
    named = names(builder)
    with builder.store.transaction() as db:
        grouping = Grouping(db)
        for row in db.execute("SELECT DISTINCT url_id FROM capture ORDER BY url_id DESC").fetchall():
            grouping.place(row[0], at(9).timestamp())
    assert (articles(builder), names(builder)) == (before, named)


@given(data=st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_cleaned_again_one_by_one_make_the_articles_that_their_new_texts_make(
    builder: Builder, data: st.DataObject
) -> None:
    urls = data.draw(st.lists(st.sampled_from((A, B, C, D)), min_size=2, unique=True))
    pages = st.sampled_from(PAGES)
    before, later = (
        [
            Shot(url=url, text=text, canonical=canonical, payload=url)
            for url, (_, text, canonical) in zip(urls, drawn, strict=True)
        ]
        for drawn in (data.draw(st.tuples(*[pages] * len(urls))) for _ in range(2))
    )
    gone = data.draw(st.sets(st.sampled_from(urls)))
    expected = after(builder, [shot for shot in later if shot.url not in gone])
    after(builder, before)
    fetches = dict(
        builder.store.db.execute("SELECT url.url, fetch_id FROM capture JOIN url ON url.id = url_id").fetchall()
    )
    for shot in data.draw(st.permutations(later)):
        removal = Removal(url=shot.url, reason=Reason.TOO_SHORT, evidence="3 words < 50")
        verdict = removal if shot.url in gone else article(shot)
        with builder.store.transaction():
            builder.store.replace_capture(fetches[canonicalise(shot.url)], verdict, "2+test", at(9).timestamp())
    assert articles(builder) == expected


# -- texts ------------------------------------------------------------------------------------------------------------


def test_texts_of_indian_scripts_are_told_apart_by_their_vowel_signs() -> None:
    assert text_key("कि") != text_key("का")
    ferry = "नगर निगम ने सोमवार को नई नौका सेवा शुरू की और किराया दस रुपये रखा।"
    cashews = "किसानों ने मंडी में काजू के दाम गिरने पर चिंता जताई और सरकार से मदद मांगी।"
    assert resemblance(ferry, cashews) < 0.3


def test_joiners_and_punctuation_make_no_other_text() -> None:
    assert text_key("क्\u200dष “नौका”!") == text_key("क्ष नौका")
