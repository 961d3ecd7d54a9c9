"""What `collector search`, `kwic` and `frequency` share: conditions, the index with its progress, rows for programs."""

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from collector.cli.app import out
from collector.cli.catching_up import update_index
from collector.cli.output import check_sites, print_json_line, refuse
from collector.config import read_config
from corpus import open_corpus
from corpus.articles import Selection
from corpus.export.selection import Filters
from corpus.folder import CorpusFolder
from corpus.likeness import Keep
from corpus.search.finding import Searcher, searching

#: What the help of each of the three says of queries.
QUERIES = (
    'Queries: two words mean both; "a phrase"; ferr* for all that begins so; OR, NOT and parentheses. Case and accents '
    "are not told apart. In Chinese, Japanese, Thai and the like, characters are found wherever they stand one behind "
    "the other."
)


class Form(StrEnum):
    """How results are printed."""

    PEOPLE = "people"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"


def form_of(*, as_csv: bool, as_tsv: bool, as_json: bool) -> Form:
    """Return the form that options ask for; tabs where nothing is said and the output is piped."""
    asked = [form for form, wanted in ((Form.CSV, as_csv), (Form.TSV, as_tsv), (Form.JSON, as_json)) if wanted]
    if len(asked) > 1:
        refuse("--csv, --tsv and --json are three forms; ask for one of them")
    return asked[0] if asked else Form.PEOPLE if out.is_terminal else Form.TSV


def selection_of(
    corpus: Path,
    site: list[str] | None,
    language: list[str] | None,
    since: datetime | None,
    until: datetime | None,
    keep: Keep,
) -> Selection:
    """Return the conditions that options ask for.

    Raises:
        ConfigError: A site is unknown, or the days are in the wrong order.
    """
    folder = CorpusFolder(corpus)
    config = read_config(folder.config)
    filters = Filters(
        sites=tuple(site or ()),
        languages=tuple(language or ()),
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    if filters.sites:
        with open_corpus(corpus) as opened:
            check_sites(opened, config.sites, filters.sites)
    return filters.selection(keep)


@contextmanager
def indexed(corpus: Path) -> Iterator[Searcher]:
    """Open the index of a corpus, brought up to date with a word and a bar where that takes long."""
    update_index(corpus)
    with searching(CorpusFolder(corpus), refresh=False) as searcher:
        yield searcher


def print_rows(rows: Iterable[Mapping[str, object]], names: Sequence[str], form: Form) -> None:
    """Print rows for programs."""
    if form is Form.JSON:
        for row in rows:
            print_json_line(row)
        return
    dialect = "excel" if form is Form.CSV else "excel-tab"
    writer = csv.writer(sys.stdout, dialect, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow(["" if row[name] is None else _cell(row[name], form) for name in names])


def _cell(value: object, form: Form) -> object:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    # Tab-separated values as corpus tools read them: no quotation marks around a field, so no tab in it either.
    return " ".join(value.split()) if isinstance(value, str) and form is Form.TSV else value
