"""The words of ``words.toml``, read once."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What segments and parameters of URLs are called; the table's comments say what each list is for."""

    listings: frozenset[str]
    listings_or_folders: frozenset[str]
    fronts: frozenset[str]
    machinery: frozenset[str]
    ignored_first: frozenset[str]
    ignored_last: frozenset[str]
    ignored_alone: frozenset[str]
    assets: frozenset[str]
    pages: frozenset[str]
    folder_documents: frozenset[str]
    story_parameters: frozenset[str]
    listing_parameters: frozenset[str]
    ignored_parameters: frozenset[str]
    page_parameters: frozenset[str]
    offset_parameters: frozenset[str]
    page_words: frozenset[str]

    @classmethod
    def read(cls) -> Self:
        """Read the table that is part of this package."""
        table = tomllib.loads(files("collector.discovery").joinpath("words.toml").read_text(encoding="utf-8"))
        parameters = {f"{name}_parameters": words for name, words in table.pop("parameters").items()}
        return cls(**{name: frozenset(words) for name, words in (table | parameters).items()})


WORDS = Words.read()
