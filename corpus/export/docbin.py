"""spaCy's own format: a ``DocBin`` of tokenised documents, with the article's metadata in ``Doc.user_data``."""

import os
import zlib
from importlib.metadata import version
from pathlib import Path

from corpus.export.records import Record
from corpus.export.segmentation import Segmenter
from corpus.export.tokenizers import import_spacy

#: What is stored of a token beside its text: its norm, as tokenizers know it ("n't" is "not"), where sentences begin,
#: and what the tokenizer for Japanese finds out on the way, which is empty for others and then takes no room.
ATTRIBUTES = ("NORM", "SENT_START", "LEMMA", "TAG", "POS", "MORPH")


class DocBinShard:
    """A ``.spacy`` file, being written; held in memory until it is full, as its readers hold it."""

    def __init__(self, path: Path, segmenter: Segmenter) -> None:
        """Write to ``path`` with the ending ``.spacy``.

        Raises:
            ConfigError: spaCy is not installed.
        """
        self.path = path.with_name(f"{path.name}.spacy")
        self._segmenter = segmenter
        self._bin = import_spacy().tokens.DocBin(attrs=ATTRIBUTES, store_user_data=True)

    def add(self, record: Record) -> None:
        """Take an article."""
        document = self._segmenter.document(str(record["text"]), str(record["language"]))
        document.user_data = {name: value for name, value in record.items() if name != "text"}
        self._bin.add(document)

    def finish(self) -> None:
        """Write the file and bring it to the disk."""
        with self.path.open("wb") as file:
            file.write(self._bin.to_bytes())
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> None:
        """Do nothing: no file is open."""


def docbin_versions() -> dict[str, str]:
    """Return the versions of what packs the documents."""
    return {"srsly": version("srsly"), "zlib": zlib.ZLIB_RUNTIME_VERSION}
