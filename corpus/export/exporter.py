"""Writes an export: articles from the corpus, one at a time, to the files of a format."""

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from corpus.errors import EmptyExportError
from corpus.export.formats import FORMATS, Settings, Stage
from corpus.export.journal import Journal, fingerprint_of
from corpus.export.manifest import MANIFEST_NAME, ExportedFile, Manifest
from corpus.export.masking import mask_record, masking_versions
from corpus.export.shards import LeftOutError
from corpus.export.source import CorpusSource, Source
from corpus.export.target import clear, staged
from corpus.reader import Corpus
from corpus.search.tokens import made_by


def export(
    corpus: Corpus | Source,
    target: Path,
    settings: Settings | None = None,
    *,
    configuration: Mapping[str, object] | None = None,
    force: bool = False,
    progress: Callable[[int], None] = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
) -> Manifest:
    """Export a corpus, in memory that does not grow with it; return the manifest.

    What is exported is the corpus of one moment, whatever a crawl adds meanwhile. The export is at ``target`` when it
    is complete, and not before. One that was killed goes on behind its last finished shards, when the corpus, the
    settings and the software are the same.

    Args:
        corpus: The corpus, or another source of articles.
        target: The folder of the export. An older export there is replaced.
        settings: How it is written.
        configuration: The corpus' configuration, for the manifest.
        force: Replace ``target`` even where it is no export of ours, or where there is nothing to export.
        progress: Called with the number of articles written so far, after each.
        say: Called with a sentence for the user when an interrupted export goes on or begins anew.

    Raises:
        ConfigError: ``target`` holds something else, or the format's library is missing.
        CorpusBusyError: Another process exports to ``target``.
        EmptyExportError: No article meets the conditions, and ``target`` holds something that this would replace.
        ExportError: The disk does not take it.
        StoreError: The database cannot be read.
    """
    settings = settings or Settings()
    source = CorpusSource(corpus) if isinstance(corpus, Corpus) else corpus
    entry = FORMATS[settings.format]
    entry.check(settings)  # before anything on the disk is touched
    software = {"news-corpus-collector": version("news-corpus-collector"), **entry.software(settings)}
    if settings.mask_pii:
        software |= masking_versions()
    if settings.filters.query is not None:
        software |= {"search": made_by()}
    # The moment ends when the export is in its place: a takedown waits for that, and then finds it.
    with source.moment(), staged(target, source.folder, force=force) as folder:
        journal = _journal(folder, source, settings, configuration, software)
        clear(folder, journal, say)
        stage = Stage(
            folder=folder,
            archive=source.folder.archive,
            journal=journal,
            original=source.original,
            later_pages=source.later_pages,
        )
        files, size = _write(source, stage, settings, progress)
        forgotten = source.forgotten()
        tally = journal.total()
        if not tally.articles and not force and target.is_dir() and any(target.iterdir()):
            raise EmptyExportError(target, "is left as it is, because no article meets the conditions")
        manifest = Manifest(
            format=settings.format,
            settings=settings.as_used(),
            configuration=configuration or {},
            software=software,
            articles=tally.articles,
            words=tally.words,
            sites=dict(sorted(tally.sites.items())),
            languages=dict(sorted(tally.languages.items())),
            cleaners=dict(sorted(tally.cleaners.items())),
            fields=settings.fields,
            files=files,
            bytes=size,
            forgotten=forgotten,
            splits=journal.by_series() if settings.splits else {},
            left_out=dict(sorted(tally.left_out.items())),
            origin=source.origin(),
            masked=dict(sorted(tally.masked.items())),
        )
        journal.remove()
        manifest = settings.variant.complete(folder, manifest, tally)
        # Last, so that a folder with a manifest has everything the manifest speaks of.
        with (folder / MANIFEST_NAME).open("w", encoding="utf-8") as file:
            file.write(manifest.to_json())
            file.flush()
            os.fsync(file.fileno())
    return manifest


def _journal(
    folder: Path,
    source: Source,
    settings: Settings,
    configuration: Mapping[str, object] | None,
    software: Mapping[str, str],
) -> Journal:
    state = source.state()
    decisive = (settings.format, settings.as_used(), configuration, software, settings.fields, source.origin(), state)
    return Journal(folder, settings.series, None if state is None else fingerprint_of(*decisive))


def _write(
    source: Source, stage: Stage, settings: Settings, progress: Callable[[int], None]
) -> tuple[tuple[ExportedFile, ...], int]:
    """Write what the journal does not hold yet; return the files to name in the manifest, and the size of all files."""
    journal = stage.journal
    with closing(FORMATS[settings.format].open(stage, settings)) as writer:
        for record in source.records(settings, after=journal.after()):
            series = settings.series_of(record)
            if journal.holds(series, str(record["id"])):
                continue
            record, masked = mask_record(record) if settings.mask_pii else (record, None)
            # Before it is counted: adding it may finish the shard before it.
            try:
                writer.add(record)
            except LeftOutError as reason:
                journal.leave_out(series, record, str(reason))
                continue
            journal.count(series, record, masked)
            progress(journal.articles)
        return writer.finish()
