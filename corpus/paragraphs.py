"""Common paragraphs: agencies' footers, appeals, disclaimers, which stand below many stories of many sites.

A paragraph is counted once for each story it stands in, and a story is a cluster of copies and versions: what forty
papers print of one wire report is not common. Counting goes through all texts of the corpus when it is asked for, so
that nothing has to be kept in step; the counts themselves are on disk, in a temporary database.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass

from corpus.articles import whole_text
from corpus.publishers import publisher_of
from corpus.shingles import words_of

#: Words of the shortest paragraph that is counted: sub-headings are shorter, and stand in many stories with reason.
LEAST_WORDS = 4

_STORIES = """
    SELECT article.id AS article_id, capture.fetch_id, capture.part_number, url.site, url.url, text.body
    FROM article
    JOIN capture ON capture.fetch_id = article.capture_id
    JOIN url ON url.id = capture.url_id
    JOIN text ON text.hash = capture.text_hash
    LEFT JOIN document ON document.article_id = article.id
    WHERE document.id IS NULL OR document.canonical IS NULL OR document.canonical = document.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonParagraph:
    """A paragraph, and in how many stories of how many sites it stands."""

    text: str
    stories: int
    sites: int


@dataclass(frozen=True, slots=True)
class CommonParagraphs:
    """The common paragraphs of a corpus."""

    #: Key of a paragraph -> stories and sites.
    counts: Mapping[int, tuple[int, int]]

    def cut(self, text: str) -> tuple[str, tuple[CommonParagraph, ...]]:
        """Return a text without its common paragraphs, and these; a text of nothing else stays whole."""
        kept, cut = [], []
        for paragraph in text.split("\n\n"):
            found = self.counts.get(paragraph_key(paragraph) or 0)
            if found is None:
                kept.append(paragraph)
            else:
                cut.append(CommonParagraph(text=paragraph, stories=found[0], sites=found[1]))
        return ("\n\n".join(kept), tuple(cut)) if kept else (text, ())


def paragraph_key(paragraph: str) -> int | None:
    """Return a number that paragraphs share which differ in case, spacing and punctuation only; None for a short one.

    >>> paragraph_key("Support our journalism today!") == paragraph_key("SUPPORT our journalism: today")
    True
    >>> paragraph_key("Also read") is None
    True
    """
    words = words_of(paragraph)
    if len(words) < LEAST_WORDS:
        return None
    digest = hashlib.blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) or 1


def count_paragraphs(db: sqlite3.Connection, *, stories: int, sites: int) -> CommonParagraphs:
    """Count the paragraphs of a corpus and return the common ones.

    Args:
        db: The database.
        stories: Least number of stories that a common paragraph stands in.
        sites: Least number of sites that these are of.
    """
    texts = ((publisher_of(row["site"], row["url"]), whole_text(db, row)) for row in db.execute(_STORIES))
    return count_common(texts, stories=stories, sites=sites)


def count_common(texts: Iterable[tuple[str, str]], *, stories: int, sites: int) -> CommonParagraphs:
    """Count the paragraphs of some stories, each with its publisher, and return the common ones."""
    with closing(sqlite3.connect("", isolation_level=None)) as counts:  # on disk, and gone when it is closed
        counts.execute("PRAGMA journal_mode = OFF")
        counts.execute("CREATE TABLE seen (key INTEGER, site TEXT, stories INTEGER, PRIMARY KEY (key, site))")
        counts.execute("BEGIN")
        for publisher, text in texts:
            counts.executemany(
                "INSERT INTO seen VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET stories = stories + 1",
                [(key, publisher) for key in _keys(text)],
            )
        found = counts.execute(
            """SELECT key, sum(stories), count(*) FROM seen
               GROUP BY key HAVING sum(stories) >= ? AND count(*) >= ?""",
            (stories, sites),
        )
        return CommonParagraphs({key: (number, of) for key, number, of in found})


def common_paragraphs(db: sqlite3.Connection, *, stories: int, sites: int) -> tuple[CommonParagraph, ...]:
    """Return the common paragraphs of a corpus with a text of each, the most frequent first."""
    common = count_paragraphs(db, stories=stories, sites=sites)
    texts: dict[int, str] = {}
    for row in db.execute(_STORIES):
        if len(texts) == len(common.counts):
            break
        for paragraph in whole_text(db, row).split("\n\n"):
            key = paragraph_key(paragraph)
            if key is not None and key in common.counts and key not in texts:
                texts[key] = paragraph
    found = (
        CommonParagraph(text=text, stories=common.counts[key][0], sites=common.counts[key][1])
        for key, text in texts.items()
    )
    return tuple(sorted(found, key=lambda one: (-one.stories, -one.sites, one.text)))


def _keys(text: str) -> set[int]:
    return {key for paragraph in text.split("\n\n") if (key := paragraph_key(paragraph)) is not None}
