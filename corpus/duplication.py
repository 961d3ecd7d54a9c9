"""How much of a corpus is copied: by site, and by the agency that is credited."""

import sqlite3
from dataclasses import dataclass

from corpus.similar import rules_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplication:
    """How many of some articles say again what another one says."""

    #: Name of a site or an agency.
    name: str
    articles: int
    #: Articles whose cluster's canonical one is on another site …
    copies: int
    #: … or on the same.
    versions: int

    @property
    def rate(self) -> float:
        """Share of the articles that an export of canonical ones leaves out, in [0, 1]."""
        return (self.copies + self.versions) / self.articles if self.articles else 0.0


def count_duplication(
    db: sqlite3.Connection, site: str | None
) -> tuple[tuple[Duplication, ...], tuple[Duplication, ...]]:
    """Return the duplication by site, and by agency (most articles first), of a corpus or of one site of it."""
    return _count(db, "document.site", "1", site), _count(db, "document.agency", "2 DESC, 1", site)


def _count(db: sqlite3.Connection, name: str, order: str, site: str | None) -> tuple[Duplication, ...]:
    rows = db.execute(
        f"""SELECT {name}, count(*), sum(document.canonical != document.id AND leader.site != document.site),
                   sum(document.canonical != document.id AND leader.site = document.site)
            FROM document LEFT JOIN document AS leader ON leader.id = document.canonical
            WHERE {name} NOT NULL AND (:site IS NULL OR document.site = :site) GROUP BY 1 ORDER BY {order}""",
        {"site": site},
    )
    return tuple(Duplication(name=row[0], articles=row[1], copies=row[2] or 0, versions=row[3] or 0) for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories:
    """What is known of near-duplicates in a corpus."""

    #: Articles that were compared.
    articles: int
    #: Clusters: what an export of canonical articles holds.
    stories: int
    #: Articles that are a copy of another site's …
    copies: int
    #: … or a version of their own site's.
    versions: int
    #: Canonical articles that another article contains.
    excerpts: int
    #: Articles that changed since they were compared.
    waiting: int


def count_stories(db: sqlite3.Connection) -> Stories:
    """Count the stories of a corpus, and what was found to say them again."""
    row = db.execute(
        """SELECT count(*) AS articles, coalesce(sum(document.canonical = document.id), 0) AS stories,
                  coalesce(sum(document.canonical != document.id AND leader.site != document.site), 0) AS copies,
                  coalesce(sum(document.canonical != document.id AND leader.site = document.site), 0) AS versions
           FROM document LEFT JOIN document AS leader ON leader.id = document.canonical"""
    ).fetchone()
    return Stories(
        articles=row["articles"],
        stories=row["stories"],
        copies=row["copies"],
        versions=row["versions"],
        excerpts=_count_excerpts(db),
        waiting=db.execute("SELECT count(*) FROM stale").fetchone()[0],
    )


def _count_excerpts(db: sqlite3.Connection) -> int:
    rules = rules_in_force(db)
    row = db.execute(
        """SELECT count(DISTINCT CASE WHEN low.shingles < high.shingles THEN low.id ELSE high.id END)
           FROM twin JOIN document AS low ON low.id = twin.low JOIN document AS high ON high.id = twin.high
           WHERE low.canonical = low.id AND high.canonical = high.id
             AND min(low.shingles, high.shingles) >= :short
             AND shared >= :containment * min(low.shingles, high.shingles)""",
        {"short": rules.short_shingles, "containment": rules.containment},
    ).fetchone()
    return int(row[0])
