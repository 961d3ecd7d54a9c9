"""``collector run``."""

import logging
import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import METRICS_FILE, CorpusOption, MetricsFileOption, app
from collector.cli.exits import Exit
from collector.health.metrics import serving_metrics
from collector.logbook import keep_log
from collector.redaction import RedactingFormatter
from collector.schedule.daemon import Daemon
from corpus.folder import CorpusFolder
from corpus.holding import hold

#: Name of the lock that a daemon holds.
LOCK = "run"


@app.command(
    epilog="Examples:\n\n  collector run\n\n  collector run --once\n\nSignals: SIGTERM and SIGINT end it in good order "
    "(three times: by force), SIGHUP reads collector.toml again."
)
def run(
    corpus: CorpusOption = Path(),
    once: Annotated[
        bool, typer.Option("--once", help="Crawl each site whose turn has come once, and end: for cron and timers.")
    ] = False,
    metrics_file: MetricsFileOption = None,
) -> int:
    """Crawl each site when its turn comes, by the schedule in collector.toml, until it is stopped.

    Each crawl is a process of its own. All state is in the corpus: after a restart it goes on where it was.
    """
    folder = CorpusFolder(corpus)
    folder.check()
    _log_to_stderr()
    if metrics_file is not None:
        os.environ[METRICS_FILE] = str(metrics_file.absolute())  # the crawls are processes of ours, and write it
    with (
        hold(folder, LOCK, time.time()),
        Daemon(folder) as daemon,
        keep_log(folder, daemon.config, daemon.config.logs),
        serving_metrics(folder, lambda: daemon.config),
    ):
        daemon.run(once=once)
    return Exit.OK


def _log_to_stderr() -> None:
    """Show a line a crawl: with a service, standard error is the journal."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("collector.schedule")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
