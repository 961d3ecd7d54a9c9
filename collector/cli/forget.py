"""``collector forget``."""

import sqlite3
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from collector.cli.app import CorpusOption, JsonOption, app, err, escape, print_json
from collector.cli.bars import progress
from collector.cli.exits import Exit
from collector.cli.output import counted, plain, refuse, show
from collector.config import read_config
from collector.forget import Forgotten, finish_all, forgetting
from collector.forget import forget as carry_out
from corpus.folder import CorpusFolder
from corpus.schema import store_error
from corpus.store import Store
from corpus.takedown import Plan, plan_takedown
from corpus.targets import find_target, name_targets

#: Lines of a list that are shown; the rest is counted.
_MOST_LINES = 20


@app.command(
    epilog="Examples:\n\n  collector forget https://example.com/2026/11/ferry --dry-run\n\n"
    '  collector forget https://example.com/2026/11/ferry --reason "request of 2026-11-20"\n\n'
    "  collector forget harbour-post --yes --delete-exports\n\n"
    '  collector forget --query "Jane Doe" --dry-run --json | jq .articles\n\n  collector forget --finish'
)
def forget(
    what: Annotated[
        list[str] | None, typer.Argument(metavar="[URL|ID|SITE]...", help="Articles by URL or id, or all of a site.")
    ] = None,
    corpus: CorpusOption = Path(),
    query: Annotated[
        str | None, typer.Option(metavar="WORDS", help="Every article whose title or text says all of these words.")
    ] = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why; kept, and told by `collector why`.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    delete_exports: Annotated[
        bool, typer.Option("--delete-exports", help="Delete exports and reports in the corpus folder that hold it.")
    ] = False,
    finish: Annotated[bool, typer.Option("--finish", help="Go on with what was begun and not finished.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Remove articles for good, with every trace in the corpus folder, and never fetch or ingest them again.

    There is no way back. Copies outside of the folder (backups, exports elsewhere, WARC files ingested by reference)
    are not touched.
    """
    if finish == bool(what or query):
        refuse("name what to forget (a URL, an id, a site, or --query WORDS), or --finish")
    config, folder = read_config(CorpusFolder(corpus).config), CorpusFolder(corpus)
    with forgetting(corpus, config) as store:
        if finish:
            with progress("reading the archive", _count_files(folder)) as advance:
                done = finish_all(store, folder, delete_traces=delete_exports, shown=advance)
            return _report(done, folder, as_json=as_json)
        plans = _plans(store, what or [], query)
        if not plans:
            err.print("nothing in the corpus says that")
            return Exit.INCOMPLETE
        if dry_run or not as_json:
            _tell(plans, as_json=as_json)
        if dry_run:
            return Exit.OK
        if not yes:
            _confirm()
        done = []
        with progress("reading the archive", len(plans) * _count_files(folder)) as advance:
            for plan in plans:
                done.append(carry_out(store, folder, plan, reason=reason, delete_traces=delete_exports, shown=advance))
        return _report(done, folder, as_json=as_json)


def _count_files(folder: CorpusFolder) -> int:
    return len(list(folder.archive.glob("*.warc.gz")))


def _plans(store: Store, names: list[str], query: str | None) -> list[Plan]:
    try:
        targets = name_targets(store.db, names)
        found = find_target(store.db, query) if query and query.strip() else None
        return [plan_takedown(store.db, target) for target in (*targets, *([found] if found else []))]
    except KeyError as error:
        refuse(f"{error.args[0]} is no URL, id or site of this corpus; `collector list` names its articles")
    except sqlite3.Error as error:
        raise store_error(error, store.file) from error


def _confirm() -> None:
    if not sys.stdin.isatty():
        refuse("this cannot be undone; say --yes where nobody can be asked")
    typer.confirm("Remove all of this for good?", abort=True, err=True)


def _tell(plans: list[Plan], *, as_json: bool) -> None:
    if as_json:
        print_json([_fields(plan) for plan in plans] if len(plans) > 1 else _fields(plans[0]))
        return
    for plan in plans:
        show(Text(f"{plan.target.name}: {counted(len(plan.articles), 'article')}", style="bold"))
        for article in plan.articles[:_MOST_LINES]:
            show(Text(f"  {article.id}  {article.url}  {plain(article.title)}"))
        if len(plan.articles) > _MOST_LINES:
            show(f"  … and {len(plan.articles) - _MOST_LINES} more (--json names all)")
        show(f"  {counted(len(plan.urls), 'URL')} blocked, {counted(len(plan.records), 'archive record')} blanked")
        for host in plan.hosts:
            show(Text(f"  nothing of {host} is fetched any more"))
        if plan.also_said_by:
            show(f"  {counted(len(plan.also_said_by), 'other article')} say some of it and stay:")
            for name in plan.also_said_by[:_MOST_LINES]:
                show(Text(f"    {name}"))
        for file in plan.foreign_files:
            show(Text(f"  outside of the corpus, and not touched: {file}"))


def _fields(plan: Plan) -> dict[str, object]:
    return {
        "target": plan.target.name,
        "articles": [asdict(article) for article in plan.articles],
        "urls": plan.urls,
        "hosts": plan.hosts,
        "records": len(plan.records),
        "foreign_files": plan.foreign_files,
        "also_said_by": plan.also_said_by,
    }


def _report(done: list[Forgotten], folder: CorpusFolder, *, as_json: bool) -> int:
    finished = all(one.takedown.finished_at is not None for one in done)
    if as_json:
        print_json({"finished": finished, "takedowns": [asdict(one) for one in done]})
    else:
        for one in done:
            articles, records = len(one.takedown.articles), one.takedown.records
            show(f"forgotten: {counted(articles, 'article')}, {counted(records, 'archive record')} blanked")
            for path in one.deleted:
                show(Text(f"  deleted {path.relative_to(folder.root)}"))
        if not done:
            show("nothing was left to do")
    for one in done:
        for path in one.traces:
            err.print(f"still holds some of it: {escape(str(path))}", soft_wrap=True)
        for place in one.unreadable:
            err.print(f"cannot be read, and may hold some of it: {escape(place)}", soft_wrap=True)
    if not finished:
        err.print("not finished: delete these, or run `collector forget --finish --delete-exports`")
    return Exit.OK if finished and not any(one.unreadable for one in done) else Exit.INCOMPLETE
