"""Metadata with what the lines around the text tell beyond it.

Where JSON-LD, meta elements and marked bylines say nothing or say less (a date without its time, the outlet's name for
an author), the lines around the text are asked. They never contradict what was read before.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from cleaners.dates import day_of
from cleaners.metadata.config import MetadataConfig
from cleaners.metadata.model import Metadata, PageTime
from cleaners.metadata.name_kinds import is_agency, is_group
from cleaners.metadata.text import headline_key
from cleaners.metadata.told import CreditLine, Told, read_told
from corpus.types import Published

#: Where such facts were read, as `Metadata.sources` names it.
SOURCE = "visible-line"


def add_told(metadata: Metadata, lines: Sequence[CreditLine], page: PageTime, config: MetadataConfig) -> Metadata:
    """Return metadata with what the lines around the text tell beyond it.

    Args:
        metadata: What the page states.
        lines: The lines around its text, in page order.
        page: Place and time that the page's dates were written in.
        config: Thresholds.
    """
    told = read_told(lines, page, config)
    published = _published(metadata.published, told)
    modified = _modified(metadata.modified, published, told)
    authors = _authors(metadata, told.names)[: config.max_authors]
    replaced = metadata.authors if authors != metadata.authors else ()
    agency = metadata.agency or told.agency or _agency((*told.names, *replaced))
    found = {"published": published, "modified": modified, "authors": authors, "agency": agency}
    changed = [name for name, value in found.items() if value != getattr(metadata, name)]
    if not changed:
        return metadata
    return replace(
        metadata,
        published=published,
        modified=modified,
        authors=authors,
        agency=agency,
        sources={**metadata.sources, **dict.fromkeys(changed, SOURCE)},
    )


def _published(known: Published | None, told: Told) -> Published | None:
    """Return the time of publication: what a line labels so where only a search of the page found a day."""
    stated = told.published
    if stated is not None and (known is None or known.source == "htmldate"):
        known = Published(on=stated, source=SOURCE)
    elif known is None and told.unlabelled is not None:
        known = Published(on=told.unlabelled, source=SOURCE)
    return _sharpened(known, (stated, told.unlabelled))


def _modified(known: Published | None, published: Published | None, told: Told) -> Published | None:
    """Return the time of the last change; none lies before the publication."""
    if known is None and told.modified is not None:
        return Published(on=told.modified, source=SOURCE) if _is_later(told.modified, published) else None
    return _sharpened(known, (told.modified,))


def _is_later(modified: date | datetime, published: Published | None) -> bool:
    """Tell whether a change lies behind the publication, by the minutes on the page's clock.

    Where nothing but a search of the page found a day of publication, it may be that of the change itself.
    """
    if published is None or published.source == "htmldate":
        return True
    if isinstance(modified, datetime) and isinstance(published.on, datetime):
        return _minute(modified) > _minute(published.on)
    return day_of(modified) > day_of(published.on) or (
        day_of(modified) == day_of(published.on) and isinstance(modified, datetime)
    )


def _minute(when: datetime) -> datetime:
    return when.replace(tzinfo=None, second=0, microsecond=0)


def _sharpened(known: Published | None, stated: Sequence[date | datetime | None]) -> Published | None:
    """Return a day with the time that a line states of it."""
    if known is None or isinstance(known.on, datetime):
        return known
    times = (when for when in stated if isinstance(when, datetime) and when.date() == known.on)
    return next((Published(on=when, source=SOURCE) for when in times), known)


def _agency(credited: Sequence[str]) -> str | None:
    return next((name for name in credited if is_agency(name)), None)


def _authors(metadata: Metadata, names: Sequence[str]) -> tuple[str, ...]:
    """Return the authors: those of the line where the page credits nobody, or none but groups and it names persons."""
    own = headline_key(metadata.site_name or "")
    names = [name for name in names if headline_key(name) != own]
    persons = tuple(name for name in names if not is_group(name))
    known = metadata.authors
    if known and metadata.sources.get("authors") != "trafilatura":
        return persons if persons and all(is_group(name) or headline_key(name) == own for name in known) else known
    return persons or (known or tuple(names))
