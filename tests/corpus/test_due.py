"""What is due is found in order, and as soon with many URLs waiting as with few."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from corpus_builder import BEGAN, Builder, site_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.due import DueUrls
from corpus.leases import Pace, Scope
from corpus.types import Kind

NOW = BEGAN.timestamp()
HOST, OTHER = "post.example", "ledger.example"
BOTH = Scope(sites=("post", "ledger"))
ONE_AT_ONCE = Pace(delay_seconds=0, concurrency=1, adaptive=False)


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    with Builder.begin(tmp_path / "corpus") as builder:
        yield builder


def enter(
    builder: Builder,
    *,
    host: str = HOST,
    site: str = "post",
    kind: Kind = Kind.ARTICLE,
    priority: int = 60,
    wait: float = 0.0,
    times: int = 1,
) -> list[int]:
    """Enter due URLs, past everything that `Ledger.add` decides; return their ids."""
    with builder.store.transaction() as db:
        db.execute("INSERT OR IGNORE INTO host (host) VALUES (?)", (host,))
        first = db.execute("SELECT coalesce(max(id), 0) + 1 FROM url").fetchone()[0]
        ids = list(range(first, first + times))
        db.executemany(
            """INSERT INTO url (id, url, fetch_url, site, host, kind, state, due_at, priority, found_at)
               VALUES (?, 'https://' || ? || '/' || ?, '', ?, ?, ?, 'due', ?, ?, 0)""",
            [(number, host, number, site, host, kind, NOW + wait, priority) for number in ids],
        )
    return ids


def want(builder: Builder, ids: list[int]) -> Scope:
    builder.store.db.executemany("INSERT INTO temp.wanted (id) VALUES (?)", [(number,) for number in ids])
    return Scope(sites=(), only_wanted=True)


def urls(builder: Builder, scope: Scope = BOTH, most: int = 100) -> list[int]:
    return [row["id"] for row in DueUrls(builder.store.db).urls(HOST, NOW, scope, most)]


def steps(builder: Builder, call: Callable[[], object]) -> int:
    """Count the instructions that SQLite's virtual machine takes for a call."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    builder.store.db.set_progress_handler(count, 1)
    try:
        call()
    finally:
        builder.store.db.set_progress_handler(None, 1)
    return taken


# -- order ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    host: str
    site: str
    kind: Kind
    priority: int
    wait: float


ROWS = st.builds(
    Row,
    host=st.sampled_from((HOST, OTHER)),
    site=st.sampled_from(("post", "ledger", "gone")),
    kind=st.sampled_from(tuple(Kind)),
    priority=st.sampled_from((60, 62, 90)),
    wait=st.sampled_from((-5.0, 0.0, 5.0)),
)


@given(
    rows=st.lists(ROWS, max_size=25),
    wanted=st.sets(st.integers(min_value=0, max_value=24)),
    kinds=st.sets(st.sampled_from(tuple(Kind)), min_size=1),
    only_wanted=st.booleans(),
    most=st.integers(min_value=1, max_value=30),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_urls_of_a_host_come_in_one_order_whatever_their_sites_and_kinds(
    builder: Builder, rows: list[Row], wanted: set[int], kinds: set[Kind], only_wanted: bool, most: int
) -> None:
    builder.wipe()
    builder.store.db.execute("DELETE FROM temp.wanted")
    entered = {enter(builder, **asdict(row))[0]: row for row in rows}
    asked = wanted & entered.keys()
    want(builder, sorted(asked))
    scope = Scope(sites=("post", "ledger"), kinds=tuple(kinds), only_wanted=only_wanted)
    in_scope = {
        number: row
        for number, row in entered.items()
        if row.kind in kinds and (number in asked if only_wanted else row.site != "gone")
    }
    of_host = {number: row for number, row in in_scope.items() if row.host == HOST}
    ready = sorted((-row.priority, row.wait, number) for number, row in of_host.items() if row.wait <= 0)
    assert urls(builder, scope, most) == [number for *_, number in ready][:most]
    assert builder.store.ledger.waiting(scope) == len(in_scope)
    later = DueUrls(builder.store.db).later(HOST, scope)
    assert later == min((NOW + row.wait for row in of_host.values()), default=None)


def test_hosts_come_longest_ready_first_and_only_those_with_due_urls(builder: Builder) -> None:
    for host in (HOST, OTHER, "done.example"):
        enter(builder, host=host)
    with builder.store.transaction() as db:
        db.execute("UPDATE host SET next_at = ? WHERE host = ?", (NOW, HOST))
        db.execute("UPDATE url SET state = 'done' WHERE host = 'done.example'")
    due = DueUrls(builder.store.db)
    assert [row["host"] for row in due.hosts(BOTH)] == [OTHER, HOST]
    assert [row["host"] for row in due.hosts(BOTH, until=NOW - 0.1)] == [OTHER]


def test_of_wanted_urls_only_their_own_hosts_are_looked_at(builder: Builder) -> None:
    enter(builder, host=OTHER)
    scope = want(builder, enter(builder))
    assert [row["host"] for row in DueUrls(builder.store.db).hosts(scope)] == [HOST]


# -- the next time ----------------------------------------------------------------------------------------------------


def test_a_host_that_is_asked_all_it_may_be_does_not_hide_the_next_turn_of_another(builder: Builder) -> None:
    enter(builder, times=2)
    enter(builder, host=OTHER, site="ledger")
    ledger = builder.store.ledger
    with builder.store.transaction():
        ledger.hold(OTHER, NOW + 3, "its delay")
        assert len(ledger.lease(9, NOW, run_id=1, paces=lambda _: ONE_AT_ONCE, scope=BOTH)) == 1
    assert ledger.next_at(NOW, BOTH) == NOW
    assert ledger.next_at(NOW, BOTH, paces=lambda _: ONE_AT_ONCE) == NOW + 3
    ledger.arrived(HOST)
    assert ledger.next_at(NOW, BOTH, paces=lambda _: ONE_AT_ONCE) == NOW


def test_the_site_of_a_host_is_asked_for_once(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def note(url: str) -> str | None:
        asked.append(url)
        return site_of(url)

    monkeypatch.setattr(builder.store.ledger, "_site_of", note)
    assert [builder.find(f"https://{host}/{n}") for n in range(3) for host in (HOST, "else.test")] == [True, False] * 3
    assert asked == [f"https://{HOST}/0", "https://else.test/0"]


# -- cost -------------------------------------------------------------------------------------------------------------

QUESTIONS: dict[str, Callable[[Builder], object]] = {
    "what is due": lambda builder: urls(builder, most=8),
    "what is due of another site": lambda builder: urls(builder, Scope(sites=("ledger",)), most=8),
    "what is due of another kind": lambda builder: urls(builder, Scope(sites=("post",), kinds=(Kind.FEED,))),
    "which hosts": lambda builder: DueUrls(builder.store.db).hosts(BOTH),
    "when": lambda builder: builder.store.ledger.next_at(NOW, BOTH),
    "when of another site": lambda builder: builder.store.ledger.next_at(NOW, Scope(sites=("ledger",))),
    "when of what was asked for, which is done": lambda builder: builder.store.ledger.next_at(
        NOW, Scope(sites=(), only_wanted=True)
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_twenty_times_as_many_urls_cost_no_more_steps(builder: Builder, question: str) -> None:
    ask = QUESTIONS[question]
    enter(builder, times=100)
    few = steps(builder, lambda: ask(builder))
    enter(builder, times=1900)
    assert steps(builder, lambda: ask(builder)) <= few + 10


def test_a_lease_costs_no_more_steps_with_twenty_times_as_many_urls(builder: Builder) -> None:
    ledger = builder.store.ledger

    def lease() -> None:
        with builder.store.transaction():
            assert len(ledger.lease(1, NOW, run_id=1, paces=lambda _: ONE_AT_ONCE, scope=BOTH)) == 1
        ledger.arrived(HOST)

    enter(builder, times=100)
    few = steps(builder, lease)
    enter(builder, times=1900)
    assert steps(builder, lease) <= few + 10


def test_counting_reads_the_index_alone(builder: Builder) -> None:
    asked: list[str] = []
    builder.store.db.set_trace_callback(asked.append)
    builder.store.ledger.waiting(BOTH)
    (query,) = asked
    plan = [row["detail"] for row in builder.store.db.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert plan[0] == "SCAN url USING COVERING INDEX url_due"


@pytest.mark.parametrize("hosts", [3, 60])
def test_the_next_time_is_known_from_the_first_host_that_is_ready(builder: Builder, hosts: int) -> None:
    """To see which hosts have due URLs costs little for each; their URLs are looked at for one host alone."""
    for number in range(hosts):
        enter(builder, host=f"{number}.example")
    few = steps(builder, lambda: DueUrls(builder.store.db).hosts(BOTH))
    assert steps(builder, lambda: builder.store.ledger.next_at(NOW, BOTH)) <= few + 400
