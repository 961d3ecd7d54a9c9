"""Tables of words, letters and scripts: what the cleaners know of languages, as data."""

import tomllib
from importlib.resources import files
from typing import Any


def read_table(name: str) -> dict[str, Any]:
    """Return the content of the TOML file ``name`` that stands in this package."""
    return tomllib.loads(files(__name__).joinpath(name).read_text(encoding="utf-8"))
