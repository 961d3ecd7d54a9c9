"""The decompressed bytes of an archive file, and where in the file a record can be found again.

WARC files are compressed record by record, so that each record can be read alone: a gzip member or a zstandard frame
holds one record. Files compressed as a whole, or not at all, are in circulation too. A `Source` hides the difference,
keeps the file offsets, and tells the three ends apart: of a member, of the file, and of a file that breaks off.
"""

import re
from abc import ABC, abstractmethod
from typing import BinaryIO

from corpus.archive.inflate import PIECE_BYTES

#: ``WARC/1.0`` and the like, or an ARC line: URL, IP address, date, type, (ARC 2: five more fields,) length.
_RECORD_START = re.compile(
    rb"WARC/\d+\.\d+\r{0,2}\n"
    rb"|[A-Za-z][A-Za-z0-9+.-]*:[^\r\n]* [0-9A-Fa-f.:]+ \d{8,18} [^\r\n]*[^ \r\n]\r?\n"
)
#: An ARC line holds a URL, and those of advertisements run to tens of kilobytes.
_MAX_START_BYTES = 1 << 16


class DamageError(Exception):
    """A record cannot be read; never leaves `corpus.archive`."""

    def __init__(self, offset: int, message: str, *, torn: bool = False, compressed: bool = False) -> None:
        super().__init__(offset, message)
        #: File offset of the record, or of the member it is in.
        self.offset = offset
        self.message = message
        #: Whether the file breaks off here: all that is there is right, but not all is there.
        self.torn = torn
        #: Whether decompression failed, so that reading can go on only at another member.
        self.compressed = compressed


class Source(ABC):
    """Bytes of a file in the order of its records."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._buffer = b""
        self._at = 0

    @property
    @abstractmethod
    def offset(self) -> int:
        """File offset of the next byte, or of the member it is in."""

    @abstractmethod
    def begin(self) -> bool:
        """Note that a record begins here; tell whether it can be read again from `offset`."""

    @abstractmethod
    def end(self) -> int | None:
        """File offset where the record that was just read ends; None where the file has no place for it."""

    @abstractmethod
    def next_member(self) -> bool:
        """Go on to the next member; False at the end of the file."""

    @abstractmethod
    def check(self) -> None:
        """Make sure that what was read is what was compressed, where that shows only at the member's end."""

    @abstractmethod
    def recover(self, damage: DamageError) -> bool:
        """Go to where a record may begin behind ``damage``; False where the rest of the file has no such place."""

    @abstractmethod
    def _pull(self) -> bytes:
        """Return more bytes of this member; none at its end."""

    def peek(self, size: int) -> bytes:
        """Return up to ``size`` bytes of this member without consuming them."""
        while len(self._buffer) - self._at < size:
            more = self._pull()
            if not more:
                break
            self._buffer = self._buffer[self._at :] + more
            self._at = 0
        return self._buffer[self._at : self._at + size]

    def read(self, size: int) -> bytes:
        """Return between one and ``size`` bytes of this member; none at its end."""
        if self._at == len(self._buffer):
            self._buffer, self._at = self._pull(), 0
        piece = self._buffer[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def readline(self, limit: int) -> bytes:
        """Return the next line with its line feed; without one at the member's end and beyond ``limit`` bytes."""
        size = 256
        while True:
            ahead = self.peek(size)
            end = ahead.find(b"\n") + 1
            if end or len(ahead) < size or size >= limit:
                line = ahead[: end or len(ahead)]
                self._at += len(line)
                return line
            size *= 4

    def skip_blank(self) -> bool:
        """Consume empty lines; tell whether anything of this member is left."""
        while self.peek(1) in (b"\r", b"\n"):
            rest = self._buffer[self._at :].lstrip(b"\r\n")
            self._at = len(self._buffer) - len(rest)
        return bool(self.peek(1))

    def at_record_start(self) -> bool:
        """Tell whether a record begins at the next byte."""
        ahead = self.peek(16)
        if ahead.startswith(b"WARC/"):
            return _RECORD_START.match(ahead) is not None
        return ahead[:1].isalpha() and b":" in self.peek(64) and self._arc_line_ahead()

    def _arc_line_ahead(self) -> bool:
        size = 256
        while b"\n" not in (ahead := self.peek(size)) and len(ahead) == size < _MAX_START_BYTES:
            size *= 4
        return _RECORD_START.match(ahead) is not None

    def skip_to_record(self) -> bool:
        """Consume lines up to one that begins a record; False where the file has no more."""
        while True:
            while self.peek(1):
                if self.at_record_start():
                    return True
                line = self.readline(_MAX_START_BYTES)
                while not line.endswith(b"\n") and self.peek(1):
                    line = self.readline(_MAX_START_BYTES)
            if not self.next_member():
                return False


class PlainSource(Source):
    """An uncompressed file: one member that any offset leads into."""

    def __init__(self, raw: BinaryIO, offset: int) -> None:
        super().__init__(raw)
        raw.seek(offset)

    @property
    def offset(self) -> int:
        """File offset of the next byte."""
        return self._raw.tell() - len(self._buffer) + self._at

    def begin(self) -> bool:
        """Note that a record begins here."""
        return True

    def end(self) -> int | None:
        """File offset of the next byte."""
        return self.offset

    def next_member(self) -> bool:
        """There is only one."""
        return False

    def check(self) -> None:
        """Nothing was compressed."""

    def recover(self, damage: DamageError) -> bool:  # noqa: ARG002 - uncompressed bytes do not care what was wrong
        """Go to the next line that begins a record."""
        return self.skip_to_record()

    def seek(self, offset: int) -> None:
        """Go to a file offset."""
        self._raw.seek(offset)
        self._buffer, self._at = b"", 0

    def _pull(self) -> bytes:
        return self._raw.read(PIECE_BYTES)
