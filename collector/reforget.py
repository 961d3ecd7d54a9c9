"""Forgets in a restored corpus what was forgotten in the original after the backup was made.

A backup that is older than a takedown still holds what the takedown removed, and no tombstone against it.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from collector.config import read_config
from collector.forget import Forgotten, forget, forgetting
from corpus.folder import CorpusFolder
from corpus.schema import connect, store_error
from corpus.store import Store
from corpus.takedown import Target, plan_takedown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """A takedown of another corpus."""

    target: str
    reason: str | None
    asked_at: float
    #: Kinds and keys of its tombstones.
    tombstones: tuple[tuple[str, str], ...]


def forget_what_is_forgotten_in(
    other: Path, root: Path, *, shown: Callable[[str], None] = lambda _: None
) -> list[Forgotten]:
    """Carry the takedowns of one corpus out in another, but for those that it knows; return what came of them.

    Args:
        other: A corpus folder, as new as can be had.
        root: The restored corpus folder.
        shown: Told each archive file when it is done.

    Raises:
        CollectorError: One of the two cannot be used. What was begun is finished by `collector forget --finish`.
    """
    CorpusFolder(other).check()
    database = CorpusFolder(other).database
    try:
        with closing(connect(database, read_only=True)) as db:
            requests = _requests(db)
    except sqlite3.Error as error:
        raise store_error(error, database) from error
    folder = CorpusFolder(root)
    with forgetting(root, read_config(folder.config)) as store:
        known = {(one.target, one.asked_at) for one in _requests(store.db)}
        new = [request for request in requests if (request.target, request.asked_at) not in known]
        return [_carry_out(store, folder, request, shown) for request in new]


def _requests(db: sqlite3.Connection) -> list[_Request]:
    return [
        _Request(
            target=row["target"],
            reason=row["reason"],
            asked_at=row["asked_at"],
            tombstones=tuple(
                (one["kind"], one["key"])
                for one in db.execute("SELECT kind, key FROM tombstone WHERE takedown = ?", (row["id"],))
            ),
        )
        for row in db.execute("SELECT * FROM takedown ORDER BY id").fetchall()
    ]


def _carry_out(store: Store, folder: CorpusFolder, request: _Request, shown: Callable[[str], None]) -> Forgotten:
    plan = plan_takedown(store.db, _target(store.db, request))
    done = forget(store, folder, plan, reason=request.reason, delete_traces=True, shown=shown)
    with store.transaction() as db:
        # Also what this corpus has never seen.
        db.executemany(
            "INSERT OR IGNORE INTO tombstone (kind, key, takedown) VALUES (?, ?, ?)",
            [(kind, key, done.takedown.id) for kind, key in request.tombstones],
        )
        db.execute("UPDATE takedown SET asked_at = ? WHERE id = ?", (request.asked_at, done.takedown.id))
    return done


def _target(db: sqlite3.Connection, request: _Request) -> Target:
    """Return what the tombstones of a request stand for in this corpus.

    A text goes wherever it stands. The URL that showed it once may show something else by now, which nobody asked to
    forget, as the original did not.
    """
    keys: dict[str, set[str]] = {"url": set(), "host": set(), "text": set()}
    for kind, key in request.tombstones:
        keys[kind].add(key)
    url_ids: set[int] = set()
    for kind in ("url", "host"):
        for key in keys[kind]:
            url_ids |= {row[0] for row in db.execute(f"SELECT id FROM url WHERE {kind} = ?", (key,))}
    return Target(
        name=request.target,
        url_ids=frozenset(url_ids),
        site=request.target if keys["host"] else None,
        text_keys=frozenset(map(bytes.fromhex, keys["text"])),
    )
