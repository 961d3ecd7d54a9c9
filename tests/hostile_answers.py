"""Routes whose status line or header leads astray: redirects, retries, floods."""

import time
from email.utils import formatdate
from typing import TYPE_CHECKING

from hostile_routes import HEAD, PAGE, route

if TYPE_CHECKING:
    from hostile import Wire

FLOOD_FIELDS = 10_000
HUGE_FIELD_BYTES = 1 << 20


@route("/r/")
def redirect_endless(wire: "Wire") -> None:
    """Redirect ``/r/1`` to ``/r/2``, and so on without end."""
    wire.redirect(f"/r/{int(wire.path.rpartition('/')[2]) + 1}")


@route("/loop/a")
def loop_a(wire: "Wire") -> None:
    """Redirect to ``/loop/b``."""
    wire.redirect("/loop/b")


@route("/loop/b")
def loop_b(wire: "Wire") -> None:
    """Redirect to ``/loop/a``."""
    wire.redirect("/loop/a")


@route("/redirect-self")
def redirect_self(wire: "Wire") -> None:
    """Redirect to the same address."""
    wire.redirect(wire.request.path)


@route("/cookie-wall")
def cookie_wall(wire: "Wire") -> None:
    """Redirect to itself until the cookie that it sets comes back."""
    if "seen=yes" in wire.request.headers.get("cookie", ""):
        wire.respond(PAGE)
    else:
        wire.redirect("/cookie-wall", ("Set-Cookie", "seen=yes; Path=/"))


@route("/redirect-file")
def redirect_file(wire: "Wire") -> None:
    """Redirect to a file of the client's machine."""
    wire.redirect("file:///etc/hostname")


@route("/redirect-javascript")
def redirect_javascript(wire: "Wire") -> None:
    """Redirect to a script."""
    wire.redirect("javascript:alert(1)")


@route("/redirect-data")
def redirect_data(wire: "Wire") -> None:
    """Redirect to a data URL."""
    wire.redirect("data:text/html,<p>inline</p>")


@route("/redirect-nowhere")
def redirect_nowhere(wire: "Wire") -> None:
    """Redirect without saying where."""
    wire.respond(b"moved", "302 Found")


@route("/redirect-broken")
def redirect_broken(wire: "Wire") -> None:
    """Redirect to an address that is none."""
    wire.redirect("http://[::1/not a port:99999/")


@route("/redirect-raw")
def redirect_raw(wire: "Wire") -> None:
    """Redirect to ``/é`` in raw UTF-8 bytes."""
    wire.redirect("/é".encode().decode("latin-1"))


@route("/retry-429")
def retry_429(wire: "Wire") -> None:
    """429 with Retry-After of ``?after=`` seconds (1), ``?times=`` (1), then the page."""
    _retry(wire, "429 Too Many Requests", f"{wire.argument('after', 1):.0f}")


@route("/retry-503")
def retry_503(wire: "Wire") -> None:
    """503 with Retry-After of ``?after=`` seconds (1), ``?times=`` (1), then the page."""
    _retry(wire, "503 Service Unavailable", f"{wire.argument('after', 1):.0f}")


@route("/retry-date")
def retry_date(wire: "Wire") -> None:
    """503 with Retry-After as a date ``?after=`` seconds ahead (1), ``?times=`` (1), then the page."""
    _retry(wire, "503 Service Unavailable", formatdate(time.time() + wire.argument("after", 1), usegmt=True))


@route("/retry-garbage")
def retry_garbage(wire: "Wire") -> None:
    """503 with Retry-After ``soon``, ``?times=`` (1), then the page."""
    _retry(wire, "503 Service Unavailable", "soon")


@route("/retry-never")
def retry_never(wire: "Wire") -> None:
    """429 with a Retry-After of a year, always."""
    wire.respond(b"later", "429 Too Many Requests", [("Retry-After", str(365 * 86400))])


@route("/flapping")
def flapping(wire: "Wire") -> None:
    """500, 502 and 504, then the page."""
    statuses = ("500 Internal Server Error", "502 Bad Gateway", "504 Gateway Timeout")
    if wire.visit <= len(statuses):
        wire.respond(b"broken", statuses[wire.visit - 1])
    else:
        wire.respond(PAGE)


@route("/always-500")
def always_500(wire: "Wire") -> None:
    """500, always."""
    wire.respond(b"broken", "500 Internal Server Error")


@route("/status-999")
def status_999(wire: "Wire") -> None:
    """A status that no registry knows, with the page."""
    wire.respond(PAGE, "999 Request Denied")


@route("/status-invalid")
def status_invalid(wire: "Wire") -> None:
    """A status line that is none."""
    wire.send(b"HTTP/1.1 abc maybe\r\nContent-Length: 2\r\n\r\nno")


@route("/not-http")
def not_http(wire: "Wire") -> None:
    """The greeting of a mail server."""
    wire.send(b"220 mail.example ESMTP\r\n")


@route("/header-flood")
def header_flood(wire: "Wire") -> None:
    """Ten thousand header fields."""
    fields = b"".join(b"X-Flood-%d: %d\r\n" % (number, number) for number in range(FLOOD_FIELDS))
    wire.send(HEAD, fields, b"Content-Length: %d\r\n\r\n" % len(PAGE), PAGE)


@route("/header-huge")
def header_huge(wire: "Wire") -> None:
    """One header field of a mebibyte."""
    wire.respond(PAGE, headers=[("X-Huge", "x" * HUGE_FIELD_BYTES)])


@route("/no-headers")
def no_headers(wire: "Wire") -> None:
    """A status line, no header fields, the page."""
    wire.send(b"HTTP/1.1 200 OK\r\n\r\n", PAGE)


@route("/http-0.9")
def http_0_9(wire: "Wire") -> None:
    """The page alone, without status line or header."""
    wire.send(PAGE)


@route("/header-malformed")
def header_malformed(wire: "Wire") -> None:
    """Header lines without colon, with NUL, with raw UTF-8, folded."""
    lines = b"no colon here\r\nX-Nul: a\0b\r\nX-Raw: \xe0\xac\x93\r\nX-Folded: one\r\n two\r\n: nameless\r\n"
    wire.send(HEAD, lines, b"Content-Length: %d\r\n\r\n" % len(PAGE), PAGE)


def _retry(wire: "Wire", status: str, after: str) -> None:
    if wire.visit <= wire.argument("times", 1):
        wire.respond(b"later", status, [("Retry-After", after)])
    else:
        wire.respond(PAGE)
