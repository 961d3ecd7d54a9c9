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
