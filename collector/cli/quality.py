"""``collector quality``."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import CorpusOption, app
from collector.cli.catching_up import PROCESSES, update_signals
from collector.cli.exits import Exit
from collector.cli.options import (
    CsvOption,
    LanguageOption,
    LinesOption,
    SinceOption,
    SiteOption,
    TsvOption,
    UntilOption,
)
from collector.cli.output import check_names, columns, one_line, show
from collector.cli.searching import (
    Form,
    form_of,
    print_rows,
    selection_of,
)
from corpus import open_corpus
from corpus.likeness import Keep
from corpus.signals.definitions import NAMES, SIGNALS
from corpus.signals.spread import PERCENTILES, Spread

#: What is shown by site or language where no signal is named.
_TELLING = ("words", "stop_words", "duplicate_lines", "top_3_gram", "c4_lines", "symbols")


class By(StrEnum):
    """What is told of by itself."""

    SITE = "site"
    LANGUAGE = "language"


@app.command(
    epilog="Examples:\n\n  collector quality\n\n  collector quality --by site --signal stop_words --signal words\n\n"
    "  collector quality --list"
)
def quality(
    corpus: CorpusOption = Path(),
    by: Annotated[By | None, typer.Option(help="Tell of each site or language by itself.")] = None,
    signal: Annotated[
        list[str] | None, typer.Option(help="Only this signal (may be repeated).", show_default="all; by site, six")
    ] = None,
    site: SiteOption = None,
    language: LanguageOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    list_them: Annotated[bool, typer.Option("--list", help="Only say what signals there are.")] = False,
    processes: Annotated[
        int, typer.Option(min=1, help="Processes that measure, where there is much to do.")
    ] = PROCESSES,
    as_csv: CsvOption = False,
    as_tsv: TsvOption = False,
    as_json: LinesOption = False,
) -> int:
    """Measure the quality of the texts, and show how it is spread.

    What was measured is stored; only new and changed articles are measured the next time. Nothing is removed: an
    export chooses by conditions (--quality).
    """
    form = form_of(as_csv=as_csv, as_tsv=as_tsv, as_json=as_json)
    if list_them:
        return _list(form)
    check_names("signal", signal or (), NAMES)
    selection = selection_of(corpus, site, language, since, until, Keep.ALL)
    update_signals(corpus, processes)
    names = tuple(dict.fromkeys(signal)) if signal else _TELLING if by else NAMES
    with open_corpus(corpus) as opened:
        spreads = opened.spreads(names, selection, by=None if by is None else by.value)
    if form is Form.PEOPLE:
        _print(spreads, by)
    else:
        heads = (*((by.value,) if by else ()), "signal", *(f"p{one}" for one in PERCENTILES), "articles", "unknown")
        print_rows((_row(spread, by) for spread in spreads), heads, form)
    return Exit.OK if spreads else Exit.INCOMPLETE


def _row(spread: Spread, by: By | None) -> dict[str, object]:
    percentiles = spread.percentiles or (None,) * len(PERCENTILES)
    return {
        **({by.value: spread.group} if by else {}),
        "signal": spread.signal,
        **{f"p{one}": value for one, value in zip(PERCENTILES, percentiles, strict=True)},
        "articles": spread.articles,
        "unknown": spread.unknown,
    }


def _print(spreads: Iterable[Spread], by: By | None) -> None:
    heads = [f"p{one}" for one in PERCENTILES if one not in (1, 99)]
    table = columns("signal", *heads, "unknown", *((by.value,) if by else ()), right=(*heads, "unknown"))
    for spread in spreads:
        row = _row(spread, by)
        told = [_number(row[head]) for head in heads]
        last = [one_line(spread.group)] if by else []
        table.add_row(spread.signal, *told, str(spread.unknown or ""), *last)
    show(table)


def _number(value: object) -> str:
    if not isinstance(value, float):
        return "unknown"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _list(form: Form) -> int:
    rows = [{"signal": one.name, "family": one.family, "meaning": one.meaning} for one in SIGNALS]
    if form is Form.PEOPLE:
        table = columns("signal", "family", "meaning")
        for one in SIGNALS:
            table.add_row(one.name, one.family, one.meaning)
        show(table)
    else:
        print_rows(rows, ("signal", "family", "meaning"), form)
    return Exit.OK
