"""The log has a line a run, is turned over by whoever finds it full, and holds nothing secret."""

import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from crawling import collector, make_corpus
from pydantic import BaseModel, SecretStr

from collector.config import Config, parse_config
from collector.crawl import Crawl
from collector.logbook import JOURNAL_ONLY, Logs, forget_lines, keep_log, secrets_of, turn_over
from corpus.errors import ConfigError
from corpus.folder import CorpusFolder
from corpus.ledger import Scope

DAY = 86_400
logger = logging.getLogger("collector.test")


@pytest.fixture
def folder(tmp_path: Path) -> CorpusFolder:
    return CorpusFolder(make_corpus(tmp_path / "c", {"post": 'url = "https://post.example/"'}, ""))


def lines(folder: CorpusFolder) -> list[dict[str, object]]:
    return [json.loads(line) for line in folder.log.read_text("utf-8").splitlines()]


def earlier(folder: CorpusFolder) -> list[str]:
    return sorted(path.name for path in folder.log.parent.glob("collector.jsonl.*"))


def test_a_run_has_one_line_that_says_what_came_of_it(folder: CorpusFolder) -> None:
    crawl = Crawl.open(folder.root, Scope(sites=("post",)), Config())
    crawl.outcomes.update({"kept": 3, "removed/too-short": 1})
    crawl.close(note="ended early")
    (line,) = lines(folder)
    assert (line["level"], line["logger"], line["process"]) == ("info", "collector.crawl", os.getpid())
    assert str(line["message"]).startswith("run 1 finished: 4 pages in ")
    assert line["outcomes"] == {"kept": 3, "removed/too-short": 1}
    assert (line["run"], line["sites"], line["state"], line["note"]) == (1, ["post"], "finished", "ended early")
    assert str(line["at"]).endswith("Z")


def test_other_libraries_only_have_their_warnings_kept(folder: CorpusFolder) -> None:
    with keep_log(folder, Config(), Logs()):
        logger.info("ours")
        logger.debug("not that much")
        logging.getLogger("scrapy.core.engine").info("Spider opened")
        logging.getLogger("scrapy.core.engine").warning("trouble")
    assert [line["message"] for line in lines(folder)] == ["ours", "trouble"]


@pytest.mark.parametrize(("level", "kept"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_says_what_is_kept(folder: CorpusFolder, level: str, kept: int) -> None:
    with keep_log(folder, Config(), Logs(level=level)):  # type: ignore[arg-type]
        for say in (logger.debug, logger.info, logger.warning, logger.error):
            say("something")
    assert len(lines(folder)) == kept


def test_afterwards_nothing_is_written_and_levels_are_as_they_were(folder: CorpusFolder) -> None:
    before = [*logging.getLogger().handlers], logging.getLogger("collector").level
    with keep_log(folder, Config(), Logs()), keep_log(folder, Config(), Logs()):
        logger.info("within")
    logger.warning("outside")
    assert ([*logging.getLogger().handlers], logging.getLogger("collector").level) == before
    assert [line["message"] for line in lines(folder)] == ["within"]


def test_a_line_stays_one_line_and_carries_its_traceback(folder: CorpusFolder) -> None:
    with keep_log(folder, Config(), Logs()):
        try:
            raise ValueError("first\nsecond ଓଡ଼ିଆ")
        except ValueError:
            logger.exception("what\r\nhappened\x1b[31m")
    (line,) = lines(folder)
    assert line["message"] == "what\r\nhappened\x1b[31m"
    assert "ValueError: first\nsecond ଓଡ଼ିଆ" in str(line["error"])
    assert folder.log.read_bytes().count(b"\n") == 1
    assert b"\x1b" not in folder.log.read_bytes()


def test_nothing_secret_is_in_it(folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    class Hooks(BaseModel):
        webhook: SecretStr = SecretStr("https://hooks.example/T0/xyzzyxyzzy")
        others: tuple[dict[str, SecretStr], ...] = ({"a": SecretStr("plughplugh")},)

    monkeypatch.setenv("COLLECTOR_SMTP_PASSWORD", "correct horse")
    assert set(secrets_of(Hooks())) == {"https://hooks.example/T0/xyzzyxyzzy", "plughplugh", "correct horse"}
    with keep_log(folder, Hooks(), Logs()):
        logger.warning("posting to %s failed", "https://hooks.example/T0/xyzzyxyzzy")
        logger.warning("login: %s", {"user": "asha", "password": "x"}, extra={"fields": {"said": "correct horse"}})
        logger.warning("GET https://asha:hunter2@post.example/?token=abcdef -> Cookie: plughplugh")
    text = folder.log.read_text("utf-8")
    for secret in ("xyzzyxyzzy", "plughplugh", "correct horse", "hunter2", "abcdef", "'x'"):
        assert secret not in text


@pytest.mark.parametrize(("size", "turned"), [(999_999, []), (1_000_000, ["collector.jsonl.1"])])
def test_a_full_file_is_turned_over(folder: CorpusFolder, size: int, turned: list[str]) -> None:
    folder.log.parent.mkdir()
    folder.log.write_bytes(b"x" * size)
    turn_over(folder, Logs(max_mb=1), time.time())
    assert earlier(folder) == turned
    assert folder.log.exists() == (not turned)


def test_earlier_files_are_kept_as_many_and_as_long_as_wanted(folder: CorpusFolder) -> None:
    logs, now = Logs(max_mb=0.001, files=3, days=30), time.time()
    folder.log.parent.mkdir()
    for number in range(6):
        folder.log.write_text(f"{number}" * 2000, "utf-8")
        turn_over(folder, logs, now)
    assert earlier(folder) == [f"collector.jsonl.{number}" for number in (1, 2, 3)]
    assert (folder.log.parent / "collector.jsonl.1").read_text("utf-8")[0] == "5"
    os.utime(folder.log.parent / "collector.jsonl.3", (now - 31 * DAY,) * 2)
    os.utime(folder.log.parent / "collector.jsonl.2", (now - 29 * DAY,) * 2)
    turn_over(folder, logs, now)
    assert earlier(folder) == ["collector.jsonl.1", "collector.jsonl.2"]


def test_who_has_the_file_open_writes_on_in_the_new_one(folder: CorpusFolder) -> None:
    with keep_log(folder, Config(), Logs()):
        logger.info("x" * 2000)
        turn_over(folder, Logs(max_mb=0.001), time.time())
        logger.info("after")
    assert [line["message"] for line in lines(folder)] == ["after"]


_WRITE = """
import logging, sys
from pathlib import Path
from collector.config import Config
from collector.logbook import Logs, keep_log
from corpus.folder import CorpusFolder

for turn in range(40):
    with keep_log(CorpusFolder(Path(sys.argv[1])), Config(), Logs(max_mb=0.005, files=1000)):
        for number in range(5):
            logging.getLogger("collector.test").info("%s %d %d %s", sys.argv[2], turn, number, "x" * 100)
"""


def test_processes_that_write_and_turn_over_at_once_lose_no_line(folder: CorpusFolder) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", _WRITE, str(folder.root), name]) for name in "abc"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    files = [folder.log, *folder.log.parent.glob("collector.jsonl.*")]
    told = [
        json.loads(line)["message"][:-101] for file in files if file.exists() for line in file.read_text().splitlines()
    ]
    assert sorted(told) == sorted(
        f"{name} {turn} {number}" for name in "abc" for turn in range(40) for number in range(5)
    )
    assert len(files) > 5


def test_the_daemon_whose_lines_go_elsewhere_is_in_it_too(
    folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = logging.getLogger("collector.schedule")
    monkeypatch.setattr(daemon, "propagate", False)
    with keep_log(folder, Config(), Logs()):
        logging.getLogger("collector.schedule.daemon").info("serving 3 sites")
        logger.info("something else")
    assert [line["message"] for line in lines(folder)] == ["serving 3 sites", "something else"]


def test_where_it_cannot_be_written_nothing_stops(
    folder: CorpusFolder, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    folder.log.parent.write_text("a file where the folder should be", "utf-8")
    with keep_log(folder, Config(), Logs()):
        logger.info("on with it")
    assert "no log is kept" in caplog.text
    folder.log.parent.unlink()
    with keep_log(folder, Config(), Logs()):
        logger.info("first")
        folder.log.unlink()
        folder.log.parent.rmdir()
        logger.info("lost")
        logger.info("lost, too")
    assert capsys.readouterr().err.count("cannot be written") == 1


def test_lines_that_name_something_forgotten_go(folder: CorpusFolder) -> None:
    with keep_log(folder, Config(), Logs()):
        logger.warning("cannot make sense of https://post.example/ଓଡ଼ିଆ")
        logger.warning("cannot make sense of https://post.example/other")
    forget_lines(folder.log, ["https://post.example/ଓଡ଼ିଆ"])
    assert [line["message"] for line in lines(folder)] == ["cannot make sense of https://post.example/other"]


def test_the_terminal_stays_quiet(folder: CorpusFolder) -> None:
    done = collector("crawl", "post", "--corpus", folder.root, "--minutes", "0.01", "--quiet", "--json")
    assert done.stderr == ""
    assert lines(folder)[-1]["run"] == 1


def test_what_a_run_has_told_itself_is_not_told_twice(folder: CorpusFolder) -> None:
    with keep_log(folder, Config(), Logs()):
        logger.info("run 3 finished", extra={JOURNAL_ONLY: True})
        logger.info("run 4 finished", extra={JOURNAL_ONLY: False})
    assert [line["message"] for line in lines(folder)] == ["run 4 finished"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[sites.a]\nurl = "https://asha:hunter2-Zq9@a.example/"', "sites.a.url: a user name or password"),
        ('[sites.a]\nurl = "https://a.example/"\nfeeds = ["https://hunter2-Zq9@a.example/feed"]', "sites.a.feeds"),
        ('[alarms]\nwebhook = "htp://hooks.example/hunter2-Zq9"', "webhook must be a URL"),
        ('[alarms]\nwebhook = ["https://hooks.example/hunter2-Zq9"]', "alarms.webhook"),
    ],
)
def test_a_wrong_setting_is_told_without_what_is_secret_in_it(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(text, Path("collector.toml"))
    assert told in str(error.value)
    assert "hunter2" not in str(error.value)
