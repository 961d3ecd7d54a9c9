"""The writing systems of a text: which there are, and which one carries it.

Python knows no script property, but the first word of a letter's Unicode name is as good: ``ORIYA LETTER KA``. Only
distinct characters are looked up, so a text of thousands of letters costs a few dozen look-ups.
"""

import unicodedata
from collections import Counter
from functools import lru_cache

#: A Han character or a Hangul syllable says about as much as this many letters of an alphabet; without it a Japanese
#: or Chinese text with some product names would count as Latin.
_SYLLABIC_WEIGHT = 3

_SYLLABIC = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "YI", "ETHIOPIC"})

# Names that begin with another word than their script: "FULLWIDTH LATIN SMALL LETTER A", "MODIFIER LETTER PRIME".
_FORMS = ("FULLWIDTH ", "HALFWIDTH ")
_NO_SCRIPT = frozenset({"MODIFIER", "FEMININE", "MASCULINE", "MICRO", "MATHEMATICAL", "KELVIN", "ANGSTROM", "OHM"})


@lru_cache(maxsize=65536)
def script_of(character: str) -> str | None:
    """Return the script of a letter as the first word of its Unicode name, or None for what is no letter.

    >>> script_of("ଓ"), script_of("Я"), script_of("ｱ"), script_of("7")
    ('ORIYA', 'CYRILLIC', 'KATAKANA', None)
    """
    if not character.isalpha():
        return None
    name = unicodedata.name(character, "")
    for form in _FORMS:
        name = name.removeprefix(form)
    script = name.partition(" ")[0]
    if script == "IDEOGRAPHIC":  # 々 and 〆 are written among Han
        return "CJK"
    return None if not script or script in _NO_SCRIPT else script


def weigh_scripts(text: str) -> Counter[str]:
    """Count the letters of each script, a Han character, syllable or kana as three.

    >>> weigh_scripts("NHK 東京").most_common()
    [('CJK', 6), ('LATIN', 3)]
    """
    weights: Counter[str] = Counter()
    for character, count in Counter(text).items():
        script = script_of(character)
        if script is not None:
            weights[script] += count * (_SYLLABIC_WEIGHT if script in _SYLLABIC else 1)
    return weights


def only_script(text: str, script: str) -> str:
    """Replace the letters of all other scripts by spaces.

    >>> only_script("Сегодня Apple показала iPhone.", "CYRILLIC").split()
    ['Сегодня', 'показала', '.']
    """
    others = {ord(c): " " for c in set(text) if script_of(c) not in (None, script)}
    return text.translate(others) if others else text
