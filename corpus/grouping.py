"""Grouping: which URLs are one article, and which of them speaks for it.

What a URL shows is its newest kept capture. A URL belongs with

* the first page of the story that it is a later page of,
* the page that it names as canonical, if that has ever shown a text that resembles what the URL shows, and with other
  pages that name the same one and show such a text,
* the page that stands best for the payload, and for the normalised text, that it shows: the one with the least `rank`
  among all that have ever shown it.

An article is a set of URLs that these ties connect. They do not depend on the order in which captures came, so the
same captures make the same articles in every order. And what a URL shows ties it to one page only, for as long as it
shows it: a "site under maintenance" page, once stored, cannot glue a site's articles together for good, while a twin
that was not fetched since its story was updated stays with the story.

An article is named after the first URL it was stored under, and keeps that name as long as it has that URL.
Near-duplicates are not decided here.
"""

import hashlib
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from corpus.components import Components
from corpus.dedup import JoinedBy
from corpus.ties import Capture, Ties


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
        self._ties = Ties(db)

    def place(self, url_id: int, now: float, *, fetch_id: int | None = None) -> Placement | None:
        """Bring the articles up to date after a URL's captures changed.

        Args:
            url_id: The URL.
            now: Unix seconds.
            fetch_id: The capture that is new; None where any of them may have changed.

        Returns:
            Where the URL belongs now, None if it has no kept capture (any more).
        """
        shown = self._ties.shown(url_id)
        own = self._article_of(url_id)
        touched = set() if own is None else {own}
        if shown is not None:
            touched |= {
                other.article_id for other in self._ties.neighbours(shown, fetch_id) if other.article_id is not None
            }
        spoke = {article_id: self._speaking_url(article_id) for article_id in touched}
        components = self._rearrange(touched, url_id, now)
        article_id = self._article_of(url_id)
        if article_id is None:
            return None
        name = self._db.execute("SELECT uid FROM article WHERE id = ?", (article_id,)).fetchone()[0]
        joined_by = JoinedBy.URL if article_id == own else components.ties.get(url_id, JoinedBy.NEW)
        beside = None if joined_by is JoinedBy.NEW else spoke.get(article_id) or self._speaking_url(article_id)
        return Placement(article=name, joined_by=joined_by, beside=beside)

    # -- what is stored -------------------------------------------------------------------------------------------

    def _article_of(self, url_id: int) -> int | None:
        row = self._db.execute(
            "SELECT article_id FROM capture WHERE url_id = ? AND article_id IS NOT NULL LIMIT 1", (url_id,)
        ).fetchone()
        return None if row is None else int(row[0])

    def _urls_of(self, article_id: int) -> set[int]:
        rows = self._db.execute("SELECT DISTINCT url_id FROM capture WHERE article_id = ?", (article_id,))
        return {row[0] for row in rows}

    def _speaking_url(self, article_id: int) -> str:
        row = self._db.execute(
            """SELECT url.url FROM article JOIN capture ON fetch_id = capture_id JOIN url ON url.id = url_id
               WHERE article.id = ?""",
            (article_id,),
        ).fetchone()
        return str(row[0])

    # -- rearranging ----------------------------------------------------------------------------------------------

    def _rearrange(self, articles: Collection[int], url_id: int, now: float) -> Components:
        """Make the articles that a URL and the URLs of some articles ought to be."""
        before = {article_id: self._urls_of(article_id) for article_id in articles}
        url_ids = sorted({url_id}.union(*before.values()))
        shown = {one: capture for one in url_ids if (capture := self._ties.shown(one)) is not None}
        marks = ", ".join("?" * len(articles))
        left = dict(self._db.execute(f"SELECT id, uid FROM article WHERE id IN ({marks})", tuple(articles)).fetchall())
        self._db.executemany("DELETE FROM alias WHERE article_id = ?", [(article_id,) for article_id in left])
        components = self._ties.connect(shown)
        for members in components:
            captures = [shown[one] for one in members]
            known = {_name(capture.url) for capture in captures}
            article_id = next((one for one, name in sorted(left.items()) if name in known), None)
            if article_id is None:
                article_id = self._new_article(self._first_stored(captures), now)
            left.pop(article_id, None)
            self._settle(article_id, captures, components)
            self._let_speak(article_id, captures, now, changed=before.get(article_id) != set(members))
        self._db.executemany(
            "UPDATE capture SET article_id = NULL WHERE url_id = ? AND reason IS NOT NULL", [(one,) for one in url_ids]
        )
        self._db.executemany("DELETE FROM article WHERE id = ?", [(article_id,) for article_id in left])
        return components

    def _settle(self, article_id: int, captures: Sequence[Capture], components: Components) -> None:
        """Put URLs into an article, and let them and the URLs that they name stand for it."""
        self._db.executemany(
            "UPDATE capture SET article_id = ? WHERE url_id = ? AND reason IS NULL AND article_id IS NOT ?",
            [(article_id, capture.url_id, article_id) for capture in captures],
        )
        speaker = min(captures, key=lambda capture: capture.rank)
        for capture in captures:
            joined_by = JoinedBy.NEW if capture is speaker else components.ties[capture.url_id]
            self._db.execute("INSERT OR REPLACE INTO alias VALUES (?, ?, ?)", (capture.url, article_id, joined_by))
        for named in sorted({capture.part_of or capture.canonical_url for capture in captures}):
            self._db.execute("INSERT OR IGNORE INTO alias VALUES (?, ?, ?)", (named, article_id, JoinedBy.CANONICAL))

    def _let_speak(self, article_id: int, captures: Sequence[Capture], now: float, *, changed: bool) -> None:
        """Choose the capture that speaks for an article; the article changes when that, or its URLs, change."""
        self._db.execute(
            """UPDATE article SET capture_id = :speaker, changed_at = :now
               WHERE id = :id AND (:changed OR capture_id != :speaker OR changed_at = 0)""",
            {
                "id": article_id,
                "speaker": min(captures, key=lambda capture: capture.rank).fetch_id,
                "changed": changed,
                "now": now,
            },
        )

    def _first_stored(self, captures: Sequence[Capture]) -> Capture:
        if len(captures) == 1:
            return captures[0]
        return min(captures, key=lambda capture: self._first_fetch(capture.url_id))

    def _first_fetch(self, url_id: int) -> int:
        row = self._db.execute("SELECT min(fetch_id) FROM capture WHERE url_id = ? AND reason IS NULL", (url_id,))
        return int(row.fetchone()[0])

    def _new_article(self, capture: Capture, now: float) -> int:
        cursor = self._db.execute(
            "INSERT INTO article (uid, capture_id, stored_at, changed_at) VALUES (?, ?, ?, ?)",
            (_name(capture.url), capture.fetch_id, now, now),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid


def _name(url: str) -> str:
    """Return the name of an article that was first stored under ``url``.

    64 bits: among ten million articles the odds that any two share a name are 1 in 370,000.
    """
    return hashlib.sha256(url.encode()).hexdigest()[:16]
