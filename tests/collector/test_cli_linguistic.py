"""``collector export`` to formats with tokens: what the command line says of them."""

import sys
from pathlib import Path

import pytest
from command_line import Call

from collector.cli.exits import Exit


@pytest.mark.parametrize("words", [("spacy",), ("conllu",), ("vrt",), ("tei", "--profile", "tokens")])
def test_without_spacy_the_command_says_how_to_get_it_and_writes_nothing(
    call: Call, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    told = call("export", "--to", tmp_path / "x", "--format", *words)
    assert told.code == Exit.USAGE
    assert "pip install 'news-corpus-collector[nlp]'" in told.err
    assert not (tmp_path / "x").exists()


def test_every_format_is_listed_with_a_line(call: Call) -> None:
    told = call("export", "--list-formats")
    assert told.code == Exit.OK
    for name in ("spacy", "conllu", "vrt", "tei"):
        assert name in told.out
