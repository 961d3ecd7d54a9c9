-- Signals of the quality of articles (corpus.signals), one row an article that was measured. All of it can be made again
-- (collector quality). Shares stand in [0, 1]; NULL is unknown.
CREATE TABLE quality (
    article_id INTEGER PRIMARY KEY,
    version    INTEGER NOT NULL,              -- of the definitions; with what follows it tells whether a row still holds
    text_hash  BLOB NOT NULL,
    parts      TEXT,                          -- texts of the later pages of a split article
    language   TEXT NOT NULL,
    characters                     INTEGER NOT NULL,
    words                          INTEGER NOT NULL,
    paragraphs                     INTEGER NOT NULL,
    sentences                      INTEGER NOT NULL,
    mean_word_length               REAL NOT NULL,
    hashes                         REAL NOT NULL,
    ellipses                       REAL NOT NULL,
    bullet_lines                   REAL NOT NULL,
    ellipsis_lines                 REAL NOT NULL,
    alphabetic_words               REAL NOT NULL,
    english_stop_words             INTEGER NOT NULL,
    duplicate_lines                REAL NOT NULL,
    duplicate_line_characters      REAL NOT NULL,
    duplicate_paragraphs           REAL NOT NULL,
    duplicate_paragraph_characters REAL NOT NULL,
    top_2_gram                     REAL NOT NULL,
    top_3_gram                     REAL NOT NULL,
    top_4_gram                     REAL NOT NULL,
    duplicate_5_grams              REAL NOT NULL,
    duplicate_6_grams              REAL NOT NULL,
    duplicate_7_grams              REAL NOT NULL,
    duplicate_8_grams              REAL NOT NULL,
    duplicate_9_grams              REAL NOT NULL,
    duplicate_10_grams             REAL NOT NULL,
    c4_lines                       REAL NOT NULL,
    c4_sentences                   INTEGER NOT NULL,
    javascript_lines               REAL NOT NULL,
    policy_lines                   REAL NOT NULL,
    lorem_ipsum                    INTEGER NOT NULL,
    curly_brackets                 INTEGER NOT NULL,
    punctuated_lines               REAL NOT NULL,
    short_lines                    REAL NOT NULL,
    repeated_characters            REAL NOT NULL,
    line_ends                      REAL NOT NULL,
    symbols                        REAL NOT NULL,
    digits                         REAL NOT NULL,
    stop_words                     REAL,
    language_confidence            REAL NOT NULL,
    cut_confidence                 REAL
) STRICT;
CREATE TRIGGER measured_article_ends AFTER DELETE ON article BEGIN
    DELETE FROM quality WHERE article_id = OLD.id;
END;
-- The digest of a text that was taken out is no longer known either.
CREATE TRIGGER measured_text_ends AFTER DELETE ON capture WHEN OLD.article_id IS NOT NULL BEGIN
    DELETE FROM quality WHERE article_id = OLD.article_id AND text_hash = OLD.text_hash;
END;
