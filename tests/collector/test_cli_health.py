"""`collector health` says what is broken, since when, and what to do; its exit code says it to scripts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Call
from corpus_builder import BEGAN, Builder, Shot, story

from corpus.alarms import open_alarm, read_alarms
from corpus.types import Reason


@pytest.fixture
def sick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Builder]:
    """A corpus with a site that is healthy, and one with an open alarm."""
    monkeypatch.setenv("COLLECTOR_CORPUS", str(tmp_path / "c"))
    monkeypatch.setattr("time.time", lambda: BEGAN.timestamp() + 7200)
    builder = Builder.begin(tmp_path / "c")
    builder.take(Shot(url="https://post.example/a", text=story("ferry", 30), published="2024-11-14"))
    builder.take(Shot(url="https://ledger.example/b", text=story("bridge", 30)))
    builder.remove("https://ledger.example/c", Reason.CONSENT_WALL, "9 words")
    with builder.store.transaction() as db:
        open_alarm(
            db,
            site="ledger",
            cause="consent-wall",
            measure="consent-wall",
            share=1.0,
            since=BEGAN.timestamp(),
            now=BEGAN.timestamp() + 60,
            run_id=1,
            evidence="4 of 4 articles' pages are consent walls",
            examples=["https://ledger.example/c"],
        )
    yield builder
    builder.store.close()


def test_all_sites_are_listed_with_what_is_open_and_the_exit_code_is_5(sick: Builder, call: Call) -> None:
    told = call("health")
    assert told.code == 5
    lines = told.out.splitlines()
    assert lines[1].split()[0] == "ledger"
    assert lines[1].endswith("consent-wall")
    assert lines[2].split()[:3] == ["post", "1", "1"]
    assert lines[2].endswith("healthy")
    assert "ledger: consent-wall, for 2 h" in told.out
    assert "    https://ledger.example/c" in lines
    assert "Look at an example in a browser" in told.out


def test_a_site_is_told_with_its_history(sick: Builder, call: Call) -> None:
    told = call("health", "ledger")
    day = next(line for line in told.out.splitlines() if line.startswith("  2024-11-14"))
    assert day.split()[:5] == ["2024-11-14", "1", "2", "0", "1"]
    assert "1 consent-wall" in day
    assert call("health", "post").code == 0


def test_the_same_as_json(sick: Builder, call: Call) -> None:
    found = json.loads(call("health", "ledger", "--json").out)
    assert found["healthy"] is False
    assert found["alarms"][0]["cause"] == "consent-wall"
    assert found["days"][0]["removed"] == {"consent-wall": 1}
    assert found["days"][0]["author_share"] == 1.0
    assert found["days"][0]["date_share"] == 0.0
    assert found["sites"][0]["articles"] == 1


def test_accepting_closes_a_sites_alarms_and_no_others(sick: Builder, call: Call) -> None:
    assert call("health", "post", "--accept").code == 0
    assert len(read_alarms(sick.store.db, only_open=True)) == 1
    told = call("health", "ledger", "--accept")
    assert told.code == 0
    assert "(accepted)" in told.out
    assert read_alarms(sick.store.db, only_open=True) == []


@pytest.mark.parametrize(("words", "said"), [(["--accept"], "needs a SITE"), (["leger"], "did you mean 'ledger'?")])
def test_what_cannot_be_meant_is_refused(sick: Builder, call: Call, words: list[str], said: str) -> None:
    told = call("health", *words)
    assert told.code == 2
    assert said in told.err


def test_a_corpus_that_was_never_crawled_is_healthy(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "collector.toml").write_text('[sites.post]\nurl = "https://post.example/"\n')
    monkeypatch.setenv("COLLECTOR_CORPUS", str(tmp_path))
    told = call("health")
    assert told.code == 0
    assert "never crawled" in told.out
