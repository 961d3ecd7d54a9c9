"""``collector pii``."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from collector.cli.app import CorpusOption, app, err
from collector.cli.bars import progress
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
from collector.cli.output import check_names, columns, counted, plain, show
from collector.cli.searching import (
    Form,
    form_of,
    print_rows,
    selection_of,
)
from corpus import open_corpus
from corpus.likeness import Keep
from corpus.privacy.counting import Sighting, sightings
from corpus.privacy.finding import PiiKind, import_libraries

_SIGHTING = ("id", "site", "kind", "piece", "place", "offset", "context", "url")
_COUNT = ("kind", "pieces", "articles")


@app.command(epilog="Examples:\n\n  collector pii\n\n  collector pii --pieces --kind PHONE_NUMBER --tsv > phones.tsv")
def pii(
    corpus: CorpusOption = Path(),
    pieces: Annotated[bool, typer.Option("--pieces", help="Print each piece with what stands around it.")] = False,
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind (may be repeated).")] = None,
    site: SiteOption = None,
    language: LanguageOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    keep: KeepOption = Keep.ALL,
    as_csv: CsvOption = False,
    as_tsv: TsvOption = False,
    as_json: LinesOption = False,
) -> int:
    """Count e-mail addresses, phone numbers and other personal data in titles and texts, by kind.

    What has a check digit or a numbering plan is checked. Names of persons are not looked for. Nothing is changed;
    `collector export --mask-pii` writes an export without them.
    """
    form = form_of(as_csv=as_csv, as_tsv=as_tsv, as_json=as_json)
    import_libraries()
    check_names("kind", kind or (), [one.value for one in PiiKind])
    selection = selection_of(corpus, site, language, since, until, keep)
    numbers: Counter[str] = Counter()
    articles: Counter[str] = Counter()
    total = 0
    found: list[Sighting] = []
    with open_corpus(corpus) as opened, progress("looking", opened.count(selection)) as advance:
        for _, seen in sightings(opened, selection):
            wanted = [one for one in seen if not kind or one.kind in kind]
            numbers.update(one.kind for one in wanted)
            articles.update({one.kind for one in wanted})
            found += wanted if pieces else []
            total += 1
            advance("")
    if pieces:
        _print_pieces(found, form)
    else:
        rows = [
            {"kind": one.value, "pieces": numbers[one], "articles": articles[one]}
            for one in PiiKind
            if not kind or one in kind
        ]
        if form is Form.PEOPLE:
            table = columns(*_COUNT, right=_COUNT[1:])
            for row in rows:
                table.add_row(*(f"{value:,}" if isinstance(value, int) else str(value) for value in row.values()))
            show(table)
        else:
            print_rows(rows, _COUNT, form)
    err.print(f"{counted(numbers.total(), 'piece')} of personal data in {counted(total, 'article')}")
    return Exit.OK


def _print_pieces(found: list[Sighting], form: Form) -> None:
    if form is not Form.PEOPLE:
        print_rows((asdict(one) for one in found), _SIGHTING, form)
        return
    for one in found:
        show(Text(f"{one.id[:8]}  {one.kind}  ", style="dim") + Text(plain(one.context)))
