"""What is asked again, and when: listings by what their visits have brought, articles while they are young.

The database holds what the visits brought (table ``listing``); `corpus.habits` decides what follows from it.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.habits import Habit, RevisitRules
from corpus.leases import IN_SCOPE, Scope
from corpus.types import Article, Kind, Via
from corpus.urls import canonicalise
from corpus.visits import Visit

#: How long after it was found an article that fails is tried again by new runs, in seconds …
_FAILING_SECONDS = 30 * 86_400.0
#: … and how long it is left alone after a failure, as a share of its age then: sixteen runs of hourly ones in 30 days.
_FAILING_PAUSE = 0.5

_FIELDS = tuple(Habit.__dataclass_fields__)

#: Listings that runs ask again by themselves: feeds, sitemaps whose index does not say when they change, and fronts
#: near the home page. On the further pages of a listing its first page decides (`corpus.ledger.Ledger.add`).
_ASKED_AGAIN = """(kind = 'feed' OR (kind = 'sitemap' AND (depth = 0 OR modified_hint IS NULL))
    OR (kind = 'section' AND depth <= 1 AND NOT EXISTS (
        SELECT 1 FROM discovery WHERE url_id = url.id AND via = 'pagination')))"""

#: What the configuration or robots.txt names is asked again, however rarely, even where there was nothing.
_NAMED = "EXISTS (SELECT 1 FROM discovery WHERE url_id = url.id AND via IN ('seed', 'robots'))"

_LISTINGS = f"""
    SELECT url.id, url.url, url.kind, url.fetched_at, listing.* FROM url LEFT JOIN listing ON listing.url_id = url.id
    WHERE state = 'done' AND kind IN ('feed', 'sitemap', 'section') AND {_ASKED_AGAIN} AND {IN_SCOPE}
        AND (outcome NOT LIKE 'removed/%' OR ({_NAMED} AND outcome != 'removed/forgotten'))"""

_READ_LISTINGS = f"""
    UPDATE url SET state = 'due', due_at = :now, attempts = 0
    WHERE state = 'done' AND kind IN ('feed', 'sitemap', 'section') AND {_ASKED_AGAIN} AND {IN_SCOPE}
        AND outcome NOT LIKE 'removed/%'"""

_FAILED = f"""
    UPDATE url SET state = 'due', due_at = :now, attempts = 0
    WHERE state = 'done' AND outcome >= 'failed/' AND outcome < 'failed0' AND found_at >= :failed_since
        AND :now - due_at >= {_FAILING_PAUSE} * (due_at - found_at) AND (:by_hand OR kind = 'article') AND {IN_SCOPE}"""

# `corpus.habits.RevisitRules.article_due`, in SQL.
_ARTICLE_DUE_AT = "fetched_at + max(:pause, :spacing * (fetched_at - found_at))"
_OF_YOUNG_ARTICLES = f"""
    state = 'done' AND kind = 'article' AND found_at >= :now - :young AND {_ARTICLE_DUE_AT} <= found_at + :young
        AND outcome NOT LIKE 'failed/%'
        AND outcome NOT IN ('removed/redirected', 'removed/robots', 'removed/offsite', 'removed/forgotten')
        AND {IN_SCOPE}"""

# Among a site's articles the new ones come first, where its budget is short.
_YOUNG_PRIORITY = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class NextVisit:
    """When a URL is asked again, and why then."""

    #: Unix seconds.
    at: float
    reason: str


class Revisits:
    """What a corpus' URLs are asked again by; every method that writes is called inside the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    # -- what visits brought --------------------------------------------------------------------------------------

    def note(self, visit: Visit, now: float, *, new: int) -> None:
        """Enter what a visit to a listing brought; of other visits there is nothing to note.

        Args:
            visit: The visit.
            now: Unix seconds.
            new: Articles and sitemaps that nothing had named before.
        """
        lease = visit.lease
        waits = visit.error is not None and visit.retry_at is not None
        if lease.kind is Kind.ARTICLE or waits or isinstance(visit.verdict, Article):
            return
        if lease.kind is Kind.SECTION and (lease.depth > 1 or lease.via is Via.PAGINATION):
            return
        at = now if visit.fetch is None else visit.fetch.fetched_at.timestamp()
        entries = sum(found.kind is Kind.ARTICLE for found in visit.discoveries) if visit.listing else None
        before = self.habit(lease.url_id)
        if not (visit.listing or visit.unchanged):
            after = (before or Habit(visited_at=at, begun_at=at, fruitful_at=at)).failed(at)
        elif before is None or before.visits == 0:
            after = Habit.begin(at, entries=entries or 0)
        else:
            after = before.read(at, new=new, entries=entries)
        self._write(lease.url_id, after)
        if lease.kind is Kind.SITEMAP and lease.found_on and new and before is not None:
            self._credit_index(lease.found_on, at, new)

    def _credit_index(self, url: str, at: float, new: int) -> None:
        """Let an index share in what one of its sitemaps brought: it tells of changes, and has nothing else itself."""
        self._db.execute(
            """UPDATE listing SET found = found + ?, fruitful = fruitful + (fruitful_at < visited_at), fruitful_at = ?
               WHERE url_id = (SELECT id FROM url WHERE url = ? AND kind = 'sitemap')""",
            (new, at, _key(url)),
        )

    def discount(self, visit: Visit, outcome: str) -> None:
        """Take back what a listing was credited with for an article URL that turns out to be none, or none that is new.

        Otherwise a page whose links are new at every visit (session numbers, calendars) would be asked ever more often.
        """
        lease = visit.lease
        if lease.kind is not Kind.ARTICLE or lease.found_on is None or lease.fetched_at is not None:
            return
        if not outcome.startswith(("removed/", "duplicate/")) or outcome == "removed/redirected":
            return
        self._db.execute(
            """UPDATE listing SET found = max(0, found - 1)
               WHERE begun_at < ? AND url_id = (SELECT id FROM url WHERE url = ? AND kind != 'article')""",
            (lease.found_at, _key(lease.found_on)),
        )

    def habit(self, url_id: int) -> Habit | None:
        """Return what is known of a listing, None if it was never visited."""
        row = self._db.execute("SELECT * FROM listing WHERE url_id = ?", (url_id,)).fetchone()
        return None if row is None else _habit(row)

    def _write(self, url_id: int, habit: Habit) -> None:
        names = ", ".join(_FIELDS)
        marks = ", ".join("?" * (len(_FIELDS) + 1))
        values = (url_id, *(getattr(habit, name) for name in _FIELDS))
        self._db.execute(f"INSERT OR REPLACE INTO listing (url_id, {names}) VALUES ({marks})", values)

    # -- what is due ----------------------------------------------------------------------------------------------

    def make_due(
        self, scope: Scope, now: float, rules: RevisitRules, *, by_evidence: bool = False, ahead_seconds: float = 0.0
    ) -> int:
        """Make due again what a new run looks at again; return how many URLs.

        Those are listings, what failed and is not long known, and young articles. Of the listings: all that could be
        read last time, or ``by_evidence`` those that are likely to have something new.

        Args:
            scope: Which URLs.
            now: Unix seconds.
            rules: When listings and articles are asked again.
            by_evidence: Leave out listings whose time has not come.
            ahead_seconds: Their time has come if it comes within so many seconds.
        """
        known = {"now": now, "failed_since": now - _FAILING_SECONDS, "by_hand": not by_evidence, **scope.binding}
        if by_evidence:
            until = now + ahead_seconds
            ids = [url_id for url_id, visit in self._listings(scope, now, rules) if visit.at <= until]
            self._db.executemany(
                "UPDATE url SET state = 'due', due_at = ?, attempts = 0 WHERE id = ?", [(now, one) for one in ids]
            )
            count = len(ids)
        else:
            count = self._db.execute(_READ_LISTINGS, known).rowcount
        count += self._db.execute(_FAILED, known).rowcount
        young = {**known, **_young(rules, now), "until": now + ahead_seconds}
        count += self._db.execute(
            f"""UPDATE url SET state = 'due', due_at = :now, attempts = 0, priority = min(priority, {_YOUNG_PRIORITY})
                WHERE {_OF_YOUNG_ARTICLES} AND {_ARTICLE_DUE_AT} <= :until""",
            young,
        ).rowcount
        return count

    def next_visit(self, scope: Scope, now: float, rules: RevisitRules) -> NextVisit | None:
        """Return which URL of the scope is asked again first, by evidence; None if there is none to be asked again."""
        first = min((visit for _, visit in self._listings(scope, now, rules)), key=lambda one: one.at, default=None)
        row = self._db.execute(
            f"SELECT min({_ARTICLE_DUE_AT}) FROM url WHERE {_OF_YOUNG_ARTICLES}",
            {**scope.binding, **_young(rules, now)},
        ).fetchone()
        if row[0] is not None and (first is None or row[0] < first.at):
            return NextVisit(at=row[0], reason="articles that are young")
        return first

    def _listings(self, scope: Scope, now: float, rules: RevisitRules) -> Iterator[tuple[int, NextVisit]]:
        for row in self._db.execute(_LISTINGS, scope.binding).fetchall():
            habit = _habit(row) if row["visits"] is not None else _unknown(row)
            yield row["id"], next_visit(habit, now, rules, f"{row['kind']} {row['url']}: ")


def next_visit(habit: Habit, now: float, rules: RevisitRules, prefix: str = "") -> NextVisit:
    """Return when a listing is asked again; at once where its last visit lies ahead, as the clock was wrong then."""
    if habit.visited_at > now + 1:
        return NextVisit(at=now, reason=f"{prefix}its last visit lies ahead: the clock was wrong")
    return NextVisit(at=habit.due_at(rules), reason=prefix + habit.reason(rules))


def find_next_visit(db: sqlite3.Connection, url: str, now: float, rules: RevisitRules) -> NextVisit | None:
    """Return when a URL (canonical form) is asked again, None if it waits already or is not asked again by itself."""
    row = db.execute("SELECT * FROM url WHERE url = ? AND state = 'done'", (url,)).fetchone()
    if row is None:
        return None
    url_id = row["id"]
    scope = Scope(sites=(row["site"],), kinds=(Kind(row["kind"]),))
    if row["kind"] != Kind.ARTICLE:
        found = db.execute(f"{_LISTINGS} AND url.id = :id", {"id": url_id, **scope.binding}).fetchone()
        if found is None:
            return None
        return next_visit(_habit(found) if found["visits"] is not None else _unknown(found), now, rules)
    young = db.execute(
        f"SELECT {_ARTICLE_DUE_AT} FROM url WHERE {_OF_YOUNG_ARTICLES} AND url.id = :id",
        {"id": url_id, **scope.binding, **_young(rules, now)},
    ).fetchone()
    if young is None or young[0] is None:
        return None
    return NextVisit(at=young[0], reason="it is young: corrections and updates come in the first days")


def _key(url: str) -> str:
    """Return the form under which a listing stands in the ledger; what is no URL (an ingested file) is no listing."""
    try:
        return canonicalise(url)
    except ValueError:
        return url


def _young(rules: RevisitRules, now: float) -> dict[str, float]:
    return {"now": now, "young": rules.young_seconds, "pause": rules.pause_seconds, "spacing": rules.spacing}


def _habit(row: sqlite3.Row) -> Habit:
    return Habit(**{name: row[name] for name in _FIELDS})


def _unknown(row: sqlite3.Row) -> Habit:
    """Return the habit of a listing that was last read by an older version, which kept none."""
    at = row["fetched_at"] or 0.0
    return Habit(visited_at=at, begun_at=at, visits=1, fruitful_at=at)


# -- budgets ----------------------------------------------------------------------------------------------------------


def count_request(db: sqlite3.Connection, site: str, now: float) -> None:
    """Count a request to a site, inside the caller's transaction."""
    db.execute(
        "INSERT INTO spending VALUES (?, ?, 1) ON CONFLICT (site, day) DO UPDATE SET requests = requests + 1",
        (site, int(now // 86_400)),
    )


def requests_today(db: sqlite3.Connection, sites: tuple[str, ...], now: float) -> dict[str, int]:
    """Return how many requests were sent to each site since midnight, UTC; sites without any are left out."""
    rows = db.execute(
        "SELECT site, requests FROM spending WHERE day = ? AND site IN (SELECT value FROM json_each(?))",
        (int(now // 86_400), json.dumps(sites)),
    )
    return {row["site"]: row["requests"] for row in rows}
