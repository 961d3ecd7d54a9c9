"""``collector snapshot``, ``export --snapshot`` and datasheets; and docs/snapshots.md as it is written."""

import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from command_line import Call, fill
from corpus_builder import CONFIG, Builder, Shot, story
from happenings import forget

from collector.datasheet import as_html, as_markdown, datasheet
from corpus.articles import utc
from corpus.snapshots import Snapshot, Withdrawn

DOCS = Path(__file__).parents[2] / "docs" / "snapshots.md"
POST = "https://post.example"


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Builder:
    root = tmp_path / "mycorpus"
    with Builder.begin(root) as builder:
        fill(builder)
    monkeypatch.setenv("COLLECTOR_CORPUS", str(root))
    return builder


def change(root: Path) -> None:
    """Let a page come, and one be forgotten."""
    with Builder.begin(root) as builder:
        builder.take(Shot(url=f"{POST}/new", text=story("subject"), hour=30))
        forget(builder, f"{POST}/2024/dolphin")


def test_a_snapshot_is_made_listed_verified_exported_compared_and_dropped(builder: Builder, call: Call) -> None:
    made = call("snapshot", "2024-11")
    assert made.code == 0, made.err
    assert made.out.startswith("2024-11: 6 articles, ")
    checksum = re.search(r"SHA-256 ([0-9a-f]{64})", made.out)
    assert checksum is not None
    assert call("export", "--snapshot", "2024-11").code == 0
    change(builder.root)
    assert call("snapshot", "2024-12").code == 0
    rows = [line.split() for line in call("snapshot", "--list").out.splitlines()]
    assert [(row[0], row[3], row[4]) for row in rows[1:]] == [("2024-11", "6", "1"), ("2024-12", "6", "0")]
    verified = call("snapshot", "--verify", "2024-11")
    assert (verified.code, verified.out.splitlines()[0]) == (0, f"all as it was: 5 articles, SHA-256 {checksum[1]}")
    assert "withdrawn on request since: 1 article" in verified.out
    told = call("export", "--snapshot", "2024-11")
    assert "1 of the snapshot's 6 articles were forgotten on request since" in " ".join(told.err.split())
    difference = json.loads(call("snapshot", "--diff", "2024-11", "2024-12", "--json").out)
    assert [len(difference[name]) for name in ("added", "removed", "rewritten", "changed")] == [1, 1, 0, 0]
    assert difference["withdrawn"] == difference["removed"]
    assert "added: 1" in call("snapshot", "--diff", "2024-11", "2024-12").out
    assert call("snapshot", "--drop", "2024-11").code == 0
    assert call("snapshot", "--verify", "2024-11").code == 2


def test_an_export_of_a_snapshot_takes_the_settings_of_its_day(builder: Builder, call: Call) -> None:
    call("snapshot", "then")
    first = json.loads(call("export", "--snapshot", "then", "--json").out)
    (builder.root / "collector.toml").write_text(f'{CONFIG}\n[dedup]\nkeep = "all"\n')
    again = json.loads(call("export", "--snapshot", "then", "--json").out)
    assert again == first
    assert again["manifest"]["settings"]["keep"] == "canonical"
    assert json.loads(call("export", "--json").out)["manifest"]["settings"]["keep"] == "all"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name 1 snapshot"),
        (("a", "b"), "name 1 snapshot"),
        (("--diff", "a"), "name 2 snapshots"),
        (("--list", "a"), "--list takes no name"),
        (("--list", "--drop", "a"), "different commands"),
        (("--verify", "a"), "no snapshot 'a'"),
        (("--datasheet", "a"), "no snapshot 'a'"),
        (("a/b",), "name is made of"),
    ],
)
def test_what_makes_no_sense_is_refused(corpus: Path, call: Call, words: tuple[str, ...], told: str) -> None:
    result = call("snapshot", *words)
    assert (result.code, told in " ".join(result.err.split())) == (2, True), result.err


def test_damage_is_told_by_the_exit_code(builder: Builder, call: Call) -> None:
    call("snapshot", "then")
    with Builder.begin(builder.root) as again:
        again.store.db.execute("UPDATE text SET body = body || '.'")
    told = call("snapshot", "--verify", "then")
    assert (told.code, "is not what it was" in told.err, "faults: 6" in told.err) == (3, True, True)


# -- datasheets -------------------------------------------------------------------------------------------------------


class _Balanced(HTMLParser):
    """Tells elements that are not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_datasheet_says_what_is_in_it_and_how_to_cite_it(builder: Builder, call: Call) -> None:
    made = json.loads(call("snapshot", "2024-11", "--json").out)
    page = Path(made["datasheet"])
    html, markdown = page.read_text("utf-8"), page.with_suffix(".md").read_text("utf-8")
    parser = _Balanced()
    parser.feed(html)
    assert parser.open == []
    assert "<script" not in html
    for text in (html, markdown):
        for told in ("post", "2024-11", made["snapshot"]["checksum"], "too-short", "@misc{mycorpus202411", "record"):
            assert told in text, told
    assert "| 2024-11 | 4 |" in markdown
    change(builder.root)
    assert call("snapshot", "--datasheet", "2024-11").code == 0
    assert "Withdrawn since" in page.read_text("utf-8")
    assert "**Withdrawn since:** Articles forgotten on request after it was made: 1, the last on" in page.with_suffix(
        ".md"
    ).read_text("utf-8")


#: A manifest with nothing in it.
BLANK: dict[str, object] = {
    **dict.fromkeys(("articles", "words", "stories", "paywalled", "forgotten_before"), 0),
    **{name: {} for name in ("cleaners", "months", "sites", "languages", "word_bins", "licences", "statements")},
    **{name: {} for name in ("removals", "duplication", "gaps", "software")},
    "gap_days": 3,
    "rights": None,
}
FOUND = Snapshot(number=1, tag="v1", made_at=utc(0), articles=1, withdrawn=1, checksum="00")


def test_names_from_outside_cannot_break_out_of_the_page() -> None:
    manifest = BLANK | {
        "sites": {"<b>": {"articles": 1, "words": 1, "first": None, "last": None}},
        "licences": {"<script>alert(1)</script> | x": 1},
        "cleaners": {"<b>": 1},
    }
    sheet = datasheet("<i>my & corpus", FOUND, manifest, [Withdrawn(id="a", at=utc(0), finished=True)])
    assert not any(told in as_html(sheet) for told in ("<script>", "<i>my", "<b>"))
    assert r"</script> \| x | 1 |" in as_markdown(sheet)
    assert r"my \& corpus: a corpus" in sheet.citation


def test_an_empty_snapshot_has_a_datasheet() -> None:
    sheet = datasheet("empty", FOUND, BLANK)
    assert "No article states a date" in as_html(sheet)
    assert "# empty, snapshot v1" in as_markdown(sheet)


def test_old_articles_do_not_squeeze_the_plot() -> None:
    months = {"0001-01": {"a": 2}, "2014-11": {"a": 3}, "2014-12": {"a": 4}, "2024-11": {"a": 5}, "undated": {"a": 6}}
    sheet = datasheet("a", FOUND, BLANK | {"months": months})
    assert sheet.months is not None
    assert (len(sheet.months.bars), sheet.months.bars[0].label, sheet.earlier, sheet.undated) == (120, "2014-12", 5, 6)


# -- the guide --------------------------------------------------------------------------------------------------------


def test_the_commands_of_the_guide_work_as_they_are_written(builder: Builder, call: Call) -> None:
    """One after the other, in this process: a month passes where the guide says so."""
    (block,) = re.findall(r"<!-- run -->\n```sh\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    commands = [line for line in block.splitlines() if line]
    assert len(commands) >= 6
    for command in commands:
        if command.startswith("# "):
            change(builder.root)
            continue
        words = subprocess.run(["sh", "-c", f"printf '%s\\n' {command}"], capture_output=True, text=True, check=True)
        program, *arguments = words.stdout.splitlines()
        assert program == "collector"
        told = call(*arguments)
        assert told.code == 0, (command, told.err)


@pytest.mark.parametrize("words", ["snapshot --verify v9", "snapshot --diff v8 v9", "export --snapshot v9"])
def test_a_corpus_that_nothing_was_stored_in_yet_has_no_snapshot(tmp_path: Path, call: Call, words: str) -> None:
    root = tmp_path / "new"
    assert call("init", str(root)).code == 0
    ended = call(*words.split(), "--corpus", str(root))
    assert ended.code == 2
    assert "there is no snapshot 'v" in ended.err
