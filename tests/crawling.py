"""Real crawls in real processes against real servers on loopback: what the crawl tests share."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from corpus import open_corpus

#: No delay, no waiting: loopback servers are ours.
QUICK = """
[fetch]
delay_seconds = 0
adaptive = false
concurrency = 8
backoff_seconds = 0.2
timeout_seconds = 10
patience_seconds = 20
"""


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


def make_corpus(root: Path, sites: dict[str, str], settings: str = QUICK) -> Path:
    """Make a corpus folder; ``sites`` maps names to the lines of their entries."""
    root.mkdir(parents=True, exist_ok=True)
    entries = "".join(f"\n[sites.{name}]\n{lines}\n" for name, lines in sites.items())
    (root / "collector.toml").write_text(settings + entries, "utf-8")
    return root


def collector(
    *arguments: str | Path,
    stdin: str | None = None,
    timeout: float = 240,
    kill_at: str | None = None,
    **environment: str,
) -> Finished:
    """Run the command line in a process of its own.

    Args:
        kill_at: ``STAGE:N``: the process kills itself with SIGKILL when it comes to a stage for the Nth time.
    """
    module = ["-m", "collector"] if kill_at is None else ["-P", str(Path(__file__).with_name("killed.py")), kill_at]
    done = subprocess.run(
        [sys.executable, *module, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**os.environ, "PYTHONWARNINGS": "default", **environment},
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def crawl(root: Path, *arguments: str, kill_at: str | None = None, **environment: str) -> Finished:
    """Run ``collector crawl --json`` on a corpus."""
    done = collector("crawl", "--corpus", root, "--json", *arguments, kill_at=kill_at, **environment)
    outcomes = json.loads(done.stdout)["outcomes"] if done.stdout.startswith("{") else {}
    return Finished(done.code, done.stdout, done.stderr, outcomes)


def stored(root: Path) -> dict[str, tuple[str | None, str]]:
    """Return the title and text of every article, by URL."""
    with open_corpus(root) as corpus:
        articles = list(corpus.articles())
    assert len({article.url for article in articles}) == len(articles), "an article is stored twice"
    return {article.url: (article.title, article.text) for article in articles}


@contextlib.contextmanager
def small_file_system(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a file system of a few megabytes, or skip the test where we may not."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode != 0:
        pytest.skip("no right to mount a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextlib.contextmanager
def serving_mirror(data: Path, name: str, address: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve a mirror of a real news site; yield its root URL."""
    port = port or free_port(address)
    server = subprocess.Popen(
        [
            sys.executable,
            str(data / "serve_site.py"),
            str(data / "sites" / f"{name}.tar.xz"),
            str(port),
            "--address",
            address,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it prints a traceback for each connection that a killed crawl leaves
        text=True,
    )
    try:
        assert server.stdout is not None
        assert "files of" in server.stdout.readline()
        yield f"http://{address}:{port}"
    finally:
        server.kill()
        server.wait()
        if server.stdout is not None:
            server.stdout.close()


def free_port(address: str) -> int:
    import socket

    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def wait_until(claim: Any, seconds: float = 10.0) -> bool:
    """Wait until ``claim()`` holds; return whether it did."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if claim():
            return True
        time.sleep(0.05)
    return bool(claim())


def was_killed(done: Finished) -> bool:
    return done.code == -signal.SIGKILL
