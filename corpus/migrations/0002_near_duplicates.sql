-- What near-duplicates are found and grouped by. All of it can be made again from the articles (collector dedup --rebuild).

-- An article as it is compared with all others: one row an article that has any words.
CREATE TABLE document (
    id         INTEGER PRIMARY KEY,           -- its rank (corpus.ranks): the least of a cluster is canonical
    article_id INTEGER NOT NULL UNIQUE,
    digest     BLOB NOT NULL,                 -- of the text that the signature was made of
    site       TEXT NOT NULL,
    agency     TEXT,                          -- credited, if any
    shingles   INTEGER NOT NULL,              -- number of different ones
    signature  BLOB NOT NULL,                 -- corpus.signatures
    canonical  INTEGER                        -- the document that speaks for its cluster, often itself
) STRICT;
CREATE INDEX document_of_cluster ON document (canonical) WHERE canonical != id;

-- The index: which documents have a band's value.
CREATE TABLE posting (
    key      INTEGER NOT NULL,                -- 32 bits of band and value
    document INTEGER NOT NULL,
    PRIMARY KEY (key, document)
) STRICT, WITHOUT ROWID;

-- Pairs of documents that resemble each other, verified on their shingles.
CREATE TABLE twin (
    low    INTEGER NOT NULL,
    high   INTEGER NOT NULL,
    shared INTEGER NOT NULL,                  -- shingles that both have
    PRIMARY KEY (low, high)
) STRICT, WITHOUT ROWID;
CREATE INDEX twin_of_high ON twin (high);

-- Articles whose document may be out of date. Triggers fill it, so that no writer can forget to; corpus.documents
-- empties it before the transaction that filled it is committed.
CREATE TABLE stale (
    article_id INTEGER PRIMARY KEY
) STRICT;

-- scheme and rules that documents, twins and clusters were made with
CREATE TABLE dedup_state (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER capture_joins AFTER INSERT ON capture WHEN NEW.article_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO stale VALUES (NEW.article_id);
END;
CREATE TRIGGER capture_changes AFTER UPDATE ON capture
WHEN OLD.article_id IS NOT NULL OR NEW.article_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO stale VALUES (coalesce(OLD.article_id, NEW.article_id));
    INSERT OR IGNORE INTO stale VALUES (coalesce(NEW.article_id, OLD.article_id));
END;
CREATE TRIGGER capture_leaves AFTER DELETE ON capture WHEN OLD.article_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO stale VALUES (OLD.article_id);
END;
CREATE TRIGGER article_begins AFTER INSERT ON article BEGIN
    INSERT OR IGNORE INTO stale VALUES (NEW.id);
END;
CREATE TRIGGER article_changes AFTER UPDATE OF capture_id ON article BEGIN
    INSERT OR IGNORE INTO stale VALUES (NEW.id);
END;
CREATE TRIGGER article_ends AFTER DELETE ON article BEGIN
    INSERT OR IGNORE INTO stale VALUES (OLD.id);
END;

-- Articles that were stored before there was an index.
INSERT INTO stale SELECT id FROM article;
