"""A page on its way to an article: its blocks, each in the text or cut by a rule."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from lxml.html import HtmlElement

from cleaners.blocks import Block
from cleaners.config import TextConfig
from cleaners.names import rule_of_names
from corpus.types import Cut

#: The rule of a block that the extractor left out, and nothing better is known of.
BOILERPLATE = "boilerplate"
#: The rule of a block that repeats the title.
TITLE_REPEATED = "title-repeated"
_NAVIGATION = "navigation"
_BULLET = re.compile(r"[•·▪‣◦●■□▶►➤»›–-]")
# What draws a line across a page, or is left of a picture sign; what a content system puts a gallery or a form in for.
_SEPARATOR = re.compile(r"([-_*=~#+^%?∞—–|/\\])(?:\s*\1)*")
_SHORTCODE = re.compile(r"\[[A-Za-z][\w-]*\s+[\w-]+=[^\[\]]*\]")
_CELLS = frozenset({"td", "th"})


class Draft:
    """The blocks of a page, each with the rule that cut it, or None where it stands in the text."""

    def __init__(self, blocks: Sequence[Block], chosen: Collection[int]) -> None:
        #: All blocks, in page order.
        self.blocks = tuple(blocks)
        self._rules: list[str | None] = [BOILERPLATE] * len(self.blocks)
        self._scores: dict[int, float] = {}
        self._kept: tuple[Block, ...] | None = None
        for index in chosen:
            self.restore(self.blocks[index])

        #: How near the judgements of the blocks were to the other side, in [0, 1].
        self.doubt = 0.0
        #: Whether the first look decided the blocks, and no extractor was asked.
        self.first_look = False
        self._parts = _Parts()

    def __contains__(self, block: Block) -> bool:
        return self._rules[block.index] is None

    @property
    def kept(self) -> tuple[Block, ...]:
        """The blocks of the text."""
        if self._kept is None:
            self._kept = tuple(block for block, rule in zip(self.blocks, self._rules, strict=True) if rule is None)
        return self._kept

    @property
    def rules(self) -> tuple[str | None, ...]:
        """For each block the rule that cut it, None where it stands in the text."""
        return tuple(self._rules)

    @property
    def weight(self) -> int:
        """Weight of the text."""
        return sum(block.weight for block in self.kept)

    def cut(self, block: Block, rule: str, score: float | None = None) -> None:
        """Take a block out of the text; the first rule that does so is the one that counts.

        Args:
            block: The block.
            rule: Why.
            score: How sure the rule is, in [0, 1]; None for a rule that does not weigh.
        """
        if block in self:
            self._set(block, rule)
            if score is not None:
                self._scores[block.index] = score

    def restore(self, block: Block) -> None:
        """Put a block into the text, unless it is a lone bullet, which a list is drawn with where tables do layout."""
        self._set(block, "bullet" if _BULLET.fullmatch(block.text) else None)

    def cut_signs(self) -> None:
        """Cut the lines of the text that say nothing: a row of signs that is no cell's value, a shortcode."""
        for block in self.kept:
            if block.tag not in _CELLS and _SEPARATOR.fullmatch(block.text):
                self.cut(block, "separator")
            elif _SHORTCODE.fullmatch(block.text):
                self.cut(block, "shortcode")

    def _set(self, block: Block, rule: str | None) -> None:
        self._rules[block.index] = rule
        self._scores.pop(block.index, None)
        self._kept = None

    def is_judged(self, block: Block) -> bool:
        """Whether the judge cut a block."""
        return block.index in self._scores

    def is_left_out(self, block: Block) -> bool:
        """Whether the extractor left a block out, and neither rule nor judge said a word about it."""
        return self._rules[block.index] == BOILERPLATE

    def is_title(self, block: Block) -> bool:
        """Whether a block was cut because it repeats the title."""
        return self._rules[block.index] == TITLE_REPEATED

    def may_return(self, block: Block) -> bool:
        """Whether extractor or judge, which weigh, left a block out, or it is a lower heading like the title."""
        rule = self._rules[block.index]
        return rule == BOILERPLATE or self.is_judged(block) or (rule == TITLE_REPEATED and block.heading_level > 1)

    def text(self, config: TextConfig | None = None) -> str:
        """Return the article's text: a paragraph for each block, the cells of a table's row in one."""
        rows = _rows(self.kept, config or TextConfig())
        return "\n\n".join(" | ".join(block.text for block in row) for row in rows)

    def account(self) -> Iterator[tuple[Block, str | None, float | None]]:
        """Yield every block in page order with the rule that cut it, None where it is kept, and the rule's score."""
        for block, rule in zip(self.blocks, self._rules, strict=True):
            named = self.plain_rule(block) if rule == BOILERPLATE else rule
            yield block, named, self._scores.get(block.index)

    def plain_rule(self, block: Block, otherwise: str = BOILERPLATE) -> str:
        """Name what a block that no rule cut is, by where it stands: a rule, or ``otherwise`` where nothing tells."""
        return self._parts.rule(block) or (_NAVIGATION if block.link_density > 0.5 else otherwise)

    def cuts(self, config: TextConfig | None = None) -> tuple[Cut, ...]:
        """Return what was cut, in page order: a cut for each run of blocks with one rule, scored as the least sure.

        What a script would have to show first is no part of what a reader saw, and is left out.
        """
        runs: list[tuple[str, list[Block]]] = []
        last = -2
        for block, rule, _ in self.account():
            if rule is None or block.hidden:
                continue
            if runs and runs[-1][0] == rule and last == block.index - 1:
                runs[-1][1].append(block)
            else:
                runs.append((rule, [block]))
            last = block.index
        return _bounded(
            [
                Cut(text="\n\n".join(block.text for block in blocks), rule=rule, score=self._score(blocks))
                for rule, blocks in runs
            ],
            (config or TextConfig()).max_cut_chars,
        )

    def _score(self, blocks: Sequence[Block]) -> float | None:
        scores = [self._scores[block.index] for block in blocks if block.index in self._scores]
        return round(min(scores), 4) if scores else None


def _rows(blocks: Sequence[Block], config: TextConfig) -> Iterator[list[Block]]:
    """Group the short cells of a table's row; every other block stands alone.

    Tables were layout once: a cell that holds a paragraph, or several lines, is no cell of a table. Where most rows are
    of short cells there is no layout, and longer cells stand in their rows too.
    """
    rows = [(row, list(group)) for row, group in groupby(blocks, key=_row)]
    short: defaultdict[HtmlElement, list[bool]] = defaultdict(list)
    for row, cells in rows:
        if row is not None and len(cells) > 1:
            short[_table(row)].append(_heaviest(cells) <= config.max_cell_weight)
    for row, cells in rows:
        most = config.max_cell_weight
        if row is not None and (others := short.get(_table(row), ())):
            of_short = len(others) >= config.min_table_rows and 2 * sum(others) >= len(others)
            most = config.max_cell_weight_in_table if of_short else most
        if row is not None and _heaviest(cells) <= most and len({cell.element for cell in cells}) == len(cells):
            yield cells
        else:
            yield from ([cell] for cell in cells)


def cells_of_tables(blocks: Sequence[Block], config: TextConfig) -> frozenset[Block]:
    """Return the blocks that stand beside others in a row, in tables with several such rows."""
    rows: defaultdict[HtmlElement, list[list[Block]]] = defaultdict(list)
    for row, group in groupby(blocks, key=_row):
        if row is not None and len(cells := list(group)) > 1:
            rows[_table(row)].append(cells)
    tables = (table for table in rows.values() if len(table) >= config.min_table_rows)
    return frozenset(cell for table in tables for cells in table for cell in cells)


def _heaviest(cells: Sequence[Block]) -> int:
    return max(cell.weight for cell in cells)


def _row(block: Block) -> HtmlElement | None:
    return block.element.getparent() if block.tag in _CELLS else None


def _table(row: HtmlElement) -> HtmlElement:
    return next(row.iterancestors("table"), row)


def _bounded(cuts: list[Cut], max_chars: int) -> tuple[Cut, ...]:
    """Keep ``max_chars`` characters of the cuts; navigation, which is the same on every page, gives way first."""
    left = max_chars
    kept: dict[int, Cut] = {}
    for number in sorted(range(len(cuts)), key=lambda number: cuts[number].rule == _NAVIGATION):
        cut = cuts[number]
        if left:
            kept[number] = cut if len(cut.text) <= left else replace(cut, text=cut.text[:left])
        left -= min(left, len(cut.text))
    return tuple(kept[number] for number in sorted(kept))


# Levels up to which the names of the parts around a block say what it is.
_NAMED_LEVELS = 5
_OF_TAG = {
    "nav": _NAVIGATION,
    "menu": _NAVIGATION,
    "figcaption": "caption",
    "figure": "caption",
    "button": "control",
    "form": "control",
    "fieldset": "control",
    "label": "control",
    "dialog": "prompt",
    "footer": "legal",
}


class _Parts:
    """What the parts of a page say of the blocks in them; each part is read once."""

    def __init__(self) -> None:
        self._rules: dict[HtmlElement, str | None] = {}
        self._kinds: dict[HtmlElement, str | None] = {}

    def rule(self, block: Block) -> str | None:
        """Return what the parts around a block say that it is, the nearest that says anything, or None."""
        for element in block.ancestors[:_NAMED_LEVELS]:
            if element not in self._rules:
                self._rules[element] = rule_of_names(element) or _of_kind(element)
            if rule := self._rules[element]:
                return rule
        outer = block.ancestors[_NAMED_LEVELS:]
        if outer and outer[0] not in self._kinds:
            # A form may hold the whole page; one for searches is small.
            parts = (element for element in outer if element.tag != "form")
            self._kinds[outer[0]] = next(filter(None, map(_of_kind, parts)), None)
        return self._kinds[outer[0]] if outer else None


def _of_kind(element: HtmlElement) -> str | None:
    return _OF_TAG.get(str(element.tag)) or _of_role(element)


def _of_role(element: HtmlElement) -> str | None:
    role = element.get("role")
    return _NAVIGATION if role in {"navigation", "menu", "menubar", "banner"} else None
