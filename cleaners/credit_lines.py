"""The lines around an article's text that may tell of it: bylines, datelines, credits.

They stand between headline and text, among its first paragraphs, or right behind its end; most were cut, a few are the
text's own last lines. What stands in boxes, lists of teasers, captions and comments tells of other things.
"""

import re
from collections.abc import Collection, Iterator
from itertools import pairwise

from lxml.html import HtmlElement

from cleaners.blocks import Block
from cleaners.draft import Draft
from cleaners.metadata.nearby import is_foreign
from cleaners.metadata.told import CreditLine, Place

#: Blocks before the text that are looked at, and where the page shows no headline above it.
_MOST_ABOVE = 25
_MOST_ABOVE_ALONE = 6
#: Blocks of the text between which a byline may stand: a standfirst, and a line above it.
_MOST_LEADING = 2
#: Blocks behind the text that may tell of it; further ones tell of others.
_MOST_BELOW = 4
#: Characters of the longest line, and of the longest that is part of the text.
_LONGEST = 200
_LONGEST_KEPT = 90
#: Lines of the text's own that are looked at, from its end.
_MOST_LAST = 2
_SENTENCE_END = re.compile("[.!?…。！？।॥۔؟][\"'”’»›」』]*$")
#: Rules of what tells of pictures, other articles and readers.
_ELSEWHERE = frozenset({"caption", "gallery", "comments", "related", "advertisement", "consent", "prompt"})


def lines_around(draft: Draft, headline: Block | None, cards: Collection[int]) -> tuple[CreditLine, ...]:
    """Return the lines around a text, in page order, its own last ones among them.

    Args:
        draft: The page, every block judged.
        headline: The block of the article's headline.
        cards: Indices of the blocks that stand in lists of cards.
    """
    kept = [block.index for block in draft.kept]
    if not kept:
        return ()
    rules = {block.index: rule for block, rule, _ in draft.account()}
    start = _start(kept, headline)
    lead = kept[: _MOST_LEADING + 1][-1]
    shared = frozenset(headline.ancestors) if headline is not None else frozenset()
    found: list[CreditLine] = []
    for index in range(start, lead):
        block = draft.blocks[index]
        if block in draft or not _may_tell(block, rules[index], cards):
            continue
        if not is_foreign(block.element, shared=shared):
            place = Place.ABOVE if index < kept[0] else Place.WITHIN
            found.append(CreditLine(text=block.text, place=place, distance=max(1, kept[0] - index)))
    found += _last(draft)
    found += _below(draft, kept[-1], rules, cards, shared)
    return tuple(found)


def _start(kept: list[int], headline: Block | None) -> int:
    """Return the index of the first block that may be a line above the text."""
    if headline is None or headline.index > kept[0]:
        return max(0, kept[0] - _MOST_ABOVE_ALONE)
    return max(headline.index + 1, kept[0] - _MOST_ABOVE)


def _may_tell(block: Block, rule: str | None, cards: Collection[int]) -> bool:
    return not block.hidden and rule not in _ELSEWHERE and block.index not in cards and len(block.text) <= _LONGEST


def _last(draft: Draft) -> list[CreditLine]:
    """Return the last lines of the text that are no sentences; none where they stand under a heading of their own."""
    found: list[CreditLine] = []
    for ahead, block in reversed(list(pairwise(draft.kept[-_MOST_LAST - 1 :]))):
        if len(block.text) > _LONGEST_KEPT or _SENTENCE_END.search(block.text):
            break
        if any(between.heading for between in draft.blocks[ahead.index : block.index + 1]):
            return []
        found.append(CreditLine(text=block.text, place=Place.BELOW))
    return found[::-1]


def _below(
    draft: Draft, last: int, rules: dict[int, str | None], cards: Collection[int], shared: frozenset[HtmlElement]
) -> Iterator[CreditLine]:
    """Yield the lines right behind the text, up to the first that belongs to something else.

    What stands in one element with the text's last block was cut from it, and is no other part of the page.
    """
    around = draft.blocks[last].element.getparent()
    for block in draft.blocks[last + 1 : last + 1 + _MOST_BELOW]:
        if block.heading or not _may_tell(block, rules[block.index], cards):
            return
        if block.element.getparent() is not around and is_foreign(block.element, footers=False, shared=shared):
            return
        yield CreditLine(text=block.text, place=Place.BELOW, distance=block.index - last)
