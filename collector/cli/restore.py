"""``collector restore``."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector.cli.app import JsonOption, app, err, escape, print_json
from collector.cli.bars import progress
from collector.cli.exits import Exit
from collector.cli.output import counted, show, size
from corpus.backup_manifest import read_backup
from corpus.folder import CorpusFolder
from corpus.restore import restore as copy_back

if TYPE_CHECKING:
    from collector.forget import Forgotten


@app.command(
    epilog="Examples:\n\n  collector restore /mnt/backup/mycorpus mycorpus\n\n"
    "  collector restore /mnt/backup/mycorpus mycorpus-2 --forget-from mycorpus"
)
def restore(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="The folder of a backup.")],
    corpus: Annotated[Path, typer.Argument(metavar="DIR", help="Where the corpus is to be: empty, or not there.")],
    forget_from: Annotated[
        Path | None,
        typer.Option(metavar="CORPUS", help="Forget what was forgotten in this corpus after the backup was made."),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Make a corpus folder out of a backup, every file compared with its checksum.

    A backup that is older than a takedown still holds what that removed: name the original with --forget-from if it can
    still be read, or ask for these takedowns again with `collector forget`.
    """
    total = len(read_backup(source).files)
    with progress("copying files", total) as advance:
        manifest = copy_back(source, corpus, shown=advance)
    done: Sequence[Forgotten] = []
    if forget_from is not None:
        from collector.reforget import forget_what_is_forgotten_in  # brings the crawler with it

        with progress("forgetting", None) as advance:
            done = forget_what_is_forgotten_in(forget_from, corpus, shown=advance)
    if as_json:
        print_json(asdict(manifest) | {"forgotten": [asdict(one) for one in done]})
    else:
        show(f"restored as of {manifest.made_at}: {counted(manifest.articles, 'article')}, {size(manifest.bytes)}")
        if forget_from is not None:
            show(f"{counted(len(done), 'takedown')} made after that carried out again")
    absent = [name for name in manifest.outside if not Path(name).is_file()]
    for name in absent:
        err.print(f"ingested by reference, and not there: {escape(name)}", soft_wrap=True)
    if forget_from is None:
        err.print(
            f"The backup knows {counted(manifest.takedowns, 'takedown')}. Of those asked for after {manifest.made_at} "
            "it knows nothing: ask for them again (docs/housekeeping.md).",
            soft_wrap=True,
        )
    unfinished = [one for one in done if one.takedown.finished_at is None]
    if unfinished:
        err.print(f"not finished: collector forget --finish --corpus {CorpusFolder(corpus).root}", soft_wrap=True)
    return Exit.INCOMPLETE if unfinished or absent else Exit.OK
