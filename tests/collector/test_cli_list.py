"""``collector list``: what is there, filtered; readable in 80 columns and whole when piped."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import POST, Call

TITLES = (
    "In praise of the slow ferry",
    "The lighthouse",
    "The cashew",
    "The dolphin",
    "A long one",
    "Cracks in the bridge",
)


def rows(text: str) -> list[dict[str, str]]:
    """Return piped output as rows by column."""
    heading, *lines = (line.split("\t") for line in text.splitlines())
    return [dict(zip(heading, line, strict=True)) for line in lines]


def test_piped_each_article_is_a_whole_line_the_newest_first(corpus: Path, call: Call) -> None:
    told = call("list")
    titles = [row["title"] for row in rows(told.out)]
    assert (told.code, told.err) == (0, "")
    assert [title.partition(" [")[0] for title in titles] == list(TITLES)
    assert titles[1].endswith("until it has left every terminal behind")
    assert "\x1b" not in told.out


def test_on_a_terminal_no_line_is_wider_and_ids_are_whole(corpus: Path, call: Call, terminal: None) -> None:
    lines = call("list").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert all(len(line.split()[0]) == 16 for line in lines[1:])
    assert "exclusive]" in lines[2]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--site", "ledger"), ["Cracks in the bridge"]),
        (("--site", "ledger", "--site", "post"), [*TITLES]),
        (("--language", "or"), ["The cashew"]),
        (("--since", "2024-11-12"), ["In praise of the slow ferry", "The lighthouse"]),
        (("--until", "2024-11-12"), ["The cashew", "The dolphin"]),
        (("--since", "2024-11-11", "--until", "2024-11-12"), ["The cashew"]),
        (("--limit", "2"), ["In praise of the slow ferry", "The lighthouse"]),
    ],
)
def test_filters_choose(corpus: Path, call: Call, options: tuple[str, ...], expected: list[str]) -> None:
    titles = [row["title"].partition(" [")[0] for row in rows(call("list", *options).out)]
    assert titles == expected


def test_json_is_one_object_a_line(corpus: Path, call: Call) -> None:
    told = [json.loads(line) for line in call("list", "--json").out.splitlines()]
    assert len(told) == len(TITLES)
    assert told[0]["url"] == f"{POST}/ferry"
    assert told[0]["published"] == "2024-11-13T09:00:00+05:30"


def test_the_words_of_a_split_article_are_those_of_all_its_pages(corpus: Path, call: Call) -> None:
    (words,) = [row["words"] for row in rows(call("list").out) if row["title"] == "A long one"]
    assert words == "8"


def test_removed_pages_come_with_their_evidence(corpus: Path, call: Call) -> None:
    told = {row["url"]: (row["reason"], row["evidence"]) for row in rows(call("list", "--removed").out)}
    assert told == {
        f"{POST}/gone": ("http-error", "HTTP 404"),
        f"{POST}/short": ("too-short", "38 words < 50"),
        f"{POST}/private/letters": ("robots", "line 2: Disallow: /private/"),
        f"{POST}/old": ("redirected", f"301 to {POST}/ferry"),
        f"{POST}/dead": ("failed/dns", "no such host"),
    }
    assert [row["url"] for row in rows(call("list", "--removed", "--reason", "failed").out)] == [f"{POST}/dead"]
    two = rows(call("list", "--removed", "--reason", "failed", "--reason", "robots").out)
    assert {row["url"] for row in two} == {f"{POST}/dead", f"{POST}/private/letters"}


def test_removed_pages_are_filtered_by_reason_and_day(corpus: Path, call: Call) -> None:
    by_reason = rows(call("list", "--removed", "--reason", "robots", "--reason", "too-short").out)
    assert {row["reason"] for row in by_reason} == {"robots", "too-short"}
    by_day = rows(call("list", "--removed", "--since", "2024-11-15").out)
    assert [row["url"] for row in by_day] == [f"{POST}/gone"]


def test_on_a_terminal_a_removed_page_is_its_whole_url_and_what_was_seen(
    corpus: Path, call: Call, terminal: None
) -> None:
    lines = call("list", "--removed", "--reason", "too-short").out.splitlines()
    assert lines == [f"{POST}/short", "    too-short, 38 words < 50, 2024-11-14 06:00, post"]


def test_waiting_urls_come_in_the_order_of_their_time(corpus: Path, call: Call) -> None:
    now, later = rows(call("list", "--due").out)
    assert (now["url"], now["due"]) == (f"{POST}/waits", "now")
    assert later["url"] == f"{POST}/slow"
    assert later["due"].startswith("in ")
    assert later["last"] == "deferred/http-503 (HTTP 503, Retry-After 120 s)"


def test_what_is_left_out_is_said(corpus: Path, call: Call) -> None:
    assert "there are more" in call("list", "--limit", "2").err
    assert call("list", "--limit", "6").err == ""


def test_an_empty_list_is_told_apart_from_an_error(corpus: Path, call: Call) -> None:
    told = call("list", "--since", "2030-01-01")
    assert (told.code, told.out) == (4, "")
    assert "no such article" in told.err


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (("--site", "pots"), "did you mean 'post'?"),
        (("--removed", "--reason", "short"), "did you mean 'too-short'?"),
        (("--removed", "--due"), "two lists"),
        (("--reason", "robots"), "goes with --removed"),
        (("--due", "--language", "en"), "goes with articles only"),
        (("--due", "--since", "2024-11-11"), "do not go with --due"),
        (("--since", "yesterday"), "--since"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_hint(
    corpus: Path, call: Call, options: tuple[str, ...], hint: str
) -> None:
    told = call("list", *options)
    assert told.code == 2
    assert hint in told.err


def test_a_folder_that_is_no_corpus_is_called_that(tmp_path: Path, call: Call) -> None:
    told = call("list", "--corpus", tmp_path)
    assert told.code == 2
    assert "collector init" in told.err


def test_a_corpus_that_was_never_crawled_has_no_articles(tmp_path: Path, call: Call) -> None:
    call("init", tmp_path)
    assert call("list", "--corpus", tmp_path).code == 4


def test_a_reader_that_leaves_early_is_no_error(corpus: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    for command in (("list",), ("list", "--json"), ("stats",)):
        told = subprocess.run(
            [sys.executable, "-m", "collector", *command, "--corpus", str(corpus)],
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
        )
        assert (told.returncode, told.stderr) == (0, b"")
    os.close(writer)
