"""Records as other people's pipelines name the fields: a few of their own, and everything else as metadata."""

from collections.abc import Mapping

from corpus.export.records import Record, Value

#: A record in somebody else's terms.
Arranged = Mapping[str, Value | dict[str, Value]]


def for_datatrove(record: Record) -> Arranged:
    """Return a record as datatrove's ``Document`` has it (datatrove/data.py): ``text``, ``id`` and ``metadata``.

    Its own readers of WARC and Common Crawl name the time of the fetch ``date``, and its language filter writes
    ``language_score``; so does this. Everything else keeps the names of `corpus.export.records.FIELDS`.

    >>> record = {"id": "1f", "url": "https://a.example/", "text": "Rain.", "language_confidence": 0.98}
    >>> for_datatrove(record | {"fetched_at": "2026-11-22T06:10:05+00:00"})["metadata"]
    {'url': 'https://a.example/', 'language_score': 0.98, 'date': '2026-11-22T06:10:05+00:00'}
    """
    renamed = {"language_confidence": "language_score", "fetched_at": "date"}
    metadata = {renamed.get(name, name): value for name, value in record.items() if name not in ("id", "text")}
    return {"text": record["text"], "id": record["id"], "metadata": metadata}


def for_dolma(record: Record) -> Arranged:
    """Return a record as Dolma's toolkit has it (allenai/dolma, docs/data-format.md).

    ``source`` is the site; ``added``, when it came to the collection, is the time of the fetch; ``created`` is the
    publisher's time of publication, left out where there is none, as the toolkit's readers take no null for text.

    >>> record = {"id": "1f", "site": "a", "text": "Rain.", "published": None, "title": "Rain"}
    >>> for_dolma(record | {"fetched_at": "2026-11-22T06:10:05+00:00"})
    {'id': '1f', 'text': 'Rain.', 'source': 'a', 'added': '2026-11-22T06:10:05+00:00', 'metadata': {'title': 'Rain'}}
    """
    own = {"id": "id", "text": "text", "source": "site", "added": "fetched_at", "created": "published"}
    arranged: dict[str, Value | dict[str, Value]] = {
        theirs: record[ours] for theirs, ours in own.items() if record[ours] is not None
    }
    arranged["metadata"] = {name: value for name, value in record.items() if name not in own.values()}
    return arranged
