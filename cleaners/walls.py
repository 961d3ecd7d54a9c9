"""Error pages with status 200, bot checks, consent walls and logins: told by what their title or headline says."""

import re
from collections.abc import Iterator
from functools import cache

from lxml.html import HtmlElement

from cleaners.config import CleanerConfig
from cleaners.data import read_table
from cleaners.draft import Draft
from cleaners.fronts import body_classes
from cleaners.typography import fold, sameness
from corpus.types import Reason

_REASONS = {
    "error": Reason.ERROR_PAGE,
    "check": Reason.CONSENT_WALL,
    "consent": Reason.CONSENT_WALL,
    "login": Reason.CONSENT_WALL,
}
_LONGEST_TITLE = 200
_UNSPACED = re.compile("[\u0e00-\u0eff\u3000-\u9fff\uac00-\ud7af]")


def wall_signs(
    tree: HtmlElement, title: str | None, draft: Draft, words: int, config: CleanerConfig
) -> Iterator[tuple[Reason, str]]:
    """Yield what speaks for an error page or a wall: reason and evidence.

    Args:
        tree: The page.
        title: The title that metadata gives it.
        draft: Its blocks.
        words: Words of the extracted text.
        config: Thresholds.
    """
    if words > config.quality.max_wall_words:
        return
    if "error404" in body_classes(tree):
        yield Reason.ERROR_PAGE, f"{words} words on a page of the class error404"
    headings = [block.text for block in draft.blocks if block.tag == "h1"]
    for heading in dict.fromkeys(fold(text) for text in (title, tree.findtext(".//title"), *headings[:2]) if text):
        for kind, share in _shares(heading).items():
            if share >= config.quality.min_wall_share:
                yield _REASONS[kind], f"{words} words under {heading[:80]!r}"
    if words < config.min_words and tree.find('.//input[@type="password"]') is not None:
        yield Reason.CONSENT_WALL, f"{words} words beside a password field"


def _shares(title: str) -> dict[str, float]:
    """Return for each kind of wall the share of the title's letters and digits that its phrases cover."""
    key = _key(title)[:_LONGEST_TITLE]
    letters = len(key.replace(" ", ""))
    shares: dict[str, float] = {}
    for kind, phrases in _phrases().items():
        rest = f" {key} "
        for phrase in phrases:
            rest = rest.replace(phrase, " ")
        shares[kind] = 1 - len(rest.replace(" ", "")) / letters if letters else 0.0
    return shares


@cache
def _phrases() -> dict[str, tuple[str, ...]]:
    """Return the phrases of each kind as they stand in a title's key, the longest first."""
    return {
        kind: tuple(sorted({_spaced(phrase) for phrase in phrases}, key=len, reverse=True))
        for kind, phrases in read_table("walls.toml").items()
    }


def _spaced(phrase: str) -> str:
    """Return a phrase as it stands in a key: between spaces, but in scripts that write none."""
    key = _key(phrase)
    return key if _UNSPACED.search(key) else f" {key} "


def _key(text: str) -> str:
    return " ".join(filter(None, map(sameness, text.split())))
