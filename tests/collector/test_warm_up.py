"""The page that the fork server studies goes all the way, or else each process would load the rest for itself."""

from collector.warm_up import study_a_page
from corpus.types import Article


def test_the_page_that_is_studied_first_becomes_an_article() -> None:
    assert isinstance(study_a_page().verdict, Article)
