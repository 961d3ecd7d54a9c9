import pytest
from cleaning import PARAGRAPH, draft_of, kept, numbered, p

from cleaners.config import CleanerConfig, QuestionConfig
from cleaners.draft import TITLE_REPEATED, Draft
from cleaners.metadata import Question
from cleaners.questions import restore_questions

ASKED = ("How deep is the harbour?", "Who owns the ferry?", "When does the post office open?", "Is the goat well?")


def answered(
    html: str, *left_out: str, stated: tuple[Question, ...] = (), config: CleanerConfig | None = None
) -> Draft:
    draft = draft_of(html, *left_out)
    restore_questions(draft, stated, config or CleanerConfig())
    return draft


def answers(count: int) -> list[str]:
    return numbered(*range(10, 10 + count))


def items(count: int, item: str = "<div><button>{}</button><div><p>{}</p></div></div>") -> str:
    return "".join(item.format(ASKED[number], answers(count)[number]) for number in range(count))


def page(html: str, *, name: str = "folds", around: str = "article") -> str:
    return f"<main><{around}>{p(*numbered(1, 2, 3))}<div class='{name}'>{html}</div></{around}></main>"


def question(answer: str = PARAGRAPH) -> Question:
    return Question(ASKED[0], answer)


STATED = page(f"<h3>{ASKED[0]}</h3><p>{PARAGRAPH}</p><p>The goat is well.</p>", name="related")


def test_a_stated_question_and_its_answer_come_back_wherever_they_stand() -> None:
    draft = answered(STATED, ASKED[0], PARAGRAPH, "The goat is well.", stated=(question(),))
    assert kept(draft) == [*numbered(1, 2, 3), ASKED[0], PARAGRAPH]


@pytest.mark.parametrize("tag", ["h1", "h2"])
def test_the_title_of_a_page_about_one_question_does_not_come_back(tag: str) -> None:
    draft = draft_of(f"<article><{tag}>{ASKED[0]}</{tag}><p>{PARAGRAPH}</p>{p(*numbered(1, 2))}</article>")
    draft.cut(draft.blocks[0], TITLE_REPEATED)
    restore_questions(draft, (question(),), CleanerConfig())
    assert kept(draft) == [PARAGRAPH, *numbered(1, 2)]


@pytest.mark.parametrize(("factor", "restored"), [(2, True), (3, False)])
def test_most_of_a_stated_answer_stands_below_its_question(factor: int, restored: bool) -> None:
    stated = question(" ".join([PARAGRAPH] * factor))
    assert (ASKED[0] in kept(answered(STATED, ASKED[0], PARAGRAPH, stated=(stated,)))) is restored


def test_a_question_that_stands_by_itself_as_in_a_table_of_contents_does_not() -> None:
    html = f"<ul><li>{ASKED[0]}</ul>{STATED}"
    found = kept(answered(html, ASKED[0], PARAGRAPH, "The goat is well.", stated=(question(),)))
    assert found == [*numbered(1, 2, 3), ASKED[0], PARAGRAPH]


@pytest.mark.parametrize(("count", "restored"), [(3, True), (2, False)])
def test_a_list_of_questions_with_answers_is_told_by_its_order(count: int, restored: bool) -> None:
    draft = answered(page(items(count)), *ASKED, *answers(count))
    expected = [line for pair in zip(ASKED, answers(count), strict=False) for line in pair]
    assert kept(draft) == numbered(1, 2, 3) + (expected if restored else [])


HEADING = "Frequently asked questions"


@pytest.mark.parametrize(
    ("heading", "restored"),
    [
        (f"<h2>{HEADING}</h2>", True),
        (f"<div><h2>{HEADING}</h2></div>", True),
        (f"<p>{HEADING}</p>", False),
        (f"<h2><a href='/help'>{HEADING}</a></h2>", False),
        (f"<h2 hidden>{HEADING}</h2>", False),
        (f"<h2>{HEADING}</h2><p>Expand all</p>", False),
    ],
)
@pytest.mark.parametrize("stated", [True, False])
def test_the_heading_of_questions_comes_back_with_them(heading: str, restored: bool, stated: bool) -> None:
    known = tuple(Question(ASKED[number], answers(3)[number]) for number in range(3)) if stated else ()
    html = page(heading + items(3))
    found = kept(answered(html, HEADING, "Expand all", *ASKED, *answers(3), stated=known))
    assert ASKED[2] in found
    assert (HEADING in found) is restored


def test_a_heading_that_has_nothing_but_the_page_in_common_with_them_does_not() -> None:
    html = f"<body><main>{p(*numbered(1, 2, 3))}</main><h2>{HEADING}</h2><h3>{ASKED[0]}</h3><p>{PARAGRAPH}</p>"
    found = kept(answered(html, HEADING, ASKED[0], PARAGRAPH, stated=(question(),)))
    assert ASKED[0] in found
    assert HEADING not in found


@pytest.mark.parametrize(
    "item",
    [
        "<h3>{}</h3><div><p>{}</p></div>",
        "<li><a href='#'>{}</a><div><p>{}</p></div></li>",
        "<details><summary>{}</summary><p>{}</p></details>",
        "<dt>{}</dt><dd>{}</dd>",
    ],
)
def test_it_may_be_of_headings_links_to_nowhere_details_or_definitions(item: str) -> None:
    found = kept(answered(page(items(3, item)), *ASKED, *answers(3)))
    assert ASKED[2] in found
    assert answers(3)[2] in found


@pytest.mark.parametrize(
    "item",
    [
        "<div><a href='/other'>{}</a><p>{}</p></div>",
        "<div><p>{}</p><p>{}</p></div>",
        "<div><h3>{}</h3><h4>Story</h4><p>{}</p></div>",
        "<div><h3>{}</h3><p><a href='/other'>{}</a></p></div>",
    ],
)
def test_links_to_stories_paragraphs_and_sections_are_no_such_list(item: str) -> None:
    assert ASKED[0] not in kept(answered(page(items(3, item)), *ASKED, *answers(3), "Story"))


def test_an_answer_in_the_text_brings_back_its_question_and_nothing_else() -> None:
    html = page(items(3, "<div><h3>{}</h3><p>{}</p><p>Advertisement</p></div>"))
    found = kept(answered(html, *ASKED, "Advertisement"))
    assert "Advertisement" not in found
    assert set(ASKED[:3]) <= set(found)


@pytest.mark.parametrize(("share", "restored"), [(0.75, True), (0.76, False)])
def test_most_questions_have_an_answer(share: float, restored: bool) -> None:
    html = page(items(3) + f"<div><button>{ASKED[3]}</button></div>")
    config = CleanerConfig(questions=QuestionConfig(min_answered=share))
    found = kept(answered(html, *ASKED, *answers(3), config=config))
    assert (ASKED[0] in found) is restored
    assert ASKED[3] not in found


@pytest.mark.parametrize(("weight", "restored"), [(len(ASKED[2]), True), (len(ASKED[2]) - 1, False)])
def test_a_question_is_a_line(weight: int, restored: bool) -> None:
    config = CleanerConfig(questions=QuestionConfig(max_question=weight))
    assert (ASKED[0] in kept(answered(page(items(3)), *ASKED, *answers(3), config=config))) is restored


@pytest.mark.parametrize(("most", "restored"), [(2, True), (1, False)])
def test_an_answer_is_short(most: int, restored: bool) -> None:
    config = CleanerConfig(questions=QuestionConfig(max_answer_blocks=most))
    html = page(items(3, "<div><h3>{}</h3><p>{}</p><p>So it was.</p></div>"))
    assert (ASKED[0] in kept(answered(html, *ASKED, *answers(3), "So it was.", config=config))) is restored


@pytest.mark.parametrize(
    ("html", "restored"),
    [
        (page(items(3)), True),
        (page(items(3), name="newsletter"), False),
        (page(f"<aside>{items(3)}</aside>"), False),
        (f"<main><article>{p(*numbered(1, 2, 3))}</article><div>{items(3)}</div></main>", False),
        (f"<main><article><div>{items(3)}</div>{p(*numbered(1, 2, 3))}</article></main>", False),
    ],
)
def test_it_stands_in_one_part_with_the_text_and_not_above_it(html: str, restored: bool) -> None:
    assert (ASKED[0] in kept(answered(html, *ASKED, *answers(3)))) is restored


def test_nothing_happens_to_a_page_without_a_text() -> None:
    draft = answered(page(items(3)), *ASKED, *answers(3), *numbered(1, 2, 3), stated=(question(),))
    assert kept(draft) == []
