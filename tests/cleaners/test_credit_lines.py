"""What the lines around a text tell of it: whole pages, so that they are lines that cleaning really cuts or keeps."""

from datetime import UTC, date, datetime

import pytest

from cleaners.clean import clean_html
from corpus.types import Article, Published

URL = "https://www.planet.example/ferry"
SENTENCES = (
    "The ferry left the harbour at noon with forty people and a dog on board, and nobody thought of the rain. ",
    "Captain Olsen had seen the clouds over the sound, but the tide would not wait for any of them to pass. ",
    "By three the wind had turned, and the passengers were asked to stay below until the pier came in sight. ",
    "When they came ashore again the mayor stood in the rain and shook every hand, even the one of the cook. ",
)
STORY = "".join(f"<p>{sentence * 3}</p>" for sentence in SENTENCES)
HEADLINE = "<h1>Ferry comes home in the rain</h1>"


def read(above: str = "", below: str = "", head: str = "", after: str = "") -> Article:
    title = "<title>Ferry comes home in the rain</title>"
    html = f"<html lang=en><head>{title}{head}</head><body><article>{HEADLINE}{above}{STORY}{below}</article>{after}"
    verdict = clean_html(html, URL, fetched_at=datetime(2024, 6, 1, tzinfo=UTC))
    assert isinstance(verdict, Article)
    assert verdict.text.startswith("The ferry left")
    return verdict


def test_the_last_line_tells_who_and_when() -> None:
    article = read(below="<div>Posted by Jane Doe on the 3 May 2024 at 10:30</div>")
    assert article.authors == ("Jane Doe",)
    assert article.published == Published(on=datetime(2024, 5, 3, 10, 30), source="visible-line")  # noqa: DTZ001
    assert (article.sources["authors"], article.sources["published"]) == ("visible-line", "visible-line")


def test_the_last_line_tells_of_the_last_change() -> None:
    dated = '<meta property="article:published_time" content="2024-05-02T08:00:00Z">'
    article = read(head=dated, below="<p>Last updated: 3 May 2024</p>")
    assert article.modified == Published(on=date(2024, 5, 3), source="visible-line")
    assert article.sources["published"] == "meta:article:published_time"


def test_the_last_line_credits_an_agency_beside_the_author() -> None:
    named = '<meta name="author" content="Jane Doe">'
    article = read(head=named, below="<p>Source: Reuters</p>")
    assert (article.authors, article.agency, article.sources["agency"]) == (("Jane Doe",), "Reuters", "visible-line")


def test_a_byline_comes_in_where_the_head_names_the_outlet() -> None:
    outlet = '<meta property="og:site_name" content="The Planet"><meta name="author" content="The Planet">'
    article = read(head=outlet, above="<div>12:37, 3 May 2024, by Jane Doe</div>")
    assert article.authors == ("Jane Doe",)


@pytest.mark.parametrize(
    "foreign",
    [
        '<section class="related"><p>By Jane Doe</p><p>Published 3 May 2024</p></section>',
        '<div class="comments"><p>Posted by Jane Doe on 3 May 2024, 10:30</p></div>',
        "<aside><p>Posted by Jane Doe on 3 May 2024, 10:30</p></aside>",
        "<h3>Read next</h3><p>By Jane Doe</p><p>Published 3 May 2024</p>",
        "<figure><img><figcaption>By Jane Doe, published 3 May 2024. Source: Reuters</figcaption></figure>",
        '<p class="credit">Source: Reuters</p>',
        "<p>© 3 May 2024 by Jane Doe, Reuters</p>",
    ],
)
def test_what_belongs_to_other_things_tells_nothing(foreign: str) -> None:
    article = read(below=foreign)
    assert (article.authors, article.agency, article.modified) == ((), None, None)
    assert "visible-line" not in article.sources.values()


def test_what_the_head_states_is_not_contradicted() -> None:
    head = (
        '<meta name="author" content="John Roe">'
        '<meta property="article:published_time" content="2024-05-01T08:00:00Z">'
        '<meta property="article:modified_time" content="2024-05-02T08:00:00Z">'
    )
    article = read(head=head, below="<p>Posted by Jane Doe on 3 May 2024, 10:30, updated 4 May 2024</p>")
    assert article.authors == ("John Roe",)
    assert [article.published and article.published.on.day, article.modified and article.modified.on.day] == [1, 2]


@pytest.mark.parametrize(
    ("line", "authors", "agency"),
    [
        ("(Reporting by Jane Doe and John Roe; Editing by Ana Lima)", ("Jane Doe", "John Roe"), None),
        ("Editing by Ana Lima", (), None),
        ("Additional reporting by Ana Lima", (), None),
        ("AFP, AP", (), "AFP"),
        ("cmb/sms (Reuters, AP)", (), "Reuters"),
        ("mit dpa", (), "dpa"),
    ],
)
def test_a_credit_in_the_last_line_is_cut_and_told(line: str, authors: tuple[str, ...], agency: str | None) -> None:
    article = read(below=f"<p>{line}</p>")
    assert line not in article.text
    assert (article.authors, article.agency) == (authors, agency)


def test_a_credit_that_was_cut_from_the_text_is_told_whatever_its_part_is_called() -> None:
    article = read(below="<p>jdo/dpa</p>")
    part = f"<div class=related-links>{STORY}<p>jdo/dpa</p></div>"
    boxed = clean_html(f"<title>Ferry comes home</title><article>{HEADLINE}{part}</article>", URL)
    assert isinstance(boxed, Article)
    assert (article.agency, boxed.agency) == ("dpa", "dpa")
