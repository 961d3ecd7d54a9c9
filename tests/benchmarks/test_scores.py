import importlib.util
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

_SPEC = importlib.util.spec_from_file_location("scores", Path(__file__).parents[2] / "benchmarks" / "scores.py")
assert _SPEC is not None
assert _SPEC.loader is not None
scores = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(scores)


def f1(truth: str, found: str, size: int = 4) -> float:
    return scores.overlap(scores.shingles(scores.words(truth), size), scores.shingles(scores.words(found), size)).f1


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("It's 3.5 m – high", ["It", "s", "3", "5", "m", "high"]),
        ("東京で opens", ["東", "京", "で", "opens"]),
        ("ଓଡ଼ିଶା", ["ଓଡ଼ିଶା"]),
        ("", []),
    ],
)
def test_words_are_words_in_every_script(text: str, tokens: list[str]) -> None:
    assert scores.words(text) == tokens


def test_agreement_is_counted_with_repetitions() -> None:
    assert f1("a a b", "a b b", 1) == pytest.approx(2 / 3)
    assert f1("a b c d e", "a b c d x") == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("truth", "found", "expected"), [("", "", 1.0), ("a", "", 0.0), ("", "a", 0.0), ("a b", "a b", 1.0)]
)
def test_empty_and_short_texts_have_a_score(truth: str, found: str, expected: float) -> None:
    assert f1(truth, found) == expected


@given(st.text("ab c", max_size=30), st.text("ab c", max_size=30))
@settings(max_examples=200, deadline=None)
def test_agreement_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert f1(one, other) == pytest.approx(f1(other, one))
    assert 0 <= f1(one, other) <= 1


def test_a_headline_is_put_before_a_text_that_lacks_it() -> None:
    assert scores.headed("It rained.", "Storm hits coast") == "Storm hits coast\nIt rained."
    assert scores.headed("STORM hits coast\nIt rained.", "Storm hits coast").startswith("STORM")


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ("Ann Lee and Bo Ek", {"ann lee", "bo ek"}),
        (["Ann  Lee", "Bo Ek"], {"ann lee", "bo ek"}),
        ("Ann Lee; Bo Ek", {"ann lee", "bo ek"}),
        (None, set()),
    ],
)
def test_authors_are_a_set_of_names(authors: object, expected: set[str]) -> None:
    assert scores.names(authors) == expected


@pytest.mark.parametrize(
    ("truth", "found", "day", "minute"),
    [
        ("2024-03-08", "2024-03-08", True, False),
        ("2024-03-08", "2024-03-09", False, False),
        ("2024-03-08 07:30:00+00:00", "2024-03-08T08:30:20+01:00", True, True),
        ("2024-03-08 23:30:00+00:00", "2024-03-09T00:30:00+01:00", True, True),
        ("2024-03-08 07:30", "2024-03-08T07:30:00+02:00", True, True),
        ("2024-03-08 07:30:00+00:00", "2024-03-08T07:31:00+00:00", True, False),
        ("2024-03-08 07:30:00+00:00", "2024-03-08", True, False),
    ],
)
def test_times_agree_as_written_or_as_instants(truth: str, found: str, day: bool, minute: bool) -> None:
    known, given_ = scores.moment(truth), scores.moment(found)
    assert scores.same_day(known, given_) is day
    assert scores.same_minute(known, given_) is minute


@pytest.mark.parametrize(("stated", "expected"), [("2024-03-08", date(2024, 3, 8)), ("March", None), (None, None)])
def test_a_day_is_a_day(stated: str | None, expected: date | datetime | None) -> None:
    assert scores.moment(stated) == expected
    assert not scores.same_day(date(2024, 3, 8), None)
