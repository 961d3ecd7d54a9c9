"""An export of what a query finds takes what the corpus says at its moment, whatever the search index knows then."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import small_corpus

from corpus import open_corpus
from corpus.articles import Selection
from corpus.export import CorpusSource, Filters, Settings, export, verify
from corpus.folder import CorpusFolder
from corpus.likeness import Keep
from corpus.search.index import bring_up_to_date, forget_index, index_file

HARBOUR, VALLEY = "https://harbour-post.example", "https://valley-ledger.example"
SETTINGS = Settings(shard_articles=5, filters=Filters(query="paragraph NOT walrus"), keep=Keep.ALL)
#: Of the 36 stories that say it, one is new, one begins to say it, and two no longer meet the query.
ARTICLES = 36


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def change(folder: CorpusFolder) -> None:
    """Store what an index of before does not know: a new article, and articles that say something else."""
    store = small_corpus.open_store(folder)
    run = small_corpus.begin_run(store)
    for number, (url, text) in enumerate(
        [
            (f"{HARBOUR}/new", "A paragraph that is new."),
            (f"{HARBOUR}/bridge", "The bridge has a paragraph now."),
            (f"{VALLEY}/story/1", "It says something else now."),
            (f"{VALLEY}/story/3", "Its paragraph is about a walrus."),
        ]
    ):
        page = small_corpus.printed(url, text, title="Changed", after_minutes=500 + number)
        small_corpus.commit(store, run, page, None)
    store.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> CorpusFolder:
    return small_corpus.build(tmp_path_factory.mktemp("query") / "corpus")


@pytest.fixture
def folder(built: CorpusFolder, tmp_path: Path) -> CorpusFolder:
    """Return a corpus before the change."""
    return CorpusFolder(shutil.copytree(built.root, tmp_path / "corpus"))


@pytest.fixture(scope="module")
def whole(built: CorpusFolder, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the files of the export that an index gives which was made after the change."""
    root = tmp_path_factory.mktemp("whole")
    folder = CorpusFolder(shutil.copytree(built.root, root / "corpus"))
    change(folder)
    with open_corpus(folder.root) as corpus:
        assert export(corpus, root / "export", SETTINGS).articles == ARTICLES
    return tree(root / "export")


def export_with_an_index_of_before(folder: CorpusFolder, to: Path, progress: Callable[[int], None]) -> None:
    """Export a corpus that changes between the index and the moment of the export."""
    with open_corpus(folder.root) as corpus:
        assert corpus.count(SETTINGS.filters.selection(SETTINGS.keep)) == ARTICLES  # now the index is laid open
        change(folder)
        export(corpus, to, SETTINGS, progress=progress)


def killed_at(article: int, folder: CorpusFolder, to: Path) -> None:
    child = os.fork()
    if child == 0:
        try:
            export_with_an_index_of_before(
                folder, to, lambda number: os.kill(os.getpid(), signal.SIGKILL) if number == article else None
            )
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


@pytest.mark.parametrize(
    ("article", "meanwhile"),
    [(12, "brought up to date"), (36, "brought up to date"), (12, "made anew"), (12, "as it was")],
)
def test_killed_while_the_index_was_out_of_date_it_ends_with_the_bytes_of_any_other(
    folder: CorpusFolder, tmp_path: Path, whole: dict[str, bytes], article: int, meanwhile: str
) -> None:
    killed_at(article, folder, tmp_path / "x")
    assert (tmp_path / ".x.partial").exists()
    if meanwhile == "made anew":
        forget_index(folder)
    if meanwhile != "as it was":
        bring_up_to_date(folder)
    said: list[str] = []
    with open_corpus(folder.root) as corpus:
        export(corpus, tmp_path / "x", SETTINGS, say=said.append)
    assert said[0].startswith("going on with the interrupted export: ")
    assert tree(tmp_path / "x") == whole


@pytest.mark.parametrize("article", [1, 6, 20, 36])
def test_interrupted_anywhere_it_ends_with_the_same_bytes(
    folder: CorpusFolder, tmp_path: Path, whole: dict[str, bytes], article: int
) -> None:

    def interrupt(number: int) -> None:
        if number == article:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_with_an_index_of_before(folder, tmp_path / "x", interrupt)
    with open_corpus(folder.root) as corpus:
        export(corpus, tmp_path / "x", SETTINGS)
    assert tree(tmp_path / "x") == whole


def test_an_index_that_knows_more_than_the_moment_gives_what_the_moment_says(
    folder: CorpusFolder, tmp_path: Path
) -> None:
    with open_corpus(folder.root) as corpus:
        export(corpus, tmp_path / "before", SETTINGS)

    class Late(CorpusSource):
        def state(self) -> str | None:
            state = super().state()  # the moment has begun
            change(folder)
            bring_up_to_date(folder)
            return state

    with open_corpus(folder.root) as corpus:
        export(Late(corpus), tmp_path / "x", SETTINGS)
    assert tree(tmp_path / "x") == tree(tmp_path / "before")
    assert not verify(tmp_path / "x").faults


@pytest.mark.parametrize("index", ["of before", "missing", "of now"])
@pytest.mark.parametrize("keep", Keep)
def test_a_selection_is_that_of_the_texts_whatever_the_index_knows(
    folder: CorpusFolder, index: str, keep: Keep
) -> None:
    if index == "of before":
        bring_up_to_date(folder)
    change(folder)
    if index == "of now":
        bring_up_to_date(folder)
    with open_corpus(folder.root) as corpus:
        corpus.query("BEGIN")
        selection = Selection(query='paragraph NOT (walrus OR "story 7")', keep=keep)
        said = {
            article.id
            for article in corpus.select(Selection(keep=keep))
            if "paragraph" in article.text.casefold()
            and "walrus" not in article.text
            and "Story number 7." not in article.text
            and "story 7," not in article.text
        }
        assert {article.id for article in corpus.select(selection)} == said
        assert corpus.count(selection) == len(said)
    assert index_file(folder).exists()
