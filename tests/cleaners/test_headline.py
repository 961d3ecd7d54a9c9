import pytest
from cleaning import blocks_of

from cleaners.headline import find_headline, is_title
from cleaners.typography import sameness

TITLE = "Storm hits coast towns"


def headline(html: str, title: str | None = TITLE) -> str | None:
    block = find_headline(blocks_of(html), title)
    return block and f"{block.tag}: {block.text}"


def test_the_heading_with_the_titles_words_is_the_headline() -> None:
    assert (
        headline(f"<p>{TITLE}</p><h1>The Planet</h1><h2>“Storm” hits coast towns</h2>")
        == "h2: “Storm” hits coast towns"
    )


def test_another_block_will_do_where_no_heading_has_them() -> None:
    assert headline(f"<h1>The Planet</h1><div><b>{TITLE}</b></div>") == f"div: {TITLE}"


def test_the_first_top_level_heading_will_do_where_the_title_is_not_shown() -> None:
    assert headline("<h2>News</h2><h1>A storm</h1>") == "h1: A storm"
    assert headline("<h1>A storm</h1>", None) == "h1: A storm"


def test_a_page_may_have_no_headline() -> None:
    assert headline("<p>text</p>", None) is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (TITLE, True),
        ("STORM HITS COAST TOWNS!", True),
        ("Storm hits coast towns | The Planet", True),
        ("Storm hits coast", True),
        ("Storm", False),
        ("Calm returns to coast towns", False),
        ("", False),
    ],
)
def test_a_title_is_recognised_cut_short_or_with_the_sites_name(text: str, same: bool) -> None:
    (block,) = blocks_of(f"<p>{text or '-'}</p>")
    assert is_title(block, sameness(TITLE)) is same
