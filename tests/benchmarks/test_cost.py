import pytest

from benchmarks.cost import summarise


def test_the_ratio_is_that_of_the_totals_and_the_median_that_of_the_pages() -> None:
    rows = [{"set": "a"}, {"set": "a"}, {"set": "b"}]
    measured = [
        {"ours": 2.0, "trafilatura": 1.0, "trafilatura fast": 1.0},
        {"ours": 3.0, "trafilatura": 4.0, "trafilatura fast": 2.0},
        {"ours": 1.0, "trafilatura": 1.0, "trafilatura fast": 0.5},
    ]
    of_a, of_b, of_all = summarise(rows, measured)
    assert (of_a["set"], of_a["pages"], of_a["ratio"], of_a["median"]) == ("a", 2, 1.0, pytest.approx(1.375))
    assert (of_b["ratio"], of_b["ours ms"]) == (1.0, 1000.0)
    assert (of_all["pages"], of_all["ratio"], of_all["median"]) == (3, 1.0, 1.0)
