"""Near-duplicates in the store: what is found, and that neither order nor number of runs has a say in it."""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from corpus_builder import Builder, Shot, at
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import twins
from corpus.likeness import Rules
from corpus.store import Store
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
VARIANTS = [text_of([*STORY[: 12 - k], *told(100 + k, k)]) for k in range(0, 8)]
TEXTS = [*VARIANTS, text_of(told(2)), text_of(STORY[:4]), text_of([*told(3), *STORY]), text_of(told(4, 2))]
URLS = [f"https://{site}.example/{page}" for site in ("post", "ledger", "third") for page in "abcd"]

#: (canonical's URL, twin's URL) -> scores, of every pair; and the canonical URL of every article.
Found = tuple[frozenset[tuple[str, str, int]], frozenset[tuple[str, str]]]


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    with Builder.begin(tmp_path_factory.mktemp("near")) as begun:
        yield begun


def found(store: Store) -> Found:
    url = "(SELECT url FROM document AS d JOIN article ON article.id = d.article_id JOIN capture ON fetch_id = capture_id "
    url += "JOIN url ON url.id = url_id WHERE d.id = "
    pairs = store.db.execute(f"SELECT {url} low), {url} high), shared FROM twin")
    clusters = store.db.execute(f"SELECT {url} document.id), {url} document.canonical) FROM document")
    return frozenset(map(tuple, pairs)), frozenset(map(tuple, clusters))


def clusters(store: Store) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for member, canonical in found(store)[1]:
        groups.setdefault(canonical, set()).add(member)
    return {frozenset(group) for group in groups.values()}


def index_of(db: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    return [
        sorted(map(tuple, db.execute(query)))
        for query in (
            "SELECT id, digest, site, agency, shingles, signature, canonical FROM document",
            "SELECT * FROM posting",
            "SELECT * FROM twin",
        )
    ]


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


@given(history=histories(), first=st.sampled_from([2, 64]), most_rows=st.sampled_from([3, 2048]))
@ORDERS
def test_one_by_one_equals_all_at_once(builder: Builder, history: list[Shot], first: int, most_rows: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(twins, "FIRST", first)
        patch.setattr(twins, "_MOST_ROWS", most_rows)
        take_all(builder, history)
        one_by_one = index_of(builder.store.db)
        rebuild(builder.store)
        assert index_of(builder.store.db) == one_by_one
