"""Reconsiders what was refused without being fetched, after another policy or another word of its site."""

from cleaners.rights import decide, judge_rights
from collector.crawl import Crawl
from corpus.types import Reason

_BATCH = 500


def reconsider(crawl: Crawl) -> int:
    """Make URLs due that were refused for a reservation that no longer holds or is no longer obeyed.

    Returns:
        How many.

    Raises:
        StoreError: The database cannot be written.
        sqlite3.Error: It cannot be read.
    """
    last, changed = 0, 0
    while rows := crawl.store.db.execute(
        """SELECT id, fetch_url, site FROM url WHERE outcome = ? AND fetched_at IS NULL AND id > ?
           ORDER BY id LIMIT ?""",
        (f"removed/{Reason.OPT_OUT}", last, _BATCH),
    ).fetchall():
        free = [
            (crawl.now(), row["id"])
            for row in rows
            if judge_rights(
                row["fetch_url"], decide(crawl.declared.of(row["fetch_url"]), crawl.config.policies(row["site"]))
            )
            is None
        ]
        with crawl.store.transaction() as db:
            db.executemany(
                "UPDATE url SET state = 'due', due_at = ?, outcome = NULL, evidence = NULL WHERE id = ?", free
            )
        changed += len(free)
        last = rows[-1]["id"]
    return changed
