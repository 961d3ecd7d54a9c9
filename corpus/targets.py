"""What is to be forgotten, as users name it: a URL, an article's id, a site, or words that its articles say."""

import sqlite3
from collections.abc import Iterable

from corpus.articles import find_article, names_beginning
from corpus.captures import page_key
from corpus.snapshots.description import unpack
from corpus.takedown import Target


def name_targets(db: sqlite3.Connection, names: Iterable[str]) -> list[Target]:
    """Return what names stand for: a site each, and all URLs and articles as one.

    Raises:
        KeyError: A name stands for nothing in the corpus.
    """
    sites = {row[0] for row in db.execute("SELECT DISTINCT site FROM url")}
    targets: list[Target] = []
    url_ids: set[int] = set()
    named: list[str] = []
    for name in names:
        if name in sites:
            rows = db.execute("SELECT id FROM url WHERE site = ?", (name,))
            targets.append(Target(name=name, url_ids=frozenset(row[0] for row in rows), site=name))
        else:
            url_ids |= _urls_of(db, name)
            named.append(name)
    if url_ids:
        targets.append(Target(name=" ".join(named), url_ids=frozenset(url_ids)))
    return targets


def find_target(db: sqlite3.Connection, words: str) -> Target | None:
    """Return the articles whose title or text says all of some words, None where none does; reads every text.

    What only a snapshot says counts, too: an earlier cleaner's text, for one.
    """
    wanted = words.casefold().split()
    rows = db.execute(
        """SELECT article_id, title, body FROM capture JOIN text ON hash = text_hash
           WHERE article_id NOT NULL ORDER BY fetch_id"""
    )
    found: set[int] = set()
    for row in rows:
        said = f"{row['title'] or ''}\n{row['body']}".casefold()
        if row["article_id"] not in found and all(word in said for word in wanted):
            found.add(row["article_id"])
    url_ids: set[int] = set()
    for article_id in found:
        url_ids |= _of_article(db, article_id)
    rows = db.execute(
        """SELECT record.body AS record, text.body, url_id FROM record JOIN text ON hash = text_hash
           JOIN fetch ON fetch.id = fetch_id"""
    )
    for row in rows:
        said = f"{unpack(row['record'])['title'] or ''}\n{row['body']}".casefold()
        if all(word in said for word in wanted):
            url_ids |= _of_page(db, row["url_id"])
    return Target(name="a query", url_ids=frozenset(url_ids)) if url_ids else None


def _urls_of(db: sqlite3.Connection, name: str) -> set[int]:
    """Return the URLs of the article that a URL or an id stands for, or the URL alone."""
    key = page_key(name, name)
    article = find_article(db, name)
    if article is None and "/" not in name and len(name) >= 4:
        ids = names_beginning(db, name.lower(), most=2)
        article = find_article(db, ids[0]) if len(ids) == 1 else None
    row = db.execute("SELECT id FROM url WHERE url = ?", (key,)).fetchone()
    url_ids = set() if row is None else {int(row["id"])}
    if article is None and row is None:
        pages = db.execute(_OF_SNAPSHOTS, (name.lower(),)).fetchall()
        if not pages:
            raise KeyError(name)
        url_ids = {one for page in pages for one in _of_page(db, page["url_id"])}
    if article is not None:
        numbered = db.execute("SELECT id FROM article WHERE uid = ?", (article.id,)).fetchone()
        url_ids |= _of_article(db, numbered["id"])
    return url_ids


#: Where an article stood that only snapshots have: it was merged into another, or is no longer kept.
_OF_SNAPSHOTS = """
    SELECT url_id FROM snapshot_article JOIN record USING (digest) JOIN fetch ON fetch.id = fetch_id
    WHERE uid = ? AND takedown IS NULL
"""


def _of_page(db: sqlite3.Connection, url_id: int) -> set[int]:
    """Return a URL, and every other one of the articles that it was fetched for."""
    rows = db.execute("SELECT article_id FROM capture WHERE url_id = ? AND article_id NOT NULL", (url_id,)).fetchall()
    return {url_id}.union(*(_of_article(db, row["article_id"]) for row in rows))


def _of_article(db: sqlite3.Connection, article_id: int) -> set[int]:
    """Return every URL that stands for an article and every one that it was fetched under."""
    rows = db.execute(
        """SELECT url_id FROM capture WHERE article_id = :id
           UNION SELECT url.id FROM alias JOIN url USING (url) WHERE article_id = :id""",
        {"id": article_id},
    )
    return {row[0] for row in rows}
