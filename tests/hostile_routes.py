"""The routes of a hostile server, by path. A route's docstring is its claim, and `test_hostile` proves it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hostile import Wire

#: An honest page of an honest length.
PAGE = (
    b"<!doctype html><html lang=en><head><title>An honest page</title></head><body><article><h1>An honest page</h1>"
    + b"".join(
        b"<p>Paragraph %d of a page that means no harm, long enough to be taken for an article by whoever looks.</p>"
        % number
        for number in range(1, 13)
    )
    + b"</article></body></html>"
)

#: The start of a well-formed response, its header left open.
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"

#: Exact paths, and prefixes that end with a slash.
ROUTES: "dict[str, Callable[[Wire], None]]" = {}


def route(*paths: str) -> "Callable[[Callable[[Wire], None]], Callable[[Wire], None]]":
    """Register a function under paths; one that ends with a slash stands for all below it."""

    def register(function: "Callable[[Wire], None]") -> "Callable[[Wire], None]":
        ROUTES.update(dict.fromkeys(paths, function))
        return function

    return register


def find_route(path: str) -> "Callable[[Wire], None]":
    """Return the route of a path; the honest 404 where there is none."""
    return ROUTES.get(path) or ROUTES.get(path[: path.rfind("/") + 1]) or _not_found


def chunk(body: bytes) -> bytes:
    """Return ``body`` as one chunk of a chunked response."""
    return b"%x\r\n%s\r\n" % (len(body), body)


def _not_found(wire: "Wire") -> None:
    wire.respond(b"not found", "404 Not Found")


@route("/ok", "/private/", "/late/")
def ok(wire: "Wire") -> None:
    """An honest page."""
    wire.respond(PAGE)


@route("/moved-robots.txt")
def moved_robots(wire: "Wire") -> None:
    """The robots.txt that mode ``redirect`` redirects to."""
    wire.respond(b"User-agent: *\nDisallow: /private/\n", headers=[("Content-Type", "text/plain")])


@route("/slow")
def slow(wire: "Wire") -> None:
    """An honest page after ``?seconds=`` (2)."""
    wire.wait(wire.argument("seconds", 2))
    wire.respond(PAGE)
