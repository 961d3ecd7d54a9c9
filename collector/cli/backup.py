"""``collector backup``."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import CorpusOption, JsonOption, app, err, escape, print_json
from collector.cli.bars import progress
from collector.cli.exits import Exit
from collector.cli.output import counted, show, size
from corpus.backup import back_up
from corpus.backup_manifest import BackupManifest, read_backup, verify_backup
from corpus.folder import CorpusFolder
from corpus.holding import BACKUP, COMPACT, FORGET, hold, refuse_beside


@app.command(
    epilog="Examples:\n\n  collector backup /mnt/backup/mycorpus\n\n  collector backup /mnt/backup/mycorpus --verify"
)
def backup(
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="The folder of the backup, on another disk.")],
    corpus: CorpusOption = Path(),
    verify: Annotated[
        bool, typer.Option("--verify", help="Make none: read the one that is there and compare its checksums.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Copy configuration, database and archive of one moment to a folder, while crawls go on.

    The next time only what is new is copied, and the database. Killed half-way, the backup is still the last one.
    Exports and reports are not copied: they can be made again. Exit code 3: --verify found damage.
    """
    if verify:
        return _verify(destination, as_json=as_json)
    folder, now = CorpusFolder(corpus), time.time()
    folder.check()
    with hold(folder, BACKUP, now):
        refuse_beside(folder, FORGET, COMPACT)
        with progress("copying files", None) as advance:
            manifest = back_up(folder, destination, now, shown=advance)
    if as_json:
        print_json(_fields(manifest))
    else:
        show(
            f"backed up as of {manifest.made_at}: {counted(manifest.articles, 'article')}, "
            f"{counted(len(manifest.files), 'file')}, {size(manifest.bytes)}"
        )
    _tell_outside(manifest)
    return Exit.OK


def _verify(destination: Path, *, as_json: bool) -> int:
    manifest = read_backup(destination)
    with progress("reading the backup", len(manifest.files)) as advance:
        faults = list(verify_backup(destination, shown=advance))
    if as_json:
        print_json(_fields(manifest) | {"sound": not faults, "faults": faults})
        return Exit.CORPUS if faults else Exit.OK
    for fault in faults:
        err.print(f"[bold red]damaged:[/] {escape(fault)}", soft_wrap=True)
    if faults:
        err.print("delete these files and run `collector backup` again: it copies them anew")
        return Exit.CORPUS
    show(f"sound: {counted(len(manifest.files), 'file')}, {size(manifest.bytes)}, as of {manifest.made_at}")
    return Exit.OK


def _tell_outside(manifest: BackupManifest) -> None:
    for file in manifest.outside:
        err.print(f"ingested by reference, and not copied: {escape(file)}", soft_wrap=True)


def _fields(manifest: BackupManifest) -> dict[str, object]:
    return asdict(manifest) | {"bytes": manifest.bytes}
