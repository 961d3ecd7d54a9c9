"""One crawl of a site at a time, however it is started.

Two crawls of one site would keep its pace, and fetch nothing twice, since both lease from one ledger. But each would
judge the site by its half of the visits, learn its templates from half of the pages, and the one that ends first would
tell that the other's listings brought nothing.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.errors import CorpusBusyError
from corpus.folder import CorpusFolder
from corpus.holding import Holder, runner_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWork:
    """A crawl that is alive."""

    run_id: int
    holder: Holder

    def __str__(self) -> str:
        return f"run {self.run_id}, {self.holder}"


def crawls_at_work(db: sqlite3.Connection, folder: CorpusFolder) -> dict[str, AtWork]:
    """Return the sites that a living crawl works on, and which."""
    rows = db.execute("SELECT id, sites FROM run WHERE state = 'running' AND command = 'crawl'").fetchall()
    dead = set(folder.dead([row[0] for row in rows]))
    found: dict[str, AtWork] = {}
    for run_id, sites in rows:
        if run_id not in dead:
            crawl = AtWork(run_id=run_id, holder=runner_of(folder, run_id))
            found.update(dict.fromkeys(json.loads(sites), crawl))
    return found


def free_sites(sites: Sequence[str], at_work: Mapping[str, AtWork], *, named: bool) -> tuple[str, ...]:
    """Return the sites that a new crawl may work on.

    Args:
        sites: The sites that it wants.
        at_work: See `crawls_at_work`, in the transaction that will enter the new crawl.
        named: They were asked for by name; others are left out where they are worked on.

    Raises:
        CorpusBusyError: A site that was named, or every site, is worked on; the message says by whom.
    """
    free = tuple(site for site in sites if site not in at_work)
    taken = next((site for site in sites if site in at_work), None)
    if taken is not None and (named or not free):
        raise CorpusBusyError(f"{taken} is being crawled already, and bears one crawl at a time: {at_work[taken]}")
    return free
