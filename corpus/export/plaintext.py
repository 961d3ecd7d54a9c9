r"""Files of one article each, UTF-8, in folders by site; and a table that names them.

The table has no quoting: tabs and line ends inside a value become spaces; lists, maps and places are written as JSON, a
missing value is empty. It also holds size and SHA-256 of each file, which would make a manifest of a million
articles too large to read.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
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


def format_text(record: Record) -> bytes:
    """Return an article's text and a line feed."""
    return f"{record['text']}\n".encode()


def name_by_site(record: Record, _: int, ending: str = ".txt") -> str:
    """Return the name of an article's file in the folder of its site."""
    return f"{folder_name(str(record['site']))}/{record['id']}{ending}"


def whole_row(record: Record, _: int) -> Mapping[str, Value]:
    """Return every field for the table."""
    return record


class TextFolder:
    """An export with one file an article, being written."""

    def __init__(
        self,
        folder: Path,
        *,
        file_of: Callable[[Record], bytes] = format_text,
        name_of: Callable[[Record, int], str] = name_by_site,
        row_of: Callable[[Record, int], Mapping[str, Value]] = whole_row,
        columns: tuple[str, ...] = COLUMNS,
        table: str = TABLE_NAME,
    ) -> None:
        """Write to ``folder``.

        Args:
            folder: The export's folder.
            file_of: Makes the content of an article's file.
            name_of: Makes the file's name, with slashes, of the article and its number in the export, from 0.
            row_of: Makes the values of the table that are not about the file, of the same.
            columns: The table's columns.
            table: The table's name.
        """
        self._folder = folder
        self._file_of, self._name_of, self._row_of, self._columns = file_of, name_of, row_of, columns
        self._table = (folder / table).open("w", encoding="utf-8", newline="\n")
        self._table.write("\t".join(columns) + "\n")
        self._count = 0
        self._text_bytes = 0

    def add(self, record: Record) -> None:
        """Write an article to a file of its own, and its metadata to the table."""
        body = self._file_of(record)
        name = f"{TEXTS_NAME}/{self._name_of(record, self._count)}"
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        file: Record = {"file": name, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        row = {**self._row_of(record, self._count), **file}
        self._table.write("\t".join(_cell(row[column]) for column in self._columns) + "\n")
        self._count += 1
        self._text_bytes += len(body)

    def finish(self) -> tuple[tuple[ExportedFile, ...], int]:
        """Bring everything to the disk; return the table, and the size of it and all files."""
        self._table.close()
        # One by one, a million small files would take an hour.
        os.sync()
        table = ExportedFile.measure(self._folder, Path(self._table.name), self._count)
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
