"""Floors under the accuracy on real pages: a change that falls through one is a mistake, whatever it was made for."""

import gzip
import json
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from metadata_pages import page_of

from cleaners.decode import decode
from cleaners.metadata import Metadata, read_metadata
from cleaners.metadata.names import name_key
from cleaners.parse import parse

QUOTES = str.maketrans("‘’‚“”„«»`´", "''''''''''")


def spelled(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(QUOTES).replace('"', "'").split())


def same_minute(stated: datetime, found: date | datetime) -> bool:
    if not isinstance(found, datetime):
        return (stated.date(), stated.hour, stated.minute) == (found, 0, 0)
    if stated.tzinfo and found.tzinfo:
        return abs(stated - found) < timedelta(minutes=1)
    return f"{stated:%Y-%m-%d %H:%M}" == f"{found:%Y-%m-%d %H:%M}"


def judge(row: dict, metadata: Metadata) -> dict[str, bool]:
    right = {}
    if row.get("title"):
        right["title"] = spelled(row["title"]) == spelled(metadata.title or "")
    authors = row.get("author") or []
    authors = [authors] if isinstance(authors, str) else authors
    right["authors"] = {*map(name_key, authors)} == {*map(name_key, metadata.authors)}
    stated = datetime.fromisoformat(row["date"])
    found = metadata.published.on if metadata.published else date.min
    right["minute"] = same_minute(stated, found)
    right["day"] = right["minute"] or str(found)[:10] == row["date"][:10]
    return right


@pytest.mark.shared
def test_metadata_of_news_pages_stays_above_its_floors(shared):
    right, count = Counter(), Counter()
    with gzip.open(shared / "data" / "truth.jsonl.gz") as lines:
        rows = [row for row in map(json.loads, lines) if row["set"] == "fundus"]
    for row in rows:
        html = decode(gzip.decompress((shared / "data" / row["html"]).read_bytes())).text
        crawled = row.get("crawl_date", "2026-11-22")
        fetched_at = datetime.fromisoformat(crawled).replace(tzinfo=UTC) + timedelta(hours=14)
        verdict = judge(row, read_metadata(parse(html), page_of(row["url"], fetched_at=fetched_at)))
        right.update(field for field, is_right in verdict.items() if is_right)
        count.update(verdict)
    shares = {field: right[field] / count[field] for field in count}
    floors = {"title": 0.87, "authors": 0.87, "day": 0.985, "minute": 0.98}
    assert {field: shares[field] for field in floors if shares[field] < floors[field]} == {}
