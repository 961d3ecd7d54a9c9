"""The search index forgets what the corpus no longer says, without being made anew.

FTS5 without copies of texts takes an article out when it is told the words that went in; the corpus has forgotten them
by then, but the index itself still has every word with its places, so they are read from there, in one go through all
of it. That writes marks of deletion beside the words; merging the index into one piece (``optimize``) leaves out both,
and writing the file anew (``VACUUM``) leaves no page and no part of one that something stood in before. What an article
said before it changed stands in the index, too, unseen (`corpus.search.index`), and goes in the same way: nobody can
tell whose it was.

Of an index of 50,000 articles that takes 6 s of processor time, where to make it takes 37 s. Where it cannot be shown
that nothing is left, or where very much has to go, the file is deleted instead.
"""

import json
import sqlite3
from array import array
from collections.abc import Iterator

import numpy as np

from corpus.errors import StoreError
from corpus.folder import CorpusFolder
from corpus.schema import write_anew
from corpus.search.beside import CHANGED
from corpus.search.hits import COLUMN, DOCUMENT, INSTANCES, PLACE
from corpus.search.index import GONE, connected, forget_index, index_file, is_ours, transaction

#: Where more articles than these have to go, words of which are held in memory at once (12 bytes each), the index is
#: deleted.
_MOST = 10_000
#: How long a search under way is waited for, in milliseconds; then the file is deleted under it.
_BUSY_MS = 5_000


def forget_gone(folder: CorpusFolder) -> None:
    """Leave nothing in the index of what the corpus no longer says, in no byte of its file.

    Killed on the way, it has to be called again. An index that cannot be brought to that is deleted; the next search
    makes it again.

    Raises:
        StoreError: It cannot even be deleted.
    """
    try:
        forgotten = index_file(folder).exists() and is_ours(folder) and _forget(folder)
    except StoreError:  # locked, damaged, or the disk is full
        forgotten = False
    if not forgotten:
        forget_index(folder)


def _forget(folder: CorpusFolder) -> bool:
    """Do it, and tell whether nothing is left."""
    with connected(folder, read_only=False) as db:
        db.execute("PRAGMA secure_delete = ON")
        db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        db.execute(INSTANCES)
        with transaction(db):
            # What changed is indexed by the next search: the state of the corpus' files is no longer known.
            db.execute("DELETE FROM state WHERE name = 'moment'")
            db.execute(f"DELETE FROM doc WHERE article_id IN ({GONE})")
            changed = CHANGED.format(corpus="corpus", index="main")
            db.execute(f"DELETE FROM doc WHERE article_id IN ({changed})")
            dead = [row[0] for row in db.execute("SELECT id FROM indexed_docsize WHERE id NOT IN (SELECT id FROM doc)")]
            if len(dead) > _MOST:
                return False
            db.executemany(
                "INSERT INTO indexed (indexed, rowid, title, text) VALUES ('delete', ?, ?, ?)", _words(db, dead)
            )
        db.execute("INSERT INTO indexed (indexed) VALUES ('optimize')")
        write_anew(db, folder.search)
        db.execute(INSTANCES)  # temporary tables do not outlast that
        busy = db.execute("PRAGMA main.wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not busy and not _left(db, dead)


def _words(db: sqlite3.Connection, dead: list[int]) -> Iterator[tuple[int, str, str]]:
    """Yield some documents with the words of title and text that the index has of them."""
    if not dead:
        return
    vocabulary: list[str] = []
    places, numbers = array("q"), array("i")
    for place, term in db.execute(
        f"SELECT {PLACE}, term FROM temp.instance WHERE doc IN (SELECT value FROM json_each(?))", (json.dumps(dead),)
    ):
        if not vocabulary or vocabulary[-1] != term:
            vocabulary.append(term)
        places.append(place)
        numbers.append(len(vocabulary) - 1)
    found, terms = np.frombuffer(places, np.int64), np.frombuffer(numbers, np.int32)
    order = np.argsort(found)
    found, terms = found[order], terms[order]
    for document in dead:
        begin, middle, end = np.searchsorted(
            found, [document * DOCUMENT, document * DOCUMENT + COLUMN, (document + 1) * DOCUMENT]
        )
        title, text = ([vocabulary[number] for number in part] for part in (terms[begin:middle], terms[middle:end]))
        yield document, " ".join(title), " ".join(text)


def _left(db: sqlite3.Connection, dead: list[int]) -> bool:
    """Tell whether anything of some documents is left, be it beside marks of deletion in another piece."""
    pieces = db.execute("SELECT count(DISTINCT segid) FROM indexed_idx").fetchone()[0]
    rows = db.execute(
        """SELECT 1 FROM indexed_docsize WHERE id IN (SELECT value FROM json_each(:dead))
           UNION ALL SELECT 1 FROM temp.instance WHERE doc IN (SELECT value FROM json_each(:dead)) LIMIT 1""",
        {"dead": json.dumps(dead)},
    )
    return pieces > 1 or rows.fetchone() is not None
