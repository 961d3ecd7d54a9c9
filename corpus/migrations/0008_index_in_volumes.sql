-- The index of near-duplicates in sorted volumes (corpus.shelf) instead of a row for each key of each document: they
-- are made of the documents' signatures when they are first needed.

CREATE TABLE volume (
    id        INTEGER PRIMARY KEY,
    version   BLOB NOT NULL,                  -- random; another one whenever its rows change
    documents INTEGER NOT NULL                -- that it was made of; some may have been erased since
) STRICT;

-- Its documents and entries, as many to a row as a page of the database holds.
CREATE TABLE volume_row (
    id   INTEGER PRIMARY KEY,                 -- volume * 65536 + number; entries from 32768 on
    body BLOB NOT NULL
) STRICT;

DROP TABLE posting;
