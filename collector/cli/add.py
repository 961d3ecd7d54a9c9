"""``collector add``."""

import re
import tomllib
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from collector.cli.app import CorpusOption, JsonOption, app, err, escape, out, print_json
from collector.cli.exits import Exit
from collector.cli.output import check_languages, columns, counted, plain, refuse, show
from collector.config import Config, read_config
from collector.entries import Entry, name_for, render_entry, with_entry, write_whole
from collector.probe import ProbeError, Prober
from collector.survey import Source, Survey, survey_site
from corpus.folder import CorpusFolder
from corpus.types import Via
from corpus.urls import resolve

_HOW = {Via.LINK: "announced by the home page", Via.ROBOTS: "named by robots.txt", Via.SEED: "at a usual place"}


@app.command(
    epilog="Examples:\n\n  collector add https://example.com\n\n"
    "  collector add example.com --name example --language en\n\n"
    "  collector add https://example.com --dry-run\n\n  collector add https://example.com --force"
)
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="The site's home page.")],
    corpus: CorpusOption = Path(),
    name: Annotated[str | None, typer.Option(help="What to call the site.", show_default="after its domain")] = None,
    language: Annotated[
        list[str] | None, typer.Option("--language", "-l", help="Keep only this language, ISO 639-1 (may be repeated).")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look at the site, but write nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Look again at a site that is there, and update it.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Look at a site and write its entry into collector.toml.

    Asked for are robots.txt, the home page, and the feeds and sitemaps that
    these name or that stand at usual places: one after the other, at the
    site's pace.
    """
    folder = CorpusFolder(corpus)
    folder.check()
    config = read_config(folder.config)
    address = _checked(url, name, language)
    there = _entry_of(address, name, config)
    if there is not None and not (force or dry_run):
        return _leave(there, config, as_json=as_json)
    try:
        survey = _survey(address, config)
    except ProbeError as error:
        err.print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
        return Exit.INCOMPLETE
    there = there or _entry_of(survey.url, name, config)
    if there is not None and not (force or dry_run):  # it redirects to a site that is there
        return _leave(there, config, as_json=as_json)
    called = there or name or name_for(survey.url, config.sites)
    entry = _entry(survey, language, is_new=there is None)
    changed = with_entry(folder.config.read_bytes().decode("utf-8"), called, entry, remark=_remark(survey))
    if not dry_run:
        write_whole(folder.config, changed)
    written = tomllib.loads(changed)["sites"][called]
    if as_json:
        print_json({"name": called, "written": not dry_run, "entry": written, "survey": asdict(survey)})
    else:
        _report(survey, address)
        heading = "would be written" if dry_run else f"written to {folder.config}"
        show("", Text(heading, style="bold"), Text(render_entry(called, written).rstrip()))
        if not dry_run:
            show("", f"next: collector crawl {called}")
    return Exit.OK if survey.has_source else Exit.INCOMPLETE


def _checked(url: str, name: str | None, language: list[str] | None) -> str:
    """Return the address to look at."""
    check_languages(language or ())
    if name is not None and not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name):
        refuse(f"--name {name!r}: a site's name is made of a-z, 0-9, '.', '_' and '-'")
    try:
        resolve(url if "://" in url else f"https://{url}")
    except ValueError:
        refuse(f"{url!r} is no address of a web site")
    return url


def _entry_of(address: str, name: str | None, config: Config) -> str | None:
    """Return the name of the entry that a site has already."""
    owner = config.site_of(resolve(address if "://" in address else f"https://{address}"))
    if name is not None and owner not in {None, name}:
        refuse(f"{address} belongs to the site {owner!r} already; change its entry in collector.toml to rename it")
    if owner is None and name in config.sites:
        refuse(f"there is a site called {name!r} already: {config.sites[str(name)].url}; choose another name")
    return owner


def _leave(name: str, config: Config, *, as_json: bool) -> int:
    if as_json:
        print_json({"name": name, "written": False, "entry": config.sites[name].model_dump(exclude_defaults=True)})
    else:
        out.print(f"{name} ({config.sites[name].url}) is there already; --force looks again", soft_wrap=True)
    return Exit.OK


def _survey(address: str, config: Config) -> Survey:
    with (
        Prober(config) as prober,
        err.status("looking") if err.is_terminal else nullcontext() as status,
    ):
        shown = (lambda _: None) if status is None else (lambda url: status.update(f"looking at {escape(url)}"))
        return survey_site(address, prober, shown)


def _entry(survey: Survey, language: list[str] | None, *, is_new: bool) -> Entry:
    entry: dict[str, str | tuple[str, ...]] = {"url": survey.url, "name": survey.name} if is_new else {}
    entry |= {key: urls for key, urls in (("feeds", survey.feeds), ("sitemaps", survey.sitemaps)) if urls}
    if language:
        entry["languages"] = tuple(language)
    return entry


def _remark(survey: Survey) -> str:
    usable = [source for source in survey.sources if source.usable]
    feeds = sum(source.kind == "feed" for source in usable)
    drawn = "drawn by script" if survey.drawn_by_script else "drawn by the server"
    return (
        f"{datetime.now(UTC):%Y-%m-%d}: {counted(feeds, 'feed')}, {counted(len(usable) - feeds, 'sitemap')}, "
        f"home page {drawn}, declares {survey.language or 'no language'}"
    )


def _report(survey: Survey, address: str) -> None:
    """Show what was found."""
    show(Text(plain(survey.name), style="bold"), Text(survey.url))
    if resolve(address if "://" in address else f"https://{address}") != survey.url:
        show(Text(f"({address} leads there)", style="dim"))
    delay = survey.crawl_delay_seconds
    drawn = "drawn by script" if survey.drawn_by_script else "drawn by the server"
    show(
        "",
        f"language    {survey.language or 'not declared'}",
        f"home page   {drawn} ({survey.evidence}), {counted(len(survey.sections), 'link')} to sections",
        f"robots.txt  asks for {f'{delay:g} s between requests' if delay else 'no delay'}",
        "",
    )
    if survey.sources:
        table = columns("kind", "names", "newest", "where")
        for source in survey.sources:
            newest = "" if source.newest is None else source.newest.isoformat()[:10]
            table.add_row(source.kind, Text(_names(source)), newest, Text(f"{source.url} ({_HOW[source.via]})"))
        show(table)
    if survey.not_looked_at:
        show(f"{len(survey.not_looked_at)} more are announced and were not looked at; a crawl finds them all")
    if not any(source.usable for source in survey.sources):
        show(
            "no feed and no sitemap was found" + ("" if survey.drawn_by_script else ": links will lead to the articles")
        )
    if not survey.has_source:
        err.print(
            "nothing leads to articles: the home page is drawn by script, and there is no feed or sitemap. "
            "Find one by hand and put it into the entry, or the crawl will find nothing.",
            soft_wrap=True,
        )


def _names(source: Source) -> str:
    if source.problem is not None:
        return plain(source.problem)
    numbers = ((source.articles, "article"), (source.sections, "section"), (source.sitemaps, "sitemap"))
    return ", ".join(counted(number, thing) for number, thing in numbers if number)
