"""JSON as it stands in pages: wrapped in comments, with raw line ends, unescaped quotes, extra or missing commas.

The standard parser reads all but one page in a hundred and is fast; only what it refuses is read by ours, which
never fails: it returns what it understood before the text stopped making sense.
"""

import json
import re
from collections.abc import Iterator
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

#: Characters that the tolerant reader looks at: it takes about 0.3 µs for one, and 1 µs in the worst case.
_LONGEST_LOOSE = 300_000

#: Levels of nesting that are read; JSON-LD of real pages has about ten.
_DEEPEST = 60

_WRAPPING = ("<!--", "-->", "<![CDATA[", "]]>", "/*", "*/", "//", ";", "\ufeff")
_BLANK = re.compile(r"(?:[\s\ufeff]|//[^\n]*|/\*[^*]{0,200}(?:\*+[^*/][^*]{0,200}){0,5}\*+/)*+")
_OPENING = re.compile(r"[\[{]")
_SCALAR = re.compile(r"[^\s,\]}\[{:\"]+")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
# A quote ends a string where what follows continues the structure.
_QUOTE = re.compile(r'(?<!\\)((?:\\\\)*)"')
_CONTINUES = re.compile(
    r'\s*+(?:$|[}\]:]|,\s*+(?:$|["\[{}\]\d\-]|true\b|false\b|null\b|//|/\*)|(?<=[\n ])"[^"\n]{1,100}"\s*:)'
)


def read_json(text: str) -> list[Json]:
    """Return the values that stand in ``text``, one after another; nothing where there are none.

    >>> read_json('<!-- {"headline": "He said "no" to it", "tags": ["a", "b",],} -->')
    [{'headline': 'He said "no" to it', 'tags': ['a', 'b']}]
    >>> read_json('{"a": 1} {"b": "cut of')
    [{'a': 1}, {'b': 'cut of'}]
    """
    bare = _unwrap(text)
    if not bare:
        return []
    try:
        return [json.loads(bare, strict=False)]
    except (ValueError, RecursionError):
        return list(_Loose(bare[:_LONGEST_LOOSE]).values())


def _unwrap(text: str) -> str:
    """Return ``text`` without the comment and CDATA marks around it."""
    bare = text.strip()
    for mark in _WRAPPING * 2:
        bare = bare.removeprefix(mark).removesuffix(mark).strip()
    return bare


class _Loose:
    """A reader that takes every text for JSON."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def values(self) -> Iterator[Json]:
        """Yield objects and lists; what stands between them is skipped."""
        while (start := _OPENING.search(self._text, self._at)) is not None:
            self._at = start.start()
            yield self._value(0)

    def _peek(self) -> str:
        """Skip blanks and comments, and return the next character ("" at the end)."""
        blank = _BLANK.match(self._text, self._at)
        self._at = blank.end() if blank else self._at
        return self._text[self._at : self._at + 1]

    def _value(self, depth: int) -> Json:
        sign = self._peek()
        if depth >= _DEEPEST:
            self._at = len(self._text)
            return None
        if sign == "{":
            return self._object(depth)
        if sign == "[":
            return self._list(depth)
        return self._string() if sign == '"' else self._scalar()

    def _object(self, depth: int) -> Json:
        self._at += 1
        found: dict[str, Json] = {}
        while (sign := self._peek()) not in ("", "}"):
            if sign in ",:]":
                self._at += 1
                continue
            key = self._string() if sign == '"' else str(self._scalar())
            if self._peek() == ":":
                self._at += 1
                found[key] = self._value(depth + 1)
        self._at += 1
        return found

    def _list(self, depth: int) -> Json:
        self._at += 1
        found: list[Json] = []
        while (sign := self._peek()) not in ("", "]"):
            if sign in ",:}":
                self._at += 1
                continue
            found.append(self._value(depth + 1))
        self._at += 1
        return found

    def _string(self) -> str:
        start = end = self._at + 1
        while (quote := _QUOTE.search(self._text, end)) is not None:
            end = quote.end()
            if _CONTINUES.match(self._text, end):
                self._at = end
                return _unescape(self._text[start : end - 1])
        self._at = len(self._text)
        return _unescape(self._text[start:])

    def _scalar(self) -> Json:
        match = _SCALAR.match(self._text, self._at)
        if match is None:
            self._at += 1
            return None
        self._at = match.end()
        words: dict[str, Json] = {"true": True, "false": False, "null": None}
        if match[0] in words:
            return words[match[0]]
        try:
            return json.loads(match[0])  # type: ignore[no-any-return]  # a number
        except (ValueError, RecursionError):
            return match[0].strip("'")


def _unescape(text: str) -> str:
    def resolve(match: re.Match[str]) -> str:
        sign = match[1]
        return chr(int(sign[1:], 16)) if len(sign) == 5 else _ESCAPED.get(sign, sign)

    plain = _ESCAPE.sub(resolve, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
