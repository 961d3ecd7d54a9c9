"""One pass over the tree for everything that metadata is read from: meta, link, title, headings, JSON-LD."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml.html import HtmlElement

from cleaners.metadata.text import clean_line

#: Headings of the first level that are looked at; some pages set every teaser in one.
_MOST_HEADINGS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """What a page's machine-readable elements say, in document order."""

    #: Contents of meta elements by property, name or http-equiv (lower case).
    metas: Mapping[str, tuple[str, ...]]
    #: Contents of meta elements by itemprop (lower case).
    item_metas: Mapping[str, tuple[str, ...]]
    #: Targets of link elements by relation (lower case), as written.
    links: Mapping[str, tuple[str, ...]]
    #: Targets of anchors with rel=license.
    licences: tuple[str, ...]
    #: Texts of scripts of JSON-LD.
    scripts: tuple[str, ...]
    #: Headings of the first level that hold text.
    headings: tuple[HtmlElement, ...]
    #: Text of the title element.
    title: str | None
    #: The lang attribute of the html element.
    language: str | None
    #: The href of the base element.
    base: str | None
    #: Targets of links to terms after Really Simple Licensing.
    rsl: tuple[str, ...] = ()

    def first(self, *names: str) -> tuple[str, str] | None:
        """Return name and content of the first of the meta elements ``names`` that says anything."""
        return next(((name, content) for name in names for content in self.metas.get(name, ())), None)

    def every(self, *names: str) -> Iterator[tuple[str, str]]:
        """Yield name and content of all meta elements ``names``, in the order of the names."""
        return ((name, content) for name in names for content in self.metas.get(name, ()))


def read_tags(tree: HtmlElement) -> Tags:
    """Collect what `Tags` holds."""
    metas: dict[str, list[str]] = {}
    items: dict[str, list[str]] = {}
    links: dict[str, list[str]] = {}
    scripts: list[str] = []
    headings: list[HtmlElement] = []
    licences: list[str] = []
    rsl: list[str] = []
    title = base = None
    for element in tree.iter("meta", "link", "script", "h1", "title", "base", "a"):
        match element.tag:
            case "meta":
                _add_meta(element, metas, items)
            case "link":
                _add_link(element, links)
                if _is_rsl(element):
                    rsl.append((element.get("href") or "").strip())
            case "script":
                if "ld+json" in (element.get("type") or "").lower() and element.text:
                    scripts.append(element.text)
            case "h1":
                if len(headings) < _MOST_HEADINGS and clean_line(element.text_content()):
                    headings.append(element)
            case "title":
                title = title or clean_line(element.text_content()) or None
            case "a":
                if "license" in (element.get("rel") or "") and len(licences) < 3:
                    licences.append(element.get("href") or "")
            case "base":
                base = base or element.get("href")
    return Tags(
        metas=_freeze(metas),
        item_metas=_freeze(items),
        links=_freeze(links),
        licences=tuple(filter(None, licences)),
        scripts=tuple(scripts),
        headings=tuple(headings),
        title=title,
        language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang"),
        base=base,
        rsl=tuple(rsl),
    )


def _is_rsl(element: HtmlElement) -> bool:
    return "application/rsl+xml" in (element.get("type") or "").lower()


def _add_meta(element: HtmlElement, metas: dict[str, list[str]], items: dict[str, list[str]]) -> None:
    content = element.get("content")
    if not content or content.isspace():
        return
    for attribute in ("property", "name", "http-equiv"):
        for name in (element.get(attribute) or "").lower().split():
            metas.setdefault(name, []).append(content)
    for name in (element.get("itemprop") or "").lower().split():
        items.setdefault(name, []).append(content)


def _add_link(element: HtmlElement, links: dict[str, list[str]]) -> None:
    href = element.get("href")
    if not href or href.isspace():
        return
    for relation in (element.get("rel") or "").lower().split():
        links.setdefault(relation, []).append(href.strip())


def _freeze(lists: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in lists.items()}
