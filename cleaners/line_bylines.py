"""Bylines in a text dump: who wrote the article, by what the lines around it say."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from cleaners.dates import DateMention
from cleaners.furniture import coverage
from cleaners.line_shapes import mass
from cleaners.metadata.byline import is_furniture
from cleaners.metadata.name_kinds import has_name_shape, is_agency, is_group
from cleaners.metadata.names import announced, before_label, distinct, is_doubtful, split_names

#: Mass of the longest line that is a byline, and of the longest line of names behind a lone "by".
_LONGEST_BYLINE = 80
_LONGEST_NAMES = 60
#: Letters of the shortest agency that is believed alone on a line: "AA" makes the text larger.
_SHORTEST_AGENCY = 3
#: Lines above the headline in which "by" still announces its author.
_BYLINE_ABOVE = 3

#: Line to the dates that it states.
Stamps = Mapping[int, Sequence[DateMention]]


@dataclass(slots=True)
class Byline:
    """The names that lines around an article credit."""

    credited: list[str] = field(default_factory=list)
    #: Indices of the lines.
    lines: set[int] = field(default_factory=set)

    @property
    def authors(self) -> tuple[str, ...]:
        """Persons; where none is credited, the groups."""
        names = tuple(distinct(self.credited))
        return tuple(name for name in names if not is_group(name)) or names

    @property
    def agency(self) -> str | None:
        """The agency that is credited, beside persons or alone."""
        return next(filter(is_agency, self.credited), None)


def is_beside(dated: Mapping[int, object] | Set[int], index: int) -> bool:
    """Tell whether a line or one next to it is among those with a date."""
    return any(near in dated for near in (index - 1, index, index + 1))


def read_byline(
    texts: Sequence[str], above: Sequence[int], below: Sequence[int], *, title: int | None, stamps: Stamps
) -> Byline:
    """Read the byline: what "by" announces, an agency alone on a line, or a name beside the date.

    Above the headline only "by" counts: what else stands there is the page's.

    Args:
        texts: The lines of the dump.
        above: Indices of the short lines above the article.
        below: Indices of those behind it.
        title: Index of its headline, or None.
        stamps: The lines that hold a date and little else.
    """
    first = title + 1 if title is not None else 0
    found = Byline()
    for index in above:
        if index < first - _BYLINE_ABOVE:
            continue
        names = _announced_on(texts, index)
        if not names and index >= first:
            names = _bare_names(texts[index], stamps.get(index, ()), beside_date=is_beside(stamps, index))
        if names:
            found.credited += names
            found.lines.add(index)
        elif found.credited:
            break
    for index in below[:2]:
        names = _credited_below(texts[index])
        if names:
            found.lines.add(index)
            found.credited = found.credited or names
    return found


def read_far_byline(texts: Sequence[str], above: Sequence[int], dated: Set[int]) -> Byline:
    """Read a byline that a table of contents or a box parts from the article: the only one with a date beside it."""
    bylines = {
        index: names
        for index in above
        if not dated.isdisjoint((index, index + 1)) and (names := _announced_on(texts, index))
    }
    if len({tuple(names) for names in bylines.values()}) != 1:
        return Byline()
    return Byline(next(iter(bylines.values())), set(bylines))


def _announced_on(texts: Sequence[str], index: int) -> list[str]:
    """Return the names that "by" announces on a line, or on the next where nothing follows it."""
    text = texts[index]
    rest = announced(text) if mass(text) <= _LONGEST_BYLINE else None
    if rest is None:
        return []
    if not rest and not is_doubtful(text) and index + 1 < len(texts) and mass(texts[index + 1]) <= _LONGEST_NAMES:
        return [name for name in split_names(texts[index + 1]) if has_name_shape(name, single=False)]
    single = not is_doubtful(text[: len(text) - len(rest)].strip())  # "Text Size" announces nobody
    names = [name for name in split_names(rest) if has_name_shape(name, single=single) or is_group(name)]
    return [name for name in names if not is_furniture(name)]


def _bare_names(text: str, mentions: Sequence[DateMention], *, beside_date: bool) -> list[str]:
    """Return an agency that is a line of its own, or the names that a line beside the date, or with it, consists of."""
    if mass(text) > _LONGEST_BYLINE:
        return []
    bare = text.strip(" .|-–—()[]")
    if len(bare) >= _SHORTEST_AGENCY and is_agency(bare):
        return [bare]
    if not beside_date or sum(coverage(text).values()) >= 0.5:
        return []
    names = [name for name in split_names(text) if not is_furniture(name)]
    shaped = [name for name in names if is_agency(name) or (has_name_shape(name, single=False) and not is_group(name))]
    letters = sum(map(str.isalpha, _without_dates(text, mentions)))
    return shaped if 2 * sum(map(str.isalpha, "".join(shaped))) >= letters else []


def _without_dates(text: str, mentions: Sequence[DateMention]) -> str:
    """Return a line without its dates and what labels them."""
    rest = text
    for mention in reversed(mentions):
        rest = f"{before_label(rest[: mention.start], mention.role)} {rest[mention.end :]}"
    return rest


def _credited_below(text: str) -> list[str]:
    """Return the agency, or the names that "by" announces, on a line right behind the article."""
    bare = text.strip(" .|-–—()[]")
    if is_agency(bare):
        return [bare]
    rest = announced(text) if mass(text) <= _LONGEST_BYLINE else None
    names = split_names(rest) if rest else []
    return [name for name in names if has_name_shape(name, single=False) or is_agency(name)]
