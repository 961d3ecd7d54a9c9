"""Takes the outline of a draft, and cuts from it what its site repeats."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from cleaners.blocks import HEADING_TAGS, Block
from cleaners.config import CleanerConfig
from cleaners.draft import Draft
from cleaners.extract import is_paragraph
from cleaners.outline import Line, Outline, Place, hash_of
from cleaners.template import SiteTemplate

#: The rule of a line that its site repeats.
REPEATED = "repeated"
_NUMBER = re.compile(r"\d")
_MOST_WEIGHT = 0xFFFF
_ROOTS = frozenset({"html", "body"})
_CELLS = frozenset({"td", "th"})


@dataclass(frozen=True, slots=True)
class Sketch:
    """The outline of a draft, and the block that each of its lines stands for."""

    outline: Outline
    blocks: Sequence[Block] = field(repr=False)


def sketch(draft: Draft, config: CleanerConfig) -> Sketch:
    """Return the outline of a draft: the visible blocks in and around its text, the nearest where they are too many."""
    seen = [block for block in draft.blocks if block.key and (block in draft or not block.hidden)]
    kept = [block in draft for block in seen]
    text = [number for number, is_kept in enumerate(kept) if is_kept]
    if not text:
        return Sketch(Outline((), ()), ())
    margin, most = config.repeats.margin, config.repeats.max_lines
    first, last = text[0], text[-1]
    near: Sequence[int] = range(max(0, first - margin), min(len(seen), last + 1 + margin))
    if len(near) > most:  # lines of the text go before the others, and those at its edges before the rest
        order = sorted(near, key=lambda number: (not kept[number], abs(min(number - first, last - number))))
        near = sorted(order[:most])
    places = _Places()
    lines = []
    for number in near:
        block = seen[number]
        heads_text = (
            block.heading
            and number + 1 < len(seen)
            and kept[number + 1]
            and is_paragraph(seen[number + 1], config.extract)
        )
        lines.append(
            Line(
                key=hash_of(block.key),
                place=places.of(block.element),
                weight=min(block.weight, _MOST_WEIGHT),
                kept=kept[number],
                prose=is_paragraph(block, config.extract),
                heads_text=heads_text,
                cell=block.tag in _CELLS,
            )
        )
    outline = Outline(tuple(places.found), tuple(lines)).without_unused()
    return Sketch(outline, [seen[number] for number in near])


def cut_repeated(draft: Draft, taken: Sketch, template: SiteTemplate | None) -> tuple[int, ...]:
    """Cut from a draft what its site repeats; the score of a cut is the share of the site's articles that have it.

    Args:
        draft: The page; it is changed.
        taken: Its sketch, taken before.
        template: What the site repeats; None where nothing is known.

    Returns:
        The numbers of the outline's lines that were cut.
    """
    judged = {} if template is None else template.judge(taken.outline)
    for number, share in judged.items():
        draft.cut(taken.blocks[number], REPEATED, share)
    return tuple(judged)


def count_repeats(blocks: Iterable[Block], template: SiteTemplate) -> dict[int, int]:
    """Return on how many of the site's articles blocks stand at their places, by index; where on one at most, nothing.

    Of how many articles: `SiteTemplate.articles`.
    """
    places = _Places()
    counts = {}
    for block in blocks:
        times, _ = template.repeats(hash_of(block.key), places.found[places.of(block.element)].path)
        if times:
            counts[block.index] = times
    return counts


class _Places:
    """The places of a page."""

    def __init__(self) -> None:
        self.found: list[Place] = []
        self._numbers: dict[HtmlElement, int] = {}

    def of(self, element: HtmlElement) -> int:
        """Return the number of an element's place; places that are new are entered."""
        new = []
        while element not in self._numbers:
            new.append(element)
            parent = element.getparent()
            if parent is None or element.tag in _ROOTS:
                break
            element = parent
        inside = self._numbers.get(element)
        for one in reversed(new):
            name = "" if one.tag in _ROOTS else _name(one)  # the body's classes name the page
            path = hash_of(0 if inside is None else self.found[inside].path, name)
            self.found.append(Place(path, inside, one.tag not in HEADING_TAGS and name not in {"", f"{one.tag}.#"}))
            inside = self._numbers[one] = len(self.found) - 1
        assert inside is not None, "an element has a place"
        return inside


def _name(element: HtmlElement) -> str:
    """Return tag, first class and id of an element, the latter two as far as they hold no digit.

    Blogs write number, categories and tags of a post into the further classes, and headings have ids of their own.
    """
    first = next((name for name in (element.get("class") or "").split() if not _NUMBER.search(name)), "")
    given = element.get("id") or ""
    named = given and not _NUMBER.search(given) and element.tag not in HEADING_TAGS
    return f"{element.tag}.{first}#{given if named else ''}"
