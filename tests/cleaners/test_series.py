import pytest
from cleaning import blocks_of

from cleaners.series import find_series


def series(*headings: str, level: int = 3, least: int = 3) -> list[str]:
    blocks = blocks_of("".join(f"<h{level}>{heading}</h{level}>" for heading in headings))
    return sorted(block.text for block in find_series(blocks, least))


@pytest.mark.parametrize(
    "headings",
    [
        ("1. Mill", "2. Wheel", "3. Race"),
        ("#1 Mill", "#2 Wheel", "#3 Race"),
        ("Step 1: Mill", "Step 2: Wheel", "Step 3: Race"),
        ("Day 1 – Mill", "Day 2 – Wheel", "Day 3"),
        ("1、磨坊", "2、水车", "3、水渠"),
        ("1", "2", "3"),
        ("3. Race", "2. Wheel", "1. Mill"),
    ],
)
def test_headings_numbered_one_behind_the_other_are_a_series(headings: tuple[str, ...]) -> None:
    assert series(*headings) == sorted(headings)


@pytest.mark.parametrize("heading", ["2024 in ice", "5G", "The 3 mills", "7. Fog"])
def test_one_without_a_neighbour_is_not_of_it(heading: str) -> None:
    assert heading not in series("1. Mill", "2. Wheel", "3. Race", heading)


@pytest.mark.parametrize(("least", "found"), [(2, 2), (3, 0)])
def test_a_series_has_several_numbers(least: int, found: int) -> None:
    assert len(series("1. Mill", "2. Wheel", least=least)) == found


def test_each_level_counts_for_itself() -> None:
    blocks = blocks_of("<h2>1. Mill</h2><h2>2. Wheel</h2><h3>3. Race</h3>")
    assert find_series(blocks, 3) == frozenset()
