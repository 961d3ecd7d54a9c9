"""Which articles an export takes."""

import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import product

from corpus.errors import ConfigError
from corpus.reader import Corpus, StoredArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions that an article must meet; an empty one is met by all.

    Raises:
        ConfigError: when no day lies between ``since`` and ``until``.
    """

    #: Names of sites in the configuration.
    sites: tuple[str, ...] = ()
    #: ISO 639-1 codes, or ``und``.
    languages: tuple[str, ...] = ()
    #: Published on this day or later; articles without a date are left out.
    since: date | None = None
    #: Published before this day; articles without a date are left out.
    until: date | None = None

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ConfigError(f"since must lie before until: {self.since} and {self.until}")
        # One spelling of one selection, so that the order of options on a command line changes no byte.
        object.__setattr__(self, "sites", tuple(sorted(set(self.sites))))
        object.__setattr__(self, "languages", tuple(sorted(set(self.languages))))


def select_articles(corpus: Corpus, filters: Filters) -> Iterator[StoredArticle]:
    """Yield the articles that meet the filters in the order of their ids, one at a time.

    Raises:
        StoreError: The database cannot be read.
    """
    # Each article has one site and one language, so the selections do not overlap and need only be merged.
    selections = (
        corpus.articles(site=site, language=language, since=filters.since, until=filters.until)
        for site, language in product(filters.sites or (None,), filters.languages or (None,))
    )
    return heapq.merge(*selections, key=lambda article: article.id)


def count_articles(corpus: Corpus, filters: Filters) -> int:
    """Return how many articles meet the filters.

    Raises:
        StoreError: The database cannot be read.
    """
    conditions, values = ["1"], list[str]()
    for column, chosen in (("url.site", filters.sites), ("capture.language", filters.languages)):
        if chosen:
            conditions.append(f"{column} IN ({', '.join('?' * len(chosen))})")
            values += chosen
    for comparison, day in ((">=", filters.since), ("<", filters.until)):
        if day is not None:
            conditions.append(f"capture.published {comparison} ?")
            values.append(day.isoformat())
    rows = corpus.query(
        f"""SELECT count(*) FROM article JOIN capture ON capture.fetch_id = article.capture_id
            JOIN url ON url.id = capture.url_id JOIN text ON text.hash = capture.text_hash
            WHERE {" AND ".join(conditions)}""",
        tuple(values),
    )
    return int(rows[0][0])


@contextmanager
def one_moment(corpus: Corpus) -> Iterator[None]:
    """Let everything that a block reads be of one moment, while a crawl goes on."""
    corpus.query("BEGIN")
    try:
        yield
    finally:
        corpus.query("ROLLBACK")
