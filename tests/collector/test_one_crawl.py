"""One crawl of a site at a time, in whatever way crawls are started."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from crawling import collector, make_corpus

from collector.config import Config, read_config
from collector.crawl import Crawl
from collector.schedule.crawls import ended
from corpus.errors import CorpusBusyError
from corpus.leases import Scope

SITES = ("post", "ledger", "herald")
CRAWL_AND_WAIT = """
import sys, time
from pathlib import Path
from collector.config import read_config
from collector.crawl import Crawl
from corpus.leases import Scope
root = Path(sys.argv[1])
crawl = Crawl.open(root, Scope(sites=("post",)), read_config(root / "collector.toml"))
print("open", flush=True)
time.sleep(20)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_corpus(tmp_path / "c", {name: f'url = "http://127.0.0.1:9/{name}"' for name in SITES})


@pytest.fixture
def opened(root: Path) -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def begin(stack: ExitStack, root: Path, *sites: str, named: bool = True, command: str = "crawl") -> Crawl:
    crawl = Crawl.open(root, Scope(sites=sites, named=named), config(root), command=command)
    stack.callback(crawl.close)
    return crawl


def config(root: Path) -> Config:
    return read_config(root / "collector.toml")


def runs(crawl: Crawl) -> int:
    return int(crawl.store.db.execute("SELECT count(*) FROM run").fetchone()[0])


def test_a_second_crawl_of_a_site_is_refused_with_process_time_and_command_of_the_first(
    root: Path, opened: ExitStack
) -> None:
    first = begin(opened, root, "post")
    told = rf"^post is being crawled already, .+: run 1, process {os.getpid()} on .+, since 20\d\d-.+: `.*pytest.*`$"
    with pytest.raises(CorpusBusyError, match=told):
        begin(opened, root, "ledger", "post")
    assert runs(first) == 1
    begin(opened, root, "ledger")


def test_a_crawl_of_all_sites_leaves_out_those_that_are_being_crawled(root: Path, opened: ExitStack) -> None:
    begin(opened, root, "post")
    rest = begin(opened, root, *SITES, named=False)
    assert rest.scope.sites == rest.run.sites == ("ledger", "herald")
    assert list(rest.left_out) == ["post"]
    with pytest.raises(CorpusBusyError, match="post is being crawled already"):
        begin(opened, root, *SITES, named=False)


def test_a_crawl_that_has_ended_or_died_holds_nothing(root: Path, opened: ExitStack) -> None:
    begin(opened, root, "post").close()
    with subprocess.Popen([sys.executable, "-c", CRAWL_AND_WAIT, root], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(CorpusBusyError, match=f"run 2, process {process.pid} on"):
            begin(opened, root, "post")
        process.send_signal(signal.SIGKILL)
    assert begin(opened, root, "post").run.run_id == 3


def test_what_is_no_crawl_goes_on_beside_one(root: Path, opened: ExitStack) -> None:
    begin(opened, root, "post")
    for command in ("ingest", "reclean"):
        assert begin(opened, root, *SITES, command=command).scope.sites == SITES
    assert begin(opened, root, "ledger").left_out == {}


@pytest.mark.slow
def test_every_way_to_start_a_crawl_ends_with_one_line_where_another_is_at_work(root: Path, opened: ExitStack) -> None:
    begin(opened, root, "post")
    by_hand = collector("crawl", "post", "--corpus", root, "--quiet", "--json")
    assert by_hand.code == 3
    assert f"process {os.getpid()} on" in by_hand.stderr
    seen_by_daemon = ended(by_hand.code, by_hand.stdout)
    assert seen_by_daemon.state == "failed"
    assert (seen_by_daemon.note or "").startswith("post is being crawled already")
    by_scrapy = scrapy(root, "crawl", "sitemaps", "-a", "site=post")
    assert by_scrapy.returncode == 3
    assert f"ERROR: post is being crawled already, and bears one crawl at a time: run 1, process {os.getpid()}" in (
        by_scrapy.stderr
    )
    assert len(by_scrapy.stderr.splitlines()) == 1


@pytest.mark.slow
def test_scrapy_names_a_wrong_site_in_one_line(root: Path) -> None:
    done = scrapy(root, "crawl", "feeds", "-a", "site=pots")
    assert done.returncode == 2
    assert done.stderr.endswith("ERROR: no site called pots (did you mean post?); known sites: post, ledger, herald\n")
    assert len(done.stderr.splitlines()) == 1


def scrapy(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLLECTOR_CORPUS": str(root), "SCRAPY_SETTINGS_MODULE": "collector.settings"}
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
