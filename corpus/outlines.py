"""What sites repeat, as it is stored: an outline for each capture, a template for each site.

An outline is written by the transaction that writes its capture, so that a run that dies counts nothing twice. What the
two hold is the cleaners' affair; here they are bytes.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlined:
    """What a capture teaches of its site, and how it was cleaned with what was known of it."""

    #: Name of the site's entry, or the page's host where it has none.
    site: str
    #: The outline.
    lines: bytes = field(repr=False)
    #: Ranks of the text's lines that were cut because the site repeats them.
    cut: tuple[int, ...] = ()
    #: Digest of the template that was known; empty for none.
    template: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTemplate:
    """What is known of a site."""

    site: str
    #: Different articles it was learned from.
    articles: int
    #: When, in Unix seconds.
    learned_at: float
    #: Eight bytes that two templates share when they judge every page alike; empty where too few articles are known.
    digest: bytes
    #: The template; None where too few articles are known.
    body: bytes | None = field(repr=False)
    #: Whether all pages of the site were cleaned with it.
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOutline:
    """The outline of a capture that was made with another template."""

    fetch_id: int
    lines: bytes = field(repr=False)
    cut: tuple[int, ...]


def enter_outline(
    db: sqlite3.Connection, fetch_id: int, outlined: Outlined | None, *, twin_id: int | None = None
) -> None:
    """Let a capture's outline be ``outlined``, or none, or that of the capture ``twin_id``, which has its payload."""
    if twin_id is not None:
        _copy_outline(db, twin_id, fetch_id)
        return
    db.execute("DELETE FROM outline WHERE fetch_id = ?", (fetch_id,))
    if outlined is not None:
        db.execute(
            "INSERT INTO outline (fetch_id, site, lines, whole, cut, template) VALUES (?, ?, ?, 1, ?, ?)",
            (fetch_id, outlined.site, outlined.lines, _pack(outlined.cut), outlined.template),
        )


def _copy_outline(db: sqlite3.Connection, twin_id: int, fetch_id: int) -> None:
    db.execute(
        """INSERT OR REPLACE INTO outline (fetch_id, site, lines, whole, cut, template)
           SELECT ?, site, lines, whole, cut, template FROM outline WHERE fetch_id = ?""",
        (fetch_id, twin_id),
    )


def find_template(db: sqlite3.Connection, site: str) -> StoredTemplate | None:
    """Return what is known of a site, None where nothing was learned yet."""
    row = db.execute(f"{_TEMPLATES} WHERE site = ?", (site,)).fetchone()
    return None if row is None else _stored(row)


def list_templates(db: sqlite3.Connection) -> list[StoredTemplate]:
    """Return what is known of each site, by name."""
    return [_stored(row) for row in db.execute(f"{_TEMPLATES} ORDER BY site").fetchall()]


_TEMPLATES = """SELECT *, settled >= coalesce((SELECT max(fetch_id) FROM outline WHERE outline.site = template.site), 0)
                AS is_settled FROM template"""


def _stored(row: sqlite3.Row) -> StoredTemplate:
    return StoredTemplate(
        site=row["site"],
        articles=row["articles"],
        learned_at=row["learned_at"],
        digest=row["digest"],
        body=row["body"],
        settled=bool(row["is_settled"]),
    )


def outlined_sites(db: sqlite3.Connection, *, unsettled: bool) -> list[tuple[str, int]]:
    """Return the sites with outlines, and the last fetch of each that has one.

    Args:
        db: The database.
        unsettled: Only those with captures that came after the site was last settled.
    """
    rows = db.execute(
        """SELECT site, max(fetch_id) AS newest FROM outline GROUP BY site
           HAVING NOT :unsettled OR newest > coalesce((SELECT settled FROM template WHERE site = outline.site), 0)
           ORDER BY site""",
        {"unsettled": unsettled},
    )
    return [(row["site"], row["newest"]) for row in rows.fetchall()]


def newest_outlines(db: sqlite3.Connection, site: str) -> dict[str, int]:
    """Return the newest capture that has an outline, for each URL of a site; later pages of split articles left out."""
    rows = db.execute(
        """SELECT url.url, outline.fetch_id FROM outline JOIN fetch ON fetch.id = outline.fetch_id
           JOIN capture ON capture.fetch_id = outline.fetch_id JOIN url ON url.id = fetch.url_id
           WHERE outline.site = ? AND coalesce(capture.part_number, 1) = 1 ORDER BY fetch.fetched_at, fetch.id""",
        (site,),
    )
    return {row["url"]: row["fetch_id"] for row in rows}


def read_outlines(db: sqlite3.Connection, fetch_ids: Iterable[int]) -> dict[int, bytes]:
    """Return the outlines of captures."""
    rows = (
        db.execute("SELECT lines FROM outline WHERE fetch_id = ?", (fetch_id,)).fetchone() for fetch_id in fetch_ids
    )
    return {fetch_id: row["lines"] for fetch_id, row in zip(fetch_ids, rows, strict=True) if row is not None}


def cleaned_otherwise(db: sqlite3.Connection, site: str, digest: bytes) -> Iterator[StoredOutline]:
    """Yield the outlines of a site's captures that were cleaned with another template than ``digest``."""
    last = -1
    while rows := db.execute(
        """SELECT fetch_id, lines, cut FROM outline WHERE site = ? AND fetch_id > ? AND template != ?
           AND NOT EXISTS (SELECT 1 FROM fetch WHERE id = outline.fetch_id AND released_at IS NOT NULL)
           ORDER BY fetch_id LIMIT 500""",
        (site, last, digest),
    ).fetchall():
        for row in rows:
            yield StoredOutline(fetch_id=row["fetch_id"], lines=row["lines"], cut=_unpack(row["cut"]))
        last = rows[-1]["fetch_id"]


def confirm_template(db: sqlite3.Connection, fetch_ids: Sequence[int], digest: bytes) -> None:
    """Note that a template makes of these captures what the one they were cleaned with made."""
    db.executemany("UPDATE outline SET template = ? WHERE fetch_id = ?", [(digest, one) for one in fetch_ids])


def store_template(
    db: sqlite3.Connection, site: str, *, articles: int, digest: bytes, body: bytes | None, now: float
) -> None:
    """Store what was learned of a site; it is not settled before `mark_settled`."""
    db.execute(
        """INSERT INTO template (site, articles, learned_at, digest, body, settled) VALUES (?, ?, ?, ?, ?, 0)
           ON CONFLICT (site) DO UPDATE SET articles = excluded.articles, learned_at = excluded.learned_at,
               digest = excluded.digest, body = excluded.body""",
        (site, articles, now, digest, body),
    )


def mark_settled(db: sqlite3.Connection, site: str, newest: int) -> None:
    """Note that a site's captures up to the fetch ``newest`` are cleaned with its template."""
    db.execute("UPDATE template SET settled = ? WHERE site = ?", (newest, site))


def whole_outlines(db: sqlite3.Connection, site: str, *, apart_from: Collection[int], most: int) -> dict[int, bytes]:
    """Return at most so many of a site's outlines, apart from some, that hold more than the lines of the text."""
    rows = db.execute("SELECT fetch_id FROM outline WHERE site = ? AND whole", (site,)).fetchall()
    chosen = [row["fetch_id"] for row in rows if row["fetch_id"] not in apart_from]
    return read_outlines(db, chosen[:most])


def trim_outline(db: sqlite3.Connection, fetch_id: int, lines: bytes) -> None:
    """Let only the lines of the text be left of an outline."""
    db.execute("UPDATE outline SET lines = ?, whole = 0 WHERE fetch_id = ?", (lines, fetch_id))


def _pack(numbers: Iterable[int]) -> bytes:
    return b"".join(number.to_bytes(2, "little") for number in numbers)


def _unpack(packed: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(packed[at : at + 2], "little") for at in range(0, len(packed), 2))
