"""Figures of a span of time: what `collector report` shows. Aggregates only; no text is read.

Days are days of UTC on which an article was stored or a response came. Articles are those that are in the corpus now;
what was fetched and removed counts with its last visit.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from corpus.articles import utc
from corpus.counts import RunCount
from corpus.duplication import Duplication, count_duplication

_DAY_SECONDS = 86_400
#: Upper ends of the classes that latencies are counted in, in minutes.
LATENCY_MINUTES = (5, 15, 30, 60, 180, 360, 720, 1440, 4320, 10_080)
#: Whatever came later than this, or before it was published, says more of the publisher's clock than of us.
_MOST_LATENCY_MINUTES = 30 * 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long after their publication articles were stored.

    Counted are those that were published within the span, at a time of day, and after their site was first looked at.
    """

    #: Name of the site; empty for all together.
    site: str
    articles: int
    #: Minutes within which half of them were …
    median_minutes: int | None
    #: … and nine tenths.
    most_minutes: int | None
    #: Articles by class of `LATENCY_MINUTES`; the last one holds what took longer.
    classes: tuple[int, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlarm:
    """An alarm that is not closed."""

    site: str
    cause: str
    since: datetime
    evidence: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of a span of time."""

    since: date
    #: The last day, included.
    until: date
    #: Sites that were asked for; empty for all.
    sites: tuple[str, ...]
    #: Articles in the corpus, and those stored within the span.
    articles: int
    new_articles: int
    #: Day -> site -> articles stored.
    days: Mapping[date, Mapping[str, int]]
    #: Site -> language -> articles in the corpus.
    languages: Mapping[str, Mapping[str, int]]
    #: Reason -> pages whose last visit, within the span, ended so; most first.
    removals: Mapping[str, int]
    #: Error -> pages whose last visit, within the span, ended so; most first.
    failures: Mapping[str, int]
    #: Copies and versions among the articles, by site.
    duplication: tuple[Duplication, ...]
    #: Day -> (articles stored, of which an export of canonical articles leaves out so many).
    duplicates: Mapping[date, tuple[int, int]]
    latency: Latency
    latencies: tuple[Latency, ...]
    #: Day -> class of status ("200", "304", "3xx", "4xx", "5xx") -> responses.
    responses: Mapping[date, Mapping[str, int]]
    #: Status -> responses, most first.
    statuses: Mapping[int, int]
    #: Bytes of all responses, as they came over the wire.
    wire_bytes: int
    #: Site -> requests of any kind, robots.txt included.
    requests: Mapping[str, int]
    #: Runs, the last first.
    runs: tuple[RunCount, ...]
    alarms: tuple[OpenAlarm, ...]


def count_figures(
    db: sqlite3.Connection, *, since: date, until: date, sites: Sequence[str] = (), most_runs: int = 20
) -> Figures:
    """Count what happened in a span of time.

    Args:
        db: The database.
        since: The first day.
        until: The last day, included.
        sites: Only of these; all by default.
        most_runs: How many of the last runs to tell of.
    """
    bounds = _Bounds(since, until, tuple(sites))
    days, new = _stored(db, bounds)
    by_site, whole = _latencies(db, bounds)
    outcomes = _outcomes(db, bounds)
    responses, statuses, wire_bytes = _responses(db, bounds)
    languages = _languages(db, bounds)
    return Figures(
        since=since,
        until=until,
        sites=tuple(sites),
        articles=sum(sum(numbers.values()) for numbers in languages.values()),
        new_articles=new,
        days=days,
        languages=languages,
        removals=_below("removed/", outcomes),
        failures=dict((Counter(_below("failed/", outcomes)) + Counter(_below("deferred/", outcomes))).most_common()),
        duplication=tuple(one for one in count_duplication(db, None)[0] if not sites or one.name in sites),
        duplicates=_duplicates(db, bounds),
        latency=whole,
        latencies=by_site,
        responses=responses,
        statuses=statuses,
        wire_bytes=wire_bytes,
        requests=_requests(db, bounds),
        runs=_runs(db, bounds, most_runs),
        alarms=_alarms(db, bounds),
    )


class _Bounds:
    """The span and the sites, as SQL wants them."""

    def __init__(self, since: date, until: date, sites: tuple[str, ...]) -> None:
        self.begin = datetime(since.year, since.month, since.day, tzinfo=UTC).timestamp()
        self.end = (datetime(until.year, until.month, until.day, tzinfo=UTC) + timedelta(days=1)).timestamp()
        self.names: dict[str, object] = {"begin": self.begin, "end": self.end, "sites": json.dumps(sites)}
        self.all_sites = not sites

    def of(self, column: str) -> str:
        """Return the condition on the column with the site's name."""
        return "1" if self.all_sites else f"{column} IN (SELECT value FROM json_each(:sites))"


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


#: Articles with the URL of the capture that speaks for them.
_SPEAKERS = "article JOIN capture ON capture.fetch_id = article.capture_id JOIN url ON url.id = capture.url_id"


def _stored(db: sqlite3.Connection, bounds: _Bounds) -> tuple[dict[date, dict[str, int]], int]:
    days: defaultdict[date, dict[str, int]] = defaultdict(dict)
    for day, site, number in db.execute(
        f"""SELECT CAST(stored_at / {_DAY_SECONDS} AS INTEGER) AS day, site, count(*) FROM {_SPEAKERS}
            WHERE stored_at >= :begin AND stored_at < :end AND {bounds.of("site")} GROUP BY 1, 2 ORDER BY 1, 2""",
        bounds.names,
    ):
        days[_day(day)][site] = number
    return dict(days), sum(sum(sites.values()) for sites in days.values())


def _languages(db: sqlite3.Connection, bounds: _Bounds) -> dict[str, dict[str, int]]:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for site, language, number in db.execute(
        f"""SELECT site, language, count(*) FROM {_SPEAKERS} WHERE {bounds.of("site")}
            GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2""",
        bounds.names,
    ):
        found[site][language or "und"] = number
    return dict(found)


def _outcomes(db: sqlite3.Connection, bounds: _Bounds) -> dict[str, int]:
    rows = db.execute(
        f"""SELECT outcome, count(*) FROM url WHERE outcome IS NOT NULL AND coalesce(fetched_at, found_at) >= :begin
            AND coalesce(fetched_at, found_at) < :end AND {bounds.of("site")} GROUP BY 1 ORDER BY 2 DESC, 1""",
        bounds.names,
    )
    return {row[0]: row[1] for row in rows}


def _below(prefix: str, outcomes: Mapping[str, int]) -> dict[str, int]:
    return {name.removeprefix(prefix): number for name, number in outcomes.items() if name.startswith(prefix)}


def _duplicates(db: sqlite3.Connection, bounds: _Bounds) -> dict[date, tuple[int, int]]:
    rows = db.execute(
        f"""SELECT CAST(stored_at / {_DAY_SECONDS} AS INTEGER), count(*), sum(document.canonical != document.id)
            FROM article JOIN document ON document.article_id = article.id
            WHERE stored_at >= :begin AND stored_at < :end AND {bounds.of("document.site")} GROUP BY 1 ORDER BY 1""",
        bounds.names,
    )
    return {_day(day): (number, copies or 0) for day, number, copies in rows}


# -- latency ----------------------------------------------------------------------------------------------------------


def _latencies(db: sqlite3.Connection, bounds: _Bounds) -> tuple[tuple[Latency, ...], Latency]:
    """Return the latencies by site, and of all together."""
    minutes: defaultdict[str, Counter[int]] = defaultdict(Counter)
    # Only what the publisher told to the minute; a bare day has no latency. Nor has what was there before we came.
    for site, taken, number in db.execute(
        f"""WITH watched AS (SELECT site, min(begun_at) AS since FROM listing JOIN url ON url.id = url_id GROUP BY 1)
            SELECT site, CAST((stored_at - published_at) / 60 AS INTEGER) AS taken, count(*) FROM (
                SELECT site, stored_at, CAST(strftime('%s', published) AS INTEGER) AS published_at FROM {_SPEAKERS}
                WHERE stored_at >= :begin AND stored_at < :end AND length(published) > 10 AND {bounds.of("site")})
            JOIN watched USING (site)
            WHERE published_at >= max(:begin, since) AND taken BETWEEN 0 AND {_MOST_LATENCY_MINUTES} GROUP BY 1, 2""",
        bounds.names,
    ):
        minutes[site][taken] += number
    whole: Counter[int] = Counter()
    for counts in minutes.values():
        whole.update(counts)
    by_site = sorted((_latency(site, counts) for site, counts in minutes.items()), key=lambda one: one.site)
    return tuple(by_site), _latency("", whole)


def _latency(site: str, counts: Counter[int]) -> Latency:
    classes = [0] * (len(LATENCY_MINUTES) + 1)
    for taken, number in counts.items():
        classes[next((place for place, end in enumerate(LATENCY_MINUTES) if taken < end), -1)] += number
    return Latency(
        site=site,
        articles=counts.total(),
        median_minutes=quantile(counts, 0.5),
        most_minutes=quantile(counts, 0.9),
        classes=tuple(classes),
    )


def quantile(counts: Mapping[int, int], share: float) -> int | None:
    """Return the least value that is not below ``share`` of all values; None where there are none.

    Args:
        counts: Value -> how often it comes.
        share: In (0, 1].

    >>> quantile({1: 5, 7: 4, 90: 1}, 0.5), quantile({1: 5, 7: 4, 90: 1}, 0.9), quantile({}, 0.5)
    (1, 7, None)
    """
    left = share * sum(counts.values())
    for value in sorted(counts):
        left -= counts[value]
        if left <= 0:
            return value
    return None


# -- requests ---------------------------------------------------------------------------------------------------------


def _responses(db: sqlite3.Connection, bounds: _Bounds) -> tuple[dict[date, dict[str, int]], dict[int, int], int]:
    days: defaultdict[date, Counter[str]] = defaultdict(Counter)
    statuses: Counter[int] = Counter()
    wire_bytes = 0
    source = "fetch" if bounds.all_sites else "fetch JOIN url ON url.id = fetch.url_id"
    for day, status, number, size in db.execute(
        f"""SELECT CAST(fetch.fetched_at / {_DAY_SECONDS} AS INTEGER), fetch.status, count(*), sum(bytes) FROM {source}
            WHERE fetch.fetched_at >= :begin AND fetch.fetched_at < :end AND {bounds.of("site")}
            GROUP BY 1, 2 ORDER BY 1, 2""",
        bounds.names,
    ):
        days[_day(day)][status_class(status)] += number
        statuses[status] += number
        wire_bytes += size or 0
    return {day: dict(counts) for day, counts in days.items()}, dict(statuses.most_common()), wire_bytes


#: Classes of statuses, in the order in which they are shown.
STATUS_CLASSES = ("200", "304", "3xx", "4xx", "5xx")


def status_class(status: int) -> str:
    """Return the class of `STATUS_CLASSES` that a status belongs to; 2xx counts as 200.

    >>> [status_class(status) for status in (200, 204, 301, 304, 404, 503)]
    ['200', '200', '3xx', '304', '4xx', '5xx']
    """
    return "304" if status == 304 else "200" if status < 300 else f"{min(status, 599) // 100}xx"


def _requests(db: sqlite3.Connection, bounds: _Bounds) -> dict[str, int]:
    rows = db.execute(
        f"""SELECT site, sum(requests) FROM spending WHERE day * {_DAY_SECONDS} >= :begin
            AND day * {_DAY_SECONDS} < :end AND {bounds.of("site")} GROUP BY 1 ORDER BY 2 DESC, 1""",
        bounds.names,
    )
    return {row[0]: row[1] for row in rows}


# -- runs and alarms --------------------------------------------------------------------------------------------------


def _runs(db: sqlite3.Connection, bounds: _Bounds, most: int) -> tuple[RunCount, ...]:
    among = (
        "1" if bounds.all_sites else f"EXISTS (SELECT 1 FROM json_each(run.sites) WHERE {bounds.of('json_each.value')})"
    )
    rows = db.execute(
        f"""SELECT id, command, sites, started_at, ended_at, state, note, counters FROM run
            WHERE started_at >= :begin AND started_at < :end AND {among} ORDER BY id DESC LIMIT :most""",
        {**bounds.names, "most": most},
    )
    return tuple(map(RunCount.of, rows))


def _alarms(db: sqlite3.Connection, bounds: _Bounds) -> tuple[OpenAlarm, ...]:
    rows = db.execute(
        f"""SELECT site, cause, since, evidence, examples FROM alarm WHERE closed_at IS NULL AND {bounds.of("site")}
            ORDER BY since, site""",
        bounds.names,
    )
    return tuple(
        OpenAlarm(
            site=row["site"],
            cause=row["cause"],
            since=utc(row["since"]),
            evidence=row["evidence"],
            examples=tuple(json.loads(row["examples"])),
        )
        for row in rows
    )
