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
from datetime import date, datetime

from corpus.due import DueUrls
from corpus.leases import Lease, Pace, Scope, lease_of, parse_time
from corpus.types import Discovery, Kind, Via
from corpus.urls import canonicalise, host_of

__all__ = ["LEASE_SECONDS", "Lease", "Ledger", "Pace", "Scope", "ledger_key", "parse_time"]

#: How long a lease holds, in seconds. Longer than any page takes (download and cleaning time limits together stay
#: under five minutes); a living process that is slower than that would only fetch a page twice.
LEASE_SECONDS = 900.0

#: Order of work. Feeds, sitemaps and the fronts that the configuration names say what is new, so they come first; new
#: articles come before the sections that those fronts lead to, so that a crawl with a budget has articles and not an
#: archive's listings.
_PRIORITY = {Kind.FEED: 100, Kind.SITEMAP: 95, Kind.SECTION: 90, Kind.ARTICLE: 60}
_SECTION_DEPTH_COST = 35
_VIA_BONUS = {Via.SEED: 9, Via.NEWS_SITEMAP: 6, Via.FEED: 5, Via.PAGINATION: 4, Via.REDIRECT: 4, Via.SITEMAP: 2}

#: Least seconds after which an article is fetched again because a sitemap claims that it changed …
_CLAIM_SECONDS = 3600.0
#: … and a sitemap, as a share of the time for which it has had nothing new.
_CLAIM_SHARE = 0.05
#: Hosts whose site is remembered.
_MOST_HOSTS = 10_000
#: Places of one kind that are remembered to have named a URL, the first ones: a section is linked from every article.
MOST_MENTIONS = 50

#: Discoveries that carry on what was asked for.
_CARRIES_ON = (Via.SEED, Via.INGEST, Via.REDIRECT, Via.PAGINATION)

_FILE = "file:"


def ledger_key(url: str) -> str:
    """Return the form under which a URL stands in the ledger: canonical; that of an ingested file as it is.

    Raises:
        ValueError: It is neither an http(s) URL nor a file's.
    """
    return url if url.startswith(_FILE) else canonicalise(url)


class Ledger:
    """The URL and host tables of a corpus; every method that writes is called inside the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection, site_of: Callable[[str], str | None]) -> None:
        """Work on ``connection``; ``site_of`` names the site a URL's host belongs to, or None if it is nobody's."""
        self._db = connection
        self._site_of = site_of
        #: What the configuration names is not asked in every run: `corpus.revisits` says when.
        self.by_evidence = False
        self._sites: dict[str, str | None] = {}
        self._due = DueUrls(connection)
        self._under_way: Counter[str] = Counter()
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (id INTEGER PRIMARY KEY)")

    # -- finding work ---------------------------------------------------------------------------------------------

    def add(
        self,
        found: Discovery,
        now: float,
        *,
        run_started_at: float,
        site: str | None = None,
        hops: int = 0,
        again: bool = False,
    ) -> bool:
        """Enter a discovery; return whether its URL was new.

        A URL that is known becomes due again when the discovery claims a change since it was last fetched.

        Args:
            found: What was found.
            now: Unix seconds.
            run_started_at: Nothing that was fetched since is made due again.
            site: The site it belongs to, where its URL does not tell.
            hops: Redirects that led to it.
            again: What named it had something new, so that a further page of a listing is worth another look.

        Raises:
            ValueError: The URL is no http(s) URL.
        """
        key = ledger_key(found.url)
        owner = site or self._owner(found.url)
        if owner is None:
            return False
        row = self._db.execute(
            "SELECT id, kind, state, found_at, fetched_at, outcome FROM url WHERE url = ?", (key,)
        ).fetchone()
        if row is None:
            url_id = self._insert(key, owner, found, now, hops)
        else:
            url_id = row["id"]
            self._touch(row, found, now, run_started_at, again=again)
        if found.via in _CARRIES_ON:
            self._db.execute("INSERT OR IGNORE INTO temp.wanted (id) VALUES (?)", (url_id,))
        self._db.execute(
            """INSERT OR IGNORE INTO discovery (url_id, via, found_on, found_at, title) SELECT ?, ?, ?, ?, ?
               WHERE (SELECT count(*) FROM (SELECT 1 FROM discovery WHERE url_id = ? AND via = ? LIMIT ?)) < ?""",
            (url_id, found.via, found.found_on or "", now, found.title, url_id, found.via, *[MOST_MENTIONS] * 2),
        )
        return row is None

    def _owner(self, url: str) -> str | None:
        """Return the site that a URL belongs to; asked once a host, since sites may be many and links are."""
        host = host_of(url)
        if host not in self._sites:
            if len(self._sites) >= _MOST_HOSTS:
                self._sites.clear()
            self._sites[host] = self._site_of(url)
        return self._sites[host]

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

    def _touch(self, row: sqlite3.Row, found: Discovery, now: float, run_started_at: float, *, again: bool) -> None:
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
                       etag = CASE kind WHEN 'article' THEN etag END,
                       last_modified = CASE kind WHEN 'article' THEN last_modified END,
                       wire_digest = CASE kind WHEN 'article' THEN wire_digest END,
                       kind = 'article', state = CASE WHEN outcome = 'listed' THEN 'due' ELSE state END
                   WHERE id = ?""",
                (found.part.first_url, found.part.number, row["id"]),
            )
        if row["state"] != "done" or row["fetched_at"] is None or row["fetched_at"] >= run_started_at:
            return
        by_config = not self.by_evidence and found.kind is not Kind.ARTICLE and found.via in (Via.SEED, Via.ROBOTS)
        further_page = found.kind is Kind.SECTION and found.via is Via.PAGINATION and again
        claimed = _after(found.modified, row["fetched_at"]) and (not self.by_evidence or self._is_believed(row, now))
        if by_config or further_page or claimed:
            self._db.execute("UPDATE url SET state = 'due', due_at = ? WHERE id = ?", (now, row["id"]))

    def _is_believed(self, row: sqlite3.Row, now: float) -> bool:
        """Tell whether a claimed change is worth a request; some sitemaps claim at all times that all has just changed.

        An article's age has to have doubled since it was last fetched; a sitemap that has had nothing new for long is
        not asked again at once.
        """
        since = now - row["fetched_at"]
        if row["kind"] == Kind.ARTICLE:
            return bool(since >= max(_CLAIM_SECONDS, row["fetched_at"] - row["found_at"]))
        idle = self._db.execute(
            "SELECT visited_at - fruitful_at FROM listing WHERE url_id = ?", (row["id"],)
        ).fetchone()
        return bool(idle is None or since >= _CLAIM_SHARE * idle[0])

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
        for host in self._due.hosts(scope, until=now):
            if len(leases) >= most:
                break
            leases += self._lease_of_host(host, most - len(leases), now, run_id, paces, scope)
        return leases

    def _lease_of_host(
        self, host: sqlite3.Row, most: int, now: float, run_id: int, paces: Callable[[str], Pace], scope: Scope
    ) -> list[Lease]:
        first = self._due.urls(host["host"], now, scope, 1)
        if not first:
            return []
        pace = paces(first[0]["site"])
        delay = self.delay(host, pace)
        free = min(most, pace.concurrency - self._under_way[host["host"]])
        if free < 1:
            return []
        rows = first if delay > 0 or free == 1 else self._due.urls(host["host"], now, scope, free)
        self._db.executemany(
            "UPDATE url SET state = 'leased', lease_until = ?, lease_run = ? WHERE id = ?",
            [(now + LEASE_SECONDS, run_id, row["id"]) for row in rows],
        )
        self._db.execute("UPDATE host SET next_at = ? WHERE host = ?", (now + delay, host["host"]))
        self._under_way[host["host"]] += len(rows)
        return [lease_of(row) for row in rows]

    def claim(self, found: Discovery, now: float, *, run_id: int, site: str) -> Lease:
        """Enter a URL whose page is already at hand (ingest) and lease it at once."""
        self.add(found, now, run_started_at=now, site=site)
        row = self._db.execute("SELECT * FROM url WHERE url = ?", (ledger_key(found.url),)).fetchone()
        if row["state"] != "leased":
            self._db.execute(
                "UPDATE url SET state = 'leased', lease_until = ?, lease_run = ? WHERE id = ?",
                (now + LEASE_SECONDS, run_id, row["id"]),
            )
        return lease_of(row, found)

    def release(self, *, dead_runs: Iterable[int], now: float) -> int:
        """Take back the leases of runs that ended without closing them, and any that expired."""
        cursor = self._db.execute(
            """UPDATE url SET state = 'due', lease_until = NULL, lease_run = NULL
               WHERE state = 'leased' AND (lease_until < ? OR lease_run IN (SELECT value FROM json_each(?)))""",
            (now, json.dumps(list(dead_runs))),
        )
        return cursor.rowcount

    def waiting(self, scope: Scope) -> int:
        """Return how many URLs are due, now or later; they are counted, which takes 0.1 s for a million."""
        return self._due.count(scope)

    def next_at(self, now: float, scope: Scope, *, paces: Callable[[str], Pace] | None = None) -> float | None:
        """Return when the next due URL may be fetched, ``now`` if at once, None if there is none.

        Args:
            now: Unix seconds.
            scope: Which URLs.
            paces: The pace of a site, by its name: leaves out hosts that this process asks as many URLs of as it may.
        """
        best: float | None = None
        for host in self._due.hosts(scope):
            clock = max(host["next_at"], now)
            if best is not None and best <= clock:
                break  # the hosts that follow are not ready before this one
            rows = self._due.urls(host["host"], now, scope, 1)
            if rows and paces is not None and self._under_way[host["host"]] >= paces(rows[0]["site"]).concurrency:
                continue
            later = now if rows else self._due.later(host["host"], scope)
            if later is not None:
                best = max(clock, later) if best is None else min(best, max(clock, later))
        return best

    def longest_delay(self) -> float:
        """Return the longest regular delay of any host, in seconds."""
        row = self._db.execute("SELECT max(max(coalesce(delay, 0), coalesce(crawl_delay, 0))) FROM host").fetchone()
        return float(row[0] or 0.0)

    def answered(self, host: str) -> None:
        """Note that a host that was in trouble answers again."""
        self._db.execute("UPDATE host SET failures = 0, note = NULL WHERE host = ? AND failures > 0", (host,))

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

    def delay_of(self, host: str, pace: Pace) -> float:
        """Return the seconds between requests to a host; a host that no URL of ours is on has none."""
        row = self._db.execute("SELECT delay, crawl_delay FROM host WHERE host = ?", (host,)).fetchone()
        return 0.0 if row is None else self.delay(row, pace)

    def sent(self, host: str, now: float, pace: Pace) -> None:
        """Count the host's delay from now on; a host that no URL of ours is on has none."""
        row = self._db.execute("SELECT next_at, delay, crawl_delay FROM host WHERE host = ?", (host,)).fetchone()
        if row is None:
            return
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
    # A sitemap may name hundreds of sections: only what the configuration names is a front.
    deep = max(found.depth, found.via is not Via.SEED) if found.kind is Kind.SECTION else 0
    cost = _SECTION_DEPTH_COST * deep
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
