"""``collector why --blocks``: every block of a page, kept or cut."""

from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from cleaners.explain import ExplainedBlock, Explanation
from collector.cli.app import print_json
from collector.cli.output import counted, moment, plain, refuse, show
from collector.config import Config
from collector.review import explain_page
from corpus import Corpus, UrlStory
from corpus.errors import CollectorError, PageError
from corpus.types import Article


def tell_blocks(corpus: Corpus, config: Config, story: UrlStory, *, as_json: bool) -> None:
    """Clean the last judged page of a URL again and print its blocks in order."""
    judged = [fetch for fetch in story.fetches if fetch.judged_as is not None]
    if not judged:
        refuse(f"no page of {story.url} was cleaned; `collector why {story.url}` says what came of it")
    number = judged[-1].judged_as
    page = next(iter(corpus.pages([number] if number is not None else [])))
    if isinstance(page, CollectorError):
        refuse(f"the page cannot be read again: {page}")
    try:
        found = explain_page(page, corpus, config, site=story.site)
    except PageError as error:
        refuse(str(error))
    if as_json:
        print_json([asdict(block) | {"kept": block.kept, "look": found.look} for block in found.blocks])
        return
    show(
        Text(plain(story.url), style="bold"),
        Text(f"as fetched on {moment(judged[-1].fetched_at)} UTC: {_told(found)}"),
        "",
    )
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for block in found.blocks:
        style = "dim" if block.hidden else "" if block.kept else "red"
        score = "" if block.score is None else f"{block.score:.2f}"
        told = Text.assemble((plain(block.text), style), ("  ", ""), (block.place, "dim"))
        table.add_row(Text(_verdict(block), style=style), score, told)
    show(table)


def _verdict(block: ExplainedBlock) -> str:
    return f"{'kept' if block.rule is None else block.rule}{', hidden' if block.hidden else ''}"


def _told(found: Explanation) -> str:
    verdict = found.verdict
    if isinstance(verdict, Article):
        kept, all_blocks = sum(block.kept for block in found.blocks), counted(len(found.blocks), "block")
        return (
            f"{counted(verdict.words, 'word')} in {kept} of {all_blocks}, doubt {found.doubt:.2f} ({found.look} look)"
        )
    return f"removed: {verdict.reason}, {plain(verdict.evidence)}"
