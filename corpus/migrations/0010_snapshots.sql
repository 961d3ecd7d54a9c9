-- Named states of the corpus that can be cited (corpus.snapshots).

CREATE TABLE snapshot (
    id       INTEGER PRIMARY KEY,             -- grows with time
    tag      TEXT NOT NULL UNIQUE,
    made_at  REAL NOT NULL,
    manifest TEXT NOT NULL,                   -- JSON (corpus.snapshots.manifest)
    checksum BLOB                             -- of the manifest, which has that of the articles; NULL: it is being made
) STRICT;

-- Records of articles as they were, by their content: one that did not change between ten snapshots is stored once.
CREATE TABLE record (
    digest    BLOB PRIMARY KEY,               -- corpus.changes.Identity
    body      BLOB,                           -- zstd, JSON; the text is in table text. NULL: it was forgotten on request
    text_hash BLOB REFERENCES text,           -- NULL: likewise
    fetch_id  INTEGER NOT NULL,               -- what it was made of
    site      TEXT NOT NULL,
    language  TEXT NOT NULL,
    published TEXT,
    takedown  INTEGER REFERENCES takedown     -- that took body and text away
) STRICT;
CREATE INDEX record_of_fetch ON record (fetch_id);
CREATE INDEX record_of_text ON record (text_hash) WHERE text_hash IS NOT NULL;
CREATE INDEX record_taken_down ON record (takedown) WHERE takedown IS NOT NULL;

-- Which articles belong to which snapshots: to all whose numbers lie between first and last.
CREATE TABLE snapshot_article (
    uid       TEXT NOT NULL,
    first     INTEGER NOT NULL,
    last      INTEGER NOT NULL,               -- 9223372036854775807: it is so to this day
    digest    BLOB NOT NULL,                  -- its record
    cluster   TEXT NOT NULL,                  -- uid of the canonical article; its own where it has no cluster
    place     INTEGER,                        -- in the order of its cluster (corpus.ranks)
    publisher TEXT,
    PRIMARY KEY (uid, first)
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshot_article_of_cluster ON snapshot_article (cluster) WHERE cluster != uid;
CREATE INDEX snapshot_article_of_record ON snapshot_article (digest);
