"""The blocks of a page: what a reader sees as paragraphs, headings, list items and lines, in document order.

Extraction is a choice among blocks. They are made of the tree's text nodes, and each of these carries a mark (one
private-use character) while an extractor works on the tree; what comes out with its mark was chosen. So text and cuts
add up to the page, in its order, whatever the extractor does.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from lxml.etree import XPath, iterwalk
from lxml.html import HtmlElement

from cleaners.typography import fold, sameness

_BLOCK_NAMES = (
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre section "
    "summary table tbody td tfoot th thead tr ul"
)
#: Elements that begin and end a block.
BLOCK_TAGS = frozenset(_BLOCK_NAMES.split())
HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Elements whose text a reader does not see, or sees as a control.
_UNSEEN_NAMES = (
    "head title script style template noscript noframes iframe object embed canvas audio video select datalist "
    "textarea svg math map rt rp"
)
_UNSEEN_TAGS = frozenset(_UNSEEN_NAMES.split())
_MAY_HIDE = XPath("descendant-or-self::*[@hidden or @style]")
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# A line of a paragraph goes on in the next one where it ends open.
_OPEN_END = re.compile(r"[,;、，\-–]$")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_UNSPACED_END = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60]$")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")

# Supplementary private use areas A and B; the last two code points of a plane are no characters.
_MARKS = re.compile("[\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
# Marks of the page's own, and what a character reference may smuggle into a tree that lxml refuses to write.
_UNWRITABLE = re.compile(f"{_MARKS.pattern}|[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PLANE_A, _PLANE_B, _PLANE_SIZE = 0xF0000, 0x100000, 0xFFFE


@dataclass(slots=True, eq=False)  # not frozen: a page has thousands, and a frozen one takes three times as long
class Node:
    """A text node of the tree."""

    element: HtmlElement
    #: Whether it is the element's tail, and not its text.
    tail: bool
    text: str
    #: Whether it stands in a link.
    linked: bool
    #: Characters of the text without the white space around it.
    length: int = field(init=False)

    def __post_init__(self) -> None:
        self.length = len(self.text.strip())

    def write(self, text: str) -> None:
        """Replace the node's text in the tree."""
        if self.tail:
            self.element.tail = text
        else:
            self.element.text = text


@dataclass(slots=True, eq=False)  # not frozen, for the same reason
class Block:
    """A run of text that a reader sees as one."""

    #: Place in the page, from 0.
    index: int
    #: The innermost block-level element around the text.
    element: HtmlElement
    #: One line, folded.
    text: str
    nodes: tuple[Node, ...] = field(repr=False)
    #: Whether the page hides the block until a script shows it.
    hidden: bool
    #: The block's element and those around it, the innermost first.
    ancestors: tuple[HtmlElement, ...] = field(repr=False)
    #: Weight of the text, see `weigh`.
    weight: int = field(init=False, repr=False)
    #: What other spellings of the text share with it.
    key: str = field(init=False, repr=False)
    #: Level of the heading that the block is, 0 where it is none.
    heading_level: int = field(init=False, repr=False)
    #: Share of the block's characters that stand inside links, in [0, 1].
    link_density: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.weight = weigh(self.text)
        self.key = sameness(self.text)
        around = self.ancestors[:3]
        self.heading_level = next((int(element.tag[1]) for element in around if element.tag in HEADING_TAGS), 0)
        linked = sum([node.length for node in self.nodes if node.linked])
        self.link_density = linked and linked / sum([node.length for node in self.nodes])

    @property
    def tag(self) -> str:
        """Name of the block's element."""
        return str(self.element.tag)

    @property
    def heading(self) -> bool:
        """Whether the block is a heading."""
        return self.heading_level > 0


def weigh(text: str) -> int:
    """Count characters, a Han or kana character as three: so much does it carry of a word."""
    return len(text) if text.isascii() else len(text) + 2 * len(_UNSPACED.findall(text))


def read_blocks(tree: HtmlElement) -> tuple[Block, ...]:
    """Return the blocks of a page in document order, those that hold text.

    >>> from cleaners.parse import parse
    >>> [block.text for block in read_blocks(parse("<h1>A</h1><div>b <i>c</i><p>d<br><br>e</div>"))]
    ['A', 'b c', 'd', 'e']
    """
    found: list[Block] = []
    known: dict[HtmlElement, tuple[HtmlElement, ...]] = {}
    for element, hidden, pieces in _runs(tree):
        for nodes in _paragraphs(element, pieces):
            raw = "".join([node.text for node in nodes])
            for text in map(fold, _BLANK_LINE.split(raw) if element.tag == "pre" else [raw]):
                if text:
                    visible = tuple([node for node in nodes if node.length])
                    found.append(Block(len(found), element, text, visible, hidden, _ancestors(element, known)))
    return tuple(found)


def _ancestors(element: HtmlElement, known: dict[HtmlElement, tuple[HtmlElement, ...]]) -> tuple[HtmlElement, ...]:
    """Return an element and those around it; what stands in one part of the page shares most of them."""
    if element not in known:
        parent = element.getparent()
        if parent is not None and parent not in known:
            known[parent] = (parent, *parent.iterancestors())
        known[element] = (element, *(known[parent] if parent is not None else ()))
    return known[element]


def _runs(tree: HtmlElement) -> Iterator[tuple[HtmlElement, bool, list[Node | None]]]:
    """Yield the runs of text between the borders of block-level elements; None stands for a line break.

    White space at the beginning of a run is left out: half of a page's text nodes are nothing else.
    """
    pieces: list[Node | None] = []
    around: list[HtmlElement] = []
    hiding: list[bool] = []
    linking = 0
    hiders = frozenset(filter(_hides, cast("list[HtmlElement]", _MAY_HIDE(tree))))
    walk = iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        border = tag in BLOCK_TAGS
        if border and pieces:
            yield around[-1] if around else tree, hiding[-1] if hiding else False, pieces
            pieces = []
        links = tag == "a" and element.get("href") is not None
        if event == "start":
            hiding.append((bool(hiding) and hiding[-1]) or element in hiders)
            linking += links
            if border:
                around.append(element)
            if tag in _UNSEEN_TAGS:
                walk.skip_subtree()
            elif tag == "br" or (tag == "span" and _is_drawn_break(element)):
                pieces.append(None)
            elif (text := element.text) and (pieces or not text.isspace()):
                pieces.append(Node(element, False, text, linking > 0))
            continue
        hiding.pop()
        linking -= links
        if border:
            around.pop()
        if around and (text := element.tail) and (pieces or not text.isspace()):
            pieces.append(Node(element, True, text, linking > 0))


def _is_drawn_break(element: HtmlElement) -> bool:
    """Whether an empty element stands for a line break that the style sheet draws: its class says ``br``."""
    return element.text is None and not len(element) and "br" in (element.get("class") or "").split()


def _hides(element: HtmlElement) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and _HIDING_STYLE.search(style))


def _paragraphs(element: HtmlElement, pieces: Sequence[Node | None]) -> Iterator[Sequence[Node]]:
    """Split a run at its line breaks: at two of them always, at a single one where the sentence does not go on."""
    lines: list[list[Node]] = [[]]
    for piece in pieces:
        if piece is None:
            lines.append([])
        else:
            lines[-1].append(piece)
    if len(lines) == 1:
        yield lines[0]
        return
    paragraph: list[Node] = []
    before = ""
    for line in lines:
        after = fold("".join([node.text for node in line]))
        joint = _joint(element, before, after) if before and after else None
        if joint is None and before:
            yield paragraph
            paragraph = []
        elif joint:
            paragraph.append(Node(element, False, joint, False))
        paragraph += line
        before = after
    if before:
        yield paragraph


def _joint(element: HtmlElement, before: str, after: str) -> str | None:
    """Return what stands for a line break inside a paragraph, or None where the break begins a new one."""
    if element.tag in HEADING_TAGS or after[0].islower() or _OPEN_END.search(before):
        return "" if _UNSPACED_END.search(before) else " "
    return None


def mark(blocks: Iterable[Block]) -> dict[str, Node]:
    """Write a mark before the text of each node, and return the nodes by their marks."""
    nodes = dict.fromkeys(node for block in blocks for node in block.nodes)
    marked: dict[str, Node] = {}
    for number, node in enumerate(nodes):
        if number >= 2 * _PLANE_SIZE:
            break
        plane = _PLANE_A if number < _PLANE_SIZE else _PLANE_B
        sign = chr(plane + number % _PLANE_SIZE)
        text = _UNWRITABLE.sub("", node.text)
        start = len(text) - len(text.lstrip())
        node.write(f"{text[:start]}{sign}{text[start:]}")
        marked[sign] = node
    return marked


def read_marks(text: str) -> set[str]:
    """Return the marks in an extractor's output."""
    return set(_MARKS.findall(text))


def signature(element: HtmlElement) -> tuple[str, str]:
    """Return an element's tag and classes."""
    return str(element.tag), element.get("class") or ""


def stand(block: Block, levels: int) -> tuple[tuple[str, str], ...]:
    """Return how a block stands: tags and classes of so many elements around its text, the nearest first."""
    return tuple(map(signature, block.ancestors[:levels]))


def sisterhood(block: Block) -> tuple[HtmlElement | None, tuple[str, str]]:
    """Return what a block has in common with its sisters: the element around it, its own tag and classes."""
    return block.element.getparent(), signature(block.element)
