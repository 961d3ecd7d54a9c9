"""Pages are read by their place or file by file, decoded, resolved, and counted where they cannot be."""

import gzip
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import brotli
import pytest
from archiving import FETCHED_AT, make_exchange, only_file, put, write_archive
from backports import zstd

from corpus.archive import (
    ArchiveWriter,
    BrokenRecord,
    ConvertedText,
    Original,
    Record,
    iter_records,
    pages,
    payload_digest,
    read_member,
    read_page,
    texts,
)
from corpus.archive.coding import looks_textual
from corpus.errors import ArchiveError, DecodeError, TooLargeError
from corpus.types import Page, Provenance, Via, WarcRecord

PAGE = b"<html><p>What happened.</p></html>"
LATER = datetime(2026, 11, 23, tzinfo=UTC)


def write(folder: Path, **changes: Any) -> WarcRecord:
    with ArchiveWriter(folder, prefix="run") as writer:
        return writer.write_exchange(**make_exchange(**changes))


def write_revisit(
    folder: Path,
    original: WarcRecord | None,
    profile: Literal["identical-payload-digest", "server-not-modified"],
    **changes: Any,
) -> WarcRecord:
    arguments = make_exchange(fetched_at=LATER, headers=[("X-Visit", "second")], **changes)
    body = arguments.pop("wire_body")
    refers_to = Original(url="http://a.example/story", fetched_at=FETCHED_AT, record=original)
    digest = payload_digest(body) if profile == "identical-payload-digest" else None
    with ArchiveWriter(folder, prefix="again") as writer:
        return writer.write_revisit(**arguments, profile=profile, refers_to=refers_to, digest=digest)


@pytest.mark.parametrize(
    ("coding", "wire_body"),
    [
        ("gzip", gzip.compress(PAGE)),
        ("br", brotli.compress(PAGE)),
        ("zstd", zstd.compress(PAGE)),
        ("gzip", PAGE),
        ("", PAGE),
    ],
)
def test_a_page_is_read_decoded(tmp_path: Path, coding: str, wire_body: bytes) -> None:
    headers = (("Content-Type", "text/html"), ("Content-Encoding", coding))
    page = read_page(tmp_path, write(tmp_path, wire_body=wire_body, headers=headers))
    assert page.body == PAGE
    assert page.headers == headers


def test_codings_in_several_fields_are_undone(tmp_path: Path) -> None:
    headers = [("Content-Encoding", "gzip"), ("content-encoding", "br")]
    place = write(tmp_path, wire_body=brotli.compress(gzip.compress(PAGE)), headers=headers)
    assert read_page(tmp_path, place).body == PAGE


def test_a_page_keeps_the_provenance_it_is_given_and_learns_its_place(tmp_path: Path) -> None:
    place = write(tmp_path)
    known = Provenance(
        requested_url="http://a.example/?from=feed", fetched_at=LATER, via=Via.FEED, found_on="http://f/"
    )
    assert read_page(tmp_path, place, known).provenance == Provenance(
        requested_url="http://a.example/?from=feed",
        fetched_at=LATER,
        via=Via.FEED,
        found_on="http://f/",
        warc_record=place,
    )
    assert read_page(tmp_path, place).provenance == Provenance(
        requested_url="http://a.example/story", fetched_at=FETCHED_AT, via=Via.INGEST, warc_record=place
    )


def test_a_local_file_is_a_page_with_status_200(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, prefix="run") as writer:
        place = writer.write_resource(
            url="file:///pages/a b.html", fetched_at=FETCHED_AT, body=PAGE, content_type="text/html; charset=utf-8"
        )
    page = read_page(tmp_path, place)
    assert (page.url, page.status, page.body) == ("file:///pages/a%20b.html", 200, PAGE)
    assert page.headers == (("Content-Type", "text/html; charset=utf-8"),)


@pytest.mark.parametrize(("limit", "fits"), [(len(PAGE), True), (len(PAGE) - 1, False)])
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_a_page_above_the_limit_is_an_error_that_names_it(tmp_path: Path, coding: str, limit: int, fits: bool) -> None:
    body = gzip.compress(PAGE) if coding == "gzip" else PAGE
    place = write(tmp_path, wire_body=body, headers=[("Content-Encoding", coding)])
    if coding == "gzip":
        limit += 100 * (len(body) > limit) * fits
    if fits:
        assert read_page(tmp_path, place, max_body_bytes=limit).body == PAGE
    else:
        with pytest.raises(TooLargeError, match=f"more than {limit}.*a.example/story"):
            read_page(tmp_path, place, max_body_bytes=limit)


def test_a_bomb_in_the_archive_is_an_error(tmp_path: Path) -> None:
    place = write(tmp_path, wire_body=gzip.compress(bytes(50 << 20)), headers=[("Content-Encoding", "gzip")])
    with pytest.raises(TooLargeError, match="inflates to more than 1000000"):
        read_page(tmp_path, place, max_body_bytes=1_000_000)


def test_a_damaged_coding_is_the_pages_error_and_not_the_archives(tmp_path: Path) -> None:
    place = write(tmp_path, wire_body=gzip.compress(PAGE)[:-3], headers=[("Content-Encoding", "gzip")])
    with pytest.raises(DecodeError, match=r"gzip body breaks off.*a\.example/story"):
        read_page(tmp_path, place)


def test_places_that_hold_no_page_are_archive_errors_with_file_and_offset(tmp_path: Path) -> None:
    (place, *_) = write_archive(tmp_path)
    path = only_file(tmp_path)
    request = place.offset + (place.length or 0)
    cases = {
        (place.file, 0): "warcinfo record",
        (place.file, request): "request record",
        (place.file, place.offset + 1): "damaged",
        (place.file, path.stat().st_size): "ends before this record",
        (place.file, 10**9): "ends before this record",
        ("gone.warc.gz", 0): "cannot be read",
    }
    for (file, offset), message in cases.items():
        with pytest.raises(ArchiveError, match=message) as caught:
            read_page(tmp_path, WarcRecord(file=file, offset=offset))
        assert caught.value.file == tmp_path / file
        assert caught.value.offset in (offset, None)


def test_a_file_outside_the_archive_is_read_by_its_absolute_path(tmp_path: Path) -> None:
    place = write(tmp_path / "foreign")
    outside = WarcRecord(file=str(tmp_path / "foreign" / place.file), offset=place.offset, length=place.length)
    page = read_page(tmp_path / "archive", outside)
    assert page.body == make_exchange()["wire_body"]
    assert page.provenance.warc_record == outside


def test_an_identical_payload_is_read_from_its_original(tmp_path: Path) -> None:
    body = gzip.compress(PAGE)
    original = write(tmp_path, wire_body=body, headers=[("Content-Encoding", "gzip"), ("X-Visit", "first")])
    revisit = write_revisit(tmp_path, original, "identical-payload-digest", url="http://b.example/", wire_body=body)
    page = read_page(tmp_path, revisit)
    assert (page.url, page.status, page.body) == ("http://b.example/", 200, PAGE)
    assert page.headers == (("X-Visit", "second"),)
    assert page.provenance.fetched_at == LATER
    assert page.provenance.warc_record == revisit


def test_a_page_that_was_not_modified_is_the_one_that_the_client_had(tmp_path: Path) -> None:
    original = write(tmp_path, wire_body=PAGE, headers=[("X-Visit", "first")])
    revisit = write_revisit(tmp_path, original, "server-not-modified", status=304)
    page = read_page(tmp_path, revisit)
    assert (page.status, page.headers, page.body) == (200, (("X-Visit", "first"),), PAGE)
    assert page.provenance.fetched_at == LATER


def test_the_caller_may_say_where_the_original_is(tmp_path: Path) -> None:
    original = write(tmp_path)
    revisit = write_revisit(tmp_path, None, "identical-payload-digest")
    with pytest.raises(ArchiveError, match="does not say where its original"):
        read_page(tmp_path, revisit)
    assert read_page(tmp_path, revisit, refers_to=original).body == make_exchange()["wire_body"]


def test_a_revisit_of_another_page_is_an_error(tmp_path: Path) -> None:
    other = write(tmp_path, url="http://a.example/other", wire_body=b"other")
    for profile in ("identical-payload-digest", "server-not-modified"):
        with pytest.raises(ArchiveError, match="another page"):
            read_page(tmp_path, write_revisit(tmp_path, other, profile))


def test_a_revisit_of_a_revisit_is_an_error(tmp_path: Path) -> None:
    first = write_revisit(tmp_path, write(tmp_path), "server-not-modified")
    with pytest.raises(ArchiveError, match="refers to a revisit record"):
        read_page(tmp_path, write_revisit(tmp_path, first, "server-not-modified"))


@pytest.mark.parametrize("name", ["../a.warc", "/etc/a.warc", "sub/a.warc"])
def test_a_revisit_cannot_lead_out_of_its_folder(tmp_path: Path, name: str) -> None:
    head = f"WARC/1.1\r\nWARC-Type: revisit\r\nWARC-Target-URI: http://a/\r\nWARC-Refers-To-Filename: {name}\r\n"
    head += "WARC-Refers-To-File-Offset: 0\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    put(tmp_path / "evil.warc", head.encode())
    with pytest.raises(ArchiveError, match="does not say where"):
        read_page(tmp_path, WarcRecord(file="evil.warc", offset=0))


def response(http: bytes, *, url: str = "http://a.example/", kind: str = "response", date: str = "2020-01-02") -> bytes:
    content_type = "application/http; msgtype=response" if kind == "response" else "text/html"
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\nContent-Type: {content_type}"
    )
    return f"{head}\r\nContent-Length: {len(http)}\r\n\r\n".encode() + http + b"\r\n\r\n"


def html(body: bytes, *fields: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: text/html", *fields, "", ""]).encode() + body


def read_all(path: Path, **options: Any) -> tuple[list[Page], list[BrokenRecord]]:
    found = list(pages(path, **options))
    return [p for p in found if isinstance(p, Page)], [p for p in found if isinstance(p, BrokenRecord)]


def put_records(path: Path, records: Sequence[bytes]) -> Path:
    return put(path, b"".join(map(gzip.compress, records)))


def test_pages_are_the_html_of_a_file_whatever_their_status(tmp_path: Path) -> None:
    path = put_records(
        tmp_path / "a.warc.gz",
        [
            response(html(b"<p>1")),
            response(html(b"<p>2", status="404 Not Found"), url="http://a.example/gone"),
            response(html(b"", "Location: /", status="301 Moved"), url="http://a.example/moved"),
            response(b"HTTP/1.1 200 OK\r\nContent-Type: application/xhtml+xml; charset=x\r\n\r\n<html>3"),
            response(b"HTTP/1.1 200 OK\r\n\r\n \n<!DOCTYPE html>4"),
            response(b"HTTP/1.1 200 OK\r\n\r\nGIF89a"),
            response(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n<html>"),
            response(b"<html>5", kind="resource", url="file:///a.html"),
            response(html(b""), kind="revisit"),
            response(html(b"<p>"), kind="metadata"),
        ],
    )
    found, broken = read_all(path)
    assert [(page.status, page.body) for page in found] == [
        (200, b"<p>1"),
        (404, b"<p>2"),
        (301, b""),
        (200, b"<html>3"),
        (200, b" \n<!DOCTYPE html>4"),
        (200, b"<html>5"),
    ]
    assert not broken
    for page in found:
        place = page.provenance.warc_record
        assert place is not None
        assert place.file == str(path)
        assert read_page(tmp_path, place).body == page.body


def test_pages_undo_chunks_and_codings(tmp_path: Path) -> None:
    body = gzip.compress(PAGE)
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    (page,), _ = read_all(
        put_records(
            tmp_path / "a.warc.gz",
            [response(html(chunked, "Transfer-Encoding: chunked", "Content-Encoding: gzip"))],
        )
    )
    assert page.body == PAGE


def test_pages_that_cannot_be_read_are_reported_with_url_and_place(tmp_path: Path) -> None:
    records = [
        response(html(gzip.compress(PAGE)[:-5], "Content-Encoding: gzip"), url="http://a.example/torn"),
        response(html(b"x" * 5000), url="http://a.example/large"),
        response(html(gzip.compress(b"x" * 5000), "Content-Encoding: gzip"), url="http://a.example/bomb"),
        response(html(b"<p>1")).replace(b"WARC-Type", b"WARC-Segment-Number: 1\r\nWARC-Type"),
        response(html(b"<p>", status="fine")),
        response(html(b"<p>fine"), url="http://a.example/fine"),
    ]
    path = put_records(tmp_path / "a.warc.gz", records)
    (page,), broken = read_all(path, max_body_bytes=4000)
    assert page.url == "http://a.example/fine"
    assert [(problem.url, problem.message) for problem in broken] == [
        ("http://a.example/torn", f"gzip body breaks off after {len(gzip.compress(PAGE)) - 5} bytes"),
        ("http://a.example/large", "archived body of 5000 bytes, more than 4000"),
        ("http://a.example/bomb", f"gzip body of {len(gzip.compress(b'x' * 5000))} bytes inflates to more than 4000"),
        ("http://a.example/", "the page is split over several records"),
        ("http://a.example/", "the response has no HTTP status"),
    ]
    assert [problem.offset for problem in broken] == [
        len(b"".join(map(gzip.compress, records[:number]))) for number in range(5)
    ]


@pytest.mark.parametrize(
    ("date", "header", "fetched_at"),
    [
        ("2020-01-02T03:04:05.123456789Z", "", datetime(2020, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)),
        ("2020-01-02T03:04:05-0800", "", datetime(2020, 1, 2, 11, 4, 5, tzinfo=UTC)),
        ("2020", "", datetime(2020, 1, 1, tzinfo=UTC)),
        (
            "2008-10-294T05:21:46-0700",
            "Date: Wed, 28 Jan 2009 17:05:56 GMT",
            datetime(2009, 1, 28, 17, 5, 56, tzinfo=UTC),
        ),
        (
            "2008-10-294T05:21:46-0700",
            "Date: Wed, 28 Jan 2009 17:05:56 -0000",
            datetime(2009, 1, 28, 17, 5, 56, tzinfo=UTC),
        ),
        ("", "Date: yesterday", None),
    ],
)
def test_the_time_of_capture_is_the_best_there_is(
    tmp_path: Path, date: str, header: str, fetched_at: datetime | None
) -> None:
    path = put_records(tmp_path / "a.warc.gz", [response(html(b"<p>", header or "A: b"), date=date)])
    (page,), _ = read_all(path)
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    assert page.provenance.fetched_at == (fetched_at or written)


def conversion(text: bytes, *, languages: str = "") -> bytes:
    fields = f"WARC-Identified-Content-Language: {languages}\r\n" if languages else ""
    return (
        (
            "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://a.example/\r\n"
            f"WARC-Date: 2024-05-18T01:58:10Z\r\n{fields}Content-Type: text/plain\r\n"
            f"Content-Length: {len(text)}\r\n\r\n"
        ).encode()
        + text
        + b"\r\n\r\n"
    )


def test_texts_are_the_conversions_of_a_wet_file(tmp_path: Path) -> None:
    path = put_records(
        tmp_path / "a.wet.gz",
        [conversion("Ḥello\nWörld".encode(), languages="eng,deu"), response(html(b"<p>")), conversion(b"caf\xe9")],
    )
    first, second = texts(path)
    assert isinstance(first, ConvertedText)
    assert isinstance(second, ConvertedText)
    assert first.text == "Ḥello\nWörld"
    assert first.languages == ("eng", "deu")
    assert (first.url, first.fetched_at) == ("http://a.example/", datetime(2024, 5, 18, 1, 58, 10, tzinfo=UTC))
    assert first.record == WarcRecord(file=str(path), offset=0, length=first.record.length if first.record else None)
    assert second.text == "caf�"


@pytest.mark.parametrize(("limit", "fits"), [(4, True), (3, False)])
def test_a_text_above_the_limit_is_reported(tmp_path: Path, limit: int, fits: bool) -> None:
    (found,) = texts(put_records(tmp_path / "a.wet.gz", [conversion(b"text")]), max_body_bytes=limit)
    assert isinstance(found, ConvertedText if fits else BrokenRecord)


@pytest.mark.shared
def test_foreign_pages_are_read_or_reported(shared: Path) -> None:
    files = sorted(path for path in (shared / "data" / "warc").rglob("*") if path.is_file())
    for path in files:
        found, broken = read_all(path)
        expected = sum(
            isinstance(record, Record)
            and record.type in ("response", "resource")
            and (record.content_type or "").lower().startswith(("text/html", "application/xhtml"))
            for record in iter_records(path)
        )
        unread = sum(problem.url is not None for problem in broken)
        assert len(found) + unread == expected, path
        # One file's gzip body ends two bytes early, another's response has no status.
        assert unread == (path.name in ("example-trunc.warc", "example-extra.warc")), path
        # No compression is left in a page, and no chunk size at its beginning.
        assert all(looks_textual(page.body) for page in found)
        assert not [page.url for page in found if re.match(rb"[0-9a-f]+\r\n", page.body)]


@pytest.mark.shared
def test_the_foreign_wet_file_holds_one_text(shared: Path) -> None:
    for name in ("whirlwind.warc.wet", "whirlwind.warc.wet.gz"):
        (text,) = texts(shared / "data" / "warc" / "whirlwind" / name)
        assert isinstance(text, ConvertedText)
        assert text.url == "https://an.wikipedia.org/wiki/Escopete"
        assert text.text.startswith("Escopete")


# -- copies -----------------------------------------------------------------------------------------------------------


def test_a_record_is_copied_bit_by_bit(tmp_path: Path) -> None:
    record = write(tmp_path / "a", wire_body=PAGE)
    file = tmp_path / "a" / record.file
    member = read_member(WarcRecord(file=str(file), offset=record.offset, length=record.length))
    assert member is not None
    with ArchiveWriter(tmp_path / "b", prefix="copy") as writer:
        copy = writer.write_copy(member)
    assert copy.length == record.length
    copied = (tmp_path / "b" / copy.file).read_bytes()
    assert copied[copy.offset :] == file.read_bytes()[record.offset :][: record.length]
    assert read_page(tmp_path / "b", copy).body == PAGE


def test_a_record_of_a_plain_file_is_compressed(tmp_path: Path) -> None:
    record = write(tmp_path / "a", wire_body=PAGE)
    plain = put(tmp_path / "plain.warc", gzip.decompress((tmp_path / "a" / record.file).read_bytes()))
    (page,) = (found for found in pages(plain) if isinstance(found, Page))
    assert page.provenance.warc_record is not None
    member = read_member(page.provenance.warc_record)
    assert member is not None
    with ArchiveWriter(tmp_path / "b", prefix="copy") as writer:
        copy = writer.write_copy(member)
    assert read_page(tmp_path / "b", copy).body == PAGE


def test_what_is_no_gzip_member_of_its_own_is_not_copied(tmp_path: Path) -> None:
    record = write(tmp_path / "a", wire_body=PAGE)
    file = tmp_path / "a" / record.file
    assert read_member(WarcRecord(file=str(file), offset=record.offset)) is None
    other = put(tmp_path / "zstd.warc.zst", zstd.compress(gzip.decompress(file.read_bytes())))
    assert read_member(WarcRecord(file=str(other), offset=0, length=50)) is None
    arc = put(tmp_path / "old.arc.gz", gzip.compress(b"filedesc://old.arc 0.0.0.0 20010101000000 text/plain 1\n\n"))
    assert read_member(WarcRecord(file=str(arc), offset=0, length=arc.stat().st_size)) is None
    with pytest.raises(ArchiveError, match="cannot be read"):
        read_member(WarcRecord(file=str(tmp_path / "gone.warc.gz"), offset=0, length=1))
