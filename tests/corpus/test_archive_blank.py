"""A marker takes exactly a record's room, is read as a record by every reader, and leaves its neighbours alone."""

import gzip
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc import ArchiveIterator
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.archive import ArchiveWriter
from corpus.archive.blank import blank_records, compose_marker
from corpus.archive.records import Record, iter_records
from corpus.errors import ArchiveError
from corpus.types import WarcRecord

AT = datetime(2026, 11, 22, tzinfo=UTC)
SECRET = b"nobody is to read this any more"


def least() -> int:
    """Return the least length of a marker."""
    return next(n for n in range(1000) if _fits(n))


def _fits(length: int) -> bool:
    try:
        return len(compose_marker(WarcRecord(file="a", offset=7, length=length), AT)) == length
    except ArchiveError:
        return False


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3_000_000))
def test_a_marker_has_any_length_and_decompresses_to_a_record(more: int) -> None:
    marker = compose_marker(WarcRecord(file="a", offset=7, length=least() + more), AT)
    assert len(marker) == least() + more
    assert gzip.decompress(marker).startswith(b"WARC/1.1\r\nWARC-Type: metadata\r\n")


def test_a_place_that_is_too_small_is_refused() -> None:
    assert not _fits(least() - 1)
    with pytest.raises(ArchiveError, match="too few for a record"):
        compose_marker(WarcRecord(file="a", offset=7, length=least() - 1), AT)


def write(folder: Path, bodies: list[bytes]) -> list[WarcRecord]:
    with ArchiveWriter(folder, prefix="test") as writer:
        return [
            writer.write_exchange(
                url=f"https://a.example/{number}",
                fetched_at=AT,
                request_line_and_headers=b"GET / HTTP/1.1\r\n\r\n",
                status=200,
                reason="OK",
                headers=[],
                wire_body=body,
                protocol=None,
            )
            for number, body in enumerate(bodies)
        ]


def test_the_smallest_record_that_we_write_has_room_for_a_marker(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, prefix="test") as writer:
        record = writer.write_resource(url="file:a", fetched_at=AT, body=b"", content_type="a")
    assert (record.length or 0) > least()


def test_neighbours_stay_as_they_were(tmp_path: Path) -> None:
    one, two, three = write(tmp_path, [b"one" * 50, SECRET * 50, b"three" * 50])
    path = tmp_path / one.file
    before = path.read_bytes()
    blank_records(tmp_path, two.file, [two], AT)
    after = path.read_bytes()
    end = two.offset + (two.length or 0)
    assert (before[: two.offset], before[end:]) == (after[: two.offset], after[end:])
    found = {record.location.offset: record for record in records(path) if record.location}
    assert (found[one.offset].body, found[three.offset].body) == (b"one" * 50, b"three" * 50)
    assert (found[two.offset].type, found[two.offset].location) == ("metadata", WarcRecord(**_place(two)))
    assert SECRET not in gzip.decompress(after)


def _place(record: WarcRecord) -> dict[str, object]:
    return {"file": record.file, "offset": record.offset, "length": record.length}


def records(path: Path) -> list[Record]:
    return [record for record in iter_records(path, file=path.name) if isinstance(record, Record)]


def test_other_software_reads_the_file(tmp_path: Path) -> None:
    _, two, _ = write(tmp_path, [b"one" * 50, SECRET * 3000, b"three" * 50])
    blank_records(tmp_path, two.file, [two], AT)
    kinds = [str(record.record_type) for record in ArchiveIterator(io.BytesIO((tmp_path / two.file).read_bytes()))]
    assert len(kinds) == 7  # warcinfo, and a record and its request for each page


def test_blanking_twice_changes_nothing(tmp_path: Path) -> None:
    _, two, _ = write(tmp_path, [b"one", SECRET, b"three"])
    blank_records(tmp_path, two.file, [two], AT)
    once = (tmp_path / two.file).read_bytes()
    blank_records(tmp_path, two.file, [two], AT)
    assert (tmp_path / two.file).read_bytes() == once


def test_a_file_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    blank_records(tmp_path, "gone.warc.gz", [WarcRecord(file="gone.warc.gz", offset=0, length=999)], AT)


def test_a_file_that_a_writer_holds_is_left_alone(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, prefix="test") as writer:
        record = writer.write_resource(url="file:a", fetched_at=AT, body=SECRET, content_type="text/plain")
        with pytest.raises(ArchiveError, match="a writer holds this file"):
            blank_records(tmp_path, record.file, [record], AT)


def test_nothing_is_written_behind_the_end_of_a_file(tmp_path: Path) -> None:
    (record,) = write(tmp_path, [SECRET])
    size = (tmp_path / record.file).stat().st_size
    with pytest.raises(ArchiveError, match="the file ends before this record does"):
        blank_records(tmp_path, record.file, [WarcRecord(file=record.file, offset=size - 10, length=500)], AT)
    assert (tmp_path / record.file).stat().st_size == size
