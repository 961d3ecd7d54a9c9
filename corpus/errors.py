"""Every error the collector raises on purpose, under one root.

    CollectorError
    ├── ConfigError            a setting is wrong: names the file, the field and the value
    ├── PageError              one page is broken: carries its URL
    │   ├── DecodeError        the bytes are no text (a PDF served as HTML, a truncated gzip)
    │   │   └── TooLargeError  the body is, or inflates to, more bytes than are allowed
    │   └── ExtractionError    an extractor failed on the page
    ├── DiscoveryError         a feed or sitemap cannot be read: carries its URL
    ├── ArchiveError           a WARC record cannot be read or written: carries file and offset
    ├── ExportError            an export cannot be written or read: carries its path
    │   └── EmptyExportError   there is nothing to export, and what is there stays
    └── StoreError             the database cannot be used
        ├── SchemaError        the database was written by a newer version
        └── CorpusBusyError         another process holds what we need: says who

A page that is readable but not wanted is no error: it becomes a `corpus.types.Removal`.
"""

from pathlib import Path


class CollectorError(Exception):
    """Root of every error raised on purpose; its message is fit to be shown to a user."""


class ConfigError(CollectorError):
    """A setting is wrong."""


class PageError(CollectorError):
    """One page is broken; the crawl goes on."""

    def __init__(self, url: str, message: str) -> None:
        super().__init__(url, message)
        #: The page's URL.
        self.url = url
        #: What is wrong, without the URL.
        self.message = message

    def __str__(self) -> str:
        return f"{self.message} ({self.url})"


class DecodeError(PageError):
    """The bytes are no text."""


class TooLargeError(DecodeError):
    """The body is, or inflates to, more bytes than are allowed."""


class ExtractionError(PageError):
    """An extractor failed on the page."""


class DiscoveryError(PageError):
    """A feed or a sitemap cannot be read."""


class ArchiveError(CollectorError):
    """A WARC record cannot be read or written."""

    def __init__(self, file: Path | str, offset: int | None, message: str) -> None:
        super().__init__(str(file), offset, message)
        #: The WARC file.
        self.file = Path(file)
        #: Byte offset of the record in the file, where known.
        self.offset = offset
        #: What is wrong, without the place.
        self.message = message

    def __str__(self) -> str:
        place = self.file if self.offset is None else f"{self.file} at byte {self.offset}"
        return f"{self.message} ({place})"


class ExportError(CollectorError):
    """An export cannot be written or read."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(str(path), message)
        #: The export's folder, or a file in it.
        self.path = path
        #: What is wrong, without the path.
        self.message = message

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class EmptyExportError(ExportError):
    """No article meets the conditions of an export, and what it would replace is left as it is."""


class StoreError(CollectorError):
    """The database cannot be used."""


class SchemaError(StoreError):
    """The database was written by a newer version of the collector."""


class CorpusBusyError(StoreError):
    """Another process holds what we need."""
