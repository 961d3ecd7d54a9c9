"""Outlines: what of a page serves to learn its site, and that it survives being stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.outline import Line, Outline, Place, hash_of

NUMBERS = st.integers(0, 2**64 - 1)


@st.composite
def outlines(draw: st.DrawFn) -> Outline:
    """Draw outlines whose places lie in those before them, as a tree's do."""
    places: list[Place] = []
    for number in range(draw(st.integers(1, 8))):
        inside = draw(st.none() | st.integers(0, number - 1)) if number else None
        places.append(Place(draw(NUMBERS), inside, draw(st.booleans())))
    line = st.builds(
        Line,
        key=NUMBERS,
        place=st.integers(0, len(places) - 1),
        weight=st.integers(0, 0xFFFF),
        kept=st.booleans(),
        prose=st.booleans(),
        heads_text=st.booleans(),
        cell=st.booleans(),
    )
    return Outline(tuple(places), tuple(draw(st.lists(line, max_size=12))))


@given(outlines())
def test_an_outline_survives_being_packed(outline: Outline) -> None:
    assert Outline.unpack(outline.pack()) == outline


@given(outlines())
def test_leaving_out_places_that_tell_nothing_changes_no_line(outline: Outline) -> None:
    slim = outline.without_unused()
    assert told(slim) == told(outline)
    assert slim.without_unused() == slim


@given(outlines())
def test_the_lines_of_the_text_stay_when_the_others_go(outline: Outline) -> None:
    slim = outline.only_kept()
    assert told(slim) == [line for line in told(outline) if line[0].kept]
    assert slim.kept_weights == outline.kept_weights
    kept = [number for number, line in enumerate(outline.lines) if line.kept]
    assert outline.rank_kept(kept) == tuple(range(len(slim.lines)))


@given(outlines(), st.data())
def test_bytes_that_are_cut_off_are_no_outline(outline: Outline, data: st.DataObject) -> None:
    packed = outline.pack()
    with pytest.raises(ValueError, match="no outline"):
        Outline.unpack(packed[: data.draw(st.integers(0, len(packed) - 1))])


def test_another_version_is_no_outline() -> None:
    packed = Outline((), ()).pack()
    with pytest.raises(ValueError, match="version"):
        Outline.unpack(bytes([packed[0] + 1]) + packed[1:])


def test_a_named_element_is_its_own_container_and_a_bare_one_is_not() -> None:
    places = (Place(1, None), Place(2, 0, named=True), Place(3, 1), Place(4, 2), Place(5, 2, named=True))
    bare, named = Line(9, 3, 1, kept=True), Line(9, 4, 1, kept=True)
    outline = Outline(places, (bare, named))
    assert [place.path for place in outline.containers(bare)] == [3, 2]
    assert [place.path for place in outline.containers(named)] == [5, 3]


def test_hashes_do_not_depend_on_the_process() -> None:
    assert hash_of("div.share") == 10_872_474_287_596_242_618
    assert hash_of("a", 1) != hash_of("a1")


def told(outline: Outline) -> list[tuple[Line, int, list[int]]]:
    """Return each line with the paths that it stands in, whatever number its place has."""
    return [
        (
            line._replace(place=0),
            outline.places[line.place].path,
            [one.path for one in outline.containers(line)],
        )
        for line in outline.lines
    ]
