"""Sections of a text that lists tools, towns or people: their headings, which are links, and their short lists.

Each heading leads to the thing that it names, or to itself, and stands in a part of its own; so it looks like the
headline of a card to extractor and judge. Several of a kind, each shortly above a paragraph of the text, are headings
all the same; but not those that lead to another page of the site. And what a section lists in boxes ("Pros", "Cons")
are items too short for a text of their own; several lists of a kind, each near a paragraph of the text, are its own. So
is a list amid the text of a kind of which the text has several.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import chain, islice, takewhile

from lxml.html import HtmlElement

from cleaners.apart import Apart
from cleaners.blocks import Block, stand
from cleaners.cards import is_on_site, leads_nowhere, targets_of
from cleaners.config import CleanerConfig
from cleaners.draft import Draft
from cleaners.extract import is_paragraph
from cleaners.frame import rule_of_furniture

# Levels of tags and classes in which the headings are alike, and up to which an element holds heading and paragraph.
_LEVELS = 3
# Blocks below a heading among which its paragraph is: a picture's credit, a price may stand between.
_BETWEEN = 3
# Levels of tags and classes in which lists are alike, up to which an item stands around a line, and from a list to the
# element that holds a paragraph of the text as well.
_LIST_LEVELS, _ITEM_LEVELS, _NEAR_LEVELS = 4, 3, 3
# Elements that hold whatever a page shows.
_WHOLE = frozenset({"html", "body", "main"})


def restore_headings(draft: Draft, url: str, config: CleanerConfig) -> None:
    """Restore the linked headings amid the text that stand, several of a kind, above its paragraphs.

    Args:
        draft: The page as the judge left it; it is changed.
        url: The page's address.
        config: Thresholds.
    """
    paragraphs = [block for block in draft.kept if is_paragraph(block, config.extract)]
    if not paragraphs:
        return
    kinds: defaultdict[tuple[tuple[str, str], ...], list[Block]] = defaultdict(list)
    for block in draft.blocks[paragraphs[0].index + 1 : paragraphs[-1].index]:
        linked = block.heading and block.link_density > config.alike.max_links and not block.hidden
        if linked and draft.may_return(block) and _leads_out(block, url) and _heads_text(block, draft, config):
            kinds[stand(block, _LEVELS)].append(block)
    apart = Apart(paragraphs)
    for headings in kinds.values():
        for block in headings if len(headings) >= config.alike.min_linked else ():
            if not apart.holds(block) and not rule_of_furniture(block.text, config):
                draft.restore(block)


def _leads_out(block: Block, url: str) -> bool:
    """Whether a block's links lead to other sites, or nowhere."""
    return all(leads_nowhere(target) or not is_on_site(target, url) for target in targets_of(block))


def _heads_text(block: Block, draft: Draft, config: CleanerConfig) -> bool:
    """Whether a paragraph of the text stands shortly below a heading, in one small part with it."""
    below = draft.blocks[block.index + 1 : block.index + 1 + _BETWEEN]
    first = next((other for other in below if other in draft and is_paragraph(other, config.extract)), None)
    return first is not None and any(element in first.ancestors for element in block.ancestors[: _LEVELS + 1])


def restore_lists(draft: Draft, cards: Collection[int], config: CleanerConfig) -> None:
    """Restore the lists without links that stand, several of a kind, near paragraphs of the text.

    Args:
        draft: The page as the judge left it; it is changed.
        cards: Indices of the blocks that stand in lists of cards.
        config: Thresholds.
    """
    paragraphs = [block for block in draft.kept if is_paragraph(block, config.extract)]
    if not paragraphs:
        return
    holders = frozenset(element for block in paragraphs for element in block.ancestors)
    first: dict[HtmlElement, Block] = {}
    for block in draft.blocks[paragraphs[0].index + 1 :]:
        free = block.link_density < 0.5 and draft.is_left_out(block)
        if free and (around := _list_around(block)) is not None and around not in first:
            first[around] = block
    if not first:
        return
    apart = Apart(paragraphs)
    known = _count_lists(draft)
    whole: list[Block] = []
    kinds: defaultdict[tuple[tuple[str, str], ...], list[list[Block]]] = defaultdict(list)
    for around, block in first.items():
        of_text = block.index < paragraphs[-1].index and _is_known(block, known, config)
        if not (of_text or _is_near(around, holders)) or apart.holds(block):
            continue
        lines = _lines_in(around, draft.blocks, block.index)
        left_out = [line for line in lines if line not in draft]
        if _is_free(left_out, draft) and _is_plain(lines, config) and not any(line.index in cards for line in lines):
            own = [*_heading_of(lines[0], around, draft, config), *left_out]
            kinds[stand(lines[0], _LIST_LEVELS)].append(own)
            if of_text:
                whole += own
    several = (kind for kind in kinds.values() if len(kind) >= config.alike.min_lists)
    for block in chain(whole, chain.from_iterable(chain.from_iterable(several))):
        draft.restore(block)


def _is_known(block: Block, known: Mapping[tuple[tuple[str, str], ...], int], config: CleanerConfig) -> bool:
    """Whether the text has several lists of a kind, and the one that begins with a block stands in no table."""
    several = known[stand(block, _LIST_LEVELS)] >= config.alike.min_alike
    return several and not any(element.tag == "td" for element in block.ancestors)


def _count_lists(draft: Draft) -> Counter[tuple[tuple[str, str], ...]]:
    """Return how many lists of each kind the text has."""
    lines = {around: block for block in draft.kept if (around := _list_around(block)) is not None}
    return Counter(stand(block, _LIST_LEVELS) for block in lines.values())


def _heading_of(line: Block, around: HtmlElement, draft: Draft, config: CleanerConfig) -> Sequence[Block]:
    """Return the heading that was left out right above a list, in one box with it, if there is one."""
    if line.index == 0:
        return ()
    above = draft.blocks[line.index - 1]
    if not above.heading or above.hidden or above.link_density >= 0.5 or not draft.is_left_out(above):
        return ()
    boxed = above.element.getparent() is around.getparent()
    return (above,) if boxed and not rule_of_furniture(above.text, config) else ()


def _list_around(block: Block) -> HtmlElement | None:
    for element in block.ancestors[:_ITEM_LEVELS]:
        if element.tag == "li":
            return element.getparent()
    return None


def _lines_in(around: HtmlElement, blocks: Sequence[Block], index: int) -> Sequence[Block]:
    """Return the blocks of the list that a block stands in."""
    above = takewhile(lambda block: around in block.ancestors, reversed(blocks[:index]))
    below = takewhile(lambda block: around in block.ancestors, blocks[index:])
    return [*reversed(list(above)), *below]


def _is_near(around: HtmlElement, holders: Collection[HtmlElement]) -> bool:
    """Whether a small part holds a list and a paragraph of the text."""
    outer = islice(around.iterancestors(), _NEAR_LEVELS)
    holder = next((element for element in outer if element in holders), None)
    return holder is not None and holder.tag not in _WHOLE


def _is_free(left_out: Sequence[Block], draft: Draft) -> bool:
    return all(draft.is_left_out(block) and not block.hidden for block in left_out)


def _is_plain(lines: Sequence[Block], config: CleanerConfig) -> bool:
    """Whether a list has hardly a link, and no line of the page's furniture."""
    linked = sum(block.weight * block.link_density for block in lines)
    few = linked <= config.alike.max_list_links * sum(block.weight for block in lines)
    return few and not any(rule_of_furniture(block.text, config) for block in lines)
