"""SIGKILL at any moment costs nothing: after resuming, the corpus is that of a crawl that nobody disturbed."""

import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawling import crawl, make_corpus, serving_mirror, stored, wait_until, was_killed

from collector.demo import DemoNewsSites
from corpus import open_corpus
from corpus.archive.reader import read_page

pytestmark = pytest.mark.slow

#: Every stage of a page's way, and among which of its passings in a run the moment of the kill is drawn. Small enough
#: that a crawl of 150 pages lasts for one kill at each stage.
STAGES = {
    "lease-before": 6,
    "lease-after": 6,
    "response-arrived": 8,
    "cleaning-before": 6,
    "cleaning-after": 4,
    "response-judged": 4,
    "archive-before": 4,
    "record-torn": 4,
    "archive-after": 4,
    "batch-before": 1,
    "flush-before": 1,
    "flush-after": 1,
    "commit-before": 1,
    "settle-before": 3,
    "index-before": 3,
    "index-after": 3,
    "settle-after": 3,
    "transaction-open": 3,
    "commit-after": 1,
    "batch-after": 1,
}
FIRST, LAST = ("robots-before", "robots-after"), ("end-before", "end-after")


@pytest.fixture(scope="module")
def mirror(shared: Path) -> Iterator[str]:
    with serving_mirror(shared / "data", "ozarkgazette") as root:
        yield root


def corpus_of(root: Path, url: str) -> Path:
    return make_corpus(root, {"ozark": f'url = "{url}/"'})


def assert_whole(root: Path) -> None:
    """Check every article's record, that no URL is left over, and that no capture was stored twice."""
    with open_corpus(root) as corpus:
        for article in corpus.articles():
            assert article.warc_record is not None
            page = read_page(corpus.folder.archive, article.warc_record)
            assert page.body
    database = sqlite3.connect(root / "corpus.db")
    assert database.execute("SELECT count(*) FROM url WHERE state != 'done'").fetchone()[0] == 0
    kept = database.execute("SELECT count(*), count(DISTINCT url_id) FROM capture WHERE reason IS NULL").fetchone()
    assert kept[0] == kept[1]
    assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert database.execute("SELECT count(*) FROM stale").fetchone()[0] == 0
    unindexed = "SELECT count(*) FROM article WHERE id NOT IN (SELECT article_id FROM document)"
    assert database.execute(unindexed).fetchone()[0] == 0
    database.close()


@pytest.mark.shared
def test_a_crawl_killed_at_every_stage_ends_as_an_undisturbed_one(mirror: str, tmp_path: Path) -> None:
    undisturbed = corpus_of(tmp_path / "undisturbed", mirror)
    assert crawl(undisturbed).code == 0
    moments = random.Random(20261122)
    disturbed = corpus_of(tmp_path / "disturbed", mirror)
    stages = moments.sample(sorted(STAGES), len(STAGES))
    for stage in (*FIRST, *stages, *LAST):
        moment = moments.randint(1, STAGES.get(stage, 1))
        done = crawl(disturbed, kill_at=f"{stage}:{moment}")
        assert was_killed(done), f"never came to {stage}:{moment}: {done.stderr}"
    assert crawl(disturbed).code == 0
    assert stored(disturbed) == stored(undisturbed)
    assert_whole(disturbed)


def test_cleaning_processes_die_with_a_crawl_that_is_killed_from_outside(tmp_path: Path) -> None:
    with DemoNewsSites(addresses=("127.0.0.1",), crawl_delay_seconds=0.2) as sites:
        corpus = make_corpus(tmp_path / "c", {"post": f'url = "{sites.outlets[0].url}"'})
        command = [sys.executable, "-m", "collector", "crawl", "--corpus", str(corpus)]
        process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
        assert wait_until(lambda: len(sites.requests) > 3, 60)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert wait_until(lambda: not processes_of_session(process.pid), 10)


def processes_of_session(session: int) -> list[str]:
    """Return the processes of a session that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(stat.parent.name)
    return found
