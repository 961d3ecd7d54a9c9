"""The decompressed bytes of an archive file, and where in the file a record can be found again.

WARC files are compressed record by record, so that each record can be read alone: a gzip member or a zstandard frame
holds one record. Files compressed as a whole, or not at all, are in circulation too. A `Source` hides the difference,
keeps the file offsets, and tells the three ends apart: of a member, of the file, and of a file that breaks off.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import BinaryIO

from corpus.archive.inflate import DAMAGE, PIECE_BYTES, Decompressor, Inflater, drain, zstd_decompressor

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
#: First frame of a zstandard WARC with its own dictionary (IIPC warc-zstd draft, §3).
_ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"
#: RFC 8878 §3.1.2: sixteen magic numbers of frames to be skipped, little-endian.
_ZSTD_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
#: ``WARC/1.0`` and the like, or an ARC line: URL, IP address, date, type, (ARC 2: five more fields,) length.
_RECORD_START = re.compile(rb"WARC/\d+\.\d+\r?\n|[A-Za-z][A-Za-z0-9+.-]*:[^\r\n]* [0-9A-Fa-f.:]+ \d{8,18} [^\r\n]*\S\r?\n")
#: An ARC line holds a URL, and those of advertisements run to tens of kilobytes.
_MAX_START_BYTES = 1 << 16
_SCAN_BYTES = 1 << 20
#: Dictionaries in circulation have about 1 MiB.
_MAX_DICTIONARY_BYTES = 1 << 26


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
        while (ahead := self.peek(2))[:1] in (b"\r", b"\n"):
            self._at += 2 if ahead == b"\r\n" else 1
        return bool(ahead)

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

    def recover(self, damage: DamageError) -> bool:
        """Go to the next line that begins a record."""
        return self.skip_to_record()

    def seek(self, offset: int) -> None:
        """Go to a file offset."""
        self._raw.seek(offset)
        self._buffer, self._at = b"", 0

    def _pull(self) -> bytes:
        return self._raw.read(PIECE_BYTES)


class MemberSource(Source):
    """A file of gzip members or zstandard frames."""

    def __init__(self, raw: BinaryIO, offset: int, magic: bytes, new: Callable[[], Decompressor]) -> None:
        super().__init__(raw)
        raw.seek(offset)
        self._magic = magic
        self._new = new
        #: Compressed bytes that were read from the file and not yet put into a decompressor.
        self._pending = b""
        self._start(offset)

    @property
    def offset(self) -> int:
        """File offset of the member that holds the next byte."""
        return self._offset

    def begin(self) -> bool:
        """Note that a record begins here; it can be read again if it is the first of its member."""
        first, self._fresh = self._fresh, False
        return first

    def end(self) -> int | None:
        """File offset of the member's end, or None where it holds more than the record that was read."""
        return None if self.peek(1) else self._member_end

    def next_member(self) -> bool:
        """Go on to the next member; False at the end of the file."""
        if len(self._pending) < len(_ZSTD):
            self._pending += self._raw.read(PIECE_BYTES)
        head = self._pending[: len(_ZSTD)]
        if not head:
            return False
        if not head.startswith(self._magic) and not (self._magic == _ZSTD and _ZSTD_SKIPPABLE.match(head)):
            torn = self._magic.startswith(head) or self._only_zeros_from(self._member_end)
            raise DamageError(self._member_end, "no compressed record begins here", torn=torn, compressed=True)
        self._start(self._member_end)
        return True

    def recover(self, damage: DamageError) -> bool:
        """Go to the next record in this member or, where it cannot be decompressed, in a later one."""
        while True:
            if damage.compressed and not self._go_to_member_behind(damage.offset):
                return False
            try:
                return self.skip_to_record()
            except DamageError as further:
                damage = further

    def _start(self, offset: int) -> None:
        self._offset = offset
        #: File offset of the first byte that this member's decompressor has not been given.
        self._fed = offset
        self._member_end = offset
        self._decompressor = self._new()
        self._buffer, self._at = b"", 0
        self._fresh = True

    def _pull(self) -> bytes:
        while not self._decompressor.eof:
            piece = b""
            if self._decompressor.needs_input:
                piece, self._pending = self._pending or self._raw.read(PIECE_BYTES), b""
                self._fed += len(piece)
                if not piece:
                    raise DamageError(self._offset, "the file breaks off in this record", torn=True, compressed=True)
            try:
                out = self._decompressor.decompress(piece, PIECE_BYTES)
            except DAMAGE as error:
                torn = self._only_zeros_from(self._offset)
                raise DamageError(self._offset, f"damaged: {error}", torn=torn, compressed=True) from error
            if self._decompressor.eof:
                self._pending = self._decompressor.unused_data
                self._member_end = self._fed - len(self._pending)
            if out:
                return out
        return b""

    def _go_to_member_behind(self, offset: int) -> bool:
        """Go to the next place that looks like a member and holds the beginning of a record."""
        while (offset := self._find_magic(offset + 1)) >= 0:
            self._raw.seek(offset)
            self._pending = b""
            self._start(offset)
            with suppress(DamageError):
                self.skip_blank()
                if self.at_record_start():
                    return True
        return False

    def _find_magic(self, offset: int) -> int:
        magic = b"\x1f\x8b\x08" if self._magic == _GZIP else self._magic
        self._raw.seek(offset)
        window = self._raw.read(_SCAN_BYTES)
        while len(window) >= len(magic):
            found = window.find(magic)
            if found >= 0:
                return offset + found
            kept = window[1 - len(magic) :]
            offset += len(window) - len(kept)
            more = self._raw.read(_SCAN_BYTES)
            if not more:
                break
            window = kept + more
        return -1

    def _only_zeros_from(self, offset: int) -> bool:
        """Tell whether the file holds but zeros from here, as some file systems leave it after a power cut."""
        self._raw.seek(offset)
        while piece := self._raw.read(_SCAN_BYTES):
            if piece.strip(b"\0"):
                return False
        return True


def open_source(raw: BinaryIO, offset: int = 0) -> Source:
    """Return the source that reads a file from a record or member at ``offset``, whatever it is compressed with."""
    raw.seek(offset)
    head = raw.read(len(_ZSTD))
    name = str(getattr(raw, "name", ""))
    plain = head.startswith((b"WARC", b"file"))
    if head.startswith(_GZIP) or (name.endswith(".gz") and not plain):
        return MemberSource(raw, offset, _GZIP, Inflater)
    if head == _ZSTD or _ZSTD_SKIPPABLE.match(head) or (name.endswith(".zst") and not plain):
        return MemberSource(raw, offset, _ZSTD, partial(zstd_decompressor, dictionary=_zstd_dictionary(raw)))
    return PlainSource(raw, offset)


def _zstd_dictionary(raw: BinaryIO) -> bytes | None:
    """Return the dictionary in a file's first frame; it may be a zstandard frame itself."""
    raw.seek(0)
    if raw.read(4) != _ZSTD_DICTIONARY:
        return None
    dictionary = raw.read(int.from_bytes(raw.read(4), "little"))
    if not dictionary.startswith(_ZSTD):
        return dictionary
    try:
        return drain(zstd_decompressor(), dictionary, _MAX_DICTIONARY_BYTES)[0]
    except (EOFError, OverflowError, *DAMAGE) as error:
        raise DamageError(0, "damaged zstandard dictionary", compressed=True) from error
