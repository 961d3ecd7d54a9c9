"""Ties between URLs, read from what they show; what they make of the URLs is `corpus.grouping`'s."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from corpus.components import Components
from corpus.dedup import MIN_CANONICAL_RESEMBLANCE, JoinedBy, rank, resemblance

#: Pages that name one and the same canonical URL with which a page is compared, at most. A story has two to five
#: twins; a template that names the home page everywhere would have every page compared with all others.
MAX_NAMESAKES = 50

_KEPT = """
    SELECT capture.fetch_id, capture.url_id, url.url, capture.article_id, capture.canonical_url, capture.published,
           capture.text_key, capture.text_hash, fetch.body_digest, coalesce(capture.part_number, 1) AS part_number,
           CASE WHEN capture.part_number > 1 THEN url.part_of END AS part_of
    FROM capture JOIN fetch ON fetch.id = capture.fetch_id JOIN url ON url.id = capture.url_id
    WHERE capture.reason IS NULL
"""
_NEWEST = """AND NOT EXISTS (
    SELECT 1 FROM capture AS later JOIN fetch AS latest ON latest.id = later.fetch_id
    WHERE later.url_id = capture.url_id AND later.reason IS NULL
      AND (latest.fetched_at, latest.id) > (fetch.fetched_at, fetch.id))"""
_FIRST_PAGE = "AND coalesce(capture.part_number, 1) = 1"
#: The order of `rank`, for first pages.
_BEST = """ORDER BY url.url != capture.canonical_url, capture.published IS NULL, capture.published,
                       length(url.url), url.url LIMIT 1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A kept capture."""

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

    @property
    def rank(self) -> tuple[object, ...]:
        """Order of the captures that may speak for an article."""
        return rank(
            url=self.url,
            canonical_url=self.canonical_url,
            published=self.published,
            part_number=self.part_number,
        )


class Ties:
    """Finds the ties between the URLs of a corpus."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def shown(self, url_id: int) -> Capture | None:
        """Return what a URL shows: its newest kept capture; None where it has none."""
        return next(self._captures(f"AND capture.url_id = ? {_NEWEST}", url_id), None)

    def neighbours(self, shown: Capture, fetch_id: int | None) -> Iterator[Capture]:
        """Yield a capture of each article that a URL's captures may have an effect on."""
        yield from self._same_story(shown)
        if shown.part_of is not None:
            return
        yield from (other for other in self._namesakes(shown) if self._are_twins(shown, other))
        changed = "" if fetch_id is None else f"AND capture.fetch_id = {fetch_id:d}"
        for capture in [shown, *self._captures(f"AND capture.url_id = ? {changed}", shown.url_id)]:
            # Whoever stood best for a text until now: this URL joins it, or takes its place.
            for condition, value in _shows(capture):
                yield from self._captures(
                    f"{condition} {_FIRST_PAGE} AND capture.url_id != ? {_BEST}", value, shown.url_id
                )

    def connect(self, shown: Mapping[int, Capture]) -> Components:
        """Connect URLs by what they show."""
        components = Components(shown)
        by_url = sorted(shown.values(), key=lambda capture: capture.url)
        firsts = [capture for capture in by_url if capture.part_of is None]
        story = {capture.url: capture for capture in firsts}
        for capture in by_url:
            first = story.setdefault(capture.part_of or capture.url, capture)
            components.tie(capture.url_id, first.url_id, JoinedBy.PART)
        for one, other in _namesakes(firsts):
            known = one.url_id in components.ties and other.url_id in components.ties
            if not (known and components.connected(one.url_id, other.url_id)) and self._are_twins(one, other):
                components.tie(one.url_id, other.url_id, JoinedBy.CANONICAL)
        best: dict[str | bytes | None, int] = {}
        for joined_by in (JoinedBy.PAYLOAD, JoinedBy.TEXT):
            for capture in firsts:
                condition, value = _shows(capture)[joined_by is JoinedBy.TEXT]
                if value not in best:
                    stands = self._captures(f"{condition} {_FIRST_PAGE} {_BEST}", value)
                    best[value] = next((one.url_id for one in stands), capture.url_id)
                components.tie(capture.url_id, best[value], joined_by)
        return components

    def _same_story(self, shown: Capture) -> Iterator[Capture]:
        """Yield the pages of the story that a page is a page of."""
        first = shown.part_of or shown.url
        yield from self._captures(f"AND url.part_of = ? AND capture.part_number > 1 {_NEWEST}", first)
        yield from self._captures(f"AND url.url = ? {_FIRST_PAGE} {_NEWEST}", first)

    def _namesakes(self, shown: Capture) -> Iterator[Capture]:
        """Yield the page that a page names as canonical, and the pages that name the same one or the page itself."""
        if shown.canonical_url != shown.url:
            yield from self._captures(f"AND url.url = ? {_FIRST_PAGE} {_NEWEST}", shown.canonical_url)
        for name in sorted({shown.canonical_url, shown.url}):
            yield from self._captures(
                f"""AND capture.canonical_url = ? {_FIRST_PAGE} {_NEWEST} AND capture.url_id != ?
                    ORDER BY capture.fetch_id LIMIT {MAX_NAMESAKES:d}""",
                name,
                shown.url_id,
            )

    def _are_twins(self, one: Capture, other: Capture) -> bool:
        """Tell whether two pages that a canonical URL connects really are one story.

        Some templates name one and the same canonical URL on every page; believing them would lose all but one article.
        """
        if one.canonical_url == other.canonical_url and self._resemble(one, other):
            return True
        return self._resembles_any(one, other) or self._resembles_any(other, one)

    def _resembles_any(self, one: Capture, other: Capture) -> bool:
        """Tell whether a page names another as canonical and resembles what that shows or has shown."""
        if one.canonical_url != other.url:
            return False
        shown = self._captures(f"AND capture.url_id = ? {_FIRST_PAGE} ORDER BY fetch.fetched_at DESC", other.url_id)
        return any(self._resemble(one, version) for version in shown)

    def _resemble(self, one: Capture, other: Capture) -> bool:
        if one.text_key == other.text_key:
            return True
        return resemblance(self._text(one), self._text(other)) >= MIN_CANONICAL_RESEMBLANCE

    def _text(self, capture: Capture) -> str:
        row = self._db.execute("SELECT body FROM text WHERE hash = ?", (capture.text_hash,)).fetchone()
        # Texts are missing from a damaged database until its archive is cleaned again.
        return "" if row is None else str(row[0])

    def _captures(self, condition: str, *values: object) -> Iterator[Capture]:
        for row in self._db.execute(f"{_KEPT} {condition}", values).fetchall():
            yield Capture(**dict(zip(row.keys(), row, strict=True)))


def _shows(capture: Capture) -> tuple[tuple[str, bytes | None], tuple[str, bytes | None]]:
    """Return the conditions for captures with the same payload, and with the same text."""
    return ("AND fetch.body_digest = ?", capture.body_digest), ("AND capture.text_key = ?", capture.text_key)


def _namesakes(captures: Sequence[Capture]) -> Iterator[tuple[Capture, Capture]]:
    """Yield pairs of which one names the other as canonical, or both name the same URL."""
    for name in sorted({capture.canonical_url for capture in captures}):
        yield from combinations([one for one in captures if name in {one.url, one.canonical_url}], 2)
