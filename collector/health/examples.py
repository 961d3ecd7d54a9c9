"""Finds URLs that show what an alarm is about."""

import json
import sqlite3

from collector.health.measures import SHARES

#: Examples of an alarm.
_MOST = 5
#: URLs that were found so long before the trouble began may be the first to show it, in seconds.
_BEFORE = 3 * 86_400.0

#: The newest URLs of a site, whatever was made of them; the index url_young keeps this cheap.
_YOUNG = """FROM url WHERE site = :site AND kind = 'article' AND state = 'done' AND found_at >= :found
            AND fetched_at >= :since"""
_CAPTURED = f"""SELECT url.url FROM (SELECT id, url, found_at {_YOUNG}) AS url JOIN capture ON capture.url_id = url.id
                WHERE reason IS NULL"""
#: What a text must be to be an example, in SQL.
_TEXTS = {
    "paywalled": "json_extract(metadata, '$.paywalled') = 1",
    "no-origin": "published IS NULL AND json_extract(metadata, '$.authors') IS NULL",
    "no-title": "title IS NULL",
    "no-author": "json_extract(metadata, '$.authors') IS NULL",
    "no-date": "published IS NULL",
    "repeated": "joined_by IN ('text', 'payload')",
}
#: What the network or the server said, by the classes of `collector.health.measures.KEPT_OUT`.
_REFUSED = {
    "robots": "outcome = 'removed/robots'",
    "denied": "status IN (401, 403, 407, 429, 451)",
    "server-error": "status >= 500",
    "dns": "outcome IN ('failed/dns', 'deferred/dns')",
    "tls": "outcome IN ('failed/tls', 'deferred/tls')",
    "unreachable": "outcome GLOB '[fd]*/*' AND outcome NOT GLOB '*/http-*' AND outcome NOT GLOB '*/dns' "
    "AND outcome NOT GLOB '*/tls' AND outcome NOT GLOB 'duplicate/*'",
}


def find_examples(db: sqlite3.Connection, site: str, measure: str, since: float) -> tuple[str, ...]:
    """Return a few URLs of a site that show a measure as it is since a time, in Unix seconds; the newest first."""
    values = {"site": site, "since": since, "found": since - _BEFORE, "most": _MOST}
    kind, _, name = measure.rpartition("/")
    if kind == "kept-out" or name == "denied":
        statement = f"SELECT url FROM url WHERE site = :site AND {_REFUSED[name]} AND found_at >= :found"
        rows = db.execute(f"{statement} ORDER BY kind != 'article', found_at DESC LIMIT :most", values).fetchall()
        if not rows:
            rows = db.execute(
                f"""SELECT url FROM url WHERE site = :site AND kind IN ('feed', 'sitemap', 'section')
                    AND {_REFUSED[name]} LIMIT :most""",
                values,
            ).fetchall()
    elif outcomes := _outcomes(measure):
        values["outcomes"] = json.dumps(outcomes)
        rows = db.execute(
            f"""SELECT url {_YOUNG} AND EXISTS (SELECT 1 FROM json_each(:outcomes) WHERE outcome LIKE value || '%')
                ORDER BY found_at DESC LIMIT :most""",
            values,
        ).fetchall()
    else:
        condition = _TEXTS.get(measure, "1")
        rows = db.execute(f"{_CAPTURED} AND {condition} ORDER BY found_at DESC LIMIT :most", values).fetchall()
    return tuple(row[0] for row in rows)


def _outcomes(measure: str) -> list[str]:
    """Return how the outcomes begin that a measure counts as odd, as the ledger spells them."""
    found = [prefix.removeprefix("article/") for one in SHARES if one.name == measure for prefix in one.prefixes]
    outcomes = [prefix for prefix in found if prefix.startswith(("removed/", "failed/"))]
    return ["removed/http-error" if prefix.startswith("removed/http-4") else prefix for prefix in outcomes]
