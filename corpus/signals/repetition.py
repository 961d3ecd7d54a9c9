"""How much a text says again what it said before: lines, paragraphs, runs of words (Rae et al. 2021, table A1)."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_PARAGRAPH_END = re.compile(r"\n{2,}")
_LINE_END = re.compile(r"\n+")
_TOP = (2, 3, 4)
_DUPLICATE = (5, 6, 7, 8, 9, 10)


def measure_repetition(text: str, words: Sequence[str]) -> dict[str, float]:
    r"""Return the signals of repetition of a text and its words.

    As in the paper (and in datatrove), characters are in proportion to all characters of the text, so that texts with
    spaces stay a little below 1.

    >>> found = measure_repetition("one two\none two\nthree", ["one", "two", "one", "two", "three"])
    >>> found["duplicate_lines"], found["duplicate_line_characters"], found["top_2_gram"]
    (0.3333, 0.3333, 0.6667)
    """
    size = max(1, len(text))
    paragraphs, lines = _PARAGRAPH_END.split(text.strip()), _LINE_END.split(text)
    again, characters = _duplicates(paragraphs)
    lines_again, line_characters = _duplicates(lines)
    unbroken = max(1, len(text.replace("\n", "")))
    return {
        "duplicate_lines": round(lines_again / len(lines), 4),
        "duplicate_line_characters": round(line_characters / size, 4),
        "duplicate_paragraphs": round(again / len(paragraphs), 4),
        "duplicate_paragraph_characters": round(characters / size, 4),
        **{f"top_{n}_gram": round(_top(words, n) / size, 4) for n in _TOP},
        **{f"duplicate_{n}_grams": round(count / size, 4) for n, count in _duplicate_runs(words).items()},
        "repeated_characters": round(_duplicates(line for line in lines if line.strip())[1] / unbroken, 4),
    }


def _duplicates(parts: Iterable[str]) -> tuple[int, int]:
    """Return how many parts were there before, and their characters."""
    seen: set[str] = set()
    again = characters = 0
    for part in parts:
        if part in seen:
            again += 1
            characters += len(part)
        seen.add(part)
    return again, characters


def _top(words: Sequence[str], n: int) -> int:
    """Return the characters, spaces included, of all that the most frequent run of words is; the first of several."""
    runs = Counter(zip(*(words[begin:] for begin in range(n)), strict=False))
    if not runs:
        return 0
    run, count = runs.most_common(1)[0]
    return (sum(map(len, run)) + n - 1) * count


def _duplicate_runs(words: Sequence[str]) -> dict[int, int]:
    """Return, for each length of runs, the characters (without spaces) of those that were there before."""
    found = dict.fromkeys(_DUPLICATE, 0)
    for n in _DUPLICATE:
        found[n] = _duplicate_characters(words, n)
        if not found[n]:
            break  # no longer run can be there twice
    return found


def _duplicate_characters(words: Sequence[str], n: int) -> int:
    seen: set[tuple[str, ...]] = set()
    characters = place = 0
    while place <= len(words) - n:
        run = tuple(words[place : place + n])
        if run in seen:
            characters += sum(map(len, run))
            place += n  # its words are counted once
        else:
            seen.add(run)
            place += 1
    return characters
