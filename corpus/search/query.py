"""The language of queries: words, ``beginnings*``, ``"phrases"``, AND, OR, NOT and parentheses.

    ferry harbour            both words, anywhere
    "slow ferry"             the words one behind the other
    ferr*                    words that begin so; "slow ferr*" likewise
    ferry OR boat            either
    ferry NOT (strike OR accident)
    東京                      the characters one behind the other, wherever they stand

Operators are written in capitals. Case and accents are not told apart (`corpus.search.tokens.fold`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corpus.errors import ConfigError
from corpus.search.tokens import Unit, units

_PIECE = re.compile(r'\s+|(?P<open>\()|(?P<close>\))|"(?P<phrase>[^"]*)"(?P<star>\*)?|(?P<word>[^\s()"]+)')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_OPERATORS = ("AND", "OR", "NOT")
#: Parentheses in parentheses; SQLite's own parser gives up at 256.
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words one behind the other; a single word is one, too."""

    #: As they stand in the index.
    tokens: tuple[str, ...]
    #: Whether the last one is the beginning of a word.
    open_ended: bool
    #: Words that it covers in a text: one more than tokens where the last is a pair of characters.
    width: int

    def places(self, text: Sequence[Unit]) -> Iterator[int]:
        """Yield where in the words of a text it begins."""
        first, count = self.tokens[0], len(self.tokens)
        whole = self.tokens[:-1] if self.open_ended else self.tokens
        for place in range(len(text) - count + 1):
            token = text[place].token
            if (token == first or (count == 1 and self.open_ended)) and self._stands_at(text, place, whole):
                yield place

    def _stands_at(self, text: Sequence[Unit], place: int, whole: tuple[str, ...]) -> bool:
        if any(text[place + number].token != token for number, token in enumerate(whole)):
            return False
        return not self.open_ended or text[place + len(whole)].token.startswith(self.tokens[-1])

    def __str__(self) -> str:
        """Return it as SQLite's FTS5 wants it; tokens hold no quotation marks."""
        return f'"{" ".join(self.tokens)}"{"*" if self.open_ended else ""}'


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood."""

    #: As it was asked.
    text: str
    #: For SQLite's FTS5.
    expression: str = field(repr=False)
    #: What is looked for: all phrases but those that NOT excludes, each once, in order.
    phrases: tuple[Phrase, ...]


def parse_query(text: str) -> Query:
    """Read a query.

    Raises:
        ConfigError: It is empty, or cannot be understood; the message says where.

    >>> parse_query('ferr* NOT "slow boat"').expression
    '("ferr"* NOT "slow boat")'
    >>> parse_query("ferry (boat").phrases
    Traceback (most recent call last):
    corpus.errors.ConfigError: the query 'ferry (boat' cannot be understood: a parenthesis is not closed
    """
    return _Parser(text).parse()


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a query: its expression, and what it looks for."""

    expression: str
    phrases: tuple[Phrase, ...]


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces = self._read(text.translate(_QUOTES))
        self._place = 0

    def parse(self) -> Query:
        if not self._pieces:
            raise ConfigError("the query is empty: say what to look for")
        part = self._any(0)
        if self._place < len(self._pieces):
            self._refuse("a parenthesis is closed that was not opened")
        return Query(self._text, part.expression, tuple(dict.fromkeys(part.phrases)))

    def _refuse(self, why: str) -> ConfigError:
        raise ConfigError(f"the query {self._text!r} cannot be understood: {why}")

    def _read(self, text: str) -> list[str | Phrase]:
        pieces: list[str | Phrase] = []
        reached = 0
        while reached < len(text):
            match = _PIECE.match(text, reached)
            if match is None:
                self._refuse("a quotation mark is not closed")
            assert match is not None
            reached = match.end()
            if match["open"] or match["close"] or match["word"] in _OPERATORS:
                pieces.append(match[0])
            elif match["phrase"] is not None:
                pieces.append(self._phrase(match["phrase"] + (match["star"] or "")))
            elif match["word"]:
                pieces.append(self._phrase(match["word"]))
        return pieces

    def _phrase(self, text: str) -> Phrase:
        words, open_ended = text.removesuffix("*"), text.endswith("*")
        if "*" in words:
            self._refuse(f"* may only end a word or a phrase, not stand elsewhere as in {text!r}")
        found = units(words)
        if not found:
            self._refuse(f"{text!r} has neither letters nor digits")
        if not found[-1].unspaced:
            return Phrase(tuple(unit.token for unit in found), open_ended, len(found))
        if len(found) == 1 or found[-2].token == found[-2].own:  # a character alone: any pair that begins with it
            return Phrase(tuple(unit.token for unit in found), True, len(found))
        return Phrase(tuple(unit.token for unit in found[:-1]), False, len(found))

    # any := all (OR all)*; all := one ((AND)? (NOT)? one)*; one := phrase | ( any )

    def _any(self, depth: int) -> _Part:
        parts = [self._all(depth)]
        while self._next("OR"):
            parts.append(self._all(depth))
        return self._joined(parts, "OR")

    def _all(self, depth: int) -> _Part:
        wanted: list[_Part] = []
        unwanted: list[_Part] = []
        while True:
            if self._next("NOT"):
                unwanted.append(self._one(depth))
            else:
                wanted.append(self._one(depth))
            if self._next("AND") or self._begins():
                continue
            break
        if not wanted:
            self._refuse("NOT needs something beside it that is to be found")
        part = self._joined(wanted, "AND")
        if not unwanted:
            return part
        return _Part(f"({part.expression} NOT {self._joined(unwanted, 'OR').expression})", part.phrases)

    def _one(self, depth: int) -> _Part:
        piece = self._pieces[self._place] if self._place < len(self._pieces) else None
        self._place += 1
        if isinstance(piece, Phrase):
            return _Part(str(piece), (piece,))
        if piece == "(":
            if depth >= _DEEPEST:
                self._refuse(f"more than {_DEEPEST} parentheses stand in one another")
            part = self._any(depth + 1)
            if not self._next(")"):
                self._refuse("a parenthesis is not closed")
            return part
        if piece is None:
            self._refuse("something is missing at its end")
        raise self._refuse(f"something is missing before {piece}")

    def _next(self, piece: str) -> bool:
        there = self._place < len(self._pieces) and self._pieces[self._place] == piece
        self._place += there
        return there

    def _begins(self) -> bool:
        if self._place >= len(self._pieces):
            return False
        piece = self._pieces[self._place]
        return isinstance(piece, Phrase) or piece in ("(", "NOT")

    @staticmethod
    def _joined(parts: Sequence[_Part], operator: str) -> _Part:
        if len(parts) == 1:
            return parts[0]
        expression = f" {operator} ".join(part.expression for part in parts)
        return _Part(f"({expression})", tuple(phrase for part in parts for phrase in part.phrases))
