"""Passages find a text wherever nine of its words stand in a row, and keep no word of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import passages as module
from corpus.passages import LEAST_SHARED, Passages
from corpus.shingles import SHINGLE_WORDS

TEXT = " ".join(f"word{number}" for number in range(60))
IN_A_ROW = LEAST_SHARED + SHINGLE_WORDS - 1


@pytest.mark.parametrize(("words", "found"), [(IN_A_ROW, True), (IN_A_ROW - 1, False)])
def test_a_passage_is_so_many_words_in_a_row(words: int, found: bool) -> None:
    row = " ".join(f"word{number}" for number in range(20, 20 + words))
    assert Passages.of([TEXT]).are_in(f"He said: {row}, and left.") is found


def test_what_another_text_says_too_is_no_passage() -> None:
    common = "Support our journalism with a subscription and read every story of the harbour without advertising"
    left = Passages.of([f"{TEXT} {common}"]).without(f"Another story altogether. {common}")
    assert not left.are_in(f"A third story. {common}")
    assert left.are_in(TEXT)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=200), max_size=4), st.text(max_size=200))
def test_packing_loses_nothing(texts: list[str], other: str) -> None:
    passages = Passages.of(texts)
    again = Passages.unpack(passages.pack())
    assert len(again) == len(passages)
    assert again.are_in(other) == passages.are_in(other)


def test_no_texts_have_no_passages() -> None:
    assert not Passages.of([]).are_in(TEXT)
    assert not Passages.of(["one two"]).are_in("one two")


def test_of_very_many_texts_a_sample_finds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_RUNS", 500)
    texts = [" ".join(f"w{story}x{number}" for number in range(100)) for story in range(20)]
    passages = Passages.of(texts)
    assert len(passages) == 500
    assert all(passages.are_in(text) for text in texts)
    assert not passages.are_in(TEXT)
