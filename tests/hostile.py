"""A server on loopback that does whatever servers do to crawlers: resets, stalls, lies, floods, bombs, bad TLS.

    with HostileServer(robots="503") as server:
        fetch(server.url("/gzip-bomb"))
        fetch(server.tls_url("expired"))
        assert server.requests[0].sent_bytes < 1_000_000

`hostile_routes.ROUTES` says what each path does, `hostile_robots.ROBOTS` what each mode of robots.txt does, `Tls` what
each certificate is worth. One connection carries one request. Nothing waits longer than the ``with`` block.
"""

import select
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from socketserver import BaseRequestHandler
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import hostile_answers
import hostile_bodies
import hostile_connections
import trustme
from hostile_robots import ROBOTS
from hostile_routes import find_route

from collector.demo.server import LoopbackServer

# Their import registers their routes.
ROUTE_MODULES = (hostile_connections, hostile_answers, hostile_bodies)

_MAX_HEAD_BYTES = 1 << 20
_POLL_SECONDS = 0.05


class Tls(StrEnum):
    """What is wrong with a TLS listener."""

    #: Nothing, for a client that trusts `HostileServer.trust`'s authority.
    GOOD = "good"
    SELF_SIGNED = "self-signed"
    #: Signed by an authority that nobody knows.
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"
    WRONG_HOST = "wrong-host"
    #: Plain HTTP where TLS is expected.
    PLAIN = "plain"
    #: The handshake is never answered.
    STALL = "stall"
    #: The handshake is answered with a reset.
    RESET = "reset"


class ServerClosingError(Exception):
    """The server is closing while a route waits."""


@dataclass(slots=True)
class HostileRequest:
    """A request that the server got."""

    #: Seconds on the monotonic clock.
    time: float
    method: str
    #: Request target as received.
    path: str
    #: Header fields, names in lower case.
    headers: dict[str, str]
    #: Bytes sent in answer so far: at most the kernel's buffers more than the client took.
    sent_bytes: int = 0


class Wire:
    """A connection with its request, as a route sees it."""

    def __init__(self, connection: socket.socket, request: HostileRequest, visit: int, server: "HostileServer") -> None:
        self.connection = connection
        self.request = request
        #: How often this very target was asked for, this time included.
        self.visit = visit
        self.server = server

    @property
    def path(self) -> str:
        """The request's path without query."""
        return urlsplit(self.request.path).path

    def argument(self, name: str, default: float) -> float:
        """Return a number from the query."""
        return float(parse_qs(urlsplit(self.request.path).query).get(name, [str(default)])[0])

    def send(self, *pieces: bytes) -> None:
        """Send bytes as they are."""
        for piece in pieces:
            self.connection.sendall(piece)
            self.request.sent_bytes += len(piece)

    def stream(self, pieces: Iterable[bytes]) -> None:
        """Send pieces until they end or the client is gone."""
        for piece in pieces:
            self.send(piece)

    def respond(self, body: bytes = b"", status: str = "200 OK", headers: Iterable[tuple[str, str]] = ()) -> None:
        """Send a well-formed response."""
        fields = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), "Connection": "close"}
        lines = [f"{name}: {value}" for name, value in (fields | dict(headers)).items()]
        self.send("\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1"), body)

    def redirect(self, location: str, *headers: tuple[str, str]) -> None:
        """Send a redirect."""
        self.respond(b"moved", "302 Found", [("Location", location), *headers])

    def wait(self, seconds: float) -> None:
        """Wait, but not beyond the server's end."""
        if self.server.closing.wait(seconds):
            raise ServerClosingError

    def stall(self) -> None:
        """Send nothing more until the client goes or the server closes."""
        while not self._client_gone():
            self.wait(_POLL_SECONDS)

    def reset(self) -> None:
        """Close with a TCP reset instead of an orderly end."""
        reset(self.connection)

    def _client_gone(self) -> bool:
        if not select.select([self.connection], [], [], 0)[0] or isinstance(self.connection, ssl.SSLSocket):
            return False
        return not self.connection.recv(1, socket.MSG_PEEK)


class HostileServer:
    """Serve `ROUTES` on one free port, and each kind of `Tls` on another, within a ``with`` block.

    Args:
        robots: what robots.txt does: a key of `hostile_robots.ROBOTS`.
    """

    def __init__(self, robots: str = "allow") -> None:
        self._robots = ROBOTS[robots]
        #: Set when the server closes: every wait ends.
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._requests: list[HostileRequest] = []
        self._visits: Counter[str] = Counter()
        self._listeners: dict[str, LoopbackServer] = {}

    @property
    def requests(self) -> tuple[HostileRequest, ...]:
        """Every request so far, in order of arrival."""
        with self._lock:
            return tuple(self._requests)

    @property
    def port(self) -> int:
        """The port of plain HTTP."""
        return self._listener("http").server_port

    def url(self, path: str = "/ok") -> str:
        """Return the address of a route."""
        return f"http://127.0.0.1:{self.port}{path}"

    def tls_url(self, kind: Tls | str, path: str = "/ok") -> str:
        """Return the address of a route behind a certificate of this kind."""
        return f"https://127.0.0.1:{self._listener(Tls(kind)).server_port}{path}"

    @staticmethod
    def trust(context: ssl.SSLContext) -> None:
        """Let a client trust the authority behind the good, the expired and the wrong-host certificate."""
        _authority().configure_trust(context)

    def paths(self) -> list[str]:
        """Return the targets asked for, in order."""
        return [request.path for request in self.requests]

    def __enter__(self) -> "HostileServer":
        self._listener("http")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        for listener in self._listeners.values():
            listener.close()

    def _listener(self, kind: str) -> LoopbackServer:
        with self._lock:
            if kind not in self._listeners:
                context = _context(Tls(kind)) if kind != "http" else None
                listener = _Listener(("127.0.0.1", 0), self._handler(kind), context)
                listener.start()
                self._listeners[kind] = listener
            return self._listeners[kind]

    def _handler(self, kind: str) -> Callable[[Any, Any, Any], BaseRequestHandler]:
        hostile = self

        class Handler(BaseRequestHandler):
            def handle(self) -> None:
                try:
                    hostile._answer(kind, self.request)
                except (OSError, ServerClosingError):
                    # The client went away, as it should from most routes; or refused the certificate.
                    return

        return Handler

    def _answer(self, kind: str, connection: socket.socket) -> None:
        if kind == Tls.RESET:
            connection.recv(1)
            reset(connection)
            return
        if kind == Tls.STALL:
            self.closing.wait()
            return
        if isinstance(connection, ssl.SSLSocket):
            connection.do_handshake()
        request = _read_request(connection)
        if request is None:
            return
        with self._lock:
            self._requests.append(request)
            self._visits[request.path] += 1
            visit = self._visits[request.path]
        wire = Wire(connection, request, visit, self)
        route = self._robots if wire.path == "/robots.txt" else find_route(wire.path)
        route(wire)


class _Listener(LoopbackServer):
    """A listener that speaks TLS where it has a context; the handshake is the handler's."""

    def __init__(
        self,
        address: tuple[str, int],
        handler: Callable[[Any, Any, Any], BaseRequestHandler],
        context: ssl.SSLContext | None,
    ) -> None:
        self._context = context
        super().__init__(address, handler)

    def wrap(self, connection: socket.socket) -> socket.socket:
        if self._context is None:
            return connection
        return self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)


def reset(connection: socket.socket) -> None:
    """Close a connection with a TCP reset: lingering for no time drops what was not sent."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _read_request(connection: socket.socket) -> HostileRequest | None:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _MAX_HEAD_BYTES:
        piece = connection.recv(65536)
        if not piece:
            return None
        head += piece
    first, *lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, _, target = first.partition(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return HostileRequest(time.monotonic(), method, target.rpartition(" ")[0], headers)


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


def _context(kind: Tls) -> ssl.SSLContext | None:
    if kind in {Tls.PLAIN, Tls.STALL, Tls.RESET}:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if kind is Tls.SELF_SIGNED:
        lone = trustme.CA()
        with lone.private_key_pem.tempfile() as key, lone.cert_pem.tempfile() as certificate:
            context.load_cert_chain(certificate, key)
        return context
    authority = trustme.CA() if kind is Tls.UNTRUSTED else _authority()
    host = "elsewhere.example" if kind is Tls.WRONG_HOST else "127.0.0.1"
    expires = datetime(2020, 1, 1, tzinfo=UTC) if kind is Tls.EXPIRED else None
    authority.issue_cert(host, not_after=expires).configure_cert(context)
    return context
