"""The posts of a live blog, each with its time: schema.org's ``liveBlogUpdate``, as JSON-LD or microdata.

https://schema.org/LiveBlogPosting; what search engines ask for is at
https://developers.google.com/search/docs/appearance/structured-data/article.
"""

from collections.abc import Iterator
from datetime import date, datetime

from lxml.html import HtmlElement

from cleaners.dates import parse_date
from cleaners.metadata.jsonld import LinkedData, Node, texts
from cleaners.metadata.model import PageTime
from cleaners.metadata.text import clean_line, clean_text
from cleaners.typography import fold
from corpus.types import Post

_UPDATE = "liveBlogUpdate"
_ITEM = f"//*[@itemprop][contains(concat(' ', @itemprop, ' '), ' {_UPDATE} ')]"
#: Posts that are read; a day of an election has some four hundred.
_MOST_POSTS = 1000


def read_posts(tree: HtmlElement, linked: LinkedData, page: PageTime) -> tuple[Post, ...]:
    """Return the posts of a live blog in the order in which the page states them; none on other pages."""
    found = list(_linked(linked, page)) or list(_items(tree, page))
    return tuple(dict.fromkeys(found))[:_MOST_POSTS]


def body_of(posts: tuple[Post, ...]) -> str | None:
    r"""Return the posts as one text, or None where there are none.

    >>> body_of((Post(headline="Kick-off", text="They play."), Post(text="Half-time.")))
    'Kick-off\n\nThey play.\n\nHalf-time.'
    """
    return "\n\n".join(part for post in posts for part in (post.headline, post.text) if part) or None


def _linked(linked: LinkedData, page: PageTime) -> Iterator[Post]:
    for node in linked.articles:
        updates = node.get(_UPDATE)
        for update in updates if isinstance(updates, list) else [updates]:
            resolved = linked.resolve(update)
            if isinstance(resolved, dict) and (post := _post(resolved, page)):
                yield post


def _post(node: Node, page: PageTime) -> Post | None:
    body = node.get("articleBody") or node.get("text")
    return _made(
        headline=next(texts(node.get("headline") or node.get("name")), ""),
        text=_paragraphs(clean_text(body)) if isinstance(body, str) else "",
        written=next(texts(node.get("datePublished") or node.get("dateCreated")), ""),
        page=page,
    )


def _items(tree: HtmlElement, page: PageTime) -> Iterator[Post]:
    """Yield the posts that microdata marks."""
    for item in tree.xpath(_ITEM)[:_MOST_POSTS]:
        body = _property(item, "articleBody")
        post = _made(
            headline=clean_line(_text(_property(item, "headline"))),
            text="" if body is None else _paragraphs("\n".join(body.itertext())),
            written=_time(_property(item, "datePublished")),
            page=page,
        )
        if post is not None:
            yield post


def _property(item: HtmlElement, name: str) -> HtmlElement | None:
    return next(iter(item.xpath(f".//*[@itemprop][contains(concat(' ', @itemprop, ' '), ' {name} ')]")), None)


def _text(element: HtmlElement | None) -> str:
    return "" if element is None else element.get("content") or element.text_content()


def _time(element: HtmlElement | None) -> str:
    return "" if element is None else element.get("datetime") or _text(element)


def _paragraphs(text: str) -> str:
    return "\n\n".join(filter(None, map(fold, text.splitlines())))


def _made(*, headline: str, text: str, written: str, page: PageTime) -> Post | None:
    if not (headline or text):
        return None
    published: date | datetime | None = None
    if written:
        published = parse_date(written, language=page.language, country=page.country)
    return Post(headline=headline or None, published=published, text=text)
