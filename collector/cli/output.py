"""What the reading commands share: tables that are never cut when piped, times and sizes for people, near matches."""

import difflib
import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from collector.cli.app import out
from corpus.errors import ConfigError
from corpus.rights import Statement

if TYPE_CHECKING:
    from corpus import Corpus

#: Columns that output is made for where the terminal does not say, and for texts that are read.
WIDTH = 80

# C0 and C1 controls: a title out of the web must not steer the terminal.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def plain(text: str | None) -> str:
    r"""Return text from the web in one line, without control characters.

    >>> plain("Ferry\n\x1b[31m sinks")
    'Ferry [31m sinks'
    """
    return " ".join(_CONTROLS.sub(" ", text or "").split())


def tell_statement(statement: Statement) -> str:
    """Return what is said of a page's use, and what is done about it, in one line."""
    policy = statement.policy
    if policy is None:
        return plain(str(statement))
    why = f": {policy.reason}" if policy.reason else ""
    return plain(f"{statement} ({policy.action}{why})")


def show(*renderables: RenderableType) -> None:
    """Print to standard output: fitted to a terminal, whole and uncoloured when piped."""
    if out.is_terminal:
        out.print(*renderables, sep="\n")
        return
    text = StringIO()
    Console(file=text, width=10_000, color_system=None, highlight=False, emoji=False).print(*renderables, sep="\n")
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines()))


def columns(*headings: str, right: Sequence[str] = ()) -> Table:
    """Return an empty table whose last column gives way on a narrow terminal; the others are never cut."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(
            heading, justify="right" if heading in right else "left", overflow="fold", no_wrap=heading != headings[-1]
        )
    return table


def one_line(text: str) -> Text:
    """Return text that is cut with an ellipsis where its column is too narrow."""
    return Text(text, no_wrap=True, overflow="ellipsis")


def print_json_line(value: object) -> None:
    """Print a value as one line of JSON."""
    sys.stdout.write(f"{json.dumps(value, ensure_ascii=False, default=_plain)}\n")


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


# -- times and sizes --------------------------------------------------------------------------------------------------


def moment(at: datetime | None) -> str:
    """Return a time to the minute, in UTC.

    >>> moment(datetime(2026, 11, 14, 6, 30, 59, tzinfo=UTC))
    '2026-11-14 06:30'
    """
    return "" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def publication(on: date | datetime | None) -> str:
    """Return a publication time as precise as the publisher was, in the publisher's zone.

    >>> publication(datetime(2026, 11, 14, 6, 30)), publication(date(2026, 11, 14))
    ('2026-11-14 06:30', '2026-11-14')
    """
    if on is None:
        return ""
    if not isinstance(on, datetime):
        return on.isoformat()
    zone = on.strftime("%z")
    return on.strftime("%Y-%m-%d %H:%M") + (f" {zone[:3]}:{zone[3:5]}" if zone else "")


def duration(seconds: float) -> str:
    """Return a span of time in its two largest units.

    >>> duration(4), duration(7380), duration(200_000)
    ('4 s', '2 h 3 min', '2 d 7 h')
    """
    left = round(seconds)
    if left < 60:
        return f"{left} s"
    units = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))
    largest = next(index for index, (_, size) in enumerate(units) if left >= size)
    parts = []
    for name, size in units[largest : largest + 2]:
        number, left = divmod(left, size)
        parts += [f"{number} {name}"] if number else []
    return " ".join(parts)


def when(at: datetime, now: datetime) -> str:
    """Return when a time comes, seen from now.

    >>> now = datetime(2026, 11, 14, 6, tzinfo=UTC)
    >>> when(now + timedelta(minutes=5), now), when(now - timedelta(minutes=5), now)
    ('in 5 min', 'now')
    """
    left = (at - now) / timedelta(seconds=1)
    return f"in {duration(left)}" if left >= 1 else "now"


def size(number_bytes: int) -> str:
    """Return a number of bytes in a unit that leaves one to three digits before the point.

    >>> size(900), size(1_234_567)
    ('900 bytes', '1.2 MB')
    """
    if number_bytes < 1000:
        return f"{number_bytes} bytes"
    amount, units = float(number_bytes), iter(("kB", "MB", "GB", "TB"))
    unit = ""
    while amount >= 1000 and (following := next(units, None)):
        amount, unit = amount / 1000, following
    return f"{amount:.1f} {unit}"


def counted(number: int, thing: str, things: str | None = None) -> str:
    """Return a number with its noun.

    >>> counted(1, "article"), counted(1200, "article"), counted(2, "entry", "entries")
    ('1 article', '1,200 articles', '2 entries')
    """
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


# -- near matches -----------------------------------------------------------------------------------------------------


def near(name: str, known: Iterable[str], *, most: int = 3) -> str:
    """Return the hint to append to "there is no NAME"; empty where nothing is near.

    Nearness is the share of characters in common; URLs of one site have most in common anyway, so they need more.

    >>> near("harbour-pots", ["harbour-post", "valley-ledger"])
    "; did you mean 'harbour-post'?"
    """
    cutoff = 0.85 if "://" in name else 0.6
    matches = difflib.get_close_matches(name, list(known), n=most, cutoff=cutoff)
    return f"; did you mean {' or '.join(map(repr, matches))}?" if matches else ""


def check_names(what: str, wanted: Sequence[str], known: Iterable[str]) -> None:
    """Make sure that names are known.

    Raises:
        ConfigError: One is not; the message says which are, and which one may have been meant.
    """
    names = sorted(set(known))
    for name in wanted:
        if name not in names:
            refuse(f"there is no {what} {name!r}{near(name, names)} (there are: {', '.join(names) or 'none yet'})")


def check_sites(corpus: "Corpus", configured: Iterable[str], wanted: Sequence[str]) -> None:
    """Make sure that sites are in the configuration, or in the corpus from an earlier one.

    Raises:
        ConfigError: One is in neither.
    """
    check_names("site", wanted, {*configured, *corpus.sites()})


def check_languages(wanted: Sequence[str]) -> None:
    """Make sure that languages are given by their codes.

    Raises:
        ConfigError: One is not.
    """
    wrong = next((code for code in wanted if not _LANGUAGE.fullmatch(code)), None)
    if wrong is not None:
        refuse(f"--language {wrong!r}: give the ISO 639 code in small letters, such as en, hi or or")


def refuse(message: str) -> NoReturn:
    """End the command because of what was asked.

    Raises:
        ConfigError: Always.
    """
    raise ConfigError(message)
