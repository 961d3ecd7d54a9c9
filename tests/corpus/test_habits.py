"""How often a listing is asked again: more the more it brings, within bounds, and ever more rarely when it is dead."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.habits import Habit, RevisitRules

HOUR, DAY = 3600.0, 86_400.0
RULES = RevisitRules()


def visited(every_seconds: float, new: int, *, days: float, entries: int = 20) -> Habit:
    """Return the habit of a listing that had ``new`` URLs at each of its visits."""
    habit = Habit.begin(0.0, entries=entries)
    at = every_seconds
    while at <= days * DAY:
        habit = habit.read(at, new=new, entries=entries)
        at += every_seconds
    return habit


def test_the_first_reading_says_nothing_of_a_rate() -> None:
    first = Habit.begin(1000.0, entries=50)
    assert (first.found, first.watched, first.visits) == (0, 0, 1)
    assert first.interval(RULES) == pytest.approx(HOUR, rel=0.2)


@pytest.mark.parametrize("per_day", [1, 10, 100])
def test_a_steady_rate_is_found_whatever_the_distances_of_the_visits(per_day: int) -> None:
    daily = visited(DAY, per_day, days=30)
    by_fives = visited(5 * DAY, 5 * per_day, days=30)
    assert daily.rate * DAY == pytest.approx(per_day, rel=0.1, abs=0.2)
    assert by_fives.rate * DAY == pytest.approx(per_day, rel=0.1, abs=0.2)


def test_four_times_the_articles_are_worth_twice_the_visits() -> None:
    few, many = visited(HOUR, 1, days=30), visited(HOUR, 4, days=30)
    assert few.interval(RULES) / many.interval(RULES) == pytest.approx(2, rel=0.05)


def test_the_interval_is_where_delay_and_requests_together_cost_least() -> None:
    habit = visited(HOUR, 2, days=30, entries=1000)

    def cost(interval: float) -> float:
        return RULES.request_seconds / interval + habit.rate * interval / 2

    best = habit.interval(RULES)
    assert cost(best) <= min(cost(best * share) for share in (0.5, 0.9, 1.1, 2))


def test_what_is_new_lately_counts_for_more_than_what_was_new_long_ago() -> None:
    habit = visited(HOUR, 1, days=30)
    busy = habit.rate
    for hour in range(1, 15 * 24):
        habit = habit.read(30 * DAY + hour * HOUR, new=0)
    assert habit.rate < 0.2 * busy
    for hour in range(1, 4 * 24):
        habit = habit.read(45 * DAY + hour * HOUR, new=2)
    assert habit.rate > 0.7 * busy


@pytest.mark.parametrize(("new", "bound"), [(10_000, RULES.least_seconds), (0, 3 * HOUR)])
def test_the_interval_stays_within_its_bounds(new: int, bound: float) -> None:
    habit = Habit.begin(0, entries=20).read(DAY, new=new)
    assert habit.interval(RevisitRules(most_seconds=3 * HOUR)) == bound


def test_a_short_feed_is_asked_before_half_of_it_has_rolled_out() -> None:
    habit = visited(HOUR, 3, days=30, entries=2)
    assert habit.interval(RULES) == pytest.approx(0.5 * 2 / habit.rate)
    assert visited(HOUR, 3, days=30, entries=200).interval(RULES) > habit.interval(RULES)


@pytest.mark.parametrize(("days", "retired"), [(10, False), (10.1, True)])
def test_a_listing_with_nothing_new_for_long_is_retired(days: float, retired: bool) -> None:
    idle = Habit.begin(0, entries=20).read(days * DAY, new=0)
    assert (idle.interval(RULES) > RULES.most_seconds) is retired
    assert ("retired" in idle.reason(RULES)) is retired


def test_one_new_url_brings_a_retired_listing_back() -> None:
    habit = Habit.begin(0, entries=20)
    for day in (1, 5, 20, 60):
        habit = habit.read(day * DAY, new=0)
    assert habit.interval(RULES) == pytest.approx(6 * DAY)
    back = habit.read(66 * DAY, new=1)
    assert back.interval(RULES) <= RULES.most_seconds


def test_a_dead_listing_is_asked_ever_more_rarely_but_never_given_up() -> None:
    alive = visited(HOUR, 1, days=2)
    habit, waits = alive, []
    while habit.visited_at < 400 * DAY:
        habit = habit.failed(habit.due_at(RULES))
        waits.append(habit.interval(RULES))
    assert waits[0] == alive.interval(RULES)
    assert waits == sorted(waits)
    assert waits[-1] == RULES.dead_seconds
    assert len(waits) < 110
    assert "retired" in habit.reason(RULES)


def test_an_outage_is_over_for_us_a_tenth_of_its_length_later() -> None:
    habit = visited(HOUR, 1, days=2)
    while habit.visited_at < 4 * DAY:
        habit = habit.failed(habit.due_at(RULES))
    assert habit.interval(RULES) <= 0.1 * 2.5 * DAY
    assert "retired" not in habit.reason(RULES)


def test_a_listing_that_answers_again_is_alive_at_once() -> None:
    habit = visited(HOUR, 1, days=7)
    for _ in range(10):
        habit = habit.failed(habit.visited_at + DAY)
    back = habit.read(habit.visited_at + DAY, new=3)
    assert (back.failures, back.failing_since) == (0, None)
    assert back.interval(RULES) <= RULES.most_seconds


@pytest.mark.parametrize(
    ("found", "fetched", "due"),
    [(0, 0, 6), (0, 6, 12), (0, 12, 24), (0, 24, 48), (0, 48, None), (0, 36, 72), (0, 36.1, None)],
)
def test_an_articles_age_doubles_from_visit_to_visit_while_it_is_young(
    found: float, fetched: float, due: float | None
) -> None:
    at = RULES.article_due(found * HOUR, fetched * HOUR)
    assert at == (None if due is None else due * HOUR)


_VISITS = st.lists(st.tuples(st.floats(0, 40 * DAY), st.integers(-1, 500)), min_size=1, max_size=30)


@given(_VISITS, st.integers(0, 100))
@settings(deadline=None, max_examples=200)
def test_whatever_happens_the_interval_is_finite_and_within_the_outer_bounds(
    visits: list[tuple[float, int]], entries: int
) -> None:
    habit, at = Habit.begin(0.0, entries=entries), 0.0
    for gap, new in visits:
        at += gap
        habit = habit.failed(at) if new < 0 else habit.read(at, new=new, entries=entries)
        assert math.isfinite(habit.rate)
        assert habit.rate > 0
        assert RULES.least_seconds <= habit.interval(RULES) <= RULES.dead_seconds
        assert habit.reason(RULES)


@given(st.floats(0, 1e9), st.floats(0, 1e9))
@settings(deadline=None, max_examples=50)
def test_a_visit_from_before_the_last_one_is_no_negative_time(first: float, second: float) -> None:
    habit = Habit.begin(first, entries=1).read(second, new=1)
    assert habit.watched == max(0.0, second - first)
