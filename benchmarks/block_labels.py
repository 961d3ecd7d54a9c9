"""Which blocks of a page the truth holds: the page's words are aligned with the words of the truth.

Each block may stand at several places of the truth (runs of four words name them). The places are chosen that together
match most words in page order without overlap: the heaviest increasing chain, by dynamic programming over a Fenwick
tree. So of a headline, a teaser and a paragraph that say the same only the one in its place counts. Blocks that the
truth has in another order (captions, standfirsts) are added where their place is still free.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_RUN = 4
# Places of one run, or of one short block, that are looked at.
_MOST_PLACES = 60
# Words of the shortest block that may stand out of order, and the share of it that must match.
_MOVED_WORDS, _MOVED_SHARE = 6, 0.6
# How much longer than its block a place may be.
_STRETCH, _SLACK = 1.6, 6


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a page agrees with its truth."""

    #: For each block the share of its words that the truth holds, in [0, 1]; None for a block without words.
    shares: tuple[float | None, ...]
    #: Share of the truth's words that stand on the page.
    covered: float


@dataclass(frozen=True, slots=True)
class _Place:
    block: int
    start: int
    end: int
    matched: int


def align(blocks: Sequence[Sequence[str]], truth: Sequence[str]) -> Alignment:
    """Align the blocks of a page with the truth, both as words.

    >>> align([["menu"], ["one", "two"], ["three", "four"], ["one", "two"]], ["one", "two", "three", "four"]).shares
    (0.0, 1.0, 1.0, 0.0)
    """
    places = list(_places(blocks, truth))
    shares = [0.0 if words else None for words in blocks]
    covered = bytearray(len(truth))
    for place in _best_chain(places, blocks, len(truth)):
        shares[place.block] = place.matched / len(blocks[place.block])
        covered[place.start : place.end] = b"\x01" * (place.end - place.start)
    for place in sorted(places, key=lambda place: (-place.matched, place.block, place.start)):
        words = len(blocks[place.block])
        free = 10 * sum(covered[place.start : place.end]) < 3 * (place.end - place.start)
        if not shares[place.block] and words >= _MOVED_WORDS and place.matched >= _MOVED_SHARE * words and free:
            shares[place.block] = place.matched / words
            covered[place.start : place.end] = b"\x01" * (place.end - place.start)
    return Alignment(tuple(shares), sum(covered) / len(truth) if truth else 0.0)


def _places(blocks: Sequence[Sequence[str]], truth: Sequence[str]) -> Iterator[_Place]:
    """Yield the places of the truth where each block may stand, block by block."""
    single: defaultdict[str, list[int]] = defaultdict(list)
    runs: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for start, word in enumerate(truth):
        single[word].append(start)
        runs[tuple(truth[start : start + _RUN])].append(start)
    for number, words in enumerate(blocks):
        count = len(words)
        if 0 < count < _RUN:
            for start in single.get(words[0], ())[:_MOST_PLACES]:
                if list(truth[start : start + count]) == list(words):
                    yield _Place(number, start, start + count, count)
        elif count:
            yield from _places_of_long(number, words, runs)


def _places_of_long(
    number: int, words: Sequence[str], runs: defaultdict[tuple[str, ...], list[int]]
) -> Iterator[_Place]:
    """Yield the places where most runs of a block lie on one diagonal, or on neighbouring ones."""
    count = len(words)
    width = max(3, count // 5)
    hits: Counter[int] = Counter()
    low: dict[int, int] = {}
    high: dict[int, int] = {}
    for offset in range(count - _RUN + 1):
        for start in runs.get(tuple(words[offset : offset + _RUN]), ())[:20]:
            diagonal = (start - offset) // width
            hits[diagonal] += 1
            low[diagonal] = min(low.get(diagonal, start), start)
            high[diagonal] = max(high.get(diagonal, 0), start + _RUN)
    used: set[int] = set()
    longest = _STRETCH * count + _SLACK
    for diagonal, own in hits.most_common(6):
        if diagonal in used:
            continue
        near = [beside for beside in (diagonal - 1, diagonal, diagonal + 1) if beside in hits]
        used.update(near)
        start, end = min(low[beside] for beside in near), max(high[beside] for beside in near)
        if end - start <= longest:
            yield _Place(number, start, end, min(count, sum(hits[beside] for beside in near) + _RUN - 1))
        elif high[diagonal] - low[diagonal] <= longest:
            yield _Place(number, low[diagonal], high[diagonal], min(count, own + _RUN - 1))


def _best_chain(places: Sequence[_Place], blocks: Sequence[Sequence[str]], length: int) -> Iterator[_Place]:
    """Yield the places, at most one of a block, in order and without overlap, that match most words."""
    best: list[tuple[float, int]] = [(0.0, -1)] * (length + 2)
    before = [-1] * len(places)
    waiting: list[tuple[int, tuple[float, int]]] = []
    for index, place in enumerate(places):
        if index and places[index - 1].block != place.block:
            _enter(best, waiting)
        value, before[index] = _look_up(best, place.start)
        # A whole block is worth a little more than the same words in a part of one.
        whole = 0.3 if place.matched >= len(blocks[place.block]) else 0.0
        waiting.append((place.end, (value + place.matched - 0.01 + whole, index)))
    _enter(best, waiting)
    _, index = _look_up(best, length)
    while index >= 0:
        yield places[index]
        index = before[index]


def _look_up(tree: Sequence[tuple[float, int]], place: int) -> tuple[float, int]:
    found = (0.0, -1)
    at = place + 1
    while at > 0:
        if tree[at][0] > found[0]:
            found = tree[at]
        at -= at & -at
    return found


def _enter(tree: list[tuple[float, int]], waiting: list[tuple[int, tuple[float, int]]]) -> None:
    for place, value in waiting:
        at = place + 1
        while at < len(tree):
            if value[0] > tree[at][0]:
                tree[at] = value
            at += at & -at
    waiting.clear()
