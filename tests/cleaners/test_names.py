import pytest
from lxml.html import fragment_fromstring

from cleaners.names import is_called_picture, is_called_standfirst, is_unseen, rule_of_names


@pytest.mark.parametrize(
    ("markup", "rule"),
    [
        ('<div class="related">', "related"),
        ('<div class="story__relatedLinks">', "related"),
        ('<div id="comments">', "comments"),
        ('<div class="x share-bar">', "share"),
        ('<div class="NewsletterSignup">', "prompt"),
        ('<div class="cmplz-cookiebanner">', "consent"),
        ('<div class="photo-gallery">', "gallery"),
        ('<p class="image-credit">', "caption"),
        ('<div class="copyright">', "legal"),
        ('<ul class="tags">', "tags"),
        ('<h2 class="related-posts">', "related"),
        ('<h2 id="what-share-of-adolescents-smoke">', None),
        ('<blockquote class="twitter-tweet">', "share"),
        ('<section id="new-on-the-menu"><h2>New on the menu!</h2></section>', None),
        ('<section id="new-on-the-menu"><h2>Fish and bread</h2></section>', "navigation"),
        ('<section id="main-menu"><h2>Main menu</h2></section>', "navigation"),
        ('<p class="paywall">', None),
        ("<div>", None),
        ('<div class="story">', None),
        ('<div class="commentary">', None),
        ('<div class="sidebar-grid__content">', None),
        ('<div class="has-sidebar">', None),
        ('<article class="post tag-newsletter category-popular">', None),
    ],
)
def test_names_say_what_a_part_of_a_page_is(markup: str, rule: str | None) -> None:
    assert rule_of_names(fragment_fromstring(markup)) == rule


@pytest.mark.parametrize(
    ("markup", "called"),
    [
        ('<p class="article__standfirst">', True),
        ('<h2 class="news-deck">', True),
        ('<div class="subTitle subtitle">', True),
        ('<p class="lead-image">', False),
        ("<p>", False),
    ],
)
def test_names_say_what_a_standfirst_is(markup: str, called: bool) -> None:
    assert is_called_standfirst(fragment_fromstring(markup)) is called


@pytest.mark.parametrize(
    ("markup", "called"),
    [
        ('<div class="topPhoto">', True),
        ('<div id="photo_cap">', True),
        ('<p class="img-description">', True),
        ('<div class="image-text">', False),
        ('<div class="with-image">', False),
        ('<div class="imagine">', False),
        ("<div>", False),
    ],
)
def test_names_say_where_pictures_are(markup: str, called: bool) -> None:
    assert is_called_picture(fragment_fromstring(markup)) is called


@pytest.mark.parametrize(
    ("markup", "unseen"),
    [
        ('<h2 class="visually-hidden">', True),
        ('<span class="label screen-reader-text">', True),
        ('<h2 class="not-visually-hidden">', False),
        ('<h2 class="title">', False),
        ("<h2>", False),
    ],
)
def test_a_class_says_what_is_for_screen_readers_only(markup: str, unseen: bool) -> None:
    assert is_unseen(fragment_fromstring(markup)) is unseen
