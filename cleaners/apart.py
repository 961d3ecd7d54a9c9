"""Parts of a page that are called something other than its text: boxes, comments, galleries."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from lxml.html import HtmlElement

from cleaners.blocks import Block
from cleaners.names import is_unseen, rule_of_names


class Apart:
    """Tells of blocks whether they stand in a part whose name says that it is not the text.

    A part that holds half of the text's paragraphs is the text, whatever its name.

    Args:
        paragraphs: The text's paragraphs.
    """

    def __init__(self, paragraphs: Sequence[Block]) -> None:
        self._paragraphs = paragraphs
        self._named: dict[HtmlElement, bool] = {}

    def holds(self, block: Block) -> bool:
        """Whether one of the elements around a block is such a part."""
        return any(map(self._is_named, block.ancestors))

    def _is_named(self, element: HtmlElement) -> bool:
        if element not in self._named:
            named = rule_of_names(element) is not None or is_unseen(element)
            self._named[element] = named and not self.holds_half(element)
        return self._named[element]

    def holds_half(self, element: HtmlElement) -> bool:
        """Whether an element holds at least half of the paragraphs."""
        return 2 * self._held[element] >= len(self._paragraphs)

    @cached_property
    def _held(self) -> Counter[HtmlElement]:
        """How many of the paragraphs each element holds: counted once, as hundreds of questions or comments ask."""
        return Counter(element for block in self._paragraphs for element in block.ancestors)
