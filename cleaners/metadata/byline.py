"""Bylines a reader sees: what microdata, rel=author, class names and the word "by" mark near the headline.

Asked only where neither JSON-LD nor meta elements credit a person. What stands in such places is as often a button or
a biography as a name, so a name here must have a name's shape.
"""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from cleaners.furniture import coverage
from cleaners.metadata.name_kinds import has_name_shape, is_group, is_unspaced
from cleaners.metadata.names import announced, is_doubtful, split_names
from cleaners.metadata.nearby import Line, Marked, Surroundings, text_nodes
from cleaners.metadata.text import clean_line

#: Characters of the longest byline; longer elements hold a biography.
_LONGEST = 160

#: Texts behind a word for "by" in which a name is looked for.
_MOST_ANNOUNCED = 6

#: Letters of prose behind the headline within which "by" announces the author and not a source.
_NEAR = 400

#: Texts behind the headline among which a line that is nothing but names is the byline, and words of such a name.
_NEXT = 40
_MOST_NAME_WORDS = 3

#: Share of a name's letters that may be words of buttons and boxes.
_MOST_FURNITURE = 0.5
_FURNITURE = ("share", "related", "comments", "prompt", "advertisement", "navigation", "tags")

#: Texts of one element that are looked at; a byline with more is a box.
_MOST_TEXTS = 25

_SURE = re.compile(r"(?<![a-z-])(?:author|author-?name|byline-?name|byline-?author|fn)(?![a-z-])", re.IGNORECASE)
_NO_NAME = re.compile(
    r"bio(?![a-z])|biograph|description|social|share|follow|avatar|image|img|photo|caption|(?<![a-z])date|time|count"
    r"|role|position|job|title|comment|quote|tags?(?![a-z])|categor|topic|location",
    re.IGNORECASE,
)
_TOPIC_ADDRESS = re.compile(
    r"[/?&](?:categor(?:y|ies|ia|ias|ie)|cat|kategorien?|tags?|topics?|sections?|rubri(?:k|que)s?)[/=]", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+")
_JOINER = re.compile(r"[,;&+/|]|\w{1,4}")


def read_bylines(around: Surroundings, *, sure_only: bool = False) -> Iterator[tuple[str, list[str]]]:
    """Yield the names of the page's visible bylines with what marks them, the most trustworthy first.

    Args:
        around: What stands around the headline.
        sure_only: Leave out what is not marked as a byline but only reads like one.
    """
    marked = [found for found in around.marked if found.credit]
    for source, chosen in (
        ("microdata", [found for found in marked if _has(found, "itemprop", ("author", "creator"))]),
        ("rel=author", [found for found in marked if _has(found, "rel", ("author", "byline"))]),
        ("byline", marked),
    ):
        for found in chosen:
            names = _names_of(found, sure=source != "byline" or _SURE.search(found.marks) is not None)
            if names:
                yield source, names
    if not sure_only:
        yield from _announced(around)
        yield from _alone(around)


def _has(found: Marked, attribute: str, values: tuple[str, ...]) -> bool:
    stated = (found.element.get(attribute) or "").lower().split()
    return any(value in stated for value in values)


def _names_of(found: Marked, *, sure: bool) -> list[str]:
    """Return the names in a marked element: those of its parts that are marked as names, else those of its text."""
    element = found.element
    inner = [part for part in element.iter("*") if part is not element and _is_name_part(part)]
    if inner:
        return _shaped([name for part in inner[:8] for name in split_names(_line(part))], sure=True)
    if _NO_NAME.search(element.get("class") or ""):
        return []
    texts = [
        (holder, clean_line(text))
        for holder, text in text_nodes(element)
        if not _NO_NAME.search(holder.get("class") or "") and not _is_topic(holder)
    ][:_MOST_TEXTS]
    if sum(len(text) for _, text in texts) > _LONGEST:
        return []
    return _names_of_texts(texts, sure=sure)


def _is_topic(holder: HtmlElement) -> bool:
    """Whether an element links to a category or tag, by rel (https://microformats.org/wiki/rel-tag) or by address."""
    marked = not {"tag", "category"}.isdisjoint((holder.get("rel") or "").lower().split())
    return marked or (holder.tag == "a" and _TOPIC_ADDRESS.search(holder.get("href") or "") is not None)


def _is_name_part(part: HtmlElement) -> bool:
    return "name" in (part.get("itemprop") or "").split() or "fn" in (part.get("class") or "").split()


def _line(element: HtmlElement) -> str:
    return clean_line(element.get("content") or element.text_content()[:_LONGEST])


def _names_of_texts(texts: list[tuple[HtmlElement, str]], *, sure: bool) -> list[str]:
    """Return the names in the texts of a byline: from the word that announces them, as long as they are alike."""
    start = next((index for index, (_, text) in enumerate(texts) if announced(text) is not None), 0)
    sure = sure or (bool(texts) and announced(texts[start][1]) is not None)
    return _run_of_names(texts[start:], sure=sure)


def _run_of_names(texts: list[tuple[HtmlElement, str]], *, sure: bool, at_once: bool = False) -> list[str]:
    """Return the names of the first text that has some, and of those behind it that are set like it.

    Args:
        texts: Texts with the elements they stand in.
        sure: Whether a single word may be a name.
        at_once: Give up at the first text that has no names.
    """
    names: list[str] = []
    first: HtmlElement | None = None
    for holder, text in texts:
        own = _shaped(split_names(text), sure=sure)
        if own and (first is None or _alike(holder, first)):
            first = holder if first is None else first
            names += own
        elif (names or at_once) and not _JOINER.fullmatch(text):
            break
    return names


def _alike(one: HtmlElement, other: HtmlElement) -> bool:
    return one is not other and one.tag == other.tag and one.get("class") == other.get("class")


def _announced(around: Surroundings) -> Iterator[tuple[str, list[str]]]:
    """Yield the names behind a word for "by" that begins a text, or is one: far into the article only the latter."""
    lines = around.behind
    for index, line in enumerate(lines):
        if len(line.text) > _LONGEST:
            continue
        text = clean_line(line.text)
        rest = announced(text)
        if rest is None or (line.prose > _NEAR and rest) or around.is_foreign(line.holder):
            continue
        behind = [(near.holder, clean_line(near.text)) for near in lines[index + 1 : index + _MOST_ANNOUNCED]]
        if rest:
            names = _run_of_names([(line.holder, rest), *behind], sure=False, at_once=True)
        elif is_doubtful(text) and line.prose:
            names = []
        else:
            names = _run_of_names(behind, sure=False, at_once=True)
        if names:
            yield "by", names


def _alone(around: Surroundings) -> Iterator[tuple[str, list[str]]]:
    """Yield the names that are a paragraph of their own, set apart by their type, at either end of the article.

    Within the article such a paragraph is a heading; at its end only italics are a signature.
    """
    lines = around.behind
    end = lines[-1].prose if lines else 0
    for number, line in enumerate(lines):
        if line.prose and (line.prose < end - _NEAR or line.holder.tag not in ("em", "i")):
            continue
        if not line.prose and number > _NEXT:
            continue
        names = _only_names(line, around)
        if names:
            yield "text", names


def _only_names(line: Line, around: Surroundings) -> list[str]:
    """Return the names in a line that fills its paragraph and holds nothing else."""
    paragraph = line.holder.getparent()
    if line.holder.tag not in ("strong", "b", "em", "i") or paragraph is None or paragraph.tag not in ("p", "div"):
        return []
    text = clean_line(line.text)
    if len(text) > _LONGEST // 2 or text != clean_line(paragraph.text_content()[:_LONGEST]):
        return []
    if around.is_foreign(paragraph):
        return []
    names = split_names(text)
    words = sum(len(_WORD.findall(name)) for name in names)
    named = all(_stands_alone(name) or (is_group(name) and ". " not in name) for name in names)
    return names if named and words >= len(_WORD.findall(text)) else []


def _stands_alone(name: str) -> bool:
    """Tell whether a name may be all that a line says: no signs that any two words are written with, no heading."""
    if is_unspaced(name) or not has_name_shape(name, single=False) or is_furniture(name):
        return False
    capitals = [word for word in _WORD.findall(name) if len(word) > 1 and str(word)[0].isupper()]
    return len(capitals) <= _MOST_NAME_WORDS


def is_furniture(name: str) -> bool:
    """Tell whether what stands in a name's place is made of the words of buttons and boxes.

    >>> is_furniture("Share This"), is_furniture("Jane Doe")
    (True, False)
    """
    found = coverage(name)
    return sum(found.get(kind, 0.0) for kind in _FURNITURE) >= _MOST_FURNITURE


def _shaped(names: list[str], *, sure: bool) -> list[str]:
    return [
        name
        for name in names
        if not is_furniture(name)
        and (has_name_shape(name, single=sure or name.isupper()) or (is_group(name) and not name[0].islower()))
    ]
