"""``collector reclean``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from collector.again import Changes
from collector.cli.app import CorpusOption, JsonOption, app, err, escape, out, print_json
from collector.cli.bars import progress
from collector.cli.exits import Exit
from collector.cli.settled import named, tell_settled
from collector.config import read_config
from collector.crawl import Crawl
from collector.reclean import count_stale
from collector.reclean import reclean as clean_again
from collector.workers import Workers
from corpus.folder import CorpusFolder
from corpus.ledger import Scope


@app.command(
    epilog="Examples:\n\n  collector reclean\n\n  collector reclean --all --json > changes.json\n\n"
    "Change \\[clean] in collector.toml or install a newer version first; pages that are up to date are skipped."
)
def reclean(
    corpus: CorpusOption = Path(),
    everything: Annotated[bool, typer.Option("--all", help="Clean also what is up to date.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Clean the archived pages again with the cleaner and settings in force, without a single request."""
    config = read_config(CorpusFolder(corpus).config)
    with Workers(config) as workers:  # before anything is open that a process should not be forked with
        crawl = Crawl.open(corpus, Scope(sites=tuple(config.sites)), config, command="reclean")
        state = "interrupted"
        try:
            total = count_stale(crawl, everything=everything)
            with progress("cleaning again", total) as advance:
                changes = clean_again(crawl, workers, everything=everything, shown=advance)
            state = "finished"
        finally:
            crawl.close(state=state)
    _report(changes, as_json=as_json)
    return Exit.INCOMPLETE if changes.failures else Exit.OK


def _report(changes: Changes, *, as_json: bool) -> None:
    if as_json:
        told = {"changes": dict(changes.counts), "examples": changes.examples, "failures": changes.failures}
        print_json(told | {"settled": named(changes.sites), "due": changes.due})
        return
    out.print(f"{changes.counts.total()} pages cleaned again")
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right")
    table.add_column()
    table.add_column(style="dim", overflow="fold")
    for change, count in changes.counts.most_common():
        example = "" if change == "unchanged" else f"e.g. {changes.examples[change][0]}"
        table.add_row(str(count), change, escape(example))
    out.print(table)
    tell_settled(changes.sites)
    if changes.due:
        out.print(
            f"{changes.due} pages that were refused for an opt-out may be fetched now; the next crawl asks for them"
        )
    for url, message in changes.failures[:10]:
        err.print(f"not cleaned again: {escape(url)}: {escape(message)}", soft_wrap=True)
    if len(changes.failures) > 10:
        err.print(f"… and {len(changes.failures) - 10} more")
