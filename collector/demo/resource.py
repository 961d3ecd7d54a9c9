"""What a path answers with, and how a GET of it is negotiated: validators and gzip (RFC 9110)."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property

_COMPRESSIBLE = ("text/", "application/xml", "application/rss", "application/atom", "application/feed", "application/j")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A response before negotiation."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    #: Last-Modified; None where the server does not say.
    changed: datetime | None = None
    #: Further header fields.
    headers: tuple[tuple[str, str], ...] = ()

    @cached_property
    def etag(self) -> str:
        """A strong validator of the uncompressed body."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'

    @cached_property
    def compressed(self) -> bytes:
        """The body as gzip, the same bytes each time."""
        return gzip.compress(self.body, compresslevel=6, mtime=0)

    def negotiate(self, request: Mapping[str, str]) -> "Resource":
        """Return what a GET with these header fields (names in lower case) is answered with.

        >>> page = Resource(body=b"<p>News</p>" * 99)
        >>> page.negotiate({"if-none-match": page.etag}).status
        304
        >>> dict(page.negotiate({"accept-encoding": "gzip, br"}).headers)["Content-Encoding"]
        'gzip'
        """
        if self.status != 200:
            return self
        fields = [("ETag", self.etag), ("Vary", "Accept-Encoding"), *self.headers]
        if self.changed is not None:
            fields.append(("Last-Modified", http_date(self.changed)))
        if self._fresh(request):
            return replace(self, status=304, body=b"", headers=tuple(fields))
        if self._compresses(request):
            # A strong validator names one representation: the compressed one has its own.
            fields[0] = ("ETag", self.etag[:-1] + '-gzip"')
            fields.append(("Content-Encoding", "gzip"))
            return replace(self, body=self.compressed, headers=tuple(fields))
        return replace(self, headers=tuple(fields))

    def _fresh(self, request: Mapping[str, str]) -> bool:
        known = request.get("if-none-match")
        if known is not None:
            tags = {tag.strip().removeprefix("W/").replace('-gzip"', '"') for tag in known.split(",")}
            return "*" in tags or self.etag in tags
        since = request.get("if-modified-since")
        if since is None or self.changed is None:
            return False
        try:
            return self.changed.replace(microsecond=0) <= parsedate_to_datetime(since)
        except (ValueError, TypeError):
            return False

    def _compresses(self, request: Mapping[str, str]) -> bool:
        accepted = {coding.partition(";")[0].strip() for coding in request.get("accept-encoding", "").split(",")}
        return "gzip" in accepted and len(self.body) > 500 and self.content_type.startswith(_COMPRESSIBLE)


def http_date(time: datetime) -> str:
    """Return ``time`` as an HTTP date.

    >>> http_date(datetime(2026, 11, 14, 7, 30, tzinfo=UTC))
    'Sat, 14 Nov 2026 07:30:00 GMT'
    """
    return format_datetime(time.astimezone(UTC), usegmt=True)


def redirect(location: str, status: int = 301) -> Resource:
    """Return a redirect to an absolute address."""
    body = f'<p>Moved <a href="{location}">here</a>.</p>'.encode()
    return Resource(body=body, status=status, headers=(("Location", location),))
