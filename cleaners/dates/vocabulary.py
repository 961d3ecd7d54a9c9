"""The words that dates are written with, read from the tables beside this module.

They are data so that a language is added without touching code.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Role(StrEnum):
    """What a date on a page is the date of, as the words beside it say."""

    PUBLISHED = "published"
    MODIFIED = "modified"
    UNKNOWN = "unknown"


def read_table(name: str) -> Mapping[str, list[str]]:
    """Return the table of lists ``name`` that stands beside this module."""
    content = tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return {key: [str(entry) for entry in entries] for key, entries in content.items()}


#: Stands for a stop or blank inside a month's name: a Thai combining sign that no month's name has.
_JOINT = "\u0e3a"


def _fold(word: str) -> str:
    """Return ``word`` as it is looked up: composed, case-folded, joined, without a final stop or apostrophe."""
    folded = unicodedata.normalize("NFC", word).casefold()
    return re.sub(r"[\s.]", _JOINT, folded.strip(".,'’׳॰ " + _JOINT))


@cache
def _months() -> dict[str, dict[int, frozenset[str]]]:
    """Return for each form of a month's name the months it may mean, with the languages that say so."""
    found: dict[str, dict[int, set[str]]] = {}
    for language, entries in read_table("months.toml").items():
        for number, forms in enumerate(entries, 1):
            for form in forms.split("|"):
                found.setdefault(_fold(form), {}).setdefault(number, set()).add(language)
    return {form: {month: frozenset(said) for month, said in months.items()} for form, months in found.items()}


def month_number(word: str, language: str | None = None) -> int | None:
    """Return the number of the month that ``word`` names, or None.

    A form that means different months in different languages (``listopad`` is October in Croatian and
    November in Czech) is only understood where ``language`` (ISO 639) decides.

    >>> month_number("MÄRZ"), month_number("listopad"), month_number("listopad", "cs")
    (3, None, 11)
    """
    months = _months().get(_fold(word))
    if months is None:
        return None
    if len(months) == 1:
        return next(iter(months))
    return next((month for month, languages in months.items() if language in languages), None)


@cache
def _phrases() -> re.Pattern[str]:
    """Return a pattern for the names of months that are no single token: with blanks or stops inside."""
    joined = sorted((form for form in _months() if _JOINT in form), key=len, reverse=True)
    return re.compile("|".join(re.escape(form).replace(_JOINT, r"[\s.]") + r"\.?" for form in joined), re.IGNORECASE)


def join_phrases(text: str) -> str:
    """Return ``text`` with each month's name of several tokens replaced by one token of the same length.

    >>> join_phrases("21 พ.ค. 2567")
    '21 พฺคฺ 2567'
    """
    if text.isascii():
        return text
    return _phrases().sub(lambda match: re.sub(r"[\s.]", _JOINT, match[0]), text)


@cache
def _labels() -> tuple[tuple[re.Pattern[str], Role], ...]:
    words = read_table("words.toml")
    found = []
    for role in (Role.MODIFIED, Role.PUBLISHED):
        alternatives = "|".join(re.escape(label) for label in sorted(words[role.value], key=len, reverse=True))
        found.append((re.compile(rf"(?<![^\W\d_])(?:{alternatives})", re.IGNORECASE), role))
    return tuple(found)


def role_of(label: str) -> Role:
    """Return what the words before a date say of it; the last label wins.

    >>> role_of("First Published: "), role_of("Zuletzt aktualisiert am "), role_of("Berlin, ")
    (<Role.PUBLISHED: 'published'>, <Role.MODIFIED: 'modified'>, <Role.UNKNOWN: 'unknown'>)
    """
    return find_label(label)[1]


def find_label(text: str) -> tuple[int, Role]:
    """Return where the last word that labels a date begins, and what it says; the end of the text where there is none.

    >>> find_label("Jane Doe Updated: ")
    (9, <Role.MODIFIED: 'modified'>)
    """
    start, end, role = len(text), -1, Role.UNKNOWN
    for pattern, said in _labels():
        for match in pattern.finditer(text):
            if match.end() > end:
                start, end, role = match.start(), match.end(), said
    return start, role
