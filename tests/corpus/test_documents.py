"""Near-duplicates in the store: what is found, and that neither order nor number of runs has a say in it."""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from corpus_builder import CLEANER, Builder, Shot, at, entries_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import open_corpus, shelf, twins
from corpus.likeness import Rules
from corpus.shingles import count_shared, shingle
from corpus.signatures import sign
from corpus.store import Store
from corpus.takedown import Target, begin_takedown, plan_takedown
from corpus.types import Reason, Removal
from corpus.upkeep import catch_up, rebuild

WORDS = [f"{first}{second}" for first in ("har", "fer", "dol", "cas", "mon", "riv") for second in "aeiouklmnrst"]


def told(seed: int, sentences: int = 12) -> list[str]:
    """Return sentences that no other seed tells."""
    dice = random.Random(seed)
    return [" ".join(dice.choices(WORDS, k=12)).capitalize() + f" {seed}." for _ in range(sentences)]


def text_of(sentences: Sequence[str]) -> str:
    return "\n\n".join(sentences)


STORY = told(1)
#: A third is another: resemblance of about 0.5 with the story, and less than that among themselves.
VARIANTS = [text_of([*STORY[: 12 - k], *told(100 + k, k)]) for k in range(8)]
TEXTS = [*VARIANTS, text_of(told(2)), text_of(STORY[:4]), text_of([*told(3), *STORY]), text_of(told(4, 2))]
URLS = [f"https://{site}.example/{page}" for site in ("post", "ledger", "third") for page in "abcd"]

#: (canonical's URL, twin's URL) -> scores, of every pair; and the canonical URL of every article.
Found = tuple[frozenset[tuple[str, str, int]], frozenset[tuple[str, str]]]


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    with Builder.begin(tmp_path_factory.mktemp("near")) as begun:
        yield begun


def found(store: Store) -> Found:
    url = "(SELECT url FROM document AS d JOIN article ON article.id = d.article_id "
    url += "JOIN capture ON fetch_id = capture_id JOIN url ON url.id = url_id WHERE d.id = "
    pairs = store.db.execute(f"SELECT {url} low), {url} high), shared FROM twin")
    clusters = store.db.execute(f"SELECT {url} document.id), {url} document.canonical) FROM document")
    return frozenset(map(tuple, pairs)), frozenset(map(tuple, clusters))


def clusters(store: Store) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for member, canonical in found(store)[1]:
        groups.setdefault(canonical, set()).add(member)
    return {frozenset(group) for group in groups.values()}


def index_of(db: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    tables = [
        sorted(map(tuple, db.execute(query)))
        for query in (
            "SELECT id, digest, site, agency, shingles, signature, canonical FROM document",
            "SELECT * FROM twin",
        )
    ]
    return [*tables, sorted(entries_of(db))]


@st.composite
def histories(draw: st.DrawFn) -> list[Shot]:
    drawn = draw(
        st.lists(
            st.tuples(st.sampled_from(URLS), st.sampled_from(range(len(TEXTS))), st.sampled_from([None, 12, 13])),
            min_size=2,
            max_size=9,
            unique_by=lambda one: (one[0], one[1]),
        )
    )
    return [
        Shot(
            url=url,
            text=TEXTS[text],
            hour=hour,
            published=None if day is None else f"2024-11-{day}",
            title=f"What happened to number {text % 3} today",
        )
        for hour, (url, text, day) in enumerate(drawn)
    ]


def take_all(builder: Builder, shots: Sequence[Shot]) -> None:
    builder.wipe()
    for shot in shots:
        builder.take(shot)


ORDERS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(data=st.data(), first=st.sampled_from([2, 64]))
@ORDERS
def test_the_order_of_arrival_changes_no_pair_and_no_cluster(builder: Builder, data: st.DataObject, first: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(twins, "FIRST", first)
        history = data.draw(histories())
        take_all(builder, history)
        before = found(builder.store)
        take_all(builder, data.draw(st.permutations(history)))
        assert found(builder.store) == before


@given(history=histories(), first=st.sampled_from([2, 64]), alike=st.sampled_from([2, 8]))
@ORDERS
def test_one_by_one_equals_all_at_once(builder: Builder, history: list[Shot], first: int, alike: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(twins, "FIRST", first)
        patch.setattr(shelf, "MOST_ALIKE", alike)
        take_all(builder, history)
        one_by_one = index_of(builder.store.db)
        rebuild(builder.store)
        assert index_of(builder.store.db) == one_by_one


@given(history=histories(), seed=st.integers(0, 5))
@ORDERS
def test_taking_articles_away_leaves_what_the_others_would_have_given(
    builder: Builder, history: list[Shot], seed: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(twins, "FIRST", 2)
        take_all(builder, history)
        gone = random.Random(seed).sample(sorted({shot.url for shot in history}), 1)[0]
        with builder.store.transaction() as db:
            select = "SELECT fetch_id FROM capture JOIN url ON url.id = url_id WHERE url = ?"
            for row in db.execute(select, (gone,)).fetchall():
                removal = Removal(url=gone, reason=Reason.TOO_SHORT, evidence="5 words < 50")
                builder.store.replace_capture(row[0], removal, CLEANER, at(50).timestamp())
        left = found(builder.store)
        assert gone not in {url for pair in left[1] for url in pair}
        rebuild(builder.store)
        assert found(builder.store) == left


@given(history=histories())
@ORDERS
def test_ingesting_twice_changes_nothing(builder: Builder, history: list[Shot]) -> None:
    take_all(builder, history)
    before = index_of(builder.store.db)
    newest = {shot.url: shot for shot in history}  # what a URL shows now; older texts would be news again
    for shot in newest.values():
        builder.take(shot)
    assert index_of(builder.store.db) == before


@given(history=histories(), runs=st.integers(1, 4))
@ORDERS
def test_the_number_of_runs_changes_nothing(builder: Builder, history: list[Shot], runs: int) -> None:
    take_all(builder, history)
    in_one_run = index_of(builder.store.db)
    builder.wipe()
    per_run = max(1, len(history) // runs)
    first = builder.store
    try:
        for start in range(0, len(history), per_run):
            builder.store = Store(builder.root / "corpus.db", first.ledger._site_of)
            for shot in history[start : start + per_run]:
                builder.take(shot)
            builder.store.close()
    finally:
        builder.store = first
    assert index_of(builder.store.db) == in_one_run


# -- what is found ----------------------------------------------------------------------------------------------------

POST, LEDGER, THIRD = (f"https://{site}.example/ferry" for site in ("post", "ledger", "third"))


def test_a_reprint_belongs_to_the_earliest(builder: Builder) -> None:
    take_all(
        builder,
        [
            Shot(url=LEDGER, text=VARIANTS[2], published="2024-11-13"),
            Shot(url=POST, text=VARIANTS[0], published="2024-11-12"),
            Shot(url=THIRD, text=text_of(told(2)), published="2024-11-11"),
        ],
    )
    assert found(builder.store)[1] == {(LEDGER, POST), (POST, POST), (THIRD, THIRD)}


def test_a_reprint_that_credits_its_agency_comes_after_the_agency_itself(builder: Builder) -> None:
    reprint = Shot(url=LEDGER, text=f"CUTTACK (Reuters) - {VARIANTS[0]}", published="2024-11-12T06:00")
    take_all(builder, [reprint, Shot(url=POST, text=VARIANTS[1], published="2024-11-12T09:00")])
    assert found(builder.store)[1] == {(LEDGER, POST), (POST, POST)}
    rows = builder.store.db.execute("SELECT site, agency FROM document ORDER BY site").fetchall()
    assert [tuple(row) for row in rows] == [("ledger", "Reuters"), ("post", None)]


def test_an_agency_that_the_page_s_metadata_name_is_credited(builder: Builder) -> None:
    take_all(builder, [Shot(url=POST, text=VARIANTS[0])])
    with builder.store.transaction() as db:
        db.execute("""UPDATE capture SET metadata = json_set(metadata, '$.agency', 'Agence France-Presse')""")
    assert builder.store.db.execute("SELECT agency FROM document").fetchone()[0] == "AFP"


def test_a_chain_of_small_changes_draws_no_two_stories_together(builder: Builder) -> None:
    sentences = told(7, 24)
    steps = [text_of(sentences[start : start + 12]) for start in (0, 3, 6, 9)]
    urls = [f"https://{site}.example/step" for site in ("post", "ledger", "third", "fourth")]
    shots = [
        Shot(url=url, text=text, published=f"2024-11-1{day}")
        for day, (url, text) in enumerate(zip(urls, steps, strict=True))
    ]
    take_all(builder, shots)
    # Each resembles the next by 0.6, the one after that by 0.3.
    assert clusters(builder.store) == {frozenset(urls[:2]), frozenset(urls[2:])}


def test_an_excerpt_joins_no_cluster(builder: Builder) -> None:
    take_all(builder, [Shot(url=POST, text=VARIANTS[0]), Shot(url=LEDGER, text=text_of(STORY[:5]))])
    assert len(found(builder.store)[0]) == 1
    assert clusters(builder.store) == {frozenset({POST}), frozenset({LEDGER})}


def test_a_story_that_changes_leaves_the_cluster_that_it_was_in(builder: Builder) -> None:
    take_all(builder, [Shot(url=POST, text=VARIANTS[0]), Shot(url=LEDGER, text=VARIANTS[1])])
    assert clusters(builder.store) == {frozenset({POST, LEDGER})}
    builder.take(Shot(url=LEDGER, text=text_of(told(9)), hour=5))
    assert clusters(builder.store) == {frozenset({POST}), frozenset({LEDGER})}
    assert found(builder.store)[0] == frozenset()


def test_a_story_that_is_the_same_again_is_in_its_cluster_again(builder: Builder) -> None:
    take_all(builder, [Shot(url=POST, text=VARIANTS[0]), Shot(url=LEDGER, text=VARIANTS[1])])
    before = found(builder.store)
    builder.take(Shot(url=LEDGER, text=text_of(told(9)), hour=5))
    builder.take(Shot(url=LEDGER, text=VARIANTS[1], hour=6))
    assert found(builder.store) == before


def test_the_parts_of_an_article_are_compared_as_one_text(builder: Builder) -> None:
    half = len(STORY) // 2
    take_all(
        builder,
        [
            Shot(url=POST, text=text_of(STORY[:half])),
            Shot(url=f"{POST}?page=2", text=text_of(STORY[half:]), part=(POST, 2)),
            Shot(url=LEDGER, text=VARIANTS[1]),
        ],
    )
    assert clusters(builder.store) == {frozenset({POST, LEDGER})}


def test_headlines_that_agree_make_versions_of_what_grew(builder: Builder) -> None:
    grown = text_of([*STORY[:10], *told(50, 3)])  # resemblance of about 0.6
    for title, together in (("What happened to the ferry today", True), ("Dolphins counted off the coast", False)):
        first = Shot(url=POST, text=VARIANTS[0], title="What happened to the ferry today")
        take_all(builder, [first, Shot(url=f"{POST}/later", text=grown, title=title)])
        assert (len(clusters(builder.store)) == 1) is together


def test_a_headline_that_changes_changes_the_verdict(builder: Builder) -> None:
    grown = text_of([*STORY[:10], *told(50, 3)])
    take_all(builder, [Shot(url=POST, text=VARIANTS[0], title="What happened to the ferry today")])
    builder.take(Shot(url=f"{POST}/later", text=grown, title="Dolphins counted off the coast", hour=1))
    builder.take(Shot(url=f"{POST}/later", text=grown, title="What happened to the ferry", hour=2))
    assert len(clusters(builder.store)) == 1
    builder.take(Shot(url=POST, text=VARIANTS[0], title="All lighthouses are white", hour=3))
    assert len(clusters(builder.store)) == 2


def test_a_thousand_reprints_are_one_cluster_and_few_pairs(tmp_path: Path) -> None:
    with Builder.begin(tmp_path / "wire") as builder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(twins, "FIRST", 8)
        count = 60
        for number in range(count):
            text = text_of([*STORY, f"Printed as number {number} of all that were printed."])
            url, day = f"https://post.example/{number}", f"2024-10-{31 - number // 3:02}"
            builder.take(Shot(url=url, text=text, published=day))
        assert len(clusters(builder.store)) == 1
        pairs = builder.store.db.execute("SELECT count(*) FROM twin").fetchone()[0]
        assert pairs < count * 16  # all with all would be 1770
        before = index_of(builder.store.db)
        rebuild(builder.store)
        assert index_of(builder.store.db) == before


# -- upkeep -----------------------------------------------------------------------------------------------------------


def test_other_rules_hold_from_the_next_upkeep_on(builder: Builder) -> None:
    take_all(builder, [Shot(url=POST, text=VARIANTS[0]), Shot(url=LEDGER, text=VARIANTS[2])])
    for least, count in ((0.9, 2), (0.5, 1)):
        store = Store(builder.root / "corpus.db", lambda url: None, rules=Rules(copy_resemblance=least))
        catch_up(store)
        assert len(clusters(store)) == count
        store.close()


def test_a_store_without_rules_keeps_those_in_force(builder: Builder) -> None:
    store = Store(builder.root / "corpus.db", lambda url: None, rules=Rules(copy_resemblance=0.9))
    catch_up(store)
    store.close()
    take_all(builder, [Shot(url=POST, text=VARIANTS[0]), Shot(url=LEDGER, text=VARIANTS[2])])
    assert len(clusters(builder.store)) == 2
    store = Store(builder.root / "corpus.db", lambda url: None, rules=Rules())
    catch_up(store)
    store.close()
    assert len(clusters(builder.store)) == 1


def test_signatures_of_another_scheme_wait_for_a_rebuild(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Builder.begin(tmp_path / "c") as builder:
        builder.take(Shot(url=POST, text=VARIANTS[0]))
        builder.store.db.execute("UPDATE dedup_state SET value = 'older' WHERE name = 'scheme'")
        builder.take(Shot(url=LEDGER, text=VARIANTS[1]))
        assert "collector dedup --rebuild" in caplog.text
        assert clusters(builder.store) == {frozenset({POST})}
        assert catch_up(builder.store) == 0
        assert rebuild(builder.store) == 2
        assert clusters(builder.store) == {frozenset({POST, LEDGER})}


def forget(store: Store, url: str) -> None:
    url_id = store.db.execute("SELECT id FROM url WHERE url = ?", (url,)).fetchone()[0]
    plan = plan_takedown(store.db, Target(name=url, url_ids=frozenset({url_id})))
    begin_takedown(store, plan, None, at(3).timestamp())


def test_what_is_forgotten_leaves_documents_of_another_scheme_too(tmp_path: Path) -> None:
    with Builder.begin(tmp_path / "c") as builder:
        for hour, url in enumerate((POST, LEDGER, "https://third.example/a")):
            builder.take(Shot(url=url, text=VARIANTS[hour], hour=hour))
        first = min(found(builder.store)[1], key=lambda pair: pair[0] != pair[1])[1]
        builder.store.db.execute("UPDATE dedup_state SET value = 'older' WHERE name = 'scheme'")
        forget(builder.store, first)
        others = {POST, LEDGER, "https://third.example/a"} - {first}
        assert clusters(builder.store) == {frozenset(others)}
        assert len(found(builder.store)[0]) == 1
        assert list(entries_of(builder.store.db)) == []
        assert builder.store.documents.count_waiting() == 0
        before = index_of(builder.store.db)[:2]
        rebuild(builder.store)
        assert index_of(builder.store.db)[:2] == before


def test_what_waits_to_be_forgotten_is_no_twin(tmp_path: Path) -> None:
    with Builder.begin(tmp_path / "c") as builder:
        for number, url in enumerate((POST, LEDGER)):
            builder.take(Shot(url=url, text=VARIANTS[number]))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("corpus.store._MOST_SETTLED", 0)
            forget(builder.store, LEDGER)
        with open_corpus(tmp_path / "c") as corpus:
            article = corpus.article(POST)
            assert article is not None
            assert corpus.twins(article) == ()


def test_a_corpus_of_an_older_version_catches_up(tmp_path: Path) -> None:
    with Builder.begin(tmp_path / "c") as builder:
        for number, text in enumerate(VARIANTS[:4]):
            builder.take(Shot(url=f"https://post.example/{number}", text=text))
        whole = index_of(builder.store.db)
        for table in ("document", "volume", "volume_row", "twin", "dedup_state"):
            builder.store.db.execute(f"DELETE FROM {table}")
        builder.store.db.execute("INSERT INTO stale SELECT id FROM article")
        told_of: list[int] = []
        assert catch_up(builder.store, told_of.append) == 4
        assert sum(told_of) == 4
        assert index_of(builder.store.db) == whole


@pytest.mark.parametrize("later", [0, 1])
def test_texts_of_one_signature_are_compared_by_their_own_shingles(builder: Builder, later: int) -> None:
    dice = random.Random(5)
    one, two = "", "."
    while not one or sign(shingle(one)) != sign(shingle(two)):
        words = [f"word{dice.randrange(900)}" for _ in range(900)]
        one, two = " ".join(words), " ".join([*words[:350], "corrected", *words[350:]])
    shots = [Shot(url=POST, text=one, published="2024-11-12"), Shot(url=LEDGER, text=two, published="2024-11-13")]
    take_all(builder, [shots[later], shots[1 - later]])
    shared = [(count_shared(shingle(one), shingle(two)),)]
    assert list(map(tuple, builder.store.db.execute("SELECT shared FROM twin"))) == shared
    rebuild(builder.store)
    assert list(map(tuple, builder.store.db.execute("SELECT shared FROM twin"))) == shared


def test_nothing_of_a_transaction_that_fails_is_left(builder: Builder) -> None:
    take_all(builder, [Shot(url=POST, text=VARIANTS[0])])
    before = index_of(builder.store.db)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(twins.TwinIndex, "_enter", _break)
        with pytest.raises(RuntimeError):
            builder.take(Shot(url=LEDGER, text=VARIANTS[1]))
    assert index_of(builder.store.db) == before
    assert builder.store.db.execute("SELECT count(*) FROM stale").fetchone()[0] == 0


def _break(*_: object) -> set[int]:
    raise RuntimeError


def test_articles_of_one_rank_have_different_documents(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.documents.rank_of", lambda **_: 5)
    take_all(builder, [Shot(url=POST, text=VARIANTS[0]), Shot(url=LEDGER, text=text_of(told(2)))])
    builder.take(Shot(url=LEDGER, text=text_of(told(3)), hour=2))
    rows = builder.store.db.execute("SELECT id FROM document ORDER BY id").fetchall()
    assert [row[0] for row in rows] == [5, 6]
