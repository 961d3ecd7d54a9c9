"""Lines that state when and by whom and nothing else: datelines and bylines that stand in the text.

They are told by what is left of a line without its dates, the names that the page credits anyway, and the words of such
lines (``facts`` and ``ages`` in ``data/furniture.toml``). Only above the text and below it: within it, a date may be a
post's of a live blog, or a cell of a table.
"""

import re
from collections.abc import Sequence

from cleaners.config import CleanerConfig, StatedConfig
from cleaners.dates import find_dates
from cleaners.draft import Draft, cells_of_tables
from cleaners.extract import is_paragraph
from cleaners.furniture import coverage
from cleaners.metadata import Metadata
from cleaners.metadata.name_kinds import has_name_shape
from cleaners.metadata.names import announced, is_doubtful, split_names
from cleaners.metadata.told import is_signed

# The clock of a line whose date is taken out.
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\s?(?:[ap]\.?m\b\.?)?|\b\d{1,2}\s?[ap]\.?m\b\.?", re.IGNORECASE)
_MOST_AUTHORS = 4


def cut_stated(draft: Draft, metadata: Metadata, config: CleanerConfig) -> None:
    """Cut the lines before the text's second paragraph and behind its last that only state a date or an author.

    Args:
        draft: The page; it is changed.
        metadata: What the page states about itself.
        config: Thresholds.
    """
    kept = draft.kept
    paragraphs = [number for number, block in enumerate(kept) if is_paragraph(block, config.extract)]
    if not paragraphs:
        return
    names = (*metadata.authors, *filter(None, (metadata.agency, metadata.site_name)))
    top, last = paragraphs[:2][-1], paragraphs[-1]
    cells = cells_of_tables(kept, config.text)
    for number, block in enumerate(kept):
        if block in cells or len(block.text) > config.stated.max_line or top < number < last or number in paragraphs:
            continue
        most = config.stated.max_left_above if number < top else config.stated.max_left_below
        rule = rule_of_line(block.text, names, metadata, most, config.stated)
        if rule is not None:
            draft.cut(block, rule)


def rule_of_line(line: str, names: Sequence[str], metadata: Metadata, most: int, config: StatedConfig) -> str | None:
    """Return ``date`` or ``byline`` for a line that states one and says next to nothing else, or None.

    Args:
        line: The line.
        names: Persons, agencies and the site, which the page credits anyway.
        metadata: Its language decides how dates are read.
        most: Letters and digits that may be left.
        config: Thresholds.
    """
    if _is_byline(line) or is_signed(line):
        return "byline"
    rest = line
    # Which of two readings 1/12/2008 has makes no difference here; that it has one does.
    for mention in reversed(find_dates(line, language=metadata.declared_language, country="US")):
        rest = f"{rest[: mention.start]} {rest[mention.end :]}"
    dated = rest != line
    if dated:
        rest = _CLOCK.sub(" ", rest)
    for name in sorted(names, key=len, reverse=True):
        rest = re.sub(re.escape(name), " ", rest, flags=re.IGNORECASE)
    total, left = sum(map(str.isalnum, line)), sum(map(str.isalnum, rest))
    found = coverage(rest)
    stated = found.get("facts", 0.0) + (found.get("ages", 0.0) if any(map(str.isdigit, line)) else 0.0)
    left = round(left * (1 - min(1.0, stated)))
    if not (dated or stated) or left > min(most, config.max_left_share * total):
        return None
    return "date" if dated else "byline"


def _is_byline(line: str) -> bool:
    """Whether a line is a word for "by" and names; behind "von" and "de", which begin names too, of two capitals."""
    rest = announced(line)
    if not rest:
        return False
    authors = split_names(rest)
    capitals = 2 if is_doubtful(line.split(maxsplit=1)[0]) else 0
    return 0 < len(authors) <= _MOST_AUTHORS and all(
        has_name_shape(name, single=False) and sum(word[0].isupper() for word in name.split()) >= capitals
        for name in authors
    )
