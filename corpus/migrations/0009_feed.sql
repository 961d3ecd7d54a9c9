-- What has changed in the corpus, for those who keep a copy of it (corpus.changes, corpus.feed).

-- One row for each article that was ever told of, with its last change: the log grows with the corpus, not with time.
CREATE TABLE change (
    seq      INTEGER PRIMARY KEY,             -- grows; given inside of a write transaction, so none comes in below
    uid      TEXT NOT NULL UNIQUE,
    first    INTEGER NOT NULL,                -- seq when the name was told of for the first time
    born     INTEGER NOT NULL,                -- seq when the article that now has the name was
    digest   BLOB,                            -- of its record (corpus.changes); NULL: there is no such article any more
    into_uid TEXT,                            -- of one that is gone: the article that has its pages now
    reason   TEXT,                            -- of one that is gone and went into no other: why
    at       REAL NOT NULL                    -- when it went, or was found changed
) STRICT;

-- Articles and clusters whose records may have changed, and articles that are gone. Triggers fill them, so that no writer
-- can forget to; corpus.changes empties them before anybody is told anything.
CREATE TABLE changed_article (
    article_id INTEGER PRIMARY KEY,
    spread     INTEGER NOT NULL               -- 1: the others of its cluster, whose records name its URLs, are noted, too
) STRICT;
CREATE TABLE changed_cluster (
    canonical INTEGER PRIMARY KEY             -- number of the document
) STRICT;
CREATE TABLE gone_article (
    uid      TEXT PRIMARY KEY,
    into_uid TEXT,
    reason   TEXT,
    at       REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- name of this log, fields of the records that digests were made of
CREATE TABLE change_state (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE consumer (
    name         TEXT PRIMARY KEY,
    filters      TEXT NOT NULL,               -- JSON, {"sites": [...], "languages": [...]}
    confirmed    INTEGER NOT NULL,            -- it has all changes up to this one
    made_at      REAL NOT NULL,
    confirmed_at REAL                         -- NULL: never
) STRICT, WITHOUT ROWID;

CREATE TRIGGER article_is_new AFTER INSERT ON article BEGIN
    INSERT INTO changed_article VALUES (NEW.id, 0) ON CONFLICT DO UPDATE SET spread = 0;
END;
CREATE TRIGGER article_is_spoken_for AFTER UPDATE OF uid, capture_id ON article BEGIN
    INSERT INTO changed_article VALUES (NEW.id, 0) ON CONFLICT DO UPDATE SET spread = 0;
END;
-- Grouping has moved its captures by then, so the one that spoke for it knows where its pages are now.
CREATE TRIGGER article_is_gone AFTER DELETE ON article BEGIN
    INSERT INTO changed_article VALUES (OLD.id, 0) ON CONFLICT DO UPDATE SET spread = 0;
    INSERT OR REPLACE INTO gone_article VALUES (
        OLD.uid,
        (SELECT uid FROM capture JOIN article ON article.id = article_id WHERE fetch_id = OLD.capture_id),
        (SELECT reason FROM capture WHERE fetch_id = OLD.capture_id),
        (julianday('now') - 2440587.5) * 86400
    );
END;
CREATE TRIGGER capture_is_new AFTER INSERT ON capture WHEN NEW.article_id IS NOT NULL BEGIN
    INSERT INTO changed_article VALUES (NEW.article_id, 0) ON CONFLICT DO UPDATE SET spread = 0;
END;
CREATE TRIGGER capture_says_other AFTER UPDATE OF
    url_id, article_id, reason, canonical_url, title, language, confidence, published, modified, site_name, text_hash,
    text_key, part_number, metadata, cleaner
ON capture WHEN OLD.article_id IS NOT NULL OR NEW.article_id IS NOT NULL BEGIN
    INSERT INTO changed_article VALUES (coalesce(OLD.article_id, NEW.article_id), 0)
        ON CONFLICT DO UPDATE SET spread = 0;
    INSERT INTO changed_article VALUES (coalesce(NEW.article_id, OLD.article_id), 0)
        ON CONFLICT DO UPDATE SET spread = 0;
END;
CREATE TRIGGER capture_is_gone AFTER DELETE ON capture WHEN OLD.article_id IS NOT NULL BEGIN
    INSERT INTO changed_article VALUES (OLD.article_id, 0) ON CONFLICT DO UPDATE SET spread = 0;
END;
-- The others of a cluster name the URLs of this one, and count its versions. The one that a document joins is found by
-- its article when the change is looked at; the one that it leaves would not be.
CREATE TRIGGER document_is_moved AFTER UPDATE OF canonical, site, article_id ON document
WHEN OLD.canonical IS NOT NEW.canonical OR OLD.site IS NOT NEW.site OR OLD.article_id IS NOT NEW.article_id BEGIN
    INSERT INTO changed_article VALUES (NEW.article_id, 0) ON CONFLICT DO UPDATE SET spread = 0;
    INSERT OR IGNORE INTO changed_cluster SELECT OLD.canonical WHERE OLD.canonical IS NOT NULL;
END;
CREATE TRIGGER document_is_gone AFTER DELETE ON document BEGIN
    INSERT INTO changed_article VALUES (OLD.article_id, 0) ON CONFLICT DO UPDATE SET spread = 0;
    INSERT OR IGNORE INTO changed_cluster SELECT OLD.canonical WHERE OLD.canonical IS NOT NULL;
END;
CREATE TRIGGER fetch_is_moved AFTER UPDATE OF fetched_at, warc_id, warc_offset, warc_length ON fetch BEGIN
    INSERT INTO changed_article SELECT article_id, 0 FROM capture
        WHERE fetch_id = NEW.id AND article_id IS NOT NULL ON CONFLICT DO UPDATE SET spread = 0;
END;
CREATE TRIGGER warc_is_renamed AFTER UPDATE OF file ON warc BEGIN
    INSERT INTO changed_article SELECT article_id, 0 FROM fetch JOIN capture ON fetch_id = fetch.id
        WHERE warc_id = NEW.id AND article_id IS NOT NULL ON CONFLICT DO UPDATE SET spread = 0;
END;
CREATE TRIGGER url_is_renamed AFTER UPDATE OF url, site ON url BEGIN
    INSERT INTO changed_article SELECT article_id, 0 FROM capture
        WHERE url_id = NEW.id AND article_id IS NOT NULL ON CONFLICT DO UPDATE SET spread = 0;
END;

INSERT INTO change_state VALUES ('name', lower(hex(randomblob(4))));
-- Articles that were stored before there was a log.
INSERT INTO changed_article SELECT id, 1 FROM article;
