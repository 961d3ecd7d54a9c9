"""Crawls as processes of their own: a reactor cannot be started twice, and what one site breaks stays with it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from collector.crawl import CONFIG_SETTING
from collector.progress import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A crawl to be started."""

    root: Path
    site: str
    #: A copy of the configuration that is in force; ``collector.toml`` may have been broken since.
    config: Path
    #: The crawl ends in good order after so many seconds.
    limit_seconds: float
    #: Listings whose time comes within so many seconds are asked, too.
    ahead_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a crawl ended."""

    #: finished, interrupted, failed.
    state: str
    run_id: int | None
    outcomes: Mapping[str, int] = field(default_factory=dict)
    #: Why it failed, or found nothing.
    note: str | None = None


class RunningProcess(Protocol):
    """A crawl under way."""

    def poll(self) -> Ended | None:
        """Return how it ended, None while it is under way."""

    def stop(self, *, force: bool) -> None:
        """Ask it to end in good order; with ``force`` at once."""


class CrawlProcess:
    """``collector crawl SITE`` in a process; warnings go where ours go."""

    def __init__(self, order: Order) -> None:
        """Start it.

        Raises:
            OSError: No process can be started.
        """
        self._process = subprocess.Popen(  # noqa: S603  # our own command line, a site's name of our configuration
            [
                *(sys.executable, "-m", "collector", "crawl", order.site, "--corpus", str(order.root)),
                *("--due-within", f"{order.ahead_seconds / 60:.2f}"),
                *("--minutes", f"{max(order.limit_seconds / 60, 0.01):.2f}"),
                *("--quiet", "--json"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env={**os.environ, CONFIG_SETTING: str(order.config)},
            start_new_session=True,  # Ctrl-C on the terminal is ours to pass on
            text=True,
        )

    def poll(self) -> Ended | None:
        """Return how it ended, None while it is under way."""
        code = self._process.poll()
        if code is None:
            return None
        assert self._process.stdout is not None
        with self._process.stdout as stdout:  # one short document, well below what a pipe holds
            return ended(code, stdout.read())

    def stop(self, *, force: bool) -> None:
        """Ask it to end in good order; with ``force`` at once."""
        if force:
            self._process.kill()
        else:
            self._process.terminate()


#: Exit codes of `collector.cli.exits` after which nothing went wrong: 0, and that of a crawl that found nothing.
_FOUND_NOTHING = 4
_FINE = (0, _FOUND_NOTHING)
#: Ended by Ctrl-C or SIGTERM, in good order or before it had begun.
_STOPPED = (130, -2, -15)


def ended(code: int, stdout: str) -> Ended:
    """Return what an exit code and a report mean."""
    try:
        report = json.loads(stdout)
    except ValueError:
        report = {}
    run_id, outcomes = report.get("run"), report.get("outcomes", {})
    if code in _STOPPED:
        return Ended(state="interrupted", run_id=run_id, outcomes=outcomes)
    if code in _FINE:
        note = "; ".join(report.get("nothing_new", ())) if code == _FOUND_NOTHING else ""
        return Ended(state="finished", run_id=run_id, outcomes=outcomes, note=note or None)
    died = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
    return Ended(state="failed", run_id=run_id, outcomes=outcomes, note=report.get("error") or died)


def in_words(outcomes: Mapping[str, int]) -> str:
    """Say in a few words what came of a crawl.

    >>> in_words({"kept": 3, "listed": 1, "removed/too-short": 2})
    '6 pages: 3 kept, 2 removed, 1 listed'
    """
    tally = Tally.of(outcomes)
    if not tally.pages:
        return "nothing was due"
    groups = ("kept", "updated", "duplicates", "unchanged", "removed", "failed", "deferred", "listed")
    counts = [f"{count} {group}" for group in groups if (count := getattr(tally, group))]
    return f"{tally.pages} pages: {', '.join(counts)}"
