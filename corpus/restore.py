"""Restore: a corpus folder out of a backup, whole or not at all."""

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE, S_IWUSR

from corpus.archive.segment import sync_folder
from corpus.backup_manifest import BackedUp, BackupManifest, read_backup
from corpus.consumers import tell_consumers
from corpus.errors import ConfigError, CorpusBusyError, SchemaError, StoreError
from corpus.folder import CorpusFolder
from corpus.schema import SCHEMA_VERSION, connect

_PIECE_BYTES = 1 << 20


def restore(source: Path, root: Path, *, shown: Callable[[str], object] = lambda _: None) -> BackupManifest:
    """Make a corpus folder out of a backup; return the backup's manifest.

    Every file is compared with its checksum while it is copied. The folder is at ``root`` when all of it is, and not
    before; what a killed restore left beside it is removed by the next one.

    Args:
        source: The folder of the backup.
        root: Where the corpus is to be: a folder that is empty or not there.
        shown: Told each file when it is done.

    Raises:
        ConfigError: ``root`` holds something, or a disk is mounted there.
        CorpusBusyError: Another process restores to the same place.
        SchemaError: The backup was made by a newer version.
        StoreError: There is no backup, it is damaged, or the disk does not take it; ``root`` is as it was. Or it is of
            an older version and cannot be brought up to date; the message says so, and ``root`` is what was backed up.
    """
    manifest = read_backup(source)
    if manifest.schema > SCHEMA_VERSION:
        raise SchemaError(
            f"{source} has schema {manifest.schema}, this software knows {SCHEMA_VERSION}; install a newer version"
        )
    root = root.absolute()
    if os.path.ismount(root) or root.is_symlink():  # nothing can take its place in one step
        raise ConfigError(f"{root} is a link or the root of a disk; name a folder in it, {root / 'corpus'} for one")
    if root.exists() and (not root.is_dir() or next(root.iterdir(), None) is not None):
        raise ConfigError(f"{root} is not empty; a backup is restored into a folder of its own")
    try:
        with _staging(root) as staging:
            CorpusFolder(staging).archive.mkdir()
            for file in manifest.files:
                _copy(source / file.stored, staging / file.name, file)
                shown(file.name)
            tell_consumers(CorpusFolder(staging).database)
            sync_folder(CorpusFolder(staging).archive)
            sync_folder(staging)
            staging.rename(root)
            sync_folder(root.parent)
    except OSError as error:
        advice = "; free some space and run the command again" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
        raise StoreError(f"{error.filename or root}: {error.strerror}{advice}") from error
    if manifest.schema < SCHEMA_VERSION:
        _bring_up_to_date(CorpusFolder(root), manifest)
    return manifest


def _bring_up_to_date(folder: CorpusFolder, manifest: BackupManifest) -> None:
    try:
        connect(folder.database).close()
    except StoreError as error:
        raise StoreError(
            f"{folder.root}: is restored, with schema {manifest.schema}, and cannot be brought to {SCHEMA_VERSION}: "
            f"{error}; try `collector doctor --repair`"
        ) from error


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    """Give an empty folder beside ``root`` that is ours alone; what is left of it at the end is removed."""
    staging = root.with_name(f".{root.name}.restoring")
    staging.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(staging, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(descriptor), staging.stat()):
                raise FileNotFoundError(staging)  # the other one came to its end just now
        except (BlockingIOError, FileNotFoundError) as error:
            raise CorpusBusyError(f"{root}: another process restores to this place") from error
        try:
            for left in staging.iterdir():
                shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
            yield staging
        finally:
            with suppress(OSError):
                shutil.rmtree(staging, ignore_errors=True)
    finally:
        os.close(descriptor)


def _copy(stored: Path, into: Path, file: BackedUp) -> None:
    if into.name != Path(file.name).name or ".." in Path(file.name).parts or Path(file.name).is_absolute():
        raise StoreError(f"{stored}: the manifest names a place outside of the corpus folder: {file.name}")
    into.parent.mkdir(parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), file.bytes
    with stored.open("rb") as raw, into.open("xb") as out:
        os.fchmod(out.fileno(), S_IMODE(os.fstat(raw.fileno()).st_mode) | S_IWUSR)
        while left > 0 and (piece := raw.read(min(left, _PIECE_BYTES))):
            digest.update(piece)
            out.write(piece)
            left -= len(piece)
        out.flush()
        os.fsync(out.fileno())
    if left or digest.hexdigest() != file.sha256:
        raise StoreError(
            f"{stored}: is not what was backed up: the checksum of {file.name} differs; nothing is restored"
        )
