"""The guides to datasets, every command and program as it stands there."""

import shlex
from pathlib import Path

import pytest
import small_corpus
from guides import ROOT, Block, blocks_of, run_guide

from corpus.folder import CorpusFolder

pytest.importorskip("datasets")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> CorpusFolder:
    return small_corpus.build(tmp_path_factory.mktemp("guides") / "corpus")


def run(name: str, folder: Path, built: CorpusFolder) -> str:
    crawl = f"cp -r {shlex.quote(str(built.root))} mycorpus && cd mycorpus"
    guide = ROOT / "docs" / "guides" / f"{name}.md"
    return run_guide(guide, folder, instead={"crawl": crawl}, env={"HF_HOME": str(folder / "hf")})


def test_the_guide_to_hugging_face_works_as_written(built: CorpusFolder, tmp_path: Path) -> None:
    printed = run("hugging-face", tmp_path, built)
    assert "30 train, 4 validation, 5 test" in printed
    assert "train 30\nvalidation 4\ntest 5\n" in printed


def test_the_guide_to_fine_tuning_works_as_written(built: CorpusFolder, tmp_path: Path) -> None:
    pytest.importorskip("tokenizers")
    printed = run("fine-tuning", tmp_path, built)
    assert "{'train': 30, 'validation': 4, 'test': 5}" in printed
    assert "blocks of 64" in printed
    assert (tmp_path / "mycorpus" / "headlines-train.jsonl").read_text("utf-8").count("\n") > 10


# -- the runner -------------------------------------------------------------------------------------------------------


def guide_of(folder: Path, text: str) -> Path:
    guide = folder / "guide.md"
    guide.write_text(text, "utf-8")
    return guide


def test_a_block_that_fails_fails_the_guide(tmp_path: Path) -> None:
    guide = guide_of(tmp_path, "```sh\necho one\n```\n\n```sh\nfalse\necho two\n```\n")
    with pytest.raises(AssertionError, match="one"):
        run_guide(guide, tmp_path)


@pytest.mark.parametrize(("said", "fine"), [("a … c\nd", True), ("d", True), ("d\na b c", False), ("a b", False)])
def test_what_a_guide_says_is_printed_is_compared(tmp_path: Path, said: str, fine: bool) -> None:
    text = f"```sh\nprintf 'a b c\\nd\\n'\n```\n\n<!-- test: output -->\n```text\n{said}\n```\n"
    if fine:
        assert run_guide(guide_of(tmp_path, text), tmp_path) == "a b c\nd\n"
    else:
        with pytest.raises(AssertionError, match="line 6"):
            run_guide(guide_of(tmp_path, text), tmp_path)


def test_blocks_know_their_marker_and_their_line(tmp_path: Path) -> None:
    guide = guide_of(tmp_path, "# A\n\n<!-- test: file a/b -->\n```toml\nx = 1\n```\n\n```python\nprint(1)\n```\n")
    assert blocks_of(guide) == [
        Block(language="toml", code="x = 1\n", marker="file a/b", line=4),
        Block(language="python", code="print(1)\n", marker="", line=8),
    ]
    assert run_guide(guide, tmp_path) == "1\n"
    assert (tmp_path / "a" / "b").read_text() == "x = 1\n"
