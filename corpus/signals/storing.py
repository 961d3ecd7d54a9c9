"""Signals in the database: what is missing is computed in bulk, and stays until text or language change.

Texts are read and measured outside of any transaction, and stored a batch at a time, so that a crawl waits for
milliseconds at the most, and a process that is killed loses one batch. A row says what it was made of: when that is no
longer what the article says, the row is made anew.
"""

import multiprocessing
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from corpus.articles import PARTS, whole_text
from corpus.captures import unpack_cuts
from corpus.schema import connect, store_error
from corpus.signals.definitions import NAMES, VERSION
from corpus.signals.measuring import Signals, measure

#: Articles of one transaction: some milliseconds.
_BATCH = 500
#: Fewer articles than this are measured in this process: others take a second to begin.
_WORTH_PROCESSES = 3_000

_MISSING = f"""
    WITH part AS MATERIALIZED ({PARTS})
    SELECT article.id FROM article JOIN capture ON capture.fetch_id = article.capture_id
    LEFT JOIN part ON part.article_id = article.id LEFT JOIN quality ON quality.article_id = article.id
    WHERE quality.article_id IS NULL OR quality.version != {VERSION} OR quality.text_hash != capture.text_hash
       OR quality.language != capture.language OR quality.language_confidence != capture.confidence
       OR quality.parts IS NOT part.texts
    ORDER BY article.id
"""
_READ = f"""
    WITH part AS MATERIALIZED ({PARTS})
    SELECT article.id AS article_id, capture.fetch_id, capture.part_number, capture.text_hash, capture.language,
           capture.confidence, capture.cuts, text.body, part.texts
    FROM article JOIN capture ON capture.fetch_id = article.capture_id JOIN text ON text.hash = capture.text_hash
    LEFT JOIN part ON part.article_id = article.id
    WHERE article.id IN ({{0}})
"""
_COLUMNS = ("article_id", "version", "text_hash", "parts", "language", *NAMES)
_STORE = f"INSERT OR REPLACE INTO quality ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"


@dataclass(frozen=True, slots=True)
class _Text:
    """What is measured, fit to be sent to another process."""

    article_id: int
    text_hash: bytes
    parts: str | None
    text: str
    language: str
    confidence: float
    cuts: bytes | None


def measure_missing(
    database: Path,
    *,
    found: Callable[[int], object] = lambda _: None,
    shown: Callable[[int], object] = lambda _: None,
    processes: int = 1,
) -> int:
    """Compute and store the signals of every article that has none, or others than its text has now.

    Args:
        database: The corpus' database.
        found: Told how many articles are to be measured, once, if there are any.
        shown: Told after each batch how many it was.
        processes: How many processes measure, where there is much to do.

    Returns:
        How many articles were measured.

    Raises:
        StoreError: The database cannot be written; what is stored stays.
    """
    try:
        with closing(connect(database, read_only=True)) as db:
            missing = [row[0] for row in db.execute(_MISSING)]
        if not missing:
            return 0
        found(len(missing))
        with closing(connect(database)) as db:
            texts = (_read(db, missing[begin : begin + _BATCH]) for begin in range(0, len(missing), _BATCH))
            for rows in _measured(texts, processes if len(missing) >= _WORTH_PROCESSES else 1):
                db.execute("BEGIN IMMEDIATE")
                db.executemany(_STORE, rows)
                # One that went meanwhile has taken its row away before this one was there.
                db.execute(
                    f"""DELETE FROM quality WHERE article_id IN ({", ".join(str(row[0]) for row in rows)})
                        AND article_id NOT IN (SELECT id FROM article)"""
                )
                db.execute("COMMIT")
                shown(len(rows))
    except sqlite3.Error as error:
        raise store_error(error, database) from error
    return len(missing)


_Row = tuple[object, ...]


def _read(db: sqlite3.Connection, article_ids: Sequence[int]) -> list[_Text]:
    return [
        _Text(
            article_id=row["article_id"],
            text_hash=row["text_hash"],
            parts=row["texts"],
            text=row["body"] if row["texts"] is None else whole_text(db, row),
            language=row["language"],
            confidence=row["confidence"],
            cuts=row["cuts"],
        )
        for row in db.execute(_READ.format(", ".join(map(str, article_ids)))).fetchall()
    ]


def _measured(batches: Iterator[list[_Text]], processes: int) -> Iterator[list[_Row]]:
    if processes == 1:
        yield from map(_measure, batches)
        return
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        waiting = []
        for batch in batches:  # never more texts in memory than are under way
            waiting.append(pool.submit(_measure, batch))
            if len(waiting) > 2 * processes:
                yield waiting.pop(0).result()
        for one in waiting:
            yield one.result()


def _measure(texts: Sequence[_Text]) -> list[_Row]:
    rows: list[_Row] = []
    for one in texts:
        signals: Signals = measure(
            one.text, one.language, language_confidence=one.confidence, cuts=unpack_cuts(one.cuts)
        )
        head = (one.article_id, VERSION, one.text_hash, one.parts, one.language)
        rows.append((*head, *(signals[name] for name in NAMES)))
    return rows


def signals_of(db: sqlite3.Connection, fetch_id: int) -> Signals | None:
    """Return the stored signals of the article that a capture speaks for, None where it was not measured."""
    row = db.execute(
        f"""SELECT {", ".join(f"quality.{name}" for name in NAMES)} FROM article
            JOIN capture ON capture.fetch_id = article.capture_id JOIN quality ON quality.article_id = article.id
            WHERE capture_id = ? AND quality.text_hash = capture.text_hash AND quality.version = {VERSION}""",
        (fetch_id,),
    ).fetchone()
    return None if row is None else dict(zip(NAMES, tuple(row), strict=True))
