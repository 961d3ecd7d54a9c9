"""Plain text as AntConc loads it: one folder, and a metadata table whose ``doc_id`` is the number of the file in it.

AntConc (4.3) numbers the files of a corpus from 0 in the order in which it loads them, and joins a metadata table to
them by its column ``doc_id``; the table's name without its ending is what conditions call it. So the files are named
such that their alphabetical order is that of the table, and values are plain: no lists, no objects.
"""

from collections.abc import Mapping

from corpus.export.plaintext import folder_name
from corpus.export.records import Record, Value

ANTCONC_TABLE = "articles.tsv"
ANTCONC_COLUMNS = (
    "doc_id", "file", "id", "site", "title", "authors", "published", "year", "month", "language", "section", "tags",
    "words", "url", "cluster", "version", "bytes", "sha256",
)  # fmt: skip


def antconc_name(record: Record, number: int) -> str:
    """Return the name of an article's file: its number, and what a user is to recognise in a list of hits.

    >>> antconc_name({"site": "harbour-post", "id": "1f"}, 41)
    '0000041_harbour-post_1f.txt'
    """
    return f"{number:07d}_{folder_name(str(record['site']))}_{record['id']}.txt"


def antconc_row(record: Record, number: int) -> Mapping[str, Value]:
    """Return the values of the table.

    >>> lists = {"authors": ["A. Das", "B. Sahu"], "section": [], "tags": []}
    >>> row = antconc_row(lists | {"published": "2026-11-22T06:00:00"}, 0)
    >>> row["published"], row["year"], row["month"], row["authors"]
    ('2026-11-22', '2026', '2026-11', 'A. Das; B. Sahu')
    """
    day = str(record["published"] or "")[:10]
    joined: dict[str, Value] = {
        name: "; ".join(map(str, record[name] or ()))  # type: ignore[arg-type]
        for name in ("authors", "section", "tags")
    }
    return record | joined | {"doc_id": number, "published": day, "year": day[:4], "month": day[:7]}
