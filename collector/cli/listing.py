"""``collector list``."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from collector.cli.app import CorpusOption, app, err, out
from collector.cli.exits import Exit
from collector.cli.options import DAY, LanguageOption, LinesOption, SiteOption
from collector.cli.output import (
    check_names,
    check_sites,
    columns,
    moment,
    one_line,
    plain,
    print_json_line,
    publication,
    refuse,
    show,
    when,
)
from collector.config import read_config
from corpus import open_corpus
from corpus.folder import CorpusFolder
from corpus.listings import FAILED, Headline, RemovedPage, WaitingUrl
from corpus.types import Reason

#: Lines on a terminal, where nothing is said of it.
TERMINAL_LINES = 50

_Row = Headline | RemovedPage | WaitingUrl


@app.command(
    "list",
    epilog="Examples:\n\n  collector list --site harbour-post --since 2026-11-01\n\n"
    "  collector list --removed --reason too-short\n\n  collector list --due\n\n"
    "  collector list --json | jq -r .url",
)
def list_(
    corpus: CorpusOption = Path(),
    site: SiteOption = None,
    language: LanguageOption = None,
    since: Annotated[
        datetime | None, typer.Option(formats=DAY, help="Only published (removed: fetched) on this day or later.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=DAY, help="Only published (removed: fetched) before this day.")
    ] = None,
    removed: Annotated[
        bool, typer.Option("--removed", help="Pages that were not kept or not to be had, with the evidence.")
    ] = False,
    reason: Annotated[
        list[str] | None,
        typer.Option(help="With --removed: only for this reason; `failed` is any failure (may be repeated)."),
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="URLs that wait to be fetched, and until when.")] = False,
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", min=0, help="At most so many; 0 for all.", show_default="50 on a terminal"),
    ] = None,
    as_json: LinesOption = False,
) -> int:
    """List the articles, the newest first; or the pages that were removed, or the URLs that wait.

    Piped, each is a line whose fields are separated by tabs, and nothing is cut.
    """
    _refuse_contradictions(removed=removed, due=due, reason=reason, language=language, days=since or until)
    config = read_config(CorpusFolder(corpus).config)
    check_names("reason", reason or (), [*(one.value for one in Reason), FAILED])
    most = (TERMINAL_LINES if out.is_terminal and not as_json else None) if limit is None else limit or None
    sites, first = tuple(site or ()), since.date() if since else None
    end = until.date() if until else None
    with open_corpus(corpus) as opened:
        check_sites(opened, config.sites, sites)
        rows: Iterator[_Row]
        if removed:
            rows = opened.removed(sites=sites, reasons=reason or (), since=first, until=end)
        elif due:
            rows = opened.waiting(sites=sites)
        else:
            rows = opened.headlines(sites=sites, languages=language or (), since=first, until=end)
        shown = _print(islice(rows, most), as_json=as_json)
        if next(rows, None) is not None:
            err.print(f"the first {shown}; there are more (--limit 0 for all)")
    if not shown:
        err.print("nothing is removed" if removed else "nothing waits" if due else "there is no such article")
    return Exit.OK if shown else Exit.INCOMPLETE


def _refuse_contradictions(
    *, removed: bool, due: bool, reason: list[str] | None, language: list[str] | None, days: datetime | None
) -> None:
    if removed and due:
        refuse("--removed and --due are two lists; ask for one of them")
    if reason and not removed:
        refuse("--reason goes with --removed only")
    if language and (removed or due):
        refuse("--language goes with articles only: what was not kept has no language")
    if due and days:
        refuse("--since and --until do not go with --due")


def _print(rows: Iterator[_Row], *, as_json: bool) -> int:
    """Print rows and return how many; line by line where they are piped, since there may be millions."""
    if not as_json and out.is_terminal:
        return _print_for_people(list(rows))
    shown = 0
    for row in rows:
        if as_json:
            print_json_line(asdict(row))
        else:
            cells = _cells(row)
            if not shown:
                typer.echo("\t".join(cells))
            typer.echo("\t".join(cells.values()))
        shown += 1
    return shown


def _print_for_people(rows: list[_Row]) -> int:
    headlines = [row for row in rows if isinstance(row, Headline)]
    if headlines:
        one_site = len({row.site for row in headlines}) == 1
        table = columns("id", "published", *([] if one_site else ["site"]), "lang", "words", "title", right=("words",))
        for headline in headlines:
            cells = _cells(headline) | {"published": publication(headline.published)[:10]}
            table.add_row(*(one_line(cells[str(column.header)]) for column in table.columns))
        show(table)
    for row in rows:
        if not isinstance(row, Headline):
            cells = _cells(row)
            url = cells.pop("url")
            details = ", ".join(f"{value}" for value in cells.values() if value)
            out.print(Text(url), soft_wrap=True)
            out.print(Text(f"    {details}", style="dim"), soft_wrap=True)
    return len(rows)


def _cells(row: _Row) -> dict[str, str]:
    """Return what is shown of a row, by column."""
    if isinstance(row, Headline):
        return {
            "id": row.id,
            "published": publication(row.published),
            "site": row.site,
            "lang": row.language,
            "words": str(row.words),
            "title": plain(row.title),
        }
    if isinstance(row, RemovedPage):
        return {
            "reason": row.reason,
            "evidence": plain(row.evidence),
            "fetched": moment(row.fetched_at),
            "site": row.site,
            "url": plain(row.url),
        }
    last = f"{row.outcome} ({plain(row.evidence)})" if row.outcome and row.attempts else ""
    return {
        "due": when(row.due_at, datetime.now(UTC)),
        "at": moment(row.due_at),
        "kind": row.kind,
        "site": row.site,
        "attempts": str(row.attempts) if row.attempts else "",
        "last": last,
        "held": plain(row.held),
        "url": plain(row.url),
    }
