-- When sites are crawled and listings asked again. Facts only: what follows from them is decided when it is asked, by
-- the settings of that day (corpus.habits, collector.schedule).

-- What the visits to a feed, sitemap, home or section page have brought.
CREATE TABLE listing (
    url_id        INTEGER PRIMARY KEY REFERENCES url ON DELETE CASCADE,
    begun_at      REAL NOT NULL,              -- first visit
    visited_at    REAL NOT NULL,              -- last visit, answered or not
    visits        INTEGER NOT NULL,           -- that were answered
    fruitful      INTEGER NOT NULL,           -- of those, with something new
    fruitful_at   REAL NOT NULL,              -- last time that it had something new, or else was first read
    found         REAL NOT NULL,              -- new URLs; older ones weigh less (corpus.habits)
    watched       REAL NOT NULL,              -- seconds that they took to come, weighed alike
    entries       INTEGER NOT NULL,           -- articles that it named when it was last read
    failures      INTEGER NOT NULL,           -- visits in a row without anything to read
    failing_since REAL
) STRICT;

-- A site's place in the schedule of `collector run`.
CREATE TABLE schedule (
    site       TEXT PRIMARY KEY,
    served_at  REAL NOT NULL,                 -- when its turn last came, whether or not there was anything to do
    started_at REAL,                          -- last crawl
    ended_at   REAL,
    run_id     INTEGER REFERENCES run ON DELETE SET NULL,
    state      TEXT NOT NULL CHECK (state IN ('idle', 'running', 'finished', 'time-up', 'interrupted', 'failed')),
    failures   INTEGER NOT NULL DEFAULT 0,    -- crawls in a row that failed
    note       TEXT
) STRICT, WITHOUT ROWID;

-- Requests sent, by site and day.
CREATE TABLE spending (
    site     TEXT NOT NULL,
    day      INTEGER NOT NULL,                -- since 1970-01-01, UTC
    requests INTEGER NOT NULL,
    PRIMARY KEY (site, day)
) STRICT, WITHOUT ROWID;

-- What may have to be asked again, without looking at every URL of a site.
CREATE INDEX url_young ON url (site, found_at) WHERE kind = 'article' AND state = 'done';
CREATE INDEX url_failed ON url (site, found_at) WHERE state = 'done' AND outcome >= 'failed/' AND outcome < 'failed0';
