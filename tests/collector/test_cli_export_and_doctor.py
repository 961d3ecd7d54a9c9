"""``collector export`` and ``collector doctor`` as a shell sees them: output and exit codes."""

import json
import shutil
import sys
from pathlib import Path

import pytest
import small_corpus

import collector.cli.doctor
import collector.cli.export  # noqa: F401 - registers the command
from collector.cli.app import run
from corpus.export import verify
from corpus.folder import CorpusFolder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> CorpusFolder:
    return small_corpus.build(tmp_path_factory.mktemp("cli") / "corpus")


@pytest.fixture
def folder(model: CorpusFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CorpusFolder:
    shutil.copytree(model.root, tmp_path / "corpus")
    monkeypatch.chdir(tmp_path / "corpus")
    return CorpusFolder(tmp_path / "corpus")


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Return a function that runs a command line and returns exit code, standard output and standard error."""

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["collector", *words])
        code = run()
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.mark.parametrize("form", ["jsonl", "parquet", "text"])
def test_an_export_goes_to_a_folder_named_after_its_format(folder: CorpusFolder, call, form: str) -> None:
    code, out, _ = call("export", "--format", form)
    assert code == 0
    assert out.startswith("39 articles (15 en, 12 hi, 12 or), ")
    assert str(folder.exports / form) in out.replace("\n", "")
    assert verify(folder.exports / form).manifest.articles == 39


def test_an_export_takes_its_conditions_from_options(folder: CorpusFolder, call, tmp_path: Path) -> None:
    options = ("--site", "harbour-post", "--language", "en", "--language", "or", "--since", "2026-10-10")
    code, out, _ = call(
        "export", *options, "--until", "2026-11-01", "--to", str(tmp_path / "mine"), "--no-compress",
        "--shard-articles", "3", "--json",
    )  # fmt: skip
    assert code == 0
    told = json.loads(out)["manifest"]
    assert told == json.loads(json.dumps(told))
    assert told["settings"] == {
        "compress": False,
        "shard_articles": 3,
        "filters": {
            "sites": ["harbour-post"],
            "languages": ["en", "or"],
            "since": "2026-10-10",
            "until": "2026-11-01",
        },
        "keep": "canonical",
        "cut_paragraphs": None,
    }
    assert told["configuration"]["collector"]["contact"] == "https://example.org/our-crawler"
    assert told["articles"] == sum(file["articles"] for file in told["files"]) > 0
    assert {file["file"] for file in told["files"]} <= {f"articles/articles-{n:05d}.jsonl" for n in range(5)}


def test_an_export_of_nothing_has_an_exit_code_of_its_own(folder: CorpusFolder, call) -> None:
    code, out, _ = call("export", "--language", "xx")
    assert (code, out.splitlines()[0]) == (4, "0 articles (none met the conditions), 0.0 MB")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--site", "nowhere"), "nothing of a site called nowhere; its sites: harbour-post, valley-ledger"),
        (("--since", "2026-05-02", "--until", "2026-05-01"), "since must lie before until"),
        (("--format", "text", "--shard-articles", "5"), "shard_articles does not go with plain text"),
        (("--format", "text", "--no-compress"), "plain text leaves no choice of compression"),
        (("--language", "English"), "--language 'English': give the ISO 639 code"),
        (("--format", "nope"), "Invalid value for '--format' / '-f': 'nope' is not one of 'jsonl'"),
        (("--to", ".", "--force"), "an export needs a folder of its own"),
    ],
)
def test_wrong_options_are_explained(folder: CorpusFolder, call, options: tuple[str, ...], message: str) -> None:
    code, _, err = call("export", *options)
    assert code == 2
    assert message in " ".join(err.split())
    assert not folder.exports.exists()


def test_a_folder_of_somebody_elses_is_replaced_only_by_force(folder: CorpusFolder, call, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")
    code, _, err = call("export", "--to", str(tmp_path / "mine"))
    assert code == 2
    assert "--force" in err
    assert call("export", "--to", str(tmp_path / "mine"), "--force")[0] == 0


def test_an_export_is_verified(folder: CorpusFolder, call) -> None:
    call("export", "--no-compress")
    code, out, _ = call("export", "--verify", "exports/jsonl")
    assert (code, out) == (0, "all as it was exported: 39 articles, files: 1\n")
    with (folder.exports / "jsonl" / "articles" / "articles-00000.jsonl").open("a") as file:
        file.write("{}\n")
    code, _, err = call("export", "--verify", "exports/jsonl")
    assert code == 3
    assert "articles/articles-00000.jsonl: has" in err
    code, out, _ = call("export", "--verify", "exports/jsonl", "--json")
    assert (code, len(json.loads(out)["faults"])) == (3, 1)
    assert call("export", "--verify", "exports")[0] == 3


def test_a_healthy_corpus_has_exit_code_0(folder: CorpusFolder, call) -> None:
    code, out, err = call("doctor")
    assert (code, out.splitlines()[-1], err) == (0, "healthy", "")
    code, out, _ = call("doctor", "--quick", "--json")
    assert (code, json.loads(out)["healthy"]) == (0, True)


def test_problems_that_remain_have_exit_code_3(folder: CorpusFolder, call) -> None:
    next(folder.archive.iterdir()).unlink()
    code, out, err = call("doctor", "--repair")
    assert code == 3
    assert " problem  1 file missing that the database names" in out
    assert err == "problems that remain: 1\n"
    code, out, _ = call("doctor", "--json")
    assert code == 3
    (problem,) = [finding for finding in json.loads(out)["findings"] if finding["severity"] == "problem"]
    assert problem["check"] == "archive-files"


def test_what_was_repaired_is_no_problem_any_more(folder: CorpusFolder, call) -> None:
    store = small_corpus.open_store(folder)
    store.db.execute("UPDATE article SET capture_id = 9999")
    store.close()
    assert call("doctor")[0] == 3
    code, out, _ = call("doctor", "--repair")
    assert (code, out.splitlines()[-1]) == (0, "healthy")
    assert "repaired  39 articles with a capture" in out
    assert call("doctor")[0] == 0


def test_notes_alone_are_healthy(folder: CorpusFolder, call) -> None:
    folder.config.write_text(small_corpus.CONFIG.replace("contact", "# contact"), "utf-8")
    code, out, _ = call("doctor", "--quick")
    assert (code, out.splitlines()[-1]) == (0, "healthy")
    assert "note  collector.contact is not set" in out


def test_a_folder_that_is_no_corpus_has_exit_code_2(tmp_path: Path, call) -> None:
    for command in ("doctor", "export"):
        code, _, err = call(command, "--corpus", str(tmp_path))
        assert code == 2
        assert "collector init" in err
