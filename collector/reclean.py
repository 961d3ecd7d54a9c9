"""Cleans every archived page again, without a request: with a newer cleaner, or with other settings.

What was cleaned with the version and settings in force is skipped, so that an interrupted `reclean` goes on where it
was. Each batch brings the articles up to date in its own transaction: whoever reads meanwhile, or after a kill, finds
every article in one of its two states.
"""

import asyncio
import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from collector.crawl import Crawl
from collector.study import Findings, Task, cleaner_name
from collector.workers import Workers
from corpus.archive.reader import read_page
from corpus.captures import capture_columns
from corpus.errors import ArchiveError, PageError
from corpus.ledger import parse_time
from corpus.types import Article, Kind, Page, Part, Provenance, Reason, Removal, Via, WarcRecord

_BATCH = 64
#: Removals that no cleaner decided.
_NOT_BY_CONTENT = (Reason.HTTP_ERROR, Reason.REDIRECTED, Reason.REDIRECT_LOOP, Reason.OFFSITE)

_CAPTURES = """
    SELECT capture.*, url.url, url.fetch_url, url.site, url.kind, url.part_of,
           url.part_number AS part, url.published_hint,
           fetch.fetched_at, warc.file, fetch.warc_offset, fetch.warc_length,
           original.file AS original_file, twin.warc_offset AS original_offset, twin.warc_length AS original_length,
           (SELECT via FROM discovery WHERE url_id = url.id ORDER BY found_at, via LIMIT 1) AS via,
           (SELECT found_on FROM discovery WHERE url_id = url.id ORDER BY found_at, via LIMIT 1) AS found_on
    FROM capture
    JOIN url ON url.id = capture.url_id
    JOIN fetch ON fetch.id = capture.fetch_id
    LEFT JOIN warc ON warc.id = fetch.warc_id
    LEFT JOIN fetch AS twin ON twin.id = fetch.same_as
    LEFT JOIN warc AS original ON original.id = twin.warc_id
"""


@dataclass(slots=True)
class Changes:
    """What cleaning again changed."""

    #: ``unchanged``, ``text``, ``metadata``, ``kept -> removed/REASON``, ``removed/REASON -> kept`` …
    counts: Counter[str] = field(default_factory=Counter)
    #: A few URLs of each kind of change.
    examples: dict[str, list[str]] = field(default_factory=dict)
    #: (URL, message) of pages that could not be cleaned again; they stay as they are.
    failures: list[tuple[str, str]] = field(default_factory=list)

    def note(self, change: str, url: str) -> None:
        """Count a change and remember its URL as an example."""
        self.counts[change] += 1
        examples = self.examples.setdefault(change, [])
        if len(examples) < 5:
            examples.append(url)


def count_stale(crawl: Crawl, *, everything: bool) -> int:
    """Return how many captures there are to clean again."""
    row = crawl.store.db.execute(
        f"SELECT count(*) FROM capture WHERE {_STALE}",
        _binding(crawl, everything=everything),
    ).fetchone()
    return int(row[0])


_STALE = (
    "(:everything OR capture.cleaner != :cleaner) AND coalesce(capture.reason, '') NOT IN "
    f"({', '.join(repr(reason.value) for reason in _NOT_BY_CONTENT)})"
)


def _binding(crawl: Crawl, *, everything: bool) -> dict[str, str | bool]:
    return {"everything": everything, "cleaner": cleaner_name(crawl.cleaner)}


def reclean(crawl: Crawl, workers: Workers, *, everything: bool, shown: Callable[[str], None]) -> Changes:
    """Clean again what was not cleaned with the version and settings in force.

    Args:
        crawl: The open corpus.
        workers: The cleaning processes.
        everything: Clean also what is up to date.
        shown: Told the URL of each page that is done.

    Raises:
        CollectorError: The corpus cannot be read or written; what is done so far is stored.
    """
    return asyncio.run(_reclean(crawl, workers, everything=everything, shown=shown))


async def _reclean(crawl: Crawl, workers: Workers, *, everything: bool, shown: Callable[[str], None]) -> Changes:
    changes = Changes()
    under_way: deque[tuple[sqlite3.Row, asyncio.Future[Findings]]] = deque()
    judged: list[tuple[int, Article | Removal]] = []

    async def finish_one() -> None:
        row, future = under_way.popleft()
        verdict = _judge(row, await future, changes)
        if verdict is not None:
            judged.append((row["fetch_id"], verdict))
        shown(row["url"])
        if len(judged) >= _BATCH:
            _write(crawl, judged)

    for row in _captures(crawl, everything=everything):
        task = _task(crawl, row, changes)
        if task is None:
            shown(row["url"])
            continue
        under_way.append((row, asyncio.ensure_future(workers.study(task))))
        await asyncio.sleep(0)
        if len(under_way) >= 4 * workers.count:
            await finish_one()
    while under_way:
        await finish_one()
    _write(crawl, judged)
    with crawl.store.transaction():
        crawl.store.drop_unused_texts()
    return changes


def _captures(crawl: Crawl, *, everything: bool) -> Iterator[sqlite3.Row]:
    """Yield captures by fetch, page by page of the database, so that no read transaction spans the writes."""
    last = 0
    while True:
        rows = crawl.store.db.execute(
            f"{_CAPTURES} WHERE capture.fetch_id > :last AND {_STALE} ORDER BY capture.fetch_id LIMIT 200",
            {"last": last, **_binding(crawl, everything=everything)},
        ).fetchall()
        if not rows:
            return
        yield from rows
        last = rows[-1]["fetch_id"]


def _task(crawl: Crawl, row: sqlite3.Row, changes: Changes) -> Task | None:
    """Return the archived page as a task, None if it cannot be read."""
    if row["file"] is None:
        changes.failures.append((row["url"], "not archived (its owner forbids it with noarchive)"))
        return None
    record = WarcRecord(file=row["file"], offset=row["warc_offset"], length=row["warc_length"])
    original = None
    if row["original_file"] is not None:
        original = WarcRecord(file=row["original_file"], offset=row["original_offset"], length=row["original_length"])
    provenance = Provenance(
        requested_url=row["fetch_url"],
        fetched_at=datetime.fromtimestamp(row["fetched_at"], UTC),
        via=Via(row["via"] or Via.SEED),
        found_on=row["found_on"] or None,
        warc_record=record,
        published_hint=parse_time(row["published_hint"]),
        part=Part(first_url=row["part_of"], number=row["part"] or 2) if row["part_of"] else None,
    )
    try:
        page = read_page(Path(crawl.folder.archive), record, provenance, refers_to=original)
    except (ArchiveError, PageError) as error:
        changes.failures.append((row["url"], str(error)))
        return None
    return Task(
        url=row["fetch_url"],
        status=page.status,
        headers=page.headers,
        wire_body=page.body,
        provenance=provenance,
        kind=Kind.ARTICLE,
        site=row["site"],
        decoded=True,
        is_text=_is_dump(page),
    )


def _is_dump(page: Page) -> bool:
    """Whether a page is a text dump that was ingested: its record names a type and no other header field."""
    return [name.lower() for name, _ in page.headers] == ["content-type"] and page.headers[0][1].startswith(
        "text/plain"
    )


def _judge(row: sqlite3.Row, findings: Findings, changes: Changes) -> Article | Removal | None:
    if findings.verdict is None:
        changes.failures.append((row["url"], findings.evidence or "no verdict"))
        return None
    changes.note(_change(row, findings.verdict), row["url"])
    return findings.verdict


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


def _write(crawl: Crawl, judged: list[tuple[int, Article | Removal]]) -> None:
    """Store a batch of verdicts and empty it."""
    with crawl.store.transaction():
        for fetch_id, verdict in judged:
            crawl.store.replace_capture(fetch_id, verdict, cleaner_name(crawl.cleaner), crawl.now())
    judged.clear()
