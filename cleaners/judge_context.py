"""What stands around a block, what was said of it, and what page it stands on, as whole numbers.

The verdicts of the extractor and of the rules are figures among others here: so is what the page's own statements say
(summary, authors, the body in JSON-LD), the blocks before and behind, and the way to the headline and to the ends of
the text.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleaners.blocks import Block
from cleaners.judge_figures import WHOLE, Column, Columns, Facts, Flags, thousandths
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
_LONG = 200
_STEPS = (-4, -3, -2, -1, 1, 2, 3, 4)
_FAR = 99
_FAR_WEIGHT = 5000
_MIN_KEY = 12
_SHORTEST_BODY = 200
_LONGEST_BYLINE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that is known of a page's blocks before they are judged."""

    blocks: Sequence[Block]
    #: For each block the rule that cut it; None where the rules keep it.
    rules: Sequence[str | None] = ()
    #: Indices of the blocks in lists of cards.
    cards: Collection[int]
    headline: Block | None
    metadata: Metadata
    #: Whether the page says that it is one article.
    certain: bool
    #: The page's address, "" where it is not known.
    url: str = ""

    @property
    def kept(self) -> frozenset[int]:
        """Indices of the blocks that the rules keep."""
        return frozenset(index for index, rule in enumerate(self.rules) if rule is None)


def measure_context(evidence: Evidence, facts: Facts, texts: Columns) -> Columns:
    """Return what is known of each block beside its text, its place and what the page states.

    Args:
        evidence: The page.
        facts: What is known of its blocks.
        texts: What `judge_texts.measure_texts` returned.
    """
    if not facts.count:
        return {}
    return {
        **_verdicts(evidence, facts),
        **_positions(evidence, facts),
        **_neighbours(evidence, facts, texts),
        **_page(evidence, facts),
    }


def _verdicts(evidence: Evidence, facts: Facts) -> Columns:
    rules = np.array([rule or "" for rule in evidence.rules])
    columns: Columns = {"kept": facts.kept.astype(np.int64)}
    columns.update((f"rule={name}", (rules == name).astype(np.int64)) for name in RULES_SEEN)
    return columns


def measure_statements(evidence: Evidence) -> Columns:
    """Return what the page's own statements say of each block; -1 where there is none."""
    metadata = evidence.metadata
    keys = [block.key for block in evidence.blocks]
    body = sameness(metadata.article_body or "")
    summaries = [key for key in map(sameness, metadata.standfirsts) if len(key) >= _MIN_KEY]
    title = sameness(metadata.title or "")
    names = [key for key in map(sameness, metadata.authors) if key]
    labels = set(map(sameness, (*metadata.section, *metadata.tags, metadata.site_name or "")))
    held = [len(key) >= _MIN_KEY and key in body for key in keys]
    cover = -1
    if len(body) >= _SHORTEST_BODY:
        shown = sum(len(key) for key, is_held in zip(keys, held, strict=True) if is_held)
        cover = min(WHOLE, shown * WHOLE // len(body))
    known = [cover >= 0 and len(key) >= _MIN_KEY for key in keys]
    titled = len(title) >= _MIN_KEY
    columns: dict[str, list[int]] = {
        "witness": [is_held if is_known else -1 for is_held, is_known in zip(held, known, strict=True)],
        "witness-cover": [cover] * len(keys),
        "summary": [max(alike) for alike in zip(*(_likenesses(keys, other) for other in summaries), strict=True)]
        or [-1] * len(keys),
        "title": [-1 if len(key) < 4 else alike for key, alike in zip(keys, _likenesses(keys, title), strict=True)]
        if title
        else [-1] * len(keys),
        "names": [_named_share(key, names) for key in keys],
        "label": [key in labels for key in keys],
        "titled": [titled and title in key for key in keys],
    }
    return {name: np.array(column, dtype=np.int64) for name, column in columns.items()}


def _named_share(key: str, names: Sequence[str]) -> int:
    """Return the share of a spelling that is names."""
    if not key or len(key) > _LONGEST_BYLINE:
        return 0
    rest = len(key) - sum(len(name) * key.count(name) for name in names)
    return WHOLE - max(0, rest) * WHOLE // len(key)


def _likenesses(keys: Sequence[str], other: str) -> list[int]:
    start = other[:4]
    return [_likeness(key, other) if len(key) >= _MIN_KEY or key.startswith(start) else 0 for key in keys]


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


def _positions(evidence: Evidence, facts: Facts) -> Columns:
    """How far each block stands from the headline, from the ends of the text and from the text next to it."""
    count = facts.count
    index = np.arange(count)
    sums = _sums(facts.weight)
    held = _sums(facts.kept_weight)
    headings = _sums(facts.heading > 0)
    running = np.flatnonzero(facts.running & facts.kept)
    headline = evidence.headline.index if evidence.headline is not None else None
    start = headline + 1 if headline is not None and headline + 1 < count else 0
    return {
        **_way_to("headline", headline, sums),
        **_way_to("first", int(running[0]) if running.size else None, sums),
        **_way_to("last", int(running[-1]) if running.size else None, sums),
        **_paragraphs_around(np.flatnonzero(facts.running & ~facts.hidden), sums),
        **_text_around(running, sums),
        "headings-since": np.clip(headings[index] - headings[start], -9, 20),
        "kept-before": held[index] * WHOLE // (int(held[-1]) or 1),
        "place": index * WHOLE // count,
    }


def _sums(column: Column | Flags) -> Column:
    """Return the sum of all that stands before each block, and at the end that of all."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(column, dtype=np.int64)))


def _way_to(name: str, place: int | None, sums: Column) -> Columns:
    """How many blocks and how much text lie between a landmark and each block."""
    index = np.arange(len(sums) - 1)
    if place is None:
        return {
            f"to-{name}": np.full(len(index), -_FAR - 1),
            f"weight-to-{name}": np.full(len(index), -_FAR_WEIGHT - 1),
        }
    return {
        f"to-{name}": np.clip(index - place, -_FAR, _FAR),
        f"weight-to-{name}": np.clip(sums[index] - sums[place], -_FAR_WEIGHT, _FAR_WEIGHT),
    }


def _paragraphs_around(places: NDArray[np.int64], sums: Column) -> Columns:
    """How far the nearest paragraphs are, and how much stands between the one before and the one behind."""
    before, behind, index = _around(places, len(sums) - 1)
    gap = np.minimum(sums[behind] - sums[before + 1], _FAR_WEIGHT)
    inside = (before >= 0) & (behind < len(index))
    return {
        "para-before": np.where(before >= 0, np.minimum(index - before, _FAR), _FAR),
        "para-behind": np.where(behind < len(index), np.minimum(behind - index, _FAR), _FAR),
        "para-gap": np.where(inside, gap, _FAR_WEIGHT),
    }


def _text_around(places: NDArray[np.int64], sums: Column) -> Columns:
    """How far the nearest paragraphs of the text are, and how much stands in between."""
    before, behind, index = _around(places, len(sums) - 1)
    gaps = (sums[index] - sums[before + 1], sums[behind] - sums[np.minimum(index + 1, behind)])
    return {
        "to-running-before": np.where(before >= 0, np.minimum(index - before, _FAR), _FAR),
        "to-running-behind": np.where(behind < len(index), np.minimum(behind - index, _FAR), _FAR),
        "gap-before": np.where(before >= 0, np.minimum(gaps[0], _FAR_WEIGHT), _FAR_WEIGHT),
        "gap-behind": np.where(behind < len(index), np.minimum(gaps[1], _FAR_WEIGHT), _FAR_WEIGHT),
    }


def _around(places: NDArray[np.int64], count: int) -> tuple[Column, Column, Column]:
    """Return the last of some places before each block, -1 where there is none; the first behind it; and its index.

    >>> before, behind, _ = _around(np.array([1, 3]), 5)
    >>> before.tolist(), behind.tolist()
    ([-1, -1, 1, 1, 3], [1, 3, 3, 5, 5])
    """
    index = np.arange(count)
    before = np.concatenate(([-1], places))[np.searchsorted(places, index, side="left")]
    behind = np.concatenate((places, [count]))[np.searchsorted(places, index, side="right")]
    return before, behind, index


def _neighbours(evidence: Evidence, facts: Facts, texts: Columns) -> Columns:
    """The blocks before and behind; -1 where there is none."""
    columns: Columns = {}
    keeps = facts.kept.astype(np.int64)
    for step in _STEPS:
        for name, column in (("weight", texts["weight"]), ("links", texts["links"]), ("kept", keeps)):
            columns[f"{name}{step:+}"] = shift(column, step)
    for step in (-2, -1, 1, 2):
        for name in ("heading", "furniture", "sentence-end", "day"):
            columns[f"{name}{step:+}"] = shift(texts[name], step)
    for width in (6, 20):
        columns[f"kept~{width}"] = _window(keeps, width)
        columns[f"links~{width}"] = _window(texts["links"], width)
        columns[f"weight~{width}"] = _window(np.minimum(texts["weight"], 500), width)
        columns[f"furniture~{width}"] = _window(texts["furniture"], width)
    prompts = (texts["says-prompt"] >= 500) & (texts["words"] < 8)
    before, _, index = _around(np.flatnonzero((texts["says-related"] >= 500) | prompts), facts.count)
    columns["below-box"] = np.where(before >= 0, np.minimum(index - before, 30), 30)
    blocks = evidence.blocks
    tied = np.array([one.element is other.element for one, other in pairwise(blocks)], np.int64)
    columns["same-element"] = np.concatenate(([0], tied)) + np.concatenate((tied, [0]))
    return columns


def shift(column: Column, step: int) -> Column:
    """Return the column of the blocks so many steps on; -1 where there is none.

    >>> shift(np.array([5, 6, 7]), 1).tolist(), shift(np.array([5, 6, 7]), -1).tolist()
    ([6, 7, -1], [-1, 5, 6])
    """
    shifted = np.full(len(column), -1, dtype=np.int64)
    if step > 0:
        shifted[:-step] = column[step:]
    else:
        shifted[-step:] = column[:step]
    return shifted


def _window(column: Column, width: int) -> Column:
    """Return the mean over so many blocks before and behind, itself left out, in thousandths of the values."""
    count = len(column)
    index = np.arange(count)
    sums = _sums(column)
    low, high = np.maximum(index - width, 0), np.minimum(index + width + 1, count)
    return thousandths(sums[high] - sums[low] - column, high - low - 1)


def _page(evidence: Evidence, facts: Facts) -> Columns:
    """What page the block stands on: the same figures for all of its blocks.

    Figures that tell one collection of pages from another (its size, its links, its script) are none of these: from a
    thousand pages they would be learned by heart.
    """
    metadata = evidence.metadata
    running = facts.weight * (facts.running & ~facts.hidden)
    long = running * (running >= _LONG)
    held = int(facts.kept_weight.sum())
    held_running = int((running * facts.kept).sum())
    figures = {
        "page-cover": held_running * WHOLE // (int(running.sum()) or 1),
        "page-scraps": (held - held_running) * WHOLE // (held or 1),
        "page-certain": int(evidence.certain),
        "page-news": _genre(metadata.page_type),
        "page-dated": int(metadata.published is not None),
        "page-authors": min(len(metadata.authors), 5),
        "page-section": min(len(metadata.section), 5),
        "page-headline": int(evidence.headline is not None),
        "page-long-kept": int((long * facts.kept).sum()) * WHOLE // (int(long.sum()) or 1),
    }
    return {name: np.full(facts.count, value) for name, value in figures.items()}


def _genre(page_type: str | None) -> int:
    """Return 3 for news, 2 for a blog's post, 1 for what is an article of some kind, 0 for anything else."""
    name = (page_type or "").lower()
    if "news" in name or "report" in name:
        return 3
    return 2 if "blog" in name else int("article" in name)
