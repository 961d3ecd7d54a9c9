import numpy as np
from cleaning import PARAGRAPH, blocks_of
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import HtmlElement

from cleaners.blocks import Block
from cleaners.judge_figures import read_facts
from cleaners.judge_structure import Structure, read_structure

PIECES = st.sampled_from(["<div>", "</div>", "<ul>", "<li>", "<a href=/x>", "</a>", "<h2>", "<b>", "Share", PARAGRAPH])


def structured(html: str) -> tuple[tuple[Block, ...], Structure]:
    blocks = blocks_of(html)
    return blocks, read_structure(blocks, read_facts(blocks, range(0, len(blocks), 2)))


def parts_of(blocks: tuple[Block, ...]) -> list[HtmlElement]:
    """Return the elements around blocks as the structure numbers them: as they are met, outer ones first."""
    return list(dict.fromkeys(element for block in blocks for element in reversed(block.ancestors)))


@given(st.lists(PIECES, min_size=1, max_size=25))
@settings(max_examples=60, deadline=None)
def test_a_part_holds_the_sums_of_the_blocks_in_it(pieces: list[str]) -> None:
    blocks, structure = structured("<body>text<p>" + " ".join(pieces))
    for place, part in enumerate(parts_of(blocks)):
        inside = [block for block in blocks if part in block.ancestors]
        assert structure.sums.blocks[place] == len(inside)
        assert structure.sums.weight[place] == sum(block.weight for block in inside)
        assert structure.sums.kept[place] == sum(block.weight for block in inside if block.index % 2 == 0)
        assert structure.sums.headings[place] == sum(block.heading for block in inside)


@given(st.lists(PIECES, min_size=1, max_size=25))
@settings(max_examples=60, deadline=None)
def test_levels_count_the_elements_up_to_the_nearest_member(pieces: list[str]) -> None:
    blocks, structure = structured("<body>text<p>" + " ".join(pieces))
    parts = parts_of(blocks)
    members = np.array([[part.tag == "div"] for part in parts])
    for part, (level,) in zip(parts, structure.levels_up(members, 40), strict=True):
        around = [part, *part.iterancestors()]
        assert level == next((at for at, element in enumerate(around) if element.tag == "div"), 40)


def test_the_nearest_part_is_looked_for_within_some_levels() -> None:
    _, structure = structured("<article><div><div><p>One two three</p></div></div></article>")
    wanted = np.array([tag == "article" for tag in structure.tags])
    assert [structure.nearest(wanted, levels)[1].tolist() for levels in (3, 4)] == [[False], [True]]


def test_a_part_above_the_page_is_the_page() -> None:
    _, structure = structured("<p>One")
    assert structure.tags[structure.up(9)[0]] == "html"
