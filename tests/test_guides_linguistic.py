"""The guides to spaCy and to Sketch Engine, every command and program as it stands there."""

import shlex
import shutil
from pathlib import Path

import pytest
import small_corpus
from guides import ROOT, blocks_of, run_guide

from corpus.folder import CorpusFolder

pytest.importorskip("spacy", reason="tokens need the extra nlp")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> CorpusFolder:
    return small_corpus.build(tmp_path_factory.mktemp("guides") / "corpus")


def crawl(built: CorpusFolder) -> str:
    return f"cp -r {shlex.quote(str(built.root))} mycorpus && cd mycorpus"


def test_the_guide_to_spacy_works_as_written(built: CorpusFolder, tmp_path: Path) -> None:
    printed = run_guide(ROOT / "docs" / "guides" / "spacy.md", tmp_path, instead={"crawl": crawl(built)})
    assert "Story " in printed
    assert "different ones; the most frequent: [('story " in printed
    assert printed.endswith("trained on 14 articles; evaluated on 1\nTrue\n")
    assert (tmp_path / "mycorpus" / "site-classifier" / "textcat").is_dir()


def test_the_guide_to_sketch_engine_works_as_written(built: CorpusFolder, tmp_path: Path) -> None:
    guide = ROOT / "docs" / "guides" / "sketch-engine.md"
    cwb = next(block.code for block in blocks_of(guide) if "cwb-encode.sh" in block.code and "cqp" in block.code)
    installed = shutil.which("cwb-encode") and shutil.which("cqp")
    printed = run_guide(guide, tmp_path, instead={"crawl": crawl(built), "cwb": cwb if installed else ":"})
    vertical = (tmp_path / "mycorpus" / "exports" / "vrt" / "articles" / "articles-00000.vrt").read_text("utf-8")
    tokens = sum(bool(line) and not line.startswith("<") for line in vertical.split("\n"))
    assert f"\n{tokens}\n" in printed
    assert ' year="2026"\n' in printed
