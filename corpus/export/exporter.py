"""Writes an export: articles from the corpus, one at a time, to the files of a format."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path

import zstandard

from corpus.errors import ConfigError
from corpus.export.jsonl import JsonLinesShard
from corpus.export.manifest import MANIFEST_NAME, Format, Manifest
from corpus.export.parquet import ParquetShard, import_pyarrow
from corpus.export.plaintext import TextFolder
from corpus.export.records import FIELDS, Record, record_of
from corpus.export.selection import Filters, one_moment
from corpus.export.shards import Shards, Writer
from corpus.export.target import staged
from corpus.likeness import Keep
from corpus.paragraphs import CommonParagraphs
from corpus.reader import Corpus

#: Articles a file unless told otherwise: about 250 MB of JSON before compression, 80 after it.
DEFAULT_SHARD_ARTICLES = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How an export is written.

    Raises:
        ConfigError: when a setting is out of range, or does not go with the format.
    """

    format: Format = Format.JSONL
    #: Compress JSON Lines and Parquet with zstandard; plain text is never compressed.
    compress: bool = True
    #: Articles a file, at least 1; plain text has one file an article. None means `DEFAULT_SHARD_ARTICLES`.
    shard_articles: int | None = None
    filters: Filters = field(default_factory=Filters)
    #: Which of the copies and versions of a story, among the articles that meet the filters.
    keep: Keep = Keep.CANONICAL
    #: Paragraphs that stand in at least so many stories, of at least so many sites, are cut; None cuts none.
    cut_paragraphs: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.shard_articles is not None and self.shard_articles < 1:
            raise ConfigError(f"shard_articles must be at least 1: {self.shard_articles}")
        if self.format is Format.TEXT and self.shard_articles is not None:
            raise ConfigError("shard_articles does not go with plain text, which has one file an article")

    def as_used(self) -> dict[str, object]:
        """Return the settings as the manifest states them."""
        plain_text = self.format is Format.TEXT
        filters = {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in asdict(self.filters).items()
        }
        return {
            "compress": None if plain_text else self.compress,
            "shard_articles": None if plain_text else self.shard_articles or DEFAULT_SHARD_ARTICLES,
            "filters": filters,
            "keep": self.keep.value,
            "cut_paragraphs": None if self.cut_paragraphs is None else list(self.cut_paragraphs),
        }


def export(
    corpus: Corpus,
    target: Path,
    settings: Settings | None = None,
    *,
    configuration: Mapping[str, object] | None = None,
    force: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Manifest:
    """Export a corpus, in memory that does not grow with it; return the manifest.

    What is exported is the corpus of one moment, whatever a crawl adds meanwhile. The export is at ``target`` when it
    is complete, and not before.

    Args:
        corpus: The corpus.
        target: The folder of the export. An older export there is replaced.
        settings: How it is written.
        configuration: The corpus' configuration, for the manifest.
        force: Replace ``target`` even where it is no export of ours.
        progress: Called with the number of articles written so far, after each.

    Raises:
        ConfigError: ``target`` holds something else, or the format's library is missing.
        CorpusBusyError: Another process exports to ``target``.
        ExportError: The disk does not take it.
        StoreError: The database cannot be read.
    """
    settings = settings or Settings()
    if settings.format is Format.PARQUET:
        import_pyarrow()  # before anything on the disk is touched
    tally = _Tally()
    with staged(target, corpus.folder, force=force) as folder:
        with one_moment(corpus), closing(_writer(folder, settings)) as writer:
            articles = corpus.select(settings.filters.selection(settings.keep))
            common = _common(corpus, settings)
            for record in tally.counted(record_of(article, common) for article in articles):
                writer.add(record)
                progress(tally.articles)
            files, size = writer.finish()
            forgotten = tuple(row[0] for row in corpus.query(_FORGOTTEN))
        manifest = Manifest(
            format=settings.format,
            settings=settings.as_used(),
            configuration=configuration or {},
            software=_software(settings),
            articles=tally.articles,
            words=tally.words,
            sites=dict(sorted(tally.sites.items())),
            languages=dict(sorted(tally.languages.items())),
            cleaners=dict(sorted(tally.cleaners.items())),
            fields=FIELDS,
            files=files,
            bytes=size,
            forgotten=forgotten,
        )
        # Last, so that a folder with a manifest has everything the manifest speaks of.
        with (folder / MANIFEST_NAME).open("w", encoding="utf-8") as file:
            file.write(manifest.to_json())
            file.flush()
            os.fsync(file.fileno())
    return manifest


#: Of takedowns that are finished: until then a search for what is left of an article looks for its name, too.
_FORGOTTEN = """SELECT DISTINCT value FROM takedown, json_each(takedown.articles)
                WHERE finished_at IS NOT NULL AND value NOT IN (SELECT uid FROM article) ORDER BY value"""


@dataclass(slots=True)
class _Tally:
    """Counts the records that pass."""

    articles: int = 0
    words: int = 0
    sites: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    cleaners: Counter[str] = field(default_factory=Counter)

    def counted(self, records: Iterator[Record]) -> Iterator[Record]:
        for record in records:
            self.articles += 1
            self.words += int(str(record["words"]))
            self.sites[str(record["site"])] += 1
            self.languages[str(record["language"])] += 1
            self.cleaners[str(record["cleaner"])] += 1
            yield record


def _common(corpus: Corpus, settings: Settings) -> CommonParagraphs | None:
    if settings.cut_paragraphs is None:
        return None
    stories, sites = settings.cut_paragraphs
    return corpus.count_paragraphs(stories=stories, sites=sites)


def _writer(folder: Path, settings: Settings) -> Writer:
    if settings.format is Format.TEXT:
        return TextFolder(folder)
    shard = JsonLinesShard if settings.format is Format.JSONL else ParquetShard
    articles_each = settings.shard_articles or DEFAULT_SHARD_ARTICLES
    return Shards(folder, partial(shard, compress=settings.compress), articles_each)


def _software(settings: Settings) -> dict[str, str]:
    """Return the versions of what decides the bytes."""
    software = {"news-corpus-collector": version("news-corpus-collector")}
    if settings.format is Format.PARQUET:
        software["pyarrow"] = version("pyarrow")
    elif settings.format is Format.JSONL and settings.compress:
        software["zstd"] = ".".join(map(str, zstandard.ZSTD_VERSION))
    return software
