"""Words, shingles and the scores of two sets of them."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus import shingles
from corpus.shingles import (
    SHINGLE_CHARACTERS,
    SHINGLE_WORDS,
    containment,
    count_shared,
    resemblance,
    shingle,
    words_of,
)

TEXTS = st.text(max_size=200)
WORDY = st.lists(st.sampled_from(["ferry", "harbour", "नौका", "東京", "Straße", "naïve"]), max_size=40).map(" ".join)


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = words_of(text)
    length = min(length, len(words))
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)} if words else set()


@given(text=st.text(alphabet=st.characters(max_codepoint=127), max_size=200))
@example("it's\x00a_b\x1cc")
def test_the_short_way_for_ascii_gives_the_words_of_the_long_way(text: str) -> None:
    # A letter that folds to itself and is no ASCII sends the text the long way.
    assert [*words_of(text), "ꙮ"] == words_of(f"{text} ꙮ")


@given(
    text=st.lists(st.sampled_from(["ferry", "नौका", "東京", "Straße's", "½", "a\x01b", "—", "😀", "\u200d"])).map(
        " ".join
    )
)
@example("é\x01 b c d e f g")
def test_a_word_is_read_alike_in_whatever_company(text: str) -> None:
    alone = [word for token in text.split() for word in words_of(token)]
    assert words_of(text) == alone
    assert words_of(f"a b c d e f g h i j k l m n o p {text} é") == [*"abcdefghijklmnop", *alone, "é"]


@given(text=TEXTS)
def test_case_and_typography_make_no_other_words(text: str) -> None:
    assert words_of(text.replace(" ", "\u00a0")) == words_of(text)
    assert words_of(f"“{text}”") == words_of(f'"{text}"')


def test_indian_words_keep_their_vowel_signs_and_lose_their_joiners() -> None:
    assert words_of("कि का क्\u200dष") == ["कि", "का", "क्ष"]


@pytest.mark.parametrize("text", ["東京で会議が開かれた", "กรุงเทพมหานคร", "ភ្នំពេញ"])
def test_scripts_without_spaces_are_taken_character_by_character(text: str) -> None:
    assert words_of(text) == list(text)


@given(text=WORDY.filter(lambda text: "東" not in text))
def test_a_text_has_as_many_shingles_as_different_runs_of_words(text: str) -> None:
    assert len(shingle(text)) == len(runs(text, SHINGLE_WORDS))


@pytest.mark.parametrize(("text", "length"), [("東京" * 3 + " a b c d e f", 5), ("東京" * 4 + " a b c d e f", 8)])
def test_a_text_is_written_without_spaces_where_most_of_its_words_are_characters(text: str, length: int) -> None:
    assert {5: SHINGLE_WORDS, 8: SHINGLE_CHARACTERS}[length] == length
    assert len(shingle(text)) == len(runs(text, length))


@pytest.mark.parametrize(("words", "count"), [(0, 0), (1, 1), (4, 1), (5, 1), (6, 2)])
def test_a_text_shorter_than_a_shingle_is_one(words: int, count: int) -> None:
    assert len(shingle(" ".join(f"word{number}" for number in range(words)))) == count


@given(text=TEXTS)
def test_shingles_are_sorted_and_each_stands_once(text: str) -> None:
    found = shingle(text)
    assert found.dtype == np.uint64
    assert (found[1:] > found[:-1]).all()


@given(before=WORDY, text=WORDY)
def test_a_run_has_one_number_wherever_it_stands(before: str, text: str) -> None:
    five = "alpha beta gamma delta epsilon"
    (number,) = shingle(five).tolist()
    assert number in shingle(f"{before} zeta {five} {text}").tolist() or "東" in before + text


def test_a_long_text_costs_no_other_numbers_than_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    long = " ".join(f"word{number}" for number in range(20_000))
    numbers = shingle(long)
    monkeypatch.setattr(shingles, "_powers", shingles._Powers())
    assert (shingle("word0 word1 word2 word3 word4")[0] == numbers).any()
    assert (shingle(long) == numbers).all()


@given(one=WORDY, other=WORDY)
def test_resemblance_and_containment_are_symmetric_and_at_most_one(one: str, other: str) -> None:
    first, second = shingle(one), shingle(other)
    shared = count_shared(first, second)
    assert shared == count_shared(second, first)
    for score in (resemblance, containment):
        assert score(shared, len(first), len(second)) == score(shared, len(second), len(first))
        assert 0 <= score(shared, len(first), len(second)) <= 1
    assert resemblance(shared, len(first), len(second)) <= containment(shared, len(first), len(second))


@given(text=WORDY.filter(str.strip))
def test_a_text_resembles_itself_wholly(text: str) -> None:
    own = shingle(text)
    assert resemblance(count_shared(own, own), len(own), len(own)) == 1
