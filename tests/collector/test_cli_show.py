"""``collector show``: an article as it is read, what was cut from it, and the page that it was made from."""

import json
from pathlib import Path

import pytest
import small_corpus
from command_line import POST, Call

FERRY = f"{POST}/ferry"


def test_an_article_is_shown_with_what_is_known_of_it(corpus: Path, call: Call) -> None:
    told = call("show", FERRY)
    assert told.code == 0
    head, _, text = told.out.partition("\n\nIn praise of the slow ferry\n\n")
    fields = dict(line.split(maxsplit=1) for line in head.splitlines() if not line.startswith(" "))
    assert fields["published"] == "2024-11-13 09:00 +05:30"
    assert fields["archived"] == "run000001-00000.warc.gz at byte 4000"
    assert fields["versions"] == "2"
    assert text.strip().endswith("It was late again on Tuesday.")


def test_piped_a_paragraph_is_one_line(corpus: Path, call: Call) -> None:
    paragraphs = [line for line in call("show", FERRY).out.splitlines() if line.startswith("The ferry")]
    assert len(paragraphs) == 2


def test_on_a_terminal_the_text_is_wrapped(corpus: Path, call: Call, terminal: None) -> None:
    lines = call("show", FERRY).out.splitlines()
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith("The ferry") for line in lines) >= 2


@pytest.mark.parametrize("name", [FERRY, f"{FERRY}?view=amp", f"{FERRY}/print", f"{FERRY}?utm_source=mail"])
def test_any_url_of_an_article_shows_it(corpus: Path, call: Call, name: str) -> None:
    assert json.loads(call("show", name, "--json").out)["url"] == FERRY


def test_the_beginning_of_an_id_is_enough(corpus: Path, call: Call) -> None:
    name = json.loads(call("show", FERRY, "--json").out)["id"]
    assert json.loads(call("show", name[:8].upper(), "--json").out)["id"] == name
    assert call("show", name[:3]).code == 2


def test_cuts_are_shown_with_their_rules(corpus: Path, call: Call) -> None:
    told = call("show", f"{POST}/short", "--cuts")
    assert told.code == 4
    assert "boilerplate 0.97  Subscribe to our newsletter" in told.out
    assert "removed/too-short: 38 words < 50" in told.err


def test_the_cuts_of_an_article_are_in_its_json(corpus: Path, call: Call) -> None:
    assert json.loads(call("show", FERRY, "--cuts", "--json").out)["cuts"] == []
    assert "cuts" not in json.loads(call("show", FERRY, "--json").out)


def test_a_split_article_is_shown_whole(corpus: Path, call: Call) -> None:
    assert "Page one of it.\n\nPage two of it.\n" in call("show", f"{POST}/long?page=2").out


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        (f"{POST}/ferri", 2, f"did you mean '{FERRY}'"),
        ("zzzz", 2, "there is no article 'zzzz'"),
        (f"{POST}/waits", 4, "not fetched yet"),
        (f"{POST}/old", 4, f"removed/redirected: 301 to {FERRY}"),
    ],
)
def test_what_is_no_article_is_explained(corpus: Path, call: Call, name: str, code: int, message: str) -> None:
    told = call("show", name)
    assert told.code == code
    assert message in told.err


# -- the archived page ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_corpus.build(tmp_path_factory.mktemp("archived") / "corpus").root


def test_the_archived_page_is_written_as_it_was_sent(archived: Path, call: Call) -> None:
    wanted = json.loads(call("list", "--corpus", archived, "--json", "--limit", "1").out)
    page = call("show", "--corpus", archived, wanted["url"], "--raw")
    assert page.code == 0
    assert page.out.startswith("<html><p>")
    assert f"<!-- {wanted['url']} " in page.out


def test_the_archived_page_of_a_removed_page_is_written_too(archived: Path, call: Call) -> None:
    url = json.loads(call("list", "--corpus", archived, "--removed", "--json", "--limit", "1").out)["url"]
    assert call("show", "--corpus", archived, url, "--raw").out.startswith("<html>")


def test_a_page_that_was_never_archived_is_called_that(corpus: Path, call: Call) -> None:
    told = call("show", f"{POST}/waits", "--raw")
    assert told.code == 2
    assert "was never fetched" in told.err
