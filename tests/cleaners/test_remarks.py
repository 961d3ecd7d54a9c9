import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.data import read_table
from cleaners.remarks import holds, is_all, opens, says
from cleaners.typography import sameness

KINDS = sorted(read_table("remarks.toml"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_phrase_is_found_wherever_it_may_stand(kind: str) -> None:
    for phrase in read_table("remarks.toml")[kind]:
        if kind != "consent":  # beginnings of words
            assert says(f"Lo, {phrase} – indeed.", kind), phrase
            assert opens(f"({phrase} Indeed", kind) is not None, phrase
        assert holds(phrase.upper() if phrase.isascii() else phrase, kind), phrase
        assert is_all(sameness(phrase), kind), phrase


@pytest.mark.parametrize("kind", KINDS)
def test_no_phrase_is_told_twice(kind: str) -> None:
    phrases = list(map(str.lower, read_table("remarks.toml")[kind]))
    assert len(phrases) == len(set(phrases))


def test_phrases_end_where_words_do() -> None:
    assert says("Please support us!", "asks")
    assert not says("Please support users!", "asks")
    assert opens("Writing by Jane", "credited") == "Jane"
    assert opens("Writing bystanders", "credited") is None
    assert opens("Additional reporting from Rome", "credited") == "Rome"


def test_capitals_of_every_language_are_known() -> None:
    assert opens("REDAKTION: Max Groß", "credited") == "Max Groß"
    assert is_all(sameness("İÇERİĞİN devamı aşağıda"), "onward")


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_whatever_a_line_holds_it_is_read(line: str) -> None:
    for kind in ("credited", "asks", "update"):
        rest = opens(line, kind)
        assert rest is None or line.endswith(rest) or line.rstrip().endswith(rest)
        assert says(line, kind) in (True, False)
