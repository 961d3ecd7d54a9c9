"""``collector ingest``."""

import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import CorpusOption, JsonOption, app, err, escape, out, print_json
from collector.cli.bars import progress
from collector.cli.crawl import exit_code, report
from collector.cli.exits import Exit
from collector.cli.settled import named, tell_settled
from collector.config import Config, read_config
from collector.crawl import Crawl
from collector.ingest import Form, Ingest, Input, Problem, sort_inputs
from collector.progress import summary
from collector.runner import run_spider
from collector.settle import settle
from collector.workers import Workers
from corpus.errors import ConfigError
from corpus.folder import CorpusFolder
from corpus.ledger import Scope
from corpus.publishers import NO_SITE
from corpus.urls import canonicalise


@app.command(
    epilog="Examples:\n\n  collector ingest https://example.com/news/1 https://example.com/news/2\n\n"
    "  cat urls.txt | collector ingest -\n\n  collector ingest saved.html --url https://example.com/a\n\n"
    "  collector ingest CC-NEWS-20260101.warc.gz\n\n  collector ingest dumps/*.txt"
)
def ingest(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT...", help="URLs, files, folders, or - for URLs on standard input.")
    ],
    corpus: CorpusOption = Path(),
    form: Annotated[Form | None, typer.Option("--as", help="What the files are, where they do not show it.")] = None,
    url: Annotated[str | None, typer.Option(help="The page's URL, for one HTML file or text dump.")] = None,
    copy: Annotated[bool, typer.Option("--copy", help="Copy WARC records into the corpus' archive.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Take in what is at hand: URLs, a file of URLs, HTML files, WARC and WET files, text dumps.

    WARC records are referred to, not copied: keep the file where it is, or use --copy.
    """
    config = read_config(CorpusFolder(corpus).config)
    sorted_inputs = list(sort_inputs(inputs, form, sys.stdin.read))
    urls = [address for one in sorted_inputs for address in one.urls]
    files = [one for one in sorted_inputs if one.path is not None and one.form is not Form.URLS]
    if url is not None:
        _check_url(url, files)
    strange = [line for one in sorted_inputs for line in one.strange]
    for line in strange[:10]:
        err.print(f"no URL: {escape(line[:200])}", soft_wrap=True)
    if len(strange) > 10:
        err.print(f"… and {len(strange) - 10} more lines that are no URLs")
    code = Exit.INCOMPLETE if strange else Exit.OK
    if files:
        code = max(code, _ingest_files(files, corpus, config, url=url, copy=copy, as_json=as_json))
    if urls:
        code = max(code, _ingest_urls(urls, corpus, config, as_json=as_json))
    if not files and not urls:
        err.print("there was nothing in the input")
        return Exit.INCOMPLETE
    return code


def _check_url(url: str, files: list[Input]) -> None:
    try:
        canonicalise(url)
    except ValueError as error:
        raise ConfigError(f"--url: {error}") from error
    if len([one for one in files if one.form is not Form.WARC]) != 1:
        raise ConfigError("--url is the URL of one HTML file or text dump; give them one by one")


def _ingest_urls(urls: list[str], corpus: Path, config: Config, *, as_json: bool) -> Exit:
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(urls))
        file.flush()
        result = run_spider(corpus, "urls", {"file": file.name}, console=err, config=config, command="ingest")
    report(result, corpus, as_json=as_json)
    return exit_code(result)


def _ingest_files(
    files: list[Input], corpus: Path, config: Config, *, url: str | None, copy: bool, as_json: bool
) -> Exit:
    with Workers(config) as workers:  # before anything is open that a process should not be forked with
        crawl = Crawl.open(corpus, Scope(sites=(*config.sites, NO_SITE)), config, command="ingest")
        state = "interrupted"
        try:
            with progress("ingesting", None) as advance:
                work = Ingest(crawl, workers, url=url, copy=copy, shown=advance)
                work.run(files)
                settled = settle(crawl, workers).sites
            state = "finished"
        finally:
            crawl.close(state=state)
    _report(crawl.outcomes, work.problems, settled, corpus, as_json=as_json)
    return Exit.INCOMPLETE if work.problems or not crawl.outcomes else Exit.OK


def _report(
    outcomes: Counter[str],
    problems: list[Problem],
    settled: Mapping[str, tuple[int, int]],
    corpus: Path,
    *,
    as_json: bool,
) -> None:
    if as_json:
        print_json({"outcomes": dict(sorted(outcomes.items())), "problems": problems, "settled": named(settled)})
        return
    out.print(f"{outcomes.total()} pages")
    out.print(summary(outcomes))
    tell_settled(settled)
    for problem in problems[:10]:
        err.print(f"not read: {escape(problem.place)}: {escape(problem.message)}", soft_wrap=True)
    if len(problems) > 10:
        err.print(f"… and {len(problems) - 10} more")
    out.print(f"corpus: {escape(str(corpus.absolute()))}", soft_wrap=True)
