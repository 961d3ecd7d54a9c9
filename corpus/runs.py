"""What the ledger keeps of a run's configuration: whole where it changed, else the number of the run that has it.

`collector run` starts a run whenever a site has its turn. With 50 sites a configuration has some 25 kB, and a year has
half a million runs: kept whole each time, that would be more than all articles.
"""

import json
import sqlite3
from collections.abc import Mapping

_SAME = "as_of_run"


def kept_config(db: sqlite3.Connection, config: Mapping[str, object]) -> str:
    """Return what to keep of the configuration of a new run, as JSON.

    >>> db = sqlite3.connect(":memory:")
    >>> _ = db.execute("CREATE TABLE run (id INTEGER PRIMARY KEY, config TEXT)")
    >>> for delay in (1, 1, 2):
    ...     _ = db.execute("INSERT INTO run (config) VALUES (?)", (kept_config(db, {"delay": delay}),))
    >>> [row[0] for row in db.execute("SELECT config FROM run")]
    ['{"delay": 1}', '{"as_of_run": 1}', '{"delay": 2}']
    >>> db.close()
    """
    whole = json.dumps(config, default=str)
    last = db.execute("SELECT id, config FROM run ORDER BY id DESC LIMIT 1").fetchone()
    if last is None:
        return whole
    run_id, before = last
    named = json.loads(before).get(_SAME)
    if isinstance(named, int):
        run_id = named
        before = db.execute("SELECT config FROM run WHERE id = ?", (run_id,)).fetchone()[0]
    return json.dumps({_SAME: run_id}) if before == whole and config else whole
