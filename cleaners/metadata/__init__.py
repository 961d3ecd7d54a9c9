"""Metadata of a page: title, authors, dates and what else it states about itself, each with where it was read.

Pages state these things several times, for search engines, for social networks and for readers, and not always the
same. `read_metadata` weighs the statements; the modules beside it each read one kind.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaners.metadata.config import MetadataConfig
    from cleaners.metadata.fill import add_told
    from cleaners.metadata.model import Metadata, Question
    from cleaners.metadata.read import page_time, read_metadata

__all__ = ["Metadata", "MetadataConfig", "Question", "add_told", "page_time", "read_metadata"]

_PLACES = {
    "Metadata": "model",
    "MetadataConfig": "config",
    "Question": "model",
    "add_told": "fill",
    "page_time": "read",
    "read_metadata": "read",
}


def __getattr__(name: str) -> object:
    """Load a module when it is asked for: the process that fetches needs the configuration alone."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
