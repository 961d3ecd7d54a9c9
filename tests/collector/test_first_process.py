"""The first cleaning process finds what any finds, costs one page where it dies, and gives way to many."""

import asyncio
import mmap
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest
from corpus_builder import story

import collector.study
from collector.config import Config
from collector.first_process import CleanerGoneError, FirstProcess
from collector.tasks import Findings, Task
from collector.workers import Workers
from corpus.types import Article, Kind, Provenance

ROOM = 8


def task(subject: str = "ferry") -> Task:
    url = f"https://post.example/2026/11/{subject}"
    text = "".join(f"<p>{line}</p>" for line in story(subject, 12).split("\n") if line)
    return Task(
        url=url,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        wire_body=f"<html lang=en><title>{subject}</title><article><h1>{subject}</h1>{text}</article>".encode(),
        provenance=Provenance(requested_url=url, fetched_at=datetime(2026, 11, 22, tzinfo=UTC)),
        kind=Kind.ARTICLE,
        site="",
        key=url,
    )


def config(**settings: float) -> Config:
    return Config.model_validate({"clean": {"workers": 1, **settings}})


@contextmanager
def first_process(settings: Config) -> Iterator[FirstProcess]:
    process = FirstProcess(settings)
    try:
        yield process
    finally:
        process.close()
        process.close()  # which changes nothing


def studying(monkeypatch: pytest.MonkeyPatch, study: Callable[[], Findings]) -> None:
    """Let the processes that are forked from now on do something else than cleaning."""
    monkeypatch.setattr(collector.study, "study", lambda *_: study())


def asleep() -> Findings:
    time.sleep(60)
    return Findings()


def out_of_memory() -> Findings:
    raise MemoryError


def taking(megabytes: int) -> Findings:
    return Findings(evidence=str(len(bytearray(megabytes * 2**20))))


def confused() -> Findings:
    raise LookupError("no such thing")


def test_it_finds_what_any_process_finds() -> None:
    with first_process(config()) as process:
        futures = [process.submit(task(subject)) for subject in ("ferry", "dolphin")]
        found = [future.result(60) for future in futures]
    assert found == [collector.study.study(task(subject), config()) for subject in ("ferry", "dolphin")]
    assert isinstance(found[0].verdict, Article)


@pytest.mark.parametrize(
    ("study", "seconds", "error", "evidence"),
    [
        (asleep, 0.2, "cleaner-timeout", "cleaning took more than 0.2 s"),
        (out_of_memory, 20, "cleaner-memory", "needs more than 2048 MB"),
        (confused, 20, "cleaner-bug", "LookupError: no such thing"),
    ],
)
def test_a_page_that_is_too_much_for_it_is_counted(
    study: Callable[[], Findings], seconds: float, error: str, evidence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    studying(monkeypatch, study)
    with first_process(config(page_seconds=seconds, page_memory_mb=2048)) as process:
        found = process.submit(task()).result(60)
        assert (found.error, found.evidence) == (error, evidence)
        assert process.has_room == (error != "cleaner-timeout")


@pytest.mark.skipif(sys.platform != "linux", reason="macOS sets no limit")
@pytest.mark.parametrize(("megabytes", "error"), [(300, None), (1100, "cleaner-memory")])
def test_it_may_take_the_memory_that_is_set_whatever_addresses_its_libraries_reserve(
    megabytes: int, error: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserved = mmap.mmap(-1, 2**30, prot=mmap.PROT_READ)  # as rensa's allocator does
    studying(monkeypatch, lambda: taking(megabytes))
    with reserved, first_process(config(page_memory_mb=1024)) as process:
        assert process.submit(task()).result(60).error == error


def test_the_traceback_of_a_bug_is_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    studying(monkeypatch, confused)
    with first_process(config()) as process:
        process.submit(task()).result(60)
    assert "in confused" in caplog.text


def test_its_death_costs_the_page_that_it_had_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    studying(monkeypatch, asleep)
    with first_process(config()) as process:
        having, waiting = process.submit(task()), process.submit(task())
        threading.Timer(1, lambda: os.kill(process.pid or 0, signal.SIGKILL)).start()
        found = having.result(60)
        assert (found.error, found.evidence) == ("cleaner-died", "the cleaning process died with exit code -9")
        with pytest.raises(CleanerGoneError):
            waiting.result(60)
        assert not process.has_room


def test_one_that_somebody_stopped_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    studying(monkeypatch, asleep)
    with first_process(config(page_seconds=1)) as process:
        os.kill(process.pid or 0, signal.SIGSTOP)
        with pytest.raises(CleanerGoneError):
            process.submit(task()).result(60)
        assert not process.has_room


def test_it_has_room_until_so_many_pages_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    studying(monkeypatch, asleep)
    with first_process(config()) as process:
        for _ in range(ROOM - 1):
            process.submit(task())
        assert process.has_room
        process.submit(task())
        assert not process.has_room


FORKED = """
import threading
from collector.config import Config
from collector.first_process import FirstProcess
process = FirstProcess.fork(Config())
print(process is not None)
if process is not None:
    process.close()
over = threading.Event()
threading.Thread(target=over.wait).start()
print(FirstProcess.fork(Config()) is not None)
over.set()
"""


CUT_OFF = """
import os, signal
from collector.config import Config
from collector.first_process import FirstProcess
print(FirstProcess(Config())._connection.poll(60), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_ends_in_silence_where_the_crawl_is_killed_with_an_answer_unread() -> None:
    done = subprocess.run([sys.executable, "-c", CUT_OFF], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGKILL, "True\n", "")


@pytest.mark.parametrize(
    ("owner", "name", "error"),
    [(os, "fork", BlockingIOError(11, "no more processes")), (Path, "iterdir", FileNotFoundError(2, "no /proc"))],
)
def test_it_is_done_without_where_it_cannot_be_had(
    owner: object, name: str, error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> NoReturn:
        raise error

    monkeypatch.setattr("collector.first_process.Path.iterdir", lambda _: iter([Path("1")]))
    monkeypatch.setattr(owner, name, refused)
    assert FirstProcess.fork(config()) is None


@pytest.mark.skipif(os.cpu_count() == 1, reason="OpenBLAS has a thread for each processor at most")
@pytest.mark.parametrize(("threads", "forked"), [(1, ["True", "False"]), (2, ["False", "False"])])
def test_it_is_forked_only_where_there_is_no_other_thread_not_even_one_of_numpys(
    threads: int, forked: list[str]
) -> None:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": str(threads)}
    done = subprocess.run([sys.executable, "-c", FORKED], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == forked


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    program = (
        "import time; from collector.config import Config; from collector.first_process import FirstProcess\n"
        "print(FirstProcess(Config()).pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    ended = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split():
        assert time.monotonic() < ended
        time.sleep(0.05)


def test_others_take_over_what_is_too_much_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FirstProcess, "fork", FirstProcess)  # which it would not be beside the threads of a test
    tasks = [replace(task(f"subject{number}"), key="") for number in range(ROOM + 4)]

    async def study_all(workers: Workers) -> list[Findings]:
        return list(await asyncio.gather(*map(workers.study, tasks)))

    with Workers(config()) as workers:
        found = asyncio.run(study_all(workers))
        servers = [status for status in children("forkserver") if "State:\tZ" not in status]
    assert [one.verdict.url for one in found if isinstance(one.verdict, Article)] == [one.url for one in tasks]
    # Ctrl-C goes to all processes of a terminal: it must not end the server while that loads the cleaners.
    assert servers
    assert all(int(status.split("SigBlk:")[1].split()[0], 16) & 1 << signal.SIGINT - 1 for status in servers)


def children(name: str) -> list[str]:
    """Return what /proc says of this process' children whose command line has ``name`` in it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            status = (folder / "status").read_text()
            if f"PPid:\t{os.getpid()}\n" in status and name in (folder / "cmdline").read_text():
                found.append(status)
    return found


def test_a_process_that_dies_with_nothing_to_do_costs_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FirstProcess, "fork", FirstProcess)
    tasks = [replace(task(f"subject{number}"), key="") for number in range(ROOM + 4)]

    async def study_all(workers: Workers) -> list[Findings]:
        found = list(await asyncio.gather(*map(workers.study, tasks)))
        (idle,) = workers._pool._pool_manager.worker_manager.workers
        os.kill(idle, signal.SIGKILL)
        await asyncio.sleep(1)  # the pool looks after its processes every tenth of a second
        return found + list(await asyncio.gather(*map(workers.study, tasks)))

    with Workers(config()) as workers:
        found = asyncio.run(study_all(workers))
    assert [one.error for one in found] == [None] * 2 * len(tasks)


def test_a_page_is_tried_again_where_no_process_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Workers) -> bool:
        raise ConnectionRefusedError("the fork server is gone")

    monkeypatch.setattr(Workers, "_start_pool", refused)
    with Workers(config(), may_fork=False) as workers:
        found = asyncio.run(workers.study(task()))
    told = "the cleaning processes cannot be reached: the fork server is gone"
    assert (found.error, found.evidence) == ("cleaner-died", told)
