"""Runs a spider in this process, on a corpus folder, from start to end."""

import logging
from collections import Counter
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from rich.console import Console
from rich.markup import escape
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from collector.config import Config, read_config
from collector.crawl import CORPUS_SETTING, Crawl, adopt_crawl, config_file
from collector.progress import Progress
from collector.settle import settle_corpus
from collector.workers import Workers
from corpus.errors import CollectorError, CorpusBusyError
from corpus.folder import CorpusFolder

logger = logging.getLogger(__name__)

#: A module that looks through the stack and all modules when it is loaded; it must not be from the midst of a crawl.
_SLOW_TO_LOAD = "scrapy.core.downloader.contextfactory"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """How a run ended."""

    run: int
    seconds: float
    outcomes: Counter[str]
    #: The sites that it worked on …
    sites: tuple[str, ...]
    #: … and those that it would have, if another crawl were not at work on them.
    left_out: tuple[str, ...]
    #: URLs of the run's scope that still wait, for a retry or for the next run.
    waiting: int
    #: Why it had to stop, None when it ended by itself or by Ctrl-C.
    failure: CollectorError | None
    #: ``finished``, ``shutdown`` (Ctrl-C) or what else Scrapy calls it.
    reason: str
    #: Sites whose template changed: articles it was learned from, and pages that were cleaned again for it.
    settled: dict[str, tuple[int, int]] = field(default_factory=dict)


def run_spider(
    root: Path,
    spider: str,
    arguments: dict[str, Any],
    *,
    console: Console | None = None,
    config: Config | None = None,
    command: str = "crawl",
    seconds: float | None = None,
    due_within_seconds: float | None = None,
) -> RunResult:
    """Run a spider; it can be done once a process, since Twisted's reactor cannot be started twice.

    Args:
        root: The corpus folder.
        spider: The spider's name.
        arguments: The spider's arguments.
        console: Where to report progress; None for nowhere.
        config: The configuration; None reads the folder's.
        command: What the run is called in the ledger.
        seconds: No new page is fetched after so many seconds.
        due_within_seconds: Listings are visited by evidence: only those whose time comes within so many seconds.

    Raises:
        CollectorError: The corpus could not be opened. (What goes wrong later is in the result.)
    """
    config = config or read_config(config_file() or CorpusFolder(root).config)
    with Workers(config) as workers:  # made before there are threads, locks or an open database
        loading = Thread(target=import_module, args=(_SLOW_TO_LOAD,))  # which has a stack of its own, and a short one
        loading.start()
        loading.join()
        settings = Settings()
        settings.setmodule("collector.settings", priority="project")
        settings.set(CORPUS_SETTING, str(root), priority="cmdline")
        settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")  # the command line has its own
        process = AsyncCrawlerProcess(settings)
        crawler = process.create_crawler(spider)
        scope = crawler.spidercls(**arguments).scope(config)  # type: ignore[attr-defined]
        crawl = Crawl.open(root, scope, config, command=command)
        crawl.workers = workers
        if console is not None:
            for site, other in crawl.left_out.items():
                console.print(escape(f"{site} is left out, as it is being crawled already: {other}"), soft_wrap=True)
        if seconds is not None:
            crawl.deadline = crawl.now() + seconds
        if due_within_seconds is not None:
            crawl.store.ledger.by_evidence, crawl.ahead_seconds = True, due_within_seconds
        adopt_crawl(crawler, crawl)
        Progress.show_on(console)
        try:
            process.crawl(crawler, **arguments)
            process.start()
        finally:
            forced = crawl.close(state="interrupted", note="stopped by force")
    failure, settled = crawl.failure, {}
    if failure is None and crawl.reason == "finished":
        try:
            settled = settle_corpus(root, config).sites
        except CorpusBusyError as error:  # a compaction has waited for our end; the next run settles the sites
            logger.info("the sites are settled by the next run: %s", error)
        except CollectorError as error:  # the pages are stored; the next run settles the sites
            failure = error
    return RunResult(
        run=crawl.run.run_id,
        seconds=crawl.seconds,
        outcomes=crawl.outcomes,
        waiting=crawl.waiting,
        failure=failure,
        sites=crawl.scope.sites,
        left_out=tuple(crawl.left_out),
        reason="shutdown" if forced else crawl.reason,
        settled=settled,
    )
