"""The daemon, the schedule and the ledger over simulated days: nothing is missed, and much is not asked for."""

from pathlib import Path

import pytest

from benchmarks.month import Simulation, spend

pytestmark = pytest.mark.slow


def test_days_of_unattended_crawls_find_everything_with_fewer_requests_than_fixed_distances(tmp_path: Path) -> None:
    month, ours = spend(tmp_path / "ours", Simulation.unattended, sites=4, days=6)
    _, fixed = spend(tmp_path / "fixed", Simulation.fixed, sites=4, days=6)
    assert ours["articles"] == fixed["articles"] > 100
    assert ours["found"] >= 0.995
    assert ours["found"] >= fixed["found"] - 0.002
    assert ours["median delay, minutes"] <= 30
    assert ours["requests"] <= 0.6 * fixed["requests"]
    assert ours["requests, listings"] <= 0.4 * fixed["requests, listings"]
    assert month.most_at_once == 1
