"""``collector health``."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from collector.cli.app import CorpusOption, JsonOption, app, print_json
from collector.cli.exits import Exit
from collector.cli.output import check_names, columns, counted, duration, moment, plain, show
from collector.config import Config, read_config
from collector.health.causes import REMEDIES, Cause
from collector.health.measures import digest, quantile, visits_by_class
from collector.health.watch import accept as accept_site
from corpus.alarms import Alarm, read_alarms
from corpus.errors import ConfigError
from corpus.folder import CorpusFolder
from corpus.history import DAY_SECONDS, Stretch, read_history, words_of
from corpus.schema import connect
from corpus.store import Store

#: Days of a site's history, and closed alarms, that are shown.
_DAYS, _MOST_CLOSED, _MOST_ALARMS = 28, 10, 200
#: Days that the table of all sites sums up.
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHealth:
    """How a site is."""

    site: str
    #: Open alarms.
    alarms: tuple[Alarm, ...]
    #: When the last visit was stored; None before the first.
    last_visit_at: datetime | None
    #: In the last seven days.
    articles: int
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of a site; shares lie in [0, 1] and are None where there was nothing to measure."""

    day: date
    runs: int
    visits: int
    #: Visits that brought nothing as something kept us out.
    kept_out: int
    articles: int
    #: Of the pages that were fetched for the first time: those that are no articles, by reason, and repetitions.
    removed: dict[str, int]
    duplicates: int
    #: Words of the middle one of the new texts.
    words: float | None
    title_share: float | None
    author_share: float | None
    date_share: float | None


@app.command(
    epilog="Examples:\n\n  collector health\n\n  collector health harbour-post\n\n  collector health --json\n\n"
    "  collector health harbour-post --accept"
)
def health(
    site: Annotated[str | None, typer.Argument(metavar="[SITE]", help="Only this site, with its history.")] = None,
    corpus: CorpusOption = Path(),
    accept: Annotated[
        bool,
        typer.Option(
            "--accept", help="What is different on SITE is here to stay: close its alarms, begin its history anew."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Show what is broken on which site, by each site's own history.

    Exit code 0: no alarm is open; 5: one is.
    """
    folder = CorpusFolder(corpus)
    folder.check()
    config = read_config(folder.config)
    if accept and site is None:
        raise ConfigError("--accept needs a SITE")
    now = time.time()
    if not folder.database.is_file():  # initialised, never crawled
        Store(folder.database, config.site_of).close()
    seen = _look(folder, config, site, now)
    if accept and site is not None:
        with closing(Store(folder.database, config.site_of, busy_seconds=config.archive.busy_seconds)) as store:
            accept_site(store, config, site, now)
        seen = _look(folder, config, site, now)
    if as_json:
        told = {"healthy": not seen.alarms, "alarms": seen.alarms, "sites": seen.sites}
        print_json(told | ({"closed": seen.closed, "days": seen.days} if site else {}))
    else:
        _tell(seen, now)
    return Exit.ALARM if seen.alarms else Exit.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What there is to tell."""

    sites: list[SiteHealth]
    #: Open ones of these sites.
    alarms: list[Alarm]
    #: Of one site: the last ones that were closed, and its days.
    closed: list[Alarm]
    days: list[Day]


def _look(folder: CorpusFolder, config: Config, site: str | None, now: float) -> _Seen:
    with closing(connect(folder.database, read_only=True)) as db:
        lasting = read_alarms(db, only_open=True)
        names = sorted({name for name, one in config.sites.items() if one.enabled} | {one.site for one in lasting})
        if site is not None:
            check_names("site", (site,), {*names, *config.sites})
            names = [site]
        since = now - (_DAYS if site else _WEEK) * DAY_SECONDS
        histories = {name: read_history(db, name, since=since) for name in names}
        past = [one for one in read_alarms(db, site=site, most=_MOST_ALARMS) if one.closed_at] if site else []
    alarms = [one for one in lasting if one.site in names]
    return _Seen(
        sites=[_site_health(name, histories[name], alarms, now) for name in names],
        alarms=alarms,
        closed=past[:_MOST_CLOSED],
        days=list(_days(histories[site])) if site else [],
    )


def _site_health(name: str, history: Sequence[Stretch], alarms: Iterable[Alarm], now: float) -> SiteHealth:
    week = [one for one in history if one.began_at >= now - _WEEK * DAY_SECONDS]
    return SiteHealth(
        site=name,
        alarms=tuple(one for one in alarms if one.site == name),
        last_visit_at=datetime.fromtimestamp(history[-1].ended_at, UTC) if history else None,
        articles=sum(one.counts.get("article/kept", 0) for one in week),
        runs=sum(one.runs for one in week),
    )


def _days(history: Iterable[Stretch]) -> Iterator[Day]:
    by_day: dict[int, Counter[str]] = {}
    runs: Counter[int] = Counter()
    for one in history:
        by_day.setdefault(one.day, Counter()).update(one.counts)
        runs[one.day] += one.runs
    for number, counts in sorted(by_day.items(), reverse=True):
        yield _day(number, runs[number], counts)


def _day(number: int, runs: int, counts: Counter[str]) -> Day:
    classes, told, texts = visits_by_class(counts), digest(counts), counts["articles"]
    words = {int(key.removeprefix("words/")): found for key, found in counts.items() if key.startswith("words/")}
    return Day(
        day=date(1970, 1, 1) + timedelta(days=number),
        runs=runs,
        visits=classes.total(),
        kept_out=classes.total() - classes["answered"],
        articles=counts["article/kept"],
        removed={
            key.removeprefix("new/removed/"): found for key, found in counts.items() if key.startswith("new/removed/")
        },
        duplicates=told["repeated"],
        words=round(words_of(quantile(words, 0.5))) if words else None,
        title_share=_filled(told["no-title"], texts),
        author_share=_filled(told["no-author"], texts),
        date_share=_filled(told["no-date"], texts),
    )


def _filled(lacking: int, texts: int) -> float | None:
    return round(1 - lacking / texts, 3) if texts else None


# -- telling ----------------------------------------------------------------------------------------------------------


def _tell(seen: _Seen, now: float) -> None:
    table = columns(
        "site", "articles in 7 days", "runs", "last visit (UTC)", "health", right=("articles in 7 days", "runs")
    )
    for row in seen.sites:
        causes = ", ".join(alarm.cause for alarm in row.alarms)
        state = Text(causes, style="bold red") if causes else Text("healthy" if row.last_visit_at else "never crawled")
        table.add_row(Text(row.site), f"{row.articles:,}", f"{row.runs:,}", moment(row.last_visit_at), state)
    show(table)
    for alarm in seen.alarms:
        _tell_alarm(alarm, now)
    if seen.days:
        _tell_days(seen.days)
    if seen.closed:
        show("", Text("Alarms that are over", style="bold"))
        for alarm in seen.closed:
            span = f"{moment(alarm.since)} to {moment(alarm.closed_at)}"
            show(Text(f"  {span}  {alarm.cause}: {plain(alarm.evidence)} ({alarm.closing})"))


def _tell_alarm(alarm: Alarm, now: float) -> None:
    lasts = duration(max(0.0, now - alarm.since.timestamp()))
    show("", Text(f"{alarm.site}: {alarm.cause}, for {lasts}", style="bold red"), Text(f"  {plain(alarm.evidence)}"))
    for url in alarm.examples:
        show(Text(f"    {plain(url)}", style="dim"))
    show(Text(f"  {REMEDIES[Cause(alarm.cause)]}"))


def _tell_days(days: Sequence[Day]) -> None:
    headings = (
        "day",
        "runs",
        "visits",
        "kept out",
        "articles",
        "words",
        "title",
        "author",
        "date",
        "same text",
        "removed",
    )
    table = columns(*headings, right=headings[1:-1])
    for one in days:
        removed = ", ".join(f"{number} {reason}" for reason, number in sorted(one.removed.items(), key=lambda x: -x[1]))
        table.add_row(
            f"  {one.day}",
            *(f"{number:,}" for number in (one.runs, one.visits, one.kept_out, one.articles)),
            "" if one.words is None else f"{one.words:.0f}",
            *("" if share is None else f"{share:.0%}" for share in (one.title_share, one.author_share, one.date_share)),
            f"{one.duplicates:,}",
            Text(removed),
        )
    show("", Text(f"The last {counted(len(days), 'day')} with a crawl", style="bold"), table)
