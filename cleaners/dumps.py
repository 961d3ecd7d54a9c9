"""Text dumps as lines: what a page's text looks like once the markup is gone.

A dump has one line for each block (Common Crawl's WET records), or blank lines between paragraphs, or paragraphs that
are wrapped at a fixed column. Whatever it was, what comes out is one line for each block, with what the layout still
says of it: whether it was a list item, and how many blank lines stood before it.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from cleaners.typography import fold

# Every line end of the Unicode Standard (chapter 5.8); str.splitlines also splits at the information separators.
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")

# Signs that are bullets and nothing else: a dash may open a line of dialogue, a figure may be part of a sentence.
_BULLET = re.compile(r"^\s*[•◦▪▫‣●○■□◆◇▶►➤➢✓✔*·∙⁃]+\s+(?=\S)")

#: Columns within which text is wrapped; longer lines are blocks of their own, shorter ones verse or a menu.
_NARROWEST, _WIDEST = 40, 120
#: Full lines that prove the wrapping: three in a row happen by chance, in a poem or a menu.
_MIN_FULL_LINES = 4
#: Share of long lines (two thirds of the width) that were broken because the next word did not fit. In wrapped text all
#: but headings and ends of paragraphs are; in lines that were not wrapped one in six is so by chance.
_MIN_FULL_SHARE = 0.6

_UNSPACED = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60]")


@dataclass(frozen=True, slots=True)
class Line:
    """One block of a dump."""

    #: Folded; never empty.
    text: str
    #: Whether a bullet stood before it.
    bullet: bool = False
    #: Blank lines before it.
    gap: int = 0


def split_lines(text: str) -> tuple[Line, ...]:
    r"""Return the blocks of a dump, hard-wrapped lines joined.

    >>> [line.text for line in split_lines("Menu\n  • Home\n\nIt rained.")]
    ['Menu', 'Home', 'It rained.']
    """
    lines: list[Line] = []
    gap = 0
    for raw in _unwrap([line.rstrip() for line in _LINE_END.split(text)]):
        bare = _BULLET.sub("", raw)
        folded = _fold_line(bare)
        if folded:
            lines.append(Line(folded, bullet=bare != raw, gap=gap))
            gap = 0
        else:
            gap += 1
    return tuple(lines)


def _fold_line(text: str) -> str:
    """Fold a line but keep its no-break spaces: a dump shows nothing else of how the publisher set it."""
    if "\xa0" not in text:
        return fold(text)
    parts = (fold(part) for part in text.split("\xa0"))
    return "\xa0".join(part for part in parts if part)


def _unwrap(lines: list[str]) -> list[str]:
    """Join the lines of hard-wrapped paragraphs.

    A line was broken by a wrapper where the first word of the next line would not have fitted. Where nearly all long
    lines of a dump were broken so, it was wrapped, and its paragraphs end where the next word would have fitted.
    """
    width = max(map(len, lines), default=0)
    if not _NARROWEST <= width <= _WIDEST:
        return lines
    pairs = list(pairwise(lines))
    long = [(line, after) for line, after in pairs if after and 3 * len(line) >= 2 * width]
    full = sum(_was_broken(line, after, width) for line, after in long)
    if full < _MIN_FULL_LINES or full < _MIN_FULL_SHARE * len(long):
        return lines
    joined = lines[:1]
    for line, after in pairs:
        if _was_broken(line, after, width):
            joined[-1] = _join(joined[-1], after.lstrip())
        else:
            joined.append(after)
    return joined


def _was_broken(line: str, after: str, width: int) -> bool:
    if not line or not after or _BULLET.match(after):
        return False
    rest = after.lstrip()
    if _UNSPACED.match(rest) and _UNSPACED.match(line[-1]):
        return len(line) + 1 > width - 2  # a sign that must not begin a line may have drawn another one down
    return len(line) + 1 + len(rest.split(" ", 1)[0]) > width


def _join(line: str, after: str) -> str:
    unspaced = _UNSPACED.match(line[-1]) and _UNSPACED.match(after)
    hyphen = line[-1] in "-\u2010" and line[-2:-1].isalpha()
    return line + after if unspaced or hyphen else f"{line} {after}"
