"""The hostile server does to a client what each of its routes claims."""

import gzip
import http.client
import itertools
import socket
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
from hostile import HostileRequest, HostileServer, Tls
from hostile_answers import FLOOD_FIELDS, HUGE_FIELD_BYTES
from hostile_bodies import DEEP_LEVELS
from hostile_connections import BOMB_BYTES, HUGE_BYTES
from hostile_robots import HUGE_RULE_BYTES, ROBOTS
from hostile_routes import PAGE, ROUTES


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


def connect(
    server: HostileServer, path: str, timeout: float = 5, headers: dict[str, str] | None = None
) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=timeout)
    fields = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}\r\n".encode())
    return connection


def read_to_end(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def read_until_broken(connection: socket.socket) -> tuple[bytes, OSError | None]:
    got = b""
    try:
        while piece := connection.recv(65536):
            got += piece
    except OSError as error:
        return got, error
    return got, None


def raw(server: HostileServer, path: str, **headers: str) -> bytes:
    with connect(server, path, headers=headers) as connection:
        return read_to_end(connection)


def split(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(first.split()[1]), fields, body


def ask(server: HostileServer, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return split(raw(server, path, **headers))


def test_every_route_says_what_it_does() -> None:
    assert all(route.__doc__ for route in ROUTES.values())


def test_an_honest_page_is_served_and_the_request_recorded() -> None:
    with HostileServer() as server:
        answer = ask(server, "/ok?x=1", **{"User-Agent": "probe"})
        (request,) = server.requests
    assert (answer[0], answer[2]) == (200, PAGE)
    assert (request.method, request.path, request.headers["user-agent"]) == ("GET", "/ok?x=1", "probe")
    assert request.sent_bytes > len(PAGE)


def test_what_has_no_route_is_an_honest_404(server: HostileServer) -> None:
    assert ask(server, "/no/such/route")[0] == 404


def test_an_honest_page_may_be_slow(server: HostileServer) -> None:
    begun = time.monotonic()
    assert ask(server, "/slow?seconds=0.2")[2] == PAGE
    assert time.monotonic() - begun >= 0.2


# Connections


def test_close_ends_in_good_order_without_a_byte(server: HostileServer) -> None:
    assert raw(server, "/close") == b""


def test_reset_resets_before_a_byte(server: HostileServer) -> None:
    with connect(server, "/reset") as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)


@pytest.mark.parametrize(
    ("path", "seen"), [("/reset-mid-header", b"HTTP/1.1 200 OK"), ("/reset-mid-body", b"<article>")]
)
def test_a_reset_comes_after_something_was_sent(server: HostileServer, path: str, seen: bytes) -> None:
    with connect(server, path) as connection:
        got, error = read_until_broken(connection)
    assert isinstance(error, ConnectionResetError)
    assert seen in got
    assert PAGE not in got


@pytest.mark.parametrize(
    ("path", "seen"),
    [("/stall", b""), ("/stall-mid-header", b"HTTP/1.1 200 OK"), ("/stall-mid-body", b"<article>")],
)
def test_a_stall_sends_nothing_more_and_keeps_the_connection(server: HostileServer, path: str, seen: bytes) -> None:
    with connect(server, path, timeout=0.2) as connection:
        got, error = read_until_broken(connection)
    assert isinstance(error, TimeoutError)
    assert seen in got
    assert PAGE not in got


def test_a_drip_sends_a_byte_at_a_time(server: HostileServer) -> None:
    with connect(server, "/drip?every=0.05") as connection:
        head = connection.recv(65536)
        while b"\r\n\r\n" not in head:
            head += connection.recv(65536)
        pieces = [connection.recv(65536) for _ in range(4)]
    assert max(map(len, pieces)) <= 2


def test_a_dripping_header_never_ends(server: HostileServer) -> None:
    with connect(server, "/drip-header?every=0.02") as connection:
        got = b"".join(connection.recv(65536) for _ in range(6))
    assert b"X-Patience: 3" in got
    assert b"\r\n\r\n" not in got


# Lengths and sizes


def test_a_length_is_too_long_for_its_body(server: HostileServer) -> None:
    _, fields, body = ask(server, "/length-too-long")
    assert int(fields["content-length"]) == len(body) + 1000


def test_a_length_is_too_short_for_its_body(server: HostileServer) -> None:
    _, fields, body = ask(server, "/length-too-short")
    assert (int(fields["content-length"]), body) == (100, PAGE)


@pytest.mark.parametrize(("path", "length"), [("/length-garbage", "about a page"), ("/length-negative", "-1")])
def test_a_length_is_no_length(server: HostileServer, path: str, length: str) -> None:
    assert ask(server, path)[1]["content-length"] == length


def test_two_lengths_contradict_each_other(server: HostileServer) -> None:
    assert raw(server, "/length-twice").count(b"Content-Length:") == 2


@pytest.mark.parametrize("path", ["/huge", "/huge-unannounced", "/huge-chunked"])
def test_a_huge_body_ends_when_its_client_goes(server: HostileServer, path: str) -> None:
    with connect(server, path) as connection:
        got = b""
        while len(got) < 1_500_000:
            got += connection.recv(65536)
    assert b"News without end." in got
    request = server.requests[-1]
    assert request.path == path
    assert settled(request) < HUGE_BYTES / 3


def settled(request: HostileRequest) -> int:
    before = -1
    while request.sent_bytes != before:
        before = request.sent_bytes
        time.sleep(0.05)
    return before


def test_a_huge_body_is_as_long_as_announced(server: HostileServer) -> None:
    with connect(server, "/huge") as connection:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1)
        buffer, got = bytearray(1 << 20), 0
        while count := connection.recv_into(buffer):
            got += count
    assert got == HUGE_BYTES == int(split(head)[1]["content-length"])


def test_a_bomb_of_a_fifth_of_a_megabyte_unpacks_to_200_mebibytes(server: HostileServer) -> None:
    _, fields, body = ask(server, "/gzip-bomb")
    assert fields["content-encoding"] == "gzip"
    assert len(body) < 250_000
    assert unpacked_bytes(body) == BOMB_BYTES == 200 << 20


def test_a_double_bomb_holds_the_bomb_in_some_kilobytes(server: HostileServer) -> None:
    _, fields, body = ask(server, "/gzip-bomb-twice")
    assert fields["content-encoding"] == "gzip, gzip"
    assert len(body) < 10_000
    assert gzip.decompress(body) == ask(server, "/bomb.xml.gz")[2]


def unpacked_bytes(packed: bytes) -> int:
    unpacker, size = zlib.decompressobj(zlib.MAX_WBITS | 16), 0
    piece = unpacker.decompress(packed, 1 << 24)
    while piece:
        size += len(piece)
        piece = unpacker.decompress(unpacker.unconsumed_tail, 1 << 24)
    assert unpacker.eof
    return size


# Redirects


def test_redirects_go_on_without_end(server: HostileServer) -> None:
    assert [ask(server, f"/r/{step}")[1]["location"] for step in (1, 2, 99)] == ["/r/2", "/r/3", "/r/100"]


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/loop/a", "/loop/b"),
        ("/loop/b", "/loop/a"),
        ("/redirect-self", "/redirect-self"),
        ("/redirect-file", "file:///etc/hostname"),
        ("/redirect-javascript", "javascript:alert(1)"),
        ("/redirect-data", "data:text/html,<p>inline</p>"),
        ("/redirect-nowhere", None),
        ("/redirect-broken", "http://[::1/not a port:99999/"),
        ("/redirect-raw", "/é".encode().decode("latin-1")),
    ],
)
def test_a_redirect_leads_where_it_claims(server: HostileServer, path: str, location: str | None) -> None:
    status, fields, _ = ask(server, path)
    assert (status, fields.get("location")) == (302, location)


def test_the_cookie_wall_opens_to_its_cookie_alone(server: HostileServer) -> None:
    status, fields, _ = ask(server, "/cookie-wall")
    assert (status, fields["location"], fields["set-cookie"]) == (302, "/cookie-wall", "seen=yes; Path=/")
    assert ask(server, "/cookie-wall", Cookie="seen=no")[0] == 302
    assert ask(server, "/cookie-wall", Cookie="seen=yes")[0] == 200


# Statuses


@pytest.mark.parametrize(
    ("path", "status", "after"),
    [
        ("/retry-429?after=3", 429, "3"),
        ("/retry-503?after=4", 503, "4"),
        ("/retry-garbage?", 503, "soon"),
    ],
)
def test_retry_after_is_kept_to_by_the_second_visit(server: HostileServer, path: str, status: int, after: str) -> None:
    first, second = ask(server, path), ask(server, path)
    assert (first[0], first[1]["retry-after"]) == (status, after)
    assert (second[0], second[2]) == (200, PAGE)


def test_retry_after_asks_as_often_as_told(server: HostileServer) -> None:
    assert [ask(server, "/retry-503?times=2")[0] for _ in range(4)] == [503, 503, 200, 200]


def test_retry_after_may_be_a_date(server: HostileServer) -> None:
    _, fields, _ = ask(server, "/retry-date?after=30")
    assert 25 < parsedate_to_datetime(fields["retry-after"]).timestamp() - time.time() < 35


def test_retry_never_asks_for_a_year_each_time(server: HostileServer) -> None:
    answers = [ask(server, "/retry-never") for _ in range(2)]
    assert [(status, fields["retry-after"]) for status, fields, _ in answers] == [(429, "31536000")] * 2


def test_a_flapping_page_comes_on_the_fourth_visit(server: HostileServer) -> None:
    assert [ask(server, "/flapping")[0] for _ in range(5)] == [500, 502, 504, 200, 200]


@pytest.mark.parametrize(("path", "status"), [("/always-500", 500), ("/status-999", 999)])
def test_a_status_is_the_one_claimed(server: HostileServer, path: str, status: int) -> None:
    assert ask(server, path)[0] == status


@pytest.mark.parametrize(("path", "start"), [("/status-invalid", b"HTTP/1.1 abc maybe"), ("/not-http", b"220 mail")])
def test_a_status_line_is_none(server: HostileServer, path: str, start: bytes) -> None:
    assert raw(server, path).startswith(start)


# Headers


def test_ten_thousand_fields_flood_the_header(server: HostileServer) -> None:
    assert sum(name.startswith("x-flood-") for name in ask(server, "/header-flood")[1]) == FLOOD_FIELDS


def test_a_field_is_a_mebibyte_long(server: HostileServer) -> None:
    assert len(ask(server, "/header-huge")[1]["x-huge"]) == HUGE_FIELD_BYTES


def test_a_header_may_be_missing(server: HostileServer) -> None:
    assert ask(server, "/no-headers") == (200, {}, PAGE)


def test_status_line_and_header_may_be_missing(server: HostileServer) -> None:
    assert raw(server, "/http-0.9") == PAGE


def test_header_lines_are_malformed(server: HostileServer) -> None:
    head = raw(server, "/header-malformed").partition(b"\r\n\r\n")[0]
    for line in (b"\r\nno colon here\r\n", b"a\0b", b"\xe0\xac\x93", b"one\r\n two", b"\r\n: nameless"):
        assert line in head


# Codings


def test_gzip_is_a_lie(server: HostileServer) -> None:
    _, fields, body = ask(server, "/gzip-lie")
    assert (fields["content-encoding"], body) == ("gzip", PAGE)


@pytest.mark.parametrize(
    ("path", "error"), [("/gzip-truncated", EOFError), ("/gzip-checksum", OSError), ("/gzip-trailing", OSError)]
)
def test_gzip_is_broken(server: HostileServer, path: str, error: type[Exception]) -> None:
    _, fields, body = ask(server, path)
    assert int(fields["content-length"]) == len(body)
    with pytest.raises(error):
        gzip.decompress(body)


def test_deflate_comes_without_its_header(server: HostileServer) -> None:
    body = ask(server, "/deflate-raw")[2]
    assert zlib.decompress(body, -zlib.MAX_WBITS) == PAGE
    with pytest.raises(zlib.error):
        zlib.decompress(body)


def test_a_coding_is_unknown(server: HostileServer) -> None:
    assert ask(server, "/encoding-unknown")[1]["content-encoding"] == "zorn"


def test_a_chunk_claims_four_exabytes(server: HostileServer) -> None:
    _, fields, body = ask(server, "/chunked-oversized")
    assert fields["transfer-encoding"] == "chunked"
    assert int(body.partition(b"\r\n")[0], 16) == 2**62 - 1


@pytest.mark.parametrize("path", ["/chunked-garbage", "/chunked-truncated"])
def test_chunks_are_broken(server: HostileServer, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("GET", path)
    response = connection.getresponse()
    assert response.getheader("Transfer-Encoding") == "chunked"
    with pytest.raises(http.client.IncompleteRead):
        response.read()
    connection.close()


# Bodies


def test_a_body_is_empty(server: HostileServer) -> None:
    assert ask(server, "/empty")[::2] == (200, b"")


@pytest.mark.parametrize(
    ("path", "seen"),
    [("/binary-as-html", b"\x89PNG"), ("/nul-bytes", b"ha\0rm"), ("/invalid-utf-8", b"ha\xff\xfe\xc3rm")],
)
def test_bytes_that_are_no_text_come_as_html(server: HostileServer, path: str, seen: bytes) -> None:
    _, fields, body = ask(server, path)
    assert fields["content-type"].startswith("text/html")
    assert seen in body


def test_html_is_a_hundred_thousand_levels_deep(server: HostileServer) -> None:
    assert ask(server, "/deep-html")[2].count(b"<div>") == DEEP_LEVELS


def test_a_line_is_five_megabytes_long(server: HostileServer) -> None:
    assert max(map(len, ask(server, "/long-line")[2].split())) > 5_000_000


def test_entities_grow_tenfold_on_each_of_nine_levels(server: HostileServer) -> None:
    body = ask(server, "/entities.xml")[2]
    assert all(b"&l%d;" % level * 10 in body for level in range(9))


def test_an_entity_names_a_file(server: HostileServer) -> None:
    assert b'SYSTEM "file:///etc/hostname"' in ask(server, "/external-entity.xml")[2]


@pytest.mark.parametrize(
    ("path", "next_path"),
    [
        ("/sitemap-self.xml", "/sitemap-self.xml"),
        ("/sitemaps/1.xml", "/sitemaps/2.xml"),
        ("/sitemaps/8.xml", "/sitemaps/9.xml"),
    ],
)
def test_a_sitemap_index_leads_on_for_ever(server: HostileServer, path: str, next_path: str) -> None:
    assert f"<loc>{server.url(next_path)}</loc>".encode() in ask(server, path)[2]


# robots.txt


STATUSES = {
    "allow": 200, "disallow-all": 200, "empty": 200, "html": 200, "huge": 200, "binary": 200, "slow": 200,
    "utf-16": 200, "redirect": 302, "redirect-loop": 302, "403": 403, "404": 404, "429": 429, "500": 500, "503": 503,
}  # fmt: skip


@pytest.mark.parametrize(("mode", "status"), STATUSES.items())
def test_robots_txt_has_the_status_of_its_mode(mode: str, status: int) -> None:
    with HostileServer(robots=mode) as server:
        assert ask(server, "/robots.txt")[0] == status


def test_a_flapping_robots_txt_comes_at_the_second_visit() -> None:
    with HostileServer(robots="flapping") as server:
        assert [ask(server, "/robots.txt")[0] for _ in range(3)] == [503, 200, 200]


@pytest.mark.parametrize(("mode", "error"), [("timeout", TimeoutError), ("reset", ConnectionResetError)])
def test_robots_txt_may_never_come(mode: str, error: type[OSError]) -> None:
    with HostileServer(robots=mode) as server, connect(server, "/robots.txt", timeout=0.2) as connection:
        assert isinstance(read_until_broken(connection)[1], error)


def test_every_mode_of_robots_txt_is_known() -> None:
    assert set(ROBOTS) == {*STATUSES, "flapping", "timeout", "reset"}


def test_a_huge_robots_txt_has_a_rule_on_each_side_of_500_kib() -> None:
    with HostileServer(robots="huge") as server:
        body = ask(server, "/robots.txt")[2]
    assert body.index(b"Disallow: /private/") < 500 * 1024 < HUGE_RULE_BYTES < body.index(b"Disallow: /late/")
    assert len(body) > 20_000_000


# TLS


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    HostileServer.trust(context)
    return context


def fetch_tls(url: str) -> bytes:
    parts = urlsplit(url)
    connection = http.client.HTTPSConnection("127.0.0.1", parts.port, context=trusting(), timeout=5)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().read()
    finally:
        connection.close()


def test_a_good_certificate_satisfies_who_trusts_its_authority(server: HostileServer) -> None:
    assert fetch_tls(server.tls_url("good")) == PAGE


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        (Tls.SELF_SIGNED, "self-signed certificate"),
        (Tls.UNTRUSTED, "unable to get local issuer certificate"),
        (Tls.EXPIRED, "certificate has expired"),
        (Tls.WRONG_HOST, "IP address mismatch"),
    ],
)
def test_a_certificate_fails_for_the_reason_claimed(server: HostileServer, kind: Tls, complaint: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=complaint):
        fetch_tls(server.tls_url(kind))


def test_plain_http_answers_where_tls_is_expected(server: HostileServer) -> None:
    port = urlsplit(server.tls_url(Tls.PLAIN)).port
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET /ok HTTP/1.1\r\n\r\n")
        assert read_to_end(connection).endswith(PAGE)


def test_a_handshake_is_never_answered(server: HostileServer) -> None:
    port = urlsplit(server.tls_url(Tls.STALL)).port
    with socket.create_connection(("127.0.0.1", port), timeout=0.2) as connection, pytest.raises(TimeoutError):
        trusting().wrap_socket(connection, server_hostname="127.0.0.1")


def test_a_handshake_is_answered_with_a_reset(server: HostileServer) -> None:
    port = urlsplit(server.tls_url(Tls.RESET)).port
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection, pytest.raises(ConnectionResetError):
        trusting().wrap_socket(connection, server_hostname="127.0.0.1")


def test_every_route_works_behind_tls(server: HostileServer) -> None:
    with pytest.raises((http.client.IncompleteRead, ssl.SSLError, ConnectionResetError)):
        fetch_tls(server.tls_url("good", "/length-too-long"))


# The end


def test_closing_ends_every_thread_at_once_whatever_its_route_waits_for() -> None:
    before = threading.active_count()
    with HostileServer(robots="timeout") as server:
        paths = ("/robots.txt", "/stall", "/drip?every=60", "/huge", "/slow?seconds=60", "/drip-header")
        connections = [connect(server, path) for path in paths]
        stalled = socket.create_connection(("127.0.0.1", urlsplit(server.tls_url(Tls.STALL)).port))
        silent = socket.create_connection(("127.0.0.1", server.port))
        deadline = time.monotonic() + 5
        while len(server.requests) < len(paths) and time.monotonic() < deadline:
            time.sleep(0.01)
        begun = time.monotonic()
    ended = time.monotonic()
    for connection in (*connections, stalled, silent):
        connection.close()
    assert ended - begun < 1
    assert threading.active_count() == before


def test_a_client_that_resets_leaves_no_thread() -> None:
    before = threading.active_count()
    with HostileServer() as server:
        for _ in itertools.repeat(None, 5):
            connection = connect(server, "/huge")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
    assert threading.active_count() == before
