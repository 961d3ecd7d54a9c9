"""The headline of an article in a text dump, and the name of the site it stood on.

A headline is a line above the article that could be one, and that other lines bear witness to: the page's title line
repeats it with the site's name, the article's own words return in it, a byline or a date follows it.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from cleaners.furniture import coverage
from cleaners.line_shapes import Measured, mass, words_of
from cleaners.metadata.name_kinds import is_agency
from cleaners.metadata.names import announced, split_names
from cleaners.typography import sameness

#: Lines above the article in which the headline is looked for; beyond are menus.
_MOST_ABOVE = 60
#: Mass of the shortest and longest headline.
_SHORTEST = 12
_LONGEST = 260
#: The least a line must score to be taken for the headline.
_LEAST = 1.0

_SEPARATOR = re.compile(
    r"\s+(?:[|–—\-·•»«:]|::|\|\|)\s+|\s*[|｜]\s*|\s*_\s*(?=[\u3000-\u9fff])|(?<=[\u3000-\u9fff])\s*[-–—]+\s*"
)
_RIGHTS = re.compile(
    r"\(c\)|©|copyright|all rights? reserved(?:\s+(?:by|to))?|alle rechte vorbehalten|tous droits réservés"
    r"|todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati|все права защищены"
    r"|جميع الحقوق محفوظة|सर्वाधिकार सुरक्षित|版权所有|tüm hakları saklıdır|hak cipta"
    r"|(?:19|20)\d\d(?:\s*[-–]\s*(?:19|20)?\d\d)?",
    re.IGNORECASE,
)
_BEFORE_COLON = re.compile(r"(\w+)\s*[:：]")
_SIGN_OF_RIGHTS = re.compile(r"©|\(c\)|copyright|rights reserved", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline of a dump's article."""

    text: str
    #: Index of the line.
    index: int


def find_headline(measured: Measured, start: int, end: int, dated: AbstractSet[int]) -> Headline | None:
    """Return the headline of the article whose first and last line are ``start`` and ``end``, or None.

    Args:
        measured: The dump.
        start: Index of the article's first paragraph.
        end: Index of its last line.
        dated: Lines above the article that hold its date or byline.
    """
    body = {
        word for index in range(start, end + 1) for word in measured.words[index] if len(word) > 3 or not word.isascii()
    }
    keys = [sameness(line.text) for line in measured.lines]
    best: tuple[float, int, int] | None = None
    for index in range(max(0, start - _MOST_ABOVE), start):
        if not _may_be_headline(measured, index) or index in dated:
            continue
        score = _score(measured, index, start, body, keys, dated)
        if score >= _LEAST and (best is None or (score, -index) > best[:2]):
            best = (score, -index, index)
    if best is None:
        return None
    text = measured.lines[best[2]].text
    return Headline(_without_site(text, best[2], keys), best[2])


def _may_be_headline(measured: Measured, index: int) -> bool:
    line = measured.lines[index]
    weight = measured.mass[index]
    if not _SHORTEST <= weight <= _LONGEST or line.bullet or measured.furniture[index] >= 0.6:
        return False
    words = len(measured.words[index])
    if _is_label(measured, index):
        return False
    many = words >= 3 or weight >= 30
    figures = sum(map(str.isdigit, line.text)) > 0.3 * len(line.text)
    return many and not figures and not line.text.endswith((":", "：")) and not _SIGN_OF_RIGHTS.search(line.text)


def _is_label(measured: Measured, index: int) -> bool:
    """Tell whether a line begins with what credits are announced by: "Credit: …", "By …"."""
    text = measured.lines[index].text
    label, colon, _ = text.partition(":")
    kinds = coverage(label) if colon and mass(label) <= 30 else {}
    if kinds.get("picture", 0.0) + kinds.get("facts", 0.0) >= 0.8:
        return True
    if any(coverage(word).get("picture", 0.0) >= 0.95 for word in _BEFORE_COLON.findall(text)):
        return True
    return measured.mass[index] <= 60 and bool(split_names(announced(text) or ""))


def _score(
    measured: Measured, index: int, start: int, body: set[str], keys: Sequence[str], dated: AbstractSet[int]
) -> float:
    """Add up what speaks for a line as the headline, in units of a good sign each."""
    content = {word for word in measured.words[index] if len(word) > 3 or not word.isascii()}
    shared = len(content & body) / len(content) if content else 0.0
    between = sum(1 for other in range(index + 1, start) if measured.furniture[other] < 0.5 and other not in dated)
    score = 2.5 * shared - 0.12 * min(between, 12)
    score += _witnesses(keys, index)
    score += 1.2 * bool(dated & set(range(index + 1, index + 6)))
    score += 0.5 * (index == 0)
    score += 0.4 * (6 <= len(measured.words[index]) <= 22)
    score -= 0.8 * measured.coverage[index].get("picture", 0.0) + measured.furniture[index]
    score -= 1.0 * measured.sentence[index] * (not measured.lines[index].text.endswith(("?", "!", "？", "！", "？")))
    score -= 0.5 * measured.lines[index].text[0].islower()
    score -= 1.0 * (index > 0 and measured.coverage[index - 1].get("related", 0.0) >= 0.5)
    return score


def _witnesses(keys: Sequence[str], index: int) -> float:
    """Return how far other lines repeat the line: whole, or with a site's name, as in the page's title."""
    own = keys[index]
    if len(own) < 8:
        return 0.0
    found = 0.0
    for other, key in enumerate(keys):
        if other == index or abs(len(key) - len(own)) > max(len(own), 40):
            continue
        if key == own:
            found = max(found, 1.0)
        elif key.startswith(own) or (key.endswith(own) and len(key) < 5 * len(own)):
            found = max(found, 1.2)
    return found


def _without_site(text: str, index: int, keys: Sequence[str]) -> str:
    """Cut the site's name off a headline that another line repeats without it, or that is the page's title line."""
    pieces = _SEPARATOR.split(text)
    if len(pieces) < 2:
        return text
    for match in reversed(list(_SEPARATOR.finditer(text))):
        head = text[: match.start()]
        key = sameness(head)
        alone = any(other != index and keys[other] == key for other in range(len(keys)))
        tail = text[match.end() :]
        elsewhere = any(other != index and sameness(tail) in keys[other] for other in range(len(keys)))
        if (alone and mass(head) >= mass(tail)) or (
            index == 0 and elsewhere and len(words_of(tail)) <= 5 and len(key) >= 12
        ):
            return head
    return text


def repeats(text: str, title: str) -> bool:
    """Tell whether a line says the headline again, perhaps shortened or with the site's name.

    >>> repeats("Storm hits coast - The Planet", "Storm hits coast"), repeats("Storm", "Storm hits coast")
    (True, False)
    """
    own, key = sameness(text), sameness(title)
    if min(len(own), len(key)) < 4:
        return False
    short, long = sorted((own, key), key=len)
    return (long.startswith(short) or long.endswith(short)) and len(short) >= 0.6 * len(long)


def cut_title_off(text: str, title: str) -> str:
    """Return a paragraph without the headline that is glued to its end or its beginning.

    >>> cut_title_off("He left.Storm hits coast", "Storm hits coast")
    'He left.'
    >>> cut_title_off("Storm hits coast is the headline.", "Storm hits coast")
    'Storm hits coast is the headline.'
    """
    if len(text) <= len(title) + 1 or mass(title) < _SHORTEST:
        return text
    if text.endswith(title):
        head = text[: -len(title)]
        if re.search('[.!?…。！？।۔؟"”’»)]\\s*$', head):
            return head.rstrip()
    if text.startswith(title):
        rest = text[len(title) :]
        if rest[0].isupper() or re.match(r"\s*[|–—\n]\s*[A-Z]", rest):
            return rest.lstrip(" |–—")
    return text


def find_site(measured: Measured, title: Headline | None, source: str | None) -> tuple[str, str] | None:
    """Return the site's name and where it was read: its credit, the page's title line, its copyright line."""
    if source:
        return source, "text:source"
    lines = [line.text for line in measured.lines]
    if title is not None:
        for index, text in enumerate(lines[:5]):
            rest = _behind_title(text, title.text)
            if rest and index <= title.index:
                return rest, "text:title"
    for text in lines:
        if _SIGN_OF_RIGHTS.search(text) and mass(text) <= 120:
            name = _owner(text)
            if name:
                return name, "text:copyright"
    return None


def _behind_title(text: str, title: str) -> str | None:
    key = sameness(title)
    if len(key) < 8 or not sameness(text).startswith(key) or sameness(text) == key:
        return None
    pieces = _SEPARATOR.split(text)
    last = pieces[-1].strip() if len(pieces) > 1 else ""
    return last if last and mass(last) <= 40 and sameness(last) not in key else None


def _owner(text: str) -> str | None:
    """Return the name in a copyright line.

    >>> _owner("© 2025 All rights Reserved by The Planet"), _owner("Copyright © 2024. All rights reserved.")
    ('The Planet', None)
    """
    rest = _RIGHTS.sub("\n", text)
    names = [piece.strip(" .,;:|–—-·•") for piece in re.split(r"\n|[|·•]|\.\s", rest)]
    names = [name.removeprefix("by ").strip() for name in names]
    good = [name for name in names if 2 <= mass(name) <= 40 and len(name.split()) <= 5 and any(map(str.isalpha, name))]
    return next((name for name in good if not name[0].islower() and not is_agency(name)), None)
