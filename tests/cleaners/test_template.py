"""Templates: what is learned from a set of pages, whatever order they came in, and what is left to the articles."""

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.outline import Line, Outline, Place, hash_of
from cleaners.template import RepeatsConfig, SiteTemplate, distinct, learn, sample
from corpus.errors import ConfigError

BODY, BOX, LIST = 1, 2, 3
PLACES = (Place(0, None), Place(BODY, 0, named=True), Place(BOX, 1, named=True), Place(LIST, 1))
PARAGRAPH, IN_BOX, IN_LIST = range(3)
#: A paragraph stands in the body, a line in a box in the body, an item in a bare list in the body.
STANDS = (*PLACES, Place(11, 1), Place(12, 2), Place(13, 3))


def line(text: str, where: int = PARAGRAPH, *, kept: bool = True, weight: int = 200, **more: bool) -> Line:
    prose = where == PARAGRAPH and weight >= 80
    return Line(hash_of(text), len(PLACES) + where, weight, kept, **({"prose": prose} | more))


def page(*lines: Line) -> Outline:
    return Outline(STANDS, lines)


def story(number: int | str, *more: Line, paragraphs: int = 5) -> Outline:
    """Return an article of its own, with further lines behind its second paragraph."""
    own = [line(f"{number}: paragraph {n}") for n in range(paragraphs)]
    return page(*own[:2], *more, *own[2:])


def site(pages: Iterable[Outline]) -> dict[str, Outline]:
    return {f"https://a.example/{number}": one for number, one in enumerate(pages)}


def cut(template: SiteTemplate | None, outline: Outline) -> list[int]:
    assert template is not None
    return sorted(template.judge(outline))


PROMPT = line("Sign up for our letter", IN_BOX, weight=40)


def test_a_line_that_three_articles_have_in_a_box_is_cut_with_its_share() -> None:
    template = learn(site([story(n, PROMPT) for n in range(3)] + [story(n) for n in range(3, 40)]))
    assert template is not None
    assert template.judge(story("new", PROMPT)) == {2: 3 / 40}
    assert template.repeats(PROMPT.key, STANDS[PROMPT.place].path) == (3, 40)


@pytest.mark.parametrize(("articles", "is_cut"), [(20, True), (21, False)])
def test_two_articles_are_enough_where_they_are_a_tenth_of_all(articles: int, is_cut: bool) -> None:
    template = learn(site([story(n, PROMPT) for n in range(2)] + [story(n) for n in range(2, articles)]))
    assert cut(template, story("new", PROMPT)) == ([2] if is_cut else [])


@pytest.mark.parametrize(("articles", "known"), [(4, False), (5, True)])
def test_fewer_than_five_articles_teach_nothing(articles: int, known: bool) -> None:
    assert (learn(site(story(n, PROMPT) for n in range(articles))) is not None) is known


def test_a_sentence_that_articles_share_in_their_text_is_theirs() -> None:
    quote = line("“We have said all there is to say,” the ministry said in a statement on Tuesday evening.")
    template = learn(site([story(n, quote) for n in range(30)] + [story(n) for n in range(30, 60)]))
    assert cut(template, story("new", quote)) == []


@pytest.mark.parametrize(("share", "is_cut"), [(26, False), (27, True)])
def test_a_paragraph_on_nine_articles_of_ten_is_the_sites(share: int, is_cut: bool) -> None:
    appeal = line("Our work is paid for by its readers, and it takes all of them; join them today.")
    template = learn(site([story(n, appeal) for n in range(share)] + [story(n) for n in range(share, 30)]))
    assert cut(template, story("new", appeal)) == ([2] if is_cut else [])


@pytest.mark.parametrize(("share", "is_cut"), [(20, False), (21, True)])
def test_at_the_edge_of_the_text_seven_of_ten_are_enough(share: int, is_cut: bool) -> None:
    appeal = line("Follow us wherever you are", weight=30)
    pages = [page(*story(n).lines, *([appeal] if n < share else [])) for n in range(30)]
    assert cut(learn(site(pages)), page(*story("new").lines, appeal)) == ([5] if is_cut else [])


def test_a_heading_above_running_text_is_never_cut() -> None:
    heading = line("What we know", weight=12, heads_text=True)
    template = learn(site(story(n, heading) for n in range(40)))
    assert cut(template, story("new", heading)) == []


def test_a_cell_of_a_table_amid_the_text_is_never_a_formula() -> None:
    label = line("Battery", weight=7, cell=True)
    template = learn(site(story(n, label) for n in range(40)))
    assert cut(template, story("new", label)) == []


def test_what_says_something_else_each_time_is_cut_where_its_box_always_is() -> None:
    pages = [story(n, line(f"Also read: story {n}", IN_BOX, kept=n == 0)) for n in range(30)]
    template = learn(site(pages))
    assert cut(template, story("new", line("Also read: a new one", IN_BOX, weight=60))) == [2]
    assert template is not None
    assert template.judge(pages[0])[2] == pytest.approx(29 / 30, abs=0.01)


def test_a_bare_list_is_no_box() -> None:
    pages = [story(n, line(f"Item {n}", IN_LIST, kept=n == 0)) for n in range(30)]
    assert cut(learn(site(pages)), story("new", line("Item", IN_LIST))) == []


def test_a_box_that_holds_the_text_of_a_page_of_another_kind_stays() -> None:
    pages = [story(n, line(f"Also read: story {n}", IN_BOX, kept=False)) for n in range(30)]
    odd = page(line("Its only paragraph", IN_BOX, weight=900), line("and its own", weight=900))
    assert cut(learn(site(pages)), odd) == []


def test_one_story_under_many_urls_counts_once() -> None:
    reprints = [story("wire", PROMPT, paragraphs=9) for _ in range(8)]
    updates = [story("wire", PROMPT, line("An update"), paragraphs=9)]
    others = [story(n) for n in range(30)]
    template = learn(site([*reprints, *updates, *others]))
    assert template is not None
    assert template.articles == 31
    assert cut(template, story("new", PROMPT)) == []


@pytest.mark.parametrize(("shared", "articles"), [(5, 2), (6, 1)])
def test_an_article_is_another_one_up_to_three_fifths_of_its_text(shared: int, articles: int) -> None:
    long = page(*(line(f"a {n}") for n in range(20)))
    short = page(*(line(f"a {n}") for n in range(shared)), *(line(f"b {n}") for n in range(10 - shared)))
    assert len(distinct(site([long, short]))) == articles


def test_what_a_quarter_of_the_pages_have_makes_them_no_one_story() -> None:
    prompts = [line(f"prompt {n}", IN_BOX) for n in range(9)]
    brief = [page(line(f"{n}: news in brief"), *prompts) for n in range(12)]
    template = learn(site(brief))
    assert template is not None
    assert template.articles == 12
    assert cut(template, brief[0]) == list(range(1, 10))


def test_pages_without_a_text_are_no_articles() -> None:
    assert learn(site([story(n) for n in range(4)] + [page()] * 9)) is None


# -- sets, not sequences ----------------------------------------------------------------------------------------------

PAGES = st.lists(
    st.builds(
        lambda own, shared, boxed: page(
            *(line(f"own {one}") for one in own),
            *(line(f"shared {one}") for one in shared),
            *(line(f"boxed {one}", IN_BOX, weight=40, kept=one % 3 > 0) for one in boxed),
        ),
        st.lists(st.integers(0, 200), max_size=4),
        st.lists(st.integers(0, 4), max_size=2),
        st.lists(st.integers(0, 6), max_size=4),
    ),
    max_size=30,
)
SMALL = RepeatsConfig(sample_pages=10)


@given(PAGES, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_arrival_changes_nothing(pages: list[Outline], random: object) -> None:
    known = site(pages)
    shuffled = list(known.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for config in (RepeatsConfig(), SMALL):
        assert learn(dict(shuffled), config) == learn(known, config)


@given(PAGES, st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_samples_of_parts_sampled_together_are_the_sample_of_all(pages: list[Outline], border: int) -> None:
    known = list(site(pages).items())
    # The parts overlap: what is sampled twice counts once.
    one, other = dict(known[: border + 5]), dict(known[border:])
    whole = sample(dict(known), SMALL)
    assert sample({**sample(one, SMALL), **sample(other, SMALL)}, SMALL) == whole
    assert sample({**sample(other, SMALL), **sample(one, SMALL)}, SMALL) == whole
    assert learn(whole, SMALL) == learn(dict(known), SMALL)


@given(PAGES)
@settings(max_examples=60, deadline=None)
def test_a_template_survives_being_packed(pages: list[Outline]) -> None:
    template = learn(site(pages), RepeatsConfig(min_articles=2))
    if template is not None:
        again = SiteTemplate.unpack(template.pack())
        assert again == template
        assert again.digest == template.digest


@given(PAGES)
@settings(max_examples=60, deadline=None)
def test_templates_with_one_digest_judge_alike_and_the_lines_of_the_text_are_enough(pages: list[Outline]) -> None:
    template = learn(site(pages), RepeatsConfig(min_articles=2, min_box_articles=2, min_formula_articles=2))
    for one in pages if template is not None else ():
        assert template is not None
        slim = one.only_kept()
        assert one.rank_kept(template.judge(one)) == slim.rank_kept(template.judge(slim))


def test_the_digest_tells_whether_pages_are_judged_otherwise() -> None:
    few, more = ([story(n, PROMPT) for n in range(10)] + [story(n) for n in range(10, last)] for last in (30, 31))
    other = [*few, *(story(n, line("Another prompt", IN_BOX)) for n in range(30, 40))]
    digests = [template.digest for pages in (few, more, other) if (template := learn(site(pages))) is not None]
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize("packed", [b"", b"\x01", b"\xff" * 40])
def test_other_bytes_are_no_template(packed: bytes) -> None:
    with pytest.raises(ValueError, match="no site template"):
        SiteTemplate.unpack(packed)


def test_a_template_that_is_cut_off_is_none() -> None:
    template = learn(site(story(n, PROMPT) for n in range(9)))
    assert template is not None
    with pytest.raises(ValueError, match="no site template"):
        SiteTemplate.unpack(template.pack()[:-1])


def test_what_is_remembered_is_bounded() -> None:
    prompts = [line(f"prompt {n}", IN_BOX) for n in range(40)]
    template = learn(site(story(n, *prompts) for n in range(9)), RepeatsConfig(max_entries=10))
    assert template is not None
    assert len(template.repeated) == 10


@pytest.mark.parametrize(
    "wrong",
    [{"min_articles": 1}, {"min_support": 1}, {"max_own_share": 1.1}, {"min_edge_share": -0.1}, {"sample_pages": 9}],
)
def test_a_threshold_out_of_its_range_is_refused(wrong: Mapping[str, float]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        RepeatsConfig(**wrong)  # type: ignore[arg-type]
