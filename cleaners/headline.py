"""The headline among a page's blocks: the landmark that body, standfirst and neighbouring articles are told by."""

from collections.abc import Sequence

from cleaners.blocks import Block
from cleaners.typography import sameness

#: Letters and digits of the shortest headline.
_SHORTEST = 4
#: Share of the longer spelling that the shorter must make up where one begins or ends with the other ("Title | Site").
_MIN_OVERLAP = 0.6


def find_headline(blocks: Sequence[Block], title: str | None) -> Block | None:
    """Return the block that holds the page's headline: a heading with the title's words, or another block with them.

    Where no title is known, or the page does not show it, the first top-level heading is taken.
    """
    key = sameness(title or "")
    alike = [block for block in blocks if is_title(block, key)]
    headings = (block for block in blocks if any(element.tag == "h1" for element in block.ancestors[:3]))
    return next((block for block in alike if block.heading), None) or next(iter(alike), None) or next(headings, None)


def is_title(block: Block, key: str) -> bool:
    """Whether a block repeats the title whose `sameness` is ``key``, perhaps shortened or with the site's name."""
    short, long = (block.key, key) if len(block.key) <= len(key) else (key, block.key)
    if len(short) < _SHORTEST or len(short) < _MIN_OVERLAP * len(long):
        return False
    return long.startswith(short) or long.endswith(short)
