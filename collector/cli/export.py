"""``collector export``."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import CorpusOption, JsonOption, app, err, escape, out, print_json
from collector.cli.bars import progress
from collector.cli.catching_up import update_index, update_signals
from collector.cli.exits import Exit
from collector.cli.near import warn_of_waiting
from collector.cli.options import DAY, LanguageOption
from collector.config import read_config
from corpus import open_corpus
from corpus.errors import ConfigError, EmptyExportError
from corpus.export import FORMATS, CorpusSource, Filters, Format, Manifest, Settings, Source
from corpus.export import export as write_export
from corpus.export import verify as verify_export
from corpus.folder import CorpusFolder
from corpus.likeness import Keep
from corpus.snapshots import SnapshotSource, configuration_of


@app.command(
    epilog="Examples:\n\n  collector export\n\n  collector export --list-formats\n\n"
    "  collector export --format parquet --language en --since 2026-01-01\n\n"
    "  collector export --format parquet --profile huggingface --split train=0.98,validation=0.01,test=0.01\n\n"
    "  collector export --keep all --cut-paragraphs\n\n"
    "  collector export --query 'ferr* NOT strike' --quality 'words>=100' --with-signals --mask-pii\n\n"
    "  collector export --format text --site harbour-post --to ~/harbour-post\n\n"
    "  collector export --snapshot 2026-11\n\n  collector export --verify exports/jsonl"
)
def export(
    corpus: CorpusOption = Path(),
    form: Annotated[
        Format, typer.Option("--format", "-f", help="The files' format; --list-formats tells of each.")
    ] = Format.JSONL,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="The format as a certain reader wants it; see --list-formats.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to.", show_default="exports/FORMAT[-PROFILE] in the corpus folder"),
    ] = None,
    site: Annotated[list[str] | None, typer.Option(help="Only of this site (may be repeated).")] = None,
    language: LanguageOption = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=DAY, help="Only published on this day or later; leaves out undated ones."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=DAY, help="Only published before this day; leaves out undated ones.")
    ] = None,
    keep: Annotated[
        Keep | None,
        typer.Option(
            help="Which copies and versions of a story: the canonical one, the first of each site, or all.",
            show_default="as collector.toml says",
        ),
    ] = None,
    query: Annotated[
        str | None, typer.Option(help="Only what `collector search` finds with this; see its help.")
    ] = None,
    quality: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help="Only where this holds, as 'words>=100' (may be repeated); `collector quality --list` names signals.",
        ),
    ] = None,
    with_signals: Annotated[
        bool, typer.Option("--with-signals", help="Give each record its signals of quality (JSON Lines, Parquet).")
    ] = False,
    mask_pii: Annotated[
        bool, typer.Option("--mask-pii", help="Write <EMAIL_ADDRESS>, <PHONE_NUMBER> … in place of personal data.")
    ] = False,
    cut_paragraphs: Annotated[
        bool, typer.Option("--cut-paragraphs", help="Leave out paragraphs that are common to many stories and sites.")
    ] = False,
    snapshot: Annotated[
        str | None,
        typer.Option(metavar="TAG", help="The articles of a snapshot, with the settings of its day, not today's."),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            metavar="NAME=SHARE,…",
            help="Part the stories by chance, but always alike: train=0.98,validation=0.01,test=0.01.",
        ),
    ] = None,
    compress: Annotated[bool, typer.Option("--compress/--no-compress", help="Compress the files.")] = True,
    shard_articles: Annotated[
        int | None, typer.Option(min=1, help="Articles a file, where a file has many.", show_default="50000")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace DIR even if it is no export of ours, or nothing replaces it.")
    ] = False,
    list_formats: Annotated[
        bool, typer.Option("--list-formats", help="Export nothing: list formats and profiles.")
    ] = False,
    verify: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Export nothing: compare an export with its checksums.")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Write the articles to files that other software reads, with a manifest and checksums.

    The same corpus and settings give the same bytes. An export is there whole or not at all, and replaces the one
    before it; one that was killed goes on where it was.
    """
    if list_formats:
        return _list_formats(as_json=as_json)
    if verify is not None:
        return _verify(verify, as_json=as_json)
    folder = CorpusFolder(corpus)
    config = read_config(folder.config)
    configuration = config.model_dump(mode="json") if snapshot is None else configuration_of(folder, snapshot)
    dedup = configuration["dedup"]
    settings = Settings(
        format=form,
        profile=profile,
        compress=compress,
        shard_articles=shard_articles,
        filters=Filters(
            sites=tuple(site or ()),
            languages=tuple(language or ()),
            since=since.date() if since else None,
            until=until.date() if until else None,
            query=query,
            conditions=tuple(quality or ()),
        ),
        keep=Keep(dedup["keep"]) if keep is None else keep,
        cut_paragraphs=(dedup["paragraph_stories"], dedup["paragraph_sites"]) if cut_paragraphs else None,
        splits=_splits(split),
        with_signals=with_signals,
        mask_pii=mask_pii,
    )
    if snapshot is None and query is not None:
        update_index(corpus)
    if snapshot is None and (quality or with_signals):
        update_signals(corpus)
    target = folder.exports / "-".join(filter(None, (form.value, profile, snapshot))) if to is None else to
    with open_corpus(corpus) as opened, ExitStack() as stack:
        _check_sites(settings.filters.sites, {str(row[0]) for row in opened.query("SELECT DISTINCT site FROM url")})
        source: Source = CorpusSource(opened)
        if snapshot is None:
            warn_of_waiting(opened, config)
        else:
            source = stack.enter_context(closing(SnapshotSource(opened, snapshot)))
        with progress("exporting", source.count(settings)) as advance:
            try:
                manifest = write_export(
                    source,
                    target,
                    settings,
                    configuration=configuration,
                    force=force,
                    progress=_shown_by(advance),
                    say=lambda sentence: err.print(escape(sentence), soft_wrap=True),
                )
            except EmptyExportError as error:
                err.print(f"{escape(str(error))}; --force replaces it", soft_wrap=True)
                return Exit.INCOMPLETE
    _report(manifest, target, as_json=as_json)
    return Exit.OK if manifest.articles else Exit.INCOMPLETE


def _shown_by(advance: Callable[[str], None]) -> Callable[[int], None]:
    """Return what shows the number of articles, also of an export that goes on where it was interrupted."""
    shown = 0

    def show(articles: int) -> None:
        nonlocal shown
        while shown < articles:
            advance("")
            shown += 1

    return show


def _splits(text: str | None) -> tuple[tuple[str, float], ...]:
    if text is None:
        return ()
    pairs = [pair.partition("=") for pair in text.split(",")]
    try:
        return tuple((name.strip(), float(share)) for name, _, share in pairs)
    except ValueError as error:
        raise ConfigError(f"splits are given as train=0.98,validation=0.01,test=0.01: {text}") from error


def _list_formats(*, as_json: bool) -> Exit:
    if as_json:
        print_json(
            {
                form.value: {
                    "help": entry.help,
                    "profiles": {name: profile.help for name, profile in entry.profiles.items()},
                }
                for form, entry in FORMATS.items()
            }
        )
        return Exit.OK
    for form, entry in FORMATS.items():
        out.print(f"[bold]{form.value:<10}[/] {escape(entry.help)}")
        for name, profile in entry.profiles.items():
            out.print(f"  --profile {name}: {escape(profile.help)}")
    return Exit.OK


def _check_sites(wanted: tuple[str, ...], known: set[str]) -> None:
    unknown = [name for name in wanted if name not in known]
    if unknown:
        names = ", ".join(sorted(known)) or "none yet"
        raise ConfigError(f"the corpus has nothing of a site called {', '.join(unknown)}; its sites: {names}")


def _report(manifest: Manifest, target: Path, *, as_json: bool) -> None:
    if as_json:
        print_json({"folder": str(target.absolute()), "manifest": manifest})
        return
    counts = ", ".join(f"{count} {language}" for language, count in manifest.languages.items())
    out.print(f"{manifest.articles} articles ({counts or 'none met the conditions'}), {manifest.bytes / 1e6:.1f} MB")
    if manifest.splits:
        out.print(f"splits: {', '.join(f'{count} {name}' for name, count in manifest.splits.items())}")
    if "withdrawn" in manifest.origin:
        err.print(
            f"{manifest.origin['withdrawn']} of the snapshot's {manifest.origin['articles']} articles were forgotten "
            "on request since; manifest.json names them, everything else is as it was"
        )
    if manifest.masked:
        out.print(f"masked: {', '.join(f'{count} {kind}' for kind, count in manifest.masked.items())}")
    for reason, count in manifest.left_out.items():
        err.print(f"left out: {count} articles ({escape(reason)})")
    out.print(f"export: {escape(str(target.absolute()))}", soft_wrap=True)


def _verify(folder: Path, *, as_json: bool) -> Exit:
    found = verify_export(folder)
    if as_json:
        print_json({"folder": str(folder.absolute()), "files": found.files, "faults": found.faults})
    elif not found.faults:
        out.print(f"all as it was exported: {found.manifest.articles} articles, files: {found.files}")
    else:
        for fault in found.faults[:20]:
            err.print(f"{escape(fault.file)}: {escape(fault.message)}", soft_wrap=True)
        if len(found.faults) > 20:
            err.print(f"… and {len(found.faults) - 20} more")
        err.print(f"[bold red]faults: {len(found.faults)}[/]; export again, or copy the export again")
    return Exit.CORPUS if found.faults else Exit.OK
