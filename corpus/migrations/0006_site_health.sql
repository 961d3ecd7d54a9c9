-- By what alarms are judged (corpus.history), and the alarms (corpus.alarms).

-- What came of a run's visits to a site. Written by the transactions that store the visits, so that a killed run is
-- neither lost nor counted twice.
CREATE TABLE site_run (
    site     TEXT NOT NULL,
    day      INTEGER NOT NULL,                -- on which the run began, since 1970-01-01, UTC
    run_id   INTEGER NOT NULL,                -- 0: all runs of the day, once it is some days old
    began_at REAL NOT NULL,                   -- first and last visits
    ended_at REAL NOT NULL,
    runs     INTEGER NOT NULL,
    counts   TEXT NOT NULL,                   -- JSON {"feed/listed": 2, "new/kept": 3, "words/34": 1, ...}
    PRIMARY KEY (site, day, run_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE alarm (
    id         INTEGER PRIMARY KEY,
    site       TEXT NOT NULL,
    cause      TEXT NOT NULL,                 -- collector.health.causes
    measure    TEXT NOT NULL,                 -- which measure is out of its bounds
    share      REAL NOT NULL,                 -- what it was, in [0, 1]
    since      REAL NOT NULL,                 -- first run that shows it
    opened_at  REAL NOT NULL,
    run_id     INTEGER NOT NULL,              -- the run after which it was opened
    evidence   TEXT NOT NULL,
    examples   TEXT NOT NULL,                 -- JSON list of URLs
    closed_at  REAL,
    closing    TEXT                           -- recovered, accepted
) STRICT;
CREATE UNIQUE INDEX alarm_open ON alarm (site, cause) WHERE closed_at IS NULL;
CREATE INDEX alarm_of_site ON alarm (site, opened_at);

-- Who is to be told of what: one row a hook that is configured when an alarm is opened or closed.
CREATE TABLE notice (
    alarm_id      INTEGER NOT NULL REFERENCES alarm ON DELETE CASCADE,
    event         TEXT NOT NULL CHECK (event IN ('opened', 'closed')),
    hook          TEXT NOT NULL,              -- command, webhook, email
    attempts      INTEGER NOT NULL DEFAULT 0,
    claimed_until REAL NOT NULL DEFAULT 0,    -- a process is at it
    delivered_at  REAL,
    error         TEXT,                       -- of the last attempt
    PRIMARY KEY (alarm_id, event, hook)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_waiting ON notice (alarm_id) WHERE delivered_at IS NULL;
