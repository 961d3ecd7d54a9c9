"""``collector why``."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from collector.cli.app import CorpusOption, JsonOption, app, out, print_json
from collector.cli.exits import Exit
from collector.cli.output import counted, moment, near, plain, refuse, show, size, tell_statement, when
from collector.config import read_config
from collector.prospects import Check, prospects, rights_of, robots_decision
from collector.robots import RobotsDecision
from corpus import Corpus, UrlStory, open_corpus
from corpus.articles import StoredArticle, utc
from corpus.folder import CorpusFolder
from corpus.revisits import NextVisit
from corpus.rights import Statement, fields_of
from corpus.stories import FetchStory
from corpus.types import Kind
from corpus.urls import resolve

_JOINED = {
    "canonical": "one names the other, or both name the same page, as canonical, and their texts resemble each other",
    "payload": "the server sent the same bytes",
    "text": "they say the same words",
    "part": "it is a later page of the same story",
}
_MARKS = {True: ("yes", "green"), False: ("no", "red"), None: ("?", "dim")}

#: Places that named the URL that are told on a terminal.
TERMINAL_PLACES = 20

#: A line of the story: what it is about, and what there is to say.
_Line = tuple[str, str]


@app.command(
    epilog="Examples:\n\n  collector why https://example.com/2026/11/ferry\n\n"
    "  collector why https://example.com/never-seen\n\n"
    "  collector why https://example.com/ferry --blocks | grep ^related\n\n"
    "  collector why https://example.com/ferry --json | jq .fetches",
)
def why(
    url: Annotated[str, typer.Argument(metavar="URL", help="Any URL, known or not.")],
    corpus: CorpusOption = Path(),
    blocks: Annotated[
        bool, typer.Option("--blocks", help="Show every block of its page, kept or cut, with the rule and its score.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Tell the story of a URL: where it was found, what came of each fetch, where it belongs, what it waits for.

    Of a URL that was never found it tells whether it would be fetched.
    """
    config = read_config(CorpusFolder(corpus).config)
    now = datetime.now(UTC)
    try:
        asked = url if url.startswith("file:") else resolve(url)
    except ValueError:
        refuse(f"{url} is no http(s) URL")
    with open_corpus(corpus) as opened:
        story = opened.why(asked)
        if story is None:
            return _tell_of_unknown(opened, asked, prospects(asked, config, opened, today=now.date()), as_json=as_json)
        if blocks:
            from collector.cli.blocks import tell_blocks  # here, as it loads the cleaners

            tell_blocks(opened, config, story, as_json=as_json)
            return Exit.OK
        next_visit = opened.next_visit(story, config.revisit.rules(), now)
        decision = None if asked.startswith("file:") else robots_decision(story.fetch_url, config, opened)
        rights = rights_of(story.fetch_url, config, opened, story.article)
        if as_json:
            following = None if next_visit is None else {"at": utc(next_visit.at), "reason": next_visit.reason}
            robots = None if decision is None else asdict(decision)
            print_json(asdict(story) | {"robots": robots, "rights": fields_of(rights), "next_visit": following})
        else:
            _tell(story, decision, rights, next_visit, now)
    return Exit.OK


def _tell(
    story: UrlStory,
    decision: RobotsDecision | None,
    rights: Sequence[Statement],
    next_visit: NextVisit | None,
    now: datetime,
) -> None:
    show(Text(plain(story.url), style="bold"))
    if story.fetch_url != story.url:
        show(Text(f"fetched as {plain(story.fetch_url)}"))
    _print_section("Found", _tell_discoveries(story))
    if not story.url.startswith("file:"):
        _print_section("robots.txt", [_tell_robots(story, decision)])
    if rights:
        _print_section("Rights", [("", tell_statement(one)) for one in rights])
    _print_section("Fetched", [line for fetch in story.fetches for line in _tell_fetch(fetch)] or [("never", "")])
    if story.article is not None:
        _print_section("Article", _tell_article(story, story.article))
    _print_section("Now", _tell_state(story, next_visit, now))


def _print_section(heading: str, lines: list[_Line] | Iterator[_Line]) -> None:
    table = _two_columns()
    for about, told in lines:
        table.add_row(Text(f"  {about}" if about else "", style="dim"), Text(told))
    show("", Text(heading, style="bold"), table)


def _two_columns() -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _tell_discoveries(story: UrlStory) -> Iterator[_Line]:
    # What stands in a site's menu is named by every page; piped, all are told.
    most = TERMINAL_PLACES if out.is_terminal else None
    for found in story.found[:most]:
        title = f" as “{plain(found.title)}”" if found.title else ""
        yield moment(found.at), f"{found.via}{f': {plain(found.on)}' if found.on else ''}{title}"
    left = len(story.found[most:]) if most is not None else 0
    if left:
        yield "", f"… and by {counted(left, 'more page')} (piped, or with --json, all are told)"


def _tell_robots(story: UrlStory, decision: RobotsDecision | None) -> _Line:
    if decision is None:
        return "of its host", "not fetched yet"
    asked = story.host.crawl_delay_seconds if story.host else None
    delay = f"; it asks for {asked:g} s between requests" if asked else ""
    return "allows it" if decision.allowed else "forbids it", f"{decision.evidence}{delay}"


def _tell_fetch(fetch: FetchStory) -> Iterator[_Line]:
    to = f" to {plain(fetch.location)}" if fetch.location else ""
    yield moment(fetch.fetched_at), f"run {fetch.run}: status {fetch.status}{to}, {size(fetch.wire_bytes)}"
    if fetch.verdict == "kept":
        words = counted(fetch.words or 0, "word")
        yield "", f"kept: {words}, {fetch.language}, text version {fetch.version} (cleaner {fetch.cleaner})"
    elif fetch.verdict is not None:
        yield "", f"{fetch.verdict.replace('/', ': ', 1)}, {plain(fetch.evidence)}"
    if fetch.cuts:
        yield "", f"{counted(len(fetch.cuts), 'block')} cut (collector show URL --cuts)"
    if fetch.warc_record is None:
        why = "" if fetch.released_at is None else f" any more: released by [retention] on {fetch.released_at:%Y-%m-%d}"
        yield "", f"not archived{why}"
    else:
        yield "", f"archived: {fetch.warc_record.file} at byte {fetch.warc_record.offset}"
    if fetch.payload_record is not None:
        yield "", f"its bytes came before: {fetch.payload_record.file} at byte {fetch.payload_record.offset}"


def _tell_article(story: UrlStory, article: StoredArticle) -> Iterator[_Line]:
    yield "id", article.id
    yield "title", plain(article.title)
    if article.url != story.url:
        yield (f"page {story.part.number} of" if story.part else "same as"), article.url
        yield "because", _JOINED.get(story.joined_by or "", story.joined_by or "")
    for url in article.appearances:
        if url not in {story.url, article.url}:
            yield "also at", url


def _tell_state(story: UrlStory, next_visit: NextVisit | None, now: datetime) -> Iterator[_Line]:
    known = f"; what it repeats is known from {counted(story.learned_from, 'article')}" if story.learned_from else ""
    yield "site", f"{story.site}, as {story.kind}{known}"
    if story.outcome:
        yield "last visit", f"{story.outcome}: {plain(story.evidence)}"
    if story.attempts:
        yield "failures", f"{story.attempts} in a row"
    if story.leased_until is not None:
        yield "state", f"being fetched by run {story.leased_by}, until {moment(story.leased_until)} UTC at the latest"
    elif story.due_at is None:
        yield "state", f"done{_what_follows(story)}"
        if next_visit is not None:
            at = utc(next_visit.at)
            told = f"due since {moment(at)} UTC" if at <= now else f"{when(at, now)} ({moment(at)} UTC)"
            yield "next visit", f"{told}: {plain(next_visit.reason)}"
    else:
        held = story.host if story.host and story.host.next_at > max(story.due_at, now) else None
        at = held.next_at if held else story.due_at
        reason = f" (its host is left alone: {plain(held.note)})" if held and held.note else ""
        yield "state", f"waits, may be fetched {when(at, now)} ({moment(at)} UTC){reason}"


def _what_follows(story: UrlStory) -> str:
    outcome = story.outcome or ""
    if outcome.startswith("failed/"):
        return "; the next crawl tries again"
    if story.fetches and story.fetches[-1].location:
        return f"; the story goes on at {plain(story.fetches[-1].location)}"
    if outcome in {"removed/robots", "removed/opt-out", "removed/forgotten", "removed/offsite", "removed/trap"}:
        return ""
    if story.kind != Kind.ARTICLE:
        return "; later crawls read it again, those of `collector run` when something new is likely"
    return "; crawls ask again while it is young ([revisit] in collector.toml), or when a sitemap says that it changed"


# -- URLs that were never found ---------------------------------------------------------------------------------------


def _tell_of_unknown(corpus: Corpus, url: str, checks: tuple[Check, ...], *, as_json: bool) -> int:
    article = corpus.article(url)
    taken = None if article is None else article.url
    wanted = all(check.answer is not False for check in checks)
    if as_json:
        print_json(
            {"url": url, "known": False, "named_by": taken, "wanted": wanted, "checks": list(map(asdict, checks))}
        )
        return Exit.INCOMPLETE
    show(Text(plain(url), style="bold"), "")
    if taken is not None:
        show(Text(f"never found itself, but {taken} names it as its canonical URL"))
    else:
        show(Text(f"never found{near(url, corpus.urls_like(url))}"))
    table = _two_columns()
    for check in checks:
        mark, style = _MARKS[check.answer]
        table.add_row(Text(f"  {mark}", style=style), Text(check.evidence))
    conclusion = (
        "It would be fetched if a feed, a sitemap or a page named it."
        if wanted
        else "A crawl would not fetch it; `collector ingest URL` fetches any URL once, if robots.txt allows it."
    )
    show("", Text("Would it be fetched?", style="bold"), table, "", Text(conclusion))
    return Exit.INCOMPLETE
