"""What a crawl does for its sites' health once it has ended: judge them, tell of it, leave figures behind."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from collector.config import Config
from collector.crawl import open_store
from collector.health.explain import explain
from collector.health.hooks import deliver
from collector.health.metrics import write_metrics
from collector.health.watch import Changes, watch_sites
from corpus.alarms import Alarm, read_alarms
from corpus.errors import CollectorError
from corpus.folder import CorpusFolder
from corpus.history import read_run

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the sites of a crawl are."""

    changes: Changes = field(default_factory=Changes)
    #: Open alarms of the sites.
    alarms: tuple[Alarm, ...] = ()
    #: For each site without a new article, why.
    explanations: tuple[str, ...] = ()


def look_after(
    root: Path,
    config: Config,
    sites: Sequence[str],
    run_id: int,
    *,
    metrics_file: Path | None = None,
    now: Callable[[], float] = time.time,
) -> Health:
    """Judge the sites of a crawl that has ended, deliver what waits, write the metrics file.

    Trouble of any of these is logged: the crawl itself is done and stored.

    Args:
        root: The corpus folder.
        config: The configuration in force.
        sites: The crawl's sites.
        run_id: The crawl.
        metrics_file: Where to write metrics; None: where the configuration says, if it does.
        now: The clock, in Unix seconds.
    """
    folder = CorpusFolder(root)
    health = Health()
    try:
        with closing(open_store(folder, config)) as store:
            changes = watch_sites(store, config, sites, run_id=run_id, now=now())
            alarms = tuple(one for one in read_alarms(store.db, only_open=True) if one.site in sites)
            begun = store.db.execute("SELECT started_at FROM run WHERE id = ?", (run_id,)).fetchone()
            visits = {site: read_run(store.db, site, run_id, begun[0]) if begun else None for site in sites}
            health = Health(changes=changes, alarms=alarms, explanations=tuple(explain(visits, alarms)))
            deliver(store, config.alarms, root, now)
    except CollectorError as error:
        logger.warning("the sites' health was not judged to the end: %s", error)
    file = metrics_file or _file_of(config, root)
    if file is not None:
        try:
            write_metrics(file, folder, config)
        except CollectorError as error:
            logger.warning("%s", error)
    return health


def _file_of(config: Config, root: Path) -> Path | None:
    """Return where the configuration wants the metrics; a relative path begins at the corpus folder."""
    return root / config.metrics.file if config.metrics.file else None
