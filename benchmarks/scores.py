"""How well a text or a field agrees with the truth: pure functions, one page at a time.

Texts are compared as multisets of shingles (four words in a row), as https://github.com/scrapinghub/article-extraction-benchmark
does, and as bags of words. A Han or kana character is a word, as there are no spaces to tell words by.
"""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

_MARKS = "".join(char for char in map(chr, range(0x300, 0xFFFF)) if unicodedata.category(char).startswith("M"))
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(f"[{_UNSPACED}]|[^\\W{_UNSPACED}](?:[^\\W{_UNSPACED}]|[{_MARKS}])*")
_QUOTES = str.maketrans({**dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‘’‚‛′", "'")})
# Soft hyphens, zero-width spaces and joiners, marks of direction, byte order marks.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_NAME_BORDER = re.compile(r"\s*(?:;|,|/|&|\band\b|\bund\b|\bet\b)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Agreement of two multisets; each figure in [0, 1]."""

    f1: float
    precision: float
    recall: float


def words(text: str) -> list[str]:
    """Split a text into words.

    >>> words("Two words, 東京")
    ['Two', 'words', '東', '京']
    """
    return _TOKEN.findall(_visible(text))


def shingles(tokens: Sequence[str], size: int) -> Counter[tuple[str, ...]]:
    """Count the runs of ``size`` words; a shorter text is one run."""
    size = min(size, len(tokens))
    return (
        Counter(tuple(tokens[start : start + size]) for start in range(len(tokens) - size + 1)) if size else Counter()
    )


def overlap(truth: Counter[tuple[str, ...]], found: Counter[tuple[str, ...]]) -> Overlap:
    """Compare two multisets.

    >>> overlap(shingles(words("a b c d"), 1), shingles(words("a b c d e f g h"), 1)).precision
    0.5
    """
    if not truth and not found:
        return Overlap(1.0, 1.0, 1.0)
    shared = (truth & found).total()
    if not shared:
        return Overlap(0.0, 0.0, 0.0)
    precision, recall = shared / found.total(), shared / truth.total()
    return Overlap(2 * precision * recall / (precision + recall), precision, recall)


def plain(text: str) -> str:
    r"""Return a text with its white space folded and its quotes straight, however they were written.

    >>> plain("“So”,  she\nsaid, &quot;no&quot;")
    '"So", she said, "no"'
    """
    return " ".join(_visible(html.unescape(text)).translate(_QUOTES).split())


def _visible(text: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


def headed(text: str, headline: str) -> str:
    """Put a headline before a text that does not begin with it.

    Some sets count the headline as text, some systems deliver it beside the text: so compared, neither matters.
    """
    key, start = "".join(words(headline)).casefold(), "".join(words(text[: 2 * len(headline) + 600])).casefold()
    return text if key in start else f"{headline}\n{text}"


def names(authors: str | Iterable[str] | None) -> frozenset[str]:
    """Return the set of names in a byline or a list of authors.

    >>> sorted(names("Ann Lee, Bo Ek and Cy Orr"))
    ['ann lee', 'bo ek', 'cy orr']
    """
    given = [authors] if isinstance(authors, str) else authors or ()
    return frozenset(plain(name).casefold() for byline in given for name in _NAME_BORDER.split(byline) if name.strip())


def moment(stated: str | None) -> date | datetime | None:
    """Read a date of the truth: a day, or a time with or without a zone; midnight sharp is a day without a time.

    >>> moment("2026-11-14T00:00:00+00:00")
    datetime.date(2026, 11, 14)
    """
    if not stated:
        return None
    try:
        found = date.fromisoformat(stated) if len(stated) == 10 else datetime.fromisoformat(stated)
    except ValueError:
        return None
    return found.date() if isinstance(found, datetime) and found.time() == time() else found


def same_day(truth: date | datetime, found: date | datetime | None) -> bool:
    """Whether two times name one day: as written, or as one instant."""
    if found is None:
        return False
    return truth.isoformat()[:10] == found.isoformat()[:10] or same_minute(truth, found)


def same_minute(truth: date | datetime, found: date | datetime | None) -> bool:
    """Whether two times are the same to the minute; without zones as written."""
    if not isinstance(truth, datetime) or not isinstance(found, datetime):
        return False
    if truth.tzinfo and found.tzinfo:
        return abs((truth - found).total_seconds()) < 60
    return truth.replace(tzinfo=None, second=0, microsecond=0) == found.replace(tzinfo=None, second=0, microsecond=0)
