"""Whole WARC files: an ingest that was killed amid one goes on where it was, and reads ahead without holding it all."""

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from corpus_builder import story
from crawling import collector, make_corpus, stored, was_killed

from collector.config import read_config
from collector.crawl import Crawl
from collector.ingest import Ingest, sort_inputs
from collector.workers import Workers
from corpus import open_corpus
from corpus.archive.reader import pages
from corpus.archive.writer import ArchiveWriter
from corpus.errors import ArchiveError
from corpus.ledger import Scope
from corpus.publishers import NO_SITE
from corpus.types import Page, WarcRecord

PAGES = 100
#: Pages of a transaction.
BATCH = 64


@pytest.fixture(scope="module")
def warc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a WARC of some pages, each another story."""
    folder = tmp_path_factory.mktemp("warc")
    with ArchiveWriter(folder, prefix="bulk") as writer:
        for number in range(PAGES):
            text = "".join(f"<p>{line}</p>" for line in story(f"subject{number}", 12).split("\n") if line)
            head = f"<title>What came of number {number}</title>"
            writer.write_exchange(
                url=f"https://post.example/2026/11/{number}",
                fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
                request_line_and_headers=b"GET / HTTP/1.1\r\n\r\n",
                status=200,
                reason="OK",
                headers=((b"Content-Type", b"text/html; charset=utf-8"),),
                wire_body=f"<html lang=en>{head}<article><h1>Number {number}</h1>{text}</article>".encode(),
                protocol="HTTP/1.1",
            )
    return next(folder.iterdir())


@pytest.mark.slow
def test_an_ingest_killed_amid_a_file_goes_on_where_it_was(tmp_path: Path, warc: Path) -> None:
    undisturbed, disturbed = make_corpus(tmp_path / "a", {}), make_corpus(tmp_path / "b", {})
    assert collector("ingest", warc, "--corpus", undisturbed).code == 0
    for moment in ("commit-after:1", f"transaction-open:{(PAGES - BATCH) // 2}"):
        assert was_killed(collector("ingest", warc, "--corpus", disturbed, kill_at=moment)), moment
    outcomes = collector("ingest", warc, "--corpus", disturbed, "--json").json["outcomes"]
    assert outcomes == {"unchanged": BATCH, "kept": PAGES - BATCH}
    assert len(stored(undisturbed)) == PAGES
    assert stored(disturbed) == stored(undisturbed)
    with open_corpus(disturbed) as corpus:
        assert {article.warc_record.file for article in corpus.articles() if article.warc_record} == {str(warc)}


def test_records_that_are_known_are_passed_over(warc: Path) -> None:
    every = [page for page in pages(warc) if isinstance(page, Page)]
    offsets = {page.provenance.warc_record.offset for page in every[::2] if page.provenance.warc_record}

    def known(record: WarcRecord, at: datetime | None) -> bool:
        assert at == datetime(2026, 11, 22, tzinfo=UTC)
        return record.offset in offsets

    rest = [page.url for page in pages(warc, known=known) if isinstance(page, Page)]
    assert len(every) == PAGES
    assert rest == [page.url for page in every[1::2]]


def ingest(root: Path, warc: Path, **settings: float) -> Counter[str]:
    """Ingest a WARC in this process; return the outcomes."""
    config = read_config(root / "collector.toml")
    config = config.model_copy(update={"clean": config.clean.model_copy(update={"workers": 1, **settings})})
    opened = Crawl.open(root, Scope(sites=(NO_SITE,)), config, command="ingest")
    with closing(opened) as crawl, Workers(config) as workers:
        Ingest(crawl, workers).run(sort_inputs([str(warc)], None, str))
        return crawl.outcomes


def one_page(path: Path, subject: str, at: datetime, stories: int = 1) -> Path:
    """Write a WARC of one page, under a name that an earlier one may have had."""
    told = "\n".join(story(f"{subject}{number or ''}", 12) for number in range(stories))
    text = "".join(f"<p>{line}</p>" for line in told.split("\n") if line)
    body = f"<html lang=en><title>{subject}</title><article><h1>{subject}</h1>{text}</article>".encode()
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://post.example/2026/11/harbour\r\n"
        f"WARC-Date: {at:%Y-%m-%dT%H:%M:%SZ}\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(page)}\r\n\r\n"
    )
    path.write_bytes(head.encode() + page + b"\r\n\r\n")
    return path


def test_a_page_that_cost_its_cleaning_process_too_much_is_tried_again_by_the_next_ingest(tmp_path: Path) -> None:
    root = make_corpus(tmp_path / "c", {})
    # So long that it is still being cleaned when the pool looks at its clock, which it does every tenth of a second.
    warc = one_page(tmp_path / "crawl.warc", "ferry", datetime(2026, 11, 22, tzinfo=UTC), stories=2000)
    assert ingest(root, warc, page_seconds=0.0001) == {"failed/cleaner-timeout": 1}
    assert ingest(root, warc) == {"kept": 1}
    assert ingest(root, warc) == {"unchanged": 1}


def test_another_file_of_a_known_name_is_another_file(tmp_path: Path) -> None:
    root = make_corpus(tmp_path / "c", {})
    for day, subject, outcome in ((21, "ferry", "kept"), (22, "dolphin", "updated")):
        warc = one_page(tmp_path / "crawl.warc", subject, datetime(2026, 11, day, tzinfo=UTC))
        assert ingest(root, warc) == {outcome: 1}
    with open_corpus(root) as corpus:
        fetches = [row[0] for row in corpus.query("SELECT id FROM fetch ORDER BY id")]
        first, second = corpus.pages(fetches)
    assert isinstance(first, ArchiveError)
    assert "another page" in str(first)
    assert isinstance(second, Page)
