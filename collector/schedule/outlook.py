"""What the corpus says of each site's next turn; reads only."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from collector.config import Config, Site
from collector.schedule.turns import Situation, Turn, next_turn
from corpus.folder import CorpusFolder
from corpus.leases import Scope
from corpus.ledger import Ledger, ledger_key
from corpus.revisits import NextVisit, Revisits, requests_today
from corpus.schedules import Schedules, SiteHistory


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """A site's next turn, and its history."""

    turn: Turn
    history: SiteHistory | None


class Outlook:
    """Asks the corpus for what decides on turns."""

    def __init__(self, folder: CorpusFolder, schedules: Schedules) -> None:
        self._folder = folder
        self._schedules = schedules
        self._revisits = Revisits(schedules.db)

    def sites(
        self, config: Config, now: float, *, busy: frozenset[str] = frozenset(), foresee: bool = True
    ) -> dict[str, Prospect]:
        """Return the next turn of every enabled site.

        Args:
            config: The configuration in force.
            now: Unix seconds.
            busy: Sites that the caller is crawling.
            foresee: See `collector.schedule.turns.next_turn`.

        Raises:
            StoreError: The database cannot be read.
        """
        histories = self._schedules.histories()
        running = self._running()
        names = tuple(name for name, site in config.sites.items() if site.enabled)
        with self._schedules.explaining():
            spent = requests_today(self._schedules.db, names, now)
            ledger = Ledger(self._schedules.db, config.site_of)
            found = {}
            for name in names:
                site, history = config.sites[name], histories.get(name)
                known = Situation(
                    history=history,
                    running=running.get(name) or ("its crawl is starting" if name in busy else None),
                    work=partial(self._work, name, site, config, ledger, now),
                    spent=0 < site.requests_per_day <= spent.get(name, 0),
                )
                turn = next_turn(name, config.timetable(name), known, now, foresee=foresee)
                found[name] = Prospect(turn=turn, history=history)
            return found

    def _running(self) -> dict[str, str]:
        """Return the sites that a living crawl works on, whoever started it, and which crawl."""
        runs = self._schedules.running()
        dead = set(self._folder.dead([run.run_id for run in runs]))
        return {
            site: f"run {run.run_id} is at work on it since {_clock(run.started_at)}"
            for run in runs
            if run.run_id not in dead
            for site in run.sites
        }

    def _work(self, name: str, site: Site, config: Config, ledger: Ledger, now: float) -> NextVisit | None:
        """Return what is due first: what was never asked for, what waits in the ledger, what is asked again."""
        if any(self._is_unknown(url) for url in (*site.feeds, *site.sitemaps, *site.sections, *_home(site))):
            return NextVisit(at=now, reason="it names what was never asked for")
        scope = Scope(sites=(name,))
        waits = ledger.next_at(now, scope)
        again = self._revisits.next_visit(scope, now, config.revisit.rules())
        if waits is not None and (again is None or waits <= again.at):
            return NextVisit(at=waits, reason="URLs that wait")
        return again

    def _is_unknown(self, url: str) -> bool:
        row = self._schedules.db.execute("SELECT 1 FROM url WHERE url = ?", (ledger_key(url),)).fetchone()
        return row is None


def _home(site: Site) -> tuple[str, ...]:
    return (site.url,) if site.follow_links or not (site.feeds or site.sitemaps) else ()


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"
