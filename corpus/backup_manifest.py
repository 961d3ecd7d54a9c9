"""The manifest of a backup: which files it has, with checksums, and of which moment; and whether they are still so."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.errors import StoreError

MANIFEST_NAME = "backup.json"
#: Folder of the files, below that of the backup.
FILES_NAME = "files"
_KIND = "news-corpus-collector backup"
_VERSION = 1
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """A file of a backup."""

    #: Path below the corpus folder, with slashes.
    name: str
    #: Path below the backup's folder. Only the first ``bytes`` bytes there count.
    stored: str
    bytes: int
    #: SHA-256, in hexadecimal.
    sha256: str
    #: Size and time of change of the original, by which the next backup sees that it is the same.
    source_bytes: int
    source_mtime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupManifest:
    """What is in a backup."""

    #: The moment of which it is: ISO 8601, UTC.
    made_at: str
    #: When the corpus' first run began (Unix seconds), by which it is known again; None for one that has no run.
    corpus_began: float | None
    #: Version of the database's schema.
    schema: int
    articles: int
    #: Takedowns that the copy of the database knows.
    takedowns: int
    #: WARC files that were ingested by reference: they stand outside of the corpus folder, and are not copied.
    outside: tuple[str, ...]
    files: tuple[BackedUp, ...]

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(file.bytes for file in self.files)

    def to_json(self) -> str:
        """Return the manifest as it stands on the disk."""
        return json.dumps({"kind": _KIND, "version": _VERSION} | asdict(self), ensure_ascii=False, indent=1) + "\n"


def read_backup(folder: Path) -> BackupManifest:
    """Read the manifest of a backup.

    Raises:
        StoreError: There is none, or it is of a newer version.
    """
    file = folder / MANIFEST_NAME
    try:
        fields = json.loads(file.read_text("utf-8"))
        if not isinstance(fields, dict) or fields.pop("kind", None) != _KIND:
            raise StoreError(f"{file}: is no manifest of a backup")
        if fields.pop("version", None) != _VERSION:
            raise StoreError(f"{file}: was written by a newer version of the collector; install that")
        fields["files"] = tuple(BackedUp(**one) for one in fields["files"])
        fields["outside"] = tuple(fields["outside"])
        return BackupManifest(**fields)
    except FileNotFoundError as error:
        raise StoreError(f"{folder}: holds no backup (no {MANIFEST_NAME})") from error
    except OSError as error:
        raise StoreError(f"{file}: cannot be read: {error.strerror}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"{file}: is damaged ({error}); use another backup, or delete this one and make it anew"
        ) from error


def verify_backup(folder: Path, *, shown: Callable[[str], object] = lambda _: None) -> Iterator[str]:
    """Read a whole backup; yield what is wrong with it, a line each.

    Args:
        folder: The backup.
        shown: Told each file that was read.

    Raises:
        StoreError: There is no backup.
    """
    manifest = read_backup(folder)
    for file in manifest.files:
        fault = _fault(folder / file.stored, file)
        if fault is None and file.name.endswith(".db"):
            fault = find_unsound(folder / file.stored)
        if fault is not None:
            yield f"{file.name}: {fault} ({file.stored})"
        shown(file.name)


def _fault(path: Path, file: BackedUp) -> str | None:
    try:
        size = path.stat().st_size
        if size < file.bytes:
            return f"has {size} bytes, not {file.bytes}"
        return None if sha256_of(path, file.bytes) == file.sha256 else "is not what was copied: the checksum differs"
    except OSError as error:
        return str(error.strerror)


def find_unsound(path: Path) -> str | None:
    """Return what is wrong with the database of a backup, None if it is sound; reads all of it."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        return str(error)
    return None if found == "ok" else str(found)


def sha256_of(path: Path, size: int) -> str:
    """Return the checksum of a file's first ``size`` bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as raw:
        while size > 0 and (piece := raw.read(min(size, _PIECE_BYTES))):
            digest.update(piece)
            size -= len(piece)
    return digest.hexdigest()
