"""What is asked again by evidence, and what the store remembers for it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus_builder import Builder, Shot, at, story

from corpus.habits import RevisitRules
from corpus.leases import Pace, Scope
from corpus.revisits import count_request, find_next_visit, requests_today
from corpus.types import Discovery, Kind, Reason, Removal, Via
from corpus.visits import Visit

POST = "https://post.example"
FEED, HOME = f"{POST}/rss", f"{POST}/"
INDEX, PART = f"{POST}/sitemap.xml", f"{POST}/sitemap-11.xml"
SCOPE = Scope(sites=("post",))
RULES = RevisitRules()
PACE = Pace(delay_seconds=0, adaptive=False)


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    with Builder.begin(tmp_path) as made:
        yield made


def named(*paths: str, on: str = FEED) -> list[Discovery]:
    return [Discovery(url=f"{POST}/{path}", kind=Kind.ARTICLE, via=Via.FEED, found_on=on) for path in paths]


def hours(builder: Builder, url: str, hour: float) -> float | None:
    """Return how many hours after the beginning a URL is asked again."""
    visit = find_next_visit(builder.store.db, url, at(hour).timestamp(), RULES)
    return None if visit is None else (visit.at - at(0).timestamp()) / 3600


def make_due(builder: Builder, hour: float, **how: object) -> list[str]:
    with builder.store.transaction():
        builder.store.revisits.make_due(SCOPE, at(hour).timestamp(), RULES, **how)  # type: ignore[arg-type]
    rows = builder.store.db.execute("SELECT url FROM url WHERE state = 'due' ORDER BY url").fetchall()
    return [row[0] for row in rows if "/a" not in row[0]]


def is_due(builder: Builder, url: str) -> bool:
    row = builder.store.db.execute("SELECT state FROM url WHERE url = ?", (url,)).fetchone()
    return bool(row[0] == "due")


def habit(builder: Builder, url: str) -> sqlite3.Row:
    row = builder.store.db.execute(
        "SELECT listing.* FROM listing JOIN url ON url.id = url_id WHERE url = ?", (url,)
    ).fetchone()
    assert row is not None
    return row  # type: ignore[no-any-return]


def test_the_visits_to_a_feed_are_remembered_with_what_was_new(builder: Builder) -> None:
    builder.list(FEED, *named("a1", "a2"), hour=0)
    builder.list(FEED, *named("a1", "a2", "a3"), hour=1)
    builder.list(FEED, *named("a2", "a3"), hour=2)
    row = habit(builder, FEED)
    assert (row["visits"], row["fruitful"], row["entries"]) == (3, 1, 2)
    assert row["fruitful_at"] == at(1).timestamp()
    assert row["watched"] == pytest.approx(2 * 3600, rel=0.02)


def test_what_another_listing_named_first_is_nothing_new(builder: Builder) -> None:
    builder.list(HOME, kind=Kind.SECTION, hour=0)
    builder.list(FEED, *named("a1"), hour=0.5)
    builder.list(HOME, *named("a1", on=HOME), kind=Kind.SECTION, hour=1)
    assert habit(builder, HOME)["fruitful"] == 0


def test_an_unchanged_answer_is_a_visit_without_anything_new(builder: Builder) -> None:
    builder.list(FEED, *named("a1"), hour=0)
    lease = builder.claim(FEED, 1, kind=Kind.FEED, via=Via.SEED)
    builder.commit(Visit(lease=lease, fetch=builder.fetch(1, payload=b"", status=304), unchanged=True))
    row = habit(builder, FEED)
    assert (row["visits"], row["fruitful"], row["entries"]) == (2, 0, 1)


@pytest.mark.parametrize("again", [None, 1.0])
def test_a_failure_counts_when_it_is_final(builder: Builder, again: float | None) -> None:
    builder.list(FEED, *named("a1"), hour=0)
    lease = builder.claim(FEED, 1, kind=Kind.FEED, via=Via.SEED)
    retry = None if again is None else at(again + 1).timestamp()
    builder.commit(Visit(lease=lease, error="timeout", evidence="60 s", retry_at=retry), hour=1)
    assert habit(builder, FEED)["failures"] == (0 if again else 1)


def test_articles_and_deep_sections_have_no_habit(builder: Builder) -> None:
    builder.take(Shot(url=f"{POST}/a1", text=story("ferry")))
    deep = Discovery(url=f"{POST}/city/page/9", kind=Kind.SECTION, via=Via.LINK, found_on=HOME, depth=2)
    with builder.store.transaction():
        lease = builder.store.ledger.claim(deep, at(0).timestamp(), run_id=builder.run.run_id, site="post")
    builder.commit(Visit(lease=lease, fetch=builder.fetch(0, payload=b"x"), listing=True))
    assert builder.store.db.execute("SELECT count(*) FROM listing").fetchone()[0] == 0


def test_by_hand_every_listing_is_asked_and_by_evidence_those_whose_time_has_come(builder: Builder) -> None:
    builder.list(FEED, *named("a1"), hour=0)
    builder.list(HOME, kind=Kind.SECTION, hour=0)
    for hour in range(1, 12):
        builder.list(FEED, *named(*(f"a{hour}-{n}" for n in range(4))), hour=hour)
    builder.list(HOME, kind=Kind.SECTION, hour=11)
    assert make_due(builder, 11.5, by_evidence=True) == [FEED]
    assert make_due(builder, 11.5) == [HOME, FEED]


def test_what_comes_due_soon_is_asked_with_the_rest(builder: Builder) -> None:
    builder.list(FEED, *named("a1"), hour=0)
    due = hours(builder, FEED, 0)
    assert due is not None
    assert make_due(builder, due - 0.2, by_evidence=True, ahead_seconds=0.1 * 3600) == []
    assert make_due(builder, due - 0.2, by_evidence=True, ahead_seconds=0.3 * 3600) == [FEED]


def test_a_dead_feed_of_the_configuration_is_retried_rarely_and_a_dead_link_never(builder: Builder) -> None:
    for hour, url, via in ((0, FEED, Via.SEED), (0, f"{POST}/old.rss", Via.LINK)):
        lease = builder.claim(url, hour, kind=Kind.FEED, via=via)
        gone = Removal(url=url, reason=Reason.HTTP_ERROR, evidence="HTTP 404")
        builder.commit(Visit(lease=lease, fetch=builder.fetch(hour, payload=b"no", status=404), verdict=gone))
    assert make_due(builder, 0.1, by_evidence=True) == []
    assert make_due(builder, 2, by_evidence=True) == [FEED]


def test_listings_read_by_an_older_version_are_asked_at_once(builder: Builder) -> None:
    builder.list(FEED, *named("a1"), hour=0)
    builder.store.db.execute("DELETE FROM listing")
    assert make_due(builder, 3, by_evidence=True) == [FEED]


def test_a_clock_that_was_wrong_puts_no_listing_off(builder: Builder) -> None:
    builder.list(FEED, *named("a1"), hour=24 * 365)
    assert make_due(builder, 1, by_evidence=True) == [FEED]


def test_young_articles_are_asked_when_their_age_has_doubled_after_what_is_new(builder: Builder) -> None:
    builder.take(Shot(url=f"{POST}/ferry", text=story("ferry"), hour=0))
    assert hours(builder, f"{POST}/ferry", 0) == 6
    assert make_due(builder, 5.9, by_evidence=True) == []
    assert make_due(builder, 6, by_evidence=True) == [f"{POST}/ferry"]
    builder.find(f"{POST}/late", hour=6)
    with builder.store.transaction():
        leases = builder.store.ledger.lease(
            1, at(7).timestamp(), run_id=builder.run.run_id, paces=lambda _: PACE, scope=SCOPE
        )
    assert [lease.url for lease in leases] == [f"{POST}/late"]


def test_the_next_visit_of_a_site_is_the_first_of_its_listings_and_articles(builder: Builder) -> None:
    builder.list(FEED, *named(*(f"a{number}" for number in range(50))), hour=0)
    builder.take(Shot(url=f"{POST}/ferry", text=story("ferry"), hour=0))
    visit = builder.store.revisits.next_visit(SCOPE, at(0).timestamp(), RULES)
    assert visit is not None
    assert "rss" in visit.reason
    assert builder.store.revisits.next_visit(Scope(sites=("ledger",)), at(0).timestamp(), RULES) is None
    slow = RevisitRules(request_seconds=1e6)
    articles = builder.store.revisits.next_visit(SCOPE, at(0).timestamp(), slow)
    assert articles is not None
    assert articles.reason == "articles that are young"


def named_by_index(builder: Builder, hour: float, modified_hour: float, *, url: str, kind: Kind) -> None:
    """Have the sitemap index read, which claims that a URL changed at an hour."""
    found = Discovery(url=url, kind=kind, via=Via.SITEMAP, found_on=INDEX, modified=at(modified_hour), depth=1)
    run = builder.run
    builder.run = builder.store.begin_run("crawl", ["post"], at(hour).timestamp(), config={}, versions={})
    builder.list(INDEX, found, kind=Kind.SITEMAP, hour=hour)
    builder.store.end_run(builder.run, at(hour).timestamp())
    builder.run = run


def read_part(builder: Builder, hour: float, *paths: str) -> None:
    lease = builder.claim(PART, hour, kind=Kind.SITEMAP, via=Via.SITEMAP, found_on=INDEX)
    fetch = builder.fetch(hour, payload=f"part {hour}".encode())
    builder.commit(Visit(lease=lease, fetch=fetch, listing=True, discoveries=tuple(named(*paths, on=PART))))


def test_an_index_shares_in_what_its_sitemaps_bring(builder: Builder) -> None:
    named_by_index(builder, 0, 0, url=PART, kind=Kind.SITEMAP)
    read_part(builder, 0, "a1", "a2")
    assert habit(builder, INDEX)["found"] == 0, "the first reading says nothing of a rate"
    named_by_index(builder, 1, 1, url=PART, kind=Kind.SITEMAP)
    read_part(builder, 1, "a1", "a2", "a3")
    row = habit(builder, INDEX)
    assert (row["found"], row["fruitful"], row["fruitful_at"]) == (1, 1, at(1).timestamp())


@pytest.mark.parametrize(("hour", "due"), [(0.9, False), (1.0, True)])
def test_by_evidence_a_claimed_change_of_an_article_is_believed_when_its_age_has_doubled(
    builder: Builder, hour: float, due: bool
) -> None:
    builder.store.ledger.by_evidence = True
    ferry = f"{POST}/ferry"
    builder.take(Shot(url=ferry, text=story("ferry"), hour=0))
    named_by_index(builder, hour, hour, url=ferry, kind=Kind.ARTICLE)
    assert is_due(builder, ferry) is due


def test_a_sitemap_that_always_claims_changes_is_asked_ever_more_rarely(builder: Builder) -> None:
    builder.store.ledger.by_evidence = True
    asked = []
    for hour in range(24 * 60):
        named_by_index(builder, hour, hour, url=PART, kind=Kind.SITEMAP)
        if is_due(builder, PART):
            asked.append(hour)
            read_part(builder, hour, "a1")
    assert len(asked) < 110
    assert asked[-1] - asked[-2] > 48


def test_by_hand_every_claimed_change_is_believed(builder: Builder) -> None:
    ferry = f"{POST}/ferry"
    builder.take(Shot(url=ferry, text=story("ferry"), hour=0))
    named_by_index(builder, 0.1, 0.1, url=ferry, kind=Kind.ARTICLE)
    assert is_due(builder, ferry)


def test_a_listing_whose_new_links_are_no_new_articles_is_credited_with_nothing(builder: Builder) -> None:
    builder.list(HOME, *named("a0", on=HOME), kind=Kind.SECTION, hour=0)
    builder.remove(f"{POST}/a0", Reason.TOO_SHORT, "38 words < 50", hour=0.1, found_on=HOME)
    for hour in range(1, 6):
        paths = [f"a{hour}", f"copy-{hour}", f"real-{hour}"]
        builder.list(HOME, *named(*paths, on=HOME), kind=Kind.SECTION, hour=hour)
        before = habit(builder, HOME)["found"]
        builder.remove(f"{POST}/{paths[0]}", Reason.TOO_SHORT, "38 words < 50", hour=hour + 0.1, found_on=HOME)
        builder.take(
            Shot(url=f"{POST}/{paths[1]}", text=story("ferry"), payload="copy", hour=hour + 0.1, found_on=HOME)
        )
        builder.take(Shot(url=f"{POST}/{paths[2]}", text=story(f"real{hour}"), hour=hour + 0.1, found_on=HOME))
        assert before - habit(builder, HOME)["found"] == (1 if hour == 1 else 2), "the first copy is an article"


def test_what_was_there_at_the_first_reading_takes_nothing_back(builder: Builder) -> None:
    builder.list(HOME, *named(*(f"a{number}" for number in range(9)), on=HOME), kind=Kind.SECTION, hour=0)
    builder.list(HOME, *named("late", on=HOME), kind=Kind.SECTION, hour=1)
    for number in range(9):
        builder.remove(f"{POST}/a{number}", Reason.TOO_SHORT, "38 words < 50", hour=1.1, found_on=HOME)
    assert habit(builder, HOME)["found"] == 1


def test_requests_are_counted_by_site_and_day(builder: Builder) -> None:
    day = 86_400.0
    for site, now in (("post", 10.0), ("post", day - 1), ("post", day), ("ledger", 11.0)):
        count_request(builder.store.db, site, now)
    assert requests_today(builder.store.db, ("post", "ledger"), 20) == {"post": 2, "ledger": 1}
    assert requests_today(builder.store.db, ("post",), day + 1) == {"post": 1}


def test_deleting_a_url_deletes_its_habit(builder: Builder) -> None:
    builder.list(FEED, *named("a1"), hour=0)
    builder.wipe()
    assert builder.store.db.execute("SELECT count(*) FROM listing").fetchone()[0] == 0
