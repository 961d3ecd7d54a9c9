"""Cleans archived pages again, whichever are asked for, and says what that changed.

Each batch brings the articles up to date in its own transaction: whoever reads meanwhile, or after a kill, finds every
article in one of its two states.
"""

import asyncio
import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from collector.crawl import Crawl
from collector.tasks import Findings, Task, cleaner_name, is_dump
from collector.workers import Workers
from corpus.captures import capture_columns
from corpus.errors import ArchiveError, PageError
from corpus.outlines import enter_outline
from corpus.pages import COLUMNS, FETCHES, page_of
from corpus.types import Article, Kind, Removal

_BATCH = 64
#: Captures with what is needed to clean them again.
CAPTURES = f"SELECT capture.*, {COLUMNS} FROM {FETCHES} JOIN capture ON capture.fetch_id = fetch.id"


@dataclass(slots=True)
class Changes:
    """What cleaning again changed."""

    #: ``unchanged``, ``text``, ``metadata``, ``kept -> removed/REASON``, ``removed/REASON -> kept`` …
    counts: Counter[str] = field(default_factory=Counter)
    #: A few URLs of each kind of change.
    examples: dict[str, list[str]] = field(default_factory=dict)
    #: (URL, message) of pages that could not be cleaned again; they stay as they are.
    failures: list[tuple[str, str]] = field(default_factory=list)
    #: URLs that were refused for a reservation that is no longer obeyed, and may be fetched now.
    due: int = 0
    #: Sites whose template changed: articles it was learned from, and pages that were cleaned again for it.
    sites: dict[str, tuple[int, int]] = field(default_factory=dict)

    def note(self, change: str, url: str) -> None:
        """Count a change and remember its URL as an example."""
        self.counts[change] += 1
        examples = self.examples.setdefault(change, [])
        if len(examples) < 5:
            examples.append(url)


async def clean_again(
    crawl: Crawl, workers: Workers, rows: Iterable[sqlite3.Row], changes: Changes, shown: Callable[[str], None]
) -> None:
    """Clean captures again and store what they become.

    Args:
        crawl: The open corpus.
        workers: The cleaning processes.
        rows: Rows of `CAPTURES`.
        changes: Where to note what changed.
        shown: Told the URL of each page that is done.

    Raises:
        CollectorError: The corpus cannot be read or written; what is done so far is stored.
    """
    under_way: deque[tuple[sqlite3.Row, asyncio.Future[Findings]]] = deque()
    judged: list[tuple[int, Findings]] = []

    async def finish_one() -> None:
        row, future = under_way.popleft()
        findings = await future
        if _judge(row, findings, changes):
            judged.append((row["fetch_id"], findings))
        shown(row["url"])
        if len(judged) >= _BATCH:
            _write(crawl, judged)

    for row in rows:
        task = _task(crawl, row, changes)
        if task is None:
            shown(row["url"])
            continue
        under_way.append((row, asyncio.ensure_future(workers.study(crawl.knowing(task)))))
        await asyncio.sleep(0)
        if len(under_way) >= 4 * workers.count:
            await finish_one()
    while under_way:
        await finish_one()
    _write(crawl, judged)


def _task(crawl: Crawl, row: sqlite3.Row, changes: Changes) -> Task | None:
    """Return the archived page as a task, None if it cannot be read."""
    try:
        page = page_of(row, crawl.folder.archive)
    except (ArchiveError, PageError) as error:
        changes.failures.append((row["url"], str(error)))
        return None
    return Task(
        url=row["fetch_url"],
        status=page.status,
        headers=page.headers,
        wire_body=page.body,
        provenance=page.provenance,
        kind=Kind.ARTICLE,
        site=row["site"],
        decoded=True,
        is_text=is_dump(page),
    )


def _judge(row: sqlite3.Row, findings: Findings, changes: Changes) -> bool:
    """Note what a page became; return whether it became anything."""
    if findings.verdict is None:
        changes.failures.append((row["url"], findings.evidence or "no verdict"))
        return False
    changes.note(_change(row, findings.verdict), row["url"])
    return True


def _change(row: sqlite3.Row, verdict: Article | Removal) -> str:
    before = "kept" if row["reason"] is None else f"removed/{row['reason']}"
    after = "kept" if isinstance(verdict, Article) else f"removed/{verdict.reason}"
    if before != after:
        return f"{before} -> {after}"
    if isinstance(verdict, Removal):
        return "unchanged"
    columns = capture_columns(verdict, url_key=row["url"])
    if columns["text_hash"] != row["text_hash"]:
        return "text"
    named = ("title", "language", "published", "modified", "site_name", "canonical_url", "metadata")
    return "unchanged" if all(columns[name] == row[name] for name in named) else "metadata"


def _write(crawl: Crawl, judged: list[tuple[int, Findings]]) -> None:
    """Store a batch of findings and empty it."""
    with crawl.store.transaction() as db:
        for fetch_id, findings in judged:
            assert findings.verdict is not None, "what has no verdict is a failure"
            crawl.store.replace_capture(fetch_id, findings.verdict, cleaner_name(crawl.cleaner), crawl.now())
            enter_outline(db, fetch_id, findings.outlined)
    judged.clear()
