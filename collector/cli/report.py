"""``collector report``."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import CorpusOption, JsonOption, app, err, escape, print_json
from collector.cli.exits import Exit
from collector.cli.options import DAY
from collector.cli.output import check_sites, refuse, show
from collector.config import read_config
from collector.report import as_json as in_json
from collector.report import first_day, write_report
from corpus import open_corpus
from corpus.figures import count_figures
from corpus.folder import CorpusFolder
from corpus.schema import connect, store_error


@app.command(
    epilog="Examples:\n\n  collector report\n\n  collector report --since 2026-11-01 --site harbour-post\n\n"
    "  collector report --to /var/www/html/corpus.html\n\n  collector report --json | jq .latency"
)
def report(
    corpus: CorpusOption = Path(),
    since: Annotated[
        datetime | None,
        typer.Option(formats=DAY, metavar="DAY", help="The first day.", show_default="30 days up to the last one"),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=DAY, metavar="DAY", help="The last day.", show_default="today (UTC)")
    ] = None,
    site: Annotated[list[str] | None, typer.Option(metavar="SITE", help="Only of this site; may be repeated.")] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Where to.", show_default="reports/index.html")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Write a page about what came lately: articles a day, by site and language, delays, removals, copies, responses.

    One HTML file that needs nothing else: no scripts, no network, light and dark, for telephones and screen readers.
    """
    folder, now = CorpusFolder(corpus), datetime.now(UTC)
    last = _day(until) or now.date()
    first = first_day(_day(since), last, days=30)
    if first > last:
        refuse(f"the first day {first} comes after the last one {last}")
    config = read_config(folder.config)
    with open_corpus(corpus) as opened:
        check_sites(opened, config.sites, site or ())
    try:
        with closing(connect(folder.database, read_only=True)) as db:
            figures = count_figures(db, since=first, until=last, sites=site or ())
    except sqlite3.Error as error:
        raise store_error(error, folder.database) from error
    if as_json:
        print_json(in_json(figures))
        return Exit.OK if figures.articles else Exit.INCOMPLETE
    file = to or folder.reports / "index.html"
    write_report(figures, file, name=folder.root.absolute().name, now=now)
    show(str(file))
    if not figures.articles:
        err.print(f"there are no articles yet: {escape(str(folder.root.absolute()))}", soft_wrap=True)
    return Exit.OK if figures.articles else Exit.INCOMPLETE


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.date()
