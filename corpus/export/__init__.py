"""Exports: the articles of a corpus as files that other software reads.

    from corpus import open_corpus
    from corpus.export import Format, export, verify

    with open_corpus("mycorpus") as corpus:
        manifest = export(corpus, Path("mycorpus/exports/jsonl"), Format.JSONL)
    assert not verify(Path("mycorpus/exports/jsonl")).faults

The same corpus exported with the same settings and software gives the same bytes, file by file, so that two people can
find out by a checksum whether they work on the same texts. An export is there whole or not at all.
"""

from corpus.export.exporter import export
from corpus.export.formats import FORMATS, FormatEntry, Settings, Stage, sharded
from corpus.export.manifest import ExportedFile, Format, Manifest, read_manifest
from corpus.export.records import FIELDS, Field, Kind, Record, record_of
from corpus.export.selection import Filters, count_articles
from corpus.export.source import CorpusSource, Source
from corpus.export.verification import Fault, Verification, verify

__all__ = [
    "FIELDS",
    "FORMATS",
    "CorpusSource",
    "ExportedFile",
    "Fault",
    "Field",
    "Filters",
    "Format",
    "FormatEntry",
    "Kind",
    "Manifest",
    "Record",
    "Settings",
    "Source",
    "Stage",
    "Verification",
    "count_articles",
    "export",
    "read_manifest",
    "record_of",
    "sharded",
    "verify",
]
