"""The standfirst that neither class nor description tells: the one line beside the headline that the text bears out.

Sites differ in whether the standfirst is the article's, and so does what the judge was fitted to; to a reader it is. It
stands between headline and text, right beside the headline, and says what the text says: half of its words stand there
again. Labels, appeals and lines about the author do not.
"""

from collections.abc import Collection

from lxml.html import HtmlElement

from cleaners.blocks import Block
from cleaners.config import CleanerConfig
from cleaners.dates import find_dates
from cleaners.draft import Draft
from cleaners.extract import is_paragraph
from cleaners.headline import is_title
from cleaners.metadata import Metadata
from cleaners.names import is_called_picture, is_unseen, rule_of_names
from cleaners.typography import long_words, sameness

# Levels around the headline that are its own part, and around a standfirst within which that part stands.
_PART_LEVELS, _LEAD_LEVELS = 4, 3
# Levels within which an element that is no text's speaks against a line.
_OTHER_LEVELS = 5
_OTHERS = frozenset({"figure", "figcaption", "form", "button", "nav", "aside", "footer", "li"})
_PICTURES = ("img", "picture", "video", "amp-img")


def restore_lead(
    draft: Draft, headline: Block | None, cards: Collection[int], metadata: Metadata, config: CleanerConfig
) -> None:
    """Restore the standfirst, where exactly one line between headline and text may be it.

    Args:
        draft: The page as the judge left it; it is changed.
        headline: The block of the article's headline.
        cards: Indices of the blocks that stand in lists of cards.
        metadata: What the page states: lines with a date or a title are no standfirst.
        config: Thresholds.
    """
    kept = draft.kept
    first = next((block for block in kept if is_paragraph(block, config.extract)), None)
    if first is None:
        return
    above = draft.blocks[: first.index]
    headline = next((block for block in reversed(above) if block is headline or draft.is_title(block)), None)
    if headline is None:
        return
    part = frozenset(headline.ancestors[1:_PART_LEVELS])
    # A part that the headline stands in is not beside the article, whatever its name.
    of_part = {rule_of_names(element) for element in headline.ancestors}
    rules = draft.rules
    titles = [sameness(title) for title in (metadata.title, *metadata.headlines) if title]
    found = [
        block
        for block in above[headline.index + 1 :]
        if not part.isdisjoint(block.ancestors[:_LEAD_LEVELS])
        and (block in draft or draft.may_return(block) or rules[block.index] in of_part)
        and block.index not in cards
        and _may_be_lead(block, part, config)
        and not any(is_title(block, title) for title in titles)
        and not find_dates(block.text, language=metadata.declared_language, country="US")
    ]
    if not found:
        return
    text = frozenset(word for block in kept for word in long_words(block.text))
    borne_out = [block for block in found if _is_borne_out(block, text, config)]
    if len(borne_out) == 1:
        draft.restore(borne_out[0])


def _may_be_lead(block: Block, part: Collection[HtmlElement], config: CleanerConfig) -> bool:
    if block.weight < config.lead.min_weight or block.hidden or block.link_density:
        return False
    if any(element.tag in _OTHERS for element in block.ancestors[:_OTHER_LEVELS]):
        return False
    own = [element for element in block.ancestors[:_LEAD_LEVELS] if element not in part]
    if any(next(element.iter(*_PICTURES), None) is not None for element in own):
        return False
    return not any(rule_of_names(element) or is_called_picture(element) or is_unseen(element) for element in own)


def _is_borne_out(block: Block, text: frozenset[str], config: CleanerConfig) -> bool:
    own = long_words(block.text)
    return len(own) >= config.lead.min_words and len(own & text) >= config.lead.min_word_share * len(own)
