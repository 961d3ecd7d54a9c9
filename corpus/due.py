"""What is due: the questions behind the leases, answered as soon with a million URLs waiting as with a hundred.

All of them walk index ``url_due``, which holds the URLs that are due by host, site, kind and order of work. Hosts, and
the sites of a host, are found by jumping from one to the next ("loose index scan": the smallest name above the last);
so what lies outside a run's scope is passed over whole and not URL by URL. Only `DueUrls.count` looks at each URL.
"""

import sqlite3
from operator import itemgetter

from corpus.leases import Scope

_HOSTS = """
    WITH RECURSIVE due (host) AS (
        SELECT min(host) FROM url WHERE state = 'due'
        UNION ALL
        SELECT (SELECT min(host) FROM url WHERE state = 'due' AND host > due.host) FROM due WHERE due.host IS NOT NULL)
    SELECT host, next_at, delay, crawl_delay FROM due JOIN host USING (host)
    WHERE next_at <= :until ORDER BY next_at, host"""

_HOSTS_OF_WANTED = """
    SELECT host, next_at, delay, crawl_delay FROM host
    WHERE next_at <= :until AND host IN (
        SELECT url.host FROM temp.wanted CROSS JOIN url ON url.id = wanted.id WHERE state = 'due')
    ORDER BY next_at, host"""

_SITES = """
    WITH RECURSIVE due (site) AS (
        SELECT min(site) FROM url WHERE state = 'due' AND host = :host
        UNION ALL
        SELECT (SELECT min(site) FROM url WHERE state = 'due' AND host = :host AND site > due.site)
        FROM due WHERE due.site IS NOT NULL)
    SELECT site FROM due WHERE site IS NOT NULL"""

_OF_PART = """state = 'due' AND host = :host AND site = :site AND kind = :kind
        AND (NOT :wanted OR id IN (SELECT id FROM temp.wanted))"""

_URLS = f"""
    SELECT *, (SELECT via FROM discovery WHERE url_id = url.id ORDER BY found_at, via LIMIT 1) AS via,
           (SELECT found_on FROM discovery WHERE url_id = url.id ORDER BY found_at, via LIMIT 1) AS found_on
    FROM url WHERE {_OF_PART} AND due_at <= :now ORDER BY priority DESC, due_at, id LIMIT :most"""

_LATER = f"SELECT min(due_at) FROM url WHERE {_OF_PART}"

# The plus keeps the planner off the index of all the site's URLs, of which only a few may be due.
_COUNT = """
    SELECT count(*) FROM url
    WHERE state = 'due' AND +site IN (SELECT value FROM json_each(:sites))
      AND kind IN (SELECT value FROM json_each(:kinds))"""

_COUNT_OF_WANTED = """
    SELECT count(*) FROM temp.wanted CROSS JOIN url ON url.id = wanted.id
    WHERE state = 'due' AND kind IN (SELECT value FROM json_each(:kinds))"""


class DueUrls:
    """The URLs of a corpus that are due; reads only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def hosts(self, scope: Scope, *, until: float = float("inf")) -> list[sqlite3.Row]:
        """Return the hosts with due URLs whose clock allows a request by ``until``, the longest ready first.

        Their URLs may lie outside ``scope``; `urls` tells.
        """
        return self._db.execute(_HOSTS_OF_WANTED if scope.only_wanted else _HOSTS, {"until": until}).fetchall()

    def urls(self, host: str, now: float, scope: Scope, most: int) -> list[sqlite3.Row]:
        """Return the first ``most`` URLs of a host that may be fetched now, in order of work."""
        rows = [
            row
            for part in self._parts(host, scope)
            for row in self._db.execute(_URLS, {**part, "now": now, "most": most}).fetchall()
        ]
        rows.sort(key=itemgetter("due_at", "id"))
        rows.sort(key=itemgetter("priority"), reverse=True)
        return rows[:most]

    def later(self, host: str, scope: Scope) -> float | None:
        """Return when the first URL of a host is due."""
        times = [self._db.execute(_LATER, part).fetchone()[0] for part in self._parts(host, scope)]
        return min((time for time in times if time is not None), default=None)

    def count(self, scope: Scope) -> int:
        """Return how many URLs are due, now or later."""
        query = _COUNT_OF_WANTED if scope.only_wanted else _COUNT
        return int(self._db.execute(query, scope.binding).fetchone()[0])

    def _parts(self, host: str, scope: Scope) -> list[dict[str, str | bool]]:
        """Return the sites and kinds of a host's URLs that lie in the scope, each to be bound to a query."""
        sites = [row[0] for row in self._db.execute(_SITES, {"host": host}).fetchall()]
        return [
            {"host": host, "site": site, "kind": kind, "wanted": scope.only_wanted}
            for site in sites
            if scope.only_wanted or site in scope.sites
            for kind in scope.kinds
        ]
