import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.judge_trees import MAX_LEAVES, build, read_trees
from corpus.errors import ConfigError

# a <= 3 ? 1 : (b <= -1 ? 10 : 100), in thousandths; bits 0 to 2 are the leaves from left to right.
BRANCHED = {
    "names": ["a", "b"],
    "bias": 0,
    "tests": [[0, 3], [1, -1]],
    "trees": [[[[0, 0b1111111111111110], [1, 0b1111111111111101]], [1000, 10_000, 100_000]]],
}


@pytest.mark.parametrize(
    ("a", "b", "score"), [(3, 0, 1), (4, -1, 10), (4, 0, 100), (-9999, 9999, 1), (9999, 9999, 100), (3, -5, 1)]
)
def test_a_block_ends_in_the_leaf_that_its_tests_lead_to(a: int, b: int, score: int) -> None:
    assert build(BRANCHED).score({"a": [a], "b": [b]}) == [score]


def test_trees_and_bias_add_up() -> None:
    twice = {**BRANCHED, "bias": -2500, "trees": [*BRANCHED["trees"], *BRANCHED["trees"]]}  # type: ignore[misc]
    assert build(twice).score({"a": [3, 4], "b": [0, 0]}) == [-1, 197]


def test_a_single_leaf_is_a_constant() -> None:
    assert build({**BRANCHED, "trees": [[[], [7000]]]}).score({"a": [1, 2], "b": [3, 4]}) == [7, 7]


def test_a_page_without_blocks_has_no_scores() -> None:
    assert build(BRANCHED).score({"a": [], "b": []}) == []


def test_figures_that_the_trees_do_not_ask_for_change_nothing() -> None:
    assert build(BRANCHED).score({"a": [3], "b": [0], "c": [1]}) == [1]


def test_a_missing_figure_is_an_error() -> None:
    with pytest.raises(KeyError, match="b"):
        build(BRANCHED).score({"a": [3]})


@given(st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=1, max_size=30))
@settings(deadline=None)
def test_a_block_is_scored_by_its_own_figures_alone(rows: list[tuple[int, int]]) -> None:
    trees = build(BRANCHED)
    together = trees.score({"a": [a for a, _ in rows], "b": [b for _, b in rows]})
    assert together == [trees.score({"a": [a], "b": [b]})[0] for a, b in rows]


@pytest.mark.parametrize("name", ["judge_trees", "first_look_trees"])
def test_the_shipped_trees_are_small_and_whole_numbers(name: str) -> None:
    file = Path(f"cleaners/data/{name}.json")
    raw = json.loads((Path(__file__).parents[2] / file).read_text(encoding="utf-8"), parse_float=lambda text: 1 / 0)
    assert (Path(__file__).parents[2] / file).stat().st_size < 1_000_000
    assert all(len(leaves) <= MAX_LEAVES for model in raw["models"] for _, leaves in model["trees"])


def test_a_model_may_stand_in_another_file(tmp_path: Path) -> None:
    file = tmp_path / "trees.json"
    file.write_text(json.dumps({"models": [BRANCHED]}), encoding="utf-8")
    assert read_trees(str(file))[0].score({"a": [3], "b": [0]}) == [1]


def test_a_model_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        read_trees(str(tmp_path / "nowhere.json"))
