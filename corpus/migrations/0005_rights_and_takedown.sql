-- Files by which a host speaks of the use of its pages (collector.rights); robots.txt has a table of its own.
CREATE TABLE host_file (
    origin     TEXT NOT NULL,                 -- scheme://host:port
    path       TEXT NOT NULL,                 -- /.well-known/tdmrep.json, /ai.txt
    fetched_at REAL NOT NULL,                 -- last time that it was asked for
    status     INTEGER,                       -- of the answer that body is from; NULL: no answer
    body       BLOB NOT NULL,
    evidence   TEXT,                          -- of an answer that was no file: the error
    PRIMARY KEY (origin, path)
) STRICT, WITHOUT ROWID;

-- Requests to forget (corpus.takedown). What is forgotten is gone only once finished_at is set.
CREATE TABLE takedown (
    id          INTEGER PRIMARY KEY,
    target      TEXT NOT NULL,                -- what was asked for: URLs, a site; no words of a query
    reason      TEXT,
    asked_at    REAL NOT NULL,
    finished_at REAL,                         -- NULL: not all traces are removed yet
    articles    TEXT NOT NULL,                -- JSON list of the articles' names
    urls        INTEGER NOT NULL,
    records     INTEGER NOT NULL DEFAULT 0,   -- archive records that were blanked
    passages    BLOB                          -- 64-bit hashes of runs of words, to find them elsewhere; NULL when finished
) STRICT;

-- What must not come back: canonical URLs, hosts, and keys of normalised texts (corpus.dedup.text_key, in hexadecimal).
CREATE TABLE tombstone (
    kind     TEXT NOT NULL CHECK (kind IN ('url', 'host', 'text')),
    key      TEXT NOT NULL,
    takedown INTEGER NOT NULL REFERENCES takedown,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- Archive records that are still to be blanked.
CREATE TABLE doomed_record (
    file     TEXT NOT NULL,
    offset   INTEGER NOT NULL,
    length   INTEGER NOT NULL,
    takedown INTEGER NOT NULL REFERENCES takedown,
    PRIMARY KEY (file, offset)
) STRICT, WITHOUT ROWID;

-- Whoever would make a forgotten URL due, or lease it, changes nothing.
CREATE TRIGGER forgotten_url_stays BEFORE UPDATE OF state ON url WHEN NEW.state != 'done'
    AND (EXISTS (SELECT 1 FROM tombstone WHERE kind = 'url' AND key = NEW.url)
         OR EXISTS (SELECT 1 FROM tombstone WHERE kind = 'host' AND key = NEW.host)) BEGIN
    SELECT RAISE(IGNORE);
END;
CREATE TRIGGER forgotten_host_stays AFTER INSERT ON url
WHEN EXISTS (SELECT 1 FROM tombstone WHERE kind = 'host' AND key = NEW.host)
    OR EXISTS (SELECT 1 FROM tombstone WHERE kind = 'url' AND key = NEW.url) BEGIN
    UPDATE url SET state = 'done', outcome = 'removed/forgotten', evidence = 'forgotten on request' WHERE id = NEW.id;
END;
