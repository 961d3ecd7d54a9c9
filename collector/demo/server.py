"""A threading HTTP server for loopback that closes at once: no thread or socket outlives it."""

import logging
import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler
from types import TracebackType
from typing import Any

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.02


class LoopbackServer(ThreadingHTTPServer):
    """Serve in threads of its own from `start` to `close`.

    Args:
        address: Host and port; port 0 for any free one.
        handler: What answers a connection.

    Raises:
        OSError: when the address can't be bound.
    """

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: Callable[[Any, Any, Any], BaseRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(_POLL_SECONDS,), daemon=True)
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Bind without asking the resolver for our own name, which may be slow."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def close(self) -> None:
        """Stop, cut every open connection, and wait for their threads."""
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        with self._lock:
            connections = tuple(self._open)
        for connection in connections:
            cut(connection)
        self.server_close()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection and remember it."""
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = self.wrap(connection)
        with self._lock:
            self._open.add(connection)
        return connection, address

    def wrap(self, connection: socket.socket) -> socket.socket:
        """Return the connection as it is served; a server that speaks TLS wraps it here."""
        return connection

    def shutdown_request(self, request: Any) -> None:
        """End a connection and forget it."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - as the base class has it
        """Pass over clients that went away; anything else is a bug of ours."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError):
            _log.error("demo server failed on a request from %s", client_address, exc_info=error)

    def __enter__(self) -> "LoopbackServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def cut(connection: socket.socket) -> None:
    """Shut a connection down in both directions, so that whoever waits on it wakes."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        _log.debug("connection was gone already")


class QuietHandler(BaseHTTPRequestHandler):
    """A request handler that keeps connections alive and logs nothing by itself."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class' name
        """Log at debug level instead of standard error."""
        _log.debug(format, *args)
