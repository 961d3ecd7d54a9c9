"""The archive of a corpus: every response as it came, in WARC files, and whatever others have archived.

    writer   ``ArchiveWriter``: exchanges, revisits, local files
    reader   ``read_page`` by place; ``pages`` and ``texts`` of any WARC, ARC or WET file
    records  ``iter_records``: every record of such a file, and a report for each that is broken
    integrity  ``find_torn_tails``, ``repair``, ``verify``: what is wrong, and mending what can be mended
    coding   ``decode_content``, ``dechunk``: HTTP's codings undone, within limits

Below them stand the composition of records (``compose``), the file that grows (``segment``), and the frames
(``framing``) of files that are compressed (``members``) or not (``source``).
"""

from corpus.archive.coding import dechunk, decode_content
from corpus.archive.digests import has_digest, payload_digest
from corpus.archive.integrity import Problem, ProblemKind, TornTail, find_torn_tails, repair, verify
from corpus.archive.reader import ConvertedText, pages, read_member, read_page, texts
from corpus.archive.records import MAX_BODY_BYTES, BrokenRecord, Record, iter_records, read_record
from corpus.archive.writer import ArchiveWriter, Original

__all__ = [
    "MAX_BODY_BYTES",
    "ArchiveWriter",
    "BrokenRecord",
    "ConvertedText",
    "Original",
    "Problem",
    "ProblemKind",
    "Record",
    "TornTail",
    "dechunk",
    "decode_content",
    "find_torn_tails",
    "has_digest",
    "iter_records",
    "pages",
    "payload_digest",
    "read_member",
    "read_page",
    "read_record",
    "repair",
    "texts",
    "verify",
]
