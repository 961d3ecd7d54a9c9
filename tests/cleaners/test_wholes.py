import time

import pytest
from cleaning import PARAGRAPH, blocks_of, draft_of, kept, numbered, p

from cleaners.config import CleanerConfig, WholesConfig
from cleaners.draft import Draft
from cleaners.wholes import restore_wholes
from corpus.errors import ConfigError

FEW = ("Hedy Ropes", "Cork and Sons", "The Anchor Loft", "Seven Bells")


def restored(html: str, *left_out: str, config: WholesConfig | None = None) -> Draft:
    draft = draft_of(html, *left_out)
    restore_wholes(draft, CleanerConfig(wholes=config or WholesConfig()))
    return draft


def amid(part: str, name: str = "text") -> str:
    return f"<main><div class={name}>{p(*numbered(1, 2))}{part}{p(*numbered(3))}</div></main>"


def listed(*items: str, tag: str = "ul") -> str:
    return f"<{tag}>{''.join(f'<li><a href=/{number}>{item}</a>' for number, item in enumerate(items))}</{tag}>"


def table(*rows: tuple[str, ...]) -> str:
    return f"<table>{''.join('<tr>' + ''.join(f'<td>{cell}' for cell in row) for row in rows)}</table>"


@pytest.mark.parametrize(
    ("line", "announced"),
    [
        ("<p>These yards are left:</p>", True),
        ("<p>剩下的船厂：</p>", True),
        ("<p>These yards are left.</p>", False),
        ("<div><p>These yards are left:</p></div>", False),
        ("<p>These yards are left:</p><p>Four of them</p>", False),
    ],
)
def test_a_list_of_links_that_a_line_with_a_colon_announces_is_text(line: str, announced: bool) -> None:
    draft = restored(amid(line + listed(*FEW)), *FEW)
    assert (set(FEW) <= set(kept(draft))) is announced


@pytest.mark.parametrize(("repeated", "announced"), [(2, True), (3, False)])
def test_a_list_most_of_which_the_text_says_again_is_its_table_of_contents(repeated: int, announced: bool) -> None:
    sections = "".join(f"<h2>{name}</h2><p>{PARAGRAPH}</p>" for name in FEW[:repeated])
    blocks = blocks_of(amid(f"<p>These yards are left:</p>{listed(*FEW)}{sections}"))
    draft = Draft(blocks, [block.index for block in blocks if block.tag != "li"])
    restore_wholes(draft, CleanerConfig())
    assert (FEW[3] in kept(draft)) is announced


def test_a_numbered_list_of_paragraphs_that_are_kept_is_no_table_of_contents() -> None:
    steps = "".join(f"<li><div>Step {number}</div><p>{text}</p>" for number, text in enumerate(numbered(5, 6)))
    draft = restored(amid(f"<p>This is how:</p><ol>{steps}</ol>"), "Step 0", "Step 1")
    assert {"Step 0", "Step 1"} <= set(kept(draft))


def test_one_that_follows_bare_text_with_a_colon_is_as_well() -> None:
    assert set(FEW) <= set(kept(restored(amid(f"<div>These yards are left:{listed(*FEW)}</div>"), *FEW)))


@pytest.mark.parametrize("tag", ["ul class=related", "ul hidden"])
def test_a_list_that_is_called_something_or_hidden_is_not(tag: str) -> None:
    html = amid(f"<p>These yards are left:</p>{listed(*FEW, tag=tag)}")
    assert set(FEW).isdisjoint(kept(restored(html, *FEW)))


def test_a_list_in_a_small_part_with_a_name_is_not() -> None:
    html = amid(f"<div class=newsletter><p>These yards are left:</p>{listed(*FEW)}</div>")
    assert set(FEW).isdisjoint(kept(restored(html, *FEW)))
    html = amid(f"<p>These yards are left:</p>{listed(*FEW)}", name="sidebar")
    assert set(FEW) <= set(kept(restored(html, *FEW)))


def test_the_first_paragraph_may_announce_one() -> None:
    html = f"<main><p>{numbered(1)[0][:-1]}:</p>{listed(*FEW)}{p(*numbered(2))}</main>"
    assert set(FEW) <= set(kept(restored(html, *FEW)))


def test_one_that_is_kept_at_its_beginning_was_understood() -> None:
    html = amid(f"<p>These yards are left:</p>{listed(*FEW)}")
    assert kept(restored(html, *FEW[1:])).count(FEW[0]) == 1
    assert set(FEW[1:]).isdisjoint(kept(restored(html, *FEW[1:])))


def test_a_list_at_the_end_leads_elsewhere() -> None:
    html = f"<main>{p(*numbered(1, 2, 3))}<p>More of the harbour:</p>{listed(*FEW)}</main>"
    assert set(FEW).isdisjoint(kept(restored(html, *FEW)))


def test_what_a_rule_cut_from_a_list_for_a_reason_stays_cut() -> None:
    draft = draft_of(amid(f"<p>These yards are left:</p>{listed(*FEW)}"), *FEW[:2])
    draft.cut(next(block for block in draft.blocks if block.text == FEW[3]), "date")
    restore_wholes(draft, CleanerConfig())
    assert [text for text in kept(draft) if text in FEW] == list(FEW[:3])


@pytest.mark.parametrize(("left_out", "whole"), [(FEW[:1], True), (FEW[:2], False), (FEW[:3], False)])
def test_a_list_most_of_which_is_kept_is_kept_whole(left_out: tuple[str, ...], whole: bool) -> None:
    draft = restored(amid(listed(*FEW)), *left_out)
    assert (set(FEW) <= set(kept(draft))) is whole


def test_an_item_a_part_of_which_is_kept_is_kept_whole() -> None:
    html = amid("<ul><li>Hedy Ropes<br><br>since 1904</li><li>Cork and Sons</li><li>Seven Bells</li></ul>")
    draft = restored(html, "since 1904", *FEW)
    assert "since 1904" not in kept(draft)
    draft = restored(html, "since 1904", *FEW[1:])
    assert [text for text in kept(draft) if text not in numbered(1, 2, 3)] == ["Hedy Ropes", "since 1904"]


ROWS = (("Year", "Boats"), ("1904", "63"), ("1931", "16"))
CELLS = tuple(cell for row in ROWS for cell in row)


@pytest.mark.parametrize(("left_out", "whole"), [(CELLS[4:], True), (CELLS[3:], False), (CELLS[1:], False)])
def test_a_table_most_of_which_is_kept_is_kept_whole(left_out: tuple[str, ...], whole: bool) -> None:
    assert (set(CELLS) <= set(kept(restored(amid(table(*ROWS)), *left_out)))) is whole


def test_a_cell_of_such_a_table_comes_back_whatever_cut_it() -> None:
    draft = draft_of(amid(table(*ROWS)))
    draft.cut(next(block for block in draft.blocks if block.text == "Boats"), "related")
    restore_wholes(draft, CleanerConfig())
    assert "Boats" in kept(draft)


@pytest.mark.parametrize(
    ("part", "bare"),
    [
        (table(*ROWS), True),
        (f"<div>{table(*ROWS)}</div>", True),
        (f"<div><div>{table(*ROWS)}</div></div>", False),
        (f"<div class=related>{table(*ROWS)}</div>", False),
    ],
)
def test_a_table_right_between_paragraphs_is_text(part: str, bare: bool) -> None:
    assert (set(CELLS) <= set(kept(restored(amid(part), *CELLS)))) is bare


HEADED = "<table class={0}><tr><th>Mast</th><th>{1}</th></tr><tr><td>Sail</td><td>{2}</td></tr></table>"


def boxed(name: str = "", kind: str = "facts", row: str = HEADED) -> str:
    return f"<div class={name or 'box'}><div><div>{row.format(kind, 7, 9)}</div></div></div>"


@pytest.mark.parametrize(
    ("part", "sister"),
    [
        (boxed(), True),
        (boxed(kind="prices"), False),
        (boxed("related"), False),
        (boxed(row=HEADED.replace("th>", "td>")), False),
        (boxed(row=HEADED.replace("{1}", "<a href=/7>Nine hundred and seven</a>")), False),
    ],
    ids=["of a kind", "another kind", "named", "without heads", "of links"],
)
def test_a_table_of_the_kind_of_one_that_is_kept_is_text_as_well(part: str, sister: bool) -> None:
    kept_one = HEADED.format("facts", 1, 2)
    html = f"<main>{p(*numbered(1))}{kept_one}{p(*numbered(2))}{part}{p(*numbered(3))}</main>"
    blocks = blocks_of(html)
    cut = next(block.index for block in blocks if block.text == numbered(2)[0])
    draft = Draft(blocks, [b.index for b in blocks if b.index <= cut or b.tag == "p"])
    restore_wholes(draft, CleanerConfig())
    assert (kept(draft).count("Sail") == 2) is sister


@pytest.mark.parametrize(("links", "bare"), [(3, True), (4, False)])
def test_one_of_links_is_not(links: int, bare: bool) -> None:
    cells = [f"<a href=/{number}>mast</a>" if number < links else "mast" for number in range(6)]
    draft = draft_of(amid(table(*zip(cells[::2], cells[1::2], strict=True))), "mast")
    restore_wholes(draft, CleanerConfig())
    assert ("mast" in kept(draft)) is bare


@pytest.mark.parametrize(
    "rows",
    [
        (("Year", "Boats"),),
        (("Year",), ("1904",), ("1931",)),
        (("Year", "Boats"), ("1904",), ("1931",)),
        (("Year", "Boats" * 100), ("1904", "63")),
        (("Year<p>of</p>", "Boats"), ("1904", "63")),
        (("Year", "<table><tr><td>Boats</table>"), ("1904", "63")),
    ],
)
def test_a_layout_is_no_table(rows: tuple[tuple[str, ...], ...]) -> None:
    draft = draft_of(amid(table(*rows)), "63", "1931", "1904", "Year", "of", "Boats", "Boats" * 100)
    restore_wholes(draft, CleanerConfig())
    assert kept(draft) == numbered(1, 2, 3)


@pytest.mark.parametrize(("heaviest", "bare"), [(5, True), (4, False)])
def test_a_heavy_cell_makes_a_layout(heaviest: int, bare: bool) -> None:
    draft = restored(amid(table(*ROWS)), *CELLS, config=WholesConfig(max_cell=heaviest))
    assert (set(CELLS) <= set(kept(draft))) is bare


@pytest.mark.parametrize(("share", "bare"), [(0.66, True), (0.67, False)])
def test_rows_of_a_table_are_of_one_length(share: float, bare: bool) -> None:
    rows = (("Year", "Boats"), ("1904", "63"), ("1931",))
    cells = [cell for row in rows for cell in row]
    draft = restored(amid(table(*rows)), *cells, config=WholesConfig(min_regular=share))
    assert (set(cells) <= set(kept(draft))) is bare


@pytest.mark.parametrize(("lines", "bare"), [(1.25, True), (1.24, False)])
def test_cells_of_several_lines_make_a_layout(lines: float, bare: bool) -> None:
    html = amid(table(("Year<p>of</p>", "Boats"), ("1904", "63")))
    draft = restored(html, "Year", "of", "Boats", "1904", "63", config=WholesConfig(max_lines=lines))
    assert ("63" in kept(draft)) is bare


@pytest.mark.parametrize("name", ["min_items", "min_cells", "min_regular", "max_links"])
def test_shares_are_shares(name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        WholesConfig(**{name: 1.1})


def test_nothing_happens_to_a_page_of_one_paragraph() -> None:
    html = f"<main>{p(*numbered(1))}<p>These yards are left:</p>{listed(*FEW)}</main>"
    assert set(FEW).isdisjoint(kept(restored(html, *FEW)))


def test_as_many_tables_as_paragraphs_take_no_time_together() -> None:
    part = f"<section>{p(PARAGRAPH)}<div><div>{table(*ROWS)}</div></div></section>"
    draft = draft_of(part * 2_000, *CELLS)
    began = time.process_time()
    restore_wholes(draft, CleanerConfig())
    assert time.process_time() - began < 0.3  # 0.05 s; 0.6 s where each table is looked for among all paragraphs
    assert kept(draft) == [PARAGRAPH] * 2_000
