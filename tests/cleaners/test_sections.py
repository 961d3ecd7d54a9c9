import pytest
from cleaning import PARAGRAPH, URL, draft_of, kept, numbered, p

from cleaners.cards import find_cards
from cleaners.config import AlikeConfig, CleanerConfig
from cleaners.draft import Draft
from cleaners.sections import restore_headings, restore_lists

OFF = "https://tools.example/hammer"
ON = "/tools/hammer"


def headed(html: str, *left_out: str) -> Draft:
    draft = draft_of(html, *left_out)
    restore_headings(draft, URL, CleanerConfig())
    return draft


def tools(count: int) -> list[str]:
    return [f"Hammer number {number}" for number in range(count)]


def linked(count: int, href: str, *, lines: int = 0, part: str = "item") -> str:
    between = "<span><div>12 pounds</div></span>" * lines
    head = f"<div class='{part}'><h2><a href='{href}'>"
    parts = "".join(
        f"{head}{tool}</a></h2>{between}<div><p>{number}. {PARAGRAPH}</p></div></div>"
        for number, tool in enumerate(tools(count))
    )
    return f"<main><p>{PARAGRAPH}</p>{parts}</main>"


@pytest.mark.parametrize(("count", "restored"), [(3, True), (2, False)])
def test_linked_headings_of_one_kind_are_headings_where_there_are_several(count: int, restored: bool) -> None:
    found = kept(headed(linked(count, OFF), *tools(count)))
    assert (tools(count)[0] in found) is restored


@pytest.mark.parametrize(
    ("href", "restored"), [(OFF, True), ("#hammer", True), ("javascript:open()", True), (ON, False), (URL, False)]
)
def test_they_lead_to_other_sites_or_nowhere(href: str, restored: bool) -> None:
    assert (tools(3)[1] in kept(headed(linked(3, href), *tools(3)))) is restored


@pytest.mark.parametrize(("lines", "restored"), [(2, True), (3, False)])
def test_their_paragraph_stands_shortly_below(lines: int, restored: bool) -> None:
    found = kept(headed(linked(3, OFF, lines=lines), *tools(3), "12 pounds"))
    assert (tools(3)[0] in found) is restored


def test_the_words_of_furniture_are_no_headings() -> None:
    html = linked(4, OFF).replace(tools(4)[3], "Read more")
    found = kept(headed(html, *tools(4), "Read more"))
    assert tools(4)[0] in found
    assert "Read more" not in found


def test_a_part_with_a_telling_name_keeps_its_headings() -> None:
    html = f"{linked(3, OFF, part='newsletter')}{p(*numbered(5, 6, 7, 8, 9))}"
    assert tools(3)[0] not in kept(headed(html, *tools(3)))


def test_what_the_judge_cut_comes_back_linked() -> None:
    draft = draft_of(linked(3, OFF))
    for block in draft.blocks:
        if block.heading:
            draft.cut(block, "navigation", 0.7)
    restore_headings(draft, URL, CleanerConfig())
    assert set(tools(3)) <= set(kept(draft))


def test_nothing_happens_to_a_page_without_paragraphs() -> None:
    assert kept(headed("<h2>Harbour</h2><p>Closed</p>", "Harbour")) == ["Closed"]


ITEMS = ("Light", "Cheap to mend")


def listed(html: str, *left_out: str, config: AlikeConfig | None = None) -> Draft:
    settings = CleanerConfig(alike=config or AlikeConfig())
    draft = draft_of(html, *left_out)
    restore_lists(draft, find_cards(draft.blocks, URL, settings.body), settings)
    return draft


def boxes(count: int, items: str = "<li>Light</li><li>Cheap to mend</li>", *, box: str = "<div>{}</div>") -> str:
    return "".join(f"<div><p>{text}</p>{box.format(f'<ul>{items}</ul>')}</div>" for text in numbered(*range(count)))


def review(parts: str) -> str:
    return f"<main><article>{p(PARAGRAPH)}{parts}</article></main>"


@pytest.mark.parametrize(("count", "restored"), [(3, True), (2, False)])
def test_short_lists_of_one_kind_near_paragraphs_are_the_texts_own(count: int, restored: bool) -> None:
    found = kept(listed(review(boxes(count)), *ITEMS))
    assert found.count(ITEMS[1]) == (count if restored else 0)


@pytest.mark.parametrize(
    ("box", "restored"),
    [
        ("<div><div>{}</div></div>", True),
        ("<div><div><div>{}</div></div></div>", False),
        ("<div class='newsletter'>{}</div>", False),
        ("<div hidden>{}</div>", False),
    ],
)
def test_they_stand_in_a_small_part_with_a_paragraph_that_is_shown_and_has_no_telling_name(
    box: str, restored: bool
) -> None:
    assert (ITEMS[0] in kept(listed(review(boxes(3, box=box)), *ITEMS))) is restored


def test_a_part_that_holds_whatever_the_page_shows_is_none() -> None:
    html = f"<main>{p(*numbered(1, 2))}{'<div><ul><li>Light</li></ul></div>' * 3}</main>"
    assert ITEMS[0] not in kept(listed(html, *ITEMS))


@pytest.mark.parametrize(("share", "restored"), [(0.3, True), (0.2, False)])
def test_they_have_hardly_a_link(share: float, restored: bool) -> None:
    html = review(boxes(3, "<li><a href='https://tools.example/'>Light</a></li><li>Cheap to mend</li>"))
    found = kept(listed(html, *ITEMS, config=AlikeConfig(max_list_links=share)))
    assert (ITEMS[1] in found) is restored


@pytest.mark.parametrize(
    ("box", "restored"),
    [
        ("<div><h4>Pros</h4>{}</div>", True),
        ("<h4>Pros</h4><div>{}</div>", False),
        ("<div><p>Pros</p>{}</div>", False),
        ("<div><h4><a href='/pros'>Pros</a></h4>{}</div>", False),
    ],
)
def test_the_heading_of_such_a_box_comes_back_with_it(box: str, restored: bool) -> None:
    found = kept(listed(review(boxes(3, box=box)), "Pros", *ITEMS))
    assert ITEMS[0] in found
    assert ("Pros" in found) is restored


def test_a_list_with_a_line_of_furniture_is_none() -> None:
    html = review(boxes(3, "<li>Light</li><li>Read more</li>"))
    assert ITEMS[0] not in kept(listed(html, "Light", "Read more"))


def test_what_the_judge_cut_in_a_list_stays_cut() -> None:
    draft = draft_of(review(boxes(3)), ITEMS[0])
    for block in draft.blocks:
        if block.text == ITEMS[1]:
            draft.cut(block, "judged", 0.6)
    restore_lists(draft, (), CleanerConfig())
    assert set(kept(draft)).isdisjoint(ITEMS)


def test_no_list_comes_back_on_a_page_without_paragraphs() -> None:
    assert kept(listed("<ul><li>Light</ul><p>Closed</p>", *ITEMS)) == ["Closed"]


def test_the_heading_at_the_pages_end_is_not_that_of_a_list_at_its_beginning() -> None:
    lists = "".join(f"<ul><li>{text}</li><li>{ITEMS[0]}</li></ul>" for text in numbered(1, 2, 3))
    found = kept(listed(f"<div>{lists}<h2>Closing</h2></div>", ITEMS[0], "Closing"))
    assert (found.count(ITEMS[0]), "Closing" in found) == (3, False)


def plans(*names: str, around: str = "<div><div class=plan>{}</div></div>") -> str:
    return "".join(around.format(f"<h4>{name}</h4><ul><li>{name} for one</li></ul>") for name in names)


@pytest.mark.parametrize(
    ("part", "restored"),
    [
        (plans("Third"), True),
        (plans("Third", around="<div><div class=shop>{}</div></div>"), False),
        (plans("Third", around="<table><tr><td><div><div class=plan>{}</div></div></td></tr></table>"), False),
        (f"<div class=related>{plans('Third')}</div>", False),
    ],
    ids=["of a kind", "another kind", "in a table", "named"],
)
def test_a_list_of_the_kind_of_two_that_are_kept_is_text_as_well(part: str, restored: bool) -> None:
    html = review(f"{plans('First', 'Second')}<div><div><div>{part}</div></div></div>{p(*numbered(2))}")
    assert ("Third for one" in kept(listed(html, "Third", "Third for one"))) is restored


@pytest.mark.parametrize(("known", "restored"), [(2, True), (1, False)])
def test_one_list_says_nothing_of_another(known: int, restored: bool) -> None:
    far = f"<div><div><div>{plans('Third')}</div></div></div>"
    html = review(f"{plans(*('First', 'Second')[:known])}{far}{p(*numbered(2))}")
    assert ("Third for one" in kept(listed(html, "Third", "Third for one"))) is restored


def test_nor_do_those_of_the_text_of_one_below_its_end() -> None:
    html = review(f"{plans('First', 'Second')}{p(*numbered(2))}<div><div><div>{plans('Third')}</div></div></div>")
    assert "Third for one" not in kept(listed(html, "Third", "Third for one"))
