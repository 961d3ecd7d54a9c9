"""Work on a corpus that bears no other at its side: takedown and compaction move and overwrite archive records."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from collector.config import Config
from collector.crawl import open_store
from corpus.errors import CorpusBusyError
from corpus.folder import CorpusFolder
from corpus.holding import BACKUP, COMPACT, FORGET, hold, refuse_beside
from corpus.store import Store

_LOOK_SECONDS = 1.0


@contextmanager
def working_alone(
    root: Path,
    config: Config,
    name: str,
    *,
    wait_seconds: float = 0.0,
    waiting: Callable[[str], object] = lambda _: None,
) -> Iterator[Store]:
    """Open a corpus that nobody else works on; crawls that would begin meanwhile wait, or are refused.

    Args:
        root: The corpus folder.
        config: Its configuration.
        name: The command; also its lock.
        wait_seconds: How long to wait for runs under way; none begins meanwhile.
        waiting: Told once what is waited for.

    Raises:
        CorpusBusyError: A run is under way and did not end in time, or other such work is done.
        StoreError: The database cannot be opened.
    """
    folder = CorpusFolder(root)
    folder.check()
    with hold(folder, name, time.time()):
        refuse_beside(folder, *{FORGET, COMPACT, BACKUP} - {name})
        with closing(open_store(folder, config)) as store:
            _wait_for_runs(folder, store, wait_seconds, waiting)
            yield store


def _wait_for_runs(folder: CorpusFolder, store: Store, seconds: float, waiting: Callable[[str], object]) -> None:
    end, told = time.monotonic() + seconds, False
    while True:
        running = [row[0] for row in store.db.execute("SELECT id FROM run WHERE state = 'running'").fetchall()]
        dead = folder.dead(running)
        alive = sorted(set(running) - set(dead))
        if not alive:
            if dead:
                store.bury_runs(dead, time.time())
            return
        if time.monotonic() >= end:
            raise CorpusBusyError(f"{folder.root}: run {alive[0]} is under way; stop it first, it goes on afterwards")
        if not told:
            waiting(f"waiting for run {alive[0]} to end; no other begins meanwhile")
            told = True
        time.sleep(_LOOK_SECONDS)
