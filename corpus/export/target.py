"""The folder an export goes to: written under another name, and there whole or not at all.

An export to ``exports/jsonl`` is written to ``exports/.jsonl.partial`` and renamed at its end. What a killed export
leaves behind is hidden, has no manifest, and is used or removed by the next one. Replacing an older export takes two
renames (POSIX replaces only empty folders by one); a process that is killed between them leaves the older one as
``exports/.jsonl.previous``, which the next export brings back before it begins.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpus.errors import ConfigError, CorpusBusyError, ExportError
from corpus.export.journal import JOURNAL_NAME, Journal, JournalError
from corpus.export.manifest import read_manifest
from corpus.export.verification import strange_files
from corpus.folder import CorpusFolder

#: Ends the name of the hidden folder that an export is written to.
_PARTIAL = ".partial"


@contextmanager
def staged(target: Path, corpus: CorpusFolder, *, force: bool) -> Iterator[Path]:
    """Yield a folder to write an export to; after the block it is at ``target``, or gone if the block failed.

    It may hold what an interrupted export left: see `clear`. Where the user interrupts the block, finished shards stay
    for the next export.

    Args:
        target: Where the export is to be.
        corpus: The corpus folder, which an export must not overwrite.
        force: Replace what is at ``target``, even if it is no export of ours.

    Raises:
        ConfigError: ``target`` must not be replaced.
        CorpusBusyError: Another process exports to ``target``.
        ExportError: The disk does not take it.
    """
    target = target.resolve()
    _check_place(target, corpus)
    partial = target.with_name(f".{target.name}{_PARTIAL}")
    previous = target.with_name(f".{target.name}.previous")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = _hold(partial, target)
        try:
            _bring_back(previous, target)
            _check_content(target, force=force)
            yield partial
            for folder in (*(path for path in partial.iterdir() if path.is_dir()), partial):
                _sync_folder(folder)
            _swap(partial, target, previous)
        except BaseException as error:
            if not (isinstance(error, KeyboardInterrupt) and (partial / JOURNAL_NAME).exists()):
                shutil.rmtree(partial, ignore_errors=True)
            raise
        finally:
            os.close(lock)
    except OSError as error:
        raise _explained(target, error) from error


def is_abandoned(folder: Path) -> bool:
    """Tell whether a folder is what a killed export left, and no other export is at work in it."""
    if not (folder.name.startswith(".") and folder.name.endswith(_PARTIAL)):
        return False
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def clear(folder: Path, journal: Journal, say: Callable[[str], None]) -> None:
    """Remove what an interrupted export left in a folder, but the shards that the journal can take over.

    Args:
        folder: What `staged` yielded.
        journal: The journal of the export that begins.
        say: Told what becomes of an interrupted export, in a sentence.
    """
    if (folder / JOURNAL_NAME).exists():
        try:
            journal.resume()
            say(f"going on with the interrupted export: {journal.articles} articles are written already")
        except JournalError as error:
            say(f"an interrupted export begins anew: {error.message}")
    kept = {folder / JOURNAL_NAME, *(folder / shard.file.file for shard in journal.shards)} if journal.shards else set()
    for path in sorted(folder.rglob("*"), reverse=True):  # what is in a folder before the folder
        if path.is_dir() and not path.is_symlink():
            if not any(path in one.parents for one in kept):
                path.rmdir()
        elif path not in kept:
            path.unlink()


def _check_place(target: Path, corpus: CorpusFolder) -> None:
    """Refuse a target that would take a part of the corpus away."""
    parts = (corpus.root, corpus.config, corpus.database, corpus.archive, corpus.exports, corpus.locks)
    for part in (*parts, corpus.log.parent, corpus.reports, corpus.search):
        if part.resolve().is_relative_to(target):
            raise ConfigError(f"{target} holds {part.resolve()}; an export needs a folder of its own")
    for part in (corpus.archive, corpus.locks):
        if target.is_relative_to(part.resolve()):
            raise ConfigError(
                f"{target} lies inside the corpus' {part.name} folder; an export needs a folder of its own"
            )
    for parent in target.parents:
        # It would make that one unsound, and go with it when it is replaced.
        with suppress(ExportError):
            read_manifest(parent)
            raise ConfigError(f"{target} lies inside the export {parent}; an export needs a folder of its own")


def _check_content(target: Path, *, force: bool) -> None:
    """Refuse to replace what is no export of ours."""
    if not target.exists():
        return
    if not target.is_dir():
        raise ConfigError(f"{target} is a file; an export needs a folder of its own")
    if force or next(target.iterdir(), None) is None:
        return
    try:
        manifest = read_manifest(target)
    except ExportError as error:
        raise ConfigError(
            f"{target} is not empty and no export of ours ({error.message}); use --force to replace it"
        ) from error
    strange = strange_files(target, manifest)
    if strange:
        raise ConfigError(
            f"{target} holds {', '.join(strange[:3])}, which is not of the export there; move it, or use --force"
        )


def _hold(partial: Path, target: Path) -> int:
    """Make the folder to write to and lock it; return the lock's descriptor."""
    while True:
        partial.mkdir(exist_ok=True)
        descriptor = os.open(partial, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise CorpusBusyError(f"{target}: another process exports to this folder; wait for it to end") from error
        # The other process may have finished, and renamed this folder, before we locked it.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), partial.stat()):
                return descriptor
        os.close(descriptor)


def _bring_back(previous: Path, target: Path) -> None:
    """Undo or finish a replacement that was interrupted."""
    if previous.exists() and not target.exists():
        previous.rename(target)
    shutil.rmtree(previous, ignore_errors=True)


def _swap(partial: Path, target: Path, previous: Path) -> None:
    if target.exists():
        target.rename(previous)
    partial.rename(target)
    _sync_folder(target.parent)
    shutil.rmtree(previous, ignore_errors=True)


def _sync_folder(folder: Path) -> None:
    if not folder.exists():
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _explained(target: Path, error: OSError) -> ExportError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return ExportError(target, "the disk is full; free some space, or export elsewhere with --to")
    return ExportError(target, f"cannot be written: {error.strerror or error}")
