"""What a site repeats, learned from the outlines of its pages.

Two things are learned. *Lines* that stand at one place on several articles: share bars, prompts, author boxes. And
*boxes*, containers whose text is hardly ever an article's own: in them a repeated line is cut from two or three
articles on, and in those that are cut on nine pages of ten, every line is. In the container of the running text itself,
where articles rightly share sentences (an agency's closing paragraph, a quoted statement, the headings of a series), a
line must stand on most articles to be the template's.

Everything here is a pure function of a set of pages: `learn` takes at most a fixed number of them, those whose URLs
have the least hashes, counts an article that is mostly contained in another one with it, and forgets what order they
came in. Two sets that were sampled apart can be sampled together (`sample`), and give what all their pages give.
"""

import struct
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Self, TypeVar

from cleaners.outline import Outline, hash_of
from cleaners.ranges import check_range

_T = TypeVar("_T")
_MASK = 2**64 - 1
_VERSION = 1
_HEAD = struct.Struct("<BIHBIIII")


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatsConfig:
    """Thresholds of what counts as repeated on a site; measured in ``benchmarks/README.md`` (Site knowledge)."""

    #: Articles below which a site teaches nothing, in [2, 10,000].
    min_articles: int = 5
    #: Articles at one place of which a line is repeated, in [2, 1000] …
    min_support: int = 3
    #: … or two of them, where two are this share of all, in [0, 1]: of eight pages two are a hint, of 256 a statement
    #: that two articles quote.
    min_early_share: float = 0.1
    #: Share of a box's weight that may be text of single articles, in [0, 1]; 0.05 to 0.2 cut the same lines but for
    #: one site, where 0.05 misses some.
    max_own_share: float = 0.1
    #: Articles on which a box must stand before all its lines are cut, whatever they say, in [2, 10,000] …
    min_box_articles: int = 10
    #: … and the share of these on which any of it was kept, in [0, 1].
    max_kept_share: float = 0.1
    #: Share of a page's text that such boxes may take, in [0, 1]: where they hold more, the page is of another kind.
    max_box_weight: float = 0.3
    #: Articles of which a line amid running text is a formula, in [2, 10,000] …
    min_formula_articles: int = 10
    #: … and the share of the articles with such a place, in [0, 1]: before the first or after the last paragraph of
    #: its own, …
    min_edge_share: float = 0.7
    #: … and between them. One site's paragraph on its sources stands on a third of all articles, and on half of some
    #: twenty; the headings of its series on 73 %.
    min_inner_share: float = 0.9
    #: Share of an article's own lines that must stand in a longer one for both to be one, in [0, 1]: wire copy under
    #: two URLs, a story and its update.
    max_shared: float = 0.6
    #: Pages of a site that are learned from, in [10, 100,000].
    sample_pages: int = 400
    #: Blocks before and after the text that an outline holds, in [0, 1000].
    margin: int = 20
    #: Lines of an outline, in [10, 10,000].
    max_lines: int = 200
    #: Lines, and boxes, that are remembered of a site, those on most articles first, in [10, 100,000].
    max_entries: int = 2000

    def __post_init__(self) -> None:
        check_range(self, 2, 10_000, "min_articles", "min_box_articles", "min_formula_articles")
        check_range(self, 2, 1000, "min_support")
        check_range(self, 0, 1, "min_early_share", "max_own_share", "max_kept_share", "max_box_weight")
        check_range(self, 0, 1, "min_edge_share", "min_inner_share", "max_shared")
        check_range(self, 10, 100_000, "sample_pages", "max_entries")
        check_range(self, 0, 1000, "margin")
        check_range(self, 10, 10_000, "max_lines")


@dataclass(frozen=True, kw_only=True)
class SiteTemplate:
    """What a site repeats; built by `learn`."""

    #: Different articles it was learned from.
    articles: int
    #: Line at a place -> articles that have it there, from two on.
    repeated: Mapping[int, int] = field(default_factory=dict, repr=False)
    #: Containers in which a repeated line is the template's.
    boxes: frozenset[int] = field(default=frozenset(), repr=False)
    #: Containers that are cut whatever they say -> share of the articles on which they were, in 1/255.
    cut_boxes: Mapping[int, int] = field(default_factory=dict, repr=False)
    #: Lines at a place that are cut amid running text: 1 at its edges only, 2 anywhere.
    formulas: Mapping[int, int] = field(default_factory=dict, repr=False)
    #: Articles from which a line in a box is cut.
    support: int
    #: Share of a page's text that ``cut_boxes`` may take, in 1/255.
    box_weight: int

    def repeats(self, key: int, place: int) -> tuple[int, int]:
        """Return on how many articles of how many a line stands at a place (see `Line.key`, `Place.path`)."""
        return self.repeated.get(mark_of(key, place), 0), self.articles

    def judge(self, outline: Outline) -> dict[int, float]:
        """Return the lines of an outline's text that are the site's and no article's.

        Returns:
            Number of the line in the outline -> share of the site's articles that tell so, in (0, 1].
        """
        marks = [mark_of(line.key, outline.places[line.place].path) for line in outline.lines]
        own = [n for n, line in enumerate(outline.lines) if line.kept and line.prose and marks[n] not in self.repeated]
        found: dict[int, float] = {}
        in_boxes: dict[int, float] = {}
        for number, line in enumerate(outline.lines):
            if not line.kept or line.heads_text:
                continue
            times = self.repeated.get(marks[number], 0)
            inner = bool(own) and own[0] < number < own[-1]
            containers = {container.path for container in outline.containers(line)}
            boxed = times >= self.support and not self.boxes.isdisjoint(containers)
            if boxed or (self.formulas.get(marks[number], 0) > inner and not line.cell):
                found[number] = times / self.articles
            elif share := max((self.cut_boxes.get(path, 0) for path in containers), default=0):
                in_boxes[number] = share / 255
        text = sum(line.weight for line in outline.lines if line.kept)
        if 255 * sum(outline.lines[number].weight for number in in_boxes) <= self.box_weight * text:
            found |= in_boxes
        return found

    @cached_property
    def digest(self) -> bytes:
        """Eight bytes that two templates share when they judge every page alike."""
        return blake2b(self._rules(), digest_size=8).digest()

    def _rules(self) -> bytes:
        lines = sorted((mark, times >= self.support) for mark, times in self.repeated.items())
        return repr(
            (lines, sorted(self.boxes), sorted(self.cut_boxes), sorted(self.formulas.items()), self.box_weight)
        ).encode()

    def pack(self) -> bytes:
        """Return the template as bytes, at most some 60 kB, usually five."""
        head = _HEAD.pack(
            _VERSION,
            self.articles,
            self.support,
            self.box_weight,
            *map(len, (self.repeated, self.boxes, self.cut_boxes, self.formulas)),
        )
        columns = [
            array("Q", sorted(self.repeated)),
            array("H", (min(self.repeated[mark], 0xFFFF) for mark in sorted(self.repeated))),
            array("Q", sorted(self.boxes)),
            array("Q", sorted(self.cut_boxes)),
            array("B", (self.cut_boxes[path] for path in sorted(self.cut_boxes))),
            array("Q", sorted(self.formulas)),
            array("B", (self.formulas[mark] for mark in sorted(self.formulas))),
        ]
        return head + b"".join(_little(column).tobytes() for column in columns)

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Return the template that `pack` wrote.

        Raises:
            ValueError: It is none, or of another version.
        """
        try:
            version, articles, support, box_weight, *sizes = _HEAD.unpack_from(packed)
            repeated, boxes, cut_boxes, formulas = sizes
            marks, times, paths, cut_paths, shares, fixed, kinds = _columns(
                packed[_HEAD.size :],
                zip("QHQQBQB", (repeated, repeated, boxes, cut_boxes, cut_boxes, formulas, formulas), strict=True),
            )
        except (struct.error, ValueError) as error:
            raise ValueError("no site template") from error
        if version != _VERSION:
            raise ValueError(f"no site template of version {_VERSION}")
        return cls(
            articles=articles,
            repeated=dict(zip(marks, times, strict=True)),
            boxes=frozenset(paths),
            cut_boxes=dict(zip(cut_paths, shares, strict=True)),
            formulas=dict(zip(fixed, kinds, strict=True)),
            support=support,
            box_weight=box_weight,
        )


def _little(column: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        column.byteswap()
    return column


def _columns(packed: bytes, shapes: Iterable[tuple[str, int]]) -> Iterator["array[int]"]:
    start = 0
    for code, length in shapes:
        column = array(code)
        end = start + length * column.itemsize
        if end > len(packed):
            raise ValueError("cut off")
        column.frombytes(packed[start:end])
        yield _little(column)
        start = end
    if start != len(packed):
        raise ValueError("too long")


def mark_of(key: int, place: int) -> int:
    """Return the mark of a line at a place: one number for both."""
    return (key * 0x9E3779B97F4A7C15 + place) & _MASK


def sample(pages: Mapping[str, _T], config: RepeatsConfig | None = None) -> dict[str, _T]:
    """Return the pages that a site is learned from, by URL: those whose URLs have the least hashes.

    Samples of parts of a site, sampled together, are the sample of the site.
    """
    size = (config or RepeatsConfig()).sample_pages
    return {url: pages[url] for url in sorted(pages, key=lambda url: (hash_of(url), url))[:size]}


def learn(outlines: Mapping[str, Outline], config: RepeatsConfig | None = None) -> SiteTemplate | None:
    """Learn what a site repeats, None where too few different articles are known.

    Args:
        outlines: The outline of each page, by its URL; their order does not matter.
        config: Thresholds; the defaults where None.
    """
    config = config or RepeatsConfig()
    articles = distinct(sample(outlines, config), config)
    if len(articles) < config.min_articles:
        return None
    counts = _Counts(articles)
    two_are_enough = config.min_early_share * len(articles) <= 2
    support = min(2, config.min_support) if two_are_enough else config.min_support
    repeated = {mark: times for mark, times in counts.marks.items() if times >= 2}
    marks = _first(repeated, config.max_entries)
    useful = {path for mark in marks for path in counts.around[mark]}
    boxes = {path: counts.articles[path] for path in useful if counts.is_box(path, config)}
    return SiteTemplate(
        articles=len(articles),
        repeated={mark: repeated[mark] for mark in marks},
        boxes=frozenset(_first(boxes, config.max_entries)),
        cut_boxes=counts.cut_boxes(config),
        formulas={mark: kind for mark in marks if (kind := counts.formula(mark, config))},
        support=support,
        box_weight=round(255 * config.max_box_weight),
    )


def distinct(outlines: Mapping[str, Outline], config: RepeatsConfig | None = None) -> list[Outline]:
    """Leave out the pages whose text mostly stands in a longer page's, so that no story counts twice.

    What stands on a quarter of the pages is no evidence of one story: it is what we are looking for.
    """
    config = config or RepeatsConfig()
    texts = {url: text for url, outline in outlines.items() if (text := outline.kept_weights)}
    pages = Counter(key for text in texts.values() for key in text)
    common = max(3, len(texts) // 4)
    rare = {url: [key for key in text if pages[key] <= common] for url, text in texts.items()}
    holders: defaultdict[int, list[str]] = defaultdict(list)
    chosen: list[Outline] = []
    for url in sorted(texts, key=lambda url: (-sum(texts[url].values()), url)):
        text = texts[url]
        least = config.max_shared * sum(text.values())
        longer = {other for key in rare[url] for other in holders[key]}
        if any(sum(weight for key, weight in text.items() if key in texts[other]) >= least for other in longer):
            continue
        chosen.append(outlines[url])
        for key in rare[url]:
            holders[key].append(url)
    return chosen


def _first(numbers: Mapping[int, int], most: int) -> list[int]:
    """Return the keys with the greatest numbers, and among equals those with the least keys."""
    return sorted(numbers, key=lambda key: (-numbers[key], key))[:most]


class _Counts:
    """On how many articles lines and containers stand, and whose text they hold."""

    def __init__(self, articles: Iterable[Outline]) -> None:
        outlines = tuple(articles)
        keys = Counter(key for outline in outlines for key in {line.key for line in outline.lines})
        #: Articles by line at a place, by container or place; and those on which the container holds text of its own.
        self.marks: Counter[int] = Counter()
        self.articles: Counter[int] = Counter()
        self.own_articles: Counter[int] = Counter()
        #: Weight in a container: of all lines, and of those that are kept and stand on no other article.
        self.weight: Counter[int] = Counter()
        self.own_weight: Counter[int] = Counter()
        #: Containers of a line at a place, and the place.
        self.around: dict[int, tuple[int, ...]] = {}
        self.named: set[int] = set()
        self.place: dict[int, int] = {}
        for outline in outlines:
            marks: set[int] = set()
            paths: set[int] = set()
            own: set[int] = set()
            for line in outline.lines:
                place, containers = outline.places[line.place].path, outline.containers(line)
                mark = mark_of(line.key, place)
                marks.add(mark)
                self.named.update(one.path for one in containers if one.named)
                around = tuple(one.path for one in containers)
                self.around[mark], self.place[mark] = around, place
                paths.update(around, (place,))
                is_own = line.kept and keys[line.key] < 2
                for path in around:
                    self.weight[path] += line.weight
                    self.own_weight[path] += line.weight * is_own
                if is_own:
                    own.update(around)
            self.marks.update(marks)
            self.articles.update(paths)
            self.own_articles.update(own)

    def is_box(self, path: int, config: RepeatsConfig) -> bool:
        return self.own_weight[path] <= config.max_own_share * self.weight[path]

    def cut_boxes(self, config: RepeatsConfig) -> dict[int, int]:
        """Return the containers whose text is nearly always cut or repeated, each with the share of such articles."""
        cut = {
            path: self.articles[path]
            for path in self.named
            if self.articles[path] >= config.min_box_articles
            and self.own_articles[path] <= config.max_kept_share * self.articles[path]
        }
        shares = {path: 1 - self.own_articles[path] / times for path, times in cut.items()}
        return {path: max(1, round(255 * shares[path])) for path in _first(cut, config.max_entries)}

    def formula(self, mark: int, config: RepeatsConfig) -> int:
        """Return 2 for a line that is cut anywhere amid running text, 1 for one at its edges, else 0."""
        times = self.marks[mark]
        if times < config.min_formula_articles:
            return 0
        share = times / self.articles[self.place[mark]]
        return (share >= config.min_edge_share) + (share >= config.min_inner_share)
