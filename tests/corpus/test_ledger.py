"""Leases and clocks: nothing is lost when a process dies, and no host is asked too soon."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from corpus_builder import BEGAN, Builder, Shot, at, site_of, story
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.folder import CorpusFolder
from corpus.habits import RevisitRules
from corpus.ledger import LEASE_SECONDS, MOST_MENTIONS, Lease, Pace, Scope
from corpus.store import Store
from corpus.types import Kind, Via

A, B, C = (f"https://post.example/{name}" for name in ("ferry", "dolphins", "cashews"))
ELSEWHERE = "https://ledger.example/bridge"
NOW = BEGAN.timestamp()
EVERYTHING = Scope(sites=("post", "ledger"))


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    with Builder.begin(tmp_path / "corpus") as builder:
        yield builder


def lease(
    builder: Builder,
    now: float,
    *,
    most: int = 16,
    pace: Pace | None = None,
    scope: Scope = EVERYTHING,
    store: Store | None = None,
) -> list[Lease]:
    """Lease what is due, with a delay of ten seconds unless told otherwise."""
    pace = pace or Pace(delay_seconds=10, concurrency=64, adaptive=False)
    store = store or builder.store
    with store.transaction():
        return store.ledger.lease(most, now, run_id=builder.run.run_id, paces=lambda _: pace, scope=scope)


def state_of(builder: Builder, url: str) -> str:
    return str(builder.store.db.execute("SELECT state FROM url WHERE url = ?", (url,)).fetchone()[0])


# -- discoveries ------------------------------------------------------------------------------------------------------


def test_of_the_places_that_name_a_url_the_first_of_each_kind_are_remembered(builder: Builder) -> None:
    """A section is linked from every article, and a lease asks who named it first."""
    pages = [f"https://post.example/{number}" for number in range(MOST_MENTIONS + 3)]
    for hour, page in enumerate(pages):
        builder.find(A, hour, found_on=page, kind=Kind.SECTION)
        builder.find(A, hour, found_on=page, kind=Kind.SECTION)
    builder.find(A, 99, found_on=B, via=Via.FEED)
    rows = builder.store.db.execute("SELECT via, found_on FROM discovery ORDER BY found_at")
    assert [tuple(row) for row in rows] == [*((Via.LINK, page) for page in pages[:MOST_MENTIONS]), (Via.FEED, B)]
    assert lease(builder, NOW + 1e6)[0].found_on == pages[0]


# -- leases -----------------------------------------------------------------------------------------------------------


def test_the_leases_of_a_dead_run_are_taken_back(builder: Builder) -> None:
    for url in (A, ELSEWHERE):
        builder.find(url)
    assert len(lease(builder, NOW)) == 2
    assert builder.store.bury_runs([builder.run.run_id], NOW + 60) == 2
    assert {state_of(builder, url) for url in (A, ELSEWHERE)} == {"due"}
    assert builder.store.db.execute("SELECT state FROM run").fetchone()[0] == "interrupted"


def test_the_leases_of_a_living_run_stay_until_they_expire(builder: Builder) -> None:
    builder.find(A)
    lease(builder, NOW)
    assert builder.store.bury_runs([], NOW + LEASE_SECONDS) == 0
    assert builder.store.bury_runs([], NOW + LEASE_SECONDS + 1) == 1


def test_ending_a_run_gives_its_open_leases_back(builder: Builder) -> None:
    builder.find(A)
    lease(builder, NOW)
    builder.end(1, state="interrupted")
    assert state_of(builder, A) == "due"


def test_a_run_is_alive_as_long_as_its_lock_is_held(tmp_path: Path) -> None:
    folder = CorpusFolder(tmp_path)
    with folder.alive(7):
        assert folder.dead([7, 8]) == [8]
    assert folder.dead([7]) == [7]


def test_a_leased_url_is_not_leased_again(builder: Builder) -> None:
    builder.find(A)
    assert [one.url for one in lease(builder, NOW)] == [A]
    assert lease(builder, NOW + 3600) == []


def test_a_url_that_waits_is_not_leased_before_its_time(builder: Builder) -> None:
    builder.fail(A, "timeout", "60 s", again=1)
    again = at(1).timestamp()
    assert lease(builder, again - 1) == []
    assert [(one.url, one.attempts) for one in lease(builder, again)] == [(A, 1)]


# -- what is worked on ------------------------------------------------------------------------------------------------


def test_a_run_works_only_on_its_sites_and_kinds(builder: Builder) -> None:
    for url in (A, ELSEWHERE):
        builder.find(url)
    builder.find("https://post.example/rss", kind=Kind.FEED)
    scope = Scope(sites=("post",), kinds=(Kind.FEED,))
    assert [one.fetch_url for one in lease(builder, NOW, scope=scope)] == ["https://post.example/rss"]


def test_feeds_come_before_fronts_and_fronts_before_articles_and_articles_before_other_sections(
    builder: Builder,
) -> None:
    builder.find(f"{B}/tags/", kind=Kind.SECTION, via=Via.SITEMAP)
    builder.find(f"{B}/page/9/", kind=Kind.SECTION, depth=3)
    builder.find(f"{B}/", kind=Kind.SECTION, depth=1)
    builder.find(A)
    builder.find("https://post.example/", kind=Kind.SECTION, via=Via.SEED)
    builder.find("https://post.example/rss", kind=Kind.FEED)
    urls = [lease(builder, NOW + 10 * turn)[0].fetch_url for turn in range(6)]
    assert urls == ["https://post.example/rss", "https://post.example/", A, f"{B}/tags/", f"{B}/", f"{B}/page/9/"]


def test_a_url_of_no_site_is_not_entered(builder: Builder) -> None:
    assert builder.find("https://elsewhere.test/story") is False
    assert builder.store.db.execute("SELECT count(*) FROM url").fetchone()[0] == 0


def test_a_url_is_fetched_as_it_was_found_and_known_by_its_canonical_form(builder: Builder) -> None:
    assert builder.find(f"{A}?utm_source=rss")
    assert not builder.find(A)
    (one,) = lease(builder, NOW)
    assert (one.url, one.fetch_url) == (A, f"{A}?utm_source=rss")


def test_a_new_run_looks_again_at_young_articles_only(builder: Builder) -> None:
    builder.take(Shot(url=A, text=story("ferry"), hour=0))
    builder.take(Shot(url=B, text=story("dolphin"), hour=100))
    now = at(110).timestamp()
    with builder.store.transaction():
        count = builder.store.revisits.make_due(EVERYTHING, now, RevisitRules())
    assert (count, state_of(builder, A), state_of(builder, B)) == (1, "done", "due")


# -- clocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("failed_at", "asked_at", "due"), [(0, 0.1, 1), (10, 14.9, 0), (10, 15, 1), (500, 721, 0)])
def test_what_fails_is_left_alone_for_half_its_age_and_given_up_after_a_month(
    builder: Builder, failed_at: float, asked_at: float, due: int
) -> None:
    builder.find(A)
    lease(builder, NOW)
    builder.store.end_run(builder.run, NOW)
    builder.fail(A, "http-503", "HTTP 503", hour=failed_at, status=503)
    now = at(asked_at).timestamp()
    with builder.store.transaction():
        count = builder.store.revisits.make_due(EVERYTHING, now, RevisitRules(young_seconds=1e9, pause_seconds=0))
    assert count == due


def test_a_host_is_asked_once_in_its_delay_and_others_meanwhile(builder: Builder) -> None:
    for url in (A, B, ELSEWHERE):
        builder.find(url)
    assert {one.host for one in lease(builder, NOW)} == {"post.example", "ledger.example"}
    assert lease(builder, NOW + 9.9) == []
    assert len(lease(builder, NOW + 10)) == 1


def test_without_a_delay_a_host_has_no_more_requests_under_way_than_allowed(builder: Builder) -> None:
    for number in range(6):
        builder.find(f"{A}/{number}")
    pace = Pace(delay_seconds=0, concurrency=4, adaptive=False)
    assert len(lease(builder, NOW, pace=pace)) == 4
    assert lease(builder, NOW, pace=pace) == []
    builder.store.ledger.arrived("post.example")
    assert len(lease(builder, NOW, pace=pace)) == 1


@pytest.mark.parametrize(("crawl_delay", "waits"), [(None, 10), (5, 10), (30, 30)])
def test_the_longer_of_our_delay_and_robots_txt_is_kept(
    builder: Builder, crawl_delay: float | None, waits: float
) -> None:
    for url in (A, B):
        builder.find(url)
    with builder.store.transaction():
        builder.store.ledger.set_crawl_delay("post.example", crawl_delay)
    lease(builder, NOW)
    assert lease(builder, NOW + waits - 0.1) == []
    assert len(lease(builder, NOW + waits)) == 1


def test_a_host_that_asked_to_be_left_alone_is_left_alone(builder: Builder) -> None:
    for url in (A, ELSEWHERE):
        builder.find(url)
    with builder.store.transaction():
        builder.store.ledger.hold("post.example", NOW + 120, "HTTP 429, Retry-After 120 s")
    assert [one.host for one in lease(builder, NOW)] == ["ledger.example"]
    assert lease(builder, NOW + 119) == []
    assert [one.host for one in lease(builder, NOW + 120)] == ["post.example"]


def test_a_shorter_hold_does_not_shorten_a_longer_one(builder: Builder) -> None:
    builder.find(A)
    with builder.store.transaction():
        builder.store.ledger.hold("post.example", NOW + 120, "HTTP 503")
        builder.store.ledger.hold("post.example", NOW + 10, "HTTP 429")
    assert builder.store.ledger.next_at(NOW, EVERYTHING) == NOW + 120


def test_an_adaptive_delay_follows_the_latency_and_is_not_shortened_by_errors(builder: Builder) -> None:
    builder.find(A)
    pace = Pace(delay_seconds=1)

    def adapt(latency: float, *, well: bool) -> float:
        with builder.store.transaction():
            builder.store.ledger.adapt("post.example", latency, well=well, pace=pace)
        return float(builder.store.db.execute("SELECT delay FROM host").fetchone()[0])

    assert adapt(5, well=True) == 5
    assert adapt(0.01, well=False) == 5
    assert adapt(1, well=True) == 3


STEPS = st.lists(
    st.tuples(
        st.sampled_from((0, 1)),  # which of two processes asks
        st.floats(min_value=0, max_value=30),  # seconds since the last time anyone did
        st.integers(min_value=1, max_value=4),  # how many URLs it wants
        st.sampled_from(("lease", "reserve", "hold")),
    ),
    min_size=1,
    max_size=25,
)


@given(steps=STEPS, delay=st.sampled_from((0.5, 3.0, 10.0)))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_two_processes_together_ask_a_host_sooner_than_its_delay(
    builder: Builder, steps: list[tuple[int, float, int, str]], delay: float
) -> None:
    builder.wipe()
    for number in range(60):
        builder.find(f"{A}/{number}")
        builder.find(f"{ELSEWHERE}/{number}")
    pace = Pace(delay_seconds=delay, concurrency=64, adaptive=False)
    asked: dict[str, list[float]] = {"post.example": [], "ledger.example": []}
    held, now = 0.0, NOW
    with ExitStack() as closing:
        stores = (builder.store, Store(builder.root / "corpus.db", site_of))
        closing.callback(stores[1].close)
        for process, seconds, most, what in steps:
            now += seconds
            store = stores[process]
            if what == "hold":
                held = max(held, now + 5)
                with store.transaction():
                    store.ledger.hold("post.example", now + 5, "HTTP 429")
            elif what == "reserve":
                with store.transaction():
                    turn = now + store.ledger.reserve("post.example", now, pace)
                asked["post.example"].append(turn)
                assert turn >= held
            else:
                for one in lease(builder, now, most=most, pace=pace, store=store):
                    asked[one.host].append(now)
                    assert one.host != "post.example" or now >= held
    for times in asked.values():
        gaps = [later - earlier for earlier, later in zip(sorted(times), sorted(times)[1:], strict=False)]
        assert min(gaps, default=delay) >= delay - 1e-6


@given(
    due=st.lists(st.floats(min_value=0, max_value=100), min_size=1, max_size=5),
    clock=st.floats(min_value=0, max_value=100),
    wait=st.floats(min_value=0, max_value=100),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_next_time_is_when_a_lease_is_first_given(
    builder: Builder, due: list[float], clock: float, wait: float
) -> None:
    builder.wipe()
    for number, seconds in enumerate(due):
        builder.find(f"{A}/{number}", hour=seconds / 3600)
    with builder.store.transaction():
        builder.store.ledger.hold("post.example", NOW + clock, "HTTP 429")
    now = NOW + wait
    at_last = builder.store.ledger.next_at(now, EVERYTHING)
    assert at_last is not None
    assert at_last >= now
    if at_last > now:
        assert lease(builder, at_last - 0.001) == []
    assert lease(builder, at_last + 0.001) != []


# -- where a URL was found --------------------------------------------------------------------------------------------


def test_a_lease_says_how_its_url_was_first_found(builder: Builder) -> None:
    builder.find(A, via=Via.FEED, found_on="https://post.example/rss")
    builder.find(A, hour=1, via=Via.LINK, found_on=B)
    (one,) = lease(builder, at(1).timestamp())
    assert (one.via, one.found_on) == (Via.FEED, "https://post.example/rss")
