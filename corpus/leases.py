"""Leases: a URL that one process may fetch now, which URLs a run works on, and how fast a host may be asked."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

from corpus.types import Discovery, Kind, Part, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a host may be asked."""

    #: Least seconds between two requests, in [0, 3600].
    delay_seconds: float = 1.0
    #: Most requests under way at once, at least 1.
    concurrency: int = 2
    #: Slow down with the host's latency (the rule of Scrapy's AutoThrottle, target concurrency 1).
    adaptive: bool = True
    #: Most seconds that latency may make of the delay.
    max_delay_seconds: float = 60.0

    def __post_init__(self) -> None:
        if not 0 <= self.delay_seconds <= 3600:
            raise ValueError(f"delay_seconds must lie in [0, 3600]: {self.delay_seconds}")
        if self.concurrency < 1:
            raise ValueError(f"concurrency must be at least 1: {self.concurrency}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which URLs a run works on."""

    #: Names of the sites.
    sites: tuple[str, ...]
    #: Kinds of page.
    kinds: tuple[Kind, ...] = tuple(Kind)
    #: Only the URLs that this process was asked for, and where they lead by redirects and pagination.
    only_wanted: bool = False
    #: The sites were asked for by name; of others, those that a run is at work on are left out (`corpus.at_work`).
    named: bool = True

    @property
    def binding(self) -> dict[str, str | bool]:
        """The values of ``IN_SCOPE``, and whether only what was asked for is wanted."""
        return {"sites": json.dumps(self.sites), "kinds": json.dumps(self.kinds), "wanted": self.only_wanted}


#: Condition on table ``url``: the sites and kinds of a scope that `Scope.binding` binds.
IN_SCOPE = """(url.site IN (SELECT value FROM json_each(:sites))
                AND url.kind IN (SELECT value FROM json_each(:kinds)))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A URL that this process may fetch now."""

    url_id: int
    #: Canonical form, the key.
    url: str
    #: What to ask the server for.
    fetch_url: str
    site: str
    host: str
    kind: Kind
    via: Via = Via.SEED
    found_on: str | None = None
    found_at: float = 0.0
    depth: int = 0
    hops: int = 0
    attempts: int = 0
    part: Part | None = None
    published_hint: date | datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    #: SHA-1 of the last payload as it came over the wire.
    wire_digest: bytes | None = None
    #: When it was last fetched, None if never.
    fetched_at: float | None = None


def parse_time(value: str | None) -> date | datetime | None:
    """Return an ISO 8601 text as a date (``2024-05-01``) or a datetime, as precise as it was written.

    >>> parse_time("2024-05-01")
    datetime.date(2024, 5, 1)
    """
    if value is None:
        return None
    return date.fromisoformat(value) if len(value) == len("2024-05-01") else datetime.fromisoformat(value)


def lease_of(row: sqlite3.Row, found: Discovery | None = None) -> Lease:
    """Return a row of table ``url`` as a lease; ``found`` says how it was found where the row does not."""
    part = None
    if row["part_of"] is not None:
        part = Part(first_url=row["part_of"], number=row["part_number"] or 2)
    return Lease(
        url_id=row["id"],
        url=row["url"],
        fetch_url=row["fetch_url"],
        site=row["site"],
        host=row["host"],
        kind=Kind(row["kind"]),
        via=found.via if found else Via(row["via"] or Via.SEED),
        found_on=(found.found_on if found else row["found_on"]) or None,
        found_at=row["found_at"],
        depth=row["depth"],
        hops=row["hops"],
        attempts=row["attempts"],
        part=part,
        published_hint=parse_time(row["published_hint"]),
        etag=row["etag"],
        last_modified=row["last_modified"],
        wire_digest=row["wire_digest"],
        fetched_at=row["fetched_at"],
    )
