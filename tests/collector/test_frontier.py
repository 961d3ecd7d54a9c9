"""The scheduler keeps every host at work and no more pages in hand than cleaning can follow."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from crawling import QUICK, crawl, make_corpus

from collector.demo.server import LoopbackServer, QuietHandler

#: A page that is too short for an article.
PAGE = "<html><body><p>{}</p></body></html>"


@contextmanager
def serving(address: str, answer: Callable[[str], str]) -> Iterator[str]:
    """Serve what ``answer`` returns for a path; yield the root URL. There is no robots.txt."""

    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            body = b"" if self.path == "/robots.txt" else answer(self.path).encode()
            self.send_response(HTTPStatus.OK if body else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with LoopbackServer((address, 0), Handler) as server:
        yield f"http://{address}:{server.server_port}"


def sitemap(root: str, pages: int) -> str:
    entries = "".join(f"<url><loc>{root}/2026/05/01/story-{number:05}/</loc></url>" for number in range(pages))
    return f"<urlset>{entries}</urlset>"


@pytest.mark.slow
def test_a_host_that_keeps_us_waiting_holds_up_no_other(tmp_path: Path) -> None:
    """The engine looks for work every five seconds by itself, so it must be woken for each turn of the other host.

    The slow host answers when the other was asked for all its pages, which takes six seconds, or else after twelve.
    """
    asked: list[str] = []
    all_asked, slow_gave_up = threading.Event(), threading.Event()

    def answer_late(path: str) -> str:
        if path.startswith("/2026") and not all_asked.wait(12):
            slow_gave_up.set()
        return sitemap(roots[0], 3) if path == "/sitemap.xml" else PAGE.format(path)

    def answer(path: str) -> str:
        if path.startswith("/2026"):
            asked.append(path)
            if len(asked) == 6:
                all_asked.set()
        return sitemap(roots[1], 6) if path == "/sitemap.xml" else PAGE.format(path)

    with ExitStack() as servers:
        roots = [
            servers.enter_context(serving("127.0.0.1", answer_late)),
            servers.enter_context(serving("127.0.0.2", answer)),
        ]
        entry = 'url = "{0}/"\nsitemaps = ["{0}/sitemap.xml"]\nfollow_links = false\n'
        sites = {
            "slow": entry.format(roots[0]) + "concurrency = 1",
            "quick": entry.format(roots[1]) + "concurrency = 1\ndelay_seconds = 1.2",
        }
        done = crawl(make_corpus(tmp_path / "corpus", sites), "--sources", "sitemaps")
    assert len(asked) == 6, done.stderr
    assert not slow_gave_up.is_set()


@pytest.mark.slow
def test_fetching_does_not_run_far_ahead_of_cleaning(tmp_path: Path) -> None:
    database = tmp_path / "corpus" / "corpus.db"
    in_hand: list[int] = []

    def answer(path: str) -> str:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            in_hand.append(connection.execute("SELECT count(*) FROM url WHERE state = 'leased'").fetchone()[0])
        return sitemap(root, 250) if path == "/sitemap.xml" else PAGE.format(path)

    settings = f"{QUICK}total_concurrency = 8\n[clean]\nworkers = 1\n"
    with serving("127.0.0.1", answer) as root:
        entry = f'url = "{root}/"\nsitemaps = ["{root}/sitemap.xml"]\nfollow_links = false'
        done = crawl(make_corpus(tmp_path / "corpus", {"short": entry}, settings), "--sources", "sitemaps")
    assert sum(done.outcomes.values()) == 251, done.stderr
    assert 8 < max(in_hand) <= 8 + 8 + 64 + 16  # downloads, one process' share, a batch to store, a lease ahead
