"""What `collector search`, `kwic` and `frequency` print, for people and for programs."""

import json
from pathlib import Path

import pytest
from command_line import Call
from corpus_builder import Builder, Shot

from collector.cli.exits import Exit
from collector.cli.kwic import sides

POST = "https://post.example"


@pytest.fixture
def ferries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a corpus of three articles, which is also the folder that commands work on."""
    with Builder.begin(tmp_path) as builder:
        builder.take(
            Shot(url=f"{POST}/a", text="The slow\tferry sails.\n\nA ferry.", title="Ferry", published="2024-11-02")
        )
        builder.take(
            Shot(url=f"{POST}/b", text="東京のフェリー会議。", title="会議", language="ja", published="2025-01-05")
        )
        builder.take(
            Shot(url="https://ledger.example/c", text="قالت الوزيرة إن العبارة غرقت", title="c", language="ar")
        )
    monkeypatch.setenv("COLLECTOR_CORPUS", str(tmp_path))
    return tmp_path


def test_a_search_prints_tabs_when_piped_and_says_that_it_indexes(ferries: Path, call: Call) -> None:
    told = call("search", "ferry")
    heading, line = told.out.splitlines()
    assert heading.split("\t")[:4] == ["id", "published", "site", "language"]
    assert line.split("\t")[6:] == ["Ferry", f"{POST}/a", "The slow ferry sails. A ferry"]
    assert "brought up to date: 3 articles" in told.err
    assert "brought up to date" not in call("search", "ferry").err


def test_a_search_prints_json_with_times_as_the_publisher_has_them(ferries: Path, call: Call) -> None:
    found = json.loads(call("search", "会議", "--json").out)
    assert (found["title"], found["published"][:10], found["site"]) == ("会議", "2025-01-05", "post")


def test_a_search_says_what_is_left_out(ferries: Path, call: Call) -> None:
    told = call("search", "ferry OR 会議 OR العبارة", "--limit", 2)
    assert len(told.out.splitlines()) == 3
    assert "the first 2 of 3 articles" in told.err


def test_nothing_found_is_told_and_ends_with_its_own_code(ferries: Path, call: Call) -> None:
    for command in ("search", "kwic", "frequency"):
        assert call(command, "zeppelin").code == Exit.INCOMPLETE
    assert "no article says that" in call("kwic", "zeppelin").err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("search", "(ferry"), "cannot be understood: a parenthesis is not closed"),
        (("kwic", "ferry", "--site", "pots"), "there is no site 'pots'; did you mean 'post'?"),
        (("kwic", "ferry", "--csv", "--json"), "--csv, --tsv and --json are three forms"),
        (("frequency", "ferry", "--plot", "x.png"), "--plot writes .svg or .html, not 'x.png'"),
        (("search", "ferry", "--since", "2025-01-02", "--until", "2025-01-01"), "since must lie before until"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    ferries: Path, call: Call, words: tuple[str, ...], message: str
) -> None:
    told = call(*words)
    assert (told.code, message in told.err.replace("\n", " ")) == (2, True), told.err


def test_lines_are_printed_for_programs_without_tabs_in_a_field(ferries: Path, call: Call) -> None:
    told = call("kwic", "ferry", "--context", 1, "--tsv")
    assert [line.split("\t")[:3] for line in told.out.splitlines()] == [
        ["left", "keyword", "right"],
        ["", "Ferry", ""],
        ["slow", "ferry", "sails"],
        ["A", "ferry", ""],
    ]
    assert "3 hits in 1 article" in told.err
    assert call("kwic", "ferry", "--csv").out.splitlines()[1].startswith(",Ferry,,")


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_keywords_stand_below_each_other(ferries: Path, call: Call) -> None:
    lines = call("kwic", "ferry").out.splitlines()
    places = {lines[0].index("Ferry"), lines[1].index("ferry sails"), lines[2].rindex("ferry")}
    assert len(places) == 1, lines
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize(
    ("left", "keyword", "right", "fitted"),
    [
        ("the slow", "ferry", "sails", (" slow ", " sails")),
        ("slow", "ferry", "sails away", (" slow ", " sails aw")),
        ("東京の", "会議", "は", (" 京の ", " は")),
        ("", "ferry", "", ("      ", "")),
        ("قالت", "العبارة", "غرقت", (" \u2068قالت\u2069 ", " \u2068غرقت\u2069")),
    ],
)
def test_what_stands_around_a_keyword_is_fitted_by_columns(
    left: str, keyword: str, right: str, fitted: tuple[str, str]
) -> None:
    assert sides(left, keyword, right, 20) == fitted


def test_frequencies_are_printed_and_drawn(ferries: Path, call: Call, tmp_path: Path) -> None:
    told = call("frequency", "ferry", "会議", "--by", "year", "--plot", tmp_path / "plot.svg", "--json")
    rows = [json.loads(line) for line in told.out.splitlines()]
    assert [(row["period"], row["query"], row["hits"]) for row in rows] == [
        ("2024", "ferry", 3),
        ("2024", "会議", 0),
        ("2025", "ferry", 0),
        ("2025", "会議", 2),
    ]
    assert rows[0]["per_million"] == round(3e6 / rows[0]["words"], 2)
    assert "in 1 article without a date: 0 hits, 0 hits" in told.err
    drawn = (tmp_path / "plot.svg").read_text("utf-8")
    assert drawn.count("<polyline") == 2
    assert "<title>2024: 3</title>" in drawn


def test_a_page_of_frequencies_has_the_numbers_and_escapes_what_was_asked(
    ferries: Path, call: Call, tmp_path: Path
) -> None:
    call("frequency", "ferry OR <b>", "--by", "year", "--per-million", "--plot", tmp_path / "plot.html")
    page = (tmp_path / "plot.html").read_text("utf-8")
    assert "ferry OR &lt;b&gt;" in page
    assert "<b>" not in page
    assert "hits in a million words" in page


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_frequencies_are_a_table(ferries: Path, call: Call) -> None:
    lines = call("frequency", "ferry", "--by", "year").out.splitlines()
    assert lines[0].split() == ["year", "words", "ferry"]
    assert lines[1].split()[::2] == ["2024", "3"]
    assert "█" in lines[1]


def test_an_article_that_is_forgotten_is_in_no_index(ferries: Path, call: Call) -> None:
    call("search", "ferry")
    index = ferries / "search" / "index.db"
    assert b"sails" in index.read_bytes()
    assert call("forget", f"{POST}/a", "--yes").code == 0
    assert b"sails" not in index.read_bytes()
    told = call("search", "ferry")
    assert (told.code, "brought up to date" in told.err) == (Exit.INCOMPLETE, False)  # it was not made anew
    assert all(b"sails" not in file.read_bytes() for file in ferries.rglob("*") if file.is_file())
    assert call("search", "会議").code == 0
