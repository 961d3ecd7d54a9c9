"""`collector compact`, `backup` and `restore` as a user meets them."""

import json
import logging
import os
import shutil
import sqlite3
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from command_line import Call
from crawling import small_file_system
from kept import DAY, HARBOUR, Press, articles_of, fill
from small_corpus import CONFIG, begin_run, open_store, printed

from collector.config import parse_config
from collector.crawl import Crawl
from collector.doctor import examine
from collector.logbook import Logs, keep_log
from collector.reclean import count_stale
from collector.schedule.daemon import Daemon
from corpus.archive import ArchiveWriter
from corpus.backup_manifest import read_backup
from corpus.errors import CorpusBusyError
from corpus.folder import CorpusFolder
from corpus.holding import BACKUP, COMPACT, hold
from corpus.ledger import Scope
from corpus.schema import write_anew

RETENTION = "\n[retention]\nlistings_days = 30\nremoved_days = 30\nsuperseded_days = 30\nexports_days = 30\n"
STORY = f"{HARBOUR}/3"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus whose pages came half a year ago."""
    root = fill(tmp_path_factory.mktemp("filled") / "c").root
    with closing(sqlite3.connect(root / "corpus.db")) as db, db:
        db.execute("UPDATE fetch SET fetched_at = fetched_at - (SELECT max(fetched_at) FROM fetch) + ?", (long_ago(),))
        db.execute("UPDATE run SET started_at = ?", (long_ago(),))
        weeks = [(time.time() - week * 7 * DAY,) for week in range(1, 25)]
        db.executemany(
            """INSERT INTO run (command, sites, started_at, state, config, versions)
               VALUES ('crawl', '[]', ?, 'finished', '{}', '{}')""",
            weeks,
        )
    return root


@pytest.fixture
def root(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "c"))


def long_ago() -> float:
    return time.time() - 180 * DAY


def retain(root: Path) -> None:
    (root / "collector.toml").write_text(CONFIG + RETENTION, "utf-8")


def size_of(root: Path) -> int:
    return sum(path.stat().st_size for path in (root / "archive").iterdir())


def test_by_default_there_is_nothing_to_do(call: Call, root: Path) -> None:
    told = call("compact", "--corpus", root, "--dry-run")
    assert (told.code, told.out) == (0, "nothing to do; [retention] in collector.toml says what may go\n")
    before = size_of(root)
    assert call("compact", "--corpus", root, "--json").code == 0
    assert size_of(root) == before


def test_a_dry_run_says_what_goes_and_changes_nothing(call: Call, root: Path) -> None:
    retain(root)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    told = call("compact", "--corpus", root, "--dry-run")
    assert told.code == 0
    assert "12 pages that became no article" in told.out
    assert "3 superseded article pages" in told.out
    assert all(path.read_bytes() == before[path] for path in before if path.parent.name == "archive")
    plan = json.loads(call("compact", "--corpus", root, "--dry-run", "--json").out)
    assert sum(one["records"] for one in plan["files"]) == 12 + 3 + 27


def test_what_goes_is_gone_and_every_article_is_whole(call: Call, root: Path) -> None:
    retain(root)
    articles, before = articles_of(root), size_of(root)
    done = json.loads(call("compact", "--corpus", root, "--json").out)
    assert done["archive"]["freed_bytes"] == before - size_of(root) > 0
    assert articles_of(root) == articles
    assert not [one for one in examine(root) if one.remains]
    assert "released by [retention]" in call("why", f"{HARBOUR}/short/3", "--corpus", root).out


def test_what_was_released_is_not_cleaned_again_and_everything_else_is(call: Call, root: Path) -> None:
    retain(root)
    assert call("compact", "--corpus", root).code == 0
    crawl = Crawl.open(root, Scope(sites=("harbour-post",)), parse_config(CONFIG, root / "collector.toml"))
    captures, released = crawl.store.db.execute(
        """SELECT count(*), (SELECT count(*) FROM capture JOIN fetch ON fetch.id = fetch_id WHERE released_at NOT NULL)
           FROM capture"""
    ).fetchone()
    assert count_stale(crawl, everything=True) == captures - released
    assert released == 12 + 3
    crawl.close()


def test_a_clock_that_seems_to_be_ahead_lets_nothing_go_unless_somebody_says_that_it_is_right(
    call: Call, root: Path
) -> None:
    retain(root)
    with closing(sqlite3.connect(root / "corpus.db")) as db, db:
        db.execute("UPDATE run SET started_at = started_at - ?", (40 * DAY,))
    before = size_of(root)
    assert "see --trust-clock" in call("compact", "--corpus", root, "--dry-run").out
    told = call("compact", "--corpus", root)
    assert told.code == 3
    assert "47 days, where 12 were the most between two runs before" in told.err
    assert size_of(root) == before
    assert call("compact", "--corpus", root, "--trust-clock").code == 0
    assert size_of(root) < before


def test_a_clock_that_is_behind_keeps_more_and_is_told_of(call: Call, root: Path) -> None:
    retain(root)
    with closing(sqlite3.connect(root / "corpus.db")) as db, db:
        db.execute("UPDATE run SET started_at = ? WHERE id = 2", (time.time() + 3 * DAY,))
    told = call("compact", "--corpus", root)
    assert told.code == 0
    assert "what seems to be young is kept" in told.err


def test_old_exports_go_with_what_was_begun_and_never_finished_and_nothing_else(call: Call, root: Path) -> None:
    retain(root)
    old, new, ours, strange = (root / "exports" / name for name in ("old", "new", ".x.partial", "letters"))
    for name, folder in (("old", old), ("new", new)):
        assert call("export", "--corpus", root, "--to", folder).code == 0, name
    ours.mkdir()
    strange.mkdir()
    for path in (old / "manifest.json", ours, strange):
        os.utime(path, (long_ago(), long_ago()))
    done = json.loads(call("compact", "--corpus", root, "--json").out)
    assert sorted(done["deleted"]) == sorted([str(ours), str(old)])
    assert (new.is_dir(), strange.is_dir(), old.exists(), ours.exists()) == (True, True, False, False)


def test_of_the_places_that_named_a_url_the_first_ones_stay(call: Call, root: Path) -> None:
    (root / "collector.toml").write_text(CONFIG + "\n[retention]\nmentions = 3\n", "utf-8")
    with closing(sqlite3.connect(root / "corpus.db")) as db, db:
        db.execute("DELETE FROM discovery WHERE url_id = 1")
        rows = [(1, "link", f"https://a.example/{number % 7}", number) for number in range(7)]
        db.executemany("INSERT INTO discovery (url_id, via, found_on, found_at) VALUES (?, ?, ?, ?)", rows)
    assert json.loads(call("compact", "--corpus", root, "--dry-run", "--json").out)["mentions"] == 4
    assert json.loads(call("compact", "--corpus", root, "--json").out)["mentions"] == 4
    with closing(sqlite3.connect(root / "corpus.db")) as db:
        assert db.execute("SELECT found_at FROM discovery WHERE url_id = 1 ORDER BY 1").fetchall() == [(0,), (1,), (2,)]


def test_an_unfinished_takedown_comes_first(call: Call, root: Path) -> None:
    with closing(sqlite3.connect(root / "corpus.db")) as db, db:
        db.execute("INSERT INTO takedown (target, asked_at, articles, urls) VALUES ('a page', 0, '[]', 1)")
    told = call("compact", "--corpus", root)
    assert (told.code, "collector forget --finish" in " ".join(told.err.split())) == (3, True)


def test_unused_pages_of_the_database_are_given_back(call: Call, root: Path) -> None:
    with closing(open_store(CorpusFolder(root))) as store, store.transaction() as db:
        db.execute("CREATE TABLE ballast (x BLOB)")
        db.execute("INSERT INTO ballast VALUES (zeroblob(3000000))")
        db.execute("DROP TABLE ballast")
    before = (root / "corpus.db").stat().st_size
    done = json.loads(call("compact", "--corpus", root, "--json").out)
    assert done["database_freed_bytes"] > 2_000_000
    assert (root / "corpus.db").stat().st_size < before - 2_000_000


def test_the_database_is_written_anew_on_the_disk_that_was_looked_at(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as db:
        db.executescript("PRAGMA cache_size = 10; CREATE TABLE ballast (x BLOB)")
        db.executemany("INSERT INTO ballast VALUES (?)", [(os.urandom(100_000),) for _ in range(30)])
        with small_file_system(tmp_path / "small", 1) as small, pytest.raises(sqlite3.Error, match="full"):
            write_anew(db, small)
        write_anew(db, tmp_path)
        assert db.execute("PRAGMA temp_store_directory").fetchone() in {None, ("",)}


def test_beside_a_living_run_it_refuses_and_a_run_beside_it_is_refused(call: Call, root: Path) -> None:
    retain(root)
    folder = CorpusFolder(root)
    with closing(open_store(folder)) as store:
        run = begin_run(store)
        with folder.alive(run.run_id):
            told = call("compact", "--corpus", root)
            assert (told.code, f"run {run.run_id} is under way" in told.err) == (3, True)
        store.end_run(run, time.time())
    config = parse_config(CONFIG, folder.config)
    with hold(folder, COMPACT, time.time()), pytest.raises(CorpusBusyError, match="`collector compact` is at work"):
        Crawl.open(root, Scope(sites=("harbour-post",)), config)


def test_a_daemon_starts_nothing_meanwhile_and_goes_on_afterwards(root: Path) -> None:
    folder, begun = CorpusFolder(root), []

    def start(order: object) -> object:
        begun.append(order)
        raise OSError("no more")

    with hold(folder, "run", time.time()), Daemon(folder, start=start) as daemon:  # type: ignore[arg-type]
        with hold(folder, COMPACT, time.time()):
            assert daemon.look() > 0
            assert not begun
        daemon.look()
        assert begun


def test_compaction_takedown_and_backup_keep_out_of_each_others_way(call: Call, root: Path, tmp_path: Path) -> None:
    retain(root)
    folder = CorpusFolder(root)
    with hold(folder, BACKUP, time.time()):
        for words in (("compact",), ("forget", STORY, "--yes")):
            told = call(*words, "--corpus", root)
            assert (told.code, "`collector backup` is at work" in " ".join(told.err.split())) == (3, True), words
    with hold(folder, COMPACT, time.time()):
        told = call("backup", tmp_path / "b", "--corpus", root)
        assert (told.code, "`collector compact` is at work" in " ".join(told.err.split())) == (3, True)


def test_a_backup_is_made_verified_and_restored(call: Call, root: Path, tmp_path: Path) -> None:
    target, again = tmp_path / "b", tmp_path / "again"
    assert "12 articles" in call("backup", target, "--corpus", root).out
    assert call("backup", target, "--verify").out.startswith("sound: 5 files")
    told = call("restore", target, again)
    assert told.code == 0
    assert "knows nothing" in told.err
    assert articles_of(again) == articles_of(root)
    told = call("restore", target, again)
    assert (told.code, "is not empty" in told.err) == (2, True)
    (stored,) = {target / file.stored for file in read_backup(target).files if file.name == "corpus.db"}
    stored.write_bytes(b"?" + stored.read_bytes()[1:])
    told = call("backup", target, "--verify", "--json")
    assert (told.code, json.loads(told.out)["sound"]) == (3, False)


def test_what_was_forgotten_after_the_backup_is_forgotten_again(call: Call, root: Path, tmp_path: Path) -> None:
    target, again = tmp_path / "b", tmp_path / "again"
    call("backup", target, "--corpus", root)
    assert call("forget", STORY, "--yes", "--reason", "asked", "--corpus", root).code == 0
    told = call("restore", target, again, "--forget-from", root)
    assert (told.code, "1 takedown" in told.out) == (0, True)
    assert articles_of(again) == articles_of(root)
    assert STORY not in articles_of(again)
    assert "forgotten on" in call("why", STORY, "--corpus", again).out
    assert not [one for one in examine(again) if one.remains]
    with closing(sqlite3.connect(again / "corpus.db")) as db, closing(sqlite3.connect(root / "corpus.db")) as original:
        query = "SELECT kind, key FROM tombstone ORDER BY 1, 2"
        assert db.execute(query).fetchall() == original.execute(query).fetchall()
    assert call("backup", target, "--corpus", root).code == 0
    text = b"Story 3 of the harbour."
    assert not any(text in path.read_bytes() for path in (target / "files").glob("corpus.db*"))


def test_a_url_that_showed_a_forgotten_text_once_keeps_what_it_shows_since(
    call: Call, root: Path, tmp_path: Path
) -> None:
    target, again, latest = tmp_path / "b", tmp_path / "again", f"{HARBOUR}/latest"
    folder = CorpusFolder(root)
    with closing(open_store(folder)) as store, ArchiveWriter(folder.archive, prefix="run000009") as archive:
        press = Press(store, begin_run(store), archive)
        press.take(printed(latest, "Story 3 of the harbour. " * 8, title="Story 3", after_minutes=300))
        press.take(printed(latest, "The ferry is back. " * 8, title="Back", after_minutes=600))
        store.end_run(press.run, time.time())
    call("backup", target, "--corpus", root)
    assert call("forget", STORY, "--yes", "--corpus", root).code == 0
    assert call("restore", target, again, "--forget-from", root).code == 0
    assert articles_of(again)[latest][0].startswith("The ferry is back.")
    assert articles_of(again) == articles_of(root)
    for corpus in (root, again):
        with closing(sqlite3.connect(corpus / "corpus.db")) as db:
            query = "SELECT 1 FROM text WHERE CAST(body AS TEXT) LIKE 'Story 3 of%'"
            assert db.execute(query).fetchall() == []
    with closing(sqlite3.connect(again / "corpus.db")) as db, closing(sqlite3.connect(root / "corpus.db")) as original:
        query = "SELECT kind, key FROM tombstone ORDER BY 1, 2"
        assert db.execute(query).fetchall() == original.execute(query).fetchall()


def test_where_there_is_nothing_to_do_no_crawl_has_to_wait(call: Call, root: Path) -> None:
    folder = CorpusFolder(root)
    with closing(open_store(folder)) as store, folder.alive(begin_run(store).run_id):
        assert call("compact", "--corpus", root).code == 0


def test_it_waits_for_runs_as_long_as_it_is_told_to(call: Call, root: Path) -> None:
    retain(root)
    folder = CorpusFolder(root)
    with closing(open_store(folder)) as store:
        run = begin_run(store)
        alive = folder.alive(run.run_id)
        alive.__enter__()
        ended = threading.Timer(1.5, lambda: alive.__exit__(None, None, None))
        ended.start()
        told = call("compact", "--corpus", root, "--wait", "1")
        ended.join()
    assert (told.code, f"waiting for run {run.run_id}" in told.err) == (0, True)


def test_a_full_disk_costs_nothing_and_the_next_time_it_goes_on(call: Call, root: Path, tmp_path: Path) -> None:
    with small_file_system(tmp_path / "small", 6) as small:
        corpus = Path(shutil.copytree(root, small / "c"))
        retain(corpus)
        before, names = articles_of(corpus), {path.name for path in (corpus / "archive").iterdir()}
        codes = set()
        with (small / "ballast").open("wb", buffering=0) as ballast:
            with suppress(OSError):
                while True:
                    ballast.write(bytes(4096))
            for left in (8_000, 30_000, 60_000, 100_000):
                ballast.truncate(ballast.tell() - left)
                codes.add(call("compact", "--corpus", corpus).code)
                assert articles_of(corpus) == before
        assert codes & {3, 4}
        (small / "ballast").unlink()
        assert articles_of(corpus) == before
        assert call("compact", "--corpus", corpus).code == 0
        assert articles_of(corpus) == before
        assert not names & {path.name for path in (corpus / "archive").iterdir()}


def test_a_takedown_takes_its_lines_out_of_the_log_and_leaves_the_others(call: Call, root: Path) -> None:
    folder = CorpusFolder(root)
    with keep_log(folder, Logs(), Logs()):
        logging.getLogger("collector.test").warning("cannot make sense of %s", STORY)
        logging.getLogger("collector.test").warning("something else")
    assert call("forget", STORY, "--yes", "--corpus", root).code == 0
    assert "something else" in folder.log.read_text("utf-8")
    assert STORY not in folder.log.read_text("utf-8")


def test_in_so_many_days_every_archive_file_is_read_once(root: Path) -> None:
    now = time.time()
    read: list[str] = []
    for path in (root / "archive").iterdir():
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)
    for day in range(7):
        for one in examine(root, days=7, now=now + day * DAY):
            if one.check == "archive" and one.remains:
                read += [example.partition(" ")[0] for example in one.examples]
    assert sorted(set(read)) == sorted(path.name for path in (root / "archive").iterdir())
    assert len(read) == len([one for one in examine(root, now=now) if one.check == "archive" for _ in one.examples])


def test_old_reports_go_and_pages_of_others_stay(call: Call, root: Path) -> None:
    (root / "collector.toml").write_text(CONFIG + "\n[retention]\nreports_days = 30\n", "utf-8")
    old, new, strange = (root / "reports" / name for name in ("old.html", "new.html", "notes.html"))
    for path in (old, new):
        assert call("report", "--corpus", root, "--to", path, "--since", "2024-01-01").code == 0
    strange.write_text("<title>my own notes</title>", "utf-8")
    for path in (old, strange):
        os.utime(path, (long_ago(), long_ago()))
    assert json.loads(call("compact", "--corpus", root, "--json").out)["deleted"] == [str(old)]
    assert (old.exists(), new.exists(), strange.exists()) == (False, True, True)


@pytest.mark.parametrize(
    "line", ["listings_days = true", 'removed_days = "30"', "superseded_days = nan", "mentions = 2.5"]
)
def test_what_is_no_number_of_days_deletes_nothing(call: Call, root: Path, line: str) -> None:
    (root / "collector.toml").write_text(f"{CONFIG}\n[retention]\n{line}\n", "utf-8")
    told = call("compact", "--corpus", root)
    assert (told.code, f"retention.{line.split()[0]}" in told.err) == (2, True)
