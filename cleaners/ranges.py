"""The check that every threshold goes through when a configuration is built."""

from corpus.errors import ConfigError


def check_range(owner: object, low: float, high: float, *names: str) -> None:
    """Check that each of the fields ``names`` of ``owner`` lies in [low, high].

    Raises:
        ConfigError: names the class, the field and the value.

    >>> from types import SimpleNamespace
    >>> check_range(SimpleNamespace(min_words=50), 1, 100, "min_words")
    """
    for name in names:
        value = getattr(owner, name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            raise ConfigError(f"{type(owner).__name__}.{name} must lie in [{low}, {high}], not {value!r}")
