"""``collector twins``."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from collector.cli.app import CorpusOption, JsonOption, app, print_json
from collector.cli.exits import Exit
from collector.cli.near import find_article, warn_of_waiting
from collector.cli.output import columns, plain, publication, show
from collector.config import read_config
from corpus import StoredArticle, open_corpus
from corpus.folder import CorpusFolder
from corpus.likeness import Likeness
from corpus.similar import Twin


@app.command(
    epilog="Examples:\n\n  collector twins https://example.com/2026/11/ferry\n\n  collector twins 6330330e --json\n\n"
    "same: the very same text; copy: nearly the same on another site; version: the story on the same site, changed; "
    "part: a page of it; contains: one is an excerpt of the other. Resemblance is the share of runs of five words that "
    "both have; containment is the share of the shorter one's that the longer one has."
)
def twins(
    name: Annotated[
        str, typer.Argument(metavar="ID|URL", help="An article's id, the beginning of it, or any URL of the article.")
    ],
    corpus: CorpusOption = Path(),
    as_json: JsonOption = False,
) -> int:
    """Name every copy, version and excerpt of an article, with the scores."""
    config = read_config(CorpusFolder(corpus).config)
    with open_corpus(corpus) as opened:
        article = find_article(opened, name)
        found = opened.twins(article)
        warn_of_waiting(opened, config)
    if as_json:
        own = {"id": article.id, "url": article.url, "cluster": article.cluster, "canonical": article.canonical}
        print_json(own | {"twins": [asdict(twin) for twin in found]})
    else:
        _print(article, found)
    return Exit.OK if found else Exit.INCOMPLETE


def _print(article: StoredArticle, found: tuple[Twin, ...]) -> None:
    place = "canonical" if article.canonical else f"canonical is {article.cluster}"
    show(Text(plain(article.title) or "(without a title)", style="bold"), f"  {article.id} {article.url} ({place})", "")
    if not found:
        show("no other article resembles it")
        return
    headings = ("verdict", "resemblance", "containment", "site", "published", "id", "URL")
    table = columns(*headings, right=headings[1:3])
    for twin in found:
        table.add_row(
            _verdict(twin),
            f"{twin.resemblance:.3f}",
            f"{twin.containment:.3f}",
            Text(twin.site),
            publication(twin.published),
            twin.id,
            Text(twin.url),
        )
    show(table)


def _verdict(twin: Twin) -> str:
    if twin.likeness is Likeness.CONTAINS:
        return "contains this" if twin.longer else "excerpt of this"
    return f"{twin.likeness} (canonical)" if twin.canonical else str(twin.likeness)
