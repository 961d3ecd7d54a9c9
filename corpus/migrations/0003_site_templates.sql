-- What is learned of sites. Outlines and templates are written and read by cleaners.outline and cleaners.template.

-- What a capture teaches of its site, taken before what was known of the site changed the capture's text.
CREATE TABLE outline (
    fetch_id INTEGER PRIMARY KEY REFERENCES capture ON DELETE CASCADE,
    site     TEXT NOT NULL,                   -- name of the site's entry; the host of a page that has none
    lines    BLOB NOT NULL,                   -- hashes and places of the lines in and around the text
    whole    INTEGER NOT NULL,                -- 0: only the lines of the text are left (the site is learned from others)
    cut      BLOB NOT NULL,                   -- ranks of the text's lines that were cut as repeated, 16 bits each
    template BLOB NOT NULL                    -- digest of the template that they were cut with; empty for none
) STRICT;
CREATE INDEX outline_of_site ON outline (site, fetch_id);

CREATE TABLE template (
    site       TEXT PRIMARY KEY,              -- as in outline
    articles   INTEGER NOT NULL,              -- different ones it was learned from
    learned_at REAL NOT NULL,
    digest     BLOB NOT NULL,                 -- empty: too few articles to know any
    body       BLOB,
    settled    INTEGER NOT NULL               -- the last fetch that was considered, once all pages were cleaned with it
) STRICT, WITHOUT ROWID;
