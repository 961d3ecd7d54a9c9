"""What the page says it is: type, language, section, tags, summary, paywall."""

import re
from collections.abc import Iterable, Iterator

from cleaners.metadata.jsonld import LinkedData, Node, texts, types
from cleaners.metadata.loose_json import Json
from cleaners.metadata.model import Question
from cleaners.metadata.site import Site
from cleaners.metadata.tables import places
from cleaners.metadata.tags import Tags
from cleaners.metadata.text import clean_line, clean_text, headline_key
from corpus.types import Page

#: Characters of the longest tag and section; what is longer is a sentence.
_LONGEST_LABEL = 100
# What stands between sections written into one line: of 20 lines that have it, on 20 sites, none is one section.
_LISTED = re.compile(r",\s+")

#: Types that say little where another one stands beside them.
_GENERAL_TYPES = frozenset({"Article", "NewsArticle", "CreativeWork", "WebPage", "ItemPage", "WebContent"})

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


def read_type(tags: Tags, linked: LinkedData) -> tuple[str, str] | None:
    """Return what the page says it is (the most special type of schema.org, else of Open Graph), and where."""
    for node in linked.articles[:1]:
        names = types(node)
        special = sorted(names - _GENERAL_TYPES) or sorted(names, reverse=True)
        if special:
            return special[0], "json-ld"
    for node in linked.pages:
        for name in sorted(types(node) - _GENERAL_TYPES):
            return name, "json-ld"
    for _, content in tags.every("og:type"):
        return clean_line(content)[:_LONGEST_LABEL], "meta:og:type"
    return None


def read_language(tags: Tags, linked: LinkedData, page: Page) -> tuple[str, str] | None:
    """Return the language that the page declares (BCP 47), and where."""
    stated: list[tuple[str, str]] = [("html:lang", tags.language or "")]
    stated += [("meta:content-language", content) for content in tags.metas.get("content-language", ())]
    stated += [("header:content-language", value) for value in page.header_values("Content-Language")]
    stated += [("meta:og:locale", content) for content in tags.metas.get("og:locale", ())]
    stated += [("json-ld", line) for line in linked.lines("inLanguage", nodes=(*linked.articles, *linked.pages))]
    for source, tag in stated:
        match = _LANGUAGE.fullmatch(tag.partition(",")[0].strip())
        if match is not None:
            return match[0].replace("_", "-"), source
    return None


def read_descriptions(tags: Tags, linked: LinkedData) -> list[tuple[str, str]]:
    """Return every distinct summary with where it was read, the best first."""
    stated = [("json-ld", line) for line in linked.lines("description")]
    stated += [(f"meta:{name}", clean_line(content)) for name, content in tags.every(*places("meta")["description"])]
    stated += [("microdata", clean_line(content)) for content in tags.item_metas.get("description", ())[:1]]
    stated += [("json-ld", line) for line in linked.lines("alternativeHeadline")]
    stated += [("json-ld", line) for line in linked.lines("abstract")]
    distinct: dict[str, tuple[str, str]] = {}
    for source, line in stated:
        key = headline_key(line)
        if key:
            distinct.setdefault(key, (line, source))
    return list(distinct.values())


def read_section(tags: Tags, linked: LinkedData, site: Site) -> tuple[tuple[str, ...], str] | None:
    """Return the sections the article stands in, outermost first, and where they were read."""
    stated = _sections(linked.lines("articleSection"))
    if stated:
        return stated, "json-ld"
    for name, content in tags.every(*places("meta")["section"]):
        return _sections([content]), f"meta:{name}"
    crumbs = _labels(_crumbs(linked, site))
    return (crumbs, "json-ld:breadcrumb") if crumbs else None


def read_keywords(tags: Tags, linked: LinkedData, most: int) -> tuple[tuple[str, ...], str] | None:
    """Return the tags of the first place that has some, and where."""
    stated = _labels(linked.lines("keywords"), split=True)
    if stated:
        return stated[:most], "json-ld"
    for name in places("meta")["tags"]:
        stated = _labels(tags.metas.get(name, ()), split=True)
        if stated:
            return stated[:most], f"meta:{name}"
    return None


def read_paywall(tags: Tags, linked: LinkedData) -> tuple[bool, str] | None:
    """Return whether the page says that it is not accessible for free, and where.

    A part that is closed closes the article: that is how publishers mark what stands behind the paywall
    (https://developers.google.com/search/docs/appearance/structured-data/paywalled-content). ``metered`` articles
    are closed to whoever has read a few, and so count as closed.
    """
    free = list(_statements_of_access((*linked.articles, *linked.pages)))
    if free:
        return not all(free), "json-ld"
    for name, content in tags.every(*places("meta")["access"]):
        tier = content.strip().lower()
        if tier in ("free", "locked", "metered"):
            return tier != "free", f"meta:{name}"
    return None


def read_article_body(linked: LinkedData) -> str | None:
    """Return the article's text as JSON-LD states it, markup resolved, or None."""
    for node in linked.articles:
        body = node.get("articleBody") or node.get("text")
        if isinstance(body, str) and body.strip():
            return clean_text(body).strip() or None
    return None


def read_questions(linked: LinkedData) -> tuple[Question, ...]:
    """Return the questions that JSON-LD states with an answer, markup resolved."""
    return tuple(
        Question(question, answer)
        for node in linked.questions
        if (question := next(texts(node.get("name")), "")) and (answer := _answer(node.get("acceptedAnswer")))
    )


def _answer(value: Json) -> str:
    first = value[0] if isinstance(value, list) and value else value
    stated = first.get("text") if isinstance(first, dict) else None
    return clean_text(stated).strip() if isinstance(stated, str) else ""


def _sections(lines: Iterable[str]) -> tuple[str, ...]:
    """Return sections; content systems write several of them into one line."""
    stated = [clean_line(line) for line in lines]
    return _labels(_LISTED.split(stated[0]) if len(stated) == 1 else stated)


def _labels(lines: Iterable[str], *, split: bool = False) -> tuple[str, ...]:
    pieces = (
        piece for line in lines for piece in (re.split(r"[,;]", clean_line(line)) if split else [clean_line(line)])
    )
    trimmed = (piece.strip(" #\"'") for piece in pieces)
    return tuple(dict.fromkeys(piece for piece in trimmed if piece and len(piece) <= _LONGEST_LABEL))


def _crumbs(linked: LinkedData, site: Site) -> Iterator[str]:
    """Yield the breadcrumbs between the front page and the article."""
    for breadcrumb in linked.breadcrumbs[:1]:
        items = breadcrumb.get("itemListElement")
        entries = [entry for entry in items if isinstance(entry, dict)] if isinstance(items, list) else []
        names = [next(texts(entry.get("name") or entry.get("item")), "") for entry in entries]
        for name in names[1 : -1 if len(names) > 2 else None]:
            if not site.is_called(name):
                yield name


def _statements_of_access(nodes: Iterable[Node]) -> Iterator[bool]:
    for node in nodes:
        parts = node.get("hasPart")
        for part in (node, *(parts if isinstance(parts, list) else [parts])):
            if isinstance(part, dict):
                said = _truth(part.get("isAccessibleForFree"))
                if said is not None:
                    yield said


def _truth(value: Json) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.rpartition("/")[2].strip().lower()
        return {"true": True, "false": False}.get(word)
    return None
