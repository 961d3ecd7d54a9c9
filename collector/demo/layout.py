"""What the three layouts share: templates, addresses, listings, and dates in words."""

import html
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from string import Template
from typing import Any
from urllib.parse import quote

from collector.demo.articles import Block, BlockKind, DemoArticle
from collector.demo.masthead import TEMPLATES, Masthead
from corpus.types import Reason

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of a list of articles."""

    title: str
    #: Path of the list's first page.
    path: str
    #: The articles on this page.
    articles: tuple[DemoArticle, ...]
    #: Number of this page, from 1, and of the last.
    number: int
    last: int


class Layout(ABC):
    """How an outlet draws its pages."""

    #: Template that frames every page of the outlet.
    frame = "frame"

    def __init__(
        self, masthead: Masthead, base: str, articles: tuple[DemoArticle, ...], partners: tuple[tuple[str, str], ...]
    ) -> None:
        self.masthead = masthead
        #: Scheme, host and port, without a slash.
        self.base = base
        self.articles = articles
        #: Those articles that are listed.
        self.listed = tuple(article for article in articles if article.removal is not Reason.ROBOTS)
        #: Name and address of the other outlets.
        self.partners = partners

    @abstractmethod
    def article(self, article: DemoArticle, part: int) -> str:
        """Draw page ``part`` (from 1) of an article."""

    @abstractmethod
    def listing(self, listing: Listing) -> str:
        """Draw one page of a list of articles."""

    @abstractmethod
    def home(self) -> str:
        """Draw the front page."""

    @abstractmethod
    def note(self, title: str, body: str, *, robots: str = "index, follow") -> str:
        """Draw a page that is no article (About us, an error) around the HTML ``body``."""

    def fill(self, name: str, **values: str) -> str:
        """Return the outlet's template ``name`` with its places filled."""
        return fill(f"{self.masthead.key}/{name}", **values)

    def url(self, path: str) -> str:
        """Return the absolute address of ``path``, percent-encoded."""
        return self.base + encode_path(path)

    def href(self, path: str) -> str:
        """Return ``path`` as it stands in this outlet's links, escaped."""
        return html.escape(encode_path(path))

    def link(self, path: str, label: str, **attributes: str) -> str:
        """Return a link to ``path``."""
        extra = "".join(f' {name.rstrip("_")}="{html.escape(value)}"' for name, value in attributes.items())
        return f'<a href="{self.href(path)}"{extra}>{html.escape(label, quote=False)}</a>'

    def article_link(self, article: DemoArticle, **attributes: str) -> str:
        """Return a link with the headline to an article."""
        return self.link(article.path, article.title, **attributes)

    def others(self, article: DemoArticle, count: int, *, skip: int = 0) -> tuple[DemoArticle, ...]:
        """Return ``count`` listed articles that follow ``article`` in the outlet's list, as in a ring."""
        ring = [other for other in self.listed if other.removal is None and other.slug != article.slug]
        start = next((place for place, other in enumerate(ring) if other.number > article.number), 0) + skip
        return tuple(ring[(start + step) % len(ring)] for step in range(count))

    def page_path(self, listing: Listing, number: int) -> str:
        """Return the path of page ``number`` of a listing."""
        return listing_path(self.masthead, listing.path, number)


def fill(template: str, **values: str) -> str:
    """Return ``templates/<template>.html`` with every ``$place`` filled; a missing one is a KeyError."""
    return _template(template).substitute(values)


@cache
def _template(name: str) -> Template:
    return Template((TEMPLATES / f"{name}.html").read_text("utf-8"))


def listing_path(masthead: Masthead, path: str, number: int) -> str:
    """Return the path of page ``number`` (from 1) of the listing at ``path``."""
    return path if number == 1 else path + masthead.listing_page.format(number=number)


def encode_path(path: str) -> str:
    """Return ``path`` with query percent-encoded.

    >>> encode_path("/tag/मौसम/?page=2")
    '/tag/%E0%A4%AE%E0%A5%8C%E0%A4%B8%E0%A4%AE/?page=2'
    """
    return quote(path, safe="/?&=#+:,;@-._~")


def escape(text: str) -> str:
    """Return ``text`` as HTML, quotes left alone."""
    return html.escape(text, quote=False)


def quoted(text: str) -> str:
    """Return ``text`` fit to stand in an attribute."""
    return html.escape(text)


def draw_blocks(blocks: Sequence[Block], *, inserts: dict[int, str] | None = None) -> str:
    """Return a body's HTML: list items in one list, and ``inserts`` after the block of that number (from 1)."""
    lines = []
    kinds = [None, *(block.kind for block in blocks), None]
    for number, block in enumerate(blocks, start=1):
        opens = "<ul>" if block.kind is BlockKind.ITEM and kinds[number - 1] is not BlockKind.ITEM else ""
        closes = "</ul>" if block.kind is BlockKind.ITEM and kinds[number + 1] is not BlockKind.ITEM else ""
        lines.append(opens + _ELEMENTS[block.kind].format(block.html) + closes)
        if inserts and number in inserts:
            lines.append(inserts[number])
    return "\n".join(lines)


_ELEMENTS = {
    BlockKind.PARAGRAPH: "<p>{}</p>",
    BlockKind.HEADING: "<h2>{}</h2>",
    BlockKind.QUOTE: "<blockquote><p>{}</p></blockquote>",
    BlockKind.ITEM: "<li>{}</li>",
}


def json_ld(thing: dict[str, Any]) -> str:
    """Return ``thing`` as a JSON-LD script element."""
    text = json.dumps(thing, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>'


def iso(time: date | datetime) -> str:
    """Return ``time`` in ISO 8601, as precise as it is known."""
    return time.isoformat()


def month_day_year(time: date | datetime) -> str:
    """Return the day in words.

    >>> month_day_year(date(2026, 11, 4))
    'November 4, 2026'
    """
    return f"{MONTHS[time.month - 1]} {time.day}, {time.year}"


def ordinal_day(time: date | datetime) -> str:
    """Return the day in words, with an ordinal.

    >>> [ordinal_day(date(2026, 11, day)) for day in (1, 12, 22)]
    ['November 1st, 2026', 'November 12th, 2026', 'November 22nd, 2026']
    """
    ending = "th" if 11 <= time.day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(time.day % 10, "th")
    return f"{MONTHS[time.month - 1]} {time.day}{ending}, {time.year}"
