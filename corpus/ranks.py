"""Ranks: which article of a cluster speaks for it, as a number that says nothing of the order of arrival.

The least rank comes first. What credits an agency and is not the agency's own page comes after what does not: it
says itself that it is a reprint. Then the earlier published comes first, a day without a time as if it were the end of
that day, and what has no date last. Articles of one second are put in order by a digest of their URLs.

A rank is also the document's number in the database, so it fits into 63 bits: 1 bit reprint, 1 bit undated, then 35
bits of seconds and 26 of digest, or 61 of digest. Should two documents come to one number, the second takes the next.
"""

import hashlib
from datetime import UTC, date, datetime, time

from corpus.leases import parse_time

#: Numbers behind its rank that a document may have to take.
MOST_COLLISIONS = 8
_DIGEST_BITS = 26
_SECONDS_BITS = 35
_UNDATED = 1 << (_SECONDS_BITS + _DIGEST_BITS)
_REPRINT = _UNDATED << 1
#: Publication times count from here; earlier ones are no publication times.
_EPOCH = datetime(1600, 1, 1, tzinfo=UTC)


def rank_of(*, url: str, published: str | None, reprint: bool) -> int:
    """Return the rank of an article.

    Args:
        url: The URL that speaks for it.
        published: ISO 8601, as precise as the publisher was.
        reprint: Whether it credits an agency whose own page it is not.

    >>> early = rank_of(url="https://b.example/", published="2026-11-14T08:00+00:00", reprint=False)
    >>> late = rank_of(url="https://a.example/", published="2026-11-14", reprint=False)
    >>> early < late < rank_of(url="https://c.example/", published=None, reprint=False)
    True
    """
    digest = int.from_bytes(hashlib.sha256(url.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    instant = _instant(parse_time(published))
    if instant is None:
        place = _UNDATED | digest >> (64 - _SECONDS_BITS - _DIGEST_BITS)
    else:
        seconds = min(max(int((instant - _EPOCH).total_seconds()), 0), (1 << _SECONDS_BITS) - 1)
        place = seconds << _DIGEST_BITS | digest >> (64 - _DIGEST_BITS)
    return place | (_REPRINT if reprint else 0)


def _instant(published: date | datetime | None) -> datetime | None:
    if published is None:
        return None
    if not isinstance(published, datetime):
        published = datetime.combine(published, time(23, 59, 59), UTC)
    return published.replace(tzinfo=UTC) if published.tzinfo is None else published
