"""A tombstone keeps a URL, a host or a text from coming back, whoever tries."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus_builder import BEGAN, Builder, Shot, story

from corpus.habits import RevisitRules
from corpus.leases import Scope
from corpus.revisits import find_next_visit
from corpus.store import Store
from corpus.takedown import begin_takedown, finish_takedown, plan_takedown
from corpus.targets import find_target, name_targets
from corpus.tombstones import pending_takedowns, takedown_of
from corpus.types import Discovery, Kind, Via

FERRY, BRIDGE = "https://post.example/ferry", "https://post.example/bridge"
NOW = BEGAN.timestamp() + 86_400


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Builder.begin(tmp_path) as builder:
        builder.take(Shot(url=FERRY, text=story("ferry"), title="Ferry"))
        builder.take(Shot(url=FERRY, text=story("ferry", 8), title="Ferry", hour=2))
        builder.take(Shot(url="https://ledger.example/ferry", text=story("ferry"), title="Ferry", hour=1))
        builder.take(Shot(url=BRIDGE, text=story("bridge"), title="Bridge"))
        builder.end(3)
        yield builder.store


def forget(store: Store, *names: str) -> int:
    (target,) = name_targets(store.db, names)
    return begin_takedown(store, plan_takedown(store.db, target), "asked", NOW)


def rows(db: sqlite3.Connection, query: str) -> list[str]:
    return [row[0] for row in db.execute(query).fetchall()]


def state(store: Store, url: str) -> str:
    return str(store.db.execute("SELECT state FROM url WHERE url = ?", (url,)).fetchone()[0])


def test_every_version_at_every_url_goes_and_other_articles_stay(store: Store) -> None:
    forget(store, FERRY)
    assert rows(store.db, "SELECT title FROM capture") == ["Bridge"]
    assert rows(store.db, "SELECT body FROM text") == [story("bridge")]
    assert rows(store.db, "SELECT url FROM alias") == [BRIDGE]
    assert rows(store.db, "SELECT count(*) FROM document") == [1]
    assert rows(store.db, "SELECT title FROM discovery WHERE title NOT NULL AND title != 'Bridge'") == []


@pytest.mark.parametrize("name", [FERRY, "https://ledger.example/ferry", "https://LEDGER.example/ferry#top"])
def test_any_of_its_urls_names_an_article(store: Store, name: str) -> None:
    forget(store, name)
    assert rows(store.db, "SELECT title FROM capture") == ["Bridge"]


def test_its_id_or_the_beginning_of_it_names_an_article(store: Store) -> None:
    uid = rows(store.db, "SELECT uid FROM article JOIN capture ON fetch_id = capture_id WHERE title = 'Ferry'")[0]
    (whole,), (beginning,) = name_targets(store.db, [uid]), name_targets(store.db, [uid[:8]])
    assert whole.url_ids == beginning.url_ids


def test_a_url_that_nobody_knows_names_nothing(store: Store) -> None:
    with pytest.raises(KeyError):
        name_targets(store.db, ["https://post.example/never"])


def test_a_query_needs_all_of_its_words(store: Store) -> None:
    found = find_target(store.db, "FERRYTOWN ferry3")
    assert found is not None
    assert len(found.url_ids) == 2
    assert find_target(store.db, "ferrytown bridgetown") is None


def test_nobody_makes_a_forgotten_url_due_or_leases_it(store: Store) -> None:
    forget(store, FERRY)
    later = Discovery(url=FERRY, kind=Kind.ARTICLE, via=Via.FEED, modified=BEGAN.replace(year=2030))
    with store.transaction():
        store.ledger.add(later, NOW, run_started_at=NOW)
        store.ledger.ask_again(FERRY, NOW)
        store.ledger.claim(later, NOW, run_id=1, site="post")
        store.ledger.ask_again(BRIDGE, NOW)
    assert (state(store, FERRY), state(store, BRIDGE)) == ("done", "due")


def test_a_forgotten_site_keeps_out_urls_that_are_new(store: Store) -> None:
    forget(store, "post")
    with store.transaction():
        for url in ("https://post.example/new", "https://ledger.example/new"):
            store.ledger.add(Discovery(url=url, kind=Kind.ARTICLE, via=Via.LINK), NOW, run_started_at=NOW)
    assert state(store, "https://post.example/new") == "done"
    assert state(store, "https://ledger.example/new") == "due"
    assert rows(store.db, "SELECT url.url FROM capture JOIN url ON url.id = url_id") == ["https://ledger.example/ferry"]


def test_what_two_sites_print_stays_with_the_other_under_a_name_of_its_own(store: Store) -> None:
    forget(store, "post")
    assert rows(store.db, "SELECT url FROM alias") == ["https://ledger.example/ferry"]
    assert rows(store.db, "SELECT count(*) FROM article") == [1]


def test_the_text_is_blocked_under_any_url_and_the_url_with_any_text(store: Store) -> None:
    forget(store, FERRY)
    assert store.tombstones.block(FERRY)
    assert not store.tombstones.block(BRIDGE)
    assert store.tombstones.block_text(story("ferry"))
    assert store.tombstones.block_text(story("ferry", 8).upper())
    assert not store.tombstones.block_text(story("bridge"))


def test_a_tombstone_tells_of_itself_and_says_when_traces_are_left(store: Store) -> None:
    number = forget(store, FERRY)
    found = takedown_of(store.db, FERRY, "post.example")
    assert found is not None
    assert "not all traces are removed yet" in found.evidence
    assert [one.id for one in pending_takedowns(store.db)] == [number]
    finish_takedown(store, number, NOW)
    found = takedown_of(store.db, FERRY, "post.example")
    assert found is not None
    assert found.evidence == "forgotten on 2024-11-15: asked"
    assert pending_takedowns(store.db) == []
    assert takedown_of(store.db, BRIDGE, "post.example") is None


def test_no_visit_to_what_is_forgotten_is_foreseen(tmp_path: Path) -> None:
    feed, rules, now = "https://post.example/rss", RevisitRules(), BEGAN.timestamp() + 3600
    with Builder.begin(tmp_path) as builder:
        builder.list(feed, Discovery(url=FERRY, kind=Kind.ARTICLE, via=Via.FEED, found_on=feed), hour=0)
        builder.take(Shot(url=FERRY, text=story("ferry"), title="Ferry"))
        builder.store.db.execute(
            "UPDATE discovery SET via = 'seed' WHERE url_id = (SELECT id FROM url WHERE url = ?)", (feed,)
        )
        builder.end(1)
        store = builder.store
        assert store.revisits.next_visit(Scope(sites=("post",)), now, rules) is not None
        forget(store, "post")
        assert store.revisits.next_visit(Scope(sites=("post",)), now, rules) is None
        assert find_next_visit(store.db, FERRY, now, rules) is find_next_visit(store.db, feed, now, rules) is None
