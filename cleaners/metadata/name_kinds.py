"""What a string that stands where an author stands can be: a person, a group, an account, a role, or no name at all.

All of it is judged by the words of ``words.toml`` and by shape; no list of persons' names is asked.
"""

import re
from collections.abc import Iterable
from functools import cache

from cleaners.dates import month_number
from cleaners.metadata.tables import words
from corpus.credits import agency_of

#: Characters and words of the longest name; longer pieces are sentences.
_LONGEST_NAME = 60
_MOST_WORDS = 6

#: Characters of the longest name in Han or Hangul, and in katakana, which foreigners' names are written in.
_LONGEST_HAN = 5
_LONGEST_KATAKANA = 15
_LONGEST_HAN_GROUP = 16

#: Figures in the longest account name; more are a date or a telephone number.
_MOST_FIGURES = 4

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_KATAKANA = re.compile(r"[\u30a0-\u30ff]")
_ACCOUNT = re.compile(r"[^\W_]*[a-z0-9][_.\-][a-z0-9][\w.\-]*|[a-z0-9]+")
_HOST = re.compile(r"[\w\-]+(?:\.[\w\-]+)*\.[a-z]{2,}")
_NO_NAME_SIGN = re.compile(r"[{}=_#%*+\\©?!…]")
_PLACE_OF = re.compile(r"(?:in|at|from|for|with|aus|bei|mit)\s")
_LAST_WORD = re.compile(r"[^\W\d_]{4,}\.$")


def any_of(alternatives: Iterable[str]) -> str:
    """Return a pattern for any of the alternatives, the longest first."""
    return "|".join(re.escape(word) for word in sorted(set(alternatives), key=len, reverse=True))


def is_unspaced(text: str) -> bool:
    """Tell whether ``text`` holds characters of a script that writes names without spaces between their parts.

    >>> is_unspaced("大渡美咲"), is_unspaced("Jane Doe")
    (True, False)
    """
    return _UNSPACED.search(text) is not None


@cache
def _whole_words(kind: str) -> re.Pattern[str]:
    """Return a pattern for any of the words of a kind; those in scripts without spaces need no boundary."""
    unspaced = [word for word in words()[kind] if is_unspaced(word)]
    spaced = [word for word in words()[kind] if not is_unspaced(word)]
    return re.compile(rf"(?<![^\W_])(?:{any_of(spaced)})(?![^\W_])|{any_of(unspaced)}", re.IGNORECASE)


@cache
def _set_of(kind: str) -> frozenset[str]:
    return frozenset(words()[kind])


def is_agency(name: str) -> bool:
    """Tell whether ``name`` is that of a news agency.

    >>> is_agency("Agence France-Presse"), is_agency("Jane Doe")
    (True, False)
    """
    return agency_of(name) is not None


def is_called_agency(name: str) -> bool:
    """Tell whether ``name`` is that of a news agency, known or by its own words.

    >>> is_called_agency("Reuters"), is_called_agency("CNN Wire"), is_called_agency("NDTV News Desk")
    (True, True, False)
    """
    return is_agency(name) or _whole_words("agency").search(name) is not None


def is_group(name: str) -> bool:
    """Tell whether ``name`` is that of an organisation or a desk, as far as its words show.

    >>> is_group("NDTV News Desk"), is_group("Reuters"), is_group("example.com"), is_group("Jane Doe")
    (True, True, True, False)
    """
    if is_unspaced(name) and len(name) > _LONGEST_HAN_GROUP:
        return False
    return is_agency(name) or _whole_words("group").search(name) is not None or _HOST.fullmatch(name) is not None


def is_account(name: str) -> bool:
    """Tell whether ``name`` is the name of an account rather than that of a person.

    >>> is_account("jane.doe"), is_account("wpadmin2"), is_account("Jane"), is_account("bell hooks")
    (True, True, False, False)
    """
    return _ACCOUNT.fullmatch(name) is not None


def has_role(text: str) -> bool:
    """Tell whether ``text`` says what somebody does.

    >>> has_role("Staff Writer"), has_role("Jane Doe")
    (True, False)
    """
    return _whole_words("role").search(text) is not None


def is_name(name: str) -> bool:
    """Tell whether ``name`` can be the name of a person or a group: short, no sentence, no role, no button.

    >>> is_name("Jane Doe"), is_name("Senior Correspondent"), is_name("Follow"), is_name("New York")
    (True, False, False, False)
    """
    folded = name.casefold()
    count = len(name.split())
    if not 2 <= len(name) <= _LONGEST_NAME or count > _MOST_WORDS:
        return False
    if sum(map(str.isalpha, name)) < 2 or sum(map(str.isdigit, name)) > _MOST_FIGURES:
        return False
    if (
        _NO_NAME_SIGN.search(name)
        or _PLACE_OF.match(name)
        or (count > 3 and (name.islower() or _LAST_WORD.search(name)))
    ):
        return False
    kinds = ("nobody", "by", "degree", "place", "weekday")
    if any(folded in _set_of(kind) or folded.strip(".") in _set_of(kind) for kind in kinds):
        return False
    return not has_role(name) or is_group(name)


def has_name_shape(name: str, *, single: bool) -> bool:
    """Tell whether ``name`` is written like a person's name: every word but particles begins with a capital.

    Args:
        name: A name out of a place where other things stand too.
        single: Whether one word may be a name.

    >>> has_name_shape("Ludwig van Beethoven", single=False), has_name_shape("Read more", single=False)
    (True, False)
    """
    if any(map(str.isdigit, name)) or month_number(name) is not None:
        return False
    if is_unspaced(name):
        return len(name.replace(" ", "")) <= (_LONGEST_KATAKANA if _KATAKANA.search(name) else _LONGEST_HAN)
    if len(name.split()) < 2 and not single:
        return False
    parts = re.split(r"[\s\-’']+", name)
    capital = [part for part in parts if part and part.casefold() not in _set_of("particle")]
    return bool(capital) and all(part[0].isupper() or part[0].lower() == part[0].upper() for part in capital)
