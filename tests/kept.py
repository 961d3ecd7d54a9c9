"""A corpus with some of everything that retention knows, on a real archive; and a way to die on the way."""

import hashlib
import os
import signal
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from small_corpus import BEGAN, Printed, begin_run, commit, make_folder, open_store, printed, write

from corpus import open_corpus
from corpus.archive import ArchiveWriter, Original, payload_digest, read_page
from corpus.folder import CorpusFolder
from corpus.store import Run, Store
from corpus.types import Discovery, Kind, Via, WarcRecord
from corpus.visits import Fetch, Visit

HARBOUR = "https://harbour-post.example"
FEED = f"{HARBOUR}/feed.xml"
#: Days after `BEGAN` at which it is tidied up.
LATER = 100
DAY = 86_400


@dataclass
class Press:
    """Archives and stores pages."""

    store: Store
    run: Run
    archive: ArchiveWriter

    def take(self, page: Printed) -> WarcRecord:
        record = write(self.archive, page)
        commit(self.store, self.run, page, record)
        return record

    def list(self, url: str, body: bytes, *, day: int = 0) -> int:
        """Store a feed; the same body again becomes a revisit. Return the fetch."""
        at = BEGAN + timedelta(days=day)
        digest = hashlib.sha1(body).digest()
        twin = self.store.fetch_of_payload(digest)
        if twin is None:
            record = write(self.archive, Printed(site="", url=url, verdict=None, fetched_at=at, body=body))  # type: ignore[arg-type]
        else:
            original = WarcRecord(file=twin["file"], offset=twin["warc_offset"], length=twin["warc_length"])
            record = self.archive.write_revisit(
                url=url,
                fetched_at=at,
                request_line_and_headers=b"GET / HTTP/1.1\r\n\r\n",
                status=200,
                reason="OK",
                headers=[],
                profile="identical-payload-digest",
                refers_to=Original(url=url, fetched_at=at, record=original),
                protocol=None,
                digest=payload_digest(body),
            )
        with self.store.transaction():
            found = Discovery(url=url, kind=Kind.FEED, via=Via.SEED)
            lease = self.store.ledger.claim(found, at.timestamp(), run_id=self.run.run_id, site="harbour-post")
        fetch = Fetch(
            fetched_at=at,
            status=200,
            wire_bytes=len(body),
            wire_digest=digest,
            body_digest=hashlib.sha256(body).digest(),
            warc_record=record,
            same_as=None if twin is None else twin["id"],
        )
        self.store.commit([Visit(lease=lease, fetch=fetch, listing=True)], self.run, at.timestamp())
        return int(self.store.db.execute("SELECT max(id) FROM fetch").fetchone()[0])


def fill(root: Path, *, stories: int = 12) -> CorpusFolder:
    """Build a corpus of three archive files: stories with versions, removed pages, and a feed that repeats itself."""
    folder = make_folder(root)
    with closing(open_store(folder)) as store:
        run = begin_run(store)
        for part in range(3):
            with ArchiveWriter(folder.archive, prefix=f"run{part + 1:06d}") as archive:
                press = Press(store, run, archive)
                for number in range(part, stories, 3):
                    text = f"Story {number} of the harbour. " * (number + 5)
                    press.take(printed(f"{HARBOUR}/{number}", text, title=f"Story {number}", after_minutes=number))
                    if number % 4 == 0:
                        again = printed(f"{HARBOUR}/{number}", f"{text}\n\nMore.", title=f"Story {number}")
                        press.take(
                            Printed(
                                site=again.site,
                                url=again.url,
                                verdict=again.verdict,
                                fetched_at=BEGAN + timedelta(days=3),
                                body=again.body,
                            )
                        )
                    press.take(printed(f"{HARBOUR}/short/{number}", None, after_minutes=number))
                    press.list(FEED, f"<rss>{number}</rss>".encode() * 200, day=part)
                    press.list(FEED, f"<rss>{number}</rss>".encode() * 200, day=part)
                press.list(FEED, b"<rss>the same for ever</rss>", day=part * 60)
        store.end_run(run, BEGAN.timestamp() + 3600)
    return folder


def articles_of(root: Path) -> dict[str, tuple[str, bytes]]:
    """Return text and raw copy of every article, by URL; each is read from the archive."""
    found = {}
    with open_corpus(root) as corpus:
        for article in corpus.articles():
            assert article.warc_record is not None
            body = read_page(corpus.folder.archive, article.warc_record).body
            found[article.url] = (article.text, body)
    return found


def dying_at(owner: Any, name: str, *, after: bool, nth: int = 1) -> None:
    """Let the process kill itself right before or after the nth call of a function."""
    whole: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def wrapped(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = whole(*arguments, **named)
        if calls == nth and after:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, wrapped)
