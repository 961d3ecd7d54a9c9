"""``collector snapshot``."""

import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from collector.cli.app import CorpusOption, JsonOption, app, err, escape, print_json
from collector.cli.bars import progress
from collector.cli.exits import Exit
from collector.cli.near import warn_of_waiting
from collector.cli.output import columns, counted, moment, refuse, show
from collector.config import read_config
from collector.datasheet import as_html, as_markdown, datasheet
from collector.report import write_page
from corpus import open_corpus
from corpus.folder import CorpusFolder
from corpus.schema import connect
from corpus.snapshots import (
    Snapshot,
    diff_snapshots,
    drop_snapshot,
    find_snapshot,
    list_snapshots,
    make_snapshot,
    read_manifest,
    verify_snapshot,
    withdrawn_of,
)

#: What decides texts, languages and clusters.
_SOFTWARE = ("news-corpus-collector", "trafilatura", "lxml", "langdetect", "py3langid", "rensa")
#: Lines of a list that are shown; the rest is counted.
_MOST_LINES = 20


@app.command(
    epilog="Examples:\n\n  collector snapshot 2026-11\n\n  collector snapshot --list\n\n"
    "  collector snapshot --verify 2026-11\n\n"
    "  collector snapshot --diff 2026-10 2026-11\n\n  collector snapshot --datasheet 2026-11\n\n"
    "  collector snapshot --drop 2026-10"
)
def snapshot(
    tags: Annotated[list[str] | None, typer.Argument(metavar="[TAG]...", help="The snapshot's name.")] = None,
    corpus: CorpusOption = Path(),
    listed: Annotated[bool, typer.Option("--list", help="List the snapshots.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Compare every record and text with its checksum.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Tell how the second one differs from the first.")] = False,
    sheet: Annotated[bool, typer.Option("--datasheet", help="Write the datasheet of one that is there anew.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Drop it, and what only it needs.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Keep the corpus as it is now under a name, with a manifest, a checksum and a datasheet, so that it can be cited.

    A snapshot never changes, and costs what has changed since the last one. Only `collector forget` takes from it, and
    it says what. The datasheet goes to reports/.
    """
    names, folder = tags or [], CorpusFolder(corpus)
    if sum((listed, verify, diff, sheet, drop)) > 1:
        refuse("--list, --verify, --diff, --datasheet and --drop are different commands; give one of them")
    wanted = 0 if listed else 2 if diff else 1
    if len(names) != wanted:
        refuse(f"name {counted(wanted, 'snapshot')}" if wanted else "--list takes no name")
    folder.check()
    if listed:
        return _list(folder, as_json=as_json)
    if diff:
        return _diff(folder, names[0], names[1], as_json=as_json)
    if verify:
        return _verify(folder, names[0], as_json=as_json)
    if drop:
        drop_snapshot(folder, names[0])
        return Exit.OK
    return _tell_of(folder, names[0], as_json=as_json) if sheet else _make(folder, names[0], as_json=as_json)


def _make(folder: CorpusFolder, tag: str, *, as_json: bool) -> int:
    config = read_config(folder.config)
    with open_corpus(folder.root) as opened:
        warn_of_waiting(opened, config)
    software = {name: version(name) for name in _SOFTWARE} | {"python": sys.version.partition(" ")[0]}
    with progress("storing records", None) as advance:

        def shown(articles: int) -> None:
            for _ in range(articles):
                advance("")

        made = make_snapshot(folder, tag, configuration=config.model_dump(mode="json"), software=software, shown=shown)
    if not made.articles:
        err.print("there are no articles yet: the snapshot is empty")
    return _tell_of(folder, tag, as_json=as_json)


def _tell_of(folder: CorpusFolder, tag: str, *, as_json: bool) -> int:
    """Write the datasheet of a snapshot, and say what is in it."""
    with closing(connect(folder.database, read_only=True)) as db:
        found = find_snapshot(db, tag)
        manifest, withdrawn = read_manifest(db, found), withdrawn_of(db, found)
    made = datasheet(folder.root.absolute().name, found, manifest, withdrawn)
    page = folder.reports / f"snapshot-{tag}.html"
    write_page(page, as_html(made))
    write_page(page.with_suffix(".md"), as_markdown(made))
    if as_json:
        print_json({"snapshot": found, "manifest": manifest, "datasheet": str(page.absolute())})
    else:
        _show(found)
        show(str(page))
    return Exit.OK if found.articles else Exit.INCOMPLETE


def _show(found: Snapshot) -> None:
    show(Text(f"{found.tag}: {counted(found.articles, 'article')}, {moment(found.made_at)} UTC", style="bold"))
    show(f"SHA-256 {found.checksum}")


def _list(folder: CorpusFolder, *, as_json: bool) -> int:
    with closing(connect(folder.database)) as db:
        found = list_snapshots(db)
    if as_json:
        print_json({"snapshots": found})
        return Exit.OK
    table = columns("snapshot", "made", "articles", "withdrawn", "SHA-256", right=("articles", "withdrawn"))
    for one in found:
        table.add_row(one.tag, moment(one.made_at), f"{one.articles:,}", f"{one.withdrawn:,}", one.checksum)
    show(table if found else "no snapshots")
    return Exit.OK


def _verify(folder: CorpusFolder, tag: str, *, as_json: bool) -> int:
    with progress("comparing", None) as advance:
        found = verify_snapshot(folder, tag, shown=advance)
    if as_json:
        print_json(found)
        return Exit.CORPUS if found.faults else Exit.OK
    for fault in found.faults[:_MOST_LINES]:
        err.print(f"{fault.id or tag}: {escape(fault.message)}", soft_wrap=True)
    if found.faults:
        err.print(f"[bold red]faults: {len(found.faults)}[/]; restore corpus.db from a backup")
        return Exit.CORPUS
    show(f"all as it was: {counted(found.articles, 'article')}, SHA-256 {found.snapshot.checksum}")
    if found.withdrawn:
        show(f"withdrawn on request since: {counted(len(found.withdrawn), 'article')}")
        _list_ids("  ", [f"{one.id if one.finished else 'under way'}  {moment(one.at)}" for one in found.withdrawn])
    return Exit.OK


def _diff(folder: CorpusFolder, first: str, second: str, *, as_json: bool) -> int:
    found = diff_snapshots(folder, first, second)
    if as_json:
        print_json(found)
        return Exit.OK
    for what, ids in (
        ("added", found.added),
        ("removed", found.removed),
        ("another text", found.rewritten),
        ("the same text, other metadata", found.changed),
        ("withdrawn on request since", found.withdrawn),
    ):
        show(Text(f"{what}: {len(ids):,}", style="bold"))
        _list_ids("  ", ids)
    return Exit.OK


def _list_ids(indent: str, ids: list[str] | tuple[str, ...]) -> None:
    for one in ids[:_MOST_LINES]:
        show(f"{indent}{one}")
    if len(ids) > _MOST_LINES:
        show(f"{indent}… and {len(ids) - _MOST_LINES:,} more (--json names all)")
