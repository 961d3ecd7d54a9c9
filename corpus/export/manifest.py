"""The manifest of an export: what is in it, how it was made, and how to find out whether it is whole."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from corpus.errors import ExportError
from corpus.export.records import Field, Kind

MANIFEST_NAME = "manifest.json"
#: Folder of the files of JSON Lines and Parquet: the manifest stands outside, so that readers can be given a folder
#: (pyarrow and Spark take every file in it for one of theirs).
ARTICLES_NAME = "articles"
#: Says that a folder is an export of ours.
_KIND = "news-corpus-collector export"
#: Raised when a reader of the old manifest would misread the new one.
_VERSION = 1
#: Fields that stand in a manifest only where they say something.
_RARE = ("splits", "left_out", "origin", "masked")


class Format(StrEnum):
    """The file formats of exports."""

    #: One JSON object a line, compressed with zstandard unless told otherwise.
    JSONL = "jsonl"
    #: Apache Parquet; needs the extra ``parquet``.
    PARQUET = "parquet"
    #: One ``.txt`` an article, in folders by site, and a table of their metadata.
    TEXT = "text"
    #: One ``.md`` an article, with YAML front matter.
    MARKDOWN = "markdown"
    #: The archived pages behind the articles.
    WARC = "warc"
    #: spaCy's DocBin; needs the extra ``nlp``, as the three below it do.
    SPACY = "spacy"
    #: CoNLL-U, with sentences and tokens.
    CONLLU = "conllu"
    #: Verticalised text for CWB, Sketch Engine and NoSketch Engine.
    VRT = "vrt"
    #: TEI P5; needs the extra only with the profile ``tokens``.
    TEI = "tei"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """A file of an export."""

    #: Path below the export's folder, with slashes.
    file: str
    #: Size of the file.
    bytes: int
    #: SHA-256 of the file, in hexadecimal.
    sha256: str
    #: Number of articles in it.
    articles: int

    @classmethod
    def measure(cls, folder: Path, path: Path, articles: int) -> "ExportedFile":
        """Measure a file that is written and closed."""
        return cls(
            file=path.relative_to(folder).as_posix(),
            bytes=path.stat().st_size,
            sha256=file_sha256(path),
            articles=articles,
        )

    def is_whole(self, folder: Path) -> bool:
        """Tell whether the file is there and as it was measured."""
        path = folder / self.file
        return path.is_file() and path.stat().st_size == self.bytes and file_sha256(path) == self.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is in an export, and how it was made; it names no time and no machine, so that equal exports are equal."""

    format: Format
    #: Settings and filters of the export, as used.
    settings: Mapping[str, object]
    #: The corpus' configuration at the time of the export.
    configuration: Mapping[str, object]
    #: Versions of the software that decides the bytes.
    software: Mapping[str, str]
    #: Number of articles.
    articles: int
    #: Words of all texts.
    words: int
    #: Number of articles of each site.
    sites: Mapping[str, int]
    #: Number of articles in each language.
    languages: Mapping[str, int]
    #: Number of articles that each cleaner (version and settings) made.
    cleaners: Mapping[str, int]
    #: Fields of a record, in their order.
    fields: tuple[Field, ...]
    #: The files beside the manifest; the texts of a text export stand in ``metadata.tsv`` instead, with checksums.
    files: tuple[ExportedFile, ...]
    #: Size of all files, the texts of a text export included.
    bytes: int = field(default=0)
    #: Ids of articles that were removed on request and may be in earlier exports: whoever has one takes them out.
    forgotten: tuple[str, ...] = ()
    #: Number of articles of each split, in their order; only where the export is split.
    splits: Mapping[str, int] = field(default_factory=dict)
    #: Articles that met the conditions and are not in it, by the reason; only where there are any.
    left_out: Mapping[str, int] = field(default_factory=dict)
    #: What the articles were taken from, where that is not the corpus of today: the name of a snapshot …
    origin: Mapping[str, object] = field(default_factory=dict)
    #: Pieces of personal data that were masked, by kind; only where there are any.
    masked: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the manifest as it stands in ``manifest.json``."""
        fields = {name: value for name, value in asdict(self).items() if value or name not in _RARE}
        return json.dumps({"kind": _KIND, "version": _VERSION} | fields, ensure_ascii=False, indent=2) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of an export.

    Raises:
        ExportError: There is none, it is of something else, or it was written by a newer version.
    """
    file = folder / MANIFEST_NAME
    try:
        fields = json.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ExportError(folder, f"has no {MANIFEST_NAME}: it is no export, or was copied in part") from error
    except (OSError, ValueError) as error:
        raise ExportError(file, f"cannot be read: {error}") from error
    if not isinstance(fields, dict) or fields.pop("kind", None) != _KIND:
        raise ExportError(file, "is no manifest of a news-corpus-collector export")
    version = fields.pop("version", None)
    if version != _VERSION:
        raise ExportError(file, f"has version {version}, this software knows {_VERSION}; install the newer one")
    try:
        fields["format"] = Format(fields["format"])
        fields["fields"] = tuple(Field(**{**item, "kind": Kind(item["kind"])}) for item in fields["fields"])
        fields["files"] = tuple(ExportedFile(**item) for item in fields["files"])
        fields["forgotten"] = tuple(fields.get("forgotten", ()))
        return Manifest(**fields)
    except (KeyError, TypeError, ValueError) as error:
        raise ExportError(file, f"is damaged: {error}") from error


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
