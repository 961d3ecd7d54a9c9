"""Names of authors, out of the strings that sites put them in: ``By JANE DOE and John Roe, Staff Writers | 3 May``."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from cleaners.dates import Role, find_dates, find_label
from cleaners.metadata.name_kinds import any_of, has_role, is_agency, is_group, is_name, is_unspaced
from cleaners.metadata.tables import words
from cleaners.metadata.text import clean_line

#: Characters of a byline that are looked at.
_LONGEST_BYLINE = 1000

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[^\s@]{1,64}@[^\s@]{1,200}\.\w+|(?<!\S)@\w+", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[（【<][^()\[\]（）【】<>]*[)\]）】>]")
_LABEL = re.compile(r"^[^\W\d_]+(?:\s[^\W\d_]+)?\s*:\s+")
_PIECES = re.compile(r"\s*[;|•·●/＞>、，,\n]\s*|\s+[–—\-~:]+\s+|\s*[–—]\s*(?=\S+\s)|\s{2,}")
_PLACE = re.compile(r"(?<=\w\s)(?:in|for|at|für|from|aus|bei|vom|pour|para)\s+(?=\S)", re.IGNORECASE)
# "Jane Doe on Wednesday", "Jane Doe at 1:02 PM", "Jana Doe am", where the date itself is cut off already.
_WHEN = re.compile(r"(?<=\S)\s+(?:on|at|am|um|à|@)(?:\s+(?:\d.*|\S+))?$")
_TRAILING = re.compile(r"[\s.,:：;|/\-–—·•&+\])）】〓※◎★☆■□●○◆◇▲△▼▽]+$")
_LEADING = re.compile(r"^[\s,:;|/\-–—·•&+.\"'“”]+")
_INITIAL = re.compile(r"(?:^|[\s.])[^\W\d_]{1,2}$")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_INVERTED = re.compile(r"([^\W\d_][\w'’\-]*),\s*([^\W\d_][\w.'’\-]*(?:\s[\w.'’\-]+){0,2})")


@cache
def _by() -> re.Pattern[str]:
    return re.compile(rf"(?P<by>{any_of(words()['by'])})(?:\s*[:：/]\s*|\s+|$)", re.IGNORECASE)


@cache
def _by_before_colon() -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{any_of(words()['by'])})\s*[:：]\s*", re.IGNORECASE)


@cache
def _joiner() -> re.Pattern[str]:
    return re.compile(rf"\s+(?P<and>{any_of(words()['and'])}|&|\+)\s+", re.IGNORECASE)


@cache
def _title_before() -> re.Pattern[str]:
    """Return a pattern for what stands before a name of Han characters without a sign between them."""
    return re.compile(rf"(?:{any_of(words()['title_before'])})\s*(?=[\u4e00-\u9fff]{{2,4}}$)")


@cache
def _title_behind() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{any_of(words()['title_behind'])})$")


def split_names(byline: str) -> list[str]:
    """Return the names in a byline, as written, without what stands around them; nothing where there is no name.

    >>> split_names("By JANE DOE and John Roe, Staff Writer | jane@example.com")
    ['JANE DOE', 'John Roe']
    >>> split_names("Von Ana Müller, Berlin"), split_names("Updated 5 minutes ago"), split_names("José Ortega y Gasset")
    (['Ana Müller'], [], ['José Ortega y Gasset'])
    """
    found: list[str] = []
    for piece in _PIECES.split(strip_by(_without_asides(clean_line(byline[:_LONGEST_BYLINE])))):
        for part in _split_joined(strip_by(piece)):
            name = _trim(part)
            if found and _SUFFIX.fullmatch(name):
                found[-1] = f"{found[-1]}, {name}"
            elif is_name(name) and (not found or _fits_beside(name, found[0])):
                found.append(name)
    return distinct(found)


def turn_round(name: str) -> str:
    """Return a name whose surname is put first, as libraries do, in its natural order.

    >>> turn_round("Doe, Jane A."), turn_round("Jane Doe, John Roe")
    ('Jane A. Doe', 'Jane Doe, John Roe')
    """
    match = _INVERTED.fullmatch(name.strip())
    return f"{match[2]} {match[1]}" if match else name


def strip_by(text: str) -> str:
    """Return ``text`` without the words that announce an author.

    >>> strip_by("Written by: Jane Doe"), strip_by("Von Hausen"), strip_by("Byron Smith")
    ('Jane Doe', 'Von Hausen', 'Byron Smith')
    """
    while (match := _by().match(text)) is not None:
        rest = text[match.end() :]
        sure = not is_doubtful(match["by"]) or match[0].rstrip().endswith((":", "：", "/"))
        if not sure and len(rest.split()) < 2:
            return text
        text = rest.strip()
    return text


def announced(text: str) -> str | None:
    """Return what follows the word that announces an author, at the beginning of ``text`` or before a colon in it.

    >>> announced("Von Ana Müller"), announced("Hamburg | Text: Ana Müller"), announced("By"), announced("Bygones")
    ('Ana Müller', 'Ana Müller', '', None)
    """
    match = _by().match(text)
    if match is not None:
        return strip_by(text[match.end() :].strip())
    inside = _by_before_colon().search(text)
    return text[inside.end() :].strip() if inside else None


def is_doubtful(word: str) -> bool:
    """Tell whether a word that announces an author may as well mean something else.

    >>> is_doubtful("von"), is_doubtful("written by")
    (True, False)
    """
    return word.casefold() in words()["doubtful_by"]


def distinct(names: Iterable[str]) -> list[str]:
    """Return the names without those that differ from an earlier one by case, accents or punctuation only.

    >>> distinct(["Jane Doe", "JANE DOE", "Jané Doe"])
    ['Jane Doe']
    """
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(name_key(name), name)
    return list(kept.values())


def name_key(name: str) -> str:
    """Return what two spellings of a name share.

    >>> name_key("Zoë O’Brien") == name_key("ZOE O'BRIEN")
    True
    """
    parts = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in parts if sign.isalnum() or unicodedata.category(sign) == "Mc")


def _without_asides(line: str) -> str:
    """Return a byline without brackets, addresses, labels and dates; addresses and dates leave a boundary."""
    bare = _LABEL.sub("", _ADDRESS.sub(" ; ", _BRACKETS.sub("", line) or line))
    for mention in reversed(find_dates(bare)):
        bare = f"{before_label(bare[: mention.start], mention.role)} ; {bare[mention.end :]}"
    return bare


def before_label(head: str, role: Role) -> str:
    """Return what stands before a date without the words that label it, unless those announce a name.

    >>> before_label("Jane Doe Updated: ", Role.MODIFIED), before_label("Posted by Jane Doe on ", Role.PUBLISHED)
    ('Jane Doe ', 'Posted by Jane Doe on ')
    """
    start = find_label(head)[0] if role is not Role.UNKNOWN else len(head)
    return head if announced(head[start:]) is not None else head[:start]


def _split_joined(text: str) -> Iterator[str]:
    """Yield what the words for "and" join, where both sides are names of their own."""
    if (leading := _joiner().match(f" {text}")) is not None:
        text = text[leading.end() - 1 :]
    if (trailing := _joiner().search(f"{text} ", max(0, len(text) - 8))) is not None and trailing.end() > len(text):
        text = text[: trailing.start()]
    start = 0
    for match in _joiner().finditer(text):
        left, right = text[start : match.start()], text[match.end() :]
        doubtful = match["and"].casefold() in words()["doubtful_and"]
        if doubtful and (len(left.split()) < 2 or len(right.split()) < 2):
            continue
        yield left
        start = match.end()
    yield text[start:]


def _trim(text: str) -> str:
    """Return a piece of a byline without place, employer and punctuation."""
    piece = _WHEN.sub("", _LABEL.sub("", _LEADING.sub("", strip_by(text.strip()))))
    place = _PLACE.search(piece)
    if place is not None and len(piece[: place.start()].split()) >= 2:
        piece = piece[: place.start()]
    piece = _title_behind().sub("", piece) or piece
    bare = _TRAILING.sub("", _title_before().sub("", piece))
    # Initials keep their stop: "J.", "D.D.", and "Jr.".
    if piece[len(bare) :].startswith(".") and _INITIAL.search(bare):
        bare += "."
    return bare.strip("\"'“”„«» ")


def _fits_beside(name: str, first: str) -> bool:
    """Tell whether a further piece of a byline is another name and not a place: it has as much of a name's shape."""
    if is_unspaced(name) or is_agency(name):
        return True
    if has_role(name):
        return False
    return len(name.split()) >= (2 if is_group(first) or "." in first else min(2, len(first.split())))
