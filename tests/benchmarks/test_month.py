"""The daemon, the schedule and the ledger over simulated days: nothing is missed, and much is not asked for."""

from pathlib import Path

import pytest

from benchmarks.breakages import false_alarms, notice
from benchmarks.month import BEGAN, Simulation, spend

pytestmark = pytest.mark.slow


def test_days_of_unattended_crawls_find_everything_with_fewer_requests_than_fixed_distances(tmp_path: Path) -> None:
    month, ours = spend(tmp_path / "ours", Simulation.unattended, sites=3, days=4, watched=True)
    _, fixed = spend(tmp_path / "fixed", Simulation.fixed, sites=3, days=4)
    assert ours["articles"] == fixed["articles"] > 100
    assert ours["found"] >= 0.995
    assert ours["found"] >= fixed["found"] - 0.002
    assert ours["median delay, minutes"] <= 30
    # Most requests of the first days are for articles that both fetch; over a month it is less (benchmarks/README.md).
    assert ours["requests"] <= 0.7 * fixed["requests"]
    assert ours["requests, listings"] <= 0.4 * fixed["requests, listings"]
    assert fixed["requests"] == pytest.approx(month.fixed_requests, rel=0.02)
    assert month.most_at_once == 1
    # One of the sites breaks, and that is all that is called broken.
    ((name, broken),) = [(name, one) for name, one in month.plan.items() if one is not None]
    noticed = notice(name, broken, month.alarms, month.met[name], BEGAN)
    assert noticed.right
    assert noticed.runs_met == 2
    assert false_alarms(month.plan, month.alarms, BEGAN) == []
