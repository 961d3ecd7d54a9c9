"""One process holds a lock; others are told who it is."""

import fcntl
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread

import pytest

from corpus.errors import CorpusBusyError, StoreError
from corpus.folder import CorpusFolder
from corpus.holding import hold, holder_of

HOLDER = """
import sys, time
from pathlib import Path
from corpus.folder import CorpusFolder
from corpus.holding import hold
with hold(CorpusFolder(Path(sys.argv[1])), "run", 1763800000.0):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_is_refused_with_the_name_of_the_first(tmp_path: Path) -> None:
    folder = CorpusFolder(tmp_path)
    with (
        hold(folder, "run", 1763800000.0),
        pytest.raises(CorpusBusyError, match=rf"process {os.getpid()} on .+, since 2025-11-22T08:26:40\+00:00"),
        hold(folder, "run", 0.0),
    ):
        pass


def test_nobody_holds_what_was_let_go(tmp_path: Path) -> None:
    folder = CorpusFolder(tmp_path)
    assert holder_of(folder, "run") is None
    with hold(folder, "run", 0.0):
        found = holder_of(folder, "run")
        assert found is not None
        assert found.pid == os.getpid()
    assert holder_of(folder, "run") is None
    with hold(folder, "run", 0.0):
        pass


def test_a_lock_ends_with_its_process_however_that_dies(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    folder = CorpusFolder(tmp_path)
    found = holder_of(folder, "run")
    assert found is not None
    assert found.pid == process.pid
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with hold(folder, "run", 0.0):
        pass


def test_a_lock_whose_holder_has_not_signed_yet_is_a_lock(tmp_path: Path) -> None:
    folder = CorpusFolder(tmp_path)
    with hold(folder, "run", 0.0):
        (folder.locks / "run.lock").write_text("")
        with pytest.raises(CorpusBusyError, match="unknown host"), hold(folder, "run", 0.0):
            pass


def test_a_lock_that_cannot_be_read_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("a file where the folder should be", "utf-8")
    with pytest.raises(StoreError, match="permissions"):
        holder_of(CorpusFolder(tmp_path), "run")


def test_a_run_that_waited_for_a_number_that_was_given_back_is_seen(tmp_path: Path) -> None:
    folder, left, done = CorpusFolder(tmp_path), ExitStack(), Event()
    began = Event()

    def run() -> None:
        with folder.alive(1):
            began.set()
            done.wait(10)

    left.enter_context(folder.alive(1))
    thread = Thread(target=run)
    thread.start()
    assert not began.wait(0.2)
    left.close()
    assert began.wait(10)
    dead = folder.dead([1])
    done.set()
    thread.join()
    assert dead == []


def test_who_looks_whether_a_run_is_dead_is_not_taken_for_it(tmp_path: Path) -> None:
    folder = CorpusFolder(tmp_path)
    looking = folder.open_lock("run-1.lock")
    fcntl.flock(looking, fcntl.LOCK_SH)
    assert folder.dead([1]) == [1]
    os.close(looking)
