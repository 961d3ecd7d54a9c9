"""Blocks that stand as the text's own do, and were left out of it.

The judge looks at each block; here it is the company. Where a paragraph has the tags and classes of the others, some
levels up, and stands among them, the page itself says that it is the article's; so does a heading right among
paragraphs, and a list. And where most of a text stands in one way and several paragraphs below its end do too, it goes
on there, behind an advertisement or in another container.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

from lxml.html import HtmlElement

from cleaners.blocks import Block, stand
from cleaners.config import CleanerConfig
from cleaners.draft import Draft
from cleaners.extract import is_paragraph
from cleaners.frame import rule_of_furniture
from cleaners.names import rule_of_names

# Levels of tags and classes that say how a block stands, its own included: of a paragraph amid the text, and of other
# lines and of what stands below the text's end.
_NEAR_LEVELS, _FAR_LEVELS = 3, 4

Stand = tuple[tuple[str, str], ...]


def restore_alike(draft: Draft, cards: Collection[int], config: CleanerConfig) -> None:
    """Restore what stands as the text's own blocks do, amid the text and below its end.

    Args:
        draft: The page as the judge left it; it is changed.
        cards: Indices of the blocks that stand in lists of cards.
        config: Thresholds.
    """
    text = _Text.read(draft, config)
    if text is None:
        return
    if behind := text.going_on(draft, cards, config):
        for block in behind:
            draft.restore(block)
        text = _Text.read(draft, config) or text
    for block in list(text.amid(draft, cards, config)):
        draft.restore(block)


class _Text:
    """How the paragraphs of a text stand."""

    def __init__(self, paragraphs: Sequence[Block], kept: Sequence[Block]) -> None:
        self._paragraphs = paragraphs
        self._kept = kept
        self._holders = Counter(block.ancestors[1] for block in paragraphs if block.tag == "p")
        self._far = Counter(_stand(block) for block in paragraphs)
        self._named: dict[HtmlElement, bool] = {}

    @cached_property
    def _near(self) -> Counter[Stand]:
        near: Counter[Stand] = Counter()
        for far, count in self._far.items():
            near[far[:_NEAR_LEVELS]] += count
        return near

    @cached_property
    def _lines(self) -> Counter[Stand]:
        return Counter(_stand(block) for block in self._kept if not block.heading)

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(block.key for block in self._kept)

    @cached_property
    def _articles(self) -> frozenset[HtmlElement | None]:
        return frozenset(map(_article, self._paragraphs))

    @classmethod
    def read(cls, draft: Draft, config: CleanerConfig) -> "_Text | None":
        """Read the text of a page; None where it has too few paragraphs to stand in any way."""
        kept = draft.kept
        paragraphs = [block for block in kept if is_paragraph(block, config.extract)]
        return cls(paragraphs, kept) if len(paragraphs) >= config.alike.min_alike else None

    def going_on(self, draft: Draft, cards: Collection[int], config: CleanerConfig) -> list[Block]:
        """Return the paragraphs below the text's end that stand as most of it does, if there are several."""
        least = max(config.alike.min_alike, config.alike.min_share * len(self._paragraphs))
        usual = {far for far, count in self._far.items() if count >= least and _is_telling(far)}
        if not usual:
            return []
        found = [
            block
            for block in draft.blocks[self._paragraphs[-1].index + 1 :]
            if is_paragraph(block, config.extract)
            and draft.may_return(block)
            and _stand(block) in usual
            and self._may_be_text(block, cards)
        ]
        return found if len(found) >= config.alike.min_alike else []

    def amid(self, draft: Draft, cards: Collection[int], config: CleanerConfig) -> Iterator[Block]:
        """Yield the blocks between the first and the last paragraph that stand as blocks of the text do."""
        for block in draft.blocks[self._paragraphs[0].index + 1 : self._paragraphs[-1].index]:
            if not draft.may_return(block) or not self._stands_alike(block, draft, config):
                continue
            furniture = not is_paragraph(block, config.extract) and rule_of_furniture(block.text, config)
            if not furniture and self._may_be_text(block, cards):
                yield block

    def _stands_alike(self, block: Block, draft: Draft, config: CleanerConfig) -> bool:
        least = config.alike.min_alike
        if block.link_density > config.alike.max_links or len(block.ancestors) <= _NEAR_LEVELS:
            return False
        if block.heading:
            return self._holders[block.ancestors[1]] >= least
        if is_paragraph(block, config.extract) and self._near[_stand(block)[:_NEAR_LEVELS]] >= least:
            return True
        # Other lines are told by less: what the judge found wrong with them counts.
        if draft.is_judged(block):
            return False
        if block.tag == "li":
            return self._holders[block.ancestors[2]] >= least
        return self._holders[block.ancestors[1]] >= least and self._lines[_stand(block)] >= least

    def _may_be_text(self, block: Block, cards: Collection[int]) -> bool:
        """Whether nothing speaks against a block: a card, a copy, another article, a name."""
        if not block.key or block.hidden or block.index in cards or block.key in self._keys:
            return False
        return _article(block) in self._articles and not any(map(self._is_named, block.ancestors))

    def _is_named(self, element: HtmlElement) -> bool:
        """Whether an element is called a part of a page, and does not hold half of the paragraphs."""
        if element not in self._named:
            self._named[element] = rule_of_names(element) is not None and self._is_part(element)
        return self._named[element]

    def _is_part(self, element: HtmlElement) -> bool:
        return 2 * sum(element in block.ancestors for block in self._paragraphs) < len(self._paragraphs)


def _stand(block: Block) -> Stand:
    return stand(block, _FAR_LEVELS)


def _is_telling(far: Stand) -> bool:
    """Whether at least half of the elements have classes: of "p in div in div" pages are full."""
    return 2 * sum(1 for _, classes in far if classes) >= len(far)


def _article(block: Block) -> HtmlElement | None:
    return next((element for element in block.ancestors if element.tag == "article"), None)
