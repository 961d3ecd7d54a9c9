"""What came of each site's visits, run by run: the history by which its alarms are judged.

A run's counts are written by the transactions that store its visits, so that a killed run is neither lost nor counted
twice, and nothing has to be counted again in a corpus of millions. Runs of days that are over are added up to one row a
day. What follows from the counts is decided when it is asked (`collector.health`).

The keys of the counts:

==========================  =======================================================================================
``feed/listed``             a kind of URL, and what came of visiting it (`corpus.store`), HTTP errors by their status:
                            ``article/removed/http-404``
``new/kept``                the same of articles that were fetched for the first time
``articles``                articles' texts that came, new or changed, whatever they were joined with; of them:
``lacks/title``             … have no title, ``authors``, ``published``, or neither of the last two (``origin``)
``words/40``                … have so many words: the number is `word_bin`
``paywalled``, ``garbled``  … say that they are not for free; were read in a wrong encoding
``charset/utf-8``           … came in an encoding
``language/en``             … are in a language
``hour/13``                 new articles by hour of the day (UTC) in which they were stored
``status/403``              answers by status
``size/56``                 bodies of articles' pages, new or changed, by bytes: `word_bin` of them
``named/feed``              URLs that feeds named; ``empty/feed``: readings of feeds that named none
==========================  =======================================================================================
"""

import json
import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from corpus.garbled import is_garbled
from corpus.types import Article, Kind, Reason
from corpus.visits import Visit

DAY_SECONDS = 86_400.0
#: HTTP statuses by which a server refuses whoever asks.
REFUSALS = frozenset({401, 403, 407, 429, 451})
#: Runs of days that lie further back than this are added up by day: those of today and yesterday are kept apart.
_DAYS_BY_RUN = 1
#: Bins of text length to a doubling: a bin is a fifth wider than the one below.
BINS_A_DOUBLING = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A run's visits to a site, or those of all runs of a day; times in Unix seconds."""

    site: str
    #: Since 1970-01-01, UTC.
    day: int
    #: 0 for all runs of the day.
    run_id: int
    #: First and last visit.
    began_at: float
    ended_at: float
    runs: int
    counts: Mapping[str, int]


def word_bin(words: int) -> int:
    """Return the bin of a text's length.

    >>> word_bin(50), word_bin(100), word_bin(400)
    (23, 27, 35)
    """
    return round(BINS_A_DOUBLING * math.log2(max(words, 1)))


def words_of(bin_number: int) -> float:
    """Return the length in the middle of a bin.

    >>> round(words_of(35))
    431
    """
    return float(2 ** (bin_number / BINS_A_DOUBLING))


# -- counting ---------------------------------------------------------------------------------------------------------


def enter_visits(
    db: sqlite3.Connection, run_id: int, started_at: float, visits: Iterable[tuple[Visit, str]], now: float
) -> None:
    """Add visits and their outcomes to a run's counts, inside the transaction that stores them."""
    by_site: dict[str, Counter[str]] = {}
    for visit, outcome in visits:
        by_site.setdefault(visit.lease.site, Counter()).update(_counts_of(visit, outcome, now))
    day = int(started_at // DAY_SECONDS)
    for site, counts in by_site.items():
        row = db.execute(
            "SELECT counts FROM site_run WHERE site = ? AND day = ? AND run_id = ?", (site, day, run_id)
        ).fetchone()
        if row is not None:
            counts.update(json.loads(row[0]))
        db.execute(
            """INSERT INTO site_run VALUES (:site, :day, :run, :now, :now, 1, :counts)
               ON CONFLICT DO UPDATE SET ended_at = :now, counts = :counts""",
            {"site": site, "day": day, "run": run_id, "now": now, "counts": _packed(counts)},
        )


def _counts_of(visit: Visit, outcome: str, now: float) -> Iterator[str]:
    lease, fetch = visit.lease, visit.fetch
    if outcome == "unchanged" and fetch is not None and fetch.status in REFUSALS:
        # A page that is removed again says nothing new; a wall that still stands does.
        outcome = f"removed/{Reason.HTTP_ERROR}"
    if outcome == f"removed/{Reason.HTTP_ERROR}" and fetch is not None:
        outcome = f"removed/http-{fetch.status}"
    yield f"{lease.kind}/{outcome}"
    if fetch is not None:
        yield f"status/{fetch.status}"
    if visit.listing:
        named = sum(found.kind in {Kind.ARTICLE, Kind.SITEMAP} for found in visit.discoveries)
        yield from [f"named/{lease.kind}"] * named or [f"empty/{lease.kind}"]
    if lease.kind is not Kind.ARTICLE:
        return
    if outcome == "kept":
        yield f"hour/{datetime.fromtimestamp(now, UTC).hour}"
    if lease.fetched_at is None and not outcome.startswith("deferred/"):
        yield f"new/{outcome}"
    if visit.verdict is not None and fetch is not None and fetch.status == 200:
        yield f"size/{word_bin(fetch.wire_bytes)}"
    if isinstance(visit.verdict, Article):
        yield from _facts_of(visit.verdict)


def _facts_of(article: Article) -> Iterator[str]:
    yield "articles"
    yield f"words/{word_bin(article.words)}"
    yield f"language/{article.language}"
    for name in ("title", "authors", "published"):
        if not getattr(article, name):
            yield f"lacks/{name}"
    if not article.authors and article.published is None:
        yield "lacks/origin"
    if article.paywalled:
        yield "paywalled"
    if article.charset is not None:
        yield f"charset/{article.charset}"
    if is_garbled(article.text):
        yield "garbled"


def _packed(counts: Mapping[str, int]) -> str:
    return json.dumps(counts, sort_keys=True, separators=(",", ":"))


# -- reading ----------------------------------------------------------------------------------------------------------


def read_history(db: sqlite3.Connection, site: str, *, since: float) -> list[Stretch]:
    """Return a site's stretches that began on the day of ``since`` (Unix seconds) or later, in order of time."""
    rows = db.execute(
        "SELECT * FROM site_run WHERE site = ? AND day >= ? ORDER BY began_at", (site, int(since // DAY_SECONDS))
    )
    return [_stretch(row) for row in rows]


def read_run(db: sqlite3.Connection, site: str, run_id: int, started_at: float) -> Stretch | None:
    """Return a run's visits to a site, None if it made none."""
    row = db.execute(
        "SELECT * FROM site_run WHERE site = ? AND day = ? AND run_id = ?",
        (site, int(started_at // DAY_SECONDS), run_id),
    ).fetchone()
    return None if row is None else _stretch(row)


def count_totals(db: sqlite3.Connection) -> dict[str, Counter[str]]:
    """Return the counts of each site since its first crawl."""
    totals: dict[str, Counter[str]] = {}
    for row in db.execute("SELECT site, counts FROM site_run"):
        totals.setdefault(row["site"], Counter()).update(json.loads(row["counts"]))
    return totals


def _stretch(row: sqlite3.Row) -> Stretch:
    return Stretch(**{**{name: row[name] for name in row.keys()}, "counts": json.loads(row["counts"])})  # noqa: SIM118


# -- folding ----------------------------------------------------------------------------------------------------------


def fold_days(db: sqlite3.Connection, site: str, now: float) -> None:
    """Add up the runs of days that are over for some time, inside the caller's transaction."""
    until = int(now // DAY_SECONDS) - _DAYS_BY_RUN
    days = db.execute(
        "SELECT DISTINCT day FROM site_run WHERE site = ? AND day < ? AND run_id != 0", (site, until)
    ).fetchall()
    for (day,) in days:
        rows = [_stretch(row) for row in db.execute("SELECT * FROM site_run WHERE site = ? AND day = ?", (site, day))]
        counts: Counter[str] = Counter()
        for row in rows:
            counts.update(row.counts)
        db.execute("DELETE FROM site_run WHERE site = ? AND day = ?", (site, day))
        db.execute(
            "INSERT INTO site_run VALUES (?, ?, 0, ?, ?, ?, ?)",
            (
                site,
                day,
                min(row.began_at for row in rows),
                max(row.ended_at for row in rows),
                sum(row.runs for row in rows),
                _packed(counts),
            ),
        )
