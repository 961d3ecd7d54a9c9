"""Formats, profiles and splits of ``collector export``, and what becomes of the export before, as a shell sees them."""

import json
import shutil
from pathlib import Path

import pytest
import small_corpus
from command_line import Call

from collector.traces import find_traces
from corpus import open_corpus
from corpus.export import FORMATS, Format, Settings, export, verify
from corpus.folder import CorpusFolder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> CorpusFolder:
    return small_corpus.build(tmp_path_factory.mktemp("cli-formats") / "corpus")


@pytest.fixture
def folder(model: CorpusFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CorpusFolder:
    shutil.copytree(model.root, tmp_path / "corpus")
    monkeypatch.chdir(tmp_path / "corpus")
    return CorpusFolder(tmp_path / "corpus")


def test_every_format_and_profile_is_listed(call: Call) -> None:
    told = call("export", "--list-formats")
    assert told.code == 0
    for form, entry in FORMATS.items():
        assert any(line.startswith(f"{form.value} ") for line in told.out.splitlines())
        assert all(f"--profile {name}: " in told.out for name in entry.profiles)
    listed = json.loads(call("export", "--list-formats", "--json").out)
    assert set(listed) == {form.value for form in FORMATS}
    assert set(listed["jsonl"]["profiles"]) == {"datatrove", "dolma"}


@pytest.mark.parametrize(
    ("form", "profile", "holds"),
    [
        ("jsonl", "dolma", "documents/articles-00000.jsonl.gz"),
        ("parquet", "huggingface", "data/train-00000-of-00001.parquet"),
        ("text", "antconc", "articles.tsv"),
    ],
)
def test_a_profile_goes_to_a_folder_of_its_own(
    folder: CorpusFolder, call: Call, form: str, profile: str, holds: str
) -> None:
    told = call("export", "--format", form, "--profile", profile)
    assert (told.code, told.err) == (0, "")
    assert (folder.exports / f"{form}-{profile}" / holds).is_file()
    assert call("export", "--verify", folder.exports / f"{form}-{profile}").code == 0


def test_a_takedown_finds_every_export_that_names_the_article(folder: CorpusFolder) -> None:
    ways = [("jsonl", "datatrove"), ("jsonl", "dolma"), ("parquet", "huggingface"), ("text", "antconc")]
    with open_corpus(folder.root) as corpus:
        article = corpus.article("https://harbour-post.example/ferry")
        assert article is not None
        for form, profile in [*ways, *((form, None) for form in ("markdown", "spacy", "conllu", "vrt", "tei", "warc"))]:
            export(corpus, folder.exports / f"{form}-{profile}", Settings(format=Format(form), profile=profile))
    # By its id alone, or where there is none by its URL.
    found = {path.name for path in find_traces(folder, frozenset({article.id}))}
    assert found == {f"{form}-{profile}" for form, profile in ways} | {
        f"{form}-None" for form in ("markdown", "spacy", "conllu", "vrt", "tei")
    }
    assert {path.name for path in find_traces(folder, frozenset({article.id, article.url}))} == found | {"warc-None"}


def test_ctrl_c_is_answered(folder: CorpusFolder, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("collector.cli.export.verify_export", interrupted)
    assert call("export", "--verify", folder.root) == (130, "", "stopped; what was done is stored\n")


def test_splits_are_told(folder: CorpusFolder, call: Call) -> None:
    told = call("export", "--split", "train=0.6, validation=0.2,test=0.2")
    assert told.code == 0
    (line,) = [line for line in told.out.splitlines() if line.startswith("splits: ")]
    assert sum(int(word) for word in line.split() if word.isdigit()) == 39
    assert verify(folder.exports / "jsonl").manifest.splits.keys() == {"train", "validation", "test"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--split", "train"), "splits are given as train=0.98,validation=0.01,test=0.01: train"),
        (("--split", "train=0.5"), "must be above 0 and sum up to 1: train=0.5"),
        (("--profile", "nobody"), "JSON Lines has no profile called nobody; its profiles: datatrove, dolma"),
        (("--format", "markdown", "--split", "a=1"), "splits do not go with Markdown"),
    ],
)
def test_wrong_options_are_explained(folder: CorpusFolder, call: Call, options: tuple[str, ...], message: str) -> None:
    told = call("export", *options)
    assert told.code == 2
    assert message in " ".join(told.err.split())
    assert not folder.exports.exists()


def test_conditions_that_nothing_meets_leave_the_last_export(folder: CorpusFolder, call: Call) -> None:
    assert call("export").code == 0
    told = call("export", "--language", "xx")
    assert told.code == 4
    assert "left as it is, because no article meets the conditions; --force replaces it" in " ".join(told.err.split())
    assert verify(folder.exports / "jsonl").manifest.articles == 39
    assert call("export", "--language", "xx", "--force").code == 4
    assert verify(folder.exports / "jsonl").manifest.articles == 0


def test_pages_without_a_copy_are_told(folder: CorpusFolder, call: Call) -> None:
    next(folder.archive.iterdir()).unlink()
    told = call("export", "--format", "warc")
    assert told.code == 4
    assert "left out: 39 articles (the copy of the page cannot be read)" in told.err


def test_an_interrupted_export_goes_on_and_says_so(folder: CorpusFolder, call: Call) -> None:
    def interrupt(articles: int) -> None:
        if articles == 25:
            raise KeyboardInterrupt

    told = json.loads(call("export", "--shard-articles", "10", "--json").out)
    shutil.rmtree(folder.exports)
    with open_corpus(folder.root) as corpus, pytest.raises(KeyboardInterrupt):
        export(
            corpus,
            folder.exports / "jsonl",
            Settings(shard_articles=10),
            configuration=told["manifest"]["configuration"],
            progress=interrupt,
        )
    again = call("export", "--shard-articles", "10", "--json")
    assert again.err == "going on with the interrupted export: 20 articles are written already\n"
    assert json.loads(again.out) == told
