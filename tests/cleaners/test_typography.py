import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.typography import count_signs, fold, sameness


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("  two\twords \n here ", "two words here"),
        ("no\u00a0break\u202fthin\u3000wide", "no break thin wide"),
        ("soft\u00adhyphen", "softhyphen"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("left\u200e and \u200fright", "left and right"),
        ("e\u0301", "\u00e9"),
        ("null\x00byte", "nullbyte"),
        ("“quotes” – stay…", "“quotes” – stay…"),
        ("", ""),
    ],
)
def test_a_line_is_folded_without_touching_what_readers_see(raw: str, folded: str) -> None:
    assert fold(raw) == folded


@pytest.mark.parametrize(
    "word",
    [
        "می\u200cخواهم",  # Persian: ZWNJ between prefix and stem
        "क्\u200dष",  # Devanagari: ZWJ asks for a half form
        "ত্\u200d",  # Bengali: khanda ta in its old spelling, at the end of a word
        "ශ්\u200dරී",  # Sinhala
        "👨\u200d👩\u200d👧",  # a family, in one sign
    ],
)
def test_joiners_that_are_spelling_stay(word: str) -> None:
    assert fold(f" {word} ") == unicodedata.normalize("NFC", word)


@pytest.mark.parametrize("text", ["a\u200cb", "\u200dword", "word\u200c", "می\u200c خواهم", "x\u200d\u200dy"])
def test_joiners_that_join_nothing_go(text: str) -> None:
    assert not {"\u200c", "\u200d"} & set(fold(text))


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_folded_text_is_one_line_in_normal_form(text: str) -> None:
    folded = fold(text)
    assert folded == unicodedata.normalize("NFC", folded)
    assert folded.split(" ") == folded.split() or not folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“Storm” hits the coast…", '"STORM" hits the coast'),
        ("Ｆｕｌｌ width", "full width"),
        ("Straße", "STRASSE"),
        ("A – B", "a-b"),
    ],
)
def test_spellings_of_one_headline_are_the_same(one: str, other: str) -> None:
    assert sameness(one) == sameness(other)


def test_vowel_signs_count() -> None:
    assert sameness("କି") != sameness("କା")


@given(st.text())
def test_signs_are_counted_as_one_by_one(text: str) -> None:
    for claim in (str.isdigit, str.isupper, str.isalnum):
        assert count_signs(text, claim) == sum(map(claim, text))
