"""Which articles an export takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from corpus.articles import Selection
from corpus.errors import ConfigError
from corpus.likeness import Keep
from corpus.reader import Corpus
from corpus.search.query import parse_query
from corpus.signals.conditions import condition_as_sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions that an article must meet; an empty one is met by all.

    Raises:
        ConfigError: when no day lies between ``since`` and ``until``, or a query or condition cannot be
            understood.
    """

    #: Names of sites in the configuration.
    sites: tuple[str, ...] = ()
    #: ISO 639-1 codes, or ``und``.
    languages: tuple[str, ...] = ()
    #: Published on this day or later; articles without a date are left out.
    since: date | None = None
    #: Published before this day; articles without a date are left out.
    until: date | None = None
    #: What title or text must say (`corpus.search.query`).
    query: str | None = None
    #: Conditions on signals of quality: ``words>=100`` (`corpus.signals.conditions`).
    conditions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ConfigError(f"since must lie before until: {self.since} and {self.until}")
        if self.query is not None:
            parse_query(self.query)
        for condition in self.conditions:
            condition_as_sql(condition)
        # One spelling of one selection, so that the order of options on a command line changes no byte.
        object.__setattr__(self, "sites", tuple(sorted(set(self.sites))))
        object.__setattr__(self, "languages", tuple(sorted(set(self.languages))))
        object.__setattr__(self, "conditions", tuple(sorted(set(self.conditions))))

    def selection(self, keep: Keep) -> Selection:
        """Return the articles that meet the filters, and of each cluster among them those that ``keep`` names."""
        return Selection(
            sites=self.sites,
            languages=self.languages,
            since=self.since,
            until=self.until,
            keep=keep,
            query=self.query,
            conditions=self.conditions,
        )


def count_articles(corpus: Corpus, filters: Filters, keep: Keep = Keep.ALL) -> int:
    """Return how many articles an export takes.

    Raises:
        StoreError: The database cannot be read.
    """
    return corpus.count(filters.selection(keep))


@contextmanager
def one_moment(corpus: Corpus) -> Iterator[None]:
    """Let everything that a block reads be of one moment, while a crawl goes on."""
    corpus.query("BEGIN")
    try:
        yield
    finally:
        corpus.query("ROLLBACK")
