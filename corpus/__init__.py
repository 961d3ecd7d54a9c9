"""The corpus: one folder that holds the archive, the database and the exports."""

from corpus.reader import Corpus, StoredArticle, UrlStory, open_corpus

__all__ = ["Corpus", "StoredArticle", "UrlStory", "open_corpus"]
