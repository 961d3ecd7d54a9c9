"""What a hostile server's robots.txt can be."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hostile import Wire

_ALLOW = b"User-agent: *\nDisallow: /private/\n"
_PLAIN = ("Content-Type", "text/plain")

#: Where the second rule of a huge robots.txt stands: past the 500 KiB that RFC 9309 (2.5) has a crawler read at least.
HUGE_RULE_BYTES = 600 * 1024


def _text(body: bytes, status: str = "200 OK") -> "Callable[[Wire], None]":
    return lambda wire: wire.respond(body, status, [_PLAIN])


def _huge(wire: "Wire") -> None:
    filler = b"# " + b"x" * 1021 + b"\n"
    body = _ALLOW + filler * (HUGE_RULE_BYTES // len(filler) + 1) + b"Disallow: /late/\n" + filler * 20_000
    wire.respond(body, headers=[_PLAIN])


def _flapping(wire: "Wire") -> None:
    if wire.visit == 1:
        wire.respond(b"later", "503 Service Unavailable", [("Retry-After", "1")])
    else:
        wire.respond(_ALLOW, headers=[_PLAIN])


#: What each mode of robots.txt does.
ROBOTS: "dict[str, Callable[[Wire], None]]" = {
    "allow": _text(_ALLOW),
    "disallow-all": _text(b"User-agent: *\nDisallow: /\n"),
    "empty": _text(b""),
    "403": _text(b"forbidden", "403 Forbidden"),
    "404": _text(b"not found", "404 Not Found"),
    "429": _text(b"slow down", "429 Too Many Requests"),
    "500": _text(b"broken", "500 Internal Server Error"),
    "503": _text(b"later", "503 Service Unavailable"),
    # 503 at first, then the rules.
    "flapping": _flapping,
    "timeout": lambda wire: wire.stall(),
    "reset": lambda wire: wire.reset(),
    "redirect-loop": lambda wire: wire.redirect("/robots.txt"),
    "redirect": lambda wire: wire.redirect("/moved-robots.txt"),
    # The site's home page, as single-page applications answer everything.
    "html": lambda wire: wire.respond(b"<!doctype html><html><body><div id=app></div></body></html>"),
    # Twenty megabytes: one rule at the start, one after 600 KiB.
    "huge": _huge,
    "binary": _text(bytes(range(256)) * 40),
    # An hour between requests.
    "slow": _text(b"User-agent: *\nCrawl-delay: 3600\n"),
    "utf-16": _text("User-agent: *\nDisallow: /private/\n".encode("utf-16")),
}
