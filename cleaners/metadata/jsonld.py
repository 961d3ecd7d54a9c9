"""The node of a page's JSON-LD that describes its article.

A page carries the descriptions of many things: itself, its publisher, its breadcrumbs, and the articles it links to.
The vocabulary is schema.org's (https://schema.org/Article); what search engines ask publishers to state is at
https://developers.google.com/search/docs/appearance/structured-data/article.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache

from cleaners.metadata.loose_json import Json, read_json
from cleaners.metadata.tables import places
from cleaners.metadata.text import clean_line, headline_key

Node = Mapping[str, Json]

#: Levels of nesting and number of nodes that are looked at; live blogs have a few hundred updates.
_DEEPEST = 12
_MOST_NODES = 3000


class _Standing(IntEnum):
    """What the keys that lead to a node make of it."""

    #: It belongs to something else: an author, a comment, a related article.
    FOREIGN = 0
    #: It may be anything: an entry of a list.
    BESIDE = 1
    #: It is what the page is about.
    MAIN = 2


@dataclass(frozen=True, slots=True)
class _Place:
    """A node and where it stands."""

    node: Node
    standing: _Standing
    #: Number in document order.
    number: int


@dataclass(frozen=True, slots=True)
class LinkedData:
    """What the page's JSON-LD says of the article."""

    #: Nodes that describe the page's article, the best first; usually one.
    articles: tuple[Node, ...] = ()
    #: Nodes that describe the page it stands on.
    pages: tuple[Node, ...] = ()
    #: Lists of breadcrumbs.
    breadcrumbs: tuple[Node, ...] = ()
    #: Questions with their answers.
    questions: tuple[Node, ...] = ()
    #: All nodes with an ``@id``, by it.
    by_id: Mapping[str, Node] = field(default_factory=dict)

    def resolve(self, value: Json) -> Json:
        """Return the node that ``value`` refers to, or ``value`` itself where it says more than a reference."""
        if not isinstance(value, dict) or _says(value):
            return value
        target = self.by_id.get(str(value.get("@id")))
        return dict(target) if target is not None else value

    def lines(self, key: str, *, nodes: Iterable[Node] | None = None) -> Iterator[str]:
        """Yield the non-blank texts of ``key``, of the nodes in order."""
        for node in self.articles if nodes is None else nodes:
            yield from texts(self.resolve(node.get(key)))


def read_linked_data(scripts: Iterable[str], *, urls: Sequence[str], titles: Iterable[str]) -> LinkedData:
    """Read the page's JSON-LD and choose the nodes that describe its article.

    Args:
        scripts: Texts of the scripts.
        urls: The page's addresses: its URL, its canonical URL.
        titles: What else the page gives as its title; a node that agrees is the page's own.
    """
    places = list(_walk(scripts))
    by_id: dict[str, Node] = {}
    for place in places:
        identity = place.node.get("@id")
        if isinstance(identity, str) and (identity not in by_id or len(place.node) > len(by_id[identity])):
            by_id[identity] = place.node
    known = [key for key in map(headline_key, titles) if key]
    return LinkedData(
        articles=tuple(_choose(places, urls, known)),
        pages=tuple(
            place.node for place in places if place.standing is _Standing.MAIN and types(place.node) & _types("pages")
        ),
        breadcrumbs=tuple(place.node for place in places if "BreadcrumbList" in types(place.node)),
        questions=tuple(place.node for place in places if "acceptedAnswer" in place.node),
        by_id=by_id,
    )


def same_address(one: str, other: str) -> bool:
    """Tell whether two addresses are of one page: whatever the scheme, ``www.``, fragment and last slash.

    Queries must agree where both have one: on some sites they name the article, on others they only track the reader.

    >>> same_address("https://www.example.com/a/?utm=1#b", "http://example.com/a")
    True
    >>> same_address("https://example.com/story.php?id=1", "https://example.com/story.php?id=2")
    False
    """
    (place, query), (other_place, other_query) = _split_address(one), _split_address(other)
    return place == other_place and (not query or not other_query or query == other_query)


def _split_address(url: str) -> tuple[str, str]:
    place, _, query = url.strip().partition("#")[0].partition("?")
    place = (place.partition("://")[2] or place.removeprefix("//")).lower()
    return place.removeprefix("www.").rstrip("/"), query


def types(node: Node) -> set[str]:
    """Return a node's types, without the vocabulary's address."""
    stated = node.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return {name.rpartition("/")[2].rpartition(":")[2] for name in names if isinstance(name, str)}


def texts(value: Json, depth: int = 0) -> Iterator[str]:
    """Yield the non-blank lines that a value says: itself, its parts, or a node's name."""
    if isinstance(value, str):
        line = clean_line(value)
        if line:
            yield line
    elif isinstance(value, list) and depth < _DEEPEST:
        for part in value:
            yield from texts(part, depth + 1)
    elif isinstance(value, dict) and depth < _DEEPEST:
        yield from texts(value.get("@value") or value.get("name") or value.get("headline"), depth + 1)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield str(value)


def _says(node: Node) -> bool:
    return any(key not in ("@id", "@type", "@context") for key in node)


def _walk(scripts: Iterable[str]) -> Iterator[_Place]:
    number = 0
    for script in scripts:
        for value in read_json(script):
            for node, standing in _descend(value, _Standing.MAIN, 0):
                number += 1
                if number > _MOST_NODES:
                    return
                yield _Place(node, standing, number)


def _descend(value: Json, standing: _Standing, depth: int) -> Iterator[tuple[Node, _Standing]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for part in value:
            yield from _descend(part, standing, depth + 1)
    elif isinstance(value, dict):
        yield value, standing
        for key, part in value.items():
            if isinstance(part, (dict, list)):
                yield from _descend(part, min(standing, _standing_under(key)), depth + 1)


@cache
def _keys(kind: str) -> frozenset[str]:
    return frozenset(places("keys")[kind])


@cache
def _types(kind: str) -> frozenset[str]:
    return frozenset(places("types")[kind])


def _standing_under(key: str) -> _Standing:
    if key in _keys("main"):
        return _Standing.MAIN
    return _Standing.FOREIGN if key in _keys("foreign") else _Standing.BESIDE


def _choose(places: list[_Place], urls: Sequence[str], titles: list[str]) -> list[Node]:
    """Return the nodes that describe the page's article, the surest first."""
    weighed = []
    for place in places:
        rank = _rank(types(place.node))
        if not rank or place.standing is _Standing.FOREIGN:
            continue
        main = place.standing is _Standing.MAIN
        is_page, is_other = _speaks_of(place.node, urls)
        headline = _same_title(place.node, titles)
        if (not main or is_other) and not (is_page or headline):
            continue
        weight = 4 * rank + 4 * is_page + 4 * headline + 2 * main - 2 * is_other + _fullness(place.node)
        weighed.append((-weight, place.number, place.node))
    weighed.sort(key=lambda entry: entry[:2])
    if not weighed:
        return []
    best = weighed[0][2]
    return [best, *(node for _, _, node in weighed[1:] if _same_article(best, node))]


def _rank(names: set[str]) -> int:
    if names & _types("articles"):
        return 3
    return 1 if names & _types("works") else 0


def _speaks_of(node: Node, urls: Sequence[str]) -> tuple[bool, bool]:
    """Tell whether the node names the page's address, and whether it names another one."""
    stated = [url for key in ("url", "mainEntityOfPage", "@id") for url in _addresses(node.get(key))]
    is_page = any(same_address(url, own) for url in stated for own in urls)
    return is_page, not is_page and any(_addresses(node.get("url")))


def _addresses(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        if "/" in value:
            yield value
    elif isinstance(value, dict):
        for key in ("@id", "url"):
            stated = value.get(key)
            if isinstance(stated, str) and "/" in stated:
                yield stated
    elif isinstance(value, list):
        for part in value[:5]:
            if isinstance(part, str):
                yield part


def _same_title(node: Node, titles: list[str]) -> bool:
    for key in ("headline", "name", "alternativeHeadline"):
        for line in texts(node.get(key)):
            own = headline_key(line)
            if own and any(own in title or (len(title) > 15 and title in own) for title in titles):
                return True
    return False


def _fullness(node: Node) -> int:
    keys = ("headline", "datePublished", "author", "articleBody")
    return sum(1 for key in keys if node.get(key))


def _same_article(best: Node, other: Node) -> bool:
    """Tell whether a second node speaks of the article too: its headline or address is the same."""
    mine, theirs = ({headline_key(line) for line in texts(node.get("headline"))} for node in (best, other))
    if mine and theirs:
        return bool(mine & theirs)
    return any(same_address(a, b) for a in _addresses(best.get("url")) for b in _addresses(other.get("url")))
