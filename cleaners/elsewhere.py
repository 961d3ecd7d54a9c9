"""What leads elsewhere, amid a text or below it, and is kept for its looks: other stories, newsletters, donations.

A list of stories below a text of one paragraph looks like its other paragraphs; and a line that is nothing but a link
may be a source, a title that the text speaks of, or another story's headline. The last is told by its address: content
systems make it of the headline's words.
"""

import re
import unicodedata
from collections import Counter
from functools import cache
from urllib.parse import unquote, urlsplit

from cleaners.blocks import Block, stand
from cleaners.cards import is_on_site, target_of, targets_of
from cleaners.config import CleanerConfig
from cleaners.data import read_table
from cleaners.draft import Draft
from cleaners.extract import is_paragraph
from cleaners.frame import rule_of_furniture

_RULE = "related"
# Levels of tags and classes in which the summaries of a list are alike.
_LEVELS = 3
# Words of the longest part of an address that is no headline.
_MOST_LABEL_WORDS = 3
_WORD = re.compile(r"[^\W_]{3,}")
# Letters that have no accent to be taken off, as addresses spell them, and how they write umlauts.
_PLAIN = str.maketrans({"ı": "i", "ß": "ss", "ø": "o", "æ": "a", "œ": "o", "đ": "d", "ł": "l"})
_UMLAUT = re.compile("(?<=[aou])e")


def cut_elsewhere(draft: Draft, url: str, config: CleanerConfig) -> None:
    """Cut summaries and headlines of other stories from the text, and what asks for a subscription.

    Args:
        draft: The page as the judge left it; it is changed.
        url: Its address: only what leads to the same site is cut.
        config: Thresholds.
    """
    cut_summaries(draft, config)
    cut_announced(draft, config)
    cut_headlines(draft, url, config)
    cut_prompts(draft, config)


def cut_summaries(draft: Draft, config: CleanerConfig) -> None:
    """Cut the paragraphs that stand, several of a kind, right below a heading that is one link and was cut.

    Not those around the text's first paragraph: an article may be such a list itself.
    """
    kept = draft.kept
    first = next((block for block in kept if is_paragraph(block, config.extract)), None)
    below = [block for block in kept if block is not first and _is_below_link(block, draft, config)]
    if first is None or not below:
        return
    stands = Counter(_stand(block) for block in kept)
    summaries = Counter(map(_stand, below))
    for block in below:
        own = summaries[_stand(block)]
        apart = first.ancestors[1] not in block.ancestors and _stand(first) != _stand(block)
        if apart and own >= max(config.body.min_cards, config.elsewhere.min_list_share * stands[_stand(block)]):
            draft.cut(block, _RULE)


def _is_below_link(block: Block, draft: Draft, config: CleanerConfig) -> bool:
    if block.heading or not block.index or not is_paragraph(block, config.extract):
        return False
    above = draft.blocks[block.index - 1]
    linked = above.heading and above.link_density >= config.elsewhere.min_linked
    return linked and above not in draft and not set(block.ancestors[:2]).isdisjoint(above.ancestors)


def _stand(block: Block) -> tuple[tuple[str, str], ...]:
    return stand(block, _LEVELS)


def cut_announced(draft: Draft, config: CleanerConfig) -> None:
    """Cut the lines that are links alone right below a line that announces other stories ("Also read:").

    A line that is a link itself announces nothing, but leads on: what follows may be the next item of the text's list.
    """
    announced = False
    for block in draft.blocks:
        if announced and not block.heading and block.link_density >= config.elsewhere.min_linked:
            draft.cut(block, _RULE)
        else:
            plain = block not in draft and not block.link_density and block.tag != "button"
            announced = plain and rule_of_furniture(block.text, config) == _RULE


def cut_headlines(draft: Draft, url: str, config: CleanerConfig) -> None:
    """Cut the lines that are one link, alone between paragraphs, to a story whose address has their words."""
    kept = draft.kept
    for before, block, behind in zip(kept, kept[1:], kept[2:], strict=False):
        alone = is_paragraph(before, config.extract) and is_paragraph(behind, config.extract)
        if alone and not before.text.endswith((":", "：")) and _is_headline(block, url, config):
            draft.cut(block, _RULE)


def _is_headline(block: Block, url: str, config: CleanerConfig) -> bool:
    if block.link_density < config.elsewhere.min_linked or block.heading or block.tag not in {"p", "div"}:
        return False
    if any(element.tag == "li" for element in block.ancestors[:2]):
        return False
    target = target_of(block)
    return is_on_site(target, url) and _says(target, block.text, config)


def _says(address: str, headline: str, config: CleanerConfig) -> bool:
    """Whether a part of an address is made of a headline's words."""
    words = _words(headline)
    try:
        parts = [_words(part) for part in unquote(urlsplit(address).path).split("/")]
    except ValueError:
        return False
    longest = max(parts, key=len, default=frozenset())
    shared = len(words & longest)
    fewest = min(len(words), len(longest))
    return shared >= max(config.elsewhere.min_words, config.elsewhere.min_word_share * fewest)


def cut_prompts(draft: Draft, config: CleanerConfig) -> None:
    """Cut from the text's last lines those whose links all lead to newsletters, subscriptions or donations."""
    for block in draft.kept[1:][-config.elsewhere.last_lines :]:
        short = len(block.text) <= config.elsewhere.max_prompt
        if short and (targets := list(targets_of(block))) and all(map(_asks, targets)):
            draft.cut(block, "prompt")


def _asks(address: str) -> bool:
    """Whether a part of an address that is no headline asks for something (``data/targets.toml``)."""
    try:
        parts = [_WORD.findall(part) for part in urlsplit(address).path.lower().split("/")]
    except ValueError:
        return False
    return any(len(words) <= _MOST_LABEL_WORDS and not _prompts().isdisjoint(words) for words in parts)


@cache
def _prompts() -> frozenset[str]:
    return frozenset(read_table("targets.toml")["prompt"])


def _words(text: str) -> frozenset[str]:
    """Return the words of a text as an address may spell them, those of three letters and more.

    >>> _words("Größe zählt") == _words("groesse-zaehlt") == _words("grosse_zahlt")
    True
    """
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_PLAIN))
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return frozenset(_WORD.findall(_UMLAUT.sub("", plain)))
