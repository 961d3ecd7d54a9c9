"""The feed: what a consumer, which keeps a copy of the corpus, has to do to it.

    from corpus import open_corpus

    with open_corpus("mycorpus") as corpus, corpus.feed("search-index") as feed:
        for batch in feed:
            for change in batch.changes:
                ...                      # put change.record, or take change.id out
            feed.confirm(batch.cursor)   # when it is safe on the consumer's side

A change is told again and again until it is confirmed, and applying it twice is the same as applying it once. So
whatever moment the consumer or this process dies, the copy comes to be what the corpus is.
"""

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Self

from corpus.articles import StoredArticle, find_article, utc
from corpus.changes import last_number, log_name, note_unreadable, nothing_noted, settle
from corpus.consumers import ASTRAY, no_consumer
from corpus.errors import ConfigError
from corpus.export.records import Record, record_of
from corpus.folder import CorpusFolder
from corpus.schema import connect
from corpus.transactions import reading, writing

#: Changes that are read, and articles that are looked at, in one transaction: some tenths of a second, in which a crawl
#: may have to wait with what it stores.
BATCH_CHANGES = 500

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CURSOR = re.compile(r"(?P<log>[0-9a-f]{8})-(?P<seq>[0-9]{1,18})")
#: Why an article is withdrawn from a consumer with filters that may have it from before it changed.
OUTSIDE = "outside-filters"


class Kind(StrEnum):
    """What a consumer has to do."""

    #: Put the record; the consumer has not confirmed an article of this id, or has confirmed that it is gone.
    NEW = "new"
    #: Put the record in place of what is there.
    CHANGED = "changed"
    #: Take it out: its pages belong to another article now.
    MERGED = "merged"
    #: Take it out.
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of an article."""

    kind: Kind
    #: The article's stable name.
    id: str
    #: Confirms this change and all before it.
    cursor: str
    #: The article as an export has it, for new and changed ones.
    record: Record | None = field(default=None, repr=False)
    #: The article that has its pages now, for merged ones.
    into: str | None = None
    #: For withdrawn ones: ``forgotten`` (on request), a `corpus.types.Reason`, `OUTSIDE`, or ``gone``.
    reason: str | None = None
    #: When it was merged or withdrawn.
    at: datetime | None = None

    def as_fields(self) -> dict[str, object]:
        """Return the change as a line of the feed: the kind, the cursor, then the record's own fields."""
        fields: dict[str, object] = {"change": self.kind.value, "cursor": self.cursor}
        if self.record is not None:
            return fields | self.record
        fields |= {"id": self.id, "at": None if self.at is None else self.at.isoformat()}
        return fields | ({"into": self.into} if self.kind is Kind.MERGED else {"reason": self.reason})


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some changes, in order, and of one moment."""

    #: None where a consumer's filters left nothing; confirming that saves going through it again.
    changes: tuple[Change, ...] = field(repr=False)
    #: Confirms all of them.
    cursor: str


class Feed:
    """The changes that a consumer has not confirmed; a context manager and an iterator of `Batch`."""

    def __init__(
        self,
        folder: CorpusFolder,
        consumer: str,
        *,
        sites: Sequence[str] = (),
        languages: Sequence[str] = (),
        known: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open the feed of a consumer, which is entered when the name is new.

        Args:
            folder: The corpus folder.
            consumer: Its name: letters, digits, dots, hyphens and underscores.
            sites: Only articles of these sites; empty for all. Filters belong to the consumer: give none to keep them.
            languages: Only articles in these languages (ISO 639-1); empty for all.
            known: Refuse a consumer that was not entered before.
            clock: Returns Unix seconds.

        Raises:
            ConfigError: The name is none, not known, or the consumer has other filters.
            StoreError: The database cannot be written.
        """
        if not _NAME.fullmatch(consumer):
            raise ConfigError(f"a consumer's name is made of letters, digits, '.', '-' and '_': {consumer!r}")
        self.consumer = consumer
        self._folder = folder
        self._clock = clock
        #: Ids of articles that could not be told of.
        self._unreadable: list[str] = []
        self._db = connect(folder.database)
        # What is told must not be undone by a power cut: the corpus would know nothing of what the copy has.
        self._db.execute("PRAGMA synchronous = FULL")
        try:
            with writing(self._db, self._folder.database):
                if not known:
                    self._enter(sites, languages)
                self._sites, self._languages, self._position = self._look_up(sites, languages)
            self._log = log_name(self._db)
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def __iter__(self) -> Iterator[Batch]:
        """Yield what has not been confirmed, then what comes meanwhile, until there is nothing more.

        What this feed has yielded it does not yield again; another one does, unless it was confirmed.

        Raises:
            ConfigError: The corpus was restored from a backup since the consumer last asked (see `reset`).
            StoreError: The database cannot be read or written.
        """
        self._check_astray()
        while batch := self._next():
            yield batch

    def confirm(self, cursor: str) -> None:
        """Note that the consumer has everything up to a cursor, which may be that of a batch or of a change.

        An older one than was confirmed before changes nothing.

        Raises:
            ConfigError: It is no cursor of this corpus, or the corpus was restored since (see `reset`).
            StoreError: The database cannot be written; it is not confirmed.
        """
        self._check_astray()
        found = _CURSOR.fullmatch(cursor)
        if found is None or found["log"] != self._log:
            raise ConfigError(f"{cursor!r} is no cursor of this corpus' feed, whose cursors begin with {self._log}-")
        seq = int(found["seq"])
        with writing(self._db, self._folder.database):
            if seq > last_number(self._db):
                raise ConfigError(
                    f"{cursor!r} was not told yet: is this the corpus that it came from, or an older one?"
                )
            entered = self._db.execute(
                "UPDATE consumer SET confirmed = max(confirmed, ?), confirmed_at = ? WHERE name = ?",
                (seq, self._clock(), self.consumer),
            ).rowcount
            if not entered:
                raise no_consumer(self.consumer)

    def reset(self) -> None:
        """Begin anew: everything is told again, as for a consumer whose copy is empty.

        Raises:
            StoreError: The database cannot be written.
        """
        with writing(self._db, self._folder.database):
            self._db.execute("UPDATE consumer SET confirmed = 0, confirmed_at = NULL WHERE name = ?", (self.consumer,))
        self._position = 0

    def _check_astray(self) -> None:
        if self._position == ASTRAY:
            raise ConfigError(
                f"the corpus was restored from a backup since consumer {self.consumer!r} last asked, and may be older "
                f"than its copy: empty that, then run `collector feed --consumer {self.consumer} --reset`"
            )

    # -- reading --------------------------------------------------------------------------------------------------

    def _enter(self, sites: Sequence[str], languages: Sequence[str]) -> None:
        self._db.execute(
            "INSERT INTO consumer VALUES (?, ?, 0, ?, NULL) ON CONFLICT DO NOTHING",
            (self.consumer, _filters(sites, languages), self._clock()),
        )

    def _look_up(self, sites: Sequence[str], languages: Sequence[str]) -> tuple[frozenset[str], frozenset[str], int]:
        """Return the consumer's filters, and what it has confirmed."""
        row = self._db.execute("SELECT * FROM consumer WHERE name = ?", (self.consumer,)).fetchone()
        if row is None:
            raise no_consumer(self.consumer)
        if (sites or languages) and row["filters"] != _filters(sites, languages):
            raise ConfigError(
                f"consumer {self.consumer!r} has other filters, {row['filters']}: what it has would no longer fit; "
                "use another name, or forget the consumer and begin anew with an empty copy"
            )
        known = json.loads(row["filters"])
        return frozenset(known["sites"]), frozenset(known["languages"]), row["confirmed"]

    def _next(self) -> Batch | None:
        """Return the next changes, None where there are none.

        They are read in the transaction that finds nothing left to be looked at: a record that was read while a note
        of its change waits could be changed back before that is looked at, and then nobody would ever be told.
        """
        while True:
            with reading(self._db, self._folder.database):
                if nothing_noted(self._db):
                    batch = self._read()
                    break
            with writing(self._db, self._folder.database):
                if settle(self._db, self._clock(), most=BATCH_CHANGES):
                    batch = self._read()
                    break
        if self._unreadable:
            with writing(self._db, self._folder.database):
                note_unreadable(self._db, self._unreadable)
            self._unreadable.clear()
        return batch

    def _read(self) -> Batch | None:
        """Return the changes behind the position, and move it; those that do not concern the consumer are left out."""
        rows = self._db.execute(
            """SELECT change.*, consumer.confirmed FROM change JOIN consumer ON consumer.name = ?
               WHERE seq > ? ORDER BY seq LIMIT ?""",
            (self.consumer, self._position, BATCH_CHANGES),
        ).fetchall()
        if not rows:
            return None
        changes = tuple(change for row in rows if (change := self._change(row)) is not None)
        self._position = rows[-1]["seq"]
        return Batch(changes=changes, cursor=self._cursor(self._position))

    def _change(self, row: sqlite3.Row) -> Change | None:
        uid, cursor = row["uid"], self._cursor(row["seq"])
        if row["into_uid"] is not None:
            return Change(kind=Kind.MERGED, id=uid, cursor=cursor, into=row["into_uid"], at=utc(row["at"]))
        if row["digest"] is None:
            return Change(kind=Kind.WITHDRAWN, id=uid, cursor=cursor, reason=row["reason"], at=utc(row["at"]))
        article = find_article(self._db, uid)
        if article is None:
            self._unreadable.append(uid)  # its text is missing, which `collector doctor` tells of
            return None
        if self._concerns(article):
            kind = Kind.NEW if row["born"] > row["confirmed"] else Kind.CHANGED
            return Change(kind=kind, id=uid, cursor=cursor, record=record_of(article))
        if row["first"] == row["seq"]:
            return None  # it was never told of as anything else, so the consumer cannot have it
        return Change(kind=Kind.WITHDRAWN, id=uid, cursor=cursor, reason=OUTSIDE, at=utc(row["at"]))

    def _concerns(self, article: StoredArticle) -> bool:
        return (not self._sites or article.site in self._sites) and (
            not self._languages or article.language in self._languages
        )

    def _cursor(self, seq: int) -> str:
        return f"{self._log}-{seq}"


def _filters(sites: Sequence[str], languages: Sequence[str]) -> str:
    return json.dumps({"sites": sorted(set(sites)), "languages": sorted(set(languages))})
