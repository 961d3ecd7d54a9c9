"""What a block's own text shows of it, as whole numbers: its length, its signs, its words, what it repeats.

No word of a language enters but through the table of page furniture, where what counts is the share of the line.
"""

import re
from array import array
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from cleaners.blocks import Block
from cleaners.furniture import coverage
from cleaners.judge_figures import WHOLE, Column, Columns, Facts
from cleaners.line_shapes import has_day_or_time, words_of
from cleaners.typography import count_signs

#: Characters of the longest line whose words are looked up; longer ones are paragraphs.
_LONGEST_LINE = 240
#: Weight from which figures of length no longer differ.
_HEAVIEST = 3000
#: Words of a page that count as its function words: the most frequent ones of its long blocks.
_FUNCTION_WORDS = 25
#: Weight of the blocks they are counted in.
_PROSE_WEIGHT = 140
#: Lines whose figures are remembered: those of menus and boxes are on every page of a site. Some 350 bytes each.
_REMEMBERED = 8192

_KINDS = ("share", "related", "comments", "prompt", "legal", "advertisement", "navigation", "tags", "picture", "facts")
_SENTENCE_END = re.compile("[.!?…。！？।॥۔؟።։។၊။|:：][\"'”’»›“)\\]」』）】\\s]*$")
_TERMINAL = re.compile("[.!?。！？।॥۔؟]")
_COMMA = re.compile("[,،，、;؛；]")
_BROKEN_OFF = re.compile(r"(?:\.\.\.|…|\[…\])[\s\])»>]*$")
_SEPARATOR = re.compile(r"[|»›→·•]|>>|\s/\s")
_ADDRESS = re.compile(r"https?:|www\.|\.(?:com|org|net|de)\b|@\w")
_OPENING = re.compile("[“\"„«»‘'「『]")
_ENCLOSED = re.compile("^[(（\\[【].*[)）\\]】]$")
_SIGNS_OF_LAW = frozenset("©®(")
_LEGAL_SIGN = re.compile(r"[©®]|\(c\)\s*\d{4}", re.IGNORECASE)
_CREDIT_SIGN = re.compile(r"^[^.:：/]{2,24}[:：/]\s?\S[^.!?]{1,60}$|^\(\w[^.]{1,40}\)$")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
_LIST_SIGN = re.compile(r"^(?:[-–—*•▪●■►▶»>]|\(?\d{1,3}[.)])\s?\S")
_STRONG_TAGS = frozenset({"b", "strong", "em", "i"})


def measure_texts(blocks: Sequence[Block], facts: Facts) -> Columns:
    """Return what each block's text shows by itself, and within the page."""
    rows = b"".join(_measure_line(text) if len(text) <= _LONGEST_LINE else _measure(text) for text in _texts(blocks))
    figures = np.frombuffer(rows, dtype=np.int32).reshape(-1, len(_FIGURES)).T
    columns: Columns = {name: column.astype(np.int64) for name, column in zip(_FIGURES, figures, strict=True)}
    columns["weight"] = np.minimum(facts.weight, _HEAVIEST)
    columns["links"] = np.rint(WHOLE * facts.link_density).astype(np.int64)
    columns["heading"] = facts.heading
    columns["strong"] = np.array([_strong_share(block) for block in blocks], dtype=np.int64)
    times = Counter(block.key for block in blocks)
    columns["times"] = np.array([min(times[block.key], 9) for block in blocks], dtype=np.int64)
    columns["function-words"] = _function_words(blocks, facts)
    return columns


def _texts(blocks: Sequence[Block]) -> list[str]:
    return [block.text for block in blocks]


@lru_cache(maxsize=_REMEMBERED)
def _measure_line(text: str) -> bytes:
    return _measure(text)


def _measure(text: str) -> bytes:
    """Return the figures of `_FIGURES`, packed as numbers of 32 bits."""
    length = len(text)
    short = length <= _LONGEST_LINE
    tokens = text.split()
    digits = count_signs(text, str.isdigit) if short else 0
    upper = count_signs(text, str.isupper) if short else 0
    capital = sum(token[0].isupper() for token in tokens) if short else 0
    covered = coverage(text) if short else {}
    shares = [round(WHOLE * covered.get(kind, 0.0)) for kind in _KINDS]
    age = short and "ages" in covered and digits > 0
    figures = (
        len(tokens),
        bool(_SENTENCE_END.search(text)),
        min(len(_TERMINAL.findall(text)), 12),
        min(len(_COMMA.findall(text)), 20),
        ("…" in text or "..." in text) and bool(_BROKEN_OFF.search(text)),
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
        not _SIGNS_OF_LAW.isdisjoint(text) and bool(_LEGAL_SIGN.search(text)),
        short and bool(_CREDIT_SIGN.match(text)),
        digits > 0 and has_day_or_time(text),
        digits > 0 and bool(_CLOCK.search(text)),
        age,
        bool(_LIST_SIGN.match(text)),
        min(sum(shares), WHOLE),
        *shares,
    )
    return array("i", figures).tobytes()


_NAMES = (
    "words sentence-end sentences commas broken-off colon question digits upper capitals lower-start letter-start "
    "quoted enclosed separator address legal-sign credit-sign day clock age list-sign furniture"
)
_FIGURES = (*_NAMES.split(), *(f"says-{kind}" for kind in _KINDS))


def _strong_share(block: Block) -> int:
    """Return the share of the block's characters that are set in bold or italics."""
    strong = 0
    for node in block.nodes:
        if node.tail or node.element is not block.element:
            around = node.element.getparent() if node.tail else node.element
            if around is not None and around.tag in _STRONG_TAGS:
                strong += node.length
    return strong * WHOLE // (sum(node.length for node in block.nodes) or 1) if strong else 0


def _function_words(blocks: Sequence[Block], facts: Facts) -> Column:
    """Return the share of each block's words that are among the most frequent words of the page's long blocks."""
    words = [words_of(text) if len(text) <= _HEAVIEST else [] for text in _texts(blocks)]
    prose = (facts.weight >= _PROSE_WEIGHT) & (facts.link_density <= 0.3) & ~facts.hidden
    counts: Counter[str] = Counter()
    for index in np.flatnonzero(prose):
        counts.update(words[index])
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_FUNCTION_WORDS]
    is_frequent = frozenset(word for word, _ in ranked).__contains__
    shares = [sum(map(is_frequent, own)) * WHOLE // len(own) if own else -1 for own in words]
    return np.array(shares, dtype=np.int64)
