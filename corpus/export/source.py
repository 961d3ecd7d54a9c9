"""Where an export takes its articles from."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from corpus.articles import record_of as record_of_row
from corpus.export.formats import Settings
from corpus.export.records import Record, record_of
from corpus.export.selection import one_moment
from corpus.folder import CorpusFolder
from corpus.paragraphs import CommonParagraphs
from corpus.reader import Corpus, StoredArticle
from corpus.signals.measuring import Signals, measure
from corpus.signals.storing import measure_missing
from corpus.types import WarcRecord


class Source(Protocol):
    """Gives the records of an export, in the order of their ids."""

    @property
    def folder(self) -> CorpusFolder:
        """The corpus folder: an export must not overwrite it, and some formats copy from its archive."""

    def moment(self) -> AbstractContextManager[None]:
        """Let everything that a block asks for be of one moment."""

    def state(self) -> str | None:
        """Return a name for the present state of what `records` yields, another one after every change.

        Asked for first in a moment. None where it cannot be told; an export that is interrupted then begins anew.
        """

    def count(self, settings: Settings) -> int:
        """Return how many records `records` yields."""

    def records(self, settings: Settings, *, after: str | None = None) -> Iterator[Record]:
        """Yield the records that meet the settings, sorted by id.

        Args:
            settings: The settings of the export.
            after: Only those behind this id; what is left out changes nothing about the others.
        """

    def forgotten(self) -> tuple[str, ...]:
        """Return the ids of articles that were removed on request, in alphabetical order."""

    def original(self, revisit: WarcRecord) -> WarcRecord | None:
        """Return where the payload of an archived revisit stands, None where only the record itself says so."""

    def later_pages(self, first: WarcRecord) -> tuple[WarcRecord, ...]:
        """Return where the later pages of an article in several parts stand, in order, by its archived page."""

    def origin(self) -> Mapping[str, object]:
        """Return what the manifest says of where the articles come from; nothing for the corpus as it is."""


class CorpusSource:
    """The articles of a corpus as it is now."""

    def __init__(self, corpus: Corpus) -> None:
        """Take articles from an open corpus."""
        self._corpus = corpus

    @property
    def folder(self) -> CorpusFolder:
        """The corpus folder."""
        return self._corpus.folder

    def moment(self) -> AbstractContextManager[None]:
        """Let everything that a block asks for be of one moment, while a crawl goes on."""
        return one_moment(self._corpus)

    def state(self) -> str | None:
        """Return size and time of change of the database and its log, of which every transaction changes one."""
        before = self._files()
        self._corpus.query("SELECT 1 FROM sqlite_schema")  # now the moment is fixed
        return before if before == self._files() else None

    def count(self, settings: Settings) -> int:
        """Return how many records `records` yields."""
        if settings.with_signals and not self._corpus.in_moment:
            measure_missing(self.folder.database)
        return self._corpus.count(settings.filters.selection(settings.keep))

    def records(self, settings: Settings, *, after: str | None = None) -> Iterator[Record]:
        """Yield the records that meet the settings, sorted by id; only those behind the id ``after``."""
        common = self._common(settings)
        for article in self._corpus.select(settings.filters.selection(settings.keep), after=after):
            record = record_of(article, common)
            yield record | {"signals": self._signals(article)} if settings.with_signals else record

    def forgotten(self) -> tuple[str, ...]:
        """Return the ids of articles that were removed on request, in alphabetical order."""
        return tuple(row[0] for row in self._corpus.query(_FORGOTTEN))

    def original(self, revisit: WarcRecord) -> WarcRecord | None:
        """Return where the payload of an archived revisit stands, None where only the record itself says so."""
        return find_original(self._corpus, revisit)

    def later_pages(self, first: WarcRecord) -> tuple[WarcRecord, ...]:
        """Return where the later pages of an article in several parts stand, in order, by its archived page."""
        return find_later_pages(self._corpus, first)

    def origin(self) -> Mapping[str, object]:
        """Return nothing: it is the corpus as it is."""
        return {}

    def _signals(self, article: StoredArticle) -> Signals:
        """Return the signals of an article, those of one that came a moment ago measured now."""
        stored = self._corpus.signals(article)
        if stored is not None:
            return stored
        confidence, cuts = article.language_confidence, self._corpus.cuts(article)
        return measure(article.text, article.language, language_confidence=confidence, cuts=cuts)

    def _files(self) -> str:
        database = self.folder.database
        files = (database, database.with_name(f"{database.name}-wal"))
        # An empty log is none: readers make one and leave it.
        stats = [file.stat() for file in files if file.exists()]
        return " ".join(f"{stat.st_size}:{stat.st_mtime_ns}" for stat in stats if stat.st_size)

    def _common(self, settings: Settings) -> CommonParagraphs | None:
        if settings.cut_paragraphs is None:
            return None
        stories, sites = settings.cut_paragraphs
        return self._corpus.count_paragraphs(stories=stories, sites=sites)


def find_original(corpus: Corpus, revisit: WarcRecord) -> WarcRecord | None:
    """Return where the payload of an archived revisit stands, as the database says; None where it does not know."""
    rows = corpus.query(_ORIGINAL, (revisit.file, revisit.offset))
    return record_of_row(rows[0]) if rows else None


def find_later_pages(corpus: Corpus, first: WarcRecord) -> tuple[WarcRecord, ...]:
    """Return where the other pages stand whose texts `corpus.articles.whole_text` joins to that of an archived page."""
    found = (record_of_row(row) for row in corpus.query(_LATER_PAGES, (first.file, first.offset)))
    return tuple(record for record in found if record is not None)


_LATER_PAGES = """
    WITH page AS (
        SELECT fetch.id, capture.article_id, coalesce(capture.part_number, 1) AS part_number FROM fetch
        JOIN warc ON warc.id = fetch.warc_id AND warc.file = ? JOIN capture ON capture.fetch_id = fetch.id
        WHERE fetch.warc_offset = ?)
    SELECT file, warc_offset, warc_length FROM (
        SELECT fetch.warc_id, fetch.warc_offset, fetch.warc_length, capture.part_number, row_number() OVER (
            PARTITION BY capture.part_number ORDER BY fetched_at DESC, fetch_id DESC) AS age
        FROM page JOIN capture ON capture.article_id = page.article_id JOIN fetch ON fetch.id = capture.fetch_id
        WHERE capture.part_number > 1 AND capture.part_number != page.part_number)
    JOIN warc ON warc.id = warc_id WHERE age = 1 ORDER BY part_number"""
_ORIGINAL = """SELECT original.file, twin.warc_offset, twin.warc_length FROM fetch
               JOIN warc ON warc.id = fetch.warc_id AND warc.file = ?
               JOIN fetch AS twin ON twin.id = fetch.same_as JOIN warc AS original ON original.id = twin.warc_id
               WHERE fetch.warc_offset = ?"""
#: Of takedowns that are finished: until then a search for what is left of an article looks for its name, too.
_FORGOTTEN = """SELECT DISTINCT value FROM takedown, json_each(takedown.articles)
                WHERE finished_at IS NOT NULL AND value NOT IN (SELECT uid FROM article) ORDER BY value"""
