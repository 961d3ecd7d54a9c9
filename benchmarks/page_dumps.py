"""Text dumps made from pages whose text is known, and how far a text agrees with the truth.

A page is turned into lines as dumps are: a line for each block, with or without blank lines, bullets and the page's
title, as a hash of its id decides. Sites are split into two halves by a hash of their domain: the first is for looking
and fitting, the second only for measuring.
"""

import gzip
import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import html
from lxml.html import HtmlElement

from benchmarks.options import wanted
from cleaners.decode import decode
from cleaners.dumps import Line, split_lines
from cleaners.line_shapes import words_of

#: Sets with the whole text of their pages.
SETS = ("fundus", "wcxb-dev", "magic-html", "chinese-wced", "big9", "chaos360", "l3s-gn1", "readability", "newspaper4k")

_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "button",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "option",
        "select",
        "br",
        "label",
    }
)
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol"})
_SILENT = frozenset(
    {
        "script",
        "style",
        "template",
        "noscript",
        "iframe",
        "object",
        "svg",
        "math",
        "head",
        "textarea",
        "canvas",
        "audio",
        "video",
    }
)


@dataclass(frozen=True, slots=True)
class PageDump:
    """A page as a dump, and its truth."""

    identity: str
    collection: str
    language: str
    #: 0 for looking and fitting, 1 for measuring.
    half: int
    url: str
    text: str
    #: The article's text, without its title.
    truth: str
    title: str | None
    authors: tuple[str, ...]
    #: ISO 8601 day.
    day: str | None


def page_dumps(data: Path, limit: int | None = None, sets: str = "") -> Iterator[PageDump]:
    """Yield the articles of ``data/truth.jsonl.gz`` as dumps; every so-manieth where ``limit`` is given."""
    chosen = [name for name in SETS if wanted(name, sets)]
    with gzip.open(data / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["set"] in chosen and row.get("kind") == "article"]
    rows = [row for row in rows if row.get("text")]
    step = max(1, len(rows) // limit) if limit else 1
    for row in rows[::step]:
        body = gzip.decompress((data / row["html"]).read_bytes())
        tree = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", decode(body).text))
        authors = row.get("author") or []
        yield PageDump(
            identity=row["id"],
            collection=row["set"],
            language=row.get("language") or "?",
            half=half_of(row.get("domain") or row["id"]),
            url=row.get("url") or "https://example.com/",
            text=dump(tree, _digest(row["id"])),
            truth=_without_title(row["text"], row.get("title")),
            title=row.get("title"),
            authors=tuple(filter(None, [authors] if isinstance(authors, str) else authors)),
            day=(row.get("date") or "")[:10] or None,
        )


def half_of(name: str) -> int:
    """Return the half that a site (or a document without one) belongs to."""
    return _digest(name) % 2


def _digest(name: str) -> int:
    return int(hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest(), 16)


def dump(tree: HtmlElement, style: int) -> str:
    """Return the text of a page: bit 0 of ``style`` sets blank lines, bit 1 bullets, bit 2 the title line."""
    writer = _Writer(blank=bool(style & 1), bullets=bool(style & 2))
    title = tree.find(".//title")
    if style & 4 and title is not None and title.text:
        writer.write(title.text)
        writer.flush()
    body = tree.find(".//body")
    writer.walk(tree if body is None else body, 0)
    writer.flush()
    return "\n".join(writer.lines)


class _Writer:
    def __init__(self, *, blank: bool, bullets: bool) -> None:
        self.lines: list[str] = []
        self._line: list[str] = []
        self._blank = blank
        self._bullets = bullets

    def write(self, text: str | None) -> None:
        """Add text to the line."""
        if text:
            self._line.append(text)

    def flush(self) -> None:
        """End the line."""
        text = " ".join("".join(self._line).split())
        self._line.clear()
        if text:
            self.lines.append(text)

    def walk(self, element: HtmlElement, depth: int) -> None:
        """Add an element's text and what follows it."""
        tag = element.tag.lower() if isinstance(element.tag, str) else None
        if tag in _BLOCKS:
            self._block(element, tag, depth)
        elif tag is not None and tag not in _SILENT:
            self._inline(element, depth)
        self.write(element.tail)

    def _inline(self, element: HtmlElement, depth: int) -> None:
        self.write(element.text)
        for child in element:
            self.walk(child, depth)

    def _block(self, element: HtmlElement, tag: str, depth: int) -> None:
        self.flush()
        self._space(tag)
        first = len(self.lines)
        self._inline(element, depth + (tag in ("ul", "ol")))
        self.flush()
        if tag == "li" and self._bullets and len(self.lines) > first:
            line = self.lines[first].lstrip()
            self.lines[first] = line if line.startswith("•") else f"{'  ' * max(depth, 1)}• {line}"
        self._space(tag)

    def _space(self, tag: str) -> None:
        if self._blank and tag in _SPACED and self.lines and self.lines[-1]:
            self.lines.append("")


def _without_title(text: str, title: str | None) -> str:
    lines = text.split("\n")
    key = words_of(title or "")
    place = next((index for index, line in enumerate(lines[:3]) if key and words_of(line) == key), None)
    return text if place is None else "\n".join(lines[:place] + lines[place + 1 :])


def labels(lines: Sequence[Line], truth: str) -> list[bool]:
    """Return for each line whether it is text: whether most of its words lie in four-word runs of the truth.

    The runs cross line ends, so a short line counts as text only where its neighbours do.
    """
    runs = set(grams(words_of(truth)))
    words = [(word, index) for index, line in enumerate(lines) for word in words_of(line.text)]
    good = bytearray(len(words))
    for place in range(len(words) - 3):
        if tuple(word for word, _ in words[place : place + 4]) in runs:
            good[place : place + 4] = b"\x01\x01\x01\x01"
    total: Counter[int] = Counter(index for _, index in words)
    found: Counter[int] = Counter(index for (_, index), is_good in zip(words, good, strict=True) if is_good)
    return [found[index] * 2 >= total[index] > 0 for index in range(len(lines))]


def grams(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the four-word runs of a text; the whole text where it is shorter."""
    if len(words) < 4:
        return [tuple(words)]
    return list(zip(words, words[1:], words[2:], words[3:], strict=False))


def agreement(found: Sequence[object], truth: Sequence[object]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of two bags."""
    common = (Counter(found) & Counter(truth)).total()
    if not found and not truth:
        return 1.0, 1.0, 1.0
    precision, recall = common / max(1, len(found)), common / max(1, len(truth))
    return precision, recall, 2 * precision * recall / (precision + recall) if common else 0.0


@dataclass(frozen=True, slots=True)
class Labelled:
    """Lines with what they are, for fitting."""

    lines: tuple[Line, ...]
    #: 1 text, 0 furniture, None for what is neither (the headline).
    truth: tuple[int | None, ...]
    half: int
    #: Site, or document where there is none: no fold of a fit may hold a site twice.
    site: str
    #: How much the document counts.
    weight: float


def labelled_pages(data: Path, limit: int | None = None) -> Iterator[Labelled]:
    """Yield each page whole, cropped to the article's surroundings, and as clean text.

    Dumps come in all states: a model that has only seen whole pages takes the first paragraphs of clean text for a
    menu.
    """
    chance = random.Random(5)
    for page in page_dumps(data, limit):
        lines = split_lines(page.text)
        if not 0 < len(lines) <= 3000:
            continue
        key = words_of(page.title or "")
        truth = [
            None if key and words_of(line.text) == key else int(good)
            for line, good in zip(lines, labels(lines, page.truth), strict=True)
        ]
        yield Labelled(lines, tuple(truth), page.half, page.url.split("/")[2], 1.0)
        good = [index for index, is_text in enumerate(truth) if is_text]
        if len(good) < 3:
            continue
        above, below = (chance.choice((0, 1, 2, 4, 8, 15)) for _ in range(2))
        first, last = max(0, good[0] - above), min(len(lines), good[-1] + 1 + below)
        yield Labelled(lines[first:last], tuple(truth[first:last]), page.half, page.url.split("/")[2], 0.5)
        gap = chance.choice((0, 1))
        clean = tuple(Line(lines[index].text, gap=gap) for index in good)
        yield Labelled(clean, (1,) * len(clean), page.half, page.url.split("/")[2], 0.3)


def labelled_texts(data: Path) -> Iterator[tuple[str, Labelled]]:
    """Yield the language and the lines of ``lines/turku-quality.jsonl.gz``, labelled by hand."""
    with gzip.open(data / "lines" / "turku-quality.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            pairs = [(" ".join(line["text"].split()), int(line["label"])) for line in row["lines"]]
            pairs = [(text, label) for text, label in pairs if text]
            if pairs:
                lines = tuple(Line(text) for text, _ in pairs)
                truth = tuple(label for _, label in pairs)
                yield row["language"], Labelled(lines, truth, half_of(row["id"]), row["id"], 0.5)
