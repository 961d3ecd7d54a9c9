"""What came of one lease: the value that the pipeline hands to the store."""

from dataclasses import dataclass, field
from datetime import datetime

from corpus.ledger import Lease
from corpus.outlines import Outlined
from corpus.prepared import Prepared
from corpus.types import Discovery, Removal, Verdict, WarcRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """A response as the ledger remembers it."""

    fetched_at: datetime
    status: int
    #: Size of the payload as it came over the wire.
    wire_bytes: int
    #: SHA-1 of the payload as it came over the wire; None for an empty one.
    wire_digest: bytes | None = None
    #: SHA-256 of the content-decoded body; None where there is none (304, redirects).
    body_digest: bytes | None = None
    #: Where a redirect leads, absolute.
    location: str | None = None
    warc_record: WarcRecord | None = None
    #: The fetch whose record holds the payload, when ours is a revisit record.
    same_as: int | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What came of one lease.

    Exactly one of these holds: ``verdict`` is set (the body was judged), ``copy_of`` is set (the same body was judged
    before, at another URL), ``unchanged``, ``listing`` (a feed, sitemap or front was read), or ``error`` is set.
    """

    lease: Lease
    fetch: Fetch | None = None
    verdict: Verdict | None = None
    #: The fetch that brought the same body before.
    copy_of: int | None = None
    #: The server said 304, or sent the same body again.
    unchanged: bool = False
    #: A feed, sitemap or section front that was read for its links.
    listing: bool = False
    #: Kind of failure: ``timeout``, ``dns``, ``http-503``, ``cleaner-timeout`` …
    error: str | None = None
    #: What was seen, in words.
    evidence: str = ""
    #: How to spell the URL from now on, where the server wants it otherwise.
    ask_for: str | None = None
    #: When to try again (Unix seconds); None when this is the end of it.
    retry_at: float | None = None
    #: What the page, feed or sitemap named.
    discoveries: tuple[Discovery, ...] = field(default=(), repr=False)
    #: Version and settings of the cleaner that judged it.
    cleaner: str = ""
    #: What the page teaches of its site; None where it alone is no article.
    outlined: Outlined | None = None
    #: The verdict, ready to be stored, where the cleaning process has seen to that.
    prepared: Prepared | None = field(default=None, repr=False)

    @property
    def removal(self) -> Removal | None:
        """The removal, if that is the verdict."""
        return self.verdict if isinstance(self.verdict, Removal) else None
