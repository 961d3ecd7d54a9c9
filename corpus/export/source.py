"""Where an export takes its articles from."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from corpus.export.formats import Settings
from corpus.export.records import Record, record_of
from corpus.export.selection import one_moment
from corpus.folder import CorpusFolder
from corpus.paragraphs import CommonParagraphs
from corpus.reader import Corpus


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
        return self._corpus.count(settings.filters.selection(settings.keep))

    def records(self, settings: Settings, *, after: str | None = None) -> Iterator[Record]:
        """Yield the records that meet the settings, sorted by id; only those behind the id ``after``."""
        common = self._common(settings)
        for article in self._corpus.select(settings.filters.selection(settings.keep), after=after):
            yield record_of(article, common)

    def forgotten(self) -> tuple[str, ...]:
        """Return the ids of articles that were removed on request, in alphabetical order."""
        return tuple(row[0] for row in self._corpus.query(_FORGOTTEN))

    def origin(self) -> Mapping[str, object]:
        """Return nothing: it is the corpus as it is."""
        return {}

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


#: Of takedowns that are finished: until then a search for what is left of an article looks for its name, too.
_FORGOTTEN = """SELECT DISTINCT value FROM takedown, json_each(takedown.articles)
                WHERE finished_at IS NOT NULL AND value NOT IN (SELECT uid FROM article) ORDER BY value"""
