"""Sources of compressed archive files: gzip members and zstandard frames, and how to find one behind damage."""

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import BinaryIO

from backports import zstd

from corpus.archive.inflate import DAMAGE, PIECE_BYTES, Decompressor, Inflater, drain, zstd_decompressor
from corpus.archive.source import DamageError, PlainSource, Source

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
#: First frame of a zstandard WARC with its own dictionary (IIPC warc-zstd draft, §3).
_ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"
#: RFC 8878 §3.1.2: sixteen magic numbers of frames to be skipped, little-endian.
_ZSTD_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
#: Dictionaries in circulation have about 1 MiB.
_MAX_DICTIONARY_BYTES = 1 << 26
_SCAN_BYTES = 1 << 20


class MemberSource(Source):
    """A file of gzip members or zstandard frames."""

    def __init__(self, raw: BinaryIO, offset: int, magic: bytes, new: Callable[[], Decompressor]) -> None:
        super().__init__(raw)
        raw.seek(offset)
        self._magic = magic
        self._new = new
        #: Compressed bytes that were read from the file and not yet put into a decompressor.
        self._pending = b""
        #: Whether no record has begun in this member.
        self._fresh = True
        self._checked = False
        self._start(offset)

    @property
    def offset(self) -> int:
        """File offset of the member that holds the next byte."""
        return self._offset

    def begin(self) -> bool:
        """Note that a record begins here; it can be read again if it is the first of its member."""
        first = self._fresh
        self._fresh = False
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

    def check(self) -> None:
        """Decompress the member once more, from its first byte to its checksum."""
        if self._checked:
            return
        place = self._raw.tell()
        try:
            self._raw.seek(self._offset)
            decompressor = self._new()
            while not decompressor.eof:
                piece = self._raw.read(PIECE_BYTES) if decompressor.needs_input else b""
                if decompressor.needs_input and not piece:
                    raise DamageError(self._offset, "the file breaks off in this record", torn=True, compressed=True)
                decompressor.decompress(piece, PIECE_BYTES)
        except DAMAGE as error:
            raise DamageError(self._offset, f"damaged: {error}", compressed=True) from error
        finally:
            self._raw.seek(place)
        self._checked = True

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
        self._checked = False

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
            self._note_end()
            if out:
                return out
        return b""

    def _note_end(self) -> None:
        if self._decompressor.eof:
            self._pending = self._decompressor.unused_data
            self._member_end = self._fed - len(self._pending)

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


def _zstd_dictionary(raw: BinaryIO) -> zstd.ZstdDict | None:
    """Return the dictionary in a file's first frame; it may be a zstandard frame itself."""
    raw.seek(0)
    if raw.read(4) != _ZSTD_DICTIONARY:
        return None
    content = raw.read(min(int.from_bytes(raw.read(4), "little"), _MAX_DICTIONARY_BYTES))
    try:
        if content.startswith(_ZSTD):
            content, _ = drain(zstd_decompressor(), content, _MAX_DICTIONARY_BYTES)
        dictionary = zstd.ZstdDict(content)
        zstd_decompressor(dictionary=dictionary)
    except (EOFError, OverflowError, ValueError, *DAMAGE) as error:
        raise DamageError(0, f"damaged zstandard dictionary: {error}", compressed=True) from error
    return dictionary
