"""What came of visits is counted once, with the visits, by site and run."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus_builder import BEGAN, Builder, Shot, at, story

from corpus.errors import StoreError
from corpus.garbled import is_garbled
from corpus.history import DAY_SECONDS, Stretch, count_totals, fold_days, read_history, read_run, word_bin, words_of
from corpus.store import Store
from corpus.types import Discovery, Kind, Reason, Via

POST = "https://post.example"
DAY = int(BEGAN.timestamp() // DAY_SECONDS)


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    builder = Builder.begin(tmp_path / "c")
    yield builder
    builder.store.close()


def counts_of(builder: Builder, site: str = "post") -> dict[str, int]:
    stretch = read_run(builder.store.db, site, builder.run.run_id, builder.run.started_at)
    assert stretch is not None
    return dict(stretch.counts)


def test_visits_are_counted_by_what_came_of_them(builder: Builder) -> None:
    builder.list(f"{POST}/rss", Discovery(url=f"{POST}/a", kind=Kind.ARTICLE, via=Via.FEED))
    builder.list(f"{POST}/empty", kind=Kind.SECTION)
    builder.take(Shot(url=f"{POST}/a", text=story("ferry", 8), published="2024-11-14"))
    builder.take(Shot(url=f"{POST}/b", text=story("dolphin", 8)))
    builder.remove(f"{POST}/gone", Reason.HTTP_ERROR, "HTTP 404")
    builder.fail(f"{POST}/slow", "timeout", "60 s", again=2)
    builder.take(Shot(url="https://ledger.example/c", text=story("bridge", 8)))
    found = counts_of(builder)
    assert (
        found
        | {
            "feed/listed": 1,
            "section/listed": 1,
            "named/feed": 1,
            "empty/section": 1,
            "article/kept": 2,
            "article/removed/http-404": 1,
            "article/deferred/timeout": 1,
            "new/kept": 2,
            "new/removed/http-404": 1,
            "articles": 2,
            "lacks/published": 1,
            "language/en": 2,
            "hour/6": 2,
            "status/404": 1,
        }
        == found
    )
    assert counts_of(builder, "ledger")["article/kept"] == 1


def test_a_refusal_counts_each_time_and_a_page_that_is_removed_again_once(builder: Builder) -> None:
    for hour in (0, 1):
        builder.remove(f"{POST}/a", Reason.HTTP_ERROR, "HTTP 403", hour=hour)
        builder.remove(f"{POST}/b", Reason.CONSENT_WALL, "4 words", hour=hour)
        builder.remove(f"{POST}/c", Reason.HTTP_ERROR, "HTTP 404", hour=hour)
    found = counts_of(builder)
    assert found["article/removed/http-403"] == 2
    assert found["article/removed/consent-wall"] == found["article/removed/http-404"] == 1
    assert found["new/removed/http-403"] == 1


def test_only_crawls_are_counted(builder: Builder) -> None:
    builder.run = builder.store.begin_run("ingest", ["post"], BEGAN.timestamp(), config={}, versions={})
    builder.take(Shot(url=f"{POST}/a", text=story("ferry")))
    assert count_totals(builder.store.db) == {}


def test_a_batch_that_is_not_stored_is_not_counted(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    builder.take(Shot(url=f"{POST}/a", text=story("ferry")))
    before = counts_of(builder)

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(builder.store.documents, "settle", lambda **_: fail())
    with pytest.raises(StoreError):
        builder.take(Shot(url=f"{POST}/b", text=story("dolphin")))
    assert counts_of(builder) == before


def test_a_run_that_was_killed_keeps_what_it_stored_and_the_next_counts_for_itself(builder: Builder) -> None:
    builder.take(Shot(url=f"{POST}/a", text=story("ferry")))
    builder.store.close()  # never ended
    store = Store(builder.root / "corpus.db", lambda _: "post")
    run = store.begin_run("crawl", ["post"], at(1).timestamp(), config={}, versions={})
    builder.store, builder.run = store, run
    builder.take(Shot(url=f"{POST}/b", text=story("dolphin"), hour=1))
    history = read_history(store.db, "post", since=BEGAN.timestamp())
    assert [one.counts["article/kept"] for one in history] == [1, 1]
    assert [one.run_id for one in history] == [1, 2]
    store.close()


def test_days_that_are_over_are_added_up_without_losing_a_count(builder: Builder) -> None:
    db = builder.store.db
    for run in range(1, 9):
        day = DAY + (run - 1) // 2
        row = ("post", day, run, day * DAY_SECONDS + run, day * DAY_SECONDS + run + 1, 1, json.dumps({"new/kept": run}))
        db.execute("INSERT INTO site_run VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    total = count_totals(db)
    now = (DAY + 3) * DAY_SECONDS + 7200
    for _ in range(2):
        fold_days(db, "post", now)
        assert count_totals(db) == total
        history = read_history(db, "post", since=0)
        assert [(one.day - DAY, one.run_id, one.runs) for one in history] == [
            (0, 0, 2),
            (1, 0, 2),
            (2, 5, 1),
            (2, 6, 1),
            (3, 7, 1),
            (3, 8, 1),
        ]
    assert history[0] == Stretch(
        site="post",
        day=DAY,
        run_id=0,
        began_at=DAY * DAY_SECONDS + 1,
        ended_at=DAY * DAY_SECONDS + 3,
        runs=2,
        counts={"new/kept": 3},
    )


@pytest.mark.parametrize("words", [1, 2, 7, 50, 400, 9000])
def test_the_middle_of_a_bin_is_within_a_tenth_of_what_was_put_there(words: int) -> None:
    assert words_of(word_bin(words)) == pytest.approx(words, rel=0.1)


@pytest.mark.parametrize(
    ("text", "garbled"),
    [
        ("The ferry was late. " * 40, False),
        ("Die Fähre fährt über den Fluß, schön für müde Gäste – “später”. " * 5, False),
        ("Паром опоздал, и никто не знал почему. " * 5, False),
        ("渡轮晚点了,没有人知道为什么。" * 5, False),
        ("ଫେରୀ ବିଳମ୍ବରେ ପହଞ୍ଚିଲା। " * 5, False),
        (
            "A note once read “CafÃ©” – so he said – and the crowd laughed – as crowds do – for long – à la mode. ",
            False,
        ),
        ("Die FÃ¤hre fÃ¤hrt Ã¼ber den FluÃŸ. " * 5, True),
        ("Паром опоздал. ".encode().decode("cp1251", "replace") * 5, True),
        ("Th\ufffd f\ufffdrry w\ufffds l\ufffdte. " * 5, True),
    ],
)
def test_a_text_is_garbled_where_its_characters_are_another_encodings(text: str, garbled: bool) -> None:
    assert is_garbled(text) is garbled
