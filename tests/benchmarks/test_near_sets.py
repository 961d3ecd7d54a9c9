"""Near-duplicates on the evaluation sets: what the benchmark measures is what we promise."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import near_sets

pytestmark = pytest.mark.shared

Measure = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def measure(shared: Path, tmp_path: Path) -> Measure:
    return lambda name: list(near_sets.SETS[name](shared / "data" / "dedup", tmp_path, None))


def test_every_planted_pair_is_found_and_no_other(measure: Measure) -> None:
    assert [(one["pairs"], one["recall"], one["precision"]) for one in measure("tutorial")] == [
        (5, 1.0, 1.0),
        (10, 1.0, 1.0),
        (20, 1.0, 1.0),
    ]


def test_wire_reprints_are_found_as_their_exact_scores_say(measure: Measure) -> None:
    for figures in measure("wire"):
        assert figures["pairs"] > 200
        assert figures["recall"] >= 0.99, figures
        assert figures["precision"] >= 0.99, figures


def test_lightly_changed_texts_stand_apart_from_independent_ones(measure: Measure) -> None:
    found = {one["set"].rpartition(" ")[2]: one for one in measure("reuse")}
    assert found["non"]["most"] < 0.05
    assert found["light"]["above_independent"] == 1.0
    assert found["cut"]["above_independent"] >= 0.8


def test_pages_that_were_fetched_twice_are_found(measure: Measure) -> None:
    (figures,) = measure("natural")
    assert (figures["recall"], figures["precision"]) == (1.0, 1.0)
