"""What is written is what came, whole records only, and readable whatever happens to the writer or its disk."""

import errno
import gzip
import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from ipaddress import IPv6Address
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from archiving import FETCHED_AT, make_exchange, only_file, write_archive
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioIterator
from warcio.checker import Checker

from corpus.archive import (
    ArchiveWriter,
    BrokenRecord,
    Original,
    Record,
    has_digest,
    iter_records,
    payload_digest,
    read_page,
    read_record,
)
from corpus.errors import ArchiveError
from corpus.types import WarcRecord

TOKENS = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-", min_size=1, max_size=20)
FRAMING = {"transfer-encoding", "content-length", "content-encoding"}
VALUES = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40).map(
    str.strip
)
HEADERS = st.lists(st.tuples(TOKENS.filter(lambda name: name.lower() not in FRAMING), VALUES), max_size=6)


def records_of(folder: Path) -> list[Record]:
    return [record for path in sorted(folder.glob("*.warc.gz")) for record in whole_records(path)]


def whole_records(path: Path) -> list[Record]:
    found = list(iter_records(path, file=path.name))
    assert not [record for record in found if isinstance(record, BrokenRecord)]
    return [record for record in found if isinstance(record, Record)]


def written(folder: Path, **changes: Any) -> Record:
    """Write one exchange and return its response record."""
    with ArchiveWriter(folder, prefix="run") as writer:
        place = writer.write_exchange(**make_exchange(**changes))
    return read_record(folder, place)


@settings(max_examples=60, deadline=None)
@given(
    body=st.binary(max_size=5000),
    headers=HEADERS,
    status=st.integers(100, 599),
    fetched_at=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    url=st.text(st.characters(min_codepoint=0x21, exclude_characters="<>\x7f", exclude_categories=["Cs"]), max_size=50),
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    body: bytes,
    headers: list[tuple[str, str]],
    status: int,
    fetched_at: datetime,
    url: str,
) -> None:
    folder = tmp_path_factory.mktemp("archive")
    changes = {"wire_body": body, "headers": headers, "status": status, "fetched_at": fetched_at}
    record = written(folder, url="http://a.example/" + url, **changes)
    assert (record.body, record.headers, record.status, record.date) == (body, tuple(headers), status, fetched_at)
    assert record.url == "http://a.example/" + url
    page = read_page(folder, record.location or WarcRecord(file="", offset=0))
    assert (page.url, page.status, page.body) == ("http://a.example/" + url, status, body)


def test_an_exchange_is_a_response_and_its_request(tmp_path: Path) -> None:
    record = written(tmp_path, ip=IPv6Address("2001:db8::1"), protocol="h2", truncated="length")
    warcinfo, response, request = records_of(tmp_path)
    assert response == record
    assert [warcinfo.type, response.type, request.type] == ["warcinfo", "response", "request"]
    assert request.field("warc-concurrent-to") == response.field("warc-record-id")
    for half in (response, request):
        assert half.field("warc-target-uri") == "http://a.example/story"
        assert half.field("warc-date") == "2026-11-22T06:10:05.198402Z"
        assert half.field("warc-ip-address") == "2001:db8::1"
        assert half.field("warc-protocol") == "h2"
        assert half.field("warc-warcinfo-id") == warcinfo.field("warc-record-id")
    assert has_digest(response.body, response.field("warc-payload-digest") or "")
    assert response.field("warc-truncated") == "length"
    assert response.field("content-type") == "application/http; msgtype=response"
    assert request.headers == (("Host", "a.example"), ("User-Agent", "test"))
    assert len({half.field("warc-record-id") for half in (warcinfo, response, request)}) == 3


def test_unknown_address_and_protocol_are_left_out(tmp_path: Path) -> None:
    record = written(tmp_path, ip=None, protocol=None)
    assert record.field("warc-ip-address") is None
    assert record.field("warc-protocol") is None
    assert record.field("warc-truncated") is None


@pytest.mark.parametrize(
    ("protocol", "reason", "line"),
    [
        ("HTTP/1.1", "OK", b"HTTP/1.1 200 OK\r\n"),
        ("HTTP/1.0", "OK", b"HTTP/1.0 200 OK\r\n"),
        ("h2", "", b"HTTP/1.1 200\r\n"),
        (None, "Fine", b"HTTP/1.1 200 Fine\r\n"),
    ],
)
def test_the_status_line_is_one_that_old_readers_know(
    tmp_path: Path, protocol: str | None, reason: str, line: bytes
) -> None:
    written(tmp_path, protocol=protocol, reason=reason)
    assert b"\r\n\r\n" + line in gzip.decompress(only_file(tmp_path).read_bytes())


BODY = make_exchange()["wire_body"]
LENGTH = str(len(BODY))


@pytest.mark.parametrize(
    ("received", "archived"),
    [
        pytest.param([("Content-Length", LENGTH)], [("Content-Length", LENGTH)], id="true length"),
        pytest.param(
            [("Content-Length", "7"), ("A", "b")],
            [("X-Archive-Orig-Content-Length", "7"), ("A", "b"), ("Content-Length", LENGTH)],
            id="false length",
        ),
        pytest.param(
            [("transfer-encoding", "chunked"), ("A", "b")],
            [("X-Archive-Orig-transfer-encoding", "chunked"), ("A", "b"), ("Content-Length", LENGTH)],
            id="chunked",
        ),
        pytest.param(
            [("Content-Length", LENGTH), ("Transfer-Encoding", "chunked")],
            [("Content-Length", LENGTH), ("X-Archive-Orig-Transfer-Encoding", "chunked")],
            id="both",
        ),
        pytest.param([("A", "b")], [("A", "b")], id="neither, ended by the connection"),
    ],
)
def test_framing_fields_are_true_of_the_archived_body(
    tmp_path: Path, received: list[tuple[str, str]], archived: list[tuple[str, str]]
) -> None:
    assert list(written(tmp_path, headers=received).headers) == archived


def test_headers_keep_their_bytes_order_and_repetitions(tmp_path: Path) -> None:
    headers = [(b"Set-Cookie", b"a=1"), (b"X-Place", b"K\xf6ln"), (b"set-cookie", b"b=2"), (b"Empty", b"")]
    record = written(tmp_path, headers=headers)
    assert record.headers == (("Set-Cookie", "a=1"), ("X-Place", "Köln"), ("set-cookie", "b=2"), ("Empty", ""))
    assert b"X-Place: K\xf6ln\r\n" in gzip.decompress(only_file(tmp_path).read_bytes())


def test_nothing_that_is_given_can_add_a_field_or_end_a_head(tmp_path: Path) -> None:
    evil = "x\r\nInjected: yes\r\n\r\n<p>"
    record = written(
        tmp_path, url="http://a.example/" + evil, reason=evil, headers=[(evil, evil)], ip=evil, protocol=evil
    )
    assert record.body == BODY
    for fields in (record.fields, record.headers):
        assert "injected" not in {name.lower() for name, _ in fields}


@pytest.mark.parametrize(
    "request_", [b"GET / HTTP/1.1\r\nHost: a", b"GET / HTTP/1.1\r\nHost: a\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"]
)
def test_a_request_ends_with_an_empty_line(tmp_path: Path, request_: bytes) -> None:
    written(tmp_path, request_line_and_headers=request_)
    assert b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n\r\n" in gzip.decompress(only_file(tmp_path).read_bytes())


def test_dates_are_written_in_utc_and_must_have_a_zone(tmp_path: Path) -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    assert written(tmp_path, fetched_at=datetime(2026, 11, 22, 11, 40, tzinfo=india)).field("warc-date") == (
        "2026-11-22T06:10:00.000000Z"
    )
    with pytest.raises(ValueError, match="time zone"):
        written(tmp_path, fetched_at=datetime(2026, 11, 22))  # noqa: DTZ001


def make_page() -> bytes:
    words = ["".join(random.Random(n).choices("abcdefghij", k=2 + n % 9)) for n in range(500)]
    return " ".join(random.Random(0).choices(words, k=8000)).encode()


@pytest.mark.parametrize("coded", [True, False])
def test_only_what_the_server_did_not_compress_is_compressed(tmp_path: Path, coded: bool) -> None:
    page = make_page()
    body = gzip.compress(page) if coded else page
    place = written(tmp_path, wire_body=body).location
    assert place is not None
    assert place.length is not None
    if coded:
        assert len(body) < place.length < len(body) + 1500
        assert body in only_file(tmp_path).read_bytes()
    else:
        assert place.length < len(body) / 2


@pytest.mark.parametrize(("level", "smaller"), [(1, False), (9, True)])
def test_the_level_of_compression_is_configurable(tmp_path: Path, level: int, smaller: bool) -> None:
    lengths = []
    for chosen in (5, level):
        with ArchiveWriter(tmp_path, prefix="run", level=chosen) as writer:
            lengths.append(writer.write_exchange(**make_exchange(wire_body=make_page())).length or 0)
    assert (lengths[1] < lengths[0]) is smaller


def test_each_file_begins_with_what_made_it(tmp_path: Path) -> None:
    warcinfo = {"robots": "obey", "configuration": '{"a":\n1}', "format": "WARC File Format 1.1 (own)"}
    with ArchiveWriter(tmp_path, prefix="run", warcinfo=warcinfo) as writer:
        writer.write_exchange(**make_exchange())
    record = records_of(tmp_path)[0]
    assert record.content_type == "application/warc-fields"
    assert record.field("warc-filename") == only_file(tmp_path).name
    fields = dict(line.split(": ", 1) for line in record.body.decode().splitlines())
    assert fields["software"].startswith("news-corpus-collector/")
    assert fields["conformsTo"].endswith("warc-1.1/")
    assert (fields["robots"], fields["configuration"]) == ("obey", '{"a": 1}')
    assert fields["format"] == "WARC File Format 1.1 (own)"


def test_every_writer_opens_files_of_its_own(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, prefix="run-1") as first, ArchiveWriter(tmp_path, prefix="run-1") as second:
        files = {writer.write_exchange(**make_exchange()).file for writer in (first, second, first)}
    assert len(files) == 2
    assert all(re.fullmatch(r"run-1-\d{14}-00000-[0-9a-f]{8}\.warc\.gz", name) for name in files)
    assert {path.name for path in tmp_path.iterdir()} == files


def test_a_writer_that_writes_nothing_leaves_no_file(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path / "new", prefix="run") as writer:
        writer.flush()
    assert list((tmp_path / "new").iterdir()) == []


def test_a_file_is_closed_when_the_next_exchange_would_not_fit(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, prefix="run", rotate_bytes=20_000) as writer:
        places = [writer.write_exchange(**make_exchange(wire_body=os.urandom(1000 + 37 * n))) for n in range(60)]
    files = list(dict.fromkeys(place.file for place in places))
    assert sorted(files, key=lambda name: name.split("-")[2]) == files
    assert len(files) > 5
    for file, following in pairwise(files):
        size = (tmp_path / file).stat().st_size
        first = next(place.offset for place in places if place.file == following)
        rest = [place.offset for place in places if place.file == following and place.offset > first]
        end = min(rest, default=(tmp_path / following).stat().st_size)
        assert size <= 20_000 < size + (end - first)
    for number, place in enumerate(places):
        assert len(read_page(tmp_path, place).body) == 1000 + 37 * number
    assert all(whole_records(tmp_path / file)[0].type == "warcinfo" for file in files)


def test_an_exchange_larger_than_a_file_gets_one_of_its_own(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, prefix="run", rotate_bytes=1000) as writer:
        places = [writer.write_exchange(**make_exchange(wire_body=os.urandom(5000))) for _ in range(3)]
    assert len({place.file for place in places}) == 3
    assert [len(read_page(tmp_path, place).body) for place in places] == [5000] * 3


def test_records_are_readable_before_the_writer_flushes(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, prefix="run") as writer:
        place = writer.write_exchange(**make_exchange())
        assert read_page(tmp_path, place).body == BODY


def test_threads_may_share_a_writer_while_it_flushes(tmp_path: Path) -> None:
    places: list[WarcRecord] = []
    with ArchiveWriter(tmp_path, prefix="run", rotate_bytes=50_000) as writer:

        def write(start: int) -> None:
            for number in range(start, start + 50):
                places.append(writer.write_exchange(**make_exchange(wire_body=b"%d" % number)))
                if number % 7 == 0:
                    writer.flush()

        threads = [Thread(target=write, args=(start,)) for start in (0, 1000, 2000)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    bodies = {int(read_page(tmp_path, place).body) for place in places}
    assert bodies == {start + number for start in (0, 1000, 2000) for number in range(50)}
    assert len(records_of(tmp_path)) == 300 + len(list(tmp_path.iterdir()))


def test_a_closed_writer_writes_no_more(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, prefix="run")
    writer.close()
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write_exchange(**make_exchange())


@pytest.mark.parametrize(
    "wrong",
    [{"prefix": ""}, {"prefix": "../run"}, {"prefix": ".run"}, {"rotate_bytes": 0}, {"level": 10}, {"level": -1}],
)
def test_wrong_settings_are_refused_by_name(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must"):
        ArchiveWriter(tmp_path, **{"prefix": "run"} | wrong)


def test_an_archive_folder_that_cannot_be_made_is_an_archive_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError, match="cannot be made"):
        ArchiveWriter(tmp_path / "file" / "archive", prefix="run")


def test_a_folder_that_vanished_is_an_archive_error(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path / "archive", prefix="run") as writer:
        shutil.rmtree(tmp_path / "archive")
        with pytest.raises(ArchiveError, match="archive"):
            writer.write_exchange(**make_exchange())


def test_warcio_finds_nothing_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ArchiveWriter(tmp_path, prefix="run") as writer:
        headers = [("Content-Type", "text/html"), ("Content-Encoding", "gzip")]
        place = writer.write_exchange(**make_exchange(wire_body=gzip.compress(BODY * 100), headers=headers))
        writer.write_exchange(**make_exchange(headers=[("Transfer-Encoding", "chunked")]))
        original = Original(url="http://a.example/story", fetched_at=FETCHED_AT, record=place)
        revisit = {key: value for key, value in make_exchange().items() if key != "wire_body"}
        digest = payload_digest(gzip.compress(BODY * 100))
        writer.write_revisit(**revisit, profile="identical-payload-digest", refers_to=original, digest=digest)
        writer.write_revisit(**revisit | {"status": 304}, profile="server-not-modified", refers_to=original)
        writer.write_resource(url="file:///a.html", fetched_at=FETCHED_AT, body=b"<p>", content_type="text/html")
    arguments = type("Arguments", (), {"inputs": [str(only_file(tmp_path))], "verbose": True})
    checker = Checker(arguments)
    checker.process_all()
    assert checker.exit_value == 0
    report = capsys.readouterr().out
    # Block digests of all ten records, payload digests of the two responses and the resource.
    assert report.count("digest pass") + report.count("digest present but not checked (revisit)") == 10
    with only_file(tmp_path).open("rb") as stream:
        contents = [
            record.content_stream().read() for record in WarcioIterator(stream) if record.rec_type == "response"
        ]
    assert contents == [BODY * 100, BODY]


def run_script(script: str, *arguments: object, wrapper: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run a script that has this folder's helpers at hand."""
    path = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2])])
    return subprocess.run(
        [*wrapper, sys.executable, "-W", "error", "-c", script, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


#: Writes until the disk is full, makes room, and writes again; prints what was acknowledged.
FILL = """
import json, os, resource, sys
from pathlib import Path
from archiving import make_exchange
from corpus.archive import ArchiveWriter, Record, iter_records, read_page
from corpus.errors import ArchiveError
from corpus.types import WarcRecord

folder, limit = Path(sys.argv[1]), int(sys.argv[2])
room = folder / "room"
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
else:
    room.write_bytes(bytes(100_000))
places, failures = [], []

def write(writer, n):
    place = writer.write_exchange(**make_exchange(url=f"http://a.example/{n}", wire_body=os.urandom(3000 + n)))
    places.append((place.file, place.offset, place.length, 3000 + n))

with ArchiveWriter(folder, prefix="run") as writer:
    for n in range(1000):
        try:
            write(writer, n)
        except ArchiveError as error:
            failures.append(str(error))
            if len(failures) == 3:
                break
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    else:
        room.unlink()
    for n in range(1000, 1010):
        write(writer, n)
    writer.flush()
for file, offset, length, size in places:
    assert len(read_page(folder, WarcRecord(file=file, offset=offset, length=length)).body) == size
found = [record for path in folder.glob("*.warc.gz") for record in iter_records(path)]
assert all(isinstance(record, Record) for record in found)
responses = sum(record.type == "response" for record in found)
print(json.dumps({"places": len(places), "responses": responses, "failures": failures}))
"""


def check_filled(done: subprocess.CompletedProcess[str], message: str) -> None:
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["places"] == report["responses"] > 20
    assert len(report["failures"]) == 3
    assert all(re.search(message, failure) for failure in report["failures"])


def test_a_file_that_may_not_grow_ends_with_a_whole_record_and_writing_goes_on(tmp_path: Path) -> None:
    check_filled(run_script(FILL, tmp_path, 100_000), r"may not grow.*\.warc\.gz")


def test_a_full_disk_leaves_whole_records_and_writing_goes_on_when_there_is_room(tmp_path: Path) -> None:
    mount = ("unshare", "--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs -o size=300k none "$0" && exec "$@"')
    if shutil.which("unshare") is None or run_script("", wrapper=(*mount, str(tmp_path))).returncode:
        pytest.skip("may not mount a small file system here")
    check_filled(
        run_script(FILL, tmp_path, 0, wrapper=(*mount, str(tmp_path))), r"disk is full: free some space.*\.warc\.gz"
    )


def test_a_disk_that_refuses_is_told_by_flush_even_when_the_file_was_closed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No real disk can be made to fail here.
    def fail(fd: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with ArchiveWriter(tmp_path, prefix="run", rotate_bytes=3000) as writer:
        writer.write_exchange(**make_exchange(wire_body=os.urandom(1500)))
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", lambda fd: fail(fd) if stat.S_ISREG(os.fstat(fd).st_mode) else None)
            place = writer.write_exchange(**make_exchange(wire_body=os.urandom(1500)))
        assert len({path.name for path in tmp_path.iterdir()}) == 2
        with pytest.raises(ArchiveError, match="disk reports an error"):
            writer.flush()
        writer.flush()
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fail)
            with pytest.raises(ArchiveError, match="disk reports an error"):
                writer.flush()
        after = writer.write_exchange(**make_exchange())
        assert after.file != place.file
        writer.flush()
    assert read_page(tmp_path, after).body == BODY


#: Writes and flushes for ever; prints what was acknowledged.
CRAWL = """
import os, sys
from pathlib import Path
from archiving import make_exchange
from corpus.archive import ArchiveWriter

writer = ArchiveWriter(Path(sys.argv[1]), prefix="run", rotate_bytes=2_000_000)
for n in range(10**9):
    places = [writer.write_exchange(**make_exchange(wire_body=os.urandom(n % 90_000))) for n in range(n, n + 5)]
    writer.flush()
    for m, place in enumerate(places):
        print(place.file, place.offset, place.length, (n + m) % 90_000, flush=True)
"""


@pytest.mark.parametrize("acknowledged", [1, 40, 300])
def test_a_killed_writer_loses_nothing_that_was_flushed(tmp_path: Path, acknowledged: int) -> None:
    path = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2])])
    command = [sys.executable, "-c", CRAWL, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": path}) as crawl:
        assert crawl.stdout is not None
        lines = [crawl.stdout.readline() for _ in range(acknowledged)]
        crawl.send_signal(signal.SIGKILL)
        lines += [line for line in crawl.stdout if line.endswith("\n")]
    for line in lines:
        file, offset, length, size = line.split()
        place = WarcRecord(file=file, offset=int(offset), length=int(length))
        assert len(read_page(tmp_path, place).body) == int(size)
    broken = [r for p in tmp_path.iterdir() for r in iter_records(p) if isinstance(r, BrokenRecord)]
    assert len(broken) <= 1
    assert all(record.torn for record in broken)


def test_a_revisit_needs_a_digest_for_and_only_for_an_identical_payload(tmp_path: Path) -> None:
    arguments = {key: value for key, value in make_exchange().items() if key != "wire_body"}
    original = Original(url="http://a.example/story", fetched_at=FETCHED_AT)
    with ArchiveWriter(tmp_path, prefix="run") as writer:
        with pytest.raises(ValueError, match="needs a digest"):
            writer.write_revisit(**arguments, profile="identical-payload-digest", refers_to=original)
        with pytest.raises(ValueError, match="has no digest"):
            writer.write_revisit(**arguments, profile="server-not-modified", refers_to=original, digest="sha1:X")


def test_a_revisit_says_what_it_stands_for(tmp_path: Path) -> None:
    (place, *_) = write_archive(tmp_path)
    arguments = {key: value for key, value in make_exchange().items() if key != "wire_body"}
    with ArchiveWriter(tmp_path, prefix="again") as writer:
        for record in (place, WarcRecord(file="/elsewhere/foreign.warc.gz", offset=7), None):
            original = Original(url="http://a.example/0", fetched_at=FETCHED_AT, record=record)
            revisit = read_record(
                tmp_path,
                writer.write_revisit(**arguments, profile="server-not-modified", refers_to=original),
            )
            assert revisit.type == "revisit"
            assert revisit.field("warc-profile") == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
            assert revisit.field("warc-refers-to-target-uri") == "http://a.example/0"
            assert revisit.field("warc-refers-to-date") == "2026-11-22T06:10:05.198402Z"
            named = (revisit.field("warc-refers-to-filename"), revisit.field("warc-refers-to-file-offset"))
            assert named == ((place.file, str(place.offset)) if record == place else (None, None))
