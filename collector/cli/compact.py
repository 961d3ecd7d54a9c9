"""``collector compact``."""

import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from collector.alone import working_alone
from collector.cli.app import CorpusOption, JsonOption, app, err, escape, print_json
from collector.cli.bars import progress
from collector.cli.exits import Exit
from collector.cli.output import columns, counted, show, size
from collector.config import read_config
from collector.housekeeping import LEAST_SHARE, Chores, Done, do_chores, find_chores
from corpus.compaction import Compacted
from corpus.folder import CorpusFolder
from corpus.holding import COMPACT
from corpus.schema import connect_reader

_KINDS = {"listing": "listings", "removed": "pages that became no article", "superseded": "superseded article pages"}


@app.command(
    epilog="Examples:\n\n  collector compact --dry-run\n\n  collector compact\n\n"
    "  collector compact --wait 120   # from a timer, beside `collector run`\n\n"
    "  collector compact --dry-run --json | jq .files"
)
def compact(
    corpus: CorpusOption = Path(),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help=f"Also archive files of which less than {LEAST_SHARE:.0%} goes.")
    ] = False,
    wait: Annotated[
        float,
        typer.Option(min=0, metavar="MINUTES", help="Wait so long for crawls under way to end; none begins meanwhile."),
    ] = 0.0,
    trust_clock: Annotated[
        bool, typer.Option("--trust-clock", help="This machine's clock is right, although it seems to be ahead.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    r"""Free space: what \[retention] in collector.toml no longer keeps, what takedowns blanked, unused database pages.

    Never goes: an article, its text and versions, the raw copy of the page that speaks for it. Needs the corpus for
    itself; killed at any moment it loses nothing, and goes on when it is run again.
    """
    config, folder = read_config(CorpusFolder(corpus).config), CorpusFolder(corpus)
    now, least = time.time(), 0.0 if every else LEAST_SHARE
    with closing(connect_reader(folder.database)) as db:
        chores = find_chores(db, folder, config.retention, now, least_share=least)
    if dry_run:
        _tell(chores, folder, as_json=as_json)
        return Exit.OK
    if chores.doubt is not None and not chores.doubt.ahead:
        err.print(f"{chores.doubt.message}: what seems to be young is kept", soft_wrap=True)
    if not trust_clock:
        chores.check_clock(folder)
    if not chores.any():  # no crawl has to wait for that
        _report(Done(archive=Compacted()), folder, as_json=as_json)
        return Exit.OK
    with (
        working_alone(corpus, config, COMPACT, wait_seconds=60 * wait, waiting=err.print) as store,
        progress("writing archive files anew", None) as advance,
    ):
        done = do_chores(
            store, folder, config.retention, now, least_share=least, trust_clock=trust_clock, shown=advance
        )
    _report(done, folder, as_json=as_json)
    return Exit.INCOMPLETE if done.archive.failures or done.unpacked else Exit.OK


def _tell(chores: Chores, folder: CorpusFolder, *, as_json: bool) -> None:
    if as_json:
        files = [asdict(one) | {"share": round(one.share, 3)} for one in chores.files]
        print_json(asdict(chores) | {"files": files})
        return
    if chores.files:
        table = columns("archive file", "size", "goes", "records", right=("size", "goes", "records"))
        for one in chores.files:
            goes = size(one.released_bytes + one.blanked_bytes)
            table.add_row(Text(one.file), size(one.bytes), goes, f"{one.records:,}")
        show(table)
    for kind, number in chores.records.items():
        show(f"{number:,} {_KINDS[kind]}")
    for path in chores.folders:
        show(Text(f"delete {path.relative_to(folder.root)}"))
    if chores.mentions:
        show(f"forget {counted(chores.mentions, 'further place')} that named a URL")
    if chores.pack:
        show(f"pack the database: {size(chores.unused_bytes)} of it are unused")
    if chores.doubt is not None:
        show(Text(f"{chores.doubt.message}; see --trust-clock" if chores.doubt.ahead else chores.doubt.message))
    if not chores.any():
        show(Text("nothing to do; [retention] in collector.toml says what may go"))


def _report(done: Done, folder: CorpusFolder, *, as_json: bool) -> None:
    archive = done.archive
    if as_json:
        print_json(done)
    else:
        freed = size(max(archive.freed_bytes, 0))
        show(f"{counted(archive.files, 'archive file')} written anew, {archive.records:,} records gone, {freed} freed")
        for path in done.deleted:
            show(Text(f"deleted {path.relative_to(folder.root)}"))
        if done.mentions:
            show(f"{counted(done.mentions, 'further place')} that named a URL forgotten")
        if done.database_freed_bytes:
            show(f"database packed, {size(done.database_freed_bytes)} freed")
    for failure in archive.failures:
        err.print(f"left as it is: {escape(failure)}", soft_wrap=True)
    if done.unpacked:
        err.print(f"the database was not packed: {done.unpacked}", soft_wrap=True)
