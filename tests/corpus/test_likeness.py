"""Verdicts on both sides of every threshold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.likeness import Likeness, Rules, Scores, headlines_agree, judge

RULES = Rules()


def verdict(scores: Scores, *, same_site: bool = False, agree: bool = False, rules: Rules = RULES) -> Likeness | None:
    return judge(scores, rules, same_site=same_site, agree=lambda: agree)


def alike(share: float, size: int = 1000) -> Scores:
    """Return scores of two texts of one size and this resemblance."""
    return Scores(shared=round(2 * size * share / (1 + share)), one=size, other=size)


@pytest.mark.parametrize(("share", "found"), [(0.49, None), (0.51, Likeness.COPY), (1.0, Likeness.COPY)])
def test_a_copy_needs_half_of_all_runs(share: float, found: Likeness | None) -> None:
    assert verdict(alike(share)) is found


@pytest.mark.parametrize(
    ("share", "agree", "found"),
    [
        (0.71, False, Likeness.VERSION),
        (0.69, False, Likeness.CONTAINS),  # as four fifths of either stand in the other
        (0.66, False, None),
        (0.51, True, Likeness.VERSION),
        (0.49, True, None),
    ],
)
def test_a_version_needs_less_where_headlines_agree(share: float, agree: bool, found: Likeness | None) -> None:
    assert verdict(alike(share), same_site=True, agree=agree) is found


def test_headlines_help_no_copy() -> None:
    assert verdict(alike(0.4), agree=True) is None


@pytest.mark.parametrize(("shared", "found"), [(79, None), (80, Likeness.CONTAINS), (100, Likeness.CONTAINS)])
def test_an_excerpt_stands_by_four_fifths_in_the_longer_text(shared: int, found: Likeness | None) -> None:
    assert verdict(Scores(shared=shared, one=100, other=1000)) is found
    assert verdict(Scores(shared=shared, one=1000, other=100)) is found


@pytest.mark.parametrize(("size", "share", "agree", "found"), [
    (39, 0.7, False, None),
    (39, 0.82, False, Likeness.COPY),
    (39, 0.52, True, Likeness.COPY),
    (39, 0.45, True, None),
    (40, 0.55, False, Likeness.COPY),
])  # fmt: skip
def test_a_short_text_needs_more(size: int, share: float, agree: bool, found: Likeness | None) -> None:
    assert verdict(alike(share, size), agree=agree) is found


def test_a_short_text_is_no_excerpt() -> None:
    assert verdict(Scores(shared=39, one=39, other=500)) is None
    assert verdict(Scores(shared=40, one=40, other=500)) is Likeness.CONTAINS


@given(
    one=st.integers(1, 500), other=st.integers(1, 500), share=st.floats(0, 1), same=st.booleans(), agree=st.booleans()
)
def test_it_does_not_matter_which_is_named_first(one: int, other: int, share: float, same: bool, agree: bool) -> None:
    shared = round(share * min(one, other))
    first, second = Scores(shared=shared, one=one, other=other), Scores(shared=shared, one=other, other=one)
    assert verdict(first, same_site=same, agree=agree) is verdict(second, same_site=same, agree=agree)


@given(one=st.integers(1, 500), other=st.integers(1, 500), share=st.floats(0, 1), same=st.booleans())
def test_every_pair_with_a_verdict_is_one_that_is_kept(one: int, other: int, share: float, same: bool) -> None:
    scores = Scores(shared=round(share * min(one, other)), one=one, other=other)
    widest = Rules(
        copy_resemblance=0.3, version_resemblance=0.3, containment=0.6, short_resemblance=0.3, short_shingles=0
    )
    assert scores.noteworthy or verdict(scores, same_site=same, agree=True, rules=widest) is None


@pytest.mark.parametrize(("one", "other", "agree"), [
    ("Ferry sinks off Cuttack", "Ferry sinks off Cuttack", True),
    ("Ferry sinks off Cuttack", "Ferry sinks near Puri", False),
    ("Weather today", "Weather today", False),
    (None, None, False),
])  # fmt: skip
def test_headlines_of_two_words_say_nothing(one: str | None, other: str | None, agree: bool) -> None:
    assert headlines_agree(one, other, 0.6) is agree


@pytest.mark.parametrize(("name", "value"), [
    ("copy_resemblance", 0.29), ("copy_resemblance", 1.01), ("version_resemblance", 0.2), ("short_resemblance", 2),
    ("containment", 0.59), ("headline_resemblance", -0.1), ("short_shingles", -1),
])  # fmt: skip
def test_a_rule_out_of_its_range_is_named(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=rf"{name} must .*{value:g}"):
        Rules(**{name: value})  # type: ignore[arg-type]


def test_rules_survive_being_written_down() -> None:
    rules = Rules(copy_resemblance=0.7, short_shingles=0)
    assert Rules.from_text(rules.to_text()) == rules
    assert Rules.from_text('{"copy_resemblance": 0.7, "of a later version": 1}') == Rules(copy_resemblance=0.7)
