"""Sites are judged on a real corpus: alarms are opened and closed there, with examples, whatever the clock did."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from corpus_builder import Builder, Shot, story

from collector.config import Config
from collector.health.examples import find_examples
from collector.health.settings import Alarms
from collector.health.watch import Changes, accept, watch_sites
from corpus.alarms import count_waiting, read_alarms
from corpus.history import DAY_SECONDS
from corpus.types import Reason

#: Noon of a day, days after the first of the history.
TODAY = 20_000
NOON = TODAY * DAY_SECONDS + 43_200
SOUND = {"feed/listed": 20, "article/kept": 20, "articles": 20, "charset/utf-8": 20, "language/en": 20}
WALL = {"feed/listed": 1, "article/removed/consent-wall": 4}
CONFIG = Config(alarms=Alarms(command=("true",)))


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    with Builder.begin(tmp_path / "c") as made:
        for day in range(TODAY - 14, TODAY):
            enter(made, day * DAY_SECONDS, 0, SOUND)
        yield made


def enter(builder: Builder, at: float, run: int, counts: Mapping[str, int]) -> None:
    row = ("post", int(at // DAY_SECONDS), run, at, at + 60, 1, json.dumps(counts))
    builder.store.db.execute("INSERT INTO site_run VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def look(builder: Builder, at: float, run: int, counts: Mapping[str, int]) -> Changes:
    enter(builder, at, run, counts)
    return watch_sites(builder.store, CONFIG, ["post"], run_id=run, now=at + 61)


def test_an_alarm_is_opened_once_closed_once_and_told_both_times(builder: Builder) -> None:
    told = []
    for number, counts in enumerate([WALL, WALL, WALL, SOUND, SOUND, SOUND]):
        changes = look(builder, NOON + 900 * number, 100 + number, counts)
        told.append((len(changes.opened), len(changes.closed)))
    assert told == [(0, 0), (1, 0), (0, 0), (0, 0), (0, 1), (0, 0)]
    (alarm,) = read_alarms(builder.store.db)
    assert (alarm.cause, alarm.run_id, alarm.closing) == ("consent-wall", 101, "recovered")
    assert alarm.since.timestamp() == NOON
    assert count_waiting(builder.store.db) == 2


def test_a_history_from_the_future_is_left_out(builder: Builder) -> None:
    enter(builder, NOON + 30 * DAY_SECONDS, 99, SOUND)  # the clock was wrong then
    look(builder, NOON, 100, WALL)
    assert look(builder, NOON + 900, 101, WALL).opened


def test_what_is_accepted_is_closed_and_stays_closed(builder: Builder) -> None:
    legacy = SOUND | {"charset/utf-8": 0, "charset/cp1252": 20}
    look(builder, NOON, 100, legacy)
    assert look(builder, NOON + 900, 101, legacy).opened
    (closed,) = accept(builder.store, CONFIG, "post", NOON + 1000)
    assert closed.closing == "accepted"
    for number in range(3):
        assert look(builder, NOON + 1800 + 900 * number, 102 + number, legacy) == Changes()


def test_examples_show_what_an_alarm_is_about(builder: Builder) -> None:
    post = "https://post.example"
    builder.remove(f"{post}/wall", Reason.CONSENT_WALL, "9 words")
    builder.remove(f"{post}/denied", Reason.HTTP_ERROR, "HTTP 403")
    builder.remove(f"{post}/gone", Reason.HTTP_ERROR, "HTTP 404")
    builder.refuse(f"{post}/private", Reason.ROBOTS, "line 2: Disallow: /")
    builder.fail(f"{post}/dns", "dns", "no such host")
    builder.fail(f"{post}/slow", "timeout", "60 s", again=2)
    builder.take(Shot(url=f"{post}/undated", text=story("ferry")))
    builder.take(Shot(url=f"{post}/dated", text=story("dolphin"), published="2024-11-14"))
    expected = {
        "consent-wall": [f"{post}/wall"],
        "kept-out/denied": [f"{post}/denied"],
        "kept-out/robots": [f"{post}/private"],
        "kept-out/dns": [f"{post}/dns"],
        "kept-out/unreachable": [f"{post}/slow"],
        "denied": [f"{post}/denied"],
        "no-date": [f"{post}/undated"],
    }
    found = {name: sorted(find_examples(builder.store.db, "post", name, 0)) for name in expected}
    assert found == expected
    assert f"{post}/gone" in find_examples(builder.store.db, "post", "gone", 0)
