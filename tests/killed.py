"""Runs the command line and kills it with SIGKILL at the Nth passing of a stage: ``killed.py STAGE:N ARGUMENT…``.

The stages wrap the project's own functions from outside; the project has no hooks for it.
"""

import os
import signal
import sys
from collections import Counter
from typing import Any, NoReturn

from collector import committer, frontier, middlewares, workers
from collector.cli import main
from collector.pipelines import CollectorPipeline
from corpus import backup
from corpus.archive.segment import Segment
from corpus.archive.writer import ArchiveWriter
from corpus.documents import Documents
from corpus.store import Store
from corpus.twins import TwinIndex

passed: Counter[str] = Counter()
stage_to_die_at, nth = "", 0


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def passing(stage: str) -> None:
    passed[stage] += 1
    if stage == stage_to_die_at and passed[stage] >= nth:
        die()


def around(owner: Any, name: str, before: str, after: str) -> None:
    whole = getattr(owner, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        passing(before)
        result = whole(*arguments, **named)
        passing(after)
        return result

    setattr(owner, name, wrapped)


def around_async(owner: Any, name: str, before: str, after: str) -> None:
    whole = getattr(owner, name)

    async def wrapped(*arguments: Any, **named: Any) -> Any:
        passing(before)
        result = await whole(*arguments, **named)
        passing(after)
        return result

    setattr(owner, name, wrapped)


def tear_records() -> None:
    """Let half of a record reach the file before the process dies."""
    whole = Segment.append

    def append(self: Segment, record: bytes) -> int:
        passed["record-torn"] += 1
        if stage_to_die_at == "record-torn" and passed["record-torn"] >= nth:
            whole(self, record[: len(record) // 2])
            die()
        return whole(self, record)

    Segment.append = append  # type: ignore[method-assign]


def die_inside_transactions() -> None:
    """Die when a batch is half stored: its statements ran, its COMMIT did not."""
    close_lease = Store._close_lease

    def wrapped(self: Store, *arguments: Any) -> None:
        close_lease(self, *arguments)
        passing("transaction-open")

    Store._close_lease = wrapped  # type: ignore[method-assign]


def wrap_stages() -> None:
    around(frontier.LedgerScheduler, "_lease", "lease-before", "lease-after")
    around_async(middlewares.RobotsMiddleware, "_ask", "robots-before", "robots-after")
    around_async(CollectorPipeline, "_visit", "response-arrived", "response-judged")
    around_async(workers.Workers, "study", "cleaning-before", "cleaning-after")
    around(ArchiveWriter, "write_exchange", "archive-before", "archive-after")
    around(ArchiveWriter, "flush", "flush-before", "flush-after")
    around(Store, "commit", "commit-before", "commit-after")
    around(Store, "end_run", "end-before", "end-after")
    around(Store, "replace_capture", "replace-before", "replace-after")
    around(committer.Committer, "commit", "batch-before", "batch-after")
    around(backup._Backup, "_copy_database", "backup-database-before", "backup-database-after")
    around(backup._Backup, "_copy", "backup-file-before", "backup-file-after")
    around(backup._Backup, "_publish", "backup-manifest-before", "backup-manifest-after")
    around(Documents, "settle", "settle-before", "settle-after")
    around(TwinIndex, "_enter", "index-before", "index-after")
    tear_records()
    die_inside_transactions()


if __name__ == "__main__":
    stage_to_die_at, _, count = sys.argv.pop(1).partition(":")
    nth = int(count)
    wrap_stages()
    main()
