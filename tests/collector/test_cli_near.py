"""``collector dedup``, ``twins`` and ``versions``, and what ``export`` and ``stats`` tell of near-duplicates."""

import json
from pathlib import Path

import pytest
from command_line import Call
from corpus_builder import CONFIG, Builder, Shot, story

FERRY = story("ferry", 14)
POST, LEDGER = "https://post.example/ferry", "https://ledger.example/ferry"
APPEAL = "Support our journalism: become a member of the Harbour Fund today."


@pytest.fixture
def near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a corpus of two sites that print one story, which one of them changed; work on it."""
    root = tmp_path / "corpus"
    with Builder.begin(root, config=f"{CONFIG}\n[dedup]\nparagraph_stories = 2\nparagraph_sites = 2\n") as builder:
        for shot in (
            Shot(url=POST, text=FERRY, title="In praise of the [slow] ferry", published="2024-11-12", payload="1"),
            Shot(url=f"{POST}/print", text=FERRY, payload="1", hour=1),
            Shot(url=POST, text=f"{FERRY}\n\nIt was late.", title="The ferry", published="2024-11-12", hour=5),
            Shot(url=LEDGER, text=f"CUTTACK (Reuters) - {FERRY}\n\n{APPEAL}", title="Ferry praised", hour=1),
            Shot(url="https://post.example/dolphins", text=f"{story('dolphin', 14)}\n\n{APPEAL}", title="Dolphins"),
        ):
            builder.take(shot)
        builder.end(6)
    monkeypatch.setenv("COLLECTOR_CORPUS", str(root))
    return root


def configure(root: Path, setting: str) -> None:
    file = root / "collector.toml"
    file.write_text(f"{CONFIG}\n[dedup]\n{setting}\n", "utf-8")


# -- twins ------------------------------------------------------------------------------------------------------------


def test_twins_are_listed_with_verdicts_and_scores(near: Path, call: Call) -> None:
    told = call("twins", POST)
    assert told.code == 0
    rows = [line.split() for line in told.out.splitlines()[3:]]
    assert [(row[0], row[-1]) for row in rows] == [
        ("verdict", "URL"),
        ("same", f"{POST}/print"),
        ("copy", LEDGER),
    ]
    assert "[slow]" not in told.out  # the newest headline
    assert "(canonical)" in told.out.splitlines()[1]


def test_a_copy_names_its_canonical_article(near: Path, call: Call) -> None:
    told = json.loads(call("twins", LEDGER, "--json").out)
    assert not told["canonical"]
    (twin,) = told["twins"]
    assert (twin["id"], twin["likeness"], twin["canonical"]) == (told["cluster"], "copy", True)
    assert 0.5 < twin["resemblance"] <= twin["containment"] <= 1
    by_id = json.loads(call("twins", told["id"][:8], "--json").out)
    assert by_id == told


def test_an_article_without_twins_says_so(near: Path, call: Call) -> None:
    told = call("twins", "https://post.example/dolphins")
    assert told.code == 4
    assert "no other article resembles it" in told.out


@pytest.mark.parametrize("command", ["twins", "versions"])
def test_a_url_that_is_unknown_gets_a_hint(near: Path, call: Call, command: str) -> None:
    told = call(command, f"{POST}s")
    assert told.code == 2
    assert f"did you mean '{POST}'" in told.err.replace("\n", " ")


@pytest.mark.parametrize("command", ["twins", "versions"])
def test_a_page_that_is_no_article_says_what_it_is(corpus: Path, call: Call, command: str) -> None:
    told = call(command, "https://post.example/short")
    assert told.code == 2
    assert "removed/too-short" in told.err


# -- versions ---------------------------------------------------------------------------------------------------------


def test_versions_have_both_dates(near: Path, call: Call) -> None:
    told = call("versions", POST)
    assert told.code == 0
    heading, first, second = told.out.splitlines()
    assert "fetched (UTC)" in heading
    assert first.split()[:4] == ["1", "2024-11-14", "06:00", "2024-11-12"]
    assert second.split()[:4] == ["2", "2024-11-14", "11:00", "2024-11-12"]
    assert "-0 +1" in second


def test_a_diff_shows_what_went_and_what_came(near: Path, call: Call) -> None:
    told = call("versions", POST, "--diff")
    assert "version 1: In praise of the [slow] ferry" in told.out
    assert "fetched 2024-11-14 11:00 UTC, published 2024-11-12" in told.out
    assert [line for line in told.out.splitlines() if line[:2] in {"+ ", "- "}] == ["+ It was late."]


def test_versions_as_json_hold_texts_and_changes(near: Path, call: Call) -> None:
    first, second = json.loads(call("versions", f"{POST}/print", "--json").out)["versions"]
    assert (first["text"], first["changes"]) == (FERRY, [])
    assert second["changes"] == [{"before": [], "after": ["It was late."]}]


# -- dedup ------------------------------------------------------------------------------------------------------------


def test_dedup_counts_what_is_known(near: Path, call: Call) -> None:
    told = call("dedup")
    assert told.code == 0
    assert told.out.splitlines() == [
        "3 articles, 2 stories",
        "  1 copy on other sites, 0 versions on the same, 0 excerpts",
    ]


def test_a_rebuild_finds_what_was_known(near: Path, call: Call) -> None:
    before = json.loads(call("dedup", "--json").out)
    assert json.loads(call("dedup", "--rebuild", "--json").out) == before
    assert before == {"articles": 3, "stories": 2, "copies": 1, "versions": 0, "excerpts": 0, "waiting": 0}


def test_other_thresholds_hold_from_dedup_on_and_until_then_commands_say_so(near: Path, call: Call) -> None:
    call("dedup")
    configure(near, "copy_resemblance = 0.99")
    told = call("twins", LEDGER)
    assert "collector dedup" in told.err
    assert json.loads(call("dedup", "--json").out)["stories"] == 3
    told = call("twins", LEDGER)
    assert "collector dedup" not in told.err


def test_a_threshold_out_of_range_is_named(near: Path, call: Call) -> None:
    configure(near, "containment = 0.2")
    told = call("dedup")
    assert told.code == 2
    assert "dedup.containment" in told.err


def test_an_index_of_another_scheme_says_how_to_go_on(near: Path, call: Call) -> None:
    with Builder.begin(near, config=(near / "collector.toml").read_text("utf-8")) as builder:
        builder.store.db.execute("UPDATE dedup_state SET value = 'older' WHERE name = 'scheme'")
        builder.take(Shot(url="https://post.example/new", text=FERRY + " Indeed."))
    told = call("dedup")
    assert told.code == 4
    assert "1 article not compared yet: run `collector dedup --rebuild`" in told.out
    assert json.loads(call("dedup", "--rebuild", "--json").out)["waiting"] == 0


def test_common_paragraphs_are_listed(near: Path, call: Call) -> None:
    told = json.loads(call("dedup", "--paragraphs", "--json").out)
    assert told == {"paragraphs": []}  # of the two stories that have it, one is a copy of a third
    with Builder.begin(near, config=(near / "collector.toml").read_text("utf-8")) as builder:
        builder.take(Shot(url="https://ledger.example/bridge", text=f"{story('bridge')}\n\n{APPEAL}"))
    told = json.loads(call("dedup", "--paragraphs", "--json").out)
    assert told == {"paragraphs": [{"text": APPEAL, "stories": 2, "sites": 2}]}
    assert f"2      2  {APPEAL}" in call("dedup", "--paragraphs").out


def test_rebuilding_and_listing_are_two_commands(near: Path, call: Call) -> None:
    assert call("dedup", "--rebuild", "--paragraphs").code == 2


# -- export and stats -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("options", "count"), [((), 2), (("--keep", "all"), 3), (("--keep", "first-per-site"), 3)])
def test_an_export_keeps_by_policy(near: Path, call: Call, options: tuple[str, ...], count: int) -> None:
    assert json.loads(call("export", "--json", *options).out)["manifest"]["articles"] == count


def test_the_policy_can_stand_in_the_configuration(near: Path, call: Call) -> None:
    configure(near, 'keep = "all"')
    assert json.loads(call("export", "--json").out)["manifest"]["settings"]["keep"] == "all"
    assert json.loads(call("export", "--json", "--keep", "canonical").out)["manifest"]["articles"] == 2


def test_a_policy_that_is_unknown_is_refused(near: Path, call: Call) -> None:
    assert call("export", "--keep", "none").code == 2


def test_an_export_cuts_common_paragraphs_where_asked(near: Path, call: Call) -> None:
    with Builder.begin(near, config=(near / "collector.toml").read_text("utf-8")) as builder:
        builder.take(Shot(url="https://ledger.example/bridge", text=f"{story('bridge')}\n\n{APPEAL}"))
    told = json.loads(call("export", "--cut-paragraphs", "--json", "--format", "text").out)
    texts = sorted(Path(told["folder"]).rglob("*.txt"))
    assert texts
    assert not any("Support" in text.read_text("utf-8") for text in texts)
    assert told["manifest"]["settings"]["cut_paragraphs"] == [2, 2]


def test_stats_tell_how_much_is_copied(near: Path, call: Call) -> None:
    told = call("stats").out
    assert "Copies and versions, by agency credited" in told
    assert "100.0%" in told
    counts = json.loads(call("stats", "--json").out)
    assert [(one["name"], one["articles"], one["copies"], one["rate"]) for one in counts["agencies"]] == [
        ("Reuters", 1, 1, 1.0)
    ]
    assert [(one["name"], one["rate"]) for one in counts["duplication"]] == [("ledger", 1.0), ("post", 0.0)]
