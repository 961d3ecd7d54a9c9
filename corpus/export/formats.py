"""The formats of exports: one entry each.

Exporter, command line and verification know of a format only what its entry in `FORMATS` says.
"""

import zlib
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path

import zstandard

from corpus.export.antconc import ANTCONC_COLUMNS, ANTCONC_TABLE, antconc_name, antconc_row
from corpus.export.conllu import ConlluShard
from corpus.export.conventions import for_datatrove, for_dolma
from corpus.export.docbin import DocBinShard, docbin_versions
from corpus.export.huggingface import complete_dataset
from corpus.export.jsonl import JsonLinesShard, Packing
from corpus.export.manifest import Format
from corpus.export.markdown import format_markdown
from corpus.export.parquet import ParquetShard, import_pyarrow
from corpus.export.plaintext import TABLE_NAME, TEXTS_NAME, TextFolder, name_by_site
from corpus.export.segmentation import Segmenter
from corpus.export.settings import FORMATS, FormatEntry, Profile, Settings, Stage, sharded
from corpus.export.shards import Shard, Writer
from corpus.export.tei import TOKENS, TeiShard
from corpus.export.tokenizers import import_spacy, tokenizer_versions
from corpus.export.vrt import VrtFolder, VrtShard
from corpus.export.warcs import WarcShard

__all__ = ["FORMATS", "FormatEntry", "Profile", "Settings", "Stage", "sharded"]


def _packing(settings: Settings) -> Packing:
    if not settings.compress:
        return Packing.NONE
    # The toolkit's documentation knows gzip alone, and so do older versions of it.
    return Packing.GZIP if settings.profile == "dolma" else Packing.ZSTD


def _open_json_lines(path: Path, settings: Settings, _: Stage) -> JsonLinesShard:
    arrangements = {"datatrove": for_datatrove, "dolma": for_dolma}
    if settings.profile is None:
        return JsonLinesShard(path, packing=_packing(settings))
    return JsonLinesShard(path, packing=_packing(settings), arrange=arrangements[settings.profile])


def _open_text(stage: Stage, settings: Settings) -> TextFolder:
    if settings.profile is None:
        return TextFolder(stage.folder)
    return TextFolder(
        stage.folder, name_of=antconc_name, row_of=antconc_row, columns=ANTCONC_COLUMNS, table=ANTCONC_TABLE
    )


def _compressor(settings: Settings) -> Mapping[str, str]:
    versions = {
        Packing.ZSTD: {"zstd": ".".join(map(str, zstandard.ZSTD_VERSION))},
        Packing.GZIP: {"zlib": zlib.ZLIB_RUNTIME_VERSION},
        Packing.NONE: dict[str, str](),
    }
    return versions[_packing(settings)]


def _segmented(open_shard: Callable[[Path, Segmenter], Shard]) -> Callable[[Stage, Settings], Writer]:
    """Return what begins an export whose shards share what divides texts into tokens."""

    def open_export(stage: Stage, settings: Settings) -> Writer:
        segmenter = Segmenter()
        return sharded(lambda path, _, __: open_shard(path, segmenter))(stage, settings)

    return open_export


def _open_vrt(stage: Stage, settings: Settings) -> Writer:
    return VrtFolder(stage.folder, _segmented(VrtShard)(stage, settings))


def _open_tei(stage: Stage, settings: Settings) -> Writer:
    if settings.profile == TOKENS:
        return _segmented(TeiShard)(stage, settings)
    return sharded(lambda path, _, __: TeiShard(path))(stage, settings)


# Every format; a new one needs a member of `Format` and an entry here.
FORMATS |= {
    Format.JSONL: FormatEntry(
        name="JSON Lines",
        help="One JSON object a line, compressed with zstandard.",
        open=sharded(_open_json_lines),
        software=_compressor,
        profiles={
            "datatrove": Profile(help="text, id and metadata, as datatrove's JsonlReader takes them."),
            "dolma": Profile(
                help="id, text, source, added, created and metadata in documents/*.jsonl.gz, as Dolma's toolkit does.",
                folder="documents",
            ),
        },
    ),
    Format.PARQUET: FormatEntry(
        name="Parquet",
        help="Typed columns; needs the extra parquet.",
        open=sharded(lambda path, settings, _: ParquetShard(path, compress=settings.compress, fields=settings.fields)),
        software=lambda _: {"pyarrow": version("pyarrow")},
        check=lambda _: import_pyarrow(),
        profiles={
            "huggingface": Profile(
                help="A dataset folder for load_dataset: data/train-00000-of-00001.parquet, and a dataset card.",
                folder="data",
                splits=(("train", 1.0),),
                complete=complete_dataset,
            )
        },
    ),
    Format.TEXT: FormatEntry(
        name="plain text",
        help="One .txt an article, in folders by site, and a table of their metadata.",
        open=_open_text,
        sharded=False,
        compressible=False,
        table=(TABLE_NAME, TEXTS_NAME),
        profiles={
            "antconc": Profile(
                help="One folder, and articles.tsv with doc_id, for AntConc's corpus manager.",
                table=(ANTCONC_TABLE, TEXTS_NAME),
            )
        },
    ),
    Format.MARKDOWN: FormatEntry(
        name="Markdown",
        help="One .md an article, metadata as YAML front matter, in folders by site.",
        open=lambda stage, _: TextFolder(
            stage.folder, file_of=format_markdown, name_of=partial(name_by_site, ending=".md")
        ),
        sharded=False,
        compressible=False,
        table=(TABLE_NAME, TEXTS_NAME),
    ),
    Format.WARC: FormatEntry(
        name="WARC",
        help="The archived pages behind the articles, with their requests, as .warc.gz.",
        open=sharded(lambda path, _, stage: WarcShard(path, stage.archive, stage.original, stage.later_pages)),
        software=lambda _: {"fastwarc": version("fastwarc")},
        compressible=False,
    ),
    Format.SPACY: FormatEntry(
        name="spaCy",
        help="DocBin files of tokenised documents, metadata in user_data; needs the extra nlp.",
        open=_segmented(DocBinShard),
        software=lambda _: {**tokenizer_versions(), **docbin_versions()},
        check=lambda _: import_spacy(),
        compressible=False,
        shard_articles=1_000,  # held in memory, several times over, by whoever reads or writes one
    ),
    Format.CONLLU: FormatEntry(
        name="CoNLL-U",
        help="A token a line, with ids of paragraphs and sentences, metadata as comments; needs the extra nlp.",
        open=_segmented(ConlluShard),
        software=lambda _: tokenizer_versions(),
        check=lambda _: import_spacy(),
        compressible=False,
        shard_articles=10_000,
    ),
    Format.VRT: FormatEntry(
        name="VRT",
        help="Verticalised text for CWB, Sketch Engine and NoSketch Engine, with registry files; needs the extra nlp.",
        open=_open_vrt,
        software=lambda _: tokenizer_versions(),
        check=lambda _: import_spacy(),
        compressible=False,
        shard_articles=10_000,
    ),
    Format.TEI: FormatEntry(
        name="TEI",
        help="TEI P5: a teiCorpus a file, each article with its header.",
        open=_open_tei,
        software=lambda settings: tokenizer_versions() if settings.profile == TOKENS else {},
        check=lambda settings: import_spacy() if settings.profile == TOKENS else None,
        compressible=False,
        shard_articles=1_000,  # tools that read XML into a tree hold a whole file
        profiles={TOKENS: Profile(help="Sentences, words and signs as elements; needs the extra nlp.")},
    ),
}
