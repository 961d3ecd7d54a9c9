"""Requests outside a crawl: polite, bounded, and explained when they fail."""

import gzip
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import trustme

from collector.config import Config
from collector.demo.server import LoopbackServer, QuietHandler
from collector.probe import ForbiddenError, ProbeError, Prober

ROBOTS = b"User-agent: *\nDisallow: /private/\nCrawl-delay: 7\n"


@dataclass
class Clock:
    """A clock that only sleeping moves."""

    now: float = 100.0
    naps: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(round(seconds, 3))
        self.now += seconds


@dataclass
class Served:
    """A server and the paths that it was asked for."""

    url: str
    paths: list[str]
    agents: set[str]


Pages = dict[str, tuple[int, dict[str, str], bytes]]


@contextmanager
def serve(pages: Pages, *, tls: trustme.CA | None = None) -> Iterator[Served]:
    """Serve pages by path; 404 for others."""
    served = Served("", [], set())

    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            served.paths.append(self.path)
            served.agents.add(self.headers["User-Agent"])
            status, headers, body = pages.get(self.path, (404, {}, b"not here"))
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = LoopbackServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.issue_cert("127.0.0.1").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    served.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    with server:
        yield served


def page(body: bytes, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "text/html"} | {name.replace("_", "-"): value for name, value in headers.items()}, body


def prober(clock: Clock | None = None, **settings: object) -> Prober:
    config = Config.model_validate({"collector": {"contact": "https://example.org/bot"}, "fetch": settings})
    clock = clock or Clock()
    return Prober(config, sleep=clock.sleep, clock=clock)


# -- manners ----------------------------------------------------------------------------------------------------------


def test_robots_txt_is_asked_first_and_once() -> None:
    with serve({"/robots.txt": page(ROBOTS), "/a": page(b"a"), "/b": page(b"b")}) as served, prober() as asking:
        assert [asking.get(f"{served.url}{path}").body for path in ("/a", "/b")] == [b"a", b"b"]
    assert served.paths == ["/robots.txt", "/a", "/b"]
    assert asking.requests == 3


def test_every_request_says_who_asks_and_how_to_reach_them() -> None:
    with serve({"/": page(b"home")}) as served, prober() as asking:
        asking.get(f"{served.url}/")
    (agent,) = served.agents
    assert agent.startswith("NewsCorpusCollector/")
    assert "(+https://example.org/bot)" in agent


def test_what_robots_txt_forbids_is_not_asked_for() -> None:
    with (
        serve({"/robots.txt": page(ROBOTS)}) as served,
        prober() as asking,
        pytest.raises(ForbiddenError, match="line 2: Disallow: /private/"),
    ):
        asking.get(f"{served.url}/private/letters")
    assert served.paths == ["/robots.txt"]


def test_a_redirect_does_not_lead_around_robots_txt() -> None:
    pages: Pages = {"/robots.txt": page(ROBOTS), "/go": (302, {"Location": "/private/letters"}, b"")}
    with serve(pages) as served, prober() as asking, pytest.raises(ForbiddenError):
        asking.get(f"{served.url}/go")
    assert "/private/letters" not in served.paths


def test_a_robots_txt_in_trouble_forbids_everything() -> None:
    with (
        serve({"/robots.txt": (503, {}, b""), "/": page(b"home")}) as served,
        prober() as asking,
        pytest.raises(ForbiddenError, match=r"robots\.txt answered 503"),
    ):
        asking.get(f"{served.url}/")


def test_robots_txt_is_not_asked_where_the_configuration_says_so() -> None:
    config = Config.model_validate({"robots": {"obey": False}, "fetch": {"delay_seconds": 0}})
    with serve({"/robots.txt": page(ROBOTS), "/private/a": page(b"a")}) as served, Prober(config) as asking:
        assert asking.get(f"{served.url}/private/a").body == b"a"
    assert served.paths == ["/private/a"]


@pytest.mark.parametrize(
    ("robots", "settings", "naps"),
    [
        (b"", {"delay_seconds": 2}, [2.0, 2.0]),
        (ROBOTS, {"delay_seconds": 2}, [7.0, 7.0]),
        (ROBOTS, {"delay_seconds": 9}, [9.0, 9.0]),
        (ROBOTS, {"delay_seconds": 2, "max_crawl_delay_seconds": 5}, [5.0, 5.0]),
        (b"", {"delay_seconds": 0}, []),
    ],
)
def test_requests_to_one_host_keep_the_larger_of_our_delay_and_its_own(
    robots: bytes, settings: dict[str, float], naps: list[float]
) -> None:
    clock = Clock()
    with (
        serve({"/robots.txt": page(robots), "/a": page(b"a"), "/b": page(b"b")}) as served,
        prober(clock, **settings) as asking,
    ):
        asking.get(f"{served.url}/a")
        asking.get(f"{served.url}/b")
    assert clock.naps == naps


def test_another_host_need_not_wait() -> None:
    clock = Clock()
    with serve({"/": page(b"one")}) as one, serve({"/": page(b"other")}) as other, prober(clock) as asking:
        asking.get(f"{one.url}/")
        naps = list(clock.naps)
        asking.robots(other.url)
    assert clock.naps == naps


# -- responses --------------------------------------------------------------------------------------------------------


def test_redirects_are_followed_and_the_answer_knows_its_url() -> None:
    pages: Pages = {"/": (301, {"Location": "/home"}, b""), "/home": page(b"home")}
    with serve(pages) as served, prober() as asking:
        assert asking.get(f"{served.url}/").url == f"{served.url}/home"


@pytest.mark.parametrize(("hops", "works"), [(3, True), (4, False)])
def test_redirects_are_followed_as_far_as_configured(hops: int, *, works: bool) -> None:
    pages: Pages = {f"/{n}": (302, {"Location": f"/{n + 1}"}, b"") for n in range(hops)} | {f"/{hops}": page(b"end")}
    with serve(pages) as served, prober(max_redirects=3) as asking:
        if works:
            assert asking.get(f"{served.url}/0").body == b"end"
        else:
            with pytest.raises(ProbeError, match="more than 3 redirects"):
                asking.get(f"{served.url}/0")


def test_a_compressed_body_is_undone() -> None:
    with serve({"/": page(gzip.compress(b"home"), Content_Encoding="gzip")}) as served, prober() as asking:
        assert asking.get(f"{served.url}/").body == b"home"


@pytest.mark.parametrize(("size", "works"), [(100_000, True), (100_001, False)])
def test_a_body_is_read_up_to_the_limit(size: int, *, works: bool) -> None:
    with serve({"/": page(b"a" * size)}) as served, prober(max_body_mb=0.1) as asking:
        if works:
            assert len(asking.get(f"{served.url}/").body) == size
        else:
            with pytest.raises(ProbeError, match=r"larger than 0\.1 MB"):
                asking.get(f"{served.url}/")


def test_a_small_body_that_inflates_beyond_the_limit_is_refused() -> None:
    bomb = gzip.compress(b"\0" * 2_000_000)
    with (
        serve({"/": page(bomb, Content_Encoding="gzip")}) as served,
        prober(max_body_mb=0.1) as asking,
        pytest.raises(ProbeError),
    ):
        asking.get(f"{served.url}/")


# -- trouble ----------------------------------------------------------------------------------------------------------


def test_a_host_that_does_not_exist_is_called_that() -> None:
    with prober() as asking, pytest.raises(ProbeError, match="no such host"):
        asking.get("http://nowhere.invalid/")


def test_a_port_that_nobody_serves_is_no_connection() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with prober() as asking, pytest.raises(ProbeError, match=r"no connection.*refused"):
            asking.get(f"http://127.0.0.1:{unused.getsockname()[1]}/")


def test_a_server_that_says_nothing_is_given_up() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        prober(timeout_seconds=0.2) as asking,
        pytest.raises(ProbeError, match=r"no answer in 0\.2 s"),
    ):
        asking.get(f"http://127.0.0.1:{silent.getsockname()[1]}/")


def test_a_server_that_drips_is_given_up() -> None:
    class Dripping(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            self.send_response_only(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            try:
                for _ in range(100):
                    self.wfile.write(b"a")
                    clock.now += 1
            except ConnectionError:
                self.close_connection = True

    clock = Clock()
    config = Config.model_validate({"fetch": {"timeout_seconds": 5}, "robots": {"obey": False}})
    with (
        LoopbackServer(("127.0.0.1", 0), Dripping) as server,
        Prober(config, clock=clock) as asking,
        pytest.raises(ProbeError, match="no whole response in 5 s"),
    ):
        asking.get(f"http://127.0.0.1:{server.server_port}/")


def test_a_response_that_breaks_off_is_not_taken_for_whole() -> None:
    class Breaking(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            self.send_response_only(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"half")
            self.close_connection = True

    config = Config.model_validate({"robots": {"obey": False}})
    with (
        LoopbackServer(("127.0.0.1", 0), Breaking) as server,
        Prober(config) as asking,
        pytest.raises(ProbeError, match="no whole response"),
    ):
        asking.get(f"http://127.0.0.1:{server.server_port}/")


def test_a_certificate_of_nobody_we_trust_is_refused() -> None:
    with (
        serve({"/": page(b"home")}, tls=trustme.CA()) as served,
        prober() as asking,
        pytest.raises(ProbeError, match="no trustworthy connection"),
    ):
        asking.get(f"{served.url}/")


def test_a_certificate_that_the_system_trusts_is_accepted(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    authority = trustme.CA()
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with serve({"/": page(b"home")}, tls=authority) as served, prober() as asking:
        assert asking.get(f"{served.url}/").body == b"home"
