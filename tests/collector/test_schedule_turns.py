"""Whose turn it is, and why: every rule from both sides."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.schedule.times import Timetable, parse_hours, parse_when
from collector.schedule.turns import Situation, Turn, in_order, next_turn
from corpus.revisits import NextVisit
from corpus.schedules import SiteHistory

UTC = ZoneInfo("UTC")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
MINUTE, HOUR = 60.0, 3600.0


def hourly(*quiet: str) -> Timetable:
    """Return turns at every full hour."""
    return Timetable(
        when=parse_when("0 * * * *", UTC), zone=UTC, quiet=tuple(parse_hours(text) for text in quiet), seed="post"
    )


def history(state: str = "finished", *, hour: float = -1.0, **more: object) -> SiteHistory:
    """Return a site's history whose last crawl began so many hours after noon and took ten minutes."""
    began = NOON + hour * HOUR
    made = SiteHistory(
        site="post",
        served_at=began,
        started_at=began,
        ended_at=began + 10 * MINUTE,
        run_id=1,
        state=state,
        failures=0,
        note=None,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def known(past: SiteHistory | None, work_hour: float | None = 0.0, **more: object) -> Situation:
    work = None if work_hour is None else NextVisit(at=NOON + work_hour * HOUR, reason="feed")
    return Situation(history=past, work=lambda: work, **more)  # type: ignore[arg-type]


def turn_at(situation: Situation, hour: float = 0.0, timetable: Timetable | None = None) -> tuple[float | None, bool]:
    """Return the hour of the next turn, seen from an hour after noon, and whether this one passes."""
    turn = next_turn("post", timetable or hourly(), situation, NOON + hour * HOUR)
    return (None if turn.at is None else round((turn.at - NOON) / HOUR, 6)), turn.passes


def test_a_site_that_never_had_a_turn_has_it_now() -> None:
    assert turn_at(known(None), 0.3) == (0.3, False)


@pytest.mark.parametrize(("hour", "at"), [(-0.01, 0), (0, 0), (0.2, 0.2)])
def test_a_site_is_crawled_when_its_turn_has_come(hour: float, at: float) -> None:
    assert turn_at(known(history(hour=-1), -5), hour) == (at, False)


def test_missed_turns_are_made_up_for_by_one() -> None:
    long_ago = known(history(hour=-100), -99)
    assert turn_at(long_ago, 0.4) == (0.4, False)
    assert turn_at(known(history(hour=0.4), -99), 0.5) == (1, False)


@pytest.mark.parametrize(("work", "passes"), [(0.49, False), (0.5, False), (0.51, True)])
def test_a_turn_passes_when_what_is_due_is_nearer_to_the_next(work: float, passes: bool) -> None:
    assert turn_at(known(history(hour=-1), work))[1] is passes


def test_the_turn_that_is_foreseen_is_the_one_nearest_to_what_is_due() -> None:
    assert turn_at(known(history(hour=0), 7.4), 0.1) == (7, False)
    assert turn_at(known(history(hour=0), 7.6), 0.1) == (8, False)


def test_where_nothing_is_known_nothing_is_foreseen() -> None:
    assert turn_at(known(history(hour=-1), None)) == (None, True)


def test_a_site_that_somebody_crawls_has_no_turn() -> None:
    situation = known(history(hour=-5), running="run 7 is at work on it")
    turn = next_turn("post", hourly(), situation, NOON)
    assert (turn.at, turn.reason, turn.is_ready(NOON)) == (None, "run 7 is at work on it", False)


def test_a_site_with_no_schedule_has_no_turn_whatever_happened() -> None:
    never = replace(hourly(), when=None)
    for past in (None, history("interrupted"), history("failed", failures=1)):
        assert turn_at(known(past), timetable=never) == (None, False)


# -- crawls that did not end as they should ---------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["running", "interrupted"])
def test_a_crawl_that_was_killed_or_stopped_is_begun_again_at_once(state: str) -> None:
    assert turn_at(known(history(state, hour=0, ended_at=None), 9), 0.1) == (0.1, False)


@pytest.mark.parametrize(("work", "at"), [(0.1, 0.2), (0.25, 1)])
def test_a_crawl_that_ran_out_of_time_goes_on_where_something_waits(work: float, at: float) -> None:
    assert turn_at(known(history("time-up", hour=0), work), 0.2) == (at, False)


@pytest.mark.parametrize(("failures", "minutes"), [(1, 5), (2, 10), (3, 20), (4, 40), (7, 320), (8, 360), (50, 360)])
def test_a_crawl_that_failed_is_tried_again_after_a_pause_that_doubles(failures: int, minutes: float) -> None:
    failed = known(history("failed", hour=0, failures=failures), -1)
    at, _ = turn_at(failed, 0.2)
    assert at == pytest.approx((10 + minutes) / 60)


# -- postponed --------------------------------------------------------------------------------------------------------


def test_a_turn_in_quiet_hours_comes_after_them_once() -> None:
    quiet = hourly("11:30-14:30")
    assert turn_at(known(history(hour=-1), -1), 0, quiet) == (2.5, False)
    assert turn_at(known(history(hour=-1), -1), 2.5, quiet) == (2.5, False)
    assert turn_at(known(history(hour=2.5), -1), 2.6, quiet) == (3, False)


def test_a_stopped_crawl_waits_for_the_end_of_quiet_hours_too() -> None:
    assert turn_at(known(history("interrupted", hour=-1)), 0, hourly("11:30-14:30")) == (2.5, False)


def test_a_site_without_budget_waits_for_the_next_day() -> None:
    assert turn_at(known(history(hour=-1), -1, spent=True)) == (12, False)
    assert turn_at(known(history(hour=-1), -1, spent=True), 0, hourly("23:00-02:00")) == (14, False)


def test_a_clock_that_was_wrong_holds_no_site_back() -> None:
    assert turn_at(known(history(hour=24 * 365), 0)) == (0, False)
    assert turn_at(known(history("failed", hour=24 * 365, failures=1), 0), 0) == (
        pytest.approx(5 / 60, abs=1e-5),
        False,
    )


# -- fair order -------------------------------------------------------------------------------------------------------


def test_who_has_waited_longest_comes_first_and_who_was_never_crawled_before_all() -> None:
    ready = [
        Turn(site="large", at=NOON - 5, reason="", last_at=NOON - 60),
        Turn(site="small", at=NOON, reason="", last_at=NOON - 7200),
        Turn(site="new", at=NOON, reason=""),
        Turn(site="later", at=NOON + 1, reason="", last_at=0),
        Turn(site="idle", at=NOON - 9, reason="", last_at=0, passes=True),
        Turn(site="busy", at=None, reason=""),
    ]
    assert [turn.site for turn in in_order(ready, NOON)] == ["new", "small", "large"]


@given(st.lists(st.integers(1, 20), min_size=2, max_size=8), st.integers(1, 3))
@settings(deadline=None, max_examples=100)
def test_no_site_waits_for_more_than_one_crawl_of_each_other_one(lengths: list[int], places: int) -> None:
    """Sites that always have work, each with crawls of its own length, over a simulated time."""
    last: dict[int, float] = dict.fromkeys(range(len(lengths)), float("-inf"))
    ends: dict[int, float] = {}
    passed_by: dict[int, list[int]] = {site: [] for site in last}
    for now in range(300):
        waiting = [site for site in last if ends.get(site, -1) <= now]
        turns = [Turn(site=str(site), at=float(now), reason="", last_at=last[site]) for site in waiting]
        for turn in in_order(turns, now)[: places - (len(last) - len(waiting))]:
            site = int(turn.site)
            last[site], ends[site], passed_by[site] = float(now), now + lengths[site], []
            waiting.remove(site)
            for other in waiting:
                passed_by[other].append(site)
        for site in waiting:
            assert len(passed_by[site]) == len(set(passed_by[site])), "a site was passed by twice by one other"
