import time

import pytest
from cleaning import PARAGRAPH, draft_of, kept, numbered, p

from cleaners.alike import restore_alike
from cleaners.cards import find_cards
from cleaners.config import AlikeConfig, CleanerConfig
from cleaners.draft import Draft

LEFT = f"0. {PARAGRAPH}"
LINE = "The harbour in winter"


def alike(html: str, *left_out: str, config: AlikeConfig | None = None) -> Draft:
    settings = CleanerConfig(alike=config or AlikeConfig())
    draft = draft_of(html, *left_out)
    restore_alike(draft, find_cards(draft.blocks, "", settings.body), settings)
    return draft


def column(*texts: str, name: str = "text") -> str:
    return (
        f'<div class="column"><div class="{name}">{"".join(f"<p class=line>{text}</p>" for text in texts)}</div></div>'
    )


def test_a_paragraph_amid_the_text_that_stands_as_the_others_do_is_restored() -> None:
    parts = column(*numbered(1, 2)) + column(LEFT) + column(*numbered(3))
    assert kept(alike(f"<article>{parts}</article>", LEFT)) == [*numbered(1, 2), LEFT, *numbered(3)]


@pytest.mark.parametrize(
    "part",
    [
        column(LEFT, name="box"),
        f"<div class=column><div class=text><div class=line>{LEFT}</div></div></div>",
        f'<div class="newsletter">{column(LEFT)}</div>',
        f"<article>{column(LEFT)}</article>",
        f"<div hidden>{column(LEFT)}</div>",
    ],
)
def test_one_that_stands_otherwise_is_left_out(part: str) -> None:
    parts = column(*numbered(1, 2)) + part + column(*numbered(3))
    assert LEFT not in kept(alike(f"<main>{parts}</main>", LEFT))


@pytest.mark.parametrize(("least", "restored"), [(3, True), (4, False)])
def test_a_way_to_stand_is_told_by_several_paragraphs(least: int, restored: bool) -> None:
    html = f"<main>{column(*numbered(1, 2))}{column(LEFT)}{column(*numbered(3))}</main>"
    assert (LEFT in kept(alike(html, LEFT, config=AlikeConfig(min_alike=least)))) is restored


def test_what_a_rule_cut_for_a_reason_stays_cut() -> None:
    draft = draft_of(column(*numbered(1, 2, 3)))
    draft.cut(draft.blocks[1], "date")
    restore_alike(draft, (), CleanerConfig())
    assert kept(draft) == numbered(1, 3)


def test_what_the_judge_cut_comes_back_without_its_score() -> None:
    draft = draft_of(column(*numbered(1, 2, 3, 4)))
    draft.cut(draft.blocks[1], "judged", 0.6)
    restore_alike(draft, (), CleanerConfig())
    assert kept(draft) == numbered(1, 2, 3, 4)
    assert {score for _, _, score in draft.account()} == {None}


@pytest.mark.parametrize(
    ("line", "restored"),
    [
        (f"<h2>{LINE}</h2>", True),
        (f"<ul><li>{LINE}</li></ul>", True),
        (f"<p>{LINE}</p>", True),
        (f"<div><h2>{LINE}</h2></div>", True),
        (f"<div><div><h2>{LINE}</h2></div></div>", True),
        (f"<div><div><div><h2>{LINE}</h2></div></div></div>", False),
        (f"<div><h2><a href=/harbour>{LINE}</a></h2></div>", False),
        (f"<div><h2><button>{LINE}</button></h2></div>", False),
        (f"<div><h5>{LINE}</h5></div>", True),
        (f"<div><h6>{LINE}</h6></div>", False),
        (f'<div><h2 class="sr-only">{LINE}</h2></div>', False),
        (f'<div class="gallery"><h2>{LINE}</h2></div>', False),
        (f"<ul><li><div>{LINE}</div></li></ul>", False),
        (f"<p class=note>{LINE}</p>", False),
        (f"<h2><a href=#harbour>{LINE}</a></h2>", True),
        (f"<h2><a href=/harbour>Related: {LINE}</a></h2>", False),
        (f"<ul><li><a href=/harbour>{LINE}</a></li></ul>", False),
    ],
)
def test_a_line_is_restored_right_among_the_paragraphs(line: str, restored: bool) -> None:
    html = f"<main><div>{p(*numbered(1), 'So it is.', 'So it was.', *numbered(2))}{line}{p(*numbered(3))}</div></main>"
    assert any(LINE in text for text in kept(alike(html, LINE, f"Related: {LINE}"))) is restored


def test_a_line_that_the_judge_cut_or_that_is_furniture_is_not() -> None:
    draft = draft_of(f"<main><div>{p(*numbered(1, 2))}<ul><li>{LINE}</ul>{p(*numbered(3))}</div></main>")
    draft.cut(draft.blocks[2], "judged", 0.6)
    restore_alike(draft, (), CleanerConfig())
    assert kept(draft) == numbered(1, 2, 3)
    html = f"<main><div>{p(*numbered(1, 2))}<h3>Read more</h3>{p(*numbered(3))}</div></main>"
    assert "Read more" not in kept(alike(html, "Read more"))


@pytest.mark.parametrize(("level", "restored"), [(1, False), (2, True)])
def test_a_lower_heading_with_the_words_of_the_title_is_one_of_the_text(level: int, restored: bool) -> None:
    heading = f"<h{level}>{LINE}</h{level}>"
    draft = draft_of(f"<main><div>{p(*numbered(1, 2))}{heading}{p(*numbered(3))}</div></main>")
    draft.cut(draft.blocks[2], "title-repeated")
    restore_alike(draft, (), CleanerConfig())
    assert (LINE in kept(draft)) is restored


def below(*texts: str) -> str:
    return f"<main>{column(*numbered(1, 2, 3))}<p>Advertisement</p>{column(*texts)}</main>"


@pytest.mark.parametrize(("texts", "goes_on"), [(numbered(4, 5), True), (numbered(4), False)])
def test_a_text_goes_on_below_its_end_by_several_paragraphs(texts: list[str], goes_on: bool) -> None:
    found = kept(alike(below(*texts), "Advertisement", *texts))
    assert found == numbered(1, 2, 3) + (texts if goes_on else [])


@pytest.mark.parametrize(("share", "goes_on"), [(0.75, True), (0.76, False)])
def test_it_goes_on_as_most_of_it_stands(share: float, goes_on: bool) -> None:
    html = f"<main><p>{LEFT}</p>{below(*numbered(4, 5))}</main>"
    found = kept(alike(html, "Advertisement", *numbered(4, 5), config=AlikeConfig(min_share=share)))
    assert (numbered(5)[0] in found) is goes_on


def test_paragraphs_without_classes_are_no_sign_that_it_goes_on() -> None:
    html = f"<main><div><div>{p(*numbered(1, 2, 3))}</div></div><div><div>{p(*numbered(4, 5))}</div></div></main>"
    assert kept(alike(html, *numbered(4, 5))) == numbered(1, 2, 3)


def test_a_name_of_what_holds_half_of_the_text_does_not_matter() -> None:
    html = f'<div class="sidebar">{p(*numbered(1, 2))}<h2>{LINE}</h2>{p(*numbered(3))}</div>'
    assert LINE in kept(alike(f"<main>{html}</main>", LINE))


def test_nothing_happens_to_a_page_of_one_paragraph() -> None:
    assert kept(alike(p(PARAGRAPH, LINE), LINE)) == [PARAGRAPH]


def deeper(*texts: str, tag: str = "div", note: str = "") -> str:
    return f"<main><div>{p(*numbered(1, 2))}<{tag} class=embed><div>{p(*texts)}{note}</div></{tag}></div></main>"


@pytest.mark.parametrize(("texts", "restored"), [(numbered(3, 4, 5, 6), True), (numbered(3, 4, 5), False)])
def test_a_run_of_paragraphs_inside_the_texts_own_element_comes_back(texts: list[str], restored: bool) -> None:
    assert kept(alike(deeper(*texts), *texts)) == numbered(1, 2) + (texts if restored else [])


@pytest.mark.parametrize("tag", ["aside", "figure", "blockquote", "li", "article"])
def test_not_from_elements_that_say_what_they_are(tag: str) -> None:
    texts = numbered(3, 4, 5, 6)
    assert kept(alike(deeper(*texts, tag=tag), *texts)) == numbered(1, 2)


def test_not_where_most_of_the_text_stands_elsewhere() -> None:
    texts = numbered(3, 4, 5, 6)
    html = f"{deeper(*texts)}<section>{p(*numbered(7, 8))}</section>"
    assert texts[0] not in kept(alike(html, *texts))


def test_a_heading_amid_the_run_comes_back_with_it() -> None:
    texts = numbered(3, 4, 5, 6)
    html = deeper(*texts, note=f"<h2>{LINE}</h2>{p(*numbered(7))}")
    assert kept(alike(html, *texts, LINE, *numbered(7)))[-2:] == [LINE, *numbered(7)]


def part(heading: str, number: int, between: str = "") -> str:
    return f"<section><div><h2>{heading}</h2></div>{between}<div>{p(*numbered(number))}</div></section>"


@pytest.mark.parametrize(("least", "restored"), [(2, True), (3, False)])
def test_headings_in_parts_of_their_own_are_told_by_several_of_a_kind(least: int, restored: bool) -> None:
    parts = f"{part(LINE, 2)}{part('The harbour in summer', 3)}"
    html = f"<main><div>{p(*numbered(1))}</div>{parts}<div>{p(*numbered(4))}</div></main>"
    draft = alike(html, LINE, "The harbour in summer", config=AlikeConfig(min_alike=least))
    assert (LINE in kept(draft)) is restored


def test_a_single_one_may_be_the_heading_of_a_box() -> None:
    html = f"<main><div>{p(*numbered(1))}</div>{part(LINE, 2)}<div>{p(*numbered(3))}</div></main>"
    assert LINE not in kept(alike(html, LINE))
    opened = html.replace("<section>", "").replace("</section>", "")
    assert LINE in kept(alike(opened, LINE))


@pytest.mark.parametrize(("heading", "between"), [(LINE, "<p>9 Mar</p>"), ("* * *", "")])
def test_a_heading_has_words_and_stands_right_above_its_paragraph(heading: str, between: str) -> None:
    html = f"<main><div>{p(*numbered(1))}</div>{part(heading, 2, between)}<div>{p(*numbered(3))}</div></main>"
    opened = html.replace("<section>", "").replace("</section>", "")
    assert heading not in kept(alike(opened, heading, "9 Mar"))


@pytest.mark.parametrize(("target", "restored"), [("/opinion", False), ("#opinion", True)])
def test_what_a_menu_of_the_page_names_is_a_label(target: str, restored: bool) -> None:
    menu = f"<nav><a href={target}>{LINE}</a></nav>"
    label = f"<div><h3>{LINE}</h3></div>"
    html = f"{menu}<main><div>{p(*numbered(1, 2))}{label}{p(*numbered(3))}</div></main>"
    draft = draft_of(html, LINE)
    restore_alike(draft, (), CleanerConfig())
    assert (LINE in kept(draft)) is restored


@pytest.mark.parametrize(("least", "restored"), [(2, True), (3, False)])
def test_headings_of_a_kind_may_stand_above_shorter_lines(least: int, restored: bool) -> None:
    parts = "".join(
        f"<section><div><h2>{name}</h2></div><div><b>Market share: {number} %</b></div><div>{p(text)}</div></section>"
        for number, (name, text) in enumerate(zip((LINE, "Summer"), numbered(2, 3), strict=True))
    )
    html = f"<main><div>{p(*numbered(1))}</div>{parts}<div>{p(*numbered(4))}</div></main>"
    assert (LINE in kept(alike(html, LINE, "Summer", config=AlikeConfig(min_alike=least)))) is restored


@pytest.mark.parametrize(("least", "restored"), [(3, True), (4, False)])
def test_a_heading_of_a_numbered_series_comes_back_whatever_stands_below_it(least: int, restored: bool) -> None:
    names = ("1. Rain", "2. Snow", "3. Fog")
    pairs = zip(names, numbered(2, 3, 4), strict=True)
    parts = "".join(f"<div><h6>{name}</h6><i>9 Mar</i>{p(text)}</div>" for name, text in pairs)
    html = f"<main>{p(*numbered(1))}{parts}{p(*numbered(5))}</main>"
    draft = alike(html, "1. Rain", "3. Fog", "9 Mar", config=AlikeConfig(min_series=least))
    assert (set(names) <= set(kept(draft))) is restored


def test_a_menu_may_name_a_numbered_heading() -> None:
    menu = "<nav><a href=/rain>1. Rain</a></nav>"
    names = ("1. Rain", "2. Snow", "3. Fog")
    text = "".join(f"<div><h3>{name}</h3><i>9 Mar</i>{p(*numbered(2))}</div>" for name in names)
    draft = alike(f"{menu}<main>{p(*numbered(1))}{text}</main>", "1. Rain", "9 Mar")
    assert "1. Rain" not in kept(draft)


def test_a_paragraph_that_stands_bare_where_the_others_have_elements_is_of_the_text() -> None:
    html = f"<main><div><font>{p(*numbered(1))}</font>{LEFT}<font>{p(*numbered(2))}</font></div></main>"
    assert kept(alike(html, LEFT)) == [*numbered(1), LEFT, *numbered(2)]
    beside = html.replace(LEFT, f"<div>{LEFT}</div>")
    assert LEFT not in kept(alike(beside, LEFT))


def post(text: str, name: str = "post") -> str:
    return f'<article class="{name}"><div class="body"><div class="words">{text}</div></div></article>'


def thread(count: int, *more: str) -> str:
    return f"<main>{''.join(post(text) for text in numbered(*range(1, 1 + count)))}{''.join(more)}</main>"


@pytest.mark.parametrize(("count", "restored"), [(3, True), (2, False)])
def test_a_text_in_several_articles_of_a_kind_goes_on_in_others(count: int, restored: bool) -> None:
    html = thread(count, post(LEFT), post(LINE))
    assert (kept(alike(html, LEFT, LINE))[count:] == [LEFT, LINE]) is restored


@pytest.mark.parametrize(
    "other",
    [
        post(LEFT, "story"),
        post(LEFT).replace("words", "signature"),
        f"<div class=related>{post(LEFT)}</div>",
        post(f"<a href=/boats>{LEFT}</a>"),
        f"<div hidden>{post(LEFT)}</div>",
    ],
    ids=["another kind", "otherwise", "named", "a link", "hidden"],
)
def test_not_in_those_that_are_something_else(other: str) -> None:
    assert LEFT not in kept(alike(thread(3, other), LEFT))


def test_a_heading_above_another_one_that_comes_back_does_so_as_well() -> None:
    parts = "".join(
        f"<section><div><h2>{name}</h2></div><div><h3>Its {name}</h3></div><div>{p(text)}</div></section>"
        for name, text in zip((LINE, "Summer"), numbered(2, 3), strict=True)
    )
    html = f"<main><div>{p(*numbered(1))}</div>{parts}<div>{p(*numbered(4))}</div></main>"
    left_out = [f"{its}{name}" for name in (LINE, "Summer") for its in ("", "Its ")]
    assert set(left_out) <= set(kept(alike(html, *left_out)))
    assert LINE not in kept(alike(html.replace("<h3>Its", "<h3><a href=/its>Its"), *left_out))


def test_a_long_series_below_a_long_menu_costs_no_time_that_grows_with_its_square() -> None:
    headings = [f"{number % 990 + 1}. Heading {number}" for number in range(1500)]
    links = [f"Link {number}" for number in range(1500)]
    menu = "".join(f"<li><a href=/stories/{link}>{link}</a>" for link in links)
    parts = "".join(f"<div class=c{n}><h3>{text}</h3></div><div>x{n}</div>" for n, text in enumerate(headings))
    draft = draft_of(f"<ul>{menu}</ul><main>{p(*numbered(1))}{parts}{p(*numbered(2, 3))}</main>", *headings, *links)
    start = time.process_time()
    restore_alike(draft, (), CleanerConfig())
    assert time.process_time() - start < 1
    assert headings[0] in kept(draft)
