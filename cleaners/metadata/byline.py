"""Bylines a reader sees: what microdata, rel=author, class names and the word "by" mark near the headline.

Asked only where neither JSON-LD nor meta elements credit a person. What stands in such places is as often a button or
a biography as a name, so a name here must have a name's shape.
"""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from cleaners.metadata.names import announces, has_name_shape, is_group, split_names, strip_by
from cleaners.metadata.nearby import Marked, Surroundings, text_nodes
from cleaners.metadata.text import clean_line

#: Characters of the longest byline; longer elements hold a biography.
_LONGEST = 160

#: Texts of one element that are looked at; a byline with more is a box.
_MOST_TEXTS = 25

_SURE = re.compile(r"(?<![a-z-])(?:author|author-?name|byline-?name|byline-?author|fn)(?![a-z-])", re.IGNORECASE)
_NO_NAME = re.compile(
    r"bio(?![a-z])|biograph|description|social|share|follow|avatar|image|img|photo|caption|(?<![a-z])date|time|count"
    r"|role|position|job|title|comment|quote|tags?(?![a-z])|categor|topic|location",
    re.IGNORECASE,
)
_JOINER = re.compile(r"[,;&+/|]|\w{1,4}")


def read_bylines(around: Surroundings) -> Iterator[tuple[str, list[str]]]:
    """Yield the names of the page's visible bylines with what marks them, the most trustworthy first."""
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
    for block in around.blocks:
        names = _announced(block)
        if names:
            yield "by", names


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
        if not _NO_NAME.search(holder.get("class") or "")
    ][:_MOST_TEXTS]
    if sum(len(text) for _, text in texts) > _LONGEST:
        return []
    return _names_of_texts(texts, sure=sure)


def _is_name_part(part: HtmlElement) -> bool:
    return "name" in (part.get("itemprop") or "").split() or "fn" in (part.get("class") or "").split()


def _line(element: HtmlElement) -> str:
    return clean_line(element.get("content") or element.text_content()[:_LONGEST])


def _names_of_texts(texts: list[tuple[HtmlElement, str]], *, sure: bool) -> list[str]:
    """Return the names in the texts of a byline: from the word that announces them, as long as they are alike."""
    start = next((index for index, (_, text) in enumerate(texts) if announces(text)), 0)
    announced = bool(texts) and announces(texts[start][1])
    names: list[str] = []
    first: HtmlElement | None = None
    for holder, text in texts[start:]:
        own = _shaped(split_names(text), sure=sure or announced)
        if own and (first is None or _alike(holder, first)):
            first = holder if first is None else first
            names += own
        elif names and not _JOINER.fullmatch(text):
            break
    return names


def _alike(one: HtmlElement, other: HtmlElement) -> bool:
    return one is not other and one.tag == other.tag and one.get("class") == other.get("class")


def _announced(block: HtmlElement) -> list[str]:
    """Return the names in a short block that begins with a word for "by" and holds nothing but names."""
    head = clean_line((block.text or "")[:_LONGEST])
    if not announces(head):
        return []
    line = clean_line(block.text_content()[: 2 * _LONGEST])
    if len(line) > _LONGEST or strip_by(line) == line:
        return []
    return [name for name in _shaped(split_names(line), sure=False) if not line.endswith((".", "!", "?"))]


def _shaped(names: list[str], *, sure: bool) -> list[str]:
    return [name for name in names if is_group(name) or has_name_shape(name, single=sure)]
