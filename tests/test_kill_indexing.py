"""SIGKILL while near-duplicates are looked for: after resuming, the index is that of the stored articles."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from corpus_builder import Builder, Shot, entries_of, story
from crawling import collector, make_corpus, was_killed

from corpus.signatures import BANDS

pytestmark = pytest.mark.slow


def index_of(root: Path) -> list[list[tuple[object, ...]]]:
    queries = (
        "SELECT id, digest, site, shingles, signature, canonical FROM document",
        "SELECT * FROM twin",
        "SELECT * FROM dedup_state",
        "SELECT * FROM stale",
    )
    with closing(sqlite3.connect(root / "corpus.db")) as db:
        return [*(sorted(db.execute(query).fetchall()) for query in queries), sorted(entries_of(db))]


def write_dumps(folder: Path) -> Path:
    folder.mkdir()
    for number in range(9):
        # Three stories, each printed three times.
        text = f"{story(f'subject{number % 3}', 24)}\n\nPrinted as number {number} of all that were printed."
        (folder / f"{number}.txt").write_text(f"A headline for number {number}\n\n{text}\n", "utf-8")
    return folder


def test_an_ingest_killed_while_indexing_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    dumps = write_dumps(tmp_path / "in")
    undisturbed, disturbed = make_corpus(tmp_path / "a", {}), make_corpus(tmp_path / "b", {})
    assert collector("ingest", dumps, "--corpus", undisturbed).code == 0
    for moment in ("settle-before:3", "index-before:2", "index-after:1", "settle-after:4"):
        assert was_killed(collector("ingest", dumps, "--corpus", disturbed, kill_at=moment)), moment
    assert collector("ingest", dumps, "--corpus", disturbed).code == 0
    documents, pairs, _, stale, entries = index_of(disturbed)
    assert (len(documents), len(pairs), stale, len(entries)) == (9, 9, [], 9 * BANDS)
    assert index_of(disturbed) == index_of(undisturbed)


@pytest.mark.parametrize("moment", ["settle-after:1", "index-after:5"])
def test_a_rebuild_that_was_killed_is_finished_by_the_next_command(tmp_path: Path, moment: str) -> None:
    root = tmp_path / "corpus"
    with Builder.begin(root) as builder:
        for number in range(9):
            text = f"{story(f'subject{number % 3}', 24)}\n\nPrinted as number {number} of all that were printed."
            builder.take(Shot(url=f"https://post.example/{number}", text=text))
        builder.end(1)
    assert collector("dedup", "--rebuild", "--corpus", root).code == 0  # with the rules of the configuration
    before = index_of(root)
    assert was_killed(collector("dedup", "--rebuild", "--corpus", root, kill_at=moment))
    assert collector("dedup", "--corpus", root).code == 0
    assert index_of(root) == before
