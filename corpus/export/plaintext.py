r"""Plain text: one UTF-8 ``.txt`` an article, in folders by site, and ``metadata.tsv`` beside them.

The table has no quoting: tabs and line ends inside a value become spaces; lists, maps and places are written as JSON, a
missing value is empty. It also holds size and SHA-256 of each text, which would make a manifest of a million
articles too large to read.
"""

import hashlib
import json
import os
import re
from pathlib import Path
from urllib.parse import quote

from corpus.export.manifest import ExportedFile
from corpus.export.records import FIELDS, Record, Value

TABLE_NAME = "metadata.tsv"
#: Folder of the texts.
TEXTS_NAME = "texts"
#: The table's columns: where the text stands, how to check it, and every other field of the record.
COLUMNS = ("file", "bytes", "sha256", *(field.name for field in FIELDS if field.name != "text"))
_BREAKS = re.compile(r"[\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


class TextFolder:
    """An export as plain text, being written."""

    def __init__(self, folder: Path) -> None:
        """Write to ``folder``."""
        self._folder = folder
        self._table = (folder / TABLE_NAME).open("w", encoding="utf-8", newline="\n")
        self._table.write("\t".join(COLUMNS) + "\n")
        self._count = 0
        self._text_bytes = 0

    def add(self, record: Record) -> None:
        """Write an article's text to a file of its own, and its metadata to the table."""
        body = f"{record['text']}\n".encode()
        name = f"{TEXTS_NAME}/{folder_name(str(record['site']))}/{record['id']}.txt"
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        row = record | {"file": name, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        self._table.write("\t".join(_cell(row[column]) for column in COLUMNS) + "\n")
        self._count += 1
        self._text_bytes += len(body)

    def finish(self) -> tuple[tuple[ExportedFile, ...], int]:
        """Bring everything to the disk; return the table, and the size of it and all texts."""
        self._table.close()
        # One by one, a million small files would take an hour.
        os.sync()
        table = ExportedFile.measure(self._folder, self._folder / TABLE_NAME, self._count)
        return (table,), table.bytes + self._text_bytes

    def close(self) -> None:
        """Close the table."""
        self._table.close()


def folder_name(site: str) -> str:
    """Return a site's name as the name of a folder.

    Names in the configuration are safe; sites of ingested pages may be called anything.

    >>> folder_name("example.com"), folder_name("../a"), folder_name("..")
    ('example.com', '%2E.%2Fa', '%2E.')
    """
    safe = quote(site, safe="") or "%"
    return f"%2E{safe[1:]}" if safe.startswith(".") else safe


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _BREAKS.sub(" ", value)
    return _BREAKS.sub(" ", json.dumps(value, ensure_ascii=False, separators=(",", ":")))
