"""The model that is kept unpacked gives what py3langid's own gives, and nothing depends on whether it can be kept."""

import os
import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from cleaners.langid_model import cache_folder, load_identifier

TEXTS = [
    "",
    "The council voted on Tuesday to close the bridge for repairs.",
    "Der Stadtrat hat am Dienstag beschlossen, die Brücke zu sperren.",
    "市议会周二决定关闭大桥进行维修。",
    "ସହରର ପୋଲ ମରାମତି ପାଇଁ ବନ୍ଦ ରହିବ",
    "قرر مجلس المدينة إغلاق الجسر للإصلاحات",
    "NATO UND USA",
]


@cache
def theirs() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a model that was kept."""
    folder = tmp_path_factory.mktemp("cache") / "made"
    load_identifier(folder)
    (file,) = folder.iterdir()
    return file


@pytest.fixture
def packed_reads(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Note each time that the packed model is read; what is read is the one that was read before."""
    reads: list[object] = []

    def read(model: object, **_: object) -> LanguageIdentifier:
        reads.append(model)
        return theirs()

    theirs()
    monkeypatch.setattr(LanguageIdentifier, "from_model_file", read)
    return reads


@pytest.mark.parametrize("text", TEXTS)
def test_the_kept_model_gives_their_probabilities_to_the_last_bit(kept: Path, text: str) -> None:
    assert load_identifier(kept.parent).rank(text) == theirs().rank(text)


@given(text=st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_gets_their_probabilities(kept: Path, text: str) -> None:
    assert mapped(kept.parent).rank(text) == theirs().rank(text)


@cache
def mapped(folder: Path) -> LanguageIdentifier:
    return load_identifier(folder)


def test_a_kept_model_is_not_unpacked_again(kept: Path, packed_reads: list[object]) -> None:
    load_identifier(kept.parent)
    assert not packed_reads


@pytest.mark.parametrize("place", [0, 40, 50, 200, 1_000_000, -1])
def test_a_damaged_file_is_not_believed_and_made_again(
    place: int, kept: Path, tmp_path: Path, packed_reads: list[object]
) -> None:
    damaged = bytearray(kept.read_bytes())
    damaged[place] ^= 1
    (tmp_path / kept.name).write_bytes(damaged)
    assert load_identifier(tmp_path).rank(TEXTS[1]) == theirs().rank(TEXTS[1])
    assert len(packed_reads) == 1
    assert (tmp_path / kept.name).read_bytes() == kept.read_bytes()


@pytest.mark.parametrize("size", [0, 10, 40, 44, 100_000])
def test_a_file_that_breaks_off_is_made_again(
    size: int, kept: Path, tmp_path: Path, packed_reads: list[object]
) -> None:
    (tmp_path / kept.name).write_bytes(kept.read_bytes()[:size])
    load_identifier(tmp_path)
    assert len(packed_reads) == 1
    assert (tmp_path / kept.name).stat().st_size == kept.stat().st_size


def test_the_model_of_another_file_is_not_taken(kept: Path, tmp_path: Path, packed_reads: list[object]) -> None:
    other = tmp_path / "other.npz.xz"
    other.write_bytes(b"another model")
    load_identifier(kept.parent, other)
    (own,) = (file for file in kept.parent.iterdir() if file != kept)
    own.write_bytes(kept.read_bytes())  # and not under its name either
    load_identifier(kept.parent, other)
    own.unlink()
    assert packed_reads == [other, other]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path, packed_reads: list[object]) -> None:
    tmp_path.chmod(0o500)
    assert load_identifier(tmp_path).rank(TEXTS[1]) == theirs().rank(TEXTS[1])
    assert len(packed_reads) == 1


def test_a_folder_that_is_a_file_is_done_without(tmp_path: Path, packed_reads: list[object]) -> None:
    (tmp_path / "file").touch()
    assert load_identifier(tmp_path / "file" / "below").rank(TEXTS[1]) == theirs().rank(TEXTS[1])
    assert len(packed_reads) == 1


def test_nothing_is_left_of_a_file_that_could_not_be_finished(
    tmp_path: Path, packed_reads: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    load_identifier(tmp_path)
    assert len(packed_reads) == 1
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_unfinished_is_removed_and_what_another_writes_now_is_not(
    tmp_path: Path, packed_reads: list[object]
) -> None:
    left, written_now = tmp_path / ".langid-left", tmp_path / ".langid-now"
    for file in (left, written_now):
        file.write_bytes(b"half")
    os.utime(left, (0, time.time() - 3700))
    load_identifier(tmp_path)
    assert (left.exists(), written_now.exists(), len(list(tmp_path.glob("*.model")))) == (False, True, 1)


@pytest.mark.parametrize(
    ("xdg", "home", "expected"),
    [
        ("/var/cache", "/home/ada", "/var/cache/news-corpus-collector"),
        ("", "/home/ada", "/home/ada/.cache/news-corpus-collector"),
        ("caches", "/home/ada", "/home/ada/.cache/news-corpus-collector"),  # a relative one is invalid
        ("", "/", None),  # a system user's
    ],
)
def test_the_cache_folder_is_the_users(
    xdg: str, home: str, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", xdg)
    monkeypatch.setenv("HOME", home)
    assert cache_folder() == (None if expected is None else Path(expected))
