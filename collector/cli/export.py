"""``collector export``."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import CorpusOption, JsonOption, app, err, escape, out, print_json
from collector.cli.bars import progress
from collector.cli.exits import Exit
from collector.cli.near import warn_of_waiting
from collector.config import read_config
from corpus import open_corpus
from corpus.errors import ConfigError
from corpus.export import Filters, Format, Manifest, Settings, count_articles
from corpus.export import export as write_export
from corpus.export import verify as verify_export
from corpus.folder import CorpusFolder
from corpus.likeness import Keep

_DAY = ["%Y-%m-%d"]


@app.command(
    epilog="Examples:\n\n  collector export\n\n  collector export --format parquet --language en --since 2026-01-01\n\n"
    "  collector export --keep all --cut-paragraphs\n\n"
    "  collector export --format text --site harbour-post --to ~/harbour-post\n\n"
    "  collector export --verify exports/jsonl"
)
def export(
    corpus: CorpusOption = Path(),
    form: Annotated[Format, typer.Option("--format", "-f", help="The files' format.")] = Format.JSONL,
    to: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to.", show_default="exports/FORMAT in the corpus folder")
    ] = None,
    site: Annotated[list[str] | None, typer.Option(help="Only of this site (may be repeated).")] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Only in this language, as in ISO 639-1 (may be repeated).")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=_DAY, help="Only published on this day or later; leaves out undated ones."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Only published before this day; leaves out undated ones.")
    ] = None,
    keep: Annotated[
        Keep | None,
        typer.Option(
            help="Which copies and versions of a story: the canonical one, the first of each site, or all.",
            show_default="as collector.toml says",
        ),
    ] = None,
    cut_paragraphs: Annotated[
        bool, typer.Option("--cut-paragraphs", help="Leave out paragraphs that are common to many stories and sites.")
    ] = False,
    compress: Annotated[bool, typer.Option("--compress/--no-compress", help="Compress with zstandard.")] = True,
    shard_articles: Annotated[
        int | None, typer.Option(min=1, help="Articles a file (JSON Lines and Parquet).", show_default="50000")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace DIR even if it is no export of ours.")] = False,
    verify: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Export nothing: compare an export with its checksums.")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Write the articles to files that other software reads, with a manifest and checksums.

    The same corpus and settings give the same bytes. An export is there whole or not at all, and replaces the one
    before it.
    """
    if verify is not None:
        return _verify(verify, as_json=as_json)
    folder = CorpusFolder(corpus)
    config = read_config(folder.config)
    settings = Settings(
        format=form,
        compress=compress,
        shard_articles=shard_articles,
        filters=Filters(
            sites=tuple(site or ()),
            languages=tuple(language or ()),
            since=since.date() if since else None,
            until=until.date() if until else None,
        ),
        keep=config.dedup.keep if keep is None else keep,
        cut_paragraphs=(config.dedup.paragraph_stories, config.dedup.paragraph_sites) if cut_paragraphs else None,
    )
    target = folder.exports / form.value if to is None else to
    with open_corpus(corpus) as opened:
        _check_sites(settings.filters.sites, {str(row[0]) for row in opened.query("SELECT DISTINCT site FROM url")})
        warn_of_waiting(opened, config)
        with progress("exporting", count_articles(opened, settings.filters, settings.keep)) as advance:
            manifest = write_export(
                opened,
                target,
                settings,
                configuration=config.model_dump(mode="json"),
                force=force,
                progress=lambda _: advance(""),
            )
    _report(manifest, target, as_json=as_json)
    return Exit.OK if manifest.articles else Exit.INCOMPLETE


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
