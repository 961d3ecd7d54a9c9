"""A corpus of as many made-up articles as are wanted, written in bulk: what benchmarks of reading need.

Texts are those of `benchmarks.near_articles`, about 3 kB each, over five years and twenty sites; a headline is the
first words of a text. Rows are written as a crawl would leave them, each article in a cluster of its own, without an
archive.
"""

import hashlib
import json
import sys
from datetime import date, timedelta
from pathlib import Path

from benchmarks.dedup import sentences_of
from benchmarks.near_articles import MadeUp, Pool
from corpus.captures import text_hash
from corpus.schema import connect

SITES = 20
FIRST_DAY = date(2021, 11, 22)
DAYS = 5 * 365
CLEANER = "1+made-up"
BATCH = 2_000
#: Noted by triggers for those who follow the changes of a corpus; here nobody has anything to catch up with.
_NOTED = ("stale", "changed_article", "changed_cluster", "gone_article")


def build(root: Path, count: int, data: Path) -> None:
    """Write a corpus of ``count`` articles to a new folder, unless it is there.

    Args:
        root: The folder; one that has ``made_up.json`` with the same count is left as it is.
        count: Number of articles.
        data: The evaluation data, whose sentences the texts are made of.
    """
    made = root / "made_up.json"
    if made.exists() and json.loads(made.read_text("utf-8"))["articles"] == count:
        connect(root / "corpus.db").close()  # which brings its schema up to date
        return
    root.mkdir(parents=True)
    (root / "collector.toml").write_text(
        '[collector]\ncontact = "corpus@example.org"\n'
        + "".join(f'[sites.site-{site:02}]\nurl = "https://{site:02}.example/"\n' for site in range(SITES)),
        "utf-8",
    )
    db = connect(root / "corpus.db")
    db.execute("PRAGMA synchronous = OFF")
    db.execute(
        "INSERT INTO run VALUES (1, 'crawl', '[]', 0, 1, 'finished', NULL, '{}', '{}', '{}')",
    )
    articles = MadeUp(Pool.of(list(sentences_of(data))))
    for begin in range(0, count, BATCH):
        rows = [_rows(number, articles.text(number)) for number in range(begin, min(begin + BATCH, count))]
        db.execute("BEGIN")
        for table, marks in _TABLES.items():
            db.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", [row[table] for row in rows])
        for table in _NOTED:
            db.execute(f"DELETE FROM {table}")
        db.execute("COMMIT")
        if begin % 100_000 == 0:
            sys.stderr.write(f"made up: {begin} of {count}\n")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    made.write_text(json.dumps({"articles": count}), "utf-8")


_COLUMNS = {
    "url (id, url, fetch_url, site, host, kind, state, due_at, found_at, fetched_at, status, outcome)": 12,
    "fetch (id, url_id, run_id, fetched_at, status, bytes)": 6,
    "text (hash, body)": 2,
    "article (id, uid, capture_id, stored_at, changed_at)": 5,
    "capture (fetch_id, url_id, article_id, joined_by, canonical_url, title, language, confidence, published, "
    "site_name, words, text_hash, text_key, metadata, cleaner)": 15,
    "alias (url, article_id, joined_by)": 3,
    "document (id, article_id, digest, site, shingles, signature, canonical)": 7,
}
_TABLES = {table: ", ".join("?" * count) for table, count in _COLUMNS.items()}


def _rows(number: int, text: str) -> dict[str, tuple[object, ...]]:
    one = number + 1
    name = f"site-{number % SITES:02}"
    host = f"{number % SITES:02}.example"
    day = FIRST_DAY + timedelta(days=number * 7919 % DAYS)
    url = f"https://{host}/{day:%Y/%m/%d}/{number}"
    at = float((day - date(1970, 1, 1)).days * 86_400)
    uid = hashlib.sha256(url.encode()).hexdigest()[:16]
    digest = text_hash(text)
    title = " ".join(text[:200].split()[:9])
    metadata = json.dumps({"authors": ["Asha Rao"], "section": ["News"], "sources": {"title": "json-ld"}})
    values = iter(
        (
            (one, url, url, name, host, "article", "done", 0.0, at, at, 200, "kept"),
            (one, one, 1, at, 200, 50_000),
            (digest, text),
            (one, uid, one, at, at),
            (one, one, one, "new", url, title, "en", 0.99, day.isoformat(), name, len(text.split()), digest, digest[:8],
             metadata, CLEANER),
            (url, one, "new"),
            (one, one, digest[:8], name, 100, b"", one),
        )
    )  # fmt: skip
    return dict(zip(_TABLES, values, strict=True))
