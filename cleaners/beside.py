"""What stands beside a text's paragraphs and is none of them: pull quotes, captions without a name of their own.

Both stand amid the text, in elements that hold texts elsewhere, and read like it; so the judge, which sees no words,
keeps many. They are told by what they repeat, and by the picture that they stand with.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from lxml.html import HtmlElement

from cleaners.blocks import Block
from cleaners.config import BesideConfig
from cleaners.draft import Draft
from cleaners.judge_figures import PARAGRAPH
from cleaners.names import is_called_picture, is_called_standfirst
from cleaners.typography import long_words

# Letters of the shortest line that may be a copy.
_LEAST_COPIED = 4
_PICTURES = ("img", "picture", "amp-img")
# How a line ends that says how long a video is.
_MINUTES = ("min", "min.", "Min", "Min.")
# Two words with capitals at a line's beginning; in scripts without capitals no line is a name.
_NAME = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-ſА-ЯΑ-Ω]\S* [A-ZÀ-ÖØ-ÞĀ-ſА-ЯΑ-Ω][\w’'-]*")
# Signs at the end of sentences.
_ENDS = (".", "!", "?", "…")
_CODE = frozenset({"pre", "code"})
_DURATION = re.compile(r"(?:^|[|•·\s])\d{1,3}:\d\d\s?[Mm]in\.?$")
# Levels, the caption's own included, at which the element with its picture stands.
_PICTURE_LEVELS = 4


def cut_beside(draft: Draft, config: BesideConfig | None = None) -> None:
    """Cut copies, pull quotes and captions from the text.

    Args:
        draft: The page; it is changed.
        config: Thresholds; the defaults where None.
    """
    config = config or BesideConfig()
    cut_copies(draft, config)
    cut_pull_quotes(draft, config)
    cut_captions(draft, config)
    cut_durations(draft, config)


def cut_copies(draft: Draft, config: BesideConfig) -> None:
    """Cut the runs of blocks that stand word for word above, in other elements: a part that is there for each screen.

    What a text says twice is shorter, or in the same list.
    """
    places: dict[str, Block] = {}
    run: list[Block] = []
    for block in (*draft.kept, None):
        earlier = places.get(block.key) if block is not None and len(block.key) >= _LEAST_COPIED else None
        if block is not None and earlier is not None and _is_apart(block, earlier):
            run.append(block)
        else:
            if sum(map(_is_running, run)) >= config.min_copied:
                for copy in run:
                    draft.cut(copy, "copy")
            run = []
        if block is not None:
            places.setdefault(block.key, block)


def _is_apart(block: Block, other: Block) -> bool:
    return block.ancestors[1:2] != other.ancestors[1:2]


def _is_running(block: Block) -> bool:
    return block.weight >= PARAGRAPH and not block.heading


def cut_pull_quotes(draft: Draft, config: BesideConfig) -> None:
    """Cut the quotations that a paragraph outside of quotations says, and the names below them.

    It says them word for word, or with most of their words: what is pulled from a text is edited.
    """
    quoted = {block: quote for block in draft.kept if (quote := _quotation(block)) is not None}
    if not quoted:
        return
    own = [block for block in draft.kept if block not in quoted]
    pulled = _find_pulled(quoted, own, config)
    quotes = frozenset(pulled.values())
    names = _find_names(quotes, own, config)
    short = [block for block, quote in quoted.items() if quote in quotes and block.weight < PARAGRAPH]
    for block in (*pulled, *short, *names):
        draft.cut(block, "pull-quote")


def _find_pulled(
    quoted: dict[Block, HtmlElement], own: Sequence[Block], config: BesideConfig
) -> Mapping[Block, HtmlElement]:
    """Return the blocks that a paragraph of the text's own says, each with its quotation."""
    keys = "\n".join([block.key for block in own])
    said: defaultdict[str, list[int]] = defaultdict(list)
    for number, block in enumerate(filter(_is_running, own)):
        for word in long_words(block.text):
            said[word].append(number)
    first = {quote: block for block, quote in reversed(quoted.items())}  # boxes have a line above what they say
    return {
        block: quote
        for block, quote in quoted.items()
        if len(block.key) >= config.min_pulled
        and (block.key in keys or (block is first[quote] and _is_edited(block, said, config)))
    }


def _find_names(quotes: Collection[HtmlElement], own: Sequence[Block], config: BesideConfig) -> Sequence[Block]:
    """Return the lines that say whose quotations are: alone beside them, and begun with a name of the text."""
    beside: defaultdict[HtmlElement | None, list[Block]] = defaultdict(list)
    boxes = {quote.getparent() for quote in quotes}
    for block in own:
        for box in boxes.intersection(block.ancestors):
            beside[box].append(block)
    alone = [blocks[0] for blocks in beside.values() if len(blocks) == 1 and _may_be_name(blocks[0], config)]
    text = "\n".join([block.text for block in own if _is_running(block)]) if alone else ""
    return [block for block in alone if (name := _NAME.match(block.text)) and name.group() in text]


def _may_be_name(block: Block, config: BesideConfig) -> bool:
    return block.weight <= config.max_name and not block.heading and not block.text.endswith(_ENDS)


def _is_edited(block: Block, said: Mapping[str, Sequence[int]], config: BesideConfig) -> bool:
    """Whether a single paragraph has most of a quotation's words, the numbers of each word's paragraphs given."""
    words = long_words(block.text)
    if len(words) < config.min_pulled_words or any(element.tag in _CODE for element in block.ancestors[:2]):
        return False
    shared = Counter(number for word in words for number in said.get(word, ()))
    return max(shared.values(), default=0) >= config.min_pulled_share * len(words)


def _quotation(block: Block) -> HtmlElement | None:
    return next((element for element in block.ancestors if element.tag == "blockquote"), None)


def cut_captions(draft: Draft, config: BesideConfig) -> None:
    """Cut the block or two that stand in one small element with a picture, where that is called one.

    Not where such elements hold much of the text, or a heading of it: they are its sections then, with a picture each.
    """
    kept = draft.kept
    holders = {block: holder for block in kept if (holder := _picture_around(block, config)) is not None}
    if not holders:
        return
    within = Counter(element for block in kept for element in block.ancestors[:_PICTURE_LEVELS])
    headed = {element for block in kept if block.heading for element in block.ancestors[:_PICTURE_LEVELS]}
    captions = [
        block
        for block, holder in holders.items()
        if within[holder] <= config.max_captions and (block.tag == "figcaption" or holder not in headed)
    ]
    unmarked = sum(block.weight for block in captions if block.tag != "figcaption")
    are_sections = unmarked > config.max_caption_share * draft.weight
    for block in captions:
        if block.tag == "figcaption" or not are_sections:
            draft.cut(block, "caption")


def cut_durations(draft: Draft, config: BesideConfig) -> None:
    """Cut the captions that end in how long the video or the recording is ("… 16.04.2024 | 6:33 min")."""
    for block in draft.kept:
        short = block.weight <= config.max_caption and block.text.endswith(_MINUTES)
        if short and _DURATION.search(block.text):
            draft.cut(block, "caption")


def _picture_around(block: Block, config: BesideConfig) -> HtmlElement | None:
    """Return the small element around a block that holds a picture, if it or one inside of it is called one."""
    if block.weight > config.max_caption or block.heading or is_called_standfirst(block.element):
        return None
    around = block.ancestors[:_PICTURE_LEVELS]
    if not any(map(is_called_picture, around)):
        return None
    holders = (level for level, element in enumerate(around) if next(element.iter(*_PICTURES), None) is not None)
    level = next(holders, None)
    if level is None or not any(map(is_called_picture, around[: level + 1])):
        return None
    chars = sum(map(len, map(str, around[level].itertext())))
    return around[level] if chars <= config.max_picture_chars else None
