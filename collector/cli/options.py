"""Options that commands share which choose articles and print rows."""

from datetime import datetime
from typing import Annotated

import typer

from collector.cli.output import check_languages
from corpus.likeness import Keep

#: How days are written.
DAY = ["%Y-%m-%d"]


def _known_languages(codes: list[str] | None) -> list[str] | None:
    check_languages(codes or ())
    return codes


SiteOption = Annotated[list[str] | None, typer.Option("--site", "-s", help="Only of this site (may be repeated).")]
LanguageOption = Annotated[
    list[str] | None,
    typer.Option(
        "--language", "-l", callback=_known_languages, help="Only in this language, ISO 639-1 (may be repeated)."
    ),
]
SinceOption = Annotated[datetime | None, typer.Option(formats=DAY, help="Only published on this day or later.")]
UntilOption = Annotated[datetime | None, typer.Option(formats=DAY, help="Only published before this day.")]
KeepOption = Annotated[
    Keep, typer.Option(help="Which copies and versions of a story: the canonical one, the first of each site, or all.")
]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print comma-separated values, with a line of names.")]
TsvOption = Annotated[bool, typer.Option("--tsv", help="Print tab-separated values (the default when piped).")]
LinesOption = Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")]
