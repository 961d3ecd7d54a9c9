"""What the demo outlets print, as values: the truth that a collector's result is compared with."""

import html
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from corpus.types import Reason

_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_EMPHASIS = re.compile(r"\*(.+?)\*")


class BlockKind(StrEnum):
    """What a block of an article's body is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    QUOTE = "quote"
    ITEM = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, subheading, quotation or list item."""

    kind: BlockKind
    #: The block with its inline marks: ``**strong**``, ``*emphasis*``, ``[text](address)``.
    markup: str

    @property
    def text(self) -> str:
        """The words alone.

        >>> Block(kind=BlockKind.PARAGRAPH, markup="**Ponnagar:** See [the map](/map/).").text
        'Ponnagar: See the map.'
        """
        return _EMPHASIS.sub(r"\1", _STRONG.sub(r"\1", _LINK.sub(r"\1", self.markup)))

    @property
    def html(self) -> str:
        """The block's inner HTML.

        >>> Block(kind=BlockKind.PARAGRAPH, markup="Salt *&* [sand](/sand/)").html
        'Salt <em>&amp;</em> <a href="/sand/">sand</a>'
        """
        escaped = html.escape(self.markup, quote=False)
        linked = _LINK.sub(r'<a href="\2">\1</a>', escaped)
        return _EMPHASIS.sub(r"<em>\1</em>", _STRONG.sub(r"<strong>\1</strong>", linked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The picture over an article."""

    path: str
    caption: str
    credit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A reader's comment: clutter, never part of the article's text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoArticle:
    """An article of a demo outlet, as it is served."""

    #: Key of its outlet: ``harbour-post``.
    outlet: str
    slug: str
    #: Number in the outlet's own counting, as in ``/?p=1004``.
    number: int
    #: Path of its (first) page, unquoted; the canonical one.
    path: str
    title: str
    #: Names of persons, or of a desk or agency where only that is credited.
    authors: tuple[str, ...]
    #: A date where the page tells only the day.
    published: date | datetime
    modified: datetime | None
    #: Pages of the article; more than one where it is split.
    parts: tuple[tuple[Block, ...], ...]
    #: Label of its section.
    section: str
    section_slug: str
    tags: tuple[str, ...]
    #: BCP 47 language of the text.
    language: str
    #: What the page claims in ``<html lang>``, not always the truth.
    declared_language: str
    #: Summary between headline and text; part of the text to some, not in `paragraphs`.
    standfirst: str | None
    picture: Picture | None
    #: Sentence of the text that the page prints a second time, large.
    pull_quote: str | None
    #: Note of correction under the text, not in `paragraphs`.
    correction: str | None
    comments: tuple[Comment, ...]
    #: Key of the agency story it prints word for word, else None.
    wire: str | None
    #: What it is in schema.org's words.
    page_type: str
    paywalled: bool
    #: What a collector ought to remove it for; None for an article to keep.
    removal: Reason | None
    #: Encoding of the bytes served.
    charset: str
    #: Encoding that the Content-Type header names; None where it names none.
    header_charset: str | None
    #: Encoding that the page's meta element names; None where it has none.
    meta_charset: str | None
    #: Whether head elements tell author and time, or only the words on the page.
    bare_head: bool
    #: 1, or 2 after `DemoNewsSites.update`.
    version: int
    #: Whether AMP and print twins are served.
    twins: bool
    #: Other paths that show or lead to the same article (AMP, print, short link, tracked), with query.
    aliases: tuple[str, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every block of the text, over all parts, in order."""
        return tuple(block for part in self.parts for block in part)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text of every block, in order."""
        return tuple(block.text for block in self.blocks)

    @property
    def text(self) -> str:
        """The paragraphs with one blank line between them."""
        return "\n\n".join(self.paragraphs)

    @property
    def day(self) -> date:
        """The day of publication."""
        return self.published.date() if isinstance(self.published, datetime) else self.published

    @property
    def changed(self) -> date | datetime:
        """When it was last changed: modified, else published."""
        return self.modified or self.published


@dataclass(frozen=True, slots=True, kw_only=True)
class OddPage:
    """A page that is no article, with what a collector ought to make of it."""

    outlet: str
    #: Path with query, unquoted.
    path: str
    removal: Reason
