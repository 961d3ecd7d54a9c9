-- What housekeeping does with the archive (corpus.retention, corpus.compaction).

-- When retention let the response's record go: its text stays, it cannot be cleaned again. NULL where it was not.
ALTER TABLE fetch ADD COLUMN released_at REAL;

-- Archive files that are being written anew; a row stays until the old file is gone.
CREATE TABLE compaction (
    old      TEXT PRIMARY KEY,                -- the file's name in archive/
    new      TEXT NOT NULL,                   -- the name of what takes its place
    switched INTEGER NOT NULL DEFAULT 0       -- 1: the database names the new one, and the old one is to be removed
) STRICT, WITHOUT ROWID;

-- Which fetch a place in the archive belongs to, and which revisits need a record.
CREATE INDEX fetch_by_place ON fetch (warc_id, warc_offset) WHERE warc_id IS NOT NULL;
CREATE INDEX fetch_of_same ON fetch (same_as) WHERE same_as IS NOT NULL;
