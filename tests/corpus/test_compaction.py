"""What retention releases leaves the archive; nothing else does, whenever the process dies."""

import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kept import DAY, FEED, HARBOUR, LATER, Press, articles_of, fill
from small_corpus import BEGAN, begin_run, make_folder, open_store, printed

from collector.doctor import Severity, examine
from corpus.archive import ArchiveWriter, read_record
from corpus.archive.blank import blank_records
from corpus.archive.records import Record, iter_records
from corpus.archive.rewrite import count_blanked_bytes, rewrite
from corpus.compaction import Compacted, compact, plan_compaction, settle_interrupted
from corpus.errors import ArchiveError
from corpus.folder import CorpusFolder
from corpus.retention import Disposable, Retention
from corpus.types import WarcRecord

NOW = BEGAN.timestamp() + LATER * DAY
EVERYTHING = Retention(listings_days=1, removed_days=1, superseded_days=1)


def tidy(folder: CorpusFolder, retention: Retention = EVERYTHING, *, least_share: float = 0.0) -> Compacted:
    with closing(open_store(folder)) as store:
        settle_interrupted(store, folder)
        files, _ = plan_compaction(store.db, folder, retention, NOW, least_share=least_share)
        return compact(store, folder, files, NOW)


def released(folder: CorpusFolder, retention: Retention, now: float = NOW) -> dict[Disposable, int]:
    with closing(open_store(folder)) as store:
        return plan_compaction(store.db, folder, retention, now, least_share=0.0)[1]


def problems(folder: CorpusFolder) -> list[str]:
    return [one.message for one in examine(folder.root, now=NOW) if one.severity is not Severity.OK]


def urls_in(folder: CorpusFolder) -> list[str]:
    return sorted(
        record.url or ""
        for path in folder.archive.glob("*.warc.gz")
        for record in iter_records(path)
        if isinstance(record, Record) and record.type in {"response", "revisit"}
    )


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("filled") / "c").root


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> CorpusFolder:
    return CorpusFolder(shutil.copytree(filled, tmp_path / "c"))


def test_without_settings_everything_stays(folder: CorpusFolder) -> None:
    before = {path.name: path.read_bytes() for path in folder.archive.iterdir()}
    assert tidy(folder, Retention()) == Compacted()
    assert {path.name: path.read_bytes() for path in folder.archive.iterdir()} == before


def test_each_setting_releases_its_own_kind_and_no_other(folder: CorpusFolder) -> None:
    assert released(folder, Retention(removed_days=1)) == {Disposable.REMOVED: 12}
    assert released(folder, Retention(superseded_days=1)) == {Disposable.SUPERSEDED: 3}
    # 12 bodies and as many revisits; of the feed that stays the same, read last on day 120, the visit between.
    assert released(folder, Retention(listings_days=1)) == {Disposable.LISTING: 25}
    assert released(folder, Retention(listings_days=1), now=NOW + 40 * DAY) == {Disposable.LISTING: 27}


@pytest.mark.parametrize(("days", "gone"), [(LATER - 0.1, 12), (LATER + 0.1, 0)])
def test_what_is_younger_than_its_days_stays(folder: CorpusFolder, days: float, gone: int) -> None:
    assert released(folder, Retention(removed_days=days)).get(Disposable.REMOVED, 0) == gone


def test_articles_keep_their_text_and_their_raw_copy_and_nothing_else_is_left(folder: CorpusFolder) -> None:
    before, bytes_before = articles_of(folder.root), sum(path.stat().st_size for path in folder.archive.iterdir())
    done = tidy(folder)
    assert (done.files, done.records, done.failures) == (3, 12 + 3 + 25, [])
    assert articles_of(folder.root) == before
    left = sum(path.stat().st_size for path in folder.archive.iterdir())
    assert bytes_before - left == done.freed_bytes > 0
    assert problems(folder) == []
    assert urls_in(folder) == sorted([*(f"{HARBOUR}/{number}" for number in range(12)), FEED, FEED])


def test_the_requests_of_what_goes_go_with_it(folder: CorpusFolder) -> None:
    tidy(folder)
    for path in folder.archive.glob("*.warc.gz"):
        ids = {record.field("warc-record-id") for record in iter_records(path) if isinstance(record, Record)}
        for record in iter_records(path):
            assert isinstance(record, Record)
            assert record.type != "request" or record.field("warc-concurrent-to") in ids


def test_a_second_time_there_is_nothing_to_do(folder: CorpusFolder) -> None:
    tidy(folder)
    files = sorted(path.name for path in folder.archive.iterdir())
    assert tidy(folder) == Compacted()
    assert sorted(path.name for path in folder.archive.iterdir()) == files
    assert all(name.endswith(".c1.warc.gz") for name in files)


def test_texts_of_released_versions_stay_and_are_not_cleaned_again(folder: CorpusFolder) -> None:
    tidy(folder)
    with closing(sqlite3.connect(folder.database)) as db:
        rows = db.execute(
            """SELECT count(*), count(body) FROM fetch JOIN capture ON fetch_id = fetch.id LEFT JOIN text
               ON hash = text_hash WHERE released_at IS NOT NULL AND reason IS NULL"""
        ).fetchone()
    assert rows == (3, 3)


def test_a_record_stays_as_long_as_a_later_one_refers_to_it(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "c")
    with closing(open_store(folder)) as store, ArchiveWriter(folder.archive, prefix="run000001") as archive:
        press = Press(store, begin_run(store), archive)
        press.list(FEED, b"<rss>never new</rss>", day=0)
        press.list(FEED, b"<rss>never new</rss>", day=LATER - 1)
        store.end_run(press.run, NOW)
    assert released(folder, Retention(listings_days=30)) == {}
    assert released(folder, Retention(listings_days=30), now=NOW + 31 * DAY) == {Disposable.LISTING: 2}


def test_a_file_of_which_too_little_goes_stays_and_so_does_what_it_refers_to(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "c")
    with closing(open_store(folder)) as store:
        run = begin_run(store)
        with ArchiveWriter(folder.archive, prefix="run000001") as archive:
            Press(store, run, archive).list(FEED, b"<rss>never new</rss>", day=0)
        with ArchiveWriter(folder.archive, prefix="run000002") as archive:
            press = Press(store, run, archive)
            for number in range(30):
                press.take(printed(f"{HARBOUR}/{number}", f"Story {number}. " * 200))
            press.list(FEED, b"<rss>never new</rss>", day=1)
        store.end_run(run, NOW)
    assert tidy(folder, least_share=0.1) == Compacted()
    assert tidy(folder, least_share=0.0).records == 2
    assert problems(folder) == []


def test_what_a_takedown_blanked_leaves_no_hole(folder: CorpusFolder) -> None:
    with closing(open_store(folder)) as store:
        row = store.db.execute(
            """SELECT file, warc_offset, warc_length, fetch.id FROM fetch JOIN warc ON warc.id = warc_id
               JOIN capture ON fetch_id = fetch.id WHERE reason IS NOT NULL ORDER BY 1, 2 LIMIT 1"""
        ).fetchone()
        record = WarcRecord(file=row[0], offset=row[1], length=row[2])
        blank_records(folder.archive, record.file, [record], BEGAN)
        with store.transaction() as db:
            db.execute(
                "UPDATE fetch SET warc_id = NULL, warc_offset = NULL, warc_length = NULL WHERE id = ?", (row[3],)
            )
            db.execute(
                """INSERT INTO takedown (target, asked_at, finished_at, articles, urls, records)
                   VALUES ('a page', 0, 1, '[]', 1, 1)"""
            )
    path = folder.archive / record.file
    assert count_blanked_bytes(path) == record.length
    before = path.stat().st_size
    done = tidy(folder, Retention(), least_share=0.0)
    assert done.files == 1
    assert done.freed_bytes == before - next(folder.archive.glob("*.c1.warc.gz")).stat().st_size
    assert done.freed_bytes > (record.length or 0)
    assert problems(folder) == []


def test_a_damaged_file_is_left_as_it_is(folder: CorpusFolder) -> None:
    path = min(folder.archive.iterdir())
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    done = tidy(folder)
    assert (done.files, len(done.failures)) == (2, 1)
    assert path.name in done.failures[0]
    assert path.read_bytes() == content


def test_a_file_that_a_writer_holds_is_left_as_it_is(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, prefix="run") as writer:
        writer.write_resource(url="https://a.example/", fetched_at=BEGAN, body=b"x", content_type="text/plain")
        (path,) = tmp_path.iterdir()
        with pytest.raises(ArchiveError, match="a writer holds this file"):
            rewrite(path, tmp_path / "new.warc.gz", {0})


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=3000), st.booleans()), min_size=1, max_size=12))
def test_what_stays_is_copied_byte_by_byte(bodies: list[tuple[bytes, bool]]) -> None:
    with TemporaryDirectory() as name:
        tmp = Path(name)
        with ArchiveWriter(tmp, prefix="run") as writer:
            places = [
                writer.write_resource(
                    url=f"https://a.example/{number}", fetched_at=BEGAN, body=body, content_type="text/plain"
                )
                for number, (body, _) in enumerate(bodies)
            ]
        (old,) = tmp.iterdir()
        gone = {place.offset for place, (_, goes) in zip(places, bodies, strict=True) if goes}
        moved = rewrite(old, tmp / "new.warc.gz", gone)
        assert (tmp / "new.warc.gz").exists() == bool(len(gone) < len(bodies))
        for place, (body, goes) in zip(places, bodies, strict=True):
            assert (place.offset in moved) == (not goes)
            if not goes:
                offset, length = moved[place.offset], place.length
                found = WarcRecord(file="new.warc.gz", offset=offset, length=length)
                assert read_record(tmp, found).body == body
                assert length is not None
                new = (tmp / "new.warc.gz").read_bytes()[offset : offset + length]
                assert new == old.read_bytes()[place.offset : place.offset + length]


# -- killed -----------------------------------------------------------------------------------------------------------

_DIE = """
import sys
sys.path.append(sys.argv[1])
from pathlib import Path
from contextlib import closing
from kept import dying_at
from small_corpus import open_store
import corpus.compaction as compaction
from corpus.archive.segment import Segment
from corpus.folder import CorpusFolder
from corpus.retention import Retention

owner, name = {"switch": (compaction, "_switch"), "rewrite": (compaction, "rewrite"), "append": (Segment, "append"),
               "remove": (compaction, "_remove"), "unlink": (Path, "unlink")}[sys.argv[3]]
dying_at(owner, name, after=sys.argv[4] == "after", nth=int(sys.argv[5]))
folder = CorpusFolder(Path(sys.argv[2]))
with closing(open_store(folder)) as store:
    now = float(sys.argv[6])
    compaction.settle_interrupted(store, folder)
    retention = Retention(listings_days=1, removed_days=1, superseded_days=1)
    files, _ = compaction.plan_compaction(store.db, folder, retention, now, least_share=0.0)
    compaction.compact(store, folder, files, now)
"""
STAGES = [
    ("append", "after", 3),
    ("switch", "after", 1),
    ("remove", "before", 2),
    ("unlink", "after", 1),
]


def test_killed_at_every_stage_it_loses_nothing_and_leaves_nothing_behind(folder: CorpusFolder) -> None:
    before = articles_of(folder.root)
    for stage in STAGES:
        words = [str(Path(__file__).parents[1]), str(folder.root), stage[0], stage[1], str(stage[2]), str(NOW)]
        died = subprocess.run([sys.executable, "-c", _DIE, *words], capture_output=True, check=False)
        assert died.returncode == -signal.SIGKILL, (stage, died.stderr.decode())
        assert articles_of(folder.root) == before, stage
        assert [one for one in problems(folder) if "left half-way" not in one] == [], stage
    tidy(folder)
    assert articles_of(folder.root) == before
    assert problems(folder) == []
    with closing(sqlite3.connect(folder.database)) as db:
        known = {row[0] for row in db.execute("SELECT file FROM warc")}
        assert db.execute("SELECT count(*) FROM compaction").fetchone() == (0,)
    assert {path.name for path in folder.archive.iterdir()} == known


def test_a_file_that_stands_where_the_new_one_would_is_not_touched(folder: CorpusFolder) -> None:
    path = min(folder.archive.iterdir())
    strange = path.with_name(path.name.replace(".warc.gz", ".c1.warc.gz"))
    strange.write_bytes(path.read_bytes())
    done = tidy(folder)
    assert done.failures == []
    assert strange.is_file()
    assert not path.exists()
    assert path.with_name(path.name.replace(".warc.gz", ".c2.warc.gz")).is_file()
