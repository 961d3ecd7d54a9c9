"""Where a block stands in the page's structure, as whole numbers: in which parts, among which sisters.

The sums over parts are what carries over from site to site: the share of a part that is text, the links among its
sisters, the way from the container of the text. Names of classes enter by the table of ``data/names.toml`` only.
"""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from cleaners.blocks import Block
from cleaners.judge_figures import WHOLE, Column, Columns, Facts, Flags, mark_indices, thousandths
from cleaners.judge_structure import Places, Structure

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
_PART_TAGS = ("article", "main", "aside", "header", "figure", "table", "ul", "ol", "blockquote", "section")
_OWN_TAGS = ("p", "div", "li", "td", "a", "span", "dd", "pre", "blockquote", "figcaption", "body", "label", "button")
#: Levels above a block whose names are read.
_NAMED_LEVELS = 8
_FAR = 40


def measure_places(
    facts: Facts, structure: Structure, cards: Collection[int], headline: Block | None = None
) -> Columns:
    """Return where each block stands, whatever the rules keep.

    Args:
        facts: What is known of the page's blocks.
        structure: The parts they stand in.
        cards: Indices of the blocks in lists of cards.
        headline: The block of the headline.
    """
    if not facts.count:
        return {}
    return {
        **_ancestry(structure),
        "hidden": facts.hidden.astype(np.int64),
        "card": mark_indices(cards, facts.count).astype(np.int64),
        **_to_headline(structure, headline),
    }


def measure_company(facts: Facts, structure: Structure) -> Columns:
    """Return in what company each block stands: how much the rules keep of the parts and sisters around it."""
    if not facts.count:
        return {}
    return {
        **_parts_around(facts, structure),
        **_containers(structure),
        **_named(structure),
        **_sisters(facts, structure),
    }


def _ancestry(structure: Structure) -> Columns:
    """What kinds of parts the block stands in, and how far above it they begin."""
    kinds = np.array([*_PART_TAGS, *(f"={rule}" for rule in RULES), "=body"])
    tags = np.array(structure.tags)
    said = np.array([f"={rule}" for rule in structure.rules])
    members = (tags[:, None] == kinds) | (said[:, None] == kinds)
    members[:, -1] = structure.is_body
    levels = structure.levels_up(members, _FAR)[structure.part_of].T
    columns: Columns = {}
    columns.update((f"in-{tag}", column) for tag, column in zip(_PART_TAGS, levels, strict=False))
    of_rules = levels[len(_PART_TAGS) : -1]
    columns.update((f"in={rule}", column) for rule, column in zip(RULES, of_rules, strict=True))
    columns["in=body"] = levels[-1]
    nearest = of_rules.min(axis=0)
    columns["in=named"] = np.where(nearest < _NAMED_LEVELS, nearest, _FAR)
    own = tags[structure.part_of]
    columns.update((f"is-{name}", (own == name).astype(np.int64)) for name in _OWN_TAGS)
    columns["depth"] = structure.depth[structure.part_of]
    columns["called-standfirst"] = structure.any_up(structure.is_standfirst, 2).astype(np.int64)
    return columns


def _parts_around(facts: Facts, structure: Structure) -> Columns:
    """What the parts hold that stand so many levels above the block, and the nearest of some size."""
    columns: Columns = {}
    sums = structure.sums
    own = facts.kept_weight
    all_kept = max(1, int(sums.kept[0]))
    for level in (0, 1, 2, 4):
        part = structure.up(level)
        columns[f"blocks^{level}"] = np.minimum(sums.blocks[part], 200)
        columns[f"kept^{level}"] = thousandths(sums.kept[part] - own, sums.weight[part] - facts.weight)
        columns[f"links^{level}"] = sums.linked[part] * WHOLE // sums.weight[part]
        columns[f"share^{level}"] = (sums.kept[part] - own) * WHOLE // all_kept
        columns[f"running^{level}"] = sums.running[part] * WHOLE // sums.weight[part]
    wide, found = structure.nearest(sums.blocks >= 4)
    wide = np.where(found, wide, 0)
    columns["kept-around"] = thousandths(sums.kept[wide] - own, sums.weight[wide] - facts.weight)
    columns["links-around"] = sums.linked[wide] * WHOLE // sums.weight[wide]
    columns["running-around"] = sums.running[wide] * WHOLE // sums.weight[wide]
    columns["weight-around"] = sums.weight[wide] * WHOLE // max(1, int(sums.weight[0]))
    columns["headings-around"] = sums.headings[wide] * WHOLE // sums.blocks[wide]
    return columns


def _containers(structure: Structure) -> Columns:
    """How the block stands to the containers of the text: by what is kept, and by what is running text."""
    columns: Columns = {}
    for name, sums in (("kept", structure.sums.kept), ("running", structure.sums.running)):
        climb, down = _meet(structure, _innermost(structure, sums, 7))
        columns[f"climb-{name}"], columns[f"down-{name}"] = climb, down
    points, given = _points(structure)
    best = int(points.max(initial=0))
    winner = int(np.argmax(given & (points == best))) if given.any() else -1
    near = np.append(points, 0)[structure.chain[:3]].max(axis=0)
    columns["points"] = near * WHOLE // (best or 1)
    columns["climb-points"], _ = _meet(structure, winner)
    return columns


def _innermost(structure: Structure, sums: Column, tenths: int) -> int:
    """Return the innermost part that holds so many tenths of a sum; -1 where there is nothing to hold."""
    total = int(sums[0])
    holders = np.flatnonzero(10 * sums >= tenths * total)
    return int(holders[np.argmax(structure.depth[holders])]) if total else -1


def _points(structure: Structure) -> tuple[Column, Flags]:
    """Return points as readability gives them, and who got any.

    Paragraphs count for the part around them, and half for the next.
    """
    sums, parent = structure.sums, structure.parent
    prose = (sums.running * 10 >= sums.weight * 7) & (sums.blocks <= 2) & (sums.running > 0) & (parent >= 0)
    value = 100 + np.minimum(sums.running, 300)[prose]
    around = parent[prose]
    beyond = parent[around]
    points = np.zeros(len(parent), dtype=np.int64)
    given = np.zeros(len(parent), dtype=np.bool_)
    np.add.at(points, around, 2 * value)
    np.add.at(points, beyond[beyond >= 0], value[beyond >= 0])
    given[around] = True
    given[beyond[beyond >= 0]] = True
    return points * (sums.weight - sums.linked) // sums.weight, given


def _meet(structure: Structure, place: int) -> tuple[Column, Column]:
    """Return how far up from a part, and how far up from each block, the two meet."""
    levels = np.full(len(structure.parent), -1, dtype=np.int64)
    level = 0
    while place >= 0:
        levels[place] = level
        place, level = int(structure.parent[place]), level + 1
    meeting, found = structure.nearest(levels >= 0)
    down = structure.depth[structure.part_of] - structure.depth[meeting]
    return (
        np.minimum(np.where(found, levels[meeting], _FAR), _FAR),
        np.minimum(np.where(found, down, _FAR), _FAR),
    )


def _named(structure: Structure) -> Columns:
    """How much of the text, and of its running text, the nearest part with a telling name holds."""
    sums = structure.sums
    named, found = structure.nearest(structure.is_named, _NAMED_LEVELS)
    whole = np.maximum(sums.weight[named], 1)
    figures = {
        "share": sums.kept[named] * WHOLE // max(1, int(sums.kept[0])),
        "running": sums.running[named] * WHOLE // whole,
        "kept": sums.kept[named] * WHOLE // whole,
        "blocks": np.minimum(sums.blocks[named], 99),
    }
    return {f"named-{name}": np.where(found, column, -1) for name, column in figures.items()}


def _to_headline(structure: Structure, headline: Block | None) -> Columns:
    """How far up headline and block meet, and whether they stand in one ``article``."""
    climb, down = _meet(structure, -1 if headline is None else int(structure.part_of[headline.index]))
    article, found = structure.nearest(np.array([tag == "article" for tag in structure.tags]))
    own = -1 if headline is None or not found[headline.index] else int(article[headline.index])
    return {
        "climb-headline": climb,
        "down-headline": down,
        "other-article": np.where(found, article != own, -1),
    }


def _sisters(facts: Facts, structure: Structure) -> Columns:
    """How many blocks have the same place by tag and class, under one parent and on the page, and what these are."""
    count = len(structure.parent)
    # One more than there are parts and signatures stands for what is around the page.
    parent = np.append(structure.parent, count)
    parent[parent < 0] = count
    signatures = np.append(structure.signatures, count)
    place = structure.part_of
    above = parent[place]
    grand = parent[above]
    radix = count + 1
    near = above * radix + signatures[place]
    wide = signatures[above] * radix + signatures[place]
    columns: Columns = {}
    for name, keys in (("sisters", near), ("alike", wide), ("cousins", grand * radix * radix + wide)):
        columns |= {f"{name}-{figure}": column for figure, column in _family(facts, keys).items()}
    return columns


def _family(facts: Facts, keys: Column) -> Columns:
    """Return what the blocks are that have the same key, the others of them beside each block."""
    _, kin = np.unique(keys, return_inverse=True)
    count = np.bincount(kin)[kin]
    weight, linked, kept = (_sum_by(kin, column)[kin] for column in (facts.weight, facts.linked, facts.kept_weight))
    return {
        "count": np.minimum(count, 99),
        "kept": thousandths(kept - facts.kept_weight, weight - facts.weight),
        "links": linked * WHOLE // weight,
        "weight": np.minimum(weight // count, 999),
    }


def _sum_by(places: Places, column: Column) -> NDArray[np.int64]:
    # Sums of whole numbers below 2 ** 53 are exact as floats.
    return np.bincount(places, weights=column).astype(np.int64)
