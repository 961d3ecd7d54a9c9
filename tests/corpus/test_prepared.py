"""What a cleaning process prepares is stored as the store itself would have made it."""

import sqlite3
from pathlib import Path

import pytest
from corpus_builder import CLEANER, Builder, Shot, article, story

from corpus.prepared import prepare
from corpus.shingles import shingle
from corpus.signatures import sign
from corpus.types import Cut, Part, Reason, Removal
from corpus.urls import canonicalise
from corpus.visits import Visit

CUTS = (Cut(text="Subscribe to our newsletter", rule="boilerplate", score=0.97),)
SHOTS = (
    Shot(url="https://post.example/1", text=story("river", 20), title="The river", cuts=CUTS),
    Shot(url="https://post.example/2?utm_source=a", text=story("river", 20) + " Printed again.", title="The river"),
    Shot(
        url="https://post.example/3", text="“Fünf” Wörter, und noch zwei.", canonical="no URL", published="2026-11-22"
    ),
    Shot(url="https://ledger.example/4", text="東京で会議が開かれた。" * 9, language="ja"),
    Shot(url="https://ledger.example/5", text="…", title="Nothing that is a word"),
    Shot(url="https://post.example/6/1", text=story("bridge", 12)),
    Shot(url="https://post.example/6/2", text=story("tunnel", 12), part=("https://post.example/6/1", 2)),
)


def take(builder: Builder, shot: Shot, *, prepared: bool) -> str:
    part = Part(first_url=canonicalise(shot.part[0]), number=shot.part[1]) if shot.part else None
    lease = builder.claim(shot.url, part=part)
    verdict = article(shot)
    return builder.commit(
        Visit(
            lease=lease,
            fetch=builder.fetch(0.0, payload=shot.url.encode()),
            verdict=verdict,
            cleaner=CLEANER,
            prepared=prepare(verdict, url_key=lease.url) if prepared else None,
        )
    )


def tables(db: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    names = ("capture", "text", "document", "twin", "article", "alias")
    return [sorted(map(tuple, db.execute(f"SELECT * FROM {name}").fetchall()), key=repr) for name in names]


def test_a_prepared_verdict_is_stored_as_any_other(tmp_path: Path) -> None:
    with Builder.begin(tmp_path / "a") as plain, Builder.begin(tmp_path / "b") as prepared:
        outcomes = [take(plain, shot, prepared=False) for shot in SHOTS]
        assert [take(prepared, shot, prepared=True) for shot in SHOTS] == outcomes
        assert tables(prepared.store.db) == tables(plain.store.db)
        assert prepared.store.db.execute("SELECT count(*) FROM twin").fetchone()[0] == 1


def test_a_prepared_removal_is_stored_as_any_other(tmp_path: Path) -> None:
    removal = Removal(url="https://post.example/7", reason=Reason.TOO_SHORT, evidence="3 words < 50", cuts=CUTS)
    with Builder.begin(tmp_path / "a") as plain, Builder.begin(tmp_path / "b") as prepared:
        for builder in (plain, prepared):
            lease, fetch = builder.claim(removal.url), builder.fetch(0.0, payload=b"x")
            made = prepare(removal, url_key=lease.url) if builder is prepared else None
            builder.commit(Visit(lease=lease, fetch=fetch, verdict=removal, cleaner=CLEANER, prepared=made))
        assert tables(prepared.store.db) == tables(plain.store.db)


def test_what_was_forgotten_stays_so_however_it_was_prepared(tmp_path: Path) -> None:
    with Builder.begin(tmp_path) as builder:
        with builder.store.transaction() as db:
            takedown = db.execute(
                "INSERT INTO takedown (target, asked_at, articles, urls, records) VALUES ('x', 0, '[]', 0, 0)"
            ).lastrowid
            db.execute("INSERT INTO tombstone (kind, key, takedown) VALUES ('url', ?, ?)", (SHOTS[0].url, takedown))
        assert take(builder, SHOTS[0], prepared=True) == "removed/forgotten"
        stored = [row for table in tables(builder.store.db) for row in table]
        assert "riverfolk" not in repr(stored)


@pytest.mark.parametrize(("text", "shingles"), [("one two three four five six", 2), ("…", 0)])
def test_an_article_is_prepared_with_shingles_and_signature_where_it_has_words(text: str, shingles: int) -> None:
    made = prepare(article(Shot(url="https://post.example/1", text=text)), url_key="https://post.example/1")
    assert (0 if made.shingles is None else len(made.shingles)) == shingles
    assert made.signature == (sign(shingle(text)) if shingles else None)
