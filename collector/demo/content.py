"""Read the demo articles from ``content/``: TOML front matter between ``+++`` lines, then the text.

Blocks stand apart by a blank line: ``## `` begins a subheading, ``> `` a quotation, ``- `` list items, and a line
``=== page ===`` ends a page of an article that is split. ``slug.v2.md`` is what ``slug.md`` becomes after an update.
An agency's story stands once in ``content/wire/`` and is named by every article that prints it.
"""

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict

from collector.demo.articles import Block, BlockKind, Comment, DemoArticle, Picture
from collector.demo.masthead import CONTENT, Masthead, read_masthead
from corpus.types import Reason

#: Keys of the outlets, in the order of their addresses.
OUTLETS = ("harbour-post", "valley-ledger", "dakshin-samachar")

#: What a tracked link carries.
TRACKING = "?utm_source=rss&utm_medium=feed&utm_campaign=latest"

#: Where an article stood before the outlet's last relaunch, from ``number``; redirected for good.
OLD_PATH = "/old/{number}.html"

_PAGE_BREAK = "=== page ==="
_FIRST_NUMBER = 1001


class FrontMatter(BaseModel):
    """What stands above an article's text; `DemoArticle` says what each field means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    authors: tuple[str, ...] = ()
    published: AwareDatetime | date
    modified: AwareDatetime | None = None
    section: str
    tags: tuple[str, ...] = ()
    language: str | None = None
    declared_language: str | None = None
    standfirst: str | None = None
    caption: str | None = None
    credit: str = ""
    pull_quote: str | None = None
    correction: str | None = None
    comments: tuple[tuple[str, str], ...] = ()
    wire: str | None = None
    #: How many paragraphs of the agency's story are printed; all where None.
    wire_paragraphs: int | None = None
    page_type: str = "NewsArticle"
    paywalled: bool = False
    removal: Reason | None = None
    charset: str = "utf-8"
    #: Empty where none is named.
    header_charset: str = "utf-8"
    meta_charset: str = "utf-8"
    bare_head: bool = False
    #: Whether AMP and print twins are served.
    twins: bool = False


@cache
def truth(*, updated: bool = False) -> tuple[DemoArticle, ...]:
    """Return every article of every outlet.

    Args:
        updated: the articles as they stand after `DemoNewsSites.update`.

    >>> sorted({article.outlet for article in truth()})
    ['dakshin-samachar', 'harbour-post', 'valley-ledger']
    """
    return tuple(article for key in OUTLETS for article in read_articles(read_masthead(key), updated=updated))


def read_articles(masthead: Masthead, *, updated: bool = False) -> tuple[DemoArticle, ...]:
    """Return an outlet's articles, newest first."""
    files = sorted(file for file in (CONTENT / masthead.key).glob("*.md") if not file.stem.endswith(".v2"))
    articles = []
    for number, file in enumerate(files, start=_FIRST_NUMBER):
        newer = file.with_suffix(".v2.md")
        changed = updated and newer.exists()
        articles.append(_read_article(masthead, newer if changed else file, number, version=2 if changed else 1))
    return tuple(sorted(articles, key=lambda article: (moment(article.published), article.number), reverse=True))


def moment(time: date | datetime) -> float:
    """Return ``time`` in seconds since the epoch, a date as its noon in UTC, to sort by."""
    if isinstance(time, datetime):
        return time.timestamp()
    return datetime.fromisoformat(f"{time}T12:00:00+00:00").timestamp()


def read_note(file: Path) -> tuple[str, tuple[Block, ...]]:
    """Return title and blocks of a standing page (About us, Contact)."""
    front, body = _split(file)
    return str(front["title"]), _blocks(body)


def _read_article(masthead: Masthead, file: Path, number: int, *, version: int) -> DemoArticle:
    fields, body = _split(file)
    front = FrontMatter.model_validate(fields)
    if front.wire is not None:
        body = "\n\n".join(_split(CONTENT / "wire" / f"{front.wire}.md")[1].split("\n\n")[: front.wire_paragraphs])
    slug = file.name.removesuffix(".md").removesuffix(".v2")
    language = front.language or masthead.language
    path = _path(masthead, front, slug, language, number)
    return DemoArticle(
        outlet=masthead.key,
        slug=slug,
        number=number,
        path=path,
        title=front.title,
        authors=front.authors,
        published=front.published,
        modified=front.modified,
        parts=tuple(_blocks(part) for part in body.split(_PAGE_BREAK)),
        section=masthead.sections[front.section],
        section_slug=front.section,
        tags=front.tags,
        language=language,
        declared_language=front.declared_language or front.language or masthead.html_lang,
        standfirst=front.standfirst,
        picture=_picture(front, slug),
        pull_quote=front.pull_quote,
        correction=front.correction,
        comments=tuple(Comment(name=name, text=text) for name, text in front.comments),
        wire=front.wire,
        page_type=front.page_type,
        paywalled=front.paywalled,
        removal=front.removal,
        charset=front.charset,
        header_charset=front.header_charset or None,
        meta_charset=front.meta_charset or None,
        bare_head=front.bare_head,
        version=version,
        twins=front.twins,
        aliases=_aliases(masthead, front, path, number),
    )


def _split(file: Path) -> tuple[dict[str, object], str]:
    _, front, body = file.read_text("utf-8").split("+++\n", 2)
    return tomllib.loads(front), body.strip()


def _path(masthead: Masthead, front: FrontMatter, slug: str, language: str, number: int) -> str:
    if front.removal is Reason.ROBOTS:
        return f"/private/{slug}/"
    day = front.published
    return masthead.article_path.format(
        slug=slug,
        year=f"{day:%Y}",
        month=f"{day:%m}",
        day=f"{day:%d}",
        language=language,
        section=front.section,
        number=number,
    )


def _aliases(masthead: Masthead, front: FrontMatter, path: str, number: int) -> tuple[str, ...]:
    if front.removal is Reason.ROBOTS:
        return ()
    twins = (masthead.amp_path, masthead.print_path) if front.twins else ()
    patterns = (*twins, masthead.short_path, OLD_PATH, "{path}" + TRACKING)
    return tuple(pattern.format(path=path, number=number) for pattern in patterns)


def _picture(front: FrontMatter, slug: str) -> Picture | None:
    if front.caption is None:
        return None
    return Picture(path=f"/assets/photos/{slug}.png", caption=front.caption, credit=front.credit)


def _blocks(body: str) -> tuple[Block, ...]:
    chunks = [chunk for chunk in body.strip().split("\n\n") if chunk.strip()]
    return tuple(block for chunk in chunks for block in _read_chunk(chunk.strip()))


def _read_chunk(chunk: str) -> tuple[Block, ...]:
    lines = chunk.splitlines()
    if all(line.startswith("- ") for line in lines):
        return tuple(Block(kind=BlockKind.ITEM, markup=line[2:]) for line in lines)
    for mark, kind in (("## ", BlockKind.HEADING), ("> ", BlockKind.QUOTE)):
        if chunk.startswith(mark):
            return (Block(kind=kind, markup=" ".join(lines).removeprefix(mark)),)
    return (Block(kind=BlockKind.PARAGRAPH, markup=" ".join(lines)),)
