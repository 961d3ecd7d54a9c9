"""Alarms as rows: opened once, closed once, and noticed by whom they are for, in order."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus_builder import Builder

from corpus.alarms import (
    Alarm,
    claim_notices,
    close_alarm,
    count_waiting,
    open_alarm,
    read_alarms,
    settle_notice,
)
from corpus.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Builder.begin(tmp_path / "c") as builder:
        yield builder.store


def opened(
    store: Store, now: float, *, site: str = "post", cause: str = "blocked", hooks: tuple[str, ...] = ()
) -> Alarm:
    alarm = open_alarm(
        store.db,
        site=site,
        cause=cause,
        measure="kept-out/denied",
        share=1.0,
        since=now - 60,
        now=now,
        run_id=1,
        evidence="2 of 2",
        examples=("https://post.example/a",),
        hooks=hooks,
    )
    assert alarm is not None
    return alarm


def test_the_last_opened_is_first_and_open_ones_can_be_had_alone(store: Store) -> None:
    first, second = opened(store, 100), opened(store, 200, cause="robots")
    other = opened(store, 300, site="ledger")
    assert read_alarms(store.db) == [other, second, first]
    assert read_alarms(store.db, site="post", most=1) == [second]
    assert close_alarm(store.db, first.id, 400, closing="accepted") is not None
    assert read_alarms(store.db, only_open=True) == [other, second]
    (closed,) = [one for one in read_alarms(store.db) if one.closed_at]
    assert (closed.closing, closed.closed_at) == (
        "accepted",
        closed.opened_at.fromtimestamp(400, closed.opened_at.tzinfo),
    )


def test_an_alarm_is_closed_once_and_may_come_again(store: Store) -> None:
    alarm = opened(store, 100)
    assert close_alarm(store.db, alarm.id, 200) is not None
    assert close_alarm(store.db, alarm.id, 300) is None
    assert opened(store, 400).id != alarm.id


def test_notices_come_in_the_order_of_what_happened(store: Store) -> None:
    alarm = opened(store, 100, hooks=("webhook", "command"))
    close_alarm(store.db, alarm.id, 200, hooks=("webhook",))
    found = claim_notices(store.db, ("webhook", "command"), 300)
    assert [(one.event, one.hook) for one in found] == [
        ("opened", "command"),
        ("opened", "webhook"),
        ("closed", "webhook"),
    ]
    settle_notice(store.db, found[0], 301)
    settle_notice(store.db, found[1], 301, error="no answer")
    assert count_waiting(store.db) == 2
    (again,) = claim_notices(store.db, ("webhook",), 302)
    assert (again.event, again.attempts) == ("opened", 1)


def test_what_was_claimed_while_the_clock_was_wrong_is_claimed_again(store: Store) -> None:
    opened(store, 100, hooks=("command",))
    assert claim_notices(store.db, ("command",), 1e9)
    assert claim_notices(store.db, ("command",), 200)
