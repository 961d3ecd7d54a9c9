"""``collector kwic``."""

import unicodedata
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.cells import cell_len
from rich.text import Text

from collector.cli.app import CorpusOption, app, err, out
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
from collector.cli.output import counted, plain, publication
from collector.cli.searching import (
    QUERIES,
    Form,
    form_of,
    indexed,
    print_rows,
    selection_of,
)
from corpus.likeness import Keep
from corpus.search.kwic import Concordance, Context, Line, Sort, concordance
from corpus.search.query import parse_query

_NAMES = ("left", "keyword", "right", "id", "published", "site", "language", "place", "offset")
#: Columns of day and id before a line.
_HEAD = 21
#: Columns of a keyword of middling length: lines are cut so that one of it stands in the middle.
_KEYWORD = 7
#: First strong isolate and pop directional isolate (Unicode Annex 9): what stands between keeps its own direction, and
#: does not move what stands beside it.
_ISOLATE, _POP = "\u2068", "\u2069"


@app.command(
    epilog=f"{QUERIES}\n\nExamples:\n\n  collector kwic ferry\n\n  collector kwic 'climat*' --sort right --limit 0\n\n"
    "  collector kwic '\"slow ferry\"' --context 5 --tsv > ferry.tsv\n\n  collector kwic 東京 --context 30 --characters"
)
def kwic(
    query: Annotated[str, typer.Argument(help="What to look for in titles and texts.")],
    corpus: CorpusOption = Path(),
    site: SiteOption = None,
    language: LanguageOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    keep: KeepOption = Keep.ALL,
    context: Annotated[
        int | None,
        typer.Option(min=0, help="Words on either side.", show_default="10; on a terminal what it has room for"),
    ] = None,
    characters: Annotated[
        bool, typer.Option("--characters", help="With --context: count characters, not words.")
    ] = False,
    sort: Annotated[
        Sort, typer.Option(help="Newest first, or by the words before or behind the keyword, which reads all hits.")
    ] = Sort.DATE,
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="At most so many lines; 0 for all.")] = 100,
    as_csv: CsvOption = False,
    as_tsv: TsvOption = False,
    as_json: LinesOption = False,
) -> int:
    """Show each hit in its context, one below the other (keyword in context).

    A hit is each word or phrase of the query that is not excluded by NOT, in the articles that the query finds.
    """
    form = form_of(as_csv=as_csv, as_tsv=as_tsv, as_json=as_json)
    parsed = parse_query(query)
    selection = selection_of(corpus, site, language, since, until, keep)
    fitted = form is Form.PEOPLE and context is None
    around = Context(size=out.width if fitted else 10 if context is None else context, characters=characters or fitted)
    with indexed(corpus) as searcher:
        found = concordance(searcher, parsed, selection, context=around, sort=sort, most=limit or None)
    if form is Form.PEOPLE:
        for line in found.lines:
            _print(line)
    else:
        print_rows((asdict(line) for line in found.lines), _NAMES, form)
    _tell(found)
    return Exit.OK if found.lines else Exit.INCOMPLETE


def _tell(found: Concordance) -> None:
    articles, shown = counted(found.articles, "article"), len(found.lines)
    if not found.lines:
        err.print("no article says that")
    elif found.hits is None:
        err.print(f"the first {counted(shown, 'hit')} of more in {articles} (--limit 0 for all)")
    elif shown < found.hits:
        err.print(f"the first {shown:,} of {counted(found.hits, 'hit')} in {articles} (--limit 0 for all)")
    else:
        err.print(f"{counted(found.hits, 'hit')} in {articles}")


def _print(line: Line) -> None:
    day = publication(line.published)[:10] or "no date"
    keyword = plain(line.keyword)
    left, right = sides(plain(line.left), keyword, plain(line.right), out.width - _HEAD)
    out.print(
        Text(f"{day:10} {line.id[:8]}  ", style="dim"),
        Text(left),
        Text(_isolated(keyword), style="bold"),
        Text(right),
        sep="",
        soft_wrap=True,
    )


def sides(left: str, keyword: str, right: str, width: int) -> tuple[str, str]:
    """Return what stands before and behind a keyword so that all of it fits, and keywords stand below each other.

    Wide characters count as two columns, combining marks as none. Text that is written from right to left is kept from
    moving its neighbours; what comes before the keyword stands on the left of it there, too.

    Args:
        left: What comes before the keyword.
        keyword: The keyword.
        right: What comes behind it.
        width: Columns in all.

    >>> sides("slow", "ferry", "sails", 20)
    (' slow ', ' sails')
    >>> sides("東京の", "会議", "は", 20)
    (' 京の ', ' は')
    """
    half = max(1, (width - _KEYWORD) // 2)
    before = left
    while cell_len(before) > half - 1:
        before = before[1:]
    behind = right
    while behind and cell_len(behind) > width - half - cell_len(keyword) - 1:
        behind = behind[:-1]
    padding = " " * max(0, half - 1 - cell_len(before))
    return f"{padding}{_isolated(before)} ", f" {_isolated(behind)}" if behind else ""


def _isolated(text: str) -> str:
    if any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text):
        return f"{_ISOLATE}{text}{_POP}"
    return text
