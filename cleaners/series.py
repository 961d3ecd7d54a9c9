"""Headings that are numbered one behind the other: "1. The mill", "2. The wheel", "Step 3: the race".

Nobody numbers the headings of boxes; so one of a series amid a text is the text's, whatever stands below it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from cleaners.blocks import Block

# The number that a heading begins with, or that stands before a mark behind its first word.
_NUMBER = re.compile(r"\W{0,2}(\d{1,3})(?:[.):、．）：]|\s|\Z)")
_NAMED_NUMBER = re.compile(r"\W{0,2}[^\W\d_]{1,8} (\d{1,3}) ?(?:[.):、．）：–—-]|\Z)")


def find_series(headings: Iterable[Block], least: int) -> frozenset[Block]:
    """Return the headings that are numbered in a series, by their level.

    Args:
        headings: Headings of a page.
        least: Numbers that a level must have to be counted.

    >>> from cleaners.blocks import read_blocks
    >>> from cleaners.parse import parse
    >>> found = find_series(read_blocks(parse("<h3>1. Rain<h3>Step 2: Wait<h3>3) Snow<h3>2024 Ice<h3>9. Fog")), 3)
    >>> sorted(block.text for block in found)
    ['1. Rain', '3) Snow', 'Step 2: Wait']
    """
    levels: defaultdict[int, dict[Block, int]] = defaultdict(dict)
    for block in headings:
        if found := _NUMBER.match(block.text) or _NAMED_NUMBER.match(block.text):
            levels[block.heading_level][block] = int(found.group(1))
    return frozenset(
        block
        for numbered in levels.values()
        if len(numbers := frozenset(numbered.values())) >= least
        for block, number in numbered.items()
        if number - 1 in numbers or number + 1 in numbers
    )
