"""``collector feed``: lines that pipes can rely on, whoever is killed; and docs/feed.md as it is written."""

import json
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from command_line import Call
from corpus_builder import Builder, Shot, story

from collector.cli import feed as feed_command
from corpus.export.records import record_of
from corpus.reader import open_corpus

DOCS = Path(__file__).parents[2] / "docs" / "feed.md"
POST = "https://post.example"
PYTHON = shlex.quote(sys.executable)
#: A consumer that keeps each line as it comes, and dies after so many.
LOAD = """
import json, os, signal, sys
copy, most = sys.argv[1], int(sys.argv[2])
for number, line in enumerate(sys.stdin):
    if number == most:
        os.kill(os.getpid(), signal.SIGKILL)
    one = json.loads(line)
    path = os.path.join(copy, one["id"])
    if one["change"] in ("new", "changed"):
        open(path, "w").write(json.dumps({key: one[key] for key in one if key not in ("change", "cursor")}))
    elif os.path.exists(path):
        os.remove(path)
"""


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Builder]:
    with Builder.begin(tmp_path / "mycorpus") as builder:
        for number in range(5):
            builder.take(
                Shot(url=f"{POST}/{number}", text=story(f"subject{number}x"), language="en" if number else "or")
            )
        monkeypatch.setenv("COLLECTOR_CORPUS", str(builder.root))
        yield builder


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def ids(builder: Builder) -> set[str]:
    with open_corpus(builder.root) as corpus:
        return {article.id for article in corpus.articles()}


def test_lines_come_again_until_they_are_confirmed_by_a_cursor(builder: Builder, call: Call) -> None:
    first = lines(call("feed", "--consumer", "search").out)
    assert {one["id"] for one in first} == ids(builder)
    assert lines(call("feed", "--consumer", "search").out) == first
    assert call("feed", "--consumer", "search", "--confirm", first[2]["cursor"]) == (0, "", "")
    assert lines(call("feed", "--consumer", "search").out) == first[3:]


def test_auto_confirms_what_was_written_and_most_limits_it(builder: Builder, call: Call) -> None:
    seen = [lines(call("feed", "--consumer", "copy", "--confirm", "auto", "--most", 2).out) for _ in range(4)]
    assert [len(some) for some in seen] == [2, 2, 1, 0]
    assert {str(one["id"]) for some in seen for one in some} == ids(builder)


def test_a_command_gets_the_lines_and_confirms_by_its_exit_code(builder: Builder, call: Call, tmp_path: Path) -> None:
    told = call("feed", "--consumer", "search", "--into", f"cat > {tmp_path}/a; exit 7")
    assert (told.code, "exit code 7" in told.err) == (4, True)
    told = call("feed", "--consumer", "search", "--into", "true")
    assert (told.code, "did not read all lines" in " ".join(told.err.split())) == (4, True)
    assert call("feed", "--consumer", "search", "--into", f"cat > {tmp_path}/b") == (0, "", "")
    assert (tmp_path / "a").read_text() == (tmp_path / "b").read_text()
    assert call("feed", "--consumer", "search", "--into", f"touch {tmp_path}/c") == (0, "", "")
    assert not (tmp_path / "c").exists(), "a command is not begun for nothing"


def test_follow_goes_on_with_what_comes(builder: Builder, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = iter(range(2))

    def wait(_: float) -> None:
        if next(waits):
            raise KeyboardInterrupt
        builder.take(Shot(url=f"{POST}/new", text=story("subject"), hour=1))

    monkeypatch.setattr(feed_command.time, "sleep", wait)
    told = call("feed", "--consumer", "copy", "--follow", "--confirm", "auto")
    assert (told.code, {str(one["id"]) for one in lines(told.out)}) == (130, ids(builder))
    assert call("feed", "--consumer", "copy").out == ""


def test_consumers_are_listed_and_forgotten(builder: Builder, call: Call) -> None:
    assert call("feed", "--list").out == "no consumers\n"
    call("feed", "--consumer", "odia", "--language", "or", "--confirm", "auto")
    rows = [line.split() for line in call("feed", "--list").out.splitlines()]
    assert [rows[1][0], rows[1][1], rows[1][4]] == ["odia", "0", "or"]
    (one,) = json.loads(call("feed", "--list", "--json").out)["consumers"]
    assert (one["name"], one["languages"]) == ("odia", ["or"])
    assert call("feed", "--list").err == ""
    builder.take(Shot(url=f"{POST}/new", text=story("subject"), hour=1))
    assert "there is more" in call("feed", "--list").err
    assert json.loads(call("feed", "--list", "--json").out)["all_counted"] is False
    assert call("feed", "--forget-consumer", "odia").code == 0
    assert call("feed", "--list").out == "no consumers\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name a --consumer"),
        (("--consumer", "a", "--list"), "name a --consumer"),
        (("--consumer", "a/b"), "consumer's name"),
        (("--consumer", "a", "--reset"), "no consumer 'a'"),
        (("--consumer", "a", "--reset", "--into", "cat"), "--reset prints and confirms nothing"),
        (("--consumer", "a", "--reset", "--confirm", "auto"), "--reset prints and confirms nothing"),
        (("--consumer", "a", "--confirm", "12"), "no consumer 'a'"),
        (("--forget-consumer", "a"), "no consumer 'a'"),
        (("--consumer", "a", "--site", "pots"), "did you mean 'post'"),
        (("--consumer", "a", "--language", "English"), "give the ISO 639 code"),
        (("--consumer", "a", "--follow", "--into", "cat"), "--follow goes with neither"),
        (("--consumer", "a", "--confirm", "auto", "--into", "cat"), "--into confirms by itself"),
    ],
)
def test_what_makes_no_sense_is_refused(builder: Builder, call: Call, words: tuple[str, ...], told: str) -> None:
    result = call("feed", *words)
    assert (result.code, told in " ".join(result.err.split())) == (2, True), result.err


def test_a_copy_is_the_corpus_after_its_consumer_and_then_the_feed_were_killed(
    builder: Builder, call: Call, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    (tmp_path / "load").write_text(LOAD)
    load = f"{PYTHON} {tmp_path / 'load'} {copy}"
    assert call("feed", "--consumer", "files", "--into", f"{load} 2").code == 4
    assert len(list(copy.iterdir())) == 2
    # Now the feed dies while its consumer waits for the end.
    slow = f"{load} 99; touch {tmp_path}/read; sleep 60"
    words = [sys.executable, "-m", "collector", "feed", "--consumer", "files", "--into", f"exec 3>&-; {slow}"]
    feed = subprocess.Popen(words, start_new_session=True)
    until = time.monotonic() + 30
    while not (tmp_path / "read").exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    os.killpg(feed.pid, signal.SIGKILL)
    feed.wait()
    builder.take(Shot(url=f"{POST}/1", text=story("subject2x"), hour=2))  # which makes one article of two
    assert call("feed", "--consumer", "files", "--into", f"{load} 99").code == 0
    with open_corpus(builder.root) as corpus:
        stored = {article.id: json.loads(json.dumps(record_of(article))) for article in corpus.articles()}
    assert {file.name: json.loads(file.read_text()) for file in copy.iterdir()} == stored
    assert len(stored) == 4


@pytest.mark.parametrize(
    ("there", "mode", "then"),
    [("whole\n{", "a", "whole\n{\n"), ("whole\n", "a", "whole\n"), ("", "a", ""), ("{", "w", "")],
)
def test_a_line_that_was_left_half_written_is_ended(tmp_path: Path, there: str, mode: str, then: str) -> None:
    (tmp_path / "lines").write_text(there)
    with (tmp_path / "lines").open(mode) as file:
        feed_command._end_torn_line(file)
        file.write("next\n")
    assert (tmp_path / "lines").read_text() == f"{then}next\n"


def test_lines_are_utf_8_and_a_full_disk_is_told_and_confirms_nothing(
    builder: Builder, call: Call, tmp_path: Path
) -> None:
    builder.take(Shot(url=f"{POST}/odia", text=f"{story('subject')} କଟକ", hour=2))
    words = [sys.executable, "-m", "collector", "feed", "--consumer", "copy", "--confirm", "auto"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1), done.stderr
    assert "No space left on device" in done.stderr
    with (tmp_path / "lines").open("wb") as out:
        subprocess.run(words, stdout=out, check=True, env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert {one["id"] for one in lines((tmp_path / "lines").read_text("utf-8"))} == ids(builder)
    assert call("feed", "--consumer", "copy").out == ""


# -- the guide --------------------------------------------------------------------------------------------------------


def block(name: str) -> str:
    found = re.search(rf"<!-- {re.escape(name)} -->\n```\w+\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found is not None, name
    return found[1]


def test_the_examples_of_the_guide_work_as_they_are_written(
    builder: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "load.py").write_text(block("load.py"))
    # jq is no part of a test machine: what it does here is one line.
    tools = tmp_path / "tools"
    tools.mkdir()
    jq = f"#!{sys.executable}\nimport json, sys\nprint(json.load(sys.stdin)[sys.argv[2].lstrip('.')])\n"
    for name, script in (
        ("jq", jq),
        ("collector", f'#!/bin/sh\nexec {PYTHON} -m collector "$@"\n'),
        ("python", f'#!/bin/sh\nexec {PYTHON} "$@"\n'),
    ):
        (tools / name).write_text(script)
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(DOCS.parents[1]))
    subprocess.run(["sh", "-e", "-c", block("run")], check=True)
    with closing(sqlite3.connect("copy.db")) as db:
        assert {row[0] for row in db.execute("SELECT id FROM article")} == ids(builder)
    with open_corpus(builder.root) as corpus, corpus.feed("search") as feed:
        assert list(feed) == []
    space: dict[str, dict[str, object]] = {}
    exec(compile(block("python"), "feed.md", "exec"), space)
    assert set(space["copy"]) == ids(builder)
