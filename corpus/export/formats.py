"""The formats of exports: one entry each, and the settings that an export is written by.

Exporter, command line and verification know of a format only what its entry in `FORMATS` says.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

import zstandard

from corpus.errors import ConfigError
from corpus.export.journal import Journal
from corpus.export.jsonl import JsonLinesShard
from corpus.export.manifest import ARTICLES_NAME, Format
from corpus.export.parquet import ParquetShard, import_pyarrow
from corpus.export.plaintext import TABLE_NAME, TEXTS_NAME, TextFolder
from corpus.export.records import Record
from corpus.export.selection import Filters
from corpus.export.shards import Shard, Shards, Writer
from corpus.likeness import Keep

#: Articles a file unless told otherwise: about 250 MB of JSON before compression, 80 after it.
DEFAULT_SHARD_ARTICLES = 50_000
#: Filters that every manifest states; the others only where they are used.
_FIRST_FILTERS = ("sites", "languages", "since", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How an export is written.

    Raises:
        ConfigError: when a setting is out of range, or does not go with the format.
    """

    format: Format = Format.JSONL
    #: Variant of the format for a certain reader, one of `FormatEntry.profiles`; None for the format itself.
    profile: str | None = None
    #: Compress the files, where the format knows compression.
    compress: bool = True
    #: Articles a file, at least 1, where the format has files of many. None means `DEFAULT_SHARD_ARTICLES`.
    shard_articles: int | None = None
    filters: Filters = field(default_factory=Filters)
    #: Which of the copies and versions of a story, among the articles that meet the filters.
    keep: Keep = Keep.CANONICAL
    #: Paragraphs that stand in at least so many stories, of at least so many sites, are cut; None cuts none.
    cut_paragraphs: tuple[int, int] | None = None
    #: Names of splits, and the share of the stories that goes to each; the shares sum up to 1. Copies and versions of
    #: a story are always in one split. Empty for an export in one piece.
    splits: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        entry = FORMATS[self.format]
        if self.shard_articles is not None and self.shard_articles < 1:
            raise ConfigError(f"shard_articles must be at least 1: {self.shard_articles}")
        if not entry.sharded and self.shard_articles is not None:
            raise ConfigError(f"shard_articles does not go with {entry.name}, which has one file an article")
        if self.profile is not None and self.profile not in entry.profiles:
            known = ", ".join(entry.profiles) or "it has none"
            raise ConfigError(f"{entry.name} has no profile called {self.profile}; its profiles: {known}")
        if self.splits:
            self._check_splits(entry)

    def as_used(self) -> dict[str, object]:
        """Return the settings as the manifest states them, what came with later versions only where it is used."""
        entry = FORMATS[self.format]
        filters = {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in asdict(self.filters).items()
            if value or name in _FIRST_FILTERS
        }
        used: dict[str, object] = {
            "compress": self.compress if entry.compressible else None,
            "shard_articles": (self.shard_articles or DEFAULT_SHARD_ARTICLES) if entry.sharded else None,
            "filters": filters,
            "keep": self.keep.value,
            "cut_paragraphs": None if self.cut_paragraphs is None else list(self.cut_paragraphs),
        }
        later: dict[str, object] = {"profile": self.profile, "splits": dict(self.splits)}
        return used | {name: value for name, value in later.items() if value}

    @property
    def series(self) -> tuple[str, ...]:
        """Names of the series of shards: the splits, or the only one."""
        return tuple(name for name, _ in self.splits) or (ARTICLES_NAME,)

    def series_of(self, record: Record) -> str:
        """Return the series that a record belongs to, which its cluster alone decides."""
        if not self.splits:
            return ARTICLES_NAME
        digest = hashlib.sha256(str(record["cluster"]).encode()).digest()
        place = int.from_bytes(digest[:8], "big") / 2**64
        ends = accumulate(share for _, share in self.splits)
        return next((name for name, end in zip(self.series, ends, strict=True) if place < end), self.series[-1])

    def _check_splits(self, entry: "FormatEntry") -> None:
        if not entry.sharded:
            raise ConfigError(f"splits do not go with {entry.name}, which has one file an article")
        names = [name for name, _ in self.splits]
        if len(set(names)) < len(names) or not all(name.isascii() and name.isidentifier() for name in names):
            raise ConfigError(f"splits need different names of letters, digits and underscores: {', '.join(names)}")
        shares = [share for _, share in self.splits]
        if min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
            stated = ", ".join(f"{name}={share:g}" for name, share in self.splits)
            raise ConfigError(f"the shares of splits must be above 0 and sum up to 1: {stated}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where an export is written, and what a format may take from there."""

    #: The folder to write to; it is renamed when the export is complete.
    folder: Path
    #: The corpus' archive, for formats that copy from it.
    archive: Path
    #: What was written so far.
    journal: Journal


def _accept(_: Settings) -> None:
    """Find nothing wrong."""


def _nothing(_: Settings) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatEntry:
    """What there is to know of a format."""

    #: The format's name in a sentence.
    name: str
    #: A line for the list of formats.
    help: str
    #: Begins an export, or goes on with one; `sharded` makes this of what begins one file.
    open: Callable[[Stage, Settings], Writer]
    #: Returns the versions of the software, besides ours, that decides the bytes.
    software: Callable[[Settings], Mapping[str, str]] = _nothing
    #: Called before the disk is touched; raises ConfigError where a library is missing or the settings do not fit.
    check: Callable[[Settings], object] = _accept
    #: Whether it has files of many articles (so that shards and splits apply), not one file an article.
    sharded: bool = True
    #: Whether compression can be chosen.
    compressible: bool = True
    #: Variants for a certain reader, and a line for the list of formats on each.
    profiles: Mapping[str, str] = field(default_factory=dict)
    #: Table of the files that are too many for a manifest (tab-separated, with the columns file, bytes and sha256), and
    #: the folder they stand in.
    table: tuple[str, str] | None = None


def sharded(open_shard: Callable[[Path, Settings, Stage], Shard]) -> Callable[[Stage, Settings], Writer]:
    """Return what begins an export in shards.

    Args:
        open_shard: Begins a shard; given its path without an ending, the settings, and the stage.
    """

    def open_export(stage: Stage, settings: Settings) -> Writer:
        return Shards(
            stage.folder,
            lambda path: open_shard(path, settings, stage),
            settings.shard_articles or DEFAULT_SHARD_ARTICLES,
            journal=stage.journal,
            series=settings.series,
            series_of=settings.series_of,
        )

    return open_export


def _zstd_version(settings: Settings) -> Mapping[str, str]:
    return {"zstd": ".".join(map(str, zstandard.ZSTD_VERSION))} if settings.compress else {}


#: Every format; a new one needs a member of `Format` and an entry here.
FORMATS: Mapping[Format, FormatEntry] = {
    Format.JSONL: FormatEntry(
        name="JSON Lines",
        help="One JSON object a line, compressed with zstandard.",
        open=sharded(lambda path, settings, _: JsonLinesShard(path, compress=settings.compress)),
        software=_zstd_version,
    ),
    Format.PARQUET: FormatEntry(
        name="Parquet",
        help="Typed columns; needs the extra parquet.",
        open=sharded(lambda path, settings, _: ParquetShard(path, compress=settings.compress)),
        software=lambda _: {"pyarrow": version("pyarrow")},
        check=lambda _: import_pyarrow(),
    ),
    Format.TEXT: FormatEntry(
        name="plain text",
        help="One .txt an article, in folders by site, and a table of their metadata.",
        open=lambda stage, _: TextFolder(stage.folder),
        sharded=False,
        compressible=False,
        table=(TABLE_NAME, TEXTS_NAME),
    ),
}
