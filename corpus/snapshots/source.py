"""A snapshot as the source of an export: the same settings give the same bytes as on the day it was made."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager

from corpus.articles import Selection
from corpus.export.formats import Settings
from corpus.export.records import FIELDS, Kind, Record, Value, cut_common
from corpus.export.source import find_later_pages, find_original
from corpus.folder import CorpusFolder
from corpus.likeness import Keep
from corpus.paragraphs import CommonParagraphs, count_common
from corpus.publishers import publisher_of
from corpus.reader import Corpus
from corpus.schema import connect_reader
from corpus.snapshots.choosing import chosen, signals_of
from corpus.snapshots.description import unpack
from corpus.snapshots.listing import ARTICLES, OF_SNAPSHOT, find_snapshot, withdrawn_of
from corpus.transactions import reading
from corpus.types import WarcRecord

#: Withdrawn ones have no text.
_WITH_TEXT = f"{ARTICLES} JOIN text ON text.hash = record.text_hash"
#: What a field has that the snapshot's software did not know.
_MISSING: Mapping[Kind, Value] = {Kind.STRINGS: [], Kind.SOURCES: [], Kind.RIGHTS: [], Kind.POSTS: []}
#: That an article is the first of its cluster among those that meet the conditions, which stand for {0}.
_FIRST_OF_CLUSTER = """
    NOT EXISTS (
        SELECT 1 FROM snapshot_article AS first JOIN record ON record.digest = first.digest
        WHERE (first.uid = own.cluster OR (first.cluster = own.cluster AND first.cluster != first.uid))
          AND first.first <= :snapshot AND first.last >= :snapshot AND first.place < own.place AND {0})
"""


class SnapshotSource:
    """The articles of a snapshot; see `corpus.export.source.Source`."""

    def __init__(self, corpus: Corpus, tag: str) -> None:
        """Open a snapshot of an open corpus.

        Raises:
            ConfigError: There is none of this name.
            StoreError: The database cannot be read.
        """
        self._corpus = corpus
        #: What the temporary table ``chosen`` was filled for.
        self._chosen: object = None
        self._db = connect_reader(self.folder.database)
        try:
            with reading(self._db, self.folder.database):
                self.snapshot = find_snapshot(self._db, tag)
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @property
    def folder(self) -> CorpusFolder:
        """The corpus folder."""
        return self._corpus.folder

    def moment(self) -> AbstractContextManager[None]:
        """Let everything that a block asks for be of one moment: a takedown may come meanwhile."""
        return reading(self._db, self.folder.database)

    def state(self) -> str | None:
        """Return a name for what `records` yields: only a takedown changes it."""
        return f"{self.snapshot.checksum} {len(self._withdrawn(finished=False))}"

    def count(self, settings: Settings) -> int:
        """Return how many records `records` yields."""
        conditions, values = self._conditions(settings.filters.selection(settings.keep))
        row = self._db.execute(f"SELECT count(*) FROM {_WITH_TEXT} WHERE {OF_SNAPSHOT} AND {conditions}", values)
        return int(row.fetchone()[0])

    def records(self, settings: Settings, *, after: str | None = None) -> Iterator[Record]:
        """Yield the records that meet the settings, sorted by id; only those behind the id ``after``."""
        conditions, values = self._conditions(settings.filters.selection(settings.keep))
        common = self._common(settings)
        rows = self._db.execute(
            f"""SELECT record.body, text.body AS text FROM {_WITH_TEXT}
                WHERE {OF_SNAPSHOT} AND {conditions} AND own.uid > :after ORDER BY own.uid""",
            values | {"after": after or ""},
        )
        for row in rows:
            whole = _record(row)
            record = whole if common is None else cut_common(whole, common)
            yield record | {"signals": signals_of(whole)} if settings.with_signals else record

    def forgotten(self) -> tuple[str, ...]:
        """Return the ids of articles that were taken out of the snapshot on request, in alphabetical order."""
        return self._withdrawn(finished=True)

    def original(self, revisit: WarcRecord) -> WarcRecord | None:
        """Return where the payload of an archived revisit stands, None where only the record itself says so."""
        return find_original(self._corpus, revisit)

    def later_pages(self, first: WarcRecord) -> tuple[WarcRecord, ...]:
        """Return where the later pages of an article in several parts stand, in order, by its archived page."""
        return find_later_pages(self._corpus, first)

    def origin(self) -> Mapping[str, object]:
        """Return what the manifest of an export says of the snapshot."""
        told: dict[str, object] = {
            "snapshot": self.snapshot.tag,
            "made_at": self.snapshot.made_at.isoformat(timespec="seconds"),
            "checksum": self.snapshot.checksum,
            "articles": self.snapshot.articles,
        }
        withdrawn = len(self._withdrawn(finished=False))
        return told | ({"withdrawn": withdrawn} if withdrawn else {})

    def _withdrawn(self, *, finished: bool) -> tuple[str, ...]:
        """Return the names of withdrawn articles; of takedowns under way a search still looks for the name."""
        return tuple(one.id for one in withdrawn_of(self._db, self.snapshot) if one.finished or not finished)

    def _conditions(self, selection: Selection) -> tuple[str, dict[str, object]]:
        """Return a selection as SQL and its values, as `corpus.articles` does for the corpus of today."""
        conditions, values = ["1"], dict[str, object](snapshot=self.snapshot.number)
        for column, wanted in (("record.site", selection.sites), ("record.language", selection.languages)):
            if wanted:
                names = {f"v{len(values) + number}": one for number, one in enumerate(wanted)}
                values |= names
                conditions.append(f"{column} IN ({', '.join(f':{name}' for name in names)})")
        for name, comparison, day in (("since", ">=", selection.since), ("until", "<", selection.until)):
            if day is not None:
                values[name] = day.isoformat()
                conditions.append(f"record.published {comparison} :{name}")
        plain = " AND ".join(conditions)
        if selection.query is not None or selection.conditions:
            self._choose(selection, plain, values)
            # A withdrawn article can no longer be asked; its copies met what it met.
            plain = f"{plain} AND (record.body IS NULL OR record.digest IN (SELECT digest FROM temp.chosen))"
        if selection.keep is Keep.ALL:
            return plain, values
        among = plain if selection.keep is Keep.CANONICAL else f"{plain} AND first.publisher = own.publisher"
        # A withdrawn article still stands before its copies: else one that was left out then would come in now.
        return f"{plain} AND {_FIRST_OF_CLUSTER.format(among)}", values

    def _choose(self, selection: Selection, plain: str, values: Mapping[str, object]) -> None:
        """Fill the temporary table ``chosen`` with what a query and conditions on quality choose."""
        asked = (selection.query, selection.conditions, plain, tuple(values.items()))
        if asked == self._chosen:
            return
        self._chosen = None
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS chosen (digest BLOB PRIMARY KEY)")
        self._db.execute("DELETE FROM temp.chosen")
        rows = self._db.execute(
            f"""SELECT own.digest, record.body, text.body AS text FROM {_WITH_TEXT}
                WHERE {OF_SNAPSHOT} AND {plain} ORDER BY own.uid""",
            values,
        )
        records = ((row["digest"], _record(row)) for row in rows)
        digests = ((digest,) for digest in chosen(records, selection))
        self._db.executemany("INSERT OR IGNORE INTO temp.chosen VALUES (?)", digests)
        self._chosen = asked

    def _common(self, settings: Settings) -> CommonParagraphs | None:
        if settings.cut_paragraphs is None:
            return None
        stories, sites = settings.cut_paragraphs
        rows = self._db.execute(
            f"""SELECT record.body, text.body AS text FROM {_WITH_TEXT}
                WHERE {OF_SNAPSHOT} AND own.uid = own.cluster""",
            {"snapshot": self.snapshot.number},
        )
        records = (_record(row) for row in rows)
        texts = ((publisher_of(str(one["site"]), str(one["url"])), str(one["text"])) for one in records)
        return count_common(texts, stories=stories, sites=sites)


def _record(row: sqlite3.Row) -> Record:
    """Return a stored record with its text, its fields in the order of exports."""
    fields = unpack(row["body"]) | {"text": row["text"]}
    return {one.name: fields.get(one.name, _MISSING.get(one.kind)) for one in FIELDS}  # type: ignore[misc]
