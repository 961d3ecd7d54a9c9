"""``collector versions``."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from collector.cli.app import CorpusOption, JsonOption, app, print_json
from collector.cli.exits import Exit
from collector.cli.near import find_article, warn_of_waiting
from collector.cli.output import columns, counted, moment, plain, publication, show
from collector.config import read_config
from corpus import open_corpus
from corpus.folder import CorpusFolder
from corpus.versions import Change, Version


@app.command(
    epilog="Examples:\n\n  collector versions https://example.com/2026/11/ferry\n\n"
    "  collector versions 6330330e --diff\n\n  collector versions 6330330e --json | jq '.versions[].changes'"
)
def versions(
    name: Annotated[
        str, typer.Argument(metavar="ID|URL", help="An article's id, the beginning of it, or any URL of the article.")
    ],
    corpus: CorpusOption = Path(),
    diff: Annotated[bool, typer.Option("--diff", help="Show which paragraphs went and which came.")] = False,
    as_json: JsonOption = False,
) -> int:
    """List the texts that a story has had on its site, under one URL or several, with the dates of each."""
    config = read_config(CorpusFolder(corpus).config)
    with open_corpus(corpus) as opened:
        found = opened.versions(find_article(opened, name))
        warn_of_waiting(opened, config)
    if as_json:
        print_json({"versions": [asdict(version) for version in found]})
    elif diff:
        _print_changes(found)
    else:
        _print_table(found)
    return Exit.OK


def _print_table(found: tuple[Version, ...]) -> None:
    headings = ("version", "fetched (UTC)", "published", "modified", "words", "paragraphs", "URL")
    table = columns(*headings, right=("version", "words", "paragraphs"))
    for version in found:
        went = sum(len(change.before) for change in version.changes)
        came = sum(len(change.after) for change in version.changes)
        table.add_row(
            str(version.number),
            moment(version.fetched_at),
            publication(version.published),
            publication(version.modified),
            f"{version.words:,}",
            f"-{went} +{came}" if version.changes else "",
            Text(version.url),
        )
    show(table)


def _print_changes(found: tuple[Version, ...]) -> None:
    for version in found:
        dates = [f"fetched {moment(version.fetched_at)} UTC"]
        if version.published:
            dates.append(f"published {publication(version.published)}")
        if version.modified:
            dates.append(f"modified {publication(version.modified)}")
        show(Text(f"version {version.number}: {plain(version.title) or '(without a title)'}", style="bold"))
        show(f"  {', '.join(dates)}, {counted(version.words, 'word')}", Text(f"  {version.url}"))
        for change in version.changes:
            show("", *_lines(change))
        show("")


def _lines(change: Change) -> list[Text]:
    went = [Text(f"- {plain(paragraph)}", style="red") for paragraph in change.before]
    return went + [Text(f"+ {plain(paragraph)}", style="green") for paragraph in change.after]
