"""Trouble on our own machine: a full disk, a folder without write permission, a database that somebody holds."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
from crawling import QUICK, collector, crawl, make_corpus, small_file_system, stored

from collector.demo import DemoNewsSites
from collector.demo.sites import Outlet

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def outlet() -> Iterator[Outlet]:
    with DemoNewsSites(addresses=("127.0.0.1",), crawl_delay_seconds=0) as sites:
        yield sites.outlets[0]


def corpus_of(root: Path, outlet: Outlet, settings: str = QUICK) -> Path:
    return make_corpus(root, {"post": f'url = "{outlet.url}"\nfeeds = ["{outlet.feed_url}"]'}, settings)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte, or a skip where we may not make one."""
    with small_file_system(tmp_path / "disk", 1) as folder:
        yield folder


def test_a_crawl_on_a_disk_that_fills_up_stops_with_a_word_and_goes_on_when_there_is_room(
    small_disk: Path, outlet: Outlet, tmp_path: Path
) -> None:
    corpus = corpus_of(small_disk / "c", outlet, QUICK + "\n[archive]\nmin_free_mb = 0\n")
    ended = crawl(corpus)
    assert ended.code == 3, ended.stderr
    assert "full" in ended.stdout or "space" in ended.stdout, ended.stdout
    before = stored(corpus)
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    assert crawl(corpus).code == 0
    undisturbed = corpus_of(tmp_path / "u", outlet)
    assert crawl(undisturbed).code == 0
    assert stored(corpus) == stored(undisturbed)
    assert before.keys() <= stored(corpus).keys()


def test_a_crawl_stops_before_the_disk_is_full(outlet: Outlet, tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "c", outlet, QUICK + "\n[archive]\nmin_free_mb = 1000000000\n")
    ended = crawl(corpus)
    assert ended.code == 3
    assert "min_free_mb" in ended.stdout


def test_a_read_only_folder_is_an_error_that_says_what_to_do(small_disk: Path, outlet: Outlet) -> None:
    corpus = corpus_of(small_disk / "c", outlet, QUICK + "\n[archive]\nmin_free_mb = 0\n")
    for _ in range(2):  # before there is a database, and after
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
        ended = crawl(corpus)
        told = json.loads(ended.stdout)
        assert (ended.code, told["run"], told["outcomes"]) == (3, None, {})
        assert "permission" in told["error"] or "read-only" in told["error"], ended.stdout
        assert "permission" in ended.stderr or "read-only" in ended.stderr, ended.stderr
        subprocess.run(["mount", "-o", "remount,rw,size=8m", str(small_disk)], check=True)
        assert crawl(corpus, "--max-pages", "3").code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_we_may_not_write_is_an_error_that_says_what_to_do(outlet: Outlet, tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "c", outlet)
    corpus.chmod(0o555)
    try:
        ended = crawl(corpus)
        assert ended.code == 3
        assert "permission" in ended.stderr
    finally:
        corpus.chmod(0o755)


def test_a_database_that_another_process_holds_is_waited_for(outlet: Outlet, tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "c", outlet)
    assert crawl(corpus, "--max-pages", "3").code == 0
    holder = sqlite3.connect(corpus / "corpus.db", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")

    def let_go() -> None:
        time.sleep(4)
        holder.execute("ROLLBACK")

    waiting = threading.Thread(target=let_go)
    waiting.start()
    ended = crawl(corpus)
    waiting.join()
    holder.close()
    assert ended.code == 0, ended.stdout
    assert len(stored(corpus)) > 5


def test_a_database_that_is_held_for_long_is_an_error_that_names_it(outlet: Outlet, tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "c", outlet, QUICK + "\n[archive]\nbusy_seconds = 1\n")
    assert crawl(corpus, "--max-pages", "3").code == 0
    before = stored(corpus)
    holder = sqlite3.connect(corpus / "corpus.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    ended = crawl(corpus)
    holder.execute("ROLLBACK")
    holder.close()
    assert ended.code == 3
    assert "another process" in ended.stderr + ended.stdout
    assert crawl(corpus).code == 0
    assert before.keys() <= stored(corpus).keys()


def test_a_damaged_database_is_an_error_that_says_so(tmp_path: Path, outlet: Outlet) -> None:
    corpus = corpus_of(tmp_path / "c", outlet)
    (corpus / "corpus.db").write_bytes(b"this is no database at all" * 100)
    ended = crawl(corpus)
    assert ended.code == 3
    assert "not a database" in ended.stderr


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ("[fetch]\ndelay_seconds = -1", "fetch.delay_seconds"),
        ("[fetch]\ndelay = 1", "fetch.delay"),
        ("[fetch", "no valid TOML"),
        ("[sites.a]\nurl = 'ftp://example.com/'", "sites.a.url"),
        ("[sites.a]\nurl = 'http://example.com/'\narticle = ['(']", "regular expression"),
        ("", "no site to crawl"),
    ],
)
def test_a_wrong_setting_is_named_with_file_and_value(lines: str, word: str, tmp_path: Path) -> None:
    (tmp_path / "collector.toml").write_text(lines, "utf-8")
    ended = collector("crawl", "--corpus", tmp_path)
    assert ended.code == 2
    assert word in ended.stderr


def test_a_folder_that_is_no_corpus_is_named(tmp_path: Path) -> None:
    ended = collector("crawl", "--corpus", tmp_path / "nowhere")
    assert ended.code == 2
    assert "collector init" in ended.stderr


def test_an_unknown_site_is_answered_with_the_known_ones(tmp_path: Path, outlet: Outlet) -> None:
    ended = collector("crawl", "nosuch", "--corpus", corpus_of(tmp_path / "c", outlet))
    assert ended.code == 2
    assert "post" in ended.stderr


@pytest.mark.parametrize("times", [1, 2])
def test_a_crawl_that_is_interrupted_says_so_however_impatiently(times: int, tmp_path: Path) -> None:
    with DemoNewsSites(addresses=("127.0.0.1",), crawl_delay_seconds=1) as sites:
        corpus = corpus_of(tmp_path / "c", sites.outlets[0], "")
        command = [sys.executable, "-m", "collector", "crawl", "--corpus", str(corpus), "--quiet"]
        # A process group of its own: what is sent to a crawl is not for its cleaning processes, which end with it.
        crawling = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        deadline = time.monotonic() + 60
        while len(sites.requests) < 4 and time.monotonic() < deadline:
            time.sleep(0.1)
        for _ in range(times):
            crawling.send_signal(signal.SIGINT)
            time.sleep(0.3)
        _, errors = crawling.communicate(timeout=60)
    assert (crawling.returncode, "stopped" in errors) == (130, True), errors
    assert "nothing was due" not in errors


@pytest.mark.parametrize("silent", ["/robots.txt", "/feed.xml"])
def test_a_server_that_never_answers_does_not_hold_a_stop_and_is_asked_again(silent: str, tmp_path: Path) -> None:
    with SilentServer(silent) as server:
        settings = "[fetch]\ndelay_seconds = 0\nstop_seconds = 1\n"
        corpus = make_corpus(
            tmp_path / "c", {"post": f'url = "{server.url}"\nfeeds = ["{server.url}feed.xml"]'}, settings
        )
        command = [sys.executable, "-m", "collector", "crawl", "--corpus", str(corpus), "--quiet"]
        crawling = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
        assert server.asked.wait(60)
        stopped_at = time.monotonic()
        crawling.send_signal(signal.SIGTERM)
        _, errors = crawling.communicate(timeout=60)
        assert (crawling.returncode, time.monotonic() - stopped_at < 15, "Traceback" in errors) == (130, True, False), (
            errors
        )
        with contextlib.closing(sqlite3.connect(corpus / "corpus.db")) as db:
            waiting = db.execute("SELECT attempts, state, outcome FROM url WHERE url LIKE '%feed.xml'").fetchall()
            silent_files = db.execute("SELECT COUNT(*) FROM robots WHERE status IS NULL").fetchone()[0]
    assert (waiting, silent_files) == ([(0, "due", None)], 0)


class SilentServer:
    """Answers 404, but on one path never."""

    def __init__(self, silent: str) -> None:
        self._silent = silent
        self.asked = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self._held: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for connection in self._held:
            connection.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # the listener is closed
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        path = connection.recv(65536).split(b" ")[1].decode()
        if path == self._silent:
            self._held.append(connection)
            self.asked.set()
            return
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.close()
