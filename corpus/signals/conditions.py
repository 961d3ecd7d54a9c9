"""Conditions on signals, as they are written: ``words>=100``, ``stop_words>0.05``."""

import difflib
import math
import re

from corpus.errors import ConfigError
from corpus.signals.definitions import NAMES, VERSION

_CONDITION = re.compile(
    r"\s*(?P<name>[a-z0-9_]+)\s*(?P<comparison>>=|<=|!=|==?|>|<)\s*(?P<number>[-+]?[\d.]+(e[-+]?\d+)?)\s*"
    r"(?P<unknown>\?)?\s*",
    re.IGNORECASE,
)


def condition_as_sql(condition: str) -> str:
    """Return a condition as SQL on a row of ``quality``.

    What is unknown meets no condition, unless that ends with ``?``.

    Raises:
        ConfigError: It cannot be understood, or there is no such signal; the message says what there is.

    >>> condition_as_sql("words>=100"), condition_as_sql("stop_words > 0.05?")
    ('quality.words >= 100.0', '(quality.stop_words > 0.05 OR quality.stop_words IS NULL)')
    """
    match = _CONDITION.fullmatch(condition)
    if match is None:
        raise ConfigError(f"{condition!r} is no condition on quality: write it as words>=100 or stop_words>0.05")
    name = match["name"].lower()
    if name not in NAMES:
        near = difflib.get_close_matches(name, NAMES, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(f"there is no signal {name!r}{hint} (`collector quality --list` names them)")
    try:
        number = float(match["number"])
    except ValueError as error:
        raise ConfigError(f"{condition!r} compares with no number: {match['number']}") from error
    if math.isinf(number):
        raise ConfigError(f"{condition!r} compares with a number that is too large: {match['number']}")
    told = f"quality.{name} {match['comparison']} {number!r}"
    return f"({told} OR quality.{name} IS NULL)" if match["unknown"] else told


def conditions_as_sql(conditions: tuple[str, ...]) -> str:
    """Return, as SQL on ``article`` and ``capture``, that an article was measured and meets all of some conditions."""
    told = " AND ".join(map(condition_as_sql, conditions))
    return f"""EXISTS (SELECT 1 FROM quality WHERE quality.article_id = article.id AND quality.version = {VERSION}
               AND quality.text_hash = capture.text_hash AND {told})"""
