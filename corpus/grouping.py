"""Grouping: which URLs are one article, and which of them speaks for it.

Each URL stands for its newest kept capture. Two URLs are tied when

* one is a later page of an article that is split over pages, and the other is its first page or another of them,
* one names the other as canonical, or both name the same URL, and their texts resemble each other,
* they have the same payload, or the same normalised text.

An article is a connected set of URLs. So the same captures make the same articles in whatever order they come, and a
tie lasts no longer than what it rests on: a "site under maintenance" page that stood at many URLs glues their articles
together only as long as it stands there. An article is named after the first URL it was stored under, and keeps that
name as long as it has that URL. Near-duplicates are not decided here.
"""

import hashlib
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from corpus.components import Components, Node
from corpus.dedup import MIN_CANONICAL_RESEMBLANCE, JoinedBy, rank, resemblance

#: Pages that name one and the same canonical URL with which a page is compared, at most. A story has two to five
#: twins; a template that names the home page everywhere would have every page compared with all others.
MAX_NAMESAKES = 50

#: Ties, the strongest first.
_STRENGTH = (JoinedBy.PART, JoinedBy.CANONICAL, JoinedBy.PAYLOAD, JoinedBy.TEXT)

_NODES = """
    SELECT capture.fetch_id, capture.url_id, url.url, capture.article_id, capture.canonical_url, capture.published,
           capture.text_key, capture.text_hash, fetch.body_digest, coalesce(capture.part_number, 1) AS part_number,
           CASE WHEN capture.part_number > 1 THEN url.part_of END AS part_of
    FROM capture JOIN fetch ON fetch.id = capture.fetch_id JOIN url ON url.id = capture.url_id
    WHERE capture.reason IS NULL AND NOT EXISTS (
        SELECT 1 FROM capture AS later JOIN fetch AS latest ON latest.id = later.fetch_id
        WHERE later.url_id = capture.url_id AND later.reason IS NULL
          AND (latest.fetched_at, latest.id) > (fetch.fetched_at, fetch.id))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a URL belongs."""

    #: The article's stable name.
    article: str
    #: `JoinedBy.NEW` for an article of its own, `JoinedBy.URL` where the URL was in it before, else the strongest tie.
    joined_by: JoinedBy
    #: The URL that spoke for the article before; None for a new article.
    beside: str | None


class Grouping:
    """The articles of a corpus; its methods are called inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def place(self, url_id: int, now: float) -> Placement | None:
        """Bring the articles up to date after a URL's captures changed.

        Args:
            url_id: The URL.
            now: Unix seconds.

        Returns:
            Where the URL belongs now, None if it has no kept capture (any more).
        """
        node = next(self._nodes("AND capture.url_id = ?", url_id), None)
        own = self._article_of(url_id)
        ties = {} if node is None else self._ties(node, own)
        beside = self._speaking_url(min(ties, default=None) if own is None else own)
        self._rearrange({*ties, *([] if own is None else [own])}, url_id, now)
        if node is None:
            return None
        article_id = self._article_of(url_id)
        name = self._db.execute("SELECT uid FROM article WHERE id = ?", (article_id,)).fetchone()[0]
        if article_id == own:
            return Placement(article=name, joined_by=JoinedBy.URL, beside=beside)
        if not ties:
            return Placement(article=name, joined_by=JoinedBy.NEW, beside=None)
        return Placement(article=name, joined_by=min(ties.values(), key=_STRENGTH.index), beside=beside)

    # -- ties to other articles -----------------------------------------------------------------------------------

    def _ties(self, node: Node, own: int | None) -> dict[int, JoinedBy]:
        """Return the other articles that a URL is tied to, each with the strongest tie."""
        ties: dict[int, JoinedBy] = {}
        elsewhere = (node.url_id, own or 0)
        for neighbour in self._same_story_parts(node, elsewhere):
            ties.setdefault(_id(neighbour), JoinedBy.PART)
        if node.part_of is not None:
            return ties
        for neighbour in self._namesakes(node, elsewhere):
            if _id(neighbour) not in ties and self._resemble(node, neighbour):
                ties[_id(neighbour)] = JoinedBy.CANONICAL
        for neighbour in self._firsts("AND fetch.body_digest = ?", node.body_digest, elsewhere):
            ties.setdefault(_id(neighbour), JoinedBy.PAYLOAD)
        for neighbour in self._firsts("AND capture.text_key = ?", node.text_key, elsewhere):
            ties.setdefault(_id(neighbour), JoinedBy.TEXT)
        return ties

    def _same_story_parts(self, node: Node, elsewhere: tuple[int, int]) -> Iterator[Node]:
        first = node.part_of or node.url
        yield from self._others("AND url.part_of = ? AND capture.part_number > 1", first, elsewhere)
        if node.part_of is not None:
            yield from self._firsts("AND url.url = ?", first, elsewhere)

    def _namesakes(self, node: Node, elsewhere: tuple[int, int]) -> Iterator[Node]:
        """Yield the page that a page names as canonical, and the pages that name the same URL or the page itself."""
        if node.canonical_url != node.url:
            yield from self._firsts("AND url.url = ?", node.canonical_url, elsewhere)
        for name in {node.canonical_url, node.url}:
            yield from self._firsts("AND capture.canonical_url = ?", name, elsewhere, limit=MAX_NAMESAKES)

    def _firsts(
        self, condition: str, value: str | bytes | None, elsewhere: tuple[int, int], *, limit: int = -1
    ) -> Iterator[Node]:
        """Yield nodes that are no later pages of split articles."""
        return self._others(f"{condition} AND coalesce(capture.part_number, 1) = 1", value, elsewhere, limit=limit)

    def _others(
        self, condition: str, value: str | bytes | None, elsewhere: tuple[int, int], *, limit: int = -1
    ) -> Iterator[Node]:
        """Yield nodes that are in an article, but neither this URL nor in this article."""
        other = (
            f"{condition} AND capture.url_id != ? AND capture.article_id != ? ORDER BY capture.fetch_id LIMIT {limit:d}"
        )
        return self._nodes(other, value, *elsewhere)

    def _nodes(self, condition: str, *values: object) -> Iterator[Node]:
        for row in self._db.execute(f"{_NODES} {condition}", values).fetchall():
            yield Node(**dict(zip(row.keys(), row, strict=True)))

    def _resemble(self, one: Node, other: Node) -> bool:
        """Tell whether a page that names another one really is that article.

        Some templates name one and the same canonical URL on every page; believing them would lose all but one article.
        """
        if one.text_key == other.text_key:
            return True
        return resemblance(self._text(one), self._text(other)) >= MIN_CANONICAL_RESEMBLANCE

    def _text(self, node: Node) -> str:
        return str(self._db.execute("SELECT body FROM text WHERE hash = ?", (node.text_hash,)).fetchone()[0])

    def _article_of(self, url_id: int) -> int | None:
        row = self._db.execute(
            "SELECT article_id FROM capture WHERE url_id = ? AND article_id IS NOT NULL LIMIT 1", (url_id,)
        ).fetchone()
        return None if row is None else int(row[0])

    def _speaking_url(self, article_id: int | None) -> str | None:
        row = self._db.execute(
            """SELECT url.url FROM article JOIN capture ON fetch_id = capture_id JOIN url ON url.id = url_id
               WHERE article.id = ?""",
            (article_id,),
        ).fetchone()
        return None if row is None else str(row[0])

    # -- rearranging ----------------------------------------------------------------------------------------------

    def _rearrange(self, articles: Collection[int], url_id: int, now: float) -> None:
        """Make the articles that a URL and the URLs of some articles ought to be."""
        before = {article_id: self._urls_of(article_id) for article_id in articles}
        url_ids = sorted({url_id}.union(*before.values()))
        nodes = [node for one in url_ids for node in self._nodes("AND capture.url_id = ?", one)]
        marks = ", ".join("?" * len(articles))
        left = dict(self._db.execute(f"SELECT id, uid FROM article WHERE id IN ({marks})", tuple(articles)).fetchall())
        self._db.executemany("DELETE FROM alias WHERE article_id = ?", [(article_id,) for article_id in left])
        groups = Components(nodes, self._resemble)
        for members in groups:
            known = {_name(node.url) for node in members}
            named = next((one for one, name in sorted(left.items()) if name in known), None)
            if named is None:
                named = self._new_article(self._first_stored(members), now)
            left.pop(named, None)
            self._settle(named, members, groups.ties)
            self._let_speak(named, members, now, changed=before.get(named) != {node.url_id for node in members})
        self._db.executemany(
            "UPDATE capture SET article_id = NULL WHERE url_id = ? AND reason IS NOT NULL", [(one,) for one in url_ids]
        )
        self._db.executemany("DELETE FROM article WHERE id = ?", [(article_id,) for article_id in left])

    def _urls_of(self, article_id: int) -> set[int]:
        rows = self._db.execute("SELECT DISTINCT url_id FROM capture WHERE article_id = ?", (article_id,))
        return {row[0] for row in rows}

    def _settle(self, article_id: int, members: Sequence[Node], ties: dict[int, JoinedBy]) -> None:
        """Put URLs into an article, and let them and the URLs that they name stand for it."""
        self._db.executemany(
            "UPDATE capture SET article_id = ? WHERE url_id = ? AND reason IS NULL AND article_id IS NOT ?",
            [(article_id, node.url_id, article_id) for node in members],
        )
        speaker = min(members, key=_rank)
        for node in members:
            joined_by = JoinedBy.NEW if node is speaker else ties[node.url_id]
            self._db.execute("INSERT OR REPLACE INTO alias VALUES (?, ?, ?)", (node.url, article_id, joined_by))
        for named in sorted({node.part_of or node.canonical_url for node in members}):
            self._db.execute("INSERT OR IGNORE INTO alias VALUES (?, ?, ?)", (named, article_id, JoinedBy.CANONICAL))

    def _let_speak(self, article_id: int, members: Sequence[Node], now: float, *, changed: bool) -> None:
        """Choose the capture that speaks for an article; the article changes when that, or its URLs, change."""
        self._db.execute(
            """UPDATE article SET capture_id = :speaker, changed_at = :now
               WHERE id = :id AND (:changed OR capture_id != :speaker OR changed_at = 0)""",
            {"id": article_id, "speaker": min(members, key=_rank).fetch_id, "changed": changed, "now": now},
        )

    def _first_stored(self, members: Sequence[Node]) -> Node:
        if len(members) == 1:
            return members[0]
        return min(members, key=lambda node: self._first_capture(node.url_id))

    def _first_capture(self, url_id: int) -> int:
        row = self._db.execute("SELECT min(fetch_id) FROM capture WHERE url_id = ? AND reason IS NULL", (url_id,))
        return int(row.fetchone()[0])

    def _new_article(self, node: Node, now: float) -> int:
        cursor = self._db.execute(
            "INSERT INTO article (uid, capture_id, stored_at, changed_at) VALUES (?, ?, ?, ?)",
            (_name(node.url), node.fetch_id, now, now),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid


def _name(url: str) -> str:
    """Return the name of an article that was first stored under ``url``.

    64 bits: among ten million articles the odds that any two share a name are 1 in 370,000.
    """
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def _rank(node: Node) -> tuple[object, ...]:
    return rank(url=node.url, canonical_url=node.canonical_url, published=node.published, part_number=node.part_number)


def _id(node: Node) -> int:
    assert node.article_id is not None
    return node.article_id
