"""What stands above and below an article's text: its title once more, its standfirst, its byline, its last lines."""

import re
from collections import Counter
from collections.abc import Sequence

from lxml.html import HtmlElement

from cleaners.blocks import Block, sisterhood
from cleaners.cards import is_on_site, targets_of
from cleaners.config import CleanerConfig
from cleaners.draft import TITLE_REPEATED, Draft
from cleaners.extract import is_paragraph
from cleaners.furniture import coverage
from cleaners.headline import find_headline, is_title
from cleaners.metadata import Metadata
from cleaners.names import is_called_standfirst, is_unseen, rule_of_names
from cleaners.typography import sameness

_COPYRIGHT = re.compile(r"[©]|\(c\)\s*\d{4}|\bcopyright\b", re.IGNORECASE)
# A label of a few words, a mark, and what it points to; a sentence ends in its own mark and is none.
_REFERENCE = re.compile(r"([^|:»›►–—.!?]{1,30})\s?[|:»›►–—]\s?\S.*[^.!?।。]\Z", re.DOTALL)
# Blocks behind a text's first one among which it may stand again, and letters that it must have for that.
_MOST_DOUBLED, _LEAST_DOUBLED = 5, 40
# Levels around a block at which it may be hidden by a class.
_UNSEEN_LEVELS = 4
# What a line says when it is furniture; dates and places of a story's own ("facts") are left to it.
_CUTTING = frozenset({"share", "related", "comments", "prompt", "legal", "advertisement", "navigation"})


def settle_frame(draft: Draft, metadata: Metadata, config: CleanerConfig, url: str = "") -> None:
    """Cut title, byline and last lines from the text, and restore the standfirst.

    Args:
        draft: The page; it is changed.
        metadata: What the page states: title, authors, summaries, sections.
        config: Thresholds.
        url: The page's address, "" where it is not known; tells what leads to other stories of the site.
    """
    restore_standfirst(draft, metadata.title, metadata.standfirsts, config)
    cut_frame(draft, metadata, config, url)


def cut_frame(draft: Draft, metadata: Metadata, config: CleanerConfig, url: str = "") -> None:
    """Cut title, byline and last lines from the text, and the lines in it that are the page's furniture."""
    cut_title(draft, metadata.title, config, metadata.headlines)
    cut_byline(draft, metadata.authors, config)
    cut_labels(draft, (*metadata.section, *metadata.tags, metadata.site_name or ""), config)
    cut_furniture(draft, config)
    cut_references(draft, config, url)
    cut_credit(draft, (*metadata.authors, *((metadata.agency,) if metadata.agency else ())))
    cut_tail(draft, config)


def restore_standfirst(draft: Draft, title: str | None, summaries: Sequence[str], config: CleanerConfig) -> None:
    """Restore the blocks between headline and body that say what the page says of itself, or are called standfirst."""
    keys = [key for key in map(sameness, summaries) if len(key) >= config.frame.min_standfirst]
    first = _first_paragraph(draft, config)
    if first is None:
        return
    headline = find_headline(draft.blocks[:first], title)
    start = headline.index + 1 if headline is not None else first - 1
    # A part that the headline stands in as well is not beside the article, whatever its name.
    around = frozenset(headline.ancestors) if headline is not None else frozenset()
    texts = {block.key for block in draft.kept}
    for block in draft.blocks[max(0, start) : first]:
        named = any(rule_of_names(element) for element in block.ancestors if element not in around)
        if block.key in texts or block.hidden or named:
            continue
        if any(_begins_alike(block.key, key, config) for key in keys) or _is_called_standfirst(block, config):
            draft.restore(block)
            texts.add(block.key)


def _is_called_standfirst(block: Block, config: CleanerConfig) -> bool:
    if len(block.key) < config.frame.min_standfirst or block.link_density > config.extract.max_paragraph_links:
        return False
    return any(map(is_called_standfirst, block.ancestors[:2]))


def _begins_alike(own: str, key: str, config: CleanerConfig) -> bool:
    if len(own) < config.frame.min_standfirst:
        return False
    return key.startswith(own) or (own.startswith(key) and len(own) <= config.frame.max_standfirst_ratio * len(key))


def _first_paragraph(draft: Draft, config: CleanerConfig) -> int | None:
    """Return the index of the text's first paragraph."""
    return next((block.index for block in draft.kept if is_paragraph(block, config.extract)), None)


def cut_title(
    draft: Draft,
    title: str | None,
    config: CleanerConfig,
    headlines: Sequence[str] = (),
    *,
    above_only: bool = False,
) -> None:
    """Cut the title before the first paragraph, and headings that repeat it anywhere.

    Publishers have more than one headline for a story; so headings before the first paragraph that are another one of
    those that the page states are cut, too. With ``above_only`` headings behind the first paragraph stay.
    """
    key, others = sameness(title or ""), tuple(map(sameness, headlines))
    first = _first_paragraph(draft, config)
    for block in draft.kept:
        above = first is None or block.index <= first
        is_other = block.heading and above and any(is_title(block, other) for other in others)
        anywhere = block.heading and not above_only
        if is_other or ((anywhere or above) and is_title(block, key)):
            draft.cut(block, TITLE_REPEATED)


def cut_byline(draft: Draft, authors: Sequence[str], config: CleanerConfig) -> None:
    """Cut the short blocks before the first paragraph that are all about who wrote it."""
    names = [key for key in map(sameness, authors) if key]
    first = _first_paragraph(draft, config)
    for block in draft.kept:
        if first is not None and block.index >= first:
            break
        rest = block.key
        for name in names:
            rest = rest.replace(name, "")
        if 2 * len(rest) < len(block.key):
            draft.cut(block, "byline")


def cut_labels(draft: Draft, labels: Sequence[str], config: CleanerConfig) -> None:
    """Cut the lines before the first paragraph that name the article's section, a tag or the site."""
    keys = set(map(sameness, labels))
    first = _first_paragraph(draft, config)
    for block in draft.kept:
        if first is not None and block.index < first and block.key in keys:
            draft.cut(block, "section")


def cut_unseen(draft: Draft) -> None:
    """Cut what style sheets hide from all but screen readers; what holds half of the text is shown all the same."""
    kept = draft.kept
    weights: Counter[HtmlElement] = Counter()
    for block in kept:
        for element in block.ancestors[:_UNSEEN_LEVELS]:
            weights[element] += block.weight
    whole = sum(block.weight for block in kept)
    unseen = {element for element, weight in weights.items() if 2 * weight < whole and is_unseen(element)}
    for block in kept if unseen else ():
        if not unseen.isdisjoint(block.ancestors[:_UNSEEN_LEVELS]):
            draft.cut(block, "unseen")


def cut_furniture(draft: Draft, config: CleanerConfig) -> None:
    """Cut the lines whose words are those of buttons, boxes, prompts and footers."""
    for block in draft.kept:
        if rule := rule_of_furniture(block.text, config):
            draft.cut(block, rule)


def rule_of_furniture(line: str, config: CleanerConfig) -> str | None:
    """Return what a line's words say that it is ("Read more", "Share"), or None."""
    if len(line) > config.frame.max_line:
        return None
    found = coverage(line)
    rule = max(found, key=lambda kind: found[kind], default=None)
    return rule if rule in _CUTTING and found[rule] >= config.frame.min_furniture else None


def cut_references(draft: Draft, config: CleanerConfig, url: str = "") -> None:
    """Cut the lines that are a short label and a link to another story ("ALSO READ | …"), in whatever language.

    Amid the text a heading that is one link, its label as well, is the text's own; and a line that leads to other sites
    says what it leads to ("Source: …"), unless its label is that of a reference.
    """
    paragraphs = [block.index for block in draft.kept if is_paragraph(block, config.extract)]
    inside = range(paragraphs[0], paragraphs[-1]) if paragraphs else range(0)
    for block in draft.kept:
        linked = block.link_density >= config.frame.min_reference_links
        if not linked or len(block.text) > config.frame.max_line or (label := label_of(block.text)) is None:
            continue
        if block.index not in inside or _refers(block, label, url, config):
            draft.cut(block, "related")


def label_of(line: str) -> str | None:
    """Return the few words before the mark of a line that is a label and what it points to, or None.

    >>> label_of("ALSO READ | The mill that stood still")
    'ALSO READ'
    """
    found = _REFERENCE.match(line)
    return found.group(1).strip() if found else None


def _refers(block: Block, label: str, url: str, config: CleanerConfig) -> bool:
    """Whether a line with a label refers to another story: by its label, or by where it leads."""
    if rule_of_furniture(label, config):
        return True
    if block.heading or block.tag == "th":
        return not block.nodes[0].linked
    return block.tag in {"li", "td"} or not url or all(is_on_site(target, url) for target in targets_of(block))


def cut_credit(draft: Draft, names: Sequence[str]) -> None:
    """Cut the text's last line when it is nothing but an author or agency that the page credits anyway."""
    keys = {key for key in map(sameness, names) if key}
    kept = draft.kept
    if len(kept) > 1 and kept[-1].key in keys:
        draft.cut(kept[-1], "byline")


def cut_tail(draft: Draft, config: CleanerConfig) -> None:
    """Cut from the end what is no end of a text: copyright lines, links, headings without a text."""
    first = _first_paragraph(draft, config)
    if first is None:
        return
    for block in reversed(draft.kept):
        if block.index == first:
            break
        if _COPYRIGHT.search(block.text[:200]) and len(block.text) <= 3 * config.frame.max_line:
            draft.cut(block, "legal")
        elif is_paragraph(block, config.extract):
            break
        elif block.link_density > 0.9 or block.heading:
            draft.cut(block, "related")
        else:
            break


def cut_doubled_lead(draft: Draft) -> None:
    """Cut the text's first block where it stands again, word for word, among the next ones: a summary of its beginning.

    Not where both are sisters of one kind: what a text says twice in its own paragraphs, it says.
    """
    kept = draft.kept[: _MOST_DOUBLED + 1]
    if not kept or len(kept[0].key) < _LEAST_DOUBLED:
        return
    lead = kept[0]
    if any(block.key == lead.key and sisterhood(block) != sisterhood(lead) for block in kept[1:]):
        draft.cut(lead, "lead-repeated")
