"""The ledger: every URL, what became of it, and who works on it now.

Work is handed out as leases, not from a queue. ``lease`` marks due URLs as ours until a deadline; the transaction that
stores what came of a URL also closes its lease (`corpus.store`). A process that dies leaves leases behind, which the
next one takes back: a few pages are fetched again, none is lost, none is stored twice.

A host's clock stands in the database too, so that several processes on one corpus keep its delay together.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from corpus.types import Discovery, Kind, Part, Via
from corpus.urls import canonicalise, host_of

#: How long a lease holds, in seconds. Longer than any page takes (download and cleaning time limits together stay
#: under five minutes); a living process that is slower than that would only fetch a page twice.
LEASE_SECONDS = 900.0

#: Order of work. Feeds and sitemaps say what is new, so they come first; articles come before deep listing pages,
#: so that a crawl that is stopped early has articles and not an archive's pagination.
_PRIORITY = {Kind.FEED: 100, Kind.SITEMAP: 95, Kind.SECTION: 90, Kind.ARTICLE: 60}
_SECTION_DEPTH_COST = 20
_VIA_BONUS = {Via.SEED: 9, Via.NEWS_SITEMAP: 6, Via.FEED: 5, Via.PAGINATION: 4, Via.REDIRECT: 4, Via.SITEMAP: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a host may be asked."""

    #: Least seconds between two requests, in [0, 3600].
    delay_seconds: float = 1.0
    #: Most requests under way at once, at least 1.
    concurrency: int = 2
    #: Slow down with the host's latency (the rule of Scrapy's AutoThrottle, target concurrency 1).
    adaptive: bool = True
    #: Most seconds that latency may make of the delay.
    max_delay_seconds: float = 60.0

    def __post_init__(self) -> None:
        if not 0 <= self.delay_seconds <= 3600:
            raise ValueError(f"delay_seconds must lie in [0, 3600]: {self.delay_seconds}")
        if self.concurrency < 1:
            raise ValueError(f"concurrency must be at least 1: {self.concurrency}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which URLs a run works on."""

    #: Names of the sites.
    sites: tuple[str, ...]
    #: Kinds of page.
    kinds: tuple[Kind, ...] = tuple(Kind)
    #: Only the URLs that this process was asked for, and where they lead by redirects and pagination.
    only_wanted: bool = False

    @property
    def binding(self) -> dict[str, str | bool]:
        """The values of ``_IN_SCOPE``."""
        return {"sites": json.dumps(self.sites), "kinds": json.dumps(self.kinds), "wanted": self.only_wanted}


_IN_SCOPE = """(CASE WHEN :wanted THEN url.id IN (SELECT id FROM temp.wanted)
                     ELSE url.site IN (SELECT value FROM json_each(:sites)) END
                AND url.kind IN (SELECT value FROM json_each(:kinds)))"""

#: Discoveries that carry on what was asked for.
_CARRIES_ON = (Via.SEED, Via.INGEST, Via.REDIRECT, Via.PAGINATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A URL that this process may fetch now."""

    url_id: int
    #: Canonical form, the key.
    url: str
    #: What to ask the server for.
    fetch_url: str
    site: str
    host: str
    kind: Kind
    via: Via = Via.SEED
    found_on: str | None = None
    found_at: float = 0.0
    depth: int = 0
    hops: int = 0
    attempts: int = 0
    part: Part | None = None
    published_hint: date | datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    #: SHA-1 of the last payload as it came over the wire.
    wire_digest: bytes | None = None
    #: When it was last fetched, None if never.
    fetched_at: float | None = None


_FILE = "file:"


def ledger_key(url: str) -> str:
    """Return the form under which a URL stands in the ledger: canonical; that of an ingested file as it is.

    Raises:
        ValueError: It is neither an http(s) URL nor a file's.
    """
    return url if url.startswith(_FILE) else canonicalise(url)


def parse_time(value: str | None) -> date | datetime | None:
    """Return an ISO 8601 text as a date (``2024-05-01``) or a datetime, as precise as it was written.

    >>> parse_time("2024-05-01")
    datetime.date(2024, 5, 1)
    """
    if value is None:
        return None
    return date.fromisoformat(value) if len(value) == len("2024-05-01") else datetime.fromisoformat(value)


class Ledger:
    """The URL and host tables of a corpus; every method that writes is called inside the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection, site_of: Callable[[str], str | None]) -> None:
        """Work on ``connection``; ``site_of`` names the site a URL belongs to, or None if it is nobody's."""
        self._db = connection
        self._site_of = site_of
        self._under_way: Counter[str] = Counter()
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (id INTEGER PRIMARY KEY)")

    # -- finding work ---------------------------------------------------------------------------------------------

    def add(
        self, found: Discovery, now: float, *, run_started_at: float, site: str | None = None, hops: int = 0
    ) -> bool:
        """Enter a discovery; return whether its URL was new.

        A URL that is known becomes due again when the discovery claims a change since it was last fetched.

        Args:
            found: What was found.
            now: Unix seconds.
            run_started_at: Nothing that was fetched since is made due again.
            site: The site it belongs to, where its URL does not tell.
            hops: Redirects that led to it.

        Raises:
            ValueError: The URL is no http(s) URL.
        """
        key = ledger_key(found.url)
        owner = site or self._site_of(found.url)
        if owner is None:
            return False
        row = self._db.execute("SELECT id, kind, state, fetched_at, outcome FROM url WHERE url = ?", (key,)).fetchone()
        if row is None:
            url_id = self._insert(key, owner, found, now, hops)
        else:
            url_id = row["id"]
            self._touch(row, found, now, run_started_at)
        if found.via in _CARRIES_ON:
            self._db.execute("INSERT OR IGNORE INTO temp.wanted (id) VALUES (?)", (url_id,))
        self._db.execute(
            "INSERT OR IGNORE INTO discovery (url_id, via, found_on, found_at, title) VALUES (?, ?, ?, ?, ?)",
            (url_id, found.via, found.found_on or "", now, found.title),
        )
        return row is None

    def _insert(self, key: str, site: str, found: Discovery, now: float, hops: int) -> int:
        host = "" if found.url.startswith(_FILE) else host_of(found.url)
        part = found.part
        cursor = self._db.execute(
            """INSERT INTO url (url, fetch_url, site, host, kind, state, due_at, priority, found_at, depth, hops,
                                part_of, part_number, published_hint, modified_hint)
               VALUES (?, ?, ?, ?, ?, 'due', ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                key,
                found.url,
                site,
                host,
                found.kind,
                now,
                _priority(found),
                now,
                found.depth,
                hops,
                part.first_url if part else None,
                part.number if part else None,
                found.published.isoformat() if found.published else None,
                found.modified.isoformat() if found.modified else None,
            ),
        )
        self._db.execute("INSERT OR IGNORE INTO host (host) VALUES (?)", (host,))
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _touch(self, row: sqlite3.Row, found: Discovery, now: float, run_started_at: float) -> None:
        """Bring a known URL's row up to date with what a new discovery says of it."""
        if found.modified is not None:
            self._db.execute("UPDATE url SET modified_hint = ? WHERE id = ?", (found.modified.isoformat(), row["id"]))
        if found.published is not None:
            self._db.execute(
                "UPDATE url SET published_hint = coalesce(published_hint, ?) WHERE id = ?",
                (found.published.isoformat(), row["id"]),
            )
        if found.part is not None:
            # It may have been taken for a page of a listing: only the first page of a story knows its next.
            self._db.execute(
                """UPDATE url SET part_of = coalesce(part_of, ?), part_number = coalesce(part_number, ?),
                       kind = 'article', state = CASE WHEN outcome = 'listed' THEN 'due' ELSE state END
                   WHERE id = ?""",
                (found.part.first_url, found.part.number, row["id"]),
            )
        if row["state"] != "done" or row["fetched_at"] is None or row["fetched_at"] >= run_started_at:
            return
        listing_again = found.kind is not Kind.ARTICLE and found.via is not Via.LINK and found.modified is None
        if listing_again or _after(found.modified, row["fetched_at"]):
            self._db.execute("UPDATE url SET state = 'due', due_at = ? WHERE id = ?", (now, row["id"]))

    def revisit(self, scope: Scope, now: float, *, articles_found_since: float, articles_fetched_before: float) -> int:
        """Make due again what a new run looks at again; return how many URLs.

        Those are feeds, sitemaps, the fronts of depth 0 and 1, what failed, and young articles.

        Args:
            scope: Which URLs.
            now: Unix seconds.
            articles_found_since: Articles found earlier are left alone.
            articles_fetched_before: Articles fetched later than this are left alone.
        """
        cursor = self._db.execute(
            f"""UPDATE url SET state = 'due', due_at = :now, attempts = 0
               WHERE state = 'done' AND {_IN_SCOPE} AND (
                   kind = 'feed' OR (kind = 'sitemap' AND depth = 0) OR (kind = 'section' AND depth <= 1)
                   OR outcome LIKE 'failed/%'
                   OR (kind = 'article' AND found_at >= :since AND fetched_at < :before
                       AND outcome NOT IN ('removed/redirected', 'removed/robots', 'removed/offsite')))""",
            {"now": now, "since": articles_found_since, "before": articles_fetched_before, **scope.binding},
        )
        return cursor.rowcount

    def ask_again(self, url: str, now: float) -> None:
        """Make a known URL due now, whatever its history."""
        self._db.execute(
            "UPDATE url SET state = 'due', due_at = ?, attempts = 0 WHERE url = ? AND state != 'leased'",
            (now, canonicalise(url)),
        )

    def forms(self, path: str, most: int) -> list[str]:
        """Return known URLs that are ``path`` with some query, no more than a little above ``most`` where there are.

        Args:
            path: A URL without its query.
            most: How many matter to the caller.
        """
        rows = self._db.execute(
            "SELECT url FROM url WHERE url > ? AND url < ? LIMIT ?", (f"{path}?", f"{path}@", most + 1)
        )  # "@" follows "?" in ASCII
        return [row[0] for row in rows]

    # -- handing out work -----------------------------------------------------------------------------------------

    def lease(self, most: int, now: float, *, run_id: int, paces: Callable[[str], Pace], scope: Scope) -> list[Lease]:
        """Hand out at most ``most`` due URLs, as far as each host's clock allows.

        Args:
            most: How many at the most.
            now: Unix seconds.
            run_id: The run that works on them.
            paces: The pace of a site, by its name.
            scope: Which URLs to work on.
        """
        leases: list[Lease] = []
        for host in self._ready_hosts(now):
            if len(leases) >= most:
                break
            leases += self._lease_of_host(host, most - len(leases), now, run_id, paces, scope)
        return leases

    def _ready_hosts(self, now: float) -> list[sqlite3.Row]:
        return self._db.execute(
            """SELECT host, delay, crawl_delay FROM host AS h
               WHERE next_at <= :now AND EXISTS (SELECT 1 FROM url WHERE state = 'due' AND url.host = h.host)
               ORDER BY next_at, host""",
            {"now": now},
        ).fetchall()

    def _lease_of_host(
        self, host: sqlite3.Row, most: int, now: float, run_id: int, paces: Callable[[str], Pace], scope: Scope
    ) -> list[Lease]:
        first = self._due(host["host"], now, scope, 1)
        if not first:
            return []
        pace = paces(first[0]["site"])
        delay = self.delay(host, pace)
        free = min(most, pace.concurrency - self._under_way[host["host"]])
        if free < 1:
            return []
        rows = first if delay > 0 or free == 1 else self._due(host["host"], now, scope, free)
        self._db.executemany(
            "UPDATE url SET state = 'leased', lease_until = ?, lease_run = ? WHERE id = ?",
            [(now + LEASE_SECONDS, run_id, row["id"]) for row in rows],
        )
        self._db.execute("UPDATE host SET next_at = ? WHERE host = ?", (now + delay, host["host"]))
        self._under_way[host["host"]] += len(rows)
        return [_lease(row) for row in rows]

    def _due(self, host: str, now: float, scope: Scope, most: int) -> list[sqlite3.Row]:
        return self._db.execute(
            f"""SELECT *, (SELECT via FROM discovery WHERE url_id = url.id ORDER BY found_at, via LIMIT 1) AS via,
                       (SELECT found_on FROM discovery WHERE url_id = url.id ORDER BY found_at, via LIMIT 1) AS found_on
                FROM url WHERE state = 'due' AND host = :host AND due_at <= :now AND {_IN_SCOPE}
                ORDER BY priority DESC, due_at, id LIMIT :most""",
            {"host": host, "now": now, "most": most, **scope.binding},
        ).fetchall()

    def claim(self, found: Discovery, now: float, *, run_id: int, site: str) -> Lease:
        """Enter a URL whose page is already at hand (ingest) and lease it at once."""
        self.add(found, now, run_started_at=now, site=site)
        row = self._db.execute("SELECT * FROM url WHERE url = ?", (ledger_key(found.url),)).fetchone()
        if row["state"] != "leased":
            self._db.execute(
                "UPDATE url SET state = 'leased', lease_until = ?, lease_run = ? WHERE id = ?",
                (now + LEASE_SECONDS, run_id, row["id"]),
            )
        return _lease(row, found)

    def release(self, *, dead_runs: Iterable[int], now: float) -> int:
        """Take back the leases of runs that ended without closing them, and any that expired."""
        cursor = self._db.execute(
            """UPDATE url SET state = 'due', lease_until = NULL, lease_run = NULL
               WHERE state = 'leased' AND (lease_until < ? OR lease_run IN (SELECT value FROM json_each(?)))""",
            (now, json.dumps(list(dead_runs))),
        )
        return cursor.rowcount

    def waiting(self, scope: Scope) -> int:
        """Return how many URLs are due, now or later."""
        row = self._db.execute(
            f"SELECT count(*) FROM url WHERE state = 'due' AND {_IN_SCOPE}",
            scope.binding,
        ).fetchone()
        return int(row[0])

    def next_at(self, now: float, scope: Scope) -> float | None:
        """Return when the next due URL may be fetched, ``now`` if at once, None if there is none."""
        times: list[float] = []
        for host, clock in self._db.execute("SELECT host, next_at FROM host").fetchall():
            if self._due(host, now, scope, 1):
                times.append(max(clock, now))
                continue
            later = self._db.execute(
                f"SELECT min(due_at) FROM url WHERE state = 'due' AND host = :host AND {_IN_SCOPE}",
                {"host": host, **scope.binding},
            ).fetchone()[0]
            if later is not None:
                times.append(max(clock, later))
        return min(times, default=None)

    def reserve(self, host: str, now: float, pace: Pace) -> float:
        """Take the next turn on a host's clock; return the seconds to wait for it.

        For a request that was leased before the host's robots.txt, and so its Crawl-delay, was known.
        """
        row = self._db.execute("SELECT next_at, delay, crawl_delay FROM host WHERE host = ?", (host,)).fetchone()
        turn = max(now, row["next_at"])
        self._db.execute("UPDATE host SET next_at = ? WHERE host = ?", (turn + self.delay(row, pace), host))
        return float(turn - now)

    # -- host clocks ----------------------------------------------------------------------------------------------

    @staticmethod
    def delay(host: sqlite3.Row, pace: Pace) -> float:
        """Return the seconds between requests: the largest of ours, the adapted one and robots.txt's."""
        adapted = (host["delay"] or 0.0) if pace.adaptive else 0.0
        return float(max(pace.delay_seconds, adapted, host["crawl_delay"] or 0.0))

    def sent(self, host: str, now: float, pace: Pace) -> None:
        """Count the host's delay from now on."""
        row = self._db.execute("SELECT next_at, delay, crawl_delay FROM host WHERE host = ?", (host,)).fetchone()
        delay = self.delay(row, pace)
        if delay > 0 and row["next_at"] < now + delay:
            self._db.execute("UPDATE host SET next_at = ? WHERE host = ?", (now + delay, host))

    def arrived(self, host: str) -> None:
        """Note in memory that a request to ``host`` is no longer under way."""
        self._under_way[host] -= 1
        if self._under_way[host] <= 0:
            del self._under_way[host]

    def adapt(self, host: str, latency_seconds: float, *, well: bool, pace: Pace) -> None:
        """Move the host's delay towards its latency, as Scrapy's AutoThrottle does.

        The new delay is the mean of the old one and the latency, never under the latency; an error answer, which is
        often quick, never makes it smaller (docs.scrapy.org, AutoThrottle extension).
        """
        row = self._db.execute("SELECT delay FROM host WHERE host = ?", (host,)).fetchone()
        old = pace.delay_seconds if row is None or row["delay"] is None else row["delay"]
        new = min(max(latency_seconds, (old + latency_seconds) / 2, pace.delay_seconds), pace.max_delay_seconds)
        if well or new > old:
            self._db.execute("UPDATE host SET delay = ?, failures = 0, note = NULL WHERE host = ?", (new, host))

    def set_crawl_delay(self, host: str, seconds: float | None) -> None:
        """Note the Crawl-delay of the host's robots.txt."""
        self._db.execute("INSERT OR IGNORE INTO host (host) VALUES (?)", (host,))
        self._db.execute("UPDATE host SET crawl_delay = ? WHERE host = ?", (seconds, host))

    def hold(self, host: str, until: float, note: str) -> None:
        """Ask nothing of ``host`` before ``until``."""
        self._db.execute("UPDATE host SET next_at = max(next_at, ?), note = ? WHERE host = ?", (until, note, host))

    def failed(self, host: str) -> int:
        """Count a connection failure of ``host``; return how many there were in a row."""
        self._db.execute("UPDATE host SET failures = failures + 1 WHERE host = ?", (host,))
        row = self._db.execute("SELECT failures FROM host WHERE host = ?", (host,)).fetchone()
        return 0 if row is None else int(row[0])


def _priority(found: Discovery) -> int:
    cost = _SECTION_DEPTH_COST * found.depth if found.kind is Kind.SECTION else 0
    return _PRIORITY[found.kind] + _VIA_BONUS.get(found.via, 0) - cost


def _after(claimed: date | datetime | None, fetched_at: float) -> bool:
    """Tell whether a claimed time lies after the last fetch; a bare day counts up to its end."""
    if claimed is None:
        return False
    if isinstance(claimed, datetime):
        return (claimed.timestamp() if claimed.tzinfo else datetime_utc(claimed)) > fetched_at
    return datetime_utc(datetime(claimed.year, claimed.month, claimed.day)) + 86_400 > fetched_at  # noqa: DTZ001


def datetime_utc(naive: datetime) -> float:
    """Return the Unix time of a naive datetime read as UTC."""
    return (naive - datetime(1970, 1, 1)).total_seconds()  # noqa: DTZ001


def _lease(row: sqlite3.Row, found: Discovery | None = None) -> Lease:
    part = None
    if row["part_of"] is not None:
        part = Part(first_url=row["part_of"], number=row["part_number"] or 2)
    return Lease(
        url_id=row["id"],
        url=row["url"],
        fetch_url=row["fetch_url"],
        site=row["site"],
        host=row["host"],
        kind=Kind(row["kind"]),
        via=found.via if found else Via(row["via"] or Via.SEED),
        found_on=(found.found_on if found else row["found_on"]) or None,
        found_at=row["found_at"],
        depth=row["depth"],
        hops=row["hops"],
        attempts=row["attempts"],
        part=part,
        published_hint=parse_time(row["published_hint"]),
        etag=row["etag"],
        last_modified=row["last_modified"],
        wire_digest=row["wire_digest"],
        fetched_at=row["fetched_at"],
    )
