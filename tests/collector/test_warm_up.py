"""The page that the fork server studies goes all the way, or else each process would load the rest for itself."""

import pytest

from cleaners import looks, witnesses
from collector.warm_up import clean_without_a_first_look, identify_in_doubt, study_a_page
from corpus.types import Article


def test_the_page_that_is_studied_first_becomes_an_article() -> None:
    assert isinstance(study_a_page().verdict, Article)


def test_the_extractor_is_loaded_though_the_page_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    real = looks.extract
    monkeypatch.setattr(looks, "extract", lambda *page: asked.append(page) or real(*page))
    assert isinstance(clean_without_a_first_look(), Article)
    assert asked


def test_the_text_that_is_identified_first_is_one_that_both_witnesses_are_asked_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []
    loaded = witnesses._langdetect()
    monkeypatch.setattr(witnesses, "_langdetect", lambda: asked.append(loaded) or loaded)
    identify_in_doubt()
    assert asked
