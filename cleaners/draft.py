"""A page on its way to an article: its blocks, each in the text or cut by a rule."""

from collections.abc import Collection, Iterator, Sequence

from lxml.html import HtmlElement

from cleaners.blocks import Block
from cleaners.config import CutConfig
from corpus.types import Cut

#: The rule of a block that the extractor left out, and nothing better is known of.
BOILERPLATE = "boilerplate"
_NAVIGATION = "navigation"


class Draft:
    """The blocks of a page, each with the rule that cut it, or None where it stands in the text."""

    def __init__(self, blocks: Sequence[Block], chosen: Collection[int]) -> None:
        #: All blocks, in page order.
        self.blocks = tuple(blocks)
        self._rules: list[str | None] = [None if block.index in chosen else BOILERPLATE for block in blocks]

    def __contains__(self, block: Block) -> bool:
        return self._rules[block.index] is None

    @property
    def kept(self) -> list[Block]:
        """The blocks of the text."""
        return [block for block in self.blocks if block in self]

    @property
    def weight(self) -> int:
        """Weight of the text."""
        return sum(block.weight for block in self.kept)

    def cut(self, block: Block, rule: str) -> None:
        """Take a block out of the text; the first rule that does so is the one that counts."""
        if block in self:
            self._rules[block.index] = rule

    def restore(self, block: Block) -> None:
        """Put a block into the text."""
        self._rules[block.index] = None

    def text(self) -> str:
        """Return the article's text: a paragraph for each block, the cells of a table's row in one."""
        return "\n\n".join(" | ".join(block.text for block in row) for row in _rows(self.kept))

    def cuts(self, config: CutConfig | None = None) -> tuple[Cut, ...]:
        """Return what was cut, in page order: a cut for each run of blocks with one rule.

        What a script would have to show first is no part of what a reader saw, and is left out.
        """
        runs: list[tuple[str, list[str]]] = []
        last = -2
        for block in self.blocks:
            rule = self._rules[block.index]
            if rule is None or block.hidden:
                continue
            rule = _plain_rule(block) if rule == BOILERPLATE else rule
            if runs and runs[-1][0] == rule and last == block.index - 1:
                runs[-1][1].append(block.text)
            else:
                runs.append((rule, [block.text]))
            last = block.index
        return _bounded(
            [Cut(text="\n\n".join(texts), rule=rule) for rule, texts in runs], (config or CutConfig()).max_chars
        )


def _rows(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Group neighbouring short cells of one table row; every other block stands alone."""
    row: list[Block] = []
    for block in blocks:
        if row and block.tag in {"td", "th"} and block.element.getparent() is row[-1].element.getparent():
            row.append(block)
            continue
        if row:
            yield row
        row = [block]
    if row:
        yield row


def _bounded(cuts: list[Cut], max_chars: int) -> tuple[Cut, ...]:
    """Keep ``max_chars`` characters of the cuts; navigation, which is the same on every page, gives way first."""
    left = max_chars
    kept: dict[int, Cut] = {}
    for number in sorted(range(len(cuts)), key=lambda number: cuts[number].rule == _NAVIGATION):
        text = cuts[number].text[:left]
        if text:
            kept[number] = Cut(text=text, rule=cuts[number].rule)
        left -= len(text)
    return tuple(kept[number] for number in sorted(kept))


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


def _plain_rule(block: Block) -> str:
    """Name the rule of a block that the extractor left out by where it stands."""
    for element in block.ancestors:
        if rule := _OF_TAG.get(str(element.tag)) or _of_role(element):
            return rule
    return _NAVIGATION if block.link_density > 0.5 else BOILERPLATE


def _of_role(element: HtmlElement) -> str | None:
    role = element.get("role")
    return _NAVIGATION if role in {"navigation", "menu", "menubar", "banner"} else None
