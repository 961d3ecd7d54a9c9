"""Which blocks of a page are its article: a first look, and the whole path where that leaves a doubt.

The whole path asks the extractor, then the rules, then the judge. The first look (`cleaners.first_look`) does without
the extractor, which is a third of the price of a page.
"""

from collections.abc import Collection
from dataclasses import replace

from lxml.html import HtmlElement

from cleaners.blocks import read_blocks
from cleaners.body import settle_body
from cleaners.cards import find_cards
from cleaners.config import DEFAULT, CleanerConfig
from cleaners.draft import TITLE_REPEATED, Draft
from cleaners.extract import extract
from cleaners.first_look import choose_paragraphs, is_decided
from cleaners.frame import cut_frame, cut_title, settle_frame
from cleaners.fronts import says_article
from cleaners.headline import find_headline, is_title
from cleaners.judge import Gauge, judge_blocks
from cleaners.judge_context import Evidence
from cleaners.metadata import Metadata
from cleaners.typography import sameness
from corpus.types import Page


def decide_blocks(
    tree: HtmlElement, page: Page, metadata: Metadata, config: CleanerConfig = DEFAULT
) -> tuple[Draft, Evidence]:
    """Return the blocks of a page, each kept or cut, and what was known of them.

    Args:
        tree: The page. Its text nodes may be marked and stay so.
        page: The response.
        metadata: What the page states about itself.
        config: Thresholds.

    Raises:
        ExtractionError: The extractor failed on the page.
    """
    seen = survey(tree, page, metadata, config)
    gauge = Gauge(seen.blocks)
    if config.look.enabled:
        draft, evidence = draft_by_paragraphs(seen, config)
        if is_decided(draft, evidence, gauge, config):
            # It may have brought in lines that the rules had not looked at.
            cut_frame(draft, metadata, config, page.url)
            _name_headline(draft, seen)
            return draft, evidence
    draft, evidence = draft_by_extractor(tree, page, seen, config)
    judge_blocks(draft, evidence, config.judge, gauge)
    cut_title(draft, metadata.title, config, metadata.headlines, above_only=True)  # it may have restored the headline
    return draft, evidence


def survey(tree: HtmlElement, page: Page, metadata: Metadata, config: CleanerConfig = DEFAULT) -> Evidence:
    """Return the blocks of a page and what is known of them before any rule has spoken."""
    blocks = read_blocks(tree)
    return Evidence(
        blocks=blocks,
        cards=find_cards(blocks, page.url, config.body),
        headline=find_headline(blocks, metadata.title),
        metadata=metadata,
        certain=says_article(tree, metadata.page_type),
        url=page.url,
    )


def draft_by_rules(
    tree: HtmlElement, page: Page, metadata: Metadata, config: CleanerConfig = DEFAULT
) -> tuple[Draft, Evidence]:
    """Return the blocks of a page as extractor and rules leave them, and what the judge is to know of them.

    Args:
        tree: The page. Its text nodes are marked and stay so.
        page: The response.
        metadata: What the page states about itself.
        config: Thresholds.

    Raises:
        ExtractionError: The extractor failed on the page.
    """
    return draft_by_extractor(tree, page, survey(tree, page, metadata, config), config)


def draft_by_extractor(
    tree: HtmlElement, page: Page, seen: Evidence, config: CleanerConfig = DEFAULT
) -> tuple[Draft, Evidence]:
    """Do what `draft_by_rules` does, with a page that was surveyed."""
    return _settle(seen, extract(tree, seen.blocks, page.url, config.extract, seen.headline), config)


def draft_by_paragraphs(seen: Evidence, config: CleanerConfig = DEFAULT) -> tuple[Draft, Evidence]:
    """Return the blocks of a page as the rules leave them where all paragraphs stand for the extractor's answer."""
    return _settle(seen, choose_paragraphs(seen.blocks, config.extract), config)


def _name_headline(draft: Draft, seen: Evidence) -> None:
    """Say of a headline that is cut what the rules would have said, had it stood in the text: it repeats the title."""
    headline = seen.headline
    if headline is not None and headline not in draft and is_title(headline, sameness(seen.metadata.title or "")):
        draft.restore(headline)
        draft.cut(headline, TITLE_REPEATED)


def _settle(seen: Evidence, chosen: Collection[int], config: CleanerConfig) -> tuple[Draft, Evidence]:
    draft, metadata = Draft(seen.blocks, chosen), seen.metadata
    settle_body(
        draft,
        headline=seen.headline,
        cards=seen.cards,
        witness=metadata.article_body,
        config=config,
        certain=seen.certain,
    )
    settle_frame(draft, metadata, config, seen.url)
    return draft, replace(seen, rules=draft.rules)
