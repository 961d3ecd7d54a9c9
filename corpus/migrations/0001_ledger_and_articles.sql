-- Times are Unix seconds in UTC unless a column says otherwise. Digests are SHA-256 unless named otherwise.

CREATE TABLE run (
    id         INTEGER PRIMARY KEY,
    command    TEXT NOT NULL,                 -- crawl, ingest, reclean
    sites      TEXT NOT NULL,                 -- JSON list of site names
    started_at REAL NOT NULL,
    ended_at   REAL,
    state      TEXT NOT NULL CHECK (state IN ('running', 'finished', 'interrupted', 'failed')),
    note       TEXT,                          -- why it ended, where that is not plain
    config     TEXT NOT NULL,                 -- JSON, as in force
    versions   TEXT NOT NULL,                 -- JSON, software versions
    counters   TEXT NOT NULL DEFAULT '{}'     -- JSON, {"kept": 12, "removed/too-short": 3, ...}
) STRICT;

-- A host's clock belongs to the frontier: every process that crawls this corpus reads and moves the same one.
CREATE TABLE host (
    host        TEXT PRIMARY KEY,             -- name, with the port where it is not the scheme's own
    next_at     REAL NOT NULL DEFAULT 0,      -- no request before this
    delay       REAL,                         -- seconds between requests, adapted to the host's latency
    crawl_delay REAL,                         -- seconds, as robots.txt asks
    failures    INTEGER NOT NULL DEFAULT 0,   -- connection failures in a row
    note        TEXT                          -- why next_at is far off
) STRICT;

CREATE TABLE robots (
    origin     TEXT PRIMARY KEY,              -- scheme://host:port
    fetched_at REAL NOT NULL,
    status     INTEGER,                       -- NULL: no answer
    body       BLOB NOT NULL,
    evidence   TEXT                           -- of an answer that was no file: the error
) STRICT;

-- The ledger: one row a URL, whatever became of it.
CREATE TABLE url (
    id             INTEGER PRIMARY KEY,
    url            TEXT NOT NULL UNIQUE,      -- canonical form (corpus.urls), the key
    fetch_url      TEXT NOT NULL,             -- as first found; what is asked for
    site           TEXT NOT NULL,
    host           TEXT NOT NULL,
    kind           TEXT NOT NULL,             -- article, section, feed, sitemap
    state          TEXT NOT NULL CHECK (state IN ('due', 'leased', 'done')),
    due_at         REAL NOT NULL,
    priority       INTEGER NOT NULL DEFAULT 0,
    lease_until    REAL,
    lease_run      INTEGER REFERENCES run,
    found_at       REAL NOT NULL,
    depth          INTEGER NOT NULL DEFAULT 0,
    hops           INTEGER NOT NULL DEFAULT 0,     -- redirects that led here
    attempts       INTEGER NOT NULL DEFAULT 0,     -- failures in a row
    part_of        TEXT,                           -- canonical URL of the first page of a split article
    part_number    INTEGER,
    published_hint TEXT,                           -- ISO 8601, what the feed or news sitemap claims
    modified_hint  TEXT,                           -- ISO 8601, what the sitemap claims
    etag           TEXT,
    last_modified  TEXT,
    wire_digest    BLOB,                           -- SHA-1 of the last payload as it came over the wire
    fetched_at     REAL,
    status         INTEGER,
    outcome        TEXT,                           -- kept, listed, unchanged, removed/..., failed/...
    evidence       TEXT
) STRICT;
-- What corpus.due asks. With the state, as SQLite (3.40) would look it up in the table although the index implies it.
CREATE INDEX url_due ON url (host, site, kind, priority DESC, due_at, id, state) WHERE state = 'due';
CREATE INDEX url_leased ON url (lease_run) WHERE state = 'leased';
CREATE INDEX url_of_site ON url (site, kind);
CREATE INDEX url_of_split ON url (part_of) WHERE part_of IS NOT NULL;

-- Every place that named a URL. The first row of a URL is how it was found.
CREATE TABLE discovery (
    url_id   INTEGER NOT NULL REFERENCES url,
    via      TEXT NOT NULL,
    found_on TEXT NOT NULL DEFAULT '',
    found_at REAL NOT NULL,
    title    TEXT,
    PRIMARY KEY (url_id, via, found_on)
) STRICT, WITHOUT ROWID;

CREATE TABLE warc (
    id   INTEGER PRIMARY KEY,
    file TEXT NOT NULL UNIQUE                 -- relative to archive/, absolute when ingested by reference
) STRICT;

-- Every response that came.
CREATE TABLE fetch (
    id          INTEGER PRIMARY KEY,
    url_id      INTEGER NOT NULL REFERENCES url,
    run_id      INTEGER NOT NULL REFERENCES run,
    fetched_at  REAL NOT NULL,
    status      INTEGER NOT NULL,
    location    TEXT,                         -- where a redirect leads, absolute
    bytes       INTEGER NOT NULL,             -- as they came over the wire
    wire_digest BLOB,                         -- SHA-1 of the payload as it came over the wire (WARC-Payload-Digest)
    body_digest BLOB,                         -- of the content-decoded body
    warc_id     INTEGER REFERENCES warc,      -- NULL: not archived (noarchive, server trouble)
    warc_offset INTEGER,
    warc_length INTEGER,
    same_as     INTEGER REFERENCES fetch      -- the archived record is a revisit of this fetch's
) STRICT;
CREATE INDEX fetch_of_url ON fetch (url_id);
CREATE INDEX fetch_by_wire ON fetch (wire_digest) WHERE wire_digest IS NOT NULL;
CREATE INDEX fetch_by_body ON fetch (body_digest) WHERE body_digest IS NOT NULL;

-- Texts by their content: a story printed forty times is stored once.
CREATE TABLE text (
    hash BLOB PRIMARY KEY,                    -- of the text as it stands
    body TEXT NOT NULL
) STRICT;

-- An article: a set of captures of one story under one or several URLs.
CREATE TABLE article (
    id         INTEGER PRIMARY KEY,
    uid        TEXT NOT NULL UNIQUE,          -- stable name, in exports
    capture_id INTEGER NOT NULL,              -- the capture that speaks for it
    stored_at  REAL NOT NULL,
    changed_at REAL NOT NULL
) STRICT;

-- What cleaning made of one fetched body: the facts from which articles are grouped.
CREATE TABLE capture (
    fetch_id      INTEGER PRIMARY KEY REFERENCES fetch,
    url_id        INTEGER NOT NULL REFERENCES url,
    article_id    INTEGER REFERENCES article,  -- NULL: removed
    joined_by     TEXT,                        -- new, url, canonical, part, payload, text
    reason        TEXT,                        -- NULL: kept
    evidence      TEXT,
    canonical_url TEXT,                        -- canonical form of what the page names
    title         TEXT,
    language      TEXT,
    confidence    REAL,
    published     TEXT,                        -- ISO 8601, never more precise than the publisher
    modified      TEXT,
    site_name     TEXT,
    words         INTEGER,
    text_hash     BLOB REFERENCES text,
    text_key      BLOB,                        -- of the normalised text: what makes two texts the same
    part_number   INTEGER,
    metadata      TEXT,                        -- JSON, the remaining fields of corpus.types.Article
    cuts          BLOB,                        -- zstd, JSON [[text, rule, score], ...]
    cleaner       TEXT NOT NULL                -- version and settings it was cleaned with
) STRICT;
CREATE INDEX capture_of_article ON capture (article_id) WHERE article_id IS NOT NULL;
CREATE INDEX capture_of_url ON capture (url_id);
CREATE INDEX capture_by_canonical ON capture (canonical_url) WHERE canonical_url IS NOT NULL;
CREATE INDEX capture_by_text ON capture (text_key) WHERE text_key IS NOT NULL;

-- Every URL, fetched or only named as canonical, that stands for an article.
CREATE TABLE alias (
    url        TEXT PRIMARY KEY,              -- canonical form
    article_id INTEGER NOT NULL REFERENCES article,
    joined_by  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_of_article ON alias (article_id);
