"""Outlines and templates in the database: written with the capture, found by site, and settled once."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus_builder import Builder, Shot, article, story

from corpus.errors import StoreError
from corpus.outlines import (
    Outlined,
    StoredTemplate,
    cleaned_otherwise,
    confirm_template,
    enter_outline,
    find_template,
    list_templates,
    mark_settled,
    newest_outlines,
    outlined_sites,
    read_outlines,
    store_template,
    trim_outline,
    whole_outlines,
)
from corpus.types import Part
from corpus.visits import Visit

POST = "https://post.example"


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    with Builder.begin(tmp_path / "corpus") as builder:
        yield builder


def visit(builder: Builder, path: str, *, hour: float = 0.0, lines: bytes = b"lines", part: int | None = None) -> Visit:
    shot = Shot(url=f"{POST}/{path}", text=story(f"{path} {hour}"), hour=hour)
    first = Part(first_url=f"{POST}/first", number=part) if part else None
    lease = builder.claim(shot.url, hour, part=first)
    fetch = builder.fetch(hour, payload=f"{path} {hour}".encode())
    return Visit(lease=lease, fetch=fetch, verdict=article(shot), cleaner="1+test", outlined=outlined(lines))


def outlined(lines: bytes = b"lines", *, cut: tuple[int, ...] = (), template: bytes = b"") -> Outlined:
    return Outlined(site="post", lines=lines, cut=cut, template=template)


def fetches(builder: Builder) -> dict[str, int]:
    return newest_outlines(builder.store.db, "post")


def test_an_outline_is_stored_with_its_capture_or_not_at_all(builder: Builder) -> None:
    builder.commit(visit(builder, "kept"))
    bad = visit(builder, "bad")
    builder.store.db.execute("CREATE TRIGGER fails BEFORE INSERT ON outline BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(StoreError):
        builder.commit(bad)
    assert list(fetches(builder)) == [f"{POST}/kept"]
    assert builder.store.db.execute("SELECT count(*) FROM capture").fetchone()[0] == 1


def test_a_url_counts_once_with_what_it_showed_last_whatever_came_first(builder: Builder) -> None:
    builder.commit(visit(builder, "a", hour=2, lines=b"new"))
    builder.commit(visit(builder, "a", hour=1, lines=b"old"))
    (fetch_id,) = fetches(builder).values()
    assert read_outlines(builder.store.db, [fetch_id]) == {fetch_id: b"new"}


def test_later_pages_of_a_split_article_are_not_counted(builder: Builder) -> None:
    builder.commit(visit(builder, "first"))
    builder.commit(visit(builder, "second", part=2))
    assert list(fetches(builder)) == [f"{POST}/first"]


def test_a_copy_of_a_payload_has_its_outline(builder: Builder) -> None:
    builder.commit(visit(builder, "a"))
    twin = builder.store.db.execute("SELECT fetch_id FROM capture").fetchone()[0]
    lease, fetch = builder.claim(f"{POST}/b"), builder.fetch(0.5, payload=b"a 0.0")
    builder.commit(Visit(lease=lease, fetch=fetch, copy_of=twin, cleaner="1+test"))
    assert sorted(fetches(builder)) == [f"{POST}/a", f"{POST}/b"]


def test_a_new_outline_takes_the_place_of_the_old_one(builder: Builder) -> None:
    builder.commit(visit(builder, "a"))
    (fetch_id,) = fetches(builder).values()
    with builder.store.transaction() as db:
        enter_outline(db, fetch_id, outlined(b"other"))
        assert read_outlines(db, [fetch_id, 999]) == {fetch_id: b"other"}
        enter_outline(db, fetch_id, None)
    assert fetches(builder) == {}


def test_a_site_is_unsettled_until_its_last_capture_was_considered(builder: Builder) -> None:
    db = builder.store.db
    builder.commit(visit(builder, "a"))
    ((site, newest),) = outlined_sites(db, unsettled=True)
    assert site == "post"
    store_template(db, site, articles=7, digest=b"12345678", body=b"body", now=5.0)
    assert outlined_sites(db, unsettled=True) == [(site, newest)]
    assert not known(db).settled
    mark_settled(db, site, newest)
    assert outlined_sites(db, unsettled=True) == []
    assert outlined_sites(db, unsettled=False) == [(site, newest)]
    assert known(db).settled
    builder.commit(visit(builder, "b"))
    assert outlined_sites(db, unsettled=True) == [(site, newest + 1)]


def test_a_template_is_replaced_as_a_whole_and_found_by_site(builder: Builder) -> None:
    db = builder.store.db
    assert find_template(db, "post") is None
    store_template(db, "post", articles=0, digest=b"", body=None, now=1.0)
    store_template(db, "post", articles=7, digest=b"12345678", body=b"body", now=5.0)
    assert (known(db).articles, known(db).learned_at, known(db).body) == (7, 5.0, b"body")
    assert list_templates(db) == [known(db)]


def test_captures_that_were_cleaned_with_another_template_are_found(builder: Builder) -> None:
    db = builder.store.db
    for path in "abc":
        builder.commit(visit(builder, path))
    one, two, three = fetches(builder).values()
    enter_outline(db, two, outlined(cut=(1, 300), template=b"now"))
    assert [(found.fetch_id, found.cut) for found in cleaned_otherwise(db, "post", b"now")] == [(one, ()), (three, ())]
    assert [(found.fetch_id, found.cut) for found in cleaned_otherwise(db, "post", b"")] == [(two, (1, 300))]
    confirm_template(db, [one], b"now")
    assert [found.fetch_id for found in cleaned_otherwise(db, "post", b"now")] == [three]
    assert list(cleaned_otherwise(db, "elsewhere", b"now")) == []


def test_an_outline_that_is_not_learned_from_is_trimmed_once(builder: Builder) -> None:
    db = builder.store.db
    for path in "ab":
        builder.commit(visit(builder, path, lines=path.encode()))
    one, two = fetches(builder).values()
    assert whole_outlines(db, "post", apart_from={one}, most=9) == {two: b"b"}
    assert whole_outlines(db, "post", apart_from=(), most=1) == {one: b"a"}
    trim_outline(db, two, b"less")
    assert whole_outlines(db, "post", apart_from={one}, most=9) == {}
    assert read_outlines(db, [two]) == {two: b"less"}


def known(db: sqlite3.Connection) -> StoredTemplate:
    template = find_template(db, "post")
    assert template is not None
    return template
