"""Names of authors, out of the strings that sites put them in: ``By JANE DOE and John Roe, Staff Writers | Updated …``."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cleaners.dates import find_dates, month_number
from cleaners.metadata.text import clean_line

#: Characters and words of the longest name; longer pieces are sentences.
_LONGEST_NAME = 60
_MOST_WORDS = 6

#: Characters of a byline that are looked at.
_LONGEST_BYLINE = 1000

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|(?<!\S)@\w+", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[（【<][^()\[\]（）【】<>]*[)\]）】>]")
_PIECES = re.compile(r"\s*[;|•·●/＞>、，,\n]\s*|\s+[–—\-~:]+\s+|\s*[–—]\s*(?=\S+\s)|\s{2,}")
_PLACE = re.compile(r"(?<=\w\s)(?:in|for|at|für|from|aus|bei|vom|pour|para)\s+(?=\S)", re.IGNORECASE)
_TRAILING = re.compile(r"[\s.,:;|/\-–—·•&+]+$")
_LEADING = re.compile(r"^[\s,:;|/\-–—·•&+.\"'“”]+")
_LABEL = re.compile(r"^[^\W\d_]+(?:\s[^\W\d_]+)?\s*:\s+")
_DIGITS = re.compile(r"\d")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_ACCOUNT = re.compile(r"[^\W_]*[a-z0-9][_.\-][a-z0-9][\w.\-]*|[a-z0-9]+")
_HOST = re.compile(r"[\w\-]+(?:\.[\w\-]+)*\.[a-z]{2,}")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Words:
    by: re.Pattern[str]
    by_colon: re.Pattern[str]
    doubtful_by: frozenset[str]
    joiners: re.Pattern[str]
    doubtful_joiners: frozenset[str]
    role: re.Pattern[str]
    title_behind: re.Pattern[str]
    place: frozenset[str]
    degree: frozenset[str]
    group: re.Pattern[str]
    agency: frozenset[str]
    nobody: frozenset[str]
    particle: frozenset[str]


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))


def _whole_words(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of the words; those in scripts without spaces need no boundary."""
    unspaced = [word for word in words if _UNSPACED.search(word)]
    spaced = [word for word in words if not _UNSPACED.search(word)]
    return re.compile(rf"(?<![^\W_])(?:{_any_of(spaced)})(?![^\W_])|{_any_of(unspaced)}", re.IGNORECASE)


@cache
def _words() -> _Words:
    content = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    return _Words(
        by=re.compile(rf"(?P<by>{_any_of(content['by'])})(?:\s*[:：/]\s*|\s+|$)", re.IGNORECASE),
        by_colon=re.compile(rf"(?<![^\W_])(?:{_any_of(content['by'])})\s*[:：]\s*", re.IGNORECASE),
        doubtful_by=frozenset(content["doubtful_by"]),
        joiners=re.compile(rf"\s+(?P<and>{_any_of(content['and'])}|&|\+)\s+", re.IGNORECASE),
        doubtful_joiners=frozenset(content["doubtful_and"]),
        role=_whole_words(content["role"]),
        title_behind=re.compile(rf"\s*(?:{_any_of(content['title_behind'])})$"),
        place=frozenset(content["place"]),
        degree=frozenset(content["degree"]),
        group=_whole_words(content["group"]),
        agency=frozenset(content["agency"]),
        nobody=frozenset(content["nobody"]),
        particle=frozenset(content["particle"]),
    )


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


def _without_asides(line: str) -> str:
    """Return a byline without brackets, addresses and dates; each leaves a boundary where it stood."""
    bare = _LABEL.sub("", _ADDRESS.sub(" ; ", _BRACKETS.sub("", line) or line))
    for mention in reversed(find_dates(bare)):
        bare = f"{bare[: mention.start]} ; {bare[mention.end :]}"
    return bare


def strip_by(text: str) -> str:
    """Return ``text`` without the words that announce an author.

    >>> strip_by("Written by: Jane Doe"), strip_by("Von Hausen"), strip_by("Byron Smith")
    ('Jane Doe', 'Von Hausen', 'Byron Smith')
    """
    words = _words()
    while (match := words.by.match(text)) is not None:
        rest = text[match.end() :]
        doubtful = match["by"].casefold() in words.doubtful_by and not match[0].rstrip().endswith((":", "：", "/"))
        if doubtful and len(rest.split()) < 2:
            return text
        text = rest.strip()
    return text


def announced(text: str) -> str | None:
    """Return what follows the word that announces an author, at the beginning of ``text`` or before a colon in it.

    >>> announced("Von Ana Müller"), announced("Hamburg | Text: Ana Müller"), announced("By"), announced("Bygones")
    ('Ana Müller', 'Ana Müller', '', None)
    """
    match = _words().by.match(text)
    if match is not None:
        return strip_by(text[match.end() :].strip())
    inside = _words().by_colon.search(text)
    return text[inside.end() :].strip() if inside else None


def is_doubtful(word: str) -> bool:
    """Tell whether a word that announces an author may as well mean something else.

    >>> is_doubtful("von"), is_doubtful("written by")
    (True, False)
    """
    return word.casefold() in _words().doubtful_by


def is_account(name: str) -> bool:
    """Tell whether ``name`` is the name of an account rather than that of a person.

    >>> is_account("jane.doe"), is_account("wpadmin2"), is_account("Jane"), is_account("bell hooks")
    (True, True, False, False)
    """
    return _ACCOUNT.fullmatch(name) is not None


def has_name_shape(name: str, *, single: bool) -> bool:
    """Tell whether ``name`` is written like a person's name: every word but particles begins with a capital.

    Args:
        name: A name out of a place where other things stand too.
        single: Whether one word may be a name.

    >>> has_name_shape("Ludwig van Beethoven", single=False), has_name_shape("Read more", single=False)
    (True, False)
    """
    words = re.split(r"[\s\-’']+", name)
    if any(map(str.isdigit, name)) or month_number(name) is not None:
        return False
    if len(name.split()) < 2 and not single and not _UNSPACED.search(name):
        return False
    named = [word for word in words if word and word.casefold() not in _words().particle]
    return bool(named) and all(word[0].isupper() or not _is_cased(word[0]) for word in named)


def _is_cased(letter: str) -> bool:
    return letter.lower() != letter.upper()


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


def is_agency(name: str) -> bool:
    """Tell whether ``name`` is that of a news agency.

    >>> is_agency("Agence France-Presse"), is_agency("Jane Doe")
    (True, False)
    """
    return name.casefold() in _words().agency


def is_group(name: str) -> bool:
    """Tell whether ``name`` is that of an organisation or a desk, as far as its words show.

    >>> is_group("NDTV News Desk"), is_group("Reuters"), is_group("Jane Doe")
    (True, True, False)
    """
    return is_agency(name) or _words().group.search(name) is not None or _HOST.fullmatch(name) is not None


def is_name(name: str) -> bool:
    """Tell whether ``name`` can be the name of a person or a group: short, no sentence, no role, no account."""
    words = _words()
    folded = name.casefold()
    if not 2 <= len(name) <= _LONGEST_NAME or len(name.split()) > _MOST_WORDS:
        return False
    if sum(map(str.isalpha, name)) < 2 or len(_DIGITS.findall(name)) > 4:
        return False
    if (
        folded in words.nobody
        or words.by.fullmatch(name)
        or folded.strip(".") in words.degree
        or folded in words.degree
    ):
        return False
    if name[-1] in "?!…" or re.search(r"[{}=_#%*\\©]|\.\s+[^\W\d_]{4,}.*\.$", name):
        return False
    return folded not in words.place and (words.role.search(name) is None or is_group(name))


def _split_joined(text: str) -> Iterator[str]:
    """Yield what the words for "and" join, where both sides are names of their own."""
    words = _words()
    if (leading := words.joiners.match(f" {text}")) is not None:
        text = text[leading.end() - 1 :]
    start = 0
    for match in words.joiners.finditer(text):
        left, right = text[start : match.start()], text[match.end() :]
        doubtful = match["and"].casefold() in words.doubtful_joiners
        if doubtful and (len(left.split()) < 2 or len(right.split()) < 2):
            continue
        yield left
        start = match.end()
    yield text[start:]


def _trim(text: str) -> str:
    """Return a piece of a byline without place, employer and punctuation."""
    piece = _LEADING.sub("", strip_by(text.strip()))
    place = _PLACE.search(piece)
    if place is not None and len(piece[: place.start()].split()) >= 2:
        piece = piece[: place.start()]
    piece = _words().title_behind.sub("", piece) or piece
    bare = _TRAILING.sub("", piece)
    # Initials keep their stop: "J.", "D.D.", and "Jr.".
    if piece[len(bare) :].startswith(".") and re.search(r"(?:^|[\s.])[^\W\d_]{1,2}$", bare):
        bare += "."
    return bare.strip("\"'“”„«» ")


def _fits_beside(name: str, first: str) -> bool:
    """Tell whether a further piece of a byline is another name and not a place: it has as much of a name's shape."""
    if _UNSPACED.search(name) or is_agency(name):
        return True
    if _words().role.search(name):
        return False
    return len(name.split()) >= (2 if is_group(first) or "." in first else min(2, len(first.split())))
