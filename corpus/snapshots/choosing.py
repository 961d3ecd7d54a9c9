"""What a query, and conditions on quality, choose of a snapshot.

Index and signals are those of the corpus of today; so a snapshot's texts are gone through once, and each is asked what
the index would be: the same words to the same engine, and the same signals to the same comparison.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice

from corpus.articles import Selection
from corpus.errors import ConfigError
from corpus.export.records import Record
from corpus.search.beside import empty_index, found_among
from corpus.search.query import parse_query
from corpus.signals.conditions import condition_as_sql
from corpus.signals.definitions import NAMES
from corpus.signals.measuring import Signals, measure

#: Texts that are indexed at once.
_BATCH = 500
#: A signal of what was cut from the page, which is not kept with a snapshot.
_OF_CUTS = "cut_confidence"


def signals_of(record: Record) -> Signals:
    """Return the signals of a record's text; what was cut from the page is not known."""
    return measure(
        str(record["text"]), str(record["language"]), language_confidence=float(str(record["language_confidence"]))
    )


def chosen(records: Iterator[tuple[bytes, Record]], selection: Selection) -> Iterator[bytes]:
    """Yield the digests of the records that a selection's query finds and that meet its conditions on quality.

    Raises:
        ConfigError: A condition is on what was cut from the page.
    """
    if any(condition.strip().lower().startswith(_OF_CUTS) for condition in selection.conditions):
        raise ConfigError(f"{_OF_CUTS} looks at what was cut from a page, which a snapshot does not keep")
    with closing(empty_index()) as db:
        # As corpus.signals has it.
        db.execute(f"CREATE TABLE quality (id INTEGER PRIMARY KEY, {', '.join(NAMES)})")
        while batch := list(islice(records, _BATCH)):
            places = set(range(len(batch)))
            if selection.query is not None:
                places &= found_among(db, _said(batch), parse_query(selection.query).expression)
            if selection.conditions:
                places &= _good(db, {place: batch[place][1] for place in places}, selection.conditions)
            yield from (batch[place][0] for place in sorted(places))


def _said(batch: list[tuple[bytes, Record]]) -> Iterator[tuple[int, str | None, str]]:
    for place, (_, record) in enumerate(batch):
        yield place, None if record["title"] is None else str(record["title"]), str(record["text"])


def _good(db: sqlite3.Connection, records: dict[int, Record], conditions: tuple[str, ...]) -> set[int]:
    """Return the places of the records that meet all conditions."""
    db.execute("DELETE FROM quality")
    marks = ", ".join("?" * (len(NAMES) + 1))
    measured = ((place, signals_of(record)) for place, record in records.items())
    rows = [(place, *(signals[name] for name in NAMES)) for place, signals in measured]
    db.executemany(f"INSERT INTO quality VALUES ({marks})", rows)
    told = " AND ".join(map(condition_as_sql, conditions))
    return {row[0] for row in db.execute(f"SELECT id FROM quality WHERE {told}")}
