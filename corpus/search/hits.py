"""How many hits of a phrase each article has, from what the index says: no text is read.

SQLite's FTS5 hands out every single place of a word (``fts5vocab``), which is dear where a word has millions. How often
a phrase stands in an article it does not hand out, but it weighs by that: ``bm25()`` is, for one phrase,

    score = C · F / (F + K),    F = w · hits,    K = k1 · (1 − b + b · words / mean)

with k1 and b that its documentation states (https://www.sqlite.org/fts5.html#the_bm25_function), the weight w of our
choice, the words of the article, and the mean of all. With a weight beyond all measure the score is C; with a small one
nothing of the hits is lost in rounding: hits = K · score / (w · (C − score)). The mean is found from one article whose
hits were counted. Where what comes out are not whole numbers (another SQLite might weigh otherwise), and where two
phrases of a query may begin at one place, which then counts once, the places themselves are counted.

What a single word covers, or the beginning of one, is left out before: ``ferry OR "ferry harbour"`` has the hits of
``ferry``.
"""

import sqlite3
from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from corpus.search.query import Phrase

#: Constants of SQLite's BM25.
_K1, _B = 1.2, 0.75
#: The weight that hits are found with, and one beyond all measure.
_SMALL, _HUGE = 2.0**-20, 2.0**600
#: Hits that are further than this from a whole number are none.
_WHOLE = 1e-3
#: A word with so few hits in an article in the mean is counted sooner by its places (0.3 µs a hit; 1.3 an article by
#: weight); the first so many articles tell.
_FEW, _SAMPLE = 5, 200
_SCORED = np.dtype([("document", np.int64), ("score", np.float64)])
#: A place in the index as a number: document, column, word.
COLUMN, DOCUMENT = 1 << 32, 1 << 33
#: That number, as SQL on an ``fts5vocab`` of instances.
PLACE = f"doc * {DOCUMENT} + (col = 'text') * {COLUMN} + offset"
#: Lays all places of an index open as ``temp.instance``.
INSTANCES = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.instance USING fts5vocab (main, indexed, instance)"
#: Places of a word that are read at once.
_ROWS = 1 << 20


def count_hits(
    db: sqlite3.Connection, phrases: Sequence[Phrase], documents: NDArray[np.int64], words: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return how many hits each of some documents has; a place where two phrases begin counts once.

    Args:
        db: The index (`corpus.search.index.open_index`).
        phrases: What is looked for, at least one.
        documents: Numbers of documents, ascending.
        words: How many words each of them has.
    """
    if not len(documents):
        return np.zeros(0, np.int64)
    db.execute(INSTANCES)
    phrases = _uncovered(phrases)
    if len({phrase.tokens[0] for phrase in phrases}) == len(phrases):
        mean = _mean_words(db)
        counted = [None if mean is None else _hits_of(db, phrase, documents, words, mean) for phrase in phrases]
        known = [hits for hits in counted if hits is not None]
        if len(known) == len(phrases):
            return np.asarray(np.sum(known, axis=0), np.int64)
    return placed_hits(db, phrases, documents)


def _uncovered(phrases: Sequence[Phrase]) -> list[Phrase]:
    """Return phrases without those that begin only where another one does, too; the others' beginnings stay."""
    left: list[Phrase] = []
    for phrase in phrases:
        if not any(_covers(other, phrase) for other in left):
            left = [other for other in left if not _covers(phrase, other)] + [phrase]
    return left


def _covers(one: Phrase, other: Phrase) -> bool:
    """Tell whether one phrase, being a single word or the beginning of one, stands wherever the other begins."""
    if len(one.tokens) > 1:
        return False
    if one.open_ended:
        return other.tokens[0].startswith(one.tokens[0])
    return other.tokens[0] == one.tokens[0] and (len(other.tokens) > 1 or not other.open_ended)


# -- by weight ---------------------------------------------------------------------------------------------------------


def _hits_of(
    db: sqlite3.Connection, phrase: Phrase, documents: NDArray[np.int64], words: NDArray[np.int64], mean: float
) -> NDArray[np.int64] | None:
    """Return the hits of one phrase, in the way that is the quicker one."""
    if len(phrase.tokens) == 1 and not phrase.open_ended:  # to begin with many words takes as long as to end with them
        sample = weighed_hits(db, phrase, documents, words, mean, most=_SAMPLE)
        if sample is not None and 0 < sample.sum() <= _FEW * np.count_nonzero(sample):
            return _hits_of_word(db, phrase, documents)
    return weighed_hits(db, phrase, documents, words, mean)


def weighed_hits(
    db: sqlite3.Connection,
    phrase: Phrase,
    documents: NDArray[np.int64],
    words: NDArray[np.int64],
    mean: float,
    *,
    most: int = -1,
) -> NDArray[np.int64] | None:
    """Return how many hits of a phrase each of some documents has; None where no whole numbers come out.

    Args:
        db: The index.
        phrase: What is looked for.
        documents: Numbers of documents, ascending.
        words: How many words each of them has.
        mean: Words of a document in the mean.
        most: Look at so many documents of the index only; -1 for all.
    """
    cursor = db.cursor()
    cursor.row_factory = None
    rows = cursor.execute(
        """SELECT rowid, -bm25(indexed, :weight, :weight) FROM indexed WHERE indexed MATCH :phrase
           ORDER BY rowid LIMIT :most""",
        {"phrase": str(phrase), "weight": _SMALL, "most": most},
    )
    found = np.fromiter(rows, _SCORED)
    hits = np.zeros(len(documents), np.int64)
    if not len(found):
        return hits
    limit = _score(db, str(phrase), int(found["document"][0]), _HUGE)
    places = np.minimum(np.searchsorted(found["document"], documents), len(found) - 1)
    there = found["document"][places] == documents
    score = found["score"][places[there]]
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = _K1 * (1 - _B + _B * words[there] / mean) * score / (_SMALL * (limit - score))
    whole = np.rint(exact)
    if not np.all((np.abs(exact - whole) < _WHOLE) & (whole >= 1)):
        return None
    hits[there] = whole.astype(np.int64)
    return hits


def _mean_words(db: sqlite3.Connection) -> float | None:
    """Return how many words a document of the index has in the mean, those that are out of date included."""
    row = db.execute(
        "SELECT term, doc.id, doc.words FROM temp.instance CROSS JOIN doc ON doc.id = instance.doc LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    term, document, words = row
    hits = db.execute("SELECT count(*) FROM temp.instance WHERE term = ? AND doc = ?", (term, document)).fetchone()[0]
    most, score = (_score(db, f'"{term}"', document, weight) for weight in (_HUGE, _SMALL))
    by_length = _SMALL * hits * (most - score) / score - _K1 * (1 - _B)
    return float(_K1 * _B * words / by_length) if by_length > 0 else None


def _score(db: sqlite3.Connection, phrase: str, document: int, weight: float) -> float:
    row = db.execute(
        "SELECT -bm25(indexed, :weight, :weight) FROM indexed WHERE indexed MATCH :phrase AND rowid = :document",
        {"weight": weight, "phrase": phrase, "document": document},
    ).fetchone()
    return float(row[0])


# -- by place ----------------------------------------------------------------------------------------------------------


def placed_hits(db: sqlite3.Connection, phrases: Sequence[Phrase], documents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many hits each of some documents has, every place of every word looked at.

    Args:
        db: The index, its places laid open (`INSTANCES`).
        phrases: What is looked for, at least one.
        documents: Numbers of documents, ascending.
    """
    if len(phrases) == 1 and len(phrases[0].tokens) == 1:
        return _hits_of_word(db, phrases[0], documents)
    places = [_places(db, phrase) for phrase in phrases]
    all_places = places[0] if len(places) == 1 else np.unique(np.concatenate(places))
    of = all_places // DOCUMENT
    return np.asarray(np.searchsorted(of, documents, "right") - np.searchsorted(of, documents, "left"), np.int64)


def _hits_of_word(db: sqlite3.Connection, word: Phrase, documents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many hits each document has, in memory that grows with the documents and not with the hits."""
    condition, values = _terms(word.tokens[0], open_ended=word.open_ended)
    rows = db.execute(f"SELECT doc FROM temp.instance WHERE {condition}", values)
    hits = np.zeros(len(documents), np.int64)
    while len(of := np.fromiter((row[0] for row in islice(rows, _ROWS)), np.int64)):
        places = np.minimum(np.searchsorted(documents, of), len(documents) - 1)
        hits += np.bincount(places[documents[places] == of], minlength=len(documents))
    return hits


def _places(db: sqlite3.Connection, phrase: Phrase) -> NDArray[np.int64]:
    """Return every place where a phrase begins, in order."""
    found: NDArray[np.int64] | None = None
    last = len(phrase.tokens) - 1
    for number, token in enumerate(phrase.tokens):
        places = _places_of(db, token, open_ended=phrase.open_ended and number == last) - number
        found = places if found is None else np.intersect1d(found, places, assume_unique=True)
    assert found is not None
    return found


def _places_of(db: sqlite3.Connection, token: str, *, open_ended: bool) -> NDArray[np.int64]:
    condition, values = _terms(token, open_ended=open_ended)
    rows = db.execute(f"SELECT {PLACE} FROM temp.instance WHERE {condition}", values)
    places = np.fromiter((row[0] for row in rows), np.int64)
    # Those of one word come in order; of several words, each by itself.
    return np.unique(places) if open_ended else places


def _terms(token: str, *, open_ended: bool) -> tuple[str, tuple[str, ...]]:
    """Return the condition that a word is a token, or begins with it, and its values."""
    return ("term >= ? AND term < ?", (token, f"{token}\U0010ffff")) if open_ended else ("term = ?", (token,))
