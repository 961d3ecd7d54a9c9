"""The read side of the corpus: articles, lists, the story of one URL, and counts.

    from corpus import open_corpus

    with open_corpus("mycorpus") as corpus:
        for article in corpus.articles(language="en"):
            print(article.published, article.title)

A reader never blocks a crawl, and sees only what whole transactions have stored.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from corpus.articles import (
    Beside,
    Selection,
    StoredArticle,
    count_selected,
    find_article,
    names_beginning,
    select_articles,
)
from corpus.captures import unpack_cuts
from corpus.counts import Counts, count_corpus
from corpus.duplication import Stories, count_stories
from corpus.errors import ArchiveError, PageError, StoreError
from corpus.folder import CorpusFolder
from corpus.habits import RevisitRules
from corpus.host_files import HostFiles
from corpus.likeness import Keep, Rules
from corpus.listings import Headline, RemovedPage, WaitingUrl, headlines, removed_pages, waiting_urls
from corpus.outlines import StoredTemplate, find_template
from corpus.pages import find_pages, page_of
from corpus.paragraphs import CommonParagraph, CommonParagraphs, common_paragraphs, count_paragraphs
from corpus.revisits import NextVisit, find_next_visit
from corpus.schema import connect_reader, store_error
from corpus.search.beside import judge_beside
from corpus.search.index import attach_index, index_error, is_attached
from corpus.search.searchable import Searchable
from corpus.signals.measuring import Signals
from corpus.signals.spread import Spread, find_spreads
from corpus.signals.storing import measure_missing, signals_of
from corpus.similar import Twin, find_twins, rules_in_force
from corpus.stories import FetchStory, StoredRobots, UrlStory, find_robots, find_story
from corpus.tombstones import Tombstones
from corpus.types import Cut, Page
from corpus.versions import Version, find_versions

if TYPE_CHECKING:
    from corpus.feed import Feed

__all__ = ["Corpus", "FetchStory", "StoredArticle", "UrlStory", "open_corpus"]


class Corpus(Searchable):
    """A corpus folder, opened for reading; every method raises `StoreError` when its database cannot be read."""

    def __init__(self, root: Path | str) -> None:
        """Open the corpus folder ``root``.

        Raises:
            ConfigError: It is no corpus folder.
            StoreError: Its database cannot be read.
        """
        self.folder = CorpusFolder(Path(root))
        self.folder.check()
        self._db = connect_reader(self.folder.database)
        #: Files by which hosts speak of the use of their pages.
        self.host_files = HostFiles(self._db)
        #: What was forgotten on request.
        self.tombstones = Tombstones(self._db)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    # -- articles -------------------------------------------------------------------------------------------------

    def articles(
        self,
        *,
        site: str | None = None,
        language: str | None = None,
        since: date | None = None,
        until: date | None = None,
        keep: Keep = Keep.ALL,
    ) -> Iterator[StoredArticle]:
        """Yield articles in the order of their ids, one at a time.

        Args:
            site: Only of this site (name in the configuration).
            language: Only in this language (ISO 639-1, or ``und``).
            since: Only published on this day or later; articles without a date are left out.
            until: Only published before this day.
            keep: Which of the copies and versions of a story among those that meet the other conditions.
        """
        yield from self.select(
            Selection(
                sites=(site,) if site else (),
                languages=(language,) if language else (),
                since=since,
                until=until,
                keep=keep,
            )
        )

    def select(self, selection: Selection, *, after: str | None = None) -> Iterator[StoredArticle]:
        """Yield the selected articles in the order of their ids, one at a time; only those behind the id ``after``."""
        with self._reading():
            beside = self._prepare(selection)
            yield from select_articles(self._db, selection, beside=beside, after=after)

    def count(self, selection: Selection) -> int:
        """Return how many articles are selected."""
        with self._reading():
            beside = self._prepare(selection)
            return count_selected(self._db, selection, beside=beside)

    def signals(self, article: StoredArticle) -> Signals | None:
        """Return the signals of an article's quality by their names, None where it was not measured."""
        with self._reading():
            return signals_of(self._db, article.fetch_id)

    def spreads(self, signals: Sequence[str], selection: Selection, *, by: str | None = None) -> tuple[Spread, ...]:
        """Return how signals of quality are spread over the articles that were measured.

        Args:
            signals: Names of signals (`corpus.signals.definitions`).
            selection: Of which articles: sites, languages and days.
            by: ``site`` or ``language``, to tell of each by itself.
        """
        with self._reading():
            return tuple(find_spreads(self._db, signals, selection, by=by))

    @property
    def in_moment(self) -> bool:
        """Whether all that is read is of one moment that has begun (`corpus.export.selection.one_moment`)."""
        return self._db.in_transaction

    def _prepare(self, selection: Selection) -> Beside | None:
        """Bring up to date and lay open what a selection asks for; return what the search index does not speak for."""
        if selection.conditions and not self._db.in_transaction:
            measure_missing(self.folder.database)
        if selection.query is None:
            return None
        attach_index(self._db, self.folder)
        return judge_beside(self._db, selection.query)

    def article(self, name: str) -> StoredArticle | None:
        """Return the article with this id or URL (any of its URLs), or None."""
        with self._reading():
            return find_article(self._db, name)

    def next_visit(self, story: UrlStory, rules: RevisitRules, now: datetime) -> NextVisit | None:
        """Return when a URL is asked again, None if it waits already or is not asked again by itself."""
        with self._reading():
            return find_next_visit(self._db, story.url, now.timestamp(), rules)

    def names(self, beginning: str, *, most: int = 10) -> tuple[str, ...]:
        """Return the first ids of articles that begin so, in alphabetical order."""
        with self._reading():
            return names_beginning(self._db, beginning, most=most)

    def cuts(self, article: StoredArticle) -> tuple[Cut, ...]:
        """Return what was cut from the article's page, in page order."""
        rows = self.query("SELECT cuts FROM capture WHERE fetch_id = ?", (article.fetch_id,))
        return unpack_cuts(rows[0]["cuts"]) if rows else ()

    def pages(self, fetch_ids: Sequence[int]) -> Iterator[Page | ArchiveError | PageError]:
        """Yield archived pages by the numbers of their fetches (`StoredArticle.fetch_id`), in this order.

        A page that cannot be read is yielded as the error that says why.
        """
        with self._reading():
            rows = find_pages(self._db, fetch_ids)
        for row in rows:
            try:
                yield page_of(row, self.folder.archive)
            except (ArchiveError, PageError) as error:
                yield error

    def template(self, site: str) -> StoredTemplate | None:
        """Return what is known of what a site repeats, None where nothing was learned yet.

        Args:
            site: Name of the site's entry, or the host of pages that have none.
        """
        with self._reading():
            return find_template(self._db, site)

    def twins(self, article: StoredArticle) -> tuple[Twin, ...]:
        """Return every other URL and article that is the same story as an article, or a part of it, with the scores."""
        with self._reading():
            return find_twins(self._db, article)

    def versions(self, article: StoredArticle) -> tuple[Version, ...]:
        """Return the texts that an article's story has had on its site, with what changed from one to the next."""
        with self._reading():
            return find_versions(self._db, article.id)

    def count_stories(self) -> Stories:
        """Count the stories, and the articles that say them again."""
        with self._reading():
            return count_stories(self._db)

    def rules(self) -> Rules:
        """Return the thresholds that copies and versions were found by."""
        with self._reading():
            return rules_in_force(self._db)

    def common_paragraphs(self, *, stories: int, sites: int) -> tuple[CommonParagraph, ...]:
        """Return the paragraphs that stand in so many stories of so many sites, the most frequent first.

        This reads every text of the corpus.
        """
        with self._reading():
            return common_paragraphs(self._db, stories=stories, sites=sites)

    def count_paragraphs(self, *, stories: int, sites: int) -> CommonParagraphs:
        """Return what cuts the paragraphs that stand in so many stories of so many sites; reads every text."""
        with self._reading():
            return count_paragraphs(self._db, stories=stories, sites=sites)

    def feed(self, consumer: str, *, sites: Sequence[str] = (), languages: Sequence[str] = ()) -> "Feed":
        """Return what is new, changed, merged or withdrawn since a consumer last confirmed, see `corpus.feed`.

        Args:
            consumer: Its name; a new one is entered.
            sites: Only articles of these sites; empty for all, or as the consumer began.
            languages: Only articles in these languages; empty for all, or as the consumer began.

        Raises:
            ConfigError: The name is none, or the consumer has other filters.
            StoreError: The database cannot be written: how far a consumer is stands in it.
        """
        from corpus.feed import Feed  # which reads what an export writes, and so reads with this module

        return Feed(self.folder, consumer, sites=sites, languages=languages)

    # -- lists ----------------------------------------------------------------------------------------------------

    def headlines(
        self,
        *,
        sites: Sequence[str] = (),
        languages: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        most: int | None = None,
    ) -> Iterator[Headline]:
        """Yield articles without their texts, the newest first, those without a date last.

        Args:
            sites: Only of these sites; empty for all.
            languages: Only in these languages; empty for all.
            since: Only published on this day or later; articles without a date are left out.
            until: Only published before this day.
            most: At most so many; None for all.
        """
        with self._reading():
            yield from headlines(self._db, sites=sites, languages=languages, since=since, until=until, most=most)

    def removed(
        self,
        *,
        sites: Sequence[str] = (),
        reasons: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        most: int | None = None,
    ) -> Iterator[RemovedPage]:
        """Yield URLs that did not become articles, the last one first.

        Args:
            sites: Only of these sites; empty for all.
            reasons: Only for these reasons (`corpus.types.Reason`, or ``failed``); empty for all.
            since: Only fetched (or, if never fetched, found) on this day (UTC) or later.
            until: Only before this day.
            most: At most so many; None for all.
        """
        with self._reading():
            yield from removed_pages(self._db, sites=sites, reasons=reasons, since=since, until=until, most=most)

    def waiting(self, *, sites: Sequence[str] = (), most: int | None = None) -> Iterator[WaitingUrl]:
        """Yield URLs that wait, in the order in which they may be fetched.

        Args:
            sites: Only of these sites; empty for all.
            most: At most so many; None for all.
        """
        with self._reading():
            yield from waiting_urls(self._db, sites=sites, most=most)

    def sites(self) -> tuple[str, ...]:
        """Return the names of the sites that URLs of the corpus belong to, in alphabetical order."""
        return tuple(row[0] for row in self.query("SELECT DISTINCT site FROM url ORDER BY site"))

    # -- the story of a URL ---------------------------------------------------------------------------------------

    def why(self, url: str) -> UrlStory | None:
        """Return the whole story of one URL, None if it was never found."""
        with self._reading():
            return find_story(self._db, url)

    def robots(self, origin: str) -> StoredRobots | None:
        """Return the robots.txt of an origin (``scheme://host:port``) as it was last fetched, None if it never was."""
        with self._reading():
            return find_robots(self._db, origin)

    def urls_like(self, url: str, *, most: int = 1000) -> tuple[str, ...]:
        """Return known URLs that share the longest possible beginning with ``url``, to find what was meant."""
        for end in range(len(url), len("https://"), -max(1, len(url) // 8)):
            rows = self.query(
                "SELECT url FROM url WHERE url >= ? AND url < ? ORDER BY url LIMIT ?",
                (url[:end], f"{url[:end]}\U0010ffff", most),
            )
            if rows:
                return tuple(row[0] for row in rows)
        return ()

    # -- counts ---------------------------------------------------------------------------------------------------

    def counts(self, *, now: datetime, site: str | None = None, most_runs: int = 10) -> Counts:
        """Count what is in the corpus.

        Args:
            now: The time, for what is due.
            site: Only of this site; runs are those that worked on it, and sizes are always the whole corpus'.
            most_runs: How many runs to tell of, the last ones.
        """
        with self._reading():
            return count_corpus(self._db, self.folder, now=now, site=site, most_runs=most_runs)

    def query(self, sql: str, values: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        """Return the rows of a read-only query, for counts that the other methods do not give.

        Raises:
            StoreError: The query failed.
        """
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self.folder.database}: {error}") from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if is_attached(self._db):
                raise index_error(error, self.folder, self._db, "found") from error
            raise store_error(error, self.folder.database) from error


def open_corpus(path: Path | str) -> Corpus:
    """Open a corpus folder for reading.

    Args:
        path: The folder, as made by ``collector init``.

    Raises:
        ConfigError: It is no corpus folder.
        StoreError: Its database cannot be read.
    """
    return Corpus(path)
