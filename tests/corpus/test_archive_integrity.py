"""A torn tail is found and cut off, by nobody while its writer lives; every other problem is named."""

import gzip
import random
from pathlib import Path

import pytest
from archiving import FETCHED_AT, make_exchange, only_file, put, write_archive

from corpus.archive import (
    ArchiveWriter,
    Original,
    Problem,
    ProblemKind,
    TornTail,
    find_torn_tails,
    integrity,
    iter_records,
    payload_digest,
    read_page,
    repair,
    verify,
)
from corpus.archive.digests import has_digest, parse_digest
from corpus.errors import ArchiveError
from corpus.types import WarcRecord

BODIES = (b"<p>0</p>", b"<p>1</p>", b"<p>2</p>")
DIGESTS = [payload_digest(body) for body in BODIES]


def problems(folder: Path, known: list[tuple[WarcRecord, str | None]]) -> list[tuple[ProblemKind, int | None]]:
    return [(problem.kind, problem.offset) for problem in verify(folder, known)]


def test_every_torn_tail_is_found_and_cut_off(tmp_path: Path) -> None:
    places = write_archive(tmp_path)
    path = only_file(tmp_path)
    whole = path.read_bytes()
    starts = [record.location.offset for record in iter_records(path) if record.location]
    for cut in range(starts[-2], len(whole)):
        put(path, whole[:cut])
        found = list(find_torn_tails(tmp_path))
        if cut in starts:
            assert found == []
            continue
        start = max(start for start in starts if start < cut)
        assert found == [TornTail(file=path.name, offset=start, bytes=cut - start, held=False)]
        if cut % 20 == 0:
            repair(tmp_path, found[0])
            assert path.read_bytes() == whole[:start]
            assert list(find_torn_tails(tmp_path)) == []
    assert read_page(tmp_path, places[1]).body == BODIES[1]


def test_a_file_without_a_whole_record_is_removed(tmp_path: Path) -> None:
    write_archive(tmp_path)
    path = only_file(tmp_path)
    put(path, path.read_bytes()[:50])
    (tail,) = find_torn_tails(tmp_path)
    assert (tail.offset, tail.bytes) == (0, 50)
    repair(tmp_path, tail)
    assert list(tmp_path.iterdir()) == []


def damage(path: Path, offset: int) -> None:
    content = bytearray(path.read_bytes())
    content[offset] ^= 0xFF
    path.write_bytes(content)


def test_whole_empty_and_damaged_files_have_no_torn_tail(tmp_path: Path) -> None:
    put(tmp_path / "empty.warc.gz", b"")
    for number in range(2):
        places = write_archive(tmp_path)
        damage(tmp_path / places[0].file, places[number].offset + 30)
    assert list(find_torn_tails(tmp_path)) == []


def test_a_torn_tail_is_found_behind_damage_and_behind_compressed_pages(tmp_path: Path) -> None:
    places = write_archive(tmp_path, [gzip.compress(b"%d" % number * 3000, 1) * 3 for number in range(9)])
    path = only_file(tmp_path)
    damage(path, places[2].offset + 40)
    assert list(find_torn_tails(tmp_path)) == []
    put(path, path.read_bytes()[: places[8].offset + 700])
    (tail,) = find_torn_tails(tmp_path)
    assert tail.offset in (places[8].offset, places[8].offset + (places[8].length or 0))
    repair(tmp_path, tail)
    assert list(find_torn_tails(tmp_path)) == []


def test_only_the_end_of_a_whole_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_archive(tmp_path, [random.Random(number).randbytes(1 << 20) for number in range(6)])
    read: list[int] = []
    monkeypatch.setattr(integrity, "iter_records", lambda *a, **kw: read.append(kw["offset"]) or iter_records(*a, **kw))
    assert list(find_torn_tails(tmp_path)) == []
    assert min(read) >= 2 << 20


def test_a_file_is_not_repaired_while_its_writer_lives(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, prefix="run") as writer:
        place = writer.write_exchange(**make_exchange())
        path = tmp_path / place.file
        whole = path.read_bytes()
        put(path, whole[:-10])
        (tail,) = find_torn_tails(tmp_path)
        assert tail.held
        with pytest.raises(ArchiveError, match=r"still holds.*stop the crawl"):
            repair(tmp_path, tail)
        assert problems(tmp_path, [(place, None)]) == []
        assert path.read_bytes() == whole[:-10]
    (tail,) = find_torn_tails(tmp_path)
    assert not tail.held
    repair(tmp_path, tail)
    assert path.read_bytes() == whole[: tail.offset]


def test_a_file_that_changed_since_it_was_found_torn_is_left_alone(tmp_path: Path) -> None:
    write_archive(tmp_path)
    path = only_file(tmp_path)
    whole = path.read_bytes()
    put(path, whole[:-10])
    (tail,) = find_torn_tails(tmp_path)
    for content in (whole, whole[:-11], whole + b"x"):
        put(path, content)
        with pytest.raises(ArchiveError, match="has changed"):
            repair(tmp_path, tail)
        assert path.read_bytes() == content


def test_repairing_a_file_that_is_gone_is_an_archive_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"cannot be written.*gone\.warc\.gz"):
        repair(tmp_path, TornTail(file="gone.warc.gz", offset=0, bytes=1, held=False))


def test_an_archive_that_the_database_knows_has_no_problems_and_no_orphans(tmp_path: Path) -> None:
    known: list[tuple[WarcRecord, str | None]] = list(zip(write_archive(tmp_path), DIGESTS, strict=True))
    with ArchiveWriter(tmp_path, prefix="z") as writer:
        original = Original(url="http://a.example/0", fetched_at=FETCHED_AT, record=known[0][0])
        arguments = {key: value for key, value in make_exchange().items() if key != "wire_body"}
        for profile, digest in (("identical-payload-digest", DIGESTS[0]), ("server-not-modified", None)):
            place = writer.write_revisit(**arguments, profile=profile, refers_to=original, digest=digest)
            known.append((place, DIGESTS[0]))
        place = writer.write_resource(url="file:///a", fetched_at=FETCHED_AT, body=b"a", content_type="text/plain")
        known.append((place, "sha1:" + parse_digest(payload_digest(b"a"))[1].hex()))
    orphans: list[tuple[WarcRecord, str | None]] = []
    found = verify(tmp_path, known, on_orphan=lambda place, url: orphans.append((place, url)))
    assert list(found) == []
    assert orphans == []


def test_pages_that_the_database_lacks_are_orphans(tmp_path: Path) -> None:
    places = write_archive(tmp_path)
    other = write_archive(tmp_path, [b"other"])
    orphans: list[tuple[WarcRecord, str | None]] = []
    known = [(places[1], DIGESTS[1])]
    assert list(verify(tmp_path, known, on_orphan=lambda place, url: orphans.append((place, url)))) == []
    assert sorted(orphans, key=str) == sorted(
        [(places[0], "http://a.example/0"), (places[2], "http://a.example/2"), (other[0], "http://a.example/0")],
        key=str,
    )
    assert problems(tmp_path, []) == []


def test_each_thing_that_is_wrong_is_named(tmp_path: Path) -> None:
    first, second, third = write_archive(tmp_path)
    gone = WarcRecord(file="gone.warc.gz", offset=7)
    longer = WarcRecord(file=third.file, offset=third.offset, length=(third.length or 0) + 1)
    request = WarcRecord(file=first.file, offset=first.offset + (first.length or 0))
    nothing = WarcRecord(file=first.file, offset=first.offset + 1)
    known: list[tuple[WarcRecord, str | None]] = [
        (gone, None),
        (first, DIGESTS[1]),
        (second, "crc32:12345678"),
        (longer, DIGESTS[2]),
        (request, None),
        (nothing, None),
    ]
    found = problems(tmp_path, known)
    assert len(found) == 6
    assert set(found) == {
        (ProblemKind.NO_FILE, None),
        (ProblemKind.DIGEST, first.offset),
        (ProblemKind.DIGEST, second.offset),
        (ProblemKind.OTHER_RECORD, third.offset),
        (ProblemKind.OTHER_RECORD, request.offset),
        (ProblemKind.NO_RECORD, nothing.offset),
    }


def test_damage_and_torn_tails_are_problems(tmp_path: Path) -> None:
    places = write_archive(tmp_path)
    path = tmp_path / places[0].file
    damage(path, places[1].offset + 40)
    put(path, path.read_bytes()[:-3])
    known: list[tuple[WarcRecord, str | None]] = list(zip(places, DIGESTS, strict=True))
    end = places[2].offset + (places[2].length or 0)
    assert problems(tmp_path, known) == [
        (ProblemKind.DAMAGED, places[1].offset),
        (ProblemKind.TORN_TAIL, end),
    ]


def test_a_payload_that_is_not_the_archived_one_is_a_problem_though_the_file_is_whole(tmp_path: Path) -> None:
    (place,) = write_archive(tmp_path, [b"<p>honest</p>"])
    path = tmp_path / place.file
    members = path.read_bytes()
    forged = gzip.compress(gzip.decompress(members[place.offset :][: place.length]).replace(b"honest", b"forged"))
    put(path, members[: place.offset] + forged)
    forged_place = WarcRecord(file=place.file, offset=place.offset)
    (problem,) = verify(tmp_path, [(forged_place, None)])
    assert problem == Problem(
        kind=ProblemKind.DIGEST,
        file=place.file,
        offset=place.offset,
        message=f"payload of 13 bytes has not the digest {payload_digest(b'<p>honest</p>')}",
    )


def test_files_outside_the_archive_are_verified_by_the_records_that_are_known(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    places = write_archive(tmp_path / "foreign")
    outside = [
        WarcRecord(file=str(tmp_path / "foreign" / place.file), offset=place.offset, length=place.length)
        for place in places
    ]
    orphans: list[WarcRecord] = []
    found = verify(
        folder, [(outside[0], DIGESTS[0]), (outside[1], DIGESTS[2])], on_orphan=lambda place, _: orphans.append(place)
    )
    assert [(problem.kind, problem.offset) for problem in found] == [(ProblemKind.DIGEST, places[1].offset)]
    assert orphans == []
    gone = WarcRecord(file=str(tmp_path / "gone.warc"), offset=0)
    assert problems(folder, [(gone, None)]) == [(ProblemKind.NO_FILE, 0)]


def test_records_of_one_file_must_stand_in_a_row(tmp_path: Path) -> None:
    first, second, _ = write_archive(tmp_path)
    (other,) = write_archive(tmp_path, [b"other"])
    with pytest.raises(ValueError, match="ordered by file"):
        problems(tmp_path, [(first, None), (other, None), (second, None)])


@pytest.mark.parametrize(
    "label",
    [
        "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
        "SHA-1:3i42h3s6nnfq2msvx7xzkyayscx5qbyj",
        "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        "sha256:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ====",
    ],
)
def test_digests_are_understood_in_base32_and_hex(label: str) -> None:
    assert has_digest(b"", label)
    assert not has_digest(b"x", label)


@pytest.mark.parametrize("label", ["", "sha1", "sha1:", "sha1:xyz", "sha1:AAAA", "crc32:00000000", "md5:" + "é" * 32])
def test_what_is_no_digest_is_an_error(label: str) -> None:
    with pytest.raises(ValueError, match="digest"):
        has_digest(b"", label)
