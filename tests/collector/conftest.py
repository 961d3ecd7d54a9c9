"""What the tests of the command line share: a way to call it, and a corpus to read."""

import sys
from pathlib import Path

import pytest
from command_line import Call, Told, fill
from corpus_builder import Builder

from collector.cli import register
from collector.cli.app import out, run


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a function that runs a command line as a shell would, piped."""

    def call(*words: object) -> Told:
        arguments = [str(word) for word in words]
        register(arguments)
        monkeypatch.setattr(sys, "argv", ["collector", *arguments])
        code = run()
        return Told(code, *capsys.readouterr())

    return call


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let standard output be a terminal of 80 columns without colours."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setattr(out, "_width", 80)


@pytest.fixture(scope="session")
def _reading_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("reading") / "corpus"
    with Builder.begin(root) as builder:
        fill(builder)
    return root


@pytest.fixture
def corpus(_reading_corpus: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small corpus, which is also the folder that commands work on; nothing writes to it."""
    monkeypatch.setenv("COLLECTOR_CORPUS", str(_reading_corpus))
    return _reading_corpus
