"""Checks an export against its manifest, as whoever receives a copy would."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ExportError
from corpus.export.formats import FORMATS
from corpus.export.manifest import ARTICLES_NAME, MANIFEST_NAME, ExportedFile, Manifest, file_sha256, read_manifest


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
        table = _table(manifest)
        if table is not None and not faults:
            listed, more_faults = _verify_listed(folder, *table)
            files += listed
            faults += more_faults
        faults += [
            Fault(file=name, message="does not belong to the export") for name in strange_files(folder, manifest)
        ]
    except OSError as error:
        raise ExportError(folder, f"cannot be read: {error}") from error
    return Verification(manifest=manifest, files=files, faults=tuple(sorted(faults, key=lambda fault: fault.file)))


def strange_files(folder: Path, manifest: Manifest) -> list[str]:
    """Return what an export does not name; hidden files, and what stands among those of its table, are not minded."""
    table = _table(manifest)
    named = [file.file for file in manifest.files]
    folders = {name.partition("/")[0] for name in named if "/" in name}
    known = {MANIFEST_NAME, *named, *folders, *(table or ())}
    found = [
        path for place in (folder, *(folder / name for name in (ARTICLES_NAME, *folders))) for path in place.glob("*")
    ]
    names = {path.relative_to(folder).as_posix() for path in found if not path.name.startswith(".")}
    return sorted(names - known)


def _table(manifest: Manifest) -> tuple[str, str] | None:
    """Return the table of an export, and the folder of the files that it names."""
    entry = FORMATS[manifest.format]
    profile = entry.profiles.get(str(manifest.settings.get("profile")))
    return (profile.table if profile else None) or entry.table


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


def _verify_listed(folder: Path, table: str, place: str) -> tuple[int, list[Fault]]:
    """Compare every file that a table names with size and checksum; return how many there are, and what is wrong."""
    listed, faults = 0, list[Fault]()
    for name, size, sha256 in _rows(folder / table):
        listed += 1
        fault = _compare(folder, ExportedFile(file=name, bytes=int(size), sha256=sha256, articles=1))
        if fault is not None:
            faults.append(fault)
    # Counted, not compared by name: a million names would not fit where the rest of this does.
    missing = sum(fault.message == "is missing" for fault in faults)
    found = sum(1 for path in (folder / place).rglob("*") if path.is_file() and not path.name.startswith("."))
    if found > listed - missing:
        message = f"holds {found - listed + missing} files that {table} does not name"
        faults.append(Fault(file=place, message=message))
    return listed, faults


def _rows(table: Path) -> Iterator[list[str]]:
    """Yield three columns of a table: file, bytes, sha256."""
    with table.open(encoding="utf-8", newline="\n") as lines:
        names = next(lines).rstrip("\n").split("\t")
        places = [names.index(name) for name in ("file", "bytes", "sha256")]
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            yield [cells[place] for place in places]
