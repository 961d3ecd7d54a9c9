"""Timetables: turns come when the clock on the wall says so, once each, also where clocks are set."""

from collections.abc import Sequence
from datetime import datetime, time
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.schedule.times import Cron, Every, Timetable, midnight_after, parse_hours, parse_when, parse_zone

UTC, BERLIN, KOLKATA, LORD_HOWE = map(ZoneInfo, ("UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"))
DAY = 86_400.0


def at(text: str, zone: ZoneInfo = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def table(when: str, zone: ZoneInfo = BERLIN, *, jitter: float = 0.0, quiet: Sequence[str] = ()) -> Timetable:
    hours = tuple(parse_hours(text) for text in quiet)
    return Timetable(when=parse_when(when, zone), zone=zone, jitter_seconds=jitter, quiet=hours, seed="post")


def turns(timetable: Timetable, begin: float, end: float) -> list[float]:
    return list(takewhile(lambda turn: turn < end, timetable.following(begin)))


def walls(timetable: Timetable, begin: str, end: str) -> list[str]:
    """Return the turns between two wall-clock times as wall-clock times with their offset."""
    found = turns(timetable, at(begin, timetable.zone), at(end, timetable.zone))
    return [f"{datetime.fromtimestamp(turn, timetable.zone):%d %H:%M%z}" for turn in found]


# -- what may be written ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("every 15 minutes", 900), ("every minute", 60), ("Every  2 Hours", 7200), ("every 1.5 days", 129_600)],
)
def test_an_interval_is_written_in_words(text: str, seconds: float) -> None:
    assert parse_when(text, UTC) == Every(seconds)


def test_cron_expressions_and_their_names_are_understood() -> None:
    assert parse_when("*/20 6-22 * * mon-fri", UTC) == Cron("*/20 6-22 * * mon-fri", UTC)
    assert parse_when("@daily", UTC) == Cron("0 0 * * *", UTC)
    assert parse_when("never", UTC) is None


@pytest.mark.parametrize(
    "text",
    ["", "often", "every 0.5 minutes", "every 2 years", "every -1 minutes", "* * * *", "61 * * * *", "0 0 31 2 *"],
)
def test_what_is_no_schedule_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(ValueError, match=r"schedule|interval|cron"):
        parse_when(text, UTC)


@pytest.mark.parametrize("text", ["22-6", "22:00", "24:00-06:00", "22:60-06:00", "06:00-06:00", ""])
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"hours|begins when"):
        parse_hours(text)


@pytest.mark.parametrize("name", ["Europe/Atlantis", "", "../../etc/passwd", "CEST+1:00"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        parse_zone(name)


# -- daylight saving --------------------------------------------------------------------------------------------------


def test_a_turn_in_the_hour_that_is_left_out_comes_right_after_it() -> None:
    assert walls(table("30 2 * * *"), "2026-03-28T00:00", "2026-03-31T00:00") == [
        "28 02:30+0100",
        "29 03:00+0200",
        "30 02:30+0200",
    ]


def test_a_turn_in_the_hour_that_comes_twice_comes_once() -> None:
    assert walls(table("30 2 * * *"), "2026-10-24T00:00", "2026-10-27T00:00") == [
        "24 02:30+0200",
        "25 02:30+0200",
        "26 02:30+0100",
    ]


def test_a_turn_every_half_hour_comes_in_both_passes() -> None:
    assert walls(table("*/30 * * * *"), "2026-10-25T01:31", "2026-10-25T03:01") == [
        "25 02:00+0200",
        "25 02:30+0200",
        "25 02:00+0100",
        "25 02:30+0100",
        "25 03:00+0100",
    ]


def test_an_interval_knows_no_daylight_saving() -> None:
    found = turns(table("every 6 hours"), at("2026-10-24T00:00"), at("2026-10-27T00:00"))
    assert {later - earlier for earlier, later in pairwise(found)} == {6 * 3600}


def test_weekdays_are_counted_as_cron_counts_them() -> None:
    (monday,) = turns(table("0 3 * * 1"), at("2026-11-22T00:00"), at("2026-11-29T00:00"))
    assert datetime.fromtimestamp(monday, BERLIN).strftime("%A") == "Monday"


# -- the last turn and the next ---------------------------------------------------------------------------------------

_TABLES = st.builds(
    table,
    st.sampled_from(
        ["every 15 minutes", "every 7 hours", "*/30 * * * *", "30 2 * * *", "15 1,2,3 * * *", "5 2-4 * * *", "@weekly"]
    ),
    st.sampled_from([UTC, BERLIN, KOLKATA, LORD_HOWE]),
    jitter=st.sampled_from([0.0, 120.0, 7200.0]),
)
_TIMES = st.one_of(
    st.floats(at("2026-01-01T00:00"), at("2027-01-01T00:00")),
    st.floats(at("2026-10-24T22:00"), at("2026-10-25T06:00")),
    st.floats(at("2026-03-28T22:00"), at("2026-03-29T06:00")),
    st.floats(at("2026-04-04T10:00", UTC), at("2026-04-04T20:00", UTC)),  # Lord Howe sets clocks by half an hour
)


@given(_TABLES, _TIMES)
@settings(deadline=None, max_examples=150)
def test_no_turn_lies_between_the_last_and_the_next(timetable: Timetable, now: float) -> None:
    latest, following = timetable.latest(now), next(timetable.following(now))
    assert latest is not None
    assert latest <= now < following
    assert next(timetable.following(latest)) == following
    assert timetable.latest(following) == following


@given(_TABLES, _TIMES)
@settings(deadline=None, max_examples=50)
def test_turns_come_in_order_and_never_twice(timetable: Timetable, now: float) -> None:
    found = turns(timetable, now, now + 3 * DAY)
    assert all(earlier < later for earlier, later in pairwise(found))


def test_jitter_is_the_same_after_each_restart_and_another_for_each_site() -> None:
    post, again = (table("0 * * * *", jitter=600) for _ in range(2))
    ledger = Timetable(when=post.when, zone=BERLIN, jitter_seconds=600, seed="ledger")
    now = at("2026-11-22T00:30")
    late = [turn % 3600 for turn in turns(post, now, now + DAY)]
    assert turns(again, now, now + DAY) == turns(post, now, now + DAY) != turns(ledger, now, now + DAY)
    assert all(0 <= seconds < 600 for seconds in late)
    assert len(set(late)) == 24


def test_sites_with_one_interval_are_kept_apart() -> None:
    tables = [Timetable(when=Every(3600), zone=UTC, seed=f"site-{number}") for number in range(60)]
    minutes = {int(next(one.following(at("2026-11-22T00:00"))) % 3600 // 60) for one in tables}
    assert len(minutes) > 20


def test_never_has_no_turns() -> None:
    assert table("never").latest(0) is None
    assert list(table("never").following(0)) == []


def test_the_last_turn_is_found_however_long_ago() -> None:
    leap = table("0 0 29 2 *", UTC).latest(at("2027-12-01T00:00", UTC))
    assert leap == at("2024-02-29T00:00", UTC)


# -- quiet hours ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "quiet"), [("21:59", False), ("22:00", True), ("03:00", True), ("05:59", True), ("06:00", False)]
)
def test_quiet_hours_run_over_midnight(clock: str, quiet: bool) -> None:
    assert table("@daily", quiet=["22:00-06:00"]).is_quiet(at(f"2026-11-22T{clock}")) is quiet


@pytest.mark.parametrize(
    ("quiet", "now", "ends", "hours"),
    [
        ("01:00-03:00", "2026-03-29T00:59", "2026-03-29T03:00", 1),  # an hour of it is left out
        ("01:00-03:00", "2026-10-25T00:59", "2026-10-25T03:00", 3),  # an hour of it comes twice
        ("23:00-02:30", "2026-03-28T22:59", "2026-03-29T03:00", 3),  # it ends at a time that does not come
    ],
)
def test_quiet_hours_follow_the_clock_on_the_wall(quiet: str, now: str, ends: str, hours: int) -> None:
    timetable = table("@daily", quiet=[quiet])
    begins = timetable.quiet_begins(at(now))
    assert begins == at(now) + 60
    assert timetable.quiet_ends(begins) == at(ends)
    assert timetable.quiet_ends(begins) - begins == hours * 3600


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_at_its_first_pass_and_begin_again() -> None:
    timetable = table("@daily", quiet=["23:00-02:30"])
    first_end = timetable.quiet_ends(at("2026-10-24T23:30"))
    assert first_end == datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN).timestamp()
    assert timetable.is_quiet(first_end + 45 * 60)  # 02:15 for the second time


def test_several_quiet_hours_are_one_where_they_touch() -> None:
    timetable = table("@daily", UTC, quiet=["10:00-12:00", "12:00-13:30"])
    assert timetable.quiet_ends(at("2026-11-22T10:30", UTC)) == at("2026-11-22T13:30", UTC)


def test_without_quiet_hours_nothing_is_quiet() -> None:
    timetable = table("@daily")
    assert timetable.quiet_begins(0) is None
    assert timetable.quiet_ends(12.5) == 12.5


def test_hours_are_read_with_their_ends() -> None:
    assert parse_hours("22:00 - 06:30") == (time(22), time(6, 30))


@given(st.floats(0, 4e9))
@settings(deadline=None, max_examples=50)
def test_the_next_midnight_is_less_than_a_day_away(now: float) -> None:
    assert 0 < midnight_after(now) - now <= DAY
    assert midnight_after(now) % DAY == 0
