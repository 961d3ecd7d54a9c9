"""Where the article ends and the page around it begins: what the extractor took too much, and what it left.

Each step is a general habit of pages, none knows a site. What is left to a model of blocks begins where these end:
it would stand behind `settle_body` and weigh the blocks that are in doubt.
"""

from collections import Counter, defaultdict
from collections.abc import Collection

from lxml.html import HtmlElement

from cleaners.blocks import Block, signature, sisterhood
from cleaners.config import BodyConfig, CleanerConfig
from cleaners.draft import BOILERPLATE, Draft
from cleaners.extract import is_paragraph
from cleaners.names import rule_of_names
from cleaners.typography import fold, sameness

# Elements that are a part of running text, and so no container of it.
_PART_NAMES = (
    "p li ul ol dl dt dd blockquote pre table tbody thead tr h1 h2 h3 h4 h5 h6 figure figcaption center header"
)
_PARTS = frozenset(_PART_NAMES.split())
_CONSENT = "consent"
# Rules of parts that may hold more text than the article.
_LARGE = frozenset({"gallery", "comments", "related", _CONSENT})


def settle_body(
    draft: Draft,
    *,
    headline: Block | None,
    cards: Collection[int],
    witness: str | None,
    config: CleanerConfig,
    certain: bool = False,
) -> None:
    """Cut what the extractor took from around the article, and restore what it left out of it.

    Args:
        draft: The page; it is changed.
        headline: The block of the article's headline.
        cards: Indices of the blocks that stand in lists of cards.
        witness: The article's text as JSON-LD states it.
        config: Thresholds.
        certain: Whether the page says that it is one article.
    """
    cut_cards(draft, cards, config, certain=certain)
    cut_named(draft, headline, config)
    cut_outside(draft, headline, config)
    cut_other_articles(draft, headline, config)
    trust_witness(draft, witness, config)
    fill_gaps(draft, config)


def cut_cards(draft: Draft, cards: Collection[int], config: CleanerConfig, *, certain: bool = False) -> None:
    """Cut lists of cards before and after the running text: sister elements with a headline link and a summary each.

    Not between paragraphs, where a list of books or shops may look the same; and not where little else is left, unless
    the page is certain to be an article, however short beside its cards.
    """
    running = [block.index for block in draft.kept if is_paragraph(block, config.extract) and block.index not in cards]
    if not running:
        return
    outer = [block for block in draft.kept if block.index in cards and not running[0] < block.index < running[-1]]
    if certain or sum(block.weight for block in outer) <= (1 - config.body.min_left_share) * draft.weight:
        for block in outer:
            draft.cut(block, "related")


def cut_named(draft: Draft, headline: Block | None, config: CleanerConfig) -> None:
    """Cut the parts of the page whose names say what they are, in their classes and ids.

    A part that is a large share of the text is no such part, whatever its name. But comments and galleries may be
    longer than the story, where there is one beside them, and a consent banner is one wherever the headline is not.
    """
    weights: defaultdict[tuple[str, str], int] = defaultdict(int)
    signatures = {element: signature(element) for element in {one for block in draft.kept for one in block.ancestors}}
    for block in draft.kept:
        for own in {signatures[element] for element in block.ancestors}:
            weights[own] += block.weight
    limit = config.body.max_named_share * draft.weight
    around = frozenset(headline.ancestors) if headline is not None else frozenset()
    small: list[tuple[Block, str]] = []
    large: list[tuple[Block, str]] = []
    named: dict[HtmlElement, str | None] = {}
    for block in draft.kept:
        for element in block.ancestors:
            if element not in named:
                named[element] = rule_of_names(element)
            if (rule := named[element]) is None:
                continue
            if weights[signatures[element]] < limit:
                small.append((block, rule))
            elif rule in _LARGE and headline is not None and element not in around and element.tag != "body":
                large.append((block, rule))
            else:
                continue
            break
    for block, rule in small:
        draft.cut(block, rule)
    parts = {block.index for block, _ in large}
    story = sum(b.weight for b in draft.kept if is_paragraph(b, config.extract) and b.index not in parts)
    for block, rule in large:
        if rule == _CONSENT or story >= config.extract.min_rival_weight:
            draft.cut(block, rule)


def cut_outside(draft: Draft, headline: Block | None, config: CleanerConfig) -> None:
    """Cut what stands outside the container of the running text, but paragraphs shortly before it."""
    container = _find_container(draft, config)
    if container is None:
        return
    levels = {element: level for level, element in enumerate((container, *container.iterancestors()))}
    first = min(block.index for block in draft.blocks if container in block.ancestors)
    for block in draft.kept:
        level = next(levels[element] for element in block.ancestors if element in levels)
        led = headline is not None and headline.index < block.index
        near = (level <= config.body.max_climb or led) and block.index < first
        if level and not (near and is_paragraph(block, config.extract)):
            draft.cut(block, BOILERPLATE)


def _find_container(draft: Draft, config: CleanerConfig) -> HtmlElement | None:
    """Return the innermost element that holds most of the running text."""
    weights: Counter[HtmlElement] = Counter()
    for block in draft.kept:
        if block.weight >= config.extract.min_paragraph_weight and block.link_density < 0.5:
            weights.update(dict.fromkeys(block.ancestors, block.weight))
    least = config.body.min_body_share * max(weights.values(), default=0)
    holders = [element for element, weight in weights.items() if weight >= least and element.tag not in _PARTS]
    return max(holders, key=lambda element: sum(1 for _ in element.iterancestors()), default=None)


def cut_other_articles(draft: Draft, headline: Block | None, config: CleanerConfig) -> None:
    """Cut the ``<article>`` elements beside the one that holds the headline, or most of the text."""
    weights: Counter[HtmlElement] = Counter()
    for block in draft.kept:
        weights.update({element: block.weight for element in block.ancestors if element.tag == "article"})
    if len(weights) < 2:
        return
    around = headline.ancestors if headline is not None else ()
    main = next((element for element in around if weights[element] >= config.extract.min_paragraph_weight), None)
    if main is None:
        main, weight = weights.most_common(1)[0]
        if weight < draft.weight / 2:
            return
    for block in draft.kept:
        articles = [element for element in block.ancestors if element.tag == "article"]
        if articles and main not in articles and articles[0] not in main.iterancestors():
            draft.cut(block, "related")


def trust_witness(draft: Draft, witness: str | None, config: CleanerConfig) -> None:
    """Restore the paragraphs that JSON-LD's article body holds.

    It is asked only where most of it stands on the page: some bodies are teasers, some other texts.
    """
    body = sameness(witness or "")
    if len(body) < config.body.min_witness_chars:
        return
    seen = [block for block in draft.blocks if len(block.key) >= config.body.min_recognised and block.key in body]
    if sum(len(block.key) for block in seen) < config.body.min_witness_cover * len(body):
        return
    for block in seen:
        if is_paragraph(block, config.extract):
            draft.restore(block)


def read_witness(draft: Draft, witness: str | None, config: BodyConfig) -> str | None:
    """Return the article's text as JSON-LD states it, where the page itself does not show it (a script would)."""
    body = sameness(witness or "")
    if witness is None or len(body) < config.min_witness_chars:
        return None
    shown = sum(len(block.key) for block in draft.blocks if block.key and block.key in body)
    if shown >= config.max_shown_share * len(body) or 2 * sum(len(block.key) for block in draft.kept) > len(body):
        return None
    return "\n\n".join(filter(None, map(fold, witness.splitlines())))


def fill_gaps(draft: Draft, config: CleanerConfig) -> None:
    """Restore the paragraphs between those of the text that are their sisters in all: parent, element and class.

    And those that stand bare among them, in the element that holds the others: what follows a box inside of a
    paragraph falls out of it when the page is parsed.
    """
    kept = draft.kept
    if not kept:
        return
    paragraphs = [block for block in kept if is_paragraph(block, config.extract)]
    sisters = Counter(map(sisterhood, paragraphs))
    holders = Counter(block.element.getparent() for block in paragraphs if block.tag == "p")
    for block in draft.blocks[kept[0].index : kept[-1].index]:
        bare = holders[block.element] > 1 and is_paragraph(block, config.extract)
        if bare or (sisters[sisterhood(block)] > 1 and not block.hidden and block.link_density < 0.5):
            draft.restore(block)
