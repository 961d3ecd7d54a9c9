"""What one crawl works with: the corpus folder, its store, the archive and the run.

Scrapy builds its components one by one from the crawler; they all find the same `Crawl` through `crawl_of`.
"""

import asyncio
import logging
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Self
from weakref import WeakKeyDictionary

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from cleaners.config import CleanerConfig
from collector.config import Config, Site, read_config
from collector.logbook import keep_log
from collector.rights.declared import DeclaredRights
from collector.tasks import Task, cleaner_config, site_key
from collector.workers import Workers
from corpus.archive.writer import ArchiveWriter
from corpus.at_work import AtWork, crawls_at_work, free_sites
from corpus.errors import CollectorError
from corpus.folder import CorpusFolder
from corpus.holding import COMPACT, FORGET, alive, refuse_beside
from corpus.host_files import HostFiles
from corpus.ledger import Pace, Scope
from corpus.outlines import find_template
from corpus.store import Run, Store
from corpus.upkeep import catch_up

logger = logging.getLogger(__name__)

#: Templates that are held in memory, of some 5 kB each.
_MOST_TEMPLATES = 2000

#: Locks of what no run may be under way beside.
_NOT_BESIDE = (FORGET, COMPACT)

#: Packages whose version decides what a page becomes.
_NAMED_PACKAGES = ("news-corpus-collector", "scrapy", "trafilatura", "langdetect", "lxml", "fastwarc", "rensa")


def versions() -> dict[str, str]:
    """Return the versions of the software that decides what a page becomes."""
    return {name: version(name) for name in _NAMED_PACKAGES}


@dataclass(slots=True, weakref_slot=True)
class Crawl:
    """One crawl at work."""

    folder: CorpusFolder
    config: Config
    store: Store
    run: Run
    scope: Scope
    archive: ArchiveWriter
    cleaner: CleanerConfig
    #: The cleaning processes, where they were made before the crawl was opened.
    workers: Workers | None = None
    #: Sites that were wanted and left out, as another crawl is at work on them.
    left_out: Mapping[str, AtWork] = field(default_factory=dict)
    #: The clock, in Unix seconds.
    now: Callable[[], float] = time.time
    #: What came of this process' leases, counted.
    outcomes: Counter[str] = field(default_factory=Counter)
    #: Why the crawl had to stop, if it had to.
    failure: CollectorError | None = None
    #: Where listings are visited by evidence: those whose time comes within so many seconds, too.
    ahead_seconds: float = 0.0
    #: Unix time after which nothing more is leased; None for no end.
    deadline: float | None = None
    #: How long the run took and how many URLs of its scope still wait: known when it is closed.
    seconds: float = 0.0
    waiting: int = 0
    #: Why it ended: ``finished``, ``shutdown`` (Ctrl-C) or what else Scrapy calls it.
    reason: str = "never opened"
    #: What the sites repeat, packed, as far as it was asked for: a run stays with what it found at first.
    templates: dict[str, bytes | None] = field(default_factory=dict, repr=False)
    #: Set when nothing under way is waited for any more, see `collector.stopping`.
    letting_go: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    #: What hosts say of the use of their pages, and the files that say it.
    declared: DeclaredRights = field(init=False, repr=False)
    host_files: HostFiles = field(init=False, repr=False)
    _closed: bool = False
    _closing: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.host_files = HostFiles(self.store.db)
        self.declared = DeclaredRights(self.host_files, self.config.collector.robots_token)

    @classmethod
    def open(cls, root: Path, scope: Scope, config: Config, *, command: str = "crawl") -> Self:
        """Open a corpus folder for a run, and take back what dead runs left leased.

        Raises:
            CorpusBusyError: The run is a crawl, and another one works on its sites (see `corpus.at_work`).
            CollectorError: The folder, its configuration or its database cannot be used.
        """
        folder = CorpusFolder(root)
        folder.check()
        refuse_beside(folder, *_NOT_BESIDE)
        with ExitStack() as opened:
            store = open_store(folder, config)
            opened.callback(store.close)
            now = time.time()
            running = [row[0] for row in store.db.execute("SELECT id FROM run WHERE state = 'running'").fetchall()]
            dead = folder.dead(running)
            if dead:
                released = store.bury_runs(dead, now)
                logger.info("took back %d URLs from %d interrupted run(s)", released, len(dead))
            at_work: dict[str, AtWork] = {}

            def choose(sites: Sequence[str]) -> Sequence[str]:
                at_work.update(crawls_at_work(store.db, folder))
                return free_sites(sites, at_work, named=scope.named)

            run = store.begin_run(
                command,
                scope.sites,
                now,
                config=config.model_dump(mode="json"),
                versions=versions(),
                choose=choose if command == "crawl" else lambda sites: sites,
                show_alive=lambda run_id: opened.enter_context(alive(folder, run_id, now)),
            )
            opened.enter_context(keep_log(folder, config, config.logs))
            refuse_beside(folder, *_NOT_BESIDE)  # it may have begun while we did; now it sees our run
            catch_up(store)
            archive = opened.enter_context(_open_archive(folder, config, run))
            return cls(
                folder=folder,
                config=config,
                store=store,
                run=run,
                scope=replace(scope, sites=run.sites),
                left_out={site: at_work[site] for site in scope.sites if site not in run.sites},
                archive=archive,
                cleaner=cleaner_config(config),
                _closing=opened.pop_all(),
            )

    def close(self, *, state: str = "finished", note: str | None = None) -> bool:
        """End the run and close everything; closing twice changes nothing. Return whether it was open."""
        if self._closed:
            return False
        self._closed = True
        try:
            self.seconds = self.now() - self.run.started_at
            self.store.end_run(self.run, self.now(), state=state, note=note)
            self.waiting = self.store.ledger.waiting(self.scope)
        except CollectorError as error:
            # The next run finds this one dead and takes its leases back.
            self.failure = self.failure or error
        finally:
            self._log_end(state, note)
            self._closing.close()
        return True

    def _log_end(self, state: str, note: str | None) -> None:
        """Write the one line that a run has in the log."""
        pages, seconds = self.outcomes.total(), round(self.seconds, 1)
        logger.info(
            "run %d %s: %d pages in %.1f s",
            self.run.run_id,
            state,
            pages,
            seconds,
            extra={
                "fields": {
                    "run": self.run.run_id,
                    "sites": list(self.scope.sites),
                    "state": state,
                    "note": note,
                    "seconds": seconds,
                    "pages": pages,
                    "outcomes": dict(sorted(self.outcomes.items())),
                    "waiting": self.waiting,
                    "failure": None if self.failure is None else str(self.failure),
                }
            },
        )

    def on_close(self, action: Callable[[], object]) -> None:
        """Have something done when the crawl is closed, in whatever way it ends."""
        self._closing.callback(action)

    def pace(self, site: str) -> Pace:
        """Return how fast a site may be asked."""
        return self.config.pace(site)

    def site(self, name: str) -> Site | None:
        """Return a site's entry, None for URLs that belong to none (one-off ingestion)."""
        return self.config.sites.get(name)

    def knowing(self, task: Task) -> Task:
        """Return a task with what the page's site is known to repeat and says of the page's use."""
        key = site_key(task.site, task.url)
        if key not in self.templates:
            if len(self.templates) >= _MOST_TEMPLATES:
                self.templates.clear()
            known = find_template(self.store.db, key) if key else None
            self.templates[key] = None if known is None else known.body
        return replace(task, template=self.templates[key], declared=self.declared.of(task.url))

    def disk_is_low(self) -> str | None:
        """Return what is wrong when the disk has too little free space, else None."""
        free_mb = shutil.disk_usage(self.folder.root).free / 1e6
        least = self.config.archive.min_free_mb
        if free_mb >= least:
            return None
        return f"{self.folder.root}: {free_mb:.0f} MB free, less than archive.min_free_mb = {least:.0f}"


def open_store(folder: CorpusFolder, config: Config) -> Store:
    """Open the database of a corpus as its configuration says.

    Raises:
        StoreError: see `corpus.schema.connect`.
    """
    return Store(folder.database, config.site_of, busy_seconds=config.archive.busy_seconds, rules=config.dedup.rules())


def _open_archive(folder: CorpusFolder, config: Config, run: Run) -> ArchiveWriter:
    return ArchiveWriter(
        folder.archive,
        prefix=f"run{run.run_id:06d}",
        rotate_bytes=int(config.archive.rotate_mb * 1e6),
        warcinfo={
            "software": f"news-corpus-collector/{version('news-corpus-collector')}",
            "format": "WARC File Format 1.1",
            "robots": "obey (RFC 9309)" if config.robots.obey else "ignore",
            "http-header-user-agent": config.collector.user_agent,
            "configuration": config.model_dump_json(exclude={"sites"}),
        },
    )


#: Environment variable and Scrapy setting that name the corpus folder.
CORPUS_SETTING = "COLLECTOR_CORPUS"

#: Environment variable and Scrapy setting that name a file to read instead of the folder's ``collector.toml``.
CONFIG_SETTING = "COLLECTOR_CONFIG"

_crawls: WeakKeyDictionary[Crawler, Crawl] = WeakKeyDictionary()


def corpus_root(settings: BaseSettings) -> Path:
    """Return the corpus folder that Scrapy's settings, or else the environment, name; else this folder."""
    return Path(settings.get(CORPUS_SETTING) or os.environ.get(CORPUS_SETTING) or ".")


def config_file(settings: BaseSettings | None = None) -> Path | None:
    """Return the configuration file that Scrapy's settings, or else the environment, name; None: the folder's."""
    named = (settings.get(CONFIG_SETTING) if settings is not None else None) or os.environ.get(CONFIG_SETTING)
    return Path(named) if named else None


def crawl_of(crawler: Crawler) -> Crawl:
    """Return the crawl that a Scrapy crawler works for; the first call opens it.

    Raises:
        CollectorError: The corpus folder cannot be used.
    """
    if crawler not in _crawls:
        root = corpus_root(crawler.settings)
        spider = crawler.spider
        assert spider is not None, "the crawl is opened after its spider"
        config = read_config(config_file(crawler.settings) or CorpusFolder(root).config)
        scope: Scope = spider.scope(config)  # type: ignore[attr-defined]
        _crawls[crawler] = Crawl.open(root, scope, config, command="ingest" if scope.only_wanted else "crawl")
    return _crawls[crawler]


def adopt_crawl(crawler: Crawler, crawl: Crawl) -> None:
    """Let a Scrapy crawler work for a crawl that is open already."""
    _crawls[crawler] = crawl


def forget_crawl(crawler: Crawler) -> None:
    """Drop a crawl that was closed."""
    _crawls.pop(crawler, None)
