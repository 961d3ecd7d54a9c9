import pytest
from cleaning import PARAGRAPH, blocks_of, draft_of, kept, p, rules

from cleaners.config import TextConfig
from cleaners.draft import BOILERPLATE, Draft, cells_of_tables


def test_text_is_the_chosen_blocks_with_one_blank_line_between_them() -> None:
    assert draft_of(p("one", "two", "three"), "two").text() == "one\n\nthree"


def test_a_draft_of_nothing_is_empty() -> None:
    assert Draft((), ()).text() == ""
    assert Draft((), ()).cuts() == ()


def test_the_first_rule_that_cuts_a_block_counts() -> None:
    draft = draft_of(p("one", "two"))
    draft.cut(draft.blocks[0], "byline")
    draft.cut(draft.blocks[0], "related")
    assert rules(draft) == {"one": "byline"}


def test_a_restored_block_is_no_cut() -> None:
    draft = draft_of(p("one", "two"), "one")
    draft.restore(draft.blocks[0])
    assert kept(draft) == ["one", "two"]
    assert draft.cuts() == ()


def test_neighbours_with_one_rule_are_one_cut() -> None:
    draft = draft_of(p("one", "two", "text", "three"), "one", "two", "three")
    assert [(cut.rule, cut.text) for cut in draft.cuts()] == [(BOILERPLATE, "one\n\ntwo"), (BOILERPLATE, "three")]


def test_hidden_blocks_are_no_cuts() -> None:
    assert draft_of("<p>text</p><div hidden><p>secret</p></div>", "secret").cuts() == ()


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        ("<nav><p>x</p></nav>", "navigation"),
        ('<div role="navigation"><p>x</p></div>', "navigation"),
        ("<p><a href=/>x</a></p>", "navigation"),
        ("<figure><figcaption>x</figcaption></figure>", "caption"),
        ("<form><label>x</label></form>", "control"),
        ("<form><p>x</p></form>", "control"),
        (f"<form>{'<div>' * 4}<p>x</p>{'</div>' * 4}</form>", BOILERPLATE),
        (f"<nav>{'<div>' * 4}<p>x</p>{'</div>' * 4}</nav>", "navigation"),
        ("<button>x</button>", "control"),
        ("<footer><p>x</p></footer>", "legal"),
        ('<div class="article-comments"><p>x</p></div>', "comments"),
        ('<div id="RelatedStories"><p>x</p></div>', "related"),
        ("<p>x</p>", BOILERPLATE),
    ],
)
def test_what_the_extractor_left_out_is_named_by_its_place(html: str, rule: str) -> None:
    assert rules(draft_of(f"<main>{html}</main>", "x")) == {"x": rule}


def test_cuts_are_bounded_and_navigation_gives_way_first() -> None:
    html = "<nav><p>navigation</p></nav>" + p("boilerplate")
    draft = draft_of(html, "navigation", "boilerplate")
    assert [cut.text for cut in draft.cuts(TextConfig(max_cut_chars=21))] == ["navigation", "boilerplate"]
    assert [cut.text for cut in draft.cuts(TextConfig(max_cut_chars=14))] == ["nav", "boilerplate"]
    assert [cut.text for cut in draft.cuts(TextConfig(max_cut_chars=11))] == ["boilerplate"]
    assert draft.cuts(TextConfig(max_cut_chars=0)) == ()


def test_the_short_cells_of_a_row_are_one_line() -> None:
    html = "<table><tr><th>Village<th>For<tr><td>Upper Lane<td>212</table><p>after</p>"
    assert draft_of(html).text() == "Village | For\n\nUpper Lane | 212\n\nafter"


def test_a_bullet_that_stands_alone_is_no_text() -> None:
    html = "<table><tr><td>•<td>Bring water<tr><td>–<td>Bring 2 – 3 maps</table>"
    assert draft_of(html).text() == "Bring water\n\nBring 2 – 3 maps"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("* * *", "separator"),
        ("________", "separator"),
        ("—", "separator"),
        ("?", "separator"),
        ("* - *", None),
        ("…", None),
        ("“?”", None),
        ("[gallery ids=”1,2”]", "shortcode"),
        ("[convertkit form=1630175]", "shortcode"),
        ("[Chorus]", None),
        ("[a = b] holds", None),
        ("[If x = y, we stay]", None),
    ],
)
def test_a_line_that_says_nothing_is_no_text(line: str, rule: str | None) -> None:
    draft = draft_of(p("text", line))
    draft.cut_signs()
    assert rules(draft) == ({line: rule} if rule else {})


def test_a_dash_in_a_cell_is_a_value() -> None:
    draft = draft_of("<table><tr><td>Upper Lane<td>—</table>")
    draft.cut_signs()
    assert draft.text() == "Upper Lane | —"


def test_a_table_for_layout_is_read_as_paragraphs() -> None:
    assert draft_of(f"<table><tr><td>menu<td>{PARAGRAPH}</table>").text() == f"menu\n\n{PARAGRAPH}"
    assert draft_of("<table><tr><td>One.<br>Two.<td>three</table>").text() == "One.\n\nTwo.\n\nthree"


@pytest.mark.parametrize(("limit", "lines"), [(6, 1), (5, 2)])
def test_the_weight_of_a_cell_is_a_threshold(limit: int, lines: int) -> None:
    draft = draft_of("<table><tr><td>sixsix<td>x</table>")
    assert len(draft.text(TextConfig(max_cell_weight=limit)).split("\n\n")) == lines


def table(*rows: tuple[str, str]) -> str:
    return "<table>" + "".join(f"<tr><td>{one}<td>{other}" for one, other in rows) + "</table>"


@pytest.mark.parametrize(("short", "weight", "is_row"), [(2, 8, True), (2, 9, False), (1, 8, False)])
def test_a_longer_cell_stands_in_its_row_where_half_of_three_rows_are_short(
    short: int, weight: int, is_row: bool
) -> None:
    config = TextConfig(max_cell_weight=4, max_cell_weight_in_table=8)
    rows = [("x", "four")] * short + [("x", "y" * weight)] * (3 - short)
    lines = draft_of(table(*rows)).text(config).split("\n\n")
    assert (lines[-1] == f"x | {'y' * weight}") is is_row


def test_two_rows_tell_nothing_of_a_third() -> None:
    config = TextConfig(max_cell_weight=4)
    assert draft_of(table(("x", "four"), ("x", "longer"))).text(config) == "x | four\n\nx\n\nlonger"


def test_cells_of_tables_stand_beside_others_in_several_rows() -> None:
    rows = [("Launch", "17 May 2024"), ("Colour", "black"), ("Weight", "180 g")]
    for number, found in ((3, 6), (2, 0)):
        assert len(cells_of_tables(blocks_of(table(*rows[:number])), TextConfig())) == found
    assert not cells_of_tables(blocks_of("<table><tr><td>one<tr><td>two<tr><td>three</table>"), TextConfig())


def test_weight_is_that_of_the_text() -> None:
    assert draft_of(p("four", "five5"), "four").weight == 5


def test_blocks_know_whether_they_are_in_the_text() -> None:
    draft = draft_of(p("one", "two"), "two")
    one, two = blocks_of(p("one", "two"))
    assert one in draft
    assert two not in draft
