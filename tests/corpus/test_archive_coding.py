"""Content codings and chunks are undone within limits, and the usual lies are forgiven."""

import gzip
import json
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.archive import dechunk, decode_content
from corpus.errors import DecodeError, PageError, TooLargeError

URL = "http://a.example/"
PAGE = b"<html>" + b"<p>Something happened. " * 200


def raw_deflate(body: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(body) + compressor.flush()


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "brotli": ("br", brotli.compress),
    "zstandard": ("zstd", zstd.compress),
}
each_coding = pytest.mark.parametrize(("name", "encode"), CODINGS.values(), ids=CODINGS.keys())


def decode(body: bytes, *encodings: str, limit: int = 1 << 20) -> bytes:
    return decode_content(body, encodings, limit, url=URL)


@each_coding
@settings(max_examples=30, deadline=None)
@given(body=st.binary(max_size=3000))
def test_a_coded_body_comes_back_as_it_was(name: str, encode: Callable[[bytes], bytes], body: bytes) -> None:
    assert decode(encode(body), name) == body


@each_coding
@pytest.mark.parametrize(("spare", "fits"), [(0, True), (-1, False)], ids=["limit reached", "limit passed by one"])
def test_the_limit_is_the_size_of_the_largest_body(
    name: str, encode: Callable[[bytes], bytes], spare: int, fits: bool
) -> None:
    limit = len(PAGE) + spare
    if fits:
        assert decode(encode(PAGE), name, limit=limit) == PAGE
    else:
        with pytest.raises(TooLargeError, match=f"more than {limit}"):
            decode(encode(PAGE), name, limit=limit)


@pytest.mark.parametrize("spare", [0, -1])
def test_an_uncoded_body_is_limited_too(spare: int) -> None:
    if spare:
        with pytest.raises(TooLargeError, match="more than"):
            decode(PAGE, limit=len(PAGE) - 1)
    else:
        assert decode(PAGE, limit=len(PAGE)) == PAGE


@each_coding
def test_a_body_that_breaks_off_is_an_error(name: str, encode: Callable[[bytes], bytes]) -> None:
    coded = encode(PAGE)
    for cut in range(len(coded) // 2, len(coded)):
        with pytest.raises(DecodeError, match="breaks off"):
            decode(coded[:cut], name)


@each_coding
def test_a_body_that_was_never_coded_passes(name: str, encode: Callable[[bytes], bytes]) -> None:
    for page in (PAGE, b"", "<p>言葉</p>".encode("euc-jp"), "<p>言葉</p>".encode("iso-2022-jp"), b"plain words"):
        assert decode(page, name) == page


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_binary_that_claims_a_coding_is_an_error(name: str) -> None:
    with pytest.raises(DecodeError, match=f"damaged {name}"):
        decode(b"%PDF-1.7\x00\x01\x02", name)


def test_damage_is_an_error_that_names_the_page() -> None:
    coded = bytearray(gzip.compress(PAGE))
    coded[-5] ^= 1
    with pytest.raises(PageError, match=f"damaged gzip body.*{URL}"):
        decode(bytes(coded), "gzip")


def test_codings_are_undone_last_first_across_fields() -> None:
    assert decode(brotli.compress(gzip.compress(zlib.compress(PAGE))), "deflate, gzip", "br") == PAGE


@pytest.mark.parametrize("name", ["identity", "none", "utf-8", "", "aws-chunked"])
def test_unknown_codings_are_ignored_as_browsers_do(name: str) -> None:
    assert decode(PAGE, name) == PAGE


@pytest.mark.parametrize(("times", "allowed"), [(4, True), (5, False)])
def test_more_than_four_codings_are_refused(times: int, allowed: bool) -> None:
    body = PAGE
    for _ in range(times):
        body = gzip.compress(body)
    if allowed:
        assert decode(body, *["gzip"] * times) == PAGE
    else:
        with pytest.raises(DecodeError, match="5 content codings"):
            decode(body, *["gzip"] * times)


@pytest.mark.parametrize(("members", "allowed"), [(1000, True), (1001, False)])
def test_more_than_a_thousand_members_are_refused(members: int, allowed: bool) -> None:
    body = gzip.compress(b"a") * members
    if allowed:
        assert decode(body, "gzip") == b"a" * members
    else:
        with pytest.raises(DecodeError, match="more than 1000 streams"):
            decode(body, "gzip")


@pytest.mark.parametrize("rest", [b"\0\0\0", b"\r\n", b"<!-- cached -->"])
@pytest.mark.parametrize("name", ["gzip", "deflate", "raw deflate", "zstandard"])
def test_what_follows_the_compressed_stream_is_padding(name: str, rest: bytes) -> None:
    coding, encode = CODINGS[name]
    assert decode(encode(PAGE) + rest, coding) == PAGE


@each_coding
def test_a_bomb_costs_little_more_than_its_limit(name: str, encode: Callable[[bytes], bytes]) -> None:
    bomb = encode(bytes(64 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError):
            decode(bomb, name, limit=1 << 20)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 4 << 20


def test_a_zstandard_frame_that_wants_a_huge_window_is_refused() -> None:
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
    with pytest.raises(DecodeError, match="memory"):
        decode(compressor.compress(PAGE) + compressor.flush(), "zstd")


def chunk(body: bytes, size: int) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@settings(max_examples=50, deadline=None)
@given(body=st.binary(max_size=500), size=st.integers(1, 200))
def test_a_chunked_body_comes_back_as_it_was(body: bytes, size: int) -> None:
    assert dechunk(chunk(body, size), url=URL) == body


@pytest.mark.parametrize(
    ("chunked", "body"),
    [
        pytest.param(b"<p>already undone</p>", b"<p>already undone</p>", id="not chunked at all"),
        pytest.param(b"3;name=value\r\nabc\r\n0\r\n\r\n", b"abc", id="chunk extension"),
        pytest.param(b"3\r\nabc\r\n0\r\nTrailer: x\r\n\r\n", b"abc", id="trailer fields"),
        pytest.param(b"3\r\nabc\r\n", b"abc", id="no last chunk"),
        pytest.param(b"3\nabc\n0\n\n", b"abc", id="bare line feeds"),
        pytest.param(b"003 \r\nabc\r\n0\r\n\r\n", b"abc", id="padded size"),
        pytest.param(b"", b"", id="nothing"),
        pytest.param(b"0\r\n\r\n", b"", id="no chunk but the last"),
    ],
)
def test_chunks_are_read_leniently(chunked: bytes, body: bytes) -> None:
    assert dechunk(chunked, url=URL) == body


@pytest.mark.parametrize("chunked", [b"5\r\nabc", b"3\r\nabc\r\n<p>", b"3\r\nabc\r\nffffffffffff\r\nd"])
def test_a_chunked_body_that_breaks_off_is_an_error(chunked: bytes) -> None:
    with pytest.raises(DecodeError, match="chunk"):
        dechunk(chunked, url=URL)


@pytest.mark.shared
def test_the_synthetic_gzip_files_meet_their_expectations(shared: Path) -> None:
    folder = shared / "data" / "badinput" / "synthetic"
    expected = {case["file"]: case["must"] for case in json.loads((folder / "EXPECT.json").read_text())}
    errors = {"gzip-bomb-200MB.html.gz": TooLargeError, "gzip-truncated.html.gz": DecodeError}
    files = sorted(folder.glob("*.gz"))
    assert {file.name for file in files} == set(errors) <= set(expected)
    for file in files:
        with pytest.raises(DecodeError) as caught:
            decode(file.read_bytes(), "gzip", limit=10_000_000)
        assert type(caught.value) is errors[file.name]
