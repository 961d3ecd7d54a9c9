"""The body that was missed: paragraphs of one kind, several times as much as what was taken for the text.

An article in items, each in an element of its own, or below a beginning in another container, may be passed over while
the one paragraph above it is kept. Its paragraphs stand alike, in the part of the page that holds the kept text too;
layers that ask for consent stand beside everything, and other stories in cards or in articles of their own.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from lxml.html import HtmlElement

from cleaners.blocks import Block, stand
from cleaners.cards import is_on_site, leads_nowhere, target_of
from cleaners.config import CleanerConfig
from cleaners.draft import BOILERPLATE, Draft
from cleaners.extract import is_paragraph

# Levels of tags and classes in which the paragraphs are alike.
_LEVELS = 3
# Elements that hold whatever a page shows.
_WHOLE = frozenset({"html", "body"})
# Elements that hold a text, even if a page shows nothing else.
_MAIN = frozenset({"main", "article"})


def restore_missed(draft: Draft, cards: Collection[int], url: str, config: CleanerConfig) -> None:
    """Restore the paragraphs of one kind that were left out, if they weigh several times what was kept.

    Args:
        draft: The page as the judge left it; it is changed.
        cards: Indices of the blocks that stand in lists of cards.
        url: The page's address: headings that lead through its site are those of other stories.
        config: Thresholds.
    """
    text = [block for block in draft.kept if is_paragraph(block, config.extract)]
    least = max(config.alike.min_missed, config.alike.min_missed_share * sum(block.weight for block in text))
    paragraphs = [block for block in draft.blocks if is_paragraph(block, config.extract) and draft.is_left_out(block)]
    if not text or sum(block.weight for block in paragraphs) < least:
        return
    known = {block.key for block in draft.kept}
    kinds: defaultdict[tuple[tuple[str, str], ...], list[Block]] = defaultdict(list)
    for block in paragraphs:
        if block.key not in known and block.index not in cards and draft.plain_rule(block) == BOILERPLATE:
            known.add(block.key)
            kinds[stand(block, _LEVELS)].append(block)
    for kind in kinds.values():
        heavy = len(kind) >= config.alike.min_items and sum(block.weight for block in kind) >= least
        others = heavy and (_are_stories(kind, text, config) or _are_teasers(kind, draft, url, config))
        if heavy and not others and _is_of_text(kind, text, draft):
            for block in kind:
                draft.restore(block)


def _is_of_text(kind: Sequence[Block], text: Sequence[Block], draft: Draft) -> bool:
    """Whether a part of the page holds all blocks of a kind and some of the text: its main part, where it has one."""
    within = Counter(element for block in kind for element in block.ancestors)
    of_text = {element for block in text for element in block.ancestors}
    shared = next(element for element in kind[0].ancestors if within[element] == len(kind) and element in of_text)
    outside = any(element.tag == "main" and not within[element] for element in of_text)
    everything = all(shared in edge.ancestors for edge in (draft.blocks[0], draft.blocks[-1]))
    return shared.tag not in _WHOLE and not outside and not (everything and shared.tag not in _MAIN)


def _are_stories(kind: Sequence[Block], text: Sequence[Block], config: CleanerConfig) -> bool:
    """Whether an article other than the text's holds several of the blocks: it is another story."""
    own = {element for block in text for element in block.ancestors}
    others = Counter(article for block in kind if (article := _article(block)) is not None and article not in own)
    return max(others.values(), default=0) >= config.alike.min_items


def _are_teasers(kind: Sequence[Block], draft: Draft, url: str, config: CleanerConfig) -> bool:
    """Whether half of the blocks stand right below headings that lead to other pages of the site."""
    above = [draft.blocks[block.index - 1] for block in kind if block.index]
    linked = (block for block in above if block.heading and block.link_density > config.alike.max_links)
    targets = (target_of(block) for block in linked)
    return 2 * sum(not leads_nowhere(target) and is_on_site(target, url) for target in targets) >= len(kind)


def _article(block: Block) -> HtmlElement | None:
    return next((element for element in block.ancestors if element.tag == "article"), None)
