"""Blocks that stand as the text's own do, and were left out of it.

The judge looks at each block; here it is the company. Where a paragraph has the tags and classes of the others, some
levels up, and stands among them, the page itself says that it is the article's; so does a heading right among
paragraphs, and a list. And where most of a text stands in one way and several paragraphs below its end do too, it goes
on there, behind an advertisement or in another container.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import takewhile

from lxml.html import HtmlElement

from cleaners.apart import Apart
from cleaners.blocks import Block, signature, stand
from cleaners.cards import leads_nowhere, target_of
from cleaners.config import CleanerConfig
from cleaners.draft import Draft
from cleaners.extract import is_paragraph
from cleaners.frame import label_of, rule_of_furniture
from cleaners.series import find_series

# Levels of tags and classes that say how a block stands, its own included: of a paragraph amid the text, and of other
# lines and of what stands below the text's end.
_NEAR_LEVELS, _FAR_LEVELS = 3, 4
# Level of the lowest heading that is told by the paragraph below it: lower ones are often for screen readers only.
_LEAST_HEADING = 5
_WORD = re.compile(r"[^\W\d_]{2}")
# Elements that say nothing of what is in them.
_PLAIN = frozenset({"div", "section", "span"})

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
    ways = (text.going_on, text.deeper, text.dealt_out)
    if further := [block for way in ways for block in way(draft, cards, config)]:
        for block in further:
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
        self._apart = Apart(paragraphs)

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

    def deeper(self, draft: Draft, cards: Collection[int], config: CleanerConfig) -> list[Block]:
        """Return the runs of paragraphs that stand inside the text's own element, in others that have no kind.

        Where an element amid the text is never closed, all that follows stands in it.
        """
        weights: Counter[HtmlElement] = Counter()
        for block in self._paragraphs:
            weights[block.ancestors[1]] += block.weight if block.tag == "p" else 0
        holder, weight = weights.most_common(1)[0]
        if weight < config.alike.min_share * sum(block.weight for block in self._paragraphs):
            return []
        runs: defaultdict[HtmlElement, list[Block]] = defaultdict(list)
        for block in draft.blocks[self._paragraphs[0].index + 1 :]:
            deeper = block.tag == "p" and holder in block.ancestors[2:]
            if not deeper or not draft.is_left_out(block) or not is_paragraph(block, config.extract):
                continue
            between = takewhile(lambda element: element is not holder, block.ancestors[1:])
            if all(element.tag in _PLAIN for element in between) and self._may_be_text(block, cards):
                runs[block.ancestors[1]].append(block)
        return [block for run in runs.values() if len(run) >= config.alike.min_run for block in run]

    def dealt_out(self, draft: Draft, cards: Collection[int], config: CleanerConfig) -> list[Block]:
        """Return what stands alike in further articles of a kind, where the text is dealt out to several: posts."""
        kinds = Counter(signature(article) for article in self._articles if article is not None)
        usual = {kind for kind, count in kinds.items() if count >= config.alike.min_items}
        if not usual:
            return []
        lines = Counter(_stand(block) for block in self._kept)
        return [
            block
            for block in draft.blocks[self._paragraphs[0].index + 1 :]
            if draft.may_return(block)
            and (article := _article(block)) is not None
            and article not in self._articles
            and signature(article) in usual
            and lines[_stand(block)] >= config.alike.min_alike
            and block.link_density <= config.alike.max_links
            and self._is_free(block, cards)
        ]

    def amid(self, draft: Draft, cards: Collection[int], config: CleanerConfig) -> Iterator[Block]:
        """Yield the blocks between the first and the last paragraph that stand as blocks of the text do."""
        inside = draft.blocks[self._paragraphs[0].index + 1 : self._paragraphs[-1].index]
        left_out = [block for block in inside if draft.may_return(block)]
        headings = self._headings(left_out, draft, config)
        if any(block.heading for block in left_out):
            headings |= self._series(inside, left_out, draft, config)
        for block in left_out:
            if block not in headings and not self._stands_alike(block, draft, config):
                continue
            if not self._is_furniture(block, config) and self._may_be_text(block, cards):
                yield block

    def _headings(self, left_out: Sequence[Block], draft: Draft, config: CleanerConfig) -> set[Block]:
        """Return the headings right above paragraphs, shorter lines or other headings, in elements of their own or not.

        Single ones in one part with nothing but that paragraph are as often the headings of boxes, and what the page's
        menus name is a label ("Opinion").
        """
        below: dict[Block, Block] = {}
        for block in reversed(left_out):
            if _heads_text(block, below, draft, config):
                below[block] = draft.blocks[block.index + 1]
        if not below:
            return set()
        menus = _menus(draft, config)
        kinds = Counter(_stand(block)[:_NEAR_LEVELS] for block in below)
        found: set[Block] = set()
        for block, line in below.items():
            several = kinds[_stand(block)[:_NEAR_LEVELS]] >= config.alike.min_alike
            told = several or (is_paragraph(line, config.extract) and self._is_amid(block, line))
            if told and block.key not in menus and (line in draft or line in found):
                found.add(block)
        return found

    def _series(
        self, inside: Sequence[Block], left_out: Sequence[Block], draft: Draft, config: CleanerConfig
    ) -> set[Block]:
        """Return the headings that were left out of a numbered series."""
        free = {block for block in left_out if block.heading and block.link_density <= config.alike.max_links}
        series = find_series((b for b in inside if b in free or (b.heading and b in draft)), config.alike.min_series)
        found = series & free
        menus = _menus(draft, config) if found else frozenset()
        return {block for block in found if block.key not in menus}

    def _is_amid(self, heading: Block, below: Block) -> bool:
        """Whether the element that a heading shares with the paragraph below it holds one above it as well."""
        shared = next(element for element in heading.ancestors if element in below.ancestors)
        above = next(block for block in reversed(self._paragraphs) if block.index < heading.index)
        return shared in above.ancestors

    def _stands_alike(self, block: Block, draft: Draft, config: CleanerConfig) -> bool:
        least = config.alike.min_alike
        if len(block.ancestors) <= _NEAR_LEVELS:
            return False
        if block.heading:  # those that are links, often to themselves, as well
            return self._holders[block.ancestors[1]] >= least
        if block.link_density > config.alike.max_links:
            return False
        if is_paragraph(block, config.extract) and (
            self._near[_stand(block)[:_NEAR_LEVELS]] >= least or self._stands_bare(block)
        ):
            return True
        # Other lines are told by less: what the judge found wrong with them counts.
        if draft.is_judged(block):
            return False
        if block.tag == "li":
            return self._holders[block.ancestors[2]] >= least
        return self._holders[block.ancestors[1]] >= least and self._lines[_stand(block)] >= least

    def _stands_bare(self, block: Block) -> bool:
        """Whether a block's own element holds paragraphs of the text above and below it."""
        first, last = self._spans.get(block.element, (block.index, block.index))
        return first < block.index < last and block.tag != "body"

    @cached_property
    def _spans(self) -> dict[HtmlElement, tuple[int, int]]:
        """Where the first and the last paragraph stand that each element holds."""
        spans: dict[HtmlElement, tuple[int, int]] = {}
        for block in self._paragraphs:
            for element in block.ancestors:
                spans[element] = spans.get(element, (block.index, block.index))[0], block.index
        return spans

    def _is_furniture(self, block: Block, config: CleanerConfig) -> bool:
        if is_paragraph(block, config.extract):
            return False
        label = label_of(block.text)
        return bool(rule_of_furniture(block.text, config) or (label and rule_of_furniture(label, config)))

    def _may_be_text(self, block: Block, cards: Collection[int]) -> bool:
        """Whether nothing speaks against a block: a card, a copy, another article, a name."""
        return _article(block) in self._articles and self._is_free(block, cards)

    def _is_free(self, block: Block, cards: Collection[int]) -> bool:
        if not block.key or block.hidden or block.index in cards or block.key in self._keys:
            return False
        return not self._apart.holds(block)


def _heads_text(block: Block, headings: Collection[Block], draft: Draft, config: CleanerConfig) -> bool:
    """Whether a heading stands right above a line of the text, or another heading that does."""
    below = draft.blocks[block.index + 1]
    if not block.heading or block.link_density > config.alike.max_links:
        return False
    if below not in draft and below not in headings:
        return False
    around = block.ancestors[:_FAR_LEVELS]
    if block.heading_level > _LEAST_HEADING or any(element.tag == "button" for element in around[:-1]):
        return False
    return not set(around).isdisjoint(below.ancestors[:_FAR_LEVELS]) and _WORD.search(block.text) is not None


def _menus(draft: Draft, config: CleanerConfig) -> frozenset[str]:
    """Return what the page's links to other pages say."""
    linked = (block for block in draft.blocks if block.link_density > config.alike.max_links)
    return frozenset(block.key for block in linked if not leads_nowhere(target_of(block)))


def _stand(block: Block) -> Stand:
    return stand(block, _FAR_LEVELS)


def _is_telling(far: Stand) -> bool:
    """Whether at least half of the elements have classes: of "p in div in div" pages are full."""
    return 2 * sum(1 for _, classes in far if classes) >= len(far)


def _article(block: Block) -> HtmlElement | None:
    return next((element for element in block.ancestors if element.tag == "article"), None)
