"""Counting words in any script."""

import re

# Han, kana and Hangul-less scripts without spaces: each character counts as a word, as the extraction field
# evaluates them. Thai, Lao, Khmer and Burmese have no spaces either, but there a character is far less than a word.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def count_words(text: str) -> int:
    """Count white-space separated words, each Han or kana character as a word of its own.

    >>> count_words("Two words")
    2
    >>> count_words("東京で会議 opens")
    6
    """
    unspaced, rest = _UNSPACED.subn(" ", text)[::-1]
    return unspaced + len(rest.split())
