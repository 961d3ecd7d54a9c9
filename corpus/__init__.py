"""The corpus: one folder that holds the archive, the database and the exports."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.reader import Corpus, StoredArticle, UrlStory, open_corpus

__all__ = ["Corpus", "StoredArticle", "UrlStory", "open_corpus"]


def __getattr__(name: str) -> object:
    """Load the reader when it is asked for: whoever needs an error or a type of ours need not wait for it."""
    if name in __all__:
        return getattr(import_module("corpus.reader"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
