"""What the store makes of visits: whole transactions, outcomes that add up, nothing twice."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from corpus_builder import CLEANER, Builder, Shot, article, at, story
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.reader import open_corpus
from corpus.types import Cut, Discovery, Kind, Reason, Removal, Via
from corpus.visits import Visit

A, B, C = (f"https://post.example/{name}" for name in ("ferry", "ferry?view=amp", "dolphins"))
FERRY, DOLPHINS = story("ferry"), story("dolphin")


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    with Builder.begin(tmp_path / "corpus") as builder:
        yield builder


def tables(builder: Builder, *names: str) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of some tables."""
    return {
        name: sorted(tuple(row) for row in builder.store.db.execute(f"SELECT * FROM {name}").fetchall())
        for name in names
    }


def state_of(builder: Builder, url: str) -> tuple[object, ...]:
    row = builder.store.db.execute("SELECT state, due_at, attempts, outcome FROM url WHERE url = ?", (url,))
    return tuple(row.fetchone())


# -- outcomes ---------------------------------------------------------------------------------------------------------


def test_every_visit_has_one_outcome_and_the_run_counts_them(builder: Builder) -> None:
    outcomes = [
        builder.take(Shot(url=A, text=FERRY, payload="ferry")),
        builder.take(Shot(url=B, text=FERRY, canonical=A)),
        builder.take(Shot(url=f"{A}?id=7", text=FERRY, payload="ferry")),
        builder.take(Shot(url=f"{A}?page=2", text="The end of it.", part=(A, 2))),
        builder.take(Shot(url=A, text=f"{FERRY} More.", hour=1)),
        builder.remove(C, Reason.TOO_SHORT, "38 words < 50"),
        builder.refuse(f"{C}/private", Reason.ROBOTS, "line 2: Disallow: /private"),
        builder.redirect(f"{C}/old", C),
        builder.list("https://post.example/rss"),
        builder.fail(f"{C}/slow", "timeout", "60 s", again=1),
        builder.fail(f"{C}/dead", "dns", "no such host"),
    ]
    assert outcomes == [
        "kept",
        "duplicate/canonical",
        "duplicate/payload",
        "part",
        "updated",
        "removed/too-short",
        "removed/robots",
        "removed/redirected",
        "listed",
        "deferred/timeout",
        "failed/dns",
    ]
    counters = json.loads(builder.store.db.execute("SELECT counters FROM run").fetchone()[0])
    assert sum(counters.values()) == len(outcomes)
    assert set(counters) == set(outcomes)


def test_a_page_with_new_bytes_and_the_same_words_is_unchanged(builder: Builder) -> None:
    builder.take(Shot(url=A, text=FERRY, payload="one clock"))
    assert builder.take(Shot(url=A, text=FERRY, payload="another clock", hour=1)) == "unchanged"


def test_an_updated_page_keeps_its_earlier_text_as_a_version(builder: Builder) -> None:
    builder.take(Shot(url=A, text=FERRY))
    assert builder.take(Shot(url=A, text=DOLPHINS, hour=1)) == "updated"
    with open_corpus(builder.root) as corpus:
        (one,) = corpus.articles()
    assert (one.text, one.versions) == (DOLPHINS, 2)


def test_a_page_that_is_gone_leaves_its_article_in_the_corpus(builder: Builder) -> None:
    builder.take(Shot(url=A, text=FERRY))
    assert builder.remove(A, Reason.HTTP_ERROR, "HTTP 404", hour=1) == "removed/http-error"
    with open_corpus(builder.root) as corpus:
        assert [one.url for one in corpus.articles()] == [A]


def test_a_removal_keeps_its_evidence_and_cuts(builder: Builder) -> None:
    builder.remove(A, Reason.TOO_SHORT, "38 words < 50")
    with open_corpus(builder.root) as corpus:
        story_of = corpus.why(A)
    assert story_of is not None
    (fetch,) = story_of.fetches
    assert (fetch.verdict, fetch.evidence) == ("removed/too-short", "38 words < 50")
    assert fetch.cuts == (Cut(text="Subscribe to our newsletter", rule="boilerplate", score=0.97),)


def test_a_copy_of_a_page_that_names_no_canonical_url_names_none_either(builder: Builder) -> None:
    builder.take(Shot(url=A, text=FERRY, payload="ferry"))
    builder.take(Shot(url=C, text=FERRY, payload="ferry", hour=1))
    rows = builder.store.db.execute("SELECT canonical_url FROM capture ORDER BY fetch_id").fetchall()
    assert [row[0] for row in rows] == [A, C]


def test_a_text_that_stands_at_many_urls_is_stored_once(builder: Builder) -> None:
    for number in range(5):
        builder.take(Shot(url=f"{A}/{number}", text=FERRY))
    assert builder.store.db.execute("SELECT count(*) FROM text").fetchone()[0] == 1


# -- twice ------------------------------------------------------------------------------------------------------------

SHOTS = st.lists(
    st.builds(
        Shot,
        url=st.sampled_from((A, B, C)),
        text=st.sampled_from((FERRY, DOLPHINS)),
        canonical=st.sampled_from((None, A)),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda shot: shot.url,
)


@given(shots=SHOTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_committing_the_same_twice_changes_nothing(builder: Builder, shots: list[Shot]) -> None:
    builder.wipe()
    for shot in shots:
        builder.take(shot)
    before = tables(builder, "article", "capture", "alias", "text", "discovery")
    for shot in shots:
        assert builder.take(replace(shot, hour=1)) == "unchanged"
    assert tables(builder, "article", "capture", "alias", "text", "discovery") == before


def test_removing_the_same_twice_changes_nothing(builder: Builder) -> None:
    builder.remove(A, Reason.TOO_SHORT, "38 words < 50")
    assert builder.remove(A, Reason.TOO_SHORT, "38 words < 50", hour=1) == "unchanged"


# -- whole or not at all ----------------------------------------------------------------------------------------------


def test_a_batch_is_stored_whole_or_not_at_all(builder: Builder) -> None:
    good, bad = builder.claim(A), builder.claim(C)
    shot = Shot(url=A, text=FERRY)
    visits = [
        Visit(lease=good, fetch=builder.fetch(0, payload=b"ferry"), verdict=article(shot), cleaner=CLEANER),
        Visit(lease=bad, fetch=builder.fetch(0, payload=b"dolphins")),
    ]
    with pytest.raises(AssertionError, match="needs a verdict"):
        builder.store.commit(visits, builder.run, at(0).timestamp())
    assert tables(builder, "article", "fetch", "text") == {"article": [], "fetch": [], "text": []}
    assert [state_of(builder, url)[0] for url in (A, C)] == ["leased", "leased"]


# -- trying again -----------------------------------------------------------------------------------------------------


def test_a_deferred_url_waits_until_its_time_and_counts_its_attempts(builder: Builder) -> None:
    for attempt in (1, 2):
        builder.fail(A, "http-503", "HTTP 503", again=attempt, status=503)
        assert state_of(builder, A) == ("due", at(attempt).timestamp(), attempt, "deferred/http-503")


def test_a_url_that_failed_for_good_is_done_until_the_next_run(builder: Builder) -> None:
    builder.fail(A, "tls", "certificate has expired")
    assert state_of(builder, A)[0] == "done"


def test_a_success_forgets_the_failures_before_it(builder: Builder) -> None:
    builder.fail(A, "timeout", "60 s", again=1)
    builder.take(Shot(url=A, text=FERRY, hour=1))
    assert state_of(builder, A)[2:] == (0, "kept")


def test_an_older_response_that_is_ingested_later_does_not_undo_what_the_last_one_said(builder: Builder) -> None:
    builder.take(Shot(url=A, text=FERRY, hour=5))
    builder.take(Shot(url=A, text=DOLPHINS, hour=1))
    row = builder.store.db.execute("SELECT fetched_at FROM url WHERE url = ?", (A,)).fetchone()
    assert row[0] == at(5).timestamp()


# -- discoveries ------------------------------------------------------------------------------------------------------


def test_every_place_that_names_a_url_is_remembered_once(builder: Builder) -> None:
    found = Discovery(url=A, kind=Kind.ARTICLE, via=Via.FEED, found_on="https://post.example/rss", title="Ferry")
    for hour in (0, 1):
        builder.list("https://post.example/rss", found, hour=hour)
    builder.list("https://post.example/", replace(found, via=Via.SECTION, found_on="https://post.example/"))
    with open_corpus(builder.root) as corpus:
        story_of = corpus.why(A)
    assert story_of is not None
    assert [(one.via, one.on) for one in story_of.found] == [
        ("feed", "https://post.example/rss"),
        ("section", "https://post.example/"),
    ]


def test_a_redirect_is_followed_by_its_target(builder: Builder) -> None:
    builder.redirect(f"{A}/old", A)
    assert state_of(builder, A)[0] == "due"
    assert builder.store.db.execute("SELECT hops FROM url WHERE url = ?", (A,)).fetchone()[0] == 1


def test_a_removal_without_a_fetch_has_no_capture(builder: Builder) -> None:
    builder.commit(
        Visit(lease=builder.claim(A), verdict=Removal(url=A, reason=Reason.TRAP, evidence="'a' stands 3 times > 2"))
    )
    assert tables(builder, "capture", "fetch") == {"capture": [], "fetch": []}
    assert state_of(builder, A)[3] == "removed/trap"
