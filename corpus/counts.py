"""Counts over the corpus: what `collector stats` shows."""

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from corpus.articles import utc
from corpus.duplication import Duplication, count_duplication
from corpus.folder import CorpusFolder
from corpus.outlines import list_templates


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCount:
    """What there is of one site."""

    site: str
    articles: int
    words: int
    #: URLs known, of every kind.
    urls: int
    removed: int
    failed: int
    #: URLs that wait to be fetched, now or later.
    waiting: int
    #: Different articles from which it is known what the site repeats; 0 where that is not known.
    learned_from: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCount:
    """A run and what came of it."""

    id: int
    #: crawl, ingest, reclean.
    command: str
    sites: tuple[str, ...]
    started_at: datetime
    #: None while it is running.
    ended_at: datetime | None
    #: running, finished, interrupted, failed.
    state: str
    note: str | None
    #: Outcome -> number of pages.
    counters: dict[str, int]

    @property
    def seconds(self) -> float | None:
        """How long it took, None while it is running."""
        return None if self.ended_at is None else (self.ended_at - self.started_at).total_seconds()

    @classmethod
    def of(cls, row: sqlite3.Row) -> Self:
        """Return the counts of a row of table ``run``."""
        return cls(
            id=row["id"],
            command=row["command"],
            sites=tuple(json.loads(row["sites"])),
            started_at=utc(row["started_at"]),
            ended_at=None if row["ended_at"] is None else utc(row["ended_at"]),
            state=row["state"],
            note=row["note"],
            counters=json.loads(row["counters"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Counts over the corpus, or over one site of it."""

    articles: int
    sites: tuple[SiteCount, ...]
    #: Language -> articles, most first.
    languages: dict[str, int]
    #: Day of publication -> articles, in order of time.
    days: dict[date, int]
    #: Articles without a day of publication.
    undated: int
    #: Reason -> URLs whose last visit ended so, most first.
    removals: dict[str, int]
    #: Error -> URLs whose last visit ended so, most first.
    failures: dict[str, int]
    #: What is said of the use of articles' pages -> articles: ``tdm-reservation reserved (record)``, most first.
    rights: dict[str, int]
    #: canonical, payload, text, part -> URLs that stand for an article beside the one that speaks for it.
    duplicates: dict[str, int]
    #: Copies and versions among the articles, by site …
    duplication: tuple[Duplication, ...]
    #: … and by credited agency, most articles first.
    agencies: tuple[Duplication, ...]
    #: URLs that may be fetched now …
    due: int
    #: … or later, and when the first of them may.
    due_later: int
    next_due_at: datetime | None
    #: Runs, the last first.
    runs: tuple[RunCount, ...]
    #: Bytes of the WARC files in the folder, and their number.
    archive_bytes: int
    archive_files: int
    #: Bytes of the database.
    database_bytes: int


def count_corpus(
    db: sqlite3.Connection, folder: CorpusFolder, *, now: datetime, site: str | None, most_runs: int
) -> Counts:
    """Count what is in the corpus; see `corpus.reader.Corpus.counts`."""
    days = _days(db, site)
    undated = days.pop("", 0)
    outcomes = _outcomes(db, site)
    due, due_later, next_due_at = _due(db, site, now)
    files = [file for file in folder.archive.rglob("*") if file.is_file()] if folder.archive.is_dir() else []
    sites = _sites(db, site)
    duplication, agencies = count_duplication(db, site)
    return Counts(
        articles=sum(one.articles for one in sites),
        sites=sites,
        languages=_languages(db, site),
        days={date.fromisoformat(day): number for day, number in days.items()},
        undated=undated,
        removals=_below("removed/", outcomes),
        failures=dict((Counter(_below("failed/", outcomes)) + Counter(_below("deferred/", outcomes))).most_common()),
        rights=_rights(db, site),
        duplicates=_duplicates(db, site),
        duplication=duplication,
        agencies=agencies,
        due=due,
        due_later=due_later,
        next_due_at=next_due_at,
        runs=_runs(db, site, most_runs),
        archive_bytes=sum(file.stat().st_size for file in files),
        archive_files=len(files),
        database_bytes=sum(file.stat().st_size for file in folder.root.glob(f"{folder.database.name}*")),
    )


_OF_SITE = "(:site IS NULL OR url.site = :site)"
_SPEAKERS = """article JOIN capture ON capture.fetch_id = article.capture_id JOIN url ON url.id = capture.url_id"""


def _sites(db: sqlite3.Connection, site: str | None) -> tuple[SiteCount, ...]:
    rows = db.execute(
        f"""SELECT site, count(*) AS urls, sum(outcome LIKE 'removed/%') AS removed,
                   sum(outcome LIKE 'failed/%' OR outcome LIKE 'deferred/%') AS failed, sum(state = 'due') AS waiting
            FROM url WHERE {_OF_SITE} GROUP BY site ORDER BY site""",
        {"site": site},
    ).fetchall()
    articles = db.execute(
        f"SELECT url.site, count(*), sum(words) FROM {_SPEAKERS} WHERE {_OF_SITE} GROUP BY url.site", {"site": site}
    )
    kept = {name: (number, words) for name, number, words in articles}
    learned = {template.site: template.articles for template in list_templates(db)}
    return tuple(
        SiteCount(
            site=row["site"],
            articles=kept.get(row["site"], (0, 0))[0],
            words=kept.get(row["site"], (0, 0))[1],
            urls=row["urls"],
            removed=row["removed"] or 0,
            failed=row["failed"] or 0,
            waiting=row["waiting"],
            learned_from=learned.get(row["site"], 0),
        )
        for row in rows
    )


def _languages(db: sqlite3.Connection, site: str | None) -> dict[str, int]:
    rows = db.execute(
        f"SELECT language, count(*) FROM {_SPEAKERS} WHERE {_OF_SITE} GROUP BY 1 ORDER BY 2 DESC, 1", {"site": site}
    )
    return dict(rows.fetchall())


def _days(db: sqlite3.Connection, site: str | None) -> dict[str, int]:
    rows = db.execute(
        f"""SELECT coalesce(substr(published, 1, 10), ''), count(*) FROM {_SPEAKERS} WHERE {_OF_SITE}
            GROUP BY 1 ORDER BY 1""",
        {"site": site},
    )
    return dict(rows.fetchall())


def _outcomes(db: sqlite3.Connection, site: str | None) -> dict[str, int]:
    rows = db.execute(
        f"SELECT outcome, count(*) FROM url WHERE outcome IS NOT NULL AND {_OF_SITE} GROUP BY 1 ORDER BY 2 DESC, 1",
        {"site": site},
    )
    return dict(rows.fetchall())


def _below(prefix: str, outcomes: dict[str, int]) -> dict[str, int]:
    return {name.removeprefix(prefix): number for name, number in outcomes.items() if name.startswith(prefix)}


def _rights(db: sqlite3.Connection, site: str | None) -> dict[str, int]:
    rows = db.execute(
        f"""SELECT json_extract(said.value, '$.signal') || ' ' || json_extract(said.value, '$.stance') || ' ('
                   || json_extract(said.value, '$.action') || ')' AS name, count(DISTINCT article.id)
            FROM {_SPEAKERS}, json_each(capture.metadata, '$.rights') AS said WHERE {_OF_SITE}
            GROUP BY 1 ORDER BY 2 DESC, 1""",
        {"site": site},
    )
    return dict(rows.fetchall())


def _duplicates(db: sqlite3.Connection, site: str | None) -> dict[str, int]:
    # Aliases without a capture were only named, never fetched.
    rows = db.execute(
        f"""SELECT joined_by, count(*) FROM alias JOIN url USING (url)
            WHERE joined_by != 'new' AND {_OF_SITE} AND EXISTS (
                SELECT 1 FROM capture WHERE capture.url_id = url.id AND capture.article_id IS NOT NULL)
            GROUP BY 1 ORDER BY 2 DESC, 1""",
        {"site": site},
    )
    return dict(rows.fetchall())


def _due(db: sqlite3.Connection, site: str | None, now: datetime) -> tuple[int, int, datetime | None]:
    row = db.execute(
        f"""SELECT coalesce(sum(at <= :now), 0), coalesce(sum(at > :now), 0), min(CASE WHEN at > :now THEN at END)
            FROM (SELECT max(due_at, coalesce(next_at, 0)) AS at FROM url LEFT JOIN host USING (host)
                  WHERE state = 'due' AND {_OF_SITE})""",
        {"site": site, "now": now.timestamp()},
    ).fetchone()
    return row[0], row[1], None if row[2] is None else utc(row[2])


def _runs(db: sqlite3.Connection, site: str | None, most: int) -> tuple[RunCount, ...]:
    rows = db.execute(
        """SELECT * FROM run WHERE :site IS NULL OR :site IN (SELECT value FROM json_each(sites))
           ORDER BY id DESC LIMIT :most""",
        {"site": site, "most": most},
    )
    return tuple(map(RunCount.of, rows))
