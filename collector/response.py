"""From Scrapy's response to ours."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from scrapy.http import Response

from corpus.ledger import Lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A response to a lease, as it came over the wire: what spiders hand over."""

    lease: Lease
    fetched_at: datetime
    status: int
    #: Header fields as received; names in the server's spelling as far as Twisted keeps it.
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    #: The payload, still content-encoded.
    wire_body: bytes = field(repr=False)
    request_headers: tuple[tuple[str, str], ...] = field(repr=False)
    ip: str | None = None
    protocol: str = "HTTP/1.1"
    #: Seconds from request to first byte of the answer.
    latency_seconds: float = 0.0

    def header(self, name: str) -> str | None:
        """Return the first header field called ``name`` (any case), or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A lease that brought no response."""

    lease: Lease
    #: Kind of failure, as counted: ``timeout``, ``dns``, ``tls`` …
    error: str
    evidence: str
    #: The host itself is in trouble, not this page.
    of_host: bool = False
    #: Trying again may help.
    passing: bool = True


def fetched(response: Response) -> Fetched:
    """Return a Scrapy response as `Fetched`; decompression must be off."""
    request = response.request
    assert request is not None
    return Fetched(
        lease=request.meta["lease"],
        fetched_at=datetime.now(UTC),
        status=response.status,
        headers=fetched_headers(response.headers),
        wire_body=response.body,
        request_headers=fetched_headers(request.headers),
        ip=str(response.ip_address) if response.ip_address else None,
        protocol=response.protocol or "HTTP/1.1",
        latency_seconds=float(request.meta.get("download_latency", 0.0)),
    )


def fetched_headers(headers: object) -> tuple[tuple[str, str], ...]:
    """Return Scrapy's headers as pairs; bytes above ASCII as Latin-1, as HTTP has them."""
    pairs: list[tuple[str, str]] = []
    for name, values in headers.items():  # type: ignore[attr-defined]
        pairs += [(name.decode("latin-1"), value.decode("latin-1")) for value in _each(values)]
    return tuple(pairs)


def _each(values: object) -> list[bytes]:
    return [values] if isinstance(values, bytes) else list(values)  # type: ignore[call-overload]
