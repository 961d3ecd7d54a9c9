"""Live blogs: their posts, with their times."""

import json
from datetime import UTC, date, datetime

import pytest
from cleaning import page_of

from cleaners.clean import clean
from cleaners.metadata import read_metadata
from cleaners.parse import parse
from corpus.types import Article, Post

GOAL = "The ball crossed the line off the left post and the keeper, who had slipped, could only watch it roll in. " * 2
START = "Both sides are on the pitch, the rain has stopped, and the referee has blown for the start of the final. " * 2


def live_blog(*updates: object, kind: str = "LiveBlogPosting") -> str:
    node = {"@type": kind, "headline": "The final, live", "liveBlogUpdate": list(updates)}
    return (
        f"<title>The final, live</title><script type='application/ld+json'>{json.dumps(node)}</script>"
        "<h1>The final, live</h1><p>Follow it here.</p>"
    )


def posts_of(html: str) -> tuple[Post, ...]:
    return read_metadata(parse(html), page_of(html)).posts


def test_posts_are_read_in_the_order_of_the_page_with_their_times() -> None:
    html = live_blog(
        {
            "@type": "BlogPosting",
            "headline": "Goal!",
            "datePublished": "2026-11-14T20:31:00+01:00",
            "articleBody": GOAL,
        },
        {"@type": "BlogPosting", "datePublished": "2026-11-14", "articleBody": "<p>One.</p>\n<p>Two.</p>"},
        {"@type": "BlogPosting", "headline": "No time"},
    )
    assert posts_of(html) == (
        Post(headline="Goal!", published=datetime.fromisoformat("2026-11-14T20:31:00+01:00"), text=GOAL.strip()),
        Post(published=date(2026, 11, 14), text="One.\n\nTwo."),
        Post(headline="No time"),
    )


def test_posts_that_refer_to_nodes_of_their_own_are_read_too() -> None:
    graph = [
        {"@type": "LiveBlogPosting", "headline": "Live", "liveBlogUpdate": [{"@id": "#p1"}]},
        {"@type": "BlogPosting", "@id": "#p1", "headline": "Kick-off", "articleBody": START},
    ]
    html = (
        f"<title>Live</title><script type='application/ld+json'>{json.dumps({'@graph': graph})}</script><h1>Live</h1>"
    )
    assert [post.headline for post in posts_of(html)] == ["Kick-off"]


def test_microdata_marks_posts() -> None:
    html = """<h1>Live</h1><div itemprop="liveBlogUpdate" itemscope itemtype="https://schema.org/BlogPosting">
        <h2 itemprop="headline">Kick-off</h2><time itemprop="datePublished" datetime="2026-11-14T19:00:00Z">7 pm</time>
        <div itemprop="articleBody"><p>They play.</p><p>It rains.</p></div></div>"""
    kick_off = datetime(2026, 11, 14, 19, tzinfo=UTC)
    assert posts_of(html) == (Post(headline="Kick-off", published=kick_off, text="They play.\n\nIt rains."),)


@pytest.mark.parametrize("updates", [(), ("a string",), ({"@type": "BlogPosting"},), (None, 3, [[]])])
def test_what_says_nothing_is_no_post(updates: tuple[object, ...]) -> None:
    assert posts_of(live_blog(*updates)) == ()


def test_posts_that_a_script_would_show_are_the_text() -> None:
    html = live_blog(
        {"@type": "BlogPosting", "headline": "Goal!", "articleBody": GOAL},
        {"@type": "BlogPosting", "headline": "Kick-off", "articleBody": START},
    )
    verdict = clean(page_of(html))
    assert isinstance(verdict, Article), verdict
    assert verdict.text == f"Goal!\n\n{GOAL.strip()}\n\nKick-off\n\n{START.strip()}"
    assert [post.headline for post in verdict.posts] == ["Goal!", "Kick-off"]
