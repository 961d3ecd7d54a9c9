"""What the search index does not know at a moment: so that a selection is that of the texts, whatever the index knows.

An index may be behind the moment that a reader sees, or before it, as both go on by themselves. So the articles that it
does not know as they are at that moment are found, and their texts asked what the index would be asked: the same words
are given to the same engine. What a query selects of a corpus hangs on nothing else, then, and an export that was
killed goes on with the selection that it had begun with.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice

from corpus.articles import PARTS, Beside, whole_text
from corpus.search import tokens
from corpus.search.query import parse_query

#: Texts that are indexed at once.
_BATCH = 500
#: Makes the table of an index: words alone, no texts.
INDEXED = "CREATE VIRTUAL TABLE indexed USING fts5 (title, text, content = '', tokenize = 'ascii', detail = full)"
#: Numbers of articles that an index does not know as they are; {corpus} and {index} stand for the names of databases.
CHANGED = f"""
    WITH part AS MATERIALIZED ({PARTS})
    SELECT article.id FROM {{corpus}}.article LEFT JOIN part ON part.article_id = article.id
    LEFT JOIN {{index}}.doc ON doc.article_id = article.id
    WHERE doc.id IS NULL OR doc.capture_id != article.capture_id OR doc.changed_at != article.changed_at
       OR doc.parts IS NOT part.texts OR doc.uid != article.uid
    ORDER BY article.id
"""
_SAID = """
    SELECT article.id AS article_id, capture.fetch_id, capture.part_number, capture.title, text.body FROM article
    JOIN capture ON capture.fetch_id = article.capture_id JOIN text ON text.hash = capture.text_hash
    WHERE article.id IN ({0})
"""


def judge_beside(db: sqlite3.Connection, query: str) -> Beside:
    """Ask a query of the articles for which the index does not speak.

    Args:
        db: The corpus' database, with the index laid open as ``found`` (`corpus.search.index.attach_index`).
        query: As `corpus.search.query` reads it.

    Raises:
        ConfigError: The query cannot be understood.
    """
    articles = tuple(row[0] for row in db.execute(CHANGED.format(corpus="main", index="found")))
    expression = parse_query(query).expression
    return Beside(articles=articles, found=tuple(_found(db, articles, expression)))


def _found(db: sqlite3.Connection, articles: tuple[int, ...], expression: str) -> Iterator[int]:
    remaining = iter(articles)
    with closing(empty_index()) as asked:
        while batch := list(islice(remaining, _BATCH)):
            rows = db.execute(_SAID.format(", ".join(map(str, batch)))).fetchall()
            said = [(row["article_id"], row["title"], whole_text(db, row)) for row in rows]
            yield from sorted(found_among(asked, said, expression))


def empty_index() -> sqlite3.Connection:
    """Return an index in memory of the kind that stands on the disk; the caller closes it."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.execute(INDEXED)
    return db


def found_among(db: sqlite3.Connection, said: Iterable[tuple[int, str | None, str]], expression: str) -> frozenset[int]:
    """Return the numbers of the texts that a query finds.

    Args:
        db: What `empty_index` made; what it held before is gone afterwards.
        said: Numbers, titles and texts.
        expression: Of the query (`corpus.search.query.Query.expression`).
    """
    db.execute("INSERT INTO indexed (indexed) VALUES ('delete-all')")
    words = ((number, tokens.spelled_out(title or "")[0], tokens.spelled_out(text)[0]) for number, title, text in said)
    db.executemany("INSERT INTO indexed (rowid, title, text) VALUES (?, ?, ?)", words)
    return frozenset(row[0] for row in db.execute("SELECT rowid FROM indexed WHERE indexed MATCH ?", (expression,)))
