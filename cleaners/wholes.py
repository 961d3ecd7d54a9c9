"""Lists and tables are wholes: decided block by block, they come out in rags.

A list of links looks like a menu, and cells of numbers look like nothing; so some items and cells of a text are cut
where others are kept. What a line with a colon announces, and what stands in a list or a table most of which is text,
is text as well.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise, takewhile

from lxml.html import HtmlElement

from cleaners.apart import Apart
from cleaners.blocks import Block, signature
from cleaners.config import CleanerConfig, WholesConfig
from cleaners.draft import Draft
from cleaners.extract import is_paragraph
from cleaners.names import rule_of_names

_LISTS = frozenset({"ul", "ol", "dl"})
_ITEMS = frozenset({"li", "dt", "dd"})
_CELLS = frozenset({"td", "th"})
# Levels between an item or a cell and the text in it.
_DEPTH = 4
# Levels from a table to the element that holds the paragraphs around it.
_HOLDER_LEVELS = 2
# Levels from a paragraph, its own included, to the element that holds it.
_HOLDING_LEVELS = 3
_COLONS = ":："


def restore_wholes(draft: Draft, config: CleanerConfig) -> None:
    """Restore what is missing in the lists and tables of a text.

    Args:
        draft: The page as the judge left it; it is changed.
        config: Thresholds.
    """
    paragraphs = [block for block in draft.kept if is_paragraph(block, config.extract)]
    if len(paragraphs) < 2:
        return
    inside = draft.blocks[paragraphs[0].index : paragraphs[-1].index]
    _restore_announced(draft, inside, paragraphs, config.wholes)
    _restore_items(draft, inside, config.wholes)
    _restore_cells(draft, inside, paragraphs, config.wholes)


def _restore_announced(
    draft: Draft, inside: Sequence[Block], paragraphs: Sequence[Block], config: WholesConfig
) -> None:
    """Restore the lists that stand right below a line which ends in a colon, in the same element."""
    apart = Apart(paragraphs)
    keys: set[str] = set()
    for line, first in pairwise(inside):
        if line.text[-1] not in _COLONS or line not in draft or first in draft:
            continue
        around = (line.element, line.element.getparent())
        whole = next((e for e in first.ancestors[:_DEPTH] if e.tag in _LISTS and e.getparent() in around), None)
        if whole is None or apart.holds(first):
            continue
        items = _blocks_in(whole, draft.blocks[first.index :])
        if items[-1].index > inside[-1].index:
            continue
        keys = keys or {block.key for block in draft.kept}
        left_out = [block for block in items if block not in draft and block.key]
        if sum(block.key in keys for block in left_out) > config.max_contents * len(left_out):
            continue
        for block in left_out:
            if draft.may_return(block) and not block.hidden and block.key not in keys:
                draft.restore(block)


def _blocks_in(whole: HtmlElement, behind: Sequence[Block]) -> list[Block]:
    return list(takewhile(lambda block: whole in block.ancestors, behind))


def _restore_items(draft: Draft, inside: Sequence[Block], config: WholesConfig) -> None:
    """Restore the items of lists most of which are kept, and the rest of items a part of which is."""
    lists: defaultdict[HtmlElement, list[Block]] = defaultdict(list)
    for block in inside:
        if block.tag in _ITEMS and len(block.ancestors) > 1:
            lists[block.ancestors[1]].append(block)
    for items in lists.values():
        kept = {block.element for block in items if block in draft}
        if not kept or len(items) == len(kept):
            continue
        whole = sum(block in draft for block in items) > config.min_items * len(items)
        for block in items:
            if (whole or block.element in kept) and draft.may_return(block) and not block.hidden:
                draft.restore(block)


def _restore_cells(draft: Draft, inside: Sequence[Block], paragraphs: Sequence[Block], config: WholesConfig) -> None:
    """Restore the cells of tables most of which are kept, and the tables that stand bare between paragraphs."""
    if next(inside[0].ancestors[-1].iter("table"), None) is None:
        return
    tables: defaultdict[HtmlElement, list[Block]] = defaultdict(list)
    known: dict[HtmlElement, HtmlElement | None] = {}
    for block in inside:
        around = block.ancestors if block.tag in _CELLS else block.ancestors[1:]
        if around and around[0] not in known:
            known[around[0]] = _table_around(around)
        if around and (table := known[around[0]]) is not None:
            tables[table].append(block)
    spans = _spans(paragraphs) if tables else {}
    kinds = {signature(whole) for whole, cells in tables.items() if _is_kept(cells, draft, config)}
    apart = Apart(paragraphs)
    for whole, cells in tables.items():
        kept = sum(block in draft for block in cells)
        if kept == len(cells) or not _is_of_data(whole, cells, config):
            continue
        sister = not kept and signature(whole) in kinds and _is_headed(whole) and _is_plain(cells, config)
        if (
            _is_kept(cells, draft, config)
            or (sister and not apart.holds(cells[0]))
            or (not kept and _stands_bare(whole, cells, spans, config))
        ):
            for block in cells:
                draft.restore(block)


def _is_kept(cells: Sequence[Block], draft: Draft, config: WholesConfig) -> bool:
    return sum(block in draft for block in cells) > config.min_cells * len(cells)


def _is_headed(table: HtmlElement) -> bool:
    """Whether some of a table's cells are heads of others."""
    return next(table.iter("th"), None) is not None


def _is_plain(cells: Sequence[Block], config: WholesConfig) -> bool:
    """Whether no more than a part of a table is links."""
    linked = sum(block.weight * block.link_density for block in cells)
    return linked <= config.max_links * sum(block.weight for block in cells)


def _table_around(around: Sequence[HtmlElement]) -> HtmlElement | None:
    """Return the table that a text stands in a cell of, its nearest elements given first, or None."""
    if not any(element.tag in _CELLS for element in around[:_DEPTH]):
        return None
    return next((element for element in around if element.tag == "table"), None)


def _is_of_data(table: HtmlElement, cells: Sequence[Block], config: WholesConfig) -> bool:
    """Whether a table has rows of equal length, and no paragraphs in them."""
    if any(block.weight > config.max_cell or block.hidden for block in cells):
        return False
    rows = list(table.iter("tr"))
    if len(cells) > config.max_lines * len({_cell(block) for block in cells}):
        return False
    if len(rows) < 2 or next(table.iterdescendants("table"), None) is not None:
        return False
    widths = Counter(sum(1 for cell in row if cell.tag in _CELLS) for row in rows)
    width, count = widths.most_common(1)[0]
    return width > 1 and count >= config.min_regular * len(rows)


def _cell(block: Block) -> HtmlElement:
    return next(element for element in block.ancestors if element.tag in _CELLS)


def _spans(paragraphs: Sequence[Block]) -> Mapping[HtmlElement, tuple[int, int]]:
    """Return where the first and the last paragraph stand that an element holds, more or less directly."""
    spans: dict[HtmlElement, tuple[int, int]] = {}
    for block in paragraphs:
        for holder in block.ancestors[:_HOLDING_LEVELS]:
            first, _ = spans.get(holder, (block.index, block.index))
            spans[holder] = first, block.index
    return spans


def _stands_bare(
    table: HtmlElement, cells: Sequence[Block], spans: Mapping[HtmlElement, tuple[int, int]], config: WholesConfig
) -> bool:
    """Whether a table stands between paragraphs of the text, in the element that holds them."""
    if not _is_plain(cells, config):
        return False
    for level, holder in enumerate(table.iterancestors()):
        if level == _HOLDER_LEVELS or rule_of_names(table) is not None:
            return False
        first, last = spans.get(holder, (0, 0))
        if first < last:
            return first < cells[0].index and cells[-1].index < last
        if rule_of_names(holder) is not None:
            return False
    return False
