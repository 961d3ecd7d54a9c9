"""`collector run` as it is run: real processes, real crawls, killed, stopped, refused, restarted."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from crawling import Finished, collector, crawl, make_corpus, small_file_system, stored, wait_until

from collector.demo import DemoNewsSites

pytestmark = pytest.mark.slow

SETTINGS = """
[fetch]
delay_seconds = 0
adaptive = false
concurrency = 4
backoff_seconds = 0.2
[schedule]
when = "every minute"
jitter_minutes = 0
[archive]
min_free_mb = 0
"""


@pytest.fixture(scope="module")
def sites() -> Iterator[DemoNewsSites]:
    with DemoNewsSites(addresses=("127.0.0.1",), crawl_delay_seconds=0.03) as serving:
        yield serving


@pytest.fixture(scope="module")
def undisturbed(sites: DemoNewsSites, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus that was crawled by hand, in one go."""
    corpus = corpus_of(tmp_path_factory.mktemp("undisturbed") / "c", sites)
    assert crawl(corpus).code == 0
    return corpus


def corpus_of(root: Path, sites: DemoNewsSites, settings: str = SETTINGS, entry: str = "") -> Path:
    outlet = sites.outlets[0]
    return make_corpus(root, {"post": f'url = "{outlet.url}"\nfeeds = ["{outlet.feed_url}"]\n{entry}'}, settings)


@contextmanager
def running(corpus: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the daemon in a process of its own; whatever it left is killed in the end."""
    command = [sys.executable, "-m", "collector", "run", "--corpus", str(corpus)]
    with (corpus / "daemon.log").open("a") as log:
        process = subprocess.Popen(command, stderr=log, text=True)
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            for pid in crawls_on(corpus):
                os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not crawls_on(corpus))


def crawls_on(corpus: Path) -> list[int]:
    """Return the processes that crawl into a corpus, without those that such a process forked."""
    found = dict[int, int]()
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = entry.read_bytes().split(b"\0")
            parent = int(entry.with_name("stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it ended while we looked
            continue
        if b"crawl" in arguments and str(corpus).encode() in arguments:
            found[int(entry.parent.name)] = parent
    return [process for process, parent in found.items() if parent not in found]


def schedule(corpus: Path) -> Any:
    done = collector("schedule", "--corpus", corpus, "--json")
    assert done.code == 0, done.stderr
    return done.json


def site_state(corpus: Path) -> str | None:
    with closing(sqlite3.connect(f"file:{corpus}/corpus.db?mode=ro", uri=True)) as db:
        row = db.execute("SELECT state FROM schedule WHERE site = 'post'").fetchone()
    db.close()
    return None if row is None else str(row[0])


def assert_whole(corpus: Path, undisturbed: Path) -> None:
    """Check that nothing was lost, doubled or left leased."""
    assert stored(corpus) == stored(undisturbed)
    db = sqlite3.connect(corpus / "corpus.db")
    assert db.execute("SELECT count(*) FROM url WHERE state != 'done'").fetchone()[0] == 0
    kept = db.execute("SELECT count(*), count(DISTINCT url_id) FROM capture WHERE reason IS NULL").fetchone()
    assert kept[0] == kept[1]
    assert db.execute("SELECT count(*) FROM run WHERE state = 'running'").fetchone()[0] == 0
    db.close()


def log_of(corpus: Path) -> str:
    return (corpus / "daemon.log").read_text()


def test_a_daemon_serves_its_corpus_alone_and_ends_in_good_order(
    sites: DemoNewsSites, undisturbed: Path, tmp_path: Path
) -> None:
    # Slow enough to be under way until it is stopped, on any machine.
    corpus = corpus_of(tmp_path / "c", sites, SETTINGS.replace("delay_seconds = 0", "delay_seconds = 0.5"))
    asked = len(sites.requests)
    with running(corpus) as daemon:
        assert wait_until(lambda: len(sites.requests) > asked + 5, 60)

        second = collector("run", "--corpus", corpus)
        assert second.code == 3
        assert f"at work on this corpus already: process {daemon.pid} on " in second.stderr
        told = schedule(corpus)
        assert told["daemon"]["pid"] == daemon.pid
        assert "is at work on it since" in told["sites"][0]["reason"]

        config = corpus / "collector.toml"
        config.write_text("[schedule]\nwhen = 'often'\n")
        daemon.send_signal(signal.SIGHUP)
        assert wait_until(lambda: "the one before stays in force" in log_of(corpus), 30)

        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(60) == 0
        assert crawls_on(corpus) == []
        assert "post: run 1 interrupted" in log_of(corpus)
        corpus_of(corpus, sites)
    assert site_state(corpus) == "interrupted"
    leases = sqlite3.connect(corpus / "corpus.db")
    assert leases.execute("SELECT count(*) FROM url WHERE state = 'leased'").fetchone()[0] == 0
    leases.close()

    assert collector("run", "--once", "--corpus", corpus).code == 0
    assert_whole(corpus, undisturbed)
    assert site_state(corpus) == "finished"
    asked = len(sites.requests)
    assert collector("run", "--once", "--corpus", corpus).code == 0
    assert len(sites.requests) == asked, "nothing is likely to be new within a minute"


def test_a_crawl_outlives_a_daemon_that_is_killed_and_the_next_one_waits_for_it(
    sites: DemoNewsSites, undisturbed: Path, tmp_path: Path
) -> None:
    corpus = corpus_of(tmp_path / "c", sites)
    asked = len(sites.requests)
    with running(corpus) as daemon:
        assert wait_until(lambda: len(sites.requests) > asked + 5, 60)
        daemon.kill()
        daemon.wait()
        (orphan,) = crawls_on(corpus)
        with running(corpus) as successor:
            time.sleep(1)
            assert crawls_on(corpus) == [orphan]
            assert wait_until(lambda: crawls_on(corpus) == [], 60)
            successor.send_signal(signal.SIGHUP)  # has it look at once
            assert wait_until(lambda: site_state(corpus) == "finished", 30)
            successor.send_signal(signal.SIGINT)
            assert successor.wait(30) == 0
    assert_whole(corpus, undisturbed)


def test_after_a_reboot_it_goes_on_from_the_corpus_alone(
    sites: DemoNewsSites, undisturbed: Path, tmp_path: Path
) -> None:
    corpus = corpus_of(tmp_path / "c", sites)
    asked = len(sites.requests)
    with running(corpus):
        assert wait_until(lambda: len(sites.requests) > asked + 20, 60)
    assert site_state(corpus) == "running"  # everything was killed at once
    assert schedule(corpus)["daemon"] is None
    assert schedule(corpus)["sites"][0]["reason"] == "its last crawl was killed"
    assert collector("run", "--once", "--corpus", corpus).code == 0
    assert_whole(corpus, undisturbed)


def test_a_daily_budget_is_kept_robots_txt_included(sites: DemoNewsSites, tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "c", sites, entry="requests_per_day = 25")
    asked = len(sites.requests)
    for _ in range(2):
        assert collector("run", "--once", "--corpus", corpus).code == 0
    assert 20 <= len(sites.requests) - asked <= 25
    (site,) = schedule(corpus)["sites"]
    assert site["requests_today"] == len(sites.requests) - asked
    assert "today's requests are used up" in site["reason"]
    by_hand = crawl(corpus)
    assert by_hand.code == 4
    assert len(sites.requests) - asked <= 25


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte, or a skip where we may not make one."""
    with small_file_system(tmp_path / "disk", 1) as folder:
        yield folder


def test_a_disk_that_fills_up_stops_crawls_and_not_the_daemon_and_when_it_is_freed_it_goes_on(
    small_disk: Path, sites: DemoNewsSites, undisturbed: Path
) -> None:
    settings = SETTINGS.replace("min_free_mb = 0", "min_free_mb = 0.3")
    corpus = corpus_of(small_disk / "c", sites, settings)
    with running(corpus) as daemon:
        assert wait_until(lambda: "failed" in log_of(corpus), 90), log_of(corpus)
        daemon.send_signal(signal.SIGHUP)
        assert wait_until(lambda: "no crawl starts" in log_of(corpus), 30), log_of(corpus)
        subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
        daemon.send_signal(signal.SIGHUP)
        assert wait_until(lambda: " finished after" in log_of(corpus), 90), log_of(corpus)
        assert daemon.poll() is None
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30) == 0
    assert_whole(corpus, undisturbed)


def test_the_schedule_can_be_read_before_anything_was_crawled(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "c", {"post": 'url = "https://post.example/"\nschedule = "never"'})
    done: Finished = collector("schedule", "--corpus", corpus)
    assert done.code == 0, done.stderr
    assert "never by itself" in done.stdout
    assert "no daemon is running" in done.stdout
    assert json.loads(collector("schedule", "--json", "--corpus", corpus).stdout)["sites"][0]["next_at"] is None
