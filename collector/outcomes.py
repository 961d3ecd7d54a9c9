"""Decides what a response or a failure means: the rules between fetching and cleaning, as pure functions."""

import zlib
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urldefrag, urljoin

from collector.config import Fetching
from collector.discovery.shapes import is_standing
from collector.response import Failed, Fetched
from corpus.ledger import Lease
from corpus.types import Discovery, Kind, Reason, Removal, Via
from corpus.urls import canonicalise

#: Answers that say "not now": 408, 425 and 429 by their RFCs, 5xx by nature, 520 to 530 as content networks use them.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 531)})
#: Answers that concern the whole host.
_OF_HOST = frozenset({429, 503})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Longest that a Retry-After is believed, in seconds.
_MAX_RETRY_AFTER = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """Where a redirect leads, or why it is not followed."""

    location: str
    removal: Removal
    found: Discovery | None
    #: The target is the same URL in another spelling: what is to be asked for from now on.
    same_as_asked: bool = False


def is_redirect(fetched: Fetched) -> bool:
    """Tell whether the response redirects."""
    return fetched.status in _REDIRECTS and bool(fetched.header("Location"))


def is_passing(status: int) -> bool:
    """Tell whether an HTTP status means that trying again may help."""
    return status in _PASSING


def concerns_host(status: int) -> bool:
    """Tell whether an HTTP status asks us to leave the whole host alone for a while."""
    return status in _OF_HOST


def location_of(fetched: Fetched) -> str:
    """Return where a redirect leads, absolute if it is a URL at all."""
    location = (fetched.header("Location") or "").strip()
    try:
        return urljoin(fetched.lease.fetch_url, location)
    except ValueError:
        return location


def follow(fetched: Fetched, *, owned: bool | None, max_redirects: int) -> Redirect:
    """Judge a redirect.

    Args:
        fetched: The response.
        owned: Whether the target lies within a site of ours; None where that does not matter (one-off ingestion).
        max_redirects: Longest chain that is followed.
    """
    lease = fetched.lease
    location = location_of(fetched)
    hops = lease.hops + 1

    def removed(reason: Reason, evidence: str) -> Redirect:
        return Redirect(location=location, removal=_removal(lease, reason, evidence), found=None)

    try:
        target = canonicalise(location)
    except ValueError:
        return removed(Reason.REDIRECTED, f"{fetched.status} to what is no web page: {location[:200]}")
    if hops > max_redirects:
        return removed(Reason.REDIRECT_LOOP, f"more than {max_redirects} redirects, the last to {location}")
    if target == lease.url and urldefrag(location)[0] == urldefrag(lease.fetch_url)[0]:
        return removed(Reason.REDIRECT_LOOP, f"{fetched.status} to itself")
    if target == lease.url:
        removal = _removal(lease, Reason.REDIRECTED, f"{fetched.status} to {location}")
        return Redirect(location=location, removal=removal, found=None, same_as_asked=True)
    if owned is False:
        return removed(Reason.OFFSITE, f"{fetched.status} to {location}")
    if leads_astray(location, lease.kind, lease.via):
        return removed(Reason.REDIRECTED, f"{fetched.status} to {location}, a standing page")
    found = Discovery(
        url=location,
        kind=lease.kind,
        via=Via.REDIRECT,
        found_on=lease.url,
        published=lease.published_hint,
        part=lease.part,
        depth=lease.depth,
    )
    removal = _removal(lease, Reason.REDIRECTED, f"{fetched.status} to {location}")
    return Redirect(location=location, removal=removal, found=found)


def leads_astray(target: str, kind: Kind, via: Via) -> bool:
    """Whether what should have been an article leads to a standing page; what a user names is followed anywhere."""
    return kind is Kind.ARTICLE and via not in {Via.SEED, Via.INGEST} and is_standing(target)


def wants_cookie(fetched: Fetched, redirect: Redirect) -> bool:
    """Tell whether a page redirects to itself to see whether its cookie comes back; it is given one chance."""
    loops = redirect.removal.reason is Reason.REDIRECT_LOOP
    return loops and fetched.lease.attempts == 0 and fetched.header("Set-Cookie") is not None


def _removal(lease: Lease, reason: Reason, evidence: str) -> Removal:
    return Removal(url=lease.url, reason=reason, evidence=evidence)


def retry_at(lease: Lease, now: float, fetch: Fetching, *, retry_after: float | None = None) -> float | None:
    """Return when to try a failed URL again, None when it had its attempts.

    The wait doubles with each attempt and is spread by up to a quarter, by the URL, so that a host that comes back is
    not asked for everything at once.
    """
    if lease.attempts + 1 >= fetch.attempts:
        return None
    spread = 1 + zlib.crc32(lease.url.encode()) / 2**34
    wait: float = fetch.backoff_seconds * 2**lease.attempts * spread
    return now + max(wait, retry_after or 0.0)


def retry_after_seconds(fetched: Fetched) -> float | None:
    """Return the seconds that Retry-After asks for (RFC 9110, section 10.2.3), None where it is missing or nonsense."""
    value = (fetched.header("Retry-After") or "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), _MAX_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max((until - fetched.fetched_at).total_seconds(), 0.0), _MAX_RETRY_AFTER)


def refused(failed: Failed) -> Removal | None:
    """Return the removal that a failure amounts to, None where it is a failure."""
    if failed.error == "robots":
        return _removal(failed.lease, Reason.ROBOTS, failed.evidence)
    if failed.error == "opt-out":
        return _removal(failed.lease, Reason.OPT_OUT, failed.evidence)
    if failed.error == "too-large":
        return _removal(failed.lease, Reason.TOO_LARGE, failed.evidence)
    return None
