"""Lists of what is in the corpus: headlines, pages that were removed, URLs that wait; a line each, without texts."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from corpus.articles import utc
from corpus.ledger import parse_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """An article without its text."""

    #: The article's stable name.
    id: str
    url: str
    site: str
    title: str | None
    language: str
    published: date | datetime | None
    #: Words of its text, all pages together.
    words: int
    #: When this version of it was fetched, in UTC.
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedPage:
    """A URL that did not become an article."""

    url: str
    site: str
    #: A `corpus.types.Reason`, or ``failed/`` and the kind of failure.
    reason: str
    evidence: str
    #: When it was fetched, in UTC; None for a URL that was refused before.
    fetched_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingUrl:
    """A URL that waits to be fetched."""

    url: str
    site: str
    #: A `corpus.types.Kind`.
    kind: str
    #: When it may be fetched at the earliest, in UTC: its own time or its host's, whichever is later.
    due_at: datetime
    #: Failures in a row.
    attempts: int
    #: What came of the last attempt, None if there was none.
    outcome: str | None
    evidence: str | None
    #: Why its host is left alone, None if it is not.
    held: str | None


_WORDS_OF_PARTS = """
    coalesce((SELECT sum(words) FROM (
        SELECT part.words, row_number() OVER (
            PARTITION BY part.part_number ORDER BY fetch.fetched_at DESC, part.fetch_id DESC) AS age
        FROM capture AS part JOIN fetch ON fetch.id = part.fetch_id
        WHERE part.article_id = article.id AND part.part_number > 1
          AND part.part_number != coalesce(capture.part_number, 1)) WHERE age = 1), 0)
"""


def headlines(
    db: sqlite3.Connection,
    *,
    sites: Sequence[str],
    languages: Sequence[str],
    since: date | None,
    until: date | None,
    most: int | None,
) -> Iterator[Headline]:
    """Yield articles, the newest first; see `corpus.reader.Corpus.headlines`."""
    where, values = _where(
        _among("url.site", sites), _among("capture.language", languages), *_between("capture.published", since, until)
    )
    rows = db.execute(
        f"""SELECT article.uid, url.url, url.site, capture.title, capture.language, capture.published,
                   fetch.fetched_at, capture.words + {_WORDS_OF_PARTS} AS words
            FROM article JOIN capture ON capture.fetch_id = article.capture_id JOIN url ON url.id = capture.url_id
            JOIN fetch ON fetch.id = capture.fetch_id
            WHERE {where} ORDER BY capture.published IS NULL, capture.published DESC, article.uid LIMIT ?""",
        (*values, -1 if most is None else most),
    )
    for row in rows:
        yield Headline(
            id=row["uid"],
            url=row["url"],
            site=row["site"],
            title=row["title"],
            language=row["language"],
            published=parse_time(row["published"]),
            words=row["words"],
            fetched_at=utc(row["fetched_at"]),
        )


#: The reason, among those of `corpus.types.Reason`, that stands for every failure.
FAILED = "failed"
_REMOVED = "outcome >= 'removed/' AND outcome < 'removed0'"
_FAILED = "outcome >= 'failed/' AND outcome < 'failed0'"


def removed_pages(
    db: sqlite3.Connection,
    *,
    sites: Sequence[str],
    reasons: Sequence[str],
    since: date | None,
    until: date | None,
    most: int | None,
) -> Iterator[RemovedPage]:
    """Yield URLs that did not become articles, the last one first; see `corpus.reader.Corpus.removed`."""
    where, values = _where(
        _among("site", sites),
        _for_reasons(reasons),
        *_between("date(coalesce(fetched_at, found_at), 'unixepoch')", since, until),
    )
    rows = db.execute(
        f"""SELECT * FROM url WHERE ({_REMOVED} OR {_FAILED}) AND {where}
            ORDER BY coalesce(fetched_at, found_at) DESC, id DESC LIMIT ?""",
        (*values, -1 if most is None else most),
    )
    for row in rows:
        yield RemovedPage(
            url=row["url"],
            site=row["site"],
            reason=row["outcome"].removeprefix("removed/"),
            evidence=row["evidence"] or "",
            fetched_at=None if row["fetched_at"] is None else utc(row["fetched_at"]),
        )


def waiting_urls(db: sqlite3.Connection, *, sites: Sequence[str], most: int | None) -> Iterator[WaitingUrl]:
    """Yield URLs that wait, in the order in which they may be fetched; see `corpus.reader.Corpus.waiting`."""
    where, values = _where(_among("site", sites))
    rows = db.execute(
        f"""SELECT url.*, max(due_at, coalesce(next_at, 0)) AS at, note, next_at > due_at AS is_held
            FROM url LEFT JOIN host USING (host) WHERE state = 'due' AND {where}
            ORDER BY at, priority DESC, url.id LIMIT ?""",
        (*values, -1 if most is None else most),
    )
    for row in rows:
        yield WaitingUrl(
            url=row["url"],
            site=row["site"],
            kind=row["kind"],
            due_at=utc(row["at"]),
            attempts=row["attempts"],
            outcome=row["outcome"],
            evidence=row["evidence"],
            held=row["note"] if row["is_held"] else None,
        )


_Condition = tuple[str, tuple[str, ...]]


def _among(column: str, wanted: Sequence[str]) -> _Condition | None:
    return (f"{column} IN ({', '.join('?' * len(wanted))})", tuple(wanted)) if wanted else None


def _for_reasons(reasons: Sequence[str]) -> _Condition | None:
    removed = _among("outcome", [f"removed/{reason}" for reason in reasons if reason != FAILED])
    if FAILED not in reasons:
        return removed
    return (_FAILED, ()) if removed is None else (f"({removed[0]} OR {_FAILED})", removed[1])


def _between(column: str, since: date | None, until: date | None) -> tuple[_Condition | None, _Condition | None]:
    return (
        (f"{column} >= ?", (since.isoformat(),)) if since else None,
        (f"{column} < ?", (until.isoformat(),)) if until else None,
    )


def _where(*conditions: _Condition | None) -> _Condition:
    given = [condition for condition in conditions if condition is not None]
    return " AND ".join(["1", *(sql for sql, _ in given)]), tuple(value for _, values in given for value in values)
