"""Cleans every archived page again, without a request: with a newer cleaner, or with other settings.

What was cleaned with the version and settings in force is skipped, so that an interrupted `reclean` goes on where it
was. Then every site is learned anew from all its pages, and what the new templates change is cleaned once more: in the
end an archive gives the same texts in whatever order it came together.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator

from collector.again import CAPTURES, Changes, clean_again
from collector.crawl import Crawl
from collector.rights.reconsider import reconsider
from collector.settle import clean_unsettled, learn_sites
from collector.tasks import cleaner_name
from collector.workers import Workers
from corpus.types import Reason
from corpus.upkeep import catch_up

#: Removals that no cleaner decided.
_NOT_BY_CONTENT = (Reason.HTTP_ERROR, Reason.REDIRECTED, Reason.REDIRECT_LOOP, Reason.OFFSITE)


def count_stale(crawl: Crawl, *, everything: bool) -> int:
    """Return how many captures there are to clean again."""
    row = crawl.store.db.execute(
        f"SELECT count(*) FROM capture WHERE {_STALE}",
        _binding(crawl, everything=everything),
    ).fetchone()
    return int(row[0])


_STALE = (
    "(:everything OR capture.cleaner != :cleaner) AND coalesce(capture.reason, '') NOT IN "
    f"({', '.join(repr(reason.value) for reason in _NOT_BY_CONTENT)})"
    # What retention released stays as it was judged.
    " AND NOT EXISTS (SELECT 1 FROM fetch WHERE id = capture.fetch_id AND released_at IS NOT NULL)"
)


def _binding(crawl: Crawl, *, everything: bool) -> dict[str, str | bool]:
    return {"everything": everything, "cleaner": cleaner_name(crawl.cleaner)}


def reclean(crawl: Crawl, workers: Workers, *, everything: bool, shown: Callable[[str], None]) -> Changes:
    """Clean again what was not cleaned with the version and settings in force.

    Args:
        crawl: The open corpus.
        workers: The cleaning processes.
        everything: Clean also what is up to date.
        shown: Told the URL of each page that is done.

    Raises:
        CollectorError: The corpus cannot be read or written; what is done so far is stored.
    """
    return asyncio.run(_reclean(crawl, workers, everything=everything, shown=shown))


async def _reclean(crawl: Crawl, workers: Workers, *, everything: bool, shown: Callable[[str], None]) -> Changes:
    changes = Changes()
    await clean_again(crawl, workers, _captures(crawl, everything=everything), changes, shown)
    learned = learn_sites(crawl.store, crawl.cleaner.repeats, crawl.now(), everything=True)
    await clean_unsettled(crawl, workers, learned, changes, shown)
    with crawl.store.transaction():
        crawl.store.drop_unused_texts()
    catch_up(crawl.store)
    changes.due = reconsider(crawl)
    return changes


def _captures(crawl: Crawl, *, everything: bool) -> Iterator[sqlite3.Row]:
    """Yield captures by fetch, page by page of the database, so that no read transaction spans the writes."""
    last = 0
    while True:
        rows = crawl.store.db.execute(
            f"{CAPTURES} WHERE capture.fetch_id > :last AND {_STALE} ORDER BY capture.fetch_id LIMIT 200",
            {"last": last, **_binding(crawl, everything=everything)},
        ).fetchall()
        if not rows:
            return
        yield from rows
        last = rows[-1]["fetch_id"]
