"""Captures as rows: how a verdict is written to the database and read back."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable

import zstandard

from corpus.dedup import text_key
from corpus.rights import fields_of
from corpus.types import Article, Cut, Removal, Verdict
from corpus.urls import canonicalise

_COMPRESS = zstandard.ZstdCompressor(level=3)
_DECOMPRESS = zstandard.ZstdDecompressor()

#: A row of table ``capture``, or a part of it, by column.
Columns = dict[str, str | int | float | bytes | None]

#: Fields of `Article` that stand in the ``metadata`` column, as JSON.
_IN_METADATA = (
    "declared_language",
    "authors",
    "agency",
    "description",
    "section",
    "tags",
    "image",
    "licence",
    "paywalled",
    "page_type",
    "charset",
)

#: Of a text: that no capture has it, and no snapshot.
UNREFERENCED = """hash NOT IN (SELECT text_hash FROM capture WHERE text_hash IS NOT NULL)
                  AND hash NOT IN (SELECT text_hash FROM record WHERE text_hash IS NOT NULL)"""


def pack_cuts(cuts: Iterable[Cut]) -> bytes | None:
    """Return cuts as a compressed column, None for none."""
    rows = [[cut.text, cut.rule, cut.score] for cut in cuts]
    return _COMPRESS.compress(json.dumps(rows, ensure_ascii=False).encode()) if rows else None


def unpack_cuts(packed: bytes | None) -> tuple[Cut, ...]:
    """Return the cuts of a compressed column."""
    if packed is None:
        return ()
    return tuple(
        Cut(text=text, rule=rule, score=score) for text, rule, score in json.loads(_DECOMPRESS.decompress(packed))
    )


def page_key(url: str, fallback: str) -> str:
    """Return the canonical form of a URL that a page names, or ``fallback`` where it is no URL."""
    try:
        return canonicalise(url)
    except ValueError:
        return fallback


def capture_columns(verdict: Verdict, *, url_key: str) -> Columns:
    """Return the columns of table ``capture`` that a verdict decides."""
    if isinstance(verdict, Removal):
        return {
            "reason": verdict.reason.value,
            "evidence": verdict.evidence,
            "title": verdict.title,
            "cuts": pack_cuts(verdict.cuts),
        }
    return {
        "reason": None,
        "evidence": None,
        "canonical_url": page_key(verdict.canonical_url, url_key),
        "title": verdict.title,
        "language": verdict.language,
        "confidence": verdict.language_confidence,
        "published": verdict.published.on.isoformat() if verdict.published else None,
        "modified": verdict.modified.on.isoformat() if verdict.modified else None,
        "site_name": verdict.site_name,
        "words": verdict.words,
        "text_hash": text_hash(verdict.text),
        "text_key": text_key(verdict.text),
        "metadata": _metadata(verdict),
        "cuts": pack_cuts(verdict.cuts),
    }


def text_hash(text: str) -> bytes:
    """Return the name under which a text is stored."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def store_text(db: sqlite3.Connection, text: str) -> None:
    """Store a text under its hash, once."""
    db.execute("INSERT OR IGNORE INTO text (hash, body) VALUES (?, ?)", (text_hash(text), text))


def _metadata(article: Article) -> str:
    fields = {name: value for name in _IN_METADATA if (value := getattr(article, name)) not in (None, ())}
    if article.posts:
        fields["posts"] = [
            [post.headline, post.published.isoformat() if post.published else None, post.text] for post in article.posts
        ]
    if article.rights:
        fields["rights"] = fields_of(article.rights)
    fields["sources"] = dict(article.sources)
    for name in ("published", "modified"):
        time = getattr(article, name)
        if time is not None:
            fields["sources"][name] = time.source
    return json.dumps(fields, ensure_ascii=False, sort_keys=True)
