"""A backup beside a living crawl is whole, also where the next one is killed, and the crawl goes on from it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from crawling import QUICK, collector, crawl, make_corpus, stored, wait_until, was_killed

from collector.demo import DemoNewsSites
from corpus.backup_manifest import MANIFEST_NAME, read_backup, verify_backup

pytestmark = pytest.mark.slow

#: Small files, so that some are finished while others grow.
SETTINGS = f"{QUICK}\n[archive]\nrotate_mb = 0.05\n"
#: What the first crawl reads instead: slow enough that everything happens beside it.
SLOW = SETTINGS.replace("delay_seconds = 0", "delay_seconds = 0.3")


def test_backups_beside_a_crawl_are_whole_when_killed_and_the_crawl_goes_on_from_them(tmp_path: Path) -> None:
    root, target = tmp_path / "c", tmp_path / "backup"
    with DemoNewsSites(addresses=("127.0.0.1",), crawl_delay_seconds=0) as sites:
        entries = {"post": f'url = "{sites.outlets[0].url}"'}
        make_corpus(root, entries, SETTINGS)
        slow = make_corpus(tmp_path / "slow", entries, SLOW) / "collector.toml"
        command = [sys.executable, "-m", "collector", "crawl", "--corpus", str(root), "--quiet"]
        crawling = subprocess.Popen(
            command,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "COLLECTOR_CONFIG": str(slow)},
        )
        try:
            assert wait_until(lambda: len(sites.requests) > 12, 60)
            assert collector("backup", target, "--corpus", root).code == 0
            first = (target / MANIFEST_NAME).read_bytes()
            seen = len(sites.requests)
            assert wait_until(lambda: len(sites.requests) > seen + 3, 60)  # so that there is something to copy
            assert was_killed(collector("backup", target, "--corpus", root, kill_at="backup-file-after:1"))
            assert (target / MANIFEST_NAME).read_bytes() == first
            assert list(verify_backup(target)) == []
            done = collector("backup", target, "--corpus", root, "--json")
            assert done.code == 0, done.stderr
            assert crawling.poll() is None, "the crawl ended too early to be a test"
        finally:
            crawling.send_signal(signal.SIGTERM)
            crawling.wait(60)
        assert read_backup(target).articles > json.loads(first)["articles"]
        again = tmp_path / "again"
        restored = collector("restore", target, again)
        assert restored.code == 0, restored.stderr
        examined = collector("doctor", "--corpus", again, "--json")
        assert examined.code == 0, examined.stdout
        assert crawl(root).code == 0
        assert crawl(again).code == 0
        assert stored(again) == stored(root)
