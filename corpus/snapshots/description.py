"""What a snapshot says of itself: its manifest, from which the datasheet is made.

It holds counts, settings and names of sites, and no title, text or address of an article: so a takedown leaves it as
it is, and the checksum that was cited stays the same.
"""

import hashlib
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

import zstandard

from corpus.duplication import count_duplication
from corpus.export.records import FIELDS
from corpus.history import word_bin
from corpus.snapshots.listing import ARTICLES, OF_SNAPSHOT

KIND: Final = "news-corpus-collector snapshot"
#: Raised when a reader of the old manifest would misread the new one.
VERSION: Final = 1
#: Days in a row on which nothing of a site was stored, from which on that is called a gap.
GAP_DAYS = 3
#: Gaps of a site that are told, the longest.
_MOST_GAPS = 50
#: Licences that are told by name.
_MOST_LICENCES = 50
_DAY_SECONDS = 86_400
_DECOMPRESS = zstandard.ZstdDecompressor()

Record = Mapping[str, object]


def describe(
    db: sqlite3.Connection,
    number: int,
    tag: str,
    made_at: datetime,
    configuration: Mapping[str, object],
    software: Mapping[str, str],
) -> dict[str, object]:
    """Return the manifest of a snapshot whose articles are entered; reads every record, and no text."""
    tally, checksum = _Tally(), ArticlesChecksum()
    for row in members(db, number):
        checksum.add(row)
        if row["body"] is not None:
            tally.add(unpack(row["body"]), row)
    return {
        "kind": KIND,
        "version": VERSION,
        "tag": tag,
        "made_at": made_at.isoformat(timespec="seconds"),
        "articles_sha256": checksum.hexdigest(),
        **tally.counts(),
        "removals": _removals(db),
        "duplication": {
            one.name: {"articles": one.articles, "copies": one.copies, "versions": one.versions}
            for one in count_duplication(db, None)[0]
        },
        "gap_days": GAP_DAYS,
        "gaps": _gaps(db, made_at.date()),
        "forgotten_before": db.execute("SELECT count(*) FROM takedown").fetchone()[0],
        "fields": [one.name for one in FIELDS],
        "rights": configuration.get("rights"),
        "configuration": configuration,
        "software": software,
    }


def members(db: sqlite3.Connection, number: int) -> Iterator[sqlite3.Row]:
    """Yield the articles of a snapshot with their records, in the order of their ids; withdrawn ones have no body."""
    yield from db.execute(
        f"SELECT own.*, body, text_hash, takedown FROM {ARTICLES} WHERE {OF_SNAPSHOT} ORDER BY own.uid",
        {"snapshot": number},
    )


def unpack(body: bytes) -> dict[str, object]:
    """Return the fields of a stored record; ``text_sha256`` stands for the text."""
    fields: dict[str, object] = json.loads(_DECOMPRESS.decompress(body))
    return fields


class ArticlesChecksum:
    """SHA-256 over ids and records of a snapshot's articles, and over what decides which of them an export takes."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, row: sqlite3.Row) -> None:
        """Add an article; in the order of the ids."""
        parts = (row["uid"], row["digest"].hex(), row["cluster"], row["place"], row["publisher"])
        self._digest.update(("\t".join(map(str, parts)) + "\n").encode())

    def hexdigest(self) -> str:
        """Return the checksum of what was added, in hexadecimal."""
        return self._digest.hexdigest()


@dataclass(slots=True)
class _Tally:
    """Counts articles by what their records say."""

    articles: int = 0
    words: int = 0
    stories: int = 0
    paywalled: int = 0
    sites: dict[str, "_Site"] = field(default_factory=dict)
    languages: Counter[str] = field(default_factory=Counter)
    months: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lengths: Counter[int] = field(default_factory=Counter)
    cleaners: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    statements: Counter[str] = field(default_factory=Counter)

    def add(self, record: Record, row: sqlite3.Row) -> None:
        words, site, published = int(str(record["words"])), str(record["site"]), record["published"]
        self.articles += 1
        self.words += words
        self.stories += row["cluster"] == row["uid"]
        self.paywalled += record["paywalled"] is True
        self.sites.setdefault(site, _Site()).add(words, published)
        self.languages[str(record["language"])] += 1
        self.months[str(published)[:7] if published else "undated"][site] += 1
        self.lengths[word_bin(words)] += 1
        self.cleaners[str(record["cleaner"])] += 1
        self.licences[str(record["licence"] or "none stated")] += 1
        self.statements.update(set(_statements(record)))

    def counts(self) -> dict[str, object]:
        """Return the counts as the manifest has them."""
        return {
            "articles": self.articles,
            "words": self.words,
            "stories": self.stories,
            "paywalled": self.paywalled,
            "sites": {name: self.sites[name].counts() for name in sorted(self.sites)},
            "languages": dict(sorted(self.languages.items())),
            "months": {month: dict(sorted(self.months[month].items())) for month in sorted(self.months)},
            "word_bins": {str(bin_number): self.lengths[bin_number] for bin_number in sorted(self.lengths)},
            "cleaners": dict(sorted(self.cleaners.items())),
            "licences": dict(_most(self.licences, _MOST_LICENCES)),
            "statements": dict(sorted(self.statements.items())),
        }


@dataclass(slots=True)
class _Site:
    articles: int = 0
    words: int = 0
    first: str | None = None
    last: str | None = None

    def add(self, words: int, published: object) -> None:
        self.articles += 1
        self.words += words
        if published is not None:
            day = str(published)[:10]
            self.first = min(self.first or day, day)
            self.last = max(self.last or day, day)

    def counts(self) -> dict[str, object]:
        return {"articles": self.articles, "words": self.words, "first": self.first, "last": self.last}


def _statements(record: Record) -> Iterator[str]:
    """Yield what is said of a page's use: ``noai reserved: record``."""
    said = record["rights"]
    assert isinstance(said, list), "a record states rights as a list"
    for one in said:
        yield f"{one['signal']} {one['stance']}: {one['action']}"


def _most(counted: Counter[str], most: int) -> Iterator[tuple[str, int]]:
    """Yield the most frequent, then the others as one."""
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    yield from ranked[:most]
    if len(ranked) > most:
        yield "others", sum(number for _, number in ranked[most:])


def _removals(db: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """Return for each site how many pages were looked at last and kept, and why the others were not."""
    rows = db.execute(
        """SELECT site, CASE WHEN outcome LIKE 'removed/%' OR outcome LIKE 'failed/%' THEN outcome ELSE 'kept' END,
                  count(*) FROM url WHERE kind = 'article' AND state = 'done' AND outcome IS NOT NULL
           GROUP BY 1, 2 ORDER BY 1, 2"""
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for site, outcome, pages in rows:
        found[site][outcome] = pages
    return dict(found)


def _gaps(db: sqlite3.Connection, until: date) -> dict[str, list[dict[str, object]]]:
    """Return for each site the spells of days without a new article, and on how many of them it was visited."""
    stored, visited = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
    rows = db.execute(
        f"""SELECT DISTINCT site, CAST(stored_at / {_DAY_SECONDS} AS INTEGER) FROM article
            JOIN capture ON fetch_id = capture_id JOIN url ON url.id = url_id"""
    )
    for site, day in rows:
        stored[site].add(day)
    for site, day in db.execute("SELECT DISTINCT site, day FROM site_run"):
        visited[site].add(day)
    end = (until - date(1970, 1, 1)).days
    gaps = {site: list(_spells(stored[site], end)) for site in sorted(stored)}
    return {
        site: [
            {
                "from": _day(first),
                "to": _day(last),
                "days": last - first + 1,
                "visited": len(visited[site] & set(range(first, last + 1))),
            }
            for first, last in sorted(sorted(spells, key=lambda spell: spell[0] - spell[1])[:_MOST_GAPS])
        ]
        for site, spells in gaps.items()
        if spells
    }


def _spells(days: Iterable[int], end: int) -> Iterator[tuple[int, int]]:
    """Yield first and last days between some days, up to an end, that lie far enough apart.

    >>> list(_spells([10, 11, 15, 16], 20)), list(_spells([10, 13], 15))
    ([(12, 14), (17, 20)], [])
    """
    before: int | None = None
    for day in (*sorted(days), end + 1):
        if before is not None and day - before - 1 >= GAP_DAYS:
            yield before + 1, day - 1
        before = day


def _day(number: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number)).date().isoformat()
