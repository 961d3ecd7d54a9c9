"""How signals are spread over a corpus: percentiles, of all articles or by site or language."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.articles import Selection, conditions_of
from corpus.signals.definitions import NAMES, VERSION

#: Percentiles that are told.
PERCENTILES = (1, 5, 25, 50, 75, 95, 99)
_GROUPS = {"site": "url.site", "language": "capture.language"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a signal is spread over some articles."""

    #: Name of the site or language; empty for all articles.
    group: str
    signal: str
    #: Articles of which it is known.
    articles: int
    #: Articles of which it is not.
    unknown: int
    #: The signal at each of `PERCENTILES`; empty where it is known of no article.
    percentiles: tuple[float, ...]


def find_spreads(
    db: sqlite3.Connection, signals: Sequence[str], selection: Selection, *, by: str | None = None
) -> Iterator[Spread]:
    """Yield how signals are spread, signal by signal.

    Args:
        db: The corpus' database.
        signals: Names out of `corpus.signals.definitions.NAMES`.
        selection: Of which articles: sites, languages and days; all else of it is not minded.
        by: ``site`` or ``language``, to tell of each by itself.

    Raises:
        KeyError: There is no such signal or group.
    """
    group = "''" if by is None else _GROUPS[by]
    conditions, values = conditions_of(selection)
    for name in signals:
        column = f"quality.{NAMES[NAMES.index(name)]}" if name in NAMES else _no(name)
        rows = db.execute(
            f"""SELECT {group}, {column} FROM quality JOIN article ON article.id = quality.article_id
                JOIN capture ON capture.fetch_id = article.capture_id JOIN url ON url.id = capture.url_id
                WHERE quality.version = {VERSION} AND {conditions}""",
            values,
        )
        found: dict[str, list[float | None]] = {}
        for key, value in rows:
            found.setdefault(key, []).append(value)
        for key in sorted(found):
            known = [value for value in found[key] if value is not None]
            yield Spread(
                group=key,
                signal=name,
                articles=len(known),
                unknown=len(found[key]) - len(known),
                percentiles=tuple(np.percentile(known, PERCENTILES).round(4).tolist()) if known else (),
            )


def _no(name: str) -> str:
    raise KeyError(name)
