"""``collector dedup``."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from collector.cli.app import CorpusOption, JsonOption, app, print_json
from collector.cli.bars import progress
from collector.cli.exits import Exit
from collector.cli.output import columns, counted, one_line, plain, refuse, show
from collector.config import Config, read_config
from corpus import open_corpus
from corpus.duplication import Stories
from corpus.folder import CorpusFolder
from corpus.paragraphs import CommonParagraph
from corpus.store import Store
from corpus.upkeep import catch_up
from corpus.upkeep import rebuild as rebuild_twins


@app.command(
    epilog="Examples:\n\n  collector dedup\n\n  collector dedup --rebuild\n\n"
    "  collector dedup --paragraphs --json > footers.json\n\n"
    "Change \\[dedup] in collector.toml first to try other thresholds: nothing is fetched, and nothing is thrown away."
)
def dedup(
    corpus: CorpusOption = Path(),
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make all signatures, pairs and clusters anew from the stored texts.")
    ] = False,
    paragraphs: Annotated[
        bool, typer.Option("--paragraphs", help="List the paragraphs that stand in many stories of many sites.")
    ] = False,
    most: Annotated[int, typer.Option(min=1, help="Lines of a list.")] = 20,
    as_json: JsonOption = False,
) -> int:
    """Bring copies, versions and excerpts up to date with the articles and with the thresholds in force.

    A crawl does so by itself, article by article. This is for what it left: a corpus of an older version, other
    thresholds, an index that was made by another version of its library (--rebuild).
    """
    folder = CorpusFolder(corpus)
    config = read_config(folder.config)
    if paragraphs and rebuild:
        refuse("--rebuild and --paragraphs are two commands; give one of them")
    if paragraphs:
        return _tell_paragraphs(corpus, config, most, as_json=as_json)
    _bring_up_to_date(folder, config, rebuild=rebuild)
    with open_corpus(corpus) as opened:
        stories = opened.count_stories()
    if as_json:
        print_json(stories)
    else:
        _print(stories)
    return Exit.INCOMPLETE if stories.waiting else Exit.OK


def _bring_up_to_date(folder: CorpusFolder, config: Config, *, rebuild: bool) -> None:
    store = Store(folder.database, config.site_of, busy_seconds=config.archive.busy_seconds, rules=config.dedup.rules())
    with closing(store):
        total = None if rebuild else store.documents.count_waiting()
        with progress("comparing", total) as advance:

            def shown(settled: int) -> None:
                for _ in range(settled):
                    advance("")

            (rebuild_twins if rebuild else catch_up)(store, shown)


def _print(stories: Stories) -> None:
    show(Text(f"{counted(stories.articles, 'article')}, {counted(stories.stories, 'story', 'stories')}", style="bold"))
    show(
        f"  {counted(stories.copies, 'copy', 'copies')} on other sites, "
        f"{counted(stories.versions, 'version')} on the same, {counted(stories.excerpts, 'excerpt')}"
    )
    if stories.waiting:
        show(f"  {counted(stories.waiting, 'article')} not compared yet: run `collector dedup --rebuild`")


def _tell_paragraphs(root: Path, config: Config, most: int, *, as_json: bool) -> int:
    stories, sites = config.dedup.paragraph_stories, config.dedup.paragraph_sites
    with open_corpus(root) as corpus:
        found = corpus.common_paragraphs(stories=stories, sites=sites)
    if as_json:
        print_json({"paragraphs": found})
    else:
        _print_paragraphs(found, most, f"{stories} stories of {sites} sites")
    return Exit.OK if found else Exit.INCOMPLETE


def _print_paragraphs(found: tuple[CommonParagraph, ...], most: int, bounds: str) -> None:
    show("", Text(f"{counted(len(found), 'paragraph')} in at least {bounds}", style="bold"))
    if not found:
        return
    table = columns("stories", "sites", "paragraph", right=("stories", "sites"))
    for one in found[:most]:
        table.add_row(f"{one.stories:,}", f"{one.sites:,}", one_line(plain(one.text)))
    show(table)
    if len(found) > most:
        show(f"… and {len(found) - most} more (--most)")
