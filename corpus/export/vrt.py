"""Verticalised text for the Corpus Workbench (CWB), Sketch Engine and NoSketch Engine: one token or tag a line.

``<doc>`` has the metadata, ``<p>`` and ``<s>`` are paragraphs and sentences, and ``<g/>`` stands between two tokens
without white space, of two sentences too. Special characters are escaped as in XML: CWB undoes that (``-x``), Sketch
Engine takes them as they stand. White space other than one space is one space here; the store's texts have no other
inside a paragraph.
"""

import os
from pathlib import Path

from corpus.export.manifest import ExportedFile
from corpus.export.records import Record
from corpus.export.segmentation import Segmented, Segmenter
from corpus.export.shards import Writer
from corpus.export.textshard import TextShard, metadata, xml_attribute, xml_text
from corpus.export.vrt_setup import ATTRIBUTES, MULTIPLE, setup_files

_GLUE = "<g/>"


class VrtShard(TextShard):
    """A ``.vrt`` file, being written."""

    def __init__(self, path: Path, segmenter: Segmenter) -> None:
        """Write to ``path`` with the ending ``.vrt``."""
        super().__init__(
            path.with_name(f"{path.name}.vrt"),
            lambda record: format_article(record, segmenter.segment(str(record["text"]), str(record["language"]))),
        )


class VrtFolder:
    """An export as verticalised text: the shards, and beside them what CWB and Sketch Engine want to be told."""

    def __init__(self, folder: Path, shards: Writer) -> None:
        """Write to ``folder``; ``shards`` writes the articles."""
        self._folder = folder
        self._shards = shards

    def add(self, record: Record) -> None:
        """Write an article."""
        self._shards.add(record)

    def finish(self) -> tuple[tuple[ExportedFile, ...], int]:
        """Finish the shards and write the declarations; return all of them, and their size."""
        files, size = self._shards.finish()
        told = tuple(self._write(name, text) for name, text in setup_files().items())
        return files + told, size + sum(file.bytes for file in told)

    def close(self) -> None:
        """Close the current shard."""
        self._shards.close()

    def _write(self, name: str, text: str) -> ExportedFile:
        path = self._folder / name
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return ExportedFile.measure(self._folder, path, 0)


def format_article(record: Record, segmented: Segmented) -> str:
    """Return an article as verticalised text; an article of white space only has a ``<doc>`` and nothing in it."""
    values = doc_attributes(record)
    lines = ["<doc " + " ".join(f'{name}="{xml_attribute(values[name])}"' for name in ATTRIBUTES) + ">"]
    for paragraph in segmented.paragraphs:
        lines.append("<p>")
        for sentence in paragraph:
            lines.append("<s>")
            for token in sentence:
                lines.append(xml_text(token.text))
                if not token.after:
                    lines.append(_GLUE)
            # What holds two sentences together stands between them, and nothing at the end of a paragraph.
            if lines[-1] == _GLUE:
                lines.pop()
            lines.append("</s>")
            if not sentence[-1].after and sentence is not paragraph[-1]:
                lines.append(_GLUE)
        lines.append("</p>")
    return "\n".join([*lines, "</doc>\n"])


def doc_attributes(record: Record) -> dict[str, str]:
    """Return what a ``<doc>`` says of an article: every one of `ATTRIBUTES`, empty where nothing is known.

    Days are the publisher's; several values have ``|`` between them.
    """
    known = {name: value.replace("|", "/") for name, value in metadata(record, separator=" ").items()}
    known |= {name: line for name, line in metadata(record, separator="|").items() if name in MULTIPLE}
    day = str(record["published"] or "")[:10]
    known |= {"id": str(record["id"]), "date": day, "month": day[:7], "year": day[:4]}
    return {name: known.get(name, "") for name in ATTRIBUTES}
