"""Connected sets (union-find): what `corpus.grouping` makes articles of."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from corpus.dedup import JoinedBy


class Components:
    """The connected sets among some URLs, and the strongest tie of each URL.

    >>> components = Components([1, 2, 3])
    >>> components.tie(1, 3, JoinedBy.TEXT)
    >>> list(components), components.ties[3].value
    ([[2], [1, 3]], 'text')
    """

    def __init__(self, url_ids: Iterable[int]) -> None:
        self._parent = {url_id: url_id for url_id in url_ids}
        #: The first tie of each URL that has one: ties are to be entered strongest first.
        self.ties: dict[int, JoinedBy] = {}

    def tie(self, one: int, other: int, joined_by: JoinedBy) -> None:
        """Connect two URLs; nothing happens where one of them is not among those given."""
        if one == other or one not in self._parent or other not in self._parent:
            return
        self._parent[self._root(one)] = self._root(other)
        for url_id in (one, other):
            self.ties.setdefault(url_id, joined_by)

    def connected(self, one: int, other: int) -> bool:
        """Tell whether two of the URLs are connected."""
        return self._root(one) == self._root(other)

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the connected sets."""
        for _, members in groupby(sorted(self._parent, key=self._root), key=self._root):
            yield sorted(members)

    def _root(self, url_id: int) -> int:
        while self._parent[url_id] != url_id:
            self._parent[url_id] = self._parent[self._parent[url_id]]
            url_id = self._parent[url_id]
        return url_id
