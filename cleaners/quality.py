"""What is no article: error pages, walls, fronts, stubs and scraps, each removed with what was measured.

An article lost is worse than a listing kept, which deduplication and readers see at once: so every sign here is one
that articles do not bear, and what only looks unlike an article is kept.
"""

import re
from collections import Counter
from collections.abc import Collection

from lxml.html import HtmlElement

from cleaners.blocks import weigh
from cleaners.config import CleanerConfig
from cleaners.draft import Draft
from cleaners.fronts import front_signs
from cleaners.metadata import Metadata
from cleaners.sniff import sniff
from cleaners.walls import wall_signs
from corpus.types import Page, Reason, Removal
from corpus.words import count_words

_SENTENCE_END = re.compile(r"[.!…。！．।۔։။][\"'”’»)\]]*$")


def judge_response(page: Page) -> Removal | None:
    """Remove what the server itself calls an error, and what is no page."""
    if page.status >= 400:
        return _remove(page, Reason.HTTP_ERROR, f"HTTP status {page.status}")
    if kind := sniff(page.body):
        return _remove(page, Reason.NOT_HTML, f"the body is {kind}")
    return None


def judge_robots(page: Page, metadata: Metadata, config: CleanerConfig) -> Removal | None:
    """Remove pages whose owners do not want them indexed or quoted."""
    refused = {"noindex", "none"} if config.obey_noindex else set()
    refused |= {"nosnippet", "max-snippet:0"} if config.obey_nosnippet else set()
    said = sorted(refused & metadata.robots)
    return _remove(page, Reason.NOINDEX, f"robots directive {said[0]}", metadata.title) if said else None


def judge_text(
    page: Page,
    tree: HtmlElement,
    metadata: Metadata,
    draft: Draft,
    text: str,
    config: CleanerConfig,
    cards: Collection[int] = (),
) -> Removal | None:
    """Remove a page that is no article, by its text and what stands around it.

    Args:
        page: The response.
        tree: The parsed page.
        metadata: What it states about itself.
        draft: Its blocks.
        text: The text it would have as an article.
        config: Thresholds.
        cards: Indices of the blocks that stand in lists of cards.
    """
    words = count_words(text)
    title = metadata.title
    for reason, evidence in wall_signs(tree, title, draft, words, config):
        return _remove(page, reason, evidence, title, draft, config)
    fronts = front_signs(page.url, tree, metadata.page_type, draft, cards, config) if config.remove_fronts else ()
    for evidence in fronts:
        return _remove(page, Reason.SECTION_FRONT, evidence, title, draft, config)
    if not text.strip():
        return _remove(page, Reason.NO_TEXT, f"0 words in {len(draft.blocks)} blocks", title, draft, config)
    least = max(config.min_words, config.min_paywalled_words) if metadata.paywalled else config.min_words
    lines = text.split("\n\n")
    told = any(_is_prose(line, config) for line in lines) or _is_verse(draft, config)
    if words >= least and (told or not config.remove_fronts):
        return None
    if words >= least:  # what has no sentence at all is a listing of some kind
        evidence = f"{words} words in {len(lines)} lines, none of them a sentence"
        return _remove(page, Reason.NO_TEXT, evidence, title, draft, config)
    measured = f"{words} words < {least}"
    if missing := _missing(metadata):
        return _remove(page, Reason.STUB, f"{measured}, {missing}", title, draft, config)
    return _remove(page, Reason.TOO_SHORT, measured, title, draft, config)


def _is_prose(line: str, config: CleanerConfig) -> bool:
    """Whether a line is a paragraph or ends as a sentence does; headlines and names, which end in no mark, are not."""
    return weigh(line) >= config.extract.min_paragraph_weight or _SENTENCE_END.search(line) is not None


def _is_verse(draft: Draft, config: CleanerConfig) -> bool:
    """Whether a text is the paragraphs of one element, and leads nowhere: a poem, a programme, a table of results."""
    parents = Counter(block.element.getparent() for block in draft.kept if block.tag == "p")
    in_one = max(parents.values(), default=0) >= config.quality.min_verse_share * max(1, len(draft.kept))
    return in_one and not any(block.link_density for block in draft.kept)


def _missing(metadata: Metadata) -> str | None:
    """Say what the rest of a short text is, where the page tells."""
    if metadata.paywalled:
        return "and the page says that it is not for free"
    if metadata.page_type and metadata.page_type.lower().startswith(
        ("video", "audio", "podcast", "imagegallery", "mediagallery")
    ):
        return f"and the page says that it is a {metadata.page_type}"
    return None


def _remove(
    page: Page,
    reason: Reason,
    evidence: str,
    title: str | None = None,
    draft: Draft | None = None,
    config: CleanerConfig | None = None,
) -> Removal:
    return Removal(
        url=page.url,
        reason=reason,
        evidence=evidence,
        provenance=page.provenance,
        title=title,
        cuts=draft.cuts(config.text) if draft and config else (),
    )
