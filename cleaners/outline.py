"""What of a page serves to learn its site: the lines in and around the text, as hashes, and the places they stand in.

An outline is made of the page alone, before anything that is known of its site has changed the text: so what is learned
from outlines is a function of the pages, and not of the order in which they came. It holds no text. A place is the path
of elements, each with its first class and its id as far as they hold no digit, that leads from the body to a line.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple, Self

_VERSION = 1
_HEAD = struct.Struct("<BHH")
_PLACE = struct.Struct("<QHB")
_LINE = struct.Struct("<QHHB")
_FLAGS = (1, 2, 4, 8)
#: What each sum of flags tells.
_TOLD = tuple(tuple(bool(flags & flag) for flag in _FLAGS) for flags in range(2 * _FLAGS[-1]))
_NOWHERE = 0xFFFF
# Containers that tell what a line is: with one, two, three and five the figures of benchmarks.site_curve were the same
# but for one site, where the second one counts.
_CONTAINERS = 2


def hash_of(*parts: str | int) -> int:
    """Return a hash of 64 bits, the same on every machine: among 100,000 texts the odds of any clash are 1 in 3.7e9.

    >>> hash_of("div.share", 7) == hash_of("div.share", 7) != hash_of("div.share", 8)
    True
    """
    text = "\n".join(map(str, parts))
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class Place(NamedTuple):  # a frozen dataclass takes four times as long to make, and settling a site makes millions
    """Where lines stand: the hash of a path of elements."""

    path: int
    #: Number of the place of the container around it, in the outline; None for the outermost that is known.
    inside: int | None
    #: Whether the innermost element has a class or an id, and is no heading: ``<p class="newsletter">`` is a box.
    named: bool = False


class Line(NamedTuple):  # for the same reason
    """A block as an outline knows it."""

    #: Hash of what other spellings of the text share with it.
    key: int
    #: Number of its place in the outline.
    place: int
    #: Weight of the text, at most 65,535.
    weight: int
    #: Whether it stands in the text, as far as the page alone tells.
    kept: bool
    #: Whether it is running text: long, and no list of links.
    prose: bool = False
    #: Whether it is a heading right above running text: that says what it is better than any count.
    heads_text: bool = False
    #: Whether it is a cell of a table.
    cell: bool = False

    def _at(self, place: int) -> "Line":
        if place == self.place:
            return self
        return self._replace(place=place)


@dataclass(frozen=True, slots=True)
class Outline:
    """The lines in and around a page's text, in page order."""

    places: tuple[Place, ...]
    lines: tuple[Line, ...]

    @property
    def kept_weights(self) -> dict[int, int]:
        """Weight of each different line of the text, by its key."""
        return {line.key: line.weight for line in self.lines if line.kept}

    def rank_kept(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """Return lines of the text by their rank in it, from 0: that stays when the other lines are left out."""
        ranks = {number: rank for rank, number in enumerate(n for n, line in enumerate(self.lines) if line.kept)}
        return tuple(sorted(ranks[number] for number in numbers))

    def containers(self, line: Line) -> tuple[Place, ...]:
        """Return the containers that tell what a line is, the innermost first.

        The line's own element is one only where it has a name of its own: all ``<h2>`` of a series of articles may say
        the same, and still stand in the container of its text.
        """
        return tuple(self.places[number] for number in self._containers(line))

    def pack(self) -> bytes:
        """Return the outline as bytes, some 13 for each line."""
        head = _HEAD.pack(_VERSION, len(self.places), len(self.lines))
        places = (_PLACE.pack(one.path, _or_nowhere(one.inside), one.named) for one in self.places)
        return b"".join([head, *places, *(_packed(line) for line in self.lines)])

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Return the outline that `pack` wrote.

        Raises:
            ValueError: It is none, or of another version.
        """
        try:
            version, n_places, n_lines = _HEAD.unpack_from(packed)
            start = _HEAD.size + n_places * _PLACE.size
            if version != _VERSION or len(packed) != start + n_lines * _LINE.size:
                raise ValueError(f"no outline of version {_VERSION}")
            places = tuple(
                Place(path, None if inside == _NOWHERE else inside, bool(named))
                for path, inside, named in _PLACE.iter_unpack(packed[_HEAD.size : start])
            )
            return cls(places, tuple(_unpacked(*fields) for fields in _LINE.iter_unpack(packed[start:])))
        except struct.error as error:
            raise ValueError("no outline") from error

    def only_kept(self) -> Self:
        """Return the outline without the lines that do not stand in the text: enough to apply what is known."""
        return type(self)(self.places, tuple(line for line in self.lines if line.kept)).without_unused()

    def without_unused(self) -> Self:
        """Return the outline without the places that tell nothing of its lines."""
        used = sorted({number for line in self.lines for number in (line.place, *self._containers(line))})
        moved = {number: index for index, number in enumerate(used)}
        return type(self)(
            tuple(self.places[n]._replace(inside=moved.get(_or_nowhere(self.places[n].inside))) for n in used),
            tuple(line._at(moved[line.place]) for line in self.lines),
        )

    def _containers(self, line: Line) -> Iterator[int]:
        start = line.place if self.places[line.place].named else self.places[line.place].inside
        return islice(_chain(self.places, start), _CONTAINERS)


def _or_nowhere(number: int | None) -> int:
    return _NOWHERE if number is None else number


def _chain(places: Sequence[Place], number: int | None) -> Iterator[int]:
    while number is not None:
        yield number
        number = places[number].inside


def _packed(line: Line) -> bytes:
    told = (line.kept, line.prose, line.heads_text, line.cell)
    flags = sum(flag for flag, holds in zip(_FLAGS, told, strict=True) if holds)
    return _LINE.pack(line.key, line.place, line.weight, flags)


def _unpacked(key: int, place: int, weight: int, flags: int) -> Line:
    return Line(key, place, weight, *_TOLD[flags % len(_TOLD)])
