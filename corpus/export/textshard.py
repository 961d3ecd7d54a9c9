"""A file of articles as text, written one after the other: what CoNLL-U, VRT and TEI have in common."""

import os
import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

from corpus.export.records import Record, Value

#: Fields that formats for corpora have no place for: the text itself, what is longer than it is useful there, and where
#: on the page the metadata stood. JSON Lines and Parquet have them all.
_LEFT_OUT = frozenset({"id", "text", "posts", "rights", "sources", "appearances", "cut_paragraphs", "warc", "image"})
#: Characters that XML 1.0 (section 2.2) has no place for, besides surrogates, which no text of ours holds.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_XML_ATTRIBUTE = _XML | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


class TextShard:
    """A text file, being written: UTF-8, with line feeds."""

    def __init__(self, path: Path, render: Callable[[Record], str], *, head: str = "", foot: str = "") -> None:
        """Write to ``path``.

        Args:
            path: The file.
            render: Returns an article as it stands in the file.
            head: What the file begins with.
            foot: What it ends with.
        """
        self.path = path
        self._render = render
        self._foot = foot
        self._file = path.open("w", encoding="utf-8", newline="\n")
        self._file.write(head)

    def add(self, record: Record) -> None:
        """Write an article."""
        self._file.write(self._render(record))

    def finish(self) -> None:
        """Write the foot, bring the file to the disk and close it."""
        self._file.write(self._foot)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def metadata(record: Record, *, separator: str) -> Mapping[str, str]:
    """Return the metadata of an article that have a value, each on one line, in the order of the record's fields.

    Args:
        record: The article.
        separator: What stands between the values of a list; inside a value it becomes a comma.
    """
    stated = {name: _line(value, separator) for name, value in record.items() if name not in _LEFT_OUT}
    return {name: line for name, line in stated.items() if line}


def one_line(text: str) -> str:
    r"""Return a text as one line in NFC, without controls.

    >>> one_line("Ferry\tsails\u2028again\x07")
    'Ferry sails again'
    """
    shown = "".join(" " if unicodedata.category(char) == "Cc" else char for char in unicodedata.normalize("NFC", text))
    return " ".join(shown.split())


def xml_text(text: str) -> str:
    r"""Escape text for XML; white space that XML has no place for becomes a space, other characters U+FFFD.

    >>> xml_text("R&D <5\x0c\x00")
    'R&amp;D &lt;5 \ufffd'
    """
    return _expressible(text).translate(_XML)


def xml_attribute(text: str) -> str:
    """Escape text for a value in double quotes.

    >>> xml_attribute('“R&D” and "<5"')
    '“R&amp;D” and &quot;&lt;5&quot;'
    """
    return _expressible(text).translate(_XML_ATTRIBUTE)


def _expressible(text: str) -> str:
    return _NOT_XML.sub(lambda found: " " if found.group().isspace() else "\ufffd", text)


def _line(value: Value, separator: str) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return separator.join(one_line(str(item)).replace(separator.strip(), ",") for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return one_line(str(value))
