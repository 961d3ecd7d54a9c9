"""``collector frequency``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from collector.cli.app import CorpusOption, app, err, escape
from collector.cli.charts import bar
from collector.cli.exits import Exit
from collector.cli.options import (
    CsvOption,
    KeepOption,
    LanguageOption,
    LinesOption,
    SinceOption,
    SiteOption,
    TsvOption,
    UntilOption,
)
from collector.cli.output import columns, counted, plain, print_json_line, refuse, show
from collector.cli.searching import (
    QUERIES,
    Form,
    form_of,
    indexed,
    print_rows,
    selection_of,
)
from collector.frequency_plot import write_plot
from corpus.likeness import Keep
from corpus.search.frequency import Frequencies, Period, Span, count_over_time
from corpus.search.query import parse_query

_NAMES = ("period", "query", "hits", "articles", "per_million", "words", "all_articles")
#: Columns of the longest bar where one query is asked for.
_BAR = 20


@app.command(
    epilog=f"{QUERIES}\n\nExamples:\n\n  collector frequency ferry --by year\n\n"
    "  collector frequency 'climate chang*' 'global warming' --per-million --plot climate.svg\n\n"
    "  collector frequency ferry --tsv > ferry.tsv"
)
def frequency(
    query: Annotated[list[str], typer.Argument(metavar="QUERY...", help="What to count in titles and texts.")],
    corpus: CorpusOption = Path(),
    by: Annotated[Span, typer.Option(help="What is counted together.")] = Span.MONTH,
    per_million: Annotated[
        bool, typer.Option("--per-million", help="Show hits in a million words of the time, not hits.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it to a file, too: .svg, or .html with the numbers.")
    ] = None,
    site: SiteOption = None,
    language: LanguageOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    keep: KeepOption = Keep.ALL,
    as_csv: CsvOption = False,
    as_tsv: TsvOption = False,
    as_json: LinesOption = False,
) -> int:
    """Count how often something is said over time.

    Hits are counted as in `collector kwic`. Articles without a date stand in no period and are told of at the end.
    """
    form = form_of(as_csv=as_csv, as_tsv=as_tsv, as_json=as_json)
    if plot is not None and plot.suffix not in (".svg", ".html"):
        refuse(f"--plot writes .svg or .html, not {plot.name!r}")
    parsed = [parse_query(one) for one in query]
    selection = selection_of(corpus, site, language, since, until, keep)
    with indexed(corpus) as searcher:
        found = count_over_time(searcher, parsed, selection, by)
    if plot is not None:
        write_plot(found, plot, per_million=per_million)
        err.print(f"plot: {escape(str(plot))}", soft_wrap=True)
    if form is Form.PEOPLE:
        _print(found, per_million=per_million)
    elif form is Form.JSON:
        for row in _rows(found):
            print_json_line(row)
    else:
        print_rows(_rows(found), _NAMES, form)
    if found.undated.articles:
        hits = ", ".join(counted(count.hits, "hit") for count in found.undated.counts)
        err.print(f"in {counted(found.undated.articles, 'article')} without a date: {hits}")
    any_hits = any(count.hits for period in (*found.periods, found.undated) for count in period.counts)
    return Exit.OK if any_hits else Exit.INCOMPLETE


def _rows(found: Frequencies) -> Iterator[dict[str, object]]:
    for period in found.periods:
        for number, query in enumerate(found.queries):
            count = period.counts[number]
            yield {
                "period": period.name,
                "query": query,
                "hits": count.hits,
                "articles": count.articles,
                "per_million": period.per_million(number),
                "words": period.words,
                "all_articles": period.articles,
            }


def _print(found: Frequencies, *, per_million: bool) -> None:
    single = len(found.queries) == 1
    names = [plain(query) for query in found.queries]
    table = columns(found.span.value, "words", *names, *([""] if single else []), right=("words", *names))
    most = max((_number(period, 0, per_million=per_million) for period in found.periods), default=0)
    for period in found.periods:
        numbers = [_number(period, number, per_million=per_million) for number in range(len(names))]
        told = [f"{number:,.1f}" if per_million else f"{number:,.0f}" for number in numbers]
        drawn = [Text(bar(round(1000 * numbers[0]), round(1000 * most), _BAR))] if single else []
        table.add_row(period.name, f"{period.words:,}", *told, *drawn)
    show(table)


def _number(period: Period, number: int, *, per_million: bool) -> float:
    return (period.per_million(number) or 0.0) if per_million else period.counts[number].hits
