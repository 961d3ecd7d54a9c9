"""Checks an export against its manifest, as whoever receives a copy would."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ExportError
from corpus.export.manifest import (
    TEXTS_NAME,
    ExportedFile,
    Format,
    Manifest,
    file_sha256,
    read_manifest,
    strange_files,
)
from corpus.export.plaintext import COLUMNS, TABLE_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A file that is not as the manifest says."""

    #: Path below the export's folder.
    file: str
    #: What is wrong with it.
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What became of checking an export."""

    manifest: Manifest
    #: Number of files that were compared.
    files: int
    #: In alphabetical order of the files; none for a whole export.
    faults: tuple[Fault, ...]


def verify(folder: Path) -> Verification:
    """Compare every file of an export with its size and SHA-256, and look for files that do not belong to it.

    Hidden files (which file managers leave) are not minded.

    Args:
        folder: The export, or a copy of it.

    Raises:
        ExportError: The folder holds no export that this software knows, or a file cannot be read.
    """
    manifest = read_manifest(folder)
    try:
        faults = [fault for file in manifest.files if (fault := _compare(folder, file))]
        files = len(manifest.files)
        if manifest.format is Format.TEXT and not faults:
            texts, text_faults = _verify_texts(folder)
            files += texts
            faults += text_faults
        faults += [
            Fault(file=name, message="does not belong to the export") for name in strange_files(folder, manifest)
        ]
    except OSError as error:
        raise ExportError(folder, f"cannot be read: {error}") from error
    return Verification(manifest=manifest, files=files, faults=tuple(sorted(faults, key=lambda fault: fault.file)))


def _compare(folder: Path, file: ExportedFile) -> Fault | None:
    path = folder / file.file
    if not path.is_file():
        return Fault(file=file.file, message="is missing")
    size = path.stat().st_size
    if size != file.bytes:
        return Fault(file=file.file, message=f"has {size} bytes, not {file.bytes}")
    if file_sha256(path) != file.sha256:
        return Fault(file=file.file, message="has another SHA-256: its content was changed or damaged")
    return None


def _verify_texts(folder: Path) -> tuple[int, list[Fault]]:
    """Compare every text with the table's size and checksum; return how many there are, and what is wrong."""
    texts, faults = 0, list[Fault]()
    for name, size, sha256 in _rows(folder / TABLE_NAME):
        texts += 1
        fault = _compare(folder, ExportedFile(file=name, bytes=int(size), sha256=sha256, articles=1))
        if fault is not None:
            faults.append(fault)
    # Counted, not compared by name: a million names would not fit where the rest of this does.
    missing = sum(fault.message == "is missing" for fault in faults)
    found = sum(1 for path in (folder / TEXTS_NAME).rglob("*") if path.is_file() and not path.name.startswith("."))
    if found > texts - missing:
        message = f"holds {found - texts + missing} files that {TABLE_NAME} does not name"
        faults.append(Fault(file=TEXTS_NAME, message=message))
    return texts, faults


def _rows(table: Path) -> Iterator[list[str]]:
    """Yield the first three columns of the table: file, bytes, sha256."""
    places = [COLUMNS.index(name) for name in ("file", "bytes", "sha256")]
    with table.open(encoding="utf-8", newline="\n") as lines:
        next(lines)
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            yield [cells[place] for place in places]
