"""``collector stats``: counts that agree with what was stored."""

import json
from datetime import date, timedelta
from pathlib import Path

from command_line import Call
from hypothesis import given
from hypothesis import strategies as st

from collector.cli.charts import BAR_WIDTH, bar, spark, spread


def test_the_counts_agree_with_what_was_stored(corpus: Path, call: Call) -> None:
    told = json.loads(call("stats", "--json").out)
    assert told["articles"] == 6
    assert {site["site"]: (site["articles"], site["urls"]) for site in told["sites"]} == {
        "ledger": (1, 1),
        "post": (5, 16),
    }
    assert told["languages"] == {"en": 5, "or": 1}
    assert told["days"] == {"2024-11-10": 1, "2024-11-11": 1, "2024-11-12": 1, "2024-11-13": 1}
    assert told["undated"] == 2
    assert told["removals"] == {"http-error": 1, "redirected": 1, "robots": 1, "too-short": 1}
    assert told["failures"] == {"dns": 1, "http-503": 1}
    assert told["duplicates"] == {"canonical": 1, "part": 1, "payload": 1}
    assert (told["due"], told["due_later"]) == (1, 1)
    (run,) = told["runs"]
    assert sum(run["counters"].values()) == 17
    assert run["seconds"] == 6 * 3600
    assert told["database_bytes"] > 10_000


def test_one_site_is_counted_alone(corpus: Path, call: Call) -> None:
    told = json.loads(call("stats", "ledger", "--json").out)
    assert (told["articles"], told["removals"], told["due"]) == (1, {}, 0)


def test_on_a_terminal_everything_fits(corpus: Path, call: Call, terminal: None) -> None:
    told = call("stats").out
    assert max(map(len, told.splitlines())) <= 80
    for heading in ("6 articles from 17 URLs", "Removed, by reason", "Last runs", "On disk"):
        assert heading in told


def test_piped_no_outcome_of_a_run_is_cut(corpus: Path, call: Call) -> None:
    told = call("stats").out
    assert "6 kept, 4 removed, 2 duplicate, 1 deferred, 1 failed, 1 listed, 1 part, 1 updated" in told
    assert "\x1b" not in told


def test_an_unknown_site_is_refused_with_a_hint(corpus: Path, call: Call) -> None:
    told = call("stats", "legder")
    assert told.code == 2
    assert "did you mean 'ledger'?" in told.err


def test_an_empty_corpus_says_what_to_do(tmp_path: Path, call: Call) -> None:
    call("init", tmp_path)
    told = call("stats", "--corpus", tmp_path)
    assert told.code == 4
    assert "collector add URL" in told.out


# -- charts -----------------------------------------------------------------------------------------------------------

DAYS = st.dictionaries(
    st.integers(min_value=0, max_value=20_000).map(lambda days: date(1990, 1, 1) + timedelta(days=days)),
    st.integers(min_value=1, max_value=1000),
    min_size=1,
    max_size=20,
)


@given(days=DAYS, width=st.integers(min_value=60, max_value=80))
def test_a_spread_loses_no_article_and_fits(days: dict[date, int], width: int) -> None:
    span, numbers = spread(days, width)
    assert sum(numbers) == sum(days.values())
    assert len(numbers) <= width
    if span == "day":
        assert (max(days) - min(days)).days == len(numbers) - 1


@given(numbers=st.lists(st.integers(min_value=0, max_value=10_000), min_size=1, max_size=60))
def test_a_sparkline_has_a_character_for_each_number_and_the_highest_for_the_largest(numbers: list[int]) -> None:
    line = spark(numbers)
    assert len(line) == len(numbers)
    assert [character == "·" for character in line] == [number == 0 for number in numbers]
    assert max(numbers) == 0 or line[numbers.index(max(numbers))] == "█"


@given(number=st.integers(min_value=1, max_value=10_000), most=st.integers(min_value=1, max_value=10_000))
def test_a_bar_is_visible_and_never_too_long(number: int, most: int) -> None:
    assert 1 <= len(bar(min(number, most), most)) <= BAR_WIDTH
