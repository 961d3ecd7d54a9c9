"""The blocks of a page: what a reader sees as paragraphs, headings, list items and lines, in document order.

Extraction is a choice among blocks. They are made of the tree's text nodes, and each of these carries a mark (one
private-use character) while an extractor works on the tree; what comes out with its mark was chosen. So text and cuts
add up to the page, in its order, whatever the extractor does.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from lxml.etree import iterwalk
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


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A text node of the tree."""

    element: HtmlElement
    #: Whether it is the element's tail, and not its text.
    tail: bool
    text: str
    #: Whether it stands in a link.
    linked: bool

    def write(self, text: str) -> None:
        """Replace the node's text in the tree."""
        if self.tail:
            self.element.tail = text
        else:
            self.element.text = text


@dataclass(frozen=True, eq=False)
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
    hidden: bool = False

    @property
    def tag(self) -> str:
        """Name of the block's element."""
        return str(self.element.tag)

    @cached_property
    def ancestors(self) -> tuple[HtmlElement, ...]:
        """The block's element and those around it, the innermost first."""
        return (self.element, *self.element.iterancestors())

    @cached_property
    def weight(self) -> int:
        """Weight of the text, see `weigh`."""
        return weigh(self.text)

    @cached_property
    def key(self) -> str:
        """What other spellings of the text share with it."""
        return sameness(self.text)

    @cached_property
    def heading(self) -> bool:
        """Whether the block is a heading."""
        return any(element.tag in HEADING_TAGS for element in self.ancestors[:3])

    @cached_property
    def link_density(self) -> float:
        """Share of the block's characters that stand inside links, in [0, 1]."""
        linked = sum(len(node.text.strip()) for node in self.nodes if node.linked)
        return linked / (sum(len(node.text.strip()) for node in self.nodes) or 1)


def weigh(text: str) -> int:
    """Count characters, a Han or kana character as three: so much does it carry of a word."""
    return len(text) + 2 * len(_UNSPACED.findall(text))


def read_blocks(tree: HtmlElement) -> tuple[Block, ...]:
    """Return the blocks of a page in document order, those that hold text.

    >>> from cleaners.parse import parse
    >>> [block.text for block in read_blocks(parse("<h1>A</h1><div>b <i>c</i><p>d<br><br>e</div>"))]
    ['A', 'b c', 'd', 'e']
    """
    found: list[Block] = []
    for element, hidden, pieces in _runs(tree):
        for nodes in _paragraphs(element, pieces):
            raw = "".join(node.text for node in nodes)
            for text in map(fold, _BLANK_LINE.split(raw) if element.tag == "pre" else [raw]):
                if text:
                    visible = tuple(node for node in nodes if node.text.strip())
                    found.append(Block(len(found), element, text, visible, hidden))
    return tuple(found)


def _runs(tree: HtmlElement) -> Iterator[tuple[HtmlElement, bool, list[Node | None]]]:
    """Yield the runs of text between the borders of block-level elements; None stands for a line break."""
    pieces: list[Node | None] = []
    around: list[HtmlElement] = []
    hiding = linking = 0
    walk = iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        border = tag in BLOCK_TAGS
        if border and pieces:
            yield around[-1] if around else tree, hiding > 0, pieces
            pieces = []
        hides, links = _hides(element), tag == "a" and "href" in element.attrib
        if event == "start":
            hiding, linking = hiding + hides, linking + links
            if border:
                around.append(element)
            if tag in _UNSEEN_TAGS:
                walk.skip_subtree()
            elif tag == "br":
                pieces.append(None)
            elif element.text:
                pieces.append(Node(element, False, element.text, linking > 0))
            continue
        hiding, linking = hiding - hides, linking - links
        if border:
            around.pop()
        if element.tail and around:
            pieces.append(Node(element, True, element.tail, linking > 0))


def _hides(element: HtmlElement) -> bool:
    style = element.get("style")
    return "hidden" in element.attrib or bool(style and _HIDING_STYLE.search(style))


def _paragraphs(element: HtmlElement, pieces: Iterable[Node | None]) -> Iterator[list[Node]]:
    """Split a run at its line breaks: at two of them always, at a single one where the sentence does not go on."""
    lines: list[list[Node]] = [[]]
    for piece in pieces:
        if piece is None:
            lines.append([])
        else:
            lines[-1].append(piece)
    paragraph: list[Node] = []
    before = ""
    for line in lines:
        after = fold("".join(node.text for node in line))
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
