"""What an outlet is: its names and the shapes of its addresses, as its ``outlet.toml`` declares them."""

import re
import tomllib
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

CONTENT = Path(__file__).parent / "content"
TEMPLATES = Path(__file__).parent / "templates"

_APART = re.compile(r"[\s/_’'.,:&–—-]+")


class FeedFormat(StrEnum):
    """What sort of feed an outlet offers."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"


class Masthead(BaseModel):
    """An outlet's names and the shapes of its addresses (`str.format` patterns)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    name: str
    tagline: str
    #: Language of most of its articles, and what its pages claim; BCP 47.
    language: str
    html_lang: str
    #: Distance from Greenwich, as ISO 8601 writes it, for times that its feed makes of mere days.
    utc_offset: str
    feed_format: FeedFormat
    feed_path: str
    #: Sitemaps that robots.txt names.
    sitemaps: tuple[str, ...]
    #: From ``slug``, ``year``, ``month``, ``day``, ``language``, ``section``, ``number``.
    article_path: str
    #: From ``slug``.
    section_path: str
    tag_path: str
    author_path: str
    #: Appended to a listing's path, from ``number``.
    listing_page: str
    #: Twins of an article, from ``path`` and ``number``.
    amp_path: str
    print_path: str
    short_path: str
    #: Listing of everything.
    latest_path: str
    #: Standing pages (About us), from ``slug``.
    note_path: str
    #: Slug and label of every section, in the menu's order.
    sections: dict[str, str]
    #: Whether the home page is empty until a script draws it.
    home_script: bool = False

    def section(self, slug: str) -> str:
        """Return the path of a section's front."""
        return self.section_path.format(slug=slug)

    def tag(self, label: str) -> str:
        """Return the path of a tag's listing."""
        return self.tag_path.format(slug=slugify(label))

    def author(self, name: str) -> str:
        """Return the path of an author's listing."""
        return self.author_path.format(slug=slugify(name))


def read_masthead(key: str) -> Masthead:
    """Return the outlet called ``key``.

    >>> read_masthead("harbour-post").name
    'The Harbour Post'
    """
    with (CONTENT / key / "outlet.toml").open("rb") as file:
        return Masthead.model_validate({"key": key} | tomllib.load(file))


def slugify(label: str) -> str:
    """Return ``label`` as a path segment, in its own script.

    >>> slugify("St. Brannoc’s Ferry"), slugify("मौसम विभाग")
    ('st-brannoc-s-ferry', 'मौसम-विभाग')
    """
    return _APART.sub("-", label.lower()).strip("-")
