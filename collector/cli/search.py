"""``collector search``."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from collector.cli.app import CorpusOption, app, err
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
from collector.cli.output import counted, plain, publication, show
from collector.cli.searching import (
    QUERIES,
    Form,
    form_of,
    indexed,
    print_rows,
    selection_of,
)
from corpus.likeness import Keep
from corpus.search.finding import Found, Match, Order
from corpus.search.query import parse_query

_NAMES = ("id", "published", "site", "language", "words", "score", "title", "url", "extract")
#: SQLite takes numbers up to 2**63; nobody has so many articles.
_ALL = 2**62


@app.command(
    epilog=f"{QUERIES}\n\nExamples:\n\n  collector search ferry --since 2026-01-01\n\n"
    "  collector search '\"slow ferry\" OR harb*' --sort date\n\n  collector search '東京 NOT 京都' --json | jq -r .url"
)
def search(
    query: Annotated[str, typer.Argument(help="What to look for in titles and texts.")],
    corpus: CorpusOption = Path(),
    site: SiteOption = None,
    language: LanguageOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    keep: KeepOption = Keep.ALL,
    sort: Annotated[Order, typer.Option(help="What comes first.")] = Order.RELEVANCE,
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="At most so many; 0 for all.")] = 20,
    as_csv: CsvOption = False,
    as_tsv: TsvOption = False,
    as_json: LinesOption = False,
) -> int:
    """Find articles by what they say, the best first, each with an extract.

    The first search makes an index, later ones bring it up to date with what has changed. It stands in search/ of the
    corpus folder and can be deleted at any time.
    """
    form = form_of(as_csv=as_csv, as_tsv=as_tsv, as_json=as_json)
    parsed = parse_query(query)
    selection = selection_of(corpus, site, language, since, until, keep)
    with indexed(corpus) as searcher:
        found = searcher.search(parsed, selection, order=sort, most=limit or _ALL)
    if form is Form.PEOPLE:
        _print(found)
    else:
        print_rows((asdict(match) for match in found.matches), _NAMES, form)
    if not found.articles:
        err.print("no article says that")
    elif len(found.matches) < found.articles:
        err.print(f"the first {len(found.matches)} of {counted(found.articles, 'article')} (--limit 0 for all)")
    return Exit.OK if found.articles else Exit.INCOMPLETE


def _print(found: Found) -> None:
    for match in found.matches:
        show(Text(plain(match.title) or "(without a title)", style="bold"), Text(f"  {_origin(match)}", style="dim"))
        show(Text(f"  {plain(match.extract)}"))


def _origin(match: Match) -> str:
    return "  ".join(
        part for part in (match.id, publication(match.published)[:10], match.site, plain(match.url)) if part
    )
