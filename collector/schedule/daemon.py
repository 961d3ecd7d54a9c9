"""The daemon behind ``collector run``: looks whose turn it is, starts crawls, and waits.

Everything that must outlive it stands in the corpus; it may be killed at any moment. One thread: signals and the end of
a crawl wake it, and otherwise it looks every half minute, so that neither a suspended machine nor a clock that is set
makes it oversleep.
"""

import logging
import shutil
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from stat import S_IMODE
from typing import Self

from collector.config import Config, parse_config, read_text
from collector.logbook import JOURNAL_ONLY
from collector.schedule.crawls import CrawlProcess, Ended, Order, RunningProcess, in_words
from collector.schedule.outlook import Outlook, Prospect
from collector.schedule.turns import Turn, in_order
from collector.schedule.wakeup import Wakeup
from corpus.errors import CollectorError, ConfigError, StoreError
from corpus.folder import CorpusFolder
from corpus.holding import COMPACT, FORGET, holder_of
from corpus.schedules import Schedules

logger = logging.getLogger(__name__)

#: Longest time between two looks, in seconds.
_LOOK_SECONDS = 30.0
#: A clock that goes on by more than this between two looks, beyond the time that the looks took, was set.
_CLOCK_SECONDS = 120.0
_STOPPING, _RELOADING = (signal.SIGTERM, signal.SIGINT), signal.SIGHUP


@dataclass(slots=True)
class _UnderWay:
    """A crawl under way."""

    process: RunningProcess
    started_at: float
    limit_seconds: float


class Daemon:
    """Serves the sites of one corpus; the caller holds the lock ``run`` on its folder."""

    def __init__(
        self,
        folder: CorpusFolder,
        *,
        clock: Callable[[], float] = time.time,
        start: Callable[[Order], RunningProcess] = CrawlProcess,
    ) -> None:
        """Read the configuration and open the database.

        Raises:
            CollectorError: One of them cannot be used.
        """
        self._folder = folder
        self._clock = clock
        self._start = start
        #: The configuration in force.
        self.config = self._load()
        self._schedules = Schedules(folder.database, busy_seconds=self.config.archive.busy_seconds)
        self._outlook = Outlook(folder, self._schedules)
        self._crawls: dict[str, _UnderWay] = {}
        self._wakeup = Wakeup(*_STOPPING, _RELOADING)
        self._stops = 0
        self._trouble: str | None = None
        self._disk_was_low = False
        self._looked: tuple[float, float] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._schedules.close()

    # -- the loop -------------------------------------------------------------------------------------------------

    def run(self, *, once: bool = False) -> None:
        """Serve the sites until a signal ends it; ``once``: until each site whose turn has come was crawled."""
        with self._wakeup:
            logger.info("serving %d sites of %s", len(self._names()), self._folder.root.absolute())
            served: set[str] = set()
            while True:
                seconds = self.look(but=frozenset(served) if once else frozenset())
                served |= self._crawls.keys()
                if not self._crawls and (self._stops or (once and seconds > 0)):
                    break
                if seconds > 0:
                    self._wakeup.wait(seconds)
            logger.info("ended; a restart goes on from here")

    def look(self, *, but: frozenset[str] = frozenset()) -> float:
        """Do what is to be done now; return the seconds until the next look is needed, 0 for at once.

        Args:
            but: Sites that are not to be started.
        """
        self._obey_signals()
        now = self._clock()
        try:
            self._mind_clock(now)
            self._reap(now)
            seconds = _LOOK_SECONDS if self._stops else self._serve(now, but)
        except StoreError as error:
            self._report(str(error))
            return _LOOK_SECONDS
        except OSError as error:  # the disk of the corpus is gone, for one
            self._report(f"{error.filename or self._folder.root}: {error.strerror}")
            return _LOOK_SECONDS
        return min(seconds, _LOOK_SECONDS)

    def _serve(self, now: float, but: frozenset[str]) -> float:
        if self._disk_is_low() or self._is_kept_out():
            return _LOOK_SECONDS
        prospects = self._outlook.sites(self.config, now, busy=frozenset(self._crawls), foresee=False)
        self._report(None)
        if self._adopt(prospects.values(), now):
            return 0.0
        turns = [prospect.turn for prospect in prospects.values() if prospect.turn.site not in but]
        for turn in turns:
            if turn.passes:
                self._schedules.pass_turn(turn.site, now)
        for turn in in_order(turns, now):
            if len(self._crawls) >= self.config.schedule.max_crawls:
                return _LOOK_SECONDS  # the end of a crawl wakes us
            self._begin(turn, now)
        return min((turn.at - now for turn in turns if turn.at is not None and turn.at > now), default=_LOOK_SECONDS)

    # -- crawls ---------------------------------------------------------------------------------------------------

    def _begin(self, turn: Turn, now: float) -> None:
        quiet_at = self.config.timetable(turn.site).quiet_begins(now)
        limit = self.config.schedule.max_minutes * 60
        if quiet_at is not None:
            limit = min(limit, quiet_at - now)
        self._schedules.begin(turn.site, now)
        order = Order(
            root=self._folder.root,
            site=turn.site,
            config=self._config_in_force,
            limit_seconds=limit,
            ahead_seconds=turn.ahead_seconds,
        )
        try:
            process = self._start(order)
        except OSError as error:
            note = f"no process can be started: {error.strerror}"
            self._note_end(turn.site, now, Ended(state="failed", run_id=None, note=note), now)
            return
        self._crawls[turn.site] = _UnderWay(process, now, limit)

    def _adopt(self, prospects: Iterable[Prospect], now: float) -> bool:
        """Note the end of crawls that a daemon before us started and did not see end; tell whether there were any."""
        found = False
        for turn, history in ((one.turn, one.history) for one in prospects):
            if history is None or history.state != "running" or history.started_at is None or turn.at is None:
                continue
            run = self._schedules.last_run(turn.site, history.started_at)
            if run is not None and run[1] == "finished":
                self._schedules.end(turn.site, now, state="finished", run_id=run[0], note=None)
                found = True
        return found

    def _reap(self, now: float) -> None:
        for site, crawl in list(self._crawls.items()):
            result = crawl.process.poll()
            if result is None:
                continue
            # Off the list first: where the end cannot be noted, the next look finds it by the ledger.
            del self._crawls[site]
            if result.state == "finished" and now - crawl.started_at >= crawl.limit_seconds:
                result = Ended(state="time-up", run_id=result.run_id, outcomes=result.outcomes)
            self._note_end(site, now, result, crawl.started_at)

    def _note_end(self, site: str, now: float, result: Ended, started_at: float) -> None:
        run = f"run {result.run_id}" if result.run_id else "its crawl"
        told = f"{in_words(result.outcomes)}" + (f"; {result.note}" if result.note else "")
        level = logging.WARNING if result.state == "failed" else logging.INFO
        seconds = max(0.0, now - started_at)
        # A run that came to its end has written its own line into the log of the corpus; this one is for the journal.
        extra = {JOURNAL_ONLY: result.run_id is not None and level == logging.INFO}
        logger.log(level, "%s: %s %s after %.0f s, %s", site, run, result.state, seconds, told, extra=extra)
        self._schedules.end(site, now, state=result.state, run_id=result.run_id, note=result.note)

    # -- trouble --------------------------------------------------------------------------------------------------

    def _disk_is_low(self) -> bool:
        """Tell whether the disk has too little room for a crawl; when it has again, failed sites have their turn."""
        free_mb = shutil.disk_usage(self._folder.root).free / 1e6
        least = self.config.archive.min_free_mb
        low = free_mb < least
        if low and not self._disk_was_low:
            logger.warning("%.0f MB free, less than archive.min_free_mb = %.0f: no crawl starts", free_mb, least)
        if self._disk_was_low and not low:
            self._schedules.try_failed_again()
            logger.info("%.0f MB free: crawls start again", free_mb)
        self._disk_was_low = low
        return low

    def _is_kept_out(self) -> bool:
        """Tell whether something is done that no crawl may run beside; sites that come due wait for its end."""
        return any(holder_of(self._folder, name) is not None for name in (FORGET, COMPACT))

    def _mind_clock(self, now: float) -> None:
        """See whether the clock was set since the last look, and mend what a wrong one has put off."""
        steady = time.monotonic()
        if self._looked is None:
            self._schedules.mend_clocks(now)
        else:
            jump = (now - self._looked[0]) - (steady - self._looked[1])
            if abs(jump) > _CLOCK_SECONDS:
                mended = self._schedules.mend_clocks(now)
                logger.info("the clock went %+.0f s; %d times that lay too far ahead were mended", jump, mended)
        self._looked = (now, steady)

    def _report(self, trouble: str | None) -> None:
        """Say once that something is wrong, and once that it is no longer."""
        if trouble is not None and trouble != self._trouble:
            logger.warning("%s; trying again every %.0f s", trouble, _LOOK_SECONDS)
        if trouble is None and self._trouble is not None:
            logger.info("the corpus can be used again")
        self._trouble = trouble

    # -- configuration --------------------------------------------------------------------------------------------

    @property
    def _config_in_force(self) -> Path:
        """The copy of the configuration that crawls read."""
        return self._folder.locks / "collector.toml"

    def _load(self) -> Config:
        """Read ``collector.toml`` and keep a copy of it.

        Raises:
            ConfigError: It is wrong; the copy is as it was.
            StoreError: The copy cannot be written.
        """
        text = read_text(self._folder.config)
        config = parse_config(text, self._folder.config)
        new = self._config_in_force.with_suffix(".new")
        try:
            new.unlink(missing_ok=True)
            new.touch(mode=S_IMODE(self._folder.config.stat().st_mode))  # it may hold what not all are to read
            new.write_text(text, "utf-8")
            new.replace(self._config_in_force)
        except OSError as error:
            raise StoreError(f"{new}: {error.strerror}; check the folder's permissions and free space") from error
        return config

    def _reload(self) -> None:
        try:
            self.config = self._load()
        except ConfigError as error:
            logger.warning("the configuration is wrong, and the one before stays in force: %s", error)
        except CollectorError as error:
            logger.warning("the configuration before stays in force: %s", error)
        else:
            logger.info("configuration read again: %d sites", len(self._names()))

    def _names(self) -> list[str]:
        return [name for name, site in self.config.sites.items() if site.enabled]

    # -- signals --------------------------------------------------------------------------------------------------

    def _obey_signals(self) -> None:
        while self._wakeup.caught:
            number = self._wakeup.caught.pop(0)
            if number == _RELOADING:
                self._reload()
            elif number in _STOPPING:
                self._stop()

    def _stop(self) -> None:
        self._stops += 1
        force = self._stops > 2
        logger.info("stopping %s%d crawls", "by force " if force else "", len(self._crawls))
        for crawl in self._crawls.values():
            crawl.process.stop(force=force)
