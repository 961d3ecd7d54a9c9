"""What stands around a block, what was said of it, and what page it stands on, as whole numbers.

The verdicts of the extractor and of the rules are figures among others here: so is what the page's own statements say
(summary, authors, the body in JSON-LD), the blocks before and behind, and the way to the headline and to the ends of
the text.
"""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate

from cleaners.blocks import Block
from cleaners.judge_texts import WHOLE, Column, Columns
from cleaners.metadata import Metadata
from cleaners.typography import sameness

#: The rules that the model sees one by one.
RULES_SEEN = (
    "boilerplate",
    "related",
    "share",
    "prompt",
    "comments",
    "advertisement",
    "tags",
    "gallery",
    "navigation",
    "byline",
    "caption",
    "legal",
    "section",
)
_PARAGRAPH, _LONG = 80, 200
_STEPS = (-4, -3, -2, -1, 1, 2, 3, 4)
_FAR = 99
_FAR_WEIGHT = 5000
_MIN_KEY = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that is known of a page's blocks before they are judged."""

    blocks: Sequence[Block]
    #: For each block the rule that cut it; None where the rules keep it.
    rules: Sequence[str | None]
    #: Indices of the blocks in lists of cards.
    cards: Collection[int]
    headline: Block | None
    metadata: Metadata
    #: Whether the page says that it is one article.
    certain: bool

    @property
    def kept(self) -> frozenset[int]:
        """Indices of the blocks that the rules keep."""
        return frozenset(index for index, rule in enumerate(self.rules) if rule is None)


def measure_context(evidence: Evidence, texts: Columns, kept: Collection[int]) -> Columns:
    """Return what is known of each block beside its text and its place.

    Args:
        evidence: The page.
        texts: What `judge_texts.measure_texts` returned.
        kept: Indices of the blocks that the rules keep.
    """
    columns: Columns = {}
    columns.update(_verdicts(evidence, kept))
    columns.update(_statements(evidence))
    columns.update(_positions(evidence, kept))
    columns.update(_neighbours(evidence, texts, kept))
    columns.update(_page(evidence, kept))
    return columns


def _verdicts(evidence: Evidence, kept: Collection[int]) -> Columns:
    columns: Columns = {
        "kept": [index in kept for index in range(len(evidence.blocks))],
    }
    for name in RULES_SEEN:
        columns[f"rule={name}"] = [rule == name for rule in evidence.rules]
    return columns


def _statements(evidence: Evidence) -> Columns:
    """What the page's own statements say of each block; -1 where there is none."""
    metadata = evidence.metadata
    body = sameness(metadata.article_body or "")
    summaries = [key for key in map(sameness, metadata.standfirsts) if len(key) >= _MIN_KEY]
    title = sameness(metadata.title or "")
    names = [key for key in map(sameness, metadata.authors) if key]
    labels = set(map(sameness, (*metadata.section, *metadata.tags, metadata.site_name or "")))
    shown = sum(len(block.key) for block in evidence.blocks if len(block.key) >= _MIN_KEY and block.key in body)
    cover = min(WHOLE, shown * WHOLE // len(body)) if len(body) >= 200 else -1
    columns: Columns = {"witness": [], "witness-cover": [cover] * len(evidence.blocks), "summary": [], "title": []}
    columns |= {"names": [], "label": [], "titled": []}
    for block in evidence.blocks:
        key = block.key
        known = cover >= 0 and len(key) >= _MIN_KEY
        columns["witness"].append(-1 if not known else key in body)
        columns["summary"].append(max((_likeness(key, other) for other in summaries), default=-1))
        columns["title"].append(_likeness(key, title) if title and len(key) >= 4 else -1)
        columns["titled"].append(len(title) >= _MIN_KEY and title in key)
        rest = len(key)
        if rest <= 200:
            for name in names:
                rest -= len(name) * key.count(name)
        columns["names"].append(WHOLE - max(0, rest) * WHOLE // len(key) if key else 0)
        columns["label"].append(key in labels)
    return columns


def _likeness(key: str, other: str) -> int:
    """Return the share of the longer spelling that two of them begin with; 0 where that is little."""
    if len(key) < 4 or not other:
        return 0
    if key == other:
        return WHOLE
    length = min(len(key), len(other))
    if key[:length] == other[:length]:
        return length * WHOLE // max(len(key), len(other))
    if len(key) >= _MIN_KEY and key in other:
        return len(key) * WHOLE // len(other) // 2
    return 0


def _positions(evidence: Evidence, kept: Collection[int]) -> Columns:
    """How far each block stands from the headline, from the ends of the text and from the text next to it."""
    blocks = evidence.blocks
    count = len(blocks)
    sums = [0, *accumulate(block.weight for block in blocks)]
    held = [0, *accumulate(block.weight if block.index in kept else 0 for block in blocks)]
    running = [
        block.index
        for block in blocks
        if block.index in kept and block.weight >= _PARAGRAPH and 10 * block.link_density <= 3
    ]
    columns: Columns = {}
    headline = evidence.headline.index if evidence.headline is not None else None
    marks = {
        "headline": headline,
        "first": running[0] if running else None,
        "last": running[-1] if running else None,
    }
    for name, place in marks.items():
        far = place is None
        at = place or 0
        columns[f"to-{name}"] = [-_FAR - 1 if far else max(-_FAR, min(_FAR, index - at)) for index in range(count)]
        columns[f"weight-to-{name}"] = [
            -_FAR_WEIGHT - 1 if far else max(-_FAR_WEIGHT, min(_FAR_WEIGHT, sums[index] - sums[at]))
            for index in range(count)
        ]
    plain = [b.index for b in blocks if b.weight >= _PARAGRAPH and 10 * b.link_density <= 3 and not b.hidden]
    columns["para-before"], columns["para-behind"], columns["para-gap"] = [], [], []
    for index in range(count):
        before, behind = _around(plain, index)
        columns["para-before"].append(_FAR if before is None else min(_FAR, index - before))
        columns["para-behind"].append(_FAR if behind is None else min(_FAR, behind - index))
        columns["para-gap"].append(
            _FAR_WEIGHT if behind is None or before is None else min(_FAR_WEIGHT, sums[behind] - sums[before + 1])
        )
    headings = [0, *accumulate(int(block.heading) for block in blocks)]
    start = headline + 1 if headline is not None and headline + 1 < count else 0
    columns["headings-since"] = [max(-9, min(20, headings[index] - headings[start])) for index in range(count)]
    total = held[-1] or 1
    columns["kept-before"] = [held[index] * WHOLE // total for index in range(count)]
    columns["place"] = [index * WHOLE // count for index in range(count)]
    columns["to-running-before"], columns["to-running-behind"] = [], []
    columns["gap-before"], columns["gap-behind"] = [], []
    for index in range(count):
        before, behind = _around(running, index)
        columns["to-running-before"].append(_FAR if before is None else min(_FAR, index - before))
        columns["to-running-behind"].append(_FAR if behind is None else min(_FAR, behind - index))
        columns["gap-before"].append(
            _FAR_WEIGHT if before is None else min(_FAR_WEIGHT, sums[index] - sums[before + 1])
        )
        columns["gap-behind"].append(
            _FAR_WEIGHT if behind is None else min(_FAR_WEIGHT, sums[behind] - sums[index + 1])
        )
    return columns


def _around(places: Sequence[int], index: int) -> tuple[int | None, int | None]:
    """Return the last of some places before a block and the first behind it, None where there is none.

    >>> _around([2, 5, 9], 5), _around([2, 5, 9], 1)
    ((2, 9), (None, 2))
    """
    at = bisect_left(places, index)
    before = places[at - 1] if at else None
    at += at < len(places) and places[at] == index
    return before, places[at] if at < len(places) else None


def _neighbours(evidence: Evidence, texts: Columns, kept: Collection[int]) -> Columns:
    """The blocks before and behind; -1 where there is none."""
    count = len(evidence.blocks)
    keeps = [int(index in kept) for index in range(count)]
    columns: Columns = {}
    for step in _STEPS:
        for name, column in (("weight", texts["weight"]), ("links", texts["links"]), ("kept", keeps)):
            columns[f"{name}{step:+}"] = shift(column, step)
    for step in (-2, -1, 1, 2):
        for name in ("heading", "furniture", "sentence-end", "day"):
            columns[f"{name}{step:+}"] = shift(texts[name], step)
    for width in (6, 20):
        columns[f"kept~{width}"] = _window(keeps, width)
        columns[f"links~{width}"] = _window(texts["links"], width)
        columns[f"weight~{width}"] = _window([min(weight, 500) for weight in texts["weight"]], width)
        columns[f"furniture~{width}"] = _window(texts["furniture"], width)
    box = -1
    columns["below-box"] = []
    for index in range(count):
        columns["below-box"].append(min(index - box, 30) if box >= 0 else 30)
        if texts["says-related"][index] >= 500 or (texts["says-prompt"][index] >= 500 and texts["words"][index] < 8):
            box = index
    tied = [block.element for block in evidence.blocks]
    columns["same-element"] = [
        (index > 0 and tied[index - 1] is tied[index]) + (index + 1 < count and tied[index + 1] is tied[index])
        for index in range(count)
    ]
    return columns


def shift(column: Column, step: int) -> Column:
    """Return the column of the blocks so many steps on; -1 where there is none.

    >>> shift([5, 6, 7], 1), shift([5, 6, 7], -1)
    ([6, 7, -1], [-1, 5, 6])
    """
    count = len(column)
    return [column[index + step] if 0 <= index + step < count else -1 for index in range(count)]


def _window(column: Column, width: int) -> Column:
    """Return the mean over so many blocks before and behind, itself left out, in thousandths of the values."""
    sums = [0, *accumulate(column)]
    count = len(column)
    means = []
    for index in range(count):
        low, high = max(0, index - width), min(count, index + width + 1)
        others = high - low - 1
        means.append((sums[high] - sums[low] - column[index]) * WHOLE // others if others else -1)
    return means


def _page(evidence: Evidence, kept: Collection[int]) -> Columns:
    """What page the block stands on: the same figures for all of its blocks.

    Figures that tell one collection of pages from another (its size, its links, its script) are none of these: from a
    thousand pages they would be learned by heart.
    """
    blocks = evidence.blocks
    metadata = evidence.metadata
    running = {
        block.index: block.weight
        for block in blocks
        if block.weight >= _PARAGRAPH and 10 * block.link_density <= 3 and not block.hidden
    }
    long = {index: weight for index, weight in running.items() if weight >= _LONG}
    held = sum(blocks[index].weight for index in kept)
    held_running = sum(weight for index, weight in running.items() if index in kept)
    held_long = sum(weight for index, weight in long.items() if index in kept)
    figures = {
        "page-cover": held_running * WHOLE // (sum(running.values()) or 1),
        "page-scraps": (held - held_running) * WHOLE // (held or 1),
        "page-certain": int(evidence.certain),
        "page-news": _genre(metadata.page_type),
        "page-dated": int(metadata.published is not None),
        "page-authors": min(len(metadata.authors), 5),
        "page-section": min(len(metadata.section), 5),
        "page-headline": int(evidence.headline is not None),
        "page-long-kept": held_long * WHOLE // (sum(long.values()) or 1),
    }
    return {name: [value] * len(blocks) for name, value in figures.items()}


def _genre(page_type: str | None) -> int:
    """Return 3 for news, 2 for a blog's post, 1 for what is an article of some kind, 0 for anything else."""
    name = (page_type or "").lower()
    if "news" in name or "report" in name:
        return 3
    return 2 if "blog" in name else int("article" in name)
