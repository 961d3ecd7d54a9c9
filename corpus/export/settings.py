"""How an export is written, and what there is to know of a format.

The formats themselves are entered in `corpus.export.formats`.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from pathlib import Path

from corpus.errors import ConfigError
from corpus.export.journal import Journal, Tally
from corpus.export.manifest import ARTICLES_NAME, Format, Manifest
from corpus.export.records import FIELDS, SIGNALS_FIELD, Field, Record
from corpus.export.selection import Filters
from corpus.export.shards import Shard, Shards, Writer
from corpus.likeness import Keep
from corpus.types import WarcRecord

#: Articles a file unless told otherwise: about 250 MB of JSON before compression, 80 after it.
DEFAULT_SHARD_ARTICLES = 50_000
#: Formats that have a place for signals of quality.
_WITH_SIGNALS = (Format.JSONL, Format.PARQUET)
#: Filters that every manifest states; the others only where they are used.
_FIRST_FILTERS = ("sites", "languages", "since", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A variant of a format for a certain reader."""

    #: A line for the list of formats.
    help: str
    #: Folder of the shards.
    folder: str = ARTICLES_NAME
    #: As `FormatEntry.table`, where the profile has another one.
    table: tuple[str, str] | None = None
    #: Splits where none are asked for.
    splits: tuple[tuple[str, float], ...] = ()
    #: Completes the export: given its folder, its settings as the manifest has them and what was counted, returns the
    #: manifest with the files as they are then.
    complete: Callable[[Path, Manifest, Tally], Manifest] = lambda _, manifest, __: manifest


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
    #: Articles a file, at least 1, where the format has files of many. None means what the format's entry says.
    shard_articles: int | None = None
    filters: Filters = field(default_factory=Filters)
    #: Which of the copies and versions of a story, among the articles that meet the filters.
    keep: Keep = Keep.CANONICAL
    #: Paragraphs that stand in at least so many stories, of at least so many sites, are cut; None cuts none.
    cut_paragraphs: tuple[int, int] | None = None
    #: Names of splits, and the share of the stories that goes to each; the shares sum up to 1. Copies and versions of
    #: a story are always in one split. Empty for an export in one piece.
    splits: tuple[tuple[str, float], ...] = ()
    #: Give each record its signals of quality (`corpus.signals`); JSON Lines and Parquet have a place for them.
    with_signals: bool = False
    #: Mask personal data in the texts (`corpus.privacy`).
    mask_pii: bool = False

    def __post_init__(self) -> None:
        entry = FORMATS[self.format]
        if self.with_signals and self.format not in _WITH_SIGNALS:
            raise ConfigError(f"signals go with {' and '.join(_WITH_SIGNALS)}; {entry.name} has no place for them")
        if self.mask_pii and self.format is Format.WARC:
            raise ConfigError("a WARC file holds pages as they came: nothing in it can be masked")
        if not self.compress and not entry.compressible:
            raise ConfigError(f"{entry.name} leaves no choice of compression: leave out compress=False (--no-compress)")
        if self.shard_articles is not None and self.shard_articles < 1:
            raise ConfigError(f"shard_articles must be at least 1: {self.shard_articles}")
        if not entry.sharded and self.shard_articles is not None:
            raise ConfigError(f"shard_articles does not go with {entry.name}, which has one file an article")
        if self.profile is not None and self.profile not in entry.profiles:
            known = ", ".join(entry.profiles) or "it has none"
            raise ConfigError(f"{entry.name} has no profile called {self.profile}; its profiles: {known}")
        if self.splits:
            self._check_splits(entry)
        else:
            object.__setattr__(self, "splits", self.variant.splits)

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
            "shard_articles": (self.shard_articles or entry.shard_articles) if entry.sharded else None,
            "filters": filters,
            "keep": self.keep.value,
            "cut_paragraphs": None if self.cut_paragraphs is None else list(self.cut_paragraphs),
        }
        later: dict[str, object] = {"profile": self.profile, "splits": dict(self.splits)}
        later |= {"with_signals": self.with_signals, "mask_pii": self.mask_pii}
        return used | {name: value for name, value in later.items() if value}

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of a record."""
        return (*FIELDS, SIGNALS_FIELD) if self.with_signals else FIELDS

    @property
    def variant(self) -> Profile:
        """What the profile says; where there is none, what goes for the format itself."""
        return FORMATS[self.format].profiles[self.profile] if self.profile else Profile(help="")

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
        if not (min(shares) > 0 and abs(sum(shares) - 1) <= 1e-9):  # what is no number fulfils nothing
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
    #: Tells where the payload of an archived revisit stands; None where only the record itself says so.
    original: Callable[[WarcRecord], WarcRecord | None]
    #: Tells where the later pages of an article in several parts stand, by its archived page.
    later_pages: Callable[[WarcRecord], tuple[WarcRecord, ...]]


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
    #: Articles a file unless told otherwise.
    shard_articles: int = DEFAULT_SHARD_ARTICLES
    #: Whether compression can be chosen.
    compressible: bool = True
    #: Variants for a certain reader.
    profiles: Mapping[str, Profile] = field(default_factory=dict)
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
            stage.folder / settings.variant.folder,
            lambda path: open_shard(path, settings, stage),
            settings.shard_articles or FORMATS[settings.format].shard_articles,
            journal=stage.journal,
            series=settings.series,
            series_of=settings.series_of,
        )

    return open_export


#: Every format; `corpus.export.formats` fills it.
FORMATS: dict[Format, FormatEntry] = {}
