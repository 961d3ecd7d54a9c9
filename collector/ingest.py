"""One-off ingestion of what is at hand already: HTML files, WARC and WET files, text dumps.

URLs are fetched by the ``urls`` spider; everything else comes here, goes through the same cleaning processes and the
same store, and is archived (files) or referred to (WARC records) just as a crawl's responses are.
"""

import asyncio
import hashlib
import re
import zlib
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import lxml.html

from cleaners.decode import decode
from cleaners.sniff import sniff
from collector.crawl import Crawl
from collector.tasks import Findings, Task, cleaner_name
from collector.workers import Workers
from corpus.archive.coding import decode_content
from corpus.archive.reader import PAGE_TYPES, ConvertedText, pages, read_member, texts
from corpus.archive.records import BrokenRecord, Record, iter_records
from corpus.errors import ConfigError, PageError
from corpus.ledger import Lease
from corpus.publishers import NO_SITE
from corpus.types import Discovery, Kind, Page, Provenance, Via, WarcRecord
from corpus.urls import canonicalise
from corpus.visits import Fetch, Visit

#: How much of a file is looked at to tell what it is.
_HEAD_BYTES = 4096
#: Pages stored in one transaction.
_BATCH = 64
#: Pages that are read ahead, for each cleaning process: enough that none waits while a batch is stored or the oldest
#: page takes its time …
_AHEAD_A_WORKER = 16
#: … and bytes of them, so that memory stays flat whatever their size.
_AHEAD_BYTES = 32_000_000
_GZIP = b"\x1f\x8b"
_WARC_NAME = re.compile(r"\.(?:warc|arc|wet|wat)(?:\.gz|\.zst)?$", re.IGNORECASE)
_HTML_NAME = re.compile(r"\.x?html?(?:\.gz)?$", re.IGNORECASE)
_HTML_BEGINNING = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype|html|head|body|\?xml)", re.IGNORECASE | re.DOTALL)
_URL_LINE = re.compile(r"https?://\S+$")


class Form(StrEnum):
    """What an input is."""

    URLS = "urls"
    HTML = "html"
    WARC = "warc"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to ingest."""

    form: Form
    #: The file; None for a URL given on the command line or standard input.
    path: Path | None
    #: The URLs, for `Form.URLS`.
    urls: tuple[str, ...] = ()
    #: Lines that are no URLs, for `Form.URLS`.
    strange: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A part of the input that could not be read."""

    place: str
    message: str


def sort_inputs(arguments: Iterable[str], form: Form | None, read_stdin: Callable[[], str]) -> Iterator[Input]:
    """Tell for each argument what it is; folders are taken file by file, in alphabetical order.

    Args:
        arguments: URLs, files, folders, or ``-`` for standard input.
        form: What the files are, where they don't show it; None looks at their names and beginnings.
        read_stdin: Reads standard input.

    Raises:
        ConfigError: An argument is neither a URL nor a file.
    """
    for argument in arguments:
        if argument == "-":
            yield Input(Form.URLS, None, *_url_lines(read_stdin()))
        elif _URL_LINE.match(argument):
            yield Input(Form.URLS, None, (argument,))
        elif Path(argument).is_dir():
            files = sorted(path for path in Path(argument).rglob("*") if path.is_file() and path.name[0] != ".")
            yield from (_sorted_file(path, form) for path in files)
        elif Path(argument).is_file():
            yield _sorted_file(Path(argument), form)
        else:
            raise ConfigError(f"{argument} is neither a URL (http:// or https://) nor a file")


def _sorted_file(path: Path, form: Form | None) -> Input:
    found = form or _form_of(path)
    urls = _url_lines(path.read_text("utf-8", "replace")) if found is Form.URLS else ((), ())
    return Input(found, path, *urls)


def _form_of(path: Path) -> Form:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if _WARC_NAME.search(path.name) or _unpacked(head).startswith((b"WARC/", b"filedesc://")):
        return Form.WARC
    if _HTML_NAME.search(path.name) or _HTML_BEGINNING.match(head):
        return Form.HTML
    text = head.decode("utf-8", "replace")
    whole = text if len(head) < _HEAD_BYTES else text.rpartition("\n")[0]
    lines = [line.strip() for line in whole.splitlines()]
    meant = [line for line in lines if line and not line.startswith("#")]
    urls = sum(_URL_LINE.match(line) is not None for line in meant)
    return Form.URLS if 2 * urls > len(meant) else Form.TEXT


def _holds_texts(path: Path) -> bool:
    """Tell whether a WARC file holds texts that were made of pages (WET), by its first record that holds either."""
    first = next((one for one in iter_records(path, max_body_bytes=0) if _is_content(one)), None)
    return isinstance(first, Record) and first.type == "conversion"


def _is_content(record: Record | BrokenRecord) -> bool:
    return isinstance(record, Record) and record.type in {*PAGE_TYPES, "conversion"}


def _unpacked(head: bytes) -> bytes:
    """Return the first bytes of a file behind gzip, so that what it is shows whatever its name."""
    if not head.startswith(_GZIP):
        return head
    with suppress(zlib.error):
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, _HEAD_BYTES)
    return head


def _url_lines(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the URLs of a list, and the lines that are none."""
    lines = [line.strip() for line in text.splitlines()]
    meant = [line for line in lines if line and not line.startswith("#")]
    urls = tuple(line for line in meant if _is_url(line))
    return urls, tuple(line for line in meant if not _is_url(line))


def _is_url(line: str) -> bool:
    try:
        return bool(_URL_LINE.match(line) and canonicalise(line))
    except ValueError:
        return False


class Ingest:
    """Ingests files into an open crawl."""

    def __init__(
        self,
        crawl: Crawl,
        workers: Workers,
        *,
        url: str | None = None,
        copy: bool = False,
        shown: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Work on ``crawl``.

        Args:
            crawl: The open corpus.
            workers: The cleaning processes.
            url: URL of the page, for an HTML file or text dump that does not tell.
            copy: Copy WARC records into the corpus' archive instead of referring to them.
            shown: Told the place of each page as it is stored.
        """
        self._crawl = crawl
        self._workers = workers
        self._url = url
        self._copy = copy
        self._shown = shown
        self._cleaner = cleaner_name(crawl.cleaner)
        self.problems: list[Problem] = []

    def run(self, inputs: Iterable[Input]) -> None:
        """Ingest files, in their order.

        Raises:
            CollectorError: The corpus cannot be written.
        """
        asyncio.run(self._run(inputs))

    async def _run(self, inputs: Iterable[Input]) -> None:
        """Keep the processes busy, and store what they find in the order of the input."""
        under_way: deque[tuple[Lease, Task, asyncio.Future[Findings]]] = deque()
        visits: list[Visit] = []
        for task in self._tasks(inputs):
            lease = self._claim(task)
            forgotten = self._crawl.store.tombstones.judge(task.url, None)
            if forgotten is not None:
                visits.append(Visit(lease=lease, verdict=forgotten))
            elif self._crawl.store.has_body(lease.url_id, hashlib.sha256(task.wire_body).digest()):
                visits.append(Visit(lease=lease, unchanged=True, evidence="the same bytes were ingested before"))
            else:
                told = replace(self._crawl.knowing(task), key=lease.url)
                under_way.append((lease, task, asyncio.ensure_future(self._workers.study(told))))
                await asyncio.sleep(0)
            while self._is_ahead(under_way):
                visits.append(await self._visit(*under_way.popleft()))
            visits = self._store(visits, at_least=_BATCH)
        while under_way:
            visits.append(await self._visit(*under_way.popleft()))
            visits = self._store(visits, at_least=_BATCH)
        self._store(visits, at_least=1)

    def _is_ahead(self, under_way: Collection[tuple[Lease, Task, asyncio.Future[Findings]]]) -> bool:
        waiting = sum(len(task.wire_body) for _, task, _ in under_way)
        return len(under_way) >= _AHEAD_A_WORKER * self._workers.count or waiting > _AHEAD_BYTES

    def _claim(self, task: Task) -> Lease:
        found = Discovery(url=task.url, kind=Kind.ARTICLE, via=Via.INGEST, found_on=task.provenance.found_on)
        site = self._site_of(task.url)
        with self._crawl.store.transaction():
            return self._crawl.store.ledger.claim(found, self._crawl.now(), run_id=self._crawl.run.run_id, site=site)

    def _site_of(self, url: str) -> str:
        return NO_SITE if url.startswith("file:") else self._crawl.config.site_of(url) or NO_SITE

    async def _visit(self, lease: Lease, task: Task, findings: asyncio.Future[Findings]) -> Visit:
        found = await findings
        forgotten = self._crawl.store.tombstones.judge(task.url, found.verdict)
        if forgotten is not None:
            return Visit(lease=lease, verdict=forgotten)
        self._shown(task.url)
        if found.error is not None:
            self.problems.append(Problem(place=task.url, message=found.evidence))
            if found.error.startswith("cleaner-"):  # without a fetch, the next ingest tries again
                return Visit(lease=lease, error=found.error, evidence=found.evidence)
        record, wire_digest = task.provenance.warc_record, None
        if not found.noarchive and (record is None or self._copy):
            member = read_member(record) if record is not None else None
            if member is not None:
                record = self._crawl.archive.write_copy(member)
            else:
                record, wire_digest = self._write_resource(task)
        fetch = Fetch(
            fetched_at=task.provenance.fetched_at,
            status=task.status,
            wire_bytes=len(task.wire_body),
            wire_digest=wire_digest,
            body_digest=found.body_digest,
            warc_record=record,
        )
        if found.error is not None:
            return Visit(lease=lease, fetch=fetch, error=found.error, evidence=found.evidence)
        return Visit(
            lease=lease,
            fetch=fetch,
            verdict=found.verdict,
            cleaner=self._cleaner,
            outlined=found.outlined,
            prepared=found.prepared,
        )

    def _write_resource(self, task: Task) -> tuple[WarcRecord, bytes]:
        """Archive bytes that came from a file and not over the wire; return the record and their SHA-1."""
        content_type = next((v for n, v in task.headers if n.lower() == "content-type"), "application/octet-stream")
        record = self._crawl.archive.write_resource(
            url=task.url, fetched_at=task.provenance.fetched_at, body=task.wire_body, content_type=content_type
        )
        return record, hashlib.sha1(task.wire_body, usedforsecurity=False).digest()

    def _store(self, visits: list[Visit], *, at_least: int) -> list[Visit]:
        """Store visits once there are enough of them; return those that still wait."""
        if len(visits) < at_least:
            return visits
        self._crawl.archive.flush()
        stored = self._crawl.store.commit(visits, self._crawl.run, self._crawl.now())
        self._crawl.outcomes.update(stored)
        return []

    # -- what there is to study -----------------------------------------------------------------------------------

    def _tasks(self, inputs: Iterable[Input]) -> Iterator[Task]:
        for one in inputs:
            assert one.path is not None, "URLs are fetched by the urls spider"
            try:
                yield from self._tasks_of(one, one.path)
            except OSError as error:
                self.problems.append(Problem(place=str(one.path), message=error.strerror or str(error)))

    def _tasks_of(self, one: Input, path: Path) -> Iterator[Task]:
        if one.form is Form.WARC:
            yield from self._warc_tasks(path)
            return
        body = self._read_file(path)
        if body is None:
            return
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        url = self._url or (_own_url(body) if one.form is Form.HTML else None) or path.absolute().as_uri()
        provenance = Provenance(
            requested_url=url, fetched_at=modified, via=Via.INGEST, found_on=path.absolute().as_uri()
        )
        # What is no text goes the way of a page, which names what it is.
        is_text = one.form is Form.TEXT and sniff(body) is None
        yield self._file_task(Form.TEXT if is_text else Form.HTML, url, body, provenance)

    def _read_file(self, path: Path) -> bytes | None:
        """Return what a file holds, decompressed; None, and a problem, where that cannot be had."""
        body = path.read_bytes()
        if not body.startswith(_GZIP):
            return body
        limit = int(self._crawl.config.fetch.max_body_mb * 1e6)
        try:
            return decode_content(body, ["gzip"], limit, url=path.absolute().as_uri())
        except PageError as error:
            self.problems.append(Problem(place=str(path), message=error.message))
            return None

    def _file_task(self, form: Form, url: str, body: bytes, provenance: Provenance) -> Task:
        if form is Form.TEXT:
            body = decode(body).text.encode("utf-8", "replace")
        return Task(
            url=url,
            status=200,
            headers=(("Content-Type", "text/html" if form is Form.HTML else "text/plain; charset=utf-8"),),
            wire_body=body,
            provenance=provenance,
            kind=Kind.ARTICLE,
            site=self._site_of(url),
            decoded=True,
            is_text=form is Form.TEXT,
        )

    def _warc_tasks(self, path: Path) -> Iterator[Task]:
        is_wet = _holds_texts(path)
        limit = int(self._crawl.config.fetch.max_body_mb * 1e6)
        found_in = texts(path, max_body_bytes=limit) if is_wet else pages(path, max_body_bytes=limit, known=self._known)
        for found in found_in:
            if isinstance(found, BrokenRecord):
                self.problems.append(Problem(place=f"{found.file} at byte {found.offset}", message=found.message))
                continue
            page = _text_page(found) if isinstance(found, ConvertedText) else found
            task = self._record_task(page, is_text=isinstance(found, ConvertedText))
            if task is not None:
                yield task

    def _known(self, record: WarcRecord, at: datetime | None) -> bool:
        """Tell whether a record was ingested before, and count it then: so an ingest goes on where one before ended."""
        known = self._crawl.store.has_record(str(Path(record.file).absolute()), record.offset, at)
        if known:
            self._crawl.outcomes["unchanged"] += 1
        return known

    def _record_task(self, page: Page, *, is_text: bool) -> Task | None:
        record = page.provenance.warc_record  # None in a file that is compressed as a whole: the page is copied then
        if record is not None:
            if is_text and self._known(record, page.provenance.fetched_at):
                return None
            record = replace(record, file=str(Path(record.file).absolute()))
        try:
            canonicalise(page.url)
        except ValueError:
            self.problems.append(Problem(place=page.url, message="is no URL of a web page"))
            return None
        return Task(
            url=page.url,
            status=page.status,
            headers=page.headers,
            wire_body=page.body,
            provenance=replace(page.provenance, warc_record=record),
            kind=Kind.ARTICLE,
            site=self._site_of(page.url),
            decoded=True,
            is_text=is_text,
        )


def _text_page(found: ConvertedText) -> Page:
    at = found.fetched_at or datetime(1970, 1, 1, tzinfo=UTC)
    provenance = Provenance(requested_url=found.url, fetched_at=at, via=Via.INGEST, warc_record=found.record)
    headers = (("Content-Type", "text/plain; charset=utf-8"),)
    return Page(url=found.url, status=200, headers=headers, body=found.text.encode(), provenance=provenance)


def _own_url(body: bytes) -> str | None:
    """Return the URL that a saved page names as its own."""
    try:
        tree = lxml.html.document_fromstring(body[:500_000])
    except (lxml.etree.LxmlError, ValueError):
        return None
    named = [link.get("href") for link in tree.iter("link") if link.get("rel") == "canonical"]
    named += [meta.get("content") for meta in tree.iter("meta") if meta.get("property") == "og:url"]
    return next((url.strip() for url in named if url and _URL_LINE.match(url.strip())), None)
