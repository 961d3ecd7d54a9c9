"""The main extractor: trafilatura, asked which blocks of the page are the article.

Its fast mode alone is right on 95 % of news pages and costs two thirds of the full mode, whose comparison with
readability and jusText rescues pages that the fast mode reads next to nothing of, and now and then replaces a good
text by a longer one. So the fast answer is taken unless it covers little of the page or holds many scraps, and the full
one only where it does not contradict it.
"""

import logging
from collections.abc import Collection, Mapping, Sequence

from lxml.etree import _Element
from lxml.html import HtmlElement

from cleaners.blocks import Block, Node, mark, read_marks
from cleaners.cascade import Cascade
from cleaners.config import ExtractConfig
from cleaners.typography import sameness
from corpus.errors import ExtractionError

# It warns of every page without text; what becomes of such a page is our verdict, not news for an operator.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def extract(
    tree: HtmlElement,
    blocks: Sequence[Block],
    url: str,
    config: ExtractConfig | None = None,
    headline: Block | None = None,
) -> frozenset[int]:
    """Return the indices of the blocks that trafilatura takes for the article.

    Args:
        tree: The page. Its text nodes are marked and stay so: read it before.
        blocks: The page's blocks.
        url: Named in errors.
        config: Thresholds; the defaults where None.
        headline: The block of the headline; tells which of two answers is this page's article.

    Raises:
        ExtractionError: trafilatura failed.
    """
    config = config or ExtractConfig()
    marked = mark(blocks)
    if not marked:
        return frozenset()
    cascade = Cascade(tree)
    quick = _chosen(_ask(cascade, url, fast=True), blocks, marked, config)
    if not is_doubtful(quick, blocks, config):
        return quick
    full = _chosen(_ask(cascade, url, fast=False), blocks, marked, config)
    return quick if is_rival(full, quick, blocks, headline, config) else full


def is_paragraph(block: Block, config: ExtractConfig) -> bool:
    """Whether a block is running text: long, seen, and no list of links."""
    return (
        block.weight >= config.min_paragraph_weight
        and block.link_density <= config.max_paragraph_links
        and not block.hidden
    )


def _ask(cascade: Cascade, url: str, *, fast: bool) -> _Element | None:
    try:
        return cascade.ask(fast=fast)
    except Exception as error:
        raise ExtractionError(url, f"trafilatura failed: {error!r}") from error


def _chosen(
    body: _Element | None, blocks: Sequence[Block], marked: Mapping[str, Node], config: ExtractConfig
) -> frozenset[int]:
    """Return the indices of the blocks whose marks stand in an answer."""
    if body is None:
        return frozenset()
    text = "".join(map(str, body.itertext()))
    nodes = {marked[sign] for sign in read_marks(text) if sign in marked}
    chosen = frozenset(block.index for block in blocks if _share(block, nodes) > config.min_block_share)
    if 2 * sum(len(blocks[index].text) for index in chosen) >= len(text):
        return chosen
    # Its last resorts write the text anew: the whole page's, or the one of JSON-LD.
    key = sameness(text)
    return frozenset(block.index for block in blocks if block.key and block.key in key)


def _share(block: Block, nodes: Collection[Node]) -> float:
    """Return the share of a block's characters that stand in some nodes."""
    kept = sum([node.length for node in block.nodes if node in nodes])
    return kept and kept / sum([node.length for node in block.nodes])


def is_doubtful(chosen: Collection[int], blocks: Sequence[Block], config: ExtractConfig) -> bool:
    """Whether an answer covers little of the page's paragraphs, or holds many scraps."""
    paragraphs = {block.index: block.weight for block in blocks if is_paragraph(block, config)}
    kept = sum(blocks[index].weight for index in chosen)
    running = sum(weight for index, weight in paragraphs.items() if index in chosen)
    return running <= config.min_cover * sum(paragraphs.values()) or kept - running >= config.max_scrap_share * kept


def is_rival(
    full: Collection[int],
    quick: Collection[int],
    blocks: Sequence[Block],
    headline: Block | None,
    config: ExtractConfig,
) -> bool:
    """Whether the full answer is another article of the page, and the quick one the headline's."""
    own = {index: blocks[index].weight for index in quick if is_paragraph(blocks[index], config)}
    weight = sum(own.values())
    shared = sum(weight for index, weight in own.items() if index in full)
    if headline is None or weight < config.min_rival_weight or shared >= config.min_agreement * weight:
        return False
    starts = [
        min((index for index in answer if index > headline.index and is_paragraph(blocks[index], config)), default=None)
        for answer in (quick, full)
    ]
    return starts[0] is not None and (starts[1] is None or starts[0] < starts[1])
