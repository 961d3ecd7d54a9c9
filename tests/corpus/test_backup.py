"""A backup is of one moment, copies what is new, and whatever happens to it the last good one can be restored."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from crawling import small_file_system
from kept import HARBOUR, Press, articles_of, fill
from small_corpus import BEGAN, begin_run, open_store, printed

from collector.doctor import Severity, examine
from corpus import backup as backing_up
from corpus.archive import ArchiveWriter
from corpus.backup import back_up
from corpus.backup_manifest import FILES_NAME, MANIFEST_NAME, read_backup, verify_backup
from corpus.errors import ConfigError, CorpusBusyError, SchemaError, StoreError
from corpus.folder import CorpusFolder
from corpus.restore import restore
from corpus.schema import SCHEMA_VERSION

NOW = BEGAN.timestamp()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("filled") / "c").root


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> CorpusFolder:
    return CorpusFolder(shutil.copytree(filled, tmp_path / "c"))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "backup"


def problems(root: Path) -> list[str]:
    return [one.message for one in examine(root, now=NOW) if one.severity is Severity.PROBLEM]


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns) for path in files(folder)}


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_what_is_restored_is_the_corpus_that_was_backed_up(folder: CorpusFolder, target: Path, tmp_path: Path) -> None:
    manifest = back_up(folder, target, NOW)
    assert (manifest.articles, manifest.takedowns, manifest.schema) == (12, 0, SCHEMA_VERSION)
    assert list(verify_backup(target)) == []
    assert restore(target, tmp_path / "again") == manifest
    assert articles_of(tmp_path / "again") == articles_of(folder.root)
    assert problems(tmp_path / "again") == []
    again = CorpusFolder(tmp_path / "again")
    assert again.config.read_text() == folder.config.read_text()
    assert {path.name: path.read_bytes() for path in files(again.archive)} == {
        path.name: path.read_bytes() for path in files(folder.archive)
    }


def test_the_second_time_only_the_database_and_what_is_new_is_copied(folder: CorpusFolder, target: Path) -> None:
    back_up(folder, target, NOW)
    before = snapshot(target / FILES_NAME / "archive")
    add_story(folder)
    manifest = back_up(folder, target, NOW + 60)
    after = snapshot(target / FILES_NAME / "archive")
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 1
    assert manifest.articles == 13
    assert list(verify_backup(target)) == []


def test_only_what_the_manifest_names_is_left(folder: CorpusFolder, target: Path) -> None:
    for number in range(3):
        manifest = back_up(folder, target, NOW + number)
    kept = {str(path.relative_to(target)) for path in files(target / FILES_NAME)}
    assert kept == {file.stored for file in manifest.files}
    assert sum(name.startswith("files/corpus.db") for name in kept) == 1


def test_of_a_file_that_is_being_written_only_what_the_database_knows_is_copied(
    folder: CorpusFolder, target: Path, tmp_path: Path
) -> None:
    with closing(open_store(folder)) as store, ArchiveWriter(folder.archive, prefix="run000009") as archive:
        press = Press(store, begin_run(store), archive)
        record = press.take(printed(f"{HARBOUR}/new", "A new story. " * 20))
        unknown = archive.write_resource(
            url=f"{HARBOUR}/x", fetched_at=BEGAN, body=b"not acknowledged yet", content_type="text/html"
        )
        archive.flush()
        first = back_up(folder, target, NOW)
        (growing,) = [file for file in first.files if "run000009" in file.name]
        assert growing.bytes == record.offset + (record.length or 0) < unknown.offset
        restore(target, tmp_path / "first")
        press.take(printed(f"{HARBOUR}/newer", "A newer story. " * 20))
        archive.flush()
        second = back_up(folder, target, NOW)
        (grown,) = [file for file in second.files if "run000009" in file.name]
        assert grown.stored == growing.stored
        store.end_run(press.run, NOW)
    third = back_up(folder, target, NOW)
    assert third.articles == second.articles == first.articles + 1
    assert list(verify_backup(target)) == []
    restore(target, tmp_path / "third")
    assert len(articles_of(tmp_path / "first")) == 13
    assert articles_of(tmp_path / "third") == articles_of(folder.root)
    assert problems(tmp_path / "first") == problems(tmp_path / "third") == []


def test_a_file_that_was_overwritten_in_place_is_copied_anew(folder: CorpusFolder, target: Path) -> None:
    back_up(folder, target, NOW)
    path = min(folder.archive.iterdir())
    content = path.read_bytes()
    path.write_bytes(content[:100] + bytes(100) + content[200:])
    os.utime(path, ns=(0, 0))
    manifest = back_up(folder, target, NOW)
    (file,) = [file for file in manifest.files if file.name == f"archive/{path.name}"]
    assert (target / file.stored).read_bytes() == path.read_bytes()
    assert sum(path.name in one.name for one in files(target / FILES_NAME)) == 1


class Killed(BaseException):
    """Stands in for SIGKILL where the order of what reaches the disk is what matters."""


@pytest.mark.parametrize(
    ("stage", "after"),
    [("_copy_database", True), ("_copy", False), ("_write", True), ("_publish", False), ("_publish", True)],
)
def test_a_backup_that_breaks_off_leaves_the_last_one(
    folder: CorpusFolder, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str, after: bool
) -> None:
    back_up(folder, target, NOW)
    before = articles_of(folder.root)
    add_story(folder)
    whole: Callable[..., object] = getattr(backing_up._Backup, stage)

    def dies(*arguments: object, **named: object) -> object:
        if after:
            whole(*arguments, **named)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(backing_up._Backup, stage, dies)
        with pytest.raises(Killed):
            back_up(folder, target, NOW + 1)
    assert list(verify_backup(target)) == []
    restore(target, tmp_path / "last")
    published = stage == "_publish" and after
    assert articles_of(tmp_path / "last") == (articles_of(folder.root) if published else before)
    back_up(folder, target, NOW + 2)
    restore(target, tmp_path / "next")
    assert articles_of(tmp_path / "next") == articles_of(folder.root)


def add_story(folder: CorpusFolder) -> None:
    with closing(open_store(folder)) as store, ArchiveWriter(folder.archive, prefix="run000009") as archive:
        press = Press(store, begin_run(store), archive)
        press.take(printed(f"{HARBOUR}/new", "A new story. " * 20))
        store.end_run(press.run, NOW)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "bytes, not"),
        (lambda path: path.write_bytes(b"\0" + path.read_bytes()[1:]), "checksum differs"),
        (lambda path: path.unlink(), "No such file"),
    ],
)
def test_damage_is_found_and_never_restored(
    folder: CorpusFolder, target: Path, tmp_path: Path, damage: Callable[[Path], object], told: str
) -> None:
    back_up(folder, target, NOW)
    damage(min((target / FILES_NAME / "archive").iterdir()))
    (fault,) = verify_backup(target)
    assert told in fault
    with pytest.raises(StoreError):
        restore(target, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert not (tmp_path / ".again.restoring").exists()


def test_a_corpus_is_never_overwritten(folder: CorpusFolder, target: Path) -> None:
    back_up(folder, target, NOW)
    before = snapshot(folder.root)
    with pytest.raises(ConfigError, match="is not empty"):
        restore(target, folder.root)
    assert snapshot(folder.root) == before


def test_an_empty_folder_is_filled(folder: CorpusFolder, target: Path, tmp_path: Path) -> None:
    back_up(folder, target, NOW)
    (tmp_path / "again").mkdir()
    restore(target, tmp_path / "again")
    assert CorpusFolder(tmp_path / "again").config.is_file()


def test_a_backup_lies_outside_of_the_corpus(folder: CorpusFolder) -> None:
    with pytest.raises(ConfigError, match="inside the corpus folder"):
        back_up(folder, folder.root / "backup", NOW)


def test_a_folder_with_other_things_is_no_place_for_a_backup(folder: CorpusFolder, target: Path) -> None:
    target.mkdir()
    (target / "letters.txt").write_text("dear", "utf-8")
    with pytest.raises(ConfigError, match=r"letters\.txt"):
        back_up(folder, target, NOW)
    assert (target / "letters.txt").read_text("utf-8") == "dear"


def test_the_backup_of_another_corpus_stays(folder: CorpusFolder, target: Path, tmp_path: Path) -> None:
    back_up(folder, target, NOW)
    other = fill(tmp_path / "other")
    with closing(sqlite3.connect(other.database)) as db, db:
        db.execute("UPDATE run SET started_at = started_at + 1")
    manifest = (target / MANIFEST_NAME).read_bytes()
    with pytest.raises(ConfigError, match="another corpus"):
        back_up(other, target, NOW)
    assert (target / MANIFEST_NAME).read_bytes() == manifest
    assert list(verify_backup(target)) == []


def test_two_backups_into_one_folder_are_not_made_at_once(folder: CorpusFolder, target: Path) -> None:
    with backing_up._holding(target), pytest.raises(CorpusBusyError, match="another process"):
        back_up(folder, target, NOW)


@pytest.mark.parametrize("size", [None, 100])
def test_what_the_archive_lost_is_not_taken_out_of_the_backup(
    folder: CorpusFolder, target: Path, size: int | None
) -> None:
    back_up(folder, target, NOW)
    path = min(folder.archive.iterdir())
    whole = path.read_bytes()
    path.unlink()
    if size is not None:
        path.write_bytes(whole[:size])
    with pytest.raises(StoreError, match="bring it back first"):
        back_up(folder, target, NOW)
    assert list(verify_backup(target)) == []
    assert (target / FILES_NAME / "archive" / path.name).read_bytes() == whole


def test_a_backup_of_a_newer_version_is_refused(folder: CorpusFolder, target: Path, tmp_path: Path) -> None:
    back_up(folder, target, NOW)
    manifest = json.loads((target / MANIFEST_NAME).read_text("utf-8"))
    (target / MANIFEST_NAME).write_text(json.dumps(manifest | {"schema": SCHEMA_VERSION + 1}), "utf-8")
    with pytest.raises(SchemaError, match="install a newer version"):
        restore(target, tmp_path / "again")


def test_a_manifest_leads_to_no_place_outside_of_the_folder(folder: CorpusFolder, target: Path, tmp_path: Path) -> None:
    back_up(folder, target, NOW)
    manifest = json.loads((target / MANIFEST_NAME).read_text("utf-8"))
    manifest["files"][1]["name"] = "../escaped"
    (target / MANIFEST_NAME).write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(StoreError, match="outside of the corpus folder"):
        restore(target, tmp_path / "deep" / "again")
    assert not (tmp_path / "deep" / "escaped").exists()


def test_where_there_is_no_backup_nothing_is_restored(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="holds no backup"):
        restore(tmp_path, tmp_path / "again")


def test_what_a_killed_restore_left_is_removed(folder: CorpusFolder, target: Path, tmp_path: Path) -> None:
    back_up(folder, target, NOW)
    shutil.copytree(target, tmp_path / ".again.restoring")
    restore(target, tmp_path / "again")
    assert not (tmp_path / ".again.restoring").exists()
    assert not (tmp_path / "again" / MANIFEST_NAME).exists()
    assert read_backup(target).bytes > 0


def test_a_damaged_database_does_not_take_the_place_of_a_sound_copy(folder: CorpusFolder, target: Path) -> None:
    back_up(folder, target, NOW)
    with closing(sqlite3.connect(folder.database)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'fetch_by_place'").fetchone()
        (page_bytes,) = db.execute("PRAGMA page_size").fetchone()
    with folder.database.open("r+b") as raw:
        raw.seek((page - 1) * page_bytes)
        raw.write(b"\xff" * page_bytes)
    with pytest.raises(StoreError, match="an earlier backup is as it was"):
        back_up(folder, target, NOW + 1)
    assert list(verify_backup(target)) == []
    assert len(list((target / FILES_NAME).glob("corpus.db*"))) == 1


def test_a_first_backup_that_was_killed_before_its_last_step_is_made_anew(folder: CorpusFolder, target: Path) -> None:
    back_up(folder, target, NOW)
    (target / MANIFEST_NAME).rename(target / f"{MANIFEST_NAME}.new")
    back_up(folder, target, NOW)
    assert list(verify_backup(target)) == []


def test_what_only_its_owner_may_read_is_so_in_the_backup_and_after_it(
    folder: CorpusFolder, target: Path, tmp_path: Path
) -> None:
    folder.config.chmod(0o600)
    folder.database.chmod(0o640)
    manifest = back_up(folder, target, NOW)
    restore(target, tmp_path / "again")
    stored = {file.name: (target / file.stored).stat().st_mode & 0o777 for file in manifest.files}
    again = CorpusFolder(tmp_path / "again")
    assert (stored["collector.toml"], stored["corpus.db"]) == (0o600, 0o640)
    assert [path.stat().st_mode & 0o777 for path in (again.config, again.database)] == [0o600, 0o640]


def test_a_full_disk_is_that_of_the_backup_and_leaves_the_last_one(folder: CorpusFolder, tmp_path: Path) -> None:
    with small_file_system(tmp_path / "disk", 1) as disk:
        back_up(folder, disk / "backup", NOW)
        (disk / "ballast").write_bytes(bytes(shutil.disk_usage(disk).free - 100_000))
        with pytest.raises(StoreError, match=r"disk/backup.*an earlier backup is as it was"):
            back_up(folder, disk / "backup", NOW + 1)
        assert list(verify_backup(disk / "backup")) == []
        (disk / "ballast").unlink()
        back_up(folder, disk / "backup", NOW + 2)
        with pytest.raises(ConfigError, match="root of a disk"):
            restore(disk / "backup", CorpusFolder(disk).root)


def test_two_restores_to_one_place_are_not_made_at_once(folder: CorpusFolder, target: Path, tmp_path: Path) -> None:
    back_up(folder, target, NOW)
    refused = []

    def other(_: str) -> None:
        with pytest.raises(CorpusBusyError) as error:
            restore(target, tmp_path / "again")
        refused.append(str(error.value))

    manifest = restore(target, tmp_path / "again", shown=other)
    assert len(refused) == len(manifest.files)
    assert articles_of(tmp_path / "again") == articles_of(folder.root)
