import time

import pytest
from cleaning import blocks_of, numbered, p

from cleaners.apart import Apart


@pytest.mark.parametrize(("named", "others", "is_apart"), [(1, 2, True), (1, 1, False), (2, 1, False)])
def test_a_part_with_a_telling_name_is_apart_unless_it_holds_half_of_the_text(
    named: int, others: int, is_apart: bool
) -> None:
    inner, outer = p(*numbered(*range(named))), p(*numbered(*range(5, 5 + others)))
    blocks = blocks_of(f"<div class=newsletter>{inner}<p>Sign up</p></div>{outer}")
    line = next(block for block in blocks if block.text == "Sign up")
    assert Apart([block for block in blocks if block is not line]).holds(line) is is_apart


def test_a_part_without_a_name_is_not() -> None:
    blocks = blocks_of(f"<div class=column>{p(*numbered(1))}</div>{p(*numbered(2, 3))}")
    assert not Apart(blocks).holds(blocks[0])


def test_as_many_named_parts_as_paragraphs_take_no_time_together() -> None:
    comments = "".join(f"<div class=comment>{text}</div>" for text in map(p, numbered(*range(3_000))))
    blocks = blocks_of(f"{p(*numbered(*range(3_000)))}{comments}")
    apart = Apart(blocks)
    began = time.process_time()
    assert sum(map(apart.holds, blocks)) == 3_000
    assert time.process_time() - began < 0.3  # 0.01 s; 0.9 s where each part is looked for in every paragraph
