"""``collector stats``."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from collector.cli.app import CorpusOption, JsonOption, app, print_json
from collector.cli.charts import bar, spark, spread
from collector.cli.exits import Exit
from collector.cli.output import check_sites, columns, counted, duration, moment, plain, show, size, when
from collector.config import read_config
from corpus import open_corpus
from corpus.counts import Counts, RunCount
from corpus.duplication import Duplication
from corpus.folder import CorpusFolder

#: Lines of a list that are shown; the rest is summed up.
_MOST_LINES = 12


@app.command(
    epilog="Examples:\n\n  collector stats\n\n  collector stats harbour-post --runs 3\n\n"
    "  collector stats --json | jq .removals"
)
def stats(
    site: Annotated[str | None, typer.Argument(metavar="[SITE]", help="Only of this site.")] = None,
    corpus: CorpusOption = Path(),
    runs: Annotated[int, typer.Option(min=0, help="How many of the last runs to show.")] = 5,
    as_json: JsonOption = False,
) -> int:
    """Count what is in the corpus: articles by site, language and day; removals, failures, duplicates, runs, sizes."""
    config = read_config(CorpusFolder(corpus).config)
    now = datetime.now(UTC)
    with open_corpus(corpus) as opened:
        check_sites(opened, config.sites, () if site is None else (site,))
        counts = opened.counts(now=now, site=site, most_runs=runs)
    if as_json:
        days = {day.isoformat(): number for day, number in counts.days.items()}
        rates = {
            name: [asdict(row) | {"rate": row.rate} for row in rows]
            for name, rows in (("duplication", counts.duplication), ("agencies", counts.agencies))
        }
        told = [asdict(run) | {"seconds": run.seconds} for run in counts.runs]
        print_json(asdict(counts) | rates | {"days": days, "runs": told})
    else:
        _print(counts, now)
    return Exit.OK if counts.sites else Exit.INCOMPLETE


def _print(counts: Counts, now: datetime) -> None:
    known = sum(one.urls for one in counts.sites)
    show(Text(f"{counted(counts.articles, 'article')} from {counted(known, 'URL')}", style="bold"))
    _print_sites(counts)
    _print_bars("Articles by language", counts.languages)
    _print_days(counts)
    _print_bars("Known what the site repeats, from so many articles", _learned(counts))
    _print_bars("Removed, by reason", counts.removals)
    _print_bars("Failed, by error", counts.failures)
    _print_bars("Articles whose pages' use is spoken of", counts.rights)
    _print_bars("Further URLs of articles, by what joins them", counts.duplicates)
    _print_duplication("Copies and versions, by site", counts.duplication)
    _print_duplication("Copies and versions, by agency credited", counts.agencies)
    _print_waiting(counts, now)
    _print_runs(counts.runs)
    archive = f"archive {size(counts.archive_bytes)} in {counted(counts.archive_files, 'file')}"
    show("", Text("On disk", style="bold"), f"  {archive}, database {size(counts.database_bytes)}")


def _print_sites(counts: Counts) -> None:
    if not counts.sites:
        show("", "nothing is known yet: add a site with `collector add URL`, then `collector crawl`")
        return
    headings = ("site", "articles", "words", "URLs", "removed", "failed", "waiting")
    table = columns(*headings, right=headings[1:])
    for one in counts.sites:
        numbers = (one.articles, one.words, one.urls, one.removed, one.failed, one.waiting)
        table.add_row(Text(one.site), *(f"{number:,}" for number in numbers))
    show("", table)


def _learned(counts: Counts) -> dict[str, int]:
    known = {one.site: one.learned_from for one in counts.sites if one.learned_from}
    return dict(sorted(known.items(), key=lambda item: (-item[1], item[0])))


def _print_bars(heading: str, numbers: Mapping[str, int]) -> None:
    if not numbers:
        return
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    most = max(numbers.values())
    for name, number in list(numbers.items())[:_MOST_LINES]:
        table.add_row(Text(f"  {plain(name)}"), f"{number:,}", Text(bar(number, most), style="cyan"))
    left = list(numbers.values())[_MOST_LINES:]
    if left:
        table.add_row(f"  {len(left)} more", f"{sum(left):,}", "")
    show("", Text(heading, style="bold"), table)


def _print_duplication(heading: str, rows: Sequence[Duplication]) -> None:
    """Print how much is copied, where anything is."""
    if not any(row.copies or row.versions for row in rows):
        return
    headings = ("", "articles", "copies", "versions", "share")
    table = columns(*headings, right=headings[1:])
    for row in rows[:_MOST_LINES]:
        numbers = (row.articles, row.copies, row.versions)
        table.add_row(Text(f"  {plain(row.name)}"), *(f"{number:,}" for number in numbers), f"{row.rate:.1%}")
    if len(rows) > _MOST_LINES:
        table.add_row(f"  {len(rows) - _MOST_LINES} more", f"{sum(row.articles for row in rows[_MOST_LINES:]):,}")
    show("", Text(heading, style="bold"), table)


def _print_days(counts: Counts) -> None:
    if not counts.days:
        return
    span, numbers = spread(counts.days)
    first, last = next(iter(counts.days)), next(reversed(counts.days))
    undated = f"; {counted(counts.undated, 'article')} without a day" if counts.undated else ""
    show(
        "",
        Text(f"Articles by {span} of publication", style="bold"),
        Text(f"  {spark(numbers)}", style="cyan"),
        f"  {_day(first)} to {_day(last)}, at most {max(numbers):,} a {span}{undated}",
    )


def _day(day: date) -> str:
    return day.isoformat()


def _print_waiting(counts: Counts, now: datetime) -> None:
    if not counts.due and not counts.due_later:
        return
    later = ""
    if counts.next_due_at is not None:
        later = f", {counts.due_later:,} later, the first {when(counts.next_due_at, now)}"
    show("", Text("Waiting", style="bold"), f"  {counts.due:,} may be fetched now{later} (collector list --due)")


def _print_runs(runs: tuple[RunCount, ...]) -> None:
    if not runs:
        return
    table = columns("  run", "command", "began (UTC)", "took", "state", "pages", "what came of them")
    for run in runs:
        took = "" if run.seconds is None else duration(run.seconds)
        table.add_row(
            f"  {run.id}",
            run.command,
            moment(run.started_at),
            took,
            run.state,
            f"{sum(run.counters.values()):,}",
            _outcomes(run.counters),
        )
    show("", Text("Last runs", style="bold"), table)


def _outcomes(counters: Mapping[str, int]) -> str:
    """Return the outcomes of a run in short: ``412 kept, 7 updated, 30 removed``."""
    groups: dict[str, int] = {}
    for outcome, number in counters.items():
        group = outcome.partition("/")[0]
        groups[group] = groups.get(group, 0) + number
    ordered = sorted(groups.items(), key=lambda item: -item[1])
    return ", ".join(f"{number:,} {group}" for group, number in ordered)
