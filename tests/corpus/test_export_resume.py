"""An export that was interrupted goes on behind its last finished shard, with the same bytes; or it says why not."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import small_corpus

from corpus import Corpus, open_corpus
from corpus.errors import CorpusBusyError
from corpus.export import CorpusSource, Filters, Format, Settings, export, verify
from corpus.export.journal import JOURNAL_NAME
from corpus.export.records import Record
from corpus.folder import CorpusFolder

ROOT = Path(__file__).parents[2]
ARTICLES = 39
SPLITS = (("train", 0.7), ("validation", 0.2), ("test", 0.1))
#: Every way to write shards, and the shards of 39 articles.
WAYS = {
    "jsonl": Settings(shard_articles=10),
    "dolma": Settings(profile="dolma", shard_articles=10),
    "split": Settings(shard_articles=5, splits=SPLITS),
    "parquet": Settings(format=Format.PARQUET, shard_articles=10),
    "huggingface": Settings(format=Format.PARQUET, profile="huggingface", shard_articles=5, splits=SPLITS),
    "warc": Settings(format=Format.WARC, shard_articles=10),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> CorpusFolder:
    return small_corpus.build(tmp_path_factory.mktemp("resume") / "corpus")


@pytest.fixture
def corpus(built: CorpusFolder) -> Iterator[Corpus]:
    with open_corpus(built.root) as opened:
        yield opened


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def interrupt_at(article: int) -> Callable[[int], None]:
    def progress(articles: int) -> None:
        if articles == article:
            raise KeyboardInterrupt

    return progress


def interrupted(corpus: Corpus, to: Path, settings: Settings, article: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        export(corpus, to, settings, progress=interrupt_at(article))


class Counting(CorpusSource):
    """A corpus that counts the records that are asked of it."""

    given = 0

    def records(self, settings: Settings, *, after: str | None = None) -> Iterator[Record]:
        for record in super().records(settings, after=after):
            self.given += 1
            yield record


# -- the same bytes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_an_export_that_is_interrupted_again_and_again_ends_with_the_same_bytes(
    corpus: Corpus, tmp_path: Path, way: str
) -> None:
    export(corpus, tmp_path / "whole", WAYS[way])
    for article in (12, 25, 38):
        interrupted(corpus, tmp_path / "x", WAYS[way], article)
        assert not (tmp_path / "x").exists()
    said: list[str] = []
    export(corpus, tmp_path / "x", WAYS[way], say=said.append)
    assert tree(tmp_path / "x") == tree(tmp_path / "whole")
    assert len(said) == 1
    assert said[0].startswith("going on with the interrupted export: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["whole", "x"]


@pytest.mark.parametrize(("article", "reads"), [(10, 39), (11, 29), (30, 19), (31, 9), (39, 9)])
def test_only_what_is_in_no_finished_shard_is_read_again(
    corpus: Corpus, tmp_path: Path, article: int, reads: int
) -> None:
    # A shard is finished when the first article behind it comes.
    interrupted(corpus, tmp_path / "x", WAYS["jsonl"], article)
    source, seen = Counting(corpus), list[int]()
    export(source, tmp_path / "x", WAYS["jsonl"], progress=seen.append)
    assert source.given == reads
    assert seen == list(range(ARTICLES - reads + 1, ARTICLES + 1))


@pytest.mark.parametrize(
    ("way", "where", "goes_on"),
    [
        ("jsonl", "fsync 2", False),  # the first shard is written, and not yet in the journal
        ("huggingface", "manifest", True),
    ],
)
def test_an_export_that_is_killed_goes_on(corpus: Corpus, tmp_path: Path, way: str, where: str, goes_on: bool) -> None:
    export(corpus, tmp_path / "whole", WAYS[way])
    ended = subprocess.run(
        [sys.executable, "-c", _KILLED, str(corpus.folder.root), str(tmp_path / "x"), way, where],
        env={"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)))},
        check=False,
        timeout=60,
    )
    assert ended.returncode == -signal.SIGKILL
    said: list[str] = []
    export(corpus, tmp_path / "x", WAYS[way], say=said.append)
    assert tree(tmp_path / "x") == tree(tmp_path / "whole")
    assert bool(said) == goes_on


_KILLED = """
import os, pathlib, signal, sys
from test_export_resume import WAYS
from corpus import open_corpus
from corpus.export import export, exporter

root, to, way, where = sys.argv[1:]
calls = 0

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def fsync(descriptor, real=os.fsync):
    global calls
    calls += 1
    real(descriptor)
    if f"fsync {calls}" == where:
        die()

os.fsync = fsync
if where == "manifest":
    exporter.Manifest = die
with open_corpus(root) as corpus:
    export(corpus, pathlib.Path(to), WAYS[way], progress=lambda n: f"article {n}" == where and die())
"""


# -- anew -------------------------------------------------------------------------------------------------------------


def changed(settings: Settings) -> Settings:
    return Settings(format=settings.format, shard_articles=settings.shard_articles, filters=Filters(languages=("en",)))


def test_with_other_settings_an_export_begins_anew_and_says_so(corpus: Corpus, tmp_path: Path) -> None:
    interrupted(corpus, tmp_path / "x", WAYS["jsonl"], 25)
    said: list[str] = []
    manifest = export(corpus, tmp_path / "x", changed(WAYS["jsonl"]), say=said.append)
    assert manifest.articles == 15
    assert said == ["an interrupted export begins anew: the corpus, the settings or the software changed since"]
    assert not verify(tmp_path / "x").faults


def test_when_the_corpus_changed_meanwhile_an_export_begins_anew_and_says_so(tmp_path: Path) -> None:
    folder = small_corpus.build(tmp_path / "corpus")
    with open_corpus(folder.root) as corpus:
        interrupted(corpus, tmp_path / "x", WAYS["jsonl"], 25)
    store = small_corpus.open_store(folder)
    page = small_corpus.printed("https://harbour-post.example/new", "News of the moment.")
    small_corpus.commit(store, small_corpus.begin_run(store), page, None)
    store.close()
    said: list[str] = []
    with open_corpus(folder.root) as corpus:
        manifest = export(corpus, tmp_path / "x", WAYS["jsonl"], say=said.append)
        export(corpus, tmp_path / "y", WAYS["jsonl"])
    assert manifest.articles == ARTICLES + 1
    assert [sentence.split(":")[0] for sentence in said] == ["an interrupted export begins anew"]
    assert tree(tmp_path / "x") == tree(tmp_path / "y")


def test_looking_at_a_corpus_does_not_change_it(built: CorpusFolder, tmp_path: Path) -> None:
    with open_corpus(built.root) as corpus:
        interrupted(corpus, tmp_path / "x", WAYS["jsonl"], 25)
    with open_corpus(built.root) as corpus:
        list(corpus.articles())
    said: list[str] = []
    with open_corpus(built.root) as corpus:
        export(corpus, tmp_path / "x", WAYS["jsonl"], say=said.append)
    assert said == ["going on with the interrupted export: 20 articles are written already"]


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda partial: (partial / JOURNAL_NAME).write_text("{"), "its journal cannot be read"),
        (lambda partial: (partial / JOURNAL_NAME).write_text("[]"), "its journal is damaged"),
        (lambda partial: (partial / "articles" / "articles-00001.jsonl.zst").unlink(), "is not as it was written"),
        (lambda partial: (partial / "articles" / "articles-00000.jsonl.zst").write_text("x"), "is not as it was"),
    ],
)
def test_what_was_harmed_meanwhile_is_not_gone_on_with(
    corpus: Corpus, tmp_path: Path, harm: Callable[[Path], None], why: str
) -> None:
    interrupted(corpus, tmp_path / "x", WAYS["jsonl"], 25)
    harm(tmp_path / ".x.partial")
    said: list[str] = []
    export(corpus, tmp_path / "x", WAYS["jsonl"], say=said.append)
    assert len(said) == 1
    assert why in said[0]
    assert verify(tmp_path / "x").manifest.articles == ARTICLES
    assert not verify(tmp_path / "x").faults


def test_nothing_is_kept_of_an_export_without_a_finished_shard(corpus: Corpus, tmp_path: Path) -> None:
    interrupted(corpus, tmp_path / "x", WAYS["jsonl"], 10)
    assert list(tmp_path.iterdir()) == []


def test_what_an_interrupted_export_left_cannot_be_taken_for_an_export(corpus: Corpus, tmp_path: Path) -> None:
    interrupted(corpus, tmp_path / "x", WAYS["jsonl"], 25)
    assert [path.name for path in tmp_path.iterdir()] == [".x.partial"]
    assert not (tmp_path / ".x.partial" / "manifest.json").exists()


def test_strange_files_in_what_is_gone_on_with_are_swept_out(corpus: Corpus, tmp_path: Path) -> None:
    interrupted(corpus, tmp_path / "x", WAYS["jsonl"], 25)
    deep = tmp_path / ".x.partial" / "more" / "deeper"
    deep.mkdir(parents=True)
    (deep / "file").write_text("x")
    export(corpus, tmp_path / "x", WAYS["jsonl"])
    assert not verify(tmp_path / "x").faults
    assert not (tmp_path / "x" / "more").exists()


def test_a_corpus_that_changes_while_an_export_begins_cannot_be_gone_on_with(
    built: CorpusFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(built.root, tmp_path / "corpus")
    with open_corpus(tmp_path / "corpus") as corpus:
        source = CorpusSource(corpus)
        assert source.state() == source.state() is not None
        states = iter(["one", "two"])
        monkeypatch.setattr(source, "_files", lambda: next(states))
        assert source.state() is None


def test_two_exports_to_one_folder_do_not_take_each_others_shards(built: CorpusFolder, tmp_path: Path) -> None:
    def export_too(articles: int) -> None:
        if articles == 25:
            with open_corpus(built.root) as other, pytest.raises(CorpusBusyError):
                export(other, tmp_path / "x", WAYS["jsonl"])

    with open_corpus(built.root) as corpus:
        export(corpus, tmp_path / "x", WAYS["jsonl"], progress=export_too)
    assert not verify(tmp_path / "x").faults


def test_a_takedown_has_to_wait_until_the_export_is_in_its_place(corpus: Corpus, tmp_path: Path) -> None:
    class Watched(CorpusSource):
        @contextmanager
        def moment(self) -> Iterator[None]:
            with super().moment():
                yield
                assert verify(tmp_path / "x").manifest.articles == ARTICLES  # nobody can wipe the database yet

    export(Watched(corpus), tmp_path / "x")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
