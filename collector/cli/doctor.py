"""``collector doctor``."""

from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import CorpusOption, JsonOption, app, err, escape, out, print_json
from collector.cli.bars import progress
from collector.cli.exits import Exit
from collector.doctor import Finding, Severity, examine

_STYLES = {Severity.OK: "green", Severity.NOTE: "yellow", Severity.PROBLEM: "bold red"}


@app.command(
    epilog="Examples:\n\n  collector doctor\n\n  collector doctor --quick\n\n  collector doctor --repair\n\n"
    "  collector doctor --in-days 30   # from a timer, once a day"
)
def doctor(
    corpus: CorpusOption = Path(),
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended without losing anything.")] = False,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Leave out what takes long: reading the whole archive, weighing every article."),
    ] = False,
    days: Annotated[
        int,
        typer.Option("--in-days", min=1, metavar="N", help="Read another part of the archive each day, all in N days."),
    ] = 1,
    as_json: JsonOption = False,
) -> int:
    """Examine the corpus: configuration, software, disk, database, archive, and whether the last two agree.

    Exit code 0: healthy, notes aside; 3: problems remain.
    """
    findings: list[Finding] = []
    for finding in examine(corpus, quick=quick, repair=repair, days=days, watch=progress):
        findings.append(finding)
        if not as_json:
            _show(finding, repair=repair)
    remaining = [finding for finding in findings if finding.remains]
    if as_json:
        print_json({"healthy": not remaining, "findings": findings})
    elif remaining:
        err.print(f"[bold red]problems that remain: {len(remaining)}[/]")
    else:
        out.print("[green]healthy[/]")
    return Exit.CORPUS if remaining else Exit.OK


def _show(finding: Finding, *, repair: bool) -> None:
    word = "repaired" if finding.repaired else finding.severity.value
    style = "green" if finding.repaired else _STYLES[finding.severity]
    out.print(f"[{style}]{word:>8}[/]  {escape(finding.message)}", soft_wrap=True)
    if finding.severity is Severity.OK:
        return
    for example in finding.examples:
        out.print(f"            {escape(example)}", style="dim", soft_wrap=True)
    for line in (finding.meaning, finding.done if repair and finding.done else finding.remedy):
        if line:
            out.print(f"          {escape(line)}", soft_wrap=True)
