import pytest
from cleaning import PARAGRAPH, blocks_of, draft_of, kept, p, rules

from cleaners.config import TextConfig
from cleaners.draft import BOILERPLATE, Draft


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


def test_a_table_for_layout_is_read_as_paragraphs() -> None:
    assert draft_of(f"<table><tr><td>menu<td>{PARAGRAPH}</table>").text() == f"menu\n\n{PARAGRAPH}"
    assert draft_of("<table><tr><td>One.<br>Two.<td>three</table>").text() == "One.\n\nTwo.\n\nthree"


@pytest.mark.parametrize(("limit", "lines"), [(6, 1), (5, 2)])
def test_the_weight_of_a_cell_is_a_threshold(limit: int, lines: int) -> None:
    draft = draft_of("<table><tr><td>sixsix<td>x</table>")
    assert len(draft.text(TextConfig(max_cell_weight=limit)).split("\n\n")) == lines


def test_weight_is_that_of_the_text() -> None:
    assert draft_of(p("four", "five5"), "four").weight == 5


def test_blocks_know_whether_they_are_in_the_text() -> None:
    draft = draft_of(p("one", "two"), "two")
    one, two = blocks_of(p("one", "two"))
    assert one in draft
    assert two not in draft
