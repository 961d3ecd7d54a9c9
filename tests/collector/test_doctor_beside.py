"""The doctor beside work that moves what it looks at: nothing healthy is called ill."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from kept import DAY, LATER, fill
from small_corpus import BEGAN, open_store

from collector.doctor import Finding, Severity, archive, examine
from corpus.archive import integrity
from corpus.compaction import compact, plan_compaction
from corpus.folder import CorpusFolder
from corpus.holding import FORGET, hold
from corpus.retention import Retention

NOW = BEGAN.timestamp() + LATER * DAY


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("filled") / "c").root


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> CorpusFolder:
    return CorpusFolder(Path(shutil.copytree(filled, tmp_path / "c")))


def tidy(folder: CorpusFolder) -> None:
    with closing(open_store(folder)) as store:
        files, _ = plan_compaction(store.db, folder, Retention(removed_days=1), NOW, least_share=0.0)
        assert compact(store, folder, files, NOW).files == 3


def ill(folder: CorpusFolder, watch: archive.Watch = archive.unwatched) -> list[Finding]:
    return [one for one in examine(folder.root, now=NOW, watch=watch) if one.severity is not Severity.OK]


def once_before(action: Callable[[], None], owner: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let something happen right before the first call of a function that is about a WARC file, or about none."""
    whole, done = getattr(owner, name), []

    def wrapped(*arguments: Any, **named: Any) -> Any:
        if not done and (not isinstance(arguments[0], Path) or arguments[0].suffix == ".gz"):
            done.append(True)
            action()
        return whole(*arguments, **named)

    monkeypatch.setattr(owner, name, wrapped)


def test_files_that_a_compaction_moves_while_they_are_counted_are_not_missing(
    folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_before(lambda: tidy(folder), Path, "stat", monkeypatch)
    assert ill(folder) == []


def test_a_file_that_goes_while_its_tail_is_looked_at_has_none(
    folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_before(lambda: tidy(folder), integrity, "is_held", monkeypatch)
    assert ill(folder) == []


@pytest.mark.parametrize("record", [1, 20, 45])
def test_records_that_a_compaction_moves_while_they_are_read_are_where_they_belong(
    folder: CorpusFolder, record: int
) -> None:
    read: list[str] = []

    @contextmanager
    def watch(what: str, _: int | None) -> Iterator[Callable[[str], None]]:
        def advance(file: str) -> None:
            if what == "reading the archive":
                read.append(file)
                if len(read) == record:
                    tidy(folder)

        yield advance

    assert ill(folder, watch) == []
    assert len(read) > record


def test_what_is_missing_is_missing_also_beside_a_compaction(
    folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose() -> None:
        tidy(folder)
        next(folder.archive.glob("run000002-*.warc.gz")).unlink()

    once_before(lose, archive, "_look_at_files", monkeypatch)
    assert [one.check for one in ill(folder)] == ["archive-files"]


def test_a_takedown_at_work_is_not_called_killed(folder: CorpusFolder) -> None:
    with closing(open_store(folder)) as store, store.transaction() as db:
        db.execute("INSERT INTO takedown (target, asked_at, articles, urls) VALUES ('a page', ?, '[]', 1)", (NOW,))
    with hold(folder, FORGET, NOW):
        assert [one.check for one in ill(folder)] == []
    assert [one.check for one in ill(folder)] == ["takedowns"]
