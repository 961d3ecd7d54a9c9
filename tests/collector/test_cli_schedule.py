"""``collector schedule``, and what ``collector why`` says of the next visit."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from command_line import POST, Call

from corpus.folder import CorpusFolder
from corpus.holding import hold


@pytest.fixture
def scheduled(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the corpus with a schedule and a site that is switched off."""
    copy = shutil.copytree(corpus, tmp_path / "scheduled")
    with (copy / "collector.toml").open("a", encoding="utf-8") as config:
        config.write('\n[schedule]\nwhen = "0 * * * *"\n\n[sites.off]\nurl = "https://off.example/"\nenabled = false\n')
    monkeypatch.setenv("COLLECTOR_CORPUS", str(copy))
    return copy


def test_the_schedule_says_when_each_site_is_crawled_and_why(scheduled: Path, call: Call) -> None:
    told = call("schedule")
    assert told.code == 0
    assert re.search(r"^ledger +0 \* \* \* \* +now +it names what was never asked for +never", told.out, re.MULTILINE)
    assert "off" not in re.findall(r"^\S+", told.out, re.MULTILINE)
    assert "no daemon is running on this corpus" in told.out


def test_scripts_get_the_schedule_as_json(scheduled: Path, call: Call) -> None:
    told = json.loads(call("schedule", "ledger", "--json").out)
    assert told["daemon"] is None
    (row,) = told["sites"]
    assert (row["site"], row["schedule"], row["time_zone"], row["state"]) == ("ledger", "0 * * * *", "UTC", None)
    assert row["next_at"].endswith("+00:00")


def test_the_schedule_names_the_daemon(scheduled: Path, call: Call) -> None:
    with hold(CorpusFolder(scheduled), "run", 1763800000.0):
        assert f"served by process {os.getpid()} on " in call("schedule").out


def test_a_site_that_is_not_known_is_a_mistake(scheduled: Path, call: Call) -> None:
    told = call("schedule", "nosuch")
    assert told.code == 2
    assert "nosuch" in told.err


def test_why_tells_when_a_listing_is_visited_next_and_why(corpus: Path, call: Call) -> None:
    assert re.search(
        r"next visit +due since 2024-11-14 \d\d:\d\d UTC: read once so far", call("why", f"{POST}/rss").out
    )
    found = json.loads(call("why", f"{POST}/rss", "--json").out)["next_visit"]
    assert found["reason"] == "read once so far"
    assert found["at"].startswith("2024-11-14")


def test_why_promises_no_visit_to_what_is_not_asked_again(corpus: Path, call: Call) -> None:
    assert "next visit" not in call("why", f"{POST}/private/letters").out
    assert json.loads(call("why", f"{POST}/old", "--json").out)["next_visit"] is None
