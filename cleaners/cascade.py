"""trafilatura's cascade of extractors, stage by stage: asking a page twice does not take twice the time.

`trafilatura.bare_extraction` goes through four stages: its main extractor, the comparison with readability and jusText,
a last resort, and a second try on pages that little was found on. Its fast mode leaves out the comparisons. What both
modes do alike (copying, pruning, cleaning, converting the tree, the main extractor) is most of the time, and is done
once here. The stages are trafilatura's own functions, called in its order and with its settings
(`trafilatura.core.trafilatura_sequence` of version 2.3.1); tests hold the answers to those of `bare_extraction`.
"""

from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from functools import cache, cached_property

from lxml.etree import XPath, _Element
from lxml.html import HtmlElement
from trafilatura import core
from trafilatura.baseline import baseline, html2txt
from trafilatura.external import compare_extraction, justext_rescue
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.settings import Extractor
from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH

# Conditions that whatever trafilatura prunes first must meet: they are looked at in a tenth of the time of its own, for
# libxml2 searches strings itself and asks Python for each regular expression. Most pages meet none.
_MAY_FOLLOW = XPath(
    """boolean(.//*[self::div or self::section or self::aside][
    contains(@class, "mvp-post-add-") or contains(@class, "infinite") or contains(@class, "elementor-share-buttons")
    or contains(@id, "mvp-post-add-") or contains(@id, "infinite")])"""
)
_MAY_COMMENT = XPath(
    """boolean(.//*[contains(@class, "omment") or contains(@id, "omment") or contains(@class, "comol")
    or contains(@id, "comol") or contains(@id, "disqus_thread")])"""
)
_NAMES_TEASERS = XPath('boolean(.//@*[contains(translate(., "T", "t"), "teaser")])')


class _Settings(Extractor):
    """trafilatura's default settings, without comments; they know whether anybody asked for the mode."""

    __slots__ = ("_fast", "mode_asked")

    def __init__(self, *, fast: bool, recall: bool) -> None:
        self.mode_asked = False
        super().__init__(output_format="python", fast=fast, recall=recall, comments=False)

    @property
    def fast(self) -> bool:
        self.mode_asked = True
        return self._fast

    @fast.setter
    def fast(self, fast: bool) -> None:
        self._fast = fast


@cache
def _default_settings(fast: bool, recall: bool) -> _Settings:
    return _Settings(fast=fast, recall=recall)


def _settings(*, fast: bool, recall: bool = False) -> _Settings:
    settings = copy(_default_settings(fast, recall))  # reading trafilatura's configuration takes ten times as long
    settings.mode_asked = False
    return settings


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a stage made of a page."""

    body: _Element
    text: str


@dataclass(frozen=True, slots=True)
class _Main:
    """What the main extractor made of a page."""

    answer: _Answer
    #: Whether the other mode may have come to another answer.
    by_mode: bool


class Cascade:
    """A page that trafilatura is asked for, in its fast mode and in its full mode.

    Args:
        tree: The page; it stays as it is.
    """

    def __init__(self, tree: HtmlElement) -> None:
        self._page = tree
        self._found: dict[bool, _Main] = {}

    def ask(self, *, fast: bool) -> _Element | None:
        """Return the body that ``bare_extraction(tree, fast=fast, include_comments=False)`` returns, None for none.

        It is the cascade's: read it before you ask again, and do not change it.
        """
        settings = _settings(fast=fast)
        try:
            answer = self._answer(settings)
        except (TypeError, ValueError):
            return None
        return answer.body if len(answer.text) >= settings.min_output_size else None

    def _answer(self, settings: _Settings) -> _Answer:
        answer = self._compared(settings)
        if len(answer.text) < settings.min_extracted_size:
            body, text, length = self._last_resort
            answer = _Answer(body, text) if length > len(answer.text) else answer
        if 0 < len(answer.text) < core.ESCALATION_MAX_LENGTH and self._shows_more(len(answer.text)):
            return self._escalated(answer, settings)
        return answer

    def _shows_more(self, length: int) -> bool:
        """Whether a text of some length covers so little of the page that a second try is worth it."""
        if length >= core.ESCALATION_PAGE_SHARE * self._most_shown:
            return False
        return length < core.ESCALATION_PAGE_SHARE * self._shown

    def _escalated(self, answer: _Answer, settings: _Settings) -> _Answer:
        """Try again, in recall mode and in full mode by jusText, and take what is plainly more."""
        length = len(answer.text)
        retried = found = _Answer(answer.body, "")
        # As in trafilatura, a second try that fails is none: the first answer stands.
        with suppress(Exception):
            retried = self._compared(_settings(fast=settings._fast, recall=True))
        if not settings._fast:
            with suppress(Exception):
                found = _Answer(*justext_rescue(copy(self._tree), settings))
        if len(found.text) > len(retried.text) and len(found.text) > core.ESCALATION_JUSTEXT_RATIO * length:
            return found
        long = len(retried.text) >= settings.min_extracted_size
        return retried if long and len(retried.text) > core.ESCALATION_ACCEPT_RATIO * length else answer

    def _compared(self, settings: _Settings) -> _Answer:
        """Return the main extractor's answer, in full mode compared with that of others."""
        found = self._main(settings)
        if settings._fast:
            return found
        cleaned = tree_cleaning(copy(self._tree), settings)
        return _Answer(*compare_extraction(cleaned, copy(self._tree), found.body, found.text, settings))

    def _main(self, settings: _Settings) -> _Answer:
        """Return the main extractor's answer, the other mode's where both must come to the same."""
        recall = settings.focus == "recall"
        known = self._found.get(recall)
        if known is not None and not known.by_mode:
            return known.answer
        converted = convert_tags(tree_cleaning(copy(self._tree), settings), settings, None)
        answer = _Answer(*extract_content(converted, settings))
        # The mode says whether blocks called teasers are looked at where little else is found.
        by_mode = settings.mode_asked and bool(_NAMES_TEASERS(self._tree))
        self._found[recall] = _Main(answer, by_mode)
        return answer

    @cached_property
    def _tree(self) -> HtmlElement:
        """The page without what no stage is to see; reader comments stay where they are what the page is about."""
        tree = copy(self._page)
        if _MAY_FOLLOW(tree):
            tree = prune_unwanted_nodes(tree, RAW_TREE_PRUNE_XPATH)
        if _MAY_COMMENT(tree) and not core._forum_thread_page(self._page):
            tree = prune_unwanted_nodes(tree, REMOVE_COMMENTS_AND_LISTS_XPATH)
        return tree

    @cached_property
    def _last_resort(self) -> tuple[_Element, str, int]:
        body, text, length = baseline(self._tree)
        return body, text, length

    @cached_property
    def _shown(self) -> int:
        """Characters that the page shows."""
        return len(html2txt(self._tree))

    @cached_property
    def _most_shown(self) -> int:
        """As many characters as `_shown` may be, at a quarter of its price: the words of all text nodes, set apart."""
        body = self._tree.find(".//body")
        texts = map(str, (self._tree if body is None else body).itertext())
        return len(" ".join(" ".join(texts).split()))
