"""What stands around the headline and looks like a byline or a dateline; read once, and only if it is needed."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from lxml.html import HtmlElement

#: Marked elements that are kept behind and before the headline; further ones belong to teasers and comments.
_MOST_BEHIND = 60
_MOST_AHEAD = 12

#: Texts that are kept behind and before the headline.
_MOST_LINES_BEHIND = 400
_MOST_LINES_AHEAD = 20

#: Letters of a text that is prose, and no byline or dateline.
_PROSE = 120

#: Ancestors that are looked at; the blocks that matter are nearer.
_HIGHEST = 8

_MARKING = ("class", "id", "itemprop", "rel", "data-testid", "data-component", "data-qa")
_SILENT = frozenset(
    {"script", "style", "noscript", "template", "option", "button", "title", "meta", "link", "head", "svg"}
)
# Parts of words: plain substrings are eight times as fast as one pattern, and there are thousands of elements.
_CREDIT = (
    "byline", "by-line", "author", "autor", "auteur", "writer", "reporter", "forfatter", "kirjoittaja", "journalist",
    "redakt", "creator", "vcard", "postedby", "posted-by", "written-by", "submitted", "contributor", "verfasser",
    "zuozhe",
)  # fmt: skip
_DATED = ("date", "time", "publi", "posted", "meta", "stamp", "datum", "fecha", "info", "zeit", *_CREDIT)
_FOREIGN = re.compile(
    r"comment|kommentar|comentario|related|recommend|teaser|sidebar|footer|promo|widget|newsletter|popular|trending|"
    r"most-?read|more-?(?:news|stories|from)|breaking|ticker|carousel|slider|megamenu|author-?bio|about-?(?:the-)?author"
    r"|navigation|caption|media-?box",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Marked:
    """An element whose attributes say that it is about authors or dates."""

    element: HtmlElement
    #: The attributes' values.
    marks: str
    credit: bool
    dated: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A text between two tags."""

    holder: HtmlElement
    text: str
    #: Letters of prose between the headline and the text; 0 before the article has begun.
    prose: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around the headline, the nearest first: behind it in page order, then before it backwards."""

    marked: tuple[Marked, ...]
    #: Texts behind the headline, in page order.
    behind: tuple[Line, ...]
    #: Texts before the headline, in page order.
    ahead: tuple[Line, ...]
    #: The headline's own containers: whatever they are called, they are not another article's.
    shared: frozenset[HtmlElement] = frozenset()

    def is_foreign(self, element: HtmlElement) -> bool:
        """Tell whether the element stands among comments, teasers or navigation (`is_foreign`)."""
        return is_foreign(element, shared=self.shared)


def survey(tree: HtmlElement, heading: HtmlElement | None) -> Surroundings:
    """Collect what stands around ``heading``; from the top of the page where there is none."""
    marked: tuple[list[Marked], list[Marked]] = ([], [])
    lines: tuple[list[Line], list[Line]] = ([], [])
    passed = heading is None
    prose = 0
    for element in tree.iter("*"):
        if element.tag in _SILENT:
            continue
        if element is heading:
            passed = True
        elif (not passed or len(marked[True]) < _MOST_BEHIND) and (found := _mark(element)) is not None:
            marked[passed].append(found)
        for text in (element.text, element.tail):
            if text and not text.isspace():
                lines[passed].append(Line(element, text, prose))
                prose += len(text) if passed and len(text) > _PROSE else 0
        if len(lines[True]) > _MOST_LINES_BEHIND:
            break
    near = chain(marked[True], reversed(marked[False][-_MOST_AHEAD:]))
    shared = frozenset() if heading is None else frozenset(heading.iterancestors())
    return Surroundings(
        tuple(found for found in near if not is_foreign(found.element, shared=shared)),
        tuple(lines[True]),
        tuple(lines[False][-_MOST_LINES_AHEAD:]),
        shared,
    )


def _mark(element: HtmlElement) -> Marked | None:
    marks = " ".join(filter(None, map(element.get, _MARKING)))
    credit, dated = _weigh(marks)
    dated = dated or element.tag == "time"
    if not (credit or dated) or element.tag in ("body", "html", "img"):
        return None
    return Marked(element, marks, credit, dated)


@lru_cache(maxsize=4096)
def _weigh(marks: str) -> tuple[bool, bool]:
    folded = marks.lower()
    return any(part in folded for part in _CREDIT), any(part in folded for part in _DATED)


def is_foreign(element: HtmlElement, *, footers: bool = True, shared: Collection[HtmlElement] = frozenset()) -> bool:
    """Tell whether the element stands among comments, teasers or navigation, as far as tags and class names show.

    Args:
        element: The element.
        footers: Whether footers are foreign; that of an article holds its credits.
        shared: The headline's containers, which tell nothing.
    """
    above: HtmlElement | None = element
    for _ in range(_HIGHEST):
        if above is None or above.tag in ("body", "main", "article") or above in shared:
            return False
        if above.tag in ("aside", "nav", "figure", "figcaption") or (footers and above.tag == "footer"):
            return True
        names = f"{above.get('class') or ''} {above.get('id') or ''}"
        if any(footers or "foot" not in match[0].lower() for match in _FOREIGN.finditer(names)):
            return True
        above = above.getparent()
    return False


def text_nodes(element: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the element's texts with the elements they stand in, without those of times, buttons and pictures."""
    if not isinstance(element.tag, str) or element.tag in _SILENT or element.tag in ("time", "figure"):
        return
    if element.text and not element.text.isspace():
        yield element, element.text
    for child in element:
        yield from text_nodes(child)
        if child.tail and not child.tail.isspace():
            yield element, child.tail
