"""``collector crawl``."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector.cli.app import CorpusOption, JsonOption, MetricsFileOption, app, err, escape, out, print_json
from collector.cli.exits import Exit
from collector.cli.settled import named, tell_settled
from collector.config import Config, read_config
from collector.crawl import config_file
from collector.logbook import keep_log
from collector.progress import Tally, summary
from collector.runner import RunResult, run_spider
from corpus.errors import CollectorError
from corpus.folder import CorpusFolder

if TYPE_CHECKING:
    from collector.health.ending import Health

#: Sites whose empty hands are told one by one.
_MOST_LINES = 12


class Sources(StrEnum):
    """Where articles are looked for."""

    ALL = "site"
    FEEDS = "feeds"
    SITEMAPS = "sitemaps"
    SECTIONS = "sections"


@app.command(
    epilog="Examples:\n\n  collector crawl\n\n  collector crawl harbour-post --sources feeds\n\n"
    "  collector crawl --minutes 30 --max-pages 500"
)
def crawl(
    sites: Annotated[
        list[str] | None, typer.Argument(metavar="[SITE]...", help="Sites; all enabled ones by default.")
    ] = None,
    corpus: CorpusOption = Path(),
    sources: Annotated[Sources, typer.Option(help="Where to look for articles.")] = Sources.ALL,
    max_pages: Annotated[int | None, typer.Option(min=1, help="Fetch at most so many pages of each site.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.01, help="Fetch nothing new after so many minutes.")] = None,
    revisit_days: Annotated[
        float | None, typer.Option(min=0, help="Ask again for articles found in the last so many days, now.")
    ] = None,
    due_within: Annotated[
        float | None,
        typer.Option(
            min=0, metavar="MINUTES", help="Ask only listings that are likely to have something new by then; 0 is now."
        ),
    ] = None,
    metrics_file: MetricsFileOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Fetch what is new on the sites: feeds, sitemaps, home and section pages, and the articles that they name.

    It can be stopped at any moment (Ctrl-C, kill, power cut) and run again: it goes on where it was.
    """
    from collector.health.ending import look_after  # here, as `collector ingest` needs it not

    config = read_config(config_file() or CorpusFolder(corpus).config)
    config = _adapted(config, max_pages=max_pages, revisit_days=revisit_days)
    config.chosen(tuple(sites or ()))
    if not config.collector.contact and not quiet:
        err.print("no contact is set in collector.toml: with one, a site's owner can reach you instead of blocking you")
    with keep_log(CorpusFolder(corpus), config, config.logs):
        try:
            result = run_spider(
                corpus,
                sources.value,
                {"site": ",".join(sites or ())},
                console=None if quiet else err,
                config=config,
                seconds=None if minutes is None else minutes * 60,
                due_within_seconds=None if due_within is None else due_within * 60,
            )
        except CollectorError as error:
            if as_json:  # `collector run` tells it in its own words
                print_json({"run": None, "error": str(error), "outcomes": {}})
            raise
        stopped = result.reason == "shutdown"  # whoever stops it does not want to wait; the next crawl sees it all
        health = None if stopped else look_after(corpus, config, result.sites, result.run, metrics_file=metrics_file)
    report(result, corpus, health, as_json=as_json)
    return exit_code(result)


def _adapted(config: Config, *, max_pages: int | None, revisit_days: float | None) -> Config:
    if max_pages is not None:
        sites = {name: site.model_copy(update={"max_pages": max_pages}) for name, site in config.sites.items()}
        config = config.model_copy(update={"sites": sites})
    if revisit_days is not None:
        again = config.revisit.model_copy(
            update={"article_days": revisit_days, "article_hours": 0.0, "article_spacing": 0.0}
        )
        config = config.model_copy(update={"revisit": again})
    return config


def exit_code(result: RunResult) -> Exit:
    """Return the exit code that a run deserves."""
    if result.failure is not None:
        return Exit.CORPUS
    if result.reason == "shutdown":
        return Exit.INTERRUPTED
    tally = Tally.of(result.outcomes)
    useful = tally.kept + tally.updated + tally.unchanged + tally.duplicates + tally.listed
    return Exit.OK if useful else Exit.INCOMPLETE


def report(result: RunResult, corpus: Path, health: "Health | None" = None, *, as_json: bool) -> None:
    """Say how a run ended; ``health``: how its sites are, where it was a crawl of them."""
    explanations, alarms = ((), ()) if health is None else (health.explanations, health.alarms)
    if as_json:
        print_json(
            {
                "run": result.run,
                "seconds": round(result.seconds, 3),
                "reason": result.reason,
                "error": None if result.failure is None else str(result.failure),
                "outcomes": dict(sorted(result.outcomes.items())),
                "waiting": result.waiting,
                "left_out": list(result.left_out),
                "settled": named(result.settled),
                "nothing_new": list(explanations),
                "alarms": [{"site": one.site, "cause": one.cause, "evidence": one.evidence} for one in alarms],
                "corpus": str(corpus.absolute()),
            }
        )
        return
    tally = Tally.of(result.outcomes)
    pages = tally.pages - tally.deferred  # a page that is tried again is counted at its last try
    out.print(f"run {result.run}: {pages} pages in {result.seconds:.1f} s")
    out.print(summary(result.outcomes))
    tell_settled(result.settled)
    if result.waiting:
        out.print(f"{result.waiting} URLs still wait, for a retry or for the next run (collector list --due)")
    if result.failure is not None:
        err.print(f"[bold red]stopped:[/] {escape(str(result.failure))}", soft_wrap=True)
    elif result.reason == "shutdown":
        err.print("stopped; run the same command again to go on where it was")
    elif exit_code(result) is Exit.INCOMPLETE and not explanations:
        err.print(_why_nothing(result), soft_wrap=True)
    if health is not None:
        _tell_health(health)
    out.print(f"corpus: {escape(str(corpus.absolute()))}", soft_wrap=True)


def _tell_health(health: "Health") -> None:
    """Say why sites brought nothing new, and what is wrong with them."""
    for line in health.explanations[:_MOST_LINES]:
        err.print(escape(f"nothing new on {line}"), soft_wrap=True)
    if len(health.explanations) > _MOST_LINES:
        err.print(f"nothing new on {len(health.explanations) - _MOST_LINES} sites more")
    for alarm in health.changes.closed:
        err.print(escape(f"{alarm.site}: {alarm.cause} is over"), soft_wrap=True)
    for alarm in health.alarms:
        err.print(f"[bold red]alarm:[/] {escape(f'{alarm.site}: {alarm.cause}: {alarm.evidence}')}", soft_wrap=True)
    if health.alarms:
        err.print("see examples and what to do with `collector health`")


def _why_nothing(result: RunResult) -> str:
    """Explain a run that found nothing."""
    if not result.outcomes:
        return (
            "nothing was due: everything known was fetched already, or waits for its time (collector list --due); "
            "if nothing is known yet, check the site's entry in collector.toml"
        )
    worst, count = max(
        ((name, n) for name, n in result.outcomes.items() if "/" in name), key=lambda item: item[1], default=("", 0)
    )
    return f"nothing was found; most often: {worst} ({count}); see an example with `collector list --removed`"
