"""The record of an article in an export: its fields, their types and what they mean; the same in every format."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corpus.paragraphs import CommonParagraphs
from corpus.reader import StoredArticle
from corpus.rights import Statement, fields_of
from corpus.types import Post, WarcRecord
from corpus.words import count_words

#: A value as JSON knows it; every format starts from these.
Value = (
    str
    | int
    | float
    | bool
    | None
    | list[str]
    | list[dict[str, str]]
    | list[dict[str, str | None]]
    | dict[str, str | int | None]
    | dict[str, int | float | None]
)
#: An article in an export: the names of `FIELDS`, in their order.
Record = dict[str, Value]


class Kind(StrEnum):
    """What values a field has; the names stand in the manifest."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    #: ISO 8601 with a zone, an instant: ``2026-11-22T06:10:05+00:00``.
    INSTANT = "instant"
    #: ISO 8601, as precise as the publisher was: ``2026-11-22``, or with a time, with or without a zone.
    PUBLISHER_TIME = "publisher time"
    STRINGS = "list of strings"
    #: ``[{"field": "title", "source": "json-ld"}, …]``: a map would have other keys in each record, for which Hugging
    #: Face's datasets and others that infer a schema have no type.
    SOURCES = "list of field and source"
    #: ``[{"signal": "noai", "stance": "reserved", "place": "page", "evidence": …, "terms": …, "action": …,
    #: "reason": …}, …]``; terms and reason may be null.
    RIGHTS = "list of statements on use"
    #: ``[{"headline": …, "published": …, "text": …}, …]``; headline and published may be null.
    POSTS = "list of posts"
    #: ``{"file": string, "offset": integer, "length": integer or null}``.
    PLACE = "place in the archive"
    #: ``{"words": 412, "stop_words": 0.43, …}``: a number for each of `corpus.signals.definitions.SIGNALS`, or null.
    SIGNALS = "signals of quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of the record."""

    name: str
    kind: Kind
    meaning: str
    #: Whether the value may be missing (null).
    optional: bool = False


FIELDS = (
    Field(name="id", kind=Kind.STRING, meaning="Stable name of the article; records are sorted by it"),
    Field(name="url", kind=Kind.STRING, meaning="URL of the page that the text was taken from, in canonical form"),
    Field(name="canonical_url", kind=Kind.STRING, meaning="What the page itself names as its canonical URL, else url"),
    Field(name="site", kind=Kind.STRING, meaning="Name of the site's entry in collector.toml"),
    Field(name="title", kind=Kind.STRING, meaning="Headline", optional=True),
    Field(name="text", kind=Kind.STRING, meaning="Paragraphs with one blank line between them, Unicode NFC"),
    Field(name="language", kind=Kind.STRING, meaning="ISO 639-1 code, 639-3 where there is none, or und"),
    Field(name="language_confidence", kind=Kind.NUMBER, meaning="Confidence in language, from 0 to 1"),
    Field(
        name="declared_language",
        kind=Kind.STRING,
        meaning="Language that the page declares (BCP 47, as written)",
        optional=True,
    ),
    Field(name="authors", kind=Kind.STRINGS, meaning="Persons, or an agency where only that is credited"),
    Field(
        name="agency", kind=Kind.STRING, meaning="News agency that is credited, beside persons or alone", optional=True
    ),
    Field(
        name="published",
        kind=Kind.PUBLISHER_TIME,
        meaning="Day or time of publication, never more precise than the publisher",
        optional=True,
    ),
    Field(
        name="modified",
        kind=Kind.PUBLISHER_TIME,
        meaning="Day or time of the last change that the publisher states",
        optional=True,
    ),
    Field(name="site_name", kind=Kind.STRING, meaning="Name of the publication, as the page states it", optional=True),
    Field(name="description", kind=Kind.STRING, meaning="Summary from the page's metadata", optional=True),
    Field(name="section", kind=Kind.STRINGS, meaning="Sections or categories, outermost first"),
    Field(name="tags", kind=Kind.STRINGS, meaning="Tags or keywords"),
    Field(name="image", kind=Kind.STRING, meaning="URL of the lead image", optional=True),
    Field(name="licence", kind=Kind.STRING, meaning="Licence (URL or name), where the page states one", optional=True),
    Field(
        name="paywalled",
        kind=Kind.BOOLEAN,
        meaning="Whether the page says that it is not free to read; null where it says nothing",
        optional=True,
    ),
    Field(
        name="page_type",
        kind=Kind.STRING,
        meaning="What the page says it is: NewsArticle, LiveBlogPosting …",
        optional=True,
    ),
    Field(name="posts", kind=Kind.POSTS, meaning="Posts of a live blog, in the order in which the page states them"),
    Field(
        name="rights",
        kind=Kind.RIGHTS,
        meaning="What is said of the page's use (opt-outs, reservations, terms), where, and what was done about it",
    ),
    Field(name="sources", kind=Kind.SOURCES, meaning="For metadata fields, where on the page they were read"),
    Field(name="words", kind=Kind.INTEGER, meaning="Words of text; each Han or kana character counts as one"),
    Field(name="fetched_at", kind=Kind.INSTANT, meaning="When this version of the page was fetched, in UTC"),
    Field(
        name="cluster",
        kind=Kind.STRING,
        meaning="Id of the canonical article among its copies and versions; the article's own where it has none",
    ),
    Field(name="canonical", kind=Kind.BOOLEAN, meaning="Whether the article speaks for its cluster"),
    Field(
        name="appearances",
        kind=Kind.STRINGS,
        meaning="Every URL under which the story was seen, those of copies and versions included, in order",
    ),
    Field(name="version", kind=Kind.INTEGER, meaning="Number of this text among those of the story on this site"),
    Field(name="versions", kind=Kind.INTEGER, meaning="Number of different texts that url has had"),
    Field(
        name="cut_paragraphs",
        kind=Kind.STRINGS,
        meaning="Paragraphs that were cut from text because they are common: '31 stories of 4 sites: Support our …'",
    ),
    Field(
        name="warc",
        kind=Kind.PLACE,
        meaning="WARC record of the page: file below archive/, byte offset, length; null where the page forbade a copy",
        optional=True,
    ),
    Field(name="cleaner", kind=Kind.STRING, meaning="Version and settings of the cleaner that made the text"),
)

#: Stands behind `FIELDS` where signals are asked for.
SIGNALS_FIELD = Field(
    name="signals", kind=Kind.SIGNALS, meaning="Signals of quality of the text as it is stored; docs/quality.md"
)

#: Names of fields that `StoredArticle` calls otherwise.
_ATTRIBUTES = {"warc": "warc_record", "appearances": "cluster_appearances"}


def record_of(article: StoredArticle, common: CommonParagraphs | None = None) -> Record:
    """Return an article as a record of an export, without its common paragraphs if they are given."""
    record = {
        field.name: [] if field.name == "cut_paragraphs" else _plain(getattr(article, _attribute(field.name)))
        for field in FIELDS
    }
    return record if common is None else cut_common(record, common)


def cut_common(record: Record, common: CommonParagraphs) -> Record:
    """Return a record without its common paragraphs."""
    text, cut = common.cut(str(record["text"]))
    if not cut:
        return record
    told: list[str] = [f"{one.stories} stories of {one.sites} sites: {one.text}" for one in cut]
    return record | {"text": text, "words": count_words(text), "cut_paragraphs": told}


def _attribute(name: str) -> str:
    return _ATTRIBUTES.get(name, name)


def _plain(value: object) -> Value:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, WarcRecord):
        return {"file": value.file, "offset": value.offset, "length": value.length}
    if isinstance(value, Mapping):
        return [{"field": key, "source": value[key]} for key in sorted(value)]
    if isinstance(value, tuple) and value and isinstance(value[0], Statement):
        return fields_of(value)
    if isinstance(value, tuple) and value and isinstance(value[0], Post):
        return [
            {
                "headline": post.headline,
                "published": None if post.published is None else post.published.isoformat(),
                "text": post.text,
            }
            for post in value
            if isinstance(post, Post)
        ]
    if isinstance(value, tuple):
        return [str(item) for item in value]
    raise TypeError(f"no field of a record can hold a {type(value).__name__}: {value!r}")
