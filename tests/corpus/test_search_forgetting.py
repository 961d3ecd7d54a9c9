"""The search index forgets: nothing is left of what the corpus no longer says, and everything of what it says."""

import hashlib
import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from corpus_builder import Builder, Shot, story
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import open_corpus
from corpus.errors import StoreError
from corpus.folder import CorpusFolder
from corpus.search import forgetting
from corpus.search.finding import searching
from corpus.search.forgetting import forget_gone
from corpus.search.index import bring_up_to_date, forget_index, index_file

POST = "https://post.example"
ARTICLES = 12


def subject(number: int, version: int = 1) -> str:
    """Return a word that no other article has the beginning of, in letters."""
    digest = hashlib.sha256(f"{number} {version}".encode()).hexdigest()[:20]
    return digest.translate(str.maketrans("0123456789", "ghijklmnop"))


def shot(number: int, version: int = 1) -> Shot:
    word, hour = subject(number, version), number + 100 * version
    text = f"{story(word)} 東京で{word}会議。 Common words. {word} {word}."
    return Shot(url=f"{POST}/{number}", text=text, title=f"About {word}", hour=hour)


def withdraw(builder: Builder, number: int) -> None:
    with builder.store.transaction() as db:
        row = db.execute("SELECT article_id FROM alias WHERE url = ?", (f"{POST}/{number}",)).fetchone()
        for table in ("alias", "capture"):
            db.execute(f"DELETE FROM {table} WHERE article_id = ?", (row[0],))
        db.execute("DELETE FROM article WHERE id = ?", (row[0],))


@pytest.fixture
def folder(tmp_path: Path) -> CorpusFolder:
    """Return a corpus that lost article 3, whose index still has it and what article 5 said before."""
    with Builder.begin(tmp_path / "corpus") as builder:
        for number in range(ARTICLES):
            builder.take(shot(number))
        folder = CorpusFolder(tmp_path / "corpus")
        bring_up_to_date(folder)
        builder.take(shot(5, 2))
        bring_up_to_date(folder)
        builder.take(shot(7, 2))  # which the index does not know yet
        withdraw(builder, 3)
    return folder


def holding(folder: CorpusFolder, word: str) -> bool:
    """Tell whether a word stands in any file of the index, all but its first letters, which it may share."""
    return any(word[4:].encode() in path.read_bytes() for path in folder.search.iterdir())


def instances(folder: CorpusFolder) -> set[tuple[object, ...]]:
    """Return every word of the index with its article and place."""
    with closing(sqlite3.connect(index_file(folder))) as db:
        db.execute("CREATE VIRTUAL TABLE temp.instance USING fts5vocab (main, indexed, instance)")
        rows = db.execute("SELECT uid, term, col, offset FROM temp.instance LEFT JOIN doc ON doc.id = instance.doc")
        return set(rows)


def numbers(folder: CorpusFolder) -> tuple[object, ...]:
    """Return what BM25 weighs by."""
    with open_corpus(folder.root) as corpus:
        return tuple((one.id, one.words, one.score) for one in corpus.search("common OR 東京", most=99).matches)


GONE = (subject(3), subject(5, 1), subject(7, 1))
STAYS = (subject(0), subject(5, 2), subject(11))


def test_nothing_is_left_of_what_the_corpus_no_longer_says(folder: CorpusFolder) -> None:
    assert all(holding(folder, word) for word in (*GONE, *STAYS))
    inode = index_file(folder).stat().st_ino
    forget_gone(folder)
    assert not any(holding(folder, word) for word in GONE)
    assert all(holding(folder, word) for word in STAYS)
    assert not {word for _, word, _, _ in instances(folder) if str(word).startswith(GONE)}
    assert index_file(folder).stat().st_ino == inode  # it was not made anew


def test_what_stays_is_what_an_index_made_anew_has(folder: CorpusFolder) -> None:
    forget_gone(folder)
    assert bring_up_to_date(folder) == 1  # article 7
    kept, weights = instances(folder), numbers(folder)
    forget_index(folder)
    bring_up_to_date(folder)
    assert (instances(folder), sorted(map(str, numbers(folder)))) == (kept, sorted(map(str, weights)))
    assert None not in {uid for uid, *_ in kept}


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["take", "index", "withdraw", "forget"]), st.integers(0, 4)), max_size=10))
def test_whatever_came_before_forgetting_leaves_what_the_corpus_says(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as root, Builder.begin(Path(root)) as builder:
        folder, said, gone = CorpusFolder(Path(root)), dict[int, int](), set[str]()
        for turn, (step, number) in enumerate([("take", 0), *steps, ("index", 0), ("forget", 0)], start=1):
            if step == "take":
                gone |= {subject(number, said[number])} if number in said else set()
                builder.take(shot(number, turn))
                said[number] = turn
            elif step == "withdraw" and number in said:
                withdraw(builder, number)
                gone.add(subject(number, said.pop(number)))
            elif step == "index":
                bring_up_to_date(folder)
            elif step == "forget":
                forget_gone(folder)
                assert not folder.search.exists() or not any(holding(folder, word) for word in gone)
        kept = instances(folder)
        forget_index(folder)
        bring_up_to_date(folder)
        assert instances(folder) == kept


# -- where it dies, or cannot be done ---------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["optimize", "write_anew", "checkpoint", "_left"])
def test_killed_on_the_way_it_has_to_be_called_again_and_leaves_nothing(folder: CorpusFolder, where: str) -> None:
    child = os.fork()
    if child == 0:
        try:
            _die_at(where)
            forget_gone(folder)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    forget_gone(folder)
    assert not any(holding(folder, word) for word in GONE)
    assert all(holding(folder, word) for word in STAYS)


def _die_at(where: str) -> None:
    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def traced(statement: str) -> None:
        if where in statement:
            die()

    if hasattr(forgetting, where):
        setattr(forgetting, where, die)
        return
    real = sqlite3.connect

    def connect(*arguments: object, **more: object) -> sqlite3.Connection:
        db = real(*arguments, **more)  # type: ignore[call-overload]
        db.set_trace_callback(traced)
        return db  # type: ignore[no-any-return]

    sqlite3.connect = connect  # type: ignore[assignment]


def test_where_very_much_has_to_go_the_index_is_deleted(folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "_MOST", 3)
    before = index_file(folder).stat().st_ino
    forget_gone(folder)
    assert index_file(folder).stat().st_ino == before
    with closing(sqlite3.connect(index_file(folder))) as db, db:
        db.execute("DELETE FROM doc WHERE id IN (SELECT id FROM doc LIMIT 4)")
    forget_gone(folder)
    assert not folder.search.exists()


@pytest.mark.parametrize("what", ["a search under way", "damage", "other words", "no index"])
def test_where_it_cannot_be_done_the_index_is_deleted(
    folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(forgetting, "_BUSY_MS", 50)
    if what == "damage":
        index_file(folder).write_bytes(b"no database at all" * 500)
    elif what == "other words":
        with closing(sqlite3.connect(index_file(folder))) as db, db:
            db.execute("UPDATE state SET value = 'layout 0' WHERE name = 'made as'")
    elif what == "no index":
        shutil.rmtree(folder.search)
    if what == "a search under way":
        with searching(folder, refresh=False) as searcher:
            searcher.db.execute("SELECT count(*) FROM doc").fetchone()
            forget_gone(folder)
    else:
        forget_gone(folder)
    assert not folder.search.exists()


def test_what_is_left_all_the_same_is_noticed(folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(_: sqlite3.Connection, dead: list[int]) -> Iterator[tuple[int, str, str]]:
        for document in dead:
            yield document, "other", "words"

    monkeypatch.setattr(forgetting, "_words", wrong)
    forget_gone(folder)
    assert not folder.search.exists()


def test_an_index_that_cannot_be_deleted_is_told_of(folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(forgetting, "_MOST", 0)
    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(StoreError, match="delete it by hand"):
        forget_gone(folder)
