"""What `collector quality` and `pii` print, and what exports do with signals, conditions and queries."""

import json
from pathlib import Path

import pytest
from command_line import Call
from corpus_builder import Builder, Shot, story

from corpus.signals.definitions import NAMES, SIGNALS

POST = "https://post.example"


@pytest.fixture
def corpus_of_three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a corpus of three articles, which is also the folder that commands work on."""
    with Builder.begin(tmp_path) as builder:
        builder.take(Shot(url=f"{POST}/long", text=story("ferry", 14), title="Long"))
        builder.take(Shot(url=f"{POST}/short", text="Mail a@example.org, or call (415) 673-5700.", title="Short"))
        builder.take(Shot(url="https://ledger.example/odia", text="ଏହା ଏକ ଲେଖା।", title="Odia", language="or"))
    monkeypatch.setenv("COLLECTOR_CORPUS", str(tmp_path))
    return tmp_path


def exported(root: Path) -> list[dict[str, object]]:
    files = sorted((root / "exports" / "jsonl" / "articles").iterdir())
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def test_quality_is_measured_once_and_its_spread_is_told(corpus_of_three: Path, call: Call) -> None:
    told = call("quality", "--signal", "words", "--tsv")
    heads = ("signal", "p1", "p5", "p25", "p50", "p75", "p95", "p99", "articles", "unknown")
    assert told.out.splitlines()[0] == "\t".join(heads)
    assert told.out.splitlines()[1].split("\t")[4] == "6.0"
    assert "quality is measured: 3 articles" in told.err
    assert "is measured" not in call("quality").err


def test_quality_is_told_by_language_as_json(corpus_of_three: Path, call: Call) -> None:
    rows = [json.loads(line) for line in call("quality", "--by", "language", "--json").out.splitlines()]
    assert {row["language"] for row in rows} == {"en", "or"}
    unknown = {row["language"]: row["unknown"] for row in rows if row["signal"] == "stop_words"}
    assert unknown == {"en": 0, "or": 1}


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_quality_is_a_table(corpus_of_three: Path, call: Call) -> None:
    lines = call("quality", "--by", "site", "--signal", "words").out.splitlines()
    assert lines[0].split() == ["signal", "p5", "p25", "p50", "p75", "p95", "unknown", "site"]
    assert [line.split()[-1] for line in lines[1:]] == ["ledger", "post"]


def test_signals_are_listed_with_their_meaning(corpus_of_three: Path, call: Call) -> None:
    rows = [json.loads(line) for line in call("quality", "--list", "--json").out.splitlines()]
    assert [row["signal"] for row in rows] == list(NAMES)
    assert {row["family"] for row in rows} == {one.family for one in SIGNALS}


def test_a_signal_that_there_is_not_is_refused_with_what_may_have_been_meant(corpus_of_three: Path, call: Call) -> None:
    told = call("quality", "--signal", "word")
    assert (told.code, "did you mean 'words'?" in told.err.replace("\n", " ")) == (2, True)


def test_an_export_chooses_by_quality_and_query_and_gives_signals(corpus_of_three: Path, call: Call) -> None:
    told = call("export", "--no-compress", "--quality", "words<=6", "--query", "mail OR ଲେଖା", "--with-signals")
    assert told.code == 0, told.err
    records = exported(corpus_of_three)
    assert sorted(str(one["title"]) for one in records) == ["Odia", "Short"]
    signals = records[0]["signals"]
    assert isinstance(signals, dict)
    assert list(signals) == list(NAMES)
    manifest = json.loads((corpus_of_three / "exports" / "jsonl" / "manifest.json").read_text("utf-8"))
    assert manifest["settings"]["filters"]["conditions"] == ["words<=6"]
    assert manifest["settings"]["filters"]["query"] == "mail OR ଲେଖା"
    assert manifest["fields"][-1]["name"] == "signals"


def test_signals_are_a_typed_column_in_parquet(corpus_of_three: Path, call: Call) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    assert call("export", "--format", "parquet", "--with-signals").code == 0
    table = parquet.read_table(corpus_of_three / "exports" / "parquet" / "articles")
    rows = {row["title"]: row["signals"] for row in table.to_pylist()}
    assert rows["Short"]["words"] == 6
    assert rows["Odia"]["stop_words"] is None


def test_formats_without_a_place_for_signals_refuse_them(corpus_of_three: Path, call: Call) -> None:
    told = call("export", "--format", "text", "--with-signals")
    assert (told.code, "has no place for them" in told.err.replace("\n", " ")) == (2, True)


def test_personal_data_is_counted_listed_and_masked(corpus_of_three: Path, call: Call) -> None:
    told = call("pii")
    assert told.out.splitlines()[:2] == ["kind\tpieces\tarticles", "EMAIL_ADDRESS\t1\t1"]
    assert "2 pieces of personal data in 3 articles" in told.err
    (piece,) = [
        json.loads(line) for line in call("pii", "--pieces", "--kind", "PHONE_NUMBER", "--json").out.splitlines()
    ]
    assert (piece["piece"], piece["place"]) == ("(415) 673-5700", "text")
    told = call("export", "--mask-pii", "--no-compress")
    assert "masked: 1 EMAIL_ADDRESS, 1 PHONE_NUMBER" in told.out
    assert "Mail <EMAIL_ADDRESS>, or call <PHONE_NUMBER>." in {one["text"] for one in exported(corpus_of_three)}
