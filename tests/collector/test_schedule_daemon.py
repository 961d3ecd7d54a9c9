"""The daemon's decisions on a real corpus, with a clock that the test sets and crawls that end when it says so."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from crawling import small_file_system

from collector.config import read_config
from collector.schedule.crawls import Ended, Order, ended
from collector.schedule.daemon import Daemon
from corpus.errors import ConfigError
from corpus.folder import CorpusFolder
from corpus.store import Store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
HOUR = 3600.0
SCHEDULE = """
[schedule]
when = "0 * * * *"
jitter_minutes = 0
max_crawls = {places}
max_minutes = 30
"""


@dataclass
class Crawl:
    """A crawl that ends when the test says so."""

    order: Order
    result: Ended | None = None
    stops: list[bool] = field(default_factory=list)

    def poll(self) -> Ended | None:
        return self.result

    def stop(self, *, force: bool) -> None:
        self.stops.append(force)

    def end(self, state: str = "finished", run_id: int | None = None, note: str | None = None) -> None:
        self.result = Ended(state=state, run_id=run_id, note=note)


class Stage:
    """A daemon, its clock, and the crawls that it started."""

    def __init__(self, root: Path, sites: int = 2, places: int = 2, more: str = "") -> None:
        root.mkdir(exist_ok=True)
        entries = "".join(f'\n[sites.s{number}]\nurl = "https://s{number}.example/"\n' for number in range(sites))
        self.settings = SCHEDULE.format(places=places) + more + "\n[archive]\nmin_free_mb = 0\n" + entries
        self.folder = CorpusFolder(root)
        self.folder.config.write_text(self.settings)
        self.folder.locks.mkdir(exist_ok=True)
        self.now = NOON
        self.crawls: list[Crawl] = []
        self.daemon = Daemon(self.folder, clock=lambda: self.now, start=self._start)

    def close(self) -> None:
        self.daemon.__exit__()

    def restart(self) -> Daemon:
        self.close()
        self.daemon = Daemon(self.folder, clock=lambda: self.now, start=self._start)
        return self.daemon

    def _start(self, order: Order) -> Crawl:
        self.crawls.append(Crawl(order))
        return self.crawls[-1]

    def look(self, hour: float) -> list[str]:
        """Look at an hour after noon; return the sites whose crawl was started."""
        self.now = NOON + hour * HOUR
        before = len(self.crawls)
        self.daemon.look()
        return [crawl.order.site for crawl in self.crawls[before:]]

    def end(self, *sites: str, state: str = "finished") -> None:
        for crawl in self.crawls:
            if crawl.result is None and (not sites or crawl.order.site in sites):
                crawl.end(state)

    def state(self, site: str) -> tuple[str, int]:
        row = self.daemon._schedules.histories()[site]
        return row.state, row.failures


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    stages: list[Stage] = []

    def make(**how: object) -> Stage:
        stages.append(Stage(tmp_path / "c", **how))  # type: ignore[arg-type]
        return stages[-1]

    yield make
    for made in stages:
        made.close()


@pytest.fixture
def stage(staged: Callable[..., Stage]) -> Stage:
    return staged()


def test_every_site_is_crawled_at_its_turn_and_once(stage: Stage) -> None:
    assert stage.look(0.1) == ["s0", "s1"]
    assert stage.look(0.2) == []
    stage.end()
    assert stage.look(0.3) == []
    assert stage.look(1.0) == ["s0", "s1"]


def test_one_crawl_of_a_site_at_a_time(stage: Stage) -> None:
    stage.look(0.1)
    stage.end("s0")
    assert stage.look(1.0) == ["s0"]
    assert stage.look(2.0) == []


def test_no_more_crawls_at_once_than_allowed_and_every_site_has_its_turn(staged: Callable[..., Stage]) -> None:
    stage = staged(sites=5, places=2)
    begun = stage.look(0.1)
    for minute in range(1, 20):
        stage.end()
        begun += stage.look(0.1 + minute / 60)
        assert sum(crawl.result is None for crawl in stage.crawls) <= 2
    assert begun == ["s0", "s1", "s2", "s3", "s4"]


def test_a_site_with_more_work_than_time_starves_nobody(staged: Callable[..., Stage]) -> None:
    stage = staged(sites=4, places=1)
    begun, hour = [], 0.0
    for _ in range(12):
        begun += stage.look(hour)
        hour += 0.5 if begun[-1] == "s0" else 0.01  # s0 has never enough; the others are done soon
        stage.end()
    assert begun[:4] == ["s0", "s1", "s2", "s3"]
    assert all("s0" in begun[index : index + 4] for index in range(len(begun) - 3)), begun
    later = begun[4:]
    assert min(later.count(site) for site in ("s1", "s2", "s3")) >= 1, begun


def test_the_time_limit_the_copy_of_the_configuration_and_what_comes_due_soon_are_passed_on(stage: Stage) -> None:
    stage.look(0.5)
    order = stage.crawls[0].order
    assert (order.limit_seconds, order.ahead_seconds) == (1800, 900)
    assert read_config(order.config) == read_config(stage.folder.config)


def test_a_crawl_ends_when_quiet_hours_begin_and_none_begins_in_them(staged: Callable[..., Stage]) -> None:
    stage = staged(more='quiet = ["12:15-14:00"]\n')
    stage.look(0.1)
    assert stage.crawls[0].order.limit_seconds == pytest.approx(0.15 * HOUR)
    stage.end()
    assert stage.look(1.0) == stage.look(1.9) == []
    assert stage.look(2.0) == ["s0", "s1"]


def test_missed_turns_are_caught_up_once_after_a_restart(stage: Stage) -> None:
    stage.look(0.1)
    stage.end()
    stage.look(0.2)
    stage.restart()
    assert stage.look(50.4) == ["s0", "s1"]
    stage.end()
    assert stage.look(50.5) == []
    assert stage.look(51.0) == ["s0", "s1"]


def test_a_daemon_that_was_killed_leaves_its_crawls_to_be_begun_again(stage: Stage) -> None:
    stage.look(0.1)
    stage.end("s0")
    stage.look(0.2)
    stage.restart()  # a reboot: nothing but the corpus is left
    assert stage.look(0.3) == ["s1"]


def test_a_crawl_that_outlived_its_daemon_is_waited_for_and_its_end_is_noted(stage: Stage) -> None:
    stage.look(0.1)
    stage.end("s1")
    stage.look(0.15)
    stage.restart()
    store = Store(stage.folder.database, lambda _: None)
    run = store.begin_run("crawl", ["s0"], stage.now, config={}, versions={})
    with stage.folder.alive(run.run_id):
        assert stage.look(0.2) == []
    store.end_run(run, NOON + 0.3 * HOUR)
    store.close()
    assert stage.look(0.4) == []
    assert stage.state("s0") == ("finished", 0)


def test_a_crawl_that_failed_is_tried_again_after_a_pause(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.look(0.0)
    stage.crawls[0].end("failed", note="the database is damaged")
    stage.crawls[1].end()
    with caplog.at_level(logging.WARNING):
        stage.look(0.01)
    assert "s0: its crawl failed after 36 s, nothing was due; the database is damaged" in caplog.text
    assert stage.look(0.01 + 4.9 / 60) == []
    assert stage.look(0.01 + 5.1 / 60) == ["s0"]
    assert stage.state("s0") == ("running", 1)


# -- clocks -----------------------------------------------------------------------------------------------------------


def test_a_clock_that_jumps_forward_costs_one_crawl_and_one_that_jumps_back_holds_nothing_up(stage: Stage) -> None:
    stage.look(0.1)
    stage.end()
    assert stage.look(0.2) == []
    assert stage.look(24 * 365) == ["s0", "s1"]  # set a year ahead by mistake …
    stage.end()
    stage.look(24 * 365 + 0.1)
    assert stage.look(0.3) == ["s0", "s1"]  # … and back again
    stage.end()
    assert stage.look(0.4) == []
    assert stage.look(1.0) == ["s0", "s1"]


def test_what_a_wrong_clock_put_off_is_brought_back(stage: Stage) -> None:
    stage.look(0.1)
    db = stage.daemon._schedules.db
    far, near = NOON + 300 * 86_400, NOON + 86_400
    db.executemany("INSERT INTO host (host, next_at) VALUES (?, ?)", [("a.example", far), ("b.example", near)])
    stage.look(0.2)  # with the test's clock every look is a jump
    hosts = dict(db.execute("SELECT host, next_at FROM host").fetchall())
    assert hosts["a.example"] <= stage.now
    assert hosts["b.example"] == near


# -- configuration ----------------------------------------------------------------------------------------------------


def test_a_configuration_that_is_read_again_holds_from_the_next_look_on(stage: Stage) -> None:
    stage.look(0.1)
    stage.end()
    stage.folder.config.write_text(stage.settings + '\n[sites.s9]\nurl = "https://s9.example/"\n')
    assert stage.look(0.2) == []
    stage.daemon._reload()
    assert stage.look(0.3) == ["s9"]


def test_a_broken_configuration_changes_nothing_and_is_named(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.look(0.1)
    stage.end()
    before = stage.daemon.config
    stage.folder.config.write_text("[schedule]\nwhen = 'often'\n")
    with caplog.at_level(logging.WARNING):
        stage.daemon._reload()
    assert "schedule.when" in caplog.text
    assert "'often' is no schedule" in caplog.text
    assert stage.daemon.config is before
    assert stage.look(1.0) == ["s0", "s1"]
    assert read_config(stage.crawls[-1].order.config) == before


def test_a_daemon_does_not_start_on_a_broken_configuration(stage: Stage) -> None:
    stage.folder.config.write_text("[schedule]\nquiet = ['always']\n")
    with pytest.raises(ConfigError, match=r"schedule\.quiet.*always"):
        stage.restart()


# -- trouble ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes, or a skip where we may not make one."""
    with small_file_system(tmp_path / "disk", 4) as folder:
        yield folder


def test_on_a_full_disk_nothing_starts_and_when_it_is_freed_failed_sites_have_their_turn(
    small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stage = Stage(small_disk / "c")
    stage.settings = stage.settings.replace("min_free_mb = 0", "min_free_mb = 2")
    stage.folder.config.write_text(stage.settings)
    stage.daemon._reload()
    assert stage.look(0.0) == ["s0", "s1"]
    stage.end("s0", state="failed")
    stage.end("s1")
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(2_500_000))
    with caplog.at_level(logging.INFO):
        assert stage.look(0.01) == stage.look(0.5) == stage.look(1.0) == []
        assert caplog.text.count("no crawl starts") == 1
        ballast.unlink()
        assert stage.look(1.01) == ["s0", "s1"]
        assert "crawls start again" in caplog.text
    assert stage.state("s0") == ("running", 0)
    stage.close()


def test_a_database_that_cannot_be_written_is_told_once_and_waited_for(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.daemon._schedules.db.execute("PRAGMA busy_timeout = 10")
    other = Store(stage.folder.database, lambda _: None)
    other.db.execute("BEGIN IMMEDIATE")
    with caplog.at_level(logging.INFO):
        assert stage.look(0.1) == stage.look(0.11) == []
        assert caplog.text.count("another process holds the database") == 1
        other.db.execute("ROLLBACK")
        other.close()
        assert stage.look(0.12) == ["s0", "s1"]


def test_a_disk_that_is_gone_is_told_once_and_waited_for(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    gone = stage.folder.root.with_name("unmounted")
    with caplog.at_level(logging.INFO):
        stage.folder.root.rename(gone)
        assert stage.look(0.1) == stage.look(0.11) == []
        assert caplog.text.count("No such file or directory") == 1
        gone.rename(stage.folder.root)
        assert stage.look(0.12) == ["s0", "s1"]


def test_the_copy_of_the_configuration_is_no_more_readable_than_the_original(stage: Stage) -> None:
    stage.folder.config.chmod(0o600)
    stage.daemon._reload()
    assert (stage.folder.locks / "collector.toml").stat().st_mode & 0o777 == 0o600


def test_a_process_that_cannot_be_started_is_a_failed_crawl(stage: Stage) -> None:
    def refuse(_: Order) -> Crawl:
        raise OSError(11, "Resource temporarily unavailable")

    stage.daemon._start = refuse
    stage.look(0.1)
    assert stage.state("s0") == ("failed", 1)


# -- what an exit code means ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "stdout", "state", "run", "note"),
    [
        (0, '{"run": 3, "outcomes": {"kept": 1}, "error": null}', "finished", 3, None),
        (4, '{"run": 3, "outcomes": {}, "error": null}', "finished", 3, None),
        (130, '{"run": 3, "outcomes": {}, "error": null}', "interrupted", 3, None),
        (-15, "", "interrupted", None, None),
        (-9, "", "failed", None, "killed by signal 9"),
        (3, '{"run": 3, "outcomes": {}, "error": "the disk is full"}', "failed", 3, "the disk is full"),
        (2, "", "failed", None, "exit code 2"),
    ],
)
def test_how_a_crawl_ended_is_read_from_its_exit_code_and_report(
    code: int, stdout: str, state: str, run: int | None, note: str | None
) -> None:
    result = ended(code, stdout)
    assert (result.state, result.run_id, result.note) == (state, run, note)
