"""Connected sets of URLs: what `corpus.grouping` makes articles of."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

from corpus.dedup import JoinedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A URL with its newest kept capture."""

    fetch_id: int
    url_id: int
    url: str
    article_id: int | None
    canonical_url: str
    published: str | None
    text_key: bytes
    text_hash: bytes
    body_digest: bytes | None
    part_number: int
    #: URL of the first page, for a later page of a split article.
    part_of: str | None


class Components:
    """The connected sets among some URLs, and the strongest tie of each URL (union-find)."""

    def __init__(self, nodes: Sequence[Node], resemble: Callable[[Node, Node], bool]) -> None:
        self._nodes = sorted(nodes, key=lambda node: node.url)
        self._root = {node.url_id: node.url_id for node in nodes}
        #: Strongest tie of each URL that has one.
        self.ties: dict[int, JoinedBy] = {}
        firsts = [node for node in self._nodes if node.part_of is None]
        self._tie_equal(self._nodes, lambda node: node.part_of or node.url, JoinedBy.PART)
        self._tie_namesakes(firsts, resemble)
        self._tie_equal(firsts, lambda node: node.body_digest, JoinedBy.PAYLOAD)
        self._tie_equal(firsts, lambda node: node.text_key, JoinedBy.TEXT)

    def __iter__(self) -> Iterator[list[Node]]:
        """Yield the connected sets."""
        ordered = sorted(self._nodes, key=lambda node: self._find(node.url_id))
        for _, members in groupby(ordered, key=lambda node: self._find(node.url_id)):
            yield list(members)

    def _tie_equal(self, nodes: Iterable[Node], key: Callable[[Node], str | bytes | None], joined_by: JoinedBy) -> None:
        first: dict[str | bytes, Node] = {}
        for node in nodes:
            value = key(node)
            if value is not None and first.setdefault(value, node) is not node:
                self._tie(first[value], node, joined_by)

    def _tie_namesakes(self, nodes: Sequence[Node], resemble: Callable[[Node, Node], bool]) -> None:
        for name in sorted({node.canonical_url for node in nodes}):
            members = [node for node in nodes if name in {node.url, node.canonical_url}]
            for one, other in combinations(members, 2):
                known = one.url_id in self.ties and other.url_id in self.ties
                if not (known and self._find(one.url_id) == self._find(other.url_id)) and resemble(one, other):
                    self._tie(one, other, JoinedBy.CANONICAL)

    def _tie(self, one: Node, other: Node, joined_by: JoinedBy) -> None:
        self._root[self._find(one.url_id)] = self._find(other.url_id)
        for node in (one, other):
            self.ties.setdefault(node.url_id, joined_by)

    def _find(self, url_id: int) -> int:
        while self._root[url_id] != url_id:
            self._root[url_id] = self._root[self._root[url_id]]
            url_id = self._root[url_id]
        return url_id
