"""Every block of a page, kept or cut, with the rule: what `clean` did, for those who want to look."""

from collections import Counter
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from cleaners.blocks import Block
from cleaners.clean import clean_and_outline
from cleaners.config import DEFAULT, CleanerConfig, SiteKnowledge
from corpus.types import Page, Verdict

#: Levels of the page's structure that a block's place names.
_LEVELS = 4
#: Classes of an element that a place names.
_CLASSES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedBlock:
    """A block of a page and what became of it."""

    text: str = field(repr=False)
    #: Where it stands, the innermost element last: ``main > div.story > p``.
    place: str
    #: The rule that cut it; None where it is part of the text.
    rule: str | None
    #: How sure the rule is, in [0, 1]; None for a rule that does not weigh.
    score: float | None = None
    #: Whether the page hides it until a script shows it.
    hidden: bool = False

    @property
    def kept(self) -> bool:
        """Whether it is part of the text."""
        return self.rule is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A page's verdict and how it came about."""

    verdict: Verdict
    #: All blocks in page order; empty where the page was removed before they were read.
    blocks: tuple[ExplainedBlock, ...] = field(default=(), repr=False)
    #: How near the decisions on the blocks were to the other side, in [0, 1].
    doubt: float = 0.0
    #: Whether the first look decided the blocks; else extractor, rules and judge did.
    first_look: bool = False

    @property
    def look(self) -> str:
        """Which look decided the blocks: ``first`` or ``whole``."""
        return "first" if self.first_look else "whole"

    def counts(self) -> Counter[str]:
        """Return the number of blocks by rule, ``kept`` for those of the text."""
        return Counter(block.rule or "kept" for block in self.blocks)


def explain(page: Page, config: CleanerConfig = DEFAULT, site: SiteKnowledge | None = None) -> Explanation:
    """Clean a page as `cleaners.clean.clean` does, and tell what became of each of its blocks.

    Args:
        page: The response.
        config: Thresholds and policies.
        site: What is known of the site.

    Raises:
        ExtractionError: The extractor failed on the page.
    """
    cleaned = clean_and_outline(page, config, site)
    account = cleaned.draft.account() if cleaned.draft is not None else ()
    blocks = tuple(
        ExplainedBlock(text=block.text, place=_place(block), rule=rule, score=score, hidden=block.hidden)
        for block, rule, score in account
    )
    if cleaned.draft is None:
        return Explanation(verdict=cleaned.verdict)
    return Explanation(
        verdict=cleaned.verdict, blocks=blocks, doubt=cleaned.draft.doubt, first_look=cleaned.draft.first_look
    )


def _place(block: Block) -> str:
    around = [element for element in block.ancestors if element.tag not in {"html", "body"}]
    return " > ".join(map(_name, reversed(around[:_LEVELS])))


def _name(element: HtmlElement) -> str:
    """Name an element as a style sheet would.

    >>> from lxml.html import fromstring
    >>> _name(fromstring('<div id="a" class="story wide dark">'))
    'div#a.story.wide'
    """
    identity = f"#{element.get('id')}" if element.get("id") else ""
    classes = (element.get("class") or "").split()[:_CLASSES]
    return "".join([str(element.tag), identity, *(f".{name}" for name in classes)])
