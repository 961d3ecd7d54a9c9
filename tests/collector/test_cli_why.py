"""``collector why``: the whole story of a URL, in the order in which it happened."""

import json
from pathlib import Path

import pytest
from command_line import POST, Call

FERRY = f"{POST}/ferry"


def test_the_story_is_told_in_the_order_in_which_it_happened(corpus: Path, call: Call) -> None:
    told = call("why", FERRY)
    assert told.code == 0
    headings = [line for line in told.out.splitlines() if line and not line.startswith(" ")]
    assert headings == [FERRY, "Found", "robots.txt", "Fetched", "Article", "Now"]


def test_every_place_that_named_the_url_is_told(corpus: Path, call: Call) -> None:
    told = call("why", FERRY).out
    assert f"feed: {POST}/rss as “In praise of the slow ferry”" in told
    assert f"redirect: {POST}/old" in told


def test_every_fetch_is_told_with_its_record_and_its_verdict(corpus: Path, call: Call) -> None:
    lines = [line.strip() for line in call("why", FERRY).out.splitlines()]
    assert "kept: 168 words, en, text version 1 (cleaner 1+test)" in lines
    assert "kept: 174 words, en, text version 2 (cleaner 1+test)" in lines
    assert "archived: run000001-00000.warc.gz at byte 4000" in lines


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("ferry/print", (f"same as  {FERRY}", "because  the server sent the same bytes")),
        ("ferry?view=amp", (f"same as  {FERRY}", "because  one names the other")),
        ("long?page=2", (f"page 2 of  {POST}/long", "because    it is a later page of the same story")),
        ("short", ("removed: too-short, 38 words < 50", "1 block cut")),
        ("private/letters", ("forbids it  line 2: Disallow: /private/; it asks for 2 s between requests", "never")),
        ("old", (f"status 301 to {FERRY}", f"done; the story goes on at {FERRY}")),
        ("slow", ("status 503", "not archived", "failures    1 in a row", "waits, may be fetched in ")),
        ("dead", ("last visit  failed/dns: no such host", "done; the next crawl tries again")),
        ("waits", ("never", "waits, may be fetched now")),
        ("rss", ("site        post, as feed", "later crawls read it again")),
    ],
)
def test_what_became_of_it_is_told(corpus: Path, call: Call, path: str, lines: tuple[str, ...]) -> None:
    told = call("why", f"{POST}/{path}")
    assert told.code == 0
    for line in lines:
        assert line in told.out


def test_every_place_is_told_when_piped_and_the_first_of_them_on_a_terminal(
    corpus: Path, call: Call, request: pytest.FixtureRequest
) -> None:
    url = f"{POST}/waits"
    assert call("why", url).out.count("link: ") == 25
    request.getfixturevalue("terminal")
    told = call("why", url).out
    assert told.count("link: ") == 19
    assert "… and by 6 more pages" in told


def test_on_a_terminal_the_story_fits(corpus: Path, call: Call, terminal: None) -> None:
    assert max(map(len, call("why", FERRY).out.splitlines())) <= 80


def test_the_story_is_the_same_in_json(corpus: Path, call: Call) -> None:
    told = json.loads(call("why", f"{FERRY}/print", "--json").out)
    assert told["joined_by"] == "payload"
    assert told["article"]["url"] == FERRY
    assert told["robots"] == {"allowed": True, "evidence": "no line forbids it"}
    assert told["fetches"][0]["warc_record"]["offset"] == 2000


# -- URLs that were never found ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "wanted", "evidence"),
    [
        (f"{POST}/2024/11/14/a-story-that-nobody-knows", True, "its URL looks like a story's"),
        (f"{POST}/shop/bag", False, "ignore pattern '/shop/' matches it"),
        (f"{POST}/private/diary", False, "robots.txt forbids it: line 2: Disallow: /private/"),
        (f"{POST}/a/b/a/b/a/b", False, "'a' stands 3 times in the path > 2"),
        (f"{POST}/logo.png", False, "links to it are not followed"),
        ("https://ledger.example/new", True, "the robots.txt of its host was not fetched yet"),
        ("https://elsewhere.test/a", False, "it belongs to no site of collector.toml (post, ledger)"),
    ],
)
def test_of_an_unknown_url_it_is_told_whether_it_would_be_fetched(
    corpus: Path, call: Call, url: str, evidence: str, *, wanted: bool
) -> None:
    told = call("why", url)
    assert told.code == 4
    assert evidence in told.out
    assert ("It would be fetched" in told.out) is wanted
    assert json.loads(call("why", url, "--json").out)["wanted"] is wanted


def test_an_unknown_url_that_is_nearly_known_is_pointed_out(corpus: Path, call: Call) -> None:
    assert f"did you mean '{POST}/2024/dolphin'?" in call("why", f"{POST}/2024/dolphins").out


def test_what_is_no_url_is_refused(corpus: Path, call: Call) -> None:
    told = call("why", "ferry")
    assert told.code == 2
    assert "no http(s) URL" in told.err
