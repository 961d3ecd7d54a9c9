"""What is forgotten is nowhere in the corpus folder, comes back by no way, and costs nothing else its place."""

import gzip
import html
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest
import zstandard
from command_line import Call
from corpus_builder import entries_of
from crawling import QUICK, Finished, collector, crawl, make_corpus, wait_until

import corpus.archive.blank as blanking
from collector import forget as forgetting_module
from collector.config import read_config
from collector.demo.server import LoopbackServer, QuietHandler
from collector.doctor import Severity, examine
from collector.forget import finish_all, forgetting
from corpus import open_corpus
from corpus.archive import ArchiveWriter
from corpus.archive.records import BrokenRecord, iter_records
from corpus.folder import CorpusFolder
from corpus.snapshots import make_snapshot, verify_snapshot
from corpus.takedown import plan_takedown
from corpus.targets import name_targets
from corpus.types import WarcRecord

pytestmark = pytest.mark.slow

STORY, PRINT, AMP, OTHER, REPRINT = (
    "/2026/05/01/ferry/",
    "/print/ferry/",
    "/amp/ferry/",
    "/2026/05/02/bridge/",
    "/2026/05/03/wire/",
)
#: A word in every sentence of the story that stands nowhere else, so that no scrap of it is overlooked.
MARK = "quondam"
#: In the texts that are to stay.
STAYS = "remaining"


def sentences(mark: str, count: int, tail: str = "") -> list[str]:
    return [
        f"The {mark}{n} crew of harbour {n} told {mark} listeners in hall {n} what happened{tail}."
        for n in range(count)
    ]


TEASER = " ".join(sentences(MARK, 2))
WIRE = [" ".join(sentences("agencyword", 6)), " ".join(sentences("agencywire", 6))]


def story(version: int) -> list[str]:
    return [
        TEASER,
        " ".join(sentences(f"{MARK}b", 6)),
        " ".join(sentences(f"{MARK}c", 6, f" in {MARK}version{version}")),
    ]


def article(root: str, title: str, paragraphs: list[str], *, canonical: str = "", beside: str = "") -> str:
    named = f'<link rel="canonical" href="{root}{canonical}">' if canonical else ""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<html><head><title>{title}</title>{named}<meta property='og:type' content='article'></head><body>"
        f"<article><h1>{title}</h1>{text}</article>{beside}</body></html>"
    )


class Site:
    """Two outlets on loopback: one with the story in every place that a story comes to stand in."""

    def __init__(self) -> None:
        self.version = 1
        self.post = self.ledger = ""
        self.asked: list[str] = []

    def answer(self, root: str, path: str) -> str:
        other = [f"{' '.join(sentences(f'{STAYS}a', 7))}", f"{' '.join(sentences(f'{STAYS}b', 7))}"]
        if root == self.ledger:
            pages = {REPRINT: article(root, "Wire", WIRE), "/sitemap.xml": self.sitemap(root, REPRINT)}
            return pages.get(path, "")
        # Another page that carries the story in a script, and a teaser of it beside its own text.
        following = f"<script>var next = {json.dumps({'text': story(self.version)[1]})};</script>"
        related = f"<aside class='related'><h3>Read more</h3><p>{TEASER}</p></aside>"
        pages = {
            "/": f"<html><body><h2><a href='{STORY}'>The {MARK} ferry sails</a></h2><p>{TEASER}</p></body></html>",
            "/feed.xml": self.feed(root),
            "/sitemap.xml": self.sitemap(root, STORY, PRINT, AMP, OTHER, REPRINT),
            STORY: article(root, f"The {MARK} ferry sails again", story(self.version)),
            PRINT: article(root, f"The {MARK} ferry sails again", story(self.version)),
            AMP: article(root, f"The {MARK} ferry sails again ", [*story(self.version), ""], canonical=STORY),
            OTHER: article(root, "The bridge stays closed", other, beside=following + related),
            REPRINT: article(root, "Wire", WIRE),
        }
        return pages.get(path, "")

    def feed(self, root: str) -> str:
        content = html.escape("".join(f"<p>{paragraph}</p>" for paragraph in story(self.version)))
        return (
            f'<rss version="2.0"><channel><title>Post</title><link>{root}</link><item><title>The {MARK} ferry</title>'
            f"<link>{root}{STORY}</link><description>{content}</description></item></channel></rss>"
        )

    def sitemap(self, root: str, *paths: str) -> str:
        urls = "".join(f"<url><loc>{root}{path}</loc><lastmod>2027-01-01</lastmod></url>" for path in paths)
        return f"<urlset>{urls}</urlset>"


def serve(site: Site, address: str, stack: ExitStack) -> str:
    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            site.asked.append(self.path)
            body = site.answer(f"http://{address}:{server.server_port}", self.path).encode()
            self.send_response(HTTPStatus.OK if body else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if body and "gzip" in self.headers.get("Accept-Encoding", ""):
                body = gzip.compress(body, mtime=0)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = stack.enter_context(LoopbackServer((address, 0), Handler))
    return f"http://{address}:{server.server_port}"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with ExitStack() as stack:
        site = Site()
        site.post, site.ledger = serve(site, "127.0.0.61", stack), serve(site, "127.0.0.62", stack)
        yield site


@pytest.fixture(scope="module")
def _crawled(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus with two versions of the story, exports of it, an orphan, a torn tail and a foreign WARC."""
    entries = {
        "post": f'url = "{site.post}/"\nfeeds = ["{site.post}/feed.xml"]\nsitemaps = ["{site.post}/sitemap.xml"]',
        "ledger": f'url = "{site.ledger}/"\nsitemaps = ["{site.ledger}/sitemap.xml"]\nfollow_links = false',
    }
    root = make_corpus(
        tmp_path_factory.mktemp("forget") / "corpus",
        entries,
        QUICK + "[revisit]\narticle_hours = 0\narticle_spacing = 0\n",
    )
    for version in (1, 2):
        site.version = version
        done = crawl(root)
        assert done.code == 0, done.stderr
        make_snapshot(CorpusFolder(root), f"version-{version}", configuration={}, software={})
        with open_corpus(root) as corpus, corpus.feed("copy") as feed:
            assert any(MARK in str(change.record) for batch in feed for change in batch.changes)
    _leave_traces(root, site)
    for form in ("jsonl", "parquet", "text"):
        assert collector("export", "--corpus", root, "--format", form, "--keep", "all").code == 0
    assert collector("search", "--corpus", root, MARK + "*").code == 0
    (root / "reports").mkdir()
    (root / "reports" / "week.html").write_text(f"<a href='{site.post}{STORY}'>The {MARK} ferry</a>")
    (root / "reports" / "other.html").write_text(f"<a href='{site.post}{OTHER}'>The bridge</a>")
    return root


def _leave_traces(root: Path, site: Site) -> None:
    """Archive the story once more as a run that was killed leaves it: unknown to the database, and torn."""
    with ArchiveWriter(root / "archive", prefix="run000009") as writer:
        for _ in range(2):
            record = write(writer, site.post + STORY, site.answer(site.post, STORY))
    path = root / "archive" / record.file
    os.truncate(path, record.offset + (record.length or 0) - 20)


def write(writer: ArchiveWriter, url: str, page: str) -> WarcRecord:
    return writer.write_exchange(
        url=url,
        fetched_at=datetime(2026, 5, 1, tzinfo=UTC),
        request_line_and_headers=b"GET / HTTP/1.1\r\n\r\n",
        status=200,
        reason="OK",
        headers=[("Content-Type", "text/html")],
        wire_body=page.encode(),
        protocol="HTTP/1.1",
    )


@pytest.fixture
def root(_crawled: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "corpus"
    shutil.copytree(_crawled, copy)
    return copy


# -- searching ---------------------------------------------------------------------------------------------------------


def streams(path: Path) -> Iterator[bytes]:
    """Yield what a file holds: as it stands, decompressed, and what is compressed inside of that."""
    raw = path.read_bytes()
    yield raw
    for magic, inflate in ((b"\x1f\x8b", _gunzip), (b"\x28\xb5\x2f\xfd", _unzstd)):
        at = raw.find(magic)
        while at >= 0:
            if inner := inflate(raw[at:]):
                yield inner
                nested = inner.find(b"\x1f\x8b\x08")
                while nested >= 0:
                    yield _gunzip(inner[nested:])
                    nested = inner.find(b"\x1f\x8b\x08", nested + 1)
            at = raw.find(magic, at + 1)


def _gunzip(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data)
    except zlib.error:
        return b""


def _unzstd(data: bytes) -> bytes:
    try:
        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    except zstandard.ZstdError:
        return b""


def cells(database: Path) -> Iterator[bytes]:
    """Yield every value of every table."""
    with closing(sqlite3.connect(database)) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in db.execute(f"SELECT * FROM {table}"):
                for value in row:
                    if isinstance(value, bytes):
                        yield _unzstd(value) or value
                    elif isinstance(value, str):
                        yield value.encode()


def holding(root: Path, mark: str) -> set[str]:
    """Return the files in which a word stands, byte by byte."""
    found = {
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and any(mark.encode() in stream for stream in streams(path))
    }
    if any(mark.encode() in cell for cell in cells(root / "corpus.db")):
        found.add("corpus.db (tables)")
    if any(mark in word for word in words_of(root / "search" / "index.db")):
        found.add("search/index.db (words)")
    return found


def words_of(index: Path) -> list[str]:
    """Return the words of the search index, in whose file a word may stand without its beginning."""
    if not index.exists():
        return []
    with closing(sqlite3.connect(index)) as db:
        db.execute("CREATE VIRTUAL TABLE temp.word USING fts5vocab (main, indexed, row)")
        return [row[0] for row in db.execute("SELECT term FROM temp.word")]


Forget = Callable[..., Finished]


@pytest.fixture
def forget(root: Path, call: Call) -> Forget:
    """Return a function that runs `collector forget` on the corpus."""

    def forget(*words: str) -> Finished:
        told = call("forget", *words, "--corpus", root, "--json")
        return Finished(told.code, told.out, told.err)

    return forget


def unhealthy(root: Path) -> list[str]:
    return [str(one) for one in examine(root) if one.severity is Severity.PROBLEM]


def test_the_story_stands_in_all_the_places_that_the_search_looks_at(root: Path) -> None:
    found = holding(root, MARK)
    assert {"corpus.db", "corpus.db (tables)", "reports/week.html", "search/index.db (words)"} <= found
    assert len([name for name in found if name.startswith("archive/")]) >= 3
    assert len([name for name in found if name.startswith("exports/")]) >= 2  # Parquet's pages are compressed within
    with closing(sqlite3.connect(root / "corpus.db")) as db:
        assert any(
            MARK.encode() in _unzstd(row[0]) for row in db.execute("SELECT cuts FROM capture WHERE cuts NOT NULL")
        )
        bodies = [_unzstd(row[0]) for row in db.execute("SELECT body FROM record")]
        assert sum(MARK.encode() in body for body in bodies) >= 2
        assert db.execute("SELECT count(*) FROM fetch WHERE same_as NOT NULL").fetchone()[0] >= 2
        assert db.execute("SELECT count(DISTINCT text_key) FROM capture WHERE title LIKE '%ferry%'").fetchone()[0] >= 2


# -- what must be shown ------------------------------------------------------------------------------------------------


def test_after_it_the_text_is_nowhere_in_the_corpus_folder(root: Path, site: Site, forget: Forget) -> None:
    done = forget(site.post + STORY, "--yes", "--delete-exports", "--reason", "request 17")
    assert done.code == 0, done.stderr
    assert done.json["finished"]
    assert holding(root, MARK) == set()
    assert (root / "reports" / "other.html").exists()
    assert not list((root / "exports").iterdir())
    assert any(STAYS in word for word in words_of(root / "search" / "index.db"))  # it was not made anew


def test_after_it_snapshots_say_what_is_gone_and_consumers_are_told(root: Path, site: Site, forget: Forget) -> None:
    folder = CorpusFolder(root)
    assert {verify_snapshot(folder, f"version-{version}").withdrawn for version in (1, 2)} == {()}
    assert forget(site.post + STORY, "--yes", "--delete-exports").code == 0
    with open_corpus(root) as corpus, corpus.feed("copy") as feed:
        told = [change for batch in feed for change in batch.changes]
    gone = {change.id for change in told if change.reason == "forgotten"}
    assert len(gone) == 1
    assert MARK not in str([change.as_fields() for change in told])
    for version in (1, 2):
        found = verify_snapshot(folder, f"version-{version}")
        assert (found.faults, {one.id for one in found.withdrawn}) == ((), gone)
        assert found.articles == found.snapshot.articles - 1 > 0


def test_after_it_the_index_holds_nothing_that_was_made_of_the_text(root: Path, site: Site, forget: Forget) -> None:
    with closing(sqlite3.connect(root / "corpus.db")) as db:
        rows = db.execute(
            """SELECT document.id, signature FROM document JOIN article ON article.id = document.article_id
               JOIN capture ON fetch_id = capture_id JOIN text ON hash = text_hash WHERE body LIKE ?""",
            (f"%{MARK}%",),
        ).fetchall()
        numbers, ends = {row[0] for row in rows}, [row[1][-64:] for row in rows]
        assert numbers & {number for _, number in entries_of(db)}
    assert all(end in (root / "corpus.db").read_bytes() for end in ends)
    assert forget(site.post + STORY, "--yes", "--delete-exports").code == 0
    with closing(sqlite3.connect(root / "corpus.db")) as db:
        assert not numbers & {number for _, number in entries_of(db)}
    assert not any(end in (root / "corpus.db").read_bytes() for end in ends)


def test_every_other_record_stays_where_it_was_and_what_it_was(root: Path, site: Site, forget: Forget) -> None:
    def records() -> dict[tuple[str, int], tuple[str, int | None, bytes]]:
        return {
            (path.name, record.location.offset): (record.type, record.location.length, record.body)
            for path in sorted((root / "archive").iterdir())
            for record in iter_records(path, file=path.name)
            if not isinstance(record, BrokenRecord) and record.location is not None
        }

    before, sizes = records(), {path.name: path.stat().st_size for path in (root / "archive").iterdir()}
    forget(site.post + STORY, "--yes", "--delete-exports")
    after = records()
    assert before.keys() == after.keys()
    changed = {place for place in before if before[place] != after[place]}
    assert changed
    assert {after[place][0] for place in changed} == {"metadata"}
    assert all(before[place][1] == after[place][1] for place in changed)
    torn = next(name for name in sizes if name.startswith("run000009"))
    assert {name: size for name, size in sizes.items() if name != torn} == {
        path.name: path.stat().st_size for path in (root / "archive").iterdir() if path.name != torn
    }
    assert unhealthy(root) == []
    assert collector("doctor", "--corpus", root).code == 0


def test_what_has_nothing_to_do_with_it_stays(root: Path, site: Site, forget: Forget) -> None:
    forget(site.post + STORY, "--yes", "--delete-exports")
    with open_corpus(root) as corpus:
        urls = {url for one in corpus.articles() for url in one.appearances}
        other = corpus.article(site.post + OTHER)
    assert urls == {site.post + OTHER, site.post + REPRINT, site.ledger + REPRINT}
    assert other is not None
    assert f"{STAYS}a3" in other.text
    assert f"{STAYS}a3" in holding_text(root)
    reclean = collector("reclean", "--all", "--corpus", root, "--json")
    # The page that carried the story in a script has lost its record, and nothing else.
    assert [url for url, _ in reclean.json["failures"]] == [site.post + OTHER]
    assert collector("export", "--corpus", root).code == 0
    assert holding(root, MARK) == set()


def holding_text(root: Path) -> str:
    with closing(sqlite3.connect(root / "corpus.db")) as db:
        return "\n".join(row[0] for row in db.execute("SELECT body FROM text"))


def test_neither_a_crawl_nor_an_ingest_brings_it_back(root: Path, site: Site, tmp_path: Path, forget: Forget) -> None:
    forget(site.post + STORY, "--yes", "--delete-exports")
    site.asked.clear()
    assert crawl(root).code == 0
    assert STORY not in site.asked
    assert "/feed.xml" in site.asked
    twin = site.answer(site.post, AMP).replace(f"{MARK}c0", f"{MARK}c0 and more")
    pages = {
        site.post + STORY: site.answer(site.post, STORY),
        "https://elsewhere.example/1": article("", "Another headline", story(site.version)),
        "https://elsewhere.example/2": twin,
    }
    with ArchiveWriter(tmp_path, prefix="brought") as writer:
        for url, page in pages.items():
            write(writer, url, page)
    told = collector("ingest", *tmp_path.glob("*.warc.gz"), "--copy", "--corpus", root, "--json")
    assert told.json["outcomes"] == {"removed/forgotten": 3}, told.stderr
    collector("ingest", site.post + STORY, "--corpus", root)
    assert STORY not in site.asked
    assert holding(root, MARK) == set()


def test_why_tells_of_it(root: Path, site: Site, call: Call, forget: Forget) -> None:
    forget(site.post + STORY, "--yes", "--delete-exports", "--reason", "request 17")
    told = call("why", site.post + STORY, "--corpus", root).out
    assert "removed/forgotten" in told
    assert ": request 17" in told
    assert json.loads(call("stats", "--corpus", root, "--json").out)["removals"]["forgotten"] == 3


# -- what is asked for -------------------------------------------------------------------------------------------------


def test_a_dry_run_lists_what_would_go_and_changes_nothing(root: Path, site: Site, forget: Forget) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and "corpus.db" not in path.name}
    plan = forget(site.post + PRINT, "--dry-run").json
    assert [one["url"] for one in plan["articles"]] == [site.post + STORY]
    assert plan["urls"] == sorted(site.post + path for path in (STORY, PRINT, AMP))
    assert plan["records"] >= 4
    assert {path: path.read_bytes() for path in before} == before
    with open_corpus(root) as corpus:
        assert corpus.article(site.post + STORY) is not None


def test_a_site_goes_with_its_hosts_and_what_others_print_stays(root: Path, site: Site, forget: Forget) -> None:
    done = forget("post", "--yes", "--delete-exports")
    assert done.code == 0, done.stderr
    assert holding(root, MARK) == set()
    with open_corpus(root) as corpus:
        assert [one.url for one in corpus.articles()] == [site.ledger + REPRINT]
    assert unhealthy(root) == []
    site.asked.clear()
    assert crawl(root).code == 0
    assert set(site.asked) <= {"/robots.txt", "/sitemap.xml", "/.well-known/tdmrep.json", "/ai.txt", REPRINT}
    assert collector("ingest", f"{site.post}/2026/06/01/new/", "--corpus", root).code != 1
    assert "/2026/06/01/new/" not in site.asked


def test_an_article_that_two_sites_print_goes_from_both_when_it_is_named(
    root: Path, site: Site, forget: Forget
) -> None:
    forget(site.post + REPRINT, "--yes", "--delete-exports")
    assert holding(root, "agencyword") == set()
    assert holding(root, MARK)


def test_a_query_takes_the_articles_that_say_all_of_its_words(root: Path, site: Site, forget: Forget) -> None:
    plan = forget("--query", f"{MARK.upper()}b3 harbour", "--dry-run").json
    assert [one["url"] for one in plan["articles"]] == [site.post + STORY]
    assert forget("--query", f"{MARK} nowhere-said", "--dry-run").code == 4


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "name what to forget"),
        (("https://nobody.example/1", "--yes"), "no URL, id or site of this corpus"),
        (("post", "--finish"), "name what to forget"),
        (("post",), "say --yes"),
    ],
)
def test_what_is_not_plain_is_refused(root: Path, words: tuple[str, ...], message: str) -> None:
    done = collector("forget", *words, "--corpus", root)
    assert done.code == 2
    assert message in done.stderr


def test_nothing_is_forgotten_under_a_run(root: Path, site: Site, forget: Forget) -> None:
    folder = CorpusFolder(root)
    with closing(sqlite3.connect(root / "corpus.db")) as db, folder.alive(77):
        db.execute(
            "INSERT INTO run (id, command, sites, started_at, state, config, versions) "
            "VALUES (77, 'crawl', '[]', 0, 'running', '{}', '{}')"
        )
        db.commit()
        done = forget(site.post + STORY, "--yes")
    assert done.code == 3
    assert "run 77 is under way" in done.stderr


def test_exports_that_hold_it_keep_it_unfinished(root: Path, site: Site, forget: Forget) -> None:
    done = forget(site.post + STORY, "--yes")
    assert done.code == 4
    assert not done.json["finished"]
    traces = {Path(name).name for one in done.json["takedowns"] for name in one["traces"]}
    assert traces == {"jsonl", "parquet", "text", "week.html"}
    with open_corpus(root) as corpus:
        story_ = corpus.why(site.post + STORY)
    assert story_ is not None
    assert "not all traces are removed yet" in (story_.evidence or "")
    assert [one.split("check='")[1].split("'")[0] for one in unhealthy(root)] == ["takedowns"]
    assert forget("--finish", "--delete-exports").json["finished"]
    assert holding(root, MARK) == set()


# -- kills -------------------------------------------------------------------------------------------------------------


class KilledError(BaseException):
    """Stands for a kill: nothing catches it."""


def _half_a_write(monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.pwrite

    def half(descriptor: int, data: bytes, offset: int) -> int:
        write(descriptor, data[: len(data) // 2], offset)
        raise KilledError

    monkeypatch.setattr(blanking.os, "pwrite", half)


def _at(name: str) -> Callable[[pytest.MonkeyPatch], None]:
    def killed(*_: object, **__: object) -> None:
        raise KilledError

    return lambda monkeypatch: monkeypatch.setattr(forgetting_module, name, killed)


@pytest.mark.parametrize(
    "kill",
    [_at("_blank_known"), _half_a_write, _at("_blank_found"), _at("drop_cuts"), _at("_remove_traces"), _at("_wipe")],
    ids=["begun", "half-written", "known-blanked", "found-blanked", "cuts-dropped", "not-wiped"],
)
def test_a_takedown_that_was_killed_is_finished_later_and_promises_nothing_before(
    root: Path, site: Site, kill: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, folder = read_config(root / "collector.toml"), CorpusFolder(root)
    with forgetting(root, config) as store, monkeypatch.context() as killing:
        kill(killing)
        (target,) = name_targets(store.db, [site.post + STORY])
        plan = plan_takedown(store.db, target)
        with pytest.raises(KilledError):
            forgetting_module.forget(store, folder, plan, reason=None, delete_traces=True)
    with open_corpus(root) as corpus:
        told = corpus.why(site.post + STORY)
        assert corpus.article(site.post + STORY) is None
    assert told is not None
    assert "not all traces are removed yet" in (told.evidence or "")
    with forgetting(root, config) as store:
        (done,) = finish_all(store, folder, delete_traces=True)
    assert done.takedown.finished_at is not None
    assert holding(root, MARK) == set()
    assert unhealthy(root) == []


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.12, 0.3])
def test_a_real_kill_at_any_moment_leaves_nothing_that_cannot_be_finished(
    root: Path, site: Site, seconds: float, forget: Forget
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "collector", "forget", site.post + STORY, "--yes", "--delete-exports", "--corpus", root],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with closing(sqlite3.connect(root / "corpus.db")) as db:
        begun = wait_until(lambda: db.execute("SELECT count(*) FROM takedown").fetchone()[0], 60)
    assert begun
    time.sleep(seconds)
    process.kill()
    process.wait()
    assert forget("--finish", "--delete-exports").code == 0
    assert holding(root, MARK) == set()
    assert unhealthy(root) == []
