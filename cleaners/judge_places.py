"""Where a block stands in the page's structure, as whole numbers: in which parts, among which sisters.

The sums over parts are what carries over from site to site: the share of a part that is text, the links among its
sisters, the way from the container of the text. Names of classes enter by the table of ``data/names.toml`` only.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from cleaners.blocks import Block
from cleaners.judge_texts import WHOLE, Columns
from cleaners.names import is_called_standfirst, rule_of_names

#: The kinds of names that parts have, and tags that say the same.
RULES = (
    "comments",
    "related",
    "share",
    "prompt",
    "consent",
    "byline",
    "legal",
    "advertisement",
    "navigation",
    "tags",
    "caption",
    "gallery",
)
_RULE_OF_TAG = {"nav": "navigation", "menu": "navigation", "footer": "legal", "figcaption": "caption", "form": "prompt"}
_PART_TAGS = ("article", "main", "aside", "header", "figure", "table", "ul", "ol", "blockquote", "section")
_OWN_TAGS = ("p", "div", "li", "td", "a", "span", "dd", "pre", "blockquote", "figcaption", "body", "label", "button")
_BODY_NAMES = (
    "articlebody",
    "article-body",
    "article_body",
    "article-content",
    "entry-content",
    "post-content",
    "story-body",
    "articletext",
    "article-text",
    "content-body",
    "post-body",
    "article__body",
)
#: Levels above a block whose names are read.
_NAMED_LEVELS = 8
#: Weight of a paragraph.
_PARAGRAPH = 80
_FAR = 40


@dataclass(slots=True)
class Part:
    """An element of the page with sums over the blocks in it."""

    element: HtmlElement
    #: Place of the element around it among the parts, -1 for the outermost.
    parent: int
    depth: int
    #: What its own names and tag say of it.
    rule: str | None
    is_body: bool
    blocks: int = 0
    weight: int = 0
    linked: int = 0
    kept: int = 0
    running: int = 0
    headings: int = 0
    commas: int = 0


@dataclass(slots=True)
class Structure:
    """The parts of a page, outer ones before those in them, and the part of each block."""

    parts: list[Part]
    part_of: list[int]
    #: Places of the parts around each block, the innermost first.
    chains: list[tuple[int, ...]]
    #: Tag and classes of each part.
    signatures: list[tuple[str, str]]


def read_structure(blocks: Sequence[Block], kept: Collection[int]) -> Structure:
    """Collect the parts of a page and sum up what stands in them.

    Args:
        blocks: The page's blocks.
        kept: Indices of the blocks that the rules keep.
    """
    places: dict[HtmlElement, int] = {}
    structure = Structure([], [], [], [])
    for block in blocks:
        place = places[block.element] if block.element in places else _add(block, places, structure.parts)
        structure.part_of.append(place)
        part = structure.parts[place]
        part.blocks += 1
        part.weight += block.weight
        linked = round(block.weight * block.link_density)
        part.linked += linked
        part.headings += block.heading
        if block.index in kept:
            part.kept += block.weight
        if block.weight >= _PARAGRAPH and 10 * linked <= 3 * block.weight:
            part.running += block.weight
    for part in reversed(structure.parts):
        if part.parent >= 0:
            above = structure.parts[part.parent]
            above.blocks += part.blocks
            above.weight += part.weight
            above.linked += part.linked
            above.headings += part.headings
            above.kept += part.kept
            above.running += part.running
    chains: list[tuple[int, ...]] = []
    for place, part in enumerate(structure.parts):
        chains.append((place, *(chains[part.parent] if part.parent >= 0 else ())))
    structure.chains = [chains[place] for place in structure.part_of]
    structure.signatures = [(str(part.element.tag), part.element.get("class") or "") for part in structure.parts]
    return structure


def _add(block: Block, places: dict[HtmlElement, int], parts: list[Part]) -> int:
    fresh: list[HtmlElement] = []
    above = -1
    for element in block.ancestors:
        if element in places:
            above = places[element]
            break
        fresh.append(element)
    for element in reversed(fresh):
        rule = rule_of_names(element) or _RULE_OF_TAG.get(str(element.tag))
        depth = parts[above].depth + 1 if above >= 0 else 0
        parts.append(Part(element, above, depth, rule, _is_body(element)))
        above = places[element] = len(parts) - 1
    return above


def _is_body(element: HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
    return len(names) > 2 and any(name in names.lower() for name in _BODY_NAMES)


def measure_places(
    blocks: Sequence[Block],
    structure: Structure,
    kept: Collection[int],
    cards: Collection[int],
    headline: Block | None = None,
) -> Columns:
    """Return where each block stands.

    Args:
        blocks: The page's blocks.
        structure: Their parts.
        kept: Indices of the blocks that the rules keep.
        cards: Indices of the blocks in lists of cards.
        headline: The block of the headline.
    """
    columns: Columns = defaultdict(list)
    parts = structure.parts
    _measure_ancestry(blocks, structure, cards, columns)
    total = max(1, parts[0].weight if parts else 0)
    all_kept = max(1, parts[0].kept if parts else 0)
    for block, chain in zip(blocks, structure.chains, strict=True):
        own = block.weight if block.index in kept else 0
        for level in (0, 1, 2, 4):
            part = parts[chain[min(level, len(chain) - 1)]]
            others = part.weight - block.weight
            columns[f"blocks^{level}"].append(min(part.blocks, 200))
            columns[f"kept^{level}"].append((part.kept - own) * WHOLE // others if others else -1)
            columns[f"links^{level}"].append(part.linked * WHOLE // part.weight)
            columns[f"share^{level}"].append((part.kept - own) * WHOLE // all_kept)
            columns[f"running^{level}"].append(part.running * WHOLE // part.weight)
        wide = next((parts[place] for place in chain if parts[place].blocks >= 4), parts[chain[-1]])
        others = wide.weight - block.weight
        columns["kept-around"].append((wide.kept - own) * WHOLE // others if others else -1)
        columns["links-around"].append(wide.linked * WHOLE // wide.weight)
        columns["running-around"].append(wide.running * WHOLE // wide.weight)
        columns["weight-around"].append(wide.weight * WHOLE // total)
        columns["headings-around"].append(wide.headings * WHOLE // wide.blocks)
    _measure_containers(structure, columns)
    _measure_named(structure, columns)
    _measure_headline(structure, headline, columns)
    _measure_sisters(blocks, structure, kept, columns)
    return dict(columns)


def _measure_ancestry(blocks: Sequence[Block], structure: Structure, cards: Collection[int], columns: Columns) -> None:
    """What kinds of parts the block stands in, and how far above it they begin."""
    parts = structure.parts
    around: list[dict[str, int]] = []
    for part in parts:
        # A part's own levels to each kind of element around it.
        found: dict[str, int] = (
            {} if part.parent < 0 else {name: level + 1 for name, level in around[part.parent].items()}
        )
        found[str(part.element.tag)] = 0
        if part.rule is not None:
            found[f"={part.rule}"] = 0
        if part.is_body:
            found["=body"] = 0
        around.append(found)
    for block, place in zip(blocks, structure.part_of, strict=True):
        found = around[place]
        for tag in _PART_TAGS:
            columns[f"in-{tag}"].append(min(found.get(tag, _FAR), _FAR))
        for rule in RULES:
            columns[f"in={rule}"].append(min(found.get(f"={rule}", _FAR), _FAR))
        columns["in=body"].append(min(found.get("=body", _FAR), _FAR))
        named = [level for rule in RULES if (level := found.get(f"={rule}", _FAR)) < _NAMED_LEVELS]
        columns["in=named"].append(min(named, default=_FAR))
        tag = block.tag
        for name in _OWN_TAGS:
            columns[f"is-{name}"].append(tag == name)
        columns["depth"].append(parts[place].depth)
        columns["hidden"].append(block.hidden)
        columns["card"].append(block.index in cards)
        columns["called-standfirst"].append(any(map(is_called_standfirst, block.ancestors[:2])))


def _measure_containers(structure: Structure, columns: Columns) -> None:
    """How the block stands to the containers of the text: by what is kept, and by what is running text."""
    parts = structure.parts
    for name in ("kept", "running"):
        container = _innermost(parts, name, 7)
        above = _chain(parts, container)
        levels = {place: level for level, place in enumerate(above)}
        for chain in structure.chains:
            climb = next((levels[place] for place in chain if place in levels), _FAR)
            down = next((level for level, place in enumerate(chain) if place in levels), _FAR)
            columns[f"climb-{name}"].append(min(climb, _FAR))
            columns[f"down-{name}"].append(min(down, _FAR))
    points = _points(structure)
    best = max(points.values(), default=0)
    winner = min((place for place, value in points.items() if value == best), default=-1)
    levels = {place: level for level, place in enumerate(_chain(parts, winner))}
    for chain in structure.chains:
        columns["points"].append(max((points.get(place, 0) for place in chain[:3]), default=0) * WHOLE // (best or 1))
        columns["climb-points"].append(min(next((levels[place] for place in chain if place in levels), _FAR), _FAR))


def _measure_named(structure: Structure, columns: Columns) -> None:
    """How much of the text, and of its running text, the nearest part with a telling name holds."""
    parts = structure.parts
    kept = max(1, parts[0].kept) if parts else 1
    for chain in structure.chains:
        named = next((parts[place] for place in chain[:_NAMED_LEVELS] if parts[place].rule is not None), None)
        columns["named-share"].append(-1 if named is None else named.kept * WHOLE // kept)
        columns["named-running"].append(-1 if named is None else named.running * WHOLE // (named.weight or 1))
        columns["named-kept"].append(-1 if named is None else named.kept * WHOLE // (named.weight or 1))
        columns["named-blocks"].append(-1 if named is None else min(named.blocks, 99))


def _measure_headline(structure: Structure, headline: Block | None, columns: Columns) -> None:
    """How far up headline and block meet, and whether they stand in one ``article``."""
    parts = structure.parts
    around = structure.chains[headline.index] if headline is not None else ()
    levels = {place: level for level, place in enumerate(around)}
    own = next((place for place in around if parts[place].element.tag == "article"), None)
    for chain in structure.chains:
        columns["climb-headline"].append(min(next((levels[place] for place in chain if place in levels), _FAR), _FAR))
        columns["down-headline"].append(
            min(next((level for level, place in enumerate(chain) if place in levels), _FAR), _FAR)
        )
        article = next((place for place in chain if parts[place].element.tag == "article"), None)
        columns["other-article"].append(-1 if article is None else article != own)


def _chain(parts: Sequence[Part], place: int) -> list[int]:
    chain = []
    while place >= 0:
        chain.append(place)
        place = parts[place].parent
    return chain


def _innermost(parts: Sequence[Part], name: str, tenths: int) -> int:
    """Return the innermost part that holds so many tenths of a sum."""
    total = getattr(parts[0], name) if parts else 0
    holders = [(part.depth, -place) for place, part in enumerate(parts) if 10 * getattr(part, name) >= tenths * total]
    return -max(holders)[1] if holders and total else -1


def _points(structure: Structure) -> Mapping[int, int]:
    """Return points as readability gives them: paragraphs count for the part around them, and half for the next."""
    points: Counter[int] = Counter()
    parts = structure.parts
    for part in parts:
        own = part.running if part.running * 10 >= part.weight * 7 and part.blocks <= 2 else 0
        if own and part.parent >= 0:
            value = 100 + min(own, 300)
            points[part.parent] += 2 * value
            if parts[part.parent].parent >= 0:
                points[parts[part.parent].parent] += value
    return {
        place: value * (parts[place].weight - parts[place].linked) // (parts[place].weight or 1)
        for place, value in points.items()
    }


def _measure_sisters(blocks: Sequence[Block], structure: Structure, kept: Collection[int], columns: Columns) -> None:
    """How many blocks have the same place by tag and class, under one parent and on the page, and what these are."""
    parts = structure.parts
    near: list[tuple[object, ...]] = []
    wide: list[tuple[object, ...]] = []
    aunt: list[tuple[object, ...]] = []
    for place in structure.part_of:
        parent = parts[place].parent
        above = structure.signatures[parent] if parent >= 0 else ("", "")
        grand = parts[parent].parent if parent >= 0 else -1
        near.append((parent, structure.signatures[place]))
        wide.append((above, structure.signatures[place]))
        aunt.append((grand, above, structure.signatures[place]))
    for name, keys in (("sisters", near), ("alike", wide), ("cousins", aunt)):
        count: Counter[object] = Counter()
        weight: Counter[object] = Counter()
        linked: Counter[object] = Counter()
        held: Counter[object] = Counter()
        for block, key in zip(blocks, keys, strict=True):
            count[key] += 1
            weight[key] += block.weight
            linked[key] += round(block.weight * block.link_density)
            if block.index in kept:
                held[key] += block.weight
        for block, key in zip(blocks, keys, strict=True):
            others = weight[key] - block.weight
            own = block.weight if block.index in kept else 0
            columns[f"{name}-count"].append(min(count[key], 99))
            columns[f"{name}-kept"].append((held[key] - own) * WHOLE // others if others else -1)
            columns[f"{name}-links"].append(linked[key] * WHOLE // weight[key])
            columns[f"{name}-weight"].append(min(weight[key] // count[key], 999))
