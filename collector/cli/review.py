"""``collector review``."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import CorpusOption, JsonOption, app, err, escape, out, print_json
from collector.cli.bars import progress
from collector.cli.exits import Exit
from collector.cli.output import counted, near, refuse
from collector.config import read_config
from collector.review import Review, sample_articles, write_review
from collector.review import review as look
from corpus import open_corpus
from corpus.folder import CorpusFolder


@app.command(
    epilog="Examples:\n\n  collector review example-com\n\n"
    "  collector review example-com --sample 1000 --most 50 -o doubts.html\n\n"
    "  collector review example-com --json | jq '.pages[] | select(.doubt > 0.3) | .url'",
)
def review(
    site: Annotated[str, typer.Argument(metavar="SITE", help="Name of a site in collector.toml.")],
    corpus: CorpusOption = Path(),
    sample: Annotated[int, typer.Option("--sample", min=1, help="Clean so many articles again.")] = 200,
    most: Annotated[int, typer.Option("--most", "-n", min=1, help="Show so many of them.")] = 25,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file.", show_default="reports/review-SITE.html")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Make an HTML page of the articles that most deserve a look: the page beside the text, each cut with its rule."""
    folder = CorpusFolder(corpus)
    config = read_config(folder.config)
    with open_corpus(corpus) as opened:
        if site not in (known := opened.sites()):
            refuse(f"the corpus has nothing of a site {site!r}{near(site, known)}")
        articles = sample_articles(opened, site, sample)
        with progress("cleaning again", len(articles)) as advance:
            found = look(opened, config, site, articles, most=most, shown=advance)
    if not found.pages:
        refuse(f"there is no article of {site} that could be looked at{_first(found)}")
    if as_json:
        print_json(_plain(found))
    else:
        file = output or folder.root / "reports" / f"review-{site}.html"
        write_review(found, file, config, made_on=datetime.now(UTC).date())
        out.print(
            f"{counted(len(found.pages), 'article')} of {found.looked_at} looked at: {escape(str(file))}",
            soft_wrap=True,
        )
    for url, message in found.failures[:10]:
        err.print(f"not looked at: {escape(url)}: {escape(message)}", soft_wrap=True)
    return Exit.OK


def _first(found: Review) -> str:
    return f": {found.failures[0][0]}: {found.failures[0][1]}" if found.failures else ""


def _plain(found: Review) -> dict[str, object]:
    return {
        "site": found.site,
        "looked_at": found.looked_at,
        "rules": dict(found.rules.most_common()),
        "pages": [
            {
                "id": page.article.id,
                "url": page.article.url,
                "title": page.article.title,
                "doubt": round(page.doubt, 4),
                "words": page.words,
                "note": page.note or None,
            }
            for page in found.pages
        ],
        "failures": [{"url": url, "message": message} for url, message in found.failures],
    }
