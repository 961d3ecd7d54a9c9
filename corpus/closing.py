"""What a visit leaves behind in its URL's row when its lease is closed."""

import sqlite3

from corpus.visits import Visit


def close_lease(db: sqlite3.Connection, visit: Visit, outcome: str, evidence: str, now: float) -> None:
    """Close a visit's lease, inside the transaction that stores what came of it.

    Args:
        db: The database.
        visit: The visit.
        outcome: What came of it; ``unchanged`` leaves what the URL was known to be.
        evidence: What was seen.
        now: Unix seconds.
    """
    fetch = visit.fetch
    failed = visit.error is not None
    newest = fetch is not None and not failed and _is_newest(visit)
    db.execute(
        """UPDATE url SET state = :state, due_at = :due_at, lease_until = NULL, lease_run = NULL,
               attempts = :attempts, hops = hops + (:ask_for IS NOT NULL),
               fetch_url = coalesce(:ask_for, fetch_url),
               outcome = CASE WHEN :outcome != 'unchanged' OR outcome IS NULL OR outcome LIKE 'failed/%'
                              OR outcome LIKE 'deferred/%' THEN :outcome ELSE outcome END,
               evidence = CASE WHEN :outcome != 'unchanged' OR evidence IS NULL THEN :evidence ELSE evidence END,
               status = coalesce(:status, status), fetched_at = coalesce(:fetched_at, fetched_at),
               etag = CASE WHEN :fresh THEN :etag ELSE etag END,
               last_modified = CASE WHEN :fresh THEN :last_modified ELSE last_modified END,
               wire_digest = CASE WHEN :fresh THEN :wire_digest ELSE wire_digest END
           WHERE id = :id""",
        {
            "id": visit.lease.url_id,
            "state": "done" if visit.retry_at is None else "due",
            "due_at": now if visit.retry_at is None else visit.retry_at,
            "attempts": visit.lease.attempts + 1 if failed else 0,
            "ask_for": visit.ask_for,
            "outcome": outcome,
            "evidence": evidence,
            "status": fetch.status if fetch else None,
            "fetched_at": fetch.fetched_at.timestamp() if fetch and (newest or failed) else None,
            # A 304 brings no body and often no validators; what is known stays.
            "fresh": newest and fetch is not None and fetch.status != 304,
            "etag": fetch.etag if fetch else None,
            "last_modified": fetch.last_modified if fetch else None,
            "wire_digest": fetch.wire_digest if fetch else None,
        },
    )


def _is_newest(visit: Visit) -> bool:
    """Tell whether the response is newer than the last one; an ingested WARC may hold an older one."""
    last = visit.lease.fetched_at
    return visit.fetch is not None and (last is None or visit.fetch.fetched_at.timestamp() >= last)
