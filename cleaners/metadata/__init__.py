"""Metadata of a page: title, authors, dates and what else it states about itself, each with where it was read.

Pages state these things several times, for search engines, for social networks and for readers, and not always the
same. `read_metadata` weighs the statements; the modules beside it each read one kind.
"""

from cleaners.metadata.config import MetadataConfig
from cleaners.metadata.fill import add_told
from cleaners.metadata.model import Metadata
from cleaners.metadata.read import page_time, read_metadata

__all__ = ["Metadata", "MetadataConfig", "add_told", "page_time", "read_metadata"]
