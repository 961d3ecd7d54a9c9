"""A page that sends its reader elsewhere is a redirect."""

import pytest

from cleaners.parse import parse
from collector.discovery.refresh import refresh_target

URL = "https://post.example/old/ferry"


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0; url=https://post.example/new/ferry", "https://post.example/new/ferry"),
        ("0;URL='../new/ferry'", "https://post.example/new/ferry"),
        ("5, /new/ferry", "https://post.example/new/ferry"),
        (" 0 ; url = /new/ferry ", "https://post.example/new/ferry"),
        ("10; url=/new/ferry", "https://post.example/new/ferry"),
        ("11; url=/new/ferry", None),
        ("300", None),
        ("0; url=https://post.example/old/ferry#top", None),
        ("0; url=javascript:history.back()", None),
        ("soon; url=/new", None),
        ("", None),
    ],
)
def test_a_refresh_within_seconds_is_followed_unless_it_leads_back(content: str, target: str | None) -> None:
    assert refresh_target(parse(f'<meta http-equiv="Refresh" content="{content}"><p>Page has moved'), URL) == target


def test_a_page_without_a_refresh_stays() -> None:
    assert refresh_target(parse('<meta name="refresh" content="0; url=/new"><p>Text'), URL) is None
