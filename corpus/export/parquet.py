"""Apache Parquet: the fields of a record as typed columns. Needs the extra ``parquet`` (pyarrow)."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import ConfigError
from corpus.export.records import FIELDS, Field, Kind, Record, Value
from corpus.signals.definitions import SIGNALS

if TYPE_CHECKING:
    import pyarrow as pa

#: Compression level of zstandard inside the file; see `corpus.export.jsonl.ZSTD_LEVEL`.
_ZSTD_LEVEL = 9
#: A row group is what a reader must hold to read its rows and what we hold to write them. It ends with so many rows …
_ROWS = 10_000
#: … or so many characters of text, whichever comes first.
_CHARACTERS = 32_000_000
#: Rows that are held as Python objects, which take three times as much memory as Arrow's columns.
_BATCH_ROWS = 500
#: Columns that repeat few values; others only waste time on a dictionary that then overflows.
_REPETITIVE = (
    "site",
    "language",
    "declared_language",
    "site_name",
    "licence",
    "page_type",
    "cleaner",
    "authors.list.element",
    "section.list.element",
    "tags.list.element",
    "sources.list.element.field",
    "sources.list.element.source",
    *(f"rights.list.element.{name}" for name in ("signal", "stance", "place", "evidence", "terms", "action", "reason")),
    "warc.file",
)
#: Members of a statement on use that are never null.
_ALWAYS_STATED = ("signal", "stance", "place", "evidence", "action")
#: Columns whose least and greatest value, kept for each row group, help a query to skip it.
_SKIPPABLE = ("id", "url", "site", "language", "published", "modified", "fetched_at", "words")


def import_pyarrow() -> Any:
    """Return the module ``pyarrow``.

    Raises:
        ConfigError: It is not installed; says how to do so.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet  # makes pa.parquet
    except ImportError as error:
        raise ConfigError(
            "Parquet exports need pyarrow, which is not installed; "
            "install it with: pip install 'news-corpus-collector[parquet]'"
        ) from error
    return pa


def arrow_schema(fields: Sequence[Field] = FIELDS) -> "pa.Schema":
    """Return the Arrow schema of an export; the meaning of each field stands in its metadata.

    Raises:
        ConfigError: pyarrow is not installed.
    """
    pa = import_pyarrow()
    types = {
        Kind.STRING: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.BOOLEAN: pa.bool_(),
        Kind.INSTANT: pa.timestamp("us", tz="UTC"),
        # Text, because no timestamp can say "some time on this day".
        Kind.PUBLISHER_TIME: pa.string(),
        Kind.STRINGS: pa.list_(pa.field("element", pa.string(), nullable=False)),
        Kind.SOURCES: pa.list_(
            pa.field(
                "element",
                pa.struct([pa.field(name, pa.string(), nullable=False) for name in ("field", "source")]),
                nullable=False,
            )
        ),
        Kind.RIGHTS: pa.list_(
            pa.field(
                "element",
                pa.struct(
                    [
                        *(pa.field(name, pa.string(), nullable=False) for name in _ALWAYS_STATED),
                        *(pa.field(name, pa.string()) for name in ("terms", "reason")),
                    ]
                ),
                nullable=False,
            )
        ),
        Kind.POSTS: pa.list_(
            pa.field(
                "element",
                pa.struct(
                    [
                        pa.field("headline", pa.string()),
                        pa.field("published", pa.string()),
                        pa.field("text", pa.string(), nullable=False),
                    ]
                ),
                nullable=False,
            )
        ),
        Kind.SIGNALS: pa.struct(
            [pa.field(one.name, pa.int64() if one.whole else pa.float64(), nullable=one.optional) for one in SIGNALS]
        ),
        Kind.PLACE: pa.struct(
            [
                pa.field("file", pa.string(), nullable=False),
                pa.field("offset", pa.int64(), nullable=False),
                pa.field("length", pa.int64()),
            ]
        ),
    }
    return pa.schema(
        [
            pa.field(field.name, types[field.kind], nullable=field.optional, metadata={"meaning": field.meaning})
            for field in fields
        ]
    )


class ParquetShard:
    """A ``.parquet`` file, being written."""

    def __init__(self, path: Path, *, compress: bool, fields: Sequence[Field] = FIELDS) -> None:
        """Write to ``path`` with the ending ``.parquet``.

        Raises:
            ConfigError: pyarrow is not installed.
        """
        self._arrow = import_pyarrow()
        self._fields = fields
        self._schema = arrow_schema(fields)
        self.path = path.with_name(f"{path.name}.parquet")
        self._writer = self._arrow.parquet.ParquetWriter(
            self.path,
            self._schema,
            compression="zstd" if compress else "none",
            compression_level=_ZSTD_LEVEL if compress else None,
            use_dictionary=list(_REPETITIVE),
            write_statistics=list(_SKIPPABLE),
        )
        self._rows: list[dict[str, object]] = []
        self._batches: list[pa.RecordBatch] = []
        self._row_count = 0
        self._characters = 0

    def add(self, record: Record) -> None:
        """Take a record; write a row group where enough are at hand."""
        self._rows.append({field.name: _arrow_value(field.kind, record[field.name]) for field in self._fields})
        self._row_count += 1
        self._characters += len(str(record["text"]))
        if len(self._rows) >= _BATCH_ROWS:
            self._pack()
        if self._row_count >= _ROWS or self._characters >= _CHARACTERS:
            self._write_row_group()

    def finish(self) -> None:
        """Write the last row group and the footer, and bring them to the disk."""
        self._write_row_group()
        self._writer.close()
        with self.path.open("rb") as file:
            os.fsync(file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._writer.close()

    def _pack(self) -> None:
        if self._rows:
            self._batches.append(self._arrow.RecordBatch.from_pylist(self._rows, schema=self._schema))
            self._rows = []

    def _write_row_group(self) -> None:
        self._pack()
        if self._batches:
            # In one piece: where pieces end could change where pages do, and with that the bytes.
            table = self._arrow.Table.from_batches(self._batches).combine_chunks()
            self._batches = []
            self._writer.write_table(table, row_group_size=table.num_rows)
            self._row_count, self._characters = 0, 0


def _arrow_value(kind: Kind, value: Value) -> object:
    """Return a value as Arrow takes it."""
    return datetime.fromisoformat(str(value)) if kind is Kind.INSTANT else value
