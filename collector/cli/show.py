"""``collector show``."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from collector.cli.app import CorpusOption, JsonOption, app, err, escape, out, print_json
from collector.cli.exits import Exit
from collector.cli.output import WIDTH, moment, near, plain, publication, refuse, show, tell_statement
from corpus import Corpus, StoredArticle, UrlStory, open_corpus
from corpus.archive.reader import read_page
from corpus.stories import FetchStory
from corpus.types import Cut

#: Least characters of an id that stand for the whole of it.
_LEAST_OF_ID = 4


@app.command(
    "show",
    epilog="Examples:\n\n  collector show https://example.com/2026/11/ferry\n\n  collector show 6330330e --cuts\n\n"
    "  collector show 6330330e --raw > page.html\n\n  collector show 6330330e --json | jq -r .text",
)
def show_(
    name: Annotated[
        str, typer.Argument(metavar="ID|URL", help="An article's id, the beginning of it, or any URL of the article.")
    ],
    corpus: CorpusOption = Path(),
    cuts: Annotated[bool, typer.Option("--cuts", help="Show what was cut from the page, and by which rule.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="Write the archived page as the server sent it.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Show an article: what is known of it, and its text."""
    with open_corpus(corpus) as opened:
        article = _find(opened, name)
        story = opened.why(article.url if article else name)
        if raw:
            return _write_page(opened, name, _fetch_to_show(article, story))
        if article is not None:
            found = opened.cuts(article) if cuts else None
            _print_article(article, found, as_json=as_json)
            return Exit.OK
        if story is None:
            refuse(f"there is no article {name!r}{near(name, opened.urls_like(name))}; `collector list` names them")
        return _explain_absence(story, cuts=cuts, as_json=as_json)


def _find(corpus: Corpus, name: str) -> StoredArticle | None:
    article = corpus.article(name)
    if article is not None or "/" in name or len(name) < _LEAST_OF_ID:
        return article
    matches = corpus.names(name.lower())
    if len(matches) > 1:
        refuse(f"several ids begin with {name!r}: {', '.join(matches)}")
    return corpus.article(matches[0]) if matches else None


def _print_article(article: StoredArticle, cuts: tuple[Cut, ...] | None, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(article) | ({} if cuts is None else {"cuts": [asdict(cut) for cut in cuts]}))
        return
    show(_metadata(article), "")
    show(Text(plain(article.title) or "(without a title)", style="bold"), "")
    for paragraph in article.paragraphs:
        _print_paragraph(plain(paragraph))
    if cuts is not None:
        _print_cuts(cuts)


def _metadata(article: StoredArticle) -> Table:
    copies = [url for url in article.appearances if url != article.url]
    record = article.warc_record
    fields = {
        "id": article.id,
        "url": article.url,
        "also at": "\n".join(copies),
        "site": article.site + (f" ({plain(article.site_name)})" if article.site_name else ""),
        "published": publication(article.published),
        "modified": publication(article.modified),
        "authors": ", ".join(map(plain, article.authors)),
        "section": " > ".join(map(plain, article.section)),
        "tags": ", ".join(map(plain, article.tags)),
        "language": f"{article.language} ({article.language_confidence:.2f})",
        "words": f"{article.words:,}",
        "versions": str(article.versions) if article.versions > 1 else "",
        "summary": plain(article.description),
        "licence": plain(article.licence),
        "rights": "\n".join(plain(tell_statement(one)) for one in article.rights),
        "paywalled": {None: "", True: "yes", False: "no"}[article.paywalled],
        "fetched": f"{moment(article.fetched_at)} UTC",
        "archived": f"{record.file} at byte {record.offset}" if record else "no: its owner forbids copies",
    }
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in fields.items():
        if value:
            table.add_row(label, Text(value))
    return table


def _print_paragraph(text: str) -> None:
    """Print a paragraph wrapped for reading; piped, in one line."""
    if out.is_terminal:
        out.print(Text(text), width=min(WIDTH, out.width))
        out.print()
    else:
        typer.echo(f"{text}\n")


def _print_cuts(cuts: tuple[Cut, ...]) -> None:
    show(Text(f"Cut from the page ({len(cuts)})" if cuts else "Nothing was cut from the page", style="bold"))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for cut in cuts:
        sure = "" if cut.score is None else f" {cut.score:.2f}"
        table.add_row(f"{cut.rule}{sure}", Text(plain(cut.text)))
    show(table)


def _explain_absence(story: UrlStory, *, cuts: bool, as_json: bool) -> int:
    """Say what became of a URL that is in no article."""
    judged = next((fetch for fetch in reversed(story.fetches) if fetch.verdict), None)
    if as_json:
        print_json({"url": story.url, "outcome": story.outcome, "evidence": story.evidence} | _cuts_of(judged, cuts))
    elif cuts and judged is not None:
        _print_cuts(judged.cuts)
    became = f"{story.outcome}: {plain(story.evidence)}" if story.outcome else "not fetched yet"
    err.print(f"no article: {escape(became)}; `collector why {escape(story.url)}` tells the rest", soft_wrap=True)
    return Exit.INCOMPLETE


def _cuts_of(fetch: FetchStory | None, wanted: bool) -> dict[str, list[dict[str, object]]]:
    return {"cuts": [asdict(cut) for cut in fetch.cuts]} if wanted and fetch is not None else {}


# -- the archived page ------------------------------------------------------------------------------------------------


def _fetch_to_show(article: StoredArticle | None, story: UrlStory | None) -> FetchStory | None:
    """Return the fetch that an article was made from, or else the last one that brought a body."""
    fetches = story.fetches if story else ()
    if article is not None:
        return next((fetch for fetch in fetches if fetch.warc_record == article.warc_record), None)
    return next((fetch for fetch in reversed(fetches) if fetch.warc_record and not fetch.location), None)


def _write_page(corpus: Corpus, name: str, fetch: FetchStory | None) -> int:
    if fetch is None:
        refuse(f"{name} was never fetched{near(name, corpus.urls_like(name))}")
    if fetch.warc_record is None:
        err.print(f"{escape(name)} is not in the archive: its owner forbids copies (noarchive)", soft_wrap=True)
        return Exit.INCOMPLETE
    page = read_page(corpus.folder.archive, fetch.warc_record, refers_to=fetch.payload_record)
    sys.stdout.buffer.write(page.body)
    return Exit.OK
