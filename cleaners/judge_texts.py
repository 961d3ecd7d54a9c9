"""What a block's own text shows of it, as whole numbers: its length, its signs, its words, what it repeats.

No word of a language enters but through the table of page furniture, where what counts is the share of the line. Shares
are in thousandths and every figure is a whole number, so that a judgement is the same on every machine.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from cleaners.blocks import HEADING_TAGS, Block
from cleaners.furniture import coverage
from cleaners.line_shapes import has_day_or_time, words_of

#: A column: a figure for each block of a page, in page order.
Column = list[int]
#: The columns by name.
Columns = dict[str, Column]

#: Thousandths: the scale of shares.
WHOLE = 1000
#: Characters of the longest line whose words are looked up; longer ones are paragraphs.
_LONGEST_LINE = 240
#: Weight from which figures of length no longer differ.
_HEAVIEST = 3000
#: Words of a page that count as its function words: the most frequent ones of its long blocks.
_FUNCTION_WORDS = 25
#: Weight of the blocks they are counted in.
_PROSE_WEIGHT = 140

_KINDS = ("share", "related", "comments", "prompt", "legal", "advertisement", "navigation", "tags", "picture", "facts")
_SENTENCE_END = re.compile("[.!?…。！？।॥۔؟።։។၊။|:：][\"'”’»›“)\\]」』）】\\s]*$")
_TERMINAL = re.compile("[.!?。！？।॥۔؟]")
_COMMA = re.compile("[,،，、;؛；]")
_BROKEN_OFF = re.compile(r"(?:\.\.\.|…|\[…\])[\s\])»>]*$")
_SEPARATOR = re.compile(r"[|»›→·•]|>>|\s/\s")
_ADDRESS = re.compile(r"https?:|www\.|\.(?:com|org|net|de)\b|@\w")
_OPENING = re.compile("[“\"„«»‘'「『]")
_ENCLOSED = re.compile("^[(（\\[【].*[)）\\]】]$")
_LEGAL_SIGN = re.compile(r"[©®]|\(c\)\s*\d{4}", re.IGNORECASE)
_CREDIT_SIGN = re.compile(r"^[^.:：/]{2,24}[:：/]\s?\S[^.!?]{1,60}$|^\(\w[^.]{1,40}\)$")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
_LIST_SIGN = re.compile(r"^(?:[-–—*•▪●■►▶»>]|\(?\d{1,3}[.)])\s?\S")
_STRONG_TAGS = frozenset({"b", "strong", "em", "i"})


def measure_texts(blocks: Sequence[Block]) -> Columns:
    """Return what each block's text shows by itself, and within the page."""
    columns: Columns = {}
    rows = [_measure(block.text) for block in blocks]
    for name, place in _FIGURES.items():
        columns[name] = [row[place] for row in rows]
    columns["weight"] = [min(block.weight, _HEAVIEST) for block in blocks]
    columns["links"] = [round(WHOLE * block.link_density) for block in blocks]
    columns["heading"] = [_heading_level(block) for block in blocks]
    columns["strong"] = [_strong_share(block) for block in blocks]
    times = Counter(block.key for block in blocks)
    columns["times"] = [min(times[block.key], 9) for block in blocks]
    columns["function-words"] = _function_words(blocks)
    return columns


@lru_cache(maxsize=4096)
def _measure(text: str) -> tuple[int, ...]:
    length = len(text)
    short = length <= _LONGEST_LINE
    tokens = text.split()
    digits = sum(map(str.isdigit, text)) if short else 0
    upper = sum(map(str.isupper, text)) if short else 0
    capital = sum(token[0].isupper() for token in tokens) if short else 0
    covered = coverage(text) if short else {}
    shares = [round(WHOLE * covered.get(kind, 0.0)) for kind in _KINDS]
    age = short and "ages" in covered and digits > 0
    return (
        len(tokens),
        bool(_SENTENCE_END.search(text)),
        min(len(_TERMINAL.findall(text)), 12),
        min(len(_COMMA.findall(text)), 20),
        bool(_BROKEN_OFF.search(text)),
        text.endswith((":", "：")),
        text.endswith(("?", "？", "؟")),
        digits * WHOLE // length,
        upper * WHOLE // length,
        capital * WHOLE // len(tokens),
        text[0].islower(),
        text[0].isalnum(),
        bool(_OPENING.match(text)),
        short and bool(_ENCLOSED.match(text)),
        short and bool(_SEPARATOR.search(text)),
        short and bool(_ADDRESS.search(text)),
        bool(_LEGAL_SIGN.search(text)),
        short and bool(_CREDIT_SIGN.match(text)),
        short and has_day_or_time(text),
        short and bool(_CLOCK.search(text)),
        age,
        bool(_LIST_SIGN.match(text)),
        min(sum(shares), WHOLE),
        *shares,
    )


_NAMES = (
    "words sentence-end sentences commas broken-off colon question digits upper capitals lower-start letter-start "
    "quoted enclosed separator address legal-sign credit-sign day clock age list-sign furniture"
)
_FIGURES: Mapping[str, int] = {
    name: place for place, name in enumerate([*_NAMES.split(), *(f"says-{kind}" for kind in _KINDS)])
}


def _heading_level(block: Block) -> int:
    """Return the level of the heading that the block is, 0 where it is none."""
    tag = next((str(element.tag) for element in block.ancestors[:3] if element.tag in HEADING_TAGS), "h0")
    return int(tag[1])


def _strong_share(block: Block) -> int:
    """Return the share of the block's characters that are set in bold or italics."""
    strong = total = 0
    for node in block.nodes:
        length = len(node.text.strip())
        total += length
        around = node.element.getparent() if node.tail else node.element
        if around is not None and around.tag in _STRONG_TAGS:
            strong += length
    return strong * WHOLE // (total or 1)


def _function_words(blocks: Sequence[Block]) -> Column:
    """Return the share of each block's words that are among the most frequent words of the page's long blocks."""
    words = [words_of(block.text) if len(block.text) <= _HEAVIEST else [] for block in blocks]
    counts: Counter[str] = Counter()
    for block, own in zip(blocks, words, strict=True):
        if block.weight >= _PROSE_WEIGHT and block.link_density <= 0.3 and not block.hidden:
            counts.update(own)
    frequent = {word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_FUNCTION_WORDS]}
    return [sum(word in frequent for word in own) * WHOLE // len(own) if own else -1 for own in words]
