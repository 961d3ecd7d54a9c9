"""The tables beside this package: where metadata stands, and the words of bylines.

They are data so that a name is added without touching code.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def places(section: str) -> Mapping[str, tuple[str, ...]]:
    """Return one section of ``places.toml``.

    >>> places("meta")["access"]
    ('article:content_tier', 'og:article:content_tier')
    """
    content = tomllib.loads(files(__package__).joinpath("places.toml").read_text(encoding="utf-8"))
    return {name: tuple(entries) for name, entries in content[section].items()}


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """Return ``words.toml``: for each kind of word in bylines the words, case-folded."""
    content = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    return {name: tuple(entries) for name, entries in content.items()}
