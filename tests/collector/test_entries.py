"""Site entries in collector.toml: added and changed without touching what else stands there."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.cli.init import configuration
from collector.config import Config
from collector.entries import name_for, with_entry, write_whole
from corpus.errors import ConfigError

ENTRY = {"url": "https://example.com/", "name": "The “Example”", "feeds": ("https://example.com/feed",)}

KNOWN = """\
# mine
[sites.example]
# Looked at on 2020-01-01: long ago
url = "https://example.com/"  # the old one
feeds = [
    "https://example.com/by-hand",  # found by hand
]
max_pages = 7

[fetch]
delay_seconds = 3.0  # they asked for it

[sites.other]
url = "https://other.example/"
"""


def sites(text: str) -> dict[str, dict[str, object]]:
    """Return the entries of a configuration, which is valid."""
    fields = tomllib.loads(text)
    Config.model_validate(fields)
    return fields["sites"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing yet",
        configuration(),
        KNOWN,
        KNOWN.replace("\n", "\r\n"),
        "[fetch]\ndelay_seconds = 2",
    ],
    ids=["empty", "comment", "template", "others", "windows", "no line end"],
)
def test_a_new_entry_leaves_everything_before_it_as_it_was(text: str) -> None:
    changed = with_entry(text, "new", ENTRY, "2026-11-22: 1 feed")
    assert changed.startswith(text.rstrip())
    assert sites(changed)["new"] == {**ENTRY, "feeds": list(ENTRY["feeds"])}
    assert "# Looked at on 2026-11-22: 1 feed" in changed.splitlines()
    assert changed.count("\r\n") == (changed.count("\n") if "\r\n" in text else 0)


def test_an_entry_that_is_there_keeps_what_was_written_by_hand() -> None:
    changed = with_entry(
        KNOWN, "example", {"feeds": ("https://example.com/feed",), "name": "Example"}, "2026-11-22: new"
    )
    entry = sites(changed)["example"]
    assert entry["feeds"] == ["https://example.com/by-hand", "https://example.com/feed"]
    assert (entry["name"], entry["max_pages"]) == ("Example", 7)
    for line in (
        "# mine",
        "# Looked at on 2026-11-22: new",
        "# the old one",
        "delay_seconds = 3.0  # they asked for it",
    ):
        assert line in changed
    assert "long ago" not in changed
    assert sites(changed)["other"] == {"url": "https://other.example/"}


def test_changing_an_entry_twice_is_changing_it_once() -> None:
    once = with_entry(KNOWN, "example", ENTRY, "2026-11-22")
    assert with_entry(once, "example", ENTRY, "2026-11-22") == once


@pytest.mark.parametrize(("text", "url"), [("", "nowhere"), ("sites = {}", "https://example.com/"), ("[", "")])
def test_what_would_be_no_configuration_is_not_written(text: str, url: str) -> None:
    with pytest.raises(ConfigError, match=r"does not fit into collector\.toml; write it by hand"):
        with_entry(text, "example", {"url": url}, "")


@given(
    name=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,12}", fullmatch=True),
    title=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
)
def test_any_name_and_title_come_back_as_they_were(name: str, title: str) -> None:
    changed = with_entry(configuration(), name, {"url": "https://example.com/", "name": title}, "2026-11-22")
    assert sites(changed) == {name: {"url": "https://example.com/", "name": title}}


@pytest.mark.parametrize(
    ("url", "taken", "name"),
    [
        ("https://www.orissa-post.com/", (), "orissa-post"),
        ("https://news.bbc.co.uk/", (), "bbc"),
        ("https://news.bbc.co.uk/", ("bbc",), "news.bbc.co.uk"),
        ("https://news.bbc.co.uk/", ("bbc", "news.bbc.co.uk"), "news.bbc.co.uk-2"),
        ("http://127.0.0.1:8000/", (), "127.0.0.1-8000"),
        ("http://[::1]:8000/", (), "1-8000"),
        ("http://localhost:8000/", (), "localhost-8000"),
        ("https://समाचार.example/", (), "xn--61b3bh3a5ab"),
    ],
)
def test_an_entry_is_called_after_its_domain(url: str, taken: tuple[str, ...], name: str) -> None:
    assert name_for(url, taken) == name
    Config.model_validate({"sites": {name: {"url": "https://example.com/"}}})


def test_a_file_is_replaced_whole_and_keeps_its_permissions(tmp_path: Path) -> None:
    file = tmp_path / "collector.toml"
    file.write_text("old")
    file.chmod(0o640)
    write_whole(file, "new\r\n")
    assert file.read_bytes() == b"new\r\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]
