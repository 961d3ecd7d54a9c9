"""A time is read as precisely as it is written, and no more."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from collector.discovery.times import read_time

INDIA = timezone(timedelta(hours=5, minutes=30))
MORNING = datetime.fromisoformat("2026-05-01T10:00")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-05-01", date(2026, 5, 1)),
        ("20260501", date(2026, 5, 1)),
        ("1 May 2026", date(2026, 5, 1)),
        ("2026-05-01T10:00", MORNING),
        ("2026-05-01 10:00:00", MORNING),
        ("2026-05-01T10:00:00Z", MORNING.replace(tzinfo=UTC)),
        ("2026-05-01T10:00:00.123+05:30", MORNING.replace(tzinfo=INDIA)),
        ("2026-05-01 10:00:00 +0530", MORNING.replace(tzinfo=INDIA)),
        ("20260501T100000Z", MORNING.replace(tzinfo=UTC)),
        ("Fri, 01 May 2026 10:00:00 GMT", MORNING.replace(tzinfo=UTC)),
        ("Fri, 1 May 2026 10:00 +0530", MORNING.replace(tzinfo=INDIA)),
        ("Friday, 01-May-26 10:00:00 UTC", MORNING.replace(tzinfo=UTC)),
        ("Fri, 01 May 2026 10:00:00 EST", MORNING.replace(tzinfo=timezone(timedelta(hours=-5)))),
        ("Fri, 01 May 2026 10:00:00 CEST", MORNING.replace(tzinfo=timezone(timedelta(hours=2)))),
        ("Fri, 01 May 2026 10:00:00 NPT", MORNING.replace(tzinfo=timezone(timedelta(hours=5, minutes=45)))),
        ("Fri, 01 May 2026 10:00:00 IST", MORNING),
        ("Fri, 01 May 2026 10:00:00 -0000", MORNING),
        ("Fri, 01 May 2026 10:00:00", MORNING),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("1 May 49", date(2049, 5, 1)),
        ("1 May 50", date(1950, 5, 1)),
    ],
)
def test_times_are_as_precise_as_written(text: str, time: date | datetime) -> None:
    read = read_time(f" {text}\n")
    assert read == time
    assert type(read) is type(time)
    assert getattr(read, "tzinfo", None) == getattr(time, "tzinfo", None)


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-05", "2026-13-01", "2026-02-30", "2026-05-01T25:00", "now", "1 Foo 2026", "99 May 2026",
     "Fri, 01 May 2026 10:00:00 +9999", "0000-01-01"],
)  # fmt: skip
def test_what_names_no_day_is_no_time(text: str) -> None:
    assert read_time(text) is None
