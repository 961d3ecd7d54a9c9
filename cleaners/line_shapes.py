"""What a line of a text dump looks like, in figures that no language decides.

Prose has long lines that end like sentences and stand among their like; furniture has short ones, in runs. The figures
here say that of a line and its neighbours. Words enter only as coverage by the furniture table and, for the vocabulary
of the article itself, as words that the dump repeats.

A line's mass is its number of letters, a Han character or kana counting three: so a Chinese sentence weighs what its
translation weighs.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log2

from cleaners.dumps import Line
from cleaners.furniture import coverage

#: The figures of one line by name.
Shape = Mapping[str, float]

#: Mass of a short sentence: what ends like a sentence and weighs as much counts as prose.
PROSE_MASS = 60
#: Coverage by furniture from which a line that ends like a sentence is no prose ("Sign up for our newsletter.").
FURNITURE_SHARE = 0.5

#: Ends of sentences in the scripts of the press (Unicode property Sentence_Terminal), with what may close behind them.
_SENTENCE_END = re.compile("[.!?…。！？।॥۔؟።។။།։｡][\"'”’»›)\\]」』）】\u200f\\s]*$")
# Thai and Lao end sentences with a space; a long line in them is taken for one.
_UNPUNCTUATED = re.compile("[\u0e01-\u0e5b\u0e81-\u0edf][\"'”’)\\s]*$")
_BROKEN_OFF = re.compile(r"(?:\.\.\.|…|\.\.)[\s\])]*$")
_SENTENCE = re.compile("[.!?。！？।॥۔؟።។။](?=[\"'”’»」』)]*(?:\\s|$|[\u3040-\u9fff]))")
_COMMA = re.compile("[,،，、;؛]")
_DAY_OR_TIME = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[月월]"
)
_SEPARATOR = re.compile(r"[|»›→·•]|>>|\s/\s")
_ADDRESS = re.compile(r"https?:|www\.|\.com\b|@\w")
_QUOTED = re.compile("[“\"„«»‘'「『–—-]")
_IN_PARENTHESES = re.compile("[(（\\[【].*[)）\\]】]$")
#: Han characters and kana, each of them a word.
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0962-\u0963\u0981-\u0dff\u0e31-\u0e4e"
_WORD = re.compile(rf"{UNSPACED.pattern}|[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+(?:[{_MARKS}'’]+[^\W_]*)*")

_KINDS = (
    "share",
    "related",
    "comments",
    "prompt",
    "legal",
    "advertisement",
    "navigation",
    "tags",
    "picture",
    "facts",
)
_NOWHERE = 30


def mass(text: str) -> int:
    """Return the mass of a text: its characters without spaces, a Han character or kana counting three."""
    return len(text) - text.count(" ") + 2 * len(UNSPACED.findall(text))


def words_of(text: str) -> list[str]:
    """Return the words of a text, case-folded, each Han character or kana a word.

    >>> words_of("Don’t stop, 東京!")
    ['don’t', 'stop', '東', '京']
    """
    return _WORD.findall(text.casefold())


def key_of(text: str) -> str:
    """Return what two lines that say the same share."""
    return "".join(words_of(text)) or text


def ends_like_sentence(text: str) -> bool:
    """Tell whether a line ends with a sentence, and not broken off with dots."""
    if _BROKEN_OFF.search(text):
        return False
    return bool(_SENTENCE_END.search(text)) or (bool(_UNPUNCTUATED.search(text)) and mass(text) >= PROSE_MASS)


@dataclass(frozen=True, slots=True)
class Measured:
    """The lines of a dump with what is measured once for each."""

    lines: tuple[Line, ...]
    mass: tuple[int, ...]
    words: tuple[tuple[str, ...], ...]
    coverage: tuple[Mapping[str, float], ...]
    #: Sum of the coverages, at most 1.
    furniture: tuple[float, ...]
    sentence: tuple[bool, ...]
    prose: tuple[bool, ...]
    #: How often the line's words stand in the dump.
    times: tuple[int, ...]


def measure(lines: Sequence[Line]) -> Measured:
    """Measure the lines of a dump, each by itself."""
    texts = [line.text for line in lines]
    words = [tuple(words_of(text)) for text in texts]
    keys = ["".join(found) or text for found, text in zip(words, texts, strict=True)]
    times = Counter(keys)
    masses = [mass(text) for text in texts]
    covered = [coverage(text) for text in texts]
    furniture = [min(1.0, sum(kinds.values()) - kinds.get("ages", 0.0)) for kinds in covered]
    sentence = [ends_like_sentence(text) for text in texts]
    prose = [
        ends and weight >= PROSE_MASS and share < FURNITURE_SHARE
        for ends, weight, share in zip(sentence, masses, furniture, strict=True)
    ]
    return Measured(
        lines=tuple(lines),
        mass=tuple(masses),
        words=tuple(words),
        coverage=tuple(covered),
        furniture=tuple(furniture),
        sentence=tuple(sentence),
        prose=tuple(prose),
        times=tuple(times[key] for key in keys),
    )


def shapes(measured: Measured) -> list[Shape]:
    """Return the figures of each line: its own, its neighbours', and how prose and furniture lie around it."""
    around = _Around(measured)
    return [
        _own(measured, index) | _neighbours(measured, index) | around.of(index) for index in range(len(measured.lines))
    ]


def _own(measured: Measured, index: int) -> dict[str, float]:
    text = measured.lines[index].text
    letters = [sign for sign in text if sign.isalpha()]
    tokens = text.split()
    weight = measured.mass[index]
    kinds = measured.coverage[index]
    return {
        "mass": log2(1 + weight),
        "words": len(measured.words[index]),
        "sentence": measured.sentence[index],
        "broken-off": bool(_BROKEN_OFF.search(text)),
        "sentences": min(len(_SENTENCE.findall(text)), 6),
        "commas": min(len(_COMMA.findall(text)), 6),
        "digits": sum(map(str.isdigit, text)) / len(text),
        "upper": sum(map(str.isupper, letters)) / max(1, len(letters)),
        "title-case": sum(token[0].isupper() for token in tokens) / len(tokens),
        "bullet": measured.lines[index].bullet,
        "lower-start": bool(letters) and text[0].islower(),
        "colon": text.endswith((":", "：")),
        "separator": bool(_SEPARATOR.search(text)),
        "address": bool(_ADDRESS.search(text)),
        "age": is_age(measured, index),
        "day": is_dated(measured, index),
        "question": text.endswith(("?", "？", "؟")),
        "exclamation": text.endswith(("!", "！")),
        "quoted": bool(_QUOTED.match(text)),
        "parentheses": bool(_IN_PARENTHESES.match(text)),
        "times": min(measured.times[index], 5),
        "furniture": measured.furniture[index],
    } | {kind: kinds.get(kind, 0.0) for kind in _KINDS}


def is_age(measured: Measured, index: int) -> bool:
    """Tell whether a line is short and says how long ago something was: "7 hours ago"."""
    text = measured.lines[index].text
    return measured.mass[index] < 40 and "ages" in measured.coverage[index] and any(map(str.isdigit, text))


def is_dated(measured: Measured, index: int) -> bool:
    """Tell whether a line is short and holds a date or a time in figures."""
    return measured.mass[index] < PROSE_MASS and has_day_or_time(measured.lines[index].text)


def has_day_or_time(text: str) -> bool:
    """Tell whether a text holds a year, a date or a time in figures."""
    return bool(_DAY_OR_TIME.search(text))


def _neighbours(measured: Measured, index: int) -> dict[str, float]:
    count = len(measured.lines)
    found: dict[str, float] = {
        "gap": min(measured.lines[index].gap, 2),
        "gap-behind": min(measured.lines[index + 1].gap, 2) if index + 1 < count else 2,
    }
    for step in (-2, -1, 1, 2):
        other = index + step
        inside = 0 <= other < count
        found[f"mass{step:+}"] = log2(1 + measured.mass[other]) if inside else -1
        found[f"sentence{step:+}"] = measured.sentence[other] if inside else -1
        found[f"furniture{step:+}"] = measured.furniture[other] if inside else -1
    heads = (measured.coverage[index - step].get("related", 0.0) for step in range(1, min(index, 8) + 1))
    found["below-box"] = next((step for step, share in enumerate(heads, 1) if share >= FURNITURE_SHARE), _NOWHERE)
    return found


class _Around:
    """Sums over windows of lines, by prefix sums."""

    def __init__(self, measured: Measured) -> None:
        self._count = len(measured.lines)
        prose_mass = [weight if prose else 0 for weight, prose in zip(measured.mass, measured.prose, strict=True)]
        self._prose = [0, *accumulate(prose_mass)]
        self._mass = [0, *accumulate(measured.mass)]
        self._furniture = [0.0, *accumulate(measured.furniture)]
        self._above = _distances(measured.prose)
        self._below = _distances(measured.prose[::-1])[::-1]

    def of(self, index: int) -> dict[str, float]:
        """Return the figures of the surroundings of line ``index``."""
        total = self._prose[-1]
        found = {
            "place": index / max(1, self._count - 1),
            "prose-share-above": self._prose[index] / max(1, total),
            "prose-total": log2(1 + total),
            "lines": log2(1 + self._count),
            "prose-above": self._above[index],
            "prose-below": self._below[index],
        }
        for name, sums, spans in (("prose", self._prose, (3, 10)), ("mass", self._mass, (5,))):
            for span in spans:
                found[f"{name}-{span}"] = log2(1 + self._before(sums, index, span))
                found[f"{name}+{span}"] = log2(1 + self._behind(sums, index, span))
        for span in (3, 8):
            found[f"furniture-{span}"] = self._before(self._furniture, index, span)
            found[f"furniture+{span}"] = self._behind(self._furniture, index, span)
        return found

    def _before(self, sums: Sequence[float], index: int, span: int) -> float:
        return sums[index] - sums[max(0, index - span)]

    def _behind(self, sums: Sequence[float], index: int, span: int) -> float:
        return sums[min(self._count, index + 1 + span)] - sums[index + 1]


def _distances(prose: Sequence[bool]) -> list[int]:
    """Return for each line how many lines stand between it and the last line of prose before it."""
    found, since = [], _NOWHERE
    for is_prose in prose:
        found.append(min(since, _NOWHERE))
        since = 0 if is_prose else since + 1
    return found
